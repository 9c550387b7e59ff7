"""Facts found by rules in sentences written for these tests."""

from __future__ import annotations

import pytest

from superatom.literature.mining.miner import Mined, mine_manuscript
from superatom.literature.mining.quantities import find_quantities
from superatom.literature.mining.text import Manuscript, read_passages
from superatom.literature.records import Fact


def mined(text: str) -> Mined:
    return mine_manuscript(Manuscript("paper", text, read_passages(text)))


def told(text: str) -> set[tuple[str, str, str]]:
    return {(f.cluster, f.property, f.reading) for f in mined(text).candidates}


def only(text: str) -> Fact:
    (fact,) = mined(text).candidates
    return fact


@pytest.mark.parametrize(
    ("printed", "reading"),
    [
        ("of $-0.89$ V vs. RHE", ("=", "-0.89", "V vs RHE")),
        ("is 121 000 s−1", ("=", "121000", "s^-1")),
        ("was >90%", (">", "90", "%")),
        ("up to 99%", ("<=", "99", "%")),
        ("from 10 to 20 mA cm<sup>-2</sup>", ("=", "10-20", "mA cm^-2")),
        ("about 34.5 $\\mu$g h⁻¹ mg$_{cat}^{-1}$", ("~", "34.5", "μg h^-1 mg^-1")),
        ("of 3.7 A mg<sub>Pt+Au</sub><sup>−1</sup>", ("=", "3.7", "A mg^-1")),
        ("a 16-fold rise", ("=", "16", "x")),
        ("at 80 °C", ("=", "80", "degC")),
        ("within 12 hours", ("<=", "12", "h")),
        ("of 1.6 ± 0.2 nm", ("=", "1.6", "nm")),
        ("exceeded 80%", (">", "80", "%")),
        ("increased from 1.2% to 8.7%", ("=", "8.7", "%")),
        ("rate of 18 min^{-1} (Fig. 2)", ("=", "18", "min^-1")),
    ],
)
def test_quantities(printed: str, reading: tuple[str, str, str]) -> None:
    (passage,) = read_passages(printed)
    quantity = find_quantities(passage, 0, len(passage.text), [])[0]
    assert (quantity.comparator, quantity.value, quantity.unit) == reading


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        (
            "Ag14(SR)8 needs an overpotential of only 84 mV to drive 10 mA cm−2.",
            {("Ag14(SR)8", "overpotential", "84 mV")},
        ),
        (
            "The half-wave potentials of Au22(SAdm)16 and Au21Ag(SAdm)15 were 0.81 and 0.86 V, "
            "respectively.",
            {
                ("Au22(SAdm)16", "half-wave potential", "0.81 V"),
                ("Au21Ag(SAdm)15", "half-wave potential", "0.86 V"),
            },
        ),
        (
            "The FE for NH3 was 93.1% (Ag54) and 78.4% (Ag53Au).",
            {
                ("Ag54", "Faradaic efficiency NH3", "93.1 %"),
                ("Ag53Au", "Faradaic efficiency NH3", "78.4 %"),
            },
        ),
        (
            "The electron transfer numbers differ (Pd13: 3.9, Pd12Au: 2.4).",
            {
                ("Pd13", "electrons transferred", "3.9 e"),
                ("Pd12Au", "electrons transferred", "2.4 e"),
            },
        ),
        (
            "FE_{CO} over Cu14 reached 47.3%, whereas Cu15 gave merely 12.1%.",
            {
                ("Cu14", "Faradaic efficiency CO", "47.3 %"),
                ("Cu15", "Faradaic efficiency CO", "12.1 %"),
            },
        ),
        (
            "Compared with Pt/C (0.85 V), Au25Pt exhibits a half-wave potential of 0.91 V.",
            {("Au25Pt", "half-wave potential", "0.91 V")},
        ),
        (
            "The HOMO–LUMO gap decreases from 1.9 eV for Au36(SR)24 to 1.5 eV for Au44(SR)28.",
            {("Au36(SR)24", "HOMO-LUMO gap", "1.9 eV"), ("Au44(SR)28", "HOMO-LUMO gap", "1.5 eV")},
        ),
        (
            "Cu12, Cu14 and Cu20 show emission peaks at 580, 610, and 655 nm, respectively.",
            {
                ("Cu12", "emission maximum", "580 nm"),
                ("Cu14", "emission maximum", "610 nm"),
                ("Cu20", "emission maximum", "655 nm"),
            },
        ),
        (
            "Ag19Cu2(SR)12 has excitation and emission maxima at 390 and 612 nm, respectively.",
            {
                ("Ag19Cu2(SR)12", "excitation maximum", "390 nm"),
                ("Ag19Cu2(SR)12", "emission maximum", "612 nm"),
            },
        ),
        (
            "Hg doping of Au25(SR)18 gave a 12% decrease of the Tafel slope.",
            {("Au25(SR)18", "Tafel slope change", "-12 %")},
        ),
        (
            "The current of Au30(SR)18 is 4.8 times that of bulk gold.",
            {("Au30(SR)18", "activity ratio", "4.8 x")},
        ),
        (
            "The electronic structure (Ag25: 8-electron, Ag24Pt: 6-electron) changes.",
            {
                ("Ag25", "superatom electron count", "8 e"),
                ("Ag24Pt", "superatom electron count", "6 e"),
            },
        ),
        (
            "The ESI mass spectrum of [Ag62S13(StBu)32]4+ has its main peak at m/z 1654.9.",
            {("[Ag62S13(StBu)32]^4+", "ESI-MS m/z", "1654.9 m/z")},
        ),
    ],
)
def test_numbers_find_their_property_and_cluster(
    sentence: str, facts: set[tuple[str, str, str]]
) -> None:
    assert told(sentence) == facts


