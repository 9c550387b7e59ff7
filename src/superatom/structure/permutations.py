"""Permutation groups of sites: closure, orbits, and the symmetry of a bond graph.

A permutation p is an integer array: what sits on site i is carried to site p[i]. The product
g∘h (first h, then g) is `g[h]`. The group may come from the point-group operations within a
tolerance (`superatom.structure.pointgroup.site_permutations`) or from the bonds alone
(`graph_automorphisms`), which also sees symmetry that the coordinates have lost.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from superatom.errors import SearchError, StructureError
from superatom.provenance import Provenance, stamp

__all__ = ["PermutationGroup", "generate_group", "graph_automorphisms"]

IntArray = NDArray[np.int64]
_BLOCK = 2_000_000
_METHOD = "permutation group by closure of its generators"


@dataclass(frozen=True, slots=True, eq=False)
class PermutationGroup:
    """All permutations of a group, as rows.

    Attributes
    ----------
    elements : ndarray of int, shape (order, degree)
        The permutations, the identity first.
    provenance : Provenance
        How the group was found.

    Examples
    --------
    >>> ring = generate_group([[1, 2, 3, 0], [3, 2, 1, 0]])
    >>> ring.order, ring.degree, ring.is_closed()
    (8, 4, True)
    >>> [orbit.tolist() for orbit in ring.orbits()]
    [[0, 1, 2, 3]]
    """

    elements: IntArray
    provenance: Provenance

    def __post_init__(self) -> None:
        self.elements.setflags(write=False)

    def __len__(self) -> int:
        return len(self.elements)

    @property
    def order(self) -> int:
        """Number of permutations."""
        return len(self.elements)

    @property
    def degree(self) -> int:
        """Number of sites."""
        return int(self.elements.shape[1])

    def orbits(self) -> tuple[IntArray, ...]:
        """Return the sets of equivalent sites, each sorted, ordered by their first site."""
        first = self.elements.min(axis=0)
        return tuple(np.flatnonzero(first == site) for site in np.unique(first))

    def orbit_labels(self) -> IntArray:
        """Return for each site the lowest site equivalent to it, shape (degree,)."""
        return np.asarray(self.elements.min(axis=0))

    def is_closed(self) -> bool:
        """Whether identity, products and inverses are all in the group."""
        rows = {row.tobytes() for row in self.elements}
        identity = np.arange(self.degree, dtype=np.int64)
        if len(rows) != self.order or identity.tobytes() not in rows:
            return False
        return all(
            rows.issuperset(row.tobytes() for row in element[self.elements])
            for element in self.elements
        )

    def is_invariant(self, sites: ArrayLike) -> bool:
        """Whether every permutation maps the set of `sites` onto itself."""
        inside = np.zeros(self.degree, dtype=bool)
        inside[np.asarray(sites, dtype=np.int64)] = True
        return bool(np.all(inside[self.elements[:, inside]]))

    def restricted(self, sites: ArrayLike) -> PermutationGroup:
        """Return the action on `sites` only, renumbered 0.. in the order given.

        Raises
        ------
        SearchError
            If some permutation carries one of `sites` out of the set.
        """
        chosen = np.asarray(sites, dtype=np.int64)
        if not self.is_invariant(chosen):
            raise SearchError(
                "the sites are not a union of orbits: some symmetry operation carries one of "
                "them out of the set; give whole orbits (PermutationGroup.orbits)"
            )
        number = np.full(self.degree, -1, dtype=np.int64)
        number[chosen] = np.arange(len(chosen))
        return _from_rows(number[self.elements[:, chosen]], self.provenance)

    def stabiliser(self, sites: ArrayLike) -> PermutationGroup:
        """Return the subgroup that maps the set of `sites` onto itself."""
        inside = np.zeros(self.degree, dtype=bool)
        inside[np.asarray(sites, dtype=np.int64)] = True
        keep = np.all(inside[self.elements[:, inside]], axis=1)
        return PermutationGroup(self.elements[keep].copy(), self.provenance)

    def as_dict(self) -> dict[str, Any]:
        """Return the group as plain JSON types."""
        return {"elements": self.elements.tolist(), "provenance": self.provenance.as_dict()}

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PermutationGroup:
        """Return the group written by `as_dict`."""
        return cls(
            np.array(data["elements"], dtype=np.int64), Provenance(**_tuples(data["provenance"]))
        )

    def to_json(self) -> str:
        """Return the group as JSON text."""
        return json.dumps(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> PermutationGroup:
        """Return the group written by `to_json`."""
        return cls.from_dict(json.loads(text))


def _tuples(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "sources": tuple(data["sources"])}


def _from_rows(rows: IntArray, provenance: Provenance) -> PermutationGroup:
    """Return the group of distinct `rows`, identity first, then in lexicographic order."""
    return PermutationGroup(np.unique(rows, axis=0), provenance)


def generate_group(
    generators: Sequence[ArrayLike] | IntArray,
    *,
    limit: int = 100_000,
    provenance: Provenance | None = None,
) -> PermutationGroup:
    """Return the group generated by some permutations.

    Parameters
    ----------
    generators : sequence of permutations
        Rows of equal length, each holding 0..n-1 once.
    limit : int
        Largest order accepted.
    provenance : Provenance or None
        What to record as the origin; by default the generators themselves.

    Raises
    ------
    StructureError
        If a row is not a permutation.
    SearchError
        If the group has more than `limit` elements.
    """
    rows = np.atleast_2d(np.asarray(generators, dtype=np.int64))
    if rows.size == 0 or not np.array_equal(
        np.sort(rows, axis=1), np.broadcast_to(np.arange(rows.shape[1]), rows.shape)
    ):
        raise StructureError(
            f"generators must be permutations of 0..n-1, one per row; got shape {rows.shape}"
        )
    found = close(rows, limit=limit)
    if found is None:
        raise SearchError(
            f"the permutation group has more than {limit:,} elements; "
            "raise `limit` or use fewer generators"
        )
    return _from_rows(found, provenance or stamp(_METHOD, rows.tobytes()))


def close(
    generators: IntArray,
    *,
    start: IntArray | None = None,
    limit: int,
    accept: Callable[[IntArray], bool] | None = None,
) -> IntArray | None:
    """Return all products of `generators`, or None if over `limit` or not accepted.

    Parameters
    ----------
    generators : ndarray, shape (g, n)
        Permutations.
    start : ndarray, shape (h, n), optional
        A group already known to be inside, generated by some of `generators`.
    limit : int
        Largest order.
    accept : callable, optional
        Called with each batch of new elements; False stops the search.
    """
    identity = np.arange(generators.shape[1], dtype=np.int64)
    known: dict[bytes, IntArray] = {}
    frontier = [identity] if start is None else list(start)
    known.update((row.tobytes(), row) for row in frontier)
    while frontier:
        fresh: list[IntArray] = []
        products = np.stack(frontier)[:, generators].reshape(-1, len(identity))
        for row in products:
            key = row.tobytes()
            if key not in known:
                known[key] = row
                fresh.append(row)
        if len(known) > limit or (fresh and accept is not None and not accept(np.stack(fresh))):
            return None
        frontier = fresh
    return np.stack(list(known.values()))


def product_table(elements: IntArray) -> IntArray:
    """Return t with `elements[t[a, b]] == elements[a][elements[b]]`, shape (order, order).

    Raises
    ------
    StructureError
        If a product is missing, so the rows are no group.
    """
    order, degree = elements.shape
    weights = np.random.default_rng(2024).integers(1, 2**62, size=degree, dtype=np.uint64)
    keys = (elements.astype(np.uint64) * weights).sum(axis=1, dtype=np.uint64)
    sorting = np.argsort(keys)
    table = np.empty((order, order), dtype=np.int64)
    step = max(1, _BLOCK // (order * degree))
    for first in range(0, order, step):
        products = elements[first : first + step][:, elements].astype(np.uint64)
        wanted = (products * weights).sum(axis=2, dtype=np.uint64)
        place = np.minimum(np.searchsorted(keys[sorting], wanted), order - 1)
        table[first : first + step] = sorting[place]
        if not np.array_equal(keys[table[first : first + step]], wanted):
            raise StructureError("the permutations are not closed under multiplication")
    return table


def graph_automorphisms(
    n_nodes: int,
    bonds: Iterable[tuple[int, int]],
    colours: Sequence[object] | None = None,
    *,
    sites: ArrayLike | None = None,
    limit: int = 20_000,
) -> PermutationGroup:
    """Return the permutations of the nodes of a graph that keep its bonds and colours.

    Parameters
    ----------
    n_nodes : int
        Number of nodes (metals, or metals and anchors).
    bonds : iterable of (int, int)
        Pairs of bonded nodes.
    colours : sequence or None
        What must be kept apart, for example element symbols; None: all alike.
    sites : array of int or None
        Return the action on these nodes only (for example the metals); None: all.
    limit : int
        Largest number of automorphisms listed.

    Raises
    ------
    StructureError
        If a bond names a node that is not there.
    SearchError
        If there are more than `limit` automorphisms.

    Examples
    --------
    >>> tetrahedron = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
    >>> graph_automorphisms(4, tetrahedron).order
    24
    """
    pairs = sorted({(int(min(a, b)), int(max(a, b))) for a, b in bonds})
    if any(a < 0 or b >= n_nodes or a == b for a, b in pairs):
        raise StructureError(
            f"a bond names an atom outside 0..{n_nodes - 1}, or joins it to itself"
        )
    adjacency = np.zeros((n_nodes, n_nodes), dtype=bool)
    for a, b in pairs:
        adjacency[a, b] = adjacency[b, a] = True
    labels = _refined_colours(adjacency, list(colours or [0] * n_nodes))
    rows = np.array(_automorphism_rows(adjacency, labels, limit), dtype=np.int64)
    provenance = stamp("automorphisms of the bond graph", n_nodes, pairs, labels.tolist())
    if sites is None:
        return _from_rows(rows, provenance)
    return _from_rows(rows, provenance).restricted(sites)


def _refined_colours(adjacency: NDArray[np.bool_], colours: list[object]) -> IntArray:
    """Return colours refined by the colours of neighbours until nothing changes."""
    names = sorted({str(colour) for colour in colours})
    labels = np.array([names.index(str(colour)) for colour in colours], dtype=np.int64)
    while True:
        counts = adjacency.astype(np.int64) @ np.eye(labels.max() + 1, dtype=np.int64)[labels]
        described = np.column_stack([labels, counts])
        _, refined = np.unique(described, axis=0, return_inverse=True)
        refined = refined.reshape(-1).astype(np.int64)
        if refined.max() == labels.max():
            return labels
        labels = refined


def _search_order(adjacency: NDArray[np.bool_], labels: IntArray) -> list[int]:
    """Return the nodes so that each is bonded to an earlier one where possible, rare first."""
    rarity = np.bincount(labels)[labels].astype(np.float64)
    placed = np.zeros(len(labels), dtype=bool)
    order: list[int] = []
    for _ in range(len(labels)):
        touching = adjacency[:, placed].sum(axis=1) if order else np.zeros(len(labels))
        score = np.where(placed, np.inf, rarity / len(labels) - touching * 2.0)
        node = int(np.argmin(score))
        placed[node] = True
        order.append(node)
    return order


def _automorphism_rows(
    adjacency: NDArray[np.bool_], labels: IntArray, limit: int
) -> list[list[int]]:
    """Return every automorphism by depth-first search in an order of connected nodes."""
    order = _search_order(adjacency, labels)
    image = np.full(len(labels), -1, dtype=np.int64)
    free = np.ones(len(labels), dtype=bool)
    rows: list[list[int]] = []

    def candidates(depth: int) -> Iterable[int]:
        node, earlier = order[depth], order[:depth]
        fits = free & (labels == labels[node])
        fits &= (adjacency[:, image[earlier]] == adjacency[node, earlier]).all(axis=1)
        return iter(np.flatnonzero(fits).tolist())

    stack = [candidates(0)]
    while stack:
        depth = len(stack) - 1
        if image[order[depth]] >= 0:
            free[image[order[depth]]] = True
            image[order[depth]] = -1
        target = next(iter(stack[-1]), None)
        if target is None:
            stack.pop()
            continue
        image[order[depth]] = target
        free[target] = False
        if depth + 1 < len(order):
            stack.append(candidates(depth + 1))
            continue
        rows.append(image.tolist())
        if len(rows) > limit:
            raise SearchError(
                f"the bond graph has more than {limit:,} automorphisms; "
                "leave out freely exchangeable parts (ligand tails) or raise `limit`"
            )
    return rows
