"""Many-shell kernels looked for inside a structure: Mackay, Ino, Marks and octahedral ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from superatom.structure.alignment import FloatArray, IntArray
from superatom.structure.kernel_units import KernelUnit, centred_units
from superatom.structure.neighbours import neighbour_distance
from superatom.structure.polyhedra import Polyhedron, build_kernel
from superatom.structure.shapes import matched_measure
from superatom.structure.superposition import search_matches

__all__ = ["KernelCore", "find_core"]

_OFF = 0.35  # of the neighbour distance: how far an atom may be from its ideal place
_LIKE = 2.0  # continuous shape measure of a recognised core
_CENTRES = 4  # units of the structure tried as the centre of a template

# family, sizes as in polyhedra.build_kernel, name; 13-atom ones are units already
_TEMPLATES: dict[str, tuple[tuple[str, tuple[int, ...], str], ...]] = {
    "icosahedron": (
        ("Mackay icosahedron", (5,), "Mackay icosahedron"),
        ("Mackay icosahedron", (4,), "Mackay icosahedron"),
        ("Mackay icosahedron", (3,), "Mackay icosahedron"),
    ),
    "decahedron": (
        ("decahedron", (2, 2, 2), "Marks decahedron"),
        ("decahedron", (3, 3, 1), "Marks decahedron"),
        ("decahedron", (3, 2, 1), "Marks decahedron"),
        ("decahedron", (4, 4, 0), "Ino decahedron"),
        ("decahedron", (2, 4, 1), "Marks decahedron"),
        ("decahedron", (2, 3, 1), "Marks decahedron"),
        ("decahedron", (3, 1, 1), "Marks decahedron"),
        ("decahedron", (2, 2, 1), "Marks decahedron"),
        ("decahedron", (3, 3, 0), "Ino decahedron"),
        ("decahedron", (4, 1, 0), "pentagonal bipyramid"),
        ("decahedron", (2, 1, 1), "Marks decahedron"),
        ("decahedron", (3, 2, 0), "Ino decahedron"),
        ("decahedron", (3, 1, 0), "pentagonal bipyramid"),
        ("decahedron", (2, 3, 0), "Ino decahedron"),
    ),
    "cuboctahedron": (
        ("fcc octahedron", (9, 4), "cuboctahedron"),
        ("fcc octahedron", (7, 1), "truncated octahedron"),
        ("fcc octahedron", (7, 2), "truncated octahedron"),
        ("fcc octahedron", (7, 3), "cuboctahedron"),
        ("fcc octahedron", (6, 1), "truncated octahedron"),
        ("fcc octahedron", (6, 2), "truncated octahedron"),
        ("fcc octahedron", (5, 0), "octahedron"),
        ("fcc octahedron", (5, 1), "truncated octahedron"),
        ("fcc octahedron", (5, 2), "cuboctahedron"),
        ("fcc octahedron", (4, 0), "octahedron"),
        ("fcc octahedron", (4, 1), "truncated octahedron"),
        ("fcc octahedron", (3, 0), "octahedron"),
    ),
}


@dataclass(frozen=True, slots=True)
class KernelCore:
    """A many-shell kernel found whole inside a structure.

    Attributes
    ----------
    name : str
        'Mackay icosahedron of 55', 'Marks decahedron of 49' ...
    atoms : tuple[int, ...]
        The atoms on its sites, sorted.
    measure : float
        Continuous shape measure to the ideal kernel.
    """

    name: str
    atoms: tuple[int, ...]
    measure: float


def find_core(points: FloatArray, units: tuple[KernelUnit, ...]) -> KernelCore | None:
    """Return the largest known many-shell kernel all of whose sites are occupied.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        Positions of the kernel's metals, Å.
    units : tuple of KernelUnit
        Their 13-atom neighbourhoods.
    """
    found: KernelCore | None = None
    middle = points.mean(axis=0)
    for shape, templates in _TEMPLATES.items():
        centres = sorted(
            (unit for unit in units if unit.shape == shape),
            key=lambda unit: float(np.sum((points[unit.centre or 0] - middle) ** 2)),
        )
        for family, sizes, name in templates if centres else ():
            ideal = build_kernel(family, *sizes)
            if len(ideal) > len(points) or (found and len(ideal) <= len(found.atoms)):
                continue
            core = _occupied(points, centres[:_CENTRES], ideal, shape, name)
            found = core or found
    return found


def _occupied(
    points: FloatArray, centres: list[KernelUnit], ideal: Polyhedron, shape: str, name: str
) -> KernelCore | None:
    """Return the atoms on the sites of `ideal` laid over one of `centres`, if all are there."""
    allowed = _OFF * neighbour_distance(points)
    for unit in centres:
        for home in _template_units(ideal, shape):
            for sites in _laid_over(points, unit, ideal.points, home):
                apart = np.linalg.norm(sites[:, None] - points[None], axis=2)
                nearest = np.argmin(apart, axis=1)
                if apart.min(axis=1).max() > allowed or len(set(nearest.tolist())) < len(ideal):
                    continue
                value = matched_measure(points[nearest], ideal.points)
                if value <= _LIKE:
                    atoms = tuple(sorted(nearest.tolist()))
                    return KernelCore(f"{name} of {len(ideal)}", atoms, value)
    return None


@cache
def _template_units(ideal: Polyhedron, shape: str) -> tuple[KernelUnit, ...]:
    """Return the distinct places of a template that look like `shape`, the central one first."""
    points = ideal.points
    radius = np.linalg.norm(points, axis=1)
    places: dict[float, KernelUnit] = {}
    for unit in centred_units(points):
        if unit.shape == shape and unit.centre is not None:
            places.setdefault(round(float(radius[unit.centre]), 3), unit)
    return tuple(places[key] for key in sorted(places))[:2]


def _laid_over(
    points: FloatArray, unit: KernelUnit, template: FloatArray, home: KernelUnit
) -> Iterator[FloatArray]:
    """Yield the template's sites with its unit `home` fitted over `unit` in every way."""
    target, source = points[list(unit.atoms)], template[list(home.atoms)]
    here, there = target.mean(axis=0), source.mean(axis=0)
    size = np.sqrt(np.sum((target - here) ** 2) / np.sum((source - there) ** 2))
    kinds = _kinds(unit), _kinds(home)
    fits = search_matches(
        (source - there) * size, target - here, kinds[1], kinds[0], 0.25 * size, (1,), 24
    )
    for matrix in fits.matrices:
        yield (template - there) * size @ matrix.T + here


def _kinds(unit: KernelUnit) -> IntArray:
    return np.array([int(atom == unit.centre) for atom in unit.atoms], dtype=np.int64)
