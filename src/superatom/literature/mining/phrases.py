"""Words that name a property, a product, a reaction, a solvent or a reductant in a sentence."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from superatom.composition.markup import SUB
from superatom.literature.mining.text import Passage
from superatom.literature.properties import Property, properties, recognise, species_key
from superatom.literature.reactions import reaction_name

__all__ = ["Phrase", "find_phrases", "find_reactions", "find_substances", "product_made"]

#: Single words of the vocabulary that in running text name a property and nothing else.
_SINGLE = frozenset(
    {
        "overpotential",
        "selectivity",
        "diameter",
        "conversion",
        "yield",
        "lifetime",
        "bandgap",
        "absorptivity",
    }
)
#: Names of the vocabulary that more often tell a condition.
_VAGUE = frozenset(
    {
        "reaction time",
        "storage time",
        "reaction temperature",
        "precursor concentration",
        "applied potential",
        "working potential",
        "electrode potential",
        "irradiation wavelength",
        "laser wavelength",
        "light wavelength",
        "red shift",
        "red-shift",
        "redshift",
        "blue shift",
        "blue-shift",
        "number of atoms",
        "core mass",
    }
)
_SHORT = frozenset(
    {
        "FE",
        "TOF",
        "TON",
        "QY",
        "PLQY",
        "PCE",
        "VBM",
        "CBM",
        "LOD",
        "STH",
        "m/z",
        "η",
        "ee",
        "gap",
        "IC50",
    }
)
#: 'requires an energy gap of' tells a reaction step, not an electronic gap.
_STEP_ENERGY = re.compile(r"\b(?:requir|need|step|pathway|channel|barrier|overcome)\w*[^.;]*$")
_LEAD = r"(?:\s*(?:of|for|to|towards?|in|the|into|producing|production of|formation of)\b){0,3}\s*"


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that name a property.

    Attributes
    ----------
    start, end : int
        Place in the passage.
    names : tuple[str, ...]
        Properties of the vocabulary; two for 'excitation and emission maxima'.
    of : str
        Product it is told for.
    products : tuple[str, ...]
        All products of a list ('for CO and H2').
    """

    start: int
    end: int
    names: tuple[str, ...]
    of: str = ""
    products: tuple[str, ...] = ()

    def entry(self, index: int = 0) -> Property:
        """Return the property in the vocabulary."""
        return _by_name()[self.names[min(index, len(self.names) - 1)]]


def find_phrases(passage: Passage, start: int, end: int) -> list[Phrase]:
    """Return the phrases between two places, in order; the longest where several fit."""
    text = passage.text
    found: list[Phrase] = []
    for match in _pattern().finditer(text, start, end):
        names = _meanings().get(_folded(match[0])) or _meanings()[_folded(match[0][:-1])]
        if _is_step(passage, match):
            names = ("reaction energy",)
        if not _stands_alone(passage, match) or (
            found and (match.start() < found[-1].end or _is_short_for(found[-1], match, text))
        ):
            continue
        behind = match.end()
        of = _product(passage, match.start(), behind, start, end) if _takes(names) else ("", behind)
        more = _product_list(text, of[1], end) if of[0] and of[1] > behind else ((), of[1])
        products = (of[0], *more[0]) if of[0] else ()
        found.append(Phrase(match.start(), max(behind, more[1]), names, of[0], products))
    return found


def _is_short_for(before: Phrase, match: re.Match[str], text: str) -> bool:
    """Whether a phrase is the abbreviation in brackets of the one before: 'efficiency (FE)'."""
    return text[before.end : match.start()].strip() == "(" and text[match.end() :][:1] == ")"


def _is_step(passage: Passage, match: re.Match[str]) -> bool:
    before = passage.text[: match.start()][-60:]
    return match[0] in {"gap", "energy gap"} and bool(_STEP_ENERGY.search(before))


def _stands_alone(passage: Passage, match: re.Match[str]) -> bool:
    behind = passage.text[match.end() : match.end() + 1]
    lowered = passage.marked.levels[match.end() : match.end() + 1] == SUB
    if match[0] == "FE":
        return (
            lowered
            or not behind.isalpha()
            or bool(_species_pattern().match(passage.text, match.end()))
        )
    return not behind.isalnum() or lowered


def _takes(names: tuple[str, ...]) -> bool:
    if names[0] == "bond length":  # of two elements, not of a product
        return False
    return _by_name()[names[0]].specified or names[0] == "yield"  # 'NH3 yield' is a rate


def _product(passage: Passage, start: int, behind: int, low: int, high: int) -> tuple[str, int]:
    """Return the product told beside a phrase, and where the phrase then ends."""
    text = passage.text
    at = behind
    if match := re.compile(r"\s*\(\s*FEs?\s*\)").match(text, at, high):
        at = match.end()
    for pattern in (r"\s?\(?\s*", _LEAD):
        lead = re.compile(pattern).match(text, at, high)
        species = _species_pattern().match(text, lead.end() if lead else at, high)
        if species:
            return species_key(species[0]), species.end()
    before = re.compile(
        rf"({_species_pattern().pattern})\s*(?:production|evolution|formation)?"
        r"\s*(?:with\s+(?:an?\s+|the\s+)?(?:\w+\s+)?)?$"
    ).search(text, max(low, start - 40), start)
    return (species_key(before[1]), behind) if before else ("", behind)


