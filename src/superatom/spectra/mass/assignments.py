"""What an assignment of a mass spectrum says: candidates, mixture, fit, and its limits."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superatom.provenance import Provenance

__all__ = [
    "WELL_EXPLAINED",
    "Assignment",
    "Assignments",
    "CandidateFit",
    "Component",
    "Evidence",
    "FitTrace",
    "ResidualPeak",
    "Window",
]

#: Share of a window's variance that a fit must explain: below, its assignment is not believed and
#: it has no vote in the calibration.
WELL_EXPLAINED = 0.8
_MOSTLY_SEEN = 0.7  # of an envelope that its window must hold


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the spectrum that holds one envelope or several overlapping ones.

    Attributes
    ----------
    mz_lo, mz_hi : float
        Limits in m/z.
    charge : int or None
        Charge with its sign, if it is known (from the peak spacing or a ladder).
    """

    mz_lo: float
    mz_hi: float
    charge: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """A reason for or against a candidate that is not the fit of its envelope.

    Attributes
    ----------
    kind : str
        'charge ladder', 'series', 'closed shell', 'odd electrons', 'known cluster', ...
    text : str
        One sentence for the reader.
    weight : float
        Natural logarithm of the factor by which it changes the odds (shown; applied to
        `CandidateFit.probability_with_evidence` only, never to `probability`).
    """

    kind: str
    text: str
    weight: float = 0.0


@dataclass(frozen=True, slots=True)
class CandidateFit:
    """One composition tried on a window, and how well it explains it.

    Attributes
    ----------
    formula : str
        Formula as `Cluster.text()` prints it: '[Au25(pMBA)18-7H]^7-'.
    charge : int
        Charge of the ion.
    counts : dict[str, int]
        Metals, ligands and other parts with their counts.
    elements : dict[str, int]
        Atoms of the ion.
    base_mz : float
        m/z of the tallest peak of its calculated envelope.
    shift_ppm : float
        Measured minus calculated m/z, in ppm, in the best fit.
    fwhm : float
        Peak width in m/z in the best fit.
    r_squared : float
        Fraction of the window's variance explained.
    delta_chi2 : float
        Chi square above that of the best candidate, in units of the noise found.
    probability : float
        Posterior probability from the fit alone.
    probability_with_evidence : float
        The same with ladder, series and chemistry taken into account.
    equivalent : bool
        Whether the data cannot tell it from the best candidate.
    evidence : tuple[Evidence, ...]
        Reasons apart from the fit.
    """

    formula: str
    charge: int
    counts: dict[str, int]
    elements: dict[str, int]
    base_mz: float
    shift_ppm: float
    fwhm: float
    r_squared: float
    delta_chi2: float
    probability: float
    probability_with_evidence: float
    equivalent: bool
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class Component:
    """A species of the fitted mixture of a window.

    Attributes
    ----------
    formula : str
        Formula as in `CandidateFit`.
    charge : int
        Charge of the ion.
    fraction, fraction_error : float
        Share of the ions in this window, and its standard error.
    area : float
        Area of its envelope, intensity times m/z.
    """

    formula: str
    charge: int
    fraction: float
    fraction_error: float
    area: float


@dataclass(frozen=True, slots=True, eq=False)
class FitTrace:
    """Curves of the best fit, for plotting.

    Attributes
    ----------
    mz, measured, fitted, baseline : ndarray, shape (n,)
        m/z as measured, and intensities in the unit of the spectrum.
    components : ndarray, shape (k, n)
        Each component's part of `fitted`, in the order of `Assignment.components`.
    """

    mz: NDArray[np.float64]
    measured: NDArray[np.float64]
    fitted: NDArray[np.float64]
    baseline: NDArray[np.float64]
    components: NDArray[np.float64]

    @property
    def residual(self) -> NDArray[np.float64]:
        """Measured minus fitted intensity, shape (n,)."""
        return self.measured - self.fitted

    def as_dict(self) -> dict[str, Any]:
        """Return the curves as lists."""
        return {field.name: getattr(self, field.name).tolist() for field in fields(self)}


