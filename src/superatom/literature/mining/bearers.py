"""Which cluster a number belongs to: lists with 'respectively', brackets, the subject before."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from superatom.literature.mining.mentions import Mention
from superatom.literature.mining.phrases import Phrase
from superatom.literature.mining.quantities import Quantity

__all__ = [
    "Bearer",
    "Sentence",
    "find_bearers",
    "listed_with",
    "sentence_of",
    "turns_to_others",
]

_THAN = re.compile(
    r"\b(?:than|compared (?:to|with)|in comparison (?:to|with)|relative to|versus|vs\.?"
    r"|over that of|superior to|as opposed to|in contrast to|unlike|instead of|rather than"
    r"|similar to|from)\b[^,;.]*$"
)
_OF = re.compile(
    r"\s*(?:values?|gaps?)?\s*(?:of|for|over|on|by|with|in|from|using|at)\s+(?:the\s+)?"
    r"(?:[\w-]+\s+){0,3}$"
)
_NOTHING = re.compile(
    r"\s*(?:NCs?|nanoclusters?|clusters?|catalysts?|\d{1,3})?\s*[:(]\s*[~<>≈]?\s*$"
)
_NOUN = r"(?:\s*(?:NCs?|nanoclusters?|clusters?|catalysts?|samples?))?"
_JOIN = re.compile(rf"{_NOUN}\s*(?:,|and|or|&|,\s*and|/|vs\.?){_NOUN}\s*(?:the\s+)?")
_COMPARED = re.compile(
    r"\b(?:compared (?:to|with)|unlike|relative to|than)\b[^,;]*$"
    r"|^\W*(?:compared (?:to|with)|unlike|in contrast to|relative to)\b[^,;]*,[^,;]*$",
    re.I,
)
#: Words between a formula and 'core' that say it is not the core's: 'Ag25 has an icosahedral core'.
_NO_ADJECTIVE = (
    r"(?:(?:nano)?clusters?|NCs?|and|or|with|in|has|have|had|is|are|was|were|an?|the|its|of|that"
    r"|which|shows?|exhibits?|features?|possess\w*|forms?|contains?|via|from|to|by|on|as|at|for)"
)
#: What makes a formula that of a part: 'Au13 kernel', 'Ag3(SR)4 motifs', 'M13 (M = Au) core'.
_PART = re.compile(
    rf"(?:[PNO]\d{{1,2}})?\s*(?:\([^()]{{0,30}}\)\s*)?(?:(?!{_NO_ADJECTIVE}\b)[a-z-]+\s+){{0,2}}"
    r"(?:metal\s+|metallic\s+)?(?:core(?![\s-]*shell|\s+sizes?)|kernel|shell|motif|staple|skeleton|framework|cage|unit"
    r"|layer|octahedr|tetrahedr|icosahedr|squares?\b|moiet|fragment|ring\b|building block|cap\b)"
)
#: 'Compared to A, B shows': B is no second thing of a list.
_AGAINST = re.compile(
    r"(?:^|[,;]\s)\W*(?:as )?(?:compared (?:to|with)|in (?:contrast|comparison) (?:to|with)|unlike"
    r"|relative to|different from|similar to)\b[^;]{0,80}$",
    re.I,
)
_BESIDE = re.compile(
    r"\b(?:than|in contrast to|compared (?:to|with)|unlike|as opposed to|relative to"
    r"|different from)\b"
    r"[^;.]*$"
)
_UNNAMED = re.compile(
    r"(?P<lead>\b(?:the|these|this|as-\w+|both|such|our|that|its)\s+(?:[\w-]+\s+){0,4})?"
    r"\b(?:(?:Au|Ag|Cu|Pt|Pd|Ni|Fe)[\w-]*(?:\s(?:and|or)\s[A-Z][a-z])?|protected|gold|silver|copper|metal)\s?-?\s*(?:\w+\s+)?"
    r"(?:NCs?|nanoclusters?|NPs?|nanoparticles?)\b"
)
#: A property of clusters at large: 'when the size of NCs is less than 3 nm'.
_KIND = re.compile(
    r"\s+(?:of\s+)?(?:metal\s+|noble metal\s+)*(?:NCs|nanoclusters|clusters|nanoparticles|NPs"
    r"|particles)\b"
)
_PLURAL = re.compile(r"\b(?:these|both|the (?:two|three|four|five)|all (?:of )?the)\b", re.I)
_SEVERAL = re.compile(r"\b(?:were|are|have|they|their|show|exhibit|display)\b")
_REFERENCE = re.compile(
    r"\b(?:commercial|Pt/C|bulk|nanoparticles?|NPs|RuO2|IrO2|bare|pristine|control|blank|-free"
    r"|state-of-the-art|benchmark|conventional|without|absence|theoretical|thermodynamic)\b"
)
#: A compound named right before a number in brackets: 'better than that of CoSe2 (0.52 V)'.
_MATERIAL = re.compile(
    r"(?<![\w-])(?P<name>(?:[A-Z][a-z]?\d{0,2}){2,6}(?:/[A-Z][A-Za-z]*\d?)?|Pt/C|Pd/C)\s*\(\s*[~≈]?\s*$"
)
_PRONOUN = re.compile(r"\W*(?:It|Its|This|They|Their|These)\b")
#: A sentence that turns aside; the next goes on about what was spoken of before.
_ASIDE = re.compile(r"\W*(?:By|In|For)\s+(?:sharp\s+|stark\s+)?(?:comparison|contrast|reference)\b")
_NEW_WORK = re.compile(r"\bet al\b|'s group|\bgroup\b|co-?workers|colleagues")
_BACK = 4  # sentences one looks back for what is spoken of


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence with what was found in it; places are in the passage.

    Attributes
    ----------
    start, end : int
        Place in the passage.
    text : str
        Its words.
    mentions : tuple[Mention, ...]
        Clusters named in it.
    parts : tuple[Mention, ...]
        Formulas of kernels, shells and motifs, which are no clusters of their own.
    """

    start: int
    end: int
    text: str
    mentions: tuple[Mention, ...]
    parts: tuple[Mention, ...] = ()

    @property
    def taken(self) -> list[tuple[int, int]]:
        """Places of formulas, whose digits are no numbers."""
        return [m.at for m in (*self.mentions, *self.parts)]

    def between(self, start: int, end: int) -> str:
        """Return the text between two places of the passage."""
        return self.text[max(0, start - self.start) : max(0, end - self.start)]


