"""The card of a formula."""

from __future__ import annotations

import json

import pytest
from pyteomics import mass as pyteomics_mass

from superatom.composition.card import Card, average_mass, card
from superatom.composition.cluster import Adduct, Cluster
from superatom.composition.conventions import Conventions
from superatom.errors import SuperatomError


@pytest.mark.parametrize(
    ("atoms", "mass"),
    [  # molar masses as on the bottles: water, triphenylphosphine, HAuCl4, gold
        ({"H": 2, "O": 1}, 18.015),
        ({"C": 18, "H": 15, "P": 1}, 262.29),
        ({"H": 1, "Au": 1, "Cl": 4}, 339.785),
        ({"Au": 1}, 196.967),
    ],
)
def test_molar_masses(atoms: dict[str, int], mass: float) -> None:
    assert average_mass(atoms) == pytest.approx(mass, abs=0.02)


def test_gold_25_against_an_independent_mass() -> None:
    facts = card(Cluster.of({"Au": 25}, {"PET": 18}, charge=-1))
    formula = "Au25C144H162S18"
    assert facts.average_mass == pytest.approx(
        pyteomics_mass.calculate_mass(formula=formula, average=True), rel=2e-5
    )
    assert facts.elements == {"Au": 25, "C": 144, "H": 162, "S": 18}
    assert sum(facts.mass_percent.values()) == pytest.approx(100)
    assert facts.metal_percent == facts.mass_percent["Au"]
    assert facts.ligands_per_metal == pytest.approx(18 / 25)
    assert facts.electrons is not None
    assert facts.electrons.total == 8


@pytest.mark.parametrize(
    ("metals", "ligands", "charge", "state"),
    [  # (anionic ligands + charge) / metals
        ({"Au": 25}, {"PET": 18}, -1, 17 / 25),
        ({"Cu": 32}, {"H": 20, "dtp": 12}, 0, 1.0),
        ({"Au": 1}, {"PPh3": 1, "Cl": 1}, 0, 1.0),
        ({"Au": 13}, {"dppm": 6}, 3, 3 / 13),
    ],
)
def test_mean_oxidation_state(
    metals: dict[str, int], ligands: dict[str, int], charge: int, state: float
) -> None:
    assert card(Cluster.of(metals, ligands, charge)).oxidation_state == pytest.approx(state)


def test_adducts_do_not_change_the_oxidation_state_of_the_metals() -> None:
    bare = Cluster.of({"Au": 25}, {"PET": 18}, -1)
    sprayed = Cluster(bare.layers, 1, adducts=(Adduct("Cs", 2, (("Cs", 1),)),))
    assert card(sprayed).oxidation_state == card(bare).oxidation_state
    difference = (card(sprayed).average_mass or 0) - (card(bare).average_mass or 0)
    assert difference == pytest.approx(2 * 132.905, abs=0.01)


def test_what_is_open_is_said() -> None:
    generic = card(Cluster.of({"Au": 25}, {"SR": 18}))
    assert generic.average_mass is None
    assert generic.electrons is None
    assert generic.electrons_by_charge is not None
    assert generic.oxidation_state is None
    assert any("no mass" in problem for problem in generic.problems)
    manganese = card(Cluster.of({"Au": 24, "Mn": 1}, {"PET": 18}, 0))
    assert any("--valence Mn=" in problem for problem in manganese.problems)
    assert card(
        Cluster.of({"Au": 24, "Mn": 1}, {"PET": 18}, 0), Conventions(valences={"Mn": 2})
    ).electrons


def test_salt_has_the_mass_of_its_counter_ions() -> None:
    salt = card(Cluster.parse("[Au25(PET)18]^-.TOA^+"))
    assert salt.average_mass is not None
    assert salt.salt_mass is not None
    # tetraoctylammonium, C32H68N+: 466.90 g/mol
    assert salt.salt_mass - salt.average_mass == pytest.approx(466.9, abs=0.05)


@pytest.mark.parametrize("formula", ["[Au25(PET)18]-", "Au25(SR)18", "[Cu25H22(PPh3)12]Cl"])
def test_json_reads_back(formula: str) -> None:
    facts = card(Cluster.parse(formula))
    assert Card.from_dict(json.loads(json.dumps(facts.as_dict()))) == facts


def test_a_host_is_not_weighed_and_this_is_said() -> None:
    hosted = card(Cluster.parse("Au25@BSA"))
    assert hosted.average_mass == pytest.approx(25 * 196.967, abs=0.1)
    assert any("without its host BSA" in problem for problem in hosted.problems)


def test_element_without_a_weight_is_refused() -> None:
    with pytest.raises(SuperatomError, match="no standard atomic weight"):
        average_mass({"Tc": 1})
