"""From the points of a window to a trace: peak width, and averages of neighbouring points."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.scoring import Trace

__all__ = ["estimate_fwhm", "thinned_trace"]

Floats = NDArray[np.float64]

_MOST_POINTS = 4000


def thinned_trace(mz: Floats, intensity: Floats, fwhm: float) -> Trace:
    """Return the points as they are, or averages of neighbours if there are very many.

    Points are never interpolated, so that their noise stays independent; neighbours are
    averaged down to about 4 to 6 points per peak width, or to 4000 points in all.
    """
    usual = float(np.median(np.diff(mz))) if mz.size > 1 else fwhm / 8
    group = max(round(fwhm / (5.0 * usual)), int(np.ceil(mz.size / _MOST_POINTS)), 1)
    if group == 1 or mz.size < 8 * group:
        return Trace(mz, intensity, fwhm)
    n = mz.size // group * group
    return Trace(
        mz[:n].reshape(-1, group).mean(axis=1), intensity[:n].reshape(-1, group).mean(axis=1), fwhm
    )


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
