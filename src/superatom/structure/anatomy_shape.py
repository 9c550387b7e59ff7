"""Shells, kernel shape, symmetry and exposure of a dissected cluster, worked out on demand.

Results are kept for the anatomies asked last; indices point into the structure's atoms.
"""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np

from superatom.errors import StructureError
from superatom.structure.anatomy import Anatomy
from superatom.structure.exposure import Exposure, exposure
from superatom.structure.handedness import Chirality
from superatom.structure.kernels import Kernel, recognise_kernel
from superatom.structure.parts import part_chirality, part_point_group
from superatom.structure.pointgroup import DEFAULT_TOLERANCE, PointGroup, site_permutations
from superatom.structure.shells import Shells, find_shells

__all__ = ["exposed", "handedness", "kernel_shape", "metal_shells", "site_orbits", "symmetry"]

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
def symmetry(anatomy: Anatomy, part: str = "metals", tolerance: float | None = None) -> PointGroup:
    """Return the point group of a part, elements told apart (`superatom.structure.parts`).

    Parameters
    ----------
    anatomy : Anatomy
        The cluster.
    part : str
        'metals', 'skeleton' (metals and anchors) or 'all'.
    tolerance : float, optional
        Largest RMSD of an operation in Å; `DEFAULT_TOLERANCE` if None.
    """
    allowed = DEFAULT_TOLERANCE if tolerance is None else tolerance
    return part_point_group(anatomy.atoms, part, tolerance=allowed, found=anatomy.bonds)


@lru_cache(maxsize=_KEPT)
def handedness(anatomy: Anatomy, part: str = "skeleton") -> Chirality:
    """Return whether a part is chiral, and its hand (`superatom.structure.handedness`)."""
    return part_chirality(anatomy.atoms, part, found=anatomy.bonds)


@lru_cache(maxsize=_KEPT)
def exposed(anatomy: Anatomy, probe: str = "CO2") -> Exposure:
    """Return what a probe can touch of metals and chalcogens (`superatom.structure.exposure`)."""
    return exposure(anatomy.atoms, probe)


@lru_cache(maxsize=_KEPT)
def site_orbits(anatomy: Anatomy) -> tuple[tuple[int, ...], ...]:
    """Return the metal sites that symmetry makes equal, elements not told apart.

    One dopant atom has as many different places as there are orbits. Ordered from the
    middle of the cluster outwards.
    """
    metals = anatomy.metals
    positions = anatomy.atoms.positions[list(metals)]
    found = site_permutations(positions).orbits()
    radius = np.linalg.norm(positions - positions.mean(axis=0), axis=1)
    ordered = sorted(found, key=lambda orbit: (round(float(radius[orbit].mean()), 3), orbit[0]))
    return tuple(tuple(metals[k] for k in orbit.tolist()) for orbit in ordered)
