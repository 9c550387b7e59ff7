"""Sum scans of one spectrum, whose m/z axes may differ."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.provenance import stamp
from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["sum_spectra"]

_CENTROID_TOLERANCE = 10e-6  # of m/z: closer centroids of different scans are one peak
_GAP = 3.0  # steps; a wider hole in a scan means that zeros were left out there

_Array = NDArray[np.float64]


def sum_spectra(
    spectra: Sequence[Spectrum], *, source: str = "", notes: tuple[str, ...] = ()
) -> Spectrum:
    """Add spectra up.

    Profiles are interpolated linearly onto one axis with the step of the scans; centroids
    closer than 10 ppm are joined at their weighted mean.

    Raises
    ------
    SearchError
        If there are none, or profiles and centroids are mixed.
    """
    kinds = {spectrum.profile for spectrum in spectra}
    if len(kinds) != 1:
        raise SearchError("can only sum spectra of one kind, all profile or all centroid")
    profile = kinds.pop()
    mz, intensity = _sum_profiles(spectra) if profile else _sum_centroids(spectra)
    made = stamp("sum of scans", mz.tobytes(), intensity.tobytes())
    kept = dict.fromkeys(note for each in spectra for note in each.notes)
    return Spectrum(
        mz,
        intensity,
        profile,
        next((each.polarity for each in spectra if each.polarity), 0),
        source,
        spectra[0].time_s,
        made,
        tuple(dict.fromkeys((*notes, *kept, f"summed {len(spectra)} scans"))),
    )


def _sum_profiles(spectra: Sequence[Spectrum]) -> tuple[_Array, _Array]:
    first = spectra[0].mz
    if all(np.array_equal(first, each.mz) for each in spectra[1:]):
        return first, np.sum([each.intensity for each in spectra], axis=0)
    axis, step = _common_axis(spectra)
    total = np.zeros_like(axis)
    for each in spectra:
        total += _onto(axis, step, each)
    return axis, total


def _common_axis(spectra: Sequence[Spectrum]) -> tuple[_Array, _Array]:
    """Return an axis over all scans with their local step, and that step at each point."""
    middles = np.concatenate([(s.mz[1:] + s.mz[:-1]) / 2 for s in spectra])
    steps = np.concatenate([np.diff(s.mz) for s in spectra])
    order = np.argsort(middles, kind="stable")
    middles, steps = middles[order], steps[order]
    n_blocks = int(np.clip(middles.size // 200, 1, 400))
    edges = np.linspace(0, middles.size, n_blocks + 1).astype(int)
    at = np.array([np.median(middles[a:b]) for a, b in pairwise(edges)])
    typical = np.array([np.median(steps[a:b]) for a, b in pairwise(edges)])
    low, high = min(s.mz[0] for s in spectra), max(s.mz[-1] for s in spectra)
    grid = np.linspace(low, high, max(2, 20 * n_blocks))
    density = 1 / np.interp(grid, at, typical)
    index = np.concatenate(([0.0], np.cumsum(np.diff(grid) * (density[1:] + density[:-1]) / 2)))
    axis = np.interp(np.arange(np.ceil(index[-1]) + 1), index, grid)
    axis = np.unique(axis)
    return axis, np.interp(axis, at, typical)


def _onto(axis: _Array, step: _Array, spectrum: Spectrum) -> _Array:
    """Interpolate a scan onto `axis`, with zeros where it has a hole."""
    values: _Array = np.interp(axis, spectrum.mz, spectrum.intensity, left=0.0, right=0.0)
    right = np.clip(np.searchsorted(spectrum.mz, axis), 1, len(spectrum) - 1)
    hole = spectrum.mz[right] - spectrum.mz[right - 1] > _GAP * step
    values[hole] = 0.0
    return values


def _sum_centroids(spectra: Sequence[Spectrum]) -> tuple[_Array, _Array]:
    mz = np.concatenate([each.mz for each in spectra])
    intensity = np.concatenate([each.intensity for each in spectra])
    order = np.argsort(mz, kind="stable")
    mz, intensity = mz[order], intensity[order]
    new = np.concatenate(([True], np.diff(mz) > _CENTROID_TOLERANCE * mz[1:]))
    group = np.cumsum(new) - 1
    total = np.bincount(group, weights=intensity).astype(np.float64)
    weight = np.where(total[group] > 0, intensity, 1.0)
    centre = np.bincount(group, weights=weight * mz) / np.bincount(group, weights=weight)
    return centre, total
