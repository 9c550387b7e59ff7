"""Assign a mass spectrum: say what is in the flask, and how sure that is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing import get_context
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from superatom.errors import TimeLimitReached
from superatom.provenance import stamp
from superatom.spectra.mass.answers import Answer, answers_of
from superatom.spectra.mass.assignments import WELL_EXPLAINED, Assignment, Assignments, Window
from superatom.spectra.mass.calibration import Calibration, calibrate
from superatom.spectra.mass.clock import Clock
from superatom.spectra.mass.decoys import false_probability
from superatom.spectra.mass.evidence import chemistry
from superatom.spectra.mass.ladders import with_relatives
from superatom.spectra.mass.places import search_places, tallest_first
from superatom.spectra.mass.space import SearchSpace
from superatom.spectra.mass.species import ShiftPrior, Slot, WindowFit, find_species
from superatom.spectra.mass.spectrum import Spectrum
from superatom.spectra.mass.window_search import PreparedWindow, prepare_window

__all__ = ["assign"]

Floats = NDArray[np.float64]
_Item = TypeVar("_Item")
_Result = TypeVar("_Result")

_METHOD = "superatom whole-envelope assignment"
_CALIBRANTS = 12  # strongest windows that determine the calibration
_MANY_WINDOWS = 8  # fewer are not worth the start of other processes
_AT_LIMIT = 3.0  # ppm
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
    progress: Callable[[int, int], None] | None = None,
) -> Assignments:
    """Assign the envelopes of a spectrum to compositions of a search space.

    Windows are searched tallest first, so that a time limit leaves out the weakest. Each is
    fitted by a mixture of isotope envelopes; m/z shift, peak width, baseline and amounts are
    fitted together. With several windows the shift is shared as a smooth curve, if enough of
    them are explained well. Where windows are found by itself, a continuum of overlapping
    ions beneath the envelopes is taken away first. Chemistry, charge ladders and series order
    candidates that the fit cannot tell apart.

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
        Stop after this many seconds: windows that are done are reported, the others are listed
        as not searched.
    workers : int
        Processes that share the windows, if there are many; the result does not depend on it.
        With more than one, a script must keep its own work under ``if __name__ == "__main__"``.
    progress : callable, optional
        Called with the number of steps done and of all steps (fits of windows).

    Returns
    -------
    Assignments
        One assignment per species, by window.

    Raises
    ------
    SearchError
        If the space is too large to be useful, or the spectrum empty.
    TimeLimitReached
        If not one window was done within `time_limit_s`.
    """
    clock = Clock.start(time_limit_s)
    space, notes = _with_polarity(spectrum, space)
    if windows is None:
        places, searched, remarks = search_places(spectrum, space.charges)
    else:
        places, searched, remarks = tuple(windows), spectrum, ()
    ordered = tallest_first(searched, places)
    prepared, late = _prepared(searched, ordered, space, resolving_power, clock)
    wide = ShiftPrior(0.0, 15.0, -max_shift_ppm, max_shift_ppm)
    calibrants = () if calibration or len(prepared) < 2 else _calibrants(prepared)
    with _sharing(workers, len(prepared)) as spread:
        spread = _told(spread, progress, len(prepared) + len(calibrants))
        known, warning = (
            (calibration, ())
            if calibration
            else _settled(_calibrated(calibrants, wide, spread, clock), calibrants, wide)
        )
        tasks = [
            _Task(each, _prior(known, each.trace.centre, wide), max_components, decoys, clock)
            for each in prepared
        ]
        answers = list(spread(_answer, tasks))
    done = [group for group in answers if group is not None]
    if not done:
        clock.check()
    late = (*(t.window.window for t, g in zip(tasks, answers, strict=True) if g is None), *late)
    place = {window: number for number, window in enumerate(places)}
    done.sort(key=lambda group: place[group[0].assignment.window])
    assigned = with_relatives([answer for group in done for answer in group])
    return Assignments(
        assignments=tuple(assigned),
        space=space.words,
        space_size=space.size(),
        calibration_ppm=known.coefficients,
        calibration_sigma_ppm=known.sd,
        notes=(
            *spectrum.notes,
            *notes,
            *remarks,
            *warning,
            *_poor_note(assigned),
            *_late_note(clock, late),
        ),
        provenance=stamp(
            _METHOD,
            spectrum.provenance.as_dict(),
            space.words,
            [(w.mz_lo, w.mz_hi, w.charge) for w in places],
            (max_shift_ppm, resolving_power, max_components),
            sources=("isotopes.csv: AME2020, 10.1088/1674-1137/abddaf",),
        ),
        not_searched=late,
    )


def _settled(
    found: Calibration, calibrants: Sequence[PreparedWindow], wide: ShiftPrior
) -> tuple[Calibration, tuple[str, ...]]:
    """Return the calibration, or none with a warning if it cannot be believed."""
    if not calibrants:
        return found, ()
    free = f"every window was searched within {wide.high:g} ppm by itself; pin the m/z error by a "
    free += "lock mass, or widen the search space"
    if not found.n_windows:
        return found, (
            f"no calibration: fewer than two of the {len(calibrants)} strongest windows are "
            f"explained to {WELL_EXPLAINED:.0%}; {free}",
        )
    shifts = [found.at(each.trace.centre) for each in calibrants]
    if all(wide.low + _AT_LIMIT < shift < wide.high - _AT_LIMIT for shift in shifts):
        return found, ()
    return Calibration(), (
        f"no calibration: the curve found is at the limit of the m/z error that is allowed, "
        f"{wide.high:g} ppm; {free}",
    )


def _poor_note(assigned: Sequence[Assignment]) -> tuple[str, ...]:
    poor = sum(each.best is not None and not each.believable for each in assigned)
    if not poor:
        return ()
    return (
        f"{poor} of {len(assigned)} species fit poorly (R² below {WELL_EXPLAINED:g}, or a window "
        "that holds too little of the envelope) and are not to be taken as assigned",
    )


def _late_note(clock: Clock, late: tuple[Window, ...]) -> tuple[str, ...]:
    if not late:
        return ()
    places = ", ".join(f"{window.mz_lo:.1f}-{window.mz_hi:.1f}" for window in late)
    return (
        f"the time limit of {clock.limit_s:g} s ended before these windows were done: {places}",
    )


def _prepared(
    spectrum: Spectrum,
    places: Sequence[Window],
    space: SearchSpace,
    resolving_power: float | None,
    clock: Clock,
) -> tuple[list[PreparedWindow], tuple[Window, ...]]:
    """Return the windows with signal, and those for which there was no time."""
    prepared: list[PreparedWindow] = []
    for number, window in enumerate(places):
        if not clock.runs:
            return prepared, tuple(places[number:])
        found = prepare_window(spectrum, window, space, resolving_power)
        if found is not None:
            prepared.append(found)
    return prepared, ()


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """One window to be searched, apart from all others."""

    window: PreparedWindow
    prior: ShiftPrior
    max_components: int
    decoys: bool
    clock: Clock


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


def _told(spread: _Spread, progress: Callable[[int, int], None] | None, total: int) -> _Spread:
    """Return a map that tells after each item how many of all are done."""
    if progress is None:
        return spread
    done = 0

    def counted(
        function: Callable[[_Item], _Result], items: Iterable[_Item], /
    ) -> Iterator[_Result]:
        nonlocal done
        for result in spread(function, items):
            done += 1
            progress(done, total)
            yield result

    return counted


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


def _prior(known: Calibration, mz: float, wide: ShiftPrior) -> ShiftPrior:
    if not known.n_windows:
        return wide
    at, reach = float(np.clip(known.at(mz), wide.low, wide.high)), _NARROW * known.sd
    return ShiftPrior(at, known.sd, max(at - reach, wide.low), min(at + reach, wide.high))


def _calibrated(
    chosen: Sequence[PreparedWindow], wide: ShiftPrior, spread: _Spread, clock: Clock
) -> Calibration:
    """Return the calibration that the strongest windows agree on."""
    mz, shifts, weights = [], [], []
    tasks = [_Task(each, wide, 1, decoys=False, clock=clock) for each in chosen]
    for each, slot in zip(chosen, spread(_vote, tasks), strict=True):
        if slot is not None:
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
    return find_species(
        each.trace, each.candidates, task.prior, task.max_components, each.widths, task.clock
    )


def _vote(task: _Task) -> Slot | None:
    """Return the candidates of a window fitted alone; None if none fits well or time is over."""
    try:
        fit = _fitted(task)
    except TimeLimitReached:
        return None
    return fit.slots[0] if fit.slots and fit.r_squared >= WELL_EXPLAINED else None


def _answer(task: _Task) -> list[Answer] | None:
    """Search one window; return one answer per component, or None if time is over."""
    each = task.window
    try:
        task.clock.check()
        fit = _fitted(task)
    except TimeLimitReached:
        return None
    found = answers_of(each, fit)
    if task.decoys and found and fit.slots and task.clock.runs:
        residual = fit.trace.intensity - found[0].others
        wrong = false_probability(fit, each.candidates, task.prior, residual)
        found[0] = replace(
            found[0], assignment=replace(found[0].assignment, false_probability=wrong)
        )
    return found
