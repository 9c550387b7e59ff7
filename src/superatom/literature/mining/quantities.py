"""Numbers with comparator and unit in running text."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources

from superatom.composition.markup import SUB, SUP
from superatom.literature.mining.text import Passage
from superatom.literature.units import UnitError, read_unit

__all__ = ["BOND", "NUMERALS", "Quantity", "find_quantities"]

_PLAIN = r"\d{1,3}(?:[ ,]\d{3})+(?![\d,])(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_NUMBER = rf"(?:(?<![\w)])[-+]\s?)?(?:{_PLAIN})(?:\s?[×x]\s?10\^?-?\d+)?"
_MARGIN = r"(?:\s?±\s?\d+(?:\.\d+)?)?"
_LISTED = re.compile(
    rf"(?P<first>{_NUMBER}{_MARGIN})(?P<rest>(?:\s*(?:,\s*(?:and|or)?|and|or|&|/|\)?\s*vs\.?)\s*(?:{_NUMBER}{_MARGIN}))*)"
)
_RANGE = re.compile(
    rf"(?P<low>{_NUMBER})(?:\s?(?:%|°\s?C|nm|mV|V|h|min|°))?(?:\s?-\s?|-?\s?to\s(?:the\s)?|\s?~\s?)"
    rf"(?P<high>{_NUMBER})"
)
_FROM_TO = re.compile(
    rf"\b(?:from|between)\s+(?P<low>{_NUMBER})(?:\s?[^\s\d.,]{{1,4}})?\s+(?:to|and)\s+"
    rf"(?P<high>{_NUMBER})"
)
_COMPARATORS = (
    (re.compile(r"(?:≥|>\s?=|⩾|\bat least|\bno less than|\bnot less than)\s*$"), ">="),
    (re.compile(r"(?:≤|<\s?=|⩽|\bup to|\bat most|\bno more than|\bwithin|\bas much as)\s*$"), "<="),
    (
        re.compile(
            r"(?:>|\bover|\bmore than|\babove|\bexceed(?:ed|s|ing)?|\bhigher than"
            r"|\bgreater than|\blarger than|\bbeyond|\blonger than|\bsurpass(?:ed|es|ing)?)"
            r"(?:\s+(?:an?|the))?\s*$"
        ),
        ">",
    ),
    (
        re.compile(
            r"(?:<|\bbelow|\bless than|\blower than|\bunder|\bsmaller than"
            r"|\bshorter than)\s*$"
        ),
        "<",
    ),
    (
        re.compile(
            r"(?:~|≈|\babout|\baround|\bca\.?|\bnearly|\bapproximately|\bapprox\.?|\balmost"
            r"|\broughly|\bclose to|\bsome)\s*$"
        ),
        "~",
    ),
)
_TOKEN = re.compile(
    r"\s{0,3}[·*]?\s?(?P<per>/?)\s?(?P<letters>[µμ]\s?[A-Za-z]+|[A-Za-z°ÅΩ℃%‰]+\.?)(?:\(\w+\))?"
)
_POWER = re.compile(r"\^?-\s?\d|\d(?!\d)")
_JOINED = re.compile(r"\s*(?:,|,?\s*(?:and|or|&))\s*(?:[~≈<>]|about|around|up to|over)?\s*")
_FOLD = re.compile(r"\s?-?\s?(?:fold|times)\b")
_OF_WHAT = re.compile(r"(mg|g|kg|mol|mmol|cm|µg|μg)(?:[A-Z][A-Za-z+]*|cat\w*|metal)$")
_CHANGED = re.compile(
    r"\b(?:increas|decreas|improv|enhanc|ris|rose|chang|grow|grew|drop|reduc|declin|shift|boost)\w*"
    r"[\w\s%,-]{0,30}$"
)
#: Small numbers as they are written in words.
NUMERALS = {
    **{"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8},
    **{"nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "twenty": 20, "hundred": 100},
}
_WORD_FOLD = re.compile(
    rf"\b(?P<word>{'|'.join(NUMERALS)})(?:\s?-\s?)?(?:fold\b|\stimes\s(?=higher|larger|greater|more|as))"
    r"|\btwice(?=\sas\b|\sthat\b)",
    re.I,
)
_MOL_PERCENT = re.compile(r"\s?%\s?mol(?:ar)?\b")
#: 'Cu1-S1a =' before a length, whose unit print may give as A.
BOND = re.compile(
    r"(?<![A-Za-z])(?P<one>[A-Z][a-z]?)(?:\d{0,2}[a-z]?|\(\d+\))\s?-\s?(?P<two>[A-Z][a-z]?)"
    r"(?:\d{0,2}[a-z]?|\(\d+\))\s?[=:]\s?$"
)
_DEGREE = re.compile(r"\s?(?:°\s?C|º\s?C|℃|o\s?C(?![\w]))")
_ELECTRON = re.compile(r"\s?-?\s?(?:e-?(?![\w])|electrons?\b(?!\s+transfer))")
_REFERENCE = re.compile(
    r"\s*\(?\s*(?:vs\.?|versus|relative to)\s*(?:the\s+)?"
    r"(?:\(?(RHE|SHE|NHE|SCE|Ag/AgCl|Fc)\b|(reversible hydrogen electrode))"
)
_NO_NUMBER = re.compile(
    r"(?:\b(?:Figs?|Tables?|Schemes?|Refs?|Eqs?|Equations?|Sections?|Chart|pages?|No|Scheme|entry"
    r"|Figures?|step)\.?\s*(?:S\s?)?(?:\d+\s*[a-z]?\s*(?:,|and|-)\s*)?|[A-Za-z]-|[A-Za-z_]|\d[.,:/])$"
)
_WORDS = {
    "a",
    "A",
    "an",
    "as",
    "d",
    "m",
    "g",
    "s",
    "u",
    "l",
    "C",
    "K",
    "L",
    "J",
    "W",
    "x",
    "e",
    "T",
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number in the text.

    Attributes
    ----------
    at : tuple[int, int]
        Place of number and unit in the passage.
    value : str
        Number, or 'low-high'.
    unit : str
        As `superatom.literature.units` reads it; '' for a bare number.
    comparator : str
        As in a fact.
    group : int
        Number of the list it stands in ('1.67 and 0.73 V').
    index, size : int
        Place in that list, and its length.
    """

    at: tuple[int, int]
    value: str
    unit: str
    comparator: str
    group: int
    index: int = 0
    size: int = 1


