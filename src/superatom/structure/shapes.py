"""Continuous shape measures: how far some atoms are from an ideal polyhedron.

S = 100 min over rotations, scales and matchings of sum |q_i - s R p_i|^2 / sum |q_i - q_0|^2

0 is the perfect shape, 100 the worst (Pinsky and Avnir 1998, 10.1021/ic9804925). With the
matching known the best rotation and scale follow from a singular value decomposition, and
S = 100 (1 - (sum of singular values)^2 / (|q|^2 |p|^2)). Up to seven freely exchangeable
points all matchings are tried, so the result is exact; beyond that the matching is refined
from every way to lay a pair of vertices over a pair of atoms.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import cache
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial.transform import Rotation

from superatom.errors import StructureError
from superatom.provenance import Provenance, stamp
from superatom.structure.alignment import FloatArray, IntArray, refine, settle
from superatom.structure.pointgroup import checked_sites
from superatom.structure.polyhedra import Polyhedron, polyhedra_with, polyhedron
from superatom.structure.superposition import frame_candidates

__all__ = [
    "ShapeMeasure",
    "matched_measure",
    "near_measure",
    "nearest_shape",
    "rank_shapes",
    "shape_measure",
]

_EXACT = 7  # points whose matchings are all tried: 7! = 5040
_SMALL = 16  # points up to which every start is refined to the end
_STARTS = 8  # starts refined to the end in larger clusters
_WINDOW = 0.4  # of the mean radius: how far vertices may be off in large clusters
_TURNS = 96  # random starts besides
_ANY = 4.0  # of the mean radius: no limit
_SURE = 0.5  # measure that no other shape can beat
_SOURCE = "Pinsky and Avnir 1998, 10.1021/ic9804925"


@dataclass(frozen=True, slots=True)
class ShapeMeasure:
    """Distance of some atoms from an ideal shape.

    Attributes
    ----------
    shape : str
        Name of the ideal shape.
    value : float
        Continuous shape measure, 0 (perfect) to 100.
    rmsd : float
        Root mean square distance of the atoms to the best fitted ideal shape, Å.
    edge : float
        Shortest edge of the fitted ideal shape, Å.
    matching : tuple[int, ...]
        Atom i sits on vertex `matching[i]` of the ideal shape.
    exact : bool
        Whether all matchings were tried.
    provenance : Provenance
        Method and inputs.
    """

    shape: str
    value: float
    rmsd: float
    edge: float
    matching: tuple[int, ...]
    exact: bool
    provenance: Provenance

    def __str__(self) -> str:
        return f"{self.shape} {self.value:.2f}"

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ShapeMeasure:
        """Return the result written by `as_dict`."""
        source = {**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
        fields = {**data, "matching": tuple(data["matching"]), "provenance": Provenance(**source)}
        return cls(**fields)

    def to_json(self) -> str:
        """Return the result as JSON text."""
        return json.dumps(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> ShapeMeasure:
        """Return the result written by `to_json`."""
        return cls.from_dict(json.loads(text))


def shape_measure(
    positions: ArrayLike, shape: str | Polyhedron, *, centre: int | None = None
) -> ShapeMeasure:
    """Return the continuous shape measure of some atoms against one ideal shape.

    Parameters
    ----------
    positions : array, shape (n, 3)
        Positions, Å.
    shape : str or Polyhedron
        Ideal shape with n points, for example 'icosahedron' or 'centred cuboctahedron'.
    centre : int or None
        The central atom, held on the centre of a centred shape. None: for a centred shape
        the atom closest to the centroid.

    Raises
    ------
    StructureError
        If the numbers of atoms and vertices differ, all atoms coincide, or a central atom
        is named for a shape without centre.

    Examples
    --------
    >>> square = [[1, 1, 0], [1, -1, 0], [-1, -1, 0], [-1, 1, 0]]
    >>> round(shape_measure(square, "tetrahedron").value, 2)
    33.33
    """
    points, _, _ = checked_sites(positions, None)
    ideal = polyhedron(shape) if isinstance(shape, str) else shape
    return _measure(points, ideal, _central_atom(points, ideal, centre))


def rank_shapes(
    positions: ArrayLike, *, centre: int | None = None, among: Iterable[str] | None = None
) -> tuple[ShapeMeasure, ...]:
    """Return the measures against all shapes with as many points, best first.

    Parameters
    ----------
    positions : array, shape (n, 3)
        Positions, Å.
    centre : int or None
        The central atom; shapes are then the centred ones with n - 1 vertices.
    among : iterable of str or None
        Names to try instead of all known shapes with the right number of points.

    Examples
    --------
    >>> from superatom.structure.polyhedra import polyhedron
    >>> [str(m) for m in rank_shapes(polyhedron("icosahedron").points)][:2]
    ['icosahedron 0.00', 'cuboctahedron 5.28']
    """
    points, _, _ = checked_sites(positions, None)
    count = len(points) - (centre is not None)
    if among is None:
        shapes: tuple[Polyhedron, ...] = polyhedra_with(count, centred=centre is not None)
    else:
        shapes = tuple(polyhedron(name) for name in among)
    found = [_measure(points, ideal, _central_atom(points, ideal, centre)) for ideal in shapes]
    return tuple(sorted(found, key=lambda measure: measure.value))


def matched_measure(points: FloatArray, vertices: FloatArray) -> float:
    """Return the continuous shape measure of atoms given in the order of the ideal's vertices."""
    atoms, ideal = _normalised(points)[0], _normalised(vertices)[0]
    overlap = np.linalg.svd(atoms.T @ ideal, compute_uv=False).sum() / len(atoms)
    return max(0.0, 100.0 * (1.0 - float(overlap) ** 2))


