"""Metal-metal neighbours from positions alone, for shells and kernels."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from superatom.structure.alignment import FloatArray

__all__ = ["REACH", "neighbour_distance", "neighbour_matrix"]

REACH = 1.2  # of the usual nearest distance; second neighbours of fcc are at 1.41
_NEAREST = 3  # neighbours that every atom of a compact cluster has


def neighbour_distance(points: FloatArray) -> float:
    """Return the usual distance between neighbours, Å; 0 for a single atom.

    The median over the atoms of the mean distance to their three nearest: neither a short
    contact nor a distant cap changes it much, and noise less than it does the nearest alone.
    """
    if len(points) < 2:
        return 0.0
    apart = np.sort(np.linalg.norm(points[:, None] - points[None], axis=2), axis=1)
    return float(np.median(apart[:, 1 : 1 + _NEAREST].mean(axis=1)))


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
    return np.asarray(near)
