"""Repairs of a scan as read: order, holes, negative values, swapped columns, duplicates.

Every repair is stated in a sentence; what cannot be repaired is an error.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from superatom.errors import DataFileError
from superatom.provenance import stamp
from superatom.spectra.mass.readers.scan import Scan
from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["looks_like_profile", "repaired"]

_LARGEST_MZ = 1e6
_NOISE_SHARE = 0.1  # of the tallest point: deeper negative values are no noise
_PROFILE_STEP = 0.08  # m/z; below the spacing of isotope peaks at charge 12
_PROFILE_SHARE = 2e-5  # of m/z; the sampling of instruments coarsens with m/z

_Array = NDArray[np.float64]


def repaired(scan: Scan, source: str) -> Spectrum:
    """Return `scan` as a spectrum: sorted, finite, without negative peaks or repeated points.

    Parameters
    ----------
    scan : Scan
        What a reader gave.
    source : str
        File and scan, for messages and for `Spectrum.source`.

    Raises
    ------
    DataFileError
        If nothing usable is left.
    """
    notes = list(scan.notes)
    mz, intensity = scan.mz, scan.intensity
    if not scan.named and _are_swapped(mz, intensity):
        mz, intensity = intensity, mz
        notes.append("the columns were swapped: took the second as m/z")
    mz, intensity = _finite(mz, intensity, notes)
    mz, intensity = _sorted(mz, intensity, notes)
    if not mz.size:
        raise DataFileError(source, "holds no point with an m/z and an intensity")
    if not np.any(intensity > 0):
        raise DataFileError(source, "has no intensity above zero", hint="is it an empty scan?")
    if mz[-1] > _LARGEST_MZ:
        raise DataFileError(
            source,
            f"has m/z values up to {mz[-1]:.3g}, which no instrument gives",
            hint="is the first column the m/z? expected values such as 7392.93",
        )
    intensity = _in_range(intensity, notes)
    profile = looks_like_profile(mz, intensity) if scan.profile is None else scan.profile
    intensity = _not_negative(intensity, profile, notes)
    mz, intensity = _without_duplicates(mz, intensity, profile, notes)
    made = stamp("read from a file", mz.tobytes(), intensity.tobytes())
    return Spectrum(mz, intensity, profile, scan.polarity, source, scan.time_s, made, tuple(notes))


def _ascends(values: _Array) -> bool:
    return bool(values.size > 2 and np.all(np.diff(values) > 0))


def _are_swapped(first: _Array, second: _Array) -> bool:
    """Whether the second column looks like an m/z axis and the first does not.

    An axis ascends (a list sorted by intensity descends) and either is evenly spaced, or
    the first column holds values that no m/z can have.
    """
    good = np.isfinite(first) & np.isfinite(second)
    first, second = first[good], second[good]
    if not _ascends(second) or np.all(np.diff(first) >= 0) or second[0] <= 0:
        return False
    impossible = bool(np.any(first <= 0) or np.any(first > _LARGEST_MZ))
    return impossible or _evenness(second) > 0.6 or _is_narrow_axis(first, second)


def _is_narrow_axis(first: _Array, second: _Array) -> bool:
    """Whether the second column spans one mass range and the first orders of magnitude."""
    return bool(second[-1] / second[0] < 50 and first.max() / first.min() > 200)


def _finite(mz: _Array, intensity: _Array, notes: list[str]) -> tuple[_Array, _Array]:
    good = np.isfinite(mz) & np.isfinite(intensity)
    if not good.all():
        notes.append(f"left out {int((~good).sum())} points that are not numbers (NaN, infinite)")
    positive = good & (np.where(good, mz, 1.0) > 0)
    n_bad = int(good.sum() - positive.sum())
    if n_bad:
        notes.append(f"left out {n_bad} points with an m/z of zero or below")
    return mz[positive], intensity[positive]


def _sorted(mz: _Array, intensity: _Array, notes: list[str]) -> tuple[_Array, _Array]:
    if np.any(np.diff(mz) < 0):
        order = np.argsort(mz, kind="stable")
        notes.append("sorted the points by m/z")
        return mz[order], intensity[order]
    return np.ascontiguousarray(mz), np.ascontiguousarray(intensity)


def _in_range(intensity: _Array, notes: list[str]) -> _Array:
    """Scale intensities so extreme that their squares leave the range of numbers."""
    top = float(np.abs(intensity).max())
    if 1e-60 < top < 1e60:
        return intensity
    notes.append(f"divided all intensities by {top / 100:.3g} (the tallest is 100 now)")
    return np.asarray(intensity / top * 100)


def _not_negative(intensity: _Array, profile: bool, notes: list[str]) -> _Array:
    """Set negative intensities to zero, except noise about a subtracted baseline.

    Cutting off one half of the noise of a profile would lift its baseline.
    """
    negative = intensity < 0
    if not negative.any():
        return intensity
    lowest = float(intensity.min())
    told = f"{int(negative.sum())} negative intensities (lowest {lowest:.4g})"
    if profile and -lowest < _NOISE_SHARE * float(intensity.max()):
        notes.append(f"kept {told} as noise about a subtracted baseline")
        return intensity
    notes.append(f"set {told} to zero")
    return np.where(negative, 0.0, intensity)


def _without_duplicates(
    mz: _Array, intensity: _Array, profile: bool, notes: list[str]
) -> tuple[_Array, _Array]:
    """Average points of equal m/z in a profile, add them in a peak list."""
    if np.all(np.diff(mz) > 0):
        return mz, intensity
    unique, inverse, counts = np.unique(mz, return_inverse=True, return_counts=True)
    total = np.bincount(inverse, weights=intensity).astype(np.float64)
    done = "averaged" if profile else "added up"
    notes.append(f"{done} {mz.size - unique.size} points that repeat an m/z")
    return unique, total / counts if profile else total


def _evenness(mz: _Array, tolerance: float = 1.5) -> float:
    """Return the share of steps within a factor `tolerance` of the step before them."""
    steps = np.diff(mz)
    steps = steps[steps > 0]
    if steps.size < 2:
        return 0.0
    ratio = steps[1:] / steps[:-1]
    return float(np.mean((ratio < tolerance) & (ratio > 1 / tolerance)))


def looks_like_profile(mz: _Array, intensity: _Array) -> bool:
    """Whether the points sample peak shapes rather than being peaks themselves.

    A profile has even steps that are finer than any isotope spacing, or very even steps
    throughout. Centroids of one envelope are evenly spaced too, but at 1/z.

    Parameters
    ----------
    mz, intensity : ndarray, shape (n,)
        Points, ascending in m/z.
    """
    if mz.size < 8:
        return False
    steps = np.diff(mz)
    fine = float(np.median(steps)) < max(_PROFILE_STEP, _PROFILE_SHARE * float(np.median(mz)))
    if fine and _evenness(mz) > 0.6:
        return True
    very_even = mz.size >= 100 and _evenness(mz, 1.02) > 0.9
    return very_even and _is_smooth(intensity)


def _is_smooth(intensity: _Array) -> bool:
    """Whether maxima are rarer than every third point, as in a sampled curve."""
    inner = intensity[1:-1]
    maxima = (inner > intensity[:-2]) & (inner >= intensity[2:])
    return bool(maxima.mean() < 1 / 3)
