"""Whole molecules of a crystal: put together through the faces of the cell, and told apart."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.structure.bonds import is_metal
from superatom.structure.lattice import Contacts, Lattice, free_contacts
from superatom.structure.proximity import (
    LONGEST_BOND,
    bonded,
    covalent_radii,
    strong_metal_contact,
)
from superatom.structure.units import components

__all__ = ["Molecule", "find_molecules", "hill_formula", "split_molecules"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_LONG_LIGAND = 0.20  # Å above the radii: metal-ligand bonds longer than this are cut last


@dataclass(frozen=True, slots=True, eq=False)
class Molecule:
    """One molecule of a crystal, whole.

    Attributes
    ----------
    atoms : ndarray of int, shape (n,)
        Its atoms, as indices into what it was found in, ascending.
    positions : ndarray of float, shape (n, 3)
        Cartesian coordinates (Å) with the molecule in one piece.
    pairs : ndarray of int, shape (m, 2)
        Bonds, as positions in `atoms`.
    endless : bool
        Whether it is bonded to its own images: a polymer, of which this is one repeat.
    """

    atoms: IntArray
    positions: FloatArray
    pairs: IntArray
    endless: bool


def hill_formula(symbols: list[str]) -> str:
    """Return the formula of atoms in Hill order: C, H, then the rest by name.

    Examples
    --------
    >>> hill_formula(["Au", "S", "C", "H", "H", "H"])
    'CH3AuS'
    """
    counts = Counter(symbols)
    first = [s for s in ("C", "H") if s in counts] if "C" in counts else []
    rest = sorted(s for s in counts if s not in first)
    return "".join(f"{s}{counts[s] if counts[s] > 1 else ''}" for s in first + rest)


def split_molecules(numbers: IntArray, positions: FloatArray) -> tuple[list[Molecule], list[str]]:
    """Return the molecules of atoms without a lattice, and remarks."""
    return _molecules(numbers, positions, free_contacts(positions, LONGEST_BOND), None)


def find_molecules(
    numbers: IntArray, fractional: FloatArray, lattice: Lattice
) -> tuple[list[Molecule], list[str]]:
    """Return the molecules of a crystal, whole, and remarks.

    Parameters
    ----------
    numbers : ndarray of int, shape (n,)
        Atomic numbers of all atoms in one cell.
    fractional : ndarray of float, shape (n, 3)
        Their coordinates in cells.
    lattice : Lattice
        The cell.

    Notes
    -----
    Long metal-metal contacts (metallophilic) between parts that have ligands of their own
    are not taken as bonds if a plane separates the metals of the parts; interlocked rings
    (catenanes) stay together. What was cut is told.
    """
    contacts = lattice.contacts(fractional, LONGEST_BOND)
    return _molecules(numbers, fractional, contacts, lattice)


def _molecules(
    numbers: IntArray, places: FloatArray, contacts: Contacts, cell: Lattice | None
) -> tuple[list[Molecule], list[str]]:
    lattice = cell or Lattice(np.eye(3))
    bonds = contacts.where(bonded(numbers, contacts))
    bonds, notes = _without_metallophilic(numbers, places, bonds, lattice)
    label = components(bonds.pairs, len(numbers))
    offset, endless = _offsets(bonds, len(numbers), label)
    if endless.any():
        bonds, remarks = _without_long_bonds(numbers, bonds, label, endless)
        notes += remarks
        label = components(bonds.pairs, len(numbers))
        offset, endless = _offsets(bonds, len(numbers), label)
    cartesian = lattice.cartesian(places + offset)
    order = np.argsort(label, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
    bond_label = label[bonds.first]
    rows = np.argsort(bond_label, kind="stable")
    starts = np.searchsorted(bond_label[rows], np.arange(len(groups) + 1))
    molecules = []
    for k, atoms in enumerate(groups):
        pairs = bonds.pairs[rows[starts[k] : starts[k + 1]]]
        positions = _inside(cartesian[atoms], lattice) if cell else cartesian[atoms]
        local = np.searchsorted(atoms, pairs)
        molecules.append(Molecule(atoms, positions, local, bool(endless[k])))
    return molecules, notes


def _inside(positions: FloatArray, lattice: Lattice) -> FloatArray:
    """Return a molecule moved by lattice vectors so that its middle is in the cell."""
    middle = lattice.fractional(positions.mean(axis=0))
    return positions - lattice.cartesian(np.floor(middle + 1e-6))


def _offsets(bonds: Contacts, n: int, label: IntArray) -> tuple[IntArray, BoolArray]:
    """Return the cell each atom belongs in, and which components are endless."""
    from scipy.sparse import csr_array
    from scipy.sparse.csgraph import breadth_first_order

    n_labels = int(label.max(initial=-1)) + 1
    offset = np.zeros((n, 3), dtype=np.int64)
    endless = np.zeros(n_labels, dtype=bool)
    if not len(bonds):
        return offset, endless
    step: dict[tuple[int, int], list[int]] = {}
    for a, b, s in zip(
        bonds.first.tolist(), bonds.second.tolist(), bonds.shift.tolist(), strict=True
    ):
        step.setdefault((a, b), s)
        step.setdefault((b, a), [-x for x in s])
    roots = np.unique(label, return_index=True)[1]  # hung on node n, so that one search does all
    rows = np.concatenate([bonds.first, bonds.second, np.full(len(roots), n)])
    columns = np.concatenate([bonds.second, bonds.first, roots])
    graph = csr_array((np.ones(len(rows), dtype=np.int8), (rows, columns)), (n + 1, n + 1))
    order, before = breadth_first_order(graph, n, directed=True)
    for atom, previous in zip(order[1:].tolist(), before[order[1:]].tolist(), strict=True):
        if previous != n:
            offset[atom] = offset[previous] + step[(previous, atom)]
    open_bonds = (offset[bonds.first] + bonds.shift != offset[bonds.second]).any(axis=1)
    endless[label[bonds.first[open_bonds]]] = True
    return offset, endless


def _without_metallophilic(
    numbers: IntArray, places: FloatArray, bonds: Contacts, lattice: Lattice
) -> tuple[Contacts, list[str]]:
    """Cut long metal-metal contacts between molecules that are whole without them."""
    first, second = numbers[bonds.first], numbers[bonds.second]
    metallic = is_metal(first) & is_metal(second)
    weak = metallic & ~strong_metal_contact(first, second, bonds.length)
    if not weak.any():
        return bonds, []
    strong = bonds.where(~weak)
    label = components(strong.pairs, len(numbers))
    offset, endless = _offsets(strong, len(numbers), label)
    position = places + offset
    has_ligand = np.bincount(label, weights=~is_metal(numbers)) > 0
    rows = np.flatnonzero(weak)
    a, b = bonds.first[rows], bonds.second[rows]
    step = offset[a] + bonds.shift[rows] - offset[b]
    cut = np.zeros(len(bonds), dtype=bool)
    joints: dict[tuple[int, ...], list[int]] = {}
    for k, row in enumerate(rows.tolist()):
        pair = (int(label[a[k]]), int(label[b[k]]))
        if (pair[0] != pair[1] or step[k].any()) and has_ligand[list(pair)].all():
            joints.setdefault((*pair, *step[k].tolist()), []).append(row)
    metals = np.flatnonzero(is_metal(numbers))
    lengths = []
    for (one, other, *move), members in joints.items():
        here = lattice.cartesian(position[metals[label[metals] == one]])
        there = lattice.cartesian(position[metals[label[metals] == other]] + np.array(move))
        if endless[one] or endless[other] or _separable(here, there):
            cut[members] = True
            lengths.extend(bonds.length[members].tolist())
    notes = []
    if lengths:
        notes.append(
            f"{len(lengths)} metallophilic contacts of {min(lengths):.2f} to {max(lengths):.2f} Å "
            "join separate molecules; not taken as bonds"
        )
    return bonds.where(~cut), notes


def _separable(here: FloatArray, there: FloatArray) -> bool:
    """Whether a plane across the line between their middles separates two sets of points."""
    direction = there.mean(axis=0) - here.mean(axis=0)
    return bool((here @ direction).max() < (there @ direction).min())


def _without_long_bonds(
    numbers: IntArray, bonds: Contacts, label: IntArray, endless: BoolArray
) -> tuple[Contacts, list[str]]:
    """Cut the longest metal-ligand contacts of endless molecules if that makes them finite."""
    first, second = numbers[bonds.first], numbers[bonds.second]
    crossing = is_metal(first) != is_metal(second)
    long = bonds.length > covalent_radii()[first] + covalent_radii()[second] + _LONG_LIGAND
    candidates = crossing & long & endless[label[bonds.first]]
    trial = bonds.where(~candidates)
    trial_label = components(trial.pairs, len(numbers))
    _, still = _offsets(trial, len(numbers), trial_label)
    atoms = np.flatnonzero(endless[label])
    if candidates.any() and not still[trial_label[atoms]].any():
        shortest = float(bonds.length[candidates].min())
        return trial, [
            f"{int(candidates.sum())} long metal-ligand contacts (from {shortest:.2f} Å) join the "
            "molecules to endless chains; not taken as bonds"
        ]
    return bonds, ["an endless chain or net (coordination polymer): one repeat unit is given"]
