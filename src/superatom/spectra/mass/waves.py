"""Profiles of many merged peaks as sums of waves: the fast way where peaks are broad.

A row of Gaussian peaks of one width, repeated with a period L, is a Fourier series

    sum_k p_k G(x - c_k) = (sigma sqrt(2 pi) / L) sum_j exp(-(w_j sigma)^2 / 2) S_j exp(i w_j x)

with w_j = 2 pi j / L and the structure factor S_j = sum_k p_k exp(-i w_j c_k). The structure
factor does not depend on the width, and a shift only turns its phase, so that a fit computes it
once; each step is then one matrix product with the waves at the points of the trace. The period
leaves room for the outermost peaks, so that none reaches the window from the other side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.scoring import Trace

__all__ = ["Waves"]

Floats = NDArray[np.float64]
Complex = NDArray[np.complex128]

_FINEST = 5.0  # w sigma beyond which a wave adds less than 4e-6 of a peak


@dataclass(frozen=True, slots=True, eq=False)
class Waves:
    """Envelopes as Fourier series on a trace.

    Attributes
    ----------
    period : float
        L in m/z.
    basis : ndarray, shape (2, n_waves, n)
        Cosines and sines at the points of the trace.
    factor, slope : complex ndarray, shape (n_waves, B, K)
        Structure factors about each envelope's middle, and the same weighted by the distance
        from it in m/z.
    middle, place : ndarray, shape (B, K)
        Middle of each envelope in m/z, and its distance from the start of the trace.
    """

    period: float
    basis: Floats
    factor: Complex
    slope: Complex
    middle: Floats
    place: Floats

    @classmethod
    def of(
        cls, trace: Trace, mz: Floats, height: Floats, shift: Floats, sigma: float, margin: float
    ) -> Waves:
        """Return the series of envelopes.

        Parameters
        ----------
        trace : Trace
            Where they are to be drawn.
        mz, height : ndarray, shape (B, K, k)
            Their peaks.
        shift : ndarray, shape (B, K)
            Relative shift about which they will be drawn.
        sigma : float
            Least width that will be asked for.
        margin : float
            How far in m/z outside the window a peak may still matter.
        """
        low, high = float(trace.mz[0]) - margin, float(trace.mz[-1]) + margin
        period = high - low
        n_waves = cls.needed(period, sigma)
        turn = 2 * np.pi / period
        angle = turn * np.outer(np.arange(n_waves), trace.mz - trace.mz[0])
        moved = mz * (1.0 + shift[..., None])
        seen = np.where((moved > low) & (moved < high), height, 0.0)
        total = np.maximum(seen.sum(axis=2), 1e-300)
        middle = np.where(total > 1e-300, (seen * mz).sum(axis=2) / total, trace.mz[0])
        off = mz - middle[..., None]
        factor, slope = _structure_factors(turn * off, seen, seen * off, n_waves)
        basis = np.stack([np.cos(angle), np.sin(angle)])
        return cls(period, basis, factor, slope, middle, middle - trace.mz[0])

    @staticmethod
    def needed(period: float, sigma: float) -> int:
        """Return how many waves draw peaks of a width."""
        return int(np.ceil(_FINEST * period / (2 * np.pi * sigma))) + 1

    def columns(
        self, rows: NDArray[np.int64], shift: Floats, sigma: Floats, derivatives: bool = True
    ) -> tuple[Floats, ...]:
        """Return the profiles of some envelopes; see `fit.profile_columns`.

        Parameters
        ----------
        rows : ndarray of int, shape (r,)
            Which of the B hypotheses.
        shift : ndarray, shape (r, K)
            Relative shift of each envelope.
        sigma : ndarray, shape (r,)
            Standard deviation of a peak in m/z.
        derivatives : bool
            Whether those in shift and in ln(width) are wanted too.
        """
        n_waves = min(self.needed(self.period, float(sigma.min())), len(self.factor))
        omega = (2 * np.pi / self.period * np.arange(n_waves))[:, None, None]
        middle = self.middle[rows]
        factor, slope = self.factor[:n_waves, rows], self.slope[:n_waves, rows]
        narrow = (omega[:, :, 0] * sigma) ** 2
        weight = np.exp(-0.5 * narrow) * (2 * np.sqrt(2 * np.pi) / self.period * sigma)
        weight[0] *= 0.5
        at = self.place[rows] + middle * shift
        turned = np.exp(-1j * omega * at) * weight[..., None]
        moved = (factor - (1j * omega) * (shift * slope)) * turned
        if not derivatives:
            return tuple(self._drawn(moved[None]))
        by_shift = (-1j * omega) * (middle * moved + slope * turned)
        by_width = moved * (1.0 - narrow)[..., None]
        return tuple(self._drawn(np.stack([moved, by_shift, by_width])))

    def _drawn(self, series: Complex) -> Floats:
        """Return the profiles that series of shape (s, n_waves, r, K) make, shape (s, r, K, n)."""
        n_series, n_waves, batch, parts = series.shape
        flat = np.empty((2, n_waves, n_series, batch, parts))
        flat[0], flat[1] = series.real.swapaxes(0, 1), -series.imag.swapaxes(0, 1)
        waves = self.basis[:, :n_waves].reshape(2 * n_waves, -1)
        drawn: Floats = flat.reshape(2 * n_waves, -1).T @ waves
        return drawn.reshape(n_series, batch, parts, -1)


def _structure_factors(
    angle: Floats, height: Floats, moment: Floats, n_waves: int
) -> tuple[Complex, Complex]:
    """Return sums of two weights times exp(-i j angle), each of shape (n_waves, B, K).

    With j = a + b m, m about the root of n_waves, each wave is a product of two of few.
    """
    batch, parts, k = angle.shape
    m = int(np.ceil(np.sqrt(n_waves)))
    fine, coarse = (_powers(np.exp(-1j * each), m) for each in (angle, m * angle))
    weighted = np.concatenate([fine * height[..., None], fine * moment[..., None]], axis=3)
    together = weighted.reshape(-1, k, 2 * m).swapaxes(1, 2) @ coarse.reshape(-1, k, m)
    # (envelope, which weight, a, b) to (which weight, b, a, envelope)
    ordered = together.reshape(batch * parts, 2, m, m).transpose(1, 3, 2, 0)
    flat = np.ascontiguousarray(ordered).reshape(2, m * m, batch, parts)[:, :n_waves]
    return flat[0], flat[1]


def _powers(base: Complex, n: int) -> Complex:
    """Return the powers 0 to n - 1 along a new last axis."""
    powers = np.empty((*base.shape, n), dtype=np.complex128)
    powers[..., 0] = 1.0
    for number in range(1, n):
        np.multiply(powers[..., number - 1], base, out=powers[..., number])
    return powers
