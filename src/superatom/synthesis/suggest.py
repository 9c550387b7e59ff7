"""Which experiments to do next: expected improvement over a Gaussian process.

Batches by the kriging believer: a suggestion is taken to give what is predicted before the next
is sought (Ginsbourger et al., 2010, 10.1007/978-3-642-10701-6_6).
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
_SCATTER = 1024  # points among which the best is sought before it is polished
_POLISHED = 4
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
    scale = _Scale.of(results)
    process = learn(points, scale.soften(results), len(conditions.ranges))
    batch = tuple(_believe(conditions, process, scale, (count, sign, seed)))
    return Suggestions(
        batch, done.objective, goal, best, _importance(conditions, process), process.noise, origin
    )


def _spread(conditions: Conditions, points: Floats, count: int, seed: int) -> list[Suggestion]:
    """Return points far from all that was done and from each other."""
    pool, chosen = conditions.scatter(256, seed), []
    near = np.full(len(pool), np.inf)
    for point in points:
        near = np.minimum(near, _apart(conditions, pool, point))
    for _ in range(count):
        place = int(np.argmax(near))
        near = np.minimum(near, _apart(conditions, pool, pool[place]))
        reason = "too few runs for a model: spread evenly over the conditions"
        run = conditions.decode(pool[place])
        chosen.append(Suggestion(run, None, None, None, "spread", None, None, reason))
    return chosen


@dataclass(frozen=True, slots=True)
class _Scale:
    """Results below the median count by the logarithm of how far below they are.

    How bad a bad run was says little about where the best is, but would rule the model.
    """

    median: float
    spread: float

    @classmethod
    def of(cls, results: Floats) -> _Scale:
        median = float(np.median(results))
        return cls(median, max(float(results.max()) - median, 1e-12))

    def soften(self, results: Floats) -> Floats:
        below = np.maximum(self.median - results, 0.0)
        softened = self.median - self.spread * np.log1p(below / self.spread)
        return np.asarray(np.where(below > 0, softened, results))

    def restore(self, softened: float) -> float:
        below = max(self.median - softened, 0.0)
        restored = self.median - self.spread * float(np.expm1(below / self.spread))
        return restored if below > 0 else softened


def _believe(
    conditions: Conditions, process: GaussianProcess, scale: _Scale, order: tuple[int, float, int]
) -> list[Suggestion]:
    """Seek one suggestion after the other, each believed to give what is predicted."""
    count, sign, seed = order
    real, chosen = process, []
    points = process.points
    believed = process.results
    for number in range(count):
        # The best prediction, not the best result, which owes much to noise.
        incumbent = float(process.predict(points)[0].max())
        point = _most_promising(conditions, process, incumbent, seed + number)
        chosen.append(_explain(conditions, real, scale, point, incumbent, sign))
        mean, _ = process.predict(point[None])
        points, believed = np.vstack([points, point]), np.append(believed, mean)
        process = process.given(points, believed)
    return chosen


def _most_promising(
    conditions: Conditions, process: GaussianProcess, incumbent: float, seed: int
) -> Floats:
    """Return the point of highest expected improvement that was not done."""
    top = process.points[np.argsort(-process.predict(process.points)[0])[:_POLISHED]]
    generator = np.random.default_rng(seed)
    pool = np.vstack(
        [conditions.scatter(_SCATTER, seed), *_around(conditions, top, generator, 0.1)]
    )
    for width in (0.03, 0.01, 0.003):
        gain = _log_improvement(process, pool, incumbent)
        leaders = pool[np.argsort(-gain)[:_POLISHED]]
        pool = np.vstack([leaders, *_around(conditions, leaders, generator, width)])
    pool = np.array([conditions.encode([conditions.decode(point)])[0] for point in pool])
    gain = _log_improvement(process, pool, incumbent)
    done = (np.abs(pool[:, None] - process.points[None]).max(axis=2) < _ALIKE).any(axis=1)
    return np.asarray(pool[int(np.argmax(np.where(done, -np.inf, gain)))])


def _around(
    conditions: Conditions, centres: Floats, generator: np.random.Generator, width: float
) -> list[Floats]:
    """Return points scattered around centres, sometimes with another option."""
    n, clouds = len(conditions.ranges), []
    for centre in centres:
        cloud = np.repeat(centre[None], 48, axis=0)
        steps = generator.normal(size=(48, n)) * width * generator.integers(0, 2, (48, n))
        cloud[:, :n] = np.clip(cloud[:, :n] + steps, 0.0, 1.0)
        for column, choice in enumerate(conditions.choices, n):
            other = generator.integers(0, len(choice.options), 48)
            cloud[:, column] = np.where(generator.random(48) < 0.2, other, cloud[:, column])
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
    conditions: Conditions, process: GaussianProcess, scale: _Scale, point: Floats,
    incumbent: float, sign: float,
) -> Suggestion:  # fmt: skip
    mean, deviation = (float(x[0]) for x in process.predict(point[None]))
    improvement = float(np.exp(_log_improvement(process, point[None], incumbent)[0]))
    unknown = float(np.exp(process.logs[-2])) * process.scale
    intent = "exploit" if mean > incumbent or deviation < _NEAR * unknown else "explore"
    nearest = int(np.argmin(_apart(conditions, process.points, point)))
    expected, best = sign * scale.restore(mean), sign * scale.restore(incumbent)
    result = sign * scale.restore(float(process.results[nearest]))
    why = "a high prediction" if intent == "exploit" else "little known there"
    reason = (
        f"{intent}: {why if sign > 0 else why.replace('high', 'low')}; {expected:.3g} ± "
        f"{deviation:.2g} expected, best run predicted {best:.3g}; nearest is run {nearest + 1} "
        f"({result:.3g}){_changes(conditions, process.points[nearest], point)}"
    )
    return Suggestion(
        conditions.decode(point), expected, deviation, improvement, intent,
        nearest + 1, result, reason,
    )  # fmt: skip


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
