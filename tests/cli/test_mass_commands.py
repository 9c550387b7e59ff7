"""`superatom ms` as a user meets it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from superatom.cli import app
from superatom.cli.printing.progress import progress_bar
from superatom.cli.words import fold_words
from superatom.spectra.mass.assignments import Assignments
from superatom.spectra.mass.simulate import Ion, simulate
from superatom.spectra.mass.spectrum import Spectrum

AU25 = {"Au": 25, "C": 144, "H": 162, "S": 18}
SPACE = ("--metals", "Au:20-28", "Ag:0-4", "--ligands", "PET:15-20", "--charge", "-2..-1")


def run(*arguments: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["ms", *map(str, arguments)])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result.exit_code, result.stdout, result.stderr


def write(spectrum: Spectrum, path: Path) -> Path:
    points = np.column_stack([spectrum.mz, spectrum.intensity])
    np.savetxt(path, points, delimiter=",", header="m/z,intensity", comments="", fmt="%.6f")
    return path


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ions = [Ion(AU25, -1), Ion(AU25 | {"Au": 24, "Ag": 1}, -1, 0.5), Ion(AU25, -2, 0.4)]
    spectrum = simulate(
        ions, resolving_power=15_000, noise=0.004, shift_ppm=9, seed=2, mz_range=(3600, 7500)
    )
    return write(spectrum, tmp_path_factory.mktemp("ms") / "mixture.csv")


def test_pattern(tmp_path: Path) -> None:
    code, out, _ = run("pattern", "[Au25(PET)18]-", "-o", tmp_path / "p.svg")
    assert code == 0
    assert "7392.9322" in out
    assert (tmp_path / "p.svg").stat().st_size > 5000
    _, out, _ = run("pattern", "Au25(PET)18", "--charge", -2, "--json")
    facts = json.loads(out)
    assert facts["charge"] == -2
    tallest = max(facts["peaks"], key=lambda row: row["relative"])
    assert tallest["mz"] == pytest.approx(3696.4664, abs=0.001)
    code, _, err = run("pattern", "Au25(PET)18")
    assert code == 2
    assert "give --charge -1" in err


def test_find(file: Path) -> None:
    code, out, _ = run("find", file)
    assert code == 0
    assert "3 envelopes" in out
    _, out, _ = run("find", file, "--json")
    charges = [envelope["charges"][0]["number"] for envelope in json.loads(out)["envelopes"]]
    assert charges == [2, 1, 1]
    _, out, _ = run("find", file, "--csv")
    assert len(list(csv.DictReader(io.StringIO(out)))) == 3


def test_assign_in_the_chemists_words(file: Path, tmp_path: Path) -> None:
    code, out, err = run("assign", file, *SPACE, "-o", tmp_path / "a.png")
    assert code == 0
    assert "ions" in err  # the size of the space is told before the search
    for formula in ("[Au₂₅(PET)₁₈]⁻", "[Au₂₄Ag(PET)₁₈]⁻", "[Au₂₅(PET)₁₈]²⁻"):
        assert formula in out
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")


def test_assign_as_json_reads_back(file: Path) -> None:
    _, out, _ = run("assign", file, *SPACE, "--no-decoys", "--json")
    found = Assignments.from_dict(json.loads(out))
    best = [each.best.formula for each in found.assignments if each.best]
    assert sorted(best) == ["[Au24Ag(PET)18]^1-", "[Au25(PET)18]^1-", "[Au25(PET)18]^2-"]
    _, out, _ = run("assign", file, *SPACE, "--no-decoys", "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert {row["formula"] for row in rows} >= set(best)


def test_assign_from_a_parent_in_a_window(file: Path) -> None:
    words = ("--parent", "[Au25(PET)18]-", "--dope", "Ag:0-25", "--window", "7295-7320:-1")
    code, out, _ = run("assign", file, *words, "--no-decoys", "--csv")
    assert code == 0
    rows = list(csv.DictReader(io.StringIO(out)))
    assert rows[0]["formula"] == "[Au24Ag(PET)18]^1-"
    assert float(rows[0]["shift_ppm"]) == pytest.approx(9, abs=2)


def test_a_lock_mass_pins_the_calibration(file: Path) -> None:
    words = (*SPACE, "--window", "7295-7320", "--no-decoys", "--json")
    _, out, _ = run("assign", file, *words, "--lock-mass", "[Au25(PET)18]-")
    assert json.loads(out)["calibration_ppm"] == [pytest.approx(9, abs=1)]
    code, _, err = run("assign", file, *words, "--lock-mass", "5000.0")
    assert code == 2
    assert "no peak lies within" in err


def test_the_page(file: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    assert run("assign", file, *SPACE, "--no-decoys", "-o", page)[0] == 0
    assert "<canvas" in page.read_text()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        ((), "no search space was given"),
        (("--preset", "thiolate gold", "--metals", "Au:1-9"), "two search spaces"),
        (("--metals", "Au:1-9"), "which charges to try"),
        (("--preset", "nonsense"), "known: thiolate gold"),
        ((*SPACE, "--ratio", "x"), "--ratio 0.5-1.2"),
        ((*SPACE, "--electrons", "many"), "--electrons 2-18"),
        ((*SPACE, "--window", "5"), "1095.5-1097.5"),
        ((*SPACE, "--scan", "first"), "--scan 12"),
        ((*SPACE, "--polarity", "up"), "--polarity +"),
        ((*SPACE, "-o", "figure.doc"), ".png, .svg or .pdf"),
    ],
)
def test_mistakes_are_explained(words: tuple[str, ...], problem: str, file: Path) -> None:
    code, _, err = run("assign", file, *words)
    assert code == 2
    assert problem in err


def test_a_wrong_charge_sign_is_repaired_and_told(file: Path) -> None:
    words = (*SPACE[:-1], "1,2", "--polarity", "-", "--no-decoys")
    code, out, _ = run("assign", file, *words)
    assert code == 0
    assert "other sign" in out


def test_a_file_that_is_no_spectrum(tmp_path: Path) -> None:
    code, _, err = run("find", tmp_path / "none.csv")
    assert code == 2
    assert "does not exist" in err


def test_series(tmp_path: Path) -> None:
    for minutes, share in ((0, 1.0), (10, 0.5), (20, 0.1)):
        ions = [Ion(AU25, -1, share), Ion(AU25 | {"Au": 24, "Ag": 1}, -1, 1.001 - share)]
        spectrum = simulate(
            ions, resolving_power=15_000, noise=0.004, seed=2, mz_range=(7250, 7450)
        )
        write(spectrum, tmp_path / f"run_{minutes}min.csv")
    code, out, _ = run("series", tmp_path, *SPACE, "-o", tmp_path / "s.html")
    assert code == 0
    assert "outside" in out
    assert "<svg" in (tmp_path / "s.html").read_text()
    _, out, _ = run("series", tmp_path, *SPACE, "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["time_s"] for row in rows[::2]] == ["0.0", "600.0", "1200.0"]
    last = {row["formula"]: float(row["fraction"]) for row in rows[-2:]}
    assert last["[Au25(PET)18]^1-"] == pytest.approx(0.1 / 1.001, abs=0.02)


def test_words_stop_at_options_and_files(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("x")
    words = ["--metals", "Au:1-9", "Ag:0-2", str(file), "--others", "H:-12-2", "Na:0-4", "--json"]
    assert fold_words(words) == [
        "--metals", "Au:1-9 Ag:0-2", str(file), "--others", "H:-12-2 Na:0-4", "--json",
    ]  # fmt: skip


def test_a_repeated_option_adds_its_words() -> None:
    words = ["--others", "H:-1-1", "--json", "--others", "Na:0-4", "K:0-1", "--charge", "-1"]
    folded = ["--others", "H:-1-1 Na:0-4 K:0-1", "--json", "--charge", "-1"]
    assert fold_words(words) == folded


def test_a_simulated_dopant_series_gives_its_distribution_back(tmp_path: Path) -> None:
    file = tmp_path / "doped.csv"
    ions = ("[Au25(PET)18]-", "[Au24Ag(PET)18]-", "[Au23Ag2(PET)18]-")
    words = ("--amounts", "1,0.8,0.2", "--noise", 0.005, "--shift", 12, "--seed", 3)
    assert run("pattern", *ions, *words, "-o", file)[0] == 0
    parent = ("--parent", "[Au25(PET)18]-", "--dope", "Ag:0-4", "--no-decoys")
    _, out, _ = run("assign", file, *parent, "--json")
    doping = json.loads(out)["distribution"]
    assert doping["fractions"] == pytest.approx([0.5, 0.4, 0.1], abs=0.01)
    assert doping["mean"] == pytest.approx(0.6, abs=0.01)
    _, out, _ = run("assign", file, *parent)
    assert "mean 0.6" in out


def test_patterns_of_a_mixture_as_a_figure(tmp_path: Path) -> None:
    ions = ("[Au25(PET)18]-", "[Au24Ag(PET)18]-")
    assert run("pattern", *ions, "-o", tmp_path / "mixture.svg")[0] == 0
    assert (tmp_path / "mixture.svg").stat().st_size > 5000
    code, _, err = run("pattern", *ions, "--amounts", "1", "-o", tmp_path / "m.csv")
    assert code == 2
    assert "2 ions need 2 amounts" in err


def test_a_spectrum_without_envelopes_says_so(tmp_path: Path) -> None:
    mz = np.linspace(7000, 7100, 2000)
    flat = write(Spectrum.of(mz, np.full(2000, 5.0)), tmp_path / "flat.csv")
    code, out, _ = run("assign", flat, *SPACE)
    assert code == 0
    assert "no envelope stands out" in out


def test_a_dossier_with_a_spectrum(file: Path, tmp_path: Path) -> None:
    page = tmp_path / "d.html"
    words = ["dossier", "[Au25(SC2H4Ph)18]-", "--spectrum", str(file), "-o", str(page)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0
    assert "The spectrum shows the cluster" in page.read_text()


def test_progress_is_for_people_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """No bar where standard error is a file, nor where the output is read by a program."""
    with progress_bar("windows") as move:
        assert move is None
    monkeypatch.setenv("TTY_COMPATIBLE", "1")
    with progress_bar("windows", shown=False) as move:
        assert move is None
    with progress_bar("windows") as move:
        assert move is not None
        move(1, 3)
