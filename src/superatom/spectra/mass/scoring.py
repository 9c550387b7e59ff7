"""Score compositions by their whole envelope, thousands at a time.

A window of the spectrum is compared with the profile each candidate would give: Gaussian
peaks of one width at its isotope centroids, moved by a common shift, on a constant baseline.
The least-squares amplitude is known in closed form, so that a candidate costs a few table
look-ups: the inner product of model and data is the sum of p_k Y(m_k), where Y is the data
smoothed by the peak shape and sampled finely.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.candidates import Candidates
from superatom.spectra.mass.isotopes import Envelopes, envelopes

__all__ = [
    "FWHM_PER_SIGMA",
    "Scores",
    "Sticks",
    "Trace",
    "envelopes_of",
    "scan",
    "shifts_to_try",
    "sticks_of",
]

Floats = NDArray[np.float64]

FWHM_PER_SIGMA = 2.0 * float(np.sqrt(2.0 * np.log(2.0)))
_REACH = 4.5  # standard deviations a peak is drawn to
_OVERSAMPLING = 10  # points of the look-up tables per standard deviation
_BLOCK = 8192  # candidates per block
_LEAST_OWN = 2e-3  # part of a candidate that other species cannot imitate, as far as tables tell
_STEP = 0.2  # shifts tried are this many peak widths apart


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """The part of a spectrum under one window.

    Attributes
    ----------
    mz, intensity : ndarray, shape (n,)
        Points, ascending in m/z, of similar spacing.
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
    def span(self) -> float:
        """Width of the window in m/z."""
        return float(self.mz[-1] - self.mz[0])

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
    variation : float
        Sum of squares to be explained.
    """

    r_squared: Floats
    shift_ppm: Floats
    variation: float


def envelopes_of(candidates: Candidates, threshold: float = 1e-3) -> Envelopes:
    """Return the neutral isotope envelopes of candidates."""
    return envelopes((candidates.space.symbols, candidates.elements()), threshold)


@dataclass(frozen=True, slots=True, eq=False)
class Sticks:
    """Calculated peaks of a block of candidates, tallest 1, in single precision.

    m/z is kept relative to `centre`, where single precision is good to 1e-6 of the window.
    """

    centre: float
    mz: NDArray[np.float32]
    height: NDArray[np.float32]

    @classmethod
    def of(cls, candidates: Candidates, centre: float) -> Sticks:
        """Return the peaks of candidates."""
        found = envelopes_of(candidates)
        height = found.abundance / found.abundance.max(axis=1, keepdims=True)
        mz = found.mz(candidates.charge) - centre
        return cls(centre, mz.astype(np.float32), height.astype(np.float32))


def sticks_of(candidates: Candidates, centre: float) -> list[Sticks]:
    """Return the peaks of all candidates in blocks, to scan them several times."""
    return [
        Sticks.of(candidates.take(np.arange(first, min(first + _BLOCK, len(candidates)))), centre)
        for first in range(0, len(candidates), _BLOCK)
    ]


@dataclass(frozen=True, slots=True, eq=False)
class _Tables:
    """Data and other curves, each smoothed by the peak shape, on a fine grid.

    The others are orthogonal, of unit length: what else is fitted beside a candidate.
    """

    start: float
    step: float
    data: NDArray[np.float32]
    others: tuple[NDArray[np.float32], ...]

    @classmethod
    def of(cls, trace: Trace, values: Floats, others: Floats) -> _Tables:
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
        for weight in (values, *others):
            comb = np.bincount(left, weight * (1 - part), n) + np.bincount(
                left + 1, weight * part, n
            )
            length = 1 << int(np.ceil(np.log2(n + kernel.size)))
            product = np.fft.rfft(comb, length) * np.fft.rfft(kernel, length)
            smoothed.append(np.fft.irfft(product, length)[width : width + n])
        # One cell of zeros at either end takes all peaks outside the window.
        data, *rest = (np.concatenate(([0.0], row, [0.0])).astype(np.float32) for row in smoothed)
        return cls(first - step, step, data, tuple(rest))


def shifts_to_try(trace: Trace, low_ppm: float, high_ppm: float) -> Floats:
    """Return shifts in ppm that sample a range finely enough for the peak width."""
    width_ppm = trace.fwhm / trace.centre * 1e6
    n = max(2, int(np.ceil((high_ppm - low_ppm) / (_STEP * width_ppm))) + 1)
    return np.linspace(low_ppm, high_ppm, min(n, 201))


def scan(
    trace: Trace,
    sticks: Sequence[Sticks],
    shifts_ppm: Floats,
    beside: Floats | None = None,
) -> Scores:
    """Return how well each candidate explains a trace, at the best of some shifts.

    Parameters
    ----------
    trace : Trace
        Measured points.
    sticks : sequence of Sticks
        What to try (see `sticks_of`).
    shifts_ppm : ndarray, shape (s,)
        Shifts to try, in ppm.
    beside : ndarray, shape (k, n_points), optional
        Profiles of species that are there too, in amounts that are fitted again: the fraction
        explained is that of what they leave.
    """
    ground = np.ones((1, trace.mz.size))
    curves = ground if beside is None else np.concatenate([ground, beside])
    others = np.linalg.qr(curves.T)[0].T
    values = trace.intensity - others.T @ (others @ trace.intensity)
    tables = _Tables.of(trace, values, others)
    parts = [_gain(trace, tables, block, shifts_ppm) for block in sticks]
    gain = np.concatenate([np.empty(0), *(part[0] for part in parts)])
    best = np.concatenate([np.empty(0, dtype=np.int64), *(part[1] for part in parts)])
    variation = float(values @ values)
    return Scores(gain / max(variation, 1e-300), shifts_ppm[best], variation)


def _gain(
    trace: Trace, tables: _Tables, block: Sticks, shifts_ppm: Floats
) -> tuple[Floats, NDArray[np.int64]]:
    """Return the fall of the sum of squares each candidate brings, and at which shift."""
    p = block.height
    sigma = trace.fwhm / FWHM_PER_SIGMA
    spacing = float(trace.mz[-1] - trace.mz[0]) / (trace.mz.size - 1)
    norm = _self_overlap(block.mz, p, sigma) * (np.sqrt(np.pi) * sigma / spacing)
    gain = np.full(len(p), -1.0)
    best = np.zeros(len(p), dtype=np.int64)
    # A shift in ppm moves the whole window by nearly the same step: shift the table instead.
    origin = tables.start - block.centre
    place = (block.mz - np.float32(origin)) * np.float32(1.0 / tables.step) + np.float32(0.5)
    last = tables.data.size - 1
    for number, ppm in enumerate(shifts_ppm):
        move = np.float32(ppm * 1e-6 * block.centre / tables.step)
        cell = np.clip((place + move).astype(np.int32), 0, last)
        with_data = np.einsum("ij,ij->i", p, tables.data.take(cell))
        rest = norm.copy()
        for other in tables.others:
            rest -= np.einsum("ij,ij->i", p, other.take(cell)) ** 2
        rest = np.maximum(rest, _LEAST_OWN * norm)
        now = np.where(with_data > 0, with_data**2 / rest, 0.0)
        better = now > gain
        gain[better] = now[better]
        best[better] = number
    return gain, best


def _self_overlap(
    mz: NDArray[np.float32], p: NDArray[np.float32], sigma: float
) -> NDArray[np.float32]:
    """Return sum_kl p_k p_l exp(-(m_k - m_l)^2 / 4 sigma^2), shape (n,).

    The peaks of an envelope are taken as evenly spaced: they are to 0.2 %.
    """
    total = np.einsum("ij,ij->i", p, p)
    spacing = (mz[:, -1] - mz[:, 0]) / np.float32(max(p.shape[1] - 1, 1))
    for apart in range(1, p.shape[1]):
        distance = apart * spacing
        if distance.min(initial=np.inf) > 2 * _REACH * sigma:
            break
        overlap = np.exp(np.float32(-0.25 / sigma**2) * distance**2)
        total += np.float32(2.0) * overlap * np.einsum("ij,ij->i", p[:, apart:], p[:, :-apart])
    overlap_sum: NDArray[np.float32] = total
    return overlap_sum
