"""Donors: which ligand atoms hold the metal atoms, and whether they take an electron.

A donor is recognised by what it is bonded to inside its own ligand, without the ligand
library: S with one neighbour is a thiolate, P with three is a phosphine, a C at the end
of a short C-C bond is an alkynyl. This is what the partition into kernel and motifs
needs; names and charges of whole ligands come from `ligand_shell`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superatom.structure.bonds import BondKind, Bonds, is_metal

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["ANIONIC", "BARE", "Donors", "find_donors", "is_skeleton"]

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

#: Donor names that take an electron or more from the metal.
ANIONIC = frozenset(
    {"SR", "SeR", "TeR", "CCR", "CR", "CN", "PR2", "NR", "OR", "S", "Se", "Te", "O", "C", "N", "P"}
    | {"F", "Cl", "Br", "I", "B"}
)
#: Donors that are a single atom: sulfide, halide, carbide, hydride, ...
BARE = frozenset({"S", "Se", "Te", "O", "C", "N", "P", "B", "F", "Cl", "Br", "I", "H"})

_TRIPLE_CC = 1.29  # Å; C≡C 1.20-1.25 also when bound to metals, C=C 1.34, aromatic 1.39
_TRIPLE_CO = 1.22  # Å; C≡O 1.13-1.18, C≡N 1.14-1.17
_SIGMA_CARBON = 2.30  # Å; M-C of aryls and alkyls 1.9-2.2, contacts to arene rings 2.4 and more
_CHALCOGENS = {8: "O", 16: "S", 34: "Se", 52: "Te"}
_PNICTOGENS = {15: "P", 33: "As", 51: "Sb"}
_HALOGENS = {9: "F", 17: "Cl", 35: "Br", 53: "I"}


@dataclass(frozen=True, slots=True, eq=False)
class Donors:
    """Metal-donor contacts; the two carbons of an alkynyl count as one donor.

    Attributes
    ----------
    metals, atoms : ndarray of int, shape (n,)
        Metal and donor atom of each contact.
    groups : ndarray of int, shape (n,)
        Donor group of each contact: index of the group's first atom.
    names : Mapping[int, str]
        What the group is: 'SR', 'CCR', 'PR3', 'Cl', 'H', ...
    group_atoms : Mapping[int, tuple[int, ...]]
        Atoms of each group that are bonded to metal.
    """

    metals: IntArray
    atoms: IntArray
    groups: IntArray
    names: dict[int, str]
    group_atoms: dict[int, tuple[int, ...]]

    def is_anionic(self, group: int) -> bool:
        """Whether a donor group takes an electron from the metal."""
        return self.names[group] in ANIONIC

    def by_metal(self) -> dict[int, list[tuple[int, int]]]:
        """Return (group, donor atom) pairs of each metal that has donors."""
        found: dict[int, list[tuple[int, int]]] = {}
        for metal, atom, group in zip(
            self.metals.tolist(), self.atoms.tolist(), self.groups.tolist(), strict=True
        ):
            found.setdefault(metal, []).append((group, atom))
        return found

    def metals_of(self) -> dict[int, tuple[int, ...]]:
        """Return the metals each donor group is bonded to."""
        found: dict[int, set[int]] = {}
        for metal, group in zip(self.metals.tolist(), self.groups.tolist(), strict=True):
            found.setdefault(group, set()).add(metal)
        return {group: tuple(sorted(metals)) for group, metals in found.items()}


def find_donors(atoms: Atoms, bonds: Bonds) -> Donors:
    """Find the donors of every metal atom."""
    pairs = bonds.of(BondKind.METAL_LIGAND, BondKind.METAL_HYDROGEN)
    metal_first = is_metal(atoms.numbers)[pairs[:, 0]] if len(pairs) else np.zeros(0, dtype=bool)
    metals = np.where(metal_first, pairs[:, 0], pairs[:, 1])
    donors = np.where(metal_first, pairs[:, 1], pairs[:, 0])
    environment = _Environment(atoms, bonds)
    names = {int(atom): environment.name(int(atom)) for atom in np.unique(donors)}
    for atom in _pi_carbons(names, environment, metals, donors):
        names[atom] = "arene"
    held = _not_beside_a_donor(names, environment, metals, donors)
    metals, donors = metals[held], donors[held]
    names = {atom: names[atom] for atom in np.unique(donors).tolist()}
    leader = _leaders(names, environment)
    groups = np.array([leader[atom] for atom in donors.tolist()], dtype=np.int64)
    members: dict[int, list[int]] = {}
    for atom, group in leader.items():
        members.setdefault(group, []).append(atom)
    return Donors(
        metals=metals,
        atoms=donors,
        groups=groups,
        names=_group_names(members, names, metals, groups),
        group_atoms={group: tuple(sorted(parts)) for group, parts in members.items()},
    )


def is_skeleton(atoms: Atoms, bonds: Bonds) -> bool:
    """Whether a structure shows its chalcogens without any tail: no C, no S-H.

    Every bare S of such a file then stands for a thiolate; sulfides cannot be told apart.
    """
    numbers = np.asarray(atoms.numbers)
    if (numbers == 6).any():
        return False
    held = np.unique(bonds.of(BondKind.COVALENT))
    return not np.isin(numbers[held], [16, 34, 52]).any()


class _Environment:
    """Neighbours of ligand atoms inside the ligand."""

    def __init__(self, atoms: Atoms, bonds: Bonds) -> None:
        self.numbers: list[int] = atoms.numbers.tolist()
        self.positions: FloatArray = atoms.positions
        self.fragments = bonds.fragments(BondKind.COVALENT)
        self.skeleton = is_skeleton(atoms, bonds)
        self.neighbours: dict[int, list[int]] = {}
        for i, j in bonds.of(BondKind.COVALENT).tolist():
            self.neighbours.setdefault(i, []).append(j)
            self.neighbours.setdefault(j, []).append(i)

    def distance(self, i: int, j: int) -> float:
        return float(np.linalg.norm(self.positions[i] - self.positions[j]))

    def triple_partner(self, atom: int) -> int | None:
        """Return the other carbon of an alkynyl carbon, if `atom` is one."""
        for other in self.neighbours.get(atom, []):
            if self.numbers[other] == 6 and self.distance(atom, other) < _TRIPLE_CC:
                return other
        return None

    def name(self, atom: int) -> str:
        """Return what a donor atom is."""
        number = self.numbers[atom]
        around = self.neighbours.get(atom, [])
        if number == 1:
            return "H"
        if number in _HALOGENS and not around:
            return _HALOGENS[number]
        if number in _CHALCOGENS and number != 8:
            tails = 1 if self.skeleton else len(around)
            return self._chalcogen(_CHALCOGENS[number], tails)
        if number in _PNICTOGENS:
            return _PNICTOGENS[number] + ("" if not around else "R3" if len(around) > 2 else "R2")
        if number == 6:
            return self._carbon(atom, around)
        if number in (7, 8):
            return self._nitrogen_or_oxygen(atom, around)
        return "B" if number == 5 and not around else "L"

    @staticmethod
    def _chalcogen(symbol: str, n_neighbours: int) -> str:
        return symbol + ("", "R", "R2", "R3", "R4")[min(n_neighbours, 4)]

    def _carbon(self, atom: int, around: list[int]) -> str:
        if not around:
            return "C"
        if self.triple_partner(atom) is not None:
            return "CCR"
        kinds = sorted(self.numbers[k] for k in around)
        if len(around) == 1 and kinds == [8] and self.distance(atom, around[0]) < _TRIPLE_CO:
            return "CO"
        if len(around) == 1 and kinds == [7] and self.distance(atom, around[0]) < _TRIPLE_CO:
            return "CN" if len(self.neighbours[around[0]]) == 1 else "CNR"
        if kinds.count(7) == 2 or (len(around) == 2 and 7 in kinds):
            return "NHC"
        return "CR"

    def _nitrogen_or_oxygen(self, atom: int, around: list[int]) -> str:
        symbol = "N" if self.numbers[atom] == 7 else "O"
        if not around:
            return symbol
        hydrogens = sum(self.numbers[k] == 1 for k in around)
        if symbol == "O":
            return "OR" if len(around) == 1 and not self._is_amide_oxygen(around[0]) else "OL"
        return "NR" if not hydrogens and len(around) <= 2 else "NL"

    def _is_amide_oxygen(self, carbon: int) -> bool:
        """Whether O hangs on the C of an amide or ketone (dmf, acetone): neutral."""
        if self.numbers[carbon] != 6:
            return False
        others = [self.numbers[k] for k in self.neighbours[carbon]]
        return others.count(8) == 1 and len(others) == 3


def _pi_carbons(
    names: dict[int, str], environment: _Environment, metals: IntArray, donors: IntArray
) -> set[int]:
    """Return the carbons, other than alkynyl, that only touch a metal from a distance."""
    sigma = {
        atom
        for metal, atom in zip(metals.tolist(), donors.tolist(), strict=True)
        if names[atom] == "CR" and environment.distance(metal, atom) <= _SIGMA_CARBON
    }
    return {atom for atom, name in names.items() if name == "CR"} - sigma


def _not_beside_a_donor(
    names: dict[int, str], environment: _Environment, metals: IntArray, donors: IntArray
) -> NDArray[np.bool_]:
    """Return which contacts stay: a carbon next to the S or P on the same metal is no donor."""
    pairs = list(zip(metals.tolist(), donors.tolist(), strict=True))
    touching = set(pairs)
    return np.array(
        [
            names[atom] != "arene"
            or not any(
                (metal, other) in touching and environment.numbers[other] != 6
                for other in environment.neighbours.get(atom, [])
            )
            for metal, atom in pairs
        ],
        dtype=bool,
    )


def _leaders(names: dict[int, str], environment: _Environment) -> dict[int, int]:
    """Return the group of each donor atom, named by the group's first atom.

    An alkynyl's two carbons are one group, led by the one that has a metal at a right
    place (the terminal carbon); the N or O atoms of one ligand are one group each per
    ligand, so that a chelating carboxylate counts once.
    """
    leader: dict[int, int] = {}
    first_of_fragment: dict[tuple[int, str], int] = {}
    for atom, name in names.items():
        if name == "CCR":
            partner = environment.triple_partner(atom)
            leader[atom] = _terminal_carbon(atom, partner, environment, names)
        elif name in ("OR", "NR"):
            key = (int(environment.fragments[atom]), name)
            leader[atom] = first_of_fragment.setdefault(key, atom)
        else:
            leader[atom] = atom
    return leader


def _terminal_carbon(
    atom: int, partner: int | None, environment: _Environment, names: dict[int, str]
) -> int:
    """Return the alkynyl carbon that has no substituent (the lower index if in doubt)."""
    if partner is None or partner not in names:
        return atom
    degrees = {c: len(environment.neighbours[c]) for c in (atom, partner)}
    return min((degrees[c], c) for c in (atom, partner))[1]


def _group_names(
    members: dict[int, list[int]], names: dict[int, str], metals: IntArray, groups: IntArray
) -> dict[int, str]:
    """Return the name of each group; N that does not bridge metals is neutral."""
    result: dict[int, str] = {}
    metal_sets: dict[int, set[int]] = {}
    for metal, group in zip(metals.tolist(), groups.tolist(), strict=True):
        metal_sets.setdefault(group, set()).add(metal)
    for group, atoms in members.items():
        name = names[group]
        bridges = len(atoms) >= 2 and len(metal_sets[group]) >= 2
        result[group] = "NL" if name == "NR" and not bridges else name
    return result
