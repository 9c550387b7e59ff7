"""Conditions, labels of samples and numbers without a phrase, in sentences of its own."""

from __future__ import annotations

import pytest

from superatom.literature.mining.miner import Mined, mine_manuscript
from superatom.literature.mining.text import Manuscript, read_passages
from superatom.literature.records import Fact, conditions_of


def mined(text: str) -> Mined:
    return mine_manuscript(Manuscript("paper", text, read_passages(text)))


def told(text: str) -> set[tuple[str, str, str]]:
    return {(f.cluster, f.property, f.reading) for f in mined(text).candidates}


def fact_of(text: str, property: str) -> Fact:
    (fact,) = (f for f in mined(text).candidates if f.property == property)
    return fact


@pytest.mark.parametrize(
    ("sentence", "property", "conditions"),
    [
        (
            "In CO2RR, Ag14(SR)8 gave a FE for CO of 91% at -0.8 V in 0.5 M KHCO3.",
            "Faradaic efficiency CO",
            {"potential": "-0.8 V", "electrolyte": "0.5 M KHCO3"},
        ),
        (
            "For ORR, Ag14(SR)8 shows a limiting current density of 5.1 mA cm-2 at 1600 rpm.",
            "diffusion-limited current density",
            {"rotation": "1600 rpm"},
        ),
        (
            "Under visible light, Ag14(SR)8 reached a TOF of 120 h-1 in the oxidation of "
            "benzylamine at 40 °C.",
            "TOF",
            {"light": "visible light", "substrate": "benzylamine", "temperature": "40 degC"},
        ),
        (
            "On excitation at 365 nm, Ag14(SR)8 has an emission maximum of 610 nm.",
            "emission maximum",
            {"excitation": "365 nm"},
        ),
        (
            "Ag14(SR)8 shows an onset potential of 0.91 V, and 3.2 mA cm-2 at 0.4 V.",
            "onset potential",
            {},
        ),
        (
            "In CO2RR, Ag14(SR)8 reached a FE for CO of 91%, while Ag16(SR)9 failed at -0.9 V.",
            "Faradaic efficiency CO",
            {},
        ),
    ],
)
def test_conditions_go_by_name(sentence: str, property: str, conditions: dict[str, str]) -> None:
    assert conditions_of(fact_of(sentence, property).conditions) == conditions


def test_each_value_of_a_list_has_its_own_condition() -> None:
    text = "For CO2RR, FEs for CO of Ag14(SR)8 were 81% and 94% at -0.6 and -0.8 V, respectively."
    found = {f.value: f.conditions for f in mined(text).candidates}
    assert found == {"81": "potential: -0.6 V", "94": "potential: -0.8 V"}


def test_a_reaction_tells_its_product() -> None:
    text = "For the NRR, a Faradaic efficiency of 12.5% was found for Au4Ru2(SR)8."
    assert told(text) == {("Au4Ru2(SR)8", "Faradaic efficiency NH3", "12.5 %")}
    text = "The Faradaic efficiency of CO2-to-CO reached 88% on Ag14(SR)8."
    assert told(text) == {("Ag14(SR)8", "Faradaic efficiency CO", "88 %")}


