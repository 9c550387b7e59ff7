"""Rate constants from time series, with intervals and what the data do not tell.

Weighted least squares in the logarithms of the parameters, with analytic sensitivities
(Seber and Wild, Nonlinear Regression, 2003, 10.1002/0471725315, chapters 3 and 5).

Two kinds of interval: an *individual* one holds one parameter with the confidence asked for;
*joint* ones hold all parameters at once (Bonferroni: each at 1 - (1 - confidence) / number).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from superatom.errors import ComputationError, SearchError
from superatom.provenance import Provenance, stamp
from superatom.synthesis.identifiability import doubts
from superatom.synthesis.kinetics import Floats, ReactionNetwork
from superatom.synthesis.observations import Experiment, observe
from superatom.synthesis.time_series import TimeSeries

__all__ = ["NOISES", "Estimate", "KineticFit", "fit"]

#: Noise of the same size for all values of a species, or in proportion to the value.
NOISES = ("constant", "proportional")
_FLOOR = 0.005  # of the highest value: where proportional noise stops falling
_REACH = float(np.log(1e4))  # how far from its start a parameter may go, either way
_ROUNDS = 3
_EXACT = 1e-6  # noise below which data are simulated and free of it
_PROFILE_TURNS = 8  # with one parameter kept, close to the best already
_UPPER = ("high", "joint_high")
_MOST_TURNS = 60  # of the search; one that needs more is in a flat valley


@dataclass(frozen=True, slots=True)
class Estimate:
    """One fitted parameter.

    Attributes
    ----------
    name : str
        Rate constant; 'initial X' or 'response X' for a concentration or a signal.
    value : float
        In its own unit.
    low, high : float
        Individual interval: holds this parameter with the confidence asked for.
    log_error : float
        Standard error of ln(value).
    start : float
        Value the fit started from.
    method : str
        'linearised', or 'profile' where the curvature asked for it.
    joint_low, joint_high : float
        Joint interval: those of all parameters hold at once with that confidence.
    """

    name: str
    value: float
    low: float
    high: float
    log_error: float
    start: float
    method: str
    joint_low: float
    joint_high: float

    def as_dict(self) -> dict[str, Any]:
        """Return the estimate as plain JSON types; an end that the data do not set is None."""
        row = {name: getattr(self, name) for name in Estimate.__slots__}
        return {**row, **{end: None for end in _UPPER if not np.isfinite(row[end])}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Estimate:
        """Return the estimate written by `as_dict`."""
        return cls(**{**data, **{end: np.inf for end in _UPPER if data[end] is None}})


@dataclass(frozen=True, slots=True, eq=False)
class KineticFit:
    """Result of a fit.

    Attributes
    ----------
    estimates : tuple[Estimate, ...]
        Fitted parameters.
    network : ReactionNetwork
        With the fitted rate constants.
    initial : Mapping[str, float]
        Concentrations at time 0 in mol/L, fitted ones included.
    covariance : ndarray, shape (parameters, parameters)
        Of the logarithms of the parameters.
    weights : ndarray, shape (times, measured species)
        What residuals are divided by: the size of the noise but for a factor.
    noise : float
        Residual standard deviation: of the highest value of each species for constant
        noise, of each value for proportional noise.
    freedom : int
        Values minus parameters.
    confidence : float
        Of the intervals.
    warnings : tuple[str, ...]
        What the data do not tell.
    provenance : Provenance
        Method, version, inputs.
    """

    estimates: tuple[Estimate, ...]
    network: ReactionNetwork
    initial: Mapping[str, float]
    covariance: Floats
    weights: Floats
    noise: float
    freedom: int
    confidence: float
    warnings: tuple[str, ...]
    provenance: Provenance
    experiment: Experiment = field(repr=False)

    def __getitem__(self, name: str) -> Estimate:
        """Return an estimate by name."""
        for estimate in self.estimates:
            if estimate.name == name:
                return estimate
        raise SearchError(f"{name} was not fitted: {', '.join(e.name for e in self.estimates)}")

    @property
    def correlation(self) -> Floats:
        """Correlation of the logarithms of the parameters."""
        errors = np.sqrt(np.diag(self.covariance))
        return np.asarray(self.covariance / np.outer(errors, errors))

    def curves(self, times: Floats) -> tuple[Floats, Floats]:
        """Return the measured species' fitted curves and their standard errors.

        Returns
        -------
        curves, errors : ndarray, shape (times, measured species)
            In mol/L, or in the units of a signal.
        """
        logs = np.log([estimate.value for estimate in self.estimates])
        curve, slopes = self.experiment.predict(logs, times)
        variance = np.einsum("tsp,pq,tsq->ts", slopes, self.covariance, slopes)
        return curve, np.sqrt(np.maximum(variance, 0.0))

    def holds(self, parameters: Mapping[str, float]) -> bool:
        """Whether values of all parameters lie in the joint region of the likelihood.

        The region is that in which the sum of squares exceeds the least one by no more than
        p s^2 F(p, freedom), for p parameters at the confidence asked for (Seber and Wild,
        2003, equation 5.17). Unlike intervals it follows parameters that go together.

        Raises
        ------
        SearchError
            If a parameter that was fitted has no value here, or none above 0.
        """
        from scipy.stats import f as fisher

        names = [estimate.name for estimate in self.estimates]
        missing = [name for name in names if not parameters.get(name, 0.0) > 0]
        if missing:
            raise SearchError(f"{missing[0]}: give a positive value for every fitted parameter")
        problem = _Problem(self.experiment, self.weights)
        there, _ = problem.residuals(np.log([parameters[name] for name in names]))
        here, _ = problem.residuals(np.log([estimate.value for estimate in self.estimates]))
        limit = len(names) * fisher.ppf(self.confidence, len(names), self.freedom)
        return bool(there @ there - here @ here <= limit * self.noise**2)

    def as_dict(self) -> dict[str, Any]:
        """Return the fit as plain JSON types."""
        return {
            "estimates": [estimate.as_dict() for estimate in self.estimates],
            "network": self.network.as_dict(),
            "constants": dict(self.network.constants),
            "initial_mol_per_L": dict(self.initial),
            "covariance": self.covariance.tolist(),
            "correlation": self.correlation.tolist(),
            "weights": self.weights.tolist(),
            "relative_noise": self.noise,
            "degrees_of_freedom": self.freedom,
            "confidence": self.confidence,
            "warnings": list(self.warnings),
            "experiment": self.experiment.as_dict(),
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> KineticFit:
        """Return the fit written by `as_dict`."""
        origin = dict(data["provenance"])
        n = len(data["estimates"])
        experiment = Experiment.from_dict(data["experiment"])
        return cls(
            estimates=tuple(Estimate.from_dict(row) for row in data["estimates"]),
            network=ReactionNetwork.from_dict(data["network"]),
            initial=dict(data["initial_mol_per_L"]),
            covariance=np.array(data["covariance"], dtype=float).reshape(n, n),
            weights=np.array(data["weights"], dtype=float),
            noise=float(data["relative_noise"]),
            freedom=int(data["degrees_of_freedom"]),
            confidence=float(data["confidence"]),
            warnings=tuple(data["warnings"]),
            provenance=Provenance(**{**origin, "sources": tuple(origin["sources"])}),
            experiment=experiment,
        )


def fit(
    network: ReactionNetwork,
    series: TimeSeries,
    initial: Mapping[str, float],
    *,
    free: Sequence[str] | None = None,
    fit_initial: Sequence[str] = (),
    noise: str = "constant",
    confidence: float = 0.95,
    starts: int = 1,
    seed: int = 1,
) -> KineticFit:
    """Fit rate constants to a time series.

    Parameters
    ----------
    network : ReactionNetwork
        With rate constants to start from.
    series : TimeSeries
        Measured species.
    initial : mapping
        Concentrations at time 0 in mol/L.
    free : sequence of str, optional
        Constants to fit; all by default.
    fit_initial : sequence of str
        Species whose initial concentration is fitted as well.
    noise : str
        One of `NOISES`; its size is estimated.
    confidence : float
        Of the intervals, such as 0.95.
    starts : int
        How many starts; those after the first are scattered by a factor of ten.
    seed : int
        Of that scatter.

    Raises
    ------
    SearchError
        If the request makes no sense or there are fewer values than parameters.
    ComputationError
        If no start gives a fit.
    """
    experiment = observe(network, series, initial, free, fit_initial)
    measured = np.isfinite(series.values)
    guess = experiment.first_guess()
    told = int(measured.sum()) - (int(measured.any(axis=1).sum()) if series.are_shares else 0)
    freedom = told - len(guess)  # shares of one time add up to 1: one of them says nothing
    if noise not in NOISES or not 0 < confidence < 1 or starts < 1:
        raise SearchError(f"noise: {' or '.join(NOISES)}; confidence: 0 to 1; starts: 1 or more")
    if freedom < 1:
        raise SearchError(f"{told} values cannot tell {len(guess)} parameters")
    logs, weights = _best(experiment, guess, noise, starts, seed)
    curve, slopes = experiment.predict(logs, series.times)
    residuals = ((series.values - curve) / weights)[measured]
    jacobian = (slopes / weights[:, :, None])[measured]
    telling = np.ones(len(residuals), dtype=bool)
    if noise == "proportional":  # values near nothing scatter less than their weights say
        telling = (weights > 1.001 * _FLOOR * _heights(series))[measured]
        freedom = max(int(telling.sum()) - len(guess), 1)
    spread = max(float(np.sqrt(residuals[telling] @ residuals[telling] / freedom)), _EXACT)
    information = jacobian.T @ jacobian / spread**2
    covariance = np.asarray(np.linalg.pinv(information, rcond=1e-14, hermitian=True), dtype=float)
    problem = _Problem(experiment, weights)
    estimates, curved = _estimates(problem, logs, guess, covariance, spread, freedom, confidence)
    values = dict(zip(experiment.names, np.exp(logs), strict=True))
    fitted = network.with_constants(
        {k: float(v) for k, v in values.items() if k in network.constants}
    )
    begun = {
        network.species[i]: float(values[f"initial {network.species[i]}"])
        for i in experiment.initials
    }
    at_edge = np.abs(logs - guess) > 0.999 * _REACH
    return KineticFit(
        estimates=estimates,
        network=fitted,
        initial={**initial, **begun},
        covariance=covariance,
        weights=weights,
        noise=spread,
        freedom=freedom,
        confidence=confidence,
        warnings=(*doubts(experiment.names, jacobian / spread, at_edge.tolist()), *curved),
        provenance=stamp(
            f"weighted least squares in ln k, {noise} noise",
            [step.equation for step in network.steps], dict(initial),
            series.times.tolist(), series.values.tolist(),
        ),
        experiment=experiment,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Problem:
    """Weighted residuals of an experiment; `weights` is the noise of every value but a factor."""

    experiment: Experiment
    weights: Floats

    def residuals(self, logs: Floats) -> tuple[Floats, Floats]:
        """Return weighted residuals and their Jacobian."""
        series = self.experiment.series
        measured = np.isfinite(series.values)
        curve, slopes = self.experiment.predict(logs, series.times)
        return (
            ((curve - series.values) / self.weights)[measured],
            (slopes / self.weights[:, :, None])[measured],
        )

    def solve(self, guess: Floats, fixed: int | None = None) -> tuple[Floats, float]:
        """Return the best parameters and the sum of squares; one may be kept as it is."""
        from scipy.optimize import least_squares

        moving = np.array([i for i in range(len(guess)) if i != fixed], dtype=int)
        memory: dict[bytes, tuple[Floats, Floats]] = {}

        def at(x: Floats) -> tuple[Floats, Floats]:
            key = x.tobytes()
            if key not in memory:
                full = guess.copy()
                full[moving] = x
                memory.clear()
                memory[key] = self.residuals(full)
            return memory[key]

        if not moving.size:
            r, _ = self.residuals(guess)
            return guess.copy(), float(r @ r)

        def height(x: Floats) -> Floats:
            return at(x)[0]

        def slope(x: Floats) -> Floats:
            return np.asarray(at(x)[1][:, moving])

        answer = least_squares(
            height,
            guess[moving],
            jac=slope,
            bounds=(guess[moving] - _REACH, guess[moving] + _REACH),
            xtol=1e-9, ftol=1e-10, gtol=1e-12,
            max_nfev=_MOST_TURNS if fixed is None else _PROFILE_TURNS,
        )  # fmt: skip
        best = guess.copy()
        best[moving] = answer.x
        return best, float(2.0 * answer.cost)


def _best(
    experiment: Experiment, guess: Floats, noise: str, starts: int, seed: int
) -> tuple[Floats, Floats]:
    """Return the best parameters of several starts, and the weights at them."""
    weights = np.broadcast_to(_heights(experiment.series), experiment.series.values.shape)
    generator = np.random.default_rng(seed)
    found: list[tuple[float, Floats]] = []
    failed: ComputationError | None = None
    for number in range(starts):
        shift = generator.uniform(-1, 1, len(guess)) * np.log(10.0) if number else 0.0
        try:
            logs, cost = _Problem(experiment, weights).solve(guess + shift)
        except ComputationError as error:
            failed = error
            continue
        found.append((cost, logs))
    if not found:
        raise ComputationError("no start gave a fit: give other rate constants") from failed
    logs = min(found, key=lambda pair: pair[0])[1]
    for _ in range(_ROUNDS if noise == "proportional" else 0):
        curve, _slopes = experiment.predict(logs, experiment.series.times)
        weights = np.maximum(curve, _FLOOR * _heights(experiment.series))
        logs, _cost = _Problem(experiment, weights).solve(logs)
    return logs, np.asarray(weights)


def _heights(series: TimeSeries) -> Floats:
    """Return the highest value of every species, 1 where all are zero."""
    if series.are_shares:  # all of them have the noise of their sum
        return np.ones(len(series.species))
    top = np.nanmax(np.abs(series.values), axis=0)
    return np.asarray(np.where(top > 0, top, 1.0))


def _estimates(
    problem: _Problem, logs: Floats, guess: Floats, covariance: Floats,
    spread: float, freedom: int, confidence: float,
) -> tuple[tuple[Estimate, ...], tuple[str, ...]]:  # fmt: skip
    """Return the estimates; intervals that the linear theory misses are profiled."""
    from superatom.synthesis.profiles import checked_interval

    errors = np.sqrt(np.diag(covariance))
    rest, _ = problem.residuals(logs)
    best = float(rest @ rest)
    names = problem.experiment.names
    joint = 1.0 - (1.0 - confidence) / len(names)
    found, notes = [], []
    for i, name in enumerate(names):
        low, high, method = checked_interval(
            problem.solve, logs, i, float(errors[i]), best, spread, freedom, confidence
        )
        widest = (low, high, method)
        if len(names) > 1:
            widest = checked_interval(
                problem.solve, logs, i, float(errors[i]), best, spread, freedom, joint
            )
        if method == "profile":
            notes.append(f"{name}: the linear theory does not hold; its interval is profiled")
        value, start = float(np.exp(logs[i])), float(np.exp(guess[i]))
        ends = (min(widest[0], low), max(widest[1], high))
        found.append(Estimate(name, value, low, high, float(errors[i]), start, method, *ends))
    return tuple(found), tuple(notes)
