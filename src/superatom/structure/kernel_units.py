"""Building blocks of a kernel: centred polyhedra, octahedra, tetrahedra, and what joins them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from superatom.structure.alignment import FloatArray, IntArray
from superatom.structure.neighbours import REACH, neighbour_distance
from superatom.structure.polyhedra import polyhedron
from superatom.structure.shapes import ShapeMeasure, near_measure, nearest_shape, shape_measure

__all__ = [
    "KernelUnit",
    "Sharing",
    "centred_units",
    "corner_units",
    "principal_units",
    "shared_atoms",
]

_WIDEST = 1.3  # of the neighbour distance: the farthest of twelve neighbours
_SHELL_GAP = 1.06  # the thirteenth is at least this much farther than the twelfth
_MOST_UNITS = 12  # units among which a smaller set is looked for
_LIKE = 4.0  # continuous shape measure up to which a neighbourhood is called by a name


@dataclass(frozen=True, slots=True)
class KernelUnit:
    """One polyhedron of metal atoms in a kernel.

    Attributes
    ----------
    shape : str
        'icosahedron', 'cuboctahedron', 'anticuboctahedron', 'decahedron', 'octahedron' or
        'tetrahedron'.
    centre : int or None
        Central atom; None where there is none.
    atoms : tuple[int, ...]
        All its atoms, the centre included, sorted.
    measure : float
        Continuous shape measure to the ideal (centred) polyhedron.
    """

    shape: str
    centre: int | None
    atoms: tuple[int, ...]
    measure: float


@dataclass(frozen=True, slots=True)
class Sharing:
    """How two units are joined.

    Attributes
    ----------
    first, second : int
        Positions of the units in the kernel's tuple of units.
    kind : str
        'vertex', 'edge', 'face', or 'interpenetrating' when a centre is in the other unit.
    atoms : tuple[int, ...]
        The shared atoms.
    """

    first: int
    second: int
    kind: str
    atoms: tuple[int, ...]


def centred_units(points: FloatArray) -> tuple[KernelUnit, ...]:
    """Return the 13-atom neighbourhoods of all atoms with twelve neighbours around them.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        Positions of the kernel's metals, Å.
    """
    if len(points) < 13:
        return ()
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    spacing = neighbour_distance(points)
    order = np.argsort(apart, axis=1)
    ranked = np.sort(apart, axis=1)
    ranked = np.column_stack([ranked, np.full(len(ranked), np.inf)])
    wrapped = (ranked[:, 12] <= _WIDEST * spacing) & (ranked[:, 13] >= _SHELL_GAP * ranked[:, 12])
    units = []
    for centre in np.flatnonzero(wrapped):
        members = order[centre, :13]
        if _encloses(points[members]):
            measure = _neighbourhood(points[members], REACH * spacing)
            if measure is not None:
                units.append(_centred_unit(int(centre), members, measure))
    return tuple(units)


def _centred_unit(centre: int, members: IntArray, measure: ShapeMeasure) -> KernelUnit:
    shape = measure.shape.removeprefix("centred ")
    return KernelUnit(shape, centre, tuple(sorted(members.tolist())), measure.value)


def _encloses(points: FloatArray) -> bool:
    """Whether the first point is inside the others: a surface atom's neighbours lie aside."""
    arms = points[1:] - points[0]
    lengths = np.linalg.norm(arms, axis=1)
    return bool(np.linalg.norm(arms.mean(axis=0)) < 0.2 * lengths.mean())


def _neighbourhood(points: FloatArray, reach: float) -> ShapeMeasure | None:
    """Return the shape around the first point; common neighbours tell which one to try."""
    name = _common_neighbour_name(points[1:], reach)
    if name is not None:
        measure = near_measure(points, polyhedron(f"centred {name}"), centre=0)
        if measure.value <= _LIKE / 2.0:
            return measure
    return nearest_shape(points, _LIKE, centre=0)


