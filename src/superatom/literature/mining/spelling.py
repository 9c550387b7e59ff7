"""A stretch of read text written out again as a formula with balanced markup."""

from __future__ import annotations

import html
import itertools

from superatom.composition.markup import BASE, SUB, MarkedText

__all__ = ["spelled"]


def spelled(marked: MarkedText) -> str:
    r"""Return `marked` with its levels as HTML tags.

    A formula cut out of running text often has half of its markup outside: an opening
    `$`, a `\text{`, a closing tag. Written out from the characters it is whole.
    """
    runs = []
    pairs = zip(marked.text, marked.levels, strict=True)
    for level, group in itertools.groupby(pairs, key=lambda pair: pair[1]):
        text = html.escape("".join(char for char, _ in group), quote=False)
        text = "".join("\\" + char if char in "_^*" else char for char in text)
        tag = "sub" if level == SUB else "sup"
        runs.append(text if level == BASE else f"<{tag}>{text}</{tag}>")
    return "".join(runs)
