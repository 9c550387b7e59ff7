"""The store: imports that happen whole or not at all, several processes, broken files."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from superatom.errors import DataFileError, SearchError
from superatom.literature.exchange import tables_csv
from superatom.literature.queries import find
from superatom.literature.records import Fact, candidate
from superatom.literature.recovery import rebuild, salvage
from superatom.literature.store import Store, default_path, open_store
from superatom.literature.tables import Tables, shipped_files

SRC = Path(__file__).resolve().parents[2] / "src"


def start(script: str, *arguments: str) -> subprocess.Popen[str]:
    """Start another process that uses a store."""
    path = os.pathsep.join(filter(None, (str(SRC), os.environ.get("PYTHONPATH"))))
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
    )


def test_importing_twice_changes_nothing(store: Store, records: Tables) -> None:
    before = store.rows("SELECT * FROM facts"), store.rows("SELECT * FROM subjects")
    again = store.import_tables(records, "made up")
    assert not again.changed
    assert again.records == len(records)
    assert (store.rows("SELECT * FROM facts"), store.rows("SELECT * FROM subjects")) == before


def test_new_content_takes_the_place_of_old(store: Store, records: Tables) -> None:
    fewer = replace(records, facts=records.facts[:3])
    assert store.import_tables(fewer, "made up").changed
    assert store.counts()["facts"] == 3
    assert find(store, text="icosahedral").total == 0


def test_every_record_comes_back_as_it_was(store: Store, records: Tables) -> None:
    assert store.tables() == records


def test_clusters_meet_under_one_key(store: Store) -> None:
    rows = store.rows("SELECT count(*) FROM clusters WHERE frame LIKE '%Au%25%'")
    spellings = {f.cluster for f in store.tables().facts if "Au25" in f.cluster}
    assert len(spellings) == 2  # SC2H4Ph and 2-PET
    assert rows == [(1,)]


def test_an_id_of_other_content_is_refused_and_nothing_changes(
    store: Store, made: Callable[..., Fact]
) -> None:
    before = store.counts()
    clash = Tables(facts=(made("new", "Au25", "TOF", "3"), made("f1", "Au25", "TOF", "4")))
    with pytest.raises(DataFileError, match="taken by a record of another file"):
        store.import_tables(clash, "elsewhere")
    assert store.counts() == before
    assert find(store, metric=("TOF", ">", 0)).total == 0


def test_an_export_comes_back_beside_its_source(tmp_path: Path, records: Tables) -> None:
    with open_store(tmp_path / "store.sqlite") as store:
        store.import_tables(records, "made up")
        everything, counts = store.tables(), store.counts()
        store.import_tables(everything, "the export of all of it")
        assert store.tables() == everything
        assert store.counts() == counts


def test_files_are_imported_by_content(tmp_path: Path, store: Store, records: Tables) -> None:
    others = replace(records, facts=tuple(replace(f, id=f"x{f.id}") for f in records.facts))
    path = tmp_path / "mine.csv"
    path.write_text(tables_csv(others)["facts"], encoding="utf-8")
    assert store.import_file(path).changed
    assert not store.import_file(path).changed
    assert store.tables(own=True).facts == (*records.facts, *others.facts)


def test_killed_in_the_middle_of_an_import(tmp_path: Path, records: Tables) -> None:
    """The process is killed while its transaction is open; what was there before is there."""
    path = tmp_path / "records.sqlite"
    with Store(path) as store:
        store.import_tables(records, "made up")
        before = store.tables()
    process = start(
        """
        import sys
        from dataclasses import replace
        from superatom.literature import store as module
        from superatom.literature.store import Store

        def tell(connection, number, fact, origin, *, derived):
            original(connection, number, fact, origin, derived=derived)
            if number == 40:
                print("half done", flush=True)
                sys.stdin.read()

        original, module.insert_fact = module.insert_fact, tell
        with Store(sys.argv[1]) as store:
            tables = store.tables()
            many = tuple(replace(f, id=f"{f.id}-{n}") for n in range(5) for f in tables.facts)
            store.import_tables(replace(tables, facts=many, documents=()), "made up")
        """,
        str(path),
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "half done\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    with Store(path) as store:
        assert store.damage() == ()
        assert store.tables() == before
        assert find(store, formula="Au38(PET)24").total == 1
        later = replace(records, facts=records.facts[1:])
        assert store.import_tables(later, "made up").changed


def test_two_processes_write_at_once(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    script = """
        import sys
        from superatom.literature.queries import find
        from superatom.literature.records import Fact, Source
        from superatom.literature.store import Store
        from superatom.literature.tables import Tables

        path, name = sys.argv[1:]
        for turn in range(12):
            with Store(path) as store:
                facts = tuple(
                    Fact(f"{name}-{turn}-{n}", ("Au25",), "catalysis", "TOF", "3", Source("d"))
                    for n in range(20)
                )
                store.import_tables(Tables(facts=facts), f"{name}-{turn}")
                assert find(store, text="TOF").total >= 20
        """
    processes = [start(script, str(path), name) for name in ("one", "two", "three")]
    for process in processes:
        _, problems = process.communicate(timeout=120)
        assert process.returncode == 0, problems
    with Store(path) as store:
        assert store.damage() == ()
        assert store.counts()["facts"] == 3 * 12 * 20
        assert store.counts()["clusters"] == 1


def test_a_file_that_is_no_database_is_said_to_be_corrupt(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    path.write_bytes(b"not a database at all, but long enough to have a header" * 40)
    with pytest.raises(DataFileError, match="corrupt") as caught:
        Store(path)
    assert "--rebuild" in str(caught.value)


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE letters(a)")
    connection.close()
    with pytest.raises(DataFileError, match="not a store"):
        Store(path)


def overwritten(path: Path, records: Tables) -> None:
    """Make a store and write rubbish over its middle."""
    with Store(path) as store:
        store.import_shipped()
        many = tuple(
            replace(f, id=f"{f.id}-{n}", remark="a long remark " * 20)
            for n in range(100)
            for f in records.facts
        )
        store.import_tables(replace(records, facts=many), "made up")
        store.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(os.urandom(size // 8))


def test_a_damaged_file_is_said_to_be_corrupt(tmp_path: Path, records: Tables) -> None:
    path = tmp_path / "records.sqlite"
    overwritten(path, records)

    def use() -> None:
        with Store(path) as store:
            if store.damage():
                raise DataFileError(str(path), "the store is corrupt")
            store.tables()

    with pytest.raises(DataFileError, match="corrupt"):
        use()


def test_a_damaged_store_is_made_anew(tmp_path: Path, records: Tables) -> None:
    path = tmp_path / "records.sqlite"
    overwritten(path, records)
    report = rebuild(path)
    assert report.kept is not None
    assert report.kept.exists()
    assert 0 < report.recovered < 1200  # what lay on the overwritten pages is lost
    with open_store(path) as store:
        assert store.damage() == ()
        assert len(store.tables()) == len(open_tables(tmp_path)) + report.recovered


def open_tables(folder: Path) -> Tables:
    with open_store(folder / "fresh.sqlite") as store:
        return store.tables()


def test_what_cannot_be_opened_is_made_anew_from_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "records.sqlite"
    path.write_bytes(b"rubbish" * 1000)
    assert salvage(path) == {}
    assert rebuild(path).recovered == 0
    with open_store(path) as store:
        assert store.tables() == open_tables(tmp_path)


def test_a_sound_store_loses_nothing_by_a_rebuild(
    tmp_path: Path, records: Tables, made: Callable[..., Fact]
) -> None:
    path = tmp_path / "records.sqlite"
    mined = [candidate(made("", "Au25", "TOF", str(n)), rule="r", quote="q") for n in range(3)]
    with open_store(path) as store:
        store.import_tables(records, "made up")
        store.add_candidates(mined)
        store.decide(mined[0].id, "rejected")
        before = store.tables(), store.counts()
    rebuild(path)
    with open_store(path) as store:
        assert store.counts() == before[1]
        assert set(store.tables().facts) == set(before[0].facts)


def test_candidates_wait_for_a_decision(store: Store, made: Callable[..., Fact]) -> None:
    mined = [candidate(made("", "Au25(SR)18", "TOF", str(n)), rule="r", quote="q") for n in (1, 2)]
    assert store.add_candidates(mined) == 2
    assert store.add_candidates(mined) == 0
    assert [f.id for f in store.candidates()] == [f.id for f in mined]
    assert find(store, metric=("TOF", ">", 0)).total == 0  # not before a person has agreed
    kept = store.decide(mined[0].id, "accepted", edited=replace(mined[0], value="5"))
    store.decide(mined[1].id, "rejected")
    assert kept.source.status == "curated"
    assert [f.value for f in find(store, metric=("TOF", ">", 0))] == ["5"]
    assert store.candidates() == []
    assert store.add_candidates(mined) == 0  # neither is offered again
    with pytest.raises(SearchError, match="no candidate"):
        store.decide("f1", "accepted")


def test_decisions_outlive_the_process(tmp_path: Path, made: Callable[..., Fact]) -> None:
    path = tmp_path / "records.sqlite"
    mined = [candidate(made("", "Au25", "TOF", str(n)), rule="r", quote="q") for n in range(4)]
    with Store(path) as store:
        store.add_candidates(mined)
        store.decide(mined[0].id, "accepted")
    with Store(path) as store:
        assert [f.id for f in store.candidates()] == [f.id for f in mined[1:]]
        assert [f.id for f in store.candidates("accepted")] == [mined[0].id]


def test_the_shipped_records_are_there_on_first_use(tmp_path: Path) -> None:
    with open_store(tmp_path / "new.sqlite") as store:
        assert bool(store.counts()["doping"]) == any(
            p.name == "bimetallic.csv" for p in shipped_files()
        )
        assert not store.import_shipped().changed


def test_the_store_lies_in_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert default_path() == tmp_path / "superatom" / "literature.sqlite"
