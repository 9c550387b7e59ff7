"""Hydrides put on a metal skeleton whose hydrogen is not known, as after X-ray diffraction.

Whole sets of equivalent sites are filled where their sizes add up to the number wanted; else
single sites are. A placement costs, low is good,

    sum of the scores of its sites (`hydride_sites`)
    + 1 for every 0.1 Å that two hydrides are closer than 2.1 Å (none may be closer than 1.8 Å)
    + (c - 4)^2 / 4 for every metal with c > 4 ligand atoms, hydrides included

2.1 Å is what hydrogen keeps apart in metal hydrides (Switendick 1979,
10.1524/zpch.1979.117.117.089). The cost orders starting structures for quantum chemistry, by
geometry alone; energies do not enter.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.model.adsorption.hydride_sites import HydrideSite, hydride_sites
from superatom.model.construction import construction, record_operation
from superatom.model.symmetry import skeleton_symmetry
from superatom.structure.anatomy import Anatomy, dissect

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["HydridePlacement", "place_hydrides"]

FloatArray = NDArray[np.float64]

_LEAST_APART, _APART = 1.8, 2.1  # Å between hydrides: never closer, and as close as is free
_APART_UNIT = 0.1  # Å that cost 1
_COORDINATION = 4  # ligand atoms that a metal holds easily
_EQUAL = 1e-6  # difference in cost below which two placements are equivalent
_MOST_STEPS = 50_000  # choices that the search looks at


@dataclass(frozen=True, slots=True, eq=False)
class HydridePlacement:
    """A model with hydrides, and what it costs.

    Attributes
    ----------
    atoms : ase.Atoms
        The parent's atoms, then the hydrides.
    sites : tuple[HydrideSite, ...]
        What was filled, with all equivalent places that were used.
    score : float
        Cost; low is good.
    complete : bool
        Whether the search for placements came to its end; if not, better ones may exist.
    """

    atoms: Atoms
    sites: tuple[HydrideSite, ...]
    score: float
    complete: bool

    def __str__(self) -> str:
        counts: Counter[str] = Counter()
        for site in self.sites:
            counts[f"{site.kind} (mu{len(site.metals[0])})"] += site.multiplicity
        parts = ", ".join(f"{n} {kind}" for kind, n in counts.items())
        return f"{parts}; score {self.score:.2f}"

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the coordinates as plain JSON types."""
        return {
            "sites": [site.as_dict() for site in self.sites],
            "score": self.score,
            "complete": self.complete,
            "construction": construction(self.atoms),
        }


def place_hydrides(
    atoms: Atoms,
    n: int,
    *,
    models: int = 1,
    kinds: Sequence[str] | None = None,
    symmetry: str = "bonds",
    anatomy: Anatomy | None = None,
) -> tuple[HydridePlacement, ...]:
    """Return models of a cluster with `n` more hydrides, the best first.

    Parameters
    ----------
    atoms : ase.Atoms
        The cluster; hydrides that are there stay.
    n : int
        Number of hydrides to place.
    models : int
        Most models to return.
    kinds : sequence of str, optional
        Only sites of these kinds: 'edge', 'face', 'square', 'tetrahedron', 'square pyramid',
        'octahedron', 'cage'.
    symmetry : str
        What makes sites equivalent: 'bonds', 'positions' or 'none'.
    anatomy : Anatomy, optional
        The cluster, if it was dissected before.

    Raises
    ------
    SearchError
        If `n` or `models` is below 1, a metal has no known length to hydride, or so many
        hydrides find no room.

    Examples
    --------
    >>> from ase.build import molecule
    >>> from superatom.structure.polyhedra import polyhedron
    >>> from ase import Atoms
    >>> core = Atoms("Cu6", 2.6 * polyhedron("octahedron").points)
    >>> print(place_hydrides(core, 8)[0])
    8 face (mu3); score 0.41
    """
    if n < 1 or models < 1:
        raise SearchError(f"{n} hydrides in {models} models: both must be 1 or more")
    taken_apart = dissect(atoms) if anatomy is None else anatomy
    sites = hydride_sites(taken_apart, symmetry=symmetry)
    if kinds is not None:
        sites = tuple(site for site in sites if site.kind in kinds)
    search = _Search(taken_apart, sites, n, models)
    found = search.run()
    if not found:
        search = _Search(taken_apart, _single(sites), n, models, symmetry)
        found = search.run()
    if not found:
        room = ", ".join(str(site) for site in sites) or "none"
        raise SearchError(f"no room for {n} hydrides; sites: {room}")
    return tuple(
        _placed(atoms, [search.sites[k] for k in chosen], score, search.complete, n)
        for score, chosen in found
    )


def _single(sites: Sequence[HydrideSite]) -> tuple[HydrideSite, ...]:
    """Return every place as a site of its own."""
    return tuple(
        HydrideSite(site.kind, (held,), (point,), site.length, site.misfit, site.room, site.score)
        for site in sites
        for held, point in zip(site.metals, site.positions, strict=True)
    )


