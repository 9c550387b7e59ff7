"""Labels a paper gives to its samples: '[Cu41...]2- (2H)', later 'the 2H cluster', 'cluster 1'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from superatom.composition.markup import BASE
from superatom.composition.parts import LigandPart
from superatom.literature.mining.mentions import Mention
from superatom.literature.mining.text import Passage

__all__ = ["Label", "find_labels", "labelled"]

_LABEL = re.compile(
    r"\s*(?:(?:nano)?clusters?|NCs?)?\s*\(\s*(?:(?:hereafter|denoted|named|labell?ed)(?: as)?\s+)?"
    r"(?P<name>\d{1,2}[A-Za-z]{0,2}|[A-Z]{1,4}-?\d{1,2}[a-z]?)\s*\)"
)
#: '1D', '4f', '1H NMR' are no samples.
_NO_LABEL = re.compile(r"\d[spdfD]\b|S\d+$|[A-Z]\d{3}")
_NO_USE = re.compile(r"\s*(?:NMR|\{|-NMR|\s?(?:nm|mV|V|h|min|%|eV|K|g|mg|mL)\b)")
_NOUN = r"(?:clusters?|compounds?|complex(?:es)?|nanoclusters?|NCs?)"


@dataclass(frozen=True, slots=True)
class Label:
    """A short name without a metal in it.

    Attributes
    ----------
    name : str
        As printed.
    mention : Mention
        The formula it stands for.
    start, end : int
        Offsets in the document.
    passage, place : int
        Where it is explained.
    """

    name: str
    mention: Mention
    start: int
    end: int
    passage: int
    place: int


def find_labels(passage: Passage, mentions: Sequence[Mention]) -> Iterator[Label]:
    """Yield the labels that stand in brackets behind a whole formula."""
    for mention in mentions:
        match = _LABEL.match(passage.text, mention.at[1])
        whole = any(isinstance(part, LigandPart) for part, _ in mention.cluster.parts)
        if match is None or not whole or _NO_LABEL.match(match["name"]):
            continue
        if passage.marked.levels[match.start("name")] != BASE:  # a citation, an oxidation state
            continue
        start, end = passage.place(match.start("name"), match.end("name"))
        yield Label(match["name"], mention, start, end, mention.passage, match.start("name"))


def labelled(
    passages: Sequence[Passage], found: list[list[Mention]], labels: Sequence[Label]
) -> list[list[Mention]]:
    """Return the mentions of each passage with those where a label stands for its formula.

    A label that is a mere number counts behind 'cluster' or 'compound' only.
    """
    if not labels:
        return found
    known = {label.name: label for label in reversed(labels)}
    pattern = _pattern(list(known))
    return [
        sorted([*mentions, *_uses(number, passage, mentions, known, pattern)], key=lambda m: m.at)
        if passage.kind != "reference"
        else mentions
        for number, (passage, mentions) in enumerate(zip(passages, found, strict=True))
    ]


def _pattern(names: list[str]) -> re.Pattern[str]:
    mixed = "|".join(re.escape(n) for n in names if not n.isdigit())
    plain = "|".join(n for n in names if n.isdigit())
    parts = [rf"(?<![\w.-])(?P<mixed>{mixed})(?![\w-])"] if mixed else []
    if plain:
        parts.append(rf"\b{_NOUN}\s+(?P<plain>{plain})(?![\w.,]\d|\w)")
    return re.compile("|".join(parts))


def _uses(
    number: int,
    passage: Passage,
    mentions: Sequence[Mention],
    known: dict[str, Label],
    pattern: re.Pattern[str],
) -> Iterator[Mention]:
    taken = [m.at for m in mentions]
    for match in pattern.finditer(passage.text):
        group = match.lastgroup or "mixed"
        start, end = match.span(group)
        label = known[match[group]]
        early = (number, start) <= (label.passage, label.place)
        if early or any(a <= start < b for a, b in taken):
            continue
        if passage.marked.levels[start] != BASE or _NO_USE.match(passage.text, end):
            continue
        begin, behind = passage.place(start, end)
        yield replace(
            label.mention,
            start=begin,
            end=behind,
            printed=match[group],
            passage=number,
            at=(start, end),
            full=label.mention.full or label.mention.normal,
            rule="label defined in the text",
        )