def nearest_shape(
    positions: ArrayLike, limit: float, *, centre: int | None = None
) -> ShapeMeasure | None:
    """Return the closest known shape if its measure is at most `limit`, else None.

    Much faster than `rank_shapes`, because shapes whose distances between points differ too
    much are not tried, and a measure below 0.5 ends the search: no two shapes are so alike
    that another could be closer.
    """
    points, _, _ = checked_sites(positions, None)
    found: ShapeMeasure | None = None
    spectrum = _distances(points)
    shapes = polyhedra_with(len(points) - (centre is not None), centred=centre is not None)
    unlike = {s.name: np.sqrt(np.mean((_distances(s.points) - spectrum) ** 2)) for s in shapes}
    for shape in sorted(shapes, key=lambda s: unlike[s.name]):
        if unlike[shape.name] > 2.0 * np.sqrt(limit / 100.0):
            break
        measure = near_measure(points, shape, centre=centre)
        if measure.value <= (found.value if found else limit):
            found = measure
        if measure.value <= _SURE:
            break
    return found


def _distances(points: FloatArray) -> FloatArray:
    """Return the sorted distances between points of unit root mean square radius."""
    unit, _ = _normalised(points)
    apart = np.linalg.norm(unit[:, None] - unit[None], axis=2)
    return np.sort(apart[np.triu_indices(len(unit), 1)])


def _central_atom(points: FloatArray, ideal: Polyhedron, centre: int | None) -> int | None:
    if len(points) != len(ideal):
        raise StructureError(
            f"{ideal.name} has {len(ideal)} points, but {len(points)} atoms were given"
        )
    if not ideal.has_centre:
        if centre is not None:
            raise StructureError(f"{ideal.name} has no centre; use 'centred {ideal.name}'")
        return None
    if centre is not None and not 0 <= centre < len(points):
        raise StructureError(f"no atom {centre} among {len(points)} to be the central one")
    radius = np.linalg.norm(points - points.mean(axis=0), axis=1)
    return int(np.argmin(radius)) if centre is None else centre


def near_measure(
    points: FloatArray, ideal: Polyhedron, *, centre: int | None = None
) -> ShapeMeasure:
    """Return the measure of atoms known to be close to `ideal`: right below about 5, and fast.

    Otherwise as `shape_measure`; only matchings that keep distances within 0.4 of the mean
    radius are looked at, so a value for an unlike shape may be too large.
    """
    return _measure(points, ideal, _central_atom(points, ideal, centre), near=True)


