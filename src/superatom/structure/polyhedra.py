"""Ideal polyhedra and cluster kernels, built by geometry with equal edges.

Every shape is a function of nothing that returns its vertices; a centred version has one
more point, first, at the centre. Rings are caps and prisms over regular polygons, the solids
of cubic and icosahedral symmetry come from signed cyclic permutations, and the many-shell
kernels (Mackay icosahedra, Ino and Marks decahedra, octahedral fcc pieces) from
`ase.cluster`. Radii and orientation mean nothing: measures scale and turn them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import combinations, product
from typing import Any

import numpy as np

from superatom.errors import SearchError
from superatom.structure.alignment import FloatArray

__all__ = [
    "Polyhedron",
    "build_kernel",
    "polyhedra_with",
    "polyhedron",
    "polyhedron_names",
]

_PHI = (1.0 + 5.0**0.5) / 2.0
_CENTRED = "centred "


@dataclass(frozen=True, slots=True, eq=False)
class Polyhedron:
    """An ideal arrangement of points.

    Attributes
    ----------
    name : str
        Name, 'centred ...' when the first point is the centre.
    points : ndarray, shape (n, 3)
        Points about their centroid or centre, shortest edge 1.
    has_centre : bool
        Whether the first point is the central atom.
    """

    name: str
    points: FloatArray
    has_centre: bool = False

    def __len__(self) -> int:
        return len(self.points)


def _ring(n: int, z: float = 0.0, phase: float = 0.0, edge: float = 1.0) -> FloatArray:
    """Return a regular polygon of `edge` at height z, turned by `phase` vertices."""
    angle = 2.0 * np.pi * (np.arange(n) + phase) / n
    radius = edge / (2.0 * np.sin(np.pi / n))
    return np.column_stack([radius * np.cos(angle), radius * np.sin(angle), np.full(n, z)])


def _apex(z: float) -> FloatArray:
    return np.array([[0.0, 0.0, z]])


def _cap_height(n: int) -> float:
    """Return the height of an apex at unit distance from a regular polygon of unit edge."""
    return float(np.sqrt(1.0 - 1.0 / (4.0 * np.sin(np.pi / n) ** 2)))


def _prism(n: int) -> FloatArray:
    return np.vstack([_ring(n, 0.5), _ring(n, -0.5)])


def _antiprism(n: int) -> FloatArray:
    radius = 1.0 / (2.0 * np.sin(np.pi / n))
    height = np.sqrt(1.0 - (2.0 * radius * np.sin(np.pi / (2 * n))) ** 2)
    return np.vstack([_ring(n, height / 2), _ring(n, -height / 2, 0.5)])


def _bipyramid(n: int) -> FloatArray:
    height = _cap_height(n)
    return np.vstack([_ring(n), _apex(height), _apex(-height)])


def _capped(points: FloatArray, faces: tuple[tuple[int, ...], ...]) -> FloatArray:
    """Return `points` with an atom at unit distance outside each of `faces`."""
    middle = points.mean(axis=0)
    caps = []
    for face in faces:
        corners = points[list(face)]
        centre = corners.mean(axis=0)
        normal = np.cross(corners[1] - corners[0], corners[2] - corners[1])
        normal *= np.sign(normal @ (centre - middle)) / np.linalg.norm(normal)
        reach = np.sqrt(1.0 - np.sum((corners[0] - centre) ** 2))
        caps.append(centre + reach * normal)
    return np.vstack([points, *caps])


def _signed(*vectors: tuple[float, float, float], odd: bool = False) -> FloatArray:
    """Return all sign choices of all cyclic (or, with `odd`, of all) permutations."""
    turns = [(0, 1, 2), (1, 2, 0), (2, 0, 1)]
    turns += [(0, 2, 1), (2, 1, 0), (1, 0, 2)] if odd else []
    points = {
        tuple(float(s * v[i]) + 0.0 for s, i in zip(signs, turn, strict=True))
        for v in vectors
        for signs in product((-1.0, 1.0), repeat=3)
        for turn in turns
    }
    return np.array(sorted(points))


def _frequency_two(points: FloatArray) -> FloatArray:
    """Return vertices and edge midpoints: the second shell around a polyhedron of atoms."""
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    edge = apart[apart > 1e-9].min()
    first, second = np.nonzero(np.triu(apart < 1.01 * edge, 1))
    return np.vstack([2.0 * points, points[first] + points[second]])


def _tetrahedron() -> FloatArray:
    return np.array([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])


def _fcc_tetrahedron(edge: int) -> FloatArray:
    """Return a close-packed tetrahedron with `edge` atoms along each edge."""
    corners = _tetrahedron() / np.sqrt(8.0)
    steps = [step for step in product(range(edge), repeat=4) if sum(step) == edge - 1]
    return np.asarray(np.array(steps, dtype=np.float64) @ corners)


def _truncated_tetrahedron() -> FloatArray:
    points = _signed((3.0, 1.0, 1.0))
    return np.asarray(points[np.prod(points, axis=1) > 0])


def _anticuboctahedron() -> FloatArray:
    """Two triangles over each other on either side of a hexagon: the hcp neighbourhood."""
    height = np.sqrt(2.0 / 3.0)
    phase = 0.25  # vertices of the triangle above every other face of the hexagon
    return np.vstack([_ring(6), _ring(3, height, phase), _ring(3, -height, phase)])


def _pentagonal_prism_capped() -> FloatArray:
    """Return the surface of the 13-atom Ino decahedron: two pentagons face to face, two caps."""
    height = 0.5 + _cap_height(5)
    return np.vstack([_prism(5), _apex(height), _apex(-height)])


def _two_tetrahedra_by_a_vertex() -> FloatArray:
    corner = _tetrahedron() / np.sqrt(8.0)
    corner = corner - corner[0]
    return np.vstack([np.zeros((1, 3)), corner[1:], -corner[1:]])


def _two_octahedra_by_a_face() -> FloatArray:
    third = np.sqrt(2.0 / 3.0)
    return np.vstack([_ring(3), _ring(3, third, 0.5), _ring(3, -third, 0.5)])


def _bicapped_tetrahedron() -> FloatArray:
    return _capped(_tetrahedron() / np.sqrt(8.0), ((0, 1, 2), (0, 1, 3)))


def _snub_disphenoid() -> FloatArray:
    """Return the deltahedron with eight vertices (the 'triangular dodecahedron')."""
    q = float(np.min(np.real(np.roots([2.0, 11.0, 4.0, -1.0])[np.roots([2.0, 11, 4, -1]) > 0])))
    r, s, t = np.sqrt(q), np.sqrt((1 - q) / (2 * q)), np.sqrt(2 - 2 * q)
    half = [[t, r, 0], [-t, r, 0], [0, -r, t], [0, -r, -t]]
    return np.array([*half, [1, -s, 0], [-1, -s, 0], [0, s, 1], [0, s, -1]]) / 2.0


def _capped_prism(caps: int) -> FloatArray:
    faces = ((0, 1, 4, 3), (1, 2, 5, 4), (2, 0, 3, 5))
    return _capped(_prism(3), faces[:caps])


_SHAPES: dict[str, Callable[[], FloatArray]] = {
    "triangle": lambda: _ring(3),
    "tetrahedron": _tetrahedron,
    "square": lambda: _ring(4),
    "trigonal bipyramid": lambda: _bipyramid(3),
    "square pyramid": lambda: np.vstack([_ring(4), _apex(_cap_height(4))]),
    "pentagon": lambda: _ring(5),
    "octahedron": lambda: _bipyramid(4),
    "trigonal prism": lambda: _prism(3),
    "bicapped tetrahedron": _bicapped_tetrahedron,
    "pentagonal pyramid": lambda: np.vstack([_ring(5), _apex(_cap_height(5))]),
    "hexagon": lambda: _ring(6),
    "pentagonal bipyramid": lambda: _bipyramid(5),
    "capped octahedron": lambda: _capped(_antiprism(3), ((0, 1, 2),)),
    "capped trigonal prism": lambda: _capped_prism(1),
    "vertex-sharing bitetrahedron": _two_tetrahedra_by_a_vertex,
    "cube": lambda: _signed((1.0, 1.0, 1.0)),
    "square antiprism": lambda: _antiprism(4),
    "bicapped octahedron": lambda: _capped(_antiprism(3), ((0, 1, 2), (3, 4, 5))),
    "bicapped trigonal prism": lambda: _capped_prism(2),
    "tetracapped tetrahedron": lambda: _capped(
        _tetrahedron() / np.sqrt(8.0), tuple(combinations(range(4), 3))
    ),
    "snub disphenoid": _snub_disphenoid,
    "tricapped trigonal prism": lambda: _capped_prism(3),
    "capped square antiprism": lambda: _capped(_antiprism(4), ((0, 1, 2, 3),)),
    "face-sharing bioctahedron": _two_octahedra_by_a_face,
    "fcc tetrahedron of 10": lambda: _fcc_tetrahedron(3),
    "bicapped square antiprism": lambda: _capped(_antiprism(4), ((0, 1, 2, 3), (4, 5, 6, 7))),
    "pentagonal prism": lambda: _prism(5),
    "pentagonal antiprism": lambda: _antiprism(5),
    "capped pentagonal antiprism": lambda: _capped(_antiprism(5), ((0, 1, 2, 3, 4),)),
    "icosahedron": lambda: _signed((0.0, 1.0, _PHI)),
    "cuboctahedron": lambda: _signed((0.0, 1.0, 1.0)),
    "anticuboctahedron": _anticuboctahedron,
    "decahedron": _pentagonal_prism_capped,
    "hexagonal prism": lambda: _prism(6),
    "hexagonal antiprism": lambda: _antiprism(6),
    "truncated tetrahedron": _truncated_tetrahedron,
    "face-centred cube": lambda: np.vstack([_signed((1.0, 1.0, 1.0)), _signed((1.0, 0.0, 0.0))]),
    "rhombic dodecahedron": lambda: _signed((1.0, 1.0, 1.0), (2.0, 0.0, 0.0)),
    "bicapped hexagonal antiprism": lambda: _bicapped_hexagonal_antiprism(),
    "fcc tetrahedron of 20": lambda: _fcc_tetrahedron(4),
    "dodecahedron": lambda: _signed((1.0, 1.0, 1.0), (0.0, 1.0 / _PHI, _PHI)),
    "truncated octahedron": lambda: _signed((0.0, 1.0, 2.0), odd=True),
    "rhombicuboctahedron": lambda: _signed((1.0, 1.0, 1.0 + 2.0**0.5), odd=True),
    "truncated cube": lambda: _signed((2.0**0.5 - 1.0, 1.0, 1.0), odd=True),
    "icosidodecahedron": lambda: _signed((0.0, 0.0, 2 * _PHI), (1.0, _PHI, _PHI**2)),
    "icosahedron of frequency 2": lambda: _frequency_two(_signed((0.0, 1.0, _PHI))),
    "cuboctahedron of frequency 2": lambda: np.vstack(
        [_frequency_two(_signed((0.0, 1.0, 1.0))), _signed((2.0, 0.0, 0.0))]
    ),
    "truncated icosahedron": lambda: _signed(
        (0.0, 1.0, 3 * _PHI), (1.0, 2 + _PHI, 2 * _PHI), (_PHI, 2.0, _PHI**3)
    ),
    "rhombicosidodecahedron": lambda: _signed(
        (1.0, 1.0, _PHI**3), (_PHI**2, _PHI, 2 * _PHI), (2 + _PHI, 0.0, _PHI**2)
    ),
}


def _bicapped_hexagonal_antiprism() -> FloatArray:
    """Return the Frank-Kasper polyhedron of 14 vertices (a Z14 neighbourhood)."""
    belt = _antiprism(6)
    height = float(belt[0, 2]) + 0.6
    return np.vstack([belt, _apex(height), _apex(-height)])


def polyhedron_names() -> tuple[str, ...]:
    """Return the names of all shapes, without their centred versions."""
    return tuple(_SHAPES)


@cache
def polyhedron(name: str) -> Polyhedron:
    """Return an ideal polyhedron by name; 'centred ...' adds the central atom, first.

    Raises
    ------
    SearchError
        If there is no such shape.

    Examples
    --------
    >>> len(polyhedron("icosahedron")), len(polyhedron("centred icosahedron"))
    (12, 13)
    """
    plain = name.removeprefix(_CENTRED)
    if plain not in _SHAPES:
        raise SearchError(f"no polyhedron called {name!r}; known: {', '.join(_SHAPES)}")
    points = _SHAPES[plain]()
    points = points - points.mean(axis=0)
    centred = plain != name
    if centred:
        points = np.vstack([np.zeros((1, 3)), points])
    return Polyhedron(name, _unit_edge(points), centred)


def _unit_edge(points: FloatArray) -> FloatArray:
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    scaled: FloatArray = points / apart[np.triu_indices(len(points), 1)].min()
    scaled.setflags(write=False)
    return scaled


@cache
def polyhedra_with(n: int, *, centred: bool = False) -> tuple[Polyhedron, ...]:
    """Return all shapes with n vertices, centred (n + 1 points) if asked."""
    prefix = _CENTRED if centred else ""
    plain = [name for name in _SHAPES if len(polyhedron(name)) == n]
    if centred:  # not twice: the vertex that two tetrahedra share is already in the middle
        hollow = [np.linalg.norm(polyhedron(name).points, axis=1).min() > 0.1 for name in plain]
        plain = [name for name, empty in zip(plain, hollow, strict=True) if empty]
    return tuple(polyhedron(prefix + name) for name in plain)


@cache
def build_kernel(family: str, *sizes: int) -> Polyhedron:
    """Return a many-shell kernel.

    Parameters
    ----------
    family : str
        'Mackay icosahedron' (shells: 1 atom is 1 shell), 'decahedron' (p, q, r as in
        `ase.cluster.Decahedron`: Ino has r = 0, Marks r > 0) or 'fcc octahedron' (edge,
        cutoff as in `ase.cluster.Octahedron`: cuboctahedra have 2 cutoff + 1 = edge).
    *sizes : int
        The family's numbers.

    Raises
    ------
    SearchError
        If there is no such family.

    Examples
    --------
    >>> len(build_kernel("Mackay icosahedron", 3)), len(build_kernel("decahedron", 2, 2, 1))
    (55, 75)
    """
    from ase.cluster import Decahedron, Icosahedron, Octahedron

    families: dict[str, Callable[..., Any]] = {
        "Mackay icosahedron": Icosahedron,
        "decahedron": Decahedron,
        "fcc octahedron": Octahedron,
    }
    if family not in families:
        raise SearchError(f"no kernel family called {family!r}; known: {', '.join(families)}")
    points = families[family]("Au", *sizes).positions
    label = f"{family} {'-'.join(map(str, sizes))}"
    return Polyhedron(label, _unit_edge(points - points.mean(axis=0)))
