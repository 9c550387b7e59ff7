"""Balancing: equations of the literature, half-reactions, and random reactions."""

from __future__ import annotations

import csv
import json
import re
from fractions import Fraction
from math import gcd
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from superatom.composition.electron_sources import electron_sources
from superatom.composition.equations import Balance, balance, check
from superatom.composition.reactions import read_reaction
from superatom.composition.stoichiometry import (
    elementary_solutions,
    imbalance,
    integer_nullspace,
    smallest_whole,
    solve,
)
from superatom.errors import BalanceError, FormulaError, SuperatomError

# Reactions of the field: precursors, Brust-Schiffrin steps, co-reduction, size focusing,
# ligand exchange, etching, alloying, half-reactions. Coefficients as published.
LITERATURE = [
    "HAuCl4 + 2 PPh3 + H2O -> AuCl(PPh3) + O(PPh3) + 3 HCl",
    "AuCl4^- + H<SR> + 3 e- -> 4 Cl^- + AuH<SR>",
    "HAuCl4 + 3 RSH -> AuSR + RSSR + 4 HCl",
    "2 Ag+ + HCO2H -> 2 Ag + CO2 + 2 H+",
    "25 Au(SR) + 8 e- -> [Au25(SR)18]- + 7 SR-",
    "25 Au(SR) + 4 CO + 8 OH- -> [Au25(SR)18]- + 7 SR- + 4 CO2 + 4 H2O",
    "25 Au(SR) + BH4- + 8 OH- -> [Au25(SR)18]- + 7 SR- + B(OH)4- + 4 H2O",
    "24 Au(SR) + PtCl6^2- + 10 e- -> PtAu24(SR)18 + 6 SR- + 6 Cl-",
    "Cu2+ + Cu -> 2 Cu+",
    "2 Au25(SR)18 -> Au38(SR)24 + 12 Au(SR)",
    "Au25(PET)18 + 2 HpBBT -> Au25(PET)16(pBBT)2 + 2 HPET",
    "Au38(PET)24 + 26 HTBBT -> Au36(TBBT)24 + 2 Au(TBBT) + 24 HPET + H2",
    "2 [Ag25(SR)18]- + 2 e- -> [Ag44(SR)30]4- + 6 Ag(SR)",
    "4 Au + 4 HSR + O2 -> 4 AuSR + 2 H2O",
    "[Au25(SR)18]- + Cd(SR)2 -> Au24Cd(SR)18 + AuSR + SR-",
    "[Cu25H22(PPh3)12]+ + 4 CuCl + 12 phen -> [Cu29Cl4H22(phen)12]+ + 12 PPh3",
    "3 CO2 + 18 H+ + 18 e- -> C3H7OH + 5 H2O",
]
HEADLINE = "Au(SR) + CO + OH- -> [Au25(SR)18]- + SR- + CO2 + H2O"


def proportional(result: Balance, equation: str) -> bool:
    """Whether the coefficients are whole and a multiple of the printed ones."""
    return result.coefficients == smallest_whole(read_reaction(equation).printed)


@pytest.mark.parametrize("equation", LITERATURE)
def test_published_coefficients_are_confirmed_and_found_again(equation: str) -> None:
    assert check(equation).balanced
    assert balance(equation).status == "already balanced"
    found = balance(read_reaction(equation).write())
    assert found.is_balanced
    assert proportional(found, equation)


def reference_rows(shared: Path) -> list[dict[str, str]]:
    table = (shared / "reference" / "equations.tsv").read_text(encoding="utf-8")
    return list(csv.DictReader(table.splitlines(), delimiter="\t"))


def test_all_reference_equations(shared: Path) -> None:
    rows = reference_rows(shared)
    good = [row for row in rows if row["atoms"] == "balanced"]
    assert len(good) == 51
    for row in good:
        equation = row["equation"]
        assert check(equation).balanced, row["id"]
        assert proportional(balance(read_reaction(equation).write()), equation), row["id"]


def test_reference_superatom_electrons(shared: Path) -> None:
    """The electrons of every cluster in every equation, in the order printed."""
    for row in reference_rows(shared):
        expected = re.findall(r":(\d+)", row["superatom electrons (left | right)"])
        counts = [str(count.electrons) for count in balance(row["equation"]).electrons]
        assert counts == expected, row["id"]


