"""Take away the continuum of overlapping ions on which the envelopes of crowded spectra stand.

A reaction mixture holds so many ions of one charge that their isotope peaks fall on one comb
and never reach the baseline: the ground of the spectrum is not a line but a comb. It is found
as a baseline is, by a low quantile of the points around, but only of those that lie a whole
number of isotope spacings away.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.charges import SPACING
from superatom.spectra.mass.peaks import Background, background
from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["Continuum", "find_continuum"]

Floats = NDArray[np.float64]

_PHASES = 24  # points per isotope spacing
_REACH = 25  # teeth on either side; wider than one envelope and its neighbour
_QUANTILE = 0.15  # of those teeth
_RISE = 4.0  # comb over noise
_LONGEST_SERIES = 200  # teeth without a gap that no single cluster with its adducts gives
_SHARE = 0.8  # of the most modulated comb: the finest spacing that keeps this is the true one


@dataclass(frozen=True, slots=True, eq=False)
class Continuum:
    """A comb of unresolved species beneath the envelopes.

    Attributes
    ----------
    charge : int
        Number of charges that its spacing tells.
    mz_lo, mz_hi : float
        Between which it was found.
    height : float
        Greatest height of its teeth, as a share of the tallest point of the spectrum.
    spectrum : Spectrum
        What stands out of it.
    """

    charge: int
    mz_lo: float
    mz_hi: float
    height: float
    spectrum: Spectrum

    def note(self) -> str:
        """Return what the reader should know."""
        return (
            f"between m/z {self.mz_lo:.0f} and {self.mz_hi:.0f} the envelopes stand on a continuum "
            f"of overlapping ions of charge {self.charge}, up to {self.height:.0%} of the tallest "
            "point; it was subtracted, and only what stands out of it is assigned"
        )


def find_continuum(spectrum: Spectrum, charges: Iterable[int]) -> Continuum | None:
    """Return the comb on which the envelopes of a profile stand; None if there is none.

    Parameters
    ----------
    spectrum : Spectrum
        Profile. Centroids have none.
    charges : iterable of int
        Charges to try; the sign does not matter.
    """
    if not spectrum.profile or len(spectrum) < _LONGEST_SERIES * _PHASES // 2:
        return None
    ground = background(spectrum)
    numbers = sorted({abs(z) for z in charges})
    combs = [_Comb.of(spectrum, ground, number) for number in numbers]
    found = [comb for comb in combs if comb is not None]
    if not found:
        return None
    most = max(comb.strength for comb in found)
    # A comb of half the charge holds every tooth as well; one of twice the charge does not.
    best = [comb for comb in found if comb.strength >= _SHARE * most][-1]
    level = np.interp(spectrum.mz, best.mz, best.level, left=0.0, right=0.0)
    rest = Spectrum.of(
        spectrum.mz, spectrum.intensity - level, profile=True, polarity=spectrum.polarity
    )
    held = best.mz[best.level > 0]
    top = float(level.max()) / float(spectrum.intensity.max())
    return Continuum(best.charge, float(held[0]), float(held[-1]), top, rest)


@dataclass(frozen=True, slots=True, eq=False)
class _Comb:
    charge: int
    mz: Floats
    level: Floats
    strength: float

    @classmethod
    def of(cls, spectrum: Spectrum, ground: Background, number: int) -> _Comb | None:
        spacing = SPACING / number
        n_teeth = int((spectrum.mz[-1] - spectrum.mz[0]) / spacing)
        if n_teeth < _LONGEST_SERIES:
            return None
        mz = spectrum.mz[0] + spacing / _PHASES * np.arange(n_teeth * _PHASES)
        height = np.interp(mz, spectrum.mz, spectrum.intensity).reshape(n_teeth, _PHASES)
        padded = np.pad(height, ((_REACH, _REACH), (0, 0)), mode="edge")
        around = np.lib.stride_tricks.sliding_window_view(padded, 2 * _REACH + 1, axis=0)
        level = np.partition(around, int(_QUANTILE * around.shape[-1]), axis=-1)
        level = level[..., int(_QUANTILE * around.shape[-1])]
        floor = level.min(axis=1)
        rise = level.max(axis=1) - floor
        noise = np.interp(mz[::_PHASES], spectrum.mz, ground.noise)
        held = _long_runs(rise > _RISE * noise)
        if not held.any():
            return None
        comb = np.where(held[:, None], level - floor[:, None], 0.0)
        return cls(number, mz, comb.ravel(), float(rise[held].sum()) * spacing)


def _long_runs(held: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return where `held` is true for many teeth in a row."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], held, [False]]).astype(np.int8)))
    kept = np.zeros_like(held)
    for first, last in edges.reshape(-1, 2).tolist():
        if last - first >= _LONGEST_SERIES:
            kept[first:last] = True
    return kept
