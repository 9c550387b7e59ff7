"""Candidate facts: a property, its value, and the cluster it is told for, by named rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from superatom.literature.mining.bearers import Bearer, Sentence, find_bearers
from superatom.literature.mining.phrases import Phrase, find_phrases, find_reactions
from superatom.literature.mining.quantities import Quantity, find_quantities
from superatom.literature.mining.text import Passage
from superatom.literature.properties import Property, recognise
from superatom.literature.units import UnitError, read_unit

__all__ = ["Statement", "statements_in"]

_CONDITION = re.compile(
    r"(?:\b(?:at|under|to reach|to achieve|to deliver|to drive|from|for)\b|@)\s*"
    r"(?:(?:an?|the|applied|constant|potentials?|overpotentials?|current density|voltage|cell"
    r"|temperature|low|high|very|only|same|given|of|around|about|~|η|=|E)\s*)*$"
)
_SETTING = re.compile(
    r"\b(?:at|under|to reach|reaching|achieving|to achieve|with increasing)\s+(?:an?\s+|the\s+)?"
    r"(?:same\s+|applied\s+|low\s+|high\s+|constant\s+|total\s+|given\s+)*$"
)
_PLACED = re.compile(
    r"(?:\s*\([^()]*\))?\s*(?:peaks?|maxim(?:um|a)|bands?|values?)?\s*(?:[^;:.]{0,40}?\s)?"
    r"(?:(?:is|was|are|were|being|be|of)|located|cent[er]{2}ed|observed|occurring|occurs?|appear\w*"
    r"|lies|lie|rang(?:es?|ed|ing)|var(?:y|ies|ied|ying)|positioned|situated|found|detected|starts?|achieved|estimated|calculated|measured"
    r"|determined|evaluated|reported|peaking|peaked|peaks?|bands?|maxima|maximum|shoulders?)"
    r"\s*(?:to be\s*)?(?:mainly\s+|clearly\s+)?"
    r"(?:at|around|from)\s*(?:m/z\s*)?(?:of\s*)?(?:about|around|~|ca\.?)?\s*$"
    r"|(?:\s*\([^()]*\))?\s*(?:at|around|from)\s*(?:m/z\s*)?(?:of\s*)?(?:about|around|~|ca\.?)?\s*$"
    r"|.*\bshift(?:s|ed|ing)?\s+(?:from\s.*)?to\s*$"
)
_CHANGE = re.compile(
    r"\s*(?P<word>decreases?|increases?|reductions?|drops?|lower|higher|enhancements?|improvements?)"
    r"(?:\s+(?:of|in))?\s+(?:the\s+)?$"
)
_DIFFERENCE = re.compile(
    r"\s*(?:more|less|higher|lower|larger|smaller|greater|faster|better|above|below)\b"
)
_COMPARED_TO = re.compile(
    r"\b(?:relative to|versus|vs\.?|by(?: about| around| ~| nearly)?)\s*~?\s*$"
)
_ADVANTAGE = re.compile(
    r"superior|outperform|shift|(?:higher|lower|better|positive|negative|smaller|less)[^.;]{0,40}\bthan"
)
_NEEDS = re.compile(r"\b(?:requires?|needs?|driven|achieved|reached|delivers?|voltage|only)\b")
_DONE = re.compile(r"colou?rless|complete(?:ly|d)?|full(?:y| conversion)|disappear|finish", re.I)
_CONVERTED = re.compile(r"convert|conver|reduc|degrad|hydrogenat|substrate|catal|reaction", re.I)
_HIGHER = re.compile(
    r"\s*(?:higher|greater|larger|more|better|faster|stronger|that|as|enhance|than|over"
    r"|increase|improve|the)"
)
_LIGHT = re.compile(r"photoluminescen|emission|fluorescen|luminescen|quantum yield|\bPL\b")
_SUPERATOM = re.compile(
    r"\s*(?:-)?\s*(?:superatom|free|valence|config|system|closed|shell|core|kernel"
    r"|count|NC|cluster|electronic|[,);.]|$)",
    re.I,
)
_TRANSFER = re.compile(r"transfer|pathway|reduc|process|ORR|oxygen|proton|step|reaction", re.I)
_CATALYSIS = re.compile(
    r"cataly|mol\s?%|conversion|substrate|coupling|cycloaddition|click"
    r"|hydrogenation|alkyne|azide|examples",
    re.I,
)
_MADE = re.compile(r"synthes|prepar|NCs were|cluster was obtained|LE\b|etching")
_SETTINGS = re.compile(r"V|cm\^-2|^m?M$|degC|rpm|^(?:h|min)$|nm|atm|bar|sun|mol%")
_TESTED = re.compile(r"\s*(?:in|of|during|under|without)\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+){0,3}")
_SIZED = re.compile(r"\b(?:NCs?|nanoclusters?|clusters?|particles?)\s*\(\s*(?:ca\.\s*)?[~≈<>]?\s*$")
_REACH = 110  # characters between a property and its value


@dataclass(frozen=True, slots=True)
class Statement:
    """A property, a value and their cluster, before they become a record."""

    property: str
    entry: Property
    quantity: Quantity
    unit: str
    value: str
    bearer: Bearer
    reaction: str
    conditions: tuple[str, ...]
    sentence: Sentence
    rule: str


def statements_in(
    passage: Passage, sentence: Sentence, before: list[Sentence], reaction: str
) -> Iterator[Statement]:
    """Yield what a sentence says about clusters in numbers."""
    taken = [m.at for m in sentence.mentions]
    quantities = find_quantities(passage, sentence.start, sentence.end, taken)
    phrases = find_phrases(passage, sentence.start, sentence.end)
    phrases = [p for p in phrases if not any(a <= p.start < b for a, b in taken)]
    groups: dict[int, list[Quantity]] = {}
    for quantity in quantities:
        groups.setdefault(quantity.group, []).append(quantity)
    lists = list(groups.values())
    chosen = [_phrase(group, phrases, lists, sentence) for group in lists]
    loose = _conditions(lists, chosen, passage)
    for group, found in zip(lists, chosen, strict=True):
        if found is not None:
            yield from _told(group, found, sentence, before, reaction, loose)


@dataclass(frozen=True, slots=True)
class _Choice:
    phrase: Phrase | None
    name: str
    of: str
    entry: Property
    rule: str
    sign: int = 1
    each: tuple[Phrase, ...] = ()  # a property for each number of the list


def _phrase(
    group: list[Quantity],
    phrases: list[Phrase],
    lists: list[list[Quantity]],
    sentence: Sentence,
) -> _Choice | None:
    """Choose the property a list of numbers is a value of; None for conditions and the rest."""
    best: tuple[float, Phrase, Property, str] | None = None
    if _is_difference(group, sentence):
        return _without_phrase(group, sentence)
    for phrase in phrases:
        entry = next(
            (
                phrase.entry(k)
                for k in range(len(phrase.names))
                if unit_fits(group[0], phrase.entry(k))
            ),
            None,
        )
        if entry is None and phrase.names[0] in {"yield", "product yield"}:
            rate = _entry("production rate")
            entry = rate if "^-1" in group[0].unit and unit_fits(group[0], rate) else None
        if entry is None:
            entry = _changed(group[0], phrase, sentence)
        if entry is None or entry.name == "potential":
            continue
        cost, rule = _cost(group, phrase, lists, sentence)
        if cost < (best[0] if best else _REACH):
            best = (cost, phrase, entry, rule)
    if best is None:
        return _without_phrase(group, sentence)
    _, phrase, entry, rule = best
    found = _named(group, phrase, entry, rule, sentence)
    return replace(found, each=_one_each(group, phrases, sentence)) if found else None


def _one_each(
    group: list[Quantity], phrases: list[Phrase], sentence: Sentence
) -> tuple[Phrase, ...]:
    """Return the properties of 'onset and half-wave potential (0.85 and 0.72 V, respectively)'."""
    end = group[-1].at[1]
    if len(group) < 2 or "respectively" not in sentence.between(end, end + 20):
        return ()
    fitting = [p for p in phrases if p.end <= group[0].at[0] and unit_fits(group[0], p.entry())]
    distinct = {p.names[0]: p for p in fitting}
    return tuple(distinct.values()) if len(distinct) == len(group) else ()


def _changed(quantity: Quantity, phrase: Phrase, sentence: Sentence) -> Property | None:
    """Return the change of a property: '31% decrease of the Tafel slope'."""
    name = f"{phrase.names[0]} change"
    entry = recognise(name).property
    gap = sentence.between(quantity.at[1], phrase.start)
    if entry is None or entry.name != name or not _CHANGE.fullmatch(gap):
        return None
    return entry if unit_fits(quantity, entry) else None


def _is_difference(group: list[Quantity], sentence: Sentence) -> bool:
    """Whether a number says by how much, or to what it is compared."""
    start, end = group[0].at[0], group[-1].at[1]
    behind, before = sentence.between(end, end + 40), sentence.between(start - 24, start)
    return bool(_DIFFERENCE.match(behind)) or bool(_COMPARED_TO.search(before))


def _cost(
    group: list[Quantity],
    phrase: Phrase,
    lists: list[list[Quantity]],
    sentence: Sentence,
) -> tuple[float, str]:
    start, end = group[0].at[0], group[-1].at[1]
    never = float("inf")
    if phrase.end <= start:
        gap = sentence.between(phrase.end, start)
        placed = bool(_PLACED.fullmatch(gap))
        if _is_setting(phrase, sentence):
            return never, ""
        lasting = phrase.names[0] == "duration"  # 'the durability test lasts for 40 h'
        if not placed and not lasting and _is_condition(group, sentence, phrase.end):
            return never, ""
        rivals = [
            g
            for g in lists
            if g is not group and phrase.end <= g[0].at[0] < start and g[0].unit == group[0].unit
        ]
        rivals = [g for g in rivals if not _is_condition(g, sentence, phrase.end)]
        if _listed_pair(group, sentence) and rivals:
            return 0.4 * len(gap), "property of a list"
        if rivals and _parallel(rivals[-1], group, sentence):
            return 0.5 * len(sentence.between(rivals[-1][-1].at[1], start)), "property of a list"
        extra = 60 * len(rivals)
        extra += 30 * gap.count(";") + 15 * len(re.findall(r"\b(?:while|whereas|but|which)\b", gap))
        return len(gap) + extra, "property before the value"
    if phrase.start >= end:
        gap = sentence.between(end, phrase.start)
        if phrase.names[0] == "duration" and _TESTED.fullmatch(gap):
            return len(gap), "value before the property"
        if len(gap) > 48 or re.search(r"[;:,]|\b(?:and|at|in (?!the)|while|with)\b", gap):
            return never, ""
        if _is_condition(group, sentence, sentence.start):
            return never, ""
        return len(gap) + (8 if gap.strip() else 0), "value before the property"
    return never, ""


def _parallel(before: list[Quantity], group: list[Quantity], sentence: Sentence) -> bool:
    """Whether a second clause gives the same property of another cluster: 'whereas B gave 12%'."""
    start, end = before[-1].at[1], group[0].at[0]
    named = [m for m in sentence.mentions if start <= m.at[0] < end]
    joined = re.search(r"\b(?:whereas|while|but|and)\b|[;,]", sentence.between(start, end))
    return bool(named) and joined is not None


def _listed_pair(group: list[Quantity], sentence: Sentence) -> bool:
    """Whether a number stands behind a formula and a colon or in brackets behind it."""
    start = group[0].at[0]
    left = [m for m in sentence.mentions if m.at[1] <= start]
    return bool(left) and bool(
        re.fullmatch(r"\s*(?:NCs?)?\s*[:(=]\s*", sentence.between(left[-1].at[1], start))
    )


def _is_setting(phrase: Phrase, sentence: Sentence) -> bool:
    """Whether a property is told as a condition: 'at an overpotential of'."""
    before = sentence.between(max(sentence.start, phrase.start - 30), phrase.start)
    return bool(_SETTING.search(before)) and _by_setting(phrase)


def _by_setting(phrase: Phrase) -> bool:
    return phrase.names[0] in {"overpotential", "current density", "potential", "cell voltage"}


def _is_condition(group: list[Quantity], sentence: Sentence, start: int) -> bool:
    """Whether words between `start` and a number make it a condition: 'at', 'to reach'."""
    before = sentence.between(max(start, group[0].at[0] - 60), group[0].at[0])
    match = _CONDITION.search(before)
    if match and match[0].startswith("from"):  # 'from 1.9 eV for A to 1.5 eV for B'
        behind = [m for m in sentence.mentions if m.at[0] >= group[-1].at[1]]
        return not behind or not re.fullmatch(
            r"\s*(?:for|of|in)\s+", sentence.between(group[-1].at[1], behind[0].at[0])
        )
    return match is not None


def unit_fits(quantity: Quantity, entry: Property) -> bool:
    """Whether a property can have a value in the unit of a quantity."""
    texts = {u.text for u in entry.units}
    unit = quantity.unit
    if entry.name == "TOF" and unit.startswith("mol mol"):
        return True
    if not unit:
        return bool(texts & {"m/z", "e", "pH"}) or entry.name == "TON"
    ratio = {"%", "mol%", "wt%", "at%", "x", "equiv", "ppm", "vol%"}
    if unit in ratio or texts & ratio == texts:
        return unit in texts or (unit in {"%"} and "%" in texts)
    try:
        given = read_unit(unit)
    except UnitError:
        return False
    return any(given.dimension == u.dimension for u in entry.units if u.text not in ratio)


def _named(
    group: list[Quantity], phrase: Phrase, entry: Property, rule: str, sentence: Sentence
) -> _Choice | None:
    name, of, sign = entry.name, phrase.of, 1
    if phrase.start >= group[-1].at[1]:
        gap = sentence.between(group[-1].at[1], phrase.start)
        change = _CHANGE.search(gap)
        if change is not None and change["word"].rstrip("s") in {
            "decrease",
            "increase",
            "reduction",
            "drop",
            "enhancement",
            "improvement",
        }:
            changed = recognise(f"{entry.name.removesuffix(' change')} change")
            if changed.property is None or not changed.name.endswith(" change"):
                return None
            entry, name, of = changed.property, changed.name, ""
            sign = -1 if change["word"].startswith(("decrease", "reduction", "drop")) else 1
    if name == "yield" and _CATALYSIS.search(sentence.text):
        entry, name = _entry("product yield"), "product yield"
    return _Choice(phrase, name, of, entry, rule, sign)


def _entry(name: str) -> Property:
    entry = recognise(name).property
    if entry is None:
        raise KeyError(name)
    return entry


def _without_phrase(group: list[Quantity], sentence: Sentence) -> _Choice | None:
    """Return the property a unit tells by itself: 'x times higher', '8-electron'."""
    quantity, end = group[0], group[-1].at[1]
    behind = sentence.between(end, end + 50)
    if quantity.unit == "x" and _HIGHER.match(behind):
        name = (
            "photoluminescence enhancement"
            if _LIGHT.search(sentence.between(quantity.at[0] - 80, end + 60))
            else "activity ratio"
        )
        return _Choice(None, name, "", _entry(name), "times higher")
    before = sentence.between(quantity.at[0] - 60, quantity.at[0])
    if quantity.unit == "nm" and _SIZED.search(before) and behind.startswith(")"):
        return _Choice(None, "size", "", _entry("size"), "size in brackets")
    if quantity.unit in {"mV", "V"} and re.search(r"\bby\s+(?:~|about |around )?$", before):
        if _ADVANTAGE.search(sentence.between(sentence.start, end)):
            name = "overpotential change"
            return _Choice(None, name, "", _entry(name), "better by")
        return None
    if quantity.unit == "V" and "OWS" in {n for _, n in find_reactions(sentence.text)}:
        if _NEEDS.search(before[-25:]) and len(group) == 1:
            return _Choice(None, "cell voltage", "", _entry("cell voltage"), "voltage needed")
        return None
    if quantity.unit in {"s", "min", "h"} and re.search(
        r"\b(?:within|in|after)\s+(?:only )?$", before
    ):
        if (
            _DONE.search(sentence.text)
            and _CONVERTED.search(sentence.text)
            and not (_MADE.search(sentence.text))
        ):
            name = "time to full conversion"
            return _Choice(None, name, "", _entry(name), "complete within")
        return None
    printed = sentence.between(*quantity.at)
    if quantity.unit == "e" and _SUPERATOM.match(behind) and not _TRANSFER.search(behind[:30]):
        close = bool(re.search(r"\b(?:former|latter)\b[\s\w]{0,12}$", before)) or any(
            abs(m.at[1] - quantity.at[0]) < 25 or abs(m.at[0] - end) < 40 for m in sentence.mentions
        )
        if (
            close
            and quantity.value.isdigit()
            and not _TRANSFER.search(sentence.between(quantity.at[0] - 25, quantity.at[0]))
            and "." not in printed
        ):
            name = "superatom electron count"
            return _Choice(None, name, "", _entry(name), "n-electron superatom")
    return None


def _conditions(
    lists: list[list[Quantity]], chosen: list[_Choice | None], passage: Passage
) -> list[tuple[int, str]]:
    """Return the quantities that say under what conditions, with their places."""
    found = []
    for group, choice in zip(lists, chosen, strict=True):
        if choice is None and _SETTINGS.search(group[0].unit):
            start, end = group[0].at[0], group[-1].at[1]
            told = " ".join(passage.text[start:end].split())
            found.append((start, told + ")" if told.count("(") > told.count(")") else told))
    return found


def _told(
    group: list[Quantity],
    found: _Choice,
    sentence: Sentence,
    before: list[Sentence],
    reaction: str,
    loose: list[tuple[int, str]],
) -> Iterator[Statement]:
    bearers = find_bearers(group, found.phrase, sentence, before)
    names = found.phrase.names if found.phrase else (found.name,)
    paired = len(names) == len(group) > 1
    near = sorted(loose, key=lambda c: abs(c[0] - group[0].at[0]))[:2]
    for index, (quantity, bearer) in enumerate(zip(group, bearers, strict=True)):
        if not bearer.mentions and (not bearer.name or found.name == "time to full conversion"):
            continue
        entry, name, of = found.entry, found.name, found.of
        if paired and found.phrase:
            entry = found.phrase.entry(index)
            name = entry.name
        elif found.each and bearer.rule != "respectively":
            entry, of = found.each[index].entry(), found.each[index].of
            name = entry.name
        elif found.phrase and len(found.phrase.products) == len(group) > 1:
            of = found.phrase.products[index] if bearer.rule != "respectively" else of
        title = f"{name} {of}".strip() if entry.specified else name
        told = _reaction_at(sentence, quantity.at[0]) or reaction
        value = quantity.value
        if found.sign < 0 and not value.startswith("-"):
            value = f"-{value}"
        yield Statement(
            title,
            entry,
            quantity,
            _unit(quantity, entry),
            value,
            bearer,
            told,
            tuple(text for _, text in sorted(near)),
            sentence,
            f"{found.rule}; {bearer.rule}",
        )


def _unit(quantity: Quantity, entry: Property) -> str:
    if quantity.unit.startswith("mol mol s"):  # TOF with a power lost in print
        return "mol mol^-1 s^-1"
    return quantity.unit or (entry.units[0].text if entry.units else "")


def _reaction_at(sentence: Sentence, place: int) -> str:
    named = list(find_reactions(sentence.text))
    if not named:
        return ""
    return min(named, key=lambda r: abs(r[0] + sentence.start - place))[1]
