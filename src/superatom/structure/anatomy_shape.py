"""Shells, kernel shape and symmetry of a dissected cluster, worked out when asked for.

Results are kept for the anatomies asked last; indices point into the structure's atoms.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from superatom.errors import StructureError
from superatom.structure.anatomy import Anatomy
from superatom.structure.kernels import Kernel, recognise_kernel
from superatom.structure.pointgroup import PointGroup, point_group
from superatom.structure.shells import Shells, find_shells

__all__ = ["kernel_shape", "metal_shells", "metal_symmetry"]

_KEPT = 32


@lru_cache(maxsize=_KEPT)
def metal_shells(anatomy: Anatomy, by: str = "layers") -> Shells:
    """Return the concentric shells of all metals (`superatom.structure.shells`)."""
    metals = anatomy.metals
    positions = anatomy.atoms.positions[list(metals)]
    found = find_shells(positions, [anatomy.atoms.symbols[k] for k in metals], by=by)
    shells = tuple(replace(s, atoms=tuple(metals[k] for k in s.atoms)) for s in found.shells)
    return replace(found, shells=shells)


@lru_cache(maxsize=_KEPT)
def kernel_shape(anatomy: Anatomy, convention: str = "geometric") -> Kernel:
    """Return what the kernel is (`superatom.structure.kernels`).

    Raises
    ------
    StructureError
        If the cluster has no kernel (a ring or a metal(I) complex).
    """
    atoms = anatomy.partition(convention).kernel
    if not atoms:
        raise StructureError(f"{anatomy.formula} has no kernel, so its kernel has no shape")
    found = recognise_kernel(anatomy.atoms.positions[list(atoms)])
    core = found.core
    return replace(
        found,
        core=replace(core, atoms=_mapped(core.atoms, atoms)) if core else None,
        units=tuple(
            replace(
                unit,
                atoms=_mapped(unit.atoms, atoms),
                centre=None if unit.centre is None else atoms[unit.centre],
            )
            for unit in found.units
        ),
        sharing=tuple(replace(pair, atoms=_mapped(pair.atoms, atoms)) for pair in found.sharing),
        outside=_mapped(found.outside, atoms),
    )


def _mapped(inner: tuple[int, ...], atoms: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(atoms[k] for k in inner)


@lru_cache(maxsize=_KEPT)
def metal_symmetry(
    anatomy: Anatomy, tolerance: float = 0.5, *, with_anchors: bool = False
) -> PointGroup:
    """Return the point group of the metals, elements told apart.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster.
    tolerance : float
        Largest RMSD of an operation, Å.
    with_anchors : bool
        Whether the donor atoms of the ligands (no hydrides) are included.
    """
    chosen = list(anatomy.metals)
    if with_anchors:
        groups = anatomy.donors.group_atoms
        names = anatomy.donors.names
        chosen += sorted(a for g, atoms in groups.items() if names[g] != "H" for a in atoms)
    symbols = [anatomy.atoms.symbols[k] for k in chosen]
    return point_group(anatomy.atoms.positions[chosen], symbols, tolerance=tolerance)
