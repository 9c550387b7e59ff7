"""Hypotheses about the species of a window, and what is known before they are fitted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.bells import Pattern
from superatom.spectra.mass.candidates import Candidates
from superatom.spectra.mass.fit import MixtureFits
from superatom.spectra.mass.scoring import envelopes_of

__all__ = [
    "FULL",
    "LIGHT",
    "PRICE",
    "Effort",
    "Hypothesis",
    "PatternStore",
    "ShiftPrior",
    "best_of",
    "independent_points",
    "patterns_of",
    "strongest_first",
]

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

#: Chi square that a further component must bring, besides its prior.
PRICE = 6.0
_NOISE_ERROR = 4.0  # standard errors by which the noise may be underestimated
_SCATTER = 3.0  # ppm that species of one spectrum are shifted against each other


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to search; less is needed where the calibration is known.

    Attributes
    ----------
    parents : int
        Single species whose families are tried.
    refined : int
        Mixtures of relatives fitted exactly.
    beam : int
        Hypotheses that are continued.
    partners : int
        Further components fitted exactly for each hypothesis.
    leaders : int
        Best hypotheses, of different shifts, that are improved at the end ...
    exchanged : int
        ... by this many candidates in place of each component.
    """

    parents: int = 200
    refined: int = 300
    beam: int = 6
    partners: int = 12
    leaders: int = 2
    exchanged: int = 60


FULL = Effort()
LIGHT = Effort(parents=40, refined=50, beam=3, partners=8, leaders=1, exchanged=20)


@dataclass(frozen=True, slots=True)
class ShiftPrior:
    """What is known of the m/z shift before a window is fitted, in ppm.

    Attributes
    ----------
    mean, sd : float
        Expected shift and its uncertainty.
    low, high : float
        Hard limits.
    """

    mean: float = 0.0
    sd: float = 15.0
    low: float = -40.0
    high: float = 40.0

    def penalty(self, fits: MixtureFits) -> Floats:
        """Return what shifts cost: their mean against the prior, each against the mean."""
        mean = ((fits.shift_ppm - self.mean) / self.sd) ** 2
        apart = ((fits.own_ppm - fits.shift_ppm[:, None]) / _SCATTER) ** 2
        penalty: Floats = mean + apart.sum(axis=1)
        return penalty


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """A mixture: rows of its candidates, strongest first, and its fit (a batch of one)."""

    rows: tuple[int, ...]
    fit: MixtureFits

    @property
    def rss(self) -> float:
        """Residual sum of squares."""
        return float(self.fit.rss[0])

    @property
    def shift_ppm(self) -> float:
        """Mean shift in ppm."""
        return float(self.fit.shift_ppm[0])


def patterns_of(candidates: Candidates, threshold: float = 1e-4) -> Pattern:
    """Return the envelopes of candidates as patterns of shape (n, 1, k), tallest peak 1."""
    found = envelopes_of(candidates, threshold)
    height = found.abundance / found.abundance.max(axis=1, keepdims=True)
    return Pattern(found.mz(candidates.charge)[:, None], height[:, None])


class PatternStore:
    """Envelopes of the candidates of a window, each calculated when first asked for."""

    def __init__(self, candidates: Candidates) -> None:
        self._candidates = candidates
        self._place = np.full(len(candidates), -1, dtype=np.int64)
        self._mz, self._height = np.zeros((2, 0, 0))

    def of(self, rows: Sequence[int] | Rows) -> Pattern:
        """Return the envelopes of rows as a pattern of shape (n, 1, k), tallest peak 1."""
        wanted = np.asarray(rows, dtype=np.int64)
        missing = np.unique(wanted[self._place[wanted] < 0])
        if missing.size:
            self._place[missing] = len(self._mz) + np.arange(missing.size)
            found = patterns_of(self._candidates.take(missing))
            self._mz = _stacked(self._mz, found.mz[:, 0])
            self._height = _stacked(self._height, found.height[:, 0])
        places = self._place[wanted]
        height = self._height[places]
        width = int(np.flatnonzero(height.any(axis=0))[-1]) + 1
        return Pattern(self._mz[places, None, :width], height[:, None, :width])


def _stacked(first: Floats, second: Floats) -> Floats:
    """Return the rows of two arrays, the narrower one widened by zeros."""
    width = max(first.shape[1], second.shape[1])
    both = np.zeros((len(first) + len(second), width))
    both[: len(first), : first.shape[1]] = first
    both[len(first) :, : second.shape[1]] = second
    return both


def independent_points(residual: Floats, n_peaks: float) -> float:
    """Return how many independent points a residual is worth.

    Noise is independent from point to point; what the model gets wrong (peak heights from few
    ions, peak shape, a hidden species) is common to all points of a peak. With noise of
    variance v, from the differences between neighbours, and n points of mean square r, the
    residual is worth n r / (v + (r - v) n / 2 n_peaks) points: n if all is noise, two for each
    peak (height and place) if all is misfit.
    """
    n = residual.size
    mean_square = float(residual @ residual) / n
    if mean_square <= 0 or n < 5:
        return float(n)
    second = residual[2:] - 2.0 * residual[1:-1] + residual[:-2]
    noise = min((1.4826 * float(np.median(np.abs(second)))) ** 2 / 6.0, mean_square)
    excess = max(mean_square - noise * (1.0 + _NOISE_ERROR / np.sqrt(n)), 0.0)
    points = n * mean_square / (mean_square - excess + excess * n / max(2.0 * n_peaks, 1.0))
    return max(float(points), 3.0)


def strongest_first(rows: Sequence[int], fit: MixtureFits) -> Hypothesis:
    """Return a hypothesis with its strongest component first."""
    order = np.argsort(-fit.amounts[0], kind="stable")
    arranged = MixtureFits(
        fit.rss, fit.shift_ppm, fit.fwhm, fit.own_ppm[:, order], fit.amounts[:, order], fit.baseline
    )
    return Hypothesis(tuple(int(rows[int(i)]) for i in order), arranged)


def best_of(found: list[tuple[Rows, MixtureFits]]) -> tuple[Rows, MixtureFits]:
    """Return the best fit of each candidate over several lists."""
    rows = np.concatenate([part[0] for part in found])
    names = ("rss", "shift_ppm", "fwhm", "own_ppm", "amounts", "baseline")
    fits = MixtureFits(*(np.concatenate([getattr(p[1], name) for p in found]) for name in names))
    order = np.lexsort((fits.rss, rows))
    first = np.r_[True, rows[order][1:] != rows[order][:-1]]
    kept = np.sort(order[first])
    return rows[kept], fits.rows(kept)
