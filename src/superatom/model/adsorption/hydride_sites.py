"""Where hydride can sit in a metal skeleton: over edges and faces, in faces and holes.

A site is a point where metals stand at the length of a metal-hydride bond. Tetrahedra of metals
are tried from inside, triangles from both sides, edges from outside; the point then takes in all
metals it reaches and settles where their distances fit best, so that squares, tetrahedra,
square pyramids, octahedra and larger cages are found as what they are. The length follows
from the number n of metals that share the hydride,

    d(n) = d(3) + 0.37 Å ln(n / 3)

as bond valences exp((R0 - d) / 0.37 Å) that add up to 1 ask for (Brown and Altermatt,
10.1107/S0108768185002063); d(3) stands in `data/hydride_lengths.csv`.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.model.symmetry import skeleton_symmetry
from superatom.structure.anatomy import Anatomy
from superatom.structure.voids import van_der_waals_radii

__all__ = ["LEAST_ROOM", "HydrideSite", "hydride_lengths", "hydride_sites"]

FloatArray = NDArray[np.float64]

#: Least distance to ligand atoms over the sum of van der Waals radii.
LEAST_ROOM = 0.75
_SOFTNESS = 0.37  # Å, of bond valences
_REACH = 0.25  # Å beyond the length of its bonds to which a hydride holds a metal
_TOO_CLOSE = 0.35  # Å short of it: no hydride fits between these metals
_WORST = 0.20  # Å, largest misfit of a site
_ROUNDS = 8  # times that a point looks again which metals it reaches
_STEPS = 25  # of Gauss and Newton
_SAME = 0.25  # Å between points that are one site
_MISFIT_UNIT = 0.1  # Å of misfit that cost 1
_EDGE_COST = 1.5  # a bridge is worse than a face: 2 of 3 or 4 contacts
_KINDS = {3: "face", 4: "tetrahedron", 5: "square pyramid", 6: "octahedron"}
_FLAT_VOLUME = 3.0  # Å^3, six times the volume below which four metals are a plane
_FLAT = 0.25  # largest height of a hydride over its metals, of the mean distance: a square


@dataclass(frozen=True, slots=True)
class HydrideSite:
    """A set of equivalent sites.

    Attributes
    ----------
    kind : str
        'edge', 'face', 'square', 'tetrahedron', 'square pyramid', 'octahedron' or 'cage'.
    metals : tuple[tuple[int, ...], ...]
        Metals that hold the hydride in each of them.
    positions : tuple[tuple[float, float, float], ...]
        Where it sits, Å.
    length : float
        Mean distance to its metals, Å.
    misfit : float
        Root mean square deviation from the ideal length, or how much all bonds together would
        have to grow or shrink for a bond valence of 1 (more metals around count then), Å:
        whichever is larger.
    room : float
        Least distance to ligand atoms over the sum of van der Waals radii; 9 if there are none.
    score : float
        What it costs: misfit / 0.1 Å, tenths of room below 1, and 1.5 for an edge. Low is good.
    """

    kind: str
    metals: tuple[tuple[int, ...], ...]
    positions: tuple[tuple[float, float, float], ...]
    length: float
    misfit: float
    room: float
    score: float

    @property
    def multiplicity(self) -> int:
        """Number of equivalent sites."""
        return len(self.metals)

    def __str__(self) -> str:
        held = f"mu{len(self.metals[0])}, {self.length:.2f} Å"
        return f"{self.kind} ({held}) x{self.multiplicity}, score {self.score:.2f}"

    def as_dict(self) -> dict[str, Any]:
        """Return the site as plain JSON types."""
        return {
            "kind": self.kind,
            "metals": [list(held) for held in self.metals],
            "positions_A": [list(point) for point in self.positions],
            "length_A": self.length,
            "misfit_A": self.misfit,
            "room": self.room,
            "score": self.score,
        }


@cache
def hydride_lengths() -> Mapping[str, float]:
    """Return the length of a bond to a hydride over three metals, Å, by metal."""
    table = resources.files("superatom.model") / "data" / "hydride_lengths.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {row["metal"]: float(row["triangle_A"]) for row in rows}


def hydride_sites(anatomy: Anatomy, *, symmetry: str = "bonds") -> tuple[HydrideSite, ...]:
    """Return the unique sites for hydride in a cluster, the best first.

    Hydrides that are there already take their place: no other site is found near them.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster, dissected.
    symmetry : str
        What makes sites equivalent: 'bonds', 'positions' or 'none'
        (`superatom.model.symmetry`).

    Raises
    ------
    SearchError
        If a length to one of the metals is not known.
    """
    skeleton = _Skeleton(anatomy)
    points = _settled(skeleton)
    room = [skeleton.room(point) for point, _ in points]
    open_ = [(*point, space) for point, space in zip(points, room, strict=True)]
    open_ = [entry for entry in open_ if entry[2] >= LEAST_ROOM]
    units = [tuple(skeleton.metals[k] for k in held) for _, held, _ in open_]
    orbits = skeleton_symmetry(anatomy, symmetry).orbits(units)
    sites = [_site(skeleton, [open_[k] for k in orbit]) for orbit in orbits]
    return tuple(sorted(sites, key=lambda site: (round(site.score, 6), site.metals)))


class _Skeleton:
    """Metals with their lengths, and the atoms that take up room."""

    def __init__(self, anatomy: Anatomy) -> None:
        symbols = anatomy.atoms.symbols
        self.metals = anatomy.metals
        known = hydride_lengths()
        unknown = sorted({symbols[k] for k in self.metals} - set(known))
        if unknown:
            raise SearchError(
                f"no length of {unknown[0]}-H; hydride sites are known on {', '.join(known)}"
            )
        self.positions: FloatArray = anatomy.atoms.positions[list(self.metals)]
        self.triangle = np.array([known[symbols[k]] for k in self.metals])
        others = sorted(set(range(len(symbols))) - set(self.metals))
        self.others: FloatArray = anatomy.atoms.positions[others]
        radii = van_der_waals_radii()
        self.contact = radii[anatomy.atoms.numbers[others]] + radii[1]

    def ideal(self, held: tuple[int, ...]) -> FloatArray:
        """Return the ideal distance to each metal that holds the hydride, Å."""
        return np.asarray(self.triangle[list(held)] + _SOFTNESS * np.log(len(held) / 3.0))

    def distances(self, point: FloatArray) -> FloatArray:
        return np.asarray(np.linalg.norm(self.positions - point, axis=1))

    def reached(self, point: FloatArray, n: int) -> tuple[int, ...]:
        """Return the metals within reach of a hydride that n metals hold."""
        limit = self.triangle + _SOFTNESS * np.log(max(n, 2) / 3.0) + _REACH
        return tuple(np.flatnonzero(self.distances(point) <= limit).tolist())

    def misfit(self, point: FloatArray, held: tuple[int, ...]) -> float:
        """Return how badly the distances fit, Å: those to its metals, and the valence of all."""
        distances = self.distances(point)
        spread = np.sqrt(((distances[list(held)] - self.ideal(held)) ** 2).mean())
        valence = np.exp((self.triangle - distances) / _SOFTNESS).sum() / 3.0
        return float(max(spread, _SOFTNESS * abs(np.log(valence))))

    def room(self, point: FloatArray) -> float:
        """Return the least distance to ligand atoms over the sum of van der Waals radii."""
        if not len(self.others):
            return 9.0
        return float((np.linalg.norm(self.others - point, axis=1) / self.contact).min())


def _settled(skeleton: _Skeleton) -> list[tuple[FloatArray, tuple[int, ...]]]:
    """Return the points that fit, one for each set of metals, with these metals."""
    best: dict[tuple[int, ...], tuple[float, FloatArray]] = {}
    starts = [*_holes(skeleton), *_caps(skeleton), *_bridges(skeleton)]
    starts += [(start, skeleton.reached(start, len(held))) for start, held in starts]
    for start, held in starts:
        found = _settle(skeleton, start, held)
        if found is None:
            continue
        point, metals = found
        cost = skeleton.misfit(point, metals) - 0.01 * skeleton.room(point)
        if metals not in best or cost < best[metals][0] - 1e-9:
            best[metals] = cost, point
    return _distinct([(cost, point, metals) for metals, (cost, point) in sorted(best.items())])


def _distinct(
    found: list[tuple[float, FloatArray, tuple[int, ...]]],
) -> list[tuple[FloatArray, tuple[int, ...]]]:
    """Return the points without those that stand on a better one."""
    kept: list[tuple[FloatArray, tuple[int, ...]]] = []
    for _, point, metals in sorted(found, key=lambda entry: (-len(entry[2]), entry[0])):
        if all(np.linalg.norm(point - other) > _SAME for other, _ in kept):
            kept.append((point, metals))
    return kept


def _settle(
    skeleton: _Skeleton, point: FloatArray, held: tuple[int, ...]
) -> tuple[FloatArray, tuple[int, ...]] | None:
    """Return where a point comes to rest and the metals it reaches; None if nothing fits."""
    for _ in range(_ROUNDS if len(held) > 1 else 0):
        point = _fitted(skeleton, point, held)
        reached = skeleton.reached(point, len(held))
        if reached == held:
            close = skeleton.distances(point) < skeleton.triangle - _TOO_CLOSE
            fits = skeleton.misfit(point, held) <= _WORST
            return (point, held) if fits and not close.any() else None
        held = reached
        if len(held) < 2:
            return None
    return None


def _fitted(skeleton: _Skeleton, point: FloatArray, held: tuple[int, ...]) -> FloatArray:
    """Return the point near by whose distances to the metals are nearest to the ideal ones."""
    around, ideal = skeleton.positions[list(held)], skeleton.ideal(held)
    for _ in range(_STEPS):
        away = point - around
        lengths = np.maximum(np.linalg.norm(away, axis=1), 1e-6)
        step = np.linalg.lstsq(away / lengths[:, None], ideal - lengths, rcond=0.05)[0]
        size = float(np.linalg.norm(step))
        point = point + step * min(1.0, 0.3 / max(size, 1e-12))
        if size < 1e-6:
            break
    return np.asarray(point)


def _near(skeleton: _Skeleton) -> NDArray[np.bool_]:
    """Return which metals are near enough to hold one hydride together."""
    apart = np.linalg.norm(skeleton.positions[:, None] - skeleton.positions, axis=2)
    span = skeleton.triangle[:, None] + skeleton.triangle + 2.0 * _REACH
    return np.asarray((apart <= span) & ~np.eye(len(apart), dtype=bool))


def _cliques(near: NDArray[np.bool_], size: int) -> list[tuple[int, ...]]:
    """Return the sets of `size` metals that are all near each other."""
    found: list[tuple[int, ...]] = [(i,) for i in range(len(near))]
    for _ in range(size - 1):
        found = [
            (*held, int(k))
            for held in found
            for k in np.flatnonzero(near[list(held)].all(axis=0))
            if k > held[-1]
        ]
    return found


def _holes(skeleton: _Skeleton) -> list[tuple[FloatArray, tuple[int, ...]]]:
    """Return the points as far from each of four metals as a hydride of four."""
    starts: list[tuple[FloatArray, tuple[int, ...]]] = []
    for held in _cliques(_near(skeleton), 4):
        corners = skeleton.positions[list(held)]
        sides = corners[1:] - corners[0]
        if abs(np.linalg.det(sides)) < _FLAT_VOLUME:
            continue
        centre = corners[0] + np.linalg.solve(2.0 * sides, (sides**2).sum(axis=1))
        radius = float(np.linalg.norm(centre - corners[0]))
        if abs(radius - skeleton.ideal(held).mean()) <= _WORST:
            starts.append((centre, held))
    return starts


def _caps(skeleton: _Skeleton) -> list[tuple[FloatArray, tuple[int, ...]]]:
    """Return the points over both sides of all triangles that a hydride can span."""
    return [
        start
        for held in _cliques(_near(skeleton), 3)
        for start in _both_sides(skeleton, (held[0], held[1], held[2]))
    ]


def _both_sides(
    skeleton: _Skeleton, held: tuple[int, int, int]
) -> list[tuple[FloatArray, tuple[int, ...]]]:
    a, b, c = skeleton.positions[list(held)]
    normal = np.cross(b - a, c - a)
    area = float(np.linalg.norm(normal))
    if area < 1.0:  # three metals in line hold no hydride
        return []
    normal = normal / area
    u, v = b - a, c - a
    centre = a + np.cross(np.dot(u, u) * v - np.dot(v, v) * u, np.cross(u, v)) / (2.0 * area**2)
    radius = float(np.linalg.norm(centre - a))
    ideal = float(skeleton.ideal(held).mean())
    if radius > ideal + _REACH:
        return []
    height = max(np.sqrt(max(ideal**2 - radius**2, 0.0)), 0.05)
    return [(centre + side * height * normal, held) for side in (1.0, -1.0)]


def _bridges(skeleton: _Skeleton) -> list[tuple[FloatArray, tuple[int, ...]]]:
    """Return the points over the edges, on the side away from the metals around."""
    from itertools import combinations

    starts: list[tuple[FloatArray, tuple[int, ...]]] = []
    for i, j in combinations(range(len(skeleton.metals)), 2):
        held = (i, j)
        first, second = skeleton.positions[[i, j]]
        edge, ideal = second - first, skeleton.ideal(held)
        half = float(np.linalg.norm(edge)) / 2.0
        if half > ideal.mean():
            continue
        middle = (first + second) / 2.0
        near = np.flatnonzero(skeleton.distances(middle) < 2.0 * ideal.mean() + half)
        out = middle - skeleton.positions[near].mean(axis=0)
        out -= edge * (out @ edge) / (edge @ edge)
        size = float(np.linalg.norm(out))
        if size > 0.1:
            height = np.sqrt(float(ideal.mean()) ** 2 - half**2)
            starts.append((middle + out * (height / size), held))
    return starts


def _site(
    skeleton: _Skeleton, members: list[tuple[FloatArray, tuple[int, ...], float]]
) -> HydrideSite:
    misfit = float(np.mean([skeleton.misfit(point, held) for point, held, _ in members]))
    room = min(space for _, _, space in members)
    point, held, _ = members[0]
    kind = _kind(skeleton, point, held)
    score = misfit / _MISFIT_UNIT + 10.0 * max(0.0, 1.0 - room) + _EDGE_COST * (kind == "edge")
    return HydrideSite(
        kind=kind,
        metals=tuple(tuple(skeleton.metals[k] for k in own) for _, own, _ in members),
        positions=tuple((float(p[0]), float(p[1]), float(p[2])) for p, _, _ in members),
        length=float(np.mean([skeleton.distances(p)[list(own)].mean() for p, own, _ in members])),
        misfit=misfit,
        room=room,
        score=score,
    )


def _kind(skeleton: _Skeleton, point: FloatArray, held: tuple[int, ...]) -> str:
    if len(held) == 2:
        return "edge"
    around = skeleton.positions[list(held)]
    if len(held) == 4:
        normal = np.linalg.svd(around - around.mean(axis=0))[2][-1]
        heights = np.abs((around - around.mean(axis=0)) @ normal)
        if heights.max() < _FLAT * skeleton.distances(point)[list(held)].mean():
            return "square"
    return _KINDS.get(len(held), "cage")
