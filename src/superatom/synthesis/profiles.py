"""Confidence intervals of parameters that enter a model in a curved way.

The linear interval is checked at both ends: there, with the other parameters fitted anew, the
sum of squares has risen by t^2 s^2 if the linear theory holds. Where it has not, the ends are
sought on the profile (Bates and Watts, Nonlinear Regression Analysis, 1988,
10.1002/9780470316757, chapter 6).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

import numpy as np

from superatom.errors import ComputationError
from superatom.synthesis.kinetics import Floats

__all__ = ["checked_interval"]

Solve: TypeAlias = Callable[[Floats, int], tuple[Floats, float]]
_HOLDS = (0.85, 1.15)  # profile t over linear t within which the linear theory is believed
_WIDEST = float(np.log(1e2))  # an interval that reaches further has no end
_TRIES = 5


def checked_interval(
    solve: Solve,
    logs: Floats,
    place: int,
    error: float,
    best: float,
    spread: float,
    freedom: int,
    confidence: float,
) -> tuple[float, float, str]:
    """Return an interval of one parameter and how it was found.

    Parameters
    ----------
    solve : callable
        Given all parameters and the place of one to keep, returns the best parameters and
        the sum of squares.
    logs : ndarray
        Logarithms of the best parameters.
    place : int
        Which parameter.
    error : float
        Standard error of its logarithm in the linear theory.
    best : float
        Sum of squares at the best parameters.
    spread : float
        Residual standard deviation.
    freedom : int
        Degrees of freedom.
    confidence : float
        Such as 0.95.

    Returns
    -------
    low, high : float
        Values, not logarithms; 0 or infinity where the data set no end.
    method : str
        'linearised' or 'profile'.
    """
    from scipy.stats import t as student

    quantile = float(student.ppf(0.5 + confidence / 2.0, freedom))
    span = min(quantile * error, _WIDEST)

    def height(shift: float) -> float:
        """Return the profile's t at a shift of the logarithm, without its sign."""
        moved = logs.copy()
        moved[place] += shift
        try:
            cost = solve(moved, place)[1]
        except ComputationError:  # rates so fast that they cannot be followed: far outside
            return float("inf")
        return float(np.sqrt(max(cost - best, 0.0))) / max(spread, 1e-300)

    ends = [(sign, height(sign * span)) for sign in (-1.0, 1.0)]
    if span < _WIDEST and all(_HOLDS[0] < t / quantile < _HOLDS[1] for _, t in ends):
        return float(np.exp(logs[place] - span)), float(np.exp(logs[place] + span)), "linearised"
    low, high = (_end(height, sign, span, t, quantile) for sign, t in ends)
    return (
        float(np.exp(logs[place] - low)),
        float(np.exp(logs[place] + high)),
        "profile",
    )


def _end(
    height: Callable[[float], float], sign: float, span: float, t: float, quantile: float
) -> float:
    """Return how far the profile stays below the quantile on one side; infinite if it does."""
    near, far = (0.0, span) if t >= quantile else (span, span)
    while t < quantile:
        if far >= _WIDEST:
            return float("inf")
        near, far = far, min(max(2.0 * far, 1e-6), _WIDEST)
        t = height(sign * far)
    for _ in range(_TRIES):
        middle = 0.5 * (near + far)
        near, far = (middle, far) if height(sign * middle) < quantile else (near, middle)
    return 0.5 * (near + far)
