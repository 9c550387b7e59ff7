"""Formulas in running text, each read to one cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from superatom.composition.cluster import Cluster
from superatom.composition.formula import parse_formulas
from superatom.composition.markup import SUB, SUP
from superatom.composition.parts import LigandPart, MetalPart
from superatom.composition.series import ClusterSeries
from superatom.errors import SuperatomError
from superatom.literature.mining.spans import ends_from, metal_places, starts_before
from superatom.literature.mining.spelling import spelled
from superatom.literature.mining.text import Passage

__all__ = ["Mention", "find_mentions", "frame"]

#: Ligand classes that make a complex of one or two metal atoms worth a mention.
_LIGANDS = frozenset(
    {
        "thiolate",
        "alkynyl",
        "phosphine",
        "dithiolate",
        "diphosphine",
        "generic",
        "carbene",
        "dithiocarbamate",
        "selenolate",
        "dithiophosphate",
        "amidinate",
        "pyrazolate",
        "tellurolate",
        "polyphosphine",
        "isocyanide",
    }
)
_NOBLE = frozenset({"Au", "Ag", "Cu", "Pt", "Pd", "M"})
_SMALLEST_CORE = 3
_SMALLEST_ALLOY = 5
_MOST_METALS = 3
_ION_IN_WORDS = re.compile(r"[A-Z][a-z]?\d[+-]")
_LABEL_WORD = re.compile(r"^(?:[a-z]{3,}|s|to|in|on|by|of|or|is|as|at)$")
_METAL_BEHIND = re.compile(r"(?:Au|Ag|Cu|Pt|Pd|Cd|Hg|Ni)(?![a-z])")
_NO_FORMULA = re.compile(r"\sN[CP]s?\b|\((?:0|I{1,3}|IV|V)\)")
_LOOSE_LABEL = re.compile(r"(?<=[\d>])\s+-\s?(?=\w{1,2}\)?$)|(?<=[\d>])-\s(?=\w{1,2}\)?$)")
_WORDS = re.compile(
    r"\b(?P<metal>Au|Ag|Cu|Pt|Pd)\s+(?:NCs?|nanoclusters?|clusters?)(?:@(?P<host>[A-Z]{2,5}))?\s+"
    r"(?:that (?:is|are)\s+|was\s+|were\s+)?(?:composed|consisting|comprised|made(?: up)?"
    r"|containing)\s+(?:of\s+)?(?P<count>\d{1,3})\s+(?:gold|silver|copper|platinum|palladium|Au|Ag|Cu|Pt|Pd|metal)"
    r"\s+atoms"
)
_GUESSED = "as printed"


@dataclass(frozen=True, slots=True)
class Mention:
    """A formula in the text.

    Attributes
    ----------
    start, end : int
        Offsets in the document.
    printed : str
        The formula without markup.
    cluster : Cluster or ClusterSeries
        What it says.
    passage : int
        Number of the passage.
    at : tuple[int, int]
        Place in the text of the passage.
    full : str
        Normal form of the whole formula this short name stands for; its own if none is known.
    rule : str
        How `full` was found.
    """

    start: int
    end: int
    printed: str
    cluster: Cluster | ClusterSeries
    passage: int
    at: tuple[int, int]
    full: str = ""
    rule: str = ""

    @property
    def normal(self) -> str:
        """Normal form of what is printed here."""
        return str(self.cluster)


def find_mentions(passage: Passage, number: int = 0) -> Iterator[Mention]:
    """Yield the formulas of a passage in order; none overlap."""
    done = 0
    told = {found[0]: found for found in _in_words(passage)}
    for place in metal_places(passage.text):
        if place < done or passage.marked.levels[place] == SUP:
            continue
        found = told.get(place) or _longest(passage, place, done)
        if found is None:
            continue
        start, end, clusters = found
        begin, behind = passage.place(start, end)
        for cluster in clusters:
            yield Mention(
                begin, behind, passage.text[start:end], cluster, number, (start, end), str(cluster)
            )
        done = end


def _in_words(passage: Passage) -> Iterator[tuple[int, int, tuple[Cluster | ClusterSeries, ...]]]:
    """Yield clusters whose size is told in words: 'Au NCs composed of 25 gold atoms'."""
    for match in _WORDS.finditer(passage.text):
        host = f"@{match['host']}" if match["host"] else ""
        if clusters := _read(f"{match['metal']}{match['count']}{host}"):
            yield match.start(), match.end(), clusters


def _longest(
    passage: Passage, place: int, least: int
) -> tuple[int, int, tuple[Cluster | ClusterSeries, ...]] | None:
    """Return the longest span around a metal that reads as one formula."""
    best = None
    for start in starts_before(passage, place, least):
        for end in ends_from(passage, start, place):
            if best is not None and end - start <= best[1] - best[0]:
                break
            if not _plausible(passage, start, end):
                continue
            clusters = _read(_LOOSE_LABEL.sub("-", spelled(passage.marked[start:end])))
            if clusters and _acceptable(clusters, passage, start, end):
                best = (start, end, clusters)
                break
    return best


def _plausible(passage: Passage, start: int, end: int) -> bool:
    """Whether a span looks whole: brackets nearly balanced, a count or a bracket in it."""
    text, levels = passage.text[start:end], passage.marked.levels[start:end]
    opened = sum(text.count(c) for c in "([")
    closed = sum(text.count(c) for c in ")]")
    if abs(opened - closed) > 1 or not re.search(r"[\dxyznm(\[]", text[1:]):
        return False
    if _NO_FORMULA.search(text) or levels[0] == SUP:
        return False
    cut = passage.text[end : end + 1].isdigit() and passage.marked.levels[end : end + 1] != SUP
    if cut and (text[-1].isalnum() or text[-1] in ")]"):
        return False
    if opened != closed and not _damaged(passage, start, end):
        return False
    if passage.text[end : end + 1] == "+" and text[-1].isdigit():
        return False
    if _METAL_BEHIND.match(passage.text, end) and text[-1] not in ")]":
        return False
    raised = passage.marked.levels[end : end + 1] == SUP
    if text[-1].isdigit() and levels[-1] == SUP and (raised or not _raised_end(text, levels)):
        return False
    before = passage.text[start - 1 : start] if start else ""
    if before.isalnum() and passage.marked.levels[start - 1] not in {SUB, SUP}:
        return False
    behind = passage.text[end : end + 1]
    return not (behind.isalpha() and text[-1].isalpha())


def _damaged(passage: Passage, start: int, end: int) -> bool:
    """Whether an unbalanced span is a formula whose bracket print has lost."""
    text = passage.text[start:end]
    if text[0] in "([" and text.count(text[0]) > text.count({"(": ")", "[": "]"}[text[0]]):
        behind = passage.text[end : end + 1]
        return text[0] == "[" and len(text) > 8 and behind in {"", " ", ",", ";", "\n"}
    return text[-1] not in ")]" or bool(re.search(r"[)\]]{2}$|\]$", text))


def _raised_end(text: str, levels: str) -> bool:
    """Whether digits raised at the end are a charge and no citation."""
    at = len(text)
    while at and levels[at - 1] == SUP:
        at -= 1
    raised = text[at:]
    return bool(re.fullmatch(r"\d{0,2}[+-]|[+-]\d{1,2}|0", raised)) or (
        text[at - 1] == "]" and len(raised) == 1
    )


@lru_cache(maxsize=16384)
def _read(text: str) -> tuple[Cluster | ClusterSeries, ...]:
    try:
        return parse_formulas(text)
    except SuperatomError:  # not a formula: most spans of running text are none
        return ()


def _acceptable(
    clusters: tuple[Cluster | ClusterSeries, ...], passage: Passage, start: int, end: int
) -> bool:
    """Whether what was read is a cluster and not something that only looks like one."""
    if len(clusters) > 1 and len({frame(c) for c in clusters}) > 1:
        return False
    text = passage.text[start:end]
    if re.search(r"[A-Za-z]\s+[a-z]{2,}|\s[A-Z][a-z]{3,}", text) and "(" not in text:
        return False
    return all(_is_cluster(c, text, passage.marked.levels[start:end]) for c in clusters)


def _is_cluster(cluster: Cluster | ClusterSeries, text: str, levels: str) -> bool:
    metals = {p.name: n for p, n in cluster.parts if isinstance(p, MetalPart)}
    ligands = [p for p, _ in cluster.parts if isinstance(p, LigandPart)]
    if not metals or _LABEL_WORD.match(cluster.isomer) or _guessed(ligands, text):
        return False
    counts = list(metals.values())
    symbols = {s for name in metals for s in name.split("+")}
    numbers = [n for n in counts if isinstance(n, int | float)]
    total = sum(numbers) if len(numbers) == len(counts) else None
    bound = any(p.ligand.kind in _LIGANDS for p in ligands)
    if _ION_IN_WORDS.fullmatch(text) and "1" not in set(levels):
        return False
    if len(symbols) > _MOST_METALS and not ligands:
        return False
    if cluster.companions and not cluster.bracketed and not re.search(r"[·.)\]]", text):
        return False
    if bound and symbols & _NOBLE:
        return total is None or (total >= 1 and not _is_word(text))
    if not symbols & _NOBLE:
        return bound and (total is None or total >= _SMALLEST_CORE)
    if total is None:
        return len(text) > 2
    if symbols == {"M"} and not ligands:
        return total >= _SMALLEST_ALLOY
    least = _SMALLEST_CORE if len(symbols) == 1 or ligands else _SMALLEST_ALLOY
    return total >= least


def _is_word(text: str) -> bool:
    return not any(char.isdigit() or char in "([" for char in text)


def _guessed(ligands: list[LigandPart], text: str) -> bool:
    """Whether a ligand was made up from letters that no bracket holds together."""
    close = text.replace(" ", "")
    return any(
        p.ligand.source == _GUESSED and f"({p.name.replace(' ', '')})" not in close for p in ligands
    )


def frame(cluster: Cluster | ClusterSeries) -> tuple[tuple[str, str], ...]:
    """Return metals and counts, what a short name tells."""
    totals: dict[str, list[str]] = {}
    for part, count in cluster.parts:
        if isinstance(part, MetalPart):
            totals.setdefault(part.name, []).append(str(count))
    return tuple(sorted((name, "+".join(sorted(counts))) for name, counts in totals.items()))
