"""Disorder of a crystal structure, resolved into pictures that can be true at once.

Atoms that are there together form a unit: the connected part of one disorder group, of
one symmetry image of a negative PART, or of untagged partial sites that fit together.
Units that would clash exclude each other. A picture is a choice of units without
clashes: the units of the largest occupancy first (picture 0), or those of the next
group first (picture 1, 2, ...).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from superatom.structure.lattice import Contacts, Lattice
from superatom.structure.pictures import Disorder, Option
from superatom.structure.proximity import (
    bonded,
    clash_distance,
    exclusion_distance,
    incompatible,
)
from superatom.structure.sites import FULL, CellSites, Sites
from superatom.structure.units import Unit, build_units, components

__all__ = ["find_disorder"]

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_REACH = 2.9  # Å, contacts looked at: bonds of ligand atoms and clashes


def find_disorder(sites: Sites, cell: CellSites, lattice: Lattice) -> Disorder:
    """Find what excludes what in a crystal.

    Parameters
    ----------
    sites : Sites
        Asymmetric unit, mixed sites merged.
    cell : CellSites
        Images of the sites in the cell.
    lattice : Lattice
        The cell.
    """
    notes: list[str] = []
    contacts = lattice.contacts(cell.fractional, _REACH)
    numbers = sites.numbers[cell.site]
    partial_site = sites.tagged | (sites.occupancy < FULL)
    partial_site &= ~_misread_occupancy(sites, cell, contacts.pairs, contacts.length, notes)
    whole = ~partial_site[cell.site]
    touching = contacts.where(bonded_within_groups(sites, cell, numbers, contacts))
    units, remarks = build_units(sites, cell, contacts, touching, partial_site)
    notes += remarks
    conflicts = _conflicts(units, numbers, contacts)
    refused = _against_whole(units, whole, numbers, contacts)
    if refused.any():
        names = sorted({label for u in np.flatnonzero(refused) for label in units[u].labels})
        notes.append(f"left out, being on top of fully occupied sites: {', '.join(names[:12])}")
        kept = np.flatnonzero(~refused)
        units = [units[k] for k in kept.tolist()]
        conflicts = conflicts[np.ix_(kept, kept)]
    part, rank, n_options, options = _alternatives(units, conflicts)
    return Disorder(
        whole, tuple(units), conflicts, part, options, tuple(dict.fromkeys(notes)),
        _molecule_of(units, whole, touching.pairs), rank, n_options,
    )  # fmt: skip


def bonded_within_groups(
    sites: Sites, cell: CellSites, numbers: IntArray, contacts: Contacts
) -> BoolArray:
    """Return which contacts are bonds between atoms that can be there together."""
    group = np.array(
        [f"{a}|{g}" if g else "" for a, g in zip(sites.assembly, sites.group, strict=True)]
    )
    first, second = group[cell.site[contacts.first]], group[cell.site[contacts.second]]
    together = (first == second) | (first == "") | (second == "")
    rows = np.flatnonzero(together)
    keep = np.zeros(len(contacts), dtype=bool)
    keep[rows] = bonded(numbers, contacts.where(rows))
    return keep


def _misread_occupancy(
    sites: Sites, cell: CellSites, pairs: IntArray, lengths: NDArray[np.float64], notes: list[str]
) -> BoolArray:
    """Return the sites whose occupancy is 1/m only because m operators share them.

    Some programs write the refinement's site factor instead of the chemical occupancy.
    """
    expected = 1.0 / cell.order
    suspects = (
        (cell.order > 1)
        & ~sites.tagged
        & (np.abs(sites.occupancy - expected) < 0.005)
        & (sites.numbers > 1)
    )
    if not suspects.any():
        return suspects
    z = sites.numbers[cell.site[pairs]]
    near = lengths < np.maximum(clash_distance(z[:, 0], z[:, 1]), 1.0)
    suspects[cell.site[pairs[near]].ravel()] = False
    if suspects.any():
        names = ", ".join(np.array(sites.labels)[suspects][:12])
        notes.append(
            f"occupancy of {names} on a special position read as full: it is exactly the "
            "site factor and nothing else is there"
        )
    return suspects


def _conflicts(units: list[Unit], numbers: IntArray, contacts: Contacts) -> BoolArray:
    """Return which units cannot be there together."""
    from scipy.sparse import csr_array

    n, n_images = len(units), len(numbers)
    if not n:
        return np.zeros((0, 0), dtype=bool)
    rows = np.repeat(np.arange(n), [len(u.images) for u in units])
    columns = np.concatenate([u.images for u in units])
    member = csr_array((np.ones(len(rows), dtype=np.int32), (rows, columns)), (n, n_images))
    z = numbers[contacts.pairs]

    def meet(near: BoolArray) -> BoolArray:
        first, second = contacts.first[near], contacts.second[near]
        ones = np.ones(len(first), dtype=np.int32)
        touch = csr_array((ones, (first, second)), (n_images, n_images))
        found = (member @ (touch + touch.T) @ member.T).toarray() > 0
        return np.asarray(found, dtype=bool)

    hard = meet(contacts.length < clash_distance(z[:, 0], z[:, 1]))
    soft = meet(contacts.length < exclusion_distance(z[:, 0], z[:, 1]))
    shared = (member @ member.T).toarray() > 0
    untagged = np.array([not u.group for u in units], dtype=bool)
    senseless = meet(incompatible(z[:, 0], z[:, 1], contacts.length))
    hard |= senseless & untagged[:, None] & untagged
    conflicts = hard | shared | (soft & _are_alternatives(units)) | _same_parent(units)
    np.fill_diagonal(conflicts, False)
    return conflicts


def _are_alternatives(units: list[Unit]) -> BoolArray:
    """Return which pairs of units are of one assembly but of different groups or images."""
    assembly = np.array([u.assembly for u in units])
    group = np.array([u.group for u in units])
    fragment = np.array([u.fragment for u in units])
    imaged = np.array([u.by_symmetry for u in units])
    other_group = (assembly[:, None] == assembly) & (group[:, None] != group)
    other_image = (fragment[:, None] == fragment) & imaged[:, None]
    return np.asarray(other_group | other_image, dtype=bool)


def _same_parent(units: list[Unit]) -> BoolArray:
    """Return which units are images that take the one place an atom has for them."""
    parent = np.array([u.only_on for u in units])
    fragment = np.array([u.fragment for u in units])
    same = (parent[:, None] == parent) & (parent[:, None] >= 0)
    return np.asarray(same & (fragment[:, None] == fragment), dtype=bool)


def _against_whole(
    units: list[Unit], whole: BoolArray, numbers: IntArray, contacts: Contacts
) -> BoolArray:
    """Return which units clash with an atom (not H) that is in every picture."""
    z = numbers[contacts.pairs]
    near = contacts.length < clash_distance(z[:, 0], z[:, 1])
    solid = whole & (numbers > 1)
    struck = np.zeros(len(numbers), dtype=bool)
    struck[contacts.first[near & solid[contacts.second]]] = True
    struck[contacts.second[near & solid[contacts.first]]] = True
    return np.array([bool(struck[u.images].any()) for u in units], dtype=bool)


def _alternatives(
    units: list[Unit], conflicts: BoolArray
) -> tuple[IntArray, IntArray, IntArray, tuple[Option, ...]]:
    """Return part, rank among its options, number of options of each unit, and all options."""
    n = len(units)
    part = np.full(n, -1, dtype=np.int64)
    rank, n_options = np.zeros(n, dtype=np.int64), np.ones(n, dtype=np.int64)
    if not n:
        return part, rank, n_options, ()
    opposed = conflicts.any(axis=1)
    label = components(np.argwhere(conflicts), n)
    options: list[Option] = []
    numbering: dict[tuple[tuple[str, ...], ...], int] = {}
    for one in np.unique(label[opposed]):
        members = np.flatnonzero((label == one) & opposed)
        kinds: dict[tuple[str, str, tuple[str, ...]], list[int]] = {}
        for u in members.tolist():
            kinds.setdefault((units[u].assembly, units[u].group, units[u].labels), []).append(u)
        ordered = sorted(kinds, key=lambda k: (-units[kinds[k][0]].occupancy, k[1], k[2]))
        signature = tuple(sorted(k[2] for k in kinds))
        fresh = signature not in numbering
        number = numbering.setdefault(signature, len(numbering))
        part[members] = number
        for position, kind in enumerate(ordered):
            first = units[kinds[kind][0]]
            rank[kinds[kind]] = position
            option = Option(
                number, first.assembly, first.group or "untagged", first.occupancy, kind[2]
            )
            if fresh and option not in options:
                options.append(option)
        n_options[members] = len(ordered)
        if len(ordered) == 1:
            _rank_images(units, conflicts, members, rank, n_options)
    return part, rank, n_options, tuple(options)


def _rank_images(
    units: list[Unit], conflicts: BoolArray, members: IntArray, rank: IntArray, n_options: IntArray
) -> None:
    """Rank the images of a part that is disordered by symmetry only."""
    share = max(2, min(round(1.0 / max(units[members[0]].occupancy, 0.005)), 8))
    taken = np.zeros(len(units), dtype=bool)
    for position in range(share):
        blocked = np.zeros(len(units), dtype=bool)
        for u in members.tolist():
            if not taken[u] and not blocked[u]:
                taken[u] = True
                rank[u] = position
                blocked |= conflicts[u]
    rank[members[~taken[members]]] = share - 1
    n_options[members] = share


def _molecule_of(units: list[Unit], whole: BoolArray, bonds: IntArray) -> IntArray:
    """Return the molecule of whole atoms each unit is bonded to, -1 if none."""
    inside = bonds[whole[bonds].all(axis=1)]
    molecule = components(inside, len(whole))
    attached = np.full(len(whole), -1, dtype=np.int64)
    for near, far in (bonds.T, bonds.T[::-1]):
        rows = whole[near] & ~whole[far]
        attached[far[rows]] = molecule[near[rows]]
    return np.array([int(attached[u.images].max(initial=-1)) for u in units], dtype=np.int64)
