"""Fitting: parameters that are known because the data were made from them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from scipy.stats import t as student

from superatom.errors import DataFileError, SearchError
from superatom.synthesis.kinetic_fit import KineticFit, fit
from superatom.synthesis.kinetic_models import find_model
from superatom.synthesis.kinetics import ReactionNetwork
from superatom.synthesis.time_series import TimeSeries, read_time_series, time_series_csv
from superatom.synthesis.trajectories import simulate

FUSION = "2 Au25(PET)18 -> Au38(PET)24 + 12 Au(PET)"
LEIST = ("Au38(PET)24", "Au38(TBBT)12(PET)12", "Au38(TBBT)24*", "Au40(TBBT)26", "Au36(TBBT)24")
MINUTES = np.array(
    [0, 1, 2, 3, 5, 8, 12, 18, 25, 35, 50, 70, 95, 120, 160, 200, 260, 320, 400, 480]
)
OFF = (3.0, 0.3, 4.0, 0.25)  # how wrong the fit's first guess is


def series(clean, noise, seed, species=LEIST, signals=None) -> TimeSeries:
    scatter = np.random.default_rng(seed).normal(size=clean.shape)
    values = clean + noise * clean.max(axis=0) * scatter
    return TimeSeries(MINUTES * 60.0, species, values, signals or (False,) * len(species))


@pytest.fixture(scope="module")
def leist():
    model = find_model("leist")
    run = simulate(model.network(), model.start(), MINUTES * 60.0)
    wrong = {k: v * f for (k, v), f in zip(model.constants.items(), OFF, strict=True)}
    return model, np.array([run[name] for name in LEIST]).T, model.network(wrong)


def test_leist_constants_are_found_within_their_intervals(leist) -> None:
    """3 % noise; the bar of 50 seeds is benchmarks/kinetic_fit.py."""
    model, clean, guess = leist
    inside = 0
    for seed in range(4):
        found = fit(guess, series(clean, 0.03, seed), model.start())
        inside += sum(e.low <= model.constants[e.name] <= e.high for e in found.estimates)
        assert found.noise == pytest.approx(0.03, rel=0.3)
        assert not found.warnings
    assert inside >= 13  # of 16; fewer has a chance of 1 % if the intervals are right


def test_joint_intervals_hold_all_constants_at_once(leist) -> None:
    """Bonferroni: each joint interval is that of 1 - 0.05 / 4, a t quantile apart."""
    model, clean, guess = leist
    inside = 0
    for seed in range(3):
        found = fit(guess, series(clean, 0.03, seed), model.start())
        inside += all(
            e.joint_low <= model.constants[e.name] <= e.joint_high for e in found.estimates
        )
        for e in found.estimates:
            if e.method == "linearised":
                wider = student.ppf(1 - 0.025 / 4, found.freedom) * e.log_error
                assert np.log(e.joint_high / e.value) == pytest.approx(wider, rel=0.2)
            assert e.joint_low <= e.low < e.value < e.high <= e.joint_high
        best = {e.name: e.value for e in found.estimates}
        assert found.holds(best)
        assert not found.holds({**best, "k_focusing": 1.5 * best["k_focusing"]})
    assert inside >= 2  # fewer has a chance of 1 % if the intervals are right


def test_a_fit_reads_back_from_json(leist) -> None:
    model, clean, _ = leist
    rows = series(clean[:, :2], 0.03, 5, species=LEIST[:2])
    rows.values[3, 1] = np.nan
    found = fit(
        model.network(),
        rows,
        model.start(),
        free=["k_exchange", "k_focusing"],
        noise="proportional",
    )
    again = KineticFit.from_dict(json.loads(json.dumps(found.as_dict())))
    assert again.as_dict() == found.as_dict()
    assert again.estimates == found.estimates
    assert again["k_focusing"].high == np.inf
    times = np.array([100.0, 2000.0])
    np.testing.assert_allclose(again.curves(times), found.curves(times))
    truth = {name: model.constants[name] for name in ("k_exchange", "k_focusing")}
    assert again.holds(truth) == found.holds(truth)


def test_without_noise_the_constants_come_back(leist) -> None:
    model, clean, guess = leist
    found = fit(guess, series(clean, 0.0, 0), model.start())
    for estimate in found.estimates:
        assert estimate.value == pytest.approx(model.constants[estimate.name], rel=1e-3)


def test_signals_are_fitted_with_their_responses(leist) -> None:
    model, clean, guess = leist
    response = np.array([5.0, 7.0, 1.0, 100.0, 3.0])
    found = fit(guess, series(clean * response, 0.01, 1, signals=(True,) * 5), model.start())
    for estimate, factor in zip(found.estimates[4:], response, strict=True):
        assert estimate.value == pytest.approx(factor, rel=0.1)
    assert found["k_focusing"].value == pytest.approx(model.constants["k_focusing"], rel=0.1)


def test_what_the_data_do_not_tell_is_said(leist) -> None:
    """The first cluster alone says nothing about what becomes of the last."""
    model, clean, _ = leist
    only = series(clean[:, :1], 0.03, 2, species=LEIST[:1])
    found = fit(model.network(), only, model.start(), free=["k_exchange", "k_focusing"])
    assert any("k_focusing" in warning for warning in found.warnings)
    assert found["k_focusing"].high == np.inf
    told = found["k_exchange"]
    assert told.low < model.constants["k_exchange"] < told.high
    assert json.loads(json.dumps(found.as_dict()))["estimates"][1]["high"] is None


def test_a_product_of_two_parameters_is_a_flat_direction() -> None:
    """2 A -> B seen as a signal of A from far behind: k and the start go together."""
    network = ReactionNetwork.of([(FUSION, 0.3)])
    times = np.linspace(0, 3600, 15)
    clean = simulate(network, {"Au25(PET)18": 2e-3}, times)["Au25(PET)18"][:, None]
    rows = TimeSeries(times, ("Au25(PET)18",), clean * 40.0, (True,))
    found = fit(network, rows, {"Au25(PET)18": 2e-3}, fit_initial=["Au25(PET)18"])
    flat = [warning for warning in found.warnings if "flat direction" in warning]
    assert flat
    assert "k1" in flat[0]
    assert "initial Au25(PET)18" in flat[0]


def test_bands_cover_the_truth(leist) -> None:
    model, clean, guess = leist
    found = fit(guess, series(clean, 0.03, 4), model.start())
    curve, errors = found.curves(MINUTES * 60.0)
    assert np.mean(np.abs(curve - clean) <= 3 * errors + 1e-9) > 0.9


def test_requests_that_make_no_sense(leist) -> None:
    model, clean, guess = leist
    rows = series(clean, 0.03, 0)
    for options in (
        {"free": ["k_magic"]},
        {"free": []},
        {"noise": "pink"},
        {"fit_initial": ["H2"]},
        {"confidence": 95.0},
    ):
        with pytest.raises(SearchError):
            fit(guess, rows, model.start(), **options)
    few = TimeSeries(rows.times[:1], LEIST, rows.values[:1] * np.nan, (False,) * 5)
    with pytest.raises(SearchError):
        fit(guess, few, model.start())


def test_csv_is_read_with_units_and_gaps(tmp_path) -> None:
    path = tmp_path / "run.csv"
    path.write_text("# 80 °C\ntime_s,Au38(PET)24_mM,Au36(TBBT)24 / uM\n0,1.0,\n60,0.5,20\n")
    rows = read_time_series(path)
    np.testing.assert_allclose(rows.values, [[1e-3, np.nan], [5e-4, 2e-5]])
    assert rows.species == ("Au38(PET)24", "Au36(TBBT)24")


def test_csv_round_trip(tmp_path) -> None:
    path = tmp_path / "run.csv"
    values = np.array([[1e-3, np.nan], [2.5e-4, 3e-5]])
    path.write_text(time_series_csv(np.array([0.0, 60.0]), LEIST[:2], values))
    np.testing.assert_allclose(read_time_series(path).values, values)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "empty"),
        ("t,Au38(PET)24_mM\n0,1\n", "no column time_s"),
        ("time_s,Au38(PET)24\n0,1\n", "no unit"),
        ("time_s,Au38(PET)24_mM\n0,one\n", "no number"),
        ("time_s,Au38(PET)24_mM\n5,1\n0,1\n", "rise"),
        ("time_s,Au38(PET)24_mM,Au38(SC2H4Ph)24_mM\n0,1,1\n", "same species"),
        ("time_s,Xx38_mM\n0,1\n", "Xx38"),
    ],
)
def test_csv_that_cannot_be_used(tmp_path, text, problem) -> None:
    path = tmp_path / "run.csv"
    path.write_text(text)
    with pytest.raises(DataFileError, match=problem):
        read_time_series(path)
