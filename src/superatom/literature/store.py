"""The store: everything known, in one SQLite file that several processes may use at once.

An import is one transaction: a process killed in the middle of it leaves the store as it
was. Importing the same content again changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any

from superatom.errors import DataFileError, SearchError
from superatom.literature.entries import drop_origin, insert_fact, next_number
from superatom.literature.records import (
    CoordinationRecord,
    Document,
    DopingRecord,
    Fact,
    TransformationRecord,
    candidate,
)
from superatom.literature.schema import SCHEMA_VERSION, connect, guarded, transaction
from superatom.literature.tables import Tables, read_table, shipped_files, shipped_tables
from superatom.provenance import stamp

__all__ = ["CANDIDATES", "SHIPPED", "ImportReport", "Store", "default_path", "open_store"]

#: Origin of the records that come with Superatom, and of mined ones.
SHIPPED = "superatom"
CANDIDATES = "mined"
_MOST_VALUES = 30_000  # SQLite takes 32766 values in one statement


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did.

    Attributes
    ----------
    origin : str
        Name under which the content is kept.
    records : int
        Records of that content now in the store.
    changed : bool
        False if the same content was there already.
    """

    origin: str
    records: int
    changed: bool


def default_path() -> Path:
    """Return where the store of this user is: the cache folder of the system."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "superatom" / "literature.sqlite"


def open_store(path: str | Path | None = None, *, shipped: bool = True) -> Store:
    """Open a store, make it if needed, and bring the shipped records up to date.

    Parameters
    ----------
    path : str or Path, optional
        The file; `default_path()` if none is given.
    shipped : bool
        Whether the records that come with Superatom are in it.

    Raises
    ------
    DataFileError
        If the file is corrupt or cannot be used.
    """
    store = Store(Path(path) if path is not None else default_path())
    if shipped:
        try:
            store.import_shipped()
        except BaseException:
            store.close()
            raise
    return store


class Store:
    """Records in one SQLite file.

    Parameters
    ----------
    path : Path
        The file; made if it is not there.

    Raises
    ------
    DataFileError
        If the file is corrupt or cannot be used.
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        self._connection = connect(self.path)

    def __enter__(self) -> Store:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def rows(self, sql: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises
        ------
        DataFileError
            If the file turns out to be corrupt.
        """
        with guarded(self.path):
            return self._connection.execute(sql, tuple(parameters)).fetchall()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with guarded(self.path), transaction(self._connection):
            yield self._connection

    def facts_numbered(self, numbers: Sequence[int]) -> tuple[Fact, ...]:
        """Return the facts with these numbers, in their order."""
        found: dict[int, str] = {}
        for start in range(0, len(numbers), _MOST_VALUES):
            some = numbers[start : start + _MOST_VALUES]
            marks = ", ".join("?" * len(some))
            found.update(
                self.rows(f"SELECT seq, record FROM fact_records WHERE seq IN ({marks})", some)
            )
        return tuple(fact_of(found[number]) for number in numbers if number in found)

    def import_shipped(self) -> ImportReport:
        """Bring the records that come with Superatom up to date; nothing if they are."""
        content = [(path.name, path.read_bytes()) for path in shipped_files()]
        digest = _digest(*(part for name, data in content for part in (name.encode(), data)))
        known = self._known(SHIPPED, digest)
        return known or self.import_tables(shipped_tables(), SHIPPED, digest)

    def import_file(self, path: str | Path) -> ImportReport:
        """Import a table of records (CSV, TSV or YAML) or an export (JSON).

        What was imported from a file of that name before is replaced.

        Raises
        ------
        DataFileError
            If the file cannot be read, a row is wrong, or an id is taken by other content.
        """
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise DataFileError(str(path), f"cannot be read ({error.strerror})") from error
        origin, digest = Path(path).name, _digest(data)
        if origin in {SHIPPED, CANDIDATES}:
            raise DataFileError(str(path), "has a name that the store uses itself")
        return self._known(origin, digest) or self.import_tables(read_records(path), origin, digest)

    def _known(self, origin: str, digest: str) -> ImportReport | None:
        found = self.rows("SELECT hash, records FROM imports WHERE origin = ?", (origin,))
        if found and found[0][0] == digest:
            return ImportReport(origin, found[0][1], changed=False)
        return None

    def import_tables(self, tables: Tables, origin: str, digest: str | None = None) -> ImportReport:
        """Put records into the store under the name `origin`, in place of what had that name.

        All or nothing: if anything is wrong, the store stays as it was. A record that is
        there already, word for word, under another name stays there.

        Raises
        ------
        DataFileError
            If an id is already taken by a record of another origin.
        """
        content = digest or _digest(json.dumps(_plain(tables)).encode())
        with self._writing() as connection:
            known = self._known(origin, content)
            if known:
                return known
            drop_origin(connection, origin)
            self._insert(connection, tables.without(self._same_elsewhere(tables)), origin)
            connection.execute(
                "INSERT OR REPLACE INTO imports VALUES (?, ?, ?)", (origin, content, len(tables))
            )
        return ImportReport(origin, len(tables), changed=True)

    def _same_elsewhere(self, tables: Tables) -> set[str]:
        """Return the ids of records that are in the store already, word for word."""
        found: set[str] = set()
        kinds = {"facts": tables.facts, **_by_table(tables)}
        for table, records in kinds.items():
            source = "facts JOIN fact_records USING (seq)" if table == "facts" else table
            own = {record.id: record for record in records}
            names = list(own)
            for start in range(0, len(names), _MOST_VALUES):
                some = names[start : start + _MOST_VALUES]
                marks = ", ".join("?" * len(some))
                rows = self.rows(f"SELECT id, record FROM {source} WHERE id IN ({marks})", some)
                kept = type(records[0])
                found.update(
                    name for name, text in rows if kept.from_dict(json.loads(text)) == own[name]
                )
        return found

    def _insert(self, connection: sqlite3.Connection, tables: Tables, origin: str) -> None:
        from superatom.literature.derived import derived_facts

        try:
            for document in tables.documents:
                connection.execute(
                    "INSERT OR REPLACE INTO documents VALUES (?, ?, ?)",
                    (document.id, origin, _json(document.as_dict())),
                )
            for table, records in _by_table(tables).items():
                connection.executemany(
                    f"INSERT INTO {table} VALUES (?, ?, ?)",
                    [(record.id, origin, _json(record.as_dict())) for record in records],
                )
            number = next_number(connection)
            for fact in tables.facts:
                insert_fact(connection, number, fact, origin, derived=False)
                number += 1
            for fact in derived_facts(tables):
                insert_fact(connection, number, fact, origin, derived=True)
                number += 1
        except sqlite3.IntegrityError as error:
            raise DataFileError(
                origin,
                f"an id in it is taken by a record of another file ({error})",
                hint="ids are unique in a store; give the records ids of their own",
            ) from error

    def add_candidates(self, found: Iterable[Fact], documents: Iterable[Document] = ()) -> int:
        """Keep mined facts for review; return how many are new.

        A candidate that has been decided on, or waits already, is not added again.
        """
        added = 0
        with self._writing() as connection:
            for document in documents:
                connection.execute(
                    "INSERT OR IGNORE INTO documents VALUES (?, ?, ?)",
                    (document.id, CANDIDATES, _json(document.as_dict())),
                )
            number = next_number(connection)
            for fact in found:
                waiting = (
                    fact if fact.decision else candidate(fact, rule=fact.rule, quote=fact.quote)
                )
                known = connection.execute("SELECT 1 FROM facts WHERE id = ?", (waiting.id,))
                if known.fetchone() is None:
                    insert_fact(connection, number, waiting, CANDIDATES, derived=False)
                    number += 1
                    added += 1
        return added

    def candidates(self, decision: str = "open") -> list[Fact]:
        """Return the mined facts with a decision: 'open', 'accepted' or 'rejected'."""
        rows = self.rows(
            "SELECT r.record FROM facts f JOIN fact_records r USING (seq) "
            "WHERE f.decision = ? AND f.decision <> '' ORDER BY f.seq",
            (decision,),
        )
        return [fact_of(record) for (record,) in rows]

    def decide(self, id: str, decision: str, edited: Fact | None = None) -> Fact:
        """Accept or reject a candidate; an accepted one counts as curated.

        Parameters
        ----------
        id : str
            Of the candidate.
        decision : str
            'accepted', 'rejected' or 'open'.
        edited : Fact, optional
            What to keep in its place; it keeps the id, so that mining does not offer it again.

        Raises
        ------
        SearchError
            If there is no such candidate.
        """
        with self._writing() as connection:
            row = connection.execute(
                "SELECT f.seq, r.record FROM facts f JOIN fact_records r USING (seq) "
                "WHERE f.id = ? AND f.decision <> ''",
                (id,),
            ).fetchone()
            if row is None:
                raise SearchError(f"no candidate '{id}' in {self.path}")
            fact = edited or fact_of(row[1])
            status = "curated" if decision == "accepted" else "mined"
            kept = replace(
                fact, id=id, decision=decision, source=replace(fact.source, status=status)
            )
            drop_origin(connection, None, number=row[0])
            insert_fact(connection, row[0], kept, CANDIDATES, derived=False)
        return kept

    def documents(self) -> dict[str, Document]:
        """Return every document by its id."""
        rows = self.rows("SELECT record FROM documents ORDER BY rowid")
        found = (Document.from_dict(json.loads(record)) for (record,) in rows)
        return {document.id: document for document in found}

    def tables(self, *, own: bool = False) -> Tables:
        """Return every record; with `own` only those that do not come with Superatom.

        Candidates that are open or were rejected are among the facts.
        """
        chosen = f"origin <> '{SHIPPED}'" if own else "1"

        def all_of(table: str) -> Iterator[dict[str, Any]]:
            for (record,) in self.rows(f"SELECT record FROM {table} WHERE {chosen} ORDER BY rowid"):
                yield json.loads(record)

        facts = self.rows(
            "SELECT r.record FROM facts f JOIN fact_records r USING (seq) "
            f"WHERE NOT f.derived AND {chosen} ORDER BY f.seq"
        )
        return Tables(
            tuple(Document.from_dict(each) for each in all_of("documents")),
            tuple(fact_of(record) for (record,) in facts),
            tuple(TransformationRecord.from_dict(each) for each in all_of("transformations")),
            tuple(DopingRecord.from_dict(each) for each in all_of("doping")),
            tuple(CoordinationRecord.from_dict(each) for each in all_of("modes")),
        )

    def counts(self) -> dict[str, int]:
        """Return the number of records of each kind."""
        asked = {
            "documents": "SELECT count(*) FROM documents",
            "clusters": "SELECT count(*) FROM clusters",
            "facts": "SELECT count(*) FROM facts "
            "WHERE NOT derived AND decision IN ('', 'accepted')",
            "transformations": "SELECT count(*) FROM transformations",
            "doping": "SELECT count(*) FROM doping",
            "modes": "SELECT count(*) FROM modes",
            "open candidates": "SELECT count(*) FROM facts WHERE decision = 'open'",
        }
        return {name: self.rows(sql)[0][0] for name, sql in asked.items()}

    def damage(self) -> tuple[str, ...]:
        """Return what SQLite finds broken in the file; empty if it is sound."""
        found = [row[0] for row in self.rows("PRAGMA integrity_check(20)")]
        return () if found == ["ok"] else tuple(found)


def _by_table(tables: Tables) -> dict[str, tuple[Any, ...]]:
    return {
        "transformations": tables.transformations,
        "doping": tables.doping,
        "modes": tables.modes,
    }


def read_records(path: str | Path) -> Tables:
    """Read a file of records: a table (CSV, TSV, YAML) or an export (JSON).

    Raises
    ------
    DataFileError
        If it cannot be read or a row is wrong.
    """
    if Path(path).suffix.casefold() != ".json":
        return read_table(path)
    from superatom.literature.exchange import read_json

    return read_json(path)


def fact_of(record: str) -> Fact:
    """Return the fact that a store keeps as text."""
    return Fact.from_dict(json.loads(record))


def _plain(tables: Tables) -> dict[str, list[Mapping[str, Any]]]:
    from superatom.literature.exchange import plain_tables

    return plain_tables(tables)


def _json(data: Mapping[str, Any]) -> str:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"))


def _digest(*parts: bytes) -> str:
    """Return a hash of content, of this version's reading of it and of the layout."""
    digest = hashlib.sha256(f"{stamp('store').version} {SCHEMA_VERSION}".encode())
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()
