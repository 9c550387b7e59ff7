"""Find the species in one window: fit every candidate, then mixtures, then weigh alternatives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.spectra.mass.candidates import Candidates
from superatom.spectra.mass.fit import MixtureFits, Pattern, fit_mixtures, profile_columns
from superatom.spectra.mass.scoring import (
    FWHM_PER_SIGMA,
    Trace,
    envelopes_of,
    scan,
    shifts_to_try,
    sticks_of,
)

__all__ = ["ShiftPrior", "Slot", "WindowFit", "find_species", "patterns_of"]

Floats = NDArray[np.float64]

_SHORTLIST = 300  # candidates fitted exactly, of all that were scanned
_PARTNERS = 40  # second, third ... components tried exactly
_LEAST_SHARE = 0.03  # a smaller component is not told from imperfect peak shapes


@dataclass(frozen=True, slots=True)
class ShiftPrior:
    """What is known of the m/z shift before a window is fitted, in ppm.

    Attributes
    ----------
    mean, sd : float
        Expected shift and its uncertainty.
    low, high : float
        Hard limits.
    """

    mean: float = 0.0
    sd: float = 15.0
    low: float = -40.0
    high: float = 40.0


@dataclass(frozen=True, slots=True, eq=False)
class Slot:
    """One component of a window, and all candidates that could take its place.

    Attributes
    ----------
    candidates : Candidates
        Best first.
    chi2 : ndarray, shape (n,)
        Misfit in units of the noise, without the prior of the shift.
    rss, shift_ppm, fwhm : ndarray, shape (n,)
        Of the fit with this candidate and the other components.
    chosen : int
        Which candidate the joint fit of the window was made with.
    """

    candidates: Candidates
    chi2: Floats
    rss: Floats
    shift_ppm: Floats
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
        Components by falling area; empty if nothing fits.
    fit : MixtureFits
        Fit of the first candidates of all slots together (a batch of one).
    n_independent : float
        Number of independent points, from the autocorrelation of the residual.
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


def patterns_of(candidates: Candidates, threshold: float = 1e-4) -> Pattern:
    """Return the envelopes of candidates as patterns of shape (n, 1, k), tallest peak 1."""
    found = envelopes_of(candidates, threshold)
    height = found.abundance / found.abundance.max(axis=1, keepdims=True)
    return Pattern(found.mz(candidates.charge)[:, None], height[:, None])


def find_species(
    trace: Trace, candidates: Candidates, prior: ShiftPrior, most: int = 4
) -> WindowFit:
    """Fit a window by a mixture of up to `most` candidates.

    Components are added one at a time as long as the misfit falls by more than chance allows
    among so many candidates; then each is weighed against all others in its place.
    """
    if not len(candidates) or trace.variation <= 0:
        return WindowFit(trace, (), None, float(trace.mz.size), len(candidates))
    search = _Search(trace, candidates, prior)
    search.start()
    while len(search.chosen) < most and search.add():
        pass
    return search.result()


class _Search:
    """State of a search: which candidates are chosen, and their joint fit."""

    def __init__(self, trace: Trace, candidates: Candidates, prior: ShiftPrior) -> None:
        self.trace = trace
        self.candidates = candidates
        self.prior = prior
        self.chosen: list[int] = []
        self.fit: MixtureFits | None = None
        self.n_independent = float(trace.mz.size)
        self.sticks = sticks_of(candidates, trace.centre)

    def start(self) -> None:
        """Choose the best single candidate."""
        rows, fits = self._slot([])
        best = int(self._chi2(fits).argmin())
        self.chosen = [int(rows[best])]
        self._settle()

    def add(self) -> bool:
        """Add the component that helps most; return whether one was worth it."""
        assert self.fit is not None
        before = float(self.fit.rss[0])
        rows, fits = self._slot(self.chosen, limit=_PARTNERS, near=float(self.fit.shift_ppm[0]))
        free = ~np.isin(rows, self.chosen)
        if not free.any():
            return False
        rows, fits = rows[free], _rows_of(fits, free)
        best = int(fits.rss.argmin())
        share = fits.amounts[best] / max(float(fits.amounts[best].sum()), 1e-300)
        saved = (self.chosen, self.fit, self.n_independent)
        self.chosen = [*self.chosen, int(rows[best])]
        self._settle()
        worth = 2.0 * np.log(max(len(self.candidates), 2)) + 12.0
        gain = self.n_independent * np.log(before / float(self.fit.rss[0]))
        if gain < worth or share.min() < _LEAST_SHARE:
            self.chosen, self.fit, self.n_independent = saved
            return False
        self._exchange()
        return True

    def _exchange(self) -> None:
        """Replace components by better ones while the others stay."""
        for _ in range(2):
            changed = False
            for place in range(len(self.chosen)):
                assert self.fit is not None
                others = [row for j, row in enumerate(self.chosen) if j != place]
                near = float(self.fit.shift_ppm[0])
                rows, fits = self._slot(others, limit=_PARTNERS, near=near)
                free = ~np.isin(rows, others)
                rows, fits = rows[free], _rows_of(fits, free)
                best = int(self._chi2(fits).argmin())
                better = float(fits.rss[best]) < 0.999 * float(self.fit.rss[0])
                if better and rows[best] != self.chosen[place]:
                    self.chosen[place] = int(rows[best])
                    self._settle()
                    changed = True
            if not changed:
                return

    def result(self) -> WindowFit:
        """Weigh the alternatives in each place and return everything, largest area first."""
        assert self.fit is not None
        area = self.fit.amounts[0] * self._areas(self.chosen)
        self.chosen = [self.chosen[int(place)] for place in np.argsort(-area)]
        self._settle()
        slots = []
        for place, row in enumerate(self.chosen):
            others = [other for j, other in enumerate(self.chosen) if j != place]
            rows, fits = self._slot(others, must=row)
            free = ~np.isin(rows, others)
            rows, fits = rows[free], _rows_of(fits, free)
            chi2 = self.n_independent * np.log(fits.rss / float(self.fit.rss[0]))
            order = np.argsort(chi2 + self._penalty(fits.shift_ppm), kind="stable")
            slots.append(
                Slot(
                    self.candidates.take(rows[order]),
                    chi2[order],
                    fits.rss[order],
                    fits.shift_ppm[order],
                    fits.fwhm[order],
                    int(np.flatnonzero(rows[order] == row)[0]),
                )
            )
        return WindowFit(
            self.trace, tuple(slots), self.fit, self.n_independent, len(self.candidates)
        )

    def _slot(
        self,
        others: list[int],
        *,
        limit: int = _SHORTLIST,
        near: float | None = None,
        must: int | None = None,
    ) -> tuple[NDArray[np.int64], MixtureFits]:
        """Fit the most promising candidates for one place while `others` hold theirs."""
        rest, shifts = None, shifts_to_try(self.trace, self.prior.low, self.prior.high)
        if others:
            fit = self._fit([others], np.array([near if near is not None else self._shift()]))
            rest = self.trace.intensity - self._profile(others, fit)
            if near is not None:
                shifts = np.array([near])
        scores = scan(self.trace, self.sticks, shifts, rest)
        rows = np.argsort(-scores.r_squared)[:limit].astype(np.int64)
        if must is not None and must not in rows:
            rows = np.append(rows, must)
        shift = scores.shift_ppm[rows]
        return rows, self._fit([[*others, int(row)] for row in rows], shift)

    def _fit(self, hypotheses: list[list[int]], shift_ppm: Floats) -> MixtureFits:
        rows = np.array(hypotheses, dtype=np.int64)
        flat, inverse = np.unique(rows, return_inverse=True)
        pattern = patterns_of(self.candidates.take(flat))
        inverse = inverse.reshape(rows.shape)
        chosen = Pattern(pattern.mz[inverse, 0], pattern.height[inverse, 0])
        return fit_mixtures(self.trace, chosen, shift_ppm, (self.prior.low, self.prior.high))

    def _profile(self, rows: list[int], fit: MixtureFits) -> Floats:
        """Return the fitted profile of some components, without baseline."""
        pattern = patterns_of(self.candidates.take(np.array(rows)))
        together = Pattern(pattern.mz[None, :, 0], pattern.height[None, :, 0])
        columns, _, _ = profile_columns(
            self.trace, together, fit.shift_ppm * 1e-6, fit.fwhm / FWHM_PER_SIGMA
        )
        total: Floats = fit.amounts[0] @ columns[0]
        return total

    def _areas(self, rows: list[int]) -> Floats:
        pattern = patterns_of(self.candidates.take(np.array(rows)))
        return np.asarray(pattern.height[:, 0].sum(axis=1))

    def _shift(self) -> float:
        return self.prior.mean if self.fit is None else float(self.fit.shift_ppm[0])

    def _settle(self) -> None:
        """Fit the chosen mixture and count the independent points of its residual."""
        start = np.array([self._shift()])
        fits = [self._fit([self.chosen], start + offset) for offset in self._starts()]
        self.fit = min(fits, key=lambda fit: float(fit.rss[0]))
        fitted = self._profile(self.chosen, self.fit)
        ramp = np.linspace(-0.5, 0.5, self.trace.mz.size)
        ground = self.fit.baseline[0, 0] + self.fit.baseline[0, 1] * ramp
        residual = self.trace.intensity - fitted - ground
        heights = patterns_of(self.candidates.take(np.array(self.chosen))).height
        n_peaks = float((heights > 0.1).sum(axis=2).max())
        self.n_independent = independent_points(residual, n_peaks)

    def _starts(self) -> Floats:
        if self.fit is not None:
            return np.zeros(1)
        return shifts_to_try(self.trace, self.prior.low, self.prior.high) - self.prior.mean

    def _penalty(self, shift_ppm: Floats) -> Floats:
        penalty: Floats = ((shift_ppm - self.prior.mean) / self.prior.sd) ** 2
        return penalty

    def _chi2(self, fits: MixtureFits) -> Floats:
        chi2: Floats = self.n_independent * np.log(fits.rss) + self._penalty(fits.shift_ppm)
        return chi2


def _rows_of(fits: MixtureFits, rows: NDArray[np.bool_]) -> MixtureFits:
    return MixtureFits(
        fits.rss[rows],
        fits.shift_ppm[rows],
        fits.fwhm[rows],
        fits.amounts[rows],
        fits.baseline[rows],
    )


def independent_points(residual: Floats, n_peaks: float) -> float:
    """Return how many independent points a residual is worth.

    Noise is independent from point to point; what the model gets wrong (peak heights from few
    ions, peak shape, a hidden species) is common to all points of a peak. With noise of
    variance v, from the differences between neighbours, and n points of mean square r, the
    residual is worth n r / (v + (r - v) n / 2 n_peaks) points: n if all is noise, two for each
    peak (height and place) if all is misfit.
    """
    n = residual.size
    mean_square = float(residual @ residual) / n
    second = residual[2:] - 2.0 * residual[1:-1] + residual[:-2]
    noise = min((1.4826 * float(np.median(np.abs(second)))) ** 2 / 6.0, mean_square)
    if mean_square <= 0:
        return float(n)
    points = n * mean_square / (noise + (mean_square - noise) * n / max(2.0 * n_peaks, 1.0))
    return max(points, 3.0)
