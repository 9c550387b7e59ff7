"""Assign a mass spectrum: say what is in the flask, and how sure that is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError, TimeLimitReached
from superatom.provenance import stamp
from superatom.spectra.mass.answers import Answer, answers_of
from superatom.spectra.mass.assignments import Assignments, Window
from superatom.spectra.mass.calibration import Calibration, calibrate
from superatom.spectra.mass.decoys import false_probability
from superatom.spectra.mass.evidence import chemistry
from superatom.spectra.mass.ladders import with_relatives
from superatom.spectra.mass.space import SearchSpace
from superatom.spectra.mass.species import ShiftPrior, WindowFit, find_species
from superatom.spectra.mass.spectrum import Spectrum
from superatom.spectra.mass.window_search import PreparedWindow, prepare_window

__all__ = ["assign"]

Floats = NDArray[np.float64]
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_METHOD = "superatom whole-envelope assignment"
_ONE_WINDOW = 25.0  # a spectrum this narrow in m/z is taken as one window
_CALIBRANTS = 12  # strongest windows that determine the calibration
_MANY_WINDOWS = 8  # fewer are not worth the start of other processes
_NARROW = 4.0  # standard deviations about the calibration that are searched


def assign(
    spectrum: Spectrum,
    space: SearchSpace,
    windows: Sequence[Window] | None = None,
    *,
    calibration: Calibration | None = None,
    max_shift_ppm: float = 40.0,
    resolving_power: float | None = None,
    max_components: int = 4,
    decoys: bool = True,
    time_limit_s: float | None = None,
    workers: int = 1,
) -> Assignments:
    """Assign the envelopes of a spectrum to compositions of a search space.

    Each window is fitted by a mixture of isotope envelopes; m/z shift, peak width, baseline
    and amounts are fitted together. With several windows the shift is shared as a smooth
    curve. Chemistry, charge ladders and series order candidates the fit cannot tell apart.

    Parameters
    ----------
    spectrum : Spectrum
        Profile (better) or centroids.
    space : SearchSpace
        Compositions and charges to choose from.
    windows : sequence of Window, optional
        Where to look; found by itself if not given (a spectrum of less than 25 m/z is one).
    calibration : Calibration, optional
        Known m/z error (from a lock mass, say); found from the spectrum if not given.
    max_shift_ppm : float
        Largest m/z error to allow.
    resolving_power : float, optional
        m/z over full width at half maximum; measured in each window if not given.
    max_components : int
        Most overlapping species in one window.
    decoys : bool
        Whether to estimate false assignments; this doubles the time.
    time_limit_s : float, optional
        Give up after this many seconds.
    workers : int
        Processes that share the windows, if there are many; the result does not depend on it.
        With more than one, a script must keep its own work under ``if __name__ == "__main__"``.

    Returns
    -------
    Assignments
        One assignment per species, by window.

    Raises
    ------
    SearchError
        If the space is too large to be useful, or the spectrum empty.
    TimeLimitReached
        If it took longer than `time_limit_s`.
    """
    clock = _Clock(time_limit_s)
    space, notes = _with_polarity(spectrum, space)
    places = tuple(windows) if windows is not None else _windows(spectrum)
    prepared = [
        found
        for window in places
        if (found := prepare_window(spectrum, window, space, resolving_power)) is not None
    ]
    wide = ShiftPrior(0.0, 15.0, -max_shift_ppm, max_shift_ppm)
    with _sharing(workers, len(prepared)) as spread:
        known = calibration or _calibrated(prepared, wide, spread, clock)
        tasks = [
            _Task(each, _prior(known, each.trace.centre, wide), max_components, decoys)
            for each in prepared
        ]
        answers = list(_watched(spread(_answer, tasks), clock))
    assigned = with_relatives([answer for group in answers for answer in group])
    return Assignments(
        assignments=tuple(assigned),
        space=space.words,
        space_size=space.size(),
        calibration_ppm=known.coefficients,
        calibration_sigma_ppm=known.sd,
        notes=(*spectrum.notes, *notes),
        provenance=stamp(
            _METHOD,
            spectrum.provenance.as_dict(),
            space.words,
            [(w.mz_lo, w.mz_hi, w.charge) for w in places],
            (max_shift_ppm, resolving_power, max_components),
            sources=("isotopes.csv: AME2020, 10.1088/1674-1137/abddaf",),
        ),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """One window to be searched, apart from all others."""

    window: PreparedWindow
    prior: ShiftPrior
    max_components: int
    decoys: bool


class _Spread(Protocol):
    """Applies a function to each item, in order; `map`, or the same shared by processes."""

    def __call__(
        self, function: Callable[[_Item], _Result], items: Iterable[_Item], /
    ) -> Iterator[_Result]: ...


@contextmanager
def _sharing(workers: int, n_windows: int) -> Iterator[_Spread]:
    """Give a map whose work is shared by processes if there are many windows."""
    if workers < 2 or n_windows < _MANY_WINDOWS:
        yield map
        return
    pool = ProcessPoolExecutor(min(workers, n_windows), mp_context=get_context("spawn"))
    try:
        yield pool.map
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _watched(results: Iterator[_Result], clock: _Clock) -> Iterator[_Result]:
    """Yield results as long as there is time."""
    clock.check()
    for result in results:
        yield result
        clock.check()


class _Clock:
    """Watches the time limit."""

    def __init__(self, limit_s: float | None) -> None:
        self.end = None if limit_s is None else time.monotonic() + limit_s
        self.limit_s = limit_s

    def check(self) -> None:
        """Raise if the time is over."""
        if self.end is not None and time.monotonic() > self.end:
            raise TimeLimitReached(
                f"the assignment took longer than {self.limit_s:g} s; cut the search space or "
                "the number of windows, or allow more time"
            )


def _with_polarity(spectrum: Spectrum, space: SearchSpace) -> tuple[SearchSpace, tuple[str, ...]]:
    """Return the space with charges of the spectrum's polarity, and what was repaired."""
    if not spectrum.polarity:
        return space, ()
    fitting = tuple(z for z in space.charges if z * spectrum.polarity > 0)
    if fitting:
        return space.with_charges(fitting), ()
    sign = "negative" if spectrum.polarity < 0 else "positive"
    turned = tuple(-z for z in space.charges)
    note = f"this is a {sign}-ion spectrum: the charges asked for were tried with the other sign"
    return space.with_charges(turned), (note,)