def sentence_of(start: int, end: int, text: str, mentions: Sequence[Mention]) -> Sentence:
    """Return a sentence of a passage, formulas of clusters told from those of their parts."""
    inside = [m for m in mentions if start <= m.at[0] < end]
    parts = [m for m in inside if _PART.match(text, m.at[1], end)]
    wholes = [m for m in inside if m not in parts]
    return Sentence(start, end, text[start:end], tuple(wholes), tuple(parts))


@dataclass(frozen=True, slots=True)
class Bearer:
    """The clusters a quantity belongs to and how that was told.

    Attributes
    ----------
    mentions : tuple[Mention, ...]
        Empty if it is not known.
    rule : str
        What told it.
    name : str
        Clusters that have no formula in the text ('Au NCs').
    """

    mentions: tuple[Mention, ...]
    rule: str
    name: str = ""


def find_bearers(
    group: list[Quantity], phrase: Phrase | None, sentence: Sentence, before: list[Sentence]
) -> list[Bearer]:
    """Return the bearer of each quantity of a list; bearers without mentions are unknown."""
    if len(group) > 1 and (told := _respectively(group, sentence)):
        return told
    found = _direct(group[0], phrase, sentence)  # a list belongs together
    if not found.mentions and found.rule != "reference material":
        found = _earlier(group[0], sentence, before)
    return [found] * len(group)


def _respectively(group: list[Quantity], sentence: Sentence) -> list[Bearer]:
    """Match '1.67 and 0.73 V for A and B, respectively', in either order."""
    lists = [m for m in _lists(sentence) if len(m) == len(group)]
    if len(group) == 2 and "vs" in sentence.between(group[0].at[1], group[1].at[0]):
        lists += [m for m in [[*_distinct(sentence, group[0].at[0])][-2:]] if len(m) == 2]
    lists = [m for m in lists if _beside(m, group, sentence)]
    if not lists:
        return []
    told = "respectively" in sentence.text
    first, last = group[0].at[0], group[-1].at[1]

    def distance(mentions: list[Mention]) -> int:
        return min(abs(first - mentions[-1].at[1]), abs(mentions[0].at[0] - last))

    nearest = min(lists, key=distance)
    if not told and distance(nearest) > 25:
        return []
    return [Bearer((mention,), "respectively") for mention in nearest]


def _distinct(sentence: Sentence, end: int) -> list[Mention]:
    """Return the mentions before a place, each cluster once."""
    return list({m.full: m for m in sentence.mentions if m.at[1] <= end}.values())


