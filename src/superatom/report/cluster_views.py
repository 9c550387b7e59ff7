"""From which sides a cluster is looked at: along its symmetry axis, across it, turned."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.structure.pointgroup import point_group

__all__ = ["VIEWS", "cluster_axes", "seen_from"]

FloatArray = NDArray[np.float64]

#: Names of views.
VIEWS = ("along", "across", "back", "turned")
_TURN = np.radians([16.0, -22.0])  # about the horizontal and the vertical axis of the page
_CLEAR = 3  # least order of a rotation that decides how a cluster is seen
_MOST_ATOMS = 200  # of larger clusters the inertia axes are taken


def cluster_axes(points: FloatArray, inner: Sequence[int] = ()) -> FloatArray:
    """Return right-handed unit axes of a cluster, shape (3, 3), one in each row.

    The last is the rotation axis of highest order (of several, that nearest to an inertia
    axis) of all points within 0.6 Å; of the inner ones, where all have none of order three
    or more and the inner ones have; where nothing turns the cluster over itself, the axis along
    which it is flattest. The first is the longest direction across it.

    Parameters
    ----------
    points : ndarray of float, shape (n, 3)
        Positions of metals in Å.
    inner : sequence of int
        Those of the kernel.
    """
    centred = points - points.mean(axis=0)
    _, _, inertia = np.linalg.svd(np.vstack([centred, np.zeros((3, 3))]), full_matrices=False)
    axis = inertia[2]
    if len(points) <= _MOST_ATOMS:
        turning = _best_turning(points, inner)
        if len(turning):
            likeness = np.abs(turning @ inertia.T).max(axis=1).round(3)
            axis = turning[int(np.argmax(likeness))]
    across = inertia - np.outer(inertia @ axis, axis)
    spread = np.linalg.norm(centred @ across.T, axis=0) * (np.linalg.norm(across, axis=1) > 0.3)
    first = across[int(np.argmax(spread.round(3)))]
    first = first / np.linalg.norm(first)
    return np.stack([first, np.cross(axis, first), axis])


def _best_turning(points: FloatArray, inner: Sequence[int]) -> FloatArray:
    """Return the rotation axes of highest order, of all points or of the inner ones."""
    order, axes = _turning_axes(points)
    if order < _CLEAR and 0 < len(inner) < len(points):
        inner_order, inner_axes = _turning_axes(points[list(inner)])
        if inner_order >= _CLEAR:
            return inner_axes
    return axes


def _turning_axes(points: FloatArray) -> tuple[int, FloatArray]:
    """Return the highest order of a rotation and the axes it has, shape (m, 3)."""
    if len(points) < 2:
        return 0, np.zeros((0, 3))
    turns = [op for op in point_group(points).operations if op.symbol[0] == "C"]
    orders = [int(op.symbol[1:].split("^")[0]) for op in turns if op.symbol[1:2].isdigit()]
    top = max(orders, default=0)
    axes = [op.axis for op in turns if op.symbol.startswith(f"C{top}")]
    return top, np.array(axes, dtype=np.float64).reshape(-1, 3)


def seen_from(axes: FloatArray, view: str) -> FloatArray:
    """Return the matrix that turns positions to (right, up, toward the reader).

    Parameters
    ----------
    axes : ndarray of float, shape (3, 3)
        From `cluster_axes`.
    view : str
        'along' the last axis; 'across' it, from the side, with that axis lying to the right;
        'back', along it from behind; 'turned', between along and across.

    Raises
    ------
    SearchError
        If there is no such view.
    """
    if view not in VIEWS:
        raise SearchError(f"no view {view!r}; choose from {', '.join(VIEWS)}")
    first, second, axis = axes
    if view == "along":
        return np.stack([first, second, axis])
    if view == "back":
        return np.stack([-first, second, -axis])
    side = np.stack([axis, first, second])
    return side if view == "across" else _tilt() @ side


def _tilt() -> FloatArray:
    (cx, cy), (sx, sy) = np.cos(_TURN), np.sin(_TURN)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    return np.asarray(about_x @ about_y)
