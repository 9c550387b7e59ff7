"""Peak width and possible charges of a window, from a comb of peaks with free heights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

from superatom.spectra.mass.scoring import FWHM_PER_SIGMA, Trace

__all__ = ["estimate_fwhm", "even_trace", "plausible_charges"]

Floats = NDArray[np.float64]

#: Mean distance of isotope peaks in u; metals with thiolates have 0.998 to 1.003.
_SPACING = 1.0005
_FEWEST_PHASES = 10
_MOST_POINTS = 4000


def even_trace(mz: Floats, intensity: Floats, fwhm: float) -> Trace:
    """Return the points on an even grid with at most 12 points per peak width."""
    span = float(mz[-1] - mz[0])
    usual = float(np.median(np.diff(mz))) if mz.size > 1 else fwhm / 8
    spacing = max(usual, fwhm / 12, span / _MOST_POINTS)
    n = max(8, round(span / spacing) + 1)
    grid = np.linspace(mz[0], mz[-1], n)
    if spacing > 1.5 * usual:  # average what falls into one cell, so that noise is averaged too
        cell = np.rint((mz - mz[0]) / (span / (n - 1))).astype(np.int64)
        weight = np.bincount(cell, minlength=n)
        total = np.bincount(cell, intensity, minlength=n)
        filled = weight > 0
        return Trace(grid, np.interp(grid, grid[filled], total[filled] / weight[filled]), fwhm)
    return Trace(grid, np.interp(grid, mz, intensity), fwhm)


def estimate_fwhm(mz: Floats, intensity: Floats) -> float:
    """Return the width at half height of the tallest peaks of a window in m/z.

    The median of the five tallest peaks that fall to half their height on both sides before
    another peak rises; for an envelope without resolved peaks this is its own width.
    """
    top = float(intensity.max())
    ground = float(np.quantile(intensity, 0.05))
    left = np.r_[-np.inf, intensity[:-1]]
    right = np.r_[intensity[1:], -np.inf]
    maxima = np.flatnonzero((intensity >= left) & (intensity > right))
    maxima = maxima[np.argsort(-intensity[maxima])][:12]
    widths = []
    for place in maxima:
        if intensity[place] < ground + 0.3 * (top - ground):
            break
        half = ground + 0.5 * (intensity[place] - ground)
        width = _width_at(mz, intensity, int(place), half)
        if width > 0:
            widths.append(width)
    if not widths:
        return float(mz[-1] - mz[0]) / 8
    return float(np.median(sorted(widths)[: max(3, len(widths) // 2 + 1)]))


def _width_at(mz: Floats, intensity: Floats, place: int, half: float) -> float:
    below = intensity < half
    left = np.flatnonzero(below[:place])
    right = np.flatnonzero(below[place:])
    if not left.size or not right.size:
        return 0.0
    i, j = int(left[-1]), place + int(right[0])
    low = mz[i] + (half - intensity[i]) / (intensity[i + 1] - intensity[i]) * (mz[i + 1] - mz[i])
    part = (intensity[j - 1] - half) / (intensity[j - 1] - intensity[j])
    high = mz[j - 1] + part * (mz[j] - mz[j - 1])
    return float(high - low)


def plausible_charges(trace: Trace, charges: Sequence[int]) -> tuple[int, ...]:
    """Return the charges whose peak spacing can explain a trace, of those in `charges`.

    For each charge a comb of peaks with free heights, spaced by 1.0005 u / z, is fitted at
    several phases. Kept are the charges that explain the trace nearly as well as the best,
    without multiples of a charge that does so already.
    """
    sizes = sorted({abs(z) for z in charges})
    explained = {size: _comb(trace, size) for size in sizes}
    best = max(explained.values())
    slack = max(0.08, 0.5 * (1.0 - best))
    kept = [size for size in sizes if explained[size] >= best - slack]
    lowest = [
        size
        for size in kept
        if not any(
            size % other == 0 and explained[other] > explained[size] - 0.5 * slack
            for other in kept
            if other < size
        )
    ]
    return tuple(z for z in charges if abs(z) in lowest)


def _comb(trace: Trace, size: int) -> float:
    """Return the fraction of variance that the best comb of one charge explains."""
    spacing = _SPACING / size
    sigma = trace.fwhm / FWHM_PER_SIGMA
    values = trace.intensity - np.quantile(trace.intensity, 0.05)
    best = 0.0
    n_phases = max(_FEWEST_PHASES, int(np.ceil(spacing / (0.2 * trace.fwhm))))
    for phase in np.arange(n_phases) / n_phases * spacing:
        centres = np.arange(trace.mz[0] - spacing + phase, trace.mz[-1] + spacing, spacing)
        if centres.size > 400:
            return 0.0
        columns = np.exp(-0.5 * ((trace.mz[:, None] - centres) / sigma) ** 2)
        _, rest = nnls(columns, values, maxiter=10 * centres.size)
        best = max(best, 1.0 - rest**2 / max(trace.variation, 1e-300))
    return best
