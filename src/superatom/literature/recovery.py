"""Make a store anew, and take over what can still be read from a corrupt one."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from superatom.errors import DataFileError
from superatom.literature.records import (
    CoordinationRecord,
    Document,
    DopingRecord,
    Fact,
    TransformationRecord,
)
from superatom.literature.store import CANDIDATES, SHIPPED, Store, open_store
from superatom.literature.tables import Tables

__all__ = ["RebuildReport", "rebuild", "salvage"]

_BESIDE = ("-wal", "-shm")  # files SQLite keeps beside a database
_KINDS: dict[str, Any] = {
    "documents": Document,
    "transformations": TransformationRecord,
    "doping": DopingRecord,
    "modes": CoordinationRecord,
}


@dataclass(frozen=True, slots=True)
class RebuildReport:
    """What a rebuild did.

    Attributes
    ----------
    path : Path
        The new store.
    kept : Path or None
        Where the old file is now; None if there was none.
    recovered : int
        Records of the user taken over from it; what came with Superatom or from a table
        is read from there again.
    """

    path: Path
    kept: Path | None
    recovered: int


def rebuild(path: str | Path) -> RebuildReport:
    """Make a store anew; the old file is kept under another name.

    Raises
    ------
    DataFileError
        If the old file cannot be moved or the new one not be made.
    """
    target = Path(path)
    kept = _move_away(target)
    found = salvage(kept) if kept else {}
    recovered = 0
    with open_store(target) as store:
        for origin, tables in found.items():
            recovered += _take_over(store, origin, tables)
    return RebuildReport(target, kept, recovered)


def _take_over(store: Store, origin: str, tables: Tables) -> int:
    """Put the records of one origin into a new store, ids already there left out."""
    if origin == CANDIDATES:
        return store.add_candidates(tables.facts, tables.documents)
    fresh = tables.without(store.tables().ids)
    store.import_tables(fresh, origin)
    return len(fresh)


def _move_away(path: Path) -> Path | None:
    """Rename a store and the files beside it; None if there is none."""
    if not path.exists():
        return None
    number = 1
    while (kept := path.with_name(f"{path.name}.old{number}")).exists():
        number += 1
    try:
        for suffix in ("", *_BESIDE):
            part = path.with_name(path.name + suffix)
            if part.exists():
                part.rename(kept.with_name(kept.name + suffix))
    except OSError as error:
        raise DataFileError(str(path), f"cannot be renamed ({error.strerror})") from error
    return kept


def salvage(path: Path) -> dict[str, Tables]:
    """Return the user's records that can still be read from a store, by their origin.

    Every table is read from both of its ends up to where it is broken.
    """
    found: dict[str, dict[str, dict[str, Any]]] = {}
    try:
        with closing(sqlite3.connect(path)) as connection:
            for kind, origin, record in _readable_records(connection):
                if origin != SHIPPED:
                    kinds = found.setdefault(origin, {})
                    kinds.setdefault(kind, {}).setdefault(record.id, record)
    except sqlite3.DatabaseError:  # nothing of it can be opened: there is nothing to take over
        return {}
    return {
        origin: Tables(**{kind: tuple(records.values()) for kind, records in kinds.items()})
        for origin, kinds in found.items()
    }


def _readable_records(connection: sqlite3.Connection) -> Iterator[tuple[str, str, Any]]:
    facts = (
        "SELECT f.origin, r.record FROM facts f JOIN fact_records r USING (seq) "
        "WHERE NOT f.derived ORDER BY f.seq"
    )
    for origin, record in _from_both_ends(connection, facts):
        yield "facts", origin, Fact.from_dict(json.loads(record))
    for table, kind in _KINDS.items():
        rows = f"SELECT origin, record FROM {table} ORDER BY rowid"
        for origin, record in _from_both_ends(connection, rows):
            yield table, origin, kind.from_dict(json.loads(record))


def _from_both_ends(connection: sqlite3.Connection, sql: str) -> Iterator[tuple[str, str]]:
    for order in ("", " DESC"):
        try:
            yield from connection.execute(sql + order)
        except sqlite3.DatabaseError:  # the broken page: go on from the other end
            continue
        return
