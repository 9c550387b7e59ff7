"""Where a dopant sits and what is bound to it: 'replaced the center Au atom by Pt'."""

from __future__ import annotations

import re
from collections.abc import Iterator

from superatom.literature.mining.bearers import Sentence
from superatom.literature.mining.mentions import Mention, frame
from superatom.literature.mining.quantities import NUMERALS
from superatom.literature.mining.synthesis import Step
from superatom.literature.units import UnitError, read_unit

__all__ = ["dopants_in"]

_E = (
    r"(?:[Gg]old|[Ss]ilver|[Cc]opper|[Pp]alladium|[Pp]latinum|[Cc]admium|[Mm]ercury"
    r"|Au|Ag|Cu|Pd|Pt|Cd|Hg|Ni|Ir|Rh|Ru|Co|Fe|Zn|In|Tl|Ga)"
)
_WHERE = (
    r"(?:kernel[\s-]surface|surface of the (?:kernel|core)|cent(?:er|re|ral)|centrally|surface"
    r"|staples?|motifs?|shell|kernel|core|vert(?:ex|ices))"
)
_RULES = (
    # 'replaced the center Au atom in Au25 with a single Pt atom'
    re.compile(
        rf"[Rr]eplac\w+\s+(?:\w+\s+)?(?P<where>{_WHERE})\s+{_E}\s+atoms?\b[^.;]{{0,40}}?\b(?:with|by)\s+"
        rf"(?:an?\s+|the\s+)?(?:(?:single|one|two|\d)\s+)?(?P<dopant>{_E})\b"
        rf"(?:\s+(?:and|or)\s+(?P<other>{_E}))?"
    ),
    # 'two surface Au atoms are replaced by Cd dopants'
    re.compile(
        rf"(?P<where>{_WHERE})\s+(?:{_E}|metal)\s+atoms?\s+(?:(?:is|are|was|were|being|get)\s+)?"
        rf"(?:replaced|substituted|exchanged)\s+(?:by|with|for)\s+(?:(?:\w+)\s+)?(?P<dopant>{_E})\b"
    ),
    # 'one Pt replaces the central Au atom'
    re.compile(
        rf"(?P<dopant>{_E})\s+(?:atoms?\s+)?(?:replaces?|substitutes?|occup(?:y|ies))\s+(?:\w+\s+)?"
        rf"(?P<where>{_WHERE})\s+(?:(?:{_E}\s+)?atoms?|position|site)"
    ),
    # 'the Pd and Pt atoms are both in the center of', 'Pt is located at the centre'
    re.compile(
        rf"(?P<dopant>{_E})(?:\s+(?:and|or)\s+(?P<other>{_E}))?(?:\s+(?:hetero)?(?:atoms?|dopants?))?\s+(?:is|are|was|were)\s+"
        rf"(?:(?:both|all|\w+ly|located|situated|positioned|found|doped|symmetrically|mainly|preferentially|incorporated"
        rf"|placed|sited)\s+)*(?:in|at|on|into)\s+(?:the\s+)?(?:\w+\s+)?(?P<where>{_WHERE})"
    ),
    # 'Pt centrally doped', 'a centre-doped Pt'
    re.compile(rf"(?P<dopant>{_E})[\s-](?P<where>cent\w+|surface|kernel|staple|motif)[\s-]doped"),
    re.compile(
        rf"(?P<where>cent(?:er|re)|kernel|surface|staple|motif)[\s-]doped\s+(?:single\s+)?(?P<dopant>{_E})\b"
    ),
    # 'introducing a kernel Ag single atom'
    re.compile(
        rf"(?:introduc|incorporat|dop|insert)\w+\s+(?:an?\s+|the\s+|single\s+)*(?P<where>{_WHERE})\s+(?P<dopant>{_E})\s+"
        r"(?:single\s+)?atoms?"
    ),
    # 'doped Cu atoms on the surface of Au28'
    re.compile(
        rf"dop\w+\s+(?:an?\s+|single\s+|one\s+|two\s+)*(?P<dopant>{_E})\s+atoms?\s+(?:\w+\s+)?(?:in|on|at|into|onto)\s+"
        rf"(?:the\s+)(?P<where>{_WHERE})"
    ),
)
_PLACES = (
    (re.compile(r"kernel[\s-]surface|surface of the"), "kernel surface"),
    (re.compile(r"cent"), "centre"),
    (re.compile(r"staple|motif"), "motif"),
    (re.compile(r"core|kernel"), "kernel"),
    (re.compile(r"vert"), "vertex"),
    (re.compile(r"surface|shell"), "surface"),
)
_BOUND = re.compile(
    rf"(?P<dopant>{_E})\b(?:\s+(?:atoms?|dopants?|sites?))?(?:(?!\b{_E}\b)[^.;,]){{0,40}}?\b(?:coordinated|bound|bonded|ligated|capped)\s+"
    rf"(?:by|to|with)\s+(?P<count>\d|{'|'.join(NUMERALS)})\s+(?:surface\s+)?"
    r"(?P<donor>thiolates?|thiolate ligands|SR"
    r"|S\s+atoms|sul(?:f|ph)ur\s+atoms|ligands|P\s+atoms|phosphines|halides|Cl\s+atoms)"
)
_SYMBOLS = {
    **{"gold": "Au", "silver": "Ag", "copper": "Cu", "palladium": "Pd", "platinum": "Pt"},
    **{"cadmium": "Cd", "mercury": "Hg"},
}
_UNNAMED = frozenset({"M"})


