"""Score compositions by their whole envelope, thousands at a time.

A window of the spectrum is compared with the profile each candidate would give: Gaussian
peaks of one width at its isotope centroids, moved by a common shift, on a constant baseline.
The least-squares amplitude is known in closed form, so that a candidate costs a few table
look-ups: the inner product of model and data is the sum of p_k Y(m_k), where Y is the data
smoothed by the peak shape and sampled finely.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.candidates import Candidates
from superatom.spectra.mass.isotopes import Envelopes, envelopes

__all__ = ["FWHM_PER_SIGMA", "Scores", "Trace", "envelopes_of", "scan"]

Floats = NDArray[np.float64]

FWHM_PER_SIGMA = 2.0 * float(np.sqrt(2.0 * np.log(2.0)))
_REACH = 4.5  # standard deviations a peak is drawn to
_OVERSAMPLING = 10  # points of the look-up tables per standard deviation
_BLOCK = 8192  # candidates per block
_STEP = 0.2  # shifts tried are this many peak widths apart


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """The part of a spectrum under one window.

    Attributes
    ----------
    mz, intensity : ndarray, shape (n,)
        Points, ascending in m/z, evenly spaced or nearly so.
    fwhm : float
        Peak width in m/z (a first estimate).
    """

    mz: Floats
    intensity: Floats
    fwhm: float

    @property
    def centre(self) -> float:
        """Middle of the window in m/z."""
        return float(0.5 * (self.mz[0] + self.mz[-1]))

    @property
    def variation(self) -> float:
        """Sum of squares about the mean intensity."""
        return float(((self.intensity - self.intensity.mean()) ** 2).sum())


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Best single-species fit of each candidate.

    Attributes
    ----------
    r_squared : ndarray, shape (n,)
        Fraction of the variance explained.
    shift_ppm : ndarray, shape (n,)
        Shift of the best fit (measured minus calculated).
    """

    r_squared: Floats
    shift_ppm: Floats


def envelopes_of(candidates: Candidates, threshold: float = 1e-3) -> Envelopes:
    """Return the neutral isotope envelopes of candidates."""
    return envelopes((candidates.space.symbols, candidates.elements()), threshold)


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    """Data and unity, each smoothed by the peak shape, on a fine grid."""

    start: float
    step: float
    data: Floats
    ones: Floats

    @classmethod
    def of(cls, trace: Trace, values: Floats) -> _Tables:
        sigma = trace.fwhm / FWHM_PER_SIGMA
        step = sigma / _OVERSAMPLING
        first = trace.mz[0] - _REACH * sigma
        n = int((trace.mz[-1] - first + _REACH * sigma) / step) + 2
        # Deposit each point on the grid, then convolve: both peak shapes are the same.
        place = (trace.mz - first) / step
        left = place.astype(np.int64)
        part = place - left
        width = int(_REACH * _OVERSAMPLING)
        kernel = np.exp(-0.5 * (np.arange(-width, width + 1) / _OVERSAMPLING) ** 2)
        smoothed = []
        for weight in (values, np.ones_like(values)):
            comb = np.bincount(left, weight * (1 - part), n) + np.bincount(
                left + 1, weight * part, n
            )
            length = 1 << int(np.ceil(np.log2(n + kernel.size)))
            product = np.fft.rfft(comb, length) * np.fft.rfft(kernel, length)
            smoothed.append(np.fft.irfft(product, length)[width : width + n])
        # One cell of zeros at either end takes all peaks outside the window.
        data, ones = (np.concatenate(([0.0], row, [0.0])) for row in smoothed)
        return cls(first - step, step, data, ones)

    def at(self, mz: Floats) -> NDArray[np.int64]:
        """Return the nearest cell of each m/z."""
        cell = ((mz - self.start) * (1.0 / self.step) + 0.5).astype(np.int64)
        return np.clip(cell, 0, self.data.size - 1)


def shifts_to_try(trace: Trace, low_ppm: float, high_ppm: float) -> Floats:
    """Return shifts in ppm that sample a range finely enough for the peak width."""
    width_ppm = trace.fwhm / trace.centre * 1e6
    n = max(2, int(np.ceil((high_ppm - low_ppm) / (_STEP * width_ppm))) + 1)
    return np.linspace(low_ppm, high_ppm, min(n, 201))


def scan(
    trace: Trace,
    candidates: Candidates,
    shifts_ppm: Floats,
    residual: Floats | None = None,
) -> Scores:
    """Return how well each candidate alone explains a trace, at the best of some shifts.

    Parameters
    ----------
    trace : Trace
        Measured points.
    candidates : Candidates
        What to try.
    shifts_ppm : ndarray, shape (s,)
        Shifts to try, in ppm.
    residual : ndarray, shape (n_points,), optional
        Explain this instead of the measured intensity.
    """
    values = trace.intensity if residual is None else residual
    values = values - values.mean()
    tables = _Tables.of(trace, values)
    total = float(values @ values)
    r_squared = np.empty(len(candidates))
    shift = np.empty(len(candidates))
    for first in range(0, len(candidates), _BLOCK):
        block = candidates.take(np.arange(first, min(first + _BLOCK, len(candidates))))
        gain, best = _gain(trace, tables, block, shifts_ppm)
        r_squared[first : first + len(block)] = gain / max(total, 1e-300)
        shift[first : first + len(block)] = shifts_ppm[best]
    return Scores(r_squared, shift)


def _gain(
    trace: Trace, tables: _Tables, block: Candidates, shifts_ppm: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """Return the fall of the sum of squares each candidate brings, and at which shift."""
    found = envelopes_of(block)
    mz = found.mz(block.charge)
    p = found.abundance / found.abundance.max(axis=1, keepdims=True)
    sigma = trace.fwhm / FWHM_PER_SIGMA
    spacing = float(trace.mz[-1] - trace.mz[0]) / (trace.mz.size - 1)
    norm = _self_overlap(mz, p, sigma) * np.sqrt(np.pi) * sigma / spacing
    gain = np.full(len(block), -1.0)
    best = np.zeros(len(block), dtype=np.int64)
    for place, ppm in enumerate(shifts_ppm):
        cell = tables.at(mz * (1.0 + ppm * 1e-6))
        with_data = np.einsum("ij,ij->i", p, tables.data[cell])
        with_ones = np.einsum("ij,ij->i", p, tables.ones[cell])
        rest = np.maximum(norm - with_ones**2 / trace.mz.size, 1e-3 * norm)
        now = np.where(with_data > 0, with_data**2 / rest, 0.0)
        better = now > gain
        gain[better] = now[better]
        best[better] = place
    return gain, best


def _self_overlap(mz: Floats, p: Floats, sigma: float) -> Floats:
    """Return sum_kl p_k p_l exp(-(m_k - m_l)^2 / 4 sigma^2), shape (n,)."""
    total = np.einsum("ij,ij->i", p, p)
    for apart in range(1, p.shape[1]):
        distance = np.abs(mz[:, apart:] - mz[:, :-apart])
        if distance.min(initial=np.inf) > 2 * _REACH * sigma:
            break
        overlap = np.exp(-0.25 * (distance / sigma) ** 2)
        total = total + 2.0 * np.einsum("ij,ij,ij->i", p[:, apart:], p[:, :-apart], overlap)
    return np.asarray(total)
