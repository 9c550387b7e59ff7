"""Ligands as they are bound: donor atoms found in the free molecule, acidic hydrogens gone.

The library gives the SMILES of the free form (a thiol, a phosphine, an alkyne). Donor groups
are patterns of `data/donor_groups.csv`, the first that fits counting most: of cysteine the
sulfur binds, not the acid. What the library says of a ligand (elements of its anchors, how
many, the formula it has when bound) decides where several groups are there.
"""

from __future__ import annotations

import csv
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superatom.composition.ligands import Ligand, default_library
from superatom.errors import StructureError, UnknownLigand
from superatom.structure.ligand_graphs import hill_formula

__all__ = ["BoundMolecule", "bound_molecule", "known_ligand", "ligand_of_smiles"]

IntArray = NDArray[np.int64]

_KIND_OF_GROUP = {
    "thiol": "thiolate",
    "thiolate": "thiolate",
    "dithioic acid": "dithiophosphate",
    "carboxylic acid": "carboxylate",
    "carboxylate": "carboxylate",
    "phosphine": "phosphine",
    "terminal alkyne": "alkynyl",
    "carbene": "carbene",
    "amine": "amine",
}
_SEED = 7  # of the shape that decides stereocentres nothing else decides
_SEVERAL = {"thiolate": "dithiolate", "phosphine": "diphosphine"}


@dataclass(frozen=True, slots=True, eq=False)
class BoundMolecule:
    """One ligand with all its hydrogens, as it sits on a cluster.

    Attributes
    ----------
    name : str
        Name of the ligand.
    smiles : str
        SMILES of the free form with the stereochemistry that is meant.
    free : rdkit.Chem.Mol
        Free form with explicit hydrogens; its conformers are made of this.
    kept : ndarray of int, shape (n,)
        Atoms of `free` that stay when it binds.
    numbers : ndarray of int, shape (n,)
        Atomic numbers.
    bonds : ndarray of int, shape (m, 2)
        Covalent bonds, numbered as in `kept`.
    donors : tuple[int, ...]
        Donor atoms, numbered as in `kept`.
    """

    name: str
    smiles: str
    free: Any
    kept: IntArray
    numbers: IntArray
    bonds: IntArray
    donors: tuple[int, ...]

    @property
    def n_atoms(self) -> int:
        """Number of atoms, hydrogens included."""
        return len(self.numbers)


@dataclass(frozen=True, slots=True)
class _Group:
    name: str
    pattern: Any
    donors: tuple[int, ...]
    acidic: bool
    elements: frozenset[str]


@cache
def _groups() -> tuple[_Group, ...]:
    from rdkit import Chem

    table = resources.files("superatom.model") / "data" / "donor_groups.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return tuple(
        _Group(
            row["group"],
            Chem.MolFromSmarts(row["smarts"]),
            tuple(int(k) for k in row["donors"].split()),
            row["loses_hydrogen"] == "1",
            frozenset(row["elements"].split()),
        )
        for row in rows
    )


@cache
def _stereo() -> dict[str, str]:
    """Return the SMILES with stereochemistry of ligands whose name implies it."""
    table = resources.files("superatom.model") / "data" / "ligand_stereo.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {row["name"]: row["smiles"] for row in rows}


def known_ligand(name: str) -> Ligand:
    """Return a ligand of the library by any of its names.

    Raises
    ------
    UnknownLigand
        If there is none; names close to it are suggested.
    """
    library = default_library()
    if name in library:
        known = library[name]
        hand = _stereo().get(name.strip())  # D-Cys is another molecule than Cys
        return known if hand is None or name == known.name else replace(known, smiles=hand)
    near = ", ".join(ligand.name for ligand in library.nearest(name))
    raise UnknownLigand(
        f"unknown ligand {name!r}",
        hint=(f"names close to it: {near}\n" if near else "")
        + "a ligand of your own: --ligand-smiles 'SCCc1ccccc1'",
    )


def ligand_of_smiles(smiles: str) -> Ligand:
    """Return the ligand a SMILES of the free form means; the library's if it has that graph.

    Raises
    ------
    StructureError
        If the SMILES cannot be read or has no donor atom.
    """
    from rdkit import Chem

    plain = Chem.CanonSmiles(Chem.MolToSmiles(_read(smiles), isomericSmiles=False))
    known = _by_canonical().get(plain)
    if known is not None and Chem.MolToSmiles(_read(smiles)) == plain:
        return known
    if known is not None:  # the same graph, but with stereochemistry of its own
        return Ligand(
            known.name, known.kind, known.formula, known.free_formula,
            known.charge_taken, known.anchors, known.denticity, smiles, source="given as SMILES",
        )  # fmt: skip
    return _new_ligand(smiles)


