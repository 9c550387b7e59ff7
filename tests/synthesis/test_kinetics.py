"""Networks, models and simulation against closed solutions and conservation laws."""

from __future__ import annotations

import json
from math import comb

import numpy as np
import pytest

from superatom.composition.equations import check
from superatom.errors import BalanceError, DataFileError, SearchError
from superatom.synthesis.kinetic_models import find_model, hydroxide, kinetic_models, read_models
from superatom.synthesis.kinetics import ReactionNetwork, Step
from superatom.synthesis.trajectories import (
    METHODS,
    Trajectory,
    integrate,
    mean_metal_atoms,
    metal_atoms,
    simulate,
)

FUSION = "2 Au25(PET)18 -> Au38(PET)24 + 12 Au(PET)"
MODELS = list(kinetic_models().values())


@pytest.mark.parametrize("method", METHODS)
def test_second_order_decay(method: str) -> None:
    """2 A -> B with r = k A^2 has the solution A = A0 / (1 + 2 k A0 t)."""
    times = np.array([0.0, 60.0, 600.0, 6000.0])
    run = simulate(ReactionNetwork.of([(FUSION, 0.3)]), {"Au25(PET)18": 2e-3}, times, method=method)
    expected = 2e-3 / (1 + 2 * 0.3 * 2e-3 * times)
    np.testing.assert_allclose(run["Au25(PET)18"], expected, rtol=1e-5)
    np.testing.assert_allclose(run["Au38(SC2H4Ph)24"], (2e-3 - expected) / 2, atol=1e-9)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_every_step_of_a_model_balances_and_has_a_basis(model) -> None:
    assert all(check(step.equation).balanced for step in model.steps)
    assert model.source
    assert set(model.bases) >= {step.constant for step in model.steps}


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_metal_is_conserved(model) -> None:
    run = simulate(model.network(), model.start(), np.linspace(0, model.duration_s, 7))
    metal = run.concentrations @ [metal_atoms(name) for name in run.species]
    np.testing.assert_allclose(metal, metal[0], rtol=1e-6)


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_jacobian_is_the_derivative(model) -> None:
    network = model.network()
    c = np.random.default_rng(3).uniform(1e-4, 1e-2, len(network.species))
    shifts = 1e-5 * c * np.eye(len(c))
    slopes = (network.derivatives(c + shifts) - network.derivatives(c - shifts)) / (2e-5 * c)[
        :, None
    ]
    exact = network.jacobian(c)
    np.testing.assert_allclose(exact, slopes.T, atol=1e-7 * np.abs(exact).max())


def test_sensitivities_are_derivatives() -> None:
    model = find_model("leist")
    network, start = model.network(), model.network().start(model.start())
    times = np.array([0.0, 600.0, 7200.0])
    _, slopes = integrate(network, start, times, sensitive_to=[2], initial_of=[0])
    k, step = network.constant_values, 1e-4
    k_up, k_down = (k * np.where(np.arange(4) == 2, f, 1) for f in (1 + step, 1 / (1 + step)))
    up, down = (integrate(network, start, times, constants=x)[0] for x in (k_up, k_down))
    np.testing.assert_allclose(slopes[:, :, 0], (up - down) / (2 * np.log1p(step)), atol=1e-8)
    more = start * np.where(np.arange(len(start)) == 0, 1 + step, 1)
    less = start * np.where(np.arange(len(start)) == 0, 1 / (1 + step), 1)
    up, down = (integrate(network, x, times)[0] for x in (more, less))
    np.testing.assert_allclose(slopes[:, :, 1], (up - down) / (2 * np.log1p(step)), atol=1e-8)


