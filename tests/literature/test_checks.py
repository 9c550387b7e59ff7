"""Consistency rules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from superatom.literature.checks import check_tables
from superatom.literature.doping import check_doping, printed_numbers
from superatom.literature.records import DopingRecord, Fact, Source, TransformationRecord
from superatom.literature.tables import Tables, read_table


def row(formula: str, dopant: str, number: str, series: str = "") -> DopingRecord:
    return DopingRecord(
        "row", Source("d1"), formula, series=series, dopant=dopant, dopant_number=number
    )


@pytest.mark.parametrize(
    ("formula", "dopant", "number", "series"),
    [
        ("Au24Pd(SR)18", "Pd", "1", "M1Au24"),
        ("Au24Pd(SR)18", "Pd", "1", "M ₁ Au ₂₄ series NCs"),
        ("Au24Pd(SR)18", "Pd", "1", "(M–Au)<sub>25</sub> series NCs"),
        ("Au24Pd(SR)18", "Pd", "1", "bimetallic"),
        ("Ag24Au(SR)18", "Ag", "24", "M24Au1"),  # the dopant of a gold table may be the host
        ("AuAg24(SR)18", "Au", "1", ""),
        ("Au24M1(SR)18", "Hg, Cd, Pt, Pd", "1", "M1Au24"),
        ("M2Au36(SR)24", "Pd, Pt", "2", "M2Au36"),
        ("Ag29-xAux(SR)12 (x = 1-5)", "Ag", "24–28", "(M-Au)29"),
        ("AuxAg17-x(TBBT)12, x = 0, 1", "Ag", "16, 17", "(M–Au)17"),
        ("Au130-xAgx(TBBT)55", "Ag", "98", "(M-Au)130"),
        (
            "Au20Ag1(SR)15, Au21-xAgx(SR)15 (x = 4-8), Au21-xCux(SR)15 (x = 0-5)",
            "Ag, Cu",
            "0–8",
            "",
        ),
        ("Au6Cu6(MBT)12, Au6Cu6(PET)12", "Cu", "6", "(M-Au)12"),
        ("Au13Cu4(PPh2Py)4(SR)8", "Cu", "4", "Au13Cux"),
        ("Au12+xCu32(SR)30+x", "Cu", "32", ""),
        ("Pd2Au22Ag2(SR)18", "Pd, Ag", "2", ""),
        ("Pd2Au22Ag2(SR)18", "Pd, Ag", "4", ""),  # both together
        ("Au25(SR)18", "", "", ""),
    ],
)
def test_rows_that_agree_with_their_formula(
    formula: str, dopant: str, number: str, series: str
) -> None:
    assert check_doping(row(formula, dopant, number, series)) == ()


@pytest.mark.parametrize(
    ("formula", "dopant", "number", "series", "rule", "severity"),
    [
        ("Au24Pd(SR)18", "Pt", "1", "", "dopant type", "contradiction"),
        ("Au23-xCux(SR)16", "Cd", "2", "", "dopant type", "contradiction"),
        ("Au24Ag20(SR)24", "Ag", "6", "", "dopant number", "contradiction"),
        ("Ag29-xAux(SR)12 (x = 1-5)", "Ag", "20-28", "", "dopant number", "contradiction"),
        ("Au130-xAgx(TBBT)55", "Ag", "131", "", "dopant number", "contradiction"),
        ("Ag29-xAux(SR)12 (x = 1-5)", "Ag", "25-28", "", "dopant number", "doubt"),
        ("Au4Ag23(SR)18, Au25Ag2(SR)18", "Ag", "23", "", "dopant number", "doubt"),
        ("Au13Cu2(SR)8", "Cu", "2", "(M-Au)16", "series label", "doubt"),
        ("Au7Ag9(SR)8", "Ag", "9", "Au13Cux", "series label", "doubt"),
        ("Au23Pd2(SR)18", "Pd", "2", "M₁Au₂₄ series NCs", "series label", "doubt"),
    ],
)
def test_rows_that_do_not(
    formula: str, dopant: str, number: str, series: str, rule: str, severity: str
) -> None:
    (found,) = check_doping(row(formula, dopant, number, series))
    assert (found.rule, found.severity) == (rule, severity)


def test_the_bimetallic_table_as_printed(shared: Path) -> None:
    """Table 1 of Chem. Sci. 2025, 16, 10642, gone through by hand.

    Lines 294 to 297: dopant cells belong to other formulas (Pd or Ag given for Au2Cu6;
    Pd6 for PdAu9 and Pd1 for Au4Pd6, the two exchanged). Line 326: Cd2 for an Au-Cu series.
    Line 348: 6 Ag for Ag20. On lines 301, 304 and 307 (and 294) the label that stands on the
    row names another number of atoms, or other metals; on line 335 the number fits only
    the first of two formulas. These may be shifted cells or an omission, so they are doubts.
    """
    table = read_table(shared / "reference" / "bimetallic_table_as_printed.tsv")
    assert len(table) == 73
    report = check_tables(table)
    wrong = {int(s.record.removeprefix("line ")) for s in report.of("contradiction")}
    doubtful = {int(s.record.removeprefix("line ")) for s in report.of("doubt")}
    assert wrong == {294, 295, 296, 297, 326, 348}
    assert doubtful - wrong == {301, 304, 307, 335}


def test_the_shipped_table_says_what_is_right_where_it_contradicts_itself() -> None:
    from superatom.literature.tables import shipped_tables

    for record in shipped_tables().doping:
        if any(s.severity == "contradiction" for s in check_doping(record)):
            assert record.correction, record.id


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [("2", {2}), ("16, 17", {16, 17}), ("0–3", {0, 1, 2, 3}), ("₂₄", {24}), ("x", set())],
)
def test_numbers_of_a_cell(cell: str, numbers: set[int]) -> None:
    assert printed_numbers(cell) == numbers


def suspect(*facts: Fact) -> list[tuple[str, str, str]]:
    found = check_tables(Tables(facts=facts)).suspicions
    return [(s.record, s.rule, s.severity) for s in found]


@pytest.mark.parametrize(
    ("told", "value", "unit", "rule", "severity"),
    [
        ("FE(CO)", "101", "%", "impossible value", "contradiction"),
        ("quantum yield", "-3", "%", "impossible value", "contradiction"),
        ("yield", "1.2", "x", "impossible value", "contradiction"),
        ("temperature", "-300", "degC", "impossible value", "contradiction"),
        ("overpotential", "3", "nm", "unit", "contradiction"),
        ("overpotential", "3", "furlong", "unit", "contradiction"),
        ("overpotential", "3", "", "unit", "doubt"),
        ("overpotential", "16O mV", "", "value", "doubt"),
        ("smell", "strong", "", "property", "doubt"),
    ],
)
def test_impossible_values_and_units(
    made: Callable[..., Fact], told: str, value: str, unit: str, rule: str, severity: str
) -> None:
    assert suspect(made("f", "Au25(SR)18", told, value, unit)) == [("f", rule, severity)]


@pytest.mark.parametrize(
    ("told", "value", "unit"),
    [
        ("FE(CO)", "100", "%"),
        ("Tafel slope change", "-31", "%"),
        ("activity ratio", "34", "x"),
        ("retention", "104", "%"),
        ("kernel", "icosahedron", ""),
        ("kernel", "13", "atoms"),  # a number where words are usual
        ("overpotential", "low", ""),  # a word where a number was not printed
        ("pH", "12", ""),
    ],
)
def test_sound_values(made: Callable[..., Fact], told: str, value: str, unit: str) -> None:
    found = suspect(made("f", "[Au25(SR)18]-", told, value, unit))
    assert found == ([("f", "unit", "doubt")] if told == "pH" else [])


def test_odd_electron_counts_are_told_once(made: Callable[..., Fact]) -> None:
    radical = made("f", "[Au25(SR)18]0", "TOF", "3", "s^-1")
    again = made("g", "[Au25(SR)18]0", "TOF", "3", "s^-1")
    closed = made("h", "[Au25(SR)18]-", "TOF", "3", "s^-1")
    unknown = made("i", "Au25(SR)18", "TOF", "3", "s^-1")
    assert suspect(radical, again, closed, unknown) == [("f", "electron parity", "doubt")]


def test_a_reported_electron_count_is_compared_with_the_formula(
    made: Callable[..., Fact],
) -> None:
    right = made("f", "[Au25(SR)18]-", "superatom electron count", "8", "e")
    wrong = made("g", "[Ag44(SR)30]4-", "superatom electron count", "20", "e")  # 18, Desireddy 2013
    assert suspect(right, wrong) == [("g", "electron count", "contradiction")]


def test_efficiencies_of_one_experiment_add_up(made: Callable[..., Fact]) -> None:
    def at(name: str, product: str, value: str, volts: str) -> Fact:
        where = f"potential: {volts} V vs RHE"
        return made(name, "Cu6(MBD)6", f"FE({product})", value, "%", conditions=where)

    sound = (at("a", "CH4", "42.5", "-1.4"), at("b", "C2H4", "23", "-1.4"))
    assert suspect(*sound) == []
    too_much = (at("c", "CH4", "80", "-1.2"), at("d", "CO", "40", "-1.2"))
    assert suspect(*sound, *too_much) == [("c", "efficiency sum", "doubt")]


def test_unreadable_formulas_and_unknown_documents(
    made: Callable[..., Fact], records: Tables
) -> None:
    odd = made("f", "gold dust", "TOF", "3", "s^-1", document="nowhere")
    found = check_tables(Tables(documents=records.documents, facts=(odd,))).suspicions
    assert {s.rule for s in found} == {"formula", "document"}


def test_transformations() -> None:
    wrong = TransformationRecord(
        "t", Source("d1"), "etching", ("Au38(SR)24",), ("Au25(SR)18",), yield_percent="120"
    )
    unreadable = TransformationRecord("u", Source("d1"), "etching", ("gold dust",), ("Au25",))
    found = check_tables(Tables(transformations=(wrong, unreadable))).suspicions
    assert [(s.record, s.rule) for s in found] == [("t", "impossible value"), ("u", "species")]
