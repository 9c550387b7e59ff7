"""Evidence across windows: the same cluster in other charges, with adducts, or doped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.answers import Answer, finish
from superatom.spectra.mass.assignments import Assignment, Evidence

__all__ = ["with_relatives"]

Floats = NDArray[np.float64]

_CONSIDERED = 80  # candidates per window that may support others
_LADDER, _ADDUCTS, _DOPING = 10.0, 5.0, 2.0  # ln(1 + factor * probability of the relative)


@dataclass(frozen=True, slots=True)
class _Sighting:
    """A candidate seen in some window."""

    window: int
    row: int
    charge: int
    probability: float
    formula: tuple[int, ...]


def with_relatives(answers: Sequence[Answer]) -> list[Assignment]:
    """Return the finished assignments, each candidate supported by its relatives elsewhere."""
    sightings = [_sightings(number, answer) for number, answer in enumerate(answers)]
    by_cluster: dict[tuple[int, ...], list[_Sighting]] = {}
    by_family: dict[tuple[int, ...], list[_Sighting]] = {}
    for group in sightings:
        for seen in group:
            answer = answers[seen.window]
            by_cluster.setdefault(_bound(answer, seen.formula), []).append(seen)
            by_family.setdefault(_family(answer, seen.formula), []).append(seen)
    finished = []
    for number, answer in enumerate(answers):
        extra = np.zeros(len(answer.candidates))
        reasons: dict[int, tuple[Evidence, ...]] = {}
        for seen in sightings[number]:
            said = _support(seen, answers, by_cluster, by_family)
            if said:
                reasons[seen.row] = said
                extra[seen.row] = sum(reason.weight for reason in said)
        finished.append(finish(answer, extra, reasons))
    return finished


def _sightings(number: int, answer: Answer) -> list[_Sighting]:
    if not len(answer.candidates):
        return []
    log = -0.5 * answer.chi2 + answer.chemistry.weight
    share = np.exp(log - np.logaddexp.reduce(log))
    rows = np.argsort(-share)[:_CONSIDERED]
    found = answer.candidates
    return [
        _Sighting(
            number, int(row), int(found.charge[row]), float(share[row]),
            tuple(int(n) for n in found.counts[row]),
        )
        for row in rows
    ]  # fmt: skip


def _bound(answer: Answer, counts: tuple[int, ...]) -> tuple[int, ...]:
    """Return the counts without protons and alkali ions."""
    parts = answer.candidates.space.parts
    return tuple(0 if part.is_ion else n for part, n in zip(parts, counts, strict=True))


def _family(answer: Answer, counts: tuple[int, ...]) -> tuple[int, ...]:
    """Return the total of metals, and the ligands: what a dopant series has in common."""
    parts = answer.candidates.space.parts
    metals = sum(n for part, n in zip(parts, counts, strict=True) if part.role == "metal")
    rest = (
        n for part, n in zip(parts, _bound(answer, counts), strict=True) if part.role != "metal"
    )
    return (metals, *rest)


def _support(
    seen: _Sighting,
    answers: Sequence[Answer],
    by_cluster: dict[tuple[int, ...], list[_Sighting]],
    by_family: dict[tuple[int, ...], list[_Sighting]],
) -> tuple[Evidence, ...]:
    """Return what other windows say for a candidate."""
    answer = answers[seen.window]
    own = answer.assignment.window
    same = [
        other
        for other in by_cluster[_bound(answer, seen.formula)]
        if answers[other.window].assignment.window != own
    ]
    said = []
    rungs = [other for other in same if other.charge != seen.charge]
    if rungs:
        best = max(rungs, key=lambda other: other.probability)
        charges = ", ".join(f"{z:+d}" for z in sorted({other.charge for other in rungs}))
        weight = float(np.log1p(_LADDER * best.probability))
        said.append(Evidence("charge ladder", f"the same cluster fits at {charges}", weight))
    kin = [o for o in same if o.charge == seen.charge and o.formula != seen.formula]
    if kin:
        best = max(kin, key=lambda other: other.probability)
        weight = float(np.log1p(_ADDUCTS * best.probability))
        said.append(Evidence("adduct series", "other adducts of it fit elsewhere", weight))
    doped = [
        other
        for other in by_family[_family(answer, seen.formula)]
        if answers[other.window].assignment.window != own
        and _bound(answer, other.formula) != _bound(answer, seen.formula)
    ]
    if doped:
        best = max(doped, key=lambda other: other.probability)
        weight = float(np.log1p(_DOPING * best.probability))
        said.append(Evidence("dopant series", "clusters with other metal ratios fit too", weight))
    return tuple(reason for reason in said if reason.weight > 0.05)
