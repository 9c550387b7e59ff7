"""Superatom electron counts against published numbers."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superatom.composition.cluster import Cluster
from superatom.composition.electrons import (
    Conventions,
    ElectronCount,
    count_electrons,
    count_electrons_by_charge,
)
from superatom.composition.parts import Adduct
from superatom.composition.shells import closed_shells, configuration, levels, nearest_closed_shells
from superatom.errors import SuperatomError, UnknownCharge, UnknownComposition

# Walter et al., PNAS 2008 (10.1073/pnas.0801001105) and the papers of the clusters
PUBLISHED = [
    ({"Au": 25}, {"SR": 18}, -1, 8),
    ({"Pt": 1, "Au": 24}, {"SR": 18}, 0, 6),
    ({"Pd": 1, "Au": 24}, {"SR": 18}, 0, 6),
    ({"Au": 23}, {"SR": 16}, -1, 8),
    ({"Au": 36}, {"SR": 24}, 0, 12),
    ({"Au": 38}, {"SR": 24}, 0, 14),
    ({"Au": 102}, {"SR": 44}, 0, 58),
    ({"Au": 144}, {"SR": 60}, 0, 84),
    ({"Ag": 44}, {"SR": 30}, -4, 18),
    ({"Ag": 25}, {"SR": 18}, -1, 8),
    ({"Au": 11}, {"PPh3": 8, "Cl": 2}, 1, 8),
    ({"Au": 13}, {"dppm": 6}, 3, 10),
    ({"Au": 25}, {"PPh3": 10, "SR": 5, "Cl": 2}, 2, 16),
    ({"Cu": 25}, {"H": 22, "PPh3": 12}, 1, 2),
    ({"Cu": 20}, {"PhC#C": 12, "OAc": 6}, 0, 2),
    ({"Cu": 32}, {"H": 20, "dtp": 12}, 0, 0),
    ({"Ag": 46, "Au": 24}, {"SR": 32}, 2, 36),
    ({"Au": 20}, {"SR": 16}, 0, 4),
    ({"Au": 24}, {"SR": 20}, 0, 4),
    # Takano et al., J. Am. Chem. Soc. 2021, 143, 10560: M@Au12 superatoms
    ({"Ru": 1, "Au": 12}, {"dppm": 6}, 2, 8),
    ({"Ir": 1, "Au": 12}, {"dppm": 6}, 3, 8),
    # Hirai et al., ACS Omega 2019, 4, 7070: (HPd@Au8)+ and (HPd@Ag2Au8)3+ are 8-electron
    ({"Pd": 1, "Au": 8}, {"H": 1, "PPh3": 8}, 1, 8),
    ({"Pd": 1, "Ag": 2, "Au": 8}, {"H": 1, "PPh3": 8}, 3, 8),
    # copper hydride with a gold centre: AuCu24H22 has 2 electrons, H takes
    ({"Au": 1, "Cu": 24}, {"H": 22, "PPh3": 12}, 1, 2),
    ({"Cd": 1, "Au": 24}, {"SR": 18}, 0, 8),
]


@pytest.mark.parametrize(("metals", "ligands", "charge", "electrons"), PUBLISHED)
def test_published_counts(
    metals: dict[str, int], ligands: dict[str, int], charge: int, electrons: int
) -> None:
    assert count_electrons(Cluster.of(metals, ligands, charge)).total == electrons


@pytest.mark.parametrize(
    ("ligand", "taken"),
    [
        ("S", 2),
        ("Se", 2),
        ("O", 2),
        ("C", 4),
        ("PPh3", 0),
        ("CO", 0),
        ("NO3", 1),
        ("Br", 1),
        ("SePh", 1),
        ("phen", 0),
    ],
)
def test_what_ligands_take(ligand: str, taken: int) -> None:
    assert count_electrons(Cluster.of({"Ag": 10}, {ligand: 1}, 0)).total == 10 - taken


def test_configuration_and_neighbours() -> None:
    count = count_electrons(Cluster.of({"Au": 38}, {"SR": 24}, 0))
    assert count.configuration == "1S2 1P6 1D6"
    assert count.shell_below is not None
    assert count.shell_above is not None
    assert (count.shell_below.electrons, count.shell_above.electrons) == (8, 18)
    assert any("two 8-electron units" in note for note in count.notes)
    assert count.parity == "even"


@pytest.mark.parametrize(
    ("electrons", "text"),
    [
        (0, ""),
        (-2, ""),
        (2, "1S2"),
        (7, "1S2 1P5"),
        (20, "1S2 1P6 1D10 2S2"),
        (58, "1S2 1P6 1D10 2S2 1F14 2P6 1G18"),
    ],
)
def test_configuration(electrons: int, text: str) -> None:
    assert configuration(electrons) == text


def test_levels_are_those_of_a_sphere() -> None:
    """Each level holds 2(2l + 1), and the closures are sums of full levels."""
    letters = "SPDFGHIJK"
    assert [level.capacity for level in levels()] == [
        2 * (2 * letters.index(level.name[-1]) + 1) for level in levels()
    ]
    total = 0
    for level in levels():
        total += level.capacity
        assert level.cumulative == total
    spherical = [s.electrons for s in closed_shells() if s.kind == "spherical"]
    assert spherical[:7] == [2, 8, 18, 34, 58, 92, 138]
    assert {20, 40, 68, 70, 90} <= {s.electrons for s in closed_shells() if s.kind == "sub-shell"}
    assert set(spherical) <= {level.cumulative for level in levels()}


def test_no_shell_below_two_and_none_above_the_table() -> None:
    assert nearest_closed_shells(1)[0] is None
    assert nearest_closed_shells(10_000)[1] is None


def test_hydride_rules_are_said_and_can_be_changed() -> None:
    copper = Cluster.of({"Cu": 25}, {"H": 22, "PPh3": 12}, 1)
    gold = Cluster.of({"Au": 9}, {"H": 1, "PPh3": 8}, 2)
    assert "takes" in count_electrons(copper).notes[0]
    assert "gives" in count_electrons(gold).notes[0]
    assert count_electrons(gold).total == 8
    assert count_electrons(gold, Conventions(hydride="takes")).total == 6
    assert count_electrons(copper, Conventions(hydride="gives")).total == 46


def test_thallium_one_or_three() -> None:
    cluster = Cluster.of({"Au": 20, "Tl": 1}, {"SR": 14}, 0)
    assert count_electrons(cluster).total == 9
    assert any("Tl(I)" in warning for warning in count_electrons(cluster).warnings)
    counted = count_electrons(cluster, Conventions(valences={"Tl": 1}))
    assert counted.total == 7
    assert not any("Tl(I)" in warning for warning in counted.warnings)


def test_ligand_charge_can_be_set() -> None:
    cluster = Cluster.of({"Au": 25}, {"SR": 18}, -1)
    assert count_electrons(cluster, Conventions(ligand_charges={"SR": 0})).total == 26


def test_metal_without_a_valence_says_how_to_set_it() -> None:
    cluster = Cluster.of({"Au": 24, "Mn": 1}, {"SR": 18}, 0)
    with pytest.raises(UnknownComposition, match="--valence Mn="):
        count_electrons(cluster)
    assert count_electrons(cluster, Conventions(valences={"Mn": 2})).total == 8


def test_unknown_charge_gives_a_function_and_the_closing_charges() -> None:
    cluster = Cluster.of({"Au": 25}, {"SR": 18})
    with pytest.raises(UnknownCharge):
        count_electrons(cluster)
    scan = count_electrons_by_charge(cluster)
    assert (scan.neutral, scan.at(-1), scan.function) == (7, 8, "n* = 7 - q")
    assert [(q, shell.electrons) for q, shell in scan.closing_charges] == [(-1, 8), (5, 2)]
    assert json.loads(json.dumps(scan.as_dict()))["closing_charges"][0]["charge"] == -1


def test_odd_zero_and_negative_counts_are_warned_of() -> None:
    assert "odd" in count_electrons(Cluster.of({"Au": 25}, {"SR": 18}, 0)).warnings[0]
    assert "no free" in count_electrons(Cluster.of({"Au": 4}, {"SR": 4}, 0)).warnings[0]
    assert "negative" in count_electrons(Cluster.of({"Au": 2}, {"SR": 4}, 0)).warnings[0]


def test_a_bare_core_is_warned_of() -> None:
    assert "no ligands" in count_electrons(Cluster.of({"Au": 25}, {}, -1)).warnings[0]


def test_unknown_charge_names_the_readings_of_the_neutral_cluster() -> None:
    scan = count_electrons_by_charge(Cluster.parse("Au20(SR)16"))
    assert scan.configuration_if_neutral == "1S2 1P2"
    assert any("if neutral" in note and "tetrahedra" in note for note in scan.notes)


@pytest.mark.parametrize(
    ("formula", "electrons"),
    [
        ("[Au25(SC2H4Ph)18]^-", 8),
        ("[Ag44(SR)30]4-", 18),
        ("[Au25(PPh3)10(SR)5Cl2]2+", 16),
        ("[Cu20(C#CPh)12(OAc)6]^0", 2),
        ("[Ag29(LA)12]3-", 8),  # LA, dihydrolipoate: a dithiolate
        ("[Au12Ag32(SePh)30]4-", 18),
        ("[AuAg26(SAdm)18S]-", 8),
        ("[Au6Ag2C(dppy)6](BF4)4", 0),
        ("[(AuAg)44(SPhtBu)26]^0", 18),
        ("[Au26.3Ag17.7(TBBT)26]^0", 18),
        ("[Au13Cd2(PPh3)6(SC2H4Ph)6(NO3)2]2Cd(NO3)4", 16),
    ],
)
def test_counts_of_printed_formulas(formula: str, electrons: int) -> None:
    cluster = Cluster.parse(formula)
    charge = cluster.charge or 0  # the last two formulas print none
    assert count_electrons(cluster.with_charge(charge)).total == electrons


def test_alloy_of_unlike_metals_needs_its_ratio() -> None:
    with pytest.raises(UnknownComposition, match="ratio"):
        count_electrons(Cluster.parse("[(AuCd)25(SR)18]^0"))


def test_adduct_ions_leave_the_count_as_it_was() -> None:
    """[Au25(SR)18 + 2 Na]+ and [Au25(SR)18 - 9 H]10- are the 8-electron anion in flight."""
    bare = Cluster.of({"Au": 25}, {"SR": 18}, -1)
    sodium = Cluster(bare.layers, 1, adducts=(Adduct("Na", 2, (("Na", 1),)),))
    acid = Cluster(bare.layers, -10, adducts=(Adduct("H", -9, (("H", 1),)),))
    assert [count_electrons(c).total for c in (bare, sodium, acid)] == [8, 8, 8]


@pytest.mark.parametrize("wrong", [{"hydride": "maybe"}, {"valences": {"Au": 10**9}}])
def test_senseless_conventions(wrong: dict[str, object]) -> None:
    with pytest.raises(SuperatomError):
        Conventions(**wrong)  # type: ignore[arg-type]


@given(
    st.dictionaries(st.sampled_from(["Au", "Ag", "Cu", "Pt", "Cd", "Ir"]), st.integers(1, 300)),
    st.dictionaries(st.sampled_from(["SR", "PPh3", "Cl", "H", "S"]), st.integers(1, 100)),
    st.integers(-6, 6),
)
def test_terms_add_up_and_json_reads_back(
    metals: dict[str, int], ligands: dict[str, int], charge: int
) -> None:
    count = count_electrons(Cluster.of(metals, ligands, charge))
    assert sum(term.electrons for term in count.terms) == count.total
    assert count.total == count_electrons_by_charge(Cluster.of(metals, ligands)).at(charge)
    assert ElectronCount.from_dict(json.loads(json.dumps(count.as_dict()))) == count
