"""The tables of a store and how a file is opened, locked and found to be broken."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from superatom.errors import ComputationError, DataFileError, SearchError

__all__ = ["SCHEMA_VERSION", "connect", "guarded", "transaction"]

SCHEMA_VERSION = 1
_APPLICATION = 0x53617443  # 'SatC', marks the file as ours
_PATIENCE = 60.0  # seconds a process waits for another one's import

_SCHEMA = """
CREATE TABLE imports(origin TEXT PRIMARY KEY, hash TEXT NOT NULL, records INTEGER NOT NULL);
CREATE TABLE documents(id TEXT PRIMARY KEY, origin TEXT NOT NULL, record TEXT NOT NULL);
CREATE TABLE clusters(
    id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, body TEXT NOT NULL, frame TEXT NOT NULL,
    formula TEXT NOT NULL, charge INTEGER, electrons REAL, size REAL,
    isomer TEXT NOT NULL, host TEXT NOT NULL, n_metals INTEGER NOT NULL);
CREATE INDEX clusters_body ON clusters(body);
CREATE INDEX clusters_frame ON clusters(frame);
CREATE INDEX clusters_electrons ON clusters(electrons);
CREATE TABLE cluster_metals(symbol TEXT, cluster INTEGER, count REAL,
    PRIMARY KEY(symbol, cluster)) WITHOUT ROWID;
CREATE TABLE cluster_ligands(name TEXT, cluster INTEGER, kind TEXT, count REAL,
    PRIMARY KEY(name, cluster)) WITHOUT ROWID;
CREATE INDEX cluster_ligands_kind ON cluster_ligands(kind, cluster);
CREATE TABLE facts(
    seq INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, origin TEXT NOT NULL,
    category TEXT NOT NULL, reaction TEXT NOT NULL, property TEXT NOT NULL, of TEXT NOT NULL,
    comparator TEXT NOT NULL, low REAL, high REAL, word TEXT NOT NULL, dimension TEXT NOT NULL,
    status TEXT NOT NULL, document TEXT NOT NULL, decision TEXT NOT NULL,
    derived INTEGER NOT NULL);
CREATE INDEX facts_property ON facts(property, of, high, low, reaction, comparator, dimension);
CREATE INDEX facts_reaction ON facts(reaction, property);
CREATE INDEX facts_word ON facts(property, word) WHERE word <> '';
CREATE INDEX facts_document ON facts(document);
CREATE INDEX facts_category ON facts(category);
CREATE INDEX facts_origin ON facts(origin);
CREATE INDEX facts_hidden ON facts(decision) WHERE decision IN ('open', 'rejected');
CREATE TABLE fact_records(seq INTEGER PRIMARY KEY, record TEXT NOT NULL);
CREATE TABLE subjects(cluster INTEGER, fact INTEGER, PRIMARY KEY(cluster, fact)) WITHOUT ROWID;
CREATE INDEX subjects_fact ON subjects(fact, cluster);
CREATE TABLE transformations(id TEXT PRIMARY KEY, origin TEXT NOT NULL, record TEXT NOT NULL);
CREATE TABLE doping(id TEXT PRIMARY KEY, origin TEXT NOT NULL, record TEXT NOT NULL);
CREATE TABLE modes(id TEXT PRIMARY KEY, origin TEXT NOT NULL, record TEXT NOT NULL);
CREATE VIRTUAL TABLE facts_fts USING fts5(text, detail = none, columnsize = 0,
    tokenize = 'unicode61 remove_diacritics 2');
"""


def connect(path: Path) -> sqlite3.Connection:
    """Open the file of a store; make it if it is not there.

    Raises
    ------
    DataFileError
        If it cannot be opened, is no database, is damaged, or is of another program or a
        newer version.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataFileError(
            str(path), f"its folder cannot be made ({error.strerror})", hint="choose another place"
        ) from error
    with guarded(path):
        connection = sqlite3.connect(path, timeout=_PATIENCE, isolation_level=None)
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = FULL")  # a decision outlives a power failure
    connection.execute("PRAGMA foreign_keys = ON")
    if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
        with transaction(connection):
            _make(connection, path)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to a write-ahead log; SQLite does not wait for others by itself here."""
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)


def _make(connection: sqlite3.Connection, path: Path) -> None:
    """Make the tables, unless another process has just done so."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version == SCHEMA_VERSION:
        return
    if connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        raise DataFileError(
            str(path),
            f"is not a store that this version reads (layout {version})",
            hint="name another file, or make it anew: superatom literature import --rebuild",
        )
    for statement in _SCHEMA.split(";\n"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {_APPLICATION}")
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """Do all of a block or nothing of it, with no other writer in between."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def guarded(path: Path) -> Iterator[None]:
    """Turn errors of the database into those of this package, and say what to do.

    Raises
    ------
    DataFileError
        If the file is damaged or cannot be used.
    ComputationError
        If another process kept it locked for too long, or the disk is full.
    SearchError
        If the index of words cannot look for what is asked.
    """
    try:
        yield
    except (sqlite3.OperationalError, sqlite3.InternalError) as error:
        if "malformed" in str(error):
            raise _corrupt(path, error) from error
        if "fts5:" in str(error):
            raise SearchError(f"these words cannot be looked for ({error})") from error
        if "locked" in str(error) or "disk is full" in str(error):
            raise ComputationError(f"{path}: {error}; try again") from error
        raise DataFileError(
            str(path), f"cannot be used ({error})", hint="choose another file with --store"
        ) from error
    except sqlite3.DatabaseError as error:
        raise _corrupt(path, error) from error


def _corrupt(path: Path, error: sqlite3.DatabaseError) -> DataFileError:
    return DataFileError(
        str(path),
        f"the store is corrupt ({error})",
        hint="superatom literature import --rebuild keeps it under another name, makes a new "
        "one from the tables and takes over every record that can still be read",
    )
