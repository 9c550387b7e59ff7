"""Where a part of a ligand can stand: directions, turns and shapes about the atom that holds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.model.shell.ligand_units import Unit

__all__ = ["SIDES", "Direction", "free_directions", "pose_axes", "poses"]

FloatArray = NDArray[np.float64]

#: Where the tail of a thiolate that bridges two metals may stand.
SIDES = ("auto", "up", "down")

_BENT = np.cos(np.radians(105.0))  # tail-chalcogen-metal in thiolates
_CHALCOGENS = (16, 34, 52)
_CONE = 10  # directions tried for a thiolate on one metal
_TILT = np.radians(13.0)
_TILTS = 4
_MOST = 4000  # poses of one part


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """A way for a part to leave the atom that holds it.

    Attributes
    ----------
    axis : ndarray, shape (3,)
        Unit vector.
    side : str
        'up' or 'down' for thiolates that bridge two metals: on the side of the first metal's
        direction times (cross product) the second's, in the order of the motif, or opposite.
    """

    axis: FloatArray
    side: str = ""


def _unit(vectors: FloatArray) -> FloatArray:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9))


def free_directions(
    number: int, root: FloatArray, metals: FloatArray, side: str = "auto"
) -> tuple[Direction, ...]:
    """Return the directions in which a donor atom can carry the rest of its ligand.

    Parameters
    ----------
    number : int
        Atomic number of the donor.
    root : ndarray, shape (3,)
        Where it is, Å.
    metals : ndarray, shape (k, 3)
        The metals it holds.
    side : str
        One of `SIDES`; only thiolates on two metals have sides.

    Raises
    ------
    SearchError
        If there is no such side.
    """
    if side not in SIDES:
        raise SearchError(f"no side {side!r} for a ligand; choose from {', '.join(SIDES)}")
    to_metals = _unit(metals - root)
    away = -to_metals.sum(axis=0)
    if number in _CHALCOGENS and len(metals) == 1:
        return tuple(Direction(axis) for axis in _cone(to_metals[0]))
    if number in _CHALCOGENS and len(metals) == 2:
        both = _sides(to_metals)
        return tuple(d for d in both if side in ("auto", d.side))
    if np.linalg.norm(away) < 0.3:  # metals all around: out of their plane
        normal = np.linalg.svd(to_metals - to_metals.mean(axis=0))[2][2]
        return Direction(normal), Direction(-normal)
    return (Direction(_unit(away)),)


def _sides(to_metals: FloatArray) -> tuple[Direction, Direction]:
    first, second = to_metals
    away, normal = -_unit(first + second), _unit(np.cross(first, second))
    share = float(np.clip(_BENT / float(away @ first), -1.0, 1.0))
    across = np.sqrt(1.0 - share**2)
    up, down = share * away + across * normal, share * away - across * normal
    return Direction(up, "up"), Direction(down, "down")


def _cone(to_metal: FloatArray) -> FloatArray:
    x, y = _across(to_metal)
    turns = 2.0 * np.pi * np.arange(_CONE) / _CONE
    around = np.cos(turns)[:, None] * x + np.sin(turns)[:, None] * y
    return np.asarray(_BENT * to_metal + np.sqrt(1.0 - _BENT**2) * around)


def _across(axis: FloatArray) -> tuple[FloatArray, FloatArray]:
    helper = np.eye(3)[int(np.argmin(np.abs(axis)))]
    x = _unit(np.cross(helper, axis))
    return x, np.cross(axis, x)


def pose_axes(axes: Sequence[FloatArray]) -> tuple[FloatArray, NDArray[np.int64], FloatArray]:
    """Return each axis and four axes tilted from it by 13°.

    Returns
    -------
    ndarray, shape (5 d, 3)
        Axes.
    ndarray of int, shape (5 d,)
        Which of `axes` each belongs to.
    ndarray, shape (5 d,)
        Tilt, radians.
    """
    found, owner, tilt = [], [], []
    for k, axis in enumerate(axes):
        x, y = _across(axis)
        found.append(axis)
        for turn in 2.0 * np.pi * np.arange(_TILTS) / _TILTS:
            side = np.cos(turn) * x + np.sin(turn) * y
            found.append(np.cos(_TILT) * axis + np.sin(_TILT) * side)
        owner += [k] * (_TILTS + 1)
        tilt += [0.0] + [_TILT] * _TILTS
    return np.array(found), np.array(owner, dtype=np.int64), np.array(tilt)


def poses(unit: Unit, root: FloatArray, axes: FloatArray) -> tuple[FloatArray, NDArray[np.int64]]:
    """Return all poses of a part: its shapes, turned about each axis.

    Returns
    -------
    ndarray, shape (p, m, 3)
        Positions of its atoms, Å.
    ndarray of int, shape (p,)
        Axis of each pose.
    """
    shapes = unit.shapes
    round_z = np.linalg.norm(shapes[..., :2], axis=2).max() < 0.1
    room = max(_MOST // (len(axes) * len(shapes)), 6)
    turns = 1 if round_z else min(24, room)
    angles = 2.0 * np.pi * np.arange(turns) / turns
    cosine, sine = np.cos(angles), np.sin(angles)
    turned = np.empty((turns, *shapes.shape))
    turned[..., 0] = cosine[:, None, None] * shapes[..., 0] - sine[:, None, None] * shapes[..., 1]
    turned[..., 1] = sine[:, None, None] * shapes[..., 0] + cosine[:, None, None] * shapes[..., 1]
    turned[..., 2] = shapes[..., 2]
    frames = np.stack([np.stack([*_across(axis), axis]) for axis in axes])
    flat = turned.reshape(-1, *shapes.shape[1:])
    placed = np.einsum("pmi,aij->apmj", flat, frames, optimize=True) + root
    owner = np.repeat(np.arange(len(axes)), len(flat))
    return placed.reshape(-1, *shapes.shape[1:]), owner
