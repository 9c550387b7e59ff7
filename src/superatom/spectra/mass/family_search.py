"""Families of relatives in the search for a mixture: which to grow and which to fit exactly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from superatom.spectra.mass.families import FamilyMixture, family_mixtures
from superatom.spectra.mass.fit import MixtureFits
from superatom.spectra.mass.hypotheses import PRICE, Hypothesis, strongest_first
from superatom.spectra.mass.scoring import FWHM_PER_SIGMA, Trace

if TYPE_CHECKING:
    from superatom.spectra.mass.mixture_search import MixtureSearch

__all__ = ["grow_families"]

_BRANCHES = 3  # mixtures of relatives fitted exactly that may have the same main species
_MILD = 0.5  # points per peak that single fits count for where rivals are expected


def grow_families(
    search: MixtureSearch, lone: Sequence[tuple[tuple[int, ...], MixtureFits]], most: int
) -> list[Hypothesis]:
    """Return the best mixtures of relatives of the most promising single species."""
    parents = sorted((Hypothesis(rows, fit) for rows, fit in lone), key=search.score)
    n_points = search.trace.mz.size
    grown: dict[tuple[int, ...], tuple[float, FamilyMixture]] = {}
    by_row = {parent.rows[0]: parent for parent in parents}
    for main in _mains(search, parents):
        search.clock.check()
        parent = by_row[main]
        kin = search.kinship(main)
        base = search.price((main,)) + float(search.prior.penalty(parent.fit)[0])
        for mixture in family_mixtures(
            search.trace, search.candidates, search.patterns_at, main, parent.shift_ppm,
            float(parent.fit.fwhm[0]) / FWHM_PER_SIGMA, kin, most,
            n_points,
        ):  # fmt: skip
            price = base + sum(PRICE - 2.0 * float(kin[row]) for row in mixture.rows[1:])
            score = n_points * float(np.log(mixture.rss)) + price
            key = tuple(sorted(mixture.rows))
            if key not in grown or score < grown[key][0]:
                grown[key] = (score, mixture)
    best = _to_refine(search, list(grown.values()), n_points)
    found: list[tuple[tuple[int, ...], MixtureFits]] = []
    for size in sorted({len(mixture.rows) for mixture in best}):
        group = [mixture for mixture in best if len(mixture.rows) == size]
        width = float(np.median([mixture.fwhm for mixture in group])) * FWHM_PER_SIGMA
        start = Trace(search.trace.mz, search.trace.intensity, width)
        shifts = np.array([mixture.shift_ppm for mixture in group])
        fits = search.fit([mixture.rows for mixture in group], shifts, start)
        found += [(m.rows, fits.rows(np.array([i]))) for i, m in enumerate(group)]
    return [strongest_first(rows, fit) for rows, fit in found]


def _to_refine(
    search: MixtureSearch, grown: Sequence[tuple[float, FamilyMixture]], n_points: int
) -> list[FamilyMixture]:
    """Return mixtures worth an exact fit, few of each main species.

    Estimates are made at the shift that suits the main species alone, which can be wrong:
    half of the places go by an estimate that counts the misfit less.
    """
    peaks = 0.25 * search.n_independent  # see `_tempered`
    chosen: dict[tuple[int, ...], FamilyMixture] = {}
    for size in sorted({len(mixture.rows) for _, mixture in grown}):
        places = search.effort.refined // (2 if size == 2 else 8)
        for weight in (0.0, n_points - _MILD * peaks):
            seen: dict[int, int] = {}
            taken = 0
            for _, mixture in sorted(
                (each for each in grown if len(each[1].rows) == size),
                key=lambda each: each[0] - weight * float(np.log(each[1].rss)),
            ):
                main = mixture.rows[0]
                seen[main] = seen.get(main, 0) + 1
                if seen[main] <= _BRANCHES and taken < places:
                    taken += 1
                    chosen[mixture.rows] = mixture
    return list(chosen.values())


def _mains(search: MixtureSearch, parents: Sequence[Hypothesis]) -> list[int]:
    """Return main species whose families are tried.

    Half of them fit best alone; the others are chosen with less regard to the fit, since
    a species with a rival of its own strength fits badly alone.
    """
    strict = search.varied(np.array([each.rows[0] for each in parents]), len(parents))
    n_mild = _MILD * search.n_peaks(parents[0])
    mild = sorted(
        parents,
        key=lambda each: n_mild * float(np.log(each.rss)) + search.price(each.rows),
    )
    second = search.varied(np.array([each.rows[0] for each in mild]), len(mild))
    mixed = (
        np.column_stack([strict, second[: len(strict)]]) if len(strict) == len(second) else strict
    )
    return list(dict.fromkeys(mixed.ravel().tolist()))[: search.effort.parents]
