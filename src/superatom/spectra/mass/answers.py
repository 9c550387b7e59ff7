"""Turn the fit of a window into answers: candidates with probabilities, mixture, doubts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.assignments import (
    WELL_EXPLAINED,
    Assignment,
    CandidateFit,
    Component,
    Evidence,
    FitTrace,
    ResidualPeak,
)
from superatom.spectra.mass.bells import Pattern, profile_columns
from superatom.spectra.mass.candidates import Candidates
from superatom.spectra.mass.evidence import ChemicalEvidence, chemistry
from superatom.spectra.mass.fit import MixtureFits
from superatom.spectra.mass.scoring import FWHM_PER_SIGMA, Trace
from superatom.spectra.mass.species import Slot, WindowFit, patterns_of
from superatom.spectra.mass.window_search import PreparedWindow

__all__ = ["EQUIVALENT", "Answer", "answers_of", "finish"]

Floats = NDArray[np.float64]

#: Candidates within this chi square of the best cannot be told from it: four standard
#: deviations, since a weak species below the envelope may go unseen; five where several
#: species overlap and not every mixture can be tried.
EQUIVALENT = 16.0
EQUIVALENT_MIXED = 25.0
#: The noise model is not perfect and not every mixture can be tried: odds are taken milder than
#: they come out, so that stated probabilities agree with how often they are right in the
#: simulated benchmark (benchmarks/assignment.py).
_TEMPERATURE = 1.5
_TEMPERATURE_MIXED = 2.5  # where species overlap
_LISTED = 10  # candidates listed besides the equivalent ones
_MOST_LISTED = 200
_RESIDUAL_SIGMA = 5.0
_RESIDUAL_SHARE = 0.05  # of the tallest point


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """One species of a window with everything needed to weigh its candidates again.

    Attributes
    ----------
    assignment : Assignment
        The result so far; its candidates are filled in by `finish`.
    slot : Slot
        Candidates and fits.
    chi2 : ndarray, shape (n,)
        Misfit with the prior of the shift, the least being 0, over the temperature.
    chemistry : ChemicalEvidence
        Of the same candidates.
    others : ndarray, shape (n_points,)
        Profile of the other components of the window.
    limit : float
        Chi square up to which candidates are equivalent to the best.
    """

    assignment: Assignment
    slot: Slot
    chi2: Floats
    chemistry: ChemicalEvidence
    others: Floats
    limit: float = EQUIVALENT

    @property
    def candidates(self) -> Candidates:
        """The candidates of the slot."""
        return self.slot.candidates


def answers_of(prepared: PreparedWindow, fit: WindowFit) -> list[Answer]:
    """Return one answer per component of a window, the strongest first."""
    if fit.fit is None or not fit.slots:
        return [_no_answer(prepared, fit)]
    columns, baseline = _curves(fit, fit.fit)
    components = _components(fit, fit.fit, columns)
    trace = fit.trace
    shown = FitTrace(trace.mz, trace.intensity, columns.sum(axis=0) + baseline, baseline, columns)
    residual_peaks = _residual_peaks(trace, shown.residual)
    notes = prepared.notes
    if fit.r_squared < WELL_EXPLAINED:
        notes = (
            *notes,
            f"the fit explains only {max(fit.r_squared, 0.0):.0%} of this window: something else "
            "is in it, or it is no envelope; do not take the first candidate as an assignment",
        )
    alone = len(fit.slots) == 1
    limit = EQUIVALENT if alone else EQUIVALENT_MIXED
    temperature = _TEMPERATURE if alone else _TEMPERATURE_MIXED
    found = []
    for number, slot in enumerate(fit.slots):
        chi2 = (slot.chi2 + slot.penalty) / temperature
        chi2 = chi2 - chi2.min()
        assignment = Assignment(
            window=prepared.window,
            candidates=(),
            n_candidates=fit.n_candidates,
            components=components,
            trace=shown,
            residual_peaks=residual_peaks,
            separation=_separation(slot, chi2, limit),
            notes=notes,
            component=number,
        )
        others = columns.sum(axis=0) - columns[number]
        found.append(Answer(assignment, slot, chi2, chemistry(slot.candidates), others, limit))
    return found


def _no_answer(prepared: PreparedWindow, fit: WindowFit) -> Answer:
    trace = fit.trace
    empty = np.zeros_like(trace.mz)
    shown = FitTrace(trace.mz, trace.intensity, empty, empty, np.zeros((0, trace.mz.size)))
    note = "no composition of the search space has its envelope in this window"
    assignment = Assignment(
        prepared.window, (), fit.n_candidates, (), shown, notes=(*prepared.notes, note)
    )
    none = prepared.candidates.take(np.zeros(0, dtype=np.int64))
    nothing = np.zeros(0)
    slot = Slot(none, nothing, nothing, nothing, nothing, nothing)
    return Answer(assignment, slot, nothing, chemistry(none), empty)


def _curves(fit: WindowFit, best: MixtureFits) -> tuple[Floats, Floats]:
    """Return the profile of each component, shape (k, n), and the baseline."""
    trace = fit.trace
    patterns = [patterns_of(slot.candidates.take(np.array([slot.chosen]))) for slot in fit.slots]
    columns = []
    for amount, ppm, pattern in zip(best.amounts[0], best.own_ppm[0], patterns, strict=True):
        shape, _, _ = profile_columns(
            trace,
            Pattern(pattern.mz, pattern.height),
            np.array([[ppm * 1e-6]]),
            best.fwhm / FWHM_PER_SIGMA,
        )
        columns.append(amount * shape[0, 0])
    ramp = np.linspace(-0.5, 0.5, trace.mz.size)
    return np.array(columns), best.baseline[0, 0] + best.baseline[0, 1] * ramp


def _components(fit: WindowFit, best: MixtureFits, columns: Floats) -> tuple[Component, ...]:
    """Return the mixture with standard errors from the linear fit."""
    trace = fit.trace
    spacing = float(trace.mz[-1] - trace.mz[0]) / (trace.mz.size - 1)
    areas = columns.sum(axis=1) * spacing
    ramp = np.linspace(-0.5, 0.5, trace.mz.size)
    design = np.vstack([columns, np.ones_like(ramp), ramp])
    variance = float(best.rss[0]) / max(fit.n_independent - len(design) - 2, 1.0)
    covariance = np.linalg.pinv(design @ design.T) * variance * (fit.n_independent / trace.mz.size)
    total = max(float(areas.sum()), 1e-300)
    share = areas / total
    # d share_i / d scale_j = share_i (delta_ij - share_j), scales being 1 at the optimum.
    slope = share[:, None] * (np.eye(len(share)) - share[None, :])
    n = len(share)
    errors = np.sqrt(np.clip(np.diag(slope @ covariance[:n, :n] @ slope.T), 0.0, None))
    return tuple(
        Component(_name(slot.candidates, slot.chosen), int(slot.candidates.charge[slot.chosen]),
                  float(part), float(error), float(area))
        for slot, part, error, area in zip(fit.slots, share, errors, areas, strict=True)
    )  # fmt: skip


def _name(candidates: Candidates, row: int) -> str:
    return candidates.space.cluster(
        candidates.counts[row].tolist(), int(candidates.charge[row])
    ).text()


def _residual_peaks(trace: Trace, residual: Floats) -> tuple[ResidualPeak, ...]:
    """Return what stands out of the residual, tallest first."""
    width = max(1, round(trace.fwhm / (trace.mz[1] - trace.mz[0])))
    kernel = np.ones(width) / width
    smooth = np.convolve(residual, kernel, mode="same")
    noise = 1.4826 * float(np.median(np.abs(smooth - np.median(smooth))))
    least = max(_RESIDUAL_SIGMA * noise, _RESIDUAL_SHARE * float(trace.intensity.max()))
    inner = smooth[1:-1]
    tops = 1 + np.flatnonzero((inner > smooth[:-2]) & (inner >= smooth[2:]) & (inner > least))
    tops = tops[np.argsort(-smooth[tops])][:20]
    return tuple(
        ResidualPeak(float(trace.mz[i]), float(smooth[i]), float(smooth[i] / max(noise, 1e-12)))
        for i in tops
    )


def _separation(slot: Slot, chi2: Floats, limit: float) -> str:
    """Say what would tell the equivalent candidates apart."""
    same = np.flatnonzero(chi2 <= limit)
    if same.size < 2:
        return ""
    apart = np.abs(slot.shift_ppm[same] - slot.shift_ppm[same[0]])[1:]
    near = int((apart < 1.0).sum())
    said = []
    if near < apart.size:
        sharp = float(np.median(apart[apart >= 1.0])) / 3
        said.append(
            f"a calibration good to {max(sharp, 0.3):.1f} ppm would tell apart half of the "
            f"{apart.size - near} candidates that differ in mass"
        )
    if near:
        said.append(
            f"{near} have nearly the same mass as the first and differ in the heights of their "
            "peaks: less noise, or another charge state, is needed"
        )
    return "; ".join(said)


def finish(answer: Answer, extra: Floats, reasons: dict[int, tuple[Evidence, ...]]) -> Assignment:
    """Return the assignment with its candidates listed, best first.

    Candidates that the fit cannot tell from the best come first, ordered by fit and evidence
    together; evidence never lifts a candidate that the data exclude above them.

    Parameters
    ----------
    answer : Answer
        What was found.
    extra : ndarray, shape (n,)
        Weight of evidence from other windows.
    reasons : dict
        The same in words, for the candidates that have some.
    """
    if not len(answer.candidates):
        return answer.assignment
    fit_only = -0.5 * answer.chi2
    both = fit_only + answer.chemistry.weight + extra
    probability = np.exp(fit_only - np.logaddexp.reduce(fit_only))
    informed = np.exp(both - np.logaddexp.reduce(both))
    equivalent = answer.chi2 <= answer.limit
    order = np.lexsort((-informed, ~equivalent))
    n_listed = min(int(equivalent.sum()) + _LISTED, _MOST_LISTED)
    rows = order[:n_listed]
    patterns = patterns_of(answer.candidates.take(rows))
    tallest = patterns.height[:, 0].argmax(axis=1)
    bases = patterns.mz[np.arange(rows.size), 0, tallest]
    listed = tuple(
        _candidate(answer, int(row), float(base), probability, informed, equivalent, reasons)
        for row, base in zip(rows, bases, strict=True)
    )
    notes = answer.assignment.notes
    if equivalent.sum() > n_listed:
        notes = (
            *notes,
            f"{int(equivalent.sum())} candidates cannot be told apart; only the {n_listed} most "
            "probable are listed",
        )
    seen = _coverage(answer.assignment.trace, patterns.mz[0, 0], patterns.height[0, 0])
    return replace(answer.assignment, candidates=listed, notes=notes, coverage=seen)


def _coverage(trace: FitTrace, mz: Floats, height: Floats) -> float:
    """Return the share of an envelope that lies inside the window."""
    inside = (mz >= trace.mz[0]) & (mz <= trace.mz[-1])
    return float(height[inside].sum() / height.sum())


def _candidate(
    answer: Answer,
    row: int,
    base: float,
    probability: Floats,
    informed: Floats,
    equivalent: NDArray[np.bool_],
    reasons: dict[int, tuple[Evidence, ...]],
) -> CandidateFit:
    found, space = answer.candidates, answer.candidates.space
    counts = found.counts[row].tolist()
    charge = int(found.charge[row])
    atoms = found.take(np.array([row])).elements()[0]
    return CandidateFit(
        formula=space.cluster(counts, charge).text(),
        charge=charge,
        counts={name: int(n) for name, n in zip(space.names, counts, strict=True) if n},
        elements={s: int(n) for s, n in zip(space.symbols, atoms, strict=True) if n},
        base_mz=base,
        shift_ppm=float(answer.slot.shift_ppm[row]),
        fwhm=float(answer.slot.fwhm[row]),
        r_squared=1.0 - float(answer.slot.rss[row]) / max(_variation(answer), 1e-300),
        delta_chi2=float(answer.chi2[row]),
        probability=float(probability[row]),
        probability_with_evidence=float(informed[row]),
        equivalent=bool(equivalent[row]),
        evidence=(*answer.chemistry.reasons(row), *reasons.get(row, ())),
    )


def _variation(answer: Answer) -> float:
    measured = answer.assignment.trace.measured
    return float(((measured - measured.mean()) ** 2).sum())
