"""Metal-metal neighbours from positions alone, for shells and kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from superatom.structure.alignment import FloatArray

__all__ = ["REACH", "neighbour_distance", "neighbour_matrix"]

REACH = 1.2  # of the usual nearest distance; second neighbours of fcc are at 1.41


def neighbour_distance(points: FloatArray) -> float:
    """Return the median over the atoms of the distance to their nearest neighbour, Å.

    Half of all atoms have their nearest neighbour at most so far away, which neither a
    short contact nor a distant cap can change much. 0 for a single atom.
    """
    if len(points) < 2:
        return 0.0
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return float(np.median(apart.min(axis=1)))


def neighbour_matrix(points: FloatArray, cutoff: float | None = None) -> NDArray[np.bool_]:
    """Return which atoms are neighbours, shape (n, n), nothing on the diagonal.

    Parameters
    ----------
    points : ndarray, shape (n, 3)
        Positions of metals, Å.
    cutoff : float or None
        Largest distance, Å; None: 1.2 times the usual nearest distance.
    """
    reach = REACH * neighbour_distance(points) if cutoff is None else cutoff
    near = np.linalg.norm(points[:, None] - points[None], axis=2) <= reach
    np.fill_diagonal(near, False)
    return near