def _beside(mentions: list[Mention], group: list[Quantity], sentence: Sentence) -> bool:
    """Whether no other formula stands between a list of formulas and a list of numbers."""
    start, end = mentions[-1].at[1], group[0].at[0]
    if mentions[0].at[0] >= group[-1].at[1]:
        start, end = group[-1].at[1], mentions[0].at[0]
    return not any(start <= m.at[0] < end for m in sentence.mentions)


def _lists(sentence: Sentence) -> list[list[Mention]]:
    """Return the mentions that stand in lists ('A, B and C')."""
    lists: list[list[Mention]] = []
    ended = False  # by the 'and' before its last member
    for mention in sentence.mentions:
        last = lists[-1][-1] if lists else None
        if last is not None and last.at == mention.at:
            continue
        between = sentence.between(last.at[1], mention.at[0]) if last is not None else ""
        joined = last is not None and _JOIN.fullmatch(between)
        final = bool(re.search(r"\b(?:and|or)\b|&", between))
        against = between.strip() == "," and _set_against(lists[-1][0], sentence)
        if joined and not against and not (ended and final):
            lists[-1].append(mention)
            ended = final
        else:
            lists.append([mention])
            ended = False
    return [one for one in lists if len(one) > 2 or (len(one) == 2 and _paired(one, sentence))]


def _paired(two: list[Mention], sentence: Sentence) -> bool:
    """Whether more than a comma joins two mentions, which alone begins another thing."""
    return not sentence.between(two[0].at[1], two[1].at[0]).strip().endswith(",")


def _set_against(mention: Mention, sentence: Sentence) -> bool:
    """Whether a mention is what the clause behind its comma is compared with."""
    return bool(_AGAINST.search(sentence.between(sentence.start, mention.at[0])))


def _direct(quantity: Quantity, phrase: Phrase | None, sentence: Sentence) -> Bearer:
    """Return the cluster named beside the number in the same sentence."""
    start, end = quantity.at
    left = [m for m in sentence.mentions if m.at[1] <= start]
    right = [m for m in sentence.mentions if m.at[0] >= end]
    if left and _NOTHING.fullmatch(sentence.between(left[-1].at[1], start)):
        return Bearer((left[-1],), "in brackets behind the formula")
    if (
        right
        and right[0].printed.endswith(")")
        and not sentence.between(end, right[0].at[0]).strip()
    ):
        if right[0].printed.startswith("("):
            return Bearer((right[0],), "in brackets behind the number")
    elif right and re.fullmatch(r"\s*\(\s*(?:for\s+)?", sentence.between(end, right[0].at[0])):
        return Bearer((right[0],), "in brackets behind the number")
    clause = sentence.between(max(sentence.start, start - 70), start)
    compared = re.search(
        r"\b(?:than|compared (?:to|with))\b(?:(?!\bwhile\b|\bwhereas\b|;).)*$", clause
    )
    if compared:
        named = [m for m in left if m.at[0] >= start - len(clause) + compared.start()]
        if named:
            return Bearer((named[-1],), "compared with")
        if _REFERENCE.search(compared[0]) or "(" in compared[0] or "the " in compared[0]:
            material = _MATERIAL.search(compared[0])
            return Bearer((), "reference material", material["name"] if material else "")
    lead = sentence.between(max(sentence.start, start - 30), start)
    if _REFERENCE.search(lead) and not re.search(r"\bby\s+\S{0,6}\s?$", lead):
        return Bearer((), "reference material")
    if phrase is not None and _KIND.match(sentence.between(phrase.end, phrase.end + 60)):
        return Bearer((), "reference material")
    if phrase is not None:
        told = [
            m
            for m in sentence.mentions
            if m.at[0] >= phrase.end
            and _OF.fullmatch(sentence.between(phrase.end, m.at[0]))
            and (m.at[1] <= start or phrase.start >= end)
        ]
        if told and not _gone_on(told[0], left, sentence):
            return Bearer(listed_with(told[0], sentence), "property of the formula")
    if right and re.fullmatch(
        r"\s*(?:[,)]\s*)?(?:for|over|on|of|by|with|from)\s+(?:the\s+)?(?:[\w-]+\s){0,2}",
        sentence.between(end, right[0].at[0]),
    ):
        return Bearer(listed_with(right[0], sentence), "formula behind the number")
    subject = _subject(left, sentence)
    if subject is not None:
        return Bearer(listed_with(subject, sentence), "subject of the sentence")
    return Bearer((), "")


def _gone_on(told: Mention, left: list[Mention], sentence: Sentence) -> bool:
    """Whether, behind a cluster and its number, a clause on another cluster has begun."""
    if not left or left[-1].at[0] <= told.at[0] or left[-1].full == told.full:
        return False
    return bool(
        re.search(
            r"\d.*\b(?:whereas|while|but|and)\b", sentence.between(told.at[1], left[-1].at[0])
        )
    )


