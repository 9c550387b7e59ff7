"""Which experiments to do next: expected improvement over a Gaussian process.

Sought around the best run first, in a region shaped by the lengths of the process, and beyond it
only for a multiple of the improvement (after the trust regions of Eriksson et al., 2019,
10.48550/arXiv.1910.01739). Batches by the kriging believer: a suggestion is taken to give what is
predicted before the next is sought (Ginsbourger et al., 2010, 10.1007/978-3-642-10701-6_6).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from superatom.errors import SearchError
from superatom.provenance import Provenance, stamp
from superatom.synthesis.conditions import Conditions, Experiments, Floats
from superatom.synthesis.gaussian_process import GaussianProcess, learn

__all__ = ["GOALS", "Suggestion", "Suggestions", "suggest"]

GOALS = ("maximise", "minimise")
_SCATTER = 512  # points among which the best is sought before it is polished
_POLISHED = 4
_WIDTHS = (0.05, 0.02, 0.007, 0.003)  # of the clouds that polish it
_REACH = 0.25  # share of a range by which a suggestion leaves the best run
_STRETCH = (0.5, 2.0)  # how much less or more for a condition that matters much or little
_FAR = float(np.log(10.0))  # how much more improvement it takes to go farther
_DESIGNS = 64  # even spreads compared before the first runs
_INNER = 0.7  # share of each range, in its middle, over which they spread: corners mostly fail
_CLOUD = 24
_NODES = 128  # at which an expected improvement is summed up
_FEW = 3  # experiments below which only an even spread makes sense
_ALIKE = 1e-6
_NEAR = 0.5  # share of the uncertainty far from all runs below which a point exploits


@dataclass(frozen=True, slots=True)
class Suggestion:
    """An experiment worth doing.

    Attributes
    ----------
    conditions : Mapping[str, float or str]
        What to set.
    predicted : float or None
        Result expected, in the unit of the objective; None while there are too few runs.
    uncertainty : float or None
        Standard deviation of that expectation.
    improvement : float or None
        Expected improvement over the best result so far.
    intent : str
        'explore', 'exploit' or 'spread' (no model yet).
    nearest : int or None
        Number of the nearest run done, from 1.
    nearest_result : float or None
        Its result.
    reason : str
        All of that in a sentence.
    """

    conditions: Mapping[str, float | str]
    predicted: float | None
    uncertainty: float | None
    improvement: float | None
    intent: str
    nearest: int | None
    nearest_result: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """A batch of experiments to do next.

    Attributes
    ----------
    batch : tuple[Suggestion, ...]
        Best first.
    objective, goal : str
        What is to be made high or low.
    best : float or None
        Best result so far.
    importance : Mapping[str, float]
        How much each condition matters, 0 to 1 (inverse length, the greatest is 1); empty
        while there are too few runs.
    noise : float or None
        Standard deviation of a repeated experiment as the model has it.
    provenance : Provenance
        Method, version, inputs.
    """

    batch: tuple[Suggestion, ...]
    objective: str
    goal: str
    best: float | None
    importance: Mapping[str, float]
    noise: float | None
    provenance: Provenance

    def as_dict(self) -> dict[str, Any]:
        """Return the suggestions as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Suggestions:
        """Return the suggestions written by `as_dict`."""
        origin = dict(data["provenance"])
        return cls(
            **{
                **data,
                "batch": tuple(Suggestion(**row) for row in data["batch"]),
                "provenance": Provenance(**{**origin, "sources": tuple(origin["sources"])}),
            }
        )


def suggest(
    conditions: Conditions,
    done: Experiments,
    *,
    count: int = 1,
    goal: str = "maximise",
    seed: int = 1,
) -> Suggestions:
    """Suggest experiments.

    Parameters
    ----------
    conditions : Conditions
        What can be varied.
    done : Experiments
        Runs with their results; 5 to 50 are the rule.
    count : int
        How many to suggest, to be done side by side.
    goal : str
        One of `GOALS`.
    seed : int
        Of the search; the same seed gives the same suggestions.

    Raises
    ------
    SearchError
        If the request makes no sense or runs do not fit the conditions.
    """
    if goal not in GOALS or not 1 <= count <= 100:
        raise SearchError(f"goal: {' or '.join(GOALS)}; count: 1 to 100")
    sign = 1.0 if goal == "maximise" else -1.0
    points = conditions.encode(done.runs)
    results = sign * np.array(done.results, dtype=float)
    origin = stamp(
        "expected improvement over a Matérn 5/2 Gaussian process, kriging believer",
        asdict(conditions),
        [dict(run) for run in done.runs], list(done.results), count, goal, seed,
    )  # fmt: skip
    best = sign * float(results.max()) if len(results) else None
    if len(results) < _FEW:
        batch = tuple(_spread(conditions, points, count, seed))
        return Suggestions(batch, done.objective, goal, best, {}, None, origin)
    process = learn(points, results, len(conditions.ranges))
    batch = tuple(_believe(conditions, process, (count, sign, seed)))
    return Suggestions(
        batch, done.objective, goal, best, _importance(conditions, process), process.noise, origin
    )


