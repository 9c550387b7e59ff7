"""Squares of metals, and the tetrahedral and octahedral holes between them, from their contacts.

A hole is told by who touches whom: four metals that all touch each other, or six in which
each touches all but one, its opposite. No distances enter, so that equivalent holes of a
distorted cluster are found together.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from itertools import combinations

__all__ = ["octahedra", "squares", "tetrahedra"]


def tetrahedra(near: Mapping[int, Set[int]]) -> list[tuple[int, ...]]:
    """Return sets of four metals that all touch each other, each sorted.

    Parameters
    ----------
    near : mapping of int to set of int
        The metals that touch each metal.

    Examples
    --------
    >>> tetrahedra({0: {1, 2, 3}, 1: {0, 2, 3}, 2: {0, 1, 3}, 3: {0, 1, 2}})
    [(0, 1, 2, 3)]
    """
    found: list[tuple[int, ...]] = []
    for a in sorted(near):
        later = sorted(k for k in near[a] if k > a)
        found += [
            (a, b, c, d)
            for b, c, d in combinations(later, 3)
            if c in near[b] and d in near[b] and d in near[c]
        ]
    return found


def squares(near: Mapping[int, Set[int]]) -> list[tuple[int, ...]]:
    """Return sets of four metals that touch in a ring and not across it, each sorted.

    Examples
    --------
    >>> squares({0: {1, 3}, 1: {0, 2}, 2: {1, 3}, 3: {0, 2}})
    [(0, 1, 2, 3)]
    """
    found = set()
    for a, c in combinations(sorted(near), 2):
        if c in near[a]:
            continue
        between = sorted(near[a] & near[c])
        found |= {
            tuple(sorted((a, b, c, d))) for b, d in combinations(between, 2) if d not in near[b]
        }
    return sorted(found)


def octahedra(near: Mapping[int, Set[int]]) -> list[tuple[int, ...]]:
    """Return sets of six metals in which each touches all but one, each sorted.

    Examples
    --------
    >>> six = {k: {j for j in range(6) if j not in (k, 5 - k)} for k in range(6)}
    >>> octahedra(six)
    [(0, 1, 2, 3, 4, 5)]
    """
    found = set()
    for square in squares(near):
        caps = sorted(set.intersection(*(set(near[k]) for k in square)))
        found |= {
            tuple(sorted((*square, a, b))) for a, b in combinations(caps, 2) if b not in near[a]
        }
    return sorted(found)