def test_reference_misprint_says_what_is_missing(shared: Path) -> None:
    (row,) = (row for row in reference_rows(shared) if row["atoms"] != "balanced")
    assert check(row["equation"]).imbalance == {"C": -1, "O": -2}
    assert row["atoms"] == "OFF {'C': '-1', 'O': '-2'}"


def test_misprint_of_propanal_is_reported_and_corrected() -> None:
    result = balance("2 CO2 + 16 H+ + 16 e- -> C2H5CHO + 5 H2O")
    assert result.printed_imbalance == {"C": -1, "O": -2}
    assert result.text == "3 CO2 + 16 H+ + 16 e- -> C2H5CHO + 5 H2O"
    assert check("2 CO2 + 16 H+ + 16 e- -> C2H5CHO + 5 H2O").text == "the left side lacks 1 C, 2 O"


@pytest.mark.parametrize(
    "equation",
    [
        HEADLINE,
        "Au(SR)+CO+OH-->[Au25(SR)18]-+SR-+CO2+H2O",
        "AuSR + CO + OH⁻ → [Au₂₅(SR)₁₈]⁻ + RS⁻ + CO₂ + H₂O",
        "Au<SR> + CO + OH^- = [Au25<SR>18]^- + <SR>^- + CO2 + H2O",
        r"\text{Au(SR)} + \text{CO} + \text{OH}^- \rightarrow "
        r"[\text{Au}_{25}(\text{SR})_{18}]^- + \text{SR}^- + \text{CO}_2 + \text{H}_2\text{O}",
        "Au(SR) + CO + OH<sup>-</sup> ⇌ [Au<sub>25</sub>(SR)<sub>18</sub>]<sup>-</sup> + SR-"
        " + CO<sub>2</sub> + H<sub>2</sub>O",
    ],
)
def test_one_equation_in_many_notations(equation: str) -> None:
    result = balance(equation)
    assert [int(c) for c in result.coefficients] == [25, 4, 8, 1, 7, 4, 4]
    assert [(c.electrons, c.side) for c in result.electrons] == [(8, "right")]
    assert (result.electrons_on("left"), result.electrons_on("right")) == (0, 8)


@pytest.mark.parametrize(
    ("text", "content", "charge"),
    [
        ("PtCl62-", {"Pt": 1, "Cl": 6}, -2),
        ("PtCl6^{2-}", {"Pt": 1, "Cl": 6}, -2),
        ("AuBr2-", {"Au": 1, "Br": 2}, -1),
        ("Cu2+", {"Cu": 1}, 2),
        ("SO42-", {"S": 1, "O": 4}, -2),
        ("[Cu(NH3)4]2+", {"Cu": 1, "N": 4, "H": 12}, 2),
        ("C2H5OH", {"C": 2, "H": 6, "O": 1}, 0),
        ("<SR>2", {"<SR>": 2}, 0),
        ("RSSR", {"<SR>": 2}, 0),
        ("H<SR1>", {"H": 1, "<SR1>": 1}, 0),
        ("CuSO4·5H2O", {"Cu": 1, "S": 1, "O": 9, "H": 10}, 0),
        ("Fe(CO)5", {"Fe": 1, "C": 5, "O": 5}, 0),
        ("[Au25(PET)18]^-TOA^+", {"Au": 25, "<PET>": 18, "<TOA>": 1}, 0),
        ("Au25(SC2H4Ph)18", {"Au": 25, "<PET>": 18}, 0),
        ("PET", {"H": 1, "<PET>": 1}, 0),
        ("(n-Bu)3SnH", {"C": 12, "H": 28, "Sn": 1}, 0),
        ("AgOAc", {"Ag": 1, "<OAc>": 1}, 0),
        ("Au(III)", {"Au": 1}, 3),
        ("Au(0)", {"Au": 1}, 0),
        ("Au(I)-SR", {"Au": 1, "<SR>": 1}, 0),
        ("H2O(l)", {"H": 2, "O": 1}, 0),
    ],
)
def test_reading_species(text: str, content: dict[str, int], charge: int) -> None:
    (left, _) = read_reaction(f"{text} -> Au").terms
    assert dict(left.species.content()) == content
    assert left.species.charge == charge


