"""Amounts against sums done by hand with atomic weights (Prohaska 2022)."""

from __future__ import annotations

import json

import pytest

from superatom.errors import SearchError
from superatom.literature.records import Source
from superatom.synthesis.amounts import dilution, gas_volume_L, quantity
from superatom.synthesis.recipes import Recipe, scale
from superatom.synthesis.route import Route
from superatom.synthesis.routes import plan
from superatom.synthesis.transformations import Transformation

_PET = 8 * 12.011 + 9 * 1.008 + 32.06  # SC2H4Ph
_AU25 = 25 * 196.966570 + 18 * _PET
_SOURCE = Source(document="test")
_BY_BOROHYDRIDE = Transformation(
    id="a", kind="precursor reduction", reactants=("HAuCl4", "H<PET>", "NaBH4"),
    products=("[Au25(PET)18]-",), assumed_reactants=("H2O",),
    assumed_products=("NaCl", "HCl", "B(OH)3", "Na^+"), source=_SOURCE,
)  # fmt: skip
_BY_CO = Transformation(
    id="b", kind="precursor reduction", reactants=("Au<PET>", "CO"),
    products=("[Au25(PET)18]-",), assumed_reactants=("OH^-",),
    assumed_products=("CO2", "<PET>^-", "H2O"), source=_SOURCE,
    yield_percent="40", yield_basis="by Au",
)  # fmt: skip
_COMPLEX = Transformation(
    id="c", kind="precursor complex", reactants=("HAuCl4", "H<PET>"), products=("Au<PET>",),
    assumed_products=("<PET>2", "HCl"), source=_SOURCE, yield_percent="100",
)  # fmt: skip


def _route(*known: Transformation) -> Route:
    return plan("[Au25(PET)18]-", known, limit=1, proposals=False)[0]


def test_masses_of_a_one_pot_synthesis() -> None:
    recipe = scale(_route(_BY_BOROHYDRIDE), 0.1, assumed_yield=0.5)
    portions = {p.text: p for p in recipe.steps[0].portions}
    mol = 0.1 / _AU25 / 0.5
    hydrate = 196.966570 + 4 * 35.45 + 7 * 1.008 + 3 * 15.999  # HAuCl4.3H2O
    assert portions["HAuCl4"].mass_g == pytest.approx(25 * mol * hydrate, rel=1e-6)
    assert portions["H<PET>"].volume_mL == pytest.approx(18 * mol * (_PET + 1.008) / 1.032)
    assert portions["NaBH4"].amount_mol == pytest.approx(29 / 4 * mol)  # (75 - 17) e / 8
    assert recipe.metal_yields["Au"] == pytest.approx(0.5)
    assert any("no yield is told" in note for note in recipe.notes)


def test_gas_and_yield_by_metal() -> None:
    """25 AuSR + 4 CO + 8 OH- -> [Au25(SR)18]- + ... with 40 % of the gold."""
    recipe = scale(_route(_BY_CO, _COMPLEX), 0.1)
    gas = next(p for p in recipe.steps[-1].portions if p.text == "CO")
    mol = 0.1 / _AU25 / 0.4
    assert gas.amount_mol == pytest.approx(4 * mol)
    assert gas.gas_volume_L == pytest.approx(4 * mol * 24.465, rel=1e-4)
    assert recipe.metal_yields["Au"] == pytest.approx(0.4)
    thiol = next(p for p in recipe.steps[0].portions if p.text == "H<PET>")
    assert thiol.amount_mol == pytest.approx(3 * 25 * mol)


def test_mass_is_conserved_step_by_step() -> None:
    recipe = scale(_route(_BY_BOROHYDRIDE), 1.0)
    into, out = 0.0, 0.0
    for portion in recipe.steps[0].portions:
        share = portion.mass_g or 0.0
        if portion.text == "HAuCl4":  # weighed with 3 H2O that take no part
            share -= portion.amount_mol * 3 * 18.015
        into, out = (into + share, out) if portion.role == "start" else (into, out + share)
    assert into == pytest.approx(out, rel=1e-6)


def test_equivalents_and_solvent() -> None:
    recipe = scale(
        _route(_BY_BOROHYDRIDE), 0.1, equivalents={"NaBH4": 10}, concentration_M=0.02
    )  # ten borohydrides per gold, 20 mM gold
    step = recipe.steps[0]
    portion = next(p for p in step.portions if p.text == "NaBH4")
    assert portion.amount_mol == pytest.approx(250 * 0.1 / _AU25)
    assert portion.needed_mol < portion.amount_mol
    assert step.solvent_mL == pytest.approx(1000 * 25 * 0.1 / _AU25 / 0.02)


def test_recipe_and_route_are_written_and_read_back() -> None:
    route = _route(_BY_CO, _COMPLEX)
    recipe = scale(route, 0.1)
    assert Recipe.from_dict(json.loads(json.dumps(recipe.as_dict()))) == recipe
    assert Route.from_dict(json.loads(json.dumps(route.as_dict()))) == route


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"mass_g": -1.0}, "mass"),
        ({"mass_g": 0.1, "assumed_yield": 40.0}, "between 0 and 1"),
        ({"mass_g": 0.1, "yields": {7: 0.5}}, "no step 7"),
        ({"mass_g": 0.1, "equivalents": {"NaBH4": 0.01}}, "too few"),
        ({"mass_g": 0.1, "equivalents": {"CO": 1.0}}, "not a reactant"),
        ({"mass_g": 0.1, "concentration_M": 0.0}, "positive"),
    ],
)
def test_senseless_wishes_are_refused(given: dict[str, object], message: str) -> None:
    with pytest.raises(SearchError, match=message):
        scale(_route(_BY_BOROHYDRIDE), **given)  # type: ignore[arg-type]


def test_a_family_has_no_mass() -> None:
    told = Transformation.from_dict(
        {**_BY_BOROHYDRIDE.as_dict(), "products": ["[Au25(SR)18]-"],
         "reactants": ["HAuCl4", "H<SR>", "NaBH4"]}
    )  # fmt: skip
    route = plan("[Au25(SR)18]-", [told], limit=1)[0]
    with pytest.raises(SearchError, match="no molar mass"):
        scale(route, 0.1)


def test_quantities_and_units() -> None:
    assert quantity("100 mg", "g") == pytest.approx(0.1)
    assert quantity("20 mM", "M") == pytest.approx(0.02)
    assert quantity("25 degC", "K") == pytest.approx(298.15)
    for wrong in ("5 mL", "much", "-3 mg", "0 g"):
        with pytest.raises(SearchError):
            quantity(wrong, "g")


def test_gas_and_dilution() -> None:
    # molar volume of an ideal gas at 0 degC and 1 atm, CODATA 2018: 22.413 969 54 L/mol
    assert gas_volume_L(1.0, 273.15, 101325.0) == pytest.approx(22.41396954, rel=1e-8)
    assert dilution(5.0, 1.0, 10.0) == (2.0, 8.0)
    with pytest.raises(SearchError):
        dilution(1.0, 2.0, 10.0)
