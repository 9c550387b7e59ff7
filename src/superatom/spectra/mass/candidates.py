"""Enumerate the compositions of a search space in a mass window by meeting in the middle.

The key is the average mass, which is additive over the parts; the monoisotopic mass would be
additive too, but its isotopologue is invisible for many metals. The parts are split into two
halves of similar size; all sums of one half are sorted, and for each sum of the other half two
binary searches give the partners that reach the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.spectra.mass.space import SearchSpace
from superatom.spectra.mass.space_parts import SpacePart

__all__ = ["Candidates", "candidates_in", "count_in"]

#: More candidates than this in one mass window say nothing about what is in it.
LIMIT = 20_000_000
_HALF_LIMIT = 30_000_000

Counts = NDArray[np.int16]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Compositions of a search space.

    Attributes
    ----------
    space : SearchSpace
        Where they come from.
    counts : ndarray of int16, shape (n, n_parts)
        Number of each part, columns as `space.parts`.
    charge : ndarray of int16, shape (n,)
        Charge of the ion.
    mass : ndarray, shape (n,)
        Average mass of the neutral composition in u.
    """

    space: SearchSpace
    counts: Counts
    charge: NDArray[np.int16]
    mass: NDArray[np.float64]

    def __len__(self) -> int:
        return int(self.charge.size)

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Candidates:
        """Return some of the candidates."""
        return Candidates(self.space, self.counts[rows], self.charge[rows], self.mass[rows])

    def elements(self) -> NDArray[np.int64]:
        """Return their atoms, shape (n, n_elements), columns as `space.symbols`."""
        return self.counts.astype(np.int64) @ self.space.element_matrix()


@dataclass(frozen=True, slots=True, eq=False)
class _Half:
    """All combinations of some parts, by ascending mass."""

    parts: tuple[SpacePart, ...]
    mass: NDArray[np.float64]
    order: NDArray[np.int32]

    def counts(self, rows: NDArray[np.int64]) -> Counts:
        """Return the counts of the parts for places in the sorted order, shape (n, n_parts)."""
        shape = [part.high - part.low + 1 for part in self.parts]
        found = np.empty((len(rows), len(self.parts)), dtype=np.int16)
        number = self.order[rows]
        for column in range(len(self.parts) - 1, -1, -1):
            number, digit = np.divmod(number, np.int32(shape[column]))
            found[:, column] = digit + self.parts[column].low
        return found


def _half(parts: tuple[SpacePart, ...], masses: NDArray[np.float64]) -> _Half:
    total = np.zeros(1)
    for part, mass in zip(parts, masses, strict=True):
        steps = mass * np.arange(part.low, part.high + 1)
        total = (total[:, None] + steps).ravel()
    order = np.argsort(total, kind="stable").astype(np.int32)
    return _Half(parts, total[order], order)


@lru_cache(maxsize=8)
def _halves(parts: tuple[SpacePart, ...]) -> tuple[_Half, _Half, tuple[int, ...]]:
    """Return two halves of similar size and the places of their parts in the space."""
    from superatom.spectra.mass.isotopes import average_mass

    masses = np.array([average_mass(dict(part.elements)) for part in parts])
    spans = [part.high - part.low + 1 for part in parts]
    sizes, members = [1.0, 1.0], ([], [])  # type: tuple[list[float], tuple[list[int], list[int]]]
    for place in sorted(range(len(parts)), key=lambda place: -spans[place]):
        smaller = 0 if sizes[0] <= sizes[1] else 1
        sizes[smaller] *= spans[place]
        members[smaller].append(place)
    if max(sizes) > _HALF_LIMIT:
        raise SearchError(
            f"the search space has {sizes[0] * sizes[1]:.1e} compositions, too many to be useful; "
            "fix some counts"
        )
    first, second = (
        _half(tuple(parts[place] for place in group), masses[group]) for group in members
    )
    return first, second, (*members[0], *members[1])


def count_in(space: SearchSpace, low: float, high: float) -> int:
    """Return how many compositions have an average mass in a window in u, limits aside."""
    first, second, _ = _halves(space.parts)
    begin = np.searchsorted(second.mass, low - first.mass, side="left")
    end = np.searchsorted(second.mass, high - first.mass, side="right")
    return int((end - begin).sum())


def candidates_in(
    space: SearchSpace, low: float, high: float, charge: int, limit: int = LIMIT
) -> Candidates:
    """Return the compositions of a space whose average mass lies in a window.

    Parameters
    ----------
    space : SearchSpace
        Where to look.
    low, high : float
        Window of the average mass of the neutral composition in u.
    charge : int
        Charge of the ion, for limits on electrons.
    limit : int
        Refuse to list more than this.

    Raises
    ------
    SearchError
        If there are more than `limit`; says how many and what to cut.
    """
    first, second, places = _halves(space.parts)
    begin = np.searchsorted(second.mass, low - first.mass, side="left")
    end = np.searchsorted(second.mass, high - first.mass, side="right")
    width = end - begin
    total = int(width.sum())
    if total > limit:
        raise SearchError(
            f"{total} compositions lie between {low:.3f} and {high:.3f} u, more than the {limit} "
            f"that can be told apart; {space.cut_to(total / limit)}"
        )
    one = np.repeat(np.arange(len(width)), width)
    two = np.arange(total) - np.repeat(np.cumsum(width) - width, width) + np.repeat(begin, width)
    mass = first.mass[one] + second.mass[two]
    counts = np.empty((total, len(space.parts)), dtype=np.int16)
    split = len(first.parts)
    counts[:, places[:split]] = first.counts(one)
    counts[:, places[split:]] = second.counts(two)
    charges = np.full(total, charge, dtype=np.int16)
    found = Candidates(space, counts, charges, mass)
    fine = space.allowed(counts.astype(np.int64), charges.astype(np.int64)) if total else None
    return found if fine is None or bool(fine.all()) else found.take(fine)