def find_quantities(
    passage: Passage, start: int, end: int, taken: list[tuple[int, int]]
) -> list[Quantity]:
    """Return the quantities between `start` and `end`, not those inside formulas (`taken`)."""
    text, at = passage.text, start
    found: list[Quantity] = []
    group = 0
    while match := _first(passage, at, end):
        inside = next(
            (
                b
                for a, b in taken
                if a <= match.start("first" if "first" in match.re.groupindex else "low") < b
            ),
            None,
        )
        if inside is not None:
            at = max(inside, match.start() + 1)
            continue
        numbers = list(_numbers(match, passage))
        clear = [b for a, b in taken if match.start() < a < match.end()]
        if clear or not numbers:
            first = re.compile(_NUMBER).search(text, match.start(), end)
            at = max(first.end() if first else match.end(), match.start() + 1)
            if first and not clear:
                continue
            if first:
                group += 1
                found += _quantities(
                    passage,
                    [(first.start(), first.end(), _clean(first[0]))],
                    first.end(),
                    group,
                    end,
                )
            continue
        group += 1
        read = _quantities(passage, numbers, match.end(), group, end)
        found += read
        at = max([match.end(), *(q.at[1] for q in read)])
    found += _in_words(passage, start, end, group)
    return _grouped(text, sorted(found, key=lambda q: q.at))


