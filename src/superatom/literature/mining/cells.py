"""Facts in the cells of a table whose header names properties and whose rows name clusters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from superatom.literature.mining.choices import unit_fits
from superatom.literature.mining.mentions import Mention
from superatom.literature.mining.phrases import Phrase, find_phrases
from superatom.literature.mining.quantities import Quantity, find_quantities
from superatom.literature.mining.text import Passage, read_passages
from superatom.literature.properties import Property

__all__ = ["CellFact", "facts_of_tables"]

_UNIT = re.compile(r"[(\[/,]\s*(?:in\s+)?([^()\[\]]{1,30}?)\s*[)\]]?\s*$")
_ALONE = re.compile(r"\s*(?:[~≈<>≤≥]|ca\.?|about|up to)?\s*$")


@dataclass(frozen=True, slots=True)
class CellFact:
    """A number in a cell.

    Attributes
    ----------
    number : int
        Number of the passage of the cell.
    quantity : Quantity
        The number, with the unit of the cell or the header.
    phrase : Phrase
        What the header says.
    entry : Property
        The property.
    mention : Mention
        The cluster of the row.
    """

    number: int
    quantity: Quantity
    phrase: Phrase
    entry: Property
    mention: Mention


def facts_of_tables(
    passages: tuple[Passage, ...], mentions: dict[int, list[Mention]]
) -> Iterator[CellFact]:
    """Yield the facts of all tables; rows without exactly one cluster are left out."""
    tables: dict[int, list[tuple[int, Passage]]] = {}
    for number, passage in enumerate(passages):
        if passage.cell is not None:
            tables.setdefault(passage.cell[0], []).append((number, passage))
    for cells in tables.values():
        yield from _facts(cells, mentions)


def _facts(
    cells: list[tuple[int, Passage]], mentions: dict[int, list[Mention]]
) -> Iterator[CellFact]:
    first = min(_place(passage)[0] for _, passage in cells)
    heads = {_place(p)[1]: _head(p) for _, p in cells if _place(p)[0] == first}
    clusters: dict[int, list[Mention]] = {}
    for number, passage in cells:
        clusters.setdefault(_place(passage)[0], []).extend(mentions.get(number, []))
    for number, passage in cells:
        row, column = _place(passage)
        told = {m.full: m for m in clusters[row]}
        head = heads.get(column)
        if row == first or head is None or len(told) != 1 or mentions.get(number):
            continue
        phrase, unit = head
        for quantity in _number(passage, unit):
            entry = phrase.entry()
            if unit_fits(quantity, entry):
                yield CellFact(number, quantity, phrase, entry, next(iter(told.values())))


def _place(passage: Passage) -> tuple[int, int]:
    return passage.cell[1:] if passage.cell else (0, 0)


def _head(passage: Passage) -> tuple[Phrase, str] | None:
    """Return the property a header names, and its unit."""
    phrases = find_phrases(passage, 0, len(passage.text))
    if len(phrases) != 1:
        return None
    match = _UNIT.search(passage.text[phrases[0].end :])
    (probe, *_) = read_passages(f"1 {match[1]}") if match else ((),)
    read = find_quantities(probe, 0, len(probe.text), []) if isinstance(probe, Passage) else []
    return phrases[0], read[0].unit if read else ""


def _number(passage: Passage, unit: str) -> Iterable[Quantity]:
    """Return the one number a cell holds, in its own unit or that of the header."""
    found = find_quantities(passage, 0, len(passage.text), [])
    if len(found) != 1 or not _ALONE.fullmatch(passage.text[: found[0].at[0]]):
        return
    one = found[0]
    if passage.text[one.at[1] :].strip(" .*"):
        return
    yield Quantity(one.at, one.value, one.unit or unit, one.comparator, 0)
