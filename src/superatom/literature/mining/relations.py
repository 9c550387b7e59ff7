"""What a sentence says in words: the precursor a cluster is made from, the ligand it carries."""

from __future__ import annotations

import re
from collections.abc import Iterator

from superatom.composition.parts import LigandPart
from superatom.literature.mining.bearers import Sentence
from superatom.literature.mining.definitions import Definition
from superatom.literature.mining.mentions import Mention
from superatom.literature.mining.synthesis import Step
from superatom.literature.mining.text import Passage

__all__ = ["ligands_of", "precursors_in"]

_FROM = re.compile(
    r"(?P<noun>\s*(?:NCs?|nanoclusters?|clusters?)?)\s*"
    r"(?:\([^()]{0,60}\)\s*)?(?:(?:was|were|is|are|can be|could be)\s+)?"
    r"(?:prepared|obtained|synthesi[sz]ed|produced|made|formed|derived|converted|transformed|grown)?"
    r"\s*(?:directly\s+)?(?:starting\s+)?from\s+(?:the\s+|pure\s+|parent\s+|precursor\s+|an?\s+"
    r"|as-prepared\s+)*"
)
_INTO = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:NCs?|nanoclusters?|clusters?)?\s*(?:(?:can|could|was|were|is|are|be|also|to"
    r"|will|then|subsequently|fully|completely|directly|ultimately|further)\s+)*"
    r"(?:transform|convert|turn|evolve)(?:ed|s|ing)?\s+(?:back\s+)?(?:in)?to\s+"
    r"(?:(?!(?:and|by|with)\s+(?:by|the)\b)[a-z-]+\s+){0,5}"
)
_UNDERGOES = re.compile(
    r"\s*(?:NCs?|nano(?:clusters?|molecules?)|clusters?)?\s*(?:[a-z-]+\s+){0,4}?undergo(?:es)?\s+"
    r"(?:[a-z-]+\s+){0,3}(?:conversion|transformation)\s+(?:in)?to\s+(?:[a-z-]+\s+){0,3}"
)
_MAKING = re.compile(
    r"\b(?:prepar|synthes|obtain|produc|convert|transform|grow|deriv|generat|made|fabricat|form)",
    re.I,
)


def precursors_in(sentence: Sentence) -> Iterator[Step]:
    """Yield 'X prepared from Y' and 'Y transformed into X', Y being a cluster."""
    for one, two in zip(sentence.mentions, sentence.mentions[1:], strict=False):
        between = sentence.between(one.at[1], two.at[0])
        if one.full == two.full:
            continue
        if _FROM.fullmatch(between) and _MAKING.search(sentence.between(sentence.start, two.at[0])):
            yield _step(one, two, "made from")
        elif _INTO.fullmatch(between) or _UNDERGOES.fullmatch(between):
            yield _step(two, one, "transformed into")


def _step(product: Mention, precursor: Mention, rule: str) -> Step:
    return Step("precursor", "=", precursor.normal, "", precursor.at, (product,), rule)


def ligands_of(
    passage: Passage, mentions: list[Mention], definitions: list[Definition]
) -> Iterator[Step]:
    """Yield the ligand that 'SR = ...' gives to the formula before it."""
    for definition in definitions:
        if definition.kind != "ligand":
            continue
        before = [m for m in mentions if m.end <= definition.start or m.start < definition.start]
        if not before or definition.start - before[-1].end > 60:
            continue
        mention = before[-1]
        names = {p.name for p, _ in mention.cluster.parts if isinstance(p, LigandPart)}
        trivial = definition.meaning.lower() in {
            "thiolate",
            "thiol",
            "alkyl",
            "ligand",
            "phosphine",
        }
        if definition.name in names - {"X", "M"} and not trivial:
            meaning = re.sub(r"(?<=\d)\s+(?=-)|(?<=-)\s+", "", definition.meaning)
            at = _place(passage, definition)
            yield Step("ligand", "=", meaning, "", at, (mention,), "name = meaning")


def _place(passage: Passage, definition: Definition) -> tuple[int, int]:
    columns = passage.marked.columns
    start = next(k for k, column in enumerate(columns) if column >= definition.start)
    end = next((k for k, c in enumerate(columns) if c >= definition.end), len(columns))
    return start, max(end, start + 1)
