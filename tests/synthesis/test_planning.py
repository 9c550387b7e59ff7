"""What the planner does with known, foreign and impossible targets."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superatom.composition.elements import element
from superatom.composition.equations import check
from superatom.errors import FormulaError, SearchError
from superatom.literature.records import Source, TransformationRecord
from superatom.literature.tables import Tables
from superatom.synthesis.compounds import read_compound
from superatom.synthesis.hazards import hazards_of
from superatom.synthesis.precursors import find_precursor, precursors
from superatom.synthesis.routes import plan, told_transformations
from superatom.synthesis.transformations import (
    Transformation,
    balanced,
    own_transformations,
    sort_out,
    transformation_of,
    why_not,
)

_SOURCE = Source(document="test")
_KNOWN = told_transformations()


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


def test_a_family_that_the_source_names_is_that_ligand() -> None:
    record = TransformationRecord(
        "r", _SOURCE, "metal exchange", ("[Au23(SR)16]-", "Cd(SR)2"), ("[Au19Cd2(SR)16]-",),
        ligand="SR = cyclohexanethiolate", assumed="-> Au<SR>",
    )  # fmt: skip
    told = transformation_of(record)
    assert read_compound(told.products[0]).key == read_compound("[Au19Cd2(SC6H11)16]-").key
    assert not why_not(told)
    assert plan("[Au19Cd2(PET)16]-", [told], proposals=False) == []


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


def _ends(target: str, known: tuple[Transformation, ...]) -> set[str]:
    routes = plan(target, known, limit=None, proposals=False)
    return {route.steps[-1].makes for route in routes}


def test_series_alloys_and_generic_metals_ask_for_their_members() -> None:
    known = (
        _told("a", "[Au25(SR)18]- + Ag^+", "[Au24Ag(SR)18]- + Au^+", "cation-assisted"),
        _told("b", "[Au25(SR)18]- + Cd(SR)2", "Au24Cd(SR)18 + Au<SR> + SR^-", "metal exchange"),
        _told("c", "[Ag25(SR)18]- + Au<SR>", "[AuAg24(SR)18]- + Ag<SR>", "metal exchange"),
    )
    assert _ends("Au25-xAgx(SR)18 (x = 0-3)", known) == {"[Au24Ag(SR)18]-"}
    assert _ends("[Au25-xAgx(SR)18]-", known) == {"[Au24Ag(SR)18]-", "[AuAg24(SR)18]-"}
    assert _ends("MAu24(SR)18", known) == {"[Au24Ag(SR)18]-", "Au24Cd(SR)18"}
    assert _ends("(AuAg)25(SR)18", known) == {"[Au24Ag(SR)18]-", "[AuAg24(SR)18]-"}
    assert _ends("AuAg24", known) == {"[AuAg24(SR)18]-"}


def test_error_points_into_the_target(known: tuple[Transformation, ...]) -> None:
    with pytest.raises(FormulaError) as told:
        plan("Au25(NoSuchLigandXyz)18", known)
    assert told.value.text.startswith("Au25(")
    with pytest.raises(SearchError, match="2 formulas"):
        plan("Au25(SR)18 | Au38(SR)24", known)
    with pytest.raises(FormulaError, match="nothing to make"):
        plan("  ", known)


_LIGANDS = ("PET", "TBBT", "SC6H13", "SePh", "p-MBA", "StBu", "PhC#C", "SG")
_FRAMES = ("Au25", "Au38", "Au36", "Au24Pd", "Au24Cd", "Au24Zn", "Ag25", "AuAg24", "Au4Ni2")
_SIZES = (8, 16, 18, 24)


@settings(max_examples=20, deadline=None)
@given(
    frame=st.sampled_from(_FRAMES),
    ligand=st.sampled_from(_LIGANDS),
    size=st.sampled_from(_SIZES),
    charge=st.sampled_from(("", "-", "+", "2-")),
    proposals=st.sampled_from((None, True, False)),
)
def test_every_step_balances_whatever_is_asked(
    frame: str, ligand: str, size: int, charge: str, proposals: bool | None
) -> None:
    """Counted again from the molar masses of all species, and by the checker of equations."""
    target = f"[{frame}({ligand}){size}]{charge}" if charge else f"{frame}({ligand}){size}"
    for route in plan(target, _KNOWN, limit=4, proposals=proposals):
        for step in route.steps:
            assert check(step.step.balance.text).balanced
            mass = {"left": 0.0, "right": 0.0}
            for (side, text), n in step.step.coefficients.items():
                mass[side] += float(n) * (0.0 if text == "e-" else _mass(text))
            assert mass["left"] == pytest.approx(mass["right"], rel=1e-9)
        made = {read_compound(s.makes).key for s in route.steps}
        bought = {read_compound(s.text).key for s in route.starting}
        needed = {read_compound(t).key for s in route.steps for t in s.transformation.all_reactants}
        assert needed <= made | bought


def _mass(text: str) -> float:
    """Return the molar mass; a generic ligand weighs 1000 so that it counts too."""
    species = read_compound(text).species
    total = sum(n * (element(s).weight or 0.0) for s, n in species.atoms)
    for ligand, n in species.groups:
        own = sum(k * (element(s).weight or 0.0) for s, k in ligand.elements.items())
        total += n * (own or 1000.0)
    return total


@pytest.mark.parametrize(
    ("target", "untold"),
    [
        ("[Ag24Pt(SPhMe2)18]2-", "Pt"),
        ("[Au13(dppe)5Cl2]3+", ""),
        ("Ag29(BDT)12(PPh3)4", "phosphine"),
    ],
)
def test_a_reduction_is_proposed_after_the_nearest_that_is_told(
    target: str, untold: str, known: tuple[Transformation, ...]
) -> None:
    route = plan(target, known, limit=1)[0]
    assert route.is_proposal
    assert "NaBH4" in route.steps[-1].transformation.reactants
    gaps = [n for n in route.steps[-1].transformation.notes if "says nothing of" in n]
    assert (untold in gaps[0]) if untold else True


def test_a_surface_with_room_for_half_the_ligands_is_doubted(
    known: tuple[Transformation, ...],
) -> None:
    """Known thiolated gold clusters have about 2.1 n^(2/3) ligands: Au25 18, Au144 60."""
    doubts = {
        target: [
            note
            for step in plan(target, known, limit=1)[0].steps
            for note in step.transformation.notes
            if "for its size" in note
        ]
        for target in ("Au1000(PET)500", "Au1000(PET)40", "Au144(PET)60", "Au102(p-MBA)44")
    }
    assert "more ligands" in doubts["Au1000(PET)500"][0]
    assert "fewer ligands" in doubts["Au1000(PET)40"][0]
    assert not doubts["Au144(PET)60"]
    assert not doubts["Au102(p-MBA)44"]


def test_a_series_asks_for_its_mixed_members(known: tuple[Transformation, ...]) -> None:
    route = plan("Au38-xAgx(PET)24", known, limit=1)[0]
    assert dict(read_compound(route.steps[-1].makes).metals) == {"Au": 37, "Ag": 1}


def test_isomers_are_not_taken_for_each_other() -> None:
    told = _told("turn", "Au38(PET)24-T", "Au38(PET)24-Q", "thermal")
    routes = plan("Au38(PET)24-Q", [told], proposals=False)
    assert [route.steps[-1].makes for route in routes] == ["Au38(PET)24-Q"]
    assert plan("Au38(PET)24-T", [told], proposals=False) == []
    assert plan("Au38*(PET)24", [told], proposals=False) == []
