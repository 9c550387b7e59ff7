"""Options whose value is several words, as chemists write them: --metals Au:10-50 Ag:0-10."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from typer.core import TyperCommand

__all__ = ["WordsCommand", "fold_words"]

#: Options that take all words up to the next option.
MANY = ("--metals", "--ligands", "--others", "--dope", "--exchange", "--window", "--times")
_WORD = re.compile(r"[A-Za-z(0-9][^\\/]*$")


def fold_words(arguments: list[str]) -> list[str]:
    """Join the words after each of the options `MANY` to one value.

    The words of an option that is repeated go to the first. A word that names an existing file
    is left alone, since it is an argument of its own.

    Examples
    --------
    >>> fold_words(["--metals", "Au:1-9", "Ag:0-2", "--charge", "-6..-1", "--metals", "Pt:0-1"])
    ['--metals', 'Au:1-9 Ag:0-2 Pt:0-1', '--charge', '-6..-1']
    """
    folded: list[str] = []
    places: dict[str, int] = {}
    rest = list(arguments)
    while rest:
        word = rest.pop(0)
        if word not in MANY or not rest:
            folded.append(word)
            continue
        words = [rest.pop(0)]
        while rest and _WORD.match(rest[0]) and not Path(rest[0]).exists():
            words.append(rest.pop(0))
        if word in places:
            folded[places[word]] += " " + " ".join(words)
        else:
            folded += [word, " ".join(words)]
            places[word] = len(folded) - 1
    return folded


class WordsCommand(TyperCommand):
    """A command whose options `MANY` take several words without quotes."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Fold the words, then parse as usual."""
        parsed: Any = super().parse_args(ctx, fold_words(args))
        return list(parsed)
