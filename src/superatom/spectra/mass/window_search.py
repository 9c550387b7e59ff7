"""From a window of a spectrum to an even trace and the candidates worth fitting in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.spectra.mass.assignments import Window
from superatom.spectra.mass.candidates import Candidates, candidates_in, count_in
from superatom.spectra.mass.charges import Spacing, plausible_charges
from superatom.spectra.mass.isotopes import electron_mass
from superatom.spectra.mass.scoring import FWHM_PER_SIGMA, Trace
from superatom.spectra.mass.space import SearchSpace
from superatom.spectra.mass.spectrum import Spectrum
from superatom.spectra.mass.traces import estimate_fwhm, thinned_trace

__all__ = ["MOST_CANDIDATES", "PreparedWindow", "prepare_window"]

Floats = NDArray[np.float64]

#: Candidates scored in one window; more are cut to those nearest to the measured mean mass.
MOST_CANDIDATES = 60_000
_NARROWEST = 0.25  # u about the measured mean mass; a larger space says nothing
_EDGE = 1.0  # u that a mean mass may lie outside the bulk of the signal
_TAIL = 0.015  # of the signal on either side, within which no mean mass is looked for
_POINTS_PER_FWHM = 8
_FLAT = 4  # equal points in a row at the top that no detector gives unless it is saturated
#: Where isotope peaks merge, the peak width is this many times below that of the envelope.
_BLUR = (1.5, 3.0, 6.0, 12.0, 20.0)


@dataclass(frozen=True, slots=True, eq=False)
class PreparedWindow:
    """A window ready to be fitted.

    Attributes
    ----------
    window : Window
        Where.
    trace : Trace
        Measured points.
    candidates : Candidates
        What to fit, of all plausible charges.
    notes : tuple[str, ...]
        What the reader should know.
    widths : tuple[float, ...]
        Peak widths in m/z to start from; several if isotope peaks are not resolved.
    """

    window: Window
    trace: Trace
    candidates: Candidates
    notes: tuple[str, ...]
    widths: tuple[float, ...] = ()


def prepare_window(
    spectrum: Spectrum,
    window: Window,
    space: SearchSpace,
    resolving_power: float | None = None,
) -> PreparedWindow | None:
    """Return the trace and candidates of a window; None if it holds no signal.

    Raises
    ------
    SearchError
        If far more compositions fit than any spectrum can tell apart.
    """
    part = spectrum.slice(window.mz_lo, window.mz_hi)
    part_mz, height = _cleaned(part)
    if part_mz.size < (8 if spectrum.profile else 2) or height.max(initial=0.0) <= 0:
        return None
    trace = _trace(part_mz, height, spectrum.profile, window, resolving_power)
    spacing = plausible_charges(trace, space.charges)
    charges, notes = _charges(spacing, window, space)
    widths: tuple[float, ...] = (trace.fwhm,)
    if not spacing.resolved and spectrum.profile and resolving_power is None:
        finest = max(2.0 * float(np.median(np.diff(part_mz))), trace.fwhm / _BLUR[-1])
        trace = thinned_trace(part_mz, height, finest)
        widths = tuple(widest for f in _BLUR if (widest := widths[0] / f) >= 0.99 * finest)
        notes = (*notes, "isotope peaks are not resolved: charge and composition are uncertain")
    if spectrum.profile and _clipped(height):
        notes = (*notes, "the tallest peaks are cut off flat: their heights, and fits, mislead")
    candidates, more = _candidates(trace, space, charges)
    return PreparedWindow(window, trace, candidates, (*notes, *more), widths)


def _clipped(height: Floats) -> bool:
    """Whether several neighbouring points have exactly the greatest height."""
    top = np.convolve(height == height.max(), np.ones(_FLAT), mode="valid")
    return bool(top.max(initial=0.0) >= _FLAT)


def _cleaned(part: Spectrum) -> tuple[Floats, Floats]:
    """Return strictly ascending m/z with intensities."""
    mz, first = np.unique(part.mz, return_index=True)
    return mz, part.intensity[first]


def _trace(
    mz: Floats, height: Floats, profile: bool, window: Window, resolving_power: float | None
) -> Trace:
    centre = 0.5 * (mz[0] + mz[-1])
    if profile:
        fwhm = centre / resolving_power if resolving_power else estimate_fwhm(mz, height)
        return thinned_trace(mz, height, max(fwhm, 2.0 * float(np.median(np.diff(mz)))))
    gaps = np.diff(mz)
    fwhm = centre / resolving_power if resolving_power else max(0.3 * float(gaps.min()), 1e-3)
    low, high = min(window.mz_lo, mz[0] - 3 * fwhm), max(window.mz_hi, mz[-1] + 3 * fwhm)
    grid = np.arange(low, high, fwhm / _POINTS_PER_FWHM)
    sigma = fwhm / FWHM_PER_SIGMA
    drawn = np.zeros_like(grid)
    for at, tall in zip(mz, height, strict=True):
        near = slice(*np.searchsorted(grid, [at - 5 * sigma, at + 5 * sigma]))
        drawn[near] += tall * np.exp(-0.5 * ((grid[near] - at) / sigma) ** 2)
    return Trace(grid, drawn, fwhm)


def _charges(
    spacing: Spacing, window: Window, space: SearchSpace
) -> tuple[tuple[int, ...], tuple[str, ...]]:
    """Return the charges to try, and notes."""
    if window.charge is not None and window.charge in space.charges:
        return (window.charge,), ()
    found = spacing.charges
    if window.charge is not None:
        note = f"the charge {window.charge:+d} found for this window is not in the search space"
        return found, (note,)
    return found, ()


def _bulk(trace: Trace) -> tuple[float, float, float]:
    """Return limits that hold the bulk of the signal, and its mean m/z."""
    ground = float(np.quantile(trace.intensity, 0.1))
    weight = np.clip(trace.intensity - ground, 0.0, None)
    weight[weight < 0.05 * weight.max(initial=0.0)] = 0.0
    total = np.cumsum(weight)
    low, high = np.searchsorted(total, [_TAIL * total[-1], (1.0 - _TAIL) * total[-1]])
    last = trace.mz.size - 1
    mean = float(trace.mz @ weight / total[-1])
    return float(trace.mz[low]), float(trace.mz[min(high, last)]), mean


def _candidates(
    trace: Trace, space: SearchSpace, charges: Sequence[int]
) -> tuple[Candidates, tuple[str, ...]]:
    low, high, mean = _bulk(trace)

    def mass(mz: float, z: int) -> float:
        return abs(z) * mz + z * electron_mass()

    ranges = {z: (mass(low, z) - _EDGE, mass(high, z) + _EDGE) for z in charges}
    total = sum(count_in(space, *limits) for limits in ranges.values())
    notes: tuple[str, ...] = ()
    if total > MOST_CANDIDATES:
        ranges, width = _narrowed(space, {z: mass(mean, z) for z in charges}, ranges)
        notes = (
            f"{total} compositions fall under this window; only those within {width:.2f} u of "
            "its mean mass were tried",
        )
    parts = [candidates_in(space, *limits, charge=z) for z, limits in ranges.items()]
    joined = Candidates(
        space,
        np.concatenate([part.counts for part in parts]),
        np.concatenate([part.charge for part in parts]),
        np.concatenate([part.mass for part in parts]),
    )
    return joined, notes


def _narrowed(
    space: SearchSpace, means: dict[int, float], ranges: dict[int, tuple[float, float]]
) -> tuple[dict[int, tuple[float, float]], float]:
    """Return mass ranges about the measured means that hold few enough candidates."""
    width = max(high - low for low, high in ranges.values()) / 2
    while width > _NARROWEST:
        width = max(0.75 * width, _NARROWEST)
        limits = {z: (mean - width, mean + width) for z, mean in means.items()}
        total = sum(count_in(space, *pair) for pair in limits.values())
        if total <= MOST_CANDIDATES:
            return limits, width
    if total > 20 * MOST_CANDIDATES:
        raise SearchError(
            f"{total} compositions of the search space lie within {width:.2f} u of the mean mass "
            f"of one envelope; no spectrum can tell so many apart; "
            f"{space.cut_to(total / MOST_CANDIDATES)}"
        )
    return limits, width
