"""Charge of an envelope from the spacing of its peaks, and from charge ladders.

All that is known of charges before anything is assumed about what is in a spectrum. For picked
peaks of one envelope there is a comb (`spacing_charges`); for the points of a window, in which
several species may overlap, there is the autocorrelation (`plausible_charges`), which asks for no
peaks and says which charges cannot be excluded.

Peaks of neighbouring nominal masses are 1.0005 (Ag-rich) to 1.0034 (C-rich) u apart, so
those of an ion of charge z lie on a comb of spacing 1.002/z. A comb is good if it explains
the peaks near its centre and if none of its teeth between two peaks is missing: a comb of
half the charge leaves peaks over, a comb of twice the charge has every other tooth missing.
(Combination of Patterson and Fourier routines: Senko et al., 10.1016/1044-0305(94)00091-D.)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.isotopes import electron_mass, isotopes
from superatom.spectra.mass.peaks import Peaks
from superatom.spectra.mass.scoring import Trace

__all__ = [
    "SPACING",
    "ChargeCandidate",
    "LadderStep",
    "Spacing",
    "charge_ladder",
    "plausible_charges",
    "spacing_charges",
]

#: Mean distance in u of peaks of neighbouring nominal mass.
SPACING = 1.002

_TOLERANCE = 0.16  # of the spacing: how far a peak may lie from its tooth
_LEAST = 0.03  # of the tallest peak near: lower ones say little about the comb
_FLANK = 1.1  # m/z within which a missing tooth must have a peak on either side

_LAG = 0.010  # u: isotope peaks are 0.995 to 1.007 u apart
_CLEAR = 0.05  # rise of the autocorrelation that shows resolved peaks
_BETTER = 0.08

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ChargeCandidate:
    """A possible number of charges (without sign) and how well its comb fits (0 to 1)."""

    number: int
    score: float


def spacing_charges(
    peaks: Peaks, centre: float, charges: Sequence[int] = tuple(range(1, 11))
) -> tuple[ChargeCandidate, ...]:
    """Return the charges that the peaks around `centre` may have, best first.

    Parameters
    ----------
    peaks : Peaks
        Peaks of the spectrum.
    centre : float
        m/z of the tallest peak of the envelope.
    charges : sequence of int
        Numbers of charges to try.

    Returns
    -------
    tuple[ChargeCandidate, ...]
        Those whose comb scores at least half of the best; empty if fewer than two peaks are
        near, since one peak has no spacing.
    """
    scores = [(z, _comb_score(peaks, centre, z)) for z in charges]
    best = max((score for _, score in scores), default=0.0)
    if best <= 0.2:
        return ()
    kept = [ChargeCandidate(z, round(score, 4)) for z, score in scores if score >= best / 2]
    return tuple(sorted(kept, key=lambda each: (-each.score, each.number)))


def _comb_score(peaks: Peaks, centre: float, z: int) -> float:
    """Return the explained share of the peaks times the occupied share of the teeth."""
    spacing = SPACING / z
    reach = max(1.3, 5.5 * spacing) if z > 1 else 3.2
    near = peaks.between(centre - reach, centre + reach)
    if not len(near):
        return 0.0
    near = near[near.height >= _LEAST * near.height.max()]
    if len(near) < 2:
        return 0.0
    taper = np.exp(-0.5 * ((near.mz - centre) / (0.6 * reach)) ** 2)
    weight = taper * np.sqrt(near.height)
    phase = _phase(near.mz - centre, taper * near.height, spacing)
    tooth = np.rint((near.mz - centre - phase) / spacing)
    off = np.abs(near.mz - centre - phase - tooth * spacing)
    on = off <= _TOLERANCE * spacing
    teeth = _heights(tooth[on], near.height[on])
    if np.count_nonzero(teeth) < 2:
        return 0.0
    explained = float(weight[on].sum() / weight.sum())
    tightness = 1.0 - 0.5 * float((weight * off)[on].sum() / weight[on].sum()) / spacing
    return explained * _occupied(teeth, spacing) * tightness


def _phase(x: _Array, weight: _Array, spacing: float) -> float:
    """Return the offset of the comb that fits best: the circular mean of the peaks."""
    turn = np.sum(weight * np.exp(2j * np.pi * x / spacing))
    return float(np.angle(turn) / (2 * np.pi) * spacing)


def _heights(tooth: _Array, height: _Array) -> _Array:
    """Return the height of the tallest peak on each tooth, 0 where there is none."""
    if not tooth.size:
        return np.zeros(0)
    place = (tooth - tooth.min()).astype(np.intp)
    teeth = np.zeros(int(place.max()) + 1)
    np.maximum.at(teeth, place, height)
    return teeth


def _occupied(teeth: _Array, spacing: float) -> float:
    """Return the share of teeth with a peak; a gap counts as much as its lower flank."""
    reach = max(1, round(_FLANK / spacing))
    root = np.sqrt(teeth)
    present = np.flatnonzero(root > 0)
    missing = 0.0
    for left, right in pairwise(present.tolist()):
        gap = right - left - 1
        if 0 < gap < reach:
            missing += gap * min(root[left], root[right])
    return float(root.sum() / (root.sum() + missing))


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


def _autocorrelation(trace: Trace) -> tuple[_Array, _Array]:
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


def _maximum(lags: _Array, correlation: _Array, size: int) -> tuple[float, float]:
    """Return the correlation at the spacing of a charge and its rise above the valley before."""
    near = np.flatnonzero(np.abs(lags * size - SPACING) < _LAG)
    if near.size == 0:
        near = np.array([int(np.argmin(np.abs(lags * size - SPACING)))])
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


@dataclass(frozen=True, slots=True)
class LadderStep:
    """Two envelopes that can be the same species at different charges.

    Attributes
    ----------
    mz, other_mz : float
        m/z of the two.
    charge, other_charge : int
        Numbers of charges, without sign.
    carrier : str
        What carries the charge: 'electron' or 'proton'.
    mass : float
        Mass of the neutral species in u.
    error_ppm : float
        Difference of the two masses.
    """

    mz: float
    other_mz: float
    charge: int
    other_charge: int
    carrier: str
    mass: float
    error_ppm: float


def charge_ladder(
    mz: Sequence[float] | _Array,
    charges: Sequence[Sequence[int]],
    polarity: int,
    tolerance_ppm: float = 60.0,
) -> tuple[LadderStep, ...]:
    """Find envelopes that are one species at neighbouring charges.

    M = z m/z -+ z m(carrier); the carrier is an electron (the cluster's own charge changes)
    or a proton (acid ligands, protonated ligands).

    Parameters
    ----------
    mz : sequence of float, length n
        m/z of the envelopes: of the same isotope peak, or of the intensity-weighted mean.
    charges : sequence of sequences of int, length n
        Numbers of charges each may have; all of 1 to 10 for one without resolved isotopes.
    polarity : int
        1 or -1; 0 tries both signs of the proton's mass.
    tolerance_ppm : float
        Largest difference of the masses.

    Returns
    -------
    tuple[LadderStep, ...]
        Best agreement first. Two envelopes alone agree by chance now and then; three steps
        of one ladder hardly ever.
    """
    proton = isotopes("H")[0].mass - electron_mass()
    protons = (polarity * proton,) if polarity else (proton, -proton)
    carriers: dict[str, tuple[float, ...]] = {"electron": (0.0,), "proton": protons}
    steps = []
    for i in range(len(mz)):
        for j in range(i + 1, len(mz)):
            for z in charges[i]:
                for other in charges[j]:
                    if abs(z - other) == 1:
                        pair = (float(mz[i]), float(mz[j]), int(z), int(other))
                        steps += _steps(pair, carriers, tolerance_ppm)
    return tuple(sorted(steps, key=lambda step: abs(step.error_ppm)))


def _steps(
    pair: tuple[float, float, int, int],
    carriers: dict[str, tuple[float, ...]],
    tolerance_ppm: float,
) -> list[LadderStep]:
    mz, other_mz, z, other = pair
    found = []
    for name, masses in carriers.items():
        for mass in masses:
            first, second = z * (mz - mass), other * (other_mz - mass)
            error = 2e6 * (second - first) / (first + second)
            if abs(error) <= tolerance_ppm:
                found.append(LadderStep(mz, other_mz, z, other, name, (first + second) / 2, error))
    return found
