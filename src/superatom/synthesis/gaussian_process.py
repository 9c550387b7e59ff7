"""A Gaussian process for few experiments over numbers and categories.

Kernel: Matérn 5/2 with one length per number, times exp(-1/l) for every category in which two
runs differ; and, added to it, the mean of such kernels of one condition each, so that what a
condition does whatever the others are is learned from few runs (Duvenaud, Nickisch and Rasmussen,
Additive Gaussian Processes, 2011, 10.48550/arXiv.1112.4394). Before any run the process expects a
flat hill in the middle of the ranges, because ranges are chosen so that the best lies inside them;
runs overrule it. Lengths, heights, noise and the shape
of the scale of the results maximise the marginal likelihood times priors (Rasmussen and Williams,
Gaussian Processes for Machine Learning, 2006, chapters 4 and 5; for the scale Snelson, Rasmussen
and Ghahramani, Warped Gaussian Processes, 2003).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from superatom.errors import ComputationError
from superatom.synthesis.conditions import Floats
from superatom.synthesis.result_scale import ResultScale

__all__ = ["GaussianProcess", "learn"]

#: Means and widths of the priors on ln(length), ln(height), ln(noise), in units of the range of
#: a condition and of the spread of the results: effects smooth over the range, noise small.
_PRIOR_LENGTH = (-1.0, 0.8)
_PRIOR_CATEGORY = (0.5, 1.0)
_PRIOR_HEIGHT = (0.0, 0.7)
_PRIOR_ADDED = (0.0, 1.0)
_PRIOR_NOISE = (-4.0, 1.3)
_PRIOR_SHAPE = (1.0, 0.5)
_BOUND = 3.5  # widths of the prior within which a parameter is sought
_SHAPES = (0.0, 2.0)  # where the scale of the results can be turned back
_JITTER = 1e-8
_TURNS = 40
_SHIFT = 1e-4  # of the shape, for its slope
#: How far the corners lie below the middle before any run, in standard deviations of the results.
_HILL = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class GaussianProcess:
    """What experiments say about all others.

    Attributes
    ----------
    points : ndarray, shape (runs, conditions)
        Experiments; numbers from 0 to 1 first, then numbers of options.
    values : ndarray, shape (runs,)
        What came of them, on the scale.
    numbers : int
        How many conditions are numbers.
    logs : ndarray
        Logarithms of the lengths, of the two heights and of the noise.
    scale : ResultScale
        From results to values and back.
    root : ndarray, shape (runs, runs)
        Cholesky factor of the covariance.
    weights : ndarray, shape (runs,)
        Inverse covariance times values less the hill expected before.
    """

    points: Floats
    values: Floats
    numbers: int
    logs: Floats
    scale: ResultScale
    root: Floats
    weights: Floats

    @property
    def lengths(self) -> Floats:
        """Lengths of the conditions, in units of their range; long ones matter little."""
        return np.asarray(np.exp(self.logs[:-3]))

    @property
    def unknown(self) -> float:
        """Standard deviation of a value far from all runs."""
        return float(np.sqrt(np.exp(2 * self.logs[-3]) + np.exp(2 * self.logs[-2])))

    @property
    def noise(self) -> float:
        """Standard deviation of a repeated experiment near the median, in its unit."""
        return self.width(0.0, float(np.exp(self.logs[-1])))

    def width(self, value: float, deviation: float) -> float:
        """Return a standard deviation around a value, turned back into the unit of results."""
        low, high = self.scale.restore(np.array([value - deviation, value + deviation]))
        return float(high - low) / 2.0

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of the values at `points`, noise left out."""
        from scipy.linalg import solve_triangular

        cross = _kernel(points, self.points, self.numbers, self.logs)
        spread = solve_triangular(self.root, cross.T, lower=True)
        variance = self.unknown**2 - np.sum(spread**2, axis=0)
        expected = _hill(points, self.numbers) + cross @ self.weights
        return expected, np.sqrt(np.maximum(variance, 1e-10))

    def given(self, points: Floats, values: Floats) -> GaussianProcess:
        """Return the process with these experiments in place of its own, parameters kept."""
        return _condition(points, values, self.numbers, self.logs, self.scale)


def learn(points: Floats, results: Floats, numbers: int, *, starts: int = 2) -> GaussianProcess:
    """Fit a process to experiments.

    Parameters
    ----------
    points : ndarray, shape (runs, conditions)
        As `Conditions.encode` gives them.
    results : ndarray, shape (runs,)
        In any unit.
    numbers : int
        How many of the conditions are numbers; the others are categories.
    starts : int
        From how many places the search for lengths begins.
    """
    from scipy.optimize import minimize

    centre, width = _priors(points.shape[1], numbers)
    low, high = centre - _BOUND * width, centre + _BOUND * width
    low[-1], high[-1] = _SHAPES
    distances, hill = _distances(points, points, numbers), _hill(points, numbers)
    generator = np.random.default_rng(len(results))
    best: tuple[float, Floats] | None = None
    for number in range(starts):
        shift = generator.normal(size=len(centre)) * width * (number > 0)
        found = minimize(
            _loss,
            np.clip(centre + shift, low, high),
            args=(distances, results, hill, numbers, centre, width),
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(low, high, strict=True)),
            options={"maxiter": _TURNS},
        )
        if np.isfinite(found.fun) and (best is None or found.fun < best[0]):
            best = (float(found.fun), np.asarray(found.x, dtype=float))
    if best is None:
        raise ComputationError("no Gaussian process fits the results: are they all numbers?")
    *logs, shape = best[1]
    scale, values, _ = ResultScale.of(results, float(shape))
    return _condition(points, values, numbers, np.array(logs), scale)


