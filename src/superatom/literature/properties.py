"""The vocabulary of properties: one name for what papers call by many."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from superatom.literature.quantities import Bounds
from superatom.literature.units import Unit, UnitError, convert, read_unit

__all__ = ["Named", "Property", "fold", "in_first_unit", "properties", "recognise", "species_key"]

_MOST_WORDS = 8  # of a name in the vocabulary
_BRACKETS = re.compile(r"^(?P<name>[^()]+?)\s*\((?P<of>[^()]+)\)\s*$")


@dataclass(frozen=True, slots=True)
class Property:
    """What can be reported about a cluster.

    Attributes
    ----------
    name : str
        The name records use.
    kind : str
        'number' or 'word'.
    units : tuple[Unit, ...]
        Units of each dimension it can have; numbers are compared in the first.
    low, high : float or None
        Limits that no value can pass, in the first unit.
    single : bool
        Whether a cluster has only one value, whatever the conditions.
    many : bool
        Whether it has several values under the same conditions, as bands of a spectrum.
    specified : bool
        Whether it is told for a product or site ('Faradaic efficiency CO').
    aliases : tuple[str, ...]
        Other names.
    source : str
        Where the term is defined.
    """

    name: str
    kind: str
    units: tuple[Unit, ...]
    low: float | None
    high: float | None
    single: bool
    many: bool
    specified: bool
    aliases: tuple[str, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Named:
    """A property as printed, recognised.

    Attributes
    ----------
    name : str
        Name in the vocabulary; as printed if it is not in it.
    of : str
        Product, site or reference it is told for; empty if none.
    property : Property or None
        Entry of the vocabulary.
    """

    name: str
    of: str
    property: Property | None


@lru_cache(maxsize=1)
def properties() -> tuple[Property, ...]:
    """Return the vocabulary, in the order of `properties.csv`."""
    table = resources.files("superatom.literature") / "data" / "properties.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return tuple(
        Property(
            name=row["name"],
            kind=row["kind"],
            units=tuple(read_unit(u.strip()) for u in row["units"].split("|") if u.strip()),
            low=float(row["low"]) if row["low"] else None,
            high=float(row["high"]) if row["high"] else None,
            single=row["single"] == "yes",
            many=row["single"] == "many",
            specified=row["specified"] == "yes",
            aliases=tuple(a.strip() for a in row["aliases"].split(";") if a.strip()),
            source=row["source"],
        )
        for row in rows
    )


@lru_cache(maxsize=8192)
def recognise(printed: str) -> Named:
    """Find a printed property in the vocabulary.

    Examples
    --------
    >>> named = recognise("FE(CO)")
    >>> named.name, named.of
    ('Faradaic efficiency', 'CO')
    >>> recognise("CO selectivity").of, recognise("Faradaic efficiency HCO2H").of
    ('CO', 'HCOOH')
    """
    text = " ".join(printed.split())
    index = _names()
    if entry := index.get(fold(text)):
        return Named(entry.name, "", entry)
    if match := _BRACKETS.match(text):
        inner = recognise(match["name"])
        if inner.property is not None:
            said = " ".join(filter(None, (inner.of, species_key(match["of"]))))
            return Named(inner.name, said, inner.property)
    words = re.split(r"(?<=[^\s])[\s_]+(?=\S)", text)
    for n in range(min(len(words) - 1, _MOST_WORDS), 0, -1):  # the longest name at either end
        for name, of in ((words[:n], words[n:]), (words[-n:], words[:-n])):
            entry = index.get(fold(" ".join(name)))
            if entry is not None:
                return Named(entry.name, species_key(_said(of)), entry)
    return Named(text, "", None)


def _said(words: list[str]) -> str:
    """Return what a property is told for, little words at its ends left out."""
    little = {"of", "for", "to", "the", "in", "at", "by", "from", "as", "on", "per", "vs"}
    while words and words[0] in little:
        words = words[1:]
    while words and words[-1] in little:
        words = words[:-1]
    return " ".join(words).strip("(),: ")


def fold(name: str) -> str:
    """Return a name without what does not tell names apart: case, hyphens, plural blanks."""
    if len(name) <= 3:  # 'J' and 'j', 'n' and 'N' are different symbols
        return name
    return re.sub(r"[\s\-–_‐]+", " ", name).strip().casefold()


@lru_cache(maxsize=1)
def _names() -> dict[str, Property]:
    found: dict[str, Property] = {}
    for entry in properties():
        found[fold(entry.name)] = entry
    for entry in properties():
        for alias in entry.aliases:
            found.setdefault(fold(alias), entry)
    return found


@lru_cache(maxsize=1)
def _species() -> dict[str, str]:
    table = resources.files("superatom.literature") / "data" / "products.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {
        fold(name): row["name"]
        for row in rows
        for name in (row["name"], *row["aliases"].split(";"))
        if name
    }


def species_key(printed: str) -> str:
    """Return one name for a product that is printed in several ways (HCO2H, formate)."""
    text = re.sub(r"[_{}$]", "", printed.strip())
    return _species().get(fold(text), text)


def in_first_unit(bounds: Bounds, unit: str, entry: Property) -> Bounds:
    """Return bounds in the first unit of a property.

    A number without a unit is taken to be in the first unit. Bounds in another of the units
    the property may have are returned as they are if they cannot be converted.

    Raises
    ------
    UnitError
        If the unit is not one of the property.
    """
    if not entry.units or not unit.strip():
        return bounds
    given = read_unit(unit)
    fitting = [u for u in entry.units if u.dimension == given.dimension]
    if not fitting:
        wanted = ", ".join(u.text for u in entry.units)
        raise UnitError(f"'{unit}' is no unit of '{entry.name}' (measured in {wanted})")
    target = fitting[0]
    low, high = (convert(value, given, target) for value in (bounds.low, bounds.high))
    scale = given.factor / target.factor
    return Bounds(low, high, bounds.comparator, bounds.uncertainty * scale)
