"""The commands of `superatom synthesis` and their figures."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from superatom.cli import app
from superatom.synthesis.kinetic_models import find_model
from superatom.synthesis.trajectories import Trajectory
from superatom.synthesis.trajectories import simulate as run_model


def run(*arguments) -> str:
    answer = CliRunner().invoke(app, ["synthesis", *map(str, arguments)])
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_simulate_then_fit(tmp_path) -> None:
    data, traces, curves = (tmp_path / name for name in ("run.csv", "traces.svg", "fit.svg"))
    start = ("--start", "Au40(PET)24=0", "--start", "Au67(PET)35=0")
    output = run("simulate", "size_focusing", *start, "--csv", data, "--figure", traces, "--json")
    assert Trajectory.from_dict(json.loads(output)).times[-1] == 144000
    assert "time / h" in traces.read_text() or "<text" in traces.read_text()
    rows = [line.split(",") for line in data.read_text().splitlines()]
    kept = [rows[0].index(f"{name}_M") for name in ("Au25(PET)18", "Au38(PET)24")]
    data.write_text("\n".join(",".join([r[0], *(r[i] for i in kept)]) for r in rows))
    options = ("--k", "k_fusion=0.2", "--free", "k_fusion", "--figure", curves, "--json")
    found = json.loads(run("fit", "size_focusing", data, *start, *options))
    assert found["estimates"][0]["value"] == pytest.approx(0.05, rel=1e-2)
    assert curves.stat().st_size > 5000


def test_simulate_prints_larger_clusters_at_higher_ph() -> None:
    def size(acidity: str) -> float:
        lines = run("simulate", "co_reduction", "--ph", acidity, "--points", "3").splitlines()
        return float(lines[-1].split()[1])

    assert size("10") > size("8") > size("7")


def test_suggest(tmp_path) -> None:
    data = tmp_path / "runs.csv"
    data.write_text("T_C,solvent,yield_percent\n20,THF,5\n40,THF,20\n60,water,15\n50,THF,24\n")
    options = ("--vary", "T_C=20:90:5", "--vary", "solvent=THF|water", "--count", "2")
    assert "nearest is run" in run("suggest", data, *options)
    assert len(json.loads(run("suggest", data, *options, "--json"))["batch"]) == 2


def test_bad_input_ends_with_two(tmp_path) -> None:
    for arguments in (["simulate", "alchemy"], ["fit", "leist", str(tmp_path / "no.csv")]):
        answer = CliRunner().invoke(app, ["synthesis", *arguments])
        assert answer.exit_code == 2
        assert "error" in answer.output


def test_a_file_of_ms_series_is_fitted_as_it_is(tmp_path) -> None:
    """Areas as `superatom ms series --csv` writes them, of spectra that differ in height."""
    model = find_model("leist")
    times = np.array([0.0, 60.0, 180.0, 420.0, 900.0, 1800.0])
    truth = run_model(model.network(), model.start(), times)
    ions = {"[Au38(PET)24]^1+": "Au38(PET)24", "[Au38(TBBT)12(PET)12]^1+": "Au38(TBBT)12(PET)12"}
    lines = ["time_s,source,formula,charge,mz,area,area_error,fraction"]
    lines += [
        f"{t},run,{ion},1,1,{(1 + i % 3) * 1e6 * truth[name][i]},0,0"
        for i, t in enumerate(times)
        for ion, name in ions.items()
    ]
    path, figure = tmp_path / "series.csv", tmp_path / "fit.svg"
    path.write_text("\n".join(lines) + "\n")
    options = ["--free", "k_exchange", "--k", "k_exchange=0.005", "--figure", str(figure), "--json"]
    found = json.loads(run("fit", "leist", path, *options))["estimates"]
    assert [row["name"] for row in found] == ["k_exchange", "response Au38(TBBT)12(PET)12"]
    assert found[0]["value"] == pytest.approx(model.constants["k_exchange"], rel=0.01)
    assert figure.stat().st_size > 1000