def _condition(
    points: Floats, values: Floats, numbers: int, logs: Floats, scale: ResultScale
) -> GaussianProcess:
    from scipy.linalg import cho_solve

    covariance = _kernel(points, points, numbers, logs)
    covariance[np.diag_indices_from(covariance)] += np.exp(2 * logs[-1]) + _JITTER
    root = np.asarray(np.linalg.cholesky(covariance), dtype=float)
    rest = values - _hill(points, numbers)
    weights = np.asarray(cho_solve((root, True), rest), dtype=float)
    return GaussianProcess(points, values, numbers, logs, scale, root, weights)


def _priors(conditions: int, numbers: int) -> tuple[Floats, Floats]:
    """Return centres and widths; lengths grow with the root of the number of conditions."""
    rows = [_PRIOR_LENGTH] * numbers + [_PRIOR_CATEGORY] * (conditions - numbers)
    table = np.array([*rows, _PRIOR_HEIGHT, _PRIOR_ADDED, _PRIOR_NOISE, _PRIOR_SHAPE])
    table[:numbers, 0] += 0.5 * np.log(max(numbers, 1) / 2.0)
    return table[:, 0], table[:, 1]


def _hill(points: Floats, numbers: int) -> Floats:
    """Return what is expected before any run: 0 on average over the ranges, high amid them."""
    if not numbers:
        return np.zeros(len(points))
    outward = np.mean((2.0 * points[:, :numbers] - 1.0) ** 2, axis=1)
    return np.asarray(_HILL * (1.0 / 3.0 - outward))


def _distances(a: Floats, b: Floats, numbers: int) -> Floats:
    """Return squared differences of numbers and 0 or 1 for categories, (conditions, a, b)."""
    apart = a[:, None, :] - b[None, :, :]
    squares = np.where(np.arange(a.shape[1]) < numbers, apart**2, apart != 0)
    return np.ascontiguousarray(np.moveaxis(squares, 2, 0))


def _kernel(a: Floats, b: Floats, numbers: int, logs: Floats) -> Floats:
    product, added, _ = _parts(_distances(a, b, numbers), numbers, logs)
    return product + added


def _parts(distances: Floats, numbers: int, logs: Floats) -> tuple[Floats, Floats, Floats]:
    """Return both kernels and the slope of their sum against ln(lengths), (conditions, a, b)."""
    inverse = np.exp(-logs[:-3])[:, None, None]
    heights = np.exp(2 * logs[-3:-1])
    r = np.sqrt(5.0 * distances[:numbers]) * inverse[:numbers]
    gaps = distances[numbers:] * inverse[numbers:]
    whole = np.sqrt(np.sum(r**2, axis=0))
    fall = heights[0] * np.exp(-whole - np.sum(gaps, axis=0))
    product = fall * (1 + whole + whole**2 / 3)
    falls, others = np.exp(-r), np.exp(-gaps)
    share = heights[1] / len(distances)
    added = share * (((1 + r + r**2 / 3) * falls).sum(axis=0) + others.sum(axis=0))
    bends = r**2 / 3 * (fall * (1 + whole) + share * (1 + r) * falls)
    return product, added, np.concatenate([bends, gaps * (product + share * others)])


def _loss(
    parameters: Floats,
    distances: Floats,
    results: Floats,
    hill: Floats,
    numbers: int,
    centre: Floats,
    width: Floats,
) -> tuple[float, Floats]:
    """Return minus the log posterior and its gradient; parameters are `logs` and the shape."""
    logs, shape = parameters[:-1], float(parameters[-1])
    _, values, stretch = ResultScale.of(results, shape)
    product, added, bends = _parts(distances, numbers, logs)
    noise = np.exp(2 * logs[-1])
    covariance = product + added + (noise + _JITTER) * np.eye(len(values))
    root = np.linalg.cholesky(covariance)
    inverse = np.linalg.inv(covariance)
    rest = values - hill
    weights = inverse @ rest
    outer = inverse - np.outer(weights, weights)  # 2 dL/dK
    gradient = np.empty(len(parameters))
    gradient[:-4] = 0.5 * np.tensordot(bends, outer, 2)
    gradient[-4:-1] = np.sum(outer * product), np.sum(outer * added), noise * np.trace(outer)
    gradient[-1] = _shape_slope(results, shape, inverse, hill)
    off = (parameters - centre) / width
    value = 0.5 * rest @ weights + np.sum(np.log(np.diag(root))) - stretch + 0.5 * off @ off
    return float(value), gradient + off / width


def _shape_slope(results: Floats, shape: float, inverse: Floats, hill: Floats) -> float:
    """Return how the likelihood falls with the shape; the covariance does not know of it."""
    ends = []
    for sign in (-1.0, 1.0):
        _, values, stretch = ResultScale.of(results, shape + sign * _SHIFT)
        rest = values - hill
        ends.append(0.5 * float(rest @ inverse @ rest) - stretch)
    return (ends[1] - ends[0]) / (2.0 * _SHIFT)
