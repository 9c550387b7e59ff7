"""Suggested experiments: the process against its closed form, the search against known optima."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import yeojohnson, zscore

from superatom.errors import DataFileError, SearchError
from superatom.synthesis.conditions import (
    Choice,
    Conditions,
    Experiments,
    Range,
    read_condition,
    read_runs,
)
from superatom.synthesis.gaussian_process import _distances, _hill, _loss, _priors, learn
from superatom.synthesis.result_scale import ResultScale
from superatom.synthesis.suggest import Suggestions, suggest

FLASK = Conditions.of(
    Range("T_C", 20, 90, step=5), Range("ratio", 1, 10, "log"), Choice("solvent", ("THF", "water"))
)


def hill(run) -> float:
    """A yield with its top of 80 at 50 °C, ratio 3 in THF."""
    top = 80 if run["solvent"] == "THF" else 50
    return top * np.exp(-(((run["T_C"] - 50) / 25) ** 2) - (np.log(run["ratio"] / 3) / 0.8) ** 2)


def experiments(count: int, seed: int = 0) -> Experiments:
    runs = tuple(FLASK.decode(point) for point in FLASK.scatter(count, seed))
    return Experiments(runs, tuple(float(hill(run)) for run in runs))


def test_the_gradient_of_the_likelihood_is_its_derivative() -> None:
    generator = np.random.default_rng(2)
    points = np.hstack([generator.random((9, 2)), generator.integers(0, 3, (9, 1))])
    results = generator.normal(size=9)
    centre, width = _priors(3, 2)
    parameters = centre + 0.3 * generator.normal(size=7)
    rest = (_distances(points, points, 2), results, _hill(points, 2), 2, centre, width)
    slope = _loss(parameters, *rest)[1]
    for i, step in enumerate(1e-5 * np.eye(7)):
        rise = _loss(parameters + step, *rest)[0] - _loss(parameters - step, *rest)[0]
        assert slope[i] == pytest.approx(rise / 2e-5, rel=1e-4, abs=1e-6)


@pytest.mark.parametrize("shape", [0.0, 0.4, 1.0, 1.7, 2.0])
def test_the_scale_of_results_is_that_of_yeo_and_johnson(shape: float) -> None:
    results = np.array([-40.0, -3.0, 0.5, 2.0, 2.5, 3.0, 90.0])
    scale, values, stretch = ResultScale.of(results, shape)
    plain = (results - scale.middle) / scale.spread
    expected = yeojohnson(plain, shape)
    np.testing.assert_allclose(values, zscore(expected), atol=1e-12)
    np.testing.assert_allclose(scale.restore(values), results, rtol=1e-9)
    slopes = (yeojohnson(plain + 1e-6, shape) - yeojohnson(plain - 1e-6, shape)) / 2e-6
    assert stretch == pytest.approx(np.sum(np.log(slopes / expected.std())), abs=1e-6)


def test_the_model_learns_that_failures_say_little() -> None:
    """Good runs and far worse failures: the low tail is taken in; no tail is left alone."""
    x = np.linspace(0, 1, 14)[:, None]
    hump = np.exp(-(((x[:, 0] - 0.4) / 0.2) ** 2))
    assert learn(x, np.sin(6 * x[:, 0]), 1).scale.shape == pytest.approx(1.0, abs=0.5)
    assert learn(x, np.log(hump + 1e-6), 1).scale.shape > 1.1
    assert learn(x, np.exp(3 * np.sin(6 * x[:, 0])), 1).scale.shape < 0.8


def test_a_process_predicts_a_smooth_function_and_knows_what_it_does_not_know() -> None:
    x = np.linspace(0, 1, 9)[:, None]
    process = learn(x, np.sin(5 * x[:, 0]), 1)
    between = np.array([[0.3], [0.55]])
    mean, deviation = process.predict(between)
    mean = process.scale.restore(mean)
    np.testing.assert_allclose(mean, np.sin(5 * between[:, 0]), atol=0.05)
    assert process.predict(np.array([[1.6]]))[1][0] > 3 * deviation.max()


def test_an_option_never_tried_is_less_certain() -> None:
    points = np.array([[0.1, 0], [0.5, 0], [0.9, 0], [0.3, 1], [0.7, 0]], dtype=float)
    process = learn(points, np.array([1.0, 3.0, 1.0, 0.5, 2.0]), 1)
    known, unknown = process.predict(np.array([[0.5, 0], [0.5, 2]], dtype=float))[1]
    assert unknown > known


def test_suggestions_climb_a_known_hill() -> None:
    done = experiments(5)
    for _ in range(9):
        item = suggest(FLASK, done).batch[0]
        run = dict(item.conditions)
        done = Experiments((*done.runs, run), (*done.results, float(hill(run))))
    assert max(done.results) > 75  # of 80; five even runs alone reach less
    assert max(done.results[:5]) < 75


def test_a_batch_has_different_runs_that_were_not_done() -> None:
    done = experiments(8)
    batch = suggest(FLASK, done, count=4).batch
    keys = {tuple(item.conditions.items()) for item in batch}
    assert len(keys) == 4
    assert not keys & {tuple(run.items()) for run in done.runs}
    for item in batch:
        assert 20 <= item.conditions["T_C"] <= 90
        assert item.conditions["T_C"] % 5 == 0
        assert 1 <= item.conditions["ratio"] <= 10
        assert item.intent in item.reason
        assert item.uncertainty > 0


def test_low_results_can_be_wanted() -> None:
    done = experiments(12)
    upside_down = Experiments(done.runs, tuple(-x for x in done.results))
    high, low = suggest(FLASK, done), suggest(FLASK, upside_down, goal="minimise")
    assert high.batch[0].conditions == low.batch[0].conditions
    assert low.batch[0].predicted == pytest.approx(-high.batch[0].predicted)
    assert low.best == -high.best


def test_too_few_runs_are_spread() -> None:
    found = suggest(FLASK, Experiments((), ()), count=4)
    assert {item.intent for item in found.batch} == {"spread"}
    assert {item.conditions["solvent"] for item in found.batch} == {"THF", "water"}
    assert found.best is None


def test_the_first_run_is_in_the_middle_of_the_ranges() -> None:
    first = suggest(FLASK, Experiments((), ()), count=4).batch[0].conditions
    assert first["T_C"] == pytest.approx(55)
    assert first["ratio"] == pytest.approx(10**0.5, rel=1e-5)


def test_runs_overrule_the_hill_expected_amid_the_ranges() -> None:
    """A result that is highest at the edge is sought at the edge."""
    line = Conditions.of(Range("T_C", 0, 100))
    runs = tuple({"T_C": t} for t in (20.0, 50.0, 80.0))
    done = Experiments(runs, tuple(float(run["T_C"]) for run in runs))
    assert suggest(line, done).batch[0].conditions["T_C"] > 90


def test_suggestions_are_repeatable_and_can_be_written() -> None:
    found = suggest(FLASK, experiments(6), count=2, seed=3)
    assert found == suggest(FLASK, experiments(6), count=2, seed=3)
    assert Suggestions.from_dict(json.loads(json.dumps(found.as_dict()))) == found


def test_equal_results_do_not_break_the_model() -> None:
    runs = experiments(5).runs
    assert suggest(FLASK, Experiments(runs, (7.0,) * 5)).batch[0].predicted == pytest.approx(7.0)


@pytest.mark.parametrize(
    "text", ["T=90:20", "T=a:b", "T", "ratio=0:5:log", "s=THF|THF", "T=1:2:9", "T=1"]
)
def test_conditions_that_make_no_sense(text: str) -> None:
    with pytest.raises(SearchError):
        read_condition(text)


def test_files(tmp_path) -> None:
    space, runs = tmp_path / "space.toml", tmp_path / "runs.csv"
    space.write_text(
        '[T_C]\nlow = 20\nhigh = 90\nstep = 5\n[ratio]\nlow = 1\nhigh = 10\nscale = "log"\n'
        '[solvent]\noptions = ["THF", "water"]\n'
    )
    conditions = Conditions.read(space)
    assert conditions == FLASK
    runs.write_text("T_C,ratio,solvent,yield_percent\n20,2,THF,12\n40,3,water,\n60,3,water,25\n")
    assert read_runs(runs, conditions, "yield_percent").results == (12.0, 25.0)
    for text, problem in (
        ("T_C,ratio,yield_percent\n20,2,12\n", "no column solvent"),
        ("T_C,ratio,solvent,yield_percent\n20,2,ether,12\n", "none of THF, water"),
        ("T_C,ratio,solvent,yield_percent\nwarm,2,THF,12\n", "no number"),
        ("T_C,ratio,solvent,yield_percent\n20,2,THF,good\n", "good"),
    ):
        runs.write_text(text)
        with pytest.raises(DataFileError, match=problem):
            read_runs(runs, conditions, "yield_percent")
    space.write_text("[T_C]\nlow = 90\nhigh = 20\n")
    with pytest.raises(DataFileError, match="to a higher one"):
        Conditions.read(space)