def _common_neighbour_name(ring: FloatArray, reach: float) -> str | None:
    """Return the packing by common neighbour analysis (Honeycutt and Andersen 1987).

    Twelve 555 pairs are an icosahedron, twelve 421 fcc, six 421 and six 422 hcp, and two
    555 with ten 422 a fivefold axis (10.1021/j100303a014).
    """
    near = np.linalg.norm(ring[:, None] - ring[None], axis=2) <= reach
    np.fill_diagonal(near, False)
    degree = near.sum(axis=1)
    fives = int((degree == 5).sum())
    fours = np.flatnonzero(degree == 4)
    chained = sum(bool((near[np.ix_(n, n)].sum(axis=1) == 2).any()) for n in _rings(near, fours))
    signature = (fives, len(fours) - chained, chained)
    names = {
        (12, 0, 0): "icosahedron",
        (0, 12, 0): "cuboctahedron",
        (0, 6, 6): "anticuboctahedron",
        (2, 0, 10): "decahedron",
    }
    return names.get(signature)


def _rings(near: NDArray[np.bool_], atoms: IntArray) -> list[IntArray]:
    return [np.flatnonzero(near[atom]) for atom in atoms]


def principal_units(units: tuple[KernelUnit, ...]) -> tuple[KernelUnit, ...]:
    """Return the fewest units that make up the rest without being inside one another.

    Where two icosahedra share a vertex, that vertex has twelve neighbours of its own, but
    nobody counts it as a third unit. If no such set covers the atoms of all units, as in
    interpenetrating icosahedra, all units are returned.
    """
    if not 2 < len(units) <= _MOST_UNITS:
        return units
    everything = {atom for unit in units for atom in unit.atoms}
    for count in range(1, len(units)):
        fits = [
            chosen
            for chosen in combinations(units, count)
            if everything == {atom for unit in chosen for atom in unit.atoms}
            and not any(a.centre in b.atoms for a in chosen for b in chosen if a is not b)
        ]
        if fits:
            return min(fits, key=lambda chosen: sum(unit.measure for unit in chosen))
    return units


def corner_units(points: FloatArray, near: NDArray[np.bool_]) -> tuple[KernelUnit, ...]:
    """Return all octahedra and tetrahedra of neighbouring atoms.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        Positions, Å.
    near : ndarray of bool, shape (n, n)
        Which atoms are neighbours.
    """
    octahedra = [_corner_unit("octahedron", points, atoms) for atoms in _octahedra(near)]
    tetrahedra = [_corner_unit("tetrahedron", points, atoms) for atoms in _tetrahedra(near)]
    return tuple(unit for unit in (*octahedra, *tetrahedra) if unit.measure <= _LIKE)


def _corner_unit(shape: str, points: FloatArray, atoms: tuple[int, ...]) -> KernelUnit:
    return KernelUnit(shape, None, atoms, shape_measure(points[list(atoms)], shape).value)


def _tetrahedra(near: NDArray[np.bool_]) -> list[tuple[int, ...]]:
    found: list[tuple[int, ...]] = []
    for a, b in np.argwhere(np.triu(near)).tolist():
        common = np.flatnonzero(near[a] & near[b])
        common = common[common > b]
        found += [(a, b, int(c), int(d)) for c, d in combinations(common, 2) if near[c, d]]
    return found


def _octahedra(near: NDArray[np.bool_]) -> list[tuple[int, ...]]:
    """Return six atoms that are three pairs of opposites, all others being neighbours."""
    found = set()
    for a, b in np.argwhere(np.triu(~near, 1)).tolist():
        common = np.flatnonzero(near[a] & near[b])
        if len(common) < 4:
            continue
        opposite = [(c, d) for c, d in combinations(common.tolist(), 2) if not near[c, d]]
        for (c, d), (e, f) in combinations(opposite, 2):
            if len({c, d, e, f}) == 4 and near[np.ix_([c, d], [e, f])].all():
                found.add(tuple(sorted((a, b, c, d, e, f))))
    return sorted(found)


def shared_atoms(units: tuple[KernelUnit, ...]) -> tuple[Sharing, ...]:
    """Return how each pair of units that have atoms in common is joined."""
    joined = []
    for (i, first), (j, second) in combinations(enumerate(units), 2):
        common = sorted(set(first.atoms) & set(second.atoms))
        if common:
            through = first.centre in common or second.centre in common
            kinds = {1: "vertex", 2: "edge"}
            kind = "interpenetrating" if through else kinds.get(len(common), "face")
            joined.append(Sharing(i, j, kind, tuple(common)))
    return tuple(joined)