def test_a_cluster_that_is_compared_with_bears_no_value() -> None:
    text = "Compared to Ag16(SR)9, Ag14(SR)8 shows a higher FE for CO of 92%."
    assert told(text) == {("Ag14(SR)8", "Faradaic efficiency CO", "92 %")}


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        (
            "In Cu14(SR)10 the shortest contact is Cu1-S2 = 2.231 Å.",
            ("Cu14(SR)10", "bond length Cu-S", "2.231 Å"),
        ),
        (
            "With Cu14(SR)10 (2 mol%) as the catalyst the coupling was clean.",
            ("Cu14(SR)10", "catalyst loading", "2 mol%"),
        ),
        (
            "Cu14(SR)10 catalyzed 24 examples of the coupling.",
            ("Cu14(SR)10", "number of examples", "24 x"),
        ),
        (
            "Cu14(SR)10 shows a threefold increase of the rate.",
            ("Cu14(SR)10", "activity ratio", "3 x"),
        ),
        (
            "Ag14(SR)8 reduces CO2 within 60 mV of the equilibrium potential.",
            ("Ag14(SR)8", "overpotential", "<= 60 mV"),
        ),
        (
            "The step on Cu14(SR)10 requires an energy gap of 0.84 eV.",
            ("Cu14(SR)10", "reaction energy", "0.84 eV"),
        ),
        (
            "The current of Cu14(SR)10 becomes significant at an overpotential of 0.25 V.",
            ("Cu14(SR)10", "overpotential", "0.25 V"),
        ),
        (
            "The emission of Ag14(SR)8 was 2- to 5-fold higher than before.",
            ("Ag14(SR)8", "photoluminescence enhancement", "2-5 x"),
        ),
    ],
)
def test_numbers_that_tell_their_property(sentence: str, fact: tuple[str, str, str]) -> None:
    assert told(sentence) == {fact}


def test_mol_percent_of_something_else_is_no_loading() -> None:
    assert not told("Cu14(SR)10 was used together with 20 mol% of potassium carbonate.")


def test_a_product_may_be_named_after_its_synthesis() -> None:
    text = (
        "Formic acid at 65 °C was capable of reducing Ag ions. "
        "The as-synthesized NCs were found to be glutathione-protected NCs (Ag31(SG)19)."
    )
    assert ("Ag31(SG)19", "temperature", "65 degC") in told(text)


def test_labels_stand_for_their_formulas() -> None:
    text = (
        "Two clusters, [Cu41Cl2(SR)12H19]2- (1H) and Cu43(SR)14 (2H), were made.\n\n"
        "Cluster 2H has a QY of 7%. The 1H NMR of 1H shows a signal at 4.1 ppm."
    )
    found = mined(text)
    labels = {m.printed: m.full for m in found.mentions if m.rule == "label defined in the text"}
    assert labels == {"1H": "[Cu41Cl2(SR)12H19]^2-", "2H": "Cu43(SR)14"}
    assert ("Cu43(SR)14", "quantum yield", "7 %") in told(text)


def test_a_mere_number_is_a_label_behind_a_noun_only() -> None:
    text = (
        "We made Ag14(SR)8 (1) and Ag16(SR)9 (2). The QY of cluster 2 is 5%. "
        "Of these, 1 was tested at 2 places."
    )
    uses = [m.printed for m in mined(text).mentions if m.rule == "label defined in the text"]
    assert uses == ["2"]
    assert ("Ag16(SR)9", "quantum yield", "5 %") in told(text)


def test_a_material_for_comparison_is_told_as_such() -> None:
    text = (
        "For OER, Au31(SR)19/NiO needs an overpotential of 0.38 V, which is better than that of "
        "NiO (0.47 V)."
    )
    (material,) = (f for f in mined(text).candidates if not f.clusters)
    assert (material.property, material.reading) == ("overpotential", "0.47 V")
    assert material.remark == "told of NiO, for comparison"


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        (
            "Using 4-tert-butylbenzenethiol as the ligand, Ag31(SR)19 was prepared.",
            ("Ag31(SR)19", "ligand", "4-tert-butylbenzenethiol"),
        ),
        (
            "Upon the addition of cold NaBH4, the cluster Ag31(SR)19 was formed.",
            ("Ag31(SR)19", "reductant", "NaBH4"),
        ),
        (
            "Ag31(SR)19 was obtained when histidine was used both as reducing agent and ligand.",
            ("Ag31(SR)19", "reductant", "histidine"),
        ),
    ],
)
def test_what_a_synthesis_takes(sentence: str, fact: tuple[str, str, str]) -> None:
    assert fact in told(sentence)


def test_a_reductant_of_the_substrate_is_not_that_of_the_cluster() -> None:
    text = "When Cu31H(SR)19 and NaBH4 were added, the dye was converted within 14 s."
    assert not any(name == "reductant" for _, name, _ in told(text))
