"""Search for the largest group among permutations that fit the atoms within a tolerance."""

from __future__ import annotations

import numpy as np

from superatom.structure.alignment import FloatArray, IntArray, Matches, fit_orthogonal
from superatom.structure.operations import permutation_orders, turns_as_one
from superatom.structure.permutations import close
from superatom.structure.schoenflies import is_point_group

__all__ = ["SiteFits", "largest_group"]

_SEEDS = 40  # operations tried as the start of a group


class SiteFits:
    """RMSD of extended permutations, each computed once.

    A permutation is extended by two points that improper operations exchange, so that
    planar clusters, where an operation and its mirror image permute alike, stay faithful.
    """

    def __init__(self, points: FloatArray, tolerance: float) -> None:
        self.points = points
        self.tolerance = tolerance
        self.known: dict[bytes, float] = {}

    def extended(self, permutations: IntArray, parity: IntArray) -> IntArray:
        """Return permutations with the two points that tell the parity, shape (m, n + 2)."""
        n = len(self.points)
        flips = np.where(parity[:, None] > 0, [n, n + 1], [n + 1, n])
        return np.hstack([permutations, flips])

    def parity(self, rows: IntArray) -> IntArray:
        """Return the determinants that the last two points tell, shape (m,)."""
        return np.where(rows[:, -2] == len(self.points), 1, -1).astype(np.int64)

    def matrices(self, rows: IntArray) -> tuple[FloatArray, FloatArray]:
        """Return the best orthogonal matrix of each row and its RMSD in Å."""
        return fit_orthogonal(self.points, self.points[rows[:, :-2]], self.parity(rows))

    def accept(self, rows: IntArray) -> bool:
        """Whether all `rows` can be operations of a solid and fit within the tolerance."""
        if not turns_as_one(rows[:, :-2], self.parity(rows)):
            return False
        new = np.array([row for row in rows if row.tobytes() not in self.known], dtype=np.int64)
        if len(new):
            for row, value in zip(new, self.matrices(new)[1], strict=True):
                self.known[row.tobytes()] = float(value)
        return all(self.known[row.tobytes()] <= self.tolerance for row in rows)


def largest_group(fits: SiteFits, found: Matches) -> IntArray:
    """Return the largest closed set of extended permutations within the tolerance."""
    pool = fits.extended(found.permutations, found.parity)
    identity = np.arange(pool.shape[1], dtype=np.int64)
    best = identity[None]
    members = {identity.tobytes()}
    limit = max(240, 8 * len(fits.points))
    for seed in pool[:_SEEDS]:
        if seed.tobytes() not in members:
            group = _grow(fits, seed, pool, limit)
            if len(group) > len(best):
                best, members = group, {row.tobytes() for row in group}
    return best


def _grow(fits: SiteFits, seed: IntArray, pool: IntArray, limit: int) -> IntArray:
    """Return the group grown from `seed` by adding operations, best fitting first."""
    generators = seed[None]
    group = close(generators, limit=limit, accept=fits.accept)
    if group is None:
        return np.arange(len(seed), dtype=np.int64)[None]
    members = {row.tobytes() for row in group}
    for row in pool:
        if row.tobytes() in members:
            continue
        wider = close(np.vstack([generators, row]), start=group, limit=limit, accept=fits.accept)
        if wider is not None and is_point_group(fits.parity(wider), permutation_orders(wider)):
            generators, group = np.vstack([generators, row]), wider
            members = {row.tobytes() for row in group}
    return group
