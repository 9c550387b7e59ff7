"""Repair what printing, scanning and text recovery do to formulas.

Every rule is general, and every repair that is a guess leaves a note.
"""

from __future__ import annotations

import re

from superatom.composition.layout import METALS, closing_bracket
from superatom.composition.lexicon import Lexicon
from superatom.composition.markup import BASE, SUB, SUP, MarkedText
from superatom.errors import FormulaError

__all__ = [
    "balance_brackets",
    "raise_charges",
    "spell_out",
    "take_off_ornaments",
    "without_citation",
]

_BLANK = re.compile(r"\s+")
_METAL_WORDS = {
    "gold": "Au",
    "silver": "Ag",
    "copper": "Cu",
    "platinum": "Pt",
    "palladium": "Pd",
    "nickel": "Ni",
    "cadmium": "Cd",
    "mercury": "Hg",
}
_IN_WORDS = re.compile(
    r"(?P<metal>[A-Z][a-z])\s*NCs?\s*@\s*(?P<host>[\w-]+)\b.{0,80}?\b"
    r"(?P<count>\d{1,3})\s+(?P<word>gold|silver|copper|platinum|palladium|nickel|cadmium|mercury)"
    r"\s+atoms",
    re.S,
)
_APPROXIMATE = re.compile(r"^\s*(?:~|ca\.|circa|about)\s*")
_PUNCTUATION = re.compile(r"[\s,;:.·]+$")
_WORD_BEHIND = re.compile(r"(?<=[\d)\]])\s*(?:NCs?|[Nn]anoclusters?|[Cc]lusters?)$|\s+core$")
_SHORT_NAME = re.compile(
    r"\s*\(((?:\w{1,4}/)?(?:Au|Ag|Cu|Pt|Pd|Ni|Cd|Hg)\d+(?:\s*-\s*\w{1,3}|[a-z])?)"
    r"(?:\s*in short)?\)$"
)
_CITATION = re.compile(r"\[?\d+(?:[,-]\s?\d+)*[a-z]?\]?")
_CITATION_AHEAD = re.compile(r"^[\d,\[\]-]+")
_SIGN_IN_BRACKETS = re.compile(r"\[(\d{0,2}[+-]|[+-]\d{0,2})\]|\((\d{0,2}[+-])\)(?=$|[.·])")
_SPACED_CHARGE = re.compile(r"(?<=[\w)\]])\s+(\d{0,2}[+-]|[+-]\d)(?=\s*$|\s*[.·])")
_CHARGE_BEHIND_BRACKET = re.compile(
    r"(?<=\])(\d{1,2}[+-]|[+-]\d{1,2}(?![\w.])|[+-](?!\d|[a-z]|\w$)|0(?!\d))"
)
_CHARGE_AT_END = re.compile(r"(?<=[\w)])[+-]$|(?<=[\d)])\+\d$|(?<=[\w)])[+-](?=\]$)")
_LABEL_BEHIND = re.compile(r"\s*\((?:isomer\s*)?([QTRLAEZ]|[a-e]|[αβ])\)$")


def spell_out(text: MarkedText, notes: list[str]) -> MarkedText:
    """Turn 'Au NC@BSA composed of 25 gold atoms' into Au25@BSA."""
    match = _IN_WORDS.search(text.text)
    if not match or _METAL_WORDS[match["word"]] != match["metal"]:
        return text
    notes.append(
        f"number of metal atoms taken from the words '{match['count']} {match['word']} atoms'"
    )
    metal = text[match.start("metal") : match.end("metal")]
    count = text[match.start("count") : match.end("count")]
    host = text[match.start("host") - 1 : match.end("host")]
    at = text.text.index("@", match.start())
    return metal + count + text[at : at + 1] + host[1:]


def take_off_ornaments(text: MarkedText, notes: list[str]) -> MarkedText:
    """Remove blanks, 'about' signs and citations in front."""
    text = text.sub(_LABEL_BEHIND, r"-\1")
    raised = text.at_level(SUP)
    if raised and _CITATION_AHEAD.fullmatch(text.text[:raised]):
        text = text[raised:]
    text = _out_of_parentheses(text.without(_PUNCTUATION)).without(_WORD_BEHIND)
    if match := _APPROXIMATE.match(text.text):
        notes.append("marked as approximate in print")
        text = text[match.end() :]
    if (match := _SHORT_NAME.search(text.text)) and match.start() > 0:
        notes.append(f"called {match[1]} for short")
        text = text[: match.start()]
    text = raise_charges(text, _SPACED_CHARGE)
    return text.without(_BLANK)


def without_citation(text: MarkedText) -> MarkedText:
    """Drop the raised number of a reference behind the punctuation that ends a text."""
    start = len(text.levels.rstrip(SUP))
    behind_mark = text.text[start - 1 : start] in {",", ".", ";", ":"}
    if behind_mark and _CITATION.fullmatch(text.text[start:]):
        return text[: start - 1]
    return text


def _out_of_parentheses(text: MarkedText) -> MarkedText:
    """Take (Cu20 - 1) out of the parentheses of the sentence."""
    whole = text.text.startswith("(") and closing_bracket(text.text, 0) == len(text) - 1
    return text[1:-1].strip() if whole else text


