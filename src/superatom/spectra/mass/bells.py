"""Profiles of isotope envelopes: Gaussian peaks of one width, moved by a common shift."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.scoring import FWHM_PER_SIGMA, Trace
from superatom.spectra.mass.waves import Waves

__all__ = ["Bells", "Drawing", "Pattern", "drawing", "profile_columns", "profiles"]

Floats = NDArray[np.float64]

_REACH = 4.5  # standard deviations a peak is drawn to
_MOVES = 3.0  # standard deviations that a fit may move a peak by
_CACHED = 16_000  # points of peaks drawn at once, so that they stay in the cache
_BELL_NS = 12.0  # cost of a point of a peak ...
_WAVE_NS = 0.5  # ... of a wave at a point of the trace ...
_WAVE_PEAK_NS = 1.3  # ... and of finding its part in a peak


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Calculated envelopes of ions: m/z and height, each of shape (..., k)."""

    mz: Floats
    height: Floats


class Drawing(Protocol):
    """Draws the envelopes of B hypotheses of K components each."""

    def columns(
        self, rows: NDArray[np.int64], shift: Floats, sigma: Floats, derivatives: bool = True
    ) -> tuple[Floats, ...]:
        """Return the profiles of some hypotheses and their derivatives; see `profile_columns`."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Bells:
    """Draws each peak by itself: the fast way where peaks are narrow."""

    trace: Trace
    pattern: Pattern

    def columns(
        self, rows: NDArray[np.int64], shift: Floats, sigma: Floats, derivatives: bool = True
    ) -> tuple[Floats, ...]:
        """Return the profiles of some hypotheses and their derivatives; see `profile_columns`."""
        draw = profile_columns if derivatives else _alone
        width = 2 * _REACH * float(sigma.max()) * self.trace.mz.size / self.trace.span + 3
        step = max(1, int(_CACHED / (self.pattern.mz[0].size * width)))
        drawn = np.empty((3 if derivatives else 1, *shift.shape, self.trace.mz.size))
        for first in range(0, len(rows), step):
            part = slice(first, first + step)
            chosen = Pattern(self.pattern.mz[rows[part]], self.pattern.height[rows[part]])
            drawn[:, part] = draw(self.trace, chosen, shift[part], sigma[part])
        return tuple(drawn)


def _alone(trace: Trace, pattern: Pattern, shift: Floats, sigma: Floats) -> tuple[Floats]:
    return (profiles(trace, pattern, shift, sigma),)


def drawing(trace: Trace, pattern: Pattern, shift: Floats, width_range: float) -> Drawing:
    """Return the faster way to draw envelopes whose width may change by a factor.

    Parameters
    ----------
    trace : Trace
        Where to draw, with the width to start from.
    pattern : Pattern
        Envelopes of shape (B, K, k).
    shift : ndarray, shape (B, K)
        Relative shifts to start from.
    width_range : float
        Factor by which the width may grow or shrink.
    """
    sigma = trace.fwhm / FWHM_PER_SIGMA
    margin = (_REACH * width_range + _MOVES) * sigma
    n_waves = Waves.needed(trace.span + 2 * margin, sigma / width_range)
    n_points = trace.mz.size
    by_peak = _BELL_NS * pattern.mz.shape[2] * (2 * _REACH * sigma / trace.span * n_points + 3)
    by_wave = n_waves * (_WAVE_NS * n_points + _WAVE_PEAK_NS * pattern.mz.shape[2])
    if by_peak < by_wave:
        return Bells(trace, pattern)
    return Waves.of(trace, pattern.mz, pattern.height, shift, sigma / width_range, margin)


def profile_columns(
    trace: Trace, pattern: Pattern, shift: Floats, sigma: Floats
) -> tuple[Floats, Floats, Floats]:
    """Return the profiles of envelopes and their derivatives in shift and in ln(width).

    Parameters
    ----------
    trace : Trace
        Points of similar spacing.
    pattern : Pattern
        Envelopes of shape (B, K, k).
    shift : ndarray, shape (B, K)
        Relative shift (not ppm) of each component.
    sigma : ndarray, shape (B,)
        Standard deviation of a peak in m/z.

    Returns
    -------
    tuple of ndarray, each of shape (B, K, n)
    """
    bells = _near_peaks(trace, pattern, shift, sigma)
    heights = bells.summed(bells.height)
    values = bells.u * bells.u
    values *= bells.height
    by_width = bells.summed(values)
    np.multiply(bells.u, bells.height, out=values)
    values *= (pattern.mz / sigma[:, None, None])[..., None]
    return heights, bells.summed(values), by_width


def profiles(trace: Trace, pattern: Pattern, shift: Floats, sigma: Floats) -> Floats:
    """Return the profiles alone, shape (B, K, n); see `profile_columns`."""
    bells = _near_peaks(trace, pattern, shift, sigma)
    return bells.summed(bells.height)


@dataclass(frozen=True, slots=True, eq=False)
class _Peaks:
    """Peaks near their centres, on the points of a trace widened by a margin.

    Attributes
    ----------
    height, u : ndarray, shape (B, K, k, m)
        Height of each peak at m points about its centre, and their distance from it in
        standard deviations.
    target : ndarray, shape (B * K * k * m,)
        Where each value goes in the widened traces, laid end to end.
    n_points, margin : int
        Points of the trace, and of the margin at either end that catches what lies outside.
    """

    height: Floats
    u: Floats
    target: NDArray[np.int64]
    n_points: int
    margin: int

    def summed(self, values: Floats) -> Floats:
        """Return the sum over peaks at each point of the trace, shape (B, K, n)."""
        batch, n_parts = values.shape[:2]
        width = self.n_points + 2 * self.margin
        counted = np.bincount(self.target, values.ravel(), batch * n_parts * width)
        total = np.asarray(counted, dtype=np.float64)
        inside = slice(self.margin, self.margin + self.n_points)
        whole: Floats = total.reshape(batch, n_parts, width)[:, :, inside]
        return whole


def _near_peaks(trace: Trace, pattern: Pattern, shift: Floats, sigma: Floats) -> _Peaks:
    """Return each peak near its centre, where that is in widths, and where it goes."""
    n_points = trace.mz.size
    spacing = (trace.mz[-1] - trace.mz[0]) / (n_points - 1)
    batch, n_parts, _ = pattern.mz.shape
    centre = pattern.mz * (1.0 + shift[:, :, None])
    reach = int(np.ceil(_REACH * sigma.max() / spacing)) + 1
    margin = 2 * reach + 4
    place = np.interp(centre, trace.mz, np.arange(n_points))
    outside = centre - np.clip(centre, trace.mz[0], trace.mz[-1])
    place = np.clip(place + outside / spacing, -reach - 2, n_points + reach)
    cell = np.rint(place).astype(np.int64)[..., None] + np.arange(
        margin - reach, margin + reach + 1
    )
    ends = np.full(margin, trace.mz[0]), np.full(margin, trace.mz[-1])
    u = np.concatenate([ends[0], trace.mz, ends[1]])[cell]
    u -= centre[..., None]
    u /= sigma[:, None, None, None]
    height = u * u
    height *= -0.5
    np.exp(height, out=height)
    height *= pattern.height[..., None]
    row = np.arange(batch * n_parts).reshape(batch, n_parts, 1, 1) * (n_points + 2 * margin)
    cell += row
    return _Peaks(height, u, cell.ravel(), n_points, margin)