def _windows(spectrum: Spectrum) -> tuple[Window, ...]:
    if not len(spectrum):
        raise SearchError("the spectrum is empty")
    low, high = float(spectrum.mz[0]), float(spectrum.mz[-1])
    if high - low < _ONE_WINDOW:
        return (Window(low, high),)
    from superatom.spectra.mass.windows import find_windows

    return find_windows(spectrum)


def _prior(known: Calibration, mz: float, wide: ShiftPrior) -> ShiftPrior:
    if not known.n_windows:
        return wide
    at, reach = float(np.clip(known.at(mz), wide.low, wide.high)), _NARROW * known.sd
    return ShiftPrior(at, known.sd, max(at - reach, wide.low), min(at + reach, wide.high))


def _calibrated(
    prepared: Sequence[PreparedWindow], wide: ShiftPrior, spread: _Spread, clock: _Clock
) -> Calibration:
    """Return the calibration that the strongest windows agree on."""
    if len(prepared) < 2:
        return Calibration()
    mz, shifts, weights = [], [], []
    chosen = _calibrants(prepared)
    tasks = [_Task(each, wide, 1, decoys=False) for each in chosen]
    fits = _watched(spread(_fitted, tasks), clock)
    for each, fit in zip(chosen, fits, strict=True):
        if not fit.slots:
            continue
        slot = fit.slots[0]
        mz.append(each.trace.centre)
        shifts.append(slot.shift_ppm)
        weights.append(-0.5 * slot.chi2 + chemistry(slot.candidates).weight)
    return calibrate(mz, shifts, weights, (wide.low, wide.high))


def _calibrants(prepared: Sequence[PreparedWindow]) -> list[PreparedWindow]:
    """Return the strongest windows of each part of the spectrum."""
    ordered = sorted(prepared, key=lambda each: each.trace.centre)
    parts = np.array_split(np.arange(len(ordered)), min(_CALIBRANTS, len(ordered)))
    return [
        max((ordered[int(i)] for i in part), key=lambda each: float(each.trace.intensity.max()))
        for part in parts
    ]


def _fitted(task: _Task) -> WindowFit:
    each = task.window
    return find_species(each.trace, each.candidates, task.prior, task.max_components, each.widths)


def _answer(task: _Task) -> list[Answer]:
    """Search one window; return one answer per component."""
    each, fit = task.window, _fitted(task)
    found = answers_of(each, fit)
    if task.decoys and found and fit.slots:
        residual = fit.trace.intensity - found[0].others
        wrong = false_probability(fit, each.candidates, task.prior, residual)
        found[0] = replace(
            found[0], assignment=replace(found[0].assignment, false_probability=wrong)
        )
    return found