def raise_charges(text: MarkedText, *patterns: re.Pattern[str]) -> MarkedText:
    """Lift charges printed on the line above it: ]2-, [-], a sign at the end."""
    for pattern in patterns or (_SIGN_IN_BRACKETS, _CHARGE_BEHIND_BRACKET, _CHARGE_AT_END):
        for match in reversed(list(pattern.finditer(text.text))):
            group = next((g for g in range(1, pattern.groups + 1) if match[g]), 0)
            if set(text.levels[match.start() : match.end()]) != {BASE}:
                continue
            charge = text[match.start(group) : match.end(group)]
            lifted = MarkedText(charge.text, SUP * len(charge), charge.columns, text.raw)
            text = text[: match.start()] + lifted + text[match.end() :]
    return text


def balance_brackets(text: MarkedText, lexicon: Lexicon, notes: list[str]) -> MarkedText:
    """Add or drop brackets until each has its partner.

    Only print loses brackets: in a text without any markup, typed by its user, an
    unmatched bracket is an error.

    Raises
    ------
    FormulaError
        If there is no place where the missing bracket makes sense.
    """
    for _ in range(8):
        lonely = _lonely_bracket(text.text)
        if lonely is None:
            return text
        char = text.text[lonely]
        if not _is_printed(text):
            raise _unmatched(text, lonely)
        if char in "([":
            text = _drop_or_close(text, lonely, lexicon, notes)
        else:
            text = _open(text, lonely, lexicon, notes)
    raise FormulaError(
        "the brackets do not match", text.raw, 0, len(text.raw), "expected as many [ ( as ) ]"
    )


def _is_printed(text: MarkedText) -> bool:
    """Whether the text carries the markup of print: subscripts, LaTeX, HTML."""
    return SUB in text.levels or re.search(r"[\\$<]", text.raw) is not None


def _unmatched(text: MarkedText, index: int) -> FormulaError:
    char = text.text[index]
    partner = {"(": ")", "[": "]", ")": "(", "]": "["}[char]
    problem = "is not closed" if char in "([" else "was never opened"
    where = "behind" if char in "([" else "in front of"
    return FormulaError(
        f"this bracket {problem}",
        text.raw,
        text.column(index),
        1,
        f"expected a {partner} {where} it",
    )


def _lonely_bracket(text: str) -> int | None:
    """Return the first bracket without a partner."""
    waiting: list[int] = []
    for index, char in enumerate(text):
        if char in "([":
            waiting.append(index)
        elif char in ")]":
            opener = {")": "(", "]": "["}[char]
            if waiting and text[waiting[-1]] == opener:
                waiting.pop()
            elif any(text[i] == opener for i in waiting):
                return waiting[-1]
            else:
                return index
    return waiting[0] if waiting else None


def _drop_or_close(text: MarkedText, start: int, lexicon: Lexicon, notes: list[str]) -> MarkedText:
    """Handle an opening bracket that is never closed."""
    inner = text.text[start + 1 :]
    if text.text[start] == "(" and start > 0:
        for end in range(len(inner), 0, -1):
            if lexicon.find(inner[:end]) is not None and _lonely_bracket(inner[:end]) is None:
                notes.append(f"closing bracket behind '{inner[:end]}' was missing")
                return (
                    text[: start + 1 + end] + _bracket(")", text, start) + text[start + 1 + end :]
                )
    if start > 0 and text.text[start] == "(":
        raise _unmatched(text, start)
    notes.append(f"opening bracket '{text.text[start]}' without a partner dropped")
    rest = text[:start] + text[start + 1 :]
    return _without_doubled_charge(rest, notes)


def _without_doubled_charge(text: MarkedText, notes: list[str]) -> MarkedText:
    """Drop the lowered copy of a charge behind a damaged bracket: ]_2^{2+}."""
    match = re.search(r"\](\d)(\1[+-])$", text.text)
    if match and text.levels[match.start(1)] == SUB and text.levels[match.start(2)] == SUP:
        notes.append(f"'{match[1]}' in front of the charge {match[2]} taken for its copy")
        return text[: match.start(1)] + text[match.start(2) :]
    return text


def _open(text: MarkedText, end: int, lexicon: Lexicon, notes: list[str]) -> MarkedText:
    """Put in the opening bracket for the closing one at `end`."""
    if text.text[end] == "]":
        notes.append("opening bracket '[' was missing")
        return _bracket("[", text, 0) + text
    for start in range(end):
        name = text.text[start:end]
        behind_letter = start > 0 and text.text[start - 1].isalnum()
        begins = not (behind_letter and (name[0].islower() or name[0].isdigit()))
        if not begins or _lonely_bracket(name) is not None or _begins_with_metal(name):
            continue
        if (reading := lexicon.find(name)) is not None:
            notes.append(f"opening bracket in front of '{reading.printed}' was missing")
            return text[:start] + _bracket("(", text, start) + text[start:]
    raise _unmatched(text, end)


def _begins_with_metal(name: str) -> bool:
    match = re.match(r"[A-Z][a-z]?", name)
    return match is not None and match[0] in METALS


def _bracket(char: str, text: MarkedText, index: int) -> MarkedText:
    return MarkedText(char, BASE, (text.column(index),), text.raw)
