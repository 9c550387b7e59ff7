"""Where sentences begin and end; a full stop behind 'Fig' or 'vs' ends none."""

from __future__ import annotations

import re
from collections.abc import Iterator

__all__ = ["sentences"]

_LONGEST = 2000
_END = re.compile(
    r"(?<!\bFig)(?<!\bFigs)(?<!\bet al)(?<!\bvs)(?<!\be\.g)(?<!\bi\.e)(?<!\bca)(?<!\beq)"
    r"(?<!\bequiv)(?<!\bRef)(?<!\bRefs)(?<!\bNo)(?<!\bapprox)(?<!\bDr)(?<!\bProf)(?<!\bvol)(?<!\bresp)"
    r"(?<!(?<![\d)])\s[A-Z])(?<!^[A-Z])"
    r"(?:(?<!\d)[.!?][\"'”)]?\s*\[?\d{1,3}[a-z]?(?:\s?[,-]\s?\d{1,3}[a-z]?)*\]?|[.!?][\"'”)]?)"
    r"\s+(?=[A-Z\[(]|[a-z]?\d|$)"
)


def sentences(text: str) -> Iterator[tuple[int, int]]:
    """Yield the places of the sentences of a passage.

    Examples
    --------
    >>> text = "It emits at 670 nm (Fig. 3).12 The yield was ca. 80%. Au25 is red."
    >>> [text[a:b] for a, b in sentences(text)]
    ['It emits at 670 nm (Fig. 3).', 'The yield was ca. 80%.', 'Au25 is red.']
    """
    start = 0
    for match in _END.finditer(text):
        yield from _short(text, start, match.start() + 1)
        start = match.end()
    yield from _short(text, start, len(text.rstrip()))


def _short(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield a sentence, one without end (a list, a table) in pieces."""
    while end - start > _LONGEST:
        cut = text.rfind(" ", start + 1, start + _LONGEST)
        cut = cut if cut > start else start + _LONGEST
        yield start, cut
        start = cut
    if text[start:end].strip():
        yield start, end
