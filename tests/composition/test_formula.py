"""Formula notation: real strings, round trips, errors."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from strategies import LIGANDS, clusters, series
from superatom.composition.cluster import Cluster
from superatom.composition.formula import parse_formula, parse_formulas
from superatom.composition.ligands import LigandLibrary
from superatom.composition.parts import MetalPart
from superatom.composition.series import ClusterSeries
from superatom.errors import (
    FormulaError,
    NotAClusterFormula,
    SuperatomError,
    UnknownComposition,
    UnknownLigand,
)

_SLOW = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Printed form and normal form; the printed forms are of the kinds met in the reviews
# 10.1039/d1na00514f, 10.1039/d5sc01108f and 10.1007/s40820-024-01555-6.
PRINTED = [
    # clean text
    ("[Au25(SC2H4Ph)18]-", "[Au25(SC2H4Ph)18]^1-"),
    ("[Ag44(SR)30]4-", "[Ag44(SR)30]^4-"),
    ("[Cu25H22(PPh3)12]+", "[Cu25H22(PPh3)12]^1+"),
    ("Pt1Au24(SR)18", "Pt1Au24(SR)18"),
    ("[Au25(SR)18]0", "[Au25(SR)18]^0"),
    # LaTeX
    (r"[Au_{25}(SC_2H_4Ph)_{18}]^{-}", "[Au25(SC2H4Ph)18]^1-"),
    (
        r"$\left[\text{Cu}_{25}\text{H}_{22}(\text{PPh}_{3})_{12}\right]$ Cl",
        "[Cu25H22(PPh3)12]^1+.Cl^1-",
    ),
    (r"\mathrm{Au_{38}(PET)_{24}}", "Au38(PET)24"),
    (r"[\text{Cu}_{20}(\text{C\textequiv CPh})_{12}(\text{OAc})_6]", "[Cu20(C#CPh)12(OAc)6]"),
    (
        r"[Cu_{53}(RCOO)_{10}(C \equiv C^{t}Bu)_{20}Cl_{2}H_{18}]^{+}",
        "[Cu53(RCOO)10(C#CtBu)20Cl2H18]^1+",
    ),
    # HTML, Markdown, Unicode, spaced Unicode from PDF
    ("[Au<sub>25</sub>(PET)<sub>18</sub>]<sup>&minus;</sup>", "[Au25(PET)18]^1-"),
    ("Au~25~(SC~2~H~4~Ph)~18~", "Au25(SC2H4Ph)18"),
    ("[Au₁₅Cu₄(DPPM)₆Cl₄(C≡CR)₁]²⁺", "[Au15Cu4(DPPM)6Cl4(C#CR)1]^2+"),
    ("[Au ₇ Cu ₁₂ (dppy) ₆ (TBBT) ₆ Br ₄ ] ³⁺", "[Au7Cu12(dppy)6(TBBT)6Br4]^3+"),
    # counter-ions and solvates
    ("[Au25(PET)18]-TOA+", "[Au25(PET)18]^1-.[TOA]^1+"),
    ("[TOA]+[Au25(PET)18]-", "[Au25(PET)18]^1-.[TOA]^1+"),
    ("[Au11(PPh3)8Cl2]Cl", "[Au11(PPh3)8Cl2]^1+.Cl^1-"),
    ("[Au13(dppm)6](NO3)3·2CH2Cl2", "[Au13(dppm)6]^3+.3[NO3]^1-.2CH2Cl2"),
    ("[Au6Ag2C(dppy)6](BF4)4", "[Au6Ag2C(dppy)6]^4+.4[BF4]^1-"),
    ("[Ag40(SR)22](PPh4)₃₃", "[Ag40(SR)22]^3-.3[PPh4]^1+"),
    # damage
    ("[Cu16(C=CPh)12(OAc)6]^2", "[Cu16(C#CPh)12(OAc)6]^2-"),
    ("[Au_{11}(PPh_3)]_{8}(SPy)_2^{+}", "[Au11(PPh3)8(SPy)2]^1+"),
    ("Au47-Cd<sub>2</sub>(TBBT)<sub>31</sub>", "Au47Cd2(TBBT)31"),
    ("Au36(SPh-tBu)24", "Au36(SPh-tBu)24"),
    ("[Ag₁₄(S-Adm)₁₁", "Ag14(S-Adm)11"),
    ("Ag_{34}Pd_2(SR)_{20}](PF_6)_2", "[Ag34Pd2(SR)20]^2+.2[PF6]^1-"),
    ("C_{u_{28}}H_{15}(S_2CNEt_2)_{12}", "Cu28H15(S2CNEt2)12"),
    ("[Ag46Au24(S'-Bu)32](BPh4)2", "[Ag46Au24(StBu)32]^2+.2[BPh4]^1-"),
    ("Cu₁₃.3PF₆", "Cu13.3[PF6]^1-"),
    ("Au₂₈(-SC<sub>2</sub>H<sub>4</sub>-Ph)₂₀", "Au28(SC2H4Ph)20"),
    ("Au<sub>144</sub><sup>[12]</sup>", "Au144"),
    ("Au_{279}(SR)_{84},^{91}", "Au279(SR)84"),
    # glued ligands
    ("[Cu58H20PET36(PPh3)4]2+", "[Cu58H20(PET)36(PPh3)4]^2+"),
    ("Ag10SG5", "Ag10(SG)5"),
    ("CuPET(TMEDA)Cl", "Cu(PET)(TMEDA)Cl"),
    # series, ranges, averages, alloys, shells, generic metals, adducts, polymers, hosts
    ("Au25-xAgx(SR)18 (x = 0-5)", "Au{25-x}Ag{x}(SR)18 (x = 0-5)"),
    ("Au₃₈₋ₓAgₓ(SR)₂₄ (x = 1, 2, 5)", "Au{38-x}Ag{x}(SR)24 (x = 1, 2, 5)"),
    ("Au_{10-12}(SG)_{10-12}", "Au{10-12}(SG){10-12}"),
    ("Agn(SPhMe2)n+1", "Ag{n}(SPhMe2){n+1}"),
    ("Au26.3Ag17.7(TBBT)26", "Au26.3Ag17.7(TBBT)26"),
    ("(AuAg)44(TBBT)26", "(AuAg)44(TBBT)26"),
    ("Cu8@Cu6@Cu24@Cu12@Cu8", "Cu8@Cu6@Cu24@Cu12@Cu8"),
    ("[MAu24(SR)18]^q", "[MAu24(SR)18]^q"),
    ("[Cu57H19D(PET)36(TPP)4+Cu]2+", "[Cu57H19D(PET)36(TPP)4+Cu]^2+"),
    ("[Au25(pMBA)18-9H+4Na]4-", "[Au25(pMBA)18-9H+4Na]^4-"),
    ("[Ag4(dppm)2(SR)4]n", "[Ag4(dppm)2(SR)4]n"),
    ("Ag15@BSA", "Ag15@BSA"),
    ("Au25(SR)18/TiO2", "Au25(SR)18/TiO2"),
    ("[Au13Cd2(PPh3)6(NO3)2]2Cd(NO3)4", "[Au13Cd2(PPh3)6(NO3)2]2Cd(NO3)4"),
]


@pytest.mark.parametrize(("printed", "normal"), PRINTED)
def test_printed_forms(printed: str, normal: str) -> None:
    assert str(parse_formula(printed)) == normal


@pytest.mark.parametrize("normal", sorted({normal for _, normal in PRINTED}))
def test_normal_form_is_stable(normal: str) -> None:
    assert str(parse_formula(normal)) == normal


def _without_label(cluster: Cluster | ClusterSeries) -> str:
    return cluster.text(label=False)


def test_reference_strings(shared: Path) -> None:
    rows = _table(shared / "reference" / "formula_examples.tsv")
    wrong, wrong_core = [], []
    for row in rows:
        try:
            found = parse_formulas(row["raw"])
        except NotAClusterFormula:
            found = ()
        normal = " | ".join(map(_without_label, found)) or "NOT_A_CLUSTER_FORMULA"
        if normal != row["normal"]:
            wrong.append((row["raw"], normal, row["normal"]))
        if _core(found) != (row["metals"], row["charge"]):
            wrong_core.append((row["raw"], _core(found), row["metals"], row["charge"]))
    assert wrong_core == []
    assert len(wrong) <= len(rows) - 105, wrong


def _table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t"))


def _core(found: tuple[Cluster | ClusterSeries, ...]) -> tuple[str, str]:
    """Return metals and charges as the reference table writes them."""
    metals = [
        " ".join(
            sorted(
                f"({part.name}):{n}" if "+" in part.name else f"{part.name}:{n}"
                for part, n in _sums(c)
            )
        )
        for c in found
    ]
    return " | ".join(metals), " | ".join(_charge_as_printed(c.charge) for c in found)


def _sums(cluster: Cluster | ClusterSeries) -> list[tuple[MetalPart, object]]:
    parts = [(part, n) for part, n in cluster.parts if isinstance(part, MetalPart)]
    if isinstance(cluster, ClusterSeries):
        return parts
    return [(MetalPart(tuple(name.split("+"))), n) for name, n in cluster.metals.items()]


def _charge_as_printed(charge: object) -> str:
    if not isinstance(charge, int):
        return "" if charge is None else str(charge)
    return "0" if charge == 0 else f"{abs(charge)}{'+' if charge > 0 else '-'}"


@_SLOW
@given(clusters())
def test_text_round_trips(cluster: Cluster) -> None:
    again = Cluster.parse(str(cluster))
    assert again == cluster
    assert str(again) == str(cluster)


@_SLOW
@given(clusters(), st.sampled_from(["unicode", "latex", "html"]))
def test_other_styles_read_back(cluster: Cluster, style: str) -> None:
    assert Cluster.parse(cluster.text(style)) == cluster


@pytest.mark.parametrize("style", ["text", "unicode", "latex", "html"])
def test_every_ligand_reads_back_in_every_style(style: str) -> None:
    for ligand in LIGANDS:
        cluster = Cluster.of({"Au": 25}, {ligand: 18})
        assert Cluster.parse(cluster.text(style)) == cluster


@_SLOW
@given(series())
def test_series_round_trip_and_expand(family: ClusterSeries) -> None:
    assert ClusterSeries.parse(str(family)) == family
    ((_, values),) = family.domain
    members = list(family)
    assert len(members) == len(values)
    assert len({member.n_metals for member in members}) == 1


def test_equality_is_by_meaning() -> None:
    assert Cluster.parse("[Au25(PET)18]-") == Cluster.parse("[Au25(SCH2CH2Ph)18]^-")
    assert hash(Cluster.parse("PtAu24(PET)18")) == hash(Cluster.parse("Au24Pt(SC2H4Ph)18"))
    assert Cluster.parse("Au38Q") != Cluster.parse("Au38T")
    assert Cluster.parse("[Au25(SR)18]0") != Cluster.parse("Au25(SR)18")


@pytest.mark.parametrize(
    "printed",
    ["Au38*(SR)24", "Au38(SR)24*", "Au_{38}^{*}(SR)_{24}", "Au<sub>38</sub>*(SR)<sub>24</sub>"],
)
def test_a_star_marks_an_isomer_wherever_it_stands(printed: str) -> None:
    cluster = Cluster.parse(printed)
    assert cluster.isomer == "*"
    assert cluster.text(label=False) == "Au38(SR)24"
    assert Cluster.parse(str(cluster)) == cluster != Cluster.parse("Au38(SR)24")


def test_redox_couple_gives_two_clusters() -> None:
    found = parse_formulas(r"[\text{Pt}_1\text{Au}_{24}]^-/^{2-}")
    assert [c.charge for c in found] == [-1, -2]


def test_several_formulas_and_a_definition() -> None:
    text = "Au20Ag1(SR)15, Au21-xCux(SR)15 (x = 0-5), SR = StBu"
    single, family = parse_formulas(text)
    assert str(single) == "Au20Ag1(StBu)15"
    assert isinstance(family, ClusterSeries)
    assert len(list(family)) == 6


def test_definitions_give_atoms() -> None:
    cluster = Cluster.parse("[Au25(SR)18]-", definitions={"SR": "SC2H4Ph"})
    assert cluster.elements == {"Au": 25, "C": 144, "H": 162, "S": 18}
    with pytest.raises(UnknownComposition, match="SR"):
        _ = Cluster.parse("[Au25(SR)18]-").elements


def test_adducts_count_as_atoms_but_not_as_metals() -> None:
    ion = Cluster.parse("[Au25(pMBA)18-9H+4Na]4-")
    assert ion.metals == {"Au": 25}
    assert ion.elements == {"Au": 25, "C": 126, "H": 81, "Na": 4, "O": 36, "S": 18}


@pytest.mark.parametrize(
    ("printed", "note"),
    [
        ("[Cu20(C=CPh)12(OAc)6]", "alkyne"),
        ("[Au11(PPh3)8Cl2]Cl", "implied by the counter-ions"),
        ("~Ag75(SG)40", "approximate"),
        ("Au47-Cd2(TBBT)31", "line break"),
        ("[Ag₁₄(S-Adm)₁₁", "without a partner"),
        ("[Cu16(C#CPh)12(OAc)6]^2", "without a sign"),
        ("Au25(DMBT)18", "can also mean"),
    ],
)
def test_guesses_are_told(printed: str, note: str) -> None:
    assert any(note in told for told in parse_formula(printed).notes)


def test_clean_formula_has_no_notes() -> None:
    assert Cluster.parse("[Au25(SC2H4Ph)18]-").notes == ()


@pytest.mark.parametrize(
    "text",
    [
        "AuPd_{NCs}/Pd_{SAs}",
        "Au_{0.3}Pd_{0.7}",
        "Ag_{1-x}Cu_x@GSH",
        "Pt3Ni@PDDA-G",
        "Mo2B4O9",
        "CuS2N1",
        "Cu(II)",
        "Au-Cu",
        "TiO2",
        "C6H6",
    ],
)
def test_other_matter_is_refused(text: str) -> None:
    with pytest.raises(NotAClusterFormula):
        parse_formulas(text)


def test_unknown_ligand_points_and_suggests() -> None:
    with pytest.raises(UnknownLigand) as caught:
        Cluster.parse("[Au25(PETT)18]-")
    message = str(caught.value)
    line, carets = message.splitlines()[1:3]
    assert line[carets.index("^") : carets.rindex("^") + 1] == "PETT"
    assert "PET" in message.split("close to it:")[1]
    assert "--ligands" in message


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("Au999999999(SR)18", 2),
        ("Au99999999999999999999(SR)18", 2),
        ("Au25(SR)0", 8),
        ("Au25()18", 4),
    ],
)
def test_errors_point_to_the_column(text: str, column: int) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formula(text)
    assert caught.value.column == column


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("[Au25(SR)18", 0),
        ("Au25(SR18", 4),
        ("Au25(SR)18)", 10),
        ("Au25(SR)18]-", 10),
        ("[Au25(SR18]-", 5),
    ],
)
def test_unmatched_brackets_of_typed_text_are_errors(text: str, column: int) -> None:
    with pytest.raises(FormulaError, match="bracket") as caught:
        parse_formula(text)
    assert caught.value.column == column


@pytest.mark.parametrize(
    "text",
    ["", "   ", "Au25(\x00SR)18", "A" * 10_000_000, "[" * 4000, "(" * 500 + "Au" + ")" * 500],
)
def test_hostile_input(text: str) -> None:
    with pytest.raises(FormulaError) as caught:
        parse_formulas(text)
    assert len(str(caught.value)) < 2000


@_SLOW
@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    _read_or_refuse(text)


@_SLOW
@given(
    st.lists(
        st.sampled_from(
            [*"[](){}@.·+-−_^$ ,;=/0123456789xn", "Au", "Ag", "Cu", "Pt", "M", "PET", "PPh3", "SR",
             "Cl", "H", "<sub>", "</sub>", "<sup>", "</sup>", "\\text{", "}", "_{", "^{", "BF4",
             "C=C", "Ph", "TOA", "₂", "⁺", "\\left[", "\\right]", "S", "(x = 0-3)", "SR = PET"]
        ),
        max_size=25,
    ).map("".join)
)  # fmt: skip
def test_mangled_formulas_are_read_or_refused(text: str) -> None:
    _read_or_refuse(text)


def _read_or_refuse(text: str) -> None:
    try:
        found = parse_formulas(text)
    except SuperatomError:
        return
    for formula in found:
        assert formula.text()
        assert formula.text("html")


def test_own_ligands(tmp_path: Path) -> None:
    table = tmp_path / "my.csv"
    table.write_text("name,class,bound_formula,charge_taken,anchors\nXyl,thiolate,C8H9S,1,S\n")
    library = LigandLibrary.read(table)
    with pytest.raises(UnknownLigand):
        Cluster.parse("Au25(Xyl)18")
    assert Cluster.parse("Au25(Xyl)18", library=library).elements["C"] == 144
