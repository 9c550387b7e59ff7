"""`superatom literature mine`, and mining of the shared reviews."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

from typer.testing import CliRunner

from superatom.cli import app
from superatom.composition.formula import parse_formulas
from superatom.errors import SuperatomError
from superatom.literature.mining.mentions import find_mentions, frame
from superatom.literature.mining.miner import mine_manuscript
from superatom.literature.mining.text import read_manuscript
from superatom.literature.properties import recognise
from superatom.literature.records import Fact
from superatom.literature.store import Store
from superatom.literature.units import UnitError, read_unit

PAPER = "# HER\n\nThe overpotential of Ag14(SR)8 is 84 mV. Its Tafel slope is 61 mV dec−1.\n"


def run(*arguments: str):
    return CliRunner().invoke(app, ["literature", "mine", *arguments])


def test_candidates_are_printed_and_kept(tmp_path: Path) -> None:
    paper, store = tmp_path / "mine.md", tmp_path / "store.sqlite"
    paper.write_text(PAPER, encoding="utf-8")
    result = run(str(paper), "--store", str(store))
    assert result.exit_code == 0, result.output
    assert "2 candidates" in result.output
    assert "2 new candidates wait" in result.output
    assert "0 new candidates wait" in run(str(paper), "--store", str(store)).output
    with Store(store) as opened:
        waiting = opened.candidates()
    assert {(f.cluster, f.property) for f in waiting} == {
        ("Ag14(SR)8", "overpotential"),
        ("Ag14(SR)8", "Tafel slope"),
    }
    assert all(f.quote in PAPER for f in waiting)


def test_json_has_offsets_into_the_file(tmp_path: Path) -> None:
    paper = tmp_path / "mine.html"
    page = "<p>The QY of Ag<sub>14</sub>(SR)<sub>8</sub> is 4.6%.</p>"
    paper.write_text(page, encoding="utf-8")
    result = run(str(paper), "--json")
    assert result.exit_code == 0, result.output
    (found,) = json.loads(result.stdout)
    (mention,), (fact,) = found["mentions"], found["candidates"]
    assert page[mention["start"] :].startswith("Ag<sub>14</sub>")
    assert page[fact["source"]["start"] : fact["source"]["end"]] == "4.6%"


def test_a_file_that_is_no_paper_ends_with_code_2(tmp_path: Path) -> None:
    result = run(str(tmp_path / "absent.md"))
    assert result.exit_code == 2
    assert "absent.md" in result.output


def test_formulas_of_the_reviews(shared: Path) -> None:
    """At least 97 % of metals and counts and 95 % of the normal forms (hand-made rows)."""
    table = shared / "reference" / "formula_examples.tsv"
    lines = table.read_text(encoding="utf-8").splitlines()
    rows = list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))
    papers = {p.name[:3]: read_manuscript(p) for p in (shared / "reviews").glob("0*.txt")}
    mentions = {
        name: [m for n, p in enumerate(paper.passages) for m in find_mentions(p, n)]
        for name, paper in papers.items()
    }
    metals, forms, total = 0, 0, 0
    for row in rows:
        if row["normal"].startswith("NOT"):
            continue
        total += 1
        wanted = parse_formulas(row["normal"])
        best = [False, False]
        for match in re.finditer(re.escape(row["raw"]), papers[row["review"]].text):
            found = [
                m.cluster
                for m in mentions[row["review"]]
                if m.start < match.end() and m.end > match.start()
            ]
            best[0] |= {frame(w) for w in wanted} <= {frame(c) for c in found}
            texts = {c.text(label=False) for c in found}
            best[1] |= {w.text(label=False) for w in wanted} <= texts
        metals, forms = metals + best[0], forms + best[1]
    assert metals >= 0.97 * total
    assert forms >= 0.95 * total


def test_facts_of_the_reviews(shared: Path) -> None:
    """At least 70 % with cluster, property, value and unit, of rows whose cluster is named."""
    lines = (shared / "reference" / "fact_examples.tsv").read_text(encoding="utf-8").splitlines()
    found = {
        path.name[:3]: mine_manuscript(read_manuscript(path)).candidates
        for path in (shared / "reviews").glob("0*.txt")
    }
    rows = [r for r in csv.DictReader(lines, delimiter="\t") if frames_of(r["cluster"])]
    told = sum(any(says(fact, row) for fact in found[row["review"]]) for row in rows)
    assert told >= 0.7 * len(rows)


def frames_of(cell: str) -> set[object]:
    """Return metals and counts of the clusters in a cell; nothing if it names them in words."""
    try:
        return {frame(f) for part in cell.split("|") for f in parse_formulas(part.strip())}
    except SuperatomError:
        return set()


def says(fact: Fact, row: dict[str, str]) -> bool:
    near = abs((fact.source.start or 0) - int(row["offset"])) < 150
    same = recognise(fact.property).name == recognise(row["property"]).name
    if not near or not same or frames_of(row["cluster"]) != frames_of(fact.cluster):
        return False
    unit = row["unit"].split(" ")[0]
    numbers = [re.sub(r"^\+", "", value) for value in (row["value"], fact.value)]
    alike = numbers[0] == numbers[1] or (
        all(map(is_number, numbers)) and (float(numbers[0]) == float(numbers[1]))
    )
    return alike and (
        not unit or fact.unit.startswith(unit[:1]) or dimension(row) == dimension(fact)
    )


def is_number(text: str) -> bool:
    return bool(re.fullmatch(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?", text))


def dimension(told: Fact | dict[str, str]) -> str:
    unit = told.unit if isinstance(told, Fact) else told["unit"]
    try:
        return read_unit(unit).dimension
    except UnitError:
        return unit
