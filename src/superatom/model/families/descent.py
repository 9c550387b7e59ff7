"""Descent to the nearest minimum by L-BFGS.

Own because models are small: the one of scipy spends most of its time in threads that the
linear algebra library starts for matrices of twenty rows.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

__all__ = ["descend"]

FloatArray = NDArray[np.float64]
Score = Callable[[FloatArray], tuple[float, FloatArray]]

_MEMORY = 20
_LONGEST = 0.5  # Å that a coordinate moves in one step
_ARMIJO = 1e-4
_HALVINGS = 30
_SLOPE = 1e-5  # largest gradient at a minimum
_GAIN = 1e-9  # relative gain in energy below which the descent is over


def descend(score: Score, start: FloatArray, steps: int) -> tuple[FloatArray, float]:
    """Return a point of least score near `start`, and the score there.

    Limited-memory BFGS with two-loop recursion and backtracking (Nocedal,
    10.1090/S0025-5718-1980-0572855-7).

    Parameters
    ----------
    score : callable
        Value and gradient at a point, shape (n,).
    start : ndarray, shape (n,)
        Start.
    steps : int
        Most iterations.
    """
    point, (value, slope) = start.copy(), score(start)
    memory: deque[tuple[FloatArray, FloatArray]] = deque(maxlen=_MEMORY)
    for _ in range(steps):
        if np.abs(slope).max() < _SLOPE:
            break
        found = _step(score, point, value, slope, _direction(slope, memory))
        if found is None and memory:
            memory.clear()
            continue
        if found is None:
            break
        there, lower, new_slope = found
        moved, turned = there - point, new_slope - slope
        if moved @ turned > 1e-12:
            memory.append((moved, turned))
        gain = value - lower
        point, value, slope = there, lower, new_slope
        if gain < _GAIN * max(value, 1e-3):
            break
    return point, float(value)


def _direction(slope: FloatArray, memory: deque[tuple[FloatArray, FloatArray]]) -> FloatArray:
    """Return the quasi-Newton step, cut where a coordinate would move too far."""
    step = -slope
    shares = []
    for moved, turned in reversed(memory):
        share = float(moved @ step) / float(moved @ turned)
        shares.append(share)
        step = step - share * turned
    if memory:
        moved, turned = memory[-1]
        step = step * (float(moved @ turned) / float(turned @ turned))
    for (moved, turned), share in zip(memory, reversed(shares), strict=True):
        step = step + moved * (share - float(turned @ step) / float(moved @ turned))
    longest = float(np.abs(step).max())
    return step * min(1.0, _LONGEST / longest) if longest > 0.0 else step


def _step(
    score: Score, point: FloatArray, value: float, slope: FloatArray, step: FloatArray
) -> tuple[FloatArray, float, FloatArray] | None:
    """Return the first point along `step`, halved again and again, that is lower enough."""
    along = float(slope @ step)
    if along >= 0.0:
        return None
    share = 1.0
    for _ in range(_HALVINGS):
        there = point + share * step
        lower, new_slope = score(there)
        if lower <= value + _ARMIJO * share * along:
            return there, lower, new_slope
        share *= 0.5
    return None