def test_sentences_that_go_on_about_the_same_cluster() -> None:
    text = "Ag20(SR)16 was studied. It shows a quantum yield of 4.6% and a lifetime of 1.9 μs."
    assert told(text) == {
        ("Ag20(SR)16", "quantum yield", "4.6 %"),
        ("Ag20(SR)16", "lifetime", "1.9 μs"),
    }


def test_the_former_and_the_latter() -> None:
    text = "Au36(SR)24 and Au40(SR)26 differ. The latter has a HOMO-LUMO gap of 1.4 eV."
    assert told(text) == {("Au40(SR)26", "HOMO-LUMO gap", "1.4 eV")}


def test_one_property_for_each_number() -> None:
    text = (
        "The onset potential and half-wave potential of Pd9(SR)6 exceed those of Pd8(SR)6 "
        "(0.85 and 0.72 V, respectively). It is red."
    )
    assert told(text) == {
        ("Pd8(SR)6", "onset potential", "0.85 V"),
        ("Pd8(SR)6", "half-wave potential", "0.72 V"),
    }


def test_one_product_for_each_number() -> None:
    text = "The Faradaic efficiencies for CO and H2 on Au24Cd(SR)18 were 97% and 2%, respectively."
    assert told(text) == {
        ("Au24Cd(SR)18", "Faradaic efficiency CO", "97 %"),
        ("Au24Cd(SR)18", "Faradaic efficiency H2", "2 %"),
    }


def test_a_caption_tells_facts() -> None:
    text = "Fig. 4 ESI mass spectrum of Ag15(SR)11. The molecular ion peak is at m/z of 3613.5."
    fact = only(text)
    assert (fact.cluster, fact.value, fact.source.section) == (
        "Ag15(SR)11",
        "3613.5",
        "Fig. 4 caption",
    )


def test_a_new_paper_without_a_formula_is_not_the_old_cluster() -> None:
    text = (
        "Au25(SR)18 was tested. Doe et al. loaded Au NCs on carbon. The Faradaic efficiency was 8%."
    )
    fact = only(text)
    assert fact.clusters == ()
    assert "Au NCs" in fact.remark


@pytest.mark.parametrize(
    "sentence",
    [
        "Clusters of 2 nm such as Au25(SR)18 fill a gap.",
        "Au25(SR)18 was measured at 0.4 V in 0.1 M KOH at 2500 rpm.",
        "In Fig. 3 and Table 2 the yield of Au25(SR)18 is shown.",
        "The reduction potential of Ag25 is 0.2 V more positive than that of Au25.",
    ],
)
def test_conditions_and_numbers_of_figures_are_no_facts(sentence: str) -> None:
    assert told(sentence) == set()


def test_synthesis_steps() -> None:
    text = (
        "[Ag33(SR)24]+ was synthesized by reducing AgNO3 with NaBH4 in a mixture of "
        "dichloromethane and methanol (pH 10.5) at 0 °C for 12 h in 35% yield."
    )
    name = "[Ag33(SR)24]^1+"
    assert told(text) == {
        (name, "yield", "35 %"),
        (name, "temperature", "0 degC"),
        (name, "time", "12 h"),
        (name, "pH", "10.5 pH"),
        (name, "solvent", "dichloromethane"),
        (name, "solvent", "methanol"),
        (name, "reductant", "NaBH4"),
    }


