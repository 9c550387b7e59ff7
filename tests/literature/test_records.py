"""Records go to JSON and back, and refuse what they cannot mean."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from superatom.literature.checks import CheckReport
from superatom.literature.disputes import Dispute
from superatom.literature.exchange import plain_tables, read_json
from superatom.literature.records import (
    CoordinationRecord,
    Document,
    DopingRecord,
    Fact,
    Source,
    TransformationRecord,
    candidate,
    conditions_of,
)
from superatom.literature.suspicion import Suspicion
from superatom.literature.tables import Tables
from superatom.provenance import stamp

WHERE = Source("d1", "Table 1", 3, 8, "12", "a rule", "0.1", "mined")


@pytest.mark.parametrize(
    "record",
    [
        Document("d1", "J. Made Up 2020", "10.1/x", "A title", 2020),
        Fact("f", ("Au25(SR)18",), "catalysis", "TOF", "3", WHERE, "HER", unit="s^-1"),
        TransformationRecord(
            "t", WHERE, "size focusing", ("Au38(SR)24",), ("Au25(SR)18",), time_h="2"
        ),
        DopingRecord("b", WHERE, "Au24Pd(SR)18", "M1Au24", "co-reduction", "Pd", "1", "centre"),
        CoordinationRecord("m", WHERE, "alkynyl", "C", "mu2-eta1,eta2", "Au"),
        Suspicion("f", "unit", "doubt", "because"),
        Dispute("Au25", "TOF", ()),
    ],
    ids=lambda record: type(record).__name__,
)
def test_json_round_trip(record) -> None:
    plain = json.loads(json.dumps(record.as_dict()))
    assert type(record).from_dict(plain) == record


def test_tables_round_trip(tmp_path, records: Tables) -> None:
    path = tmp_path / "records.json"
    path.write_text(json.dumps(plain_tables(records)), encoding="utf-8")
    assert read_json(path) == records


def test_a_report_tells_contradictions_and_doubts_apart() -> None:
    both = (Suspicion("a", "r", "contradiction", "x"), Suspicion("b", "r", "doubt", "y"))
    report = CheckReport(2, both, stamp("rules"))
    plain = json.loads(json.dumps(report.as_dict()))
    assert [s["record"] for s in plain["contradictions"]] == ["a"]
    assert [s["record"] for s in plain["doubts"]] == ["b"]
    assert CheckReport.from_dict(plain) == report


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"category": "cooking"}, "category 'cooking'"),
        ({"comparator": "=="}, "comparator '=='"),
        ({"decision": "maybe"}, "decision 'maybe'"),
        ({"property": ""}, "without a property"),
    ],
)
def test_impossible_facts_are_refused(change: dict[str, str], problem: str) -> None:
    given = {"category": "catalysis", "property": "TOF", **change}
    with pytest.raises(ValueError, match=problem):
        Fact(id="f", clusters=(), value="1", source=Source("d1"), **given)


def test_a_source_has_a_status() -> None:
    with pytest.raises(ValueError, match="status 'guessed'"):
        Source("d1", status="guessed")


def test_a_candidate_is_mined_open_and_the_same_for_the_same_content(
    made: Callable[..., Fact],
) -> None:
    first = candidate(made("", "Au25", "TOF", "3", "s^-1"), rule="metric", quote="a TOF of 3 s-1")
    again = candidate(made("", "Au25", "TOF", "3", "s^-1"), rule="metric", quote="a TOF of 3 s-1")
    other = candidate(made("", "Au25", "TOF", "4", "s^-1"), rule="metric", quote="a TOF of 3 s-1")
    assert (first.source.status, first.decision) == ("mined", "open")
    assert first.id == again.id != other.id
    newer = replace(first, id="", source=replace(first.source, version="9.9"))
    assert candidate(newer, rule="another rule", quote=first.quote).id == first.id


def test_conditions_without_a_key() -> None:
    told = conditions_of("potential: -0.5 V vs RHE; H-cell; 0.5 M KHCO3;")
    assert told == {"potential": "-0.5 V vs RHE", "": "H-cell; 0.5 M KHCO3"}


def test_a_candidate_keeps_its_id_when_its_conditions_are_read_better(
    made: Callable[..., Fact],
) -> None:
    fact = made("", "Au25(SR)18", "FE CO", "95", "%", conditions="-0.5 V")
    placed = replace(fact, source=replace(fact.source, start=10, end=14))
    better = replace(placed, conditions="potential: -0.5 V")
    assert candidate(placed, rule="a").id == candidate(better, rule="b").id
    other = replace(fact, conditions="-0.9 V")  # no place known: what is told must tell them apart
    assert candidate(fact, rule="a").id != candidate(other, rule="a").id