def test_leist_goes_through_its_four_stages() -> None:
    """Zeng 2013: exchange, distortion, Au36 and Au40 together, then Au40 into Au36 (> 90 %)."""
    model = find_model("leist")
    times = np.linspace(0, model.duration_s, 500)
    run = simulate(model.network(), model.start(), times)
    chain = ("Au38(TBBT)12(PET)12", "Au38(TBBT)24", "Au40(TBBT)26")
    peaks = [times[np.argmax(run[name])] for name in chain]
    assert peaks == sorted(peaks)
    assert peaks[0] > 0
    assert run["Au36(TBBT)24"][-1] > 0.9e-3


def test_silver_goes_through_its_four_stages() -> None:
    """Bootharaju 2016, as reviewed: equal shares of two Ag44 after 1 h, the second after 2 h."""
    model = find_model("leist_silver")
    run = simulate(model.network(), model.start(), np.array([0.0, 1.0, 2.0, 4.0]) * 3600.0)
    first, second = run["[Ag44(SPhF)12(SPhMe2)18]4-"], run["[Ag44(SPhF)(SPhMe2)29]4-"]
    assert first[1] == pytest.approx(second[1], rel=0.2)
    assert second[2] > 1.5 * first[2]
    last = run["[Ag25(SPhMe2)18]-"]
    assert last[3] > 0.8e-4
    assert last[3] == pytest.approx(run["[Ag8]2-"][3], rel=0.1)


def test_isomers_are_species_of_their_own() -> None:
    """Au38T turns into Au38Q; a name without a label is taken only where there is one isomer."""
    network = ReactionNetwork.of([("Au38(PET)24-T -> Au38(PET)24-Q", 1e-3)])
    run = simulate(network, {"Au38(PET)24 (T)": 1e-3}, [0.0, 1000.0])
    assert run["Au38(PET)24-Q"][-1] == pytest.approx(1e-3 * (1 - np.exp(-1)), rel=1e-5)
    with pytest.raises(SearchError, match=r"several isomers.*-T.*-Q"):
        network.index("Au38(PET)24")
    with pytest.raises(SearchError, match="takes no part"):
        network.index("Au38*(PET)24")
    leist = find_model("leist").network()
    assert leist.index("Au38(TBBT)24") == leist.index("Au38(TBBT)24*")
    with pytest.raises(SearchError, match="takes no part"):
        leist.index("Au38(TBBT)24-Q")


def test_a_network_reads_back_from_json() -> None:
    network = find_model("co_reduction").network({"k_15": 7.0})
    again = ReactionNetwork.from_dict(json.loads(json.dumps(network.as_dict())))
    assert again.species == network.species
    assert again.held == network.held
    np.testing.assert_array_equal(again.stoichiometry, network.stoichiometry)
    np.testing.assert_array_equal(again.orders, network.orders)
    np.testing.assert_array_equal(again.constant_values, network.constant_values)


def test_co_reduction_gives_larger_clusters_at_higher_ph() -> None:
    """Yu 2013, as reviewed: Au10-12, Au15, Au18 and Au25 with rising pH."""
    model = find_model("co_reduction")
    sizes, main = [], []
    for acidity in (7.0, 8.0, 9.0, 10.0):
        run = simulate(model.network(), model.start(pH=acidity), [0, model.duration_s])
        sizes.append(mean_metal_atoms(run)[-1])
        atoms = [metal_atoms(name) for name in run.species]
        held = run.concentrations[-1] * np.where(np.array(atoms) > 1, atoms, 0)
        main.append(atoms[int(np.argmax(held))])
    assert np.all(np.diff(sizes) > 1)
    assert main == [10, 15, 18, 25]


def test_without_a_buffer_hydroxide_runs_out() -> None:
    """Two OH- for each CO: 1e-4 mol/L of it cannot reduce 5e-3 mol/L of gold."""
    model = find_model("co_reduction")
    run = simulate(model.network(held=["CO"]), model.start(pH=10.0), [0, 1e6])
    assert run["OH-"][-1] < 1e-3 * run["OH-"][0]
    assert mean_metal_atoms(run)[-1] < 12