@cache
def _by_canonical() -> dict[str, Ligand]:
    from rdkit import Chem, rdBase

    found: dict[str, Ligand] = {}
    with rdBase.BlockLogs():  # lone hydrogens are remarked on
        for ligand in default_library():
            molecule = Chem.MolFromSmiles(ligand.smiles) if ligand.smiles else None
            if molecule is not None:
                found.setdefault(Chem.MolToSmiles(molecule, isomericSmiles=False), ligand)
    return found


def _new_ligand(smiles: str) -> Ligand:
    from rdkit import Chem

    molecule = Chem.AddHs(_read(smiles))
    first = next((g for g in _groups() if molecule.HasSubstructMatch(g.pattern)), None)
    if first is None:
        raise _no_anchor(smiles, smiles)
    matches = molecule.GetSubstructMatches(first.pattern)
    donors = [m[k] for m in matches for k in first.donors]
    elements = Counter(atom.GetSymbol() for atom in molecule.GetAtoms())
    free = hill_formula(elements)
    lost = len(matches) if first.acidic else 0
    elements["H"] -= lost
    kind = _KIND_OF_GROUP.get(first.name, "other")
    kind = _SEVERAL.get(kind, kind) if len(matches) > 1 else kind
    bound = hill_formula(+elements)
    anchors = tuple(sorted({molecule.GetAtomWithIdx(k).GetSymbol() for k in donors}))
    charge = lost - Chem.GetFormalCharge(molecule)
    return Ligand(
        bound, kind, bound, free, charge, anchors, len(set(donors)), smiles,
        source="given as SMILES",
    )  # fmt: skip


def _read(smiles: str) -> Any:
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
    if molecule is None:
        raise StructureError(
            f"cannot read the SMILES {smiles!r}; write the free form, such as 'SCCc1ccccc1'"
        )
    return molecule


def _no_anchor(name: str, smiles: str) -> StructureError:
    return StructureError(
        f"ligand {name} ({smiles}) has no atom to bind with: a thiol, phosphine, alkyne, acid, "
        "amine, carbene or halide is needed"
    )


def bound_molecule(ligand: Ligand, n_donors: int | None = None) -> BoundMolecule:
    """Return a ligand in its bound form, with all hydrogens.

    Parameters
    ----------
    ligand : Ligand
        From the library, or of `ligand_of_smiles`.
    n_donors : int, optional
        How many donor atoms hold it; its denticity by default. With fewer, the first of the
        usual donors bind.

    Raises
    ------
    StructureError
        If the ligand has no SMILES, no donor atom, or fewer donors than asked for.
    """
    if not ligand.smiles:
        raise StructureError(
            f"ligand {ligand.name} has no SMILES in the library, so its atoms cannot be placed; "
            "give one with --ligand-smiles"
        )
    says = any(mark in ligand.smiles for mark in "@/\\")
    smiles = ligand.smiles if says else _stereo().get(ligand.name, ligand.smiles)
    return _bound(ligand, smiles, ligand.denticity if n_donors is None else n_donors)


