"""Names of catalysed reactions: one for what papers call by many."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources

from superatom.literature.properties import fold

__all__ = ["is_reaction", "product_of", "reaction_name"]


@lru_cache(maxsize=1)
def _rows() -> tuple[dict[str, str], ...]:
    table = resources.files("superatom.literature") / "data" / "reactions.csv"
    return tuple(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


@lru_cache(maxsize=1)
def _aliases() -> dict[str, str]:
    return {
        fold(name): row["name"]
        for row in _rows()
        for name in (row["name"], *row["aliases"].split(";"))
        if name
    }


def product_of(reaction: str) -> str:
    """Return what a reaction makes if it is named for one product; '' if it has several.

    Examples
    --------
    >>> product_of("NRR"), product_of("CO2RR")
    ('NH3', '')
    """
    name = reaction_name(reaction)
    return next((row["product"] for row in _rows() if row["name"] == name), "")


def reaction_name(printed: str) -> str:
    """Return the usual short name of a reaction; as printed if it is not known.

    Examples
    --------
    >>> reaction_name("electrocatalytic CO2 reduction")
    'CO2RR'
    """
    text = " ".join(printed.split())
    return _aliases().get(fold(text), text)


def is_reaction(name: str, asked: str) -> bool:
    """Whether a reaction is the one asked for or a kind of it ('click (AAC)' is 'click')."""
    own, wanted = fold(name).casefold(), fold(reaction_name(asked)).casefold()
    return own == wanted or (own.startswith(wanted) and own[len(wanted) : len(wanted) + 1] in " (")
