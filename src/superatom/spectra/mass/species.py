"""The species of one window: the best mixture, and every candidate weighed in each place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.candidates import Candidates
from superatom.spectra.mass.clock import Clock
from superatom.spectra.mass.evidence import chemistry
from superatom.spectra.mass.fit import MixtureFits
from superatom.spectra.mass.hypotheses import FULL, LIGHT, Hypothesis, ShiftPrior, patterns_of
from superatom.spectra.mass.mixture_search import MixtureSearch
from superatom.spectra.mass.scoring import Trace

__all__ = ["ShiftPrior", "Slot", "WindowFit", "find_species", "patterns_of"]

Floats = NDArray[np.float64]

_NO_LIMIT = Clock()
_SHORTLIST = 500  # candidates fitted exactly, of all that were scanned
_SHORTLIST_UNRESOLVED = 1000
_SHORTLIST_BESIDE = 150  # the same, beside other components
_CALIBRATED = 8.0  # ppm; a shift known better than this needs a lighter search
_FINALISTS = 2  # mixtures whose alternatives are weighed together
_NEAR = 12.0  # score within which a mixture is a finalist


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One component of a window, and all candidates that could take its place.

    Attributes
    ----------
    candidates : Candidates
        Best first.
    chi2 : ndarray, shape (n,)
        Misfit in units of the noise, of the best mixture that holds the candidate in this
        place, with the price of its other components, without the shifts' penalty.
    rss, shift_ppm, penalty, fwhm : ndarray, shape (n,)
        Of that fit; the penalty is what the shifts cost, in units of chi square.
    chosen : int
        Which candidate the joint fit of the window was made with.
    """

    candidates: Candidates
    chi2: Floats
    rss: Floats
    shift_ppm: Floats
    penalty: Floats
    fwhm: Floats
    chosen: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class WindowFit:
    """Mixture that explains a window.

    Attributes
    ----------
    trace : Trace
        What was fitted.
    slots : tuple[Slot, ...]
        Components by falling height; empty if nothing fits.
    fit : MixtureFits or None
        Fit of the chosen candidates of all slots together (a batch of one).
    n_independent : float
        Number of independent points of the residual.
    n_candidates : int
        How many candidates were scanned.
    """

    trace: Trace
    slots: tuple[Slot, ...]
    fit: MixtureFits | None
    n_independent: float
    n_candidates: int

    @property
    def r_squared(self) -> float:
        """Fraction of the variance explained; 0 if nothing fits."""
        return 0.0 if self.fit is None else 1.0 - float(self.fit.rss[0]) / self.trace.variation


def find_species(
    trace: Trace,
    candidates: Candidates,
    prior: ShiftPrior,
    most: int = 4,
    widths: Sequence[float] = (),
    clock: Clock = _NO_LIMIT,
) -> WindowFit:
    """Fit a window by a mixture of up to `most` candidates.

    Parameters
    ----------
    trace : Trace
        Measured points.
    candidates : Candidates
        What to try.
    prior : ShiftPrior
        What is known of the m/z shift.
    most : int
        Most components.
    widths : sequence of float
        Peak widths in m/z to start from; that of the trace if none.
    clock : Clock
        When to give up.

    Raises
    ------
    TimeLimitReached
        If the clock runs out.
    """
    if not len(candidates) or trace.variation <= 0:
        return WindowFit(trace, (), None, float(trace.mz.size), len(candidates))
    weight = chemistry(candidates).weight
    log_prior = weight - np.logaddexp.reduce(weight)
    starts = tuple(widths) or (trace.fwhm,)
    shortlist = _SHORTLIST if len(starts) == 1 else _SHORTLIST_UNRESOLVED
    calibrated = prior.sd < _CALIBRATED
    if calibrated:
        shortlist //= 3
    effort = LIGHT if calibrated else FULL
    search = MixtureSearch(trace, candidates, log_prior, prior, starts, effort, clock)
    found = search.run(most, shortlist)
    best = found[0]
    finalists = [
        each for each in found[:_FINALISTS] if search.score(each) < search.score(best) + _NEAR
    ]
    slots = tuple(
        _slot(search, finalists if place == 0 else finalists[:1], place, shortlist, found)
        for place in range(len(best.rows))
    )
    sharp = Trace(trace.mz, trace.intensity, float(best.fit.fwhm[0]))
    return WindowFit(sharp, slots, best.fit, search.n_independent, len(candidates))


def _slot(
    search: MixtureSearch,
    finalists: Sequence[Hypothesis],
    place: int,
    shortlist: int,
    all_found: Sequence[Hypothesis],
) -> Slot:
    """Weigh all candidates in one place of the finalists; each keeps its best mixture.

    All hypotheses found add the components that they have in this place: what is likely beside
    one species says little if that species is in doubt.
    """
    rows, chi2, columns = [], [], []
    base = float(finalists[0].rss)
    for each in finalists:
        others, part = search.without(each, place)
        must = each.rows[place]
        if others:
            some, fits = search.place(others, part, min(shortlist, _SHORTLIST_BESIDE), must)
        else:
            some, fits = search.place((), None, shortlist, must)
        price = search.price(each.rows) + 2.0 * float(search.log_prior[must])
        misfit = search.n_independent * np.log(fits.rss / base) + price
        rows.append(some)
        chi2.append(misfit)
        columns.append(
            np.stack([fits.rss, fits.own_ppm[:, -1], search.prior.penalty(fits), fits.fwhm])
        )
    for each in all_found:
        if len(each.rows) <= place:
            continue
        fit, here = each.fit, each.rows[place]
        price = search.price(each.rows) + 2.0 * float(search.log_prior[here])
        rows.append(np.array([here]))
        chi2.append(search.n_independent * np.log(fit.rss / base) + price)
        columns.append(
            np.stack([fit.rss, fit.own_ppm[:, place], search.prior.penalty(fit), fit.fwhm])
        )
    row, cost, column = np.concatenate(rows), np.concatenate(chi2), np.concatenate(columns, axis=1)
    order = np.argsort(cost + column[2], kind="stable")
    _, first = np.unique(row[order], return_index=True)
    order = order[np.sort(first)]
    chosen = int(np.flatnonzero(row[order] == finalists[0].rows[place])[0])
    rss, shift, penalty, fwhm = column[:, order]
    cost = cost[order] - cost[order].min()
    return Slot(search.candidates.take(row[order]), cost, rss, shift, penalty, fwhm, chosen)
