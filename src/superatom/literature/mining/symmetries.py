"""Symmetry, chirality, isomers, binding modes in words: 'C3v symmetry', 'racemic', 'μ3-H'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from superatom.literature.mining.bearers import Sentence
from superatom.literature.mining.mentions import frame
from superatom.literature.mining.structures import bearer_at
from superatom.literature.mining.synthesis import Step

__all__ = ["symmetries_in"]

_GROUP = (
    r"(?:(?:pseudo|approximate|idealized|quasi)[\s-]+)?(?:[CDS]_?\d{1,2}[vhd]?|C[sih]|[TOI][hd]?)"
)
_SYMMETRY = re.compile(
    rf"(?<![\w(-])(?P<group>{_GROUP})[\s-]+(?:point[\s-]group|symmetr\w+)"
    r"|(?:point group|symmetry)\s+(?:(?:of|is|was|as|approaching)\s+)+"
    rf"(?P<group2>{_GROUP})(?![\w-])"
)
_SPACE_GROUP = re.compile(
    r"\bspace group\s+(?:of\s+|is\s+)?(?P<group>[PIFCRA]\s?-?\d[\w/-]*|[PIFCRA]\d?[a-z]\w*(?:/\w)?)"
    r"|(?<![\w])(?P<group2>[PIFCRA]-?\d(?:[\w/]{0,6}))\s+space group"
)
_CHIRAL = (
    r"(?:intrinsically\s+|inherently\s+)?(?:chiral|achiral|homochiral)|racemic|mesomeric"
    r"|enantiopure"
)
_IS_CHIRAL = re.compile(rf"\b(?:is|are|was|were|being)\s+(?P<word>{_CHIRAL})\b(?!\s+\w+ligand)")
_CHIRAL_CLUSTER = re.compile(
    rf"\b(?P<word>{_CHIRAL})\s+(?:(?!ligand|thiol|isomer|induc|amine|alkyn|phosph|kernel|centre|center)[\w-]+\s+){{0,3}}"
    r"(?:nanoclusters?|clusters?|NCs?)\b"
)
_ONE = re.compile(r"\b(?:an?|the|this|these|both)\s+$")
_BEFORE = re.compile(
    rf"\b(?P<word>{_CHIRAL})\s+(?:and\s+[a-z]+\s+)?(?:nanoclusters?\s+|clusters?\s+)?$"
)
_ENANTIOMERS = re.compile(
    r"\b(?:a\s+)?(?P<word>(?:pair of\s+)?enantiomers)\b(?!\s+(?:of\s+the\s+ligand))"
)
_ISOMERS = re.compile(
    r"\b(?P<word>(?:quasi-?\s?)?(?:structural(?:ly)?\s+|stereo|conformational\s+|geometric(?:al)?\s+|linkage\s+)?"
    r"-?isomer(?:s|ic)|polymorphs)\b"
)
_MODE = re.compile(
    r"[μµ]\s?_?(?P<bridged>\d)\s?-?\s?(?:(?P<eta>η\s?\d(?:\s?[,:-]\s?η\s?\d)*)|-\s?(?P<donor>[HSPOCX]|Cl|Br|I|SR)(?![a-z]))"
)
_INSIDE = re.compile(r"\s*(?:species\s+|ligands?\s+|hydrides?\s+)?(?:in|of)\s+(?:[a-z-]+\s+){0,3}")
_SITE = re.compile(
    r"(?<![\w-])(?P<site>(?:Au|Ag|Cu|Pd|Pt|Cd|Hg|Ni)\d?(?:[SNPCO]\d?){1,3})(?![\w-])\s+(?:active\s+)?"
    r"(?:sites?|geometr\w+|coordination|moiet\w+|environment|motifs?)"
)


def symmetries_in(sentence: Sentence, before: list[Sentence]) -> Iterator[Step]:
    """Yield symmetry, chirality, isomerism and binding modes that a sentence tells."""
    yield from _groups(sentence, before)
    for name, pattern, rule in (
        ("symmetry", _SPACE_GROUP, "space group"),
        ("chirality", _IS_CHIRAL, "chirality in words"),
        ("chirality", _CHIRAL_CLUSTER, "chirality in words"),
        ("chirality", _ENANTIOMERS, "chirality in words"),
        ("coordination mode", _SITE, "atoms around a metal"),
    ):
        yield from _words(name, pattern, rule, sentence, before)
    yield from _attributes(sentence)
    yield from _modes(sentence, before)
    yield from _isomers(sentence, before)


def _groups(sentence: Sentence, before: list[Sentence]) -> Iterator[Step]:
    """Yield point groups; a list of them is shared out among a list of clusters."""
    found = list(_SYMMETRY.finditer(sentence.text))
    places = [(sentence.start + m.start(), sentence.start + m.end()) for m in found]
    for match, at, (mentions, told) in zip(
        found, places, bearer_at(places, sentence, before) if places else (), strict=True
    ):
        if mentions:
            value = " ".join((match["group"] or match["group2"]).split())
            yield Step("symmetry", "=", value, "", at, mentions, f"point group; {told}")


def _words(
    name: str, pattern: re.Pattern[str], rule: str, sentence: Sentence, before: list[Sentence]
) -> Iterator[Step]:
    for match in pattern.finditer(sentence.text):
        at = (sentence.start + match.start(), sentence.start + match.end())
        if name == "chirality" and pattern is _CHIRAL_CLUSTER:
            behind = [m for m in sentence.mentions if 0 <= m.at[0] - at[1] < 12]
            mentions, told = tuple(behind[:1]), "formula behind the words"
            if not behind and _ONE.search(sentence.between(at[0] - 14, at[0])):
                ((mentions, told),) = bearer_at([at], sentence, before)
        else:
            ((mentions, told),) = bearer_at([at], sentence, before)
        value = next(v for v in match.groups() if v)
        if mentions:
            yield Step(name, "=", " ".join(value.split()), "", at, mentions, f"{rule}; {told}")


def _attributes(sentence: Sentence) -> Iterator[Step]:
    """Yield 'chiral' and the like right before a formula."""
    for mention in sentence.mentions:
        match = _BEFORE.search(sentence.between(mention.at[0] - 60, mention.at[0]))
        if match:
            rule = "chirality in words; formula behind the words"
            yield Step("chirality", "=", match["word"], "", mention.at, (mention,), rule)


def _modes(sentence: Sentence, before: list[Sentence]) -> Iterator[Step]:
    seen: set[str] = set()
    for match in _MODE.finditer(sentence.text):
        told = re.sub(r"\s", "", match["eta"] or match["donor"])
        value = f"μ{match['bridged']}-{told}"
        at = (sentence.start + match.start(), sentence.start + match.end())
        ((mentions, rule),) = bearer_at([at], sentence, before)
        right = [m for m in sentence.mentions if m.at[0] >= at[1]]
        if right and _INSIDE.fullmatch(sentence.between(at[1], right[0].at[0])):
            mentions, rule = (right[0],), "property of the formula"
        general = "before" in rule and not any("(" in m.full for m in mentions)
        if mentions and value not in seen and not general:
            seen.add(value)
            yield Step("coordination mode", "=", value, "", at, mentions, f"binding mode; {rule}")


def _isomers(sentence: Sentence, before: list[Sentence]) -> Iterator[Step]:
    """Yield isomers and polymorphs, if clusters of the same metals are named, or one cluster."""
    for match in _ISOMERS.finditer(sentence.text):
        at = (sentence.start + match.start(), sentence.start + match.end())
        alike: dict[object, dict[str, int]] = {}
        for number, mention in enumerate(sentence.mentions):
            alike.setdefault(frame(mention.cluster), {}).setdefault(mention.full, number)
        several = [list(numbers.values()) for numbers in alike.values() if len(numbers) > 1]
        if several:
            alike_ones = [sentence.mentions[k] for k in several[0]]
            named = [m for m in alike_ones if getattr(m.cluster, "isomer", "")]
            mentions = tuple(named if len(named) > 1 else alike_ones)
        elif match["word"] == "polymorphs":
            ((mentions, _),) = bearer_at([at], sentence, before)
        else:
            continue
        if mentions:
            value = " ".join(match["word"].split()).replace("isomeric", "isomers")
            value = value.replace("structurally", "structural")
            yield Step("isomerism", "=", value, "", at, mentions, "clusters of the same metals")
        return
