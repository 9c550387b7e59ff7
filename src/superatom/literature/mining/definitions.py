"""What a paper says its short names mean: 'Cu8-1', 'hereafter Cu61', 'SR = ...', 'TBBT = ...'."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from superatom.composition.cluster import Cluster
from superatom.composition.parts import LigandPart
from superatom.literature.mining.mentions import Mention, frame
from superatom.literature.mining.text import Passage

__all__ = ["Definition", "find_definitions", "linked"]

_CALLED = (
    r"(?:here(?:in)?after|denoted|abbreviated|designated|labell?ed|named|termed|called|defined"
    r"|referred to|abbr\.?|short(?:ened)?|simplified|i\.e\.|namely|marked|written|noted)"
    r"(?:\s+(?:here(?:in)?after|as|by|to|is|are|it|the|simply|called|denoted))*"
)
_OPENING = re.compile(
    rf"\s*(?:nanoclusters?|clusters?|NCs?)?\s*,?\s*\(\s*(?:{_CALLED}\s*:?)?\s*"
    rf"|\s*(?:nanoclusters?|clusters?|NCs?)?\s*,?\s+{_CALLED}\s+"
)
_LIST = re.compile(r"[\s,;()]*(?:and|or|,)?[\s(]*(?:respectively)?")
_EQUAL = re.compile(
    r"(?<![\w=#])(?P<name>S?R|L\d?|X|M|SeR|[A-Z][A-Za-z0-9-]{1,9}|[pmo]-[A-Z]{2,5}|2-PET)"
    r"\s*(?:=|:|stands for|represents|denotes)\s*"
    r"(?P<meaning>[-\w#][^;()=]{0,80}?(?:\([^()]{0,30}\)[^;()=,]{0,40})*)(?=[;)]|,(?!\s?\d)(?<!\d,)|\.\s|\s+and\b|$)"
)
_CHEMICAL = re.compile(
    r"\d|yl|thio|phos|phen|SH$|ate$|ine$|ane$|ol$|acid|halogen|^[A-Z][a-z]?$|[A-Z]"
)
#: What does not make a formula whole: Cu57H20 is short for Cu57H20(PET)36(PPh3)4.
_BARE = frozenset({"hydride", "interstitial", "halide", "chalcogenide"})
_NEAR = 2500  # characters over which a short name may lean on a formula without being defined


@dataclass(frozen=True, slots=True)
class Definition:
    """A short name and its meaning.

    Attributes
    ----------
    name : str
        As printed.
    meaning : str
        Normal form of a cluster, or words for a ligand.
    kind : str
        'cluster' or 'ligand'.
    start, end : int
        Offsets in the document.
    rule : str
        What told it.
    """

    name: str
    meaning: str
    kind: str
    start: int
    end: int
    rule: str


def find_definitions(passage: Passage, mentions: list[Mention]) -> Iterator[Definition]:
    """Yield what a passage defines; `mentions` are those of the passage, in order."""
    yield from _of_clusters(passage, mentions)
    yield from _of_ligands(passage)


def _is_full(mention: Mention) -> bool:
    return any(
        isinstance(part, LigandPart) and part.ligand.kind not in _BARE
        for part, _ in mention.cluster.parts
    )


def _of_clusters(passage: Passage, mentions: list[Mention]) -> Iterator[Definition]:
    for index, mention in enumerate(mentions[1:], 1):
        before = mentions[index - 1]
        between = passage.text[before.at[1] : mention.at[0]]
        opened = _OPENING.fullmatch(between)
        if not opened and mention.printed.startswith("("):  # the bracket was read with the formula
            opened = _OPENING.fullmatch(between + "(")
        if not opened or _weight(mention) > _weight(before):
            continue
        shorts = _listed(passage, mentions, index)
        longs = mentions[max(0, index - len(shorts)) : index]
        if len(longs) == len(shorts) and _listed(passage, mentions, index - len(longs)) >= longs:
            pairs = list(zip(longs, shorts, strict=True))
        else:
            pairs = [(before, mention)]
        if all(frame(a.cluster) == frame(b.cluster) and a.normal != b.normal for a, b in pairs):
            for full, short in pairs:
                yield Definition(
                    short.normal,
                    full.normal,
                    "cluster",
                    short.start,
                    short.end,
                    "short name in brackets behind the formula",
                )


def _weight(mention: Mention) -> int:
    return len(mention.normal)


def _listed(passage: Passage, mentions: list[Mention], index: int) -> list[Mention]:
    """Return the mentions of a list that begins with number `index`."""
    found = [mentions[index]]
    for mention in mentions[index + 1 :]:
        between = passage.text[found[-1].at[1] : mention.at[0]]
        if not re.fullmatch(r"\s*,?\s*(?:and|or|&)?\s*", between):
            break
        found.append(mention)
    return found


def _of_ligands(passage: Passage) -> Iterator[Definition]:
    for match in _EQUAL.finditer(passage.text):
        meaning = match["meaning"].strip(" .,-")
        words = meaning.split()
        if not meaning or len(words) > 5 or not _CHEMICAL.search(meaning):
            continue
        if ":" in match[0] and not re.search(r"thiol|phos|yl|ate\b|acid|amine", meaning):
            continue
        if re.fullmatch(r"[\d.\s%-]+", meaning):
            continue
        start, end = passage.place(match.start(), match.end("meaning"))
        yield Definition(match["name"], meaning, "ligand", start, end, "name = meaning")


def linked(mentions: Iterable[Mention], definitions: Iterable[Definition]) -> list[Mention]:
    """Return the mentions, short names with the whole formula they stand for.

    A name the text defines means that everywhere; a bare core else leans on the formula
    with the same metals last printed near before it.
    """
    aliases: dict[str, str] = {}
    for definition in definitions:
        if definition.kind == "cluster":
            aliases.setdefault(definition.name, definition.meaning)
    near: dict[object, list[tuple[int, str]]] = {}
    found = []
    for mention in mentions:
        key = frame(mention.cluster)
        if mention.rule:  # a label
            found.append(mention)
            continue
        if mention.normal in aliases:
            mention = replace(mention, full=aliases[mention.normal], rule="defined in the text")
        elif _is_bare(mention):
            forms = {full for place, full in near.get(key, ()) if mention.start - place < _NEAR}
            if len(forms) == 1:
                mention = replace(mention, full=forms.pop(), rule="same metals just before")
        elif _is_full(mention) and isinstance(mention.cluster, Cluster):
            near.setdefault(key, []).append((mention.start, mention.full))
        found.append(mention)
    return found


def _is_bare(mention: Mention) -> bool:
    """Whether a mention tells metals only, without host, support or label."""
    cluster = mention.cluster
    told = cluster.host or cluster.support or cluster.isomer or cluster.charge is not None
    return isinstance(cluster, Cluster) and not told and not _is_full(mention)
