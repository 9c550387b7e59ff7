"""Species against time: the same assignment followed through the spectra of a reaction.

All spectra are added up and the sum is assigned once. The amounts of the species found are
then fitted to each spectrum alone, with the peak widths of the sum and one common shift of
the m/z axis per spectrum, so a name means the same thing at all times.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.provenance import Provenance, stamp
from superatom.spectra.mass.assign import assign
from superatom.spectra.mass.assignments import Assignment, Assignments, Window
from superatom.spectra.mass.isotopes import envelope
from superatom.spectra.mass.space import SearchSpace
from superatom.spectra.mass.spectrum import Spectrum
from superatom.spectra.mass.sums import sum_spectra
from superatom.spectra.mass.windows import find_groups

__all__ = ["FollowedSpecies", "Series", "follow", "times_from_names"]

_FWHM_PER_SIGMA = 2.0 * float(np.sqrt(2.0 * np.log(2.0)))
_DRIFTS = np.arange(-15.0, 15.1, 1.5)  # ppm that a spectrum may be off the sum
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_TIME = re.compile(
    r"(?<![a-z0-9.])t?=?(\d+(?:[.,]\d+)?)[ _]?(s|sec|min|mins|m|h|hr|hrs|hours?|d|days?)(?![a-z])",
    re.IGNORECASE,
)

_Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class FollowedSpecies:
    """A species of a series.

    Attributes
    ----------
    formula : str
        As assigned in the sum of all spectra.
    charge : int
        Charge of the ion.
    mz : float
        Calculated m/z of its tallest peak.
    equivalent : tuple[str, ...]
        Formulas that the data cannot tell from it.
    """

    formula: str
    charge: int
    mz: float
    equivalent: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Amounts of species against time.

    Attributes
    ----------
    times_s : ndarray, shape (n_times,)
        Times in s; 0, 1, 2 ... if no times are known (see `has_times`).
    has_times : bool
        Whether the times are known.
    sources : tuple[str, ...]
        Where each spectrum comes from.
    species : tuple[FollowedSpecies, ...]
        By ascending m/z.
    area, area_error : ndarray, shape (n_times, n_species)
        Area of each envelope (intensity times m/z) and its standard error.
    unassigned : ndarray, shape (n_times,)
        Share of the envelopes of each spectrum (by height) outside all assigned windows.
    assignments : Assignments
        Of the sum of all spectra.
    notes : tuple[str, ...]
        Doubts the reader should know of.
    provenance : Provenance
        Method, version and hash of the inputs.
    """

    times_s: _Array
    has_times: bool
    sources: tuple[str, ...]
    species: tuple[FollowedSpecies, ...]
    area: _Array
    area_error: _Array
    unassigned: _Array
    assignments: Assignments
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def fraction(self) -> _Array:
        """Share of each species in the assigned ions of its time, shape (n_times, n_species)."""
        total = self.area.sum(axis=1, keepdims=True)
        return np.asarray(self.area / np.where(total > 0, total, 1.0))

    def rows(self) -> list[dict[str, Any]]:
        """Return a table, one row per time and species."""
        fraction = self.fraction
        return [
            {
                "time_s": float(time) if self.has_times else None,
                "source": self.sources[t],
                "formula": each.formula,
                "charge": each.charge,
                "mz": each.mz,
                "area": float(self.area[t, k]),
                "area_error": float(self.area_error[t, k]),
                "fraction": float(fraction[t, k]),
            }
            for t, time in enumerate(self.times_s)
            for k, each in enumerate(self.species)
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON types."""
        return {
            "times_s": self.times_s.tolist(),
            "has_times": self.has_times,
            "sources": list(self.sources),
            "species": [asdict(each) for each in self.species],
            "area": self.area.tolist(),
            "area_error": self.area_error.tolist(),
            "unassigned": self.unassigned.tolist(),
            "assignments": self.assignments.as_dict(),
            "notes": list(self.notes),
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Series:
        """Return the series that `as_dict` wrote."""
        n_species = len(data["species"])
        made = {**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
        return cls(
            times_s=np.array(data["times_s"], dtype=np.float64),
            has_times=bool(data["has_times"]),
            sources=tuple(data["sources"]),
            species=tuple(
                FollowedSpecies(**{**row, "equivalent": tuple(row["equivalent"])})
                for row in data["species"]
            ),
            area=np.array(data["area"], dtype=np.float64).reshape(-1, n_species),
            area_error=np.array(data["area_error"], dtype=np.float64).reshape(-1, n_species),
            unassigned=np.array(data["unassigned"], dtype=np.float64),
            assignments=Assignments.from_dict(data["assignments"]),
            notes=tuple(data["notes"]),
            provenance=Provenance(**made),
        )

    def to_json(self) -> str:
        """Return everything as JSON text."""
        return json.dumps(self.as_dict())


def times_from_names(names: Sequence[str]) -> tuple[float, ...] | None:
    """Return the times in s that file names tell, or None if one does not tell it.

    Examples
    --------
    >>> times_from_names(["au25_0min.csv", "au25_30min.csv", "au25_2h.csv"])
    (0.0, 1800.0, 7200.0)
    >>> times_from_names(["a.csv", "b.csv"]) is None
    True
    """
    times = []
    for name in names:
        stem = re.sub(r"[_\-]", " ", Path(name.split(",")[0]).name)
        found = _TIME.findall(stem)
        if len(found) != 1:
            return None
        number, unit = found[0]
        times.append(float(number.replace(",", ".")) * _SECONDS[unit[0].lower()])
    return tuple(times)


def follow(
    spectra: Sequence[Spectrum],
    space: SearchSpace,
    windows: Sequence[Window] | None = None,
    *,
    times_s: Sequence[float] | None = None,
    **options: Any,
) -> Series:
    """Assign the sum of several spectra and follow the species found through each of them.

    Parameters
    ----------
    spectra : sequence of Spectrum
        Spectra of one reaction, all profile or all centroid.
    space : SearchSpace
        Compositions to choose from.
    windows : sequence of Window, optional
        As for `assign`.
    times_s : sequence of float, optional
        Times in s; by default those of the spectra, or those their file names tell.
    **options
        As for `assign`.

    Raises
    ------
    SearchError
        If there are fewer than two spectra, or the numbers of spectra and times differ.
    """
    if len(spectra) < 2:
        raise SearchError(f"a series needs two spectra or more, got {len(spectra)}")
    if times_s is not None and len(times_s) != len(spectra):
        raise SearchError(f"{len(times_s)} times were given for {len(spectra)} spectra")
    times, notes = _times(spectra, times_s)
    order = np.argsort(times, kind="stable") if times is not None else np.arange(len(spectra))
    spectra = [spectra[i] for i in order]
    total = sum_spectra(spectra, source="sum of the series")
    found = assign(total, space, windows, **options)
    named = [each for each in found.assignments if each.candidates]
    species = tuple(_species(each) for each in named)
    fits = [_fit(spectrum, named) for spectrum in spectra]
    return Series(
        times_s=np.array(times or range(len(spectra)), dtype=np.float64)[order],
        has_times=times is not None,
        sources=tuple(spectrum.source for spectrum in spectra),
        species=species,
        area=np.array([area for area, _ in fits]).reshape(len(spectra), len(species)),
        area_error=np.array([error for _, error in fits]).reshape(len(spectra), len(species)),
        unassigned=np.array([_unassigned(spectrum, named) for spectrum in spectra]),
        assignments=found,
        notes=notes,
        provenance=stamp(
            "species of the summed spectrum fitted to each spectrum",
            [spectrum.provenance.as_dict() for spectrum in spectra],
            found.provenance.as_dict(),
        ),
    )


def _times(
    spectra: Sequence[Spectrum], given: Sequence[float] | None
) -> tuple[tuple[float, ...] | None, tuple[str, ...]]:
    if given is not None:
        return tuple(given), ()
    own = [spectrum.time_s for spectrum in spectra if spectrum.time_s is not None]
    if len(own) == len(spectra) and len(set(own)) == len(own):
        return tuple(own), ()
    named = times_from_names([spectrum.source for spectrum in spectra])
    if named is not None:
        return named, ("the times were read from the names of the files",)
    return None, ("no times are known: spectra are numbered in the order given",)


def _species(assignment: Assignment) -> FollowedSpecies:
    best = assignment.candidates[0]
    others = tuple(c.formula for c in assignment.equivalent if c.formula != best.formula)
    return FollowedSpecies(best.formula, best.charge, best.base_mz, others)


def _fit(spectrum: Spectrum, named: Sequence[Assignment]) -> tuple[_Array, _Array]:
    """Return areas and errors of all species, at the drift that explains most."""
    groups: dict[tuple[float, float], list[int]] = {}
    for number, each in enumerate(named):
        groups.setdefault((each.window.mz_lo, each.window.mz_hi), []).append(number)
    best: tuple[float, _Array, _Array] | None = None
    for drift in _DRIFTS:
        area, error = np.zeros(len(named)), np.zeros(len(named))
        misfit = 0.0
        for (low, high), members in groups.items():
            part = spectrum.slice(low, high)
            rows = [_column(part, named[i], float(drift)) for i in members]
            amounts, errors, rss = _amounts(part, np.array(rows))
            area[members], error[members] = amounts, errors
            misfit += rss
        if best is None or misfit < best[0]:
            best = (misfit, area, error)
    return (best[1], best[2]) if best else (np.zeros(0), np.zeros(0))


def _column(part: Spectrum, assignment: Assignment, drift_ppm: float) -> _Array:
    """Return the profile of one species with area 1 at the points of `part`."""
    best = assignment.candidates[0]
    pattern = envelope(best.elements)
    mz = pattern.mz(best.charge) * (1 + (best.shift_ppm + drift_ppm) * 1e-6)
    sigma = np.sqrt((best.fwhm / _FWHM_PER_SIGMA) ** 2 + pattern.variance / best.charge**2)
    z = (part.mz[:, None] - mz) / sigma
    shape = np.exp(-0.5 * z * z)
    if part.profile:
        shape /= sigma * np.sqrt(2 * np.pi)
    return np.asarray(shape @ pattern.abundance)


def _amounts(part: Spectrum, columns: _Array) -> tuple[_Array, _Array, float]:
    """Fit non-negative amounts over a straight baseline; return them, errors, misfit."""
    from scipy.optimize import nnls

    n = len(part)
    if n <= len(columns) + 2:
        return np.zeros(len(columns)), np.full(len(columns), np.nan), 0.0
    ramp = np.linspace(0.0, 1.0, n)
    ground = np.array([ramp, 1 - ramp]) if part.profile else np.zeros((0, n))
    design = np.vstack([columns, ground]).T
    scale = np.maximum(np.linalg.norm(design, axis=0), 1e-300)
    amounts, rest = nnls(design / scale, np.maximum(part.intensity, 0.0))
    variance = rest**2 / (n - design.shape[1])
    covariance = np.linalg.pinv((design / scale).T @ (design / scale)) * variance
    errors = np.sqrt(np.maximum(np.diag(covariance), 0.0)) / scale
    k = len(columns)
    return amounts[:k] / scale[:k], errors[:k], float(rest**2)


def _unassigned(spectrum: Spectrum, named: Sequence[Assignment]) -> float:
    """Return the share of the envelopes (by height) that lie in no assigned window."""
    groups = find_groups(spectrum)
    total = sum(group.height for group in groups)
    inside = sum(
        group.height
        for group in groups
        if any(each.window.mz_lo <= group.apex_mz <= each.window.mz_hi for each in named)
    )
    return 1.0 - inside / total if total > 0 else 0.0