def _measure(
    points: FloatArray, ideal: Polyhedron, centre: int | None, near: bool = False
) -> ShapeMeasure:
    atoms, size = _normalised(points)
    vertices, vertex_size = _normalised(ideal.points)
    kinds = np.zeros(len(atoms), dtype=np.int64)
    vertex_kinds = kinds.copy()
    if centre is not None:
        kinds[centre] = vertex_kinds[0] = 1
    exact = len(atoms) - (centre is not None) <= _EXACT
    if exact:
        matching, overlap = _all_matchings(atoms, vertices, kinds, vertex_kinds)
    else:
        wide = len(atoms) <= _SMALL and not near
        matching, overlap = _refined_matchings(atoms, vertices, kinds, vertex_kinds, wide)
    value = max(0.0, 100.0 * (1.0 - overlap**2))
    return ShapeMeasure(
        shape=ideal.name,
        value=value,
        rmsd=size * float(np.sqrt(value / 100.0)),
        edge=size * overlap / vertex_size,
        matching=tuple(matching.tolist()),
        exact=exact,
        provenance=stamp(
            "continuous shape measure", points.tobytes(), ideal.name, centre, sources=(_SOURCE,)
        ),
    )


def _normalised(points: FloatArray) -> tuple[FloatArray, float]:
    """Return the points centred and scaled to a root mean square radius of 1, and that radius."""
    centred = points - points.mean(axis=0)
    size = float(np.sqrt(np.mean(np.sum(centred**2, axis=1))))
    if size < 1e-8:
        raise StructureError("all atoms are at one place: they have no shape")
    return centred / size, size


@cache
def _orders(n: int) -> IntArray:
    return np.array(list(permutations(range(n))), dtype=np.int64)


def _all_matchings(
    atoms: FloatArray, vertices: FloatArray, kinds: IntArray, vertex_kinds: IntArray
) -> tuple[IntArray, float]:
    """Return the best of all matchings and its overlap (1 is a perfect fit)."""
    ring, corners = np.flatnonzero(kinds == 0), np.flatnonzero(vertex_kinds == 0)
    orders = corners[_orders(len(ring))]
    matchings = np.zeros((len(orders), len(atoms)), dtype=np.int64)
    matchings[:, ring] = orders
    if len(ring) < len(atoms):
        matchings[:, kinds == 1] = np.flatnonzero(vertex_kinds == 1)
    covariance = np.einsum("mia,ib->mab", vertices[matchings], atoms)
    overlaps = np.linalg.svd(covariance, compute_uv=False).sum(axis=1) / len(atoms)
    best = int(np.argmax(overlaps))
    return matchings[best], min(1.0, float(overlaps[best]))


def _refined_matchings(
    atoms: FloatArray, vertices: FloatArray, kinds: IntArray, vertex_kinds: IntArray, wide: bool
) -> tuple[IntArray, float]:
    """Return the best matching found by alternating matching and fitting.

    `wide` refines every start to the end, also those that fit no pair of atoms well.
    """
    # every shape is its own mirror image, so rotations alone reach all matchings
    window = _ANY if wide else _WINDOW
    starts = frame_candidates(vertices, atoms, vertex_kinds, kinds, window, (1,), 1)
    if wide or not len(starts[0]):
        starts = _with_random_turns(*starts)
    else:
        matrices, scores = settle(vertices, atoms, (vertex_kinds, kinds), starts)
        best = np.argsort(scores, kind="stable")[:_STARTS]
        starts = matrices[best], starts[1][best]
    found = refine(vertices, atoms, vertex_kinds, kinds, *starts)
    overlap = min(1.0, 1.0 - float(found.rmsd[0]) ** 2 / 2.0)
    return np.argsort(found.permutations[0]), overlap


def _with_random_turns(matrices: FloatArray, parity: IntArray) -> tuple[FloatArray, IntArray]:
    """Return the starts and some of no symmetry, against saddle points between two solids."""
    turns = _random_turns()
    return np.concatenate([matrices, turns]), np.concatenate(
        [parity, np.ones(len(turns), dtype=np.int64)]
    )


@cache
def _random_turns() -> FloatArray:
    quaternions = np.random.default_rng(1998).normal(size=(_TURNS, 4))
    return np.asarray(Rotation.from_quat(quaternions).as_matrix())
