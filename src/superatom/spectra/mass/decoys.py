"""How well would a wrong answer fit? Decoys estimate the risk of a false assignment.

A decoy is a composition of the same search space whose mass is wrong for the window by a fixed
amount, moved there. There are as many decoys as candidates, with the same kinds of envelopes;
if the best of them fits as well as the best candidate, fitting well means nothing.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.bells import Pattern
from superatom.spectra.mass.candidates import Candidates, candidates_in
from superatom.spectra.mass.fit import fit_mixtures
from superatom.spectra.mass.scoring import Sticks, Trace, scan, shifts_to_try, sticks_of
from superatom.spectra.mass.space import SearchSpace
from superatom.spectra.mass.species import ShiftPrior, WindowFit, patterns_of

__all__ = ["false_probability"]

Floats = NDArray[np.float64]

_MOVES = 2  # displacements tried
_NUCLEON = 1.0005  # u; decoys keep the mass defects of real compositions
_RANGE = range(9, 60)  # nucleons a decoy may be displaced by
_CHANGES = 4  # a displacement must be no exchange of up to this many parts
_REFINED = 40
_LEADING = 30  # candidates whose adducts are no decoys


def false_probability(
    fit: WindowFit, candidates: Candidates, prior: ShiftPrior, residual: Floats
) -> float:
    """Return the estimated probability that the main component is a chance match.

    Parameters
    ----------
    fit : WindowFit
        Fit of the window.
    candidates : Candidates
        All that were tried.
    prior : ShiftPrior
        As used in the fit.
    residual : ndarray, shape (n_points,)
        The trace without the other components.
    """
    if not fit.slots:
        return float("nan")
    best = float((fit.slots[0].chi2 + fit.slots[0].penalty).min())
    odds = []
    for move in _moves(candidates.space):
        chi2 = _best_decoy(fit, candidates, prior, residual, move)
        odds.append(1.0 / (1.0 + np.exp(np.clip(0.5 * (chi2 - best), -50, 50))))
    return float(np.mean(odds))


@lru_cache(maxsize=32)
def _moves(space: SearchSpace) -> tuple[float, ...]:
    """Return the displacements in u that are farthest from any exchange of a few parts."""
    masses = space.masses()
    changes = np.zeros(1)
    for _ in range(_CHANGES):
        changes = np.unique(np.round((changes[:, None] + np.r_[0.0, masses, -masses]), 4))
    moves = np.array([sign * _NUCLEON * n for n in _RANGE for sign in (1, -1)])
    place = np.clip(np.searchsorted(changes, moves), 1, changes.size - 1)
    clear = np.minimum(np.abs(changes[place] - moves), np.abs(moves - changes[place - 1]))
    return tuple(float(move) for move in moves[np.argsort(-clear, kind="stable")[:_MOVES]])


def _penalty(shift_ppm: Floats, prior: ShiftPrior) -> Floats:
    penalty: Floats = ((shift_ppm - prior.mean) / prior.sd) ** 2
    return penalty


def _relatives(decoys: Candidates, found: Candidates) -> NDArray[np.bool_]:
    """Return which decoys are a leading candidate with other protons or alkali ions."""
    bound = np.array([not part.is_ion for part in decoys.space.parts])
    leading = {tuple(row) for row in found.counts[:_LEADING, bound].tolist()}
    return np.array([tuple(row) in leading for row in decoys.counts[:, bound].tolist()], dtype=bool)


def _best_decoy(
    fit: WindowFit, candidates: Candidates, prior: ShiftPrior, residual: Floats, move: float
) -> float:
    """Return the least misfit of the decoys that one displacement gives."""
    trace = Trace(fit.trace.mz, residual, fit.trace.fwhm)
    best = float("inf")
    for charge in np.unique(candidates.charge):
        own = candidates.mass[candidates.charge == charge]
        limits = (float(own.min()) + move, float(own.max()) + move)
        decoys = candidates_in(candidates.space, *limits, charge=int(charge))
        decoys = decoys.take(~_relatives(decoys, fit.slots[0].candidates))
        if not len(decoys):
            continue
        off = move / abs(int(charge))
        shifted = [
            Sticks(trace.centre, sticks.mz - np.float32(off), sticks.height)
            for sticks in sticks_of(decoys, trace.centre)
        ]
        scores = scan(trace, shifted, shifts_to_try(trace, prior.low, prior.high))
        rows = np.argsort(-scores.r_squared)[:_REFINED]
        pattern = patterns_of(decoys.take(rows))
        there = Pattern(pattern.mz - off, pattern.height)
        fits = fit_mixtures(trace, there, scores.shift_ppm[rows], (prior.low, prior.high))
        rss0 = float(fit.fit.rss[0]) if fit.fit is not None else 1.0
        chi2 = fit.n_independent * np.log(fits.rss / rss0) + _penalty(fits.shift_ppm, prior)
        best = min(best, float(chi2.min()))
    return best
