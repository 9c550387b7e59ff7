"""Search for the mixture of candidates that explains a window: a beam of hypotheses.

A hypothesis is a set of candidates. Its score, the lower the better, is

    n ln(rss) + shift penalties + sum over components of (price - 2 ln prior)

where n is the number of independent points (see `independent_points`) and the prior of a
candidate is its share of the chemical weights of all candidates (`evidence`); for all but the
strongest component, relatives of the strongest (an atom or ligand more or less, other protons
or alkali ions) have most of the prior, since species that overlap mostly are. Hypotheses grow
one component at a time; the best of different shifts are kept, since a wrong start at a wrong
shift cannot be mended by adding components.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.bells import Pattern, profiles
from superatom.spectra.mass.candidates import Candidates
from superatom.spectra.mass.clock import Clock
from superatom.spectra.mass.family_search import grow_families
from superatom.spectra.mass.fit import MixtureFits, fit_mixtures
from superatom.spectra.mass.hypotheses import (
    FULL,
    PRICE,
    Effort,
    Hypothesis,
    PatternStore,
    ShiftPrior,
    best_of,
    independent_points,
    strongest_first,
)
from superatom.spectra.mass.scoring import (
    FWHM_PER_SIGMA,
    Sticks,
    Trace,
    scan,
    shifts_to_try,
    sticks_of,
)

__all__ = ["MixtureSearch"]

Floats = NDArray[np.float64]
Rows = NDArray[np.int64]

_NO_LIMIT = Clock()
_PER_FAMILY = 2  # members of one family (same metals and ligands) on the rest of a list
_ASIDE = 0.3  # part of a short list that is chosen with less regard to the fit
_CHILDREN = 3  # hypotheses that one may leave in the next generation
_ROUNDS = 3  # of dropping and exchanging components of the best hypotheses
_NEAR = 10.0  # ppm about its shift where exchanges are sought
_OFFSETS = (-0.4, -0.2, 0.0, 0.2, 0.4)  # peak widths about the shift of a parent
_BETTER = 0.1  # of the score, to go on
_SHIFT_BIN = 3.0  # ppm; hypotheses in one bin compete, the best of each bin goes on
_LEAST_SHARE = 0.03  # a smaller component is not told from imperfect peak shapes
_RELATED = 0.7  # prior that a further component is related to the strongest
_FAR = 0.8  # fall of that with each metal atom or ligand, or two ions, of difference
_OTHER_CHARGE = 3.0
_UNRELATED = 9.0
_SCAN_SLACK = 0.02  # r2 below the best that the quick scan may be wrong by


class MixtureSearch:
    """Finds the mixtures that explain a window.

    Parameters
    ----------
    trace : Trace
        Measured points.
    candidates : Candidates
        What to try.
    log_prior : ndarray, shape (n,)
        Logarithm of the prior probability of each candidate.
    prior : ShiftPrior
        What is known of the m/z shift.
    widths : sequence of float
        Peak widths in m/z to start from.
    effort : Effort
        How hard to search.
    clock : Clock
        When to give up: every fit raises TimeLimitReached then.
    """

    def __init__(
        self,
        trace: Trace,
        candidates: Candidates,
        log_prior: Floats,
        prior: ShiftPrior,
        widths: Sequence[float],
        effort: Effort = FULL,
        clock: Clock = _NO_LIMIT,
    ) -> None:
        self.trace = trace
        self.effort = effort
        self.clock = clock
        self.starts = [Trace(trace.mz, trace.intensity, width) for width in widths]
        self.candidates = candidates
        self.log_prior = log_prior
        self.prior = prior
        self.sticks: list[Sticks] = sticks_of(candidates, trace.centre)
        self._ends = np.cumsum([len(block.mz) for block in self.sticks])
        self.n_independent = float(trace.mz.size)
        self._exact = PatternStore(candidates)
        self._kin: dict[int, Floats] = {}
        bound = np.array([not part.is_ion for part in candidates.space.parts])
        keys = np.column_stack([candidates.counts[:, bound], candidates.charge])
        _, family = np.unique(keys, axis=0, return_inverse=True)
        self._family = np.asarray(family).reshape(-1)
        parts = candidates.space.parts
        self._steps = np.array([0.5 if part.is_ion else 1.0 for part in parts], dtype=np.float32)

    def run(self, most: int, shortlist: int) -> list[Hypothesis]:
        """Return hypotheses, the best first; sets `n_independent`."""
        rows, fits = self.singles(shortlist)
        lone: list[tuple[tuple[int, ...], MixtureFits]] = [
            ((int(row),), fits.rows(np.array([i]))) for i, row in enumerate(rows)
        ]
        # Misfit of a single species may be a hidden second one: judge mildly until it is found.
        first = int(fits.rss.argmin())
        best = Hypothesis((int(rows[first]),), fits.rows(np.array([first])))
        self.n_independent = self._tempered(best)
        found = self._pick(lone)
        if most > 1:
            unrelated = [child for parent in found for child in self._children(parent)]
            found += grow_families(self, lone, most) + self._pick(unrelated)
            self.n_independent = self._tempered(min(found, key=lambda each: each.rss))
        generation = self._pick(
            [(each.rows, each.fit) for each in found if 1 < len(each.rows) < most]
        )
        for _ in range(most - 2):
            if not generation:
                break
            before = min(parent.rss for parent in generation)
            children = [
                child
                for parent in generation
                if len(parent.rows) < most
                for child in self._children(parent)
            ]
            grown = self._pick(children)
            if not grown:
                break
            found += grown
            generation = grown
            gain = self.trace.mz.size * np.log(before / min(child.rss for child in grown))
            if gain < PRICE:
                break
        self.n_independent = self._independent(min(found, key=lambda each: each.rss))
        found = self._unique(found)
        # A hidden species makes misfit of what is noise once it is found: judge by the best.
        self.n_independent = self._independent(found[0])
        tried: set[tuple[int, ...]] = set()
        for _ in range(_ROUNDS):
            leaders = [h for h in self._leaders(found) if h.rows not in tried]
            if not leaders:
                break
            tried.update(leader.rows for leader in leaders)
            found += [better for leader in leaders for better in self._improved(leader)]
        self.n_independent = self._independent(min(found, key=self.score))
        return self._unique(found)

    def _leaders(self, found: Sequence[Hypothesis]) -> list[Hypothesis]:
        """Return the best hypotheses of different shifts."""
        bins: dict[int, Hypothesis] = {}
        for each in sorted(found, key=self.score):
            bins.setdefault(round(each.shift_ppm / _SHIFT_BIN), each)
        return list(bins.values())[: self.effort.leaders]

    def _improved(self, start: Hypothesis) -> list[Hypothesis]:
        """Return better hypotheses that lack one component of a mixture, or have another."""
        if len(start.rows) < 2:
            return []
        found = []
        for place in range(len(start.rows)):
            others, part = self.without(start, place)
            fewer = self.fit([others], start.fit.shift_ppm, self._narrowed(start.fit))
            found.append(strongest_first(others, fewer))
            rows, fits = self.place(others, part, self.effort.exchanged, reach_ppm=_NEAR)
            cost = self.n_independent * np.log(fits.rss) + self.prior.penalty(fits)
            order = np.argsort(cost - 2.0 * self.log_prior[rows])[:_CHILDREN]
            found += [
                strongest_first((*others, int(rows[i])), fits.rows(np.array([i]))) for i in order
            ]
        limit = self.score(start) - _BETTER
        return [each for each in found if self.score(each) < limit]

    def _unique(self, found: Sequence[Hypothesis]) -> list[Hypothesis]:
        """Return hypotheses without repeats, the best first."""
        unique: dict[tuple[int, ...], Hypothesis] = {}
        for each in sorted(found, key=self.score):
            unique.setdefault(tuple(sorted(each.rows)), each)
        return list(unique.values())

    def patterns_at(self, rows: Rows) -> Pattern:
        """Return envelopes from the sticks made for the scan."""
        blocks = np.searchsorted(self._ends, rows, side="right")
        width = max(self.sticks[int(block)].mz.shape[1] for block in blocks)
        mz, height = np.zeros((2, len(rows), 1, width))
        for place, (row, block) in enumerate(zip(rows, blocks, strict=True)):
            sticks = self.sticks[int(block)]
            inner = int(row - (self._ends[block - 1] if block else 0))
            k = sticks.mz.shape[1]
            mz[place, 0, :k] = sticks.mz[inner] + sticks.centre
            height[place, 0, :k] = sticks.height[inner]
        return Pattern(mz, height)

    def score(self, hypothesis: Hypothesis) -> float:
        """Return the score of a hypothesis; a difference of 2 is a factor e in odds."""
        return (
            self.n_independent * float(np.log(hypothesis.rss))
            + float(self.prior.penalty(hypothesis.fit)[0])
            + self.price(hypothesis.rows)
        )

    def price(self, rows: Sequence[int]) -> float:
        """Return what components cost, the strongest first."""
        kin = self.kinship(rows[0])
        others = sum(PRICE - 2.0 * float(kin[row]) for row in rows[1:])
        return PRICE - 2.0 * float(self.log_prior[rows[0]]) + others

    def kinship(self, row: int) -> Floats:
        """Return the log prior of all candidates beside a stronger one, shape (n,)."""
        if row not in self._kin:
            counts = self.candidates.counts
            apart = np.abs(counts - counts[row]) @ self._steps
            apart = apart + _OTHER_CHARGE * (self.candidates.charge != self.candidates.charge[row])
            close = np.flatnonzero(apart < _UNRELATED)
            near = -_FAR * apart[close] + self.log_prior[close]
            near = near - np.logaddexp.reduce(near)
            kin = self.log_prior + np.log(1.0 - _RELATED)
            kin[close] = np.logaddexp(np.log(_RELATED) + near, kin[close])
            self._kin[row] = kin
        return self._kin[row]

    def singles(self, shortlist: int) -> tuple[Rows, MixtureFits]:
        """Fit the most promising candidates alone."""
        return self.place((), None, shortlist)

    def place(
        self,
        others: tuple[int, ...],
        fit: MixtureFits | None,
        limit: int,
        must: int | None = None,
        reach_ppm: float = np.inf,
    ) -> tuple[Rows, MixtureFits]:
        """Fit the most promising candidates beside `others`, over a range of shifts.

        Each peak width to start from gives its own short list; a candidate on several keeps
        its best fit.
        """
        beside = self.columns(others, fit) if others and fit is not None else None
        starts = self.starts if fit is None else [self._narrowed(fit)]
        found = []
        for start in starts:
            at = 0.0 if fit is None else float(fit.shift_ppm[0])
            low, high = max(self.prior.low, at - reach_ppm), min(self.prior.high, at + reach_ppm)
            shifts = shifts_to_try(start, low, high)
            scores = scan(start, self.sticks, shifts, beside)
            merit = scores.r_squared + _SCAN_SLACK * self._favour()
            rows = self.varied(np.argsort(-merit, kind="stable"), limit)
            if not others:
                mild = scores.r_squared + _ASIDE * self._favour()
                aside = np.argsort(-mild)[: int(_ASIDE * limit)]
                rows = np.unique(np.concatenate([rows, aside])).astype(np.int64)
            rows = rows[~np.isin(rows, others)]
            if must is not None and must not in rows:
                rows = np.append(rows, must)
            found.append(
                (rows, self.fit([[*others, int(r)] for r in rows], scores.shift_ppm[rows], start))
            )
        return found[0] if len(found) == 1 else best_of(found)

    def varied(self, order: Rows, limit: int) -> Rows:
        """Return the first of an order: all of the leading third, then few of each family."""
        head = order[: limit // 3]
        tail = order[limit // 3 :]
        by_family = np.argsort(self._family[tail], kind="stable")
        family = self._family[tail][by_family]
        begin = np.r_[True, family[1:] != family[:-1]]
        since = np.arange(family.size) - np.maximum.accumulate(
            np.where(begin, np.arange(family.size), 0)
        )
        first = np.zeros(tail.size, dtype=bool)
        first[by_family] = since < _PER_FAMILY
        return np.concatenate([head, tail[first][: limit - head.size]]).astype(np.int64)

    def fit(
        self, hypotheses: Sequence[Sequence[int]], shift_ppm: Floats, start: Trace
    ) -> MixtureFits:
        """Fit hypotheses of equal length from given shifts."""
        self.clock.check()
        rows = np.array(hypotheses, dtype=np.int64)
        flat, inverse = np.unique(rows, return_inverse=True)
        pattern = self._exact.of(flat)
        inverse = inverse.reshape(rows.shape)
        chosen = Pattern(pattern.mz[inverse, 0], pattern.height[inverse, 0])
        return fit_mixtures(start, chosen, shift_ppm, (self.prior.low, self.prior.high))

    def columns(
        self, rows: Sequence[int], fit: MixtureFits, own_ppm: Floats | None = None
    ) -> Floats:
        """Return the profile of each component, tallest peak 1, shape (k, n)."""
        shift = (fit.own_ppm if own_ppm is None else own_ppm) * 1e-6
        pattern = self._exact.of(rows)
        together = Pattern(pattern.mz[None, :, 0], pattern.height[None, :, 0])
        sigma = fit.fwhm / FWHM_PER_SIGMA
        drawn: Floats = profiles(self.trace, together, shift, sigma)[0]
        return drawn

    def profile(self, rows: Sequence[int], fit: MixtureFits) -> Floats:
        """Return the fitted profile of the components, without baseline."""
        total: Floats = fit.amounts[0] @ self.columns(rows, fit)
        return total

    def without(
        self, hypothesis: Hypothesis, place: int
    ) -> tuple[tuple[int, ...], MixtureFits | None]:
        """Return the other components of a hypothesis and their part of its fit."""
        others = tuple(row for j, row in enumerate(hypothesis.rows) if j != place)
        keep = [j for j in range(len(hypothesis.rows)) if j != place]
        fit = hypothesis.fit
        part = MixtureFits(
            fit.rss,
            fit.shift_ppm,
            fit.fwhm,
            fit.own_ppm[:, keep],
            fit.amounts[:, keep],
            fit.baseline,
        )
        return others, part

    def _favour(self) -> Floats:
        """Return 0 to 1: how much chemistry favours each candidate for a place on a short list."""
        favour: Floats = np.clip(1.0 + (self.log_prior - self.log_prior.max()) / 12.0, 0.0, 1.0)
        return favour

    def _narrowed(self, fit: MixtureFits) -> Trace:
        return Trace(self.trace.mz, self.trace.intensity, float(fit.fwhm[0]))

    def _children(self, parent: Hypothesis) -> list[tuple[tuple[int, ...], MixtureFits]]:
        """Return the best ways to add a component at the shift of the parent."""
        start = self._narrowed(parent.fit)
        kin = self.kinship(parent.rows[0])
        left, shift = self._left(parent, start)
        expected = self.trace.mz.size * np.log(left) - 2.0 * kin
        expected[list(parent.rows)] = np.inf
        rows = np.argsort(expected)[: self.effort.partners]
        rows = rows[np.isfinite(expected[rows])]
        if not rows.size:
            return []
        fits = self.fit([[*parent.rows, int(row)] for row in rows], shift[rows], start)
        n_points = self.trace.mz.size
        cost = n_points * np.log(fits.rss) - 2.0 * kin[rows] + self.prior.penalty(fits)
        share = fits.amounts.min(axis=1) / np.maximum(fits.amounts.sum(axis=1), 1e-300)
        order = [int(i) for i in np.argsort(cost) if share[i] >= _LEAST_SHARE][:_CHILDREN]
        return [((*parent.rows, int(rows[i])), fits.rows(np.array([i]))) for i in order]

    def _left(self, parent: Hypothesis, start: Trace) -> tuple[Floats, Floats]:
        """Return the sum of squares that each candidate would leave beside a parent, and where.

        The shift that suits the parent alone is wrong if something is hidden below it: others
        near it are tried.
        """
        width = start.fwhm / start.centre * 1e6
        left = np.full(len(self.candidates), np.inf)
        shift = np.full(left.size, parent.shift_ppm)
        for off in _OFFSETS:
            moved = parent.fit.own_ppm + off * width
            columns = self.columns(parent.rows, parent.fit, moved)
            at = np.array([parent.shift_ppm + off * width])
            if not self.prior.low <= at[0] <= self.prior.high:
                continue
            scores = scan(start, self.sticks, at, columns)
            now = scores.variation * np.maximum(1.0 - scores.r_squared, 0.02)
            now[scores.r_squared <= 0] = np.inf
            better = now < left
            left[better], shift[better] = now[better], at[0]
        return left, shift

    def _pick(self, found: list[tuple[tuple[int, ...], MixtureFits]]) -> list[Hypothesis]:
        """Return the best hypotheses: of each shift, then the best of the rest."""
        unique: dict[tuple[int, ...], Hypothesis] = {}
        for rows, fit in found:
            each = strongest_first(rows, fit)
            key = tuple(sorted(rows))
            if key not in unique or each.rss < unique[key].rss:
                unique[key] = each
        ranked = sorted(unique.values(), key=self.score)
        beam = self.effort.beam
        bins: set[int] = set()
        first: list[Hypothesis] = []
        rest: list[Hypothesis] = []
        for each in ranked:
            here = round(each.shift_ppm / _SHIFT_BIN)
            (rest if here in bins else first).append(each)
            bins.add(here)
        return [*first[:beam], *rest[: max(beam // 2, beam - len(first))]]

    def _independent(self, hypothesis: Hypothesis) -> float:
        ramp = np.linspace(-0.5, 0.5, self.trace.mz.size)
        ground = hypothesis.fit.baseline[0, 0] + hypothesis.fit.baseline[0, 1] * ramp
        residual = self.trace.intensity - self.profile(hypothesis.rows, hypothesis.fit) - ground
        return independent_points(residual, self.n_peaks(hypothesis))

    def _tempered(self, hypothesis: Hypothesis) -> float:
        return min(self._independent(hypothesis), 4.0 * self.n_peaks(hypothesis))

    def n_peaks(self, hypothesis: Hypothesis) -> float:
        """Return how many isotope peaks of at least a tenth of the tallest a mixture has."""
        heights = self._exact.of(hypothesis.rows).height
        return float((heights > 0.1).sum(axis=2).max())