@pytest.mark.parametrize(
    ("printed", "balanced"),
    [  # CO2 reduction as a review prints it, with what reading the page did to it
        (r"$CO_2 + 2H^+ + 2e^- \rightarrow CO_{(g)} + H_2O$", True),
        (r"$CO2+2H++2e- \rightarrow HCOOH$ _(aq)", True),
        (r"$CO_2 + 6H^+ + 6e^- \rightarrow CH_3OH_{(a0)} + H_2O$", True),
        (r"$CO_2 + 8H^+ + 8e^- \rightarrow CH_{4(g)} + 2H_2O$", True),
        (r"$2CO_2 + 12H^+ + 12e^- \rightarrow C_2H_{4(aq)} + 4H_2O$", True),
        (r"$2CO_2 + 16H^+ + 16e^- \rightarrow C_2H_5CHO_{(a0)} + 5H_2O$", False),
        ("Ag+(aq) + Cl-(aq) → AgCl(s)", True),
    ],
)
def test_printed_half_reactions(printed: str, balanced: bool) -> None:
    assert check(printed).balanced == balanced


@pytest.mark.parametrize(
    "equation",
    [
        "* + CO2 + H+ + e- -> *COOH",
        "2 *H -> H2 + 2 *",
        "Au25(SR)18 + HSR' -> Au25(SR)17(SR') + HSR",
        "20 CuOAc + 12 PhC≡CH + Ph2SiH2 + 2 OAc- -> Cu20(PhC≡C)12(OAc)6 + 12 HOAc + Ph2Si(OAc)2"
        " + 2 OAc- + H2",
    ],
)
def test_sites_primes_and_acids(equation: str) -> None:
    assert check(equation).balanced


def test_primed_ligand_is_another_one() -> None:
    assert not check("AuSR' -> AuSR").balanced


def test_symbolic_coefficients_are_refused() -> None:
    with pytest.raises(FormulaError, match="must be numbers"):
        balance("n AuCl4- + m HSR -> AuSR + Cl- + H+")


@pytest.mark.parametrize("half", electron_sources(), ids=lambda half: half.name)
def test_half_reactions_of_the_table_balance(half: object) -> None:
    reaction = half.reaction  # type: ignore[attr-defined]
    assert check(reaction.text).balanced
    assert reaction.terms[-1].species.is_electron


@pytest.mark.parametrize(
    ("reductant", "text"),
    [
        ("CO", "25 AuSR + 4 CO + 8 OH- -> [Au25(SR)18]- + 7 SR- + 4 CO2 + 4 H2O"),
        ("NaBH4", "25 AuSR + BH4- + 8 OH- -> [Au25(SR)18]- + 7 SR- + BO4H4- + 4 H2O"),
        ("formic acid", "25 AuSR + 4 HCO2H -> [Au25(SR)18]- + 7 SR- + 4 CO2 + 8 H+"),
    ],
)
def test_electrons_from_a_reductant(reductant: str, text: str) -> None:
    for equation in ("AuSR -> [Au25(SR)18]- + SR-", "AuSR + e- -> [Au25(SR)18]- + SR-"):
        assert balance(equation, electron_source=reductant).text == text


def test_unknown_reductant_lists_the_known() -> None:
    with pytest.raises(BalanceError, match="known: CO, BH4-"):
        balance("AuSR -> Au + SR-", electron_source="zinc")


def test_several_solutions_give_the_independent_reactions() -> None:
    result = balance("H2 + O2 -> H2O + H2O2")
    assert result.status == "several"
    assert set(result.independent) == {"H2 + O2 -> H2O2", "2 H2 + O2 -> 2 H2O"}
    assert check(result.text).balanced


def test_fixed_coefficients_choose_among_several() -> None:
    result = balance("H2 + O2 -> H2O + H2O2", fix={"H2O": 4, "H2O2": 3})
    assert result.text == "7 H2 + 5 O2 -> 4 H2O + 3 H2O2"
    assert result.status == "fixed"


def test_fixed_coefficient_may_give_fractions() -> None:
    result = balance(HEADLINE, fix={"CO": 2})
    assert result.coefficients[0] == Fraction(25, 2)
    assert check(result.text).balanced


