"""Candidate facts: a property, its value, and the cluster it is told for, by named rules."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from superatom.literature.mining.bare_numbers import choice_without_phrase
from superatom.literature.mining.bearers import Bearer, Sentence, find_bearers
from superatom.literature.mining.choices import Choice, entry_of, unit_fits
from superatom.literature.mining.conditions import Setting, settings_in
from superatom.literature.mining.phrases import Phrase, find_phrases, find_reactions, product_made
from superatom.literature.mining.quantities import BOND, Quantity, find_quantities
from superatom.literature.mining.text import Passage
from superatom.literature.properties import Property, recognise
from superatom.literature.reactions import product_of
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
_UPON = re.compile(r"\b(?:on|upon|under|with|when|after)\s+(?:an?\s+|the\s+)?$", re.I)
#: 'the current becomes significant at an overpotential of': its onset.
_SETS_IN = re.compile(
    r"\b(?:becomes? (?:signif\w+|appreciable|noticeable|visible|evident)|begins?|starts?|sets? in"
    r"|emerges?|onsets?|is (?:first )?(?:observed|detected))\b[^,;.]{0,20}\bat\s+(?:an?|the)\s+$"
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
    r"|\s+of\s+(?:the\s+|its\s+)?(?:formal|equilibrium|thermodynamic|standard|reversible)\s+"
    r"(?:\w+\s+)?potential"
)
_COMPARED_TO = re.compile(
    r"\b(?:relative to|versus|vs\.?|by(?: about| around| ~| nearly)?)\s*~?\s*$"
)
_CATALYSIS = re.compile(
    r"cataly|mol\s?%|conversion|substrate|coupling|cycloaddition|click"
    r"|hydrogenation|alkyne|azide|examples",
    re.I,
)
_TESTED = re.compile(r"\s*(?:in|of|during|under|without)\s+(?:an?\s+|the\s+)?(?:[\w-]+\s+){0,3}")
#: Properties that say little without the product; the reaction may tell it.
_OF_A_PRODUCT = frozenset({"Faradaic efficiency", "selectivity"})
_UNUSUAL = 30  # characters that a property counts as farther away with an unusual unit
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
    settings: tuple[Setting, ...]
    sentence: Sentence
    rule: str


def statements_in(
    passage: Passage, sentence: Sentence, before: list[Sentence], reaction: str
) -> Iterator[Statement]:
    """Yield what a sentence says about clusters in numbers."""
    taken = sentence.taken
    quantities = find_quantities(passage, sentence.start, sentence.end, taken)
    phrases = find_phrases(passage, sentence.start, sentence.end)
    phrases = [p for p in phrases if not any(a <= p.start < b for a, b in taken)]
    groups: dict[int, list[Quantity]] = {}
    for quantity in quantities:
        groups.setdefault(quantity.group, []).append(quantity)
    lists = list(groups.values())
    chosen = [_phrase(group, phrases, lists, sentence) for group in lists]
    settings = settings_in(lists, chosen, sentence)
    for group, found in zip(lists, chosen, strict=True):
        if found is not None:
            yield from _told(group, found, sentence, before, reaction, settings)


def _phrase(
    group: list[Quantity],
    phrases: list[Phrase],
    lists: list[list[Quantity]],
    sentence: Sentence,
) -> Choice | None:
    """Choose the property a list of numbers is a value of; None for conditions and the rest."""
    best: tuple[float, Phrase, Property, str] | None = None
    if _is_difference(group, sentence) or _is_bond(group, sentence):
        return choice_without_phrase(group, sentence)
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
            rate = entry_of("production rate")
            entry = rate if "^-1" in group[0].unit and unit_fits(group[0], rate) else None
        if entry is None:
            entry = _changed(group[0], phrase, sentence)
        if entry is None or entry.name == "potential":
            continue
        cost, rule = _cost(group, phrase, lists, sentence)
        if cost >= _REACH:
            continue
        cost += 0 if _usual(group[0], entry) else _UNUSUAL
        if best is None or cost < best[0]:
            best = (cost, phrase, entry, rule)
    if best is None:
        return choice_without_phrase(group, sentence)
    _, phrase, entry, rule = best
    found = _named(group, phrase, entry, rule, sentence)
    return replace(found, each=_one_each(group, phrases, sentence)) if found else None


def _usual(quantity: Quantity, entry: Property) -> bool:
    """Whether a number is in the unit its property is mostly told in."""
    try:
        return read_unit(quantity.unit).dimension == entry.units[0].dimension
    except (IndexError, UnitError):
        return True


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


def _is_bond(group: list[Quantity], sentence: Sentence) -> bool:
    start = group[0].at[0]
    return group[0].unit == "Å" and bool(BOND.search(sentence.between(start - 24, start)))


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
    if re.search(r"\bthan (?:that|those) (?:of|for)\b", sentence.between(start, end)):
        return True
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
    before = sentence.between(max(sentence.start, phrase.start - 70), phrase.start)
    if phrase.names[0] == "excitation maximum" and _UPON.search(before):
        return True
    if not _by_setting(phrase) or not _SETTING.search(before):
        return False
    return not (phrase.names[0] == "overpotential" and _SETS_IN.search(before))


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


def _named(
    group: list[Quantity], phrase: Phrase, entry: Property, rule: str, sentence: Sentence
) -> Choice | None:
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
        entry, name = entry_of("product yield"), "product yield"
    return Choice(phrase, name, of, entry, rule, sign)


def _told(
    group: list[Quantity],
    found: Choice,
    sentence: Sentence,
    before: list[Sentence],
    reaction: str,
    settings: list[Setting],
) -> Iterator[Statement]:
    bearers = find_bearers(group, found.phrase, sentence, before)
    names = found.phrase.names if found.phrase else (found.name,)
    paired = len(names) == len(group) > 1
    for index, (quantity, bearer) in enumerate(zip(group, bearers, strict=True)):
        if not bearer.mentions and (not bearer.name or found.name == "time to full conversion"):
            continue
        if bearer.rule == "reference material" and not _usual(quantity, found.entry):
            continue  # a unit that another property is told in: too far to be sure
        entry, name, of = found.entry, found.name, found.of
        if paired and found.phrase:
            entry = found.phrase.entry(index)
            name = entry.name
        elif found.each and bearer.rule != "respectively":
            entry, of = found.each[index].entry(), found.each[index].of
            name = entry.name
        elif found.phrase and len(found.phrase.products) == len(group) > 1:
            of = found.phrase.products[index] if bearer.rule != "respectively" else of
        told = _reaction_at(sentence, quantity.at[0]) or reaction
        if not of and name in _OF_A_PRODUCT:
            of = product_made(sentence.text) or product_of(told)
        title = f"{name} {of}".strip() if entry.specified else name
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
            tuple(settings),
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
