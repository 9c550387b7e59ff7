"""How a fact lies in a store: its record, what it is found by, and the clusters it is about."""

from __future__ import annotations

import json
import re
import sqlite3

from superatom.errors import FormulaError
from superatom.literature.properties import in_first_unit, recognise
from superatom.literature.quantities import Bounds, read_bounds
from superatom.literature.reactions import reaction_name
from superatom.literature.records import Fact
from superatom.literature.subjects import Subject, read_subjects, series_members
from superatom.literature.units import UnitError, potential_vs_rhe, read_unit

__all__ = ["comparable", "drop_origin", "insert_fact", "next_number", "subjects_in"]

_INSERT_FACT = f"INSERT INTO facts VALUES ({', '.join('?' * 16)})"


def next_number(connection: sqlite3.Connection) -> int:
    """Return the first free number of a fact."""
    return int(connection.execute("SELECT coalesce(max(seq), 0) + 1 FROM facts").fetchone()[0])


def insert_fact(
    connection: sqlite3.Connection, number: int, fact: Fact, origin: str, *, derived: bool
) -> None:
    """Write a fact and everything it is found by; the caller holds a transaction."""
    named = recognise(fact.property)
    bounds, dimension = comparable(fact)
    connection.execute(
        _INSERT_FACT,
        (
            *(number, fact.id, origin, fact.category, reaction_name(fact.reaction)),
            *(named.name, named.of, fact.comparator),
            *((bounds.reached_low, bounds.reached_high) if bounds else (None, None)),
            *("" if bounds else fact.value.casefold(), dimension, fact.source.status),
            *(fact.source.document, fact.decision, int(derived)),
        ),
    )
    record = json.dumps(_lean(fact.as_dict()), ensure_ascii=False, separators=(",", ":"))
    connection.execute("INSERT INTO fact_records VALUES (?, ?)", (number, record))
    subjects = subjects_in(fact)
    for subject in (*subjects, *_members(fact)):
        connection.execute(
            "INSERT OR IGNORE INTO subjects VALUES (?, ?)",
            (_cluster_number(connection, subject), number),
        )
    connection.execute(
        "INSERT INTO facts_fts(rowid, text) VALUES (?, ?)", (number, _words(fact, subjects))
    )


def drop_origin(
    connection: sqlite3.Connection, origin: str | None, *, number: int | None = None
) -> None:
    """Take out every record of an origin, or one fact."""
    chosen, given = ("seq = ?", number) if origin is None else ("origin = ?", origin)
    facts = f"SELECT seq FROM facts WHERE {chosen}"
    connection.execute(f"DELETE FROM facts_fts WHERE rowid IN ({facts})", (given,))
    connection.execute(f"DELETE FROM subjects WHERE fact IN ({facts})", (given,))
    connection.execute(f"DELETE FROM fact_records WHERE seq IN ({facts})", (given,))
    connection.execute(f"DELETE FROM facts WHERE {chosen}", (given,))
    if origin is not None:
        for table in ("documents", "transformations", "doping", "modes", "imports"):
            connection.execute(f"DELETE FROM {table} WHERE origin = ?", (origin,))


def comparable(fact: Fact) -> tuple[Bounds | None, str]:
    """Return the value in the unit its property is compared in, and that unit.

    A potential against another electrode is given against RHE if the conditions tell the pH.
    Words give None; numbers whose unit does not fit their property are kept as printed, with
    that unit.
    """
    bounds, entry = read_bounds(fact.value, fact.comparator), recognise(fact.property).property
    if bounds is None:
        return None, ""
    if entry is None or not entry.units:
        return bounds, fact.unit
    try:
        given = read_unit(fact.unit) if fact.unit else entry.units[0]
        converted = in_first_unit(bounds, fact.unit, entry)
    except UnitError:  # `literature check` reports it; as printed it can still be found
        return bounds, fact.unit
    target = next(unit for unit in entry.units if unit.dimension == given.dimension)
    if given.reference in {"", "RHE"}:
        return converted, target.text
    try:
        shift = potential_vs_rhe(0.0, given.reference, _acidity(fact.conditions))
    except UnitError:
        return converted, fact.unit
    low, high = converted.low + shift, converted.high + shift
    return Bounds(low, high, bounds.comparator, converted.uncertainty), target.text


def _acidity(conditions: str) -> float | None:
    """Return the pH that conditions tell; None if they do not."""
    match = re.search(r"\bpH\b\s*[:=]?\s*(\d+(?:\.\d+)?)", conditions)
    return float(match[1]) if match else None


def subjects_in(fact: Fact) -> tuple[Subject, ...]:
    """Return the clusters a fact is about; texts that are no formula are left out.

    They are reported by `literature check`, and found by free text.
    """
    found: dict[str, Subject] = {}
    for text in fact.clusters:
        try:
            found.update({subject.key: subject for subject in read_subjects(text)})
        except FormulaError:
            continue
    return tuple(found.values())


def _members(fact: Fact) -> tuple[Subject, ...]:
    """Return the members of series a fact is about: it is found by each of them too."""
    found: list[Subject] = []
    for text in fact.clusters:
        try:
            found += series_members(text) if read_subjects(text) else ()
        except FormulaError:  # no formula: told by `literature check`
            continue
    return tuple(found)


def _cluster_number(connection: sqlite3.Connection, subject: Subject) -> int:
    row = connection.execute("SELECT id FROM clusters WHERE key = ?", (subject.key,)).fetchone()
    if row is not None:
        return int(row[0])
    cursor = connection.execute(
        "INSERT INTO clusters(key, body, frame, formula, charge, electrons, size, isomer, host, "
        "n_metals) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(subject.key, subject.body, subject.frame, subject.formula, subject.charge),
            *(subject.electrons, subject.size, subject.isomer, subject.host),
            len(subject.metals),
        ),
    )
    number = int(cursor.lastrowid or 0)
    connection.executemany(
        "INSERT INTO cluster_metals VALUES (?, ?, ?)",
        [(symbol, number, count) for symbol, count in subject.metals],
    )
    connection.executemany(
        "INSERT OR IGNORE INTO cluster_ligands VALUES (?, ?, ?, ?)",
        [(name, number, kind, count) for name, kind, count in subject.ligands],
    )
    return number


def _words(fact: Fact, subjects: tuple[Subject, ...]) -> str:
    """Return the text a fact is found by in a search for words."""
    ligands = " ".join(name for subject in subjects for name, _, _ in subject.ligands)
    return " \n".join(
        filter(
            None,
            (
                *(*fact.clusters, *(subject.formula for subject in subjects), ligands),
                *(fact.category, fact.reaction, fact.property, recognise(fact.property).name),
                *(fact.value, fact.unit, fact.conditions, fact.remark, fact.correction),
                *(fact.quote, fact.source.section, fact.source.reference, fact.source.document),
            ),
        )
    )


def _lean(data: dict[str, object]) -> dict[str, object]:
    """Leave out what is empty: it is the default when the record is read back."""
    kept = {k: _lean(v) if isinstance(v, dict) else v for k, v in data.items()}
    return {k: v for k, v in kept.items() if v not in ("", None) or k in {"value", "document"}}