@pytest.mark.parametrize("fix", [{"N2": 1}, {"CO": 4, "H2O": 5}, {"CO": 0}])
def test_fixes_that_do_not_fit(fix: dict[str, int]) -> None:
    with pytest.raises(BalanceError):
        balance(HEADLINE, fix=fix)


@pytest.mark.parametrize(
    ("equation", "unbalanced"),
    [
        ("PtAu24(SR)18 -> Au25(SR)18", ("Pt",)),
        ("Au25(SR)18 -> [Au25(SR)18]-", ("charge",)),
        ("Au25(SR)18 + PPh3 -> Au25(SR)18", ("<PPh3>",)),
    ],
)
def test_impossible_names_what_cannot_be_balanced(
    equation: str, unbalanced: tuple[str, ...]
) -> None:
    result = balance(equation)
    assert result.status == "impossible"
    assert result.unbalanced == unbalanced
    assert not result.is_balanced


def test_impossible_suggests_the_missing_species() -> None:
    result = balance("Au25(SR)18 -> [Au25(SR)18]-")
    assert "Au25(SR)18 + e- -> [Au25(SR)18]-" in result.suggestions
    result = balance("Au(SR) -> [Au25(SR)18]- + SR-")
    assert any("8 e-" in suggestion for suggestion in result.suggestions)


def test_species_on_the_wrong_side_is_named() -> None:
    result = balance("Au38(SR)24 -> Au36(SR)24 + Au40(SR)26")
    assert result.problem == "on the wrong side: Au36(SR)24 (now on the right)"
    assert "cannot take part" in balance("H2 + O2 + Au(SR) -> H2O + Au(SR)2").problem


def test_lost_charge_is_pointed_at() -> None:
    result = balance("25 Au(SR) + 8 e- -> Au25(SR)18 + 7 SR-")
    assert any("lost charge" in note for note in result.notes)


def test_group_is_opened_only_when_needed_and_said() -> None:
    whole = balance("Au25(PET)18 + HTBBT -> Au25(PET)17(TBBT) + HPET")
    assert not any("counted as atoms" in note for note in whole.notes)
    opened = balance("H<OAc> + O2 -> CO2 + H2O")
    assert opened.text == "H<OAc> + 2 O2 -> 2 CO2 + 2 H2O"
    assert any("OAc counted as atoms" in note for note in opened.notes)


@pytest.mark.parametrize(
    ("printed", "missing"),
    [
        ("2 CO2 + 16 H+ + 16 e- -> C2H5CHO + 5 H2O", "1 CO2 is missing on the left"),
        ("[Au18(SG)14] + 7 AuSG -> [Au25(SG)18]- + 3 <SG>^-", "4 e- is missing on the left"),
        ("2 Au38(SR)24 + 2 HSR -> Au36(SR)24 + Au40(SR)26", "1 H2 is missing on the right"),
        ("[Au25(SR)18]- + 2 AuSR -> Au28(SR)20 + SR-", "1 AuSR is missing on the left"),
        ("PtAu24(SR)18 -> Au25(SR)18 + 2 H2", ""),
        ("4 Au + 4 HSR + O2 -> 4 AuSR + H2O", "1 H2O is missing on the right"),
    ],
)
def test_the_species_that_print_forgot(printed: str, missing: str) -> None:
    notes = [note for note in check(printed).notes if "missing on" in note]
    assert notes == ([f"as printed, {missing}"] if missing else [])
    assert notes == [note for note in balance(printed).notes if "missing on" in note]


def test_too_many_independent_reactions_are_refused() -> None:
    species = [f"Au{i}Ag{i * i % 7 + 1}Cu{i % 5 + 1}" for i in range(1, 31)]
    with pytest.raises(BalanceError, match="independent reactions"):
        balance(" + ".join(species[:3]) + " -> " + " + ".join(species[3:]))


