"""Amounts of known species: dopant distributions, and mixtures that overlap.

All envelopes are fitted together by non-negative least squares; m/z shift (constant and
slope), peak width and a straight baseline per stretch are fitted around it, since an error of
10 ppm in the shift is enough to turn one hydride count into the next.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superatom.composition.cluster import Cluster
from superatom.errors import SearchError, UnknownCharge
from superatom.provenance import Provenance, stamp
from superatom.spectra.mass.isotopes import charge_to_mz, envelopes
from superatom.spectra.mass.scoring import FWHM_PER_SIGMA
from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["Distribution", "Mixture", "distribution", "fit_mixture"]

Floats = NDArray[np.float64]

_REACH = 5.0
_ENDS = 3e-3  # envelopes are fitted down to this height
_EDGE = 6.0  # peak widths beside an envelope that are fitted, for the baseline
_STARTS = 17  # shifts tried before the fit is refined
_ROUNDS = 150


@dataclass(frozen=True, slots=True)
class Mixture:
    """Relative amounts of species that were assumed to be there.

    Attributes
    ----------
    formulas : tuple[str, ...]
        The species.
    fractions : tuple[float, ...]
        Share of each in the total area; the sum is 1.
    errors : tuple[float, ...]
        Standard errors of the fractions from the fit.
    covariance : tuple[tuple[float, ...], ...]
        Covariance of the fractions.
    shift_ppm : float
        Measured minus calculated m/z in the middle of the range.
    slope_ppm : float
        Change of the shift over the range in ppm.
    resolving_power : float
        m/z over full width at half maximum.
    r_squared : float
        Fraction of the variance explained.
    mean_mz : float
        Middle of the range that was fitted.
    provenance : Provenance
        Method and inputs.
    """

    formulas: tuple[str, ...]
    fractions: tuple[float, ...]
    errors: tuple[float, ...]
    covariance: tuple[tuple[float, ...], ...]
    shift_ppm: float
    slope_ppm: float
    resolving_power: float
    r_squared: float
    mean_mz: float
    provenance: Provenance

    def as_dict(self) -> dict[str, Any]:
        """Return the mixture as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Mixture:
        """Return the mixture that `as_dict` wrote."""
        made = {**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
        return cls(
            tuple(data["formulas"]), tuple(data["fractions"]), tuple(data["errors"]),
            tuple(tuple(row) for row in data["covariance"]), data["shift_ppm"],
            data["slope_ppm"], data["resolving_power"], data["r_squared"],
            data["mean_mz"], Provenance(**made),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Distribution:
    """How often each number of dopants occurs.

    Attributes
    ----------
    metal : str
        The dopant.
    counts : tuple[int, ...]
        Numbers of dopant atoms, ascending.
    fractions, errors : tuple[float, ...]
        Share of each number, and its standard error.
    mean, mean_error : float
        Average number of dopant atoms, and its standard error.
    spread : float
        Standard deviation of the number.
    """

    metal: str
    counts: tuple[int, ...]
    fractions: tuple[float, ...]
    errors: tuple[float, ...]
    mean: float
    mean_error: float
    spread: float

    def as_dict(self) -> dict[str, Any]:
        """Return the distribution as plain JSON types."""
        return asdict(self)


def distribution(mixture: Mixture, metal: str) -> Distribution:
    """Return the distribution of a metal over the species of a mixture.

    Raises
    ------
    SearchError
        If no species holds the metal.
    """
    held = [int(Cluster.parse(formula).metals.get(metal, 0)) for formula in mixture.formulas]
    if not any(held):
        raise SearchError(f"no species of the mixture holds {metal}")
    counts = sorted(set(held))
    select = np.array([[float(n == count) for n in held] for count in counts])
    fractions = select @ np.array(mixture.fractions)
    covariance = select @ np.array(mixture.covariance) @ select.T
    x = np.array(counts, dtype=float)
    mean = float(x @ fractions)
    return Distribution(
        metal,
        tuple(counts),
        tuple(fractions.tolist()),
        tuple(np.sqrt(np.clip(np.diag(covariance), 0, None)).tolist()),
        mean,
        float(np.sqrt(max(x @ covariance @ x, 0.0))),
        float(np.sqrt(max((x - mean) ** 2 @ fractions, 0.0))),
    )


def fit_mixture(
    spectrum: Spectrum,
    species: Sequence[Cluster | str],
    *,
    max_shift_ppm: float = 40.0,
    resolving_power: float | None = None,
) -> Mixture:
    """Fit the amounts of known species to a profile spectrum.

    Parameters
    ----------
    spectrum : Spectrum
        Profile spectrum.
    species : sequence of Cluster or formula
        What is there, with charges: ``["[Au25(PET)18]-", "[PtAu24(PET)18]-"]``.
    max_shift_ppm : float
        Largest m/z error to allow.
    resolving_power : float, optional
        m/z over full width at half maximum; fitted if not given.

    Raises
    ------
    SearchError
        If the spectrum has no signal where the species are.
    UnknownCharge
        If a species has no charge.
    """
    clusters = [Cluster.parse(each) if isinstance(each, str) else each for each in species]
    if not clusters:
        raise SearchError("name the species whose amounts are wanted")
    model = _Model.of(spectrum, clusters, max_shift_ppm)
    best = model.search(max_shift_ppm, resolving_power)
    fractions, covariance = model.fractions(best)
    spread = np.sqrt(np.clip(np.diag(covariance), 0.0, None))
    return Mixture(
        formulas=tuple(cluster.text() for cluster in clusters),
        fractions=tuple(fractions.tolist()),
        errors=tuple(spread.tolist()),
        covariance=tuple(tuple(row) for row in covariance.tolist()),
        shift_ppm=float(best[0]),
        slope_ppm=float(best[1]),
        resolving_power=float(np.exp(best[2])),
        r_squared=model.r_squared(best),
        mean_mz=float(0.5 * (model.mz[0] + model.mz[-1])),
        provenance=stamp(
            "fit of known species", spectrum.provenance.as_dict(), [c.text() for c in clusters],
            sources=("isotopes.csv: AME2020, 10.1088/1674-1137/abddaf",),
        ),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Model:
    """Points near the species, the calculated peaks, and an orthonormal baseline.

    `ground` holds a constant and a slope, normalised within each contiguous stretch, shape
    (n, 2); `first` is where the stretches begin.
    """

    mz: Floats
    intensity: Floats
    peaks: Floats
    areas: Floats
    ground: Floats
    first: NDArray[np.int64]

    @classmethod
    def of(cls, spectrum: Spectrum, clusters: Sequence[Cluster], max_shift_ppm: float) -> _Model:
        for cluster in clusters:
            if cluster.charge is None:
                raise UnknownCharge(f"the charge of {cluster} is not known; write it")
        atoms = [{s: int(n) for s, n in cluster.elements.items()} for cluster in clusters]
        found = envelopes(atoms, 1e-4)
        charges = np.array([cluster.charge for cluster in clusters], dtype=float)
        peaks = charge_to_mz(found.mass, charges[:, None])
        shown = found.abundance >= _ENDS * found.abundance.max(axis=1, keepdims=True)
        reach = _edge(spectrum, peaks) + peaks.max() * max_shift_ppm * 1e-6
        inside = np.zeros(len(spectrum), dtype=bool)
        for row, seen in zip(peaks, shown, strict=True):
            low, high = row[seen].min() - reach, row[seen].max() + reach
            first, last = np.searchsorted(spectrum.mz, [low, high])
            inside[first:last] = True
        if inside.sum() < 8 or spectrum.intensity[inside].max(initial=0.0) <= 0:
            raise SearchError("the spectrum has no signal where these species would be")
        starts = inside & ~np.r_[False, inside[:-1]]
        stretch = np.cumsum(starts)[inside] - 1
        return cls(
            spectrum.mz[inside],
            spectrum.intensity[inside],
            peaks,
            found.abundance,
            _baselines(stretch),
            np.flatnonzero(np.diff(stretch, prepend=-1)),
        )

    def columns(self, parameters: Floats) -> Floats:
        """Return the profile of each species for unit area, shape (n_points, n_species)."""
        middle = 0.5 * (self.mz[0] + self.mz[-1])
        half = max(0.5 * (self.mz[-1] - self.mz[0]), 1e-9)
        ppm = parameters[0] + 0.5 * parameters[1] * (self.peaks - middle) / half
        centre = self.peaks * (1.0 + ppm * 1e-6)
        sigma = centre / np.exp(parameters[2]) / FWHM_PER_SIGMA
        made = np.zeros((self.mz.size, len(self.peaks)))
        for column, (at, width, area) in enumerate(zip(centre, sigma, self.areas, strict=True)):
            seen = area > 0
            low = np.searchsorted(self.mz, (at - _REACH * width)[seen])
            high = np.searchsorted(self.mz, (at + _REACH * width)[seen])
            for a, b, m, w, p in zip(low, high, at[seen], width[seen], area[seen], strict=True):
                u = (self.mz[a:b] - m) / w
                made[a:b, column] += p / (w * np.sqrt(2 * np.pi)) * np.exp(-0.5 * u * u)
        return made

    def _above_ground(self, columns: Floats) -> Floats:
        """Return columns without their part along the baselines."""
        lengths = np.diff(np.r_[self.first, self.mz.size])
        rest = columns
        for shape in self.ground.T:
            part = np.add.reduceat(columns * shape[:, None], self.first, axis=0)
            rest = rest - shape[:, None] * np.repeat(part, lengths, axis=0)
        return rest

    def solve(self, parameters: Floats) -> tuple[Floats, float, Floats]:
        """Return amounts, residual sum of squares, and profiles without their baseline part."""
        from scipy.optimize import nnls

        columns = self._above_ground(self.columns(parameters))
        target = self._above_ground(self.intensity[:, None])[:, 0]
        scale = np.linalg.norm(columns, axis=0)
        scale[scale == 0] = 1.0
        reduced, right = np.linalg.qr(columns / scale)
        amounts, _ = nnls(right, reduced.T @ target, maxiter=50 * len(scale))
        residual = target - (columns / scale) @ amounts
        return amounts / scale, float(residual @ residual), columns

    def search(self, max_shift_ppm: float, resolving_power: float | None) -> Floats:
        """Return the best shift, slope and ln(resolving power)."""
        from scipy.optimize import minimize

        powers = [resolving_power] if resolving_power else [6e3, 20e3, 70e3]
        starts = np.linspace(-max_shift_ppm, max_shift_ppm, _STARTS)
        tallest = self._tallest_stretch()
        tried = [
            (tallest.solve(np.array([s, 0.0, np.log(r)]))[1], s, r) for s in starts for r in powers
        ]
        free = self.free(resolving_power is not None)
        steps = np.diag([3.0, 3.0, 0.2])[free][:, free]
        found = []
        for _, shift, power in sorted(tried)[:2]:
            start = np.array([shift, 0.0, np.log(power)])
            simplex = start[free] + np.vstack([np.zeros(len(steps)), steps])
            fitted = minimize(
                self._misfit,
                simplex[0],
                args=(start, free, max_shift_ppm),
                method="Nelder-Mead",
                options={
                    "initial_simplex": simplex, "maxiter": _ROUNDS, "xatol": 0.01, "fatol": 1e-7,
                },
            )  # fmt: skip
            start[free] = fitted.x
            found.append((float(fitted.fun), start))
        return min(found, key=lambda each: each[0])[1]

    def free(self, known_width: bool) -> NDArray[np.int64]:
        """Return which of shift, slope and width are fitted: no slope within one stretch."""
        return np.flatnonzero([True, self.first.size > 1, not known_width])

    def _tallest_stretch(self) -> _Model:
        """Return the model of the stretch that holds the tallest point alone."""
        ends = np.r_[self.first, self.mz.size]
        place = int(np.searchsorted(ends, int(self.intensity.argmax()), side="right")) - 1
        part = slice(int(ends[place]), int(ends[place + 1]))
        mz = self.mz[part]
        here = (self.peaks.max(axis=1) > mz[0]) & (self.peaks.min(axis=1) < mz[-1])
        return _Model(
            mz, self.intensity[part], self.peaks[here], self.areas[here], self.ground[part],
            np.zeros(1, dtype=np.int64),
        )  # fmt: skip

    def _misfit(
        self, values: Floats, start: Floats, free: NDArray[np.int64], max_shift_ppm: float
    ) -> float:
        """Return ln(rss), with a mild preference for small slopes and allowed shifts."""
        parameters = start.copy()
        parameters[free] = values
        beyond = max(abs(float(parameters[0])) - max_shift_ppm, 0.0)
        rss = self.solve(parameters)[1]
        return float(np.log(rss)) + 1e-3 * beyond + 1e-6 * float(parameters[1]) ** 2

    def fractions(self, parameters: Floats) -> tuple[Floats, Floats]:
        """Return the fractions and their covariance, shift and width included."""
        amounts, rss, columns = self.solve(parameters)
        total = amounts.sum()
        if total <= 0:
            raise SearchError("none of these species is in the spectrum")
        free = self.free(False)
        steps = np.array([0.05, 0.05, 0.005])[free]
        slopes = [
            (self.solve(parameters + d)[2] - self.solve(parameters - d)[2]) @ amounts / (2 * step)
            for step, d in zip(steps, np.diag([0.05, 0.05, 0.005])[free], strict=True)
        ]
        design = np.column_stack([columns, *slopes])
        variance = rss / max(self.mz.size - design.shape[1], 1)
        covariance = np.linalg.pinv(design.T @ design) * variance
        n = len(amounts)
        share = amounts / total
        jacobian = (np.eye(n) - share[:, None]) / total
        return share, jacobian @ covariance[:n, :n] @ jacobian.T

    def r_squared(self, parameters: Floats) -> float:
        """Return the fraction of the variance explained."""
        _, rss, _ = self.solve(parameters)
        return 1.0 - rss / float(((self.intensity - self.intensity.mean()) ** 2).sum())


def _baselines(stretch: NDArray[np.int64]) -> Floats:
    """Return a constant and a slope, orthonormal within each stretch, shape (n, 2)."""
    made = np.zeros((stretch.size, 2))
    for number in range(int(stretch[-1]) + 1):
        own = np.flatnonzero(stretch == number)
        ramp = np.linspace(-1.0, 1.0, own.size)
        made[own, 0] = 1.0 / np.sqrt(own.size)
        made[own, 1] = ramp / max(float(np.linalg.norm(ramp)), 1e-12)
    return made


def _edge(spectrum: Spectrum, peaks: Floats) -> float:
    """Return how far beside an envelope points are taken, in m/z."""
    spacing = float(np.median(np.diff(spectrum.mz))) if len(spectrum) > 1 else 0.01
    return max(_EDGE * 5 * spacing, 2e-5 * float(peaks.max()), 0.15)
