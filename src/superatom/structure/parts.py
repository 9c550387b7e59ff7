"""Parts of a cluster that symmetry and comparison look at: metals, skeleton, all atoms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from superatom.errors import SearchError, StructureError
from superatom.structure.alignment import IntArray
from superatom.structure.bonds import BondKind, Bonds, bonds, is_metal
from superatom.structure.handedness import Chirality, chirality
from superatom.structure.neighbours import REACH, neighbour_distance, neighbour_matrix
from superatom.structure.permutations import PermutationGroup, graph_automorphisms
from superatom.structure.pointgroup import DEFAULT_TOLERANCE, PointGroup, point_group

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["PARTS", "bond_permutations", "part_atoms", "part_chirality", "part_point_group"]

PARTS = ("metals", "skeleton", "all")


def part_atoms(atoms: Atoms, part: str = "skeleton", *, found: Bonds | None = None) -> IntArray:
    """Return the atoms of a part of a cluster.

    Parameters
    ----------
    atoms : ase.Atoms
        One molecule.
    part : str
        'metals'; 'skeleton', the metals and the anchors bonded to them (no hydrogen);
        or 'all'.
    found : Bonds or None
        Bonds if already known.

    Returns
    -------
    ndarray of int
        Indices, sorted.

    Raises
    ------
    SearchError
        If there is no such part.
    StructureError
        If the structure holds no metal.
    """
    if part not in PARTS:
        raise SearchError(f"no part {part!r} of a cluster; choose from {', '.join(PARTS)}")
    if part == "all":
        return np.arange(len(atoms))
    metal = is_metal(atoms.numbers)
    if not metal.any():
        raise StructureError("there is no metal atom in the structure")
    if part == "metals":
        return np.flatnonzero(metal)
    known = found if found is not None else bonds(atoms)
    chosen = metal.copy()
    chosen[known.of(BondKind.METAL_LIGAND).ravel()] = True
    return np.flatnonzero(chosen)


def part_point_group(
    atoms: Atoms,
    part: str = "skeleton",
    *,
    tolerance: float = DEFAULT_TOLERANCE,
    found: Bonds | None = None,
) -> PointGroup:
    """Return the point group of a part of a cluster (see `pointgroup.point_group`).

    Permutations in the result count the atoms of the part, in the order of `part_atoms`.
    """
    chosen = part_atoms(atoms, part, found=found)
    symbols = [atoms.symbols[index] for index in chosen]
    return point_group(atoms.positions[chosen], symbols, tolerance=tolerance)


def part_chirality(
    atoms: Atoms,
    part: str = "skeleton",
    *,
    tolerance: float = DEFAULT_TOLERANCE,
    found: Bonds | None = None,
) -> Chirality:
    """Return the chirality and handedness of a part of a cluster (see `handedness`)."""
    chosen = part_atoms(atoms, part, found=found)
    symbols = [atoms.symbols[index] for index in chosen]
    return chirality(atoms.positions[chosen], symbols, tolerance=tolerance)


def bond_permutations(
    atoms: Atoms, *, alike: bool = True, found: Bonds | None = None
) -> PermutationGroup:
    """Return the permutations of the metals that keep the bonds of the skeleton.

    Bonds are those of metals with anchors, and the contacts between kernel metals (those
    with less than two anchors); the loose contacts of staples are left out. Distances do
    not matter otherwise, so this is the symmetry a cluster would have without distortion:
    24 (Th) for [Ag25(SPhMe2)18]-, whose twisted staples leave only T of the positions.

    Parameters
    ----------
    atoms : ase.Atoms
        One molecule.
    alike : bool
        Whether metals of different elements may be exchanged, as for counting isomers.
    found : Bonds or None
        Bonds if already known.

    Returns
    -------
    PermutationGroup
        Permutations of the metals in the order of `part_atoms(atoms, "metals")`.

    Raises
    ------
    SearchError
        If the graph has more than 20,000 automorphisms.
    """
    known = found if found is not None else bonds(atoms)
    metal, frame = part_atoms(atoms, "metals"), part_atoms(atoms, "skeleton", found=known)
    number = np.full(len(atoms), -1, dtype=np.int64)
    number[frame] = np.arange(len(frame))
    anchored = known.of(BondKind.METAL_LIGAND)
    donors = np.bincount(anchored.ravel(), minlength=len(atoms))
    kernel = metal[donors[metal] < 2]
    cutoff = REACH * neighbour_distance(atoms.positions[metal])
    near = np.argwhere(np.triu(neighbour_matrix(atoms.positions[kernel], cutoff)))
    pairs = np.vstack([number[anchored], number[kernel[near]]])
    is_site = np.isin(frame, metal)
    colours = [
        "M" if site and alike else atoms.symbols[index]
        for index, site in zip(frame, is_site, strict=True)
    ]
    edges = [(int(a), int(b)) for a, b in pairs]
    return graph_automorphisms(len(frame), edges, colours, sites=number[metal])
