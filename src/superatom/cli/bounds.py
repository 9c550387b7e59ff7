"""Bounds on properties on the command line: `--metric "FE(CO)" ">90"`, as often as needed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from typer.core import TyperCommand

from superatom.errors import SearchError

if TYPE_CHECKING:
    from superatom.literature.metrics import Metric

__all__ = ["BoundsCommand", "metrics_of"]

_OPTION = "--metric"
_BOUND = re.compile(
    r"(?P<name>.*?[^\s<>=~≥≤])\s*(?P<bound>(?:>=|<=|≥|≤|>|<|=|~)\s*[-−+]?[\d.].*)", re.S
)
_NUMBER = re.compile(r"\s*[-−+]?\.?\d")


class BoundsCommand(TyperCommand):
    """A command whose `--metric` takes a property and a bound, and may be repeated.

    Two words behind the option are one bound; so is one word that holds both.
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Join the two words of every bound before the options are read."""
        return super().parse_args(ctx, list(_joined(args)))


def _joined(words: list[str]) -> Iterator[str]:
    rest = iter(words)
    for word in rest:
        yield word
        if word != _OPTION:
            continue
        name = next(rest, None)
        if name is None:
            return
        yield name if _BOUND.fullmatch(name) else _with_bound(name, next(rest, ""))


def _with_bound(name: str, bound: str) -> str:
    """Return one text; a number without a sign is meant exactly."""
    return f"{name} = {bound}" if _NUMBER.match(bound) else f"{name} {bound}"


def metrics_of(texts: list[str]) -> list[Metric]:
    """Read bounds such as 'FE(CO) >90' and 'overpotential < 0.2 V'.

    Raises
    ------
    SearchError
        If one has no bound, or it is no number.
    """
    from superatom.literature.metrics import read_metric

    found = []
    for text in texts:
        match = _BOUND.fullmatch(text)
        if match is None:
            raise SearchError(
                f'\'{text}\' has no bound: write it like --metric "FE(CO)" ">90", '
                'or --metric "overpotential < 0.2 V"'
            )
        found.append(read_metric(match["name"].strip(), match["bound"]))
    return found