def _in_words(passage: Passage, start: int, end: int, group: int) -> Iterator[Quantity]:
    """Yield factors written as words: 'sixfold', 'two-fold', 'twice'."""
    for number, match in enumerate(_WORD_FOLD.finditer(passage.text, start, end), group + 1):
        value = "2" if match["word"] is None else str(NUMERALS[match["word"].lower()])
        comparator = _comparator(passage.text, match.start())
        yield Quantity(match.span(), value, "x", comparator, number)


def _grouped(text: str, found: list[Quantity]) -> list[Quantity]:
    """Return the quantities with those of one list in one group ('90% and 92%')."""
    lists: list[list[Quantity]] = []
    for quantity in found:
        last = lists[-1][-1] if lists else None
        if last is not None and last.group != quantity.group:
            between = text[last.at[1] : quantity.at[0]]
            if not (last.unit == quantity.unit != "" and _JOINED.fullmatch(between)):
                lists.append([])
        elif last is None:
            lists.append([])
        lists[-1].append(quantity)
    return [
        replace(quantity, group=number, index=index, size=len(one))
        for number, one in enumerate(lists)
        for index, quantity in enumerate(one)
    ]


def _first(passage: Passage, at: int, end: int) -> re.Match[str] | None:
    text = passage.text
    candidates = [_LISTED.search(text, at, end)]
    for pattern in (_FROM_TO, _RANGE):
        match = pattern.search(text, at, end)
        while match and not _ascends(match, passage):
            match = pattern.search(text, match.start() + 1, end)
        candidates.append(match)
    found = [match for match in candidates if match]
    return min(found, key=lambda m: (m.start(), -m.end()), default=None)


def _ascends(match: re.Match[str], passage: Passage) -> bool:
    """Whether a range has its smaller number first and no raised -1 for its end."""
    low, high = (float(_clean(match[name])) for name in ("low", "high"))
    if match.re is _FROM_TO and _CHANGED.search(passage.text[: match.start()][-50:]):
        return True
    raised = passage.marked.levels[match.start("high")] == SUP
    return abs(low) < abs(high) and not raised and _is_number(passage, match.start("low"))


def _numbers(match: re.Match[str], passage: Passage) -> Iterator[tuple[int, int, str]]:
    """Yield the numbers of a list, or one range, with their places."""
    if "low" in match.re.groupindex:
        start = match.start("low")
        if match.re is _FROM_TO and _CHANGED.search(passage.text[: match.start()][-50:]):
            yield match.start("high"), match.end("high"), _clean(match["high"])
            return
        low, high = _clean(match["low"]), _clean(match["high"])
        yield start, match.end("high"), f"{low}-{high}"
        return
    listed = re.compile(rf"({_NUMBER}){_MARGIN}")
    for number in listed.finditer(passage.text, match.start(), match.end()):
        if _is_number(passage, number.start()):
            yield number.start(), number.end(), _clean(number[1])


def _is_number(passage: Passage, at: int) -> bool:
    """Whether a number is neither of a figure, a citation nor part of a word."""
    levels, text = passage.marked.levels, passage.text
    if levels[at] in {SUP, SUB}:
        return False
    return not _NO_NUMBER.search(text[max(0, at - 22) : at])


def _clean(number: str) -> str:
    plain = re.sub(r"(?<=\d)[ ,](?=\d{3})", "", number)
    plain = re.sub(r"\s?[×x]\s?10\^?", "e", plain)
    return plain.replace(" ", "").lstrip("+")


def _quantities(
    passage: Passage, numbers: list[tuple[int, int, str]], behind: int, group: int, limit: int
) -> list[Quantity]:
    unit, unit_end = _unit(passage, behind, limit)
    if unit == "A" and BOND.search(passage.text[: numbers[0][0]][-24:]):
        unit = "Å"
    comparator = _comparator(passage.text, numbers[0][0])
    found = []
    for index, (start, end, value) in enumerate(numbers):
        last = index == len(numbers) - 1
        found.append(
            Quantity(
                (start, unit_end if last else end),
                value,
                unit,
                "=" if comparator == "<=" and value.startswith("-") else comparator,
                group,
                index,
                len(numbers),
            )
        )
    return found