def test_exchange_on_equal_sites_ends_binomial() -> None:
    """At rest every site holds silver with odds K [Ag]/[Au], whatever the other sites hold."""
    model = find_model("au_ag_exchange")
    run = simulate(model.network(), model.start(), [0, 1e7])
    odds = 5.0 * run["Ag(PET)"][-1] / run["Au(PET)"][-1]
    p = odds / (1 + odds)
    names = ["[Au25(PET)18]-", *(f"[Au{25 - x}Ag{x}(PET)18]-" for x in range(1, 13))]
    found = np.array([run[name][-1] for name in names]) / 1e-3
    expected = [comb(12, x) * p**x * (1 - p) ** (12 - x) for x in range(13)]
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_hydroxide_follows_the_ion_product_of_water() -> None:
    assert hydroxide(13.995) == pytest.approx(1.0)
    with pytest.raises(SearchError, match="0 to 14"):
        hydroxide(15)


def test_a_step_that_does_not_balance_is_refused() -> None:
    with pytest.raises(BalanceError, match="does not balance"):
        ReactionNetwork.of([("Au38(PET)24 -> Au36(PET)24", 1.0)])


def test_a_lumped_step_needs_orders() -> None:
    with pytest.raises(BalanceError, match="give the orders"):
        ReactionNetwork.of([("Au38(PET)24 + 12 HTBBT -> Au38(TBBT)12(PET)12 + 12 HPET", 1.0)])


@pytest.mark.parametrize(
    ("steps", "constants", "message"),
    [
        ([], {}, "at least one"),
        ([(FUSION, -1.0)], {}, "positive"),
        ([Step(FUSION, "k")], {}, "no value for the rate constant k"),
        ([Step(FUSION, "k", {"H2": 1})], {"k": 1.0}, "in no step"),
        ([Step(FUSION, "k", {"Au25(PET)18": 0.5})], {"k": 1.0}, "from 1 up"),
    ],
)
def test_networks_that_make_no_sense(steps, constants, message) -> None:
    with pytest.raises(SearchError, match=message):
        ReactionNetwork.of(steps, constants)


def test_a_trajectory_can_be_written_and_read() -> None:
    run = simulate(ReactionNetwork.of([(FUSION, 0.3)]), {"Au25(PET)18": 2e-3}, [0, 60])
    again = Trajectory.from_dict(run.as_dict())
    np.testing.assert_array_equal(again.concentrations, run.concentrations)
    assert (again.species, again.provenance) == (run.species, run.provenance)


def test_requests_that_make_no_sense() -> None:
    network = ReactionNetwork.of([(FUSION, 0.3)])
    for start, times, method in (
        ({"Au25(PET)18": -1.0}, [0, 1], "BDF"),
        ({"Ag25(PET)18": 1.0}, [0, 1], "BDF"),
        ({"Au25(PET)18": 1.0}, [1, 0], "BDF"),
        ({"Au25(PET)18": 1.0}, [0, 1], "Euler"),
    ):
        with pytest.raises(SearchError):
            simulate(network, start, times, method=method)
    with pytest.raises(SearchError, match="no part"):
        find_model("leist").start(pH=7.0)
    with pytest.raises(SearchError, match="no kinetic model"):
        find_model("alchemy")


def test_models_of_the_user(tmp_path) -> None:
    path = tmp_path / "mine.toml"
    text = '[mine]\ninitial = {"Au25(PET)18" = 1e-3}\nconstants = {k = 0.1}\n[[mine.steps]]\n'
    path.write_text(text + f'equation = "{FUSION}"\nconstant = "k"\n')
    assert find_model(str(path)).constants == {"k": 0.1}
    assert find_model(f"{path}:mine").network().species[0] == "Au25(PET)18"
    path.write_text(text)
    with pytest.raises((DataFileError, SearchError)):
        read_models(path)
    path.write_text("[mine")
    with pytest.raises(DataFileError, match="not TOML"):
        read_models(path)
