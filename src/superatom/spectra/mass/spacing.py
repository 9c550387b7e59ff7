"""Peak width and possible charges of a window, before anything is assumed about what is in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.scoring import Trace

__all__ = ["Spacing", "estimate_fwhm", "plausible_charges", "thinned_trace"]

Floats = NDArray[np.float64]

_TOLERANCE = 0.012  # isotope peaks are 0.995 to 1.007 u apart
_CLEAR = 0.05  # rise of the autocorrelation that shows resolved peaks
_BETTER = 0.08
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


@dataclass(frozen=True, slots=True)
class Spacing:
    """What the spacing of peaks says about charge.

    Attributes
    ----------
    charges : tuple[int, ...]
        Charges that are possible.
    resolved : bool
        Whether isotope peaks are resolved; if not, all charges are possible.
    """

    charges: tuple[int, ...]
    resolved: bool


def plausible_charges(trace: Trace, charges: Sequence[int]) -> Spacing:
    """Return the charges that the peak spacing of a trace allows, of those in `charges`.

    The autocorrelation of a trace with resolved isotope peaks has a maximum at one spacing,
    1.00 u / z, however many species with this charge overlap. Of the charges with a clear
    maximum the highest is kept, and lower ones if they correlate better: copper, silver and
    halogens can make every other peak low.
    """
    sizes = sorted({abs(z) for z in charges})
    lags, correlation = _autocorrelation(trace)
    heights = {size: _maximum(lags, correlation, size) for size in sizes}
    clear = max((rise for _, rise in heights.values()), default=0.0)
    if clear < _CLEAR:
        return Spacing(tuple(charges), False)
    marked = [size for size in sizes if heights[size][1] >= 0.35 * clear]
    highest = marked[-1]
    kept = [
        size
        for size in marked
        if size == highest or heights[size][0] > heights[highest][0] + _BETTER
    ]
    return Spacing(tuple(z for z in charges if abs(z) in kept), True)


def _autocorrelation(trace: Trace) -> tuple[Floats, Floats]:
    """Return lags in m/z and the autocorrelation of the signal above its ground."""
    span = float(trace.mz[-1] - trace.mz[0])
    n = int(np.clip(span / trace.fwhm * 16, trace.mz.size, 8 * trace.mz.size))
    even = np.linspace(trace.mz[0], trace.mz[-1], n)
    signal = np.interp(even, trace.mz, trace.intensity)
    signal = signal - np.quantile(signal, 0.05)
    power = np.abs(np.fft.rfft(signal, 2 * n)) ** 2
    correlation = np.fft.irfft(power)[:n]
    spacing = (trace.mz[-1] - trace.mz[0]) / (n - 1)
    return np.arange(n) * spacing, correlation / max(float(correlation[0]), 1e-300)


def _maximum(lags: Floats, correlation: Floats, size: int) -> tuple[float, float]:
    """Return the correlation at the spacing of a charge and its rise above the valley before."""
    near = np.flatnonzero(np.abs(lags * size - 1.0) < _TOLERANCE)
    if near.size == 0:
        near = np.array([int(np.argmin(np.abs(lags * size - 1.0)))])
        if lags[near[0]] < 0.5 / size:
            return 0.0, 0.0
    top = int(near[int(correlation[near].argmax())])
    left, right = max(int(0.7 * top), 1), min(int(np.ceil(1.3 * top)), lags.size - 1)
    valley = float(correlation[1 : top + 1].min())
    rise = float(correlation[top]) - valley
    # A maximum of its own: no higher point around it than at the spacing.
    if correlation[left : right + 1].max() > correlation[top] + 0.05 * rise + 1e-3:
        return float(correlation[top]), 0.0
    return float(correlation[top]), rise
