"""The command `superatom literature`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from superatom.cli import app
from superatom.literature.exchange import tables_csv
from superatom.literature.records import Fact, candidate
from superatom.literature.store import Store, open_store
from superatom.literature.tables import Tables

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, records: Tables) -> Run:
    path = tmp_path / "records.sqlite"
    with open_store(path) as store:
        store.import_tables(records, "made up")

    def invoke(command: str, *arguments: str | Path, answers: Sequence[str] = ()) -> Result:
        words = ["literature", command, *map(str, arguments), "--store", str(path)]
        return CliRunner().invoke(app, words, input="".join(f"{a}\n" for a in answers))

    return invoke


def mine(run: Run, *facts: Fact) -> None:
    with Store(path_of(run)) as store:
        store.add_candidates(facts)


def path_of(run: Run) -> Path:
    return run.__closure__[0].cell_contents  # type: ignore[attr-defined]


def test_the_example_of_the_issue(run: Run) -> None:
    done = run(
        "find",
        *("--metal", "Au", "--dopant", "Cd", "--reaction", "CO2RR", "--metric", "FE(CO)", ">90"),
        *("--document", "d1", "--json"),
    )
    assert done.exit_code == 0
    assert [fact["id"] for fact in json.loads(done.stdout)["facts"]] == ["f2"]


def test_a_table_names_clusters_values_and_sources(run: Run) -> None:
    done = run("find", "icosahedral", "--document", "d1")
    assert done.exit_code == 0
    for word in ("Cu25H22(PPh3)12", "icosahedral Cu13", "ref. 7", "J. Made Up 2020, 1, 1"):
        assert word in done.stdout


def test_words_and_text_are_the_same(run: Run) -> None:
    asked = ("--document", "d1", "--json")
    assert (
        json.loads(run("find", "Brust", *asked).stdout)["facts"]
        == json.loads(run("find", "--text", "brust", *asked).stdout)["facts"]
        != []
    )


def test_nothing_found(run: Run) -> None:
    done = run("find", "unobtainium")
    assert (done.exit_code, done.stdout) == (0, "nothing found\n")


def test_findings_as_csv_can_be_imported(run: Run, tmp_path: Path) -> None:
    done = run("find", "--document", "d1", "--csv", "--limit", "0")
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    assert len(rows) == 11
    path = tmp_path / "again.csv"
    path.write_text(done.stdout, encoding="utf-8")
    with Store(tmp_path / "other.sqlite") as store:
        assert store.import_file(path).records == 11


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--metal", "Xx"), "no element symbol"),
        (("--metric", "smell", ">3"), "not a property"),
        (("--metric", "FE", "high"), "no bound"),
        (("--formula", "gold dust"), "error"),
        (("--figure", "f.svg"), "say what to draw"),
    ],
)
def test_bad_questions_end_with_exit_code_2(
    run: Run, arguments: tuple[str, ...], problem: str
) -> None:
    done = run("find", *arguments)
    assert done.exit_code == 2
    assert problem in done.stderr


def test_a_figure(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "fe.svg"
    done = run("find", "--metric", "FE(CO)", ">0", "--document", "d1", "--figure", path)
    assert done.exit_code == 0
    assert "2 records" in done.stdout
    assert "<svg" in path.read_text()


def test_check_a_table(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "printed.tsv"
    path.write_text(
        "line\tseries_printed\tlabel_on_this_line\tformula_printed\ttype_printed\tnumber_printed\n"
        "7\t(M-Au)25\tyes\tAu24Pd(SR)18\tPt\t1\n8\t(M-Au)25\tno\tAu37Pd(SR)24\tPd\t1\n",
        encoding="utf-8",
    )
    done = run("check", path)
    assert done.exit_code == 0
    assert "1 of 2 records contradict themselves" in done.stdout
    assert "the dopant is given as Pt" in done.stdout
    found = json.loads(run("check", path, "--json").stdout)
    assert [s["record"] for s in found["contradictions"]] == ["line 7"]
    assert found["doubts"] == []
    assert "dopant type" in run("check", path, "--csv").stdout


def test_check_the_store(run: Run) -> None:
    found = json.loads(run("check", "--json").stdout)
    assert found["damage"] == []
    assert [s["rule"] for s in found["contradictions"] if s["record"] == "f10"] == ["unit"]


def test_import_twice(run: Run, tmp_path: Path, made: Callable[..., Fact]) -> None:
    path = tmp_path / "own.csv"
    path.write_text(tables_csv(Tables(facts=(made("x", "Au25", "TOF", "3"),)))["facts"])
    assert "1 records imported" in run("import", path).stdout
    assert "1 records there already" in run("import", path).stdout
    told = json.loads(run("import", path, "--json").stdout)
    assert told["imports"][0]["changed"] is False


def test_import_of_a_wrong_file(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "wrong.csv"
    path.write_text("a,b\n1,2\n")
    done = run("import", path)
    assert done.exit_code == 2
    assert "wrong.csv:1" in done.stderr


def test_rebuild_a_corrupt_store(run: Run) -> None:
    path_of(run).write_bytes(b"rubbish" * 1000)
    done = run("find", "--metal", "Au")
    assert done.exit_code == 2
    assert "the store is corrupt" in done.stderr
    assert run("import", "--rebuild").exit_code == 0
    assert run("find", "--metal", "Au").exit_code == 0


def test_export_and_import_elsewhere(run: Run, tmp_path: Path, records: Tables) -> None:
    path = tmp_path / "all.json"
    assert run("export", "--own", "--output", path).exit_code == 0
    with Store(tmp_path / "other.sqlite") as store:
        store.import_file(path)
        assert store.tables() == records
    folder = tmp_path / "tables"
    folder.mkdir()
    assert run("export", "--own", "--csv", "--output", folder).exit_code == 0
    assert {p.name for p in folder.iterdir()} == {"documents.csv", "facts.csv"}


@pytest.fixture
def mined(made: Callable[..., Fact]) -> list[Fact]:
    return [
        candidate(made("", "Au25(SR)18", "TOF", str(n), "s^-1"), rule="metric", quote=f"TOF of {n}")
        for n in (1, 2, 3)
    ]


def test_a_review_can_be_stopped_and_taken_up_again(run: Run, mined: list[Fact]) -> None:
    mine(run, *mined)
    first = run("review", answers=["what?", "a", "q"])
    assert first.exit_code == 0
    assert "TOF of 1" in first.stdout
    assert "found by metric" in first.stdout
    assert "1 decided, 2 left" in first.stdout
    second = run("review", answers=["r", "s"])
    assert "TOF of 1" not in second.stdout
    assert "1 decided, 1 left" in second.stdout
    assert [f["value"] for f in json.loads(run("review", "--json").stdout)] == ["3"]
    found = json.loads(run("find", "--metric", "TOF", ">0", "--document", "d1", "--json").stdout)
    assert [f["value"] for f in found["facts"]] == ["1"]


def test_a_candidate_is_edited(run: Run, mined: list[Fact]) -> None:
    mine(run, mined[0])
    answers = ["e", "HER", "", "1.5", "", "", "checked", "more", ">", "gold dust"]
    answers += ["Au25(PET)18"]  # "more" and gold dust are asked for again
    done = run("review", answers=answers)
    assert done.exit_code == 0
    (fact,) = json.loads(run("find", "--metric", "TOF", ">1", "--document", "d1", "--json").stdout)[
        "facts"
    ]
    assert (fact["value"], fact["comparator"], fact["reaction"]) == ("1.5", ">", "HER")
    assert (fact["clusters"], fact["remark"]) == (["Au25(PET)18"], "checked")
    assert fact["source"]["status"] == "curated"


def test_decisions_without_a_dialogue(run: Run, mined: list[Fact]) -> None:
    mine(run, *mined)
    assert run("review", "--accept", mined[0].id).stdout == "2 candidates are left\n"
    assert run("review", "--reject", "all").stdout == "0 candidates are left\n"
    assert "no candidates" in run("review").stdout
    done = run("review", "--accept", "nothing")
    assert done.exit_code == 2
    assert "no candidate 'nothing'" in done.stderr


@pytest.mark.parametrize(
    ("bounds", "found"),
    [
        (("--metric", "FE(CO)", ">90"), ["f1", "f3", "f2"]),
        (("--metric", "FE(CO)>=95"), ["f1"]),
        (("--metric", "FE(CO) > 93"), ["f1"]),
        (("--metric", "FE CO", "80"), ["f4"]),
        (("--metric", "overpotential", "<= 0.2 V"), ["f5", "f6"]),
        (("--metric", "FE CO", ">90", "--metric", "FE CO < 95"), ["f3"]),
    ],
)
def test_bounds_in_one_word_or_two_and_repeated(
    run: Run, bounds: Sequence[str], found: list[str]
) -> None:
    for words in (("--document", "d1", "--json", *bounds), (*bounds, "--document", "d1", "--json")):
        done = run("find", *words)
        assert [fact["id"] for fact in json.loads(done.stdout)["facts"]] == found


@pytest.mark.parametrize("bounds", [("--metric", "FE(CO)"), ("--metric",)])
def test_a_metric_without_a_bound_is_refused(run: Run, bounds: Sequence[str]) -> None:
    done = run("find", *bounds)
    assert done.exit_code == 2