def test_json_reads_back() -> None:
    for equation in (HEADLINE, "H2 + O2 -> H2O + H2O2", "Au -> Ag"):
        result = balance(equation)
        assert Balance.from_dict(json.loads(json.dumps(result.as_dict()))) == result


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "->",
        "Au ->",
        "-> Au",
        "Au",
        "Au -> Ag -> Cu",
        "Au + -> Ag",
        "Au(SR -> Au",
        "Au25-xAgx(SR)18 -> Au",
        "Au99999999999 -> Au",
        "1/0 Au -> Au",
        "0 Au -> Au",
        "Qq -> Au",
        "Au() -> Au",
        "\x00 -> \x01",
        "Au1.5 -> Au",
        "-> ".join(["Au"] * 50),
        " + ".join(["Au"] * 50 + ["H2"]) + " -> " + " + ".join(f"C{i}" for i in range(1, 60)),
        "Au" * 5_000_000 + " -> Au",
        "(" * 4000 + "Au" + " -> Au",
        "(" * 2000 + "Au" + ")" * 2000 + " -> Au",
    ],
)
def test_bad_input_is_refused_clearly(text: str) -> None:
    with pytest.raises((BalanceError, FormulaError)):
        balance(text)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="AuAgCSHRPh0123456789()[]<>^+-=→ e/.·", max_size=60))
def test_any_text_balances_or_is_refused(text: str) -> None:
    try:
        result = balance(f"{text} -> Au")
    except SuperatomError:
        return
    if result.is_balanced:
        assert check(result.text).balanced or result.notes


VECTORS = st.lists(st.integers(-4, 4), min_size=5, max_size=5)


@given(st.lists(VECTORS, min_size=1, max_size=5))
def test_nullspace_is_complete_and_exact(matrix: list[list[int]]) -> None:
    basis = integer_nullspace(matrix)
    assert all(not any(imbalance(matrix, vector)) for vector in basis)
    assert all(gcd(*vector) == 1 for vector in basis)
    assert len(basis) == 5 - rank(matrix)


def rank(matrix: list[list[int]]) -> int:
    """Rank by plain Gaussian elimination with fractions."""
    rows = [[Fraction(x) for x in row] for row in matrix]
    found = 0
    for column in range(5):
        pivot = next((r for r in rows[found:] if r[column]), None)
        if pivot is None:
            continue
        rows.remove(pivot)
        rows.insert(found, pivot)
        for i in range(found + 1, len(rows)):
            factor = rows[i][column] / pivot[column]
            rows[i] = [a - factor * b for a, b in zip(rows[i], pivot, strict=True)]
        found += 1
    return found


@st.composite
def reactions(draw: st.DrawFn) -> tuple[str, list[int]]:
    """Draw random species and coefficients, and the one product that completes them."""
    elements = ["Au", "Ag", "S", "Cl"]
    n = draw(st.integers(2, 4))
    species = draw(
        st.lists(
            st.tuples(*[st.integers(0, 6)] * len(elements)).filter(any),
            min_size=n,
            max_size=n,
            unique=True,
        )
    )
    coefficients = draw(st.lists(st.integers(1, 12), min_size=n, max_size=n))
    sums = [
        sum(c * s[i] for c, s in zip(coefficients, species, strict=True))
        for i in range(len(elements))
    ]
    written = [
        "".join(f"{e}{k}" for e, k in zip(elements, s, strict=True) if k) for s in (*species, sums)
    ]
    return f"{' + '.join(written[:-1])} -> {written[-1]}", [*coefficients, 1]


@settings(deadline=None)
@given(reactions())
def test_random_reactions_are_recovered(case: tuple[str, list[int]]) -> None:
    equation, coefficients = case
    reaction = read_reaction(equation)
    assume(len(reaction.terms) == len(coefficients))
    result = balance(equation)
    assert check(result.text).balanced
    if result.status == "balanced":
        assert list(result.coefficients) == list(smallest_whole(coefficients))
    assert all(c > 0 and c.denominator == 1 for c in result.coefficients)


@given(st.lists(VECTORS, min_size=1, max_size=3))
def test_elementary_solutions_span_what_is_possible(matrix: list[list[int]]) -> None:
    found = elementary_solutions(integer_nullspace(matrix))
    assert all(not any(imbalance(matrix, vector)) and min(vector) >= 0 for vector in found)
    smallest = solve(matrix).smallest
    everyone = bool(found) and all(any(v[i] for v in found) for i in range(5))
    assert (smallest is not None) == everyone
    if smallest is not None:
        assert not any(imbalance(matrix, smallest))
        assert min(smallest) > 0
