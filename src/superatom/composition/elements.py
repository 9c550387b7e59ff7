"""Chemical elements: atomic number, name, and standard atomic weight."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from types import MappingProxyType

from superatom.errors import UnknownElement

__all__ = ["Element", "element", "elements"]


@dataclass(frozen=True, slots=True)
class Element:
    """A chemical element, or deuterium under its own symbol D.

    Attributes
    ----------
    symbol : str
        'Au'.
    number : int
        Atomic number.
    name : str
        IUPAC name.
    weight : float or None
        Standard atomic weight in u (Prohaska 2022, 10.1515/pac-2019-0603): the recommended
        value, or the abridged one where only an interval is recommended; None where the
        element has no standard weight.
    source : str
        Where the weight comes from.
    """

    symbol: str
    number: int
    name: str
    weight: float | None
    source: str


@lru_cache(maxsize=1)
def elements() -> Mapping[str, Element]:
    """Return all elements by symbol, in the order of their atomic numbers."""
    table = resources.files("superatom.composition") / "data" / "elements.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return MappingProxyType({row["symbol"]: _element(row) for row in rows})


def _element(row: Mapping[str, str]) -> Element:
    weight = float(row["weight_u"]) if row["weight_u"] else None
    return Element(row["symbol"], int(row["number"]), row["name"], weight, row["source"])


def element(symbol: str) -> Element:
    """Return the element with the given symbol.

    Examples
    --------
    >>> element("Au").number, element("Au").name
    (79, 'gold')

    Raises
    ------
    UnknownElement
        If there is no such element.
    """
    try:
        return elements()[symbol]
    except KeyError:
        close = difflib.get_close_matches(symbol[:8].capitalize(), elements(), n=3, cutoff=0.5)
        hint = "symbols close to it: " + ", ".join(close) if close else ""
        raise UnknownElement(f"'{symbol[:20]}' is no chemical element", hint=hint) from None
