"""Springs between atoms two contacts apart, from what touches what.

Contacts and bonds alone leave thiolates free to lean over a kernel and open kernels free to
shear. How far second neighbours stand from each other is told by the atoms between them: the
corners of an octahedron, the tips of two tetrahedra on one triangle, and sulfur over a metal
that lies below, beside or behind its own.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from superatom.model.families.archetypes import Archetype
from superatom.model.families.donor_springs import LEANING, Spring

__all__ = ["second_neighbour_springs"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_STIFFNESS = 0.003  # of a spring whose lengths spread by 1 Å; a contact spreads by 0.1 and has 1
# distance over that of neighbours, for touching spheres, and its spread, Å (relaxed structures
# of mpourmpakis/NC_Database): corners of an octahedron, tips of two tetrahedra on one triangle
_OCTAHEDRON, _TWO_TETRAHEDRA, _SPREAD = np.sqrt(2.0), np.sqrt(8.0 / 3.0), 0.12
_RING, _RING_EDGES, _TRIANGLE = 4, 3, 3
_STRAIGHT = 2  # donors of a motif metal


@dataclass(frozen=True, slots=True)
class _Links:
    """Which points touch as metals and which are bonded, symmetric; lengths of contacts, Å."""

    touch: BoolArray
    bonded: BoolArray
    lengths: FloatArray

    @property
    def either(self) -> BoolArray:
        return self.touch | self.bonded


def second_neighbour_springs(archetype: Archetype, grown: Sequence[float]) -> list[Spring]:
    """Return springs between metals and between sulfur and metals two contacts apart.

    Parameters
    ----------
    archetype : Archetype
        The family.
    grown : sequence of float
        Size of every metal relative to the family's own.
    """
    links = _links(archetype, grown)
    return [*_metal_springs(archetype, links), *_sulfur_springs(archetype, links, grown)]


def _links(archetype: Archetype, grown: Sequence[float]) -> _Links:
    n, anchors = archetype.n_metals, _anchors(archetype)
    points = n + len(anchors)
    lengths = np.zeros((points, points))
    for i, j, length in archetype.contacts():
        lengths[i, j] = lengths[j, i] = length * (grown[i] + grown[j]) / 2.0
    bonded = np.zeros((points, points), dtype=bool)
    for k, anchor in enumerate(anchors):
        bonded[n + k, list(anchor)] = bonded[list(anchor), n + k] = True
    return _Links(lengths > 0.0, bonded, lengths)


def _anchors(archetype: Archetype) -> list[tuple[int, ...]]:
    return [anchor for site in archetype.ligand_sites for anchor in site.anchors]


def _metal_springs(archetype: Archetype, links: _Links) -> list[Spring]:
    """Return springs across octahedra and across the triangle of two tetrahedra."""
    n = archetype.n_metals
    touch, lengths = links.touch[:n, :n], links.lengths[:n, :n]
    shared = touch.astype(np.int64) @ touch.astype(np.int64)
    pairs = np.argwhere(np.triu((shared >= _TRIANGLE) & ~touch, 1))
    springs: list[Spring] = []
    for i, j in pairs.tolist():
        between = np.flatnonzero(touch[i] & touch[j])
        edges = int(touch[np.ix_(between, between)].sum()) // 2
        if len(between) >= _RING and edges >= _RING_EDGES:
            ratio = _OCTAHEDRON
        elif len(between) == edges == _TRIANGLE:
            ratio = _TWO_TETRAHEDRA
        else:
            continue
        near = float(np.mean([lengths[i, between], lengths[j, between]]))
        springs.append((i, j, ratio * near, _STIFFNESS / _SPREAD**2))
    return springs


def _sulfur_springs(archetype: Archetype, links: _Links, grown: Sequence[float]) -> list[Spring]:
    """Return springs between bridging thiolates and the metals around theirs."""
    springs: list[Spring] = []
    leaning = {max(i, j) for i, j, length in archetype.distances if length <= LEANING}
    point = archetype.n_metals
    for site in archetype.ligand_sites:
        if site.kind == "SR" and len(site.anchors[0]) == 2 and point not in leaning:
            for metal, place in _places(archetype, links, point).items():
                length, spread = _table()[place]
                size = (sum(grown[m] for m in site.anchors[0]) + grown[metal]) / 3.0
                springs.append((metal, point, size * length, _STIFFNESS / spread**2))
        point += len(site.anchors)
    return springs


def _places(archetype: Archetype, links: _Links, sulfur: int) -> dict[int, str]:
    """Return where the metals that a thiolate's metals touch lie, as seen from it."""
    n, either = archetype.n_metals, links.either
    own = np.flatnonzero(links.bonded[sulfur])
    around = np.flatnonzero(links.touch[own, :n].any(axis=0) & ~links.bonded[sulfur, :n])
    places: dict[int, str] = {}
    for metal in around.tolist():
        through = np.flatnonzero(either[sulfur] & either[metal])
        if len(through) > 1:
            places[metal] = "near"
        elif through[0] < archetype.kernel:
            both = int((links.touch[through[0]] & links.touch[metal]).sum())
            places[metal] = f"top {min(both, 5)}"
        elif _is_beside(links, int(through[0]), metal):
            places[metal] = "side"
    return places


def _is_beside(links: _Links, through: int, metal: int) -> bool:
    """Say whether a metal stands beside a straight S-M-S.

    What hangs on its other donor has its bond to tell where.
    """
    donors = links.bonded[through]
    return int(donors.sum()) == _STRAIGHT and not (donors & links.bonded[metal]).any()


@cache
def _table() -> Mapping[str, tuple[float, float]]:
    """Return the distance of sulfur and its spread, Å, by place of the metal."""
    path = resources.files("superatom.model") / "data" / "second_neighbours.csv"
    return {
        row["place"]: (float(row["length_A"]), float(row["spread_A"]))
        for row in csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    }
