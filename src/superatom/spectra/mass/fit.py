"""Fit mixtures of isotope envelopes to a stretch of spectrum: shift, width, baseline, amounts.

For a batch of hypotheses, each a mixture of K envelopes with a peak width w and a shift s_k
each that may differ from their mean by a few ppm, the residual sum of squares is minimised
over these outer parameters by Gauss-Newton steps, and over the K amounts, which are not
negative, and a straight baseline by linear least squares inside (variable projection).
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.bells import Drawing, Pattern, drawing
from superatom.spectra.mass.scoring import FWHM_PER_SIGMA, Trace

__all__ = ["MixtureFits", "fit_mixtures"]

Floats = NDArray[np.float64]

_REACH = 4.5
_STEPS = 8
_SETTLED = 1e-5  # change of the sum of squares below which a fit is done
_HOPELESS = 5.0  # times the best sum of squares: not followed beyond two steps
_APART = 8.0  # ppm that species of one window may be shifted from their mean
_WIDTH_RANGE = 1.8  # the fitted width stays within this factor of the estimate
_CHUNK = 2_000_000  # numbers in the largest array


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
    batch, n_parts = pattern.mz.shape[:2]
    sigma0 = trace.fwhm / FWHM_PER_SIGMA
    shift = np.repeat(shift_ppm[:, None] * 1e-6, n_parts, axis=1)
    log_width = np.zeros(batch)
    bounds = np.array(limits_ppm) * 1e-6
    widest = np.log(_WIDTH_RANGE)
    largest = 0.7 * sigma0 / trace.centre
    drawn = drawing(trace, pattern, shift, 1.0 if fixed_width else _WIDTH_RANGE)
    rows = np.arange(batch)  # those that still improve
    state = _evaluate(trace, drawn, rows, shift, np.full(batch, sigma0))
    rss, linear = state.rss.copy(), state.linear.copy()
    damping = np.ones(batch)
    for step in range(_STEPS):
        move, wider = state.move(trace, fixed_width)
        move = np.clip(move * damping[rows, None], -largest, largest)
        new_shift = _together(shift[rows] + move, linear[rows, :-2], bounds)
        change = np.clip(wider * damping[rows], -0.3, 0.3)
        new_width = np.clip(log_width[rows] + change, -widest, widest)
        sigma = sigma0 * np.exp(new_width)
        trial = _evaluate(trace, drawn, rows, new_shift, sigma, step + 1 < _STEPS)
        fall = rss[rows] - trial.rss
        better = fall > 0
        goes_on = np.abs(fall) > _SETTLED * rss[rows]
        taken = rows[better]
        shift[taken], log_width[taken] = new_shift[better], new_width[better]
        rss[taken], linear[taken] = trial.rss[better], trial.linear[better]
        damping[rows] = np.where(better, 1.0, damping[rows] * 0.4)
        if step > 0:
            goes_on &= rss[rows] < _HOPELESS * rss.min()
        if step + 1 == _STEPS or not goes_on.any():
            break
        state = state.replaced(trial, better).rows(goes_on)
        rows = rows[goes_on]
    amounts = linear[:, :-2]
    return (
        rss,
        _mean_shift(shift, amounts)[:, 0] * 1e6,
        trace.fwhm * np.exp(log_width),
        shift * 1e6,
        amounts,
        linear[:, -2:],
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
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)[rows]
        return self

    def rows(self, rows: NDArray[np.bool_]) -> _State:
        """Return some of the rows."""
        return self if rows.all() else _State(*(getattr(self, f.name)[rows] for f in fields(self)))

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


@lru_cache(maxsize=64)
def _baseline(n_points: int) -> Floats:
    """Return the two columns of a straight baseline, shape (2, n)."""
    ramp = np.linspace(-0.5, 0.5, n_points)
    return np.stack([np.ones_like(ramp), ramp])


def _ground(batch: int, n_points: int) -> Floats:
    return np.broadcast_to(_baseline(n_points), (batch, 2, n_points))


def _evaluate(
    trace: Trace,
    drawn: Drawing,
    rows: NDArray[np.int64],
    shift: Floats,
    sigma: Floats,
    derivatives: bool = True,
) -> _State:
    """Return the linear solution of some hypotheses; without derivatives if no step follows."""
    found = drawn.columns(rows, shift, sigma, derivatives)
    columns, by_shift, by_width = found if derivatives else found * 3
    batch, n_parts, n_points = columns.shape
    design = np.concatenate([columns, _ground(batch, n_points)], axis=1)
    linear = _solve(design, trace.intensity)
    kept = np.ones((batch, n_parts + 2), dtype=bool)
    for _ in range(n_parts):  # non-negative: switch off what came out negative, then again
        wrong = np.flatnonzero((linear[:, :n_parts] < 0).any(axis=1))
        if not wrong.size:
            break
        kept[wrong, :n_parts] &= linear[wrong, :n_parts] > 0
        again = _solve(design[wrong] * kept[wrong][..., None], trace.intensity)
        linear[wrong] = np.where(kept[wrong], again, 0.0)
    linear = np.where(kept, linear, 0.0)
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
