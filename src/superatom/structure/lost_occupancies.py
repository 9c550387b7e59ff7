"""Overlapping sites whose occupancies and disorder tags were lost on the way to the file."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from superatom.errors import DataFileError
from superatom.structure.bonds import is_metal
from superatom.structure.lattice import Contacts
from superatom.structure.proximity import bond_cut, bonded, collision_distance
from superatom.structure.sites import FULL, CellSites, CrystalFile, Sites
from superatom.structure.units import components

__all__ = ["with_lost_occupancies"]

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_MOST_CLASHES = 0.3  # share of atoms on top of others that cannot be disorder any more
_REACH = 2.2  # Å, contacts looked at
_TOLERANCE = 0.1  # Å, between a distance in the file and that of a clash
_METAL_REACH = 2.9  # Å, bonds between ligands and metals
_MOST_NEIGHBOURS = 4  # of a non-metal in a molecule


def with_lost_occupancies(
    file: CrystalFile, sites: Sites, cell: CellSites, path: str
) -> tuple[Sites, list[str]]:
    """Return the sites with overlapping full ones taken as half occupied, and a remark.

    Programs that convert files lose occupancies and tags; atoms on top of each other can
    still only be alternatives, and so can the atoms around them that have more neighbours
    than an atom can have.

    Raises
    ------
    DataFileError
        If so many atoms lie on top of each other that it is no disorder.
    """
    numbers = sites.numbers[cell.site]
    whole = (~sites.tagged & (sites.occupancy >= FULL))[cell.site]
    contacts = file.lattice.contacts(cell.fractional, _REACH)
    inside: BoolArray = np.all(whole[contacts.pairs], axis=1)
    contacts = contacts.where(inside)
    first, second = numbers[contacts.first], numbers[contacts.second]
    near = contacts.length < collision_distance(first, second)
    if not near.any():
        return sites, []
    near_pairs = contacts.pairs[near]
    struck = np.unique(near_pairs)
    share = len(struck) / max(int(whole.sum()), 1)
    one, other = near_pairs[int(np.argmin(contacts.length[near]))].tolist()
    names = f"{sites.labels[cell.site[one]]} and {sites.labels[cell.site[other]]}"
    closest = float(contacts.length[near].min())
    if share > _MOST_CLASHES:
        raise DataFileError(
            path,
            f"atoms on top of each other: {names} are {closest:.2f} Å apart, and {100 * share:.0f} "
            "% of the atoms clash",
            hint="the symmetry or the cell of the file is wrong, or atoms are listed twice",
        )
    _refuse_interpenetration(file, sites, cell, numbers, near_pairs, contacts.length[near], path)
    lost = np.zeros(len(sites), dtype=bool)
    lost[cell.site[_affected(numbers, contacts, struck)]] = True
    note = (
        f"{int(lost.sum())} fully occupied sites overlap ({names} {closest:.2f} Å): taken as "
        "alternatives of occupancy 0.5 each"
    )
    return replace(sites, occupancy=np.where(lost, 0.5, sites.occupancy)), [note]


def _refuse_interpenetration(
    file: CrystalFile,
    sites: Sites,
    cell: CellSites,
    numbers: IntArray,
    near: IntArray,
    lengths: NDArray[np.float64],
    path: str,
) -> None:
    """Refuse crystals in which molecules with metals run through each other.

    Alternatives of one disorder lie together in the asymmetric unit, and never is an organic
    group the alternative of a metal atom.
    """
    pairs = cell.site[near]
    organic = np.isin(sites.numbers[pairs], (1, 6, 7, 8))
    through_metal = organic.any(axis=1) & is_metal(sites.numbers[pairs]).any(axis=1)
    gap = file.lattice.nearest_vector(sites.fractional[pairs[:, 0]] - sites.fractional[pairs[:, 1]])
    listed = np.linalg.norm(gap, axis=1)  # Å, as the sites stand in the file
    apart = (np.abs(listed - lengths) > _TOLERANCE) | (pairs[:, 0] == pairs[:, 1])
    contacts = file.lattice.contacts(cell.fractional, _METAL_REACH)
    bonds = contacts.where(bonded(numbers, contacts)).pairs
    label = components(bonds, len(numbers))
    with_metal = np.bincount(label, weights=is_metal(numbers)) > 0
    images = apart & with_metal[label[near]].all(axis=1)
    if through_metal.any() or images.any():
        worst = int(np.argmax(through_metal | images))
        names = " and ".join(sites.labels[k] for k in pairs[worst].tolist())
        raise DataFileError(
            path,
            f"atoms on top of each other: molecules run through each other ({names}, "
            f"{int((through_metal | images).sum())} such pairs)",
            hint="the symmetry or the cell of the file is wrong, or occupancies were lost of "
            "disorder about a symmetry element",
        )


def _affected(numbers: IntArray, contacts: Contacts, struck: IntArray) -> IntArray:
    """Return the struck atoms, the crowded ones joined to them, and the H they bear."""
    metal = is_metal(numbers)
    pairs = contacts.pairs
    touch = contacts.length <= bond_cut(numbers[contacts.first], numbers[contacts.second])
    heavy = touch & ~metal[pairs].any(axis=1) & (numbers[pairs] > 1).all(axis=1)
    owned = contacts.where(bonded(numbers, contacts)).pairs
    hydrogens = owned[(numbers[owned] == 1).any(axis=1)]
    degree = np.bincount(pairs[heavy].ravel(), minlength=len(numbers))
    degree += np.bincount(hydrogens.ravel(), minlength=len(numbers))
    crowded: BoolArray = (degree > _MOST_NEIGHBOURS) & ~metal
    affected = np.zeros(len(numbers), dtype=bool)
    affected[struck] = True
    while True:
        grown = affected.copy()
        for near, far in (pairs[heavy].T, pairs[heavy].T[::-1]):
            grown[far[affected[near] & crowded[far]]] = True
        if (grown == affected).all():
            break
        affected = grown
    for near, far in (hydrogens.T, hydrogens.T[::-1]):
        affected[far[affected[near] & (numbers[far] == 1)]] = True
    return np.flatnonzero(affected)