class _Search:
    """The cheapest sets of sites with `n` places in all, branch and bound."""

    def __init__(
        self,
        anatomy: Anatomy,
        sites: tuple[HydrideSite, ...],
        n: int,
        models: int,
        symmetry: str = "none",
    ) -> None:
        own = [_crowding(np.array(site.positions)) for site in sites]
        possible = [k for k, cost in enumerate(own) if np.isfinite(cost)]
        self.sites = tuple(sites[k] for k in possible)
        self.n, self.models = n, models
        self.sizes = [site.multiplicity for site in self.sites]
        self.costs = [
            site.multiplicity * site.score + own[k]
            for site, k in zip(self.sites, possible, strict=True)
        ]
        self.between = _between(self.sites)
        self.held = _held(self.sites)
        self.donors = _donors(anatomy, self.sites)
        units = [site.metals[0] for site in self.sites]
        self.images = skeleton_symmetry(anatomy, symmetry).images(units) if units else None
        self.steps = 0
        self.found: list[tuple[float, tuple[int, ...]]] = []

    @property
    def complete(self) -> bool:
        return self.steps < _MOST_STEPS

    def run(self) -> list[tuple[float, tuple[int, ...]]]:
        """Return cost and sites of the best sets, sorted."""
        self._extend((), 0, 0, 0.0)
        return self.found

    def _extend(self, chosen: tuple[int, ...], start: int, size: int, cost: float) -> None:
        if size == self.n:
            self._keep(chosen, cost)
            return
        for k in range(start, len(self.sites)):
            if not self.complete:
                return
            self.steps += 1
            if size + self.sizes[k] > self.n:
                continue
            if self._hopeless(cost + (self.n - size) * self.sites[k].score):
                return  # all sites from here on cost more
            more = cost + self.costs[k] + sum(self.between[k, j] for j in chosen)
            if np.isfinite(more) and not self._hopeless(more):
                self._extend((*chosen, k), k + 1, size + self.sizes[k], float(more))

    def _hopeless(self, cost: float) -> bool:
        """Whether a cost that can only grow is above all that is kept."""
        return len(self.found) >= self.models and cost >= self.found[-1][0] - _EQUAL

    def _keep(self, chosen: tuple[int, ...], cost: float) -> None:
        counts = self.donors + self.held[list(chosen)].sum(axis=0)
        cost += float((np.maximum(counts - _COORDINATION, 0) ** 2).sum()) / 4.0
        if len(self.found) >= self.models and cost >= self.found[-1][0] - _EQUAL:
            return
        equal = [other for known, other in self.found if abs(known - cost) <= _EQUAL]
        if not any(self._equivalent(chosen, other) for other in equal):
            self.found = sorted([*self.found, (cost, chosen)])[: self.models]

    def _equivalent(self, first: tuple[int, ...], second: tuple[int, ...]) -> bool:
        """Whether an operation carries one choice of sites into the other."""
        if self.images is None:
            return first == second
        moved = np.sort(self.images[:, list(first)], axis=1)
        return bool((moved == np.array(sorted(second))).all(axis=1).any())


def _crowding(points: FloatArray) -> float:
    """Return what hydrides at these points cost each other; infinite if two clash."""
    apart = np.linalg.norm(points[:, None] - points, axis=2)[np.triu_indices(len(points), 1)]
    return _cost_of(apart)


def _cost_of(apart: FloatArray) -> float:
    if (apart < _LEAST_APART).any():
        return float("inf")
    return float(np.maximum(_APART - apart, 0.0).sum()) / _APART_UNIT


def _between(sites: tuple[HydrideSite, ...]) -> FloatArray:
    points = [np.array(site.positions) for site in sites]
    costs = np.zeros((len(sites), len(sites)))
    for i in range(len(sites)):
        for j in range(i):
            apart = np.linalg.norm(points[i][:, None] - points[j], axis=2)
            costs[i, j] = costs[j, i] = _cost_of(apart)
    return costs


def _metals(sites: tuple[HydrideSite, ...]) -> list[int]:
    return sorted({k for site in sites for held in site.metals for k in held})


def _held(sites: tuple[HydrideSite, ...]) -> NDArray[np.int64]:
    """Return how many hydrides of each site hold each metal, shape (sites, metals)."""
    number = {metal: k for k, metal in enumerate(_metals(sites))}
    table = np.zeros((len(sites), len(number)), dtype=np.int64)
    for row, site in enumerate(sites):
        for held in site.metals:
            table[row, [number[k] for k in held]] += 1
    return table


def _donors(anatomy: Anatomy, sites: tuple[HydrideSite, ...]) -> NDArray[np.int64]:
    """Return how many ligand atoms each metal holds already."""
    by_metal = anatomy.donors.by_metal()
    return np.array([len(by_metal.get(k, [])) for k in _metals(sites)], dtype=np.int64)


def _placed(
    atoms: Atoms, sites: list[HydrideSite], score: float, complete: bool, n: int
) -> HydridePlacement:
    from ase import Atoms as AseAtoms

    points = np.vstack([np.array(site.positions) for site in sites])
    model = atoms.copy()
    model.extend(AseAtoms(f"H{len(points)}", points))
    held = [[list(metals) for metals in site.metals] for site in sites]
    record_operation(model, construction(atoms), "place_hydrides", n=n, metals=held)
    return HydridePlacement(model, tuple(sites), score, complete)
