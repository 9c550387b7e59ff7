"""How near two atoms can be: as a bond, as a clash, as alternatives of one disorder.

Bonds follow the element-pair table of `superatom.structure.bonds`; here a contact is
judged alone, without the gap test, because molecules that the cell cuts must be put
together before any statistics can be made.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from superatom.structure.bonds import is_ion, is_metal
from superatom.structure.lattice import Contacts

__all__ = [
    "LONGEST_BOND",
    "bond_cut",
    "bonded",
    "clash_distance",
    "collision_distance",
    "covalent_radii",
    "exclusion_distance",
    "incompatible",
    "strong_metal_contact",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

#: Longest contact (Å) that can be a bond.
LONGEST_BOND = 3.6
_COVALENT, _METAL_LIGAND = 0.30, 0.35  # Å above the sum of covalent radii
_METALLIC = 1.22  # times the sum of covalent radii
_STRONG_METALLIC = 1.10  # Au-Au 2.99, Ag-Ag 3.19, Cu-Cu 2.90 Å: longer is metallophilic
_COINCIDENT = 0.4  # Å, images of one place; the shortest bond (H2) is 0.74
# Times the sum of radii, for no, one and two metals: below the shortest bonds (C-N 1.14,
# Fe-N 1.65, Cu-Cu 2.3, Au-Au 2.6 Å).
_CLASH = (0.73, 0.78, 0.85)
_COLLISION = 0.62  # times the sum of radii: shorter than any bond, however badly refined
_CLASH_HYDROGEN = 1.25  # Å between two H; geminal H are 1.5 Å apart
_COLLISION_HYDROGEN = 0.70  # Å, shorter than the bond of H2
_EXCLUSION = 1.40  # times the sum of radii: between a bond and a 1,3 distance
_EXCLUSION_HYDROGEN = 1.45  # Å between two H


@lru_cache(maxsize=1)
def covalent_radii() -> FloatArray:
    """Return covalent radii (Å) by atomic number (Cordero 2008, 10.1039/b801115j)."""
    from ase.data import covalent_radii as radii

    return np.asarray(radii, dtype=np.float64)


@lru_cache(maxsize=1)
def _listed_cuts() -> FloatArray:
    """Return the cuts (Å) of the element-pair table, nan where it has none."""
    from ase.data import atomic_numbers

    cuts = np.full((len(covalent_radii()),) * 2, np.nan)
    table = resources.files("superatom.structure") / "data" / "bond_distances.csv"
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        i, j = atomic_numbers[row["first"]], atomic_numbers[row["second"]]
        cuts[i, j] = cuts[j, i] = float(row["cut_A"])
    return cuts


def bond_cut(first: IntArray, second: IntArray) -> FloatArray:
    """Return the longest bond (Å) of pairs of atomic numbers, elementwise.

    Alkali and alkaline earth ions have no bonds (0): they are counter-ions.
    """
    total = covalent_radii()[first] + covalent_radii()[second]
    n_metals = is_metal(first).astype(int) + is_metal(second)
    rule = np.where(n_metals == 0, total + _COVALENT, total + _METAL_LIGAND)
    rule = np.where(n_metals == 2, _METALLIC * total, rule)
    listed = _listed_cuts()[first, second]
    cut = np.where(np.isnan(listed), rule, listed)
    cut = np.where((first == 1) & (second == 1), 0.0, cut)
    return np.where(is_ion(first) | is_ion(second), 0.0, cut)


def bonded(numbers: IntArray, contacts: Contacts) -> BoolArray:
    """Return which contacts are bonds; an H keeps to its nearest non-metal, if it has one.

    H-H contacts are never bonds here.
    """
    first, second = numbers[contacts.first], numbers[contacts.second]
    keep: BoolArray = (contacts.length <= bond_cut(first, second)) & (contacts.length > _COINCIDENT)
    hydrogen = (first == 1) | (second == 1)
    rows = np.flatnonzero(keep & hydrogen)
    if not len(rows):
        return keep
    h_first = first[rows] == 1
    owner = np.where(h_first, contacts.first[rows], contacts.second[rows])
    other = np.where(h_first, second[rows], first[rows])
    metal = is_metal(other)
    excess = contacts.length[rows] - covalent_radii()[other]
    nearest = np.full(len(numbers), np.inf)
    np.minimum.at(nearest, owner[~metal], excess[~metal])
    has_nonmetal = np.isfinite(nearest[owner])
    wrong = has_nonmetal & (metal | (excess > nearest[owner] + 1e-9))
    keep[rows[wrong]] = False
    return keep


def clash_distance(first: IntArray, second: IntArray) -> FloatArray:
    """Return the distance (Å) below which two atoms cannot both be there, elementwise."""
    n_metals = is_metal(first).astype(int) + is_metal(second)
    n_metals = np.where((first == 1) | (second == 1), 0, n_metals)
    total = np.array(_CLASH)[n_metals] * (covalent_radii()[first] + covalent_radii()[second])
    return np.where((first == 1) & (second == 1), _CLASH_HYDROGEN, total)


def collision_distance(first: IntArray, second: IntArray) -> FloatArray:
    """Return the distance (Å) below which atoms lie on top of each other, elementwise.

    Shorter than `clash_distance`, to spare bonds that refinement made too short.
    """
    total = _COLLISION * (covalent_radii()[first] + covalent_radii()[second])
    return np.where((first == 1) & (second == 1), _COLLISION_HYDROGEN, total)


def exclusion_distance(first: IntArray, second: IntArray) -> FloatArray:
    """Return the distance (Å) below which atoms of different disorder groups exclude each other."""
    total = _EXCLUSION * (covalent_radii()[first] + covalent_radii()[second])
    return np.where((first == 1) & (second == 1), _EXCLUSION_HYDROGEN, np.minimum(total, 2.6))


def incompatible(first: IntArray, second: IntArray, length: FloatArray) -> BoolArray:
    """Return which distances (Å) are neither a bond nor far enough apart for one molecule.

    Clashes, and for non-metals also what lies between a bond and a 1,3-distance.
    """
    between = (length > bond_cut(first, second)) & (length < exclusion_distance(first, second))
    metal = is_metal(first) | is_metal(second)
    return np.asarray((length < clash_distance(first, second)) | (between & ~metal), dtype=bool)


def strong_metal_contact(first: IntArray, second: IntArray, length: FloatArray) -> BoolArray:
    """Return which metal-metal contacts are short enough to be within one molecule."""
    total = covalent_radii()[first] + covalent_radii()[second]
    strong: BoolArray = length <= _STRONG_METALLIC * total
    return strong