@dataclass(frozen=True, slots=True)
class ResidualPeak:
    """A peak that the fitted mixture leaves over: m/z, height, and height over noise."""

    mz: float
    height: float
    signal_to_noise: float


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """What is in one window.

    Attributes
    ----------
    window : Window
        Where.
    candidates : tuple[CandidateFit, ...]
        Best first; empty if nothing in the space fits.
    n_candidates : int
        How many compositions of the space fall on this window within the calibration.
    components : tuple[Component, ...]
        The mixture fitted with the best candidate in it.
    trace : FitTrace
        Measured and fitted curves.
    residual_peaks : tuple[ResidualPeak, ...]
        What is left over.
    false_probability : float
        Estimated probability that the best candidate and all its equivalents are wrong
        (from decoys); nan if not estimated.
    separation : str
        What would tell the equivalent candidates apart; empty if there is nothing to tell.
    notes : tuple[str, ...]
        Doubts the reader should know of.
    component : int
        Which of `components` the candidates stand for; overlapping species in one window
        have one assignment each, the strongest first.
    coverage : float
        Share of the first candidate's calculated envelope that lies inside the window.
    """

    window: Window
    candidates: tuple[CandidateFit, ...]
    n_candidates: int
    components: tuple[Component, ...]
    trace: FitTrace
    residual_peaks: tuple[ResidualPeak, ...] = ()
    false_probability: float = float("nan")
    separation: str = ""
    notes: tuple[str, ...] = ()
    component: int = 0
    coverage: float = 1.0

    @property
    def best(self) -> CandidateFit | None:
        """The first candidate, or None if nothing fits."""
        return self.candidates[0] if self.candidates else None

    @property
    def believable(self) -> bool:
        """Whether the first candidate explains its window, which holds 70 % of its envelope."""
        good = bool(self.candidates) and self.candidates[0].r_squared >= WELL_EXPLAINED
        return good and self.coverage >= _MOSTLY_SEEN

    @property
    def equivalent(self) -> tuple[CandidateFit, ...]:
        """Candidates that the data cannot tell apart, the best among them."""
        return tuple(candidate for candidate in self.candidates if candidate.equivalent)

    def as_dict(self) -> dict[str, Any]:
        """Return the assignment as plain JSON types."""
        return {
            "window": asdict(self.window),
            "candidates": [asdict(candidate) for candidate in self.candidates],
            "n_candidates": self.n_candidates,
            "components": [asdict(component) for component in self.components],
            "trace": self.trace.as_dict(),
            "residual_peaks": [asdict(peak) for peak in self.residual_peaks],
            "false_probability": None
            if np.isnan(self.false_probability)
            else self.false_probability,
            "separation": self.separation,
            "notes": list(self.notes),
            "component": self.component,
            "coverage": self.coverage,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Assignment:
        """Return the assignment that `as_dict` wrote."""
        trace = {key: np.array(values, dtype=np.float64) for key, values in data["trace"].items()}
        n_points = trace["mz"].size
        trace["components"] = trace["components"].reshape(-1, n_points)
        wrong = data["false_probability"]
        return cls(
            window=Window(**data["window"]),
            candidates=tuple(_candidate(row) for row in data["candidates"]),
            n_candidates=data["n_candidates"],
            components=tuple(Component(**row) for row in data["components"]),
            trace=FitTrace(**trace),
            residual_peaks=tuple(ResidualPeak(**row) for row in data["residual_peaks"]),
            false_probability=float("nan") if wrong is None else wrong,
            separation=data["separation"],
            notes=tuple(data["notes"]),
            component=data.get("component", 0),
            coverage=data.get("coverage", 1.0),
        )


def _candidate(row: Mapping[str, Any]) -> CandidateFit:
    evidence = tuple(Evidence(**reason) for reason in row["evidence"])
    return CandidateFit(**{**row, "evidence": evidence})


#: Columns of `Assignments.rows`, in order.
COLUMNS = (
    "window",
    "mz_lo",
    "mz_hi",
    "rank",
    "formula",
    "charge",
    "base_mz",
    "shift_ppm",
    "fwhm_mz",
    "r_squared",
    "delta_chi2",
    "probability",
    "probability_with_evidence",
    "equivalent",
    "evidence",
    "believable",
)


@dataclass(frozen=True, slots=True, eq=False)
class Assignments:
    """Assignment of all windows of a spectrum.

    Attributes
    ----------
    assignments : tuple[Assignment, ...]
        One per window, by ascending m/z.
    space : str
        The search space in words.
    space_size : int
        Number of compositions (with charges) in it.
    calibration_ppm : tuple[float, ...]
        Coefficients c of the shift found, sum of c_k ((m/z - 1500)/1500)^k, in ppm.
    calibration_sigma_ppm : float
        Scatter of single windows about that curve, in ppm.
    notes : tuple[str, ...]
        Doubts that concern the whole spectrum.
    provenance : Provenance
        Method, version and hash of the inputs.
    not_searched : tuple[Window, ...]
        Windows that a time limit left out.
    """

    assignments: tuple[Assignment, ...]
    space: str
    space_size: int
    calibration_ppm: tuple[float, ...]
    calibration_sigma_ppm: float
    notes: tuple[str, ...]
    provenance: Provenance
    not_searched: tuple[Window, ...] = ()

    def rows(self, limit: int | None = None) -> list[dict[str, Any]]:
        """Return a table, one row per window and candidate (columns `COLUMNS`).

        Parameters
        ----------
        limit : int, optional
            At most this many candidates per window, but always the whole equivalent set.
        """
        return [
            _row(number, assignment, rank, candidate)
            for number, assignment in enumerate(self.assignments, start=1)
            for rank, candidate in enumerate(assignment.candidates, start=1)
            if limit is None or rank <= limit or candidate.equivalent
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return everything as plain JSON types."""
        return {
            "assignments": [assignment.as_dict() for assignment in self.assignments],
            "space": self.space,
            "space_size": self.space_size,
            "calibration_ppm": list(self.calibration_ppm),
            "calibration_sigma_ppm": self.calibration_sigma_ppm,
            "notes": list(self.notes),
            "provenance": self.provenance.as_dict(),
            "not_searched": [asdict(window) for window in self.not_searched],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Assignments:
        """Return the assignments that `as_dict` wrote."""
        made = {**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
        return cls(
            assignments=tuple(Assignment.from_dict(row) for row in data["assignments"]),
            space=data["space"],
            space_size=data["space_size"],
            calibration_ppm=tuple(data["calibration_ppm"]),
            calibration_sigma_ppm=data["calibration_sigma_ppm"],
            notes=tuple(data["notes"]),
            provenance=Provenance(**made),
            not_searched=tuple(Window(**window) for window in data.get("not_searched", ())),
        )

    def to_json(self) -> str:
        """Return everything as JSON text."""
        return json.dumps(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> Assignments:
        """Return the assignments of a text that `to_json` wrote."""
        return cls.from_dict(json.loads(text))


def _row(number: int, assignment: Assignment, rank: int, candidate: CandidateFit) -> dict[str, Any]:
    values = (
        number,
        assignment.window.mz_lo,
        assignment.window.mz_hi,
        rank,
        candidate.formula,
        candidate.charge,
        candidate.base_mz,
        candidate.shift_ppm,
        candidate.fwhm,
        candidate.r_squared,
        candidate.delta_chi2,
        candidate.probability,
        candidate.probability_with_evidence,
        candidate.equivalent,
        "; ".join(reason.text for reason in candidate.evidence),
        assignment.believable,
    )
    return dict(zip(COLUMNS, values, strict=True))