def _spread(conditions: Conditions, points: Floats, count: int, seed: int) -> list[Suggestion]:
    """Return points far from all that was done and from each other.

    The best of many Latin hypercubes over the inner part of the ranges; before any run, its first
    point is put in the middle of all ranges.
    """
    from scipy.stats import qmc

    generator = np.random.default_rng(seed)
    sampler = qmc.LatinHypercube(len(conditions.names), rng=generator)
    designs = [conditions.points(sampler.random(count)) for _ in range(_DESIGNS)]
    n = len(conditions.ranges)
    for design in designs:
        design[:, :n] = 0.5 + _INNER * (design[:, :n] - 0.5)
        design[: 0 if len(points) else 1, :n] = 0.5
    best = max(designs, key=lambda design: _least_gap(conditions, design, points))
    reason = "too few runs for a model: spread evenly over the conditions"
    return [
        Suggestion(conditions.decode(point), None, None, None, "spread", None, None, reason)
        for point in best
    ]


def _least_gap(conditions: Conditions, design: Floats, done: Floats) -> float:
    """Return the least distance of the points of a design to each other and to those done."""
    gaps = [
        _apart(conditions, np.vstack([design[:i], done.reshape(-1, design.shape[1])]), point)
        for i, point in enumerate(design)
    ]
    return float(min((gap.min() for gap in gaps if len(gap)), default=0.0))


def _believe(
    conditions: Conditions, process: GaussianProcess, order: tuple[int, float, int]
) -> list[Suggestion]:
    """Seek one suggestion after the other, each believed to give what is predicted."""
    count, sign, seed = order
    real, chosen = process, []
    points = process.points
    believed = process.values
    for number in range(count):
        # The best prediction, not the best result, which owes much to noise.
        incumbent = float(process.predict(points)[0].max())
        point = _most_promising(conditions, process, incumbent, seed + number)
        chosen.append(_explain(conditions, real, point, incumbent, sign))
        mean, _ = process.predict(point[None])
        points, believed = np.vstack([points, point]), np.append(believed, mean)
        process = process.given(points, believed)
    return chosen


def _most_promising(
    conditions: Conditions, process: GaussianProcess, incumbent: float, seed: int
) -> Floats:
    """Return the point of highest expected improvement that was not done."""
    near, far = (
        _climb(conditions, process, incumbent, seed, region)
        for region in (_region(conditions, process), _everywhere(conditions))
    )
    return far[0] if far[1] > near[1] + _FAR else near[0]


def _region(conditions: Conditions, process: GaussianProcess) -> tuple[Floats, Floats]:
    """Return the corners of the region around the best run, wide where little changes."""
    n = len(conditions.ranges)
    centre = process.points[int(np.argmax(process.predict(process.points)[0])), :n]
    lengths = process.lengths[:n]
    relative = lengths / np.exp(np.mean(np.log(lengths))) if n else lengths
    reach = _REACH * np.clip(relative, *_STRETCH)
    return np.maximum(centre - reach, 0.0), np.minimum(centre + reach, 1.0)


def _everywhere(conditions: Conditions) -> tuple[Floats, Floats]:
    n = len(conditions.ranges)
    return np.zeros(n), np.ones(n)


def _climb(
    conditions: Conditions,
    process: GaussianProcess,
    incumbent: float,
    seed: int,
    region: tuple[Floats, Floats],
) -> tuple[Floats, float]:
    """Return the best point of a region and ln of its expected improvement."""
    n, (low, high) = len(conditions.ranges), region
    generator = np.random.default_rng(seed)
    top = process.points[np.argsort(-process.predict(process.points)[0])[:_POLISHED]]
    pool = conditions.scatter(_SCATTER, seed)
    pool[:, :n] = low + pool[:, :n] * (high - low)
    clouds = [c for w in (0.1, 0.02) for c in _around(conditions, top, generator, w, region)]
    pool = np.vstack([pool, *clouds])
    for width in _WIDTHS:
        gain = _log_improvement(process, pool, incumbent)
        leaders = pool[np.argsort(-gain)[:_POLISHED]]
        pool = np.vstack([leaders, *_around(conditions, leaders, generator, width, region)])
    pool = np.array([conditions.encode([conditions.decode(point)])[0] for point in pool])
    gain = _log_improvement(process, pool, incumbent)
    done = (np.abs(pool[:, None] - process.points[None]).max(axis=2) < _ALIKE).any(axis=1)
    gain = np.where(done, -np.inf, gain)
    best = int(np.argmax(gain))
    return np.asarray(pool[best]), float(gain[best])


