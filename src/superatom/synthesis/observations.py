"""A network, what was measured of it, and which of its parameters are free."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from superatom.errors import SearchError
from superatom.synthesis.kinetics import Floats, ReactionNetwork
from superatom.synthesis.time_series import TimeSeries
from superatom.synthesis.trajectories import integrate

__all__ = ["Experiment", "observe"]

_PRECISION = 1e-6  # of the solver, far below any noise


@dataclass(frozen=True, slots=True, eq=False)
class Experiment:
    """A network, what was measured of it, and which parameters are free.

    Attributes
    ----------
    network : ReactionNetwork
        With the constants to start from.
    start : ndarray, shape (species,)
        Concentrations at time 0 in mol/L.
    series : TimeSeries
        What was measured.
    constants : tuple[int, ...]
        Constants that are fitted.
    initials : tuple[int, ...]
        Species whose initial concentration is fitted.
    """

    network: ReactionNetwork
    start: Floats
    series: TimeSeries
    constants: tuple[int, ...]
    initials: tuple[int, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the experiment as plain JSON types."""
        return {
            "network": self.network.as_dict(),
            "start_mol_per_L": self.start.tolist(),
            "series": self.series.as_dict(),
            "constants": list(self.constants),
            "initials": list(self.initials),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Experiment:
        """Return the experiment written by `as_dict`."""
        return cls(
            network=ReactionNetwork.from_dict(data["network"]),
            start=np.array(data["start_mol_per_L"], dtype=float),
            series=TimeSeries.from_dict(data["series"]),
            constants=tuple(data["constants"]),
            initials=tuple(data["initials"]),
        )

    @property
    def observed(self) -> list[int]:
        """Places of the measured species in the network."""
        return [self.network.index(name) for name in self.series.species]

    @property
    def signals(self) -> list[int]:
        """Columns of the series whose response is fitted; that of the first share is 1."""
        found = [i for i, signal in enumerate(self.series.is_signal) if signal]
        return found[1:] if self.series.are_shares else found

    @property
    def names(self) -> list[str]:
        """Names of the parameters."""
        keys = list(self.network.constants)
        return [
            *(keys[i] for i in self.constants),
            *(f"initial {self.network.species[i]}" for i in self.initials),
            *(f"response {self.series.species[i]}" for i in self.signals),
        ]

    def first_guess(self) -> Floats:
        """Return the logarithms of the parameters to start from."""
        known = [
            *self.network.constant_values[list(self.constants)],
            *self.start[list(self.initials)],
        ]
        if not self.signals:
            return np.asarray(np.log(np.array(known)))
        if self.series.are_shares:  # all responses alike
            return np.asarray(np.log(np.array([*known, *(1.0 for _ in self.signals)])))
        blank = replace(self, series=replace(self.series, is_signal=(False,) * len(self.observed)))
        curve, _ = blank.predict(np.log(np.array(known)), self.series.times)
        heights = [_response(curve[:, i], self.series.values[:, i]) for i in self.signals]
        return np.asarray(np.log(np.array([*known, *heights])))

    def predict(self, logs: Floats, times: Floats) -> tuple[Floats, Floats]:
        """Return values of the measured species and their slopes against the parameters.

        Returns
        -------
        values : ndarray, shape (times, measured species)
        slopes : ndarray, shape (times, measured species, parameters)
        """
        k, c0 = self.network.constant_values, self.start.copy()
        dynamic = len(self.constants) + len(self.initials)
        values = np.exp(logs)
        k[list(self.constants)] = values[: len(self.constants)]
        c0[list(self.initials)] = values[len(self.constants) : dynamic]
        c, s = integrate(
            self.network, c0, times,
            constants=k, sensitive_to=self.constants, initial_of=self.initials,
            precision=_PRECISION,
        )  # fmt: skip
        curve = c[:, self.observed]
        slopes = np.zeros((*curve.shape, len(logs)))
        slopes[:, :, :dynamic] = s[:, self.observed]
        for parameter, column in enumerate(self.signals, dynamic):
            curve[:, column] *= values[parameter]
            slopes[:, column] *= values[parameter]
            slopes[:, column, parameter] = curve[:, column]
        return _shares(curve, slopes) if self.series.are_shares else (curve, slopes)


def observe(
    network: ReactionNetwork,
    series: TimeSeries,
    initial: Mapping[str, float],
    free: Sequence[str] | None,
    fit_initial: Sequence[str],
) -> Experiment:
    """Join a network and a time series.

    Raises
    ------
    SearchError
        If a constant or species is not in the network, or nothing is to be fitted.
    """
    keys = list(network.constants)
    unknown = [name for name in free or () if name not in keys]
    if unknown:
        raise SearchError(f"no rate constant {unknown[0]}: there are {', '.join(keys)}")
    chosen = tuple(keys.index(name) for name in (keys if free is None else free))
    start = network.start(initial)
    initials = tuple(network.index(name) for name in fit_initial)
    absent = [network.species[i] for i in initials if start[i] <= 0]
    if absent:
        raise SearchError(f"initial {absent[0]}: give a positive concentration to start from")
    if not chosen and not initials:
        raise SearchError("nothing to fit: name a rate constant or an initial concentration")
    return Experiment(network, start, series, chosen, initials)


def _shares(curve: Floats, slopes: Floats) -> tuple[Floats, Floats]:
    """Return each signal over the sum of all, and its slopes; nothing at all is no share."""
    total = np.maximum(curve.sum(axis=1), 1e-300)[:, None]
    share = curve / total
    drift = slopes.sum(axis=1, keepdims=True) / total[:, :, None]
    return share, slopes / total[:, :, None] - share[:, :, None] * drift


def _response(curve: Floats, signal: Floats) -> float:
    """Return the factor from concentration to signal."""
    told = np.isfinite(signal)
    size = float(curve[told] @ curve[told])
    factor = float(curve[told] @ signal[told]) / size if size else 0.0
    return factor if factor > 0 else max(float(np.nanmax(np.abs(signal))), 1e-12)
