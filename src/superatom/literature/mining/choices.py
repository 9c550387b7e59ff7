"""Which property of the vocabulary a number is a value of."""

from __future__ import annotations

from dataclasses import dataclass

from superatom.literature.mining.phrases import Phrase
from superatom.literature.mining.quantities import Quantity
from superatom.literature.properties import Property, recognise
from superatom.literature.units import UnitError, read_unit

__all__ = ["Choice", "entry_of", "unit_fits"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A property chosen for a list of numbers.

    Attributes
    ----------
    phrase : Phrase or None
        Words that name it; None if the number tells it by itself.
    name, of : str
        Property and its product or bond.
    entry : Property
        The property in the vocabulary.
    rule : str
        What told it.
    sign : int
        -1 for a decrease.
    each : tuple[Phrase, ...]
        A property for each number of the list.
    """

    phrase: Phrase | None
    name: str
    of: str
    entry: Property
    rule: str
    sign: int = 1
    each: tuple[Phrase, ...] = ()


def entry_of(name: str) -> Property:
    """Return a property of the vocabulary.

    Raises
    ------
    KeyError
        If there is none of that name.
    """
    entry = recognise(name).property
    if entry is None:
        raise KeyError(name)
    return entry


def unit_fits(quantity: Quantity, entry: Property) -> bool:
    """Whether a property can have a value in the unit of a quantity."""
    texts = {u.text for u in entry.units}
    unit = quantity.unit
    if entry.name == "TOF" and unit.startswith("mol mol"):
        return True
    if not unit:
        return bool(texts & {"m/z", "e", "pH"}) or entry.name == "TON"
    ratio = {"%", "mol%", "wt%", "at%", "x", "equiv", "ppm", "vol%"}
    if unit in ratio or texts & ratio == texts:
        return unit in texts or (unit in {"%"} and "%" in texts)
    try:
        given = read_unit(unit)
    except UnitError:
        return False
    return any(given.dimension == u.dimension for u in entry.units if u.text not in ratio)