def _product_list(text: str, at: int, limit: int) -> tuple[tuple[str, ...], int]:
    """Return the products that go on a list behind the first, and where it ends."""
    found: list[str] = []
    joint = re.compile(r"\s*(?:,\s*and|,|and|&)\s+")
    while (lead := joint.match(text, at, limit)) and (
        species := _species_pattern().match(text, lead.end(), limit)
    ):
        found.append(species_key(species[0]))
        at = species.end()
    return tuple(found), at


@lru_cache(maxsize=1)
def _species_pattern() -> re.Pattern[str]:
    names = {n for row in _rows("products.csv") for n in (row["name"], *row["aliases"].split(";"))}
    names = {n for n in names if n and "^" not in n}
    words = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z])(?:{words})(?![A-Za-z0-9])|(?<=FE)(?:{words})(?![a-z0-9])")


def product_made(text: str) -> str:
    """Return the product a text names for what is reduced: 'CO2-to-CO', 'reduction of CO2 to CO'.

    '' if there is none, or more than one.
    """
    found = _made_pattern().finditer(text)
    named = {species_key(match["made"] or match["chosen"]) for match in found}
    return named.pop() if len(named) == 1 else ""


@lru_cache(maxsize=1)
def _made_pattern() -> re.Pattern[str]:
    species = _species_pattern().pattern
    return re.compile(
        rf"(?:CO2|N2|NO3-?|nitrate)\s*(?:(?:electro)?(?:reduction|conversion)\s*)?-?\s*(?:in)?to\s*-?\s*"
        rf"(?P<made>{species})"
        rf"|selectivit(?:y|ies)\s+(?:towards?|to|for|of)\s+(?P<chosen>{species})"
    )


def _rows(table: str) -> list[dict[str, str]]:
    path = resources.files("superatom.literature") / "data" / table
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@lru_cache(maxsize=1)
def _by_name() -> dict[str, Property]:
    return {entry.name: entry for entry in properties()}


def _folded(words: str) -> str:
    flat = re.sub(r"[\s-]+", " ", words)
    return flat if len(flat) <= 4 else flat.casefold()


@lru_cache(maxsize=1)
def _meanings() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in properties():
        for name in (entry.name, *entry.aliases):
            if name in _VAGUE:
                continue
            usable = re.search(r"[\s-]", name) or name in _SINGLE or name in _SHORT
            if entry.kind == "number" and usable and "(" not in name:
                found.setdefault(_folded(name), (entry.name,))
    for row in _rows("mining_words.csv"):
        if row["kind"] == "phrase":
            names = tuple(recognise(n).name for n in row["meaning"].split(" + "))
            found[_folded(row["words"])] = names
    return found


@lru_cache(maxsize=1)
def _pattern() -> re.Pattern[str]:
    names = sorted(_meanings(), key=len, reverse=True)
    long = "|".join(re.escape(n).replace(r"\ ", r"[\s-]+") for n in names if len(n) > 4)
    short = "|".join(re.escape(n) for n in names if len(n) <= 4)
    return re.compile(rf"(?<![A-Za-z])(?:(?i:{long})(?:s(?![A-Za-z]))?|(?:{short}))")


@lru_cache(maxsize=1)
def _reaction_pattern() -> re.Pattern[str]:
    names = {n for r in _rows("reactions.csv") for n in (r["name"], *r["aliases"].split(";")) if n}
    words = "|".join(
        re.escape(n).replace(r"\ ", r"[\s-]+")
        if len(n) <= 5
        else "(?i:" + re.escape(n).replace(r"\ ", r"[\s-]+") + ")"
        for n in sorted(names, key=len, reverse=True)
    )
    return re.compile(rf"(?<![A-Za-z])e?(?P<name>{words})(?![A-Za-z])")


def find_reactions(text: str) -> Iterator[tuple[int, str]]:
    """Yield where a reaction is named, and its short name."""
    for match in _reaction_pattern().finditer(text):
        yield match.start(), reaction_name(match["name"])


@lru_cache(maxsize=2)
def _substances(kind: str) -> tuple[re.Pattern[str], dict[str, str]]:
    names = {
        w.replace("N.N", "N,N"): r["meaning"]
        for r in _rows("mining_words.csv")
        if r["kind"] == kind
        for w in r["words"].split(";")
    }
    words = "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True))
    return re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])"), names


def find_substances(kind: str, text: str, start: int, end: int) -> Iterator[tuple[int, int, str]]:
    """Yield where a solvent or reductant is named, and its usual name."""
    pattern, names = _substances(kind)
    for match in pattern.finditer(text, start, end):
        yield match.start(), match.end(), names[match[0]]
