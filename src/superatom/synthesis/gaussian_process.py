"""A Gaussian process for few experiments over numbers and categories.

Kernel: Matérn 5/2 with one length per number, times exp(-1/l) for every category in which two
runs differ. Lengths, height and noise maximise the marginal likelihood times log-normal priors
(Rasmussen and Williams, Gaussian Processes for Machine Learning, 2006, chapters 4 and 5).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from superatom.errors import ComputationError
from superatom.synthesis.conditions import Floats

__all__ = ["GaussianProcess", "learn"]

#: Means and widths of the priors on ln(length), ln(height), ln(noise), in units of the range of
#: a condition and of the spread of the results: effects smooth over the range, noise small.
_PRIOR_LENGTH = (-0.5, 0.8)
_PRIOR_CATEGORY = (0.5, 1.0)
_PRIOR_HEIGHT = (0.0, 0.7)
_PRIOR_NOISE = (-4.0, 1.3)
_BOUND = 3.5  # widths of the prior within which a parameter is sought
_JITTER = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class GaussianProcess:
    """What experiments say about all others.

    Attributes
    ----------
    points : ndarray, shape (runs, conditions)
        Experiments; numbers from 0 to 1 first, then numbers of options.
    results : ndarray, shape (runs,)
        What came of them.
    numbers : int
        How many conditions are numbers.
    logs : ndarray
        Logarithms of the lengths, of the height and of the noise.
    mean, scale : float
        By which results are shifted and divided.
    root : ndarray, shape (runs, runs)
        Cholesky factor of the covariance.
    weights : ndarray, shape (runs,)
        Inverse covariance times results.
    """

    points: Floats
    results: Floats
    numbers: int
    logs: Floats
    mean: float
    scale: float
    root: Floats
    weights: Floats

    @property
    def lengths(self) -> Floats:
        """Lengths of the conditions, in units of their range; long ones matter little."""
        return np.asarray(np.exp(self.logs[:-2]))

    @property
    def noise(self) -> float:
        """Standard deviation of a repeated experiment, in the unit of the results."""
        return float(np.exp(self.logs[-1])) * self.scale

    def predict(self, points: Floats) -> tuple[Floats, Floats]:
        """Return mean and standard deviation of the result at `points`, noise left out."""
        from scipy.linalg import solve_triangular

        cross = _kernel(points, self.points, self.numbers, self.logs)
        spread = solve_triangular(self.root, cross.T, lower=True)
        variance = np.exp(2 * self.logs[-2]) - np.sum(spread**2, axis=0)
        deviation = np.sqrt(np.maximum(variance, 1e-12))
        return self.mean + self.scale * (cross @ self.weights), self.scale * deviation

    def given(self, points: Floats, results: Floats) -> GaussianProcess:
        """Return the process with these experiments in place of its own, parameters kept."""
        return _condition(points, results, self.numbers, self.logs)


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
    scaled, _, _ = _standard(results)
    distances = _distances(points, points, numbers)
    generator = np.random.default_rng(len(results))
    best: tuple[float, Floats] | None = None
    for number in range(starts):
        shift = generator.normal(size=len(centre)) * width * (number > 0)
        found = minimize(
            _loss,
            centre + shift,
            args=(distances, scaled, numbers, centre, width),
            jac=True,
            method="L-BFGS-B",
            bounds=list(zip(centre - _BOUND * width, centre + _BOUND * width, strict=True)),
            options={"maxiter": 60},
        )
        if np.isfinite(found.fun) and (best is None or found.fun < best[0]):
            best = (float(found.fun), np.asarray(found.x, dtype=float))
    if best is None:
        raise ComputationError("no Gaussian process fits the results: are they all numbers?")
    return _condition(points, results, numbers, best[1])


def _condition(points: Floats, results: Floats, numbers: int, logs: Floats) -> GaussianProcess:
    from scipy.linalg import cho_solve

    scaled, mean, scale = _standard(results)
    covariance = _kernel(points, points, numbers, logs)
    covariance[np.diag_indices_from(covariance)] += np.exp(2 * logs[-1]) + _JITTER
    root = np.asarray(np.linalg.cholesky(covariance), dtype=float)
    weights = np.asarray(cho_solve((root, True), scaled), dtype=float)
    return GaussianProcess(points, results, numbers, logs, mean, scale, root, weights)


def _priors(conditions: int, numbers: int) -> tuple[Floats, Floats]:
    """Return centres and widths; lengths grow with the root of the number of conditions."""
    rows = [_PRIOR_LENGTH] * numbers + [_PRIOR_CATEGORY] * (conditions - numbers)
    table = np.array([*rows, _PRIOR_HEIGHT, _PRIOR_NOISE])
    table[:numbers, 0] += 0.5 * np.log(max(numbers, 1) / 2.0)
    return table[:, 0], table[:, 1]


def _standard(results: Floats) -> tuple[Floats, float, float]:
    mean, scale = float(np.mean(results)), float(np.std(results))
    scale = scale if scale > 1e-12 * max(1.0, abs(mean)) else 1.0
    return (results - mean) / scale, mean, scale


def _distances(a: Floats, b: Floats, numbers: int) -> Floats:
    """Return squared differences of numbers and 0 or 1 for categories, (conditions, a, b)."""
    apart = a[:, None, :] - b[None, :, :]
    squares = np.where(np.arange(a.shape[1]) < numbers, apart**2, apart != 0)
    return np.ascontiguousarray(np.moveaxis(squares, 2, 0))


def _kernel(a: Floats, b: Floats, numbers: int, logs: Floats) -> Floats:
    return _parts(_distances(a, b, numbers), numbers, logs)[0]


def _parts(distances: Floats, numbers: int, logs: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the kernel, sqrt(5) r, and what multiplies it for categories and height."""
    r = np.sqrt(5.0 * np.tensordot(np.exp(-2 * logs[:numbers]), distances[:numbers], 1))
    gaps = np.tensordot(np.exp(-logs[numbers:-2]), distances[numbers:], 1)
    factor = np.exp(2 * logs[-2] - gaps)
    return factor * (1 + r + r**2 / 3) * np.exp(-r), r, factor


def _loss(
    logs: Floats, distances: Floats, results: Floats, numbers: int, centre: Floats, width: Floats
) -> tuple[float, Floats]:
    """Return minus the log posterior and its gradient."""
    from scipy.linalg import cho_solve

    kernel, r, factor = _parts(distances, numbers, logs)
    noise = np.exp(2 * logs[-1])
    covariance = kernel + (noise + _JITTER) * np.eye(len(results))
    root = np.linalg.cholesky(covariance)
    weights = cho_solve((root, True), results)
    inverse = cho_solve((root, True), np.eye(len(results)))
    outer = inverse - np.outer(weights, weights)  # 2 dL/dK
    bend = factor * (1 + r) * np.exp(-r) * (5.0 / 3.0)
    gradient = np.empty(len(logs))
    slopes = np.tensordot(distances[:numbers], outer * bend, ([1, 2], [0, 1]))
    gradient[:numbers] = 0.5 * slopes * np.exp(-2 * logs[:numbers])
    slopes = np.tensordot(distances[numbers:], outer * kernel, ([1, 2], [0, 1]))
    gradient[numbers:-2] = 0.5 * slopes * np.exp(-logs[numbers:-2])
    gradient[-2] = np.sum(outer * kernel)
    gradient[-1] = noise * np.trace(outer)
    off = (logs - centre) / width
    value = 0.5 * results @ weights + np.sum(np.log(np.diag(root))) + 0.5 * off @ off
    return float(value), gradient + off / width