def _comparator(text: str, at: int) -> str:
    before = text[max(0, at - 26) : at]
    return next((sign for pattern, sign in _COMPARATORS if pattern.search(before)), "=")


def _unit(passage: Passage, at: int, limit: int) -> tuple[str, int]:
    """Return the unit that stands at `at`, as units are read, and where it ends."""
    text = passage.text
    for pattern, unit in (
        (_DEGREE, "degC"),
        (_FOLD, "x"),
        (_ELECTRON, "e"),
        (_MOL_PERCENT, "mol%"),
    ):
        if match := pattern.match(text, at, limit):
            return unit, match.end()
    found: list[str] = []
    end = at
    while len(found) < 4 and (match := _TOKEN.match(text, end, limit)):
        symbol, power, behind = _symbol(passage, match, limit)
        if not _fits([*found, symbol + power], first=not found, bare=not power):
            break
        found.append(symbol + power)
        end = behind - 1 if match["letters"].endswith(".") and behind == match.end() else behind
    unit = " ".join(found)
    if unit in {"V", "mV"} and (match := _REFERENCE.match(text, end, limit)):
        return f"{unit} vs {match[1] or 'RHE'}", match.end()
    return unit, end if found else at


_SPELLED = {
    "wt": "wt%",
    "days": "d",
    "hours": "h",
    "hour": "h",
    "minutes": "min",
    "mins": "min",
    "hrs": "h",
    "hr": "h",
    "seconds": "s",
    "℃": "degC",
    "equivalents": "equiv",
    "percent": "%",
}


def _symbol(passage: Passage, match: re.Match[str], limit: int) -> tuple[str, str, int]:
    """Return symbol, power and end; what stands below the line says of what and is left out."""
    levels = passage.marked.levels
    start, end = match.span("letters")
    letters = "".join(
        c for k, c in enumerate(match["letters"], start) if levels[k] != SUB and c != " "
    ).rstrip(".")
    letters = _SPELLED.get(letters, letters)
    if letters not in _symbols() and (named := _OF_WHAT.match(letters)):
        letters = named[1]
    end = match.end()
    while end < limit and levels[end] == SUB:
        end += 1
    power = ""
    if found := _POWER.match(passage.text, end, limit):
        raised = levels[found.start()] == SUP
        if raised or found[0].startswith(("-", "^")):
            power, end = re.sub(r"[\^\s]", "", found[0]), found.end()
    if match["per"]:
        power = f"-{power.lstrip('-') or 1}"
    return letters, f"^{power}" if power else "", end


def _fits(terms: list[str], *, first: bool, bare: bool) -> bool:
    """Whether the symbols make a unit; single letters that are words need a power."""
    symbol = terms[-1].split("^")[0]
    if not symbol or (not first and bare and symbol in _WORDS - {"A", "g", "m", "C", "L", "J"}):
        return False
    if first and bare and symbol in {"a", "an", "as", "d", "u", "l", "x", "T", "in"}:
        return False
    if symbol not in _symbols() or (symbol in {"x", "dec"} and first):
        return False
    try:
        read_unit(" ".join(terms))
    except UnitError:
        return False
    return True


@lru_cache(maxsize=1)
def _symbols() -> frozenset[str]:
    table = resources.files("superatom.literature") / "data" / "units.csv"
    found: set[str] = set()
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        names = {row["symbol"], *filter(None, row["aliases"].split(";"))}
        found |= names
        if row["prefixes"] == "yes":
            found |= {p + row["symbol"] for p in "fpnuµμmckMG"}
    return frozenset(found - {"pH", "m/z", "eq.", "runs", "run", "bonds", "u"})
