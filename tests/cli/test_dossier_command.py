"""`superatom dossier` as a user types it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from superatom.cli import app

GOLD = "[Au25(SC2H4Ph)18]-"


def run(*arguments: str) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, ["dossier", *arguments])
    assert done.exception is None or isinstance(done.exception, SystemExit)
    return done.exit_code, done.stdout, done.stderr


def test_writes_the_page_it_is_asked_for(tmp_path: Path) -> None:
    page = tmp_path / "au25.html"
    code, told, _ = run(GOLD, "-o", str(page))
    assert code == 0
    assert str(page) in told
    assert page.read_text(encoding="utf-8").rstrip().endswith("</html>")
    assert [path.name for path in tmp_path.iterdir()] == ["au25.html"]


def test_json_gives_the_results_behind_the_page(tmp_path: Path) -> None:
    code, told, _ = run(GOLD, "-o", str(tmp_path / "x.html"), "--json")
    assert code == 0
    results = {}
    for section in json.loads(told)["sections"]:
        results |= section["data"]
    assert results["electrons"]["electrons"] == 8  # Walter 2008
    # neutral 7392.932 (shared SCIENCE.md, IsoSpec) and one electron of 0.000549 u more
    assert results["ions"][0]["base_mz"] == pytest.approx(7392.9326, abs=1e-3)
    assert results["card"]["average_mass_u"] == pytest.approx(7394.1, abs=0.1)


def test_definitions_and_conventions_reach_the_page(tmp_path: Path) -> None:
    page = tmp_path / "x.html"
    code, _, _ = run(
        "[TlAu24(SR)18]-", "--define", "SR=SC2H4Ph", "--valence", "Tl=1", "-o", str(page)
    )
    assert code == 0
    text = page.read_text(encoding="utf-8")
    assert '<span class="big">8</span>' in text
    assert "m/z of the tallest peak" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["[Au25(PETT)18]-"], "PETT"),
        ([""], "empty"),
        ([GOLD, "--structure", "absent.cif"], "absent.cif"),
        ([GOLD, "-o", "no/such/folder/x.html"], "cannot be written"),
        ([GOLD, "--hydride", "maybe"], "--hydride maybe"),
    ],
)
def test_bad_input_is_told_and_leaves_no_page(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, told = run(*arguments)
    assert code == 2
    assert told.startswith("error: ")
    assert message in told
    assert list(tmp_path.iterdir()) == []
