"""The dialogue of `superatom literature review`: nothing decided is lost, however it ends."""

from __future__ import annotations

import builtins
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from superatom.cli import app
from superatom.literature.records import Fact, candidate
from superatom.literature.store import Store, open_store

Review = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path, made: Callable[..., Fact]) -> Path:
    told = [
        ("TOF", "1", "s^-1", "metric"),
        ("TOF", "2", "s^-1", "metric"),
        ("kernel", "icosahedron", "", "kernel in words"),
        ("TOF", "3", "s^-1", "metric"),
    ]
    with open_store(tmp_path / "records.sqlite") as store:
        store.add_candidates(
            candidate(made("", "Au25(SR)18", name, value, unit), rule=rule, quote=f"{value}!")
            for name, value, unit, rule in told
        )
    return tmp_path / "records.sqlite"


@pytest.fixture
def review(path: Path) -> Review:
    def invoke(*arguments: str, answers: Sequence[str] = ()) -> Result:
        words = ["literature", "review", *arguments, "--store", str(path)]
        return CliRunner().invoke(app, words, input="".join(f"{a}\n" for a in answers))

    return invoke


def values(path: Path, decision: str) -> list[str]:
    with Store(path) as store:
        return [fact.value for fact in store.candidates(decision)]


def test_ctrl_c_loses_nothing(review: Review, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: Iterator[str] = iter(["a", "r", "e", "HER"])

    def typed(_prompt: str = "") -> str:
        answer = next(given, None)
        if answer is None:
            raise KeyboardInterrupt
        return answer

    monkeypatch.setattr(builtins, "input", typed)
    done = review()  # stopped while the third is being edited
    assert done.exit_code == 0
    assert "2 decided, 2 left" in done.stdout
    assert values(path, "accepted") == ["1"]
    assert values(path, "rejected") == ["2"]
    assert values(path, "open") == ["icosahedron", "3"]


def test_the_end_of_the_input_stops_an_edit_without_a_trace(review: Review, path: Path) -> None:
    assert "0 decided, 4 left" in review(answers=["e", "HER", "TON"]).stdout
    with Store(path) as store:
        assert [fact.property for fact in store.candidates()] == ["TOF", "TOF", "kernel", "TOF"]


def test_all_of_a_rule_at_once(review: Review, path: Path) -> None:
    done = review(answers=["t", "q"])
    assert "accepted 3 found by: metric" in done.stdout
    assert "3 decided, 1 left" in done.stdout
    assert values(path, "open") == ["icosahedron"]


@pytest.mark.parametrize(
    ("chosen", "accepted"),
    [
        (("--rule", "KERNEL"), ["icosahedron"]),
        (("--property", "turnover frequency"), ["1", "2", "3"]),
        (("--document", "d1"), ["1", "2", "icosahedron", "3"]),
        (("--document", "d2"), []),
    ],
)
def test_a_batch_without_a_dialogue(
    review: Review, path: Path, chosen: Sequence[str], accepted: list[str]
) -> None:
    listed = json.loads(review(*chosen, "--json").stdout)
    assert [fact["value"] for fact in listed] == accepted
    assert review("--accept", "all", *chosen).exit_code == 0
    assert values(path, "accepted") == accepted


def test_one_may_go_back(review: Review, path: Path) -> None:
    done = review(answers=["a", "b", "r", "q"])
    assert "1 decided, 3 left" in done.stdout
    assert values(path, "rejected") == ["1"]


def test_going_back_undoes_an_edit(review: Review, path: Path) -> None:
    edit = ["e", "", "", "99", "", "-", "", "", ""]
    review(answers=[*edit, "b", "q"])
    assert values(path, "open") == ["1", "2", "icosahedron", "3"]


def test_a_decision_is_taken_back_later(review: Review, path: Path) -> None:
    review("--reject", "all")
    with Store(path) as store:
        name = store.candidates("rejected")[0].id
    assert review("--reopen", name).exit_code == 0
    assert values(path, "open") == ["1"]


def test_an_edit_that_is_not_understood_is_told(review: Review) -> None:
    edit = ["e", "", "", "7", "parsecs", "", "", "", ""]
    done = review(answers=[*edit, "q"])
    assert "worth a look" in done.stderr
    assert "parsecs" in done.stderr


def test_a_dash_empties_a_part(review: Review, path: Path) -> None:
    review(answers=["e", "", "", "", "", "", "odd", "", "", "q"])
    review("--reopen", _first(path))
    review(answers=["e", "", "", "", "", "", "-", "", "", "q"])
    with Store(path) as store:
        assert [fact.remark for fact in store.candidates("accepted")] == [""]


def _first(path: Path) -> str:
    with Store(path) as store:
        return store.candidates("accepted")[0].id
