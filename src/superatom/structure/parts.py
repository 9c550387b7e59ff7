"""Parts of a cluster that symmetry and comparison look at: metals, skeleton, all atoms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from superatom.errors import SearchError, StructureError
from superatom.structure.alignment import IntArray
from superatom.structure.bonds import BondKind, Bonds, bonds, is_metal
from superatom.structure.handedness import Chirality, chirality
from superatom.structure.pointgroup import DEFAULT_TOLERANCE, PointGroup, point_group

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["PARTS", "part_atoms", "part_chirality", "part_point_group"]

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
