"""Numbers that tell their property without naming it: '8-electron', '16 times higher'."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from superatom.literature.mining.bearers import Sentence
from superatom.literature.mining.choices import Choice, entry_of
from superatom.literature.mining.phrases import find_reactions
from superatom.literature.mining.quantities import BOND, Quantity

__all__ = ["choice_without_phrase"]

_ADVANTAGE = re.compile(
    r"superior|outperform|shift|(?:higher|lower|better|positive|negative|smaller|less)[^.;]{0,40}\bthan"
)
_NEEDS = re.compile(r"\b(?:requires?|needs?|driven|achieved|reached|delivers?|voltage|only)\b")
_DONE = re.compile(r"colou?rless|complete(?:ly|d)?|full(?:y| conversion)|disappear|finish", re.I)
_CONVERTED = re.compile(r"convert|conver|reduc|degrad|hydrogenat|substrate|catal|reaction", re.I)
_HIGHER = re.compile(
    r"\s*(?:higher|greater|larger|more|better|faster|stronger|that|as|enhance|than|over"
    r"|increase|improve|amplif|the|boost)"
)
_LIGHT = re.compile(r"photoluminescen|emission|fluorescen|luminescen|quantum yield|\bPL\b")
_SUPERATOM = re.compile(
    r"\s*(?:-)?\s*(?:superatom|free|valence|config|system|closed|shell|core|kernel"
    r"|count|NC|cluster|electronic|[,);.]|$)",
    re.I,
)
_TRANSFER = re.compile(r"transfer|pathway|reduc|process|ORR|oxygen|proton|step|reaction", re.I)
_MADE = re.compile(r"synthes|prepar|NCs were|cluster was obtained|LE\b|etching")
_SIZED = re.compile(r"\b(?:NCs?|nanoclusters?|clusters?|particles?)\s*\(\s*(?:ca\.\s*)?[~≈<>]?\s*$")
_OF_POTENTIAL = re.compile(
    r"\s+(?:of|from|above|below|beyond)\s+(?:the\s+|its\s+)?(?:formal|equilibrium|thermodynamic"
    r"|standard|reversible)\s+(?:\w+\s+)?potential"
)
#: What 'mol%' may stand before, if it says how much of the cluster was taken.
_LOADED = re.compile(
    r"\s*(?:of\s+)?(?:the\s+)?(?:catalysts?|(?:nano)?clusters?|NCs?|substrates?|loading|Cu|Au|Ag|Pd|Pt"
    r"|stoichiometr\w+|\))"
)


@dataclass(frozen=True, slots=True)
class _Place:
    """A list of numbers and the words on both sides of it."""

    group: list[Quantity]
    sentence: Sentence

    @property
    def first(self) -> Quantity:
        return self.group[0]

    @property
    def end(self) -> int:
        return self.group[-1].at[1]

    @property
    def before(self) -> str:
        return self.sentence.between(self.first.at[0] - 60, self.first.at[0])

    @property
    def behind(self) -> str:
        return self.sentence.between(self.end, self.end + 50)


def choice_without_phrase(group: list[Quantity], sentence: Sentence) -> Choice | None:
    """Return the property that a list of numbers tells by its unit and the words beside it."""
    place = _Place(group, sentence)
    for rule in _RULES:
        if found := rule(place):
            return found
    return None


def _choice(name: str, rule: str, of: str = "") -> Choice:
    return Choice(None, name, of, entry_of(name), rule)


def _times(place: _Place) -> Choice | None:
    if place.first.unit != "x" or not _HIGHER.match(place.behind):
        return None
    around = place.sentence.between(place.first.at[0] - 80, place.end + 60)
    bright = _LIGHT.search(around)
    return _choice("photoluminescence enhancement" if bright else "activity ratio", "times higher")


def _size(place: _Place) -> Choice | None:
    told = place.first.unit == "nm" and _SIZED.search(place.before) and place.behind.startswith(")")
    return _choice("size", "size in brackets") if told else None


def _bond(place: _Place) -> Choice | None:
    match = BOND.search(place.before)
    if match is None or place.first.unit != "Å":
        return None
    return _choice("bond length", "bond = length", f"{match['one']}-{match['two']}")


def _volts(place: _Place) -> Choice | None:
    quantity = place.first
    if quantity.unit not in {"mV", "V"}:
        return None
    if _OF_POTENTIAL.match(place.behind):
        return _choice("overpotential", "distance from the formal potential")
    if re.search(r"\bby\s+(?:~|about |around )?$", place.before):
        better = _ADVANTAGE.search(place.sentence.between(place.sentence.start, place.end))
        return _choice("overpotential change", "better by") if better else None
    split = quantity.unit == "V" and "OWS" in {n for _, n in find_reactions(place.sentence.text)}
    needed = split and len(place.group) == 1 and _NEEDS.search(place.before[-25:])
    return _choice("cell voltage", "voltage needed") if needed else None


def _time(place: _Place) -> Choice | None:
    if place.first.unit not in {"s", "min", "h"}:
        return None
    if not re.search(r"\b(?:within|in|after)\s+(?:only )?$", place.before):
        return None
    text = place.sentence.text
    if _DONE.search(text) and _CONVERTED.search(text) and not _MADE.search(text):
        return _choice("time to full conversion", "complete within")
    return None


def _electrons(place: _Place) -> Choice | None:
    quantity, end = place.first, place.end
    if quantity.unit != "e" or not quantity.value.isdigit():
        return None
    if not _SUPERATOM.match(place.behind) or _TRANSFER.search(
        place.behind[:30] + "|" + place.before[-25:]
    ):
        return None
    close = bool(re.search(r"\b(?:former|latter)\b[\s\w]{0,12}$", place.before)) or any(
        abs(m.at[1] - quantity.at[0]) < 25 or abs(m.at[0] - end) < 40
        for m in place.sentence.mentions
    )
    return _choice("superatom electron count", "n-electron superatom") if close else None


def _loading(place: _Place) -> Choice | None:
    if place.first.unit != "mol%" or len(place.group) > 1:
        return None
    left = [m for m in place.sentence.mentions if m.at[1] <= place.first.at[0]]
    noun = r"\s*(?:NCs?|(?:nano)?clusters?|catalysts?)?\s*\(\s*$"
    inside = left and re.fullmatch(noun, place.sentence.between(left[-1].at[1], place.first.at[0]))
    right = [m for m in place.sentence.mentions if m.at[0] >= place.first.at[1]]
    of_it = right and re.fullmatch(
        r"\s*(?:of\s+)?(?:the\s+)?", place.sentence.between(place.first.at[1], right[0].at[0])
    )
    if inside or of_it or _LOADED.match(place.behind):
        return _choice("catalyst loading", "mol% of the cluster")
    return None


def _examples(place: _Place) -> Choice | None:
    told = not place.first.unit and place.first.value.isdigit()
    if told and re.match(r"\s+(?:\w+\s+)?examples\b", place.behind):
        return _choice("number of examples", "so many examples")
    return None


_Rule = Callable[[_Place], Choice | None]
_RULES: tuple[_Rule, ...] = (
    *(_times, _size, _bond, _volts, _time, _electrons, _loading, _examples),
)
