"""Reaction equations as text: arrows, coefficients, species on either side."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from superatom.composition.lexicon import Lexicon
from superatom.composition.ligands import LigandLibrary, default_library
from superatom.composition.markup import SUP, MarkedText, read_markup
from superatom.composition.species import Species
from superatom.composition.species_notation import read_species
from superatom.errors import BalanceError, FormulaError

__all__ = ["Reaction", "Term", "coefficient_text", "read_reaction"]

_ARROW = re.compile(r"<=+>|<-+>|[⇌⇄↔→⟶⇒]|(?<=\s)[-=]+>|[-=]>|=")
_DRAWN_ARROW = re.compile(
    r"\\(?:xrightarrow|longrightarrow|rightleftharpoons|leftrightarrow)"
    r"(?:\[[^\]]{0,80}\])?(?:\{[^{}]{0,80}\})?"
)
_COEFFICIENT = re.compile(r"(\d+\s*/\s*\d+|\d+\.\d+|\d*\s*[½⅓⅔¼¾⅛]|\d+)\s*×?\s*(?=[A-Za-z\[(<*])")
_SYMBOLIC = re.compile(r"(\d*[a-df-z])\s+(?=[A-Z\[(<])")
#: States of matter, also as misread in print: (a0), (ao).
_STATE = re.compile(r"\s*\((?:aq|a[0oO]|solv|[sgl])\)(?=\s|$|[+→⟶⇌=-])")
_VULGAR = {"½": (1, 2), "⅓": (1, 3), "⅔": (2, 3), "¼": (1, 4), "¾": (3, 4), "⅛": (1, 8)}
_OPENING, _CLOSING = "([{<", ")]}>"
_MOST_SPECIES = 40


@dataclass(frozen=True, slots=True)
class Term:
    """A species on one side of a reaction.

    Attributes
    ----------
    species : Species
        What.
    side : int
        +1 on the left (used up), -1 on the right (made).
    printed : Fraction or None
        Coefficient as printed; None if none is.
    """

    species: Species
    side: int
    printed: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Reaction:
    """A reaction equation as written.

    Attributes
    ----------
    text : str
        As written.
    terms : tuple[Term, ...]
        Species, left side first, each once per side.
    notes : tuple[str, ...]
        Every guess made while it was read.
    """

    text: str
    terms: tuple[Term, ...]
    notes: tuple[str, ...] = ()

    @property
    def printed(self) -> tuple[Fraction, ...]:
        """Coefficients as printed, 1 where none is."""
        return tuple(term.printed or Fraction(1) for term in self.terms)

    def write(self, coefficients: tuple[Fraction, ...] | None = None) -> str:
        """Return the equation with the given coefficients (none by default)."""
        sides: dict[int, list[str]] = {1: [], -1: []}
        values = coefficients or (Fraction(1),) * len(self.terms)
        for term, value in zip(self.terms, values, strict=True):
            factor = "" if value == 1 else f"{coefficient_text(value)} "
            sides[term.side].append(factor + term.species.text)
        return f"{' + '.join(sides[1])} -> {' + '.join(sides[-1])}"


def coefficient_text(value: Fraction) -> str:
    """Write a coefficient: '4' or '1/2'."""
    return str(value)


def read_reaction(
    text: str,
    *,
    library: LigandLibrary | None = None,
    definitions: Mapping[str, str] | None = None,
) -> Reaction:
    """Read a reaction equation.

    Species are joined by ' + ', sides by one of -> = → <=> ⇌. Coefficients such as 2, 1/2
    or 0.5 stand in front. The electron is e or e-.

    Parameters
    ----------
    text : str
        The equation in plain text, Unicode, LaTeX or HTML.
    library : LigandLibrary, optional
        Ligands known; the built-in library by default.
    definitions : mapping, optional
        Meaning of generic names, such as ``{"SR": "SC2H4Ph"}``.

    Raises
    ------
    FormulaError
        If a species cannot be read; names the column.
    BalanceError
        If there is no arrow, more than one, or a side is empty.
    """
    marked = read_markup(_DRAWN_ARROW.sub(" → ", text)).without(_STATE)
    names = Lexicon(library or default_library())
    names.define(definitions or {})
    left, right = _sides(marked)
    terms = [_term(piece, +1, names) for piece in _pieces(left)]
    terms += [_term(piece, -1, names) for piece in _pieces(right)]
    if len(terms) > _MOST_SPECIES:
        raise BalanceError(f"{len(terms)} species in one reaction; {_MOST_SPECIES} are the limit")
    merged, notes = _merged(terms)
    told = [note for term in merged for note in term.species.notes]
    return Reaction(text.strip(), merged, tuple(dict.fromkeys((*notes, *told))))


def _sides(marked: MarkedText) -> tuple[MarkedText, MarkedText]:
    """Split at the arrow."""
    arrows = list(_ARROW.finditer(marked.text))
    found = [m for m in arrows if _outside(marked.text, m.start())]
    if arrows and not found:
        at = max(marked.text.rfind(b, 0, arrows[0].start()) for b in "([")
        raise FormulaError(
            "a bracket is not closed before the arrow", marked.raw, marked.column(at)
        )
    if any(m[0] != "=" for m in found):
        found = [m for m in found if m[0] != "="]
    if not found:
        raise BalanceError("no arrow in the equation\n  write it as: A + B -> C + D")
    if len(found) > 1:
        raise BalanceError(
            f"{len(found)} arrows in the equation, one expected\n"
            f"  the second stands at column {marked.column(found[1].start()) + 1}; "
            "balance one step at a time"
        )
    left, right = marked[: found[0].start()].strip(), marked[found[0].end() :].strip()
    for side, where in ((left, "left"), (right, "right")):
        if not side.text:
            raise BalanceError(f"nothing on the {where} side of the equation")
    return left, right


def _outside(text: str, position: int) -> bool:
    """Whether a position stands outside round and square brackets."""
    before = text[:position]
    return all(before.count(a) <= before.count(b) for a, b in ("()", "[]"))


def _pieces(side: MarkedText) -> list[MarkedText]:
    """Split one side at the plus signs that join species."""
    pieces, start, depth = [], 0, 0
    for at, char in enumerate(side.text):
        depth += (char in _OPENING) - (char in _CLOSING)
        if char == "+" and depth <= 0 and _joins(side, at):
            pieces.append(side[start:at].strip())
            start = at + 1
    return [*pieces, side[start:].strip()]


def _joins(side: MarkedText, at: int) -> bool:
    """Whether the plus at a position joins two species, rather than being a charge."""
    before, after = side.text[at - 1 : at] if at else " ", side.text[at + 1 : at + 2]
    if side.levels[at] == SUP:
        return before in "+-" and before != "" and side.levels[at - 1] == SUP
    if before == " " or at == 0:
        return True
    if after == "":
        return False
    if after == " ":  # 'Ag+ + Cl-' is a charge, 'A+ B' joins
        rest = side.text[at + 1 :].lstrip()
        return bool(rest) and rest[0] != "+"
    return after != "+"


def _term(piece: MarkedText, side: int, names: Lexicon) -> Term:
    """Read a coefficient and its species."""
    if not piece.text:
        raise BalanceError(
            "a species is missing beside a '+'\n  join species with ' + ', charges without blanks"
        )
    if symbolic := _SYMBOLIC.match(piece.text):
        raise FormulaError(
            f"a coefficient '{symbolic[1]}'; coefficients must be numbers",
            piece.raw,
            piece.column(0),
            len(symbolic[1]),
            "leave it out to have it found",
        )
    match = _COEFFICIENT.match(piece.text)
    if match is None:
        return Term(read_species(piece, names), side)
    value = _number(match[1])
    if value is None or not 0 < value <= 10**9:
        raise FormulaError(
            f"a coefficient of {match[1][:30]} makes no sense",
            piece.raw,
            piece.column(0),
            len(match[1]),
        )
    return Term(read_species(piece[match.end() :], names), side, value)


def _number(text: str) -> Fraction | None:
    """Return a printed coefficient as a fraction; None if its denominator is 0."""
    text = text.replace(" ", "")
    if len(text) > 40:
        return None
    if text[-1] in _VULGAR:
        return Fraction(text[:-1] or 0) + Fraction(*_VULGAR[text[-1]])
    numerator, _, denominator = text.partition("/")
    if denominator and not int(denominator):
        return None
    return Fraction(numerator) / int(denominator or 1)


def _merged(terms: list[Term]) -> tuple[tuple[Term, ...], list[str]]:
    """Add up a species that stands twice on a side; say if one stands on both."""
    kept: dict[tuple[object, int], Term] = {}
    notes = []
    for term in terms:
        key = (term.species.identity, term.side)
        if key in kept:
            total = (kept[key].printed or 1) + (term.printed or 1)
            kept[key] = Term(kept[key].species, term.side, Fraction(total))
            notes.append(f"{term.species.text} stands twice on one side: added up")
        else:
            kept[key] = term
    for identity, side in kept:
        if side == 1 and (identity, -1) in kept:
            notes.append(f"{kept[identity, side].species.text} stands on both sides")
    return tuple(kept.values()), notes
