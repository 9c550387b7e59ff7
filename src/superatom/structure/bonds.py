"""Bonds of a ligand-protected cluster, by element pair and with a gap test.

A contact of two elements is a bond if it is shorter than the cut of that pair. The cut
is not one factor for all: it comes from `data/bond_distances.csv` (other pairs: sum of
the covalent radii of Cordero et al., 10.1039/b801115j) and is moved to the widest gap
of the sorted distances when the tabulated one falls into a crowd. Contacts that no gap
separates are listed in `Bonds.ambiguous` together with how they were read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import StructureError
from superatom.structure.element_pairs import (
    N_ELEMENTS,
    covalent_radii,
    is_ion,
    is_metal,
    is_nonmetal,
    pair_limits,
)

if TYPE_CHECKING:
    from ase import Atoms

__all__ = [
    "LONGEST_CONTACT",
    "AmbiguousContact",
    "BondKind",
    "Bonds",
    "adjacency",
    "bonds",
    "bonds_of_contacts",
    "is_ion",
    "is_metal",
    "is_nonmetal",
]

#: Longest distance (Å) that can be a bond of any pair of elements.
LONGEST_CONTACT = 3.6
#: A gap (Å) of the sorted distances that leaves no doubt where bonds end.
_CLEAR_GAP = 0.20
#: Contacts closer than this (Å) to a cut that lies in no clear gap are ambiguous.
_DOUBT = 0.10
#: Radii rule for pairs without a row: typical, cut and limit above the sum of radii (Å).
_ABOVE_RADII = {"covalent": (0.20, 0.30, 0.45), "metal-ligand": (0.20, 0.35, 0.55)}
_METALLIC_FACTOR = 1.22
#: Two atoms closer than this fraction of the sum of their radii are on top of each other.
_COLLISION = 0.62

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


class BondKind(IntEnum):
    """What a bond joins."""

    COVALENT = 0
    METAL_LIGAND = 1
    METAL_METAL = 2
    METAL_HYDROGEN = 3


@dataclass(frozen=True, slots=True)
class AmbiguousContact:
    """A contact whose distance alone does not tell whether it is a bond.

    Attributes
    ----------
    atoms : tuple[int, int]
        Indices of the two atoms.
    elements : tuple[str, str]
        Their symbols.
    length : float
        Distance in Å.
    cut : float
        Cut (Å) used for this pair of elements.
    read_as_bond : bool
        How it was read; the other reading is the opposite.
    """

    atoms: tuple[int, int]
    elements: tuple[str, str]
    length: float
    cut: float
    read_as_bond: bool

    def __str__(self) -> str:
        reading = "bond" if self.read_as_bond else "no bond"
        other = "no bond" if self.read_as_bond else "bond"
        names = "-".join(f"{e}{i}" for e, i in zip(self.elements, self.atoms, strict=True))
        return f"{names} {self.length:.3f} Å (cut {self.cut:.2f}): read as {reading}, or {other}"


@dataclass(frozen=True, slots=True, eq=False)
class Bonds:
    """All bonds of a structure.

    Attributes
    ----------
    n_atoms : int
        Number of atoms of the structure.
    pairs : ndarray of int, shape (n, 2)
        Atom indices, the smaller first, sorted.
    lengths : ndarray of float, shape (n,)
        Bond lengths in Å.
    kinds : ndarray of int, shape (n,)
        `BondKind` of each bond.
    ambiguous : tuple[AmbiguousContact, ...]
        Contacts that can be read either way.
    """

    n_atoms: int
    pairs: IntArray
    lengths: FloatArray
    kinds: NDArray[np.int8]
    ambiguous: tuple[AmbiguousContact, ...] = ()

    def __len__(self) -> int:
        return len(self.pairs)

    def of(self, *kinds: BondKind) -> IntArray:
        """Return the atom pairs of the given kinds, shape (m, 2)."""
        return self.pairs[np.isin(self.kinds, kinds)]

    def lengths_of(self, *kinds: BondKind) -> FloatArray:
        """Return the lengths (Å) of the bonds of the given kinds, shape (m,)."""
        return self.lengths[np.isin(self.kinds, kinds)]

    def graph(self, *kinds: BondKind) -> Any:
        """Return the symmetric adjacency (scipy CSR, n_atoms x n_atoms) of the given kinds.

        All kinds if none is given.
        """
        pairs = self.of(*kinds) if kinds else self.pairs
        return adjacency(pairs, self.n_atoms)

    def fragments(self, *kinds: BondKind) -> IntArray:
        """Return the connected component of each atom, shape (n_atoms,), from 0."""
        from scipy.sparse.csgraph import connected_components

        _, labels = connected_components(self.graph(*kinds), directed=False)
        return np.asarray(labels, dtype=np.int64)

    def read_otherwise(self) -> Bonds:
        """Return the bonds with every ambiguous contact read the other way."""
        if not self.ambiguous:
            return self
        dropped = {c.atoms for c in self.ambiguous if c.read_as_bond}
        added = [c for c in self.ambiguous if not c.read_as_bond]
        keep = np.array([tuple(p) not in dropped for p in self.pairs.tolist()], dtype=bool)
        pairs = np.concatenate([self.pairs[keep], _pair_array([c.atoms for c in added])])
        lengths = np.concatenate([self.lengths[keep], [c.length for c in added]])
        new_kinds = [_kind_of_symbols(*c.elements) for c in added]
        kinds = np.concatenate([self.kinds[keep], np.array(new_kinds, dtype=np.int8)])
        order = np.lexsort((pairs[:, 1], pairs[:, 0]))
        flipped = tuple(replace(c, read_as_bond=not c.read_as_bond) for c in self.ambiguous)
        return Bonds(self.n_atoms, pairs[order], lengths[order], kinds[order], flipped)


def adjacency(pairs: IntArray, n_atoms: int) -> Any:
    """Return the symmetric 0/1 adjacency matrix (scipy CSR) of atom pairs."""
    from scipy.sparse import csr_array

    rows = np.concatenate([pairs[:, 0], pairs[:, 1]])
    columns = np.concatenate([pairs[:, 1], pairs[:, 0]])
    return csr_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), (n_atoms, n_atoms))


def _pair_array(pairs: list[tuple[int, int]]) -> IntArray:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


def bonds(atoms: Atoms) -> Bonds:
    """Find the bonds of a molecule.

    The cell and periodic images are ignored: complete the molecule first
    (`superatom.structure.read`).

    Parameters
    ----------
    atoms : ase.Atoms
        The molecule.

    Raises
    ------
    StructureError
        If there are no atoms, a coordinate is not finite, an element is not known, or
        two atoms lie on top of each other.
    """
    from scipy.spatial import cKDTree

    numbers, positions = _checked(atoms)
    tree = cKDTree(positions)
    pairs = tree.query_pairs(LONGEST_CONTACT, output_type="ndarray").astype(np.int64)
    lengths = np.linalg.norm(positions[pairs[:, 0]] - positions[pairs[:, 1]], axis=1)
    return bonds_of_contacts(numbers, pairs.reshape(-1, 2), lengths)


def _checked(atoms: Atoms) -> tuple[IntArray, FloatArray]:
    numbers = np.asarray(atoms.numbers, dtype=np.int64)
    positions = np.asarray(atoms.positions, dtype=np.float64)
    if not len(numbers):
        raise StructureError("no atoms in this structure")
    if not np.isfinite(positions).all():
        where = int(np.flatnonzero(~np.isfinite(positions).all(axis=1))[0])
        raise StructureError(
            f"atom {where} ({atoms.symbols[where]}) has a coordinate that is not a number; "
            "the file is damaged or was truncated"
        )
    if (numbers < 1).any() or (numbers >= N_ELEMENTS).any():
        where = int(np.flatnonzero((numbers < 1) | (numbers >= N_ELEMENTS))[0])
        raise StructureError(f"atom {where} has no element (atomic number {numbers[where]})")
    return numbers, positions


def bonds_of_contacts(numbers: IntArray, pairs: IntArray, lengths: FloatArray) -> Bonds:
    """Tell which contacts are bonds.

    `bonds` finds the contacts of a molecule itself; this function takes them from
    elsewhere, e.g. from a periodic neighbour list (pairs of atoms, one entry per image).

    Parameters
    ----------
    numbers : ndarray of int, shape (n_atoms,)
        Atomic numbers.
    pairs : ndarray of int, shape (m, 2)
        Contacts up to `LONGEST_CONTACT`.
    lengths : ndarray of float, shape (m,)
        Their lengths in Å.

    Raises
    ------
    StructureError
        If two atoms lie on top of each other.
    """
    pairs = np.sort(pairs, axis=1)
    order = np.lexsort((pairs[:, 1], pairs[:, 0]))
    pairs, lengths = pairs[order], lengths[order]
    _refuse_collisions(numbers, pairs, lengths)
    kinds = _kinds(numbers, pairs)
    long, cut, limit = _limits(numbers, pairs, kinds)
    bound = (kinds == BondKind.COVALENT) & (lengths <= cut)
    candidate = (kinds != BondKind.COVALENT) & ~_touches_bound_hydrogen(
        numbers, pairs, kinds, bound
    )
    metallic = candidate & (kinds == BondKind.METAL_METAL)
    bound |= metallic & (lengths <= cut)
    judged, ambiguous = _gap_test(numbers, pairs, lengths, candidate & ~metallic, long, cut, limit)
    bound |= judged
    return Bonds(len(numbers), pairs[bound], lengths[bound], kinds[bound], ambiguous)


def _refuse_collisions(numbers: IntArray, pairs: IntArray, lengths: FloatArray) -> None:
    radii = covalent_radii()[numbers]
    short = lengths < _COLLISION * (radii[pairs[:, 0]] + radii[pairs[:, 1]])
    if short.any():
        from ase.data import chemical_symbols

        worst = int(np.argmin(np.where(short, lengths, np.inf)))
        i, j = (int(k) for k in pairs[worst])
        names = f"{chemical_symbols[numbers[i]]}{i} and {chemical_symbols[numbers[j]]}{j}"
        raise StructureError(
            f"atoms {names} are only {lengths[worst]:.2f} Å apart ({int(short.sum())} such pairs): "
            "atoms on top of each other; resolve disorder or repair the coordinates first"
        )


def _kinds(numbers: IntArray, pairs: IntArray) -> NDArray[np.int8]:
    """Return the kind each contact would have as a bond."""
    metal = is_metal(numbers)[pairs]
    hydrogen = (numbers == 1)[pairs].any(axis=1)
    n_metals = metal.sum(axis=1)
    kinds = np.array(
        [BondKind.COVALENT, BondKind.METAL_LIGAND, BondKind.METAL_METAL], dtype=np.int8
    )
    kind = kinds[n_metals]
    hydridic = (n_metals == 1) & hydrogen
    return np.where(hydridic, np.int8(BondKind.METAL_HYDROGEN), kind)


def _touches_bound_hydrogen(
    numbers: IntArray, pairs: IntArray, kinds: NDArray[np.int8], bound: BoolArray
) -> BoolArray:
    """Return which metal-hydrogen contacts are of an H that belongs to C, N, O, ..."""
    owned = np.zeros(len(numbers), dtype=bool)
    owned[pairs[bound].ravel()] = True
    hydrogen_owned = (owned & (numbers == 1))[pairs].any(axis=1)
    owned_hydride: BoolArray = (kinds == BondKind.METAL_HYDROGEN) & hydrogen_owned
    return owned_hydride


def _limits(
    numbers: IntArray, pairs: IntArray, kinds: NDArray[np.int8]
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return typical upper end, cut and limit (Å) of each contact."""
    radii = covalent_radii()[numbers][pairs].sum(axis=1)
    ions = is_ion(numbers)[pairs].any(axis=1)
    above = np.array(
        [
            _ABOVE_RADII["covalent"],
            _ABOVE_RADII["metal-ligand"],
            (0.0, 0.0, 0.0),
            _ABOVE_RADII["metal-ligand"],
        ]
    )[kinds]
    limits = radii[:, None] + above
    metallic = kinds == BondKind.METAL_METAL
    limits[metallic] = _METALLIC_FACTOR * radii[metallic, None]
    first, second = numbers[pairs].T
    listed = pair_limits()[first, second]
    limits = np.where(np.isnan(listed), limits, listed)
    limits[ions] = 0.0
    return limits[:, 0], limits[:, 1], limits[:, 2]


