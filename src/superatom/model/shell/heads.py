"""Small stand-ins of ligands with which a core is laid out before the full ones go on.

A thiolate is there as SCH3, a phosphine as PH3, an alkynyl as C≡CH; a ligand with several
donors with the backbone between them. Where the bonds that are cut point after the core was
cleaned, the rest of the ligand goes.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from superatom.composition.ligands import Ligand
from superatom.model.shell.bound_molecules import BoundMolecule, bound_molecule
from superatom.model.shell.conformers import conformers
from superatom.model.shell.ligand_units import backbone
from superatom.structure.element_pairs import covalent_radii

__all__ = ["Head", "head_of", "stand_in"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_CHALCOGENS, _PNICTOGENS = (16, 34, 52), (15, 33, 51)
_RIGID = 0.03  # Å: standard deviation over shapes of a distance that does not change


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A stand-in for a ligand.

    Attributes
    ----------
    numbers : ndarray of int, shape (n,)
        Atomic numbers, donors first.
    n_donors : int
        How many atoms are donors.
    bonds : ndarray of int, shape (m, 2)
        Bonds, the atom with the lower number first.
    shapes : ndarray, shape (c, n, 3)
        Conformers, Å.
    origin : tuple[int, ...]
        For each atom its number in the full molecule; -1 for atoms that are not in it.
    caps : tuple[tuple[int, int, int], ...]
        Hydrogens that stand for the rest of the ligand: which atom of the head, and the atoms
        of the molecule whose bond was cut, the inner one first.
    """

    numbers: IntArray
    n_donors: int
    bonds: IntArray
    shapes: FloatArray
    origin: tuple[int, ...]
    caps: tuple[tuple[int, int, int], ...]

    def springs(self, shape: int) -> list[tuple[int, int, float]]:
        """Return pairs of atoms with the distance they keep in a shape, Å.

        Bonds, angles, and whatever is the same in all shapes.
        """
        return self._pairs(shape)[0]

    def turns(self, shape: int) -> list[tuple[int, int, float]]:
        """Return pairs of atoms three bonds apart with their distance in a shape, Å.

        They hold the turns of bonds, so that what hangs on the stand-in keeps its room. Only
        backbones with rings have them; open chains turn as the core wants.
        """
        has_ring = len(self.bonds) >= len(self.numbers)
        return self._pairs(shape)[1] if has_ring else []

    def _pairs(
        self, shape: int
    ) -> tuple[list[tuple[int, int, float]], list[tuple[int, int, float]]]:
        from superatom.model.shell.contact_floors import bonds_apart

        ways = bonds_apart(len(self.numbers), self.bonds)
        i, j = np.triu_indices(len(self.numbers), 1)
        apart = np.linalg.norm(self.shapes[:, i] - self.shapes[:, j], axis=2)
        rigid = (apart.std(axis=0) < _RIGID) & (len(self.shapes) > 1)
        kept = (ways[i, j] <= 2) | rigid
        turning = (ways[i, j] == 3) & ~kept
        firm, soft = (
            [
                (int(a), int(b), float(d))
                for a, b, d in zip(i[own], j[own], apart[shape, own], strict=True)
            ]
            for own in (kept, turning)
        )
        return firm, soft


@lru_cache(maxsize=128)
def head_of(molecule: BoundMolecule, seed: int = 0) -> Head:
    """Return the stand-in of a ligand with several donors.

    Parameters
    ----------
    molecule : BoundMolecule
        The full ligand.
    seed : int
        Seed of its conformers.
    """
    return _cut(molecule, _kept(molecule), seed)


