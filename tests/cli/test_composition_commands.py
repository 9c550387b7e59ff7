"""`superatom show` and `superatom balance` as a user meets them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from superatom import __version__
from superatom.cli import app

HEADLINE = "Au(SR) + CO + OH- -> [Au25(SR)18]- + SR- + CO2 + H2O"


def run(*arguments: str, text: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments), input=text)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def test_version_and_help() -> None:
    assert run("--version")[1].strip() == f"superatom {__version__}"
    code, out, _ = run("--help")
    assert code == 0
    assert "show" in out
    assert "balance" in out


def test_card_of_gold_25() -> None:
    code, out, _ = run("show", "[Au25(SC2H4Ph)18]-")
    assert code == 0
    for fact in ("[Au₂₅(SC₂H₄Ph)₁₈]⁻", "1S2 1P6", "7392.93", "Au 66.60", "[M+2Cs]+", "+0.680"):
        assert fact in out, fact


def test_card_as_json() -> None:
    _, out, _ = run("show", "[Au25(SC2H4Ph)18]-", "--json")
    facts = json.loads(out)
    assert facts["electron_count"]["electrons"] == 8
    assert facts["elements"] == {"Au": 25, "C": 144, "H": 162, "S": 18}
    assert facts["likely_ions"][0]["base_mz"] == pytest.approx(7392.9325, abs=0.001)


def test_unknown_charge_shows_the_function() -> None:
    _, out, _ = run("show", "Au25(SC2H4Ph)18")
    assert "n* = 7 - q" in out
    assert "charge -1 closes the spherical shell of 8" in out


def test_options_change_the_count() -> None:
    _, out, _ = run("show", "[Au24Mn(SC2H4Ph)18]^0", "--valence", "Mn=2", "--json")
    assert json.loads(out)["electron_count"]["electrons"] == 8
    _, out, _ = run("show", "[Au9H(PPh3)8]2+", "--hydride", "takes", "--json")
    assert json.loads(out)["electron_count"]["electrons"] == 6
    _, out, _ = run("show", "[Au25(SR)18]-", "--takes", "SR=0", "--json")
    assert json.loads(out)["electron_count"]["electrons"] == 26


def test_definition_gives_a_generic_ligand_atoms() -> None:
    _, out, _ = run("show", "[Au25(SR)18]-", "--define", "SR=SC2H4Ph", "--json")
    assert json.loads(out)["elements"]["C"] == 144


def test_own_ligands(tmp_path: Path) -> None:
    table = tmp_path / "my.csv"
    table.write_text("name,class,bound_formula,charge_taken\nSZzz,thiolate,C9H11S,1\n")
    _, out, _ = run("show", "[Au25(SZzz)18]-", "--ligands", str(table), "--json")
    assert json.loads(out)["elements"]["C"] == 162
    code, _, err = run("show", "[Au25(SZzz)18]-", "--ligands", str(tmp_path / "none.csv"))
    assert code == 2
    assert "none.csv" in err


def test_several_formulas_give_several_cards() -> None:
    _, out, _ = run("show", "Au6Cu6(MBT)12, Au6Cu6(PET)12", "--json")
    assert [card["metals"] for card in json.loads(out)] == [{"Au": 6, "Cu": 6}] * 2


def test_series_gives_a_table() -> None:
    _, out, _ = run("show", "[Au25-xAgx(SC2H4Ph)18]- (x = 0-2)")
    assert out.count("1S2 1P6") == 3
    _, out, _ = run("show", "Au25-xAgx(SC2H4Ph)18", "--json")
    assert len(json.loads(out)["members"]) == 26


def test_balance_prints_coefficients_and_electrons() -> None:
    code, out, _ = run("balance", HEADLINE)
    assert code == 0
    assert "25 Au(SR) + 4 CO + 8 OH- -> [Au25(SR)18]- + 7 SR- + 4 CO2 + 4 H2O" in out
    assert "right 8 ([Au25(SR)18]-)" in out


def test_balance_options() -> None:
    _, out, _ = run("balance", "AuSR -> [Au25(SR)18]- + SR-", "--electrons-from", "CO", "--json")
    assert json.loads(out)["coefficients"] == ["25", "4", "8", "1", "7", "4", "4"]
    _, out, _ = run("balance", HEADLINE, "--fix", "CO=2", "--json")
    assert json.loads(out)["coefficients"][0] == "25/2"
    _, out, _ = run("balance", "H2 + O2 -> H2O + H2O2")
    assert "2 H2 + O2 -> 2 H2O" in out


def test_impossible_reaction_is_an_error_that_says_why() -> None:
    code, out, err = run("balance", "PtAu24(SR)18 -> Au25(SR)18")
    assert code == 2
    assert out == ""
    assert "Pt stands only on the left" in err


BAD = [
    "",
    "   ",
    "\x00",
    "\x1b[31m",
    "\udcff\udcfe",
    "[Au25(PETTT)18]-",
    "Xx25(SR)18",
    "Au" * 5_000_000,
    "Au-5(SR)18",
    "Au999999999(SR)18",
    "(" * 5000,
    "<" * 5000,
    "%PDF-1.4 \x93\x8c",
]


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("command", ["show", "balance"])
def test_bad_input_is_a_clear_error(command: str, text: str) -> None:
    code, out, err = run(command, "--", text)
    assert code == 2
    assert out == ""
    assert err.startswith("error: ")
    assert "Traceback" not in err
    assert len(err) < 5000


@pytest.mark.parametrize("text", ["", "x" * 10_000_000, "Au25"])
def test_balance_reads_standard_input(text: str) -> None:
    code, _, err = run("balance", "-", text=text)
    assert code == 2
    assert err.startswith("error: ")


@pytest.mark.parametrize(
    "options",
    [
        ["--valence", "Tl"],
        ["--valence", "Tl=many"],
        ["--valence", "Tl=1000"],
        ["--takes", "=1"],
        ["--hydride", "maybe"],
        ["--define", "SR"],
    ],
)
def test_bad_options(options: list[str]) -> None:
    code, _, err = run("show", "[Au25(SC2H4Ph)18]-", *options)
    assert code == 2
    assert err.startswith("error: ")


@pytest.mark.parametrize("fix", ["CO", "CO=x", "CO=1/0", "CO=-1", "N2=1", "CO=" + "9" * 50])
def test_bad_fixes(fix: str) -> None:
    code, _, err = run("balance", HEADLINE, "--fix", fix)
    assert code == 2
    assert err.startswith("error: ")


def test_interruption_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("superatom.composition.formula.parse_formulas", interrupted)
    code, _, err = run("show", "[Au25(SC2H4Ph)18]-")
    assert (code, err.strip()) == (130, "interrupted")


def test_help_does_not_load_the_science() -> None:
    code = (
        "import sys; from superatom.cli import app; "
        "heavy = {'numpy', 'scipy', 'ase', 'rdkit', 'matplotlib'} & set(sys.modules); "
        "sys.exit(', '.join(sorted(heavy)) or None)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=80))
def test_no_text_makes_a_traceback(text: str) -> None:
    for command in ("show", "balance"):
        code, _, err = run(command, "--", text)
        assert code in {0, 2}
        assert code == 0 or err


def test_as_a_program() -> None:
    def program(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", "from superatom.cli import main; main()", *arguments],
            capture_output=True,
            text=True,
            check=False,
            env={"PYTHONIOENCODING": "ascii", "PATH": ""},
        )

    good, bad = program("show", "[Au25(SC2H4Ph)18]-"), program("show", "[Au25(PETTT)18]-")
    assert (good.returncode, bad.returncode) == (0, 2)
    assert "1S2 1P6" in good.stdout
    assert bad.stderr.startswith("error: ")
    assert "Traceback" not in good.stderr + bad.stderr