def dopants_in(sentence: Sentence, before: list[Sentence]) -> Iterator[Step]:
    """Yield where a dopant sits in a cluster, and how many ligands are bound to it."""
    done: set[tuple[str, str]] = set()
    for pattern in _RULES:
        for match in pattern.finditer(sentence.text):
            where = next(name for words, name in _PLACES if words.search(match["where"]))
            told = (match["dopant"], match.groupdict().get("other"))
            for element in (_symbol(name) for name in told if name):
                if (element, where) in done:
                    continue
                done.add((element, where))
                yield from _step(
                    f"dopant position {element}", where, "", match, element, sentence, before
                )
    for match in _BOUND.finditer(sentence.text):
        count = str(NUMERALS.get(match["count"].lower(), match["count"]))
        element = _symbol(match["dopant"])
        name = f"dopant coordination {element}"
        unit = _unit(match["donor"])
        yield from _step(name, count, unit, match, element, sentence, before)


def _symbol(name: str) -> str:
    """Return the symbol of an element that may be called by its name."""
    return _SYMBOLS.get(name.lower(), name)


def _unit(donor: str) -> str:
    """Return the unit in which ligands are counted: as printed if that is one."""
    try:
        return donor if read_unit(donor).dimension == read_unit("ligand").dimension else "ligand"
    except UnitError:
        return "ligand"


def _step(
    name: str,
    value: str,
    unit: str,
    match: re.Match[str],
    element: str,
    sentence: Sentence,
    before: list[Sentence],
) -> Iterator[Step]:
    at = (sentence.start + match.start(), sentence.start + match.end())
    mention, rule = _doped(element, at, sentence, before)
    if mention is not None:
        yield Step(name, "=", value, unit, at, (mention,), f"dopant in words; {rule}")


def _doped(
    element: str, at: tuple[int, int], sentence: Sentence, before: list[Sentence]
) -> tuple[Mention | None, str]:
    """Return the nearest cluster that has the dopant and another metal."""
    near = sorted(sentence.mentions, key=lambda m: min(abs(m.at[0] - at[1]), abs(m.at[1] - at[0])))
    for mention in near:
        if _has(mention, element):
            return mention, "cluster of the sentence with that metal"
    for earlier in reversed(before[-3:]):
        for mention in reversed(earlier.mentions):
            if _has(mention, element):
                return mention, "cluster with that metal a sentence before"
    return None, ""


def _has(mention: Mention, element: str) -> bool:
    """Whether a cluster has an element, or a metal 'M' that may be it, beside another metal."""
    symbols = {s for name, _ in frame(mention.cluster) for s in name.split("+")}
    return len(symbols) > 1 and bool(symbols & ({element} | _UNNAMED))
