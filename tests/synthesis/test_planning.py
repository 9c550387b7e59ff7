"""What the planner does with known, foreign and impossible targets."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from superatom.errors import FormulaError, SearchError
from superatom.literature.records import Source, TransformationRecord
from superatom.literature.tables import Tables
from superatom.synthesis.compounds import read_compound
from superatom.synthesis.hazards import hazards_of
from superatom.synthesis.precursors import find_precursor, precursors
from superatom.synthesis.routes import plan
from superatom.synthesis.transformations import (
    Transformation,
    balanced,
    own_transformations,
    sort_out,
    transformation_of,
    why_not,
)

_SOURCE = Source(document="test")


def _told(name: str, left: str, right: str, kind: str = "ligand exchange") -> Transformation:
    return Transformation(
        id=name, kind=kind, reactants=tuple(left.split(" + ")), products=tuple(right.split(" + ")),
        source=_SOURCE,
    )  # fmt: skip


def test_the_example_of_the_issue(known: tuple[Transformation, ...]) -> None:
    """Au36(TBBT)24 from Au38(PET)24 by LEIST (Zeng 2012), from chloroauric acid."""
    route = plan("Au36(TBBT)24", known, limit=1)[0]
    assert route.steps[-1].transformation.kind == "LEIST"
    assert route.is_complete
    assert not route.is_proposal
    bought = {s.name for s in route.starting}
    assert {"chloroauric acid", "4-tert-butylbenzenethiol"} <= bought
    assert "thiol" in {hazard.name for hazard in route.hazards}


@pytest.mark.parametrize(
    "spelling", ["[Au25(PET)18]-", "[Au25(SC2H4Ph)18]^{-}", "Au25(SCH2CH2Ph)18^-"]
)
def test_spelling_does_not_matter(spelling: str, known: tuple[Transformation, ...]) -> None:
    wanted = [route.cost for route in plan("[Au25(PET)18]-", known)]
    assert [route.cost for route in plan(spelling, known)] == wanted


def test_a_family_is_read_for_its_member_and_said() -> None:
    told = _told("a", "[Au25(SR)18]- + Ag^+", "[Au24Ag(SR)18]- + Au^+", "cation-assisted")
    route = plan("[Au24Ag(TBBT)18]-", [told], limit=1, proposals=False)[0]
    step = route.steps[-1].transformation
    assert step.basis == "member of a family"
    assert step.precedent == "a"
    assert read_compound("[Au25(TBBT)18]-").key in {read_compound(t).key for t in step.reactants}
    assert plan("[Au24Ag(SePh)18]-", [told], proposals=False) == []  # a selenolate is no thiolate


def test_a_change_of_charge_is_a_step_of_its_own() -> None:
    told = _told("a", "HAuCl4 + H<PET> + NaBH4 + H2O",
                 "[Au25(PET)18]- + NaCl + HCl + B(OH)3 + Na^+", "precursor reduction")  # fmt: skip
    route = plan("[Au25(PET)18]0", [told], proposals=False)[0]
    assert [s.transformation.kind for s in route.steps] == ["precursor reduction", "charge state"]
    assert route.steps[1].step.balance.text == "[Au25(PET)18]- -> Au25(PET)18 + e-"
    assert route.n_steps == 1
    open_charge = plan("Au25(PET)18", [told], proposals=False)[0]
    assert len(open_charge.steps) == 1
    assert any("no charge was asked for" in note for note in open_charge.notes)


def test_proposals_by_dopant_and_ligand_class(known: tuple[Transformation, ...]) -> None:
    assert plan("Au24Zn(PET)18", known, proposals=False) == []
    routes = plan("Au24Zn(PET)18", known)
    assert routes
    assert all(route.is_proposal for route in routes)
    first = routes[0].steps[-1].transformation
    precedent = {t.id for t in known}
    assert first.precedent in precedent
    assert any("Zn" in text for text in first.reactants)
    assert any("proposal; precedent" in note for note in routes[0].notes)


def test_no_proposal_where_the_parent_is_another() -> None:
    """Ag in place of gold as the host is another parent, not an analogue."""
    told = _told("a", "[Au25(SR)18]- + Ag^+", "[Au24Ag(SR)18]- + Au^+", "cation-assisted")
    assert plan("[Ag24Au(PET)18]-", [told]) == []


def test_what_nothing_makes_is_said() -> None:
    told = _told("a", "Au98(PET)40 + H<TBBT>", "Au98(TBBT)40 + H<PET>")
    route = plan("Au98(TBBT)40", [told], proposals=False)[0]
    assert not route.is_complete
    assert ("Au98(PET)40", "no synthesis known") in {(s.text, s.supply) for s in route.starting}
    assert "nothing known makes Au98(PET)40" in route.notes


def test_circles_end() -> None:
    there = _told("a", "Au98(PET)40 + H<TBBT>", "Au98(TBBT)40 + H<PET>")
    back = _told("b", "Au98(TBBT)40 + H<PET>", "Au98(PET)40 + H<TBBT>")
    routes = plan("Au98(TBBT)40", [there, back], proposals=False)
    assert [[s.transformation.id for s in route.steps] for route in routes] == [["a"]]


def test_purification_keeps_the_cluster() -> None:
    made = _told("a", "Au98(PET)40 + H<TBBT>", "Au98(TBBT)40 + H<PET>")
    pure = _told("p", "Au98(TBBT)40", "Au98(TBBT)40", "purification")
    routes = plan("Au98(TBBT)40", [made, pure], proposals=False)
    assert ["a", "p"] in [[s.transformation.id for s in route.steps] for route in routes]


def test_cumulative_yield_only_where_all_are_told() -> None:
    first = Transformation(
        id="a", kind="precursor reduction", reactants=("HAuCl4", "H<PET>", "NaBH4", "H2O"),
        products=("[Au25(PET)18]-",), assumed_products=("NaCl", "HCl", "B(OH)3", "Na^+"),
        source=_SOURCE, yield_percent="40-60",
    )  # fmt: skip
    second = Transformation(
        id="b", kind="ligand exchange", reactants=("[Au25(PET)18]-", "H<TBBT>"),
        products=("[Au25(TBBT)18]-",), assumed_products=("H<PET>",), source=_SOURCE,
        yield_percent="80",
    )  # fmt: skip
    route = plan("[Au25(TBBT)18]-", [first, second], proposals=False)[0]
    assert route.cumulative_yield == pytest.approx(0.5 * 0.8)
    untold = Transformation.from_dict({**first.as_dict(), "yield_percent": ""})
    route = plan("[Au25(TBBT)18]-", [untold, second], proposals=False)[0]
    assert route.cumulative_yield is None
    assert route.yields_not_told == (0,)


def test_salts_are_found_with_their_ions() -> None:
    silver = find_precursor(read_compound("Ag^+"))
    assert silver is not None
    assert silver.name == "silver nitrate"
    masses = {p.name: p.molar_mass for p in precursors()}
    # masses printed on supplier labels
    assert masses["chloroauric acid"] == pytest.approx(393.83, abs=0.02)  # trihydrate
    assert masses["sodium borohydride"] == pytest.approx(37.83, abs=0.01)
    assert masses["tetraoctylammonium bromide"] == pytest.approx(546.80, abs=0.02)
    assert masses["borane tert-butylamine"] == pytest.approx(86.97, abs=0.01)
    assert masses["2-phenylethanethiol"] == pytest.approx(138.23, abs=0.01)


def test_hazards_named_in_the_task() -> None:
    found = {h.name for h in hazards_of(["CO", "H<PET>", "NaBH4", "NaCN", "AgClO4"])}
    assert {"CO", "thiol", "borohydride", "cyanide", "perchlorate"} <= found
    assert hazards_of(["[Au25(PET)18]-", "H2O"]) == ()
    assert {h.name for h in hazards_of(["[Cu31(PhC#C)21(dppe)3](ClO4)2"])} >= {"perchlorate"}


def test_own_chemistry_balances() -> None:
    own = own_transformations()
    assert [each.text for each in sort_out(own)[1]] == []
    assert len(own) > 10


def test_a_wrong_record_is_kept_out_with_the_reason() -> None:
    wrong = _told("w", "[Au25(PET)18]- + H<TBBT>", "[Au25(TBBT)18]- + H<PET> + Cd^2+")
    assert "Cd" in why_not(wrong)
    assert plan("[Au25(TBBT)18]-", [wrong], proposals=False) == []


def test_templates_go_in_and_come_out() -> None:
    record = TransformationRecord(
        "r", _SOURCE, "template", ("Ag^+", "NaBH4"), ("Ag15@BSA",),
        assumed="H2O -> B(OH)3 + Na^+ + H^+",
    )  # fmt: skip
    step = balanced(transformation_of(record))
    assert "<BSA>" in step.assumed
    assert step.balance.is_balanced


def test_assumed_part_is_marked() -> None:
    record = TransformationRecord(
        "r", _SOURCE, "LEIST", ("Au38(PET)24", "H<TBBT>"), ("Au36(TBBT)24",),
        assumed="-> Au<TBBT> + H<PET> + H2",
    )  # fmt: skip
    step = balanced(transformation_of(record))
    assert step.assumed == ("Au<TBBT>", "H<PET>", "H2")
    # Au38(SR)24 has 14 superatom electrons, Au36(SR)24 12 (Walter 2008 rule)
    assert (step.electrons_on("left"), step.electrons_on("right")) == (14, 12)


def test_equations_of_the_reference_table_balance(shared: Path) -> None:
    """Those printed as reactions of clusters, read as transformations."""
    path = shared / "reference" / "equations.tsv"
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file, delimiter="\t") if row["atoms"] == "balanced"]
    wrong = []
    for row in rows:
        left, _, right = row["equation"].partition(" -> ")
        step = _told(row["id"], left, right, "one-pot")
        if "1/2" not in row["equation"] and why_not(step):
            wrong.append((row["id"], why_not(step)))
    assert len(rows) > 40
    assert wrong == []


@pytest.mark.parametrize("given", [{"limit": 0}, {"max_steps": 0}])
def test_senseless_requests(given: dict[str, int], known: tuple[Transformation, ...]) -> None:
    with pytest.raises(SearchError):
        plan("Au36(TBBT)24", known, **given)


def test_unreadable_target(known: tuple[Transformation, ...]) -> None:
    with pytest.raises(FormulaError):
        plan("[Au25(NoSuchLigandXyz)18]-", known)


def test_records_of_a_user_are_used() -> None:
    record = TransformationRecord(
        "u", _SOURCE, "ligand exchange", ("Au98(PET)40", "H<TBBT>"), ("Au98(TBBT)40",),
        assumed="-> H<PET>",
    )  # fmt: skip
    routes = plan("Au98(TBBT)40", Tables(transformations=(record,)), proposals=False)
    assert routes[0].steps[-1].transformation.id == "u"
