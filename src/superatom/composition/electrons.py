"""Superatom electron counting (Walter et al., PNAS 2008, 10.1073/pnas.0801001105).

n* = sum(N_A v_A) - sum(charges taken by ligands) - q, every term visible, every
convention open to change (`Conventions`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from superatom.composition.cluster import Cluster
from superatom.composition.conventions import STANDARD, Conventions
from superatom.composition.counts import Number
from superatom.composition.electron_terms import (
    ElectronTerm,
    charge_term,
    neutral_terms,
    number_warnings,
    readings,
    rounded_total,
    rule_notes,
    rule_warnings,
    sum_text,
)
from superatom.composition.shells import (
    ClosedShell,
    closed_shells,
    configuration,
    nearest_closed_shells,
)
from superatom.errors import UnknownCharge
from superatom.provenance import Provenance, stamp

__all__ = [
    "STANDARD",
    "Conventions",
    "ElectronCount",
    "ElectronTerm",
    "ElectronsByCharge",
    "count_electrons",
    "count_electrons_by_charge",
]

_METHOD = "superatom electron count (Walter et al. 2008, 10.1073/pnas.0801001105)"
_TABLES = ("valences.csv", "ligands.csv", "shells.csv", "closed_shells.csv")
_CHARGES = 6  # clusters in the literature have charges from about -6 to +6


@dataclass(frozen=True, slots=True)
class ElectronCount:
    """Free valence electrons of a cluster and where they come from.

    Attributes
    ----------
    formula : str
        The cluster.
    charge : int
        Its charge q in units of e.
    total : int or float
        Free electrons n*; not whole only for average compositions.
    terms : tuple[ElectronTerm, ...]
        One per metal, ligand, adduct and the charge, in the order of the formula; they
        add up to `total`.
    conventions : Conventions
        Valences, ligand charges and hydride rule asked for.
    notes : tuple[str, ...]
        Rules that were applied, and other ways to read the number.
    warnings : tuple[str, ...]
        Why the number may not mean what it says.
    provenance : Provenance
        Method, version, inputs.
    """

    formula: str
    charge: int
    total: Number
    terms: tuple[ElectronTerm, ...]
    conventions: Conventions
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    provenance: Provenance

    @property
    def configuration(self) -> str:
        """Superatom configuration such as '1S2 1P6'; '' if there is none."""
        return configuration(self.total) if isinstance(self.total, int) else ""

    @property
    def parity(self) -> str:
        """'even', 'odd', or 'fractional' for an average composition."""
        if not isinstance(self.total, int):
            return "fractional"
        return "odd" if self.total % 2 else "even"

    @property
    def closed_shell(self) -> ClosedShell | None:
        """The shell or sub-shell that `total` closes; None if it closes none."""
        return next((shell for shell in closed_shells() if shell.electrons == self.total), None)

    @property
    def closes_shell(self) -> bool:
        """Whether `total` is a closed spherical shell (2, 8, 18, 34, 58, ...)."""
        return self.closed_shell is not None and self.closed_shell.kind == "spherical"

    @property
    def shell_below(self) -> ClosedShell | None:
        """Nearest spherical shell not above `total`."""
        return nearest_closed_shells(self.total)[0]

    @property
    def shell_above(self) -> ClosedShell | None:
        """Nearest spherical shell not below `total`."""
        return nearest_closed_shells(self.total)[1]

    @property
    def equation(self) -> str:
        """The count written out, as in '25 x 1 (Au) - 18 x 1 (PET) + 1 (charge 1-) = 8'."""
        return f"{sum_text(self.terms)} = {self.total}"

    def as_dict(self) -> dict[str, Any]:
        """Return the count as plain JSON types."""
        below, above = self.shell_below, self.shell_above
        return {
            "formula": self.formula,
            "charge": self.charge,
            "electrons": self.total,
            "terms": [asdict(term) for term in self.terms],
            "equation": self.equation,
            "configuration": self.configuration,
            "parity": self.parity,
            "closes_shell": self.closes_shell,
            "shell_below": below.electrons if below else None,
            "shell_above": above.electrons if above else None,
            "conventions": self.conventions.as_dict(),
            "notes": list(self.notes),
            "warnings": list(self.warnings),
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ElectronCount:
        """Return the count written by `as_dict`."""
        origin = dict(data["provenance"])
        return cls(
            formula=data["formula"],
            charge=data["charge"],
            total=data["electrons"],
            terms=tuple(ElectronTerm(**term) for term in data["terms"]),
            conventions=Conventions(**data["conventions"]),
            notes=tuple(data["notes"]),
            warnings=tuple(data["warnings"]),
            provenance=Provenance(**{**origin, "sources": tuple(origin["sources"])}),
        )


@dataclass(frozen=True, slots=True)
class ElectronsByCharge:
    """The count of a cluster whose charge is not known: n*(q) = neutral - q.

    Attributes
    ----------
    formula : str
        The cluster.
    neutral : int or float
        Free electrons at q = 0.
    terms : tuple[ElectronTerm, ...]
        As in `ElectronCount`, without the charge.
    closing_charges : tuple[tuple[int, ClosedShell], ...]
        Charges that close a shell or sub-shell, smallest first in size.
    notes, warnings : tuple[str, ...]
        As in `ElectronCount`.
    provenance : Provenance
        Method, version, inputs.
    """

    formula: str
    neutral: Number
    terms: tuple[ElectronTerm, ...]
    closing_charges: tuple[tuple[int, ClosedShell], ...]
    notes: tuple[str, ...]
    warnings: tuple[str, ...]
    provenance: Provenance

    def at(self, charge: int) -> Number:
        """Return the count at a charge."""
        return self.neutral - charge

    @property
    def configuration_if_neutral(self) -> str:
        """Superatom configuration at q = 0; '' if there is none."""
        return configuration(self.neutral) if isinstance(self.neutral, int) else ""

    @property
    def function(self) -> str:
        """The count as a function of the charge, as in 'n* = 7 - q'."""
        return f"n* = {self.neutral} - q"

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types."""
        return {
            "formula": self.formula,
            "charge": None,
            "electrons": None,
            "electrons_if_neutral": self.neutral,
            "function": self.function,
            "configuration_if_neutral": self.configuration_if_neutral,
            "terms": [asdict(term) for term in self.terms],
            "closing_charges": [
                {"charge": q, "electrons": shell.electrons, "kind": shell.kind}
                for q, shell in self.closing_charges
            ],
            "notes": list(self.notes),
            "warnings": list(self.warnings),
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> ElectronsByCharge:
        """Return the result written by `as_dict`."""
        origin = dict(data["provenance"])
        shells = {shell.electrons: shell for shell in closed_shells()}
        return cls(
            formula=data["formula"],
            neutral=data["electrons_if_neutral"],
            terms=tuple(ElectronTerm(**term) for term in data["terms"]),
            closing_charges=tuple(
                (each["charge"], shells[each["electrons"]]) for each in data["closing_charges"]
            ),
            notes=tuple(data["notes"]),
            warnings=tuple(data["warnings"]),
            provenance=Provenance(**{**origin, "sources": tuple(origin["sources"])}),
        )


def count_electrons(cluster: Cluster, conventions: Conventions = STANDARD) -> ElectronCount:
    """Count the free valence electrons of `cluster`.

    n* = sum(N_A v_A) - sum(charges taken by ligands) - q, where q is the charge of the
    ion as written, adducts included; each adduct ion brings its own charge, so that an
    added Na+ or a lost H+ leaves n* as it was.

    Raises
    ------
    UnknownCharge
        If the cluster's charge is not known; `count_electrons_by_charge` gives the
        count for every charge instead.
    UnknownComposition
        If a metal has no valence or a ligand no charge, in the tables or `conventions`.

    Examples
    --------
    >>> gold = Cluster.of({"Au": 25}, {"SR": 18}, charge=-1)
    >>> count = count_electrons(gold)
    >>> count.total, count.configuration, count.closes_shell
    (8, '1S2 1P6', True)
    """
    if cluster.charge is None:
        raise UnknownCharge(
            f"the charge of {cluster} is not known, and the electron count depends on it\n"
            f"  write it ([...]- or [...]^0), or ask for the count as a function of the charge"
        )
    terms = (*neutral_terms(cluster, conventions), charge_term(cluster.charge))
    total = rounded_total(sum(term.electrons for term in terms))
    return ElectronCount(
        formula=str(cluster),
        charge=cluster.charge,
        total=total,
        terms=terms,
        conventions=conventions,
        notes=(*rule_notes(cluster, conventions), *readings(total)),
        warnings=(*rule_warnings(cluster, conventions), *number_warnings(total)),
        provenance=_provenance(cluster, conventions),
    )


def count_electrons_by_charge(
    cluster: Cluster, conventions: Conventions = STANDARD, *, limit: int = _CHARGES
) -> ElectronsByCharge:
    """Give the electron count as a function of the charge, whatever charge `cluster` has.

    Parameters
    ----------
    cluster : Cluster
        The cluster; its own charge is not used.
    conventions : Conventions
        Valences and rules.
    limit : int
        Charges from -`limit` to +`limit` are tried for closed shells.

    Raises
    ------
    UnknownComposition
        As `count_electrons`.

    Examples
    --------
    >>> scan = count_electrons_by_charge(Cluster.of({"Au": 25}, {"SR": 18}))
    >>> scan.function, [q for q, shell in scan.closing_charges]
    ('n* = 7 - q', [-1, 5])
    """
    terms = neutral_terms(cluster, conventions)
    neutral = rounded_total(sum(term.electrons for term in terms))
    closing = [
        (int(neutral - shell.electrons), shell)
        for shell in closed_shells()
        if isinstance(neutral, int) and abs(neutral - shell.electrons) <= limit
    ]
    return ElectronsByCharge(
        formula=str(cluster),
        neutral=neutral,
        terms=terms,
        closing_charges=tuple(sorted(closing, key=lambda pair: abs(pair[0]))),
        notes=(
            *rule_notes(cluster, conventions),
            *(f"if neutral: {reading}" for reading in readings(neutral)),
        ),
        warnings=rule_warnings(cluster, conventions),
        provenance=_provenance(cluster, conventions),
    )


def _provenance(cluster: Cluster, conventions: Conventions) -> Provenance:
    return stamp(_METHOD, str(cluster), conventions.as_dict(), sources=_TABLES)
