"""Fit mixtures of isotope envelopes to a stretch of spectrum: shift, width, baseline, amounts.

For a batch of hypotheses, each a mixture of K envelopes with a peak width w and a shift s_k
each that may differ from their mean by a few ppm, the residual sum of squares is minimised
over these outer parameters by Gauss-Newton steps, and over the K amounts, which are not
negative, and a straight baseline by linear least squares inside (variable projection).
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.scoring import FWHM_PER_SIGMA, Trace

__all__ = ["MixtureFits", "Pattern", "fit_mixtures", "profile_columns", "profiles"]

Floats = NDArray[np.float64]

_REACH = 4.5
_STEPS = 4
_APART = 8.0  # ppm that species of one window may be shifted from their mean
_WIDTH_RANGE = 1.8  # the fitted width stays within this factor of the estimate
_CHUNK = 2_000_000  # numbers in the largest array


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """Calculated envelopes of ions: m/z and height, each of shape (..., k)."""

    mz: Floats
    height: Floats


@dataclass(frozen=True, slots=True, eq=False)
class MixtureFits:
    """Best fits of B hypotheses of K components each.

    Attributes
    ----------
    rss : ndarray, shape (B,)
        Residual sum of squares.
    shift_ppm, fwhm : ndarray, shape (B,)
        Mean shift by amounts, and peak width in m/z.
    own_ppm : ndarray, shape (B, K)
        Shift of each component.
    amounts : ndarray, shape (B, K)
        Height of each component's tallest peak.
    baseline : ndarray, shape (B, 2)
        Constant and slope of the baseline, the latter per window width.
    """

    rss: Floats
    shift_ppm: Floats
    fwhm: Floats
    own_ppm: Floats
    amounts: Floats
    baseline: Floats

    def rows(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> MixtureFits:
        """Return some of the fits."""
        return MixtureFits(*(getattr(self, field.name)[rows] for field in fields(self)))


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
    bells = _bells(trace, pattern, shift, sigma)
    heights = bells.summed(bells.height)
    values = bells.u * bells.u
    values *= bells.height
    by_width = bells.summed(values)
    np.multiply(bells.u, bells.height, out=values)
    values *= (pattern.mz / sigma[:, None, None])[..., None]
    return heights, bells.summed(values), by_width


def profiles(trace: Trace, pattern: Pattern, shift: Floats, sigma: Floats) -> Floats:
    """Return the profiles alone, shape (B, K, n); see `profile_columns`."""
    bells = _bells(trace, pattern, shift, sigma)
    return bells.summed(bells.height)


@dataclass(frozen=True, slots=True, eq=False)
class _Bells:
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


def _bells(trace: Trace, pattern: Pattern, shift: Floats, sigma: Floats) -> _Bells:
    """Return each peak near its centre, where that is in widths, and where it goes."""
    n_points = trace.mz.size
    spacing = (trace.mz[-1] - trace.mz[0]) / (n_points - 1)
    batch, n_parts, _ = pattern.mz.shape
    centre = pattern.mz * (1.0 + shift[:, :, None])
    reach = int(np.ceil(_REACH * sigma.max() / spacing)) + 1
    margin = 2 * reach + 4
    place = np.interp(
        centre, trace.mz, np.arange(n_points), left=-reach - 2, right=n_points + reach
    )
    cell = np.rint(place).astype(np.int64)[..., None] + np.arange(
        margin - reach, margin + reach + 1
    )
    u = np.pad(trace.mz, margin, mode="edge")[cell]
    u -= centre[..., None]
    u /= sigma[:, None, None, None]
    height = u * u
    height *= -0.5
    np.exp(height, out=height)
    height *= pattern.height[..., None]
    row = np.arange(batch * n_parts).reshape(batch, n_parts, 1, 1) * (n_points + 2 * margin)
    cell += row
    return _Bells(height, u, cell.ravel(), n_points, margin)


def fit_mixtures(
    trace: Trace,
    pattern: Pattern,
    shift_ppm: Floats,
    limits_ppm: tuple[float, float],
    *,
    fixed_width: bool = False,
) -> MixtureFits:
    """Fit B hypotheses of K envelopes each.

    Parameters
    ----------
    trace : Trace
        Measured points.
    pattern : Pattern
        Envelopes of shape (B, K, k); heights 0 pad.
    shift_ppm : ndarray, shape (B,)
        Where to start.
    limits_ppm : tuple of float
        Range of the shift.
    fixed_width : bool
        Keep the width of the trace.
    """
    batch, n_parts, k = pattern.mz.shape
    reach = 2 * _REACH * trace.fwhm / FWHM_PER_SIGMA * 1.5
    points = reach / ((trace.mz[-1] - trace.mz[0]) / trace.mz.size) + 3
    step = max(1, int(_CHUNK / (n_parts * max(k * points, 3 * trace.mz.size))))
    parts = [
        _fit_chunk(
            trace,
            Pattern(pattern.mz[first : first + step], pattern.height[first : first + step]),
            shift_ppm[first : first + step],
            limits_ppm,
            fixed_width,
        )
        for first in range(0, batch, step)
    ]
    joined = (np.concatenate(column) for column in zip(*parts, strict=True))
    return MixtureFits(*joined)


def _fit_chunk(
    trace: Trace,
    pattern: Pattern,
    shift_ppm: Floats,
    limits_ppm: tuple[float, float],
    fixed_width: bool,
) -> tuple[Floats, ...]:
    n_parts = pattern.mz.shape[1]
    sigma0 = trace.fwhm / FWHM_PER_SIGMA
    shift = np.repeat(shift_ppm[:, None] * 1e-6, n_parts, axis=1)
    log_width = np.zeros(len(shift))
    bounds = np.array(limits_ppm) * 1e-6
    widest = np.log(_WIDTH_RANGE)
    largest = 0.7 * sigma0 / trace.centre
    best = _evaluate(trace, pattern, shift, sigma0 * np.exp(log_width))
    damping = np.ones(len(shift))
    for _ in range(_STEPS):
        move, wider = best.move(trace, fixed_width)
        move = np.clip(move * damping[:, None], -largest, largest)
        new_shift = _together(shift + move, best.linear[:, :-2], bounds)
        new_width = np.clip(log_width + np.clip(wider * damping, -0.3, 0.3), -widest, widest)
        trial = _evaluate(trace, pattern, new_shift, sigma0 * np.exp(new_width))
        better = trial.rss < best.rss
        shift[better], log_width[better] = new_shift[better], new_width[better]
        damping = np.where(better, 1.0, damping * 0.4)
        best = best.replaced(trial, better)
    amounts = best.linear[:, :-2]
    return (
        best.rss,
        _mean_shift(shift, amounts)[:, 0] * 1e6,
        trace.fwhm * np.exp(log_width),
        shift * 1e6,
        amounts,
        best.linear[:, -2:],
    )


def _mean_shift(shift: Floats, amounts: Floats) -> Floats:
    weight = np.maximum(amounts, 0.0) + 1e-12
    mean: Floats = (shift * weight).sum(axis=1, keepdims=True) / weight.sum(axis=1, keepdims=True)
    return mean


def _together(shift: Floats, amounts: Floats, bounds: Floats) -> Floats:
    """Return shifts within bounds whose distance from their mean is limited."""
    mean = np.clip(_mean_shift(shift, amounts), bounds[0], bounds[1])
    near: Floats = mean + np.clip(shift - mean, -_APART * 1e-6, _APART * 1e-6)
    return np.clip(near, bounds[0], bounds[1])


@dataclass(slots=True, eq=False)
class _State:
    """Linear solution of a batch at given shifts and widths."""

    rss: Floats
    linear: Floats
    columns: Floats
    by_shift: Floats
    by_width: Floats

    def replaced(self, other: _State, rows: NDArray[np.bool_]) -> _State:
        """Take over the rows where `other` is better."""
        for name in ("rss", "linear", "columns", "by_shift", "by_width"):
            getattr(self, name)[rows] = getattr(other, name)[rows]
        return self

    def move(self, trace: Trace, fixed_width: bool) -> tuple[Floats, Floats]:
        """Return the Gauss-Newton steps in the shifts, (B, K), and in ln(width), (B,)."""
        amounts = self.linear[:, :-2]
        batch, n_parts, n_points = self.columns.shape
        by_width = np.einsum("bk,bkn->bn", amounts, self.by_width)[:, None]
        design = np.concatenate(
            [
                self.columns,
                _ground(batch, n_points),
                amounts[..., None] * self.by_shift,
                by_width * (0.0 if fixed_width else 1.0),
            ],
            axis=1,
        )
        solution = _solve(design, trace.intensity)
        return solution[:, n_parts + 2 : -1], solution[:, -1]


def _ground(batch: int, n_points: int) -> Floats:
    """Return the two columns of a straight baseline, shape (B, 2, n)."""
    ramp = np.linspace(-0.5, 0.5, n_points)
    return np.broadcast_to(np.stack([np.ones_like(ramp), ramp]), (batch, 2, n_points))


def _evaluate(trace: Trace, pattern: Pattern, shift: Floats, sigma: Floats) -> _State:
    columns, by_shift, by_width = profile_columns(trace, pattern, shift, sigma)
    batch, n_parts, n_points = columns.shape
    design = np.concatenate([columns, _ground(batch, n_points)], axis=1)
    linear = _solve(design, trace.intensity)
    for _ in range(n_parts):  # non-negative: switch off what came out negative, then again
        negative = linear[:, :n_parts] < 0
        if not negative.any():
            break
        keep = np.concatenate([~negative, np.ones((batch, 2), dtype=bool)], axis=1)
        keep &= np.concatenate([linear[:, :n_parts] != 0, np.ones((batch, 2), dtype=bool)], axis=1)
        design = design * keep[..., None]
        linear = np.where(keep, _solve(design, trace.intensity), 0.0)
    residual = trace.intensity - np.einsum("bk,bkn->bn", linear, design)
    rss = np.einsum("bn,bn->b", residual, residual)
    return _State(rss, linear, columns, by_shift, by_width)


def _solve(design: Floats, values: Floats) -> Floats:
    """Return least-squares coefficients, shape (B, m), for designs of shape (B, m, n)."""
    gram = design @ design.transpose(0, 2, 1)
    right = design @ values
    scale = np.sqrt(np.einsum("bmm->bm", gram))
    scale[scale == 0] = 1.0
    gram = gram / (scale[:, :, None] * scale[:, None, :])
    size = gram.shape[1]
    gram[:, np.arange(size), np.arange(size)] += 1e-9  # collinear components share
    solution: Floats = np.linalg.solve(gram, (right / scale)[..., None])[..., 0] / scale
    return solution