@pytest.mark.parametrize(
    "text",
    [
        "Cu29(SR)20 was obtained from Cu25(SR)18.",
        "Cu25(SR)18 can be converted into Cu29(SR)20.",
    ],
)
def test_a_precursor_cluster(text: str) -> None:
    assert told(text) == {("Cu29(SR)20", "precursor", "Cu25(SR)18")}


def test_a_ligand_defined_beside_its_formula() -> None:
    text = "Au30(SR)18 (SR = tert-butylthiolate) is known."
    assert told(text) == {("Au30(SR)18", "ligand", "tert-butylthiolate")}


def test_a_candidate_says_where_why_and_under_what_conditions() -> None:
    text = "For CO2RR, the FE of Ag14(SR)8 for CO is 91% at −0.8 V vs RHE. It is stable."
    fact = only(text)
    assert (fact.reaction, fact.category, fact.source.status) == ("CO2RR", "catalysis", "mined")
    assert fact.conditions == "potential: -0.8 V vs RHE"
    assert fact.rule == "property before the value; property of the formula"
    assert fact.decision == "open"
    assert fact.quote == text[: text.index(" It is")]
    assert text[fact.source.start : fact.source.end] == "91%"


def test_the_same_text_gives_the_same_candidates() -> None:
    text = "The QY of Ag14(SR)8 is 4%. " * 3
    assert mined(text).candidates == mined(text).candidates
    assert len({f.id for f in mined(text).candidates}) == len(mined(text).candidates)


def test_another_extractor_adds_its_own() -> None:
    extra = only("The QY of Ag14(SR)8 is 4%.")
    manuscript = Manuscript("p", "Nothing.", read_passages("Nothing."))
    assert mine_manuscript(manuscript, extractor=lambda *_: [extra]).candidates == (extra,)


TABLE = """Table 1 Made-up data

| Catalyst | FE(CO) (%) | Overpotential / mV | TOF (h−1) | Remarks |
|---|---|---|---|---|
| Au25(SR)18 | 96.5 | 250 | 1 200 | good |
| Ag44(SR)30 | >90 | 310 mV | – | 2 runs |
| bare carbon | 5 | 900 | 0 |  |
| Au38/Au36 | 5 | 900 | 0 |  |
"""


def test_cells_of_a_table_whose_rows_name_one_cluster() -> None:
    assert told(TABLE) == {
        ("Au25(SR)18", "Faradaic efficiency CO", "96.5 %"),
        ("Au25(SR)18", "overpotential", "250 mV"),
        ("Au25(SR)18", "TOF", "1200 h^-1"),
        ("Ag44(SR)30", "Faradaic efficiency CO", "> 90 %"),
        ("Ag44(SR)30", "overpotential", "310 mV"),
    }
    quotes = {f.quote for f in mined(TABLE).candidates}
    assert "Au25(SR)18 | 96.5 " in quotes


def test_cells_of_an_html_table() -> None:
    page = (
        "<table><tr><th>Cluster</th><th>Tafel slope (mV dec<sup>-1</sup>)</th></tr>"
        "<tr><td>Pt<sub>1</sub>Au<sub>24</sub>(SR)<sub>18</sub></td><td>61</td></tr></table>"
    )
    passages = read_passages(page, tagged=True)
    (fact,) = mine_manuscript(Manuscript("page", page, passages)).candidates
    assert (fact.cluster, fact.reading) == ("Pt1Au24(SR)18", "61 mV dec^-1")


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("Ag44(SR)30 ran for 36 h in a stability test.", ("Ag44(SR)30", "duration", "36 h")),
        ("The durability test of Ag44(SR)30 lasts for 40 h.", ("Ag44(SR)30", "duration", "40 h")),
        ("The red clusters (1.2 nm) are Ag44(SR)30.", ("Ag44(SR)30", "size", "1.2 nm")),
        (
            "Ag44(SR)30 was made by reduction using gaseous B2H6.",
            ("Ag44(SR)30", "reductant", "B2H6"),
        ),
    ],
)
def test_what_a_unit_or_a_word_tells(text: str, fact: tuple[str, str, str]) -> None:
    assert told(text) == {fact}
