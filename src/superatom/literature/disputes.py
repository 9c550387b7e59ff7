"""Records that contradict each other, side by side."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from superatom.literature.entries import comparable, subjects_in
from superatom.literature.properties import recognise
from superatom.literature.reactions import reaction_name
from superatom.literature.records import Fact, conditions_of

__all__ = ["Dispute", "disputes_among"]

#: Conditions that say what of a cluster is meant, not how it was measured.
_PART_OF_WHAT = ("dopant", "metal", "site")


@dataclass(frozen=True, slots=True)
class Dispute:
    """Facts of which at most one can be right.

    Attributes
    ----------
    cluster : str
        What they are about.
    property : str
        What they say different things of.
    facts : tuple[Fact, ...]
        The records; one alone if its own table marks it as disputed.
    """

    cluster: str
    property: str
    facts: tuple[Fact, ...]

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Dispute:
        """Return the dispute written by `as_dict`."""
        facts = tuple(Fact.from_dict(each) for each in data["facts"])
        return cls(data["cluster"], data["property"], facts)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "cluster": self.cluster,
            "property": self.property,
            "facts": [fact.as_dict() for fact in self.facts],
        }


def disputes_among(facts: Iterable[Fact]) -> tuple[Dispute, ...]:
    """Return the facts that contradict one another.

    Properties that have many values, as the bands of a spectrum, are left out. Numbers
    contradict each other if they are told of the same cluster, property, reaction
    and conditions, and no one number agrees with both as printed (limits, ranges and the
    last digit considered). Words do for properties of which a cluster has only one, unless
    one wording is part of the other. A record marked as disputed stands alone if its rival
    is not among the facts.
    """
    everything = tuple(facts)
    found: list[Dispute] = []
    for (_, name, *_), rivals in _groups(everything).items():
        group = _contradicting(tuple(rivals))
        if group:
            found.append(Dispute(group[0].cluster, name, group))
    shown = {fact.id for dispute in found for fact in dispute.facts}
    found += [
        Dispute(fact.cluster, recognise(fact.property).name, (fact,))
        for fact in everything
        if fact.source.status == "disputed" and fact.id not in shown
    ]
    return tuple(found)


def _groups(facts: tuple[Fact, ...]) -> dict[tuple[str, ...], list[Fact]]:
    """Sort facts by what they are about; only such facts can contradict each other."""
    groups: dict[tuple[str, ...], list[Fact]] = {}
    for fact in facts:
        named = recognise(fact.property)
        if named.property is not None and named.property.many:
            continue
        single = named.property is not None and named.property.single
        conditions = _conditions_key(fact, _PART_OF_WHAT if single else None)
        for subject in subjects_in(fact):
            identity = "|".join((subject.body, subject.isomer, subject.host))
            if subject.charge is not None and single:
                identity += f"|{subject.charge}"
            key = (identity, named.name, named.of, reaction_name(fact.reaction), conditions)
            groups.setdefault(key, []).append(fact)
    return groups


def _conditions_key(fact: Fact, only: tuple[str, ...] | None) -> str:
    """Return the conditions in one order; those named in `only` if it is given."""
    told = conditions_of(fact.conditions)
    kept = {k: v for k, v in told.items() if only is None or k.casefold() in only}
    return "; ".join(f"{k}: {v}" for k, v in sorted(kept.items())).casefold()


def _contradicting(facts: tuple[Fact, ...]) -> tuple[Fact, ...]:
    """Return those of comparable facts that some other one contradicts."""
    if len(facts) < 2:
        return ()
    apart: dict[str, Fact] = {}
    for one, other in itertools.combinations(facts, 2):
        if one.id != other.id and _contradict(one, other):
            apart.update({one.id: one, other.id: other})
    return tuple(apart.values())


def _contradict(one: Fact, other: Fact) -> bool:
    own, unit = comparable(one)
    theirs, their_unit = comparable(other)
    if own is None and theirs is None:
        entry = recognise(one.property).property
        return entry is not None and entry.single and _differ(one, other)
    if own is None or theirs is None or unit != their_unit or _is_list(one) or _is_list(other):
        return False
    return not own.agrees_with(theirs)


def _is_list(fact: Fact) -> bool:
    """Whether a value tells several numbers ('16, 17'), of which none contradicts another."""
    return "," in fact.value


def _differ(one: Fact, other: Fact) -> bool:
    """Whether two wordings are different things, not one told in more words."""
    own, theirs = (set(re.findall(r"\w+", fact.value.casefold())) for fact in (one, other))
    return not (own <= theirs or theirs <= own)