@lru_cache(maxsize=256)
def _bound(ligand: Ligand, smiles: str, wanted: int) -> BoundMolecule:
    """Return the bound form; the SMILES is no part of what makes two ligands equal."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():  # a lone hydride stays
        plain = Chem.MolToSmiles(_with_stereo(_read(smiles)))
    molecule = Chem.AddHs(_read(plain))  # atoms in the order of what the record tells
    if len(Chem.GetMolFrags(molecule)) > 1:
        raise StructureError(
            f"ligand {ligand.name} ({ligand.smiles}) is made of several pieces (a metallocene or "
            "a salt); such ligands cannot be placed"
        )
    donors, lost = _donors(molecule, ligand)
    if len(donors) < max(wanted, 1):
        if not donors:
            raise _no_anchor(ligand.name, ligand.smiles)
        raise StructureError(
            f"ligand {ligand.name} has {len(donors)} donor atoms, {wanted} are needed here"
        )
    kept = np.array([k for k in range(molecule.GetNumAtoms()) if k not in lost], dtype=np.int64)
    place = {int(k): i for i, k in enumerate(kept)}
    numbers = np.array([molecule.GetAtomWithIdx(int(k)).GetAtomicNum() for k in kept])
    ends = [(b.GetBeginAtomIdx(), b.GetEndAtomIdx()) for b in molecule.GetBonds()]
    bonds = [(place[a], place[b]) for a, b in ends if a in place and b in place]
    return BoundMolecule(
        ligand.name,
        plain,
        molecule,
        kept,
        numbers.astype(np.int64),
        np.array(bonds, dtype=np.int64).reshape(-1, 2),
        tuple(place[k] for k in _inner_first(molecule, donors[:wanted])),
    )


def _inner_first(molecule: Any, donors: list[int]) -> list[int]:
    """Return three donors or more with those in the middle of the ligand first.

    So the branching phosphorus of a tripodal phosphine is donor 1, as in archetypes.
    """
    from rdkit import Chem

    if len(donors) < 3:
        return donors
    apart = Chem.GetDistanceMatrix(molecule)[np.ix_(donors, donors)].sum(axis=1)
    return [donors[k] for k in np.argsort(apart, kind="stable")]


def _with_stereo(molecule: Any) -> Any:
    """Return the molecule with every stereocentre decided, the same way each time.

    What the SMILES leaves open is taken from a first shape, so that cages and bridges get
    what is possible.
    """
    from rdkit import Chem, rdBase
    from rdkit.Chem import rdDistGeom

    open_ends = [
        element
        for element in Chem.FindPotentialStereo(molecule)
        if element.specified == Chem.StereoSpecified.Unspecified
    ]
    if not open_ends:
        return molecule
    whole = Chem.AddHs(molecule)
    with rdBase.BlockLogs():
        if rdDistGeom.EmbedMolecule(whole, randomSeed=_SEED) < 0:
            return molecule
    Chem.AssignStereochemistryFrom3D(whole)
    return Chem.RemoveHs(whole)


def _donors(molecule: Any, ligand: Ligand) -> tuple[list[int], set[int]]:
    """Return the donor atoms, the usual first, and the hydrogens lost on binding."""
    from rdkit import Chem

    if molecule.GetNumHeavyAtoms() <= 1:  # halide, hydride, SH, PH3, NH3
        if molecule.GetAtomWithIdx(0).GetSymbol() not in ligand.anchors:
            return [], set()
        hydrogens = range(1, molecule.GetNumAtoms())
        return [0], set(hydrogens[: _hydrogens_lost(molecule, ligand)])
    apart = Chem.GetDistanceMatrix(molecule)
    donors: list[int] = []
    lost: set[int] = set()
    to_lose = _hydrogens_lost(molecule, ligand)
    for acidic in (True, False):
        found = _matches(molecule, ligand, acidic)
        if donors:
            found.sort(key=lambda match: min(apart[d, k] for d in donors for k in match))
        for match in found:
            if len(donors) >= max(ligand.denticity, 1) or any(k in donors for k in match):
                continue
            if acidic and len(lost) >= to_lose:
                continue
            donors += match
            if acidic:
                lost |= _hydrogen_of(molecule, match)
    if len(lost) < to_lose:  # acids that do not bind are deprotonated too
        for match in _matches(molecule, ligand, True, any_element=True):
            if len(lost) < to_lose:
                lost |= _hydrogen_of(molecule, match) - lost
    return donors, lost


def _hydrogens_lost(molecule: Any, ligand: Ligand) -> int:
    """Return how many hydrogens the free form loses when it binds."""
    free = sum(atom.GetAtomicNum() == 1 for atom in molecule.GetAtoms())
    return max(int(free) - ligand.elements.get("H", 0), 0)


def _matches(
    molecule: Any, ligand: Ligand, acidic: bool, any_element: bool = False
) -> list[list[int]]:
    """Return the donors of every group of the ligand's elements, best group first."""
    found: list[list[int]] = []
    taken: set[int] = set()
    for element in ligand.anchors or ("",):
        for group in _groups():
            if group.acidic != acidic:
                continue
            for match in molecule.GetSubstructMatches(group.pattern):
                own = [match[k] for k in group.donors]
                symbols = {molecule.GetAtomWithIdx(k).GetSymbol() for k in own}
                if taken.intersection(own) or not (any_element or symbols == {element}):
                    continue
                taken.update(own)
                found.append(own)
    return found


def _hydrogen_of(molecule: Any, match: list[int]) -> set[int]:
    """Return one hydrogen bonded to the donors of a group."""
    for k in match:
        for near in molecule.GetAtomWithIdx(k).GetNeighbors():
            if near.GetAtomicNum() == 1:
                return {near.GetIdx()}
    return set()
