"""Where a formula may begin and end in running text.

A formula is a run of symbols, counts, brackets and signs. Blanks end it, but not inside
brackets, before a lowered or raised count, or before a counter-ion.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from superatom.composition.layout import METALS
from superatom.composition.lexicon import COUNTER_IONS
from superatom.composition.ligands import default_library
from superatom.composition.markup import SUB, SUP
from superatom.literature.mining.text import Passage

__all__ = ["ends_from", "metal_places", "starts_before"]

#: Metals that clusters with names like M25 are made of.
CLUSTER_METALS = "Au|Ag|Cu|Pt|Pd|Ni|Co|Rh|Ir|Ru|Cd|Hg|Al|Fe|Zn"
_SYMBOLS = "|".join(sorted(METALS, key=lambda s: (-len(s), s)))
_METAL = re.compile(rf"(?:{_SYMBOLS}|M)(?![a-z])|(?:{CLUSTER_METALS})(?=[a-z])")
_FORMULA_CHAR = re.compile(r"[A-Za-z0-9()\[\]@#=,'·+\-/.~πμηκΔΛ]")
_ION = re.compile(r"(?P<open>[(\[]?)\s*(?P<name>[A-Z][A-Za-z0-9]{1,11})")
_MOST_CHARACTERS = 160
_MOST_ENDS = 24
_MOST_STARTS = 6


def metal_places(text: str) -> Iterator[int]:
    """Yield where the symbol of a metal stands."""
    for match in _METAL.finditer(text):
        before = text[match.start() - 1 : match.start()]
        if not (
            before.isalpha()
            and before.islower()
            and match.end() < len(text)
            and text[match.end()].islower()
        ):
            yield match.start()


def starts_before(passage: Passage, place: int, least: int) -> list[int]:
    """Return where a formula with a metal at `place` may begin, the earliest first."""
    text = passage.text
    found, at = [place], place
    while at > least and place - at < 40:
        char = text[at - 1]
        if char == " " and at - 2 >= least and text[at - 2] in "([":
            at -= 2
        elif char != " " and _FORMULA_CHAR.match(char) and char not in ",.~/":
            at -= 1
        else:
            break
        if text[at] in "([" or not text[at - 1 : at].isalnum() or at == least:
            found.append(at)
    early = sorted(set(found))
    return [*early[:_MOST_STARTS], place] if len(early) > _MOST_STARTS else early


def ends_from(passage: Passage, start: int, place: int) -> list[int]:
    """Return where a formula that begins at `start` may end, the latest first."""
    text, levels = passage.text, passage.marked.levels
    limit = min(len(text), start + _MOST_CHARACTERS)
    ends: list[int] = []
    depth, at, spaced = 0, start, False
    while at < limit:
        char = text[at]
        if char == " ":
            if at > place:
                ends.append(at)
            if depth == 0 and not _glued(passage, at, spaced):
                break
            spaced = spaced or levels[at + 1 : at + 2] in {SUB, SUP}
        elif not _FORMULA_CHAR.match(char):
            break
        elif char in "([":
            if at > place and depth == 0:
                ends.append(at)
            depth += 1
        elif char in ")]":
            if depth == 0 and not _may_close(text, levels, at):
                break
            if at > place and depth <= 1:
                ends.append(at)
            depth = max(0, depth - 1)
        elif (
            at > place
            and not (char in "+-" and text[at - 1].isdigit() and "]" in text[start:at][-3:])
            and (
                char in "-/,.@+·"
                or levels[at] != levels[at - 1]
                or (char.isalpha() and not text[at - 1].isalpha())
            )
        ):
            ends.append(at)
        at += 1
    if at > place:
        ends.append(at)
    kept = sorted({_trimmed(text, levels, start, end) for end in ends}, reverse=True)
    return [end for end in kept if end > place + 1][:_MOST_ENDS]


def _trimmed(text: str, levels: str, start: int, end: int) -> int:
    while end > start and text[end - 1] in " ,.;:-/@·=#'~":
        if text[end - 1] == "-" and (levels[end - 1] == SUP or _plain_charge(text, start, end)):
            break
        end -= 1
    return end


def _plain_charge(text: str, start: int, end: int) -> bool:
    """Whether a minus on the line behind a square bracket is a charge: [Au25(SR)18]2-."""
    return bool(re.search(r"\]\d{0,2}-$", text[start:end])) and not text[end : end + 1].isalnum()


def _may_close(text: str, levels: str, at: int) -> bool:
    """Whether a closing bracket that was never opened still belongs to the formula."""
    behind = text[at + 1 : at + 3].strip()
    return bool(behind) and (
        levels[at + 1 : at + 2] in {SUB, SUP} or behind[0] in "([" or behind[0].isdigit()
    )


def _glued(passage: Passage, at: int, spaced: bool) -> bool:
    """Whether the formula goes on behind the blank at `at`."""
    text, levels = passage.text, passage.marked.levels
    follow = at + 1
    while follow < len(text) and text[follow] == " ":
        follow += 1
    if follow >= len(text) or follow - at > 3:
        return False
    before, after = text[at - 1 : at], text[follow]
    if levels[follow] == SUB or (levels[follow] == SUP and _is_charge(text, levels, follow)):
        return before.isalnum() or before in ")]"
    if before == "@" or after == "@":
        return True
    if after == "·" or before == "·":
        return True
    if spaced and after in "([" and _is_ion(text, follow):
        return True
    if before.isdigit() and _LABEL.match(text, follow):
        return True
    if before in ")]" or levels[at - 1] == SUP:
        if _is_ion(text, follow):
            return True
        if after == "]" or (after == ")" and before == ")"):
            return True
    lowered = levels[at - 1] == SUB or before.isdigit()
    if after in "([" and (lowered or spaced):
        return _counted_bracket(text, levels, follow)
    if after in ")]":
        return lowered
    if not (lowered or (spaced and before in ")]")):
        return False
    if spaced or passage.math[at : at + 1] == "1":
        return bool(re.match(r"[A-Z]", after))
    return bool(_SECOND_METAL.match(text, follow))


_LABEL = re.compile(r"-\s?(?:\d|[A-Z]{1,2})(?!\w|\.\d)")
_SECOND_METAL = re.compile(r"(?:Au|Ag|Cu|Pt|Pd|Cd|Hg)(?=[\d\s(]|[.,;]|$)(?!\s*(?:NC|nano|clus))")


def _is_charge(text: str, levels: str, start: int) -> bool:
    end = start
    while end < len(levels) and levels[end] == SUP:
        end += 1
    return bool(re.fullmatch(r"\d{0,2}[+-]\d{0,2}", text[start:end].strip()))


def _counted_bracket(text: str, levels: str, start: int) -> bool:
    depth = 0
    for at in range(start, min(start + 80, len(text))):
        depth += (text[at] in "([") - (text[at] in ")]")
        if depth == 0:
            behind = text[at + 1 : at + 2]
            if behind == " ":
                return levels[at + 2 : at + 3] == SUB
            return levels[at + 1 : at + 2] == SUB or behind.isdigit()
    return False


def _is_ion(text: str, start: int) -> bool:
    match = _ION.match(text, start)
    if not match:
        return False
    behind = text[match.end() : match.end() + 2]
    if not match["open"] and behind[:1].isalpha():
        return False
    return any(
        match["name"] == name or (match["open"] and match["name"].startswith(name))
        for name in _ions()
    )


@lru_cache(maxsize=1)
def _ions() -> frozenset[str]:
    library = default_library()
    kinds = COUNTER_IONS | {"oxyanion"}
    return frozenset({n for n in library.names() if library[n].kind in kinds} | {"Cl", "Br", "I"})
