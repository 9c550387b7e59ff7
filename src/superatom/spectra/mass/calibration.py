"""The m/z error of a spectrum as a smooth curve, found together with the assignments.

Every candidate of every window votes with its own shift; a wrong candidate's shifts scatter,
those of the right ones lie on one curve. The curve is found by expectation maximisation: the
candidates are weighed by how well they fit and how near the curve their shift is, and the
curve is fitted again with these weights.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.composition.cluster import Cluster
from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["Calibration", "calibrate", "lock_mass"]

Floats = NDArray[np.float64]

_REFERENCE = 1500.0  # m/z about which the polynomial is written
_SD_RANGE = (1.5, 6.0)
_RIDGE = (20.0, 12.0, 2.0)  # expected offset, slope and bend over half the range in ppm
_ROUNDS = 25
_LOCK_SD = 3.0  # ppm that other ions scatter about a calibration by lock masses


@dataclass(frozen=True, slots=True)
class Calibration:
    """Systematic m/z error: shift(m/z) = sum of c_k ((m/z - 1500) / 1500)^k in ppm.

    Attributes
    ----------
    coefficients : tuple[float, ...]
        c_k in ppm.
    sd : float
        Scatter of single envelopes about the curve in ppm.
    n_windows : int
        How many windows determined it; 0 if it is only assumed.
    """

    coefficients: tuple[float, ...] = (0.0,)
    sd: float = 15.0
    n_windows: int = 0

    def at(self, mz: float) -> float:
        """Return the shift at an m/z in ppm (measured minus true)."""
        x = (mz - _REFERENCE) / _REFERENCE
        return float(sum(c * x**k for k, c in enumerate(self.coefficients)))


def calibrate(
    mz: Sequence[float],
    shifts: Sequence[Floats],
    log_weights: Sequence[Floats],
    limits_ppm: tuple[float, float],
) -> Calibration:
    """Find the calibration curve that the candidates of all windows agree on.

    Parameters
    ----------
    mz : sequence of float, length w
        Centre of each window.
    shifts : sequence of w arrays
        Shift of each candidate in ppm.
    log_weights : sequence of w arrays
        Logarithm of each candidate's probability from its fit.
    limits_ppm : tuple of float
        Range of shifts that were allowed.
    """
    if len(mz) < 2:
        return Calibration()
    weights = [np.exp(w - np.logaddexp.reduce(w)) for w in log_weights]
    at = np.array(mz, dtype=np.float64)
    middle = 0.5 * (float(at.min()) + float(at.max()))
    half = max(0.5 * (float(at.max()) - float(at.min())), 1.0)
    x = (at - middle) / half
    degree = 0 if len(mz) < 3 else 1 if len(mz) < 6 else 2
    offsets = np.arange(limits_ppm[0], limits_ppm[1] + 0.5, 1.0)
    agreed = [_agreement(x, shifts, weights, np.array([c]), 4.0) for c in offsets]
    curve: Floats = np.zeros(degree + 1)
    curve[0] = offsets[int(np.argmax(agreed))]
    sd = 4.0
    powers = x[:, None] ** np.arange(degree + 1)
    ridge = np.diag(1.0 / np.array(_RIDGE[: degree + 1]) ** 2)
    for _ in range(_ROUNDS):
        share, target, spread = _votes(powers @ curve, shifts, weights, sd)
        gram = powers.T @ (share[:, None] * powers) / sd**2 + ridge
        curve = np.asarray(np.linalg.solve(gram, powers.T @ (share * target) / sd**2), float)
        off = share * ((target - powers @ curve) ** 2 + spread)
        sd = float(np.clip(np.sqrt(off.sum() / max(share.sum(), 1e-9)), *_SD_RANGE))
    uncertainty = 1.0 / max(share.sum(), 1.0)
    # From powers of the distance from the middle to powers of (m/z - 1500) / 1500.
    line = np.polynomial.Polynomial([(_REFERENCE - middle) / half, _REFERENCE / half])
    written = np.polynomial.Polynomial(curve)(line)
    return Calibration(
        tuple(float(c) for c in written.coef), sd * float(np.sqrt(1.0 + uncertainty)), len(mz)
    )


def lock_mass(
    spectrum: Spectrum, ions: Sequence[Cluster | str], *, max_shift_ppm: float = 40.0
) -> Calibration:
    """Return the calibration that known ions in the spectrum give.

    Parameters
    ----------
    spectrum : Spectrum
        Profile spectrum that holds the ions.
    ions : sequence of Cluster or formula
        Ions that are known to be there, with charges. One pins the shift; two give
        a straight line, more a parabola.
    max_shift_ppm : float
        Largest m/z error to allow.

    Raises
    ------
    SearchError
        If the spectrum has no signal where an ion would be.
    """
    from superatom.spectra.mass.mixtures import fit_mixture

    places, shifts = [], []
    for ion in ions:
        found = fit_mixture(spectrum, [ion], max_shift_ppm=max_shift_ppm)
        places.append(found.mean_mz)
        shifts.append(found.shift_ppm)
    x = (np.array(places) - _REFERENCE) / _REFERENCE
    degree = min(len(shifts) - 1, 2)
    curve = np.polynomial.polynomial.polyfit(x, np.array(shifts), degree)
    return Calibration(tuple(float(c) for c in curve), _LOCK_SD, len(shifts))


def _agreement(
    x: Floats, shifts: Sequence[Floats], weights: Sequence[Floats], curve: Floats, sd: float
) -> float:
    at = (x[:, None] ** np.arange(curve.size)) @ curve
    return sum(
        float(np.log(1e-3 + (w * np.exp(-0.5 * ((s - a) / sd) ** 2)).sum()))
        for s, w, a in zip(shifts, weights, at, strict=True)
    )


def _votes(
    at: Floats, shifts: Sequence[Floats], weights: Sequence[Floats], sd: float
) -> tuple[Floats, Floats, Floats]:
    """Return each window's weight, mean shift and variance under the present curve."""
    share, target, spread = (np.zeros(len(shifts)) for _ in range(3))
    for place, (s, w, a) in enumerate(zip(shifts, weights, at, strict=True)):
        near = w * np.exp(-0.5 * ((s - a) / sd) ** 2)
        total = float(near.sum())
        share[place] = total / (total + 1e-3)  # a window no candidate of which agrees is left out
        target[place] = float(near @ s) / max(total, 1e-300)
        spread[place] = float(near @ (s - target[place]) ** 2) / max(total, 1e-300)
    return share, target, spread