@lru_cache(maxsize=128)
def stand_in(molecule: BoundMolecule, ending: str = "CH3") -> BoundMolecule:
    """Return the small relative of a ligand with one donor: SCH3, SH, PH3, C≡CH.

    A ligand that has no smaller relative stands for itself.

    Parameters
    ----------
    molecule : BoundMolecule
        The full ligand.
    ending : str
        'CH3' or 'H': what a thiolate becomes.
    """
    number = int(molecule.numbers[molecule.donors[0]])
    heavy = int(np.count_nonzero(molecule.numbers > 1))
    symbol = _symbol(number)
    if number in _CHALCOGENS and heavy > 1:
        bare = f"[{symbol}H2]" if ending == "H" else f"C[{symbol}H]"
        formula = f"H{symbol}" if ending == "H" else f"CH3{symbol}"
        return bound_molecule(Ligand(bare, "thiolate", formula, anchors=(symbol,), smiles=bare))
    if number in _PNICTOGENS:
        bare = f"[{symbol}H3]"
        return bound_molecule(
            Ligand(bare, "phosphine", f"H3{symbol}", anchors=(symbol,), smiles=bare)
        )
    if _is_alkynyl(molecule):
        return bound_molecule(Ligand("HC#C", "alkynyl", "C2H", anchors=("C",), smiles="C#C"))
    return molecule


def _is_alkynyl(molecule: BoundMolecule) -> bool:
    donor = molecule.free.GetAtomWithIdx(int(molecule.kept[molecule.donors[0]]))
    bonds = donor.GetBonds()
    return donor.GetAtomicNum() == 6 and any(
        bond.GetBondTypeAsDouble() == 3.0 and bond.GetOtherAtom(donor).GetAtomicNum() == 6
        for bond in bonds
    )


def _symbol(number: int) -> str:
    from ase.data import chemical_symbols

    return str(chemical_symbols[number])


def _kept(molecule: BoundMolecule) -> frozenset[int]:
    """Return the atoms of a ligand its stand-in has: backbone, C≡C, hydrogens on these."""
    if np.count_nonzero(molecule.numbers > 1) <= 1:
        return frozenset(range(molecule.n_atoms))
    kept = set(backbone(molecule))
    near: dict[int, list[int]] = {k: [] for k in range(molecule.n_atoms)}
    for a, b in molecule.bonds.tolist():
        near[a].append(b)
        near[b].append(a)
    for k in molecule.donors:  # an alkynyl, cyanide or carbonyl is a rod
        if len(near[k]) == 1 and molecule.numbers[k] in (6, 7):
            kept.add(near[k][0])
    hydrogens = {h for k in kept for h in near[k] if molecule.numbers[h] == 1}
    return frozenset(kept | hydrogens)


def _cut(molecule: BoundMolecule, kept: frozenset[int], seed: int) -> Head:
    """Return the kept atoms with a hydrogen on every bond that was cut."""
    rest = sorted(kept - set(molecule.donors))
    order = [*molecule.donors, *rest]
    place = {k: i for i, k in enumerate(order)}
    cuts = [
        (a, b) if a in kept else (b, a)
        for a, b in molecule.bonds.tolist()
        if (a in kept) != (b in kept)
    ]
    cuts.sort()
    shapes = conformers(molecule, seed)
    numbers = [*molecule.numbers[order].tolist(), *(1 for _ in cuts)]
    radii = covalent_radii()
    caps = []
    for inner, outer in cuts:
        step = shapes[:, outer] - shapes[:, inner]
        length = radii[molecule.numbers[inner]] + radii[1]
        caps.append(shapes[:, inner] + length * step / np.linalg.norm(step, axis=1)[:, None])
    inside = [pair for pair in molecule.bonds.tolist() if kept.issuperset(pair)]
    bonds = [tuple(sorted((place[a], place[b]))) for a, b in inside]
    bonds += [(place[inner], len(order) + k) for k, (inner, _) in enumerate(cuts)]
    whole = np.concatenate([shapes[:, order], np.array(caps).reshape(-1, len(shapes), 3)
                            .transpose(1, 0, 2)], axis=1)  # fmt: skip
    return Head(
        np.array(numbers, dtype=np.int64),
        len(molecule.donors),
        np.array(bonds, dtype=np.int64).reshape(-1, 2),
        whole,
        (*order, *(-1 for _ in cuts)),
        tuple((len(order) + k, inner, outer) for k, (inner, outer) in enumerate(cuts)),
    )
