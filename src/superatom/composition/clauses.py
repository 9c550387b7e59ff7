"""What stands beside a formula: several formulas in one text, definitions, values of x."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from superatom.composition.layout import METALS
from superatom.composition.markup import BASE, SUP, MarkedText

__all__ = ["Statement", "statements"]

_SEPARATOR = re.compile(
    r"/(?=(?:Au|Ag|Cu|Pt|Pd)\d)|\s*[,;|]\s+|\s*[,;|](?=[A-Z\[])|\s+(?:and|or|vs\.?)\s+"
)
_CLAUSE = re.compile(
    r"(?:^|[\s(,;])\s*(?P<name>L\s?\d|[A-Z][A-Za-z0-9#'-]{0,11}|[xyznmkq]|[pmo]-[A-Z]{2,5})"
    r"\s*=\s*(?P<value>[^=]*)$"
)
_BOUNDS = re.compile(
    r"(?:^|[\s(,;])\s*(?:(?P<low>\d+)\s*(?P<strict>[<≤]=?)\s*)?(?P<name>[xyznm])\s*"
    r"(?P<sign>[<≤]=?|~|≈)\s*(?P<high>\d+(?:\.\d+)?)\s*\)?$"
)
_CHARGE_COUPLE = re.compile(r"(\d*[+-]|[+-]\d+|0)/(\d*[+-]|[+-]\d+|0)")
_METAL_INSIDE = re.compile("|".join(sorted(METALS, key=len, reverse=True)))


@dataclass(slots=True)
class Statement:
    """One formula of a text and what is said about it.

    Attributes
    ----------
    text : MarkedText
        The formula alone.
    domain : dict[str, tuple[int, ...]]
        Values of its variables.
    definitions : dict[str, list[str]]
        What generic names mean; several meanings if the text leaves the choice.
    """

    text: MarkedText
    domain: dict[str, tuple[int, ...]] = field(default_factory=dict)
    definitions: dict[str, list[str]] = field(default_factory=dict)


def statements(text: MarkedText) -> list[Statement]:
    """Return the formulas of `text`; definitions hold for all, values for the one before."""
    found: list[Statement] = []
    definitions: dict[str, list[str]] = {}
    open_name = ""  # name whose list of values or meanings goes on in the next piece
    for piece in _pieces(text):
        formula, told = _clauses(piece)
        if not told and open_name and not _METAL_INSIDE.search(piece.text):
            formula, told = piece[:0], [(open_name, piece.text.strip(" ()"))]
        aside = found and "=" in formula.text and not _METAL_INSIDE.search(formula.text)
        if formula.text.strip(" (,;") and not aside:
            found += [Statement(couple) for couple in _couples(formula.strip())]
        for name, value in told:
            _record(name, value, found, definitions)
        open_name = told[-1][0] if told else ""
    for statement in found:
        statement.definitions = definitions
    return found


def _pieces(text: MarkedText) -> list[MarkedText]:
    """Return the pieces of `text` between separators that stand outside all brackets."""
    pieces, start, depth = [], 0, 0
    index = 0
    while index < len(text):
        char = text.text[index]
        depth = max(0, depth + (char in "([") - (char in ")]"))
        match = _SEPARATOR.match(text.text, index) if depth == 0 else None
        if match and text.levels[match.start()] == BASE:
            pieces.append(text[start:index])
            start = index = match.end()
        else:
            index += 1
    pieces.append(text[start:])
    return [piece for piece in pieces if piece.text.strip()]


def _clauses(piece: MarkedText) -> tuple[MarkedText, list[tuple[str, str]]]:
    """Split 'Au25-xAgx(SR)18 (x = 0-9)' into the formula and (name, value) pairs."""
    told: list[tuple[str, str]] = []
    if match := _BOUNDS.search(piece.text):
        told.append((match["name"], _within(match)))
        piece = piece[: match.start()]
    while match := _CLAUSE.search(piece.text):
        name, value = re.sub(r"\s", "", match["name"]), match["value"].strip()
        if name.endswith("C") and value.startswith("C"):  # the C=C of a damaged alkynyl
            break
        if "(" in match[0].split("=")[0] and value.endswith(")"):
            value = value[:-1]
        told.insert(0, (name, value))
        piece = piece[: match.start()]
    return piece, told


def _within(match: re.Match[str]) -> str:
    """Return 'low-high' for 0 < x <= 9; nothing for an average, which gives no values."""
    if match["sign"] in "~≈":
        return ""
    low = int(match["low"] or 0) + (match["strict"] == "<")
    return f"{low}-{int(float(match['high'])) - (match['sign'] == '<')}"


def _record(
    name: str, value: str, found: list[Statement], definitions: dict[str, list[str]]
) -> None:
    """Keep what a clause says: values of a variable, or the meaning of a name."""
    if name in "xyznmkq" and found:
        held = found[-1].domain.get(name, ())
        if values := tuple(sorted({*held, *_values(value)})):
            found[-1].domain[name] = values
        return
    meanings = [m.strip(" .") for m in re.split(r"/|\bor\b|,\s", value)]
    definitions.setdefault(name, []).extend(
        re.sub(r"(?<=\w)\s+(?=[\dA-Z])", "", m) for m in meanings if m
    )


def _values(value: str) -> list[int]:
    """Return the integers of '0-5' or '1, 2, 4'."""
    numbers: list[int] = []
    for part in re.split(r"[,/]|\band\b|\bor\b", value):
        match = re.fullmatch(r"\s*(\d{1,4})\s*(?:-|to)\s*(\d{1,4})\s*", part)
        if match:
            numbers += range(int(match[1]), int(match[2]) + 1)
        elif re.fullmatch(r"\s*\d{1,4}\s*", part):
            numbers.append(int(part))
    return numbers


def _couples(formula: MarkedText) -> list[MarkedText]:
    """Return [X]^- and [X]^2- for the redox couple [X]^-/2-."""
    match = _CHARGE_COUPLE.search(formula.text)
    if not match or match.end() != len(formula):
        return [formula]
    levels = formula.levels[match.start() : match.end()].replace(BASE, "")
    if set(levels) != {SUP}:
        return [formula]
    before = formula[: match.start()]
    return [before + formula[match.start(1) : match.end(1)], before + formula[match.start(2) :]]
