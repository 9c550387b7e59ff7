"""Noise, baseline and peaks of a spectrum, and the resolving power they show.

A block is a stretch of a few m/z. The baseline follows a low quantile of each block. The
noise comes from fourth differences, which see little of peaks that span several points, and
from the spread of blocks that hold nothing but noise, which also sees noise that the
instrument has smoothed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["Background", "Peaks", "background", "pick_peaks", "resolving_power"]

_BLOCK_MZ = 4.0
_BLOCK_POINTS = 64
_MAD = 1.4826  # standard deviation of a normal distribution over its median deviation
_FOURTH = np.array([1.0, -4.0, 6.0, -4.0, 1.0])
_FWHM_PER_SIGMA = 2.0 * float(np.sqrt(2.0 * np.log(2.0)))

_Array = NDArray[np.float64]
_Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Baseline and noise of a spectrum.

    Attributes
    ----------
    baseline, noise : ndarray, shape (n,)
        Baseline and standard deviation of the noise at each point, in the spectrum's unit.
    """

    baseline: _Array
    noise: _Array


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Peaks of a spectrum, ascending in m/z.

    Attributes
    ----------
    mz : ndarray, shape (n,)
        Centres.
    height : ndarray, shape (n,)
        Heights above the baseline, in the unit of the spectrum.
    fwhm : ndarray, shape (n,)
        Full widths at half maximum in m/z; nan for centroids.
    signal_to_noise : ndarray, shape (n,)
        Heights over the standard deviation of the noise.
    """

    mz: _Array
    height: _Array
    fwhm: _Array
    signal_to_noise: _Array

    def __len__(self) -> int:
        return int(self.mz.size)

    def __getitem__(self, index: slice | _Index | NDArray[np.bool_]) -> Peaks:
        return Peaks(
            self.mz[index], self.height[index], self.fwhm[index], self.signal_to_noise[index]
        )

    def between(self, mz_lo: float, mz_hi: float) -> Peaks:
        """Return the peaks with `mz_lo` <= m/z <= `mz_hi`."""
        first, last = np.searchsorted(self.mz, [mz_lo, mz_hi + 1e-12])
        return self[slice(int(first), int(last))]


def background(spectrum: Spectrum) -> Background:
    """Estimate baseline and noise of a spectrum.

    For centroids the baseline is zero and the noise half of the height that a quarter of the
    peaks stay below.
    """
    n = len(spectrum)
    if not spectrum.profile or n < _BLOCK_POINTS // 2:
        lowest = float(np.quantile(spectrum.intensity, 0.25)) if n > 20 else 0.0
        floor = 1e-3 * float(spectrum.intensity.max(initial=0.0))
        return Background(np.zeros(n), np.full(n, max(lowest / 2, floor)))
    edges = _block_edges(spectrum.mz)
    centres = np.array([spectrum.mz[(a + b) // 2] for a, b in pairwise(edges.tolist())])
    low, noise = _blocks(spectrum.intensity, edges)
    baseline = np.interp(spectrum.mz, centres, _rolling(low, 2, np.min))
    return Background(baseline, np.interp(spectrum.mz, centres, noise))


def _block_edges(mz: _Array) -> _Index:
    """Return the first index of each block and, at the end, the number of points."""
    n_blocks = int(np.clip((mz[-1] - mz[0]) / _BLOCK_MZ, 1, mz.size // _BLOCK_POINTS or 1))
    edges = np.searchsorted(mz, np.linspace(mz[0], mz[-1], n_blocks + 1))
    edges[-1] = mz.size
    kept = [0]
    for edge in edges[1:-1].tolist():  # too few points (zeros left out): join to the next
        if edge - kept[-1] >= _BLOCK_POINTS and mz.size - edge >= _BLOCK_POINTS:
            kept.append(edge)
    return np.array([*kept, mz.size], dtype=np.intp)


def _blocks(intensity: _Array, edges: _Index) -> tuple[_Array, _Array]:
    """Return the baseline and the noise of each block."""
    rough = np.abs(np.convolve(intensity, _FOURTH, mode="same")) / np.sqrt(70.0)
    rows = [
        (*np.quantile(intensity[a:b], (0.05, 0.25, 0.5, 0.95)), _MAD * np.median(rough[a:b]))
        for a, b in pairwise(edges.tolist())
    ]
    p5, p25, p50, p95, differences = np.array(rows).T
    # Noise is symmetric and rough; a picket fence of isotope peaks is symmetric but smooth.
    quiet = ((p95 - p50) < 2 * (p50 - p5)) & ((p25 - p5) < 8 * differences)
    quiet &= differences <= 2 * np.quantile(differences, 0.2)
    smoothing = 1.0
    if quiet.any():  # noise that the instrument has smoothed is larger than its differences
        spread = (p25[quiet] - p5[quiet]) / 0.970
        smoothing = max(1.0, float(np.median(spread / np.maximum(differences[quiet], 1e-300))))
    floor = 1e-3 * float(np.quantile(intensity, 0.9995))
    # Peaks only add to differences: the quieter of the blocks around tell the noise.
    noise = np.maximum(smoothing * _rolling(differences, 6, _low_quantile), floor)
    # The 5 % quantile of noise alone lies 1.645 standard deviations below the baseline.
    baseline = np.where(quiet, p50, np.minimum(p50, p5 + 1.645 * noise))
    return baseline, noise


def _low_quantile(values: _Array, axis: int) -> _Array:
    return np.asarray(np.quantile(values, 0.3, axis=axis))


def _rolling(values: _Array, reach: int, statistic: object) -> _Array:
    """Return a statistic over each value and `reach` neighbours on either side."""
    padded = np.pad(values, reach, mode="edge")
    windows = np.lib.stride_tricks.sliding_window_view(padded, 2 * reach + 1)
    return np.asarray(statistic(windows, axis=1))  # type: ignore[operator]


def pick_peaks(
    spectrum: Spectrum, min_signal_to_noise: float = 4.0, known: Background | None = None
) -> Peaks:
    """Find the peaks of a spectrum.

    The profile is smoothed by a third of a peak width; a peak is a maximum that stands
    `min_signal_to_noise` above the noise and out of the valleys beside it. Its centre and
    width are those of a parabola through the logarithm of its upper half, which is exact for
    a Gaussian. Centroids are taken as they are.

    Parameters
    ----------
    spectrum : Spectrum
        What to search.
    min_signal_to_noise : float
        Least height over noise.
    known : Background, optional
        Baseline and noise, if they are known already.
    """
    if not len(spectrum):
        empty = np.empty(0)
        return Peaks(empty, empty, empty, empty)
    around = known or background(spectrum)
    if not spectrum.profile:
        kept = spectrum.intensity >= min_signal_to_noise * around.noise
        height = spectrum.intensity[kept]
        return Peaks(
            spectrum.mz[kept], height, np.full(height.size, np.nan), height / around.noise[kept]
        )
    width = _width_in_points(spectrum, around)
    return _profile_peaks(spectrum, around, width, min_signal_to_noise)


def _smoothed(values: _Array, sigma: float) -> _Array:
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(values, sigma, mode="nearest")) if sigma > 0.2 else values


def _maxima(values: _Array) -> _Index:
    """Return indices of maxima; a plateau counts once, at its first point."""
    inner = values[1:-1]
    return np.flatnonzero((inner > values[:-2]) & (inner >= values[2:])) + 1


def _width_in_points(spectrum: Spectrum, around: Background) -> float:
    """Return the typical full width at half maximum of strong peaks, in points."""
    signal = _smoothed(spectrum.intensity, 1.0) - around.baseline
    top = _maxima(signal)
    strong = top[signal[top] > np.maximum(8 * around.noise[top], 0.02 * signal.max())]
    if not strong.size:
        strong = top[signal[top] >= 0.3 * signal.max()]
    if not strong.size:
        return 6.0
    best = strong[np.argsort(signal[strong])[-2000:]]
    widths = _half_widths(signal, best)
    return float(np.clip(np.sqrt(max(np.median(widths) ** 2 - _FWHM_PER_SIGMA**2, 1.0)), 2, 400))


def _half_widths(signal: _Array, tops: _Index) -> _Array:
    """Return full widths at half maximum in points, walking down both flanks of each top."""
    return np.array([_flank(signal, top, -1) + _flank(signal, top, 1) for top in tops.tolist()])


def _flank(signal: _Array, top: int, step: int) -> float:
    """Return how many points lie between a top and half of its height on one side.

    Noise may lift the flank a little on the way; a rise by a fifth of the top is another peak.
    If the valley before it is no deeper than half of the top, both peaks fill it, each with
    half of its height: L = 2 h exp(-4 ln 2 d^2 / w^2) at the distance d gives the width w.
    """
    height = float(signal[top])
    at = valley = top
    lowest = height
    while 0 < at < signal.size - 1 and lowest > height / 2:
        at += step
        value = float(signal[at])
        if value > lowest + height / 5:
            filled = np.log(2.0 * height / lowest)
            return float(abs(valley - top) * np.sqrt(np.log(2.0) / filled))
        if value < lowest:
            lowest, valley = value, at
    return float(abs(at - top))


def _profile_peaks(
    spectrum: Spectrum, around: Background, width: float, min_signal_to_noise: float
) -> Peaks:
    sigma = 0.3 * width / _FWHM_PER_SIGMA * 2
    signal = _smoothed(spectrum.intensity, sigma) - around.baseline
    quieting = max(0.35, min(1.0, 1 / np.sqrt(2 * np.sqrt(np.pi) * max(sigma, 0.3))))
    noise = around.noise * quieting
    top = _maxima(signal)
    top = top[signal[top] >= min_signal_to_noise * noise[top]]
    top = _prominent(signal, top, noise)
    centre, fwhm = _gaussian_tops(spectrum.mz, signal, top, max(1, round(0.35 * width)))
    step = (spectrum.mz[np.minimum(top + 1, len(spectrum) - 1)] - spectrum.mz[top - 1]) / 2
    fwhm = np.sqrt(np.maximum(fwhm**2 - (sigma * _FWHM_PER_SIGMA * step) ** 2, step**2))
    broadening = np.sqrt(1 + (sigma * _FWHM_PER_SIGMA * step / fwhm) ** 2)
    order = np.argsort(centre, kind="stable")
    height = signal[top] * broadening
    return Peaks(centre[order], height[order], fwhm[order], (height / around.noise[top])[order])


def _prominent(signal: _Array, top: _Index, noise: _Array) -> _Index:
    """Keep maxima that stand out of the valleys beside them by twice the noise."""
    for _ in range(6):
        if top.size < 2:
            break
        valley = np.minimum.reduceat(signal, top)[:-1]
        higher = np.maximum(
            np.concatenate(([-np.inf], valley)), np.concatenate((valley, [-np.inf]))
        )
        rise = signal[top] - higher
        needed = np.maximum(2 * noise[top], 0.02 * signal[top])
        weak = rise < needed
        # Of two neighbours that share a shallow valley only the lower one goes at a time.
        lower = np.concatenate(([False], signal[top][1:] <= signal[top][:-1])) | np.concatenate(
            (signal[top][:-1] < signal[top][1:], [False])
        )
        drop = weak & lower
        if not drop.any():
            break
        top = top[~drop]
    return top


def _gaussian_tops(mz: _Array, signal: _Array, top: _Index, reach: int) -> tuple[_Array, _Array]:
    """Fit a parabola to the logarithm of each top; return centres and widths in m/z."""
    if not top.size:
        return np.empty(0), np.empty(0)
    index = np.clip(top[:, None] + np.arange(-reach, reach + 1), 0, mz.size - 1)
    scale = np.maximum(mz[index[:, -1]] - mz[index[:, 0]], 1e-12)[:, None] / 2
    x = (mz[index] - mz[top][:, None]) / scale
    y = signal[index] / signal[top][:, None]
    weight = np.where(y > 0.2, y, 0.0) ** 2
    log = np.log(np.where(y > 0.2, y, 1.0))
    powers = [(weight * x**k).sum(axis=1) for k in range(5)]
    right = np.stack([(weight * log * x**k).sum(axis=1) for k in range(3)], axis=1)
    matrix = np.stack([np.stack([powers[i + j] for j in range(3)], axis=1) for i in range(3)], 1)
    matrix += 1e-9 * np.eye(3)
    _, slope, curvature = np.linalg.solve(matrix, right[..., None])[..., 0].T
    bent = curvature < -1e-3
    shift = np.where(bent, -slope / (2 * np.where(bent, curvature, -1.0)), 0.0)
    shift = np.clip(shift, -1.0, 1.0) * scale[:, 0]
    sigma = np.sqrt(1 / (2 * np.where(bent, -curvature, 0.125))) * scale[:, 0]
    return mz[top] + shift, sigma * _FWHM_PER_SIGMA


def resolving_power(peaks: Peaks) -> float:
    """Return the median of m/z over width of the stronger half of the peaks.

    Overlapping species and unresolved isotopes only broaden peaks, so this is a lower bound.
    It is nan if there are no profile peaks.
    """
    good = np.isfinite(peaks.fwhm) & (peaks.fwhm > 0)
    if not good.any():
        return float("nan")
    strong = good & (peaks.signal_to_noise >= np.median(peaks.signal_to_noise[good]))
    return float(np.median(peaks.mz[strong] / peaks.fwhm[strong]))
