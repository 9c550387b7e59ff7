"""Kernels, shells and motifs told in words: 'an icosahedral Au13 core', '3 Ag3(SR)4 motifs'."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from superatom.composition.parts import LigandPart
from superatom.literature.mining.bearers import Sentence, find_bearers
from superatom.literature.mining.mentions import Mention, frame
from superatom.literature.mining.quantities import NUMERALS, Quantity
from superatom.literature.mining.synthesis import Step

__all__ = ["bearer_at", "structures_in"]

#: Polyhedra and packings; print from PDF may lack 'fi' and 'ff'.
_SHAPE = (
    r"(?:(?:bi|tri|di|anti|rhombi|deca|mono|bi-|tri-|di-|anti-|pseudo-?)?"
    r"(?:icosahedr|cub(?:o|e)?octahedr|octahedr|tetrahedr|decahedr|dodecahedr|rhombohedr|prism)(?:on|a|al|ons|s|atic)?"
    r"|(?:truncated\s)?(?:di-?)?cub(?:e|ic)(?:-shaped)?|(?:bi)?pyramid(?:al|s)?|face-centered[\s-]cubic|body-centered[\s-]cubic"
    r"|hexagonal close[\s-]packed|fcc|FCC|hcp|HCP|bcc|BCC|rod-?like|cage-?like|helical|helix"
    r"|bowl-shaped|squares?"
    r"|butterfly(?:-(?:shaped|like))?)"
)
_MODIFIER = (
    r"(?:slightly|highly|distorted|twisted|perfect|regular|cent(?:e)?red|hollow|capped|\w*capped|truncated"
    r"|elongated|face-fused|face-sharing|vertex-sharing|vertex-fused|interpenetrat\w+|fused|concentric|pentagonal"
    r"|hexagonal|triangular|square|trigonal|tricapped|bicapped|double|triple-stranded|stranded|gyrobifastigium"
    r"|two|three|four|five|six|incomplete|defective|open|closed|nested|planar|linear|empty|central|inner|outer|hemispherical)"
)
_HEAD = re.compile(
    r"(?<![A-Za-z-])(?:cores?|kernels?)\b(?!\s*[-–]\s*shell|\s+(?:size|diameter|of\s+the\s+review))"
)
_PHRASE_BEGINS = re.compile(
    r"(?:\b(?:an?|the|its|their|this|same|of|with|by|has|have|had|and|in|that|into|from|as|both|one|similar|identical)\s+"
    r"|[,;:(]\s*)(?=[^,;:]*$)"
)
_WORD = re.compile(
    rf"(?<![A-Za-z])(?:(?:Au|Ag|Cu|Pd|Pt)(?=\s+{_SHAPE})|{_SHAPE}|{_MODIFIER})(?![A-Za-z])", re.I
)
_IS_SHAPE = re.compile(_SHAPE)
_FORMS = re.compile(
    r"\b(?:forms?|formed|forming|adopts?|adopting|possess(?:es|ing)?|exhibits?|shows?|displays?|features?|has|have"
    r"|(?:viewed|regarded|described|seen)\s+as|comprised?\s+of|comprises?|consists?\s+of|contains?|arranged\s+(?:in|as|into)|composed\s+of|built\s+(?:from|of|up\s+of)"
    r"|(?:that|which)\s+is\s+with)\s+"
    r"(?:having\s+)?(?:an?\s+|the\s+)?(?:\d+\s+)?(?:(?:identical|similar|same|almost|nearly|typical|orderly|of)\s+)*"
    rf"(?P<shape>(?:(?:{_MODIFIER}|\d+|(?:Au|Ag|Cu|Pt|Pd)\d*)\s+)*{_SHAPE})(?![A-Za-z])"
    r"(?:\s*\(\w{2,3}\))?(?:\s+(?P<noun>structure|configuration|confguration|geometry|arrangement|skeleton"
    r"|framework|packing|units?|core|kernel)\w*)?"
)
#: Shapes of what is no cluster: ligands, faces, sites, molecules of a crystal.
_NO_CLUSTER = re.compile(
    r"\b(?:ligands?|molecules?|site|unit cell|crystal|lattice|anion|solvent|complex)\b"
    r"[^,;.]{0,40}$",
    re.I,
)
_SHELL = re.compile(
    r"(?P<tail>(?:[PNO]\d{1,2})?)\s*(?:\([^()]{0,30}\)\s*)?(?:(?:(?!and\b|or\b|in\b|of\b|with\b)[a-z–-]+\s+){0,2})shell\b"
)
_OF_WHAT = re.compile(
    r"(?:[^,;.]{0,20}?\b(?:shells?|cores?|kernels?|motifs?))?\s+(?:of|in)\s+(?:[a-z-]+\s+){0,3}$"
)
_REPLACED = re.compile(r"\breplac\w+\b[^.;]{0,80}\b(?:with|by)\s+(?:an?\s+|the\s+)?$")
_CONCENTRIC = re.compile(r"shell|layer|concentric|configur|architect|arrang", re.I)
_MOTIF = re.compile(r"\s*(?:\([^()]{0,30}\)\s*)?(?:[a-z-]+\s+){0,2}?(?:motifs?|staples?)\b")
_COUNT = re.compile(rf"(?<![\w.])(?P<count>\d{{1,2}}|{'|'.join(NUMERALS)})\s+(?:\w+\s+)?$", re.I)
_CHAIN = re.compile(
    r"(?<![\w-])-?(?P<chain>(?:[A-Z][a-z]?R?\d?(?:\([ivIV]+\))?\s?-\s?){1,6}[A-Z][a-z]?R?\d?(?:\([ivIV]+\))?)-?\s+"
    r"(?:staples?|motifs?)\b"
)
_NAMED = re.compile(
    rf"\b(?P<name>(?:(?:\d{{1,2}}|{'|'.join(NUMERALS)})\s+)?(?:mono|di|tri|tetra|penta)mer(?:ic)?)\s+"
    r"(?=(?:and\s+(?:\w+\s+)?\w+mer(?:ic)?\s+)?(?:\S*-\S*\s+|[A-Z]\S*\s+)?(?:staples?|motifs?)\b"
    r"|(?:and\s+(?:\w+\s+)?\w+mer(?:ic)?\s+)?units?\b)"
)
_PROTECTED = re.compile(r"protect|staple|motif|capp|shell", re.I)
_OF_ANOTHER = re.compile(
    r"\s*(?:NCs?|nanoclusters?|clusters?)?\s*"
    r"(?:is|are|(?:can|could|may) be (?:regarded|viewed|seen) as)\s+"
    r"(?:a|an|the)\s+(?P<name>(?:di|tri|tetra|oligo|poly)mer)(?:ic form)?\s+of\s+(?:the\s+)?"
)


def bearer_at(
    places: Sequence[tuple[int, int]], sentence: Sentence, before: list[Sentence]
) -> list[tuple[tuple[Mention, ...], str]]:
    """Return the clusters that words at some places are about, and what told it."""
    group = [Quantity(at, "", "", "=", 0, index, len(places)) for index, at in enumerate(places)]
    return [(b.mentions, b.rule) for b in find_bearers(group, None, sentence, before)]


def structures_in(sentence: Sentence, before: list[Sentence]) -> Iterator[Step]:
    """Yield kernel, shells, motifs and structure that a sentence tells in words."""
    for name, value, at, rule in (
        *_kernels(sentence),
        *_shapes(sentence),
        *_shells(sentence),
        *_motifs(sentence),
    ):
        mentions, told = _whole(at, sentence, before)
        if mentions and _fits(name, at, mentions, sentence):
            yield Step(name, "=", value, "", at, mentions, f"{rule}; {told}")
    yield from _relations(sentence)


def _whole(
    at: tuple[int, int], sentence: Sentence, before: list[Sentence]
) -> tuple[tuple[Mention, ...], str]:
    """Return the cluster a part belongs to: that behind 'of', or the one spoken of."""
    behind = [m for m in sentence.mentions if m.at[0] >= at[1]]
    if behind and _OF_WHAT.fullmatch(sentence.between(at[1], behind[0].at[0])):
        return (behind[0],), "property of the formula"
    if _REPLACED.search(sentence.between(sentence.start, at[0])):
        return (), ""  # 'by replacing its shell with another one': of the product, not of this
    return bearer_at([at], sentence, before)[0]


def _fits(name: str, at: tuple[int, int], mentions: Sequence[Mention], sentence: Sentence) -> bool:
    """Whether kernels and shells have no other metals and no more atoms than the cluster."""
    inside = [p for p in sentence.parts if at[0] <= p.at[0] < at[1]]
    if name not in {"kernel", "shells"} or not inside:
        return True
    part = inside[-1]
    return all(
        (not _metals(m) or _metals(part) <= _metals(m)) and _holds(m, part) for m in mentions
    )


def _metals(mention: Mention) -> set[str]:
    symbols = {s for name, _ in frame(mention.cluster) for s in name.split("+")}
    return set() if "M" in symbols else symbols  # M is any metal


def _holds(whole: Mention, part: Mention) -> bool:
    most, inner = _atoms(whole), _atoms(part)
    return not (most and inner) or inner <= most


def _atoms(mention: Mention) -> float:
    """Return the number of metal atoms; 0 if it is not told."""
    counts = [c for _, text in frame(mention.cluster) for c in text.split("+")]
    return sum(map(int, counts)) if all(c.isdigit() for c in counts) else 0


_Found = tuple[str, str, tuple[int, int], str]


def _kernels(sentence: Sentence) -> Iterator[_Found]:
    """Yield what stands before 'core' or 'kernel': its shape and its atoms."""
    for head in _HEAD.finditer(sentence.text):
        begin = _phrase_start(sentence.text, head.start())
        words = [(m.start(), m[0]) for m in _WORD.finditer(sentence.text, begin, head.start())]
        inside = [p for p in sentence.parts if begin <= p.at[0] - sentence.start < head.start()]
        shaped = any(_IS_SHAPE.match(word) for _, word in words)
        if not (shaped or inside) or (not shaped and words and not inside):
            continue
        words += [(p.at[0] - sentence.start, p.normal) for p in inside[-1:]]
        value = " ".join(word for _, word in sorted(words))
        start = sentence.start + (min(k for k, _ in words))
        yield "kernel", value, (start, sentence.start + head.end()), "kernel in words"


def _phrase_start(text: str, head: int) -> int:
    """Return where the words that belong to a noun at `head` begin."""
    since = max(0, head - 90)
    last = None
    for match in _PHRASE_BEGINS.finditer(text, since, head):
        last = match
    return last.end() if last else since


def _shapes(sentence: Sentence) -> Iterator[_Found]:
    """Yield the polyhedron that a cluster 'possesses' or its metal atoms 'form'."""
    for match in _FORMS.finditer(sentence.text):
        behind = sentence.text[match.end("shape") :][:40]
        if re.match(r"[^.,;]*\b(?:cores?|kernels?|shells?)\b", behind) or _NO_CLUSTER.search(
            sentence.text[: match.start()]
        ):
            continue
        before = sentence.text[max(0, match.start() - 60) : match.start()]
        inner = re.search(r"\b(?:core|kernel)\b|\bmetal atoms\b|\b(?:Au|Ag|Cu) atoms\b", before)
        name = "kernel" if inner else "structure"
        at = (sentence.start + match.start("shape"), sentence.start + match.end("shape"))
        units = " units" if (match["noun"] or "").startswith("unit") else ""
        yield name, " ".join(match["shape"].split()) + units, at, "shape in words"


def _shells(sentence: Sentence) -> Iterator[_Found]:
    """Yield the formula before 'shell', and formulas of shells in shells (A@B@C)."""
    for mention in (*sentence.mentions, *sentence.parts):
        behind = sentence.between(mention.at[1], mention.at[1] + 60)
        shell = _SHELL.match(behind) if mention in sentence.parts else None
        if shell is not None:
            yield "shells", mention.normal + shell["tail"], mention.at, "formula of a shell"
        elif _is_nested(mention) and _CONCENTRIC.search(
            sentence.between(mention.at[0] - 80, mention.at[1] + 40)
        ):
            yield "shells", mention.normal, mention.at, "shells in shells"


def _is_nested(mention: Mention) -> bool:
    bare = not any(isinstance(part, LigandPart) for part, _ in mention.cluster.parts)
    return bare and mention.printed.count("@") >= 2


def _motifs(sentence: Sentence) -> Iterator[_Found]:
    """Yield motifs by their formula, their chain of atoms or their name."""
    for part in sentence.parts:
        if _MOTIF.match(sentence.between(part.at[1], part.at[1] + 60)):
            count = _COUNT.search(sentence.between(part.at[0] - 20, part.at[0]))
            number = NUMERALS.get(count["count"].lower(), count["count"]) if count else ""
            yield "motif", f"{number} {part.normal}".strip(), part.at, "formula of a motif"
    for pattern, rule in ((_CHAIN, "chain of a motif"), (_NAMED, "name of a motif")):
        for match in pattern.finditer(sentence.text):
            value = " ".join(re.sub(r"\s*-\s*", "-", match[1]).split())
            if pattern is _NAMED and not _PROTECTED.search(sentence.text):
                continue
            at = (sentence.start + match.start(), sentence.start + match.end())
            yield "motif", value, at, rule


def _relations(sentence: Sentence) -> Iterator[Step]:
    """Yield 'A is a dimer of B'."""
    for one, two in zip(sentence.mentions, sentence.mentions[1:], strict=False):
        match = _OF_ANOTHER.fullmatch(sentence.between(one.at[1], two.at[0]))
        if match:
            value = f"{match['name']} of {two.full}"
            yield Step("structure", "=", value, "", two.at, (one,), "made of another cluster")
