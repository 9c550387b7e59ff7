"""Exact balancing of reaction equations over atoms, ligand groups and charge.

Ligand groups that are named stay whole; where that makes the reaction impossible and
their atoms also stand outside of them, they are opened, and it is said. All arithmetic
is exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from superatom.composition.balancing import (
    Attempt,
    attempt_balance,
    conserved_as_printed,
    with_half_reaction,
)
from superatom.composition.conservation import CHARGE, Conserved, conserved_rows
from superatom.composition.conventions import STANDARD, Conventions
from superatom.composition.counts import Number
from superatom.composition.electron_sources import half_reaction
from superatom.composition.lexicon import Lexicon
from superatom.composition.ligands import LigandLibrary, default_library
from superatom.composition.markup import read_markup
from superatom.composition.missing import missing_species, shortfall_text
from superatom.composition.reactions import Reaction, read_reaction
from superatom.composition.species_notation import read_species
from superatom.composition.stoichiometry import Solutions
from superatom.errors import BalanceError
from superatom.provenance import Provenance, stamp

__all__ = ["Balance", "Check", "ClusterElectrons", "balance", "check"]

_METHOD = "exact null space of the conservation matrix"
_MOST_SHOWN = 12  # elementary reactions kept of a reaction with many independent ones


@dataclass(frozen=True, slots=True)
class ClusterElectrons:
    """Superatom electrons of a cluster in a reaction.

    Attributes
    ----------
    species : str
        The cluster.
    side : str
        'left' or 'right'.
    coefficient : str
        How many of it, such as '2' or '1/2'.
    electrons : int or float
        Free electrons n* of one.
    """

    species: str
    side: str
    coefficient: str
    electrons: Number


@dataclass(frozen=True, slots=True)
class Balance:
    """A reaction and how it balances.

    Attributes
    ----------
    equation : str
        As written by the user.
    status : str
        'balanced' (the only way there is, up to a factor), 'already balanced' (as
        printed), 'several' (several independent ways; the smallest whole numbers are
        given, and `independent` lists what they are made of), 'fixed' (as the user's
        fixed coefficients demand), or 'impossible'.
    species : tuple[str, ...]
        Left side first.
    sides : tuple[int, ...]
        +1 on the left, -1 on the right.
    coefficients : tuple[Fraction, ...]
        Whole numbers unless the user fixed some; empty if impossible.
    text : str
        The balanced equation; the equation as written if impossible.
    independent : tuple[str, ...]
        The elementary reactions, if there are several.
    printed_imbalance : dict[str, Fraction]
        What the left side had too much of with the coefficients as printed; empty if
        they were right.
    problem : str
        Why it is impossible; empty if it is not.
    unbalanced : tuple[str, ...]
        Elements, groups or 'charge' that cannot be balanced.
    suggestions : tuple[str, ...]
        Reactions with one or two more species that balance.
    electrons : tuple[ClusterElectrons, ...]
        Superatom electrons of every cluster in it.
    notes : tuple[str, ...]
        Guesses made while reading, groups opened, sources of electrons.
    provenance : Provenance
        Method, version, inputs.
    """

    equation: str
    status: str
    species: tuple[str, ...]
    sides: tuple[int, ...]
    coefficients: tuple[Fraction, ...]
    text: str
    independent: tuple[str, ...]
    printed_imbalance: Mapping[str, Fraction]
    problem: str
    unbalanced: tuple[str, ...]
    suggestions: tuple[str, ...]
    electrons: tuple[ClusterElectrons, ...]
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def is_balanced(self) -> bool:
        """Whether there are coefficients that balance it."""
        return bool(self.coefficients)

    def electrons_on(self, side: str) -> Number | Fraction:
        """Return the superatom electrons of all clusters on 'left' or 'right'."""
        counts = [c for c in self.electrons if c.side == side]
        return sum((Fraction(c.coefficient) * Fraction(c.electrons) for c in counts), Fraction(0))

    def as_dict(self) -> dict[str, Any]:
        """Return the balance as plain JSON types, fractions as text."""
        return {
            "equation": self.equation,
            "status": self.status,
            "balanced": self.text if self.is_balanced else None,
            "text": self.text,
            "species": list(self.species),
            "sides": ["left" if side > 0 else "right" for side in self.sides],
            "coefficients": [str(c) for c in self.coefficients],
            "independent_reactions": list(self.independent),
            "printed_imbalance": {k: str(v) for k, v in self.printed_imbalance.items()},
            "problem": self.problem,
            "unbalanced": list(self.unbalanced),
            "suggestions": list(self.suggestions),
            "superatom_electrons": [asdict(count) for count in self.electrons],
            "notes": list(self.notes),
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Balance:
        """Return the balance written by `as_dict`."""
        origin = dict(data["provenance"])
        return cls(
            equation=data["equation"],
            status=data["status"],
            species=tuple(data["species"]),
            sides=tuple(1 if side == "left" else -1 for side in data["sides"]),
            coefficients=tuple(Fraction(c) for c in data["coefficients"]),
            text=data["text"],
            independent=tuple(data["independent_reactions"]),
            printed_imbalance={k: Fraction(v) for k, v in data["printed_imbalance"].items()},
            problem=data["problem"],
            unbalanced=tuple(data["unbalanced"]),
            suggestions=tuple(data["suggestions"]),
            electrons=tuple(ClusterElectrons(**count) for count in data["superatom_electrons"]),
            notes=tuple(data["notes"]),
            provenance=Provenance(**{**origin, "sources": tuple(origin["sources"])}),
        )


@dataclass(frozen=True, slots=True)
class Check:
    """Whether an equation is balanced as printed.

    Attributes
    ----------
    equation : str
        The equation.
    imbalance : Mapping[str, Fraction]
        Left minus right of every element, group and the charge that does not agree.
    notes : tuple[str, ...]
        Guesses made while reading, groups opened.
    provenance : Provenance
        Method, version, inputs.
    """

    equation: str
    imbalance: Mapping[str, Fraction]
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def balanced(self) -> bool:
        """Whether nothing is missing on either side."""
        return not self.imbalance

    @property
    def text(self) -> str:
        """Say what is missing where, or that nothing is."""
        return shortfall_text(dict(self.imbalance)) if self.imbalance else "balanced as printed"

    def as_dict(self) -> dict[str, Any]:
        """Return the check as plain JSON types, fractions as text."""
        return {
            "equation": self.equation,
            "balanced": self.balanced,
            "imbalance": {name: str(value) for name, value in self.imbalance.items()},
            "notes": list(self.notes),
            "provenance": self.provenance.as_dict(),
        }


def check(
    equation: str,
    *,
    library: LigandLibrary | None = None,
    definitions: Mapping[str, str] | None = None,
) -> Check:
    """Tell whether an equation is balanced with the coefficients it has.

    Parameters
    ----------
    equation : str
        With its coefficients; one that is not printed is 1.
    library, definitions
        As for `balance`.

    Raises
    ------
    FormulaError, BalanceError
        If it cannot be read.

    Examples
    --------
    >>> check("2 CO2 + 16 H+ + 16 e- -> C2H5CHO + 5 H2O").text
    'the left side lacks 1 C, 2 O'
    """
    reaction = read_reaction(equation, library=library, definitions=definitions)
    conserved = conserved_as_printed(reaction)
    missing = missing_species(reaction, conserved)
    notes = (*reaction.notes, *_opened_notes(conserved), *([missing] if missing else []))
    surplus = conserved.imbalance(reaction.printed)
    return Check(reaction.text, surplus, notes, stamp(_METHOD, reaction.text))


def balance(
    equation: str,
    *,
    fix: Mapping[str, int | Fraction] | None = None,
    electron_source: str | None = None,
    conventions: Conventions = STANDARD,
    library: LigandLibrary | None = None,
    definitions: Mapping[str, str] | None = None,
) -> Balance:
    """Balance a reaction.

    Parameters
    ----------
    equation : str
        Species and an arrow; printed coefficients are checked, and kept if they are right.
        A species without a printed charge is neutral.
    fix : mapping, optional
        Coefficients that must have a value, such as ``{"CO": 4}``.
    electron_source : str, optional
        A reductant ('CO', 'BH4-', 'HCO2H', ...) whose half-reaction takes the place of
        the electrons.
    conventions : Conventions
        For the superatom electrons.
    library : LigandLibrary, optional
        Ligands known; the built-in library by default.
    definitions : mapping, optional
        Meaning of generic names, such as ``{"SR": "SC2H4Ph"}``.

    Returns
    -------
    Balance
        Also if the reaction is impossible; then `problem` says why.

    Raises
    ------
    FormulaError, BalanceError
        If the equation cannot be read, or `fix` or `electron_source` do not fit it.

    Examples
    --------
    >>> result = balance("Au(SR) + CO + OH- -> [Au25(SR)18]- + SR- + CO2 + H2O")
    >>> result.text
    '25 Au(SR) + 4 CO + 8 OH- -> [Au25(SR)18]- + 7 SR- + 4 CO2 + 4 H2O'
    >>> result.electrons[0].electrons
    8
    """
    written = read_reaction(equation, library=library, definitions=definitions)
    half = half_reaction(electron_source) if electron_source else None
    reaction = with_half_reaction(written, half) if half else written
    fixed = _fixed_terms(reaction, fix or {}, library)
    attempt = attempt_balance(reaction, fixed, half)
    notes = [*reaction.notes, *_opened_notes(attempt.conserved)]
    if set(_printed_imbalance(written, attempt.conserved.opened)) == {CHARGE}:
        notes.append("as printed all atoms agree and only the charge does not: a lost charge?")
    if any(term.printed is not None for term in written.terms):
        whole = conserved_rows(written.terms, attempt.conserved.opened)
        notes += filter(None, [missing_species(written, whole)])
    if half:
        notes.append(f"electrons from {half.name}: {half.reaction.text}")
    return _result(written, reaction, attempt, tuple(notes), conventions)


def _result(
    written: Reaction,
    reaction: Reaction,
    attempt: Attempt,
    notes: tuple[str, ...],
    conventions: Conventions,
) -> Balance:
    obstacle, coefficients = attempt.obstacle, attempt.coefficients
    several = len(attempt.solutions.basis) > 1 and not obstacle
    return Balance(
        equation=written.text,
        status=attempt.status,
        species=tuple(term.species.text for term in reaction.terms),
        sides=tuple(term.side for term in reaction.terms),
        coefficients=coefficients,
        text=reaction.write(coefficients) if coefficients else written.text,
        independent=_independent(reaction, attempt.solutions) if several else (),
        printed_imbalance=_printed_imbalance(written, attempt.conserved.opened),
        problem=obstacle.problem if obstacle else "",
        unbalanced=obstacle.names if obstacle else (),
        suggestions=obstacle.suggestions if obstacle else (),
        electrons=_cluster_electrons(reaction, coefficients, conventions),
        notes=notes,
        provenance=stamp(
            _METHOD, written.text, conventions.as_dict(), sources=("ligands.csv", "valences.csv")
        ),
    )


def _printed_imbalance(reaction: Reaction, opened: frozenset[str]) -> dict[str, Fraction]:
    """Return what printed coefficients leave unbalanced; empty if none are printed."""
    if all(term.printed is None for term in reaction.terms):
        return {}
    if not conserved_as_printed(reaction).imbalance(reaction.printed):
        return {}
    return conserved_rows(reaction.terms, opened).imbalance(reaction.printed)


def _fixed_terms(
    reaction: Reaction, fix: Mapping[str, int | Fraction], library: LigandLibrary | None
) -> dict[int, Fraction]:
    """Find the terms whose coefficients the user fixed."""
    names = Lexicon(library or default_library())
    fixed = {}
    for name, value in fix.items():
        identity = read_species(read_markup(name), names).identity
        places = [i for i, t in enumerate(reaction.terms) if t.species.identity == identity]
        if len(places) != 1:
            there = "stands on both sides" if places else "is not in the equation"
            known = ", ".join(term.species.text for term in reaction.terms)
            raise BalanceError(f"cannot fix {name}: it {there}\n  species: {known}")
        if value <= 0:
            raise BalanceError(f"cannot fix {name} = {value}: coefficients are positive")
        fixed[places[0]] = Fraction(value)
    return fixed


def _independent(reaction: Reaction, solutions: Solutions) -> tuple[str, ...]:
    """Write the elementary reactions, species that take no part left out."""
    written = []
    for vector in solutions.elementary[:_MOST_SHOWN]:
        part = [(t, Fraction(x)) for t, x in zip(reaction.terms, vector, strict=True) if x]
        few = Reaction("", tuple(term for term, _ in part))
        written.append(few.write(tuple(x for _, x in part)))
    return tuple(written)


def _opened_notes(conserved: Conserved) -> tuple[str, ...]:
    return tuple(
        f"ligand {name} counted as atoms: kept whole, the reaction cannot be balanced"
        for name in sorted(conserved.opened)
    )


def _cluster_electrons(
    reaction: Reaction, coefficients: tuple[Fraction, ...], conventions: Conventions
) -> tuple[ClusterElectrons, ...]:
    found = []
    for term, n in zip(reaction.terms, coefficients or reaction.printed, strict=True):
        electrons = term.species.electrons(conventions)
        if electrons is not None:
            side = "left" if term.side > 0 else "right"
            found.append(ClusterElectrons(term.species.text, side, str(n), electrons))
    return tuple(found)