def _around(
    conditions: Conditions,
    centres: Floats,
    generator: np.random.Generator,
    width: float,
    region: tuple[Floats, Floats],
) -> list[Floats]:
    """Return points of a region scattered around centres, sometimes with another option."""
    n, clouds = len(conditions.ranges), []
    for centre in centres:
        cloud = np.repeat(centre[None], _CLOUD, axis=0)
        steps = generator.normal(size=(_CLOUD, n)) * width * generator.integers(0, 2, (_CLOUD, n))
        cloud[:, :n] = np.clip(cloud[:, :n] + steps, *region)
        for column, choice in enumerate(conditions.choices, n):
            other = generator.integers(0, len(choice.options), _CLOUD)
            cloud[:, column] = np.where(generator.random(_CLOUD) < 0.2, other, cloud[:, column])
        clouds.append(cloud)
    return clouds


def _log_improvement(process: GaussianProcess, points: Floats, incumbent: float) -> Floats:
    """Return ln of the expected improvement; the logarithm tells far points apart, too."""
    from scipy.special import log_ndtr

    mean, deviation = process.predict(points)
    z = (mean - incumbent) / deviation
    density = -0.5 * z**2 - 0.5 * np.log(2 * np.pi)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        share = z * np.exp(np.clip(log_ndtr(z) - density, -700, 700))
        bracket = np.where(z < -20, 1.0 / z**2, 1.0 + share)
        return np.asarray(np.log(deviation) + density + np.log(np.maximum(bracket, 1e-300)))


def _explain(
    conditions: Conditions, process: GaussianProcess, point: Floats, incumbent: float, sign: float
) -> Suggestion:
    mean, deviation = (float(x[0]) for x in process.predict(point[None]))
    restore = process.scale.restore
    intent = "exploit" if mean > incumbent or deviation < _NEAR * process.unknown else "explore"
    nearest = int(np.argmin(_apart(conditions, process.points, point)))
    expected, best, result = (
        sign * float(restore(np.array(value)))
        for value in (mean, incumbent, process.values[nearest])
    )
    uncertainty = process.width(mean, deviation)
    why = "a high prediction" if intent == "exploit" else "little known there"
    reason = (
        f"{intent}: {why if sign > 0 else why.replace('high', 'low')}; {expected:.3g} ± "
        f"{uncertainty:.2g} expected, best run predicted {best:.3g}; nearest is run {nearest + 1} "
        f"({result:.3g}){_changes(conditions, process.points[nearest], point)}"
    )
    return Suggestion(
        conditions.decode(point), expected, uncertainty,
        _improvement(process, mean, deviation, incumbent), intent, nearest + 1, result, reason,
    )  # fmt: skip


def _improvement(
    process: GaussianProcess, mean: float, deviation: float, incumbent: float
) -> float:
    """Return the improvement to be expected, in the unit of the results."""
    from scipy.special import ndtri

    chances = (np.arange(_NODES) + 0.5) / _NODES
    results = process.scale.restore(mean + deviation * ndtri(chances))
    best = process.scale.restore(np.array(incumbent))
    return float(np.mean(np.maximum(results - best, 0.0)))


def _changes(conditions: Conditions, before: Floats, after: Floats) -> str:
    """Say what is most different from the nearest run."""
    old, new = conditions.decode(before), conditions.decode(after)
    apart = np.abs(after - before)
    apart[len(conditions.ranges) :] = apart[len(conditions.ranges) :] != 0
    order = np.argsort(-apart)[:2]
    told = [conditions.names[i] for i in order if apart[i] > 0.02]
    return ", with " + " and ".join(f"{n} {old[n]} -> {new[n]}" for n in told) if told else ""


def _apart(conditions: Conditions, points: Floats, point: Floats) -> Floats:
    """Return distances; a different option counts as much as a whole range."""
    n = len(conditions.ranges)
    squares = ((points[:, :n] - point[:n]) ** 2).sum(axis=1)
    return np.asarray(np.sqrt(squares + (points[:, n:] != point[n:]).sum(axis=1)))


def _importance(conditions: Conditions, process: GaussianProcess) -> dict[str, float]:
    inverse = 1.0 / process.lengths
    return _named(conditions.names, inverse / inverse.max())


def _named(names: Sequence[str], values: Floats) -> dict[str, float]:
    return {name: float(value) for name, value in zip(names, values, strict=True)}