def _subject(left: list[Mention], sentence: Sentence) -> Mention | None:
    """Return the mention nearest on the left that is not there for comparison."""
    for mention in reversed(left):
        if not _THAN.search(sentence.between(sentence.start, mention.at[0])):
            return mention
    return None


def listed_with(mention: Mention, sentence: Sentence) -> tuple[Mention, ...]:
    """Return the whole list a mention stands in: what is said of it holds for all."""
    for one in _lists(sentence):
        if mention in one:
            return tuple(one)
    return (mention,)


def _earlier(quantity: Quantity, sentence: Sentence, before: list[Sentence]) -> Bearer:
    """Return what was spoken of in the sentences before."""
    named = {m.full for m in sentence.mentions}
    if len(named) == 1 and not _is_standard(sentence.mentions[0], sentence):
        return Bearer((sentence.mentions[0],), "the one cluster of the sentence")
    said = sentence.between(sentence.start, quantity.at[0])
    if (others := _others(said, sentence.start, ())) is not None:
        return Bearer((), "clusters without a formula", others)
    words = re.findall(r"\b(latter|former)\b", said) or re.findall(
        r"\bthe (latter|former)\b", sentence.between(quantity.at[1], quantity.at[1] + 50)
    )
    its = _PRONOUN.match(sentence.text)
    for earlier in reversed(before[-_BACK:]):
        if earlier.mentions and not its and _ASIDE.match(earlier.text):
            continue
        if earlier.mentions:
            return _subject_of(
                earlier,
                words[-1] if words else "",
                plural=bool(_PLURAL.search(said)),
                several=bool(_SEVERAL.search(sentence.text)),
            )
        others = _others(earlier.text, earlier.start, ())
        if others is not None:
            return Bearer((), "clusters without a formula, a sentence before", others)
        if turns_to_others(earlier):
            break
    return Bearer((), "")


def _is_standard(mention: Mention, sentence: Sentence) -> bool:
    """Whether a cluster is there for comparison: 'than that of A', 'in contrast to A'."""
    return bool(_BESIDE.search(sentence.between(mention.at[0] - 90, mention.at[0])))


def turns_to_others(sentence: Sentence) -> bool:
    """Whether a sentence without a formula speaks of other clusters or of another work."""
    if sentence.mentions:
        return False
    told = _others(sentence.text, sentence.start, ()) is not None
    return told or _NEW_WORK.search(sentence.text) is not None


def _others(text: str, start: int, mentions: tuple[Mention, ...]) -> str | None:
    """Return the clusters or particles spoken of for which no formula is given.

    '' if they have no name of their own, None if none are spoken of.
    """
    for match in _UNNAMED.finditer(text):
        inside = any(m.at[0] <= start + match.start() < m.at[1] for m in mentions)
        other = re.search(r"\bother\s+$", text[: match.start()])
        if not match["lead"] and not inside and not other:
            named = re.match(r"[A-Z]", match[0]) and re.search(r"NCs?\b|clusters?\b", match[0])
            return " ".join(match[0].split()) if named else ""
    return None


def _subject_of(earlier: Sentence, word: str, *, plural: bool, several: bool = False) -> Bearer:
    mentions = [*{m.full: m for m in earlier.mentions}.values()]
    if word and len(mentions) > 1:
        return Bearer((mentions[-1 if word == "latter" else 0],), f"the {word}")
    defined = [m for m in mentions if m.printed.startswith("(") and m.rule == "defined in the text"]
    if len(defined) == 1 and not plural:
        return Bearer((defined[0],), "given a short name in a sentence before")
    bare = [m for m in mentions if not _THAN.search(earlier.between(earlier.start, m.at[0]))]
    if len(bare) == 1:
        return Bearer((bare[0],), "the one cluster of a sentence before")
    if bare and not plural and _contrasted(bare, earlier) and not several:
        return Bearer((), "")
    if bare and (plural or _contrasted(bare, earlier)):
        return Bearer(tuple(bare), "the clusters of a sentence before")
    if bare:
        return Bearer(listed_with(bare[0], earlier), "subject of a sentence before")
    return Bearer((), "")


def _contrasted(mentions: list[Mention], earlier: Sentence) -> bool:
    """Whether clauses of one sentence speak of one cluster each: 'A has ..., while B shows'."""
    between = earlier.between(mentions[0].at[1], mentions[-1].at[0])
    return bool(re.search(r"\b(?:while|whereas)\b", between))