def _gap_test(
    numbers: IntArray,
    pairs: IntArray,
    lengths: FloatArray,
    candidate: BoolArray,
    long: FloatArray,
    cut: FloatArray,
    limit: FloatArray,
) -> tuple[BoolArray, tuple[AmbiguousContact, ...]]:
    """Judge metal-ligand contacts of one element pair at a time."""
    bound = np.zeros(len(pairs), dtype=bool)
    ambiguous: list[AmbiguousContact] = []
    elements = np.sort(numbers[pairs], axis=1)
    codes = elements[:, 0] * N_ELEMENTS + elements[:, 1]
    for code in np.unique(codes[candidate]):
        group = np.flatnonzero(candidate & (codes == code))
        one = group[0]
        used, clear = _cut(np.sort(lengths[group]), long[one], cut[one], limit[one])
        bound[group] = lengths[group] <= used
        if not clear:
            ambiguous += _doubtful(numbers, pairs, lengths, group, used)
    return bound, tuple(ambiguous)


def _cut(ordered: FloatArray, long: float, cut: float, limit: float) -> tuple[float, bool]:
    """Return the cut (Å) for sorted distances and whether it lies in a clear gap.

    The gap around the tabulated cut is taken if it is clear, else the widest gap
    between the typical range and the limit if that is clear, else the tabulated cut.
    """
    edges = np.concatenate([[0.0], ordered, [np.inf]])
    low, high = np.maximum(edges[:-1], long), np.minimum(edges[1:], limit)
    clear = (edges[1:] - edges[:-1] >= _CLEAR_GAP) & (high - low >= 0.5 * _CLEAR_GAP)
    around = clear & (edges[:-1] < cut) & (edges[1:] >= cut)
    for choice in (around, clear):
        if choice.any():
            best = int(np.argmax(np.where(choice, high - low, -1.0)))
            return float(0.5 * (low[best] + high[best])), True
    return cut, False


def _doubtful(
    numbers: IntArray, pairs: IntArray, lengths: FloatArray, group: IntArray, cut: float
) -> list[AmbiguousContact]:
    from ase.data import chemical_symbols

    near = group[np.abs(lengths[group] - cut) < _DOUBT]
    return [
        AmbiguousContact(
            atoms=(int(pairs[k, 0]), int(pairs[k, 1])),
            elements=(
                chemical_symbols[numbers[pairs[k, 0]]],
                chemical_symbols[numbers[pairs[k, 1]]],
            ),
            length=float(lengths[k]),
            cut=float(cut),
            read_as_bond=bool(lengths[k] <= cut),
        )
        for k in near
    ]


def _kind_of_symbols(first: str, second: str) -> int:
    from ase.data import atomic_numbers

    numbers = np.array([atomic_numbers[first], atomic_numbers[second]])
    return int(_kinds(numbers, np.array([[0, 1]]))[0])
