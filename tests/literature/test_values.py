"""Units, printed values and the vocabulary of properties."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from superatom.literature.properties import in_first_unit, properties, recognise
from superatom.literature.quantities import read_bounds
from superatom.literature.units import UnitError, convert, potential_vs_rhe, read_unit


@pytest.mark.parametrize(
    ("value", "unit", "target", "expected"),
    [
        (160, "mV", "V", 0.160),
        (4.2, "mA cm^-2", "A m^-2", 42.0),
        (1, "h^-1", "s^-1", 1 / 3600),
        (206, "mol_CO mol_NC^-1 s^-1", "s^-1", 206),
        (3.7, "A mg^-1 (Pt+Au)", "A g^-1", 3700),
        (80, "degC", "K", 353.15),  # the zero of the Celsius scale is 273.15 K
        (273.15, "K", "degC", 0.0),
        (1, "eV", "J", 1.602176634e-19),  # SI brochure 2019, exact
        (1, "kcal mol^-1", "kJ mol^-1", 4.184),
        (5, "mol%", "%", 5),
        (70, "mA/cm2", "mA cm^-2", 70),
        (2, "Å", "nm", 0.2),
        (-0.5, "V vs. RHE", "V", -0.5),
    ],
)
def test_units_convert(value: float, unit: str, target: str, expected: float) -> None:
    assert convert(value, read_unit(unit), read_unit(target)) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("text", ["furlong", "mA cm^-2 smoot", "xyz^-1"])
def test_unknown_units_are_refused(text: str) -> None:
    with pytest.raises(UnitError, match="not known"):
        read_unit(text)


def test_units_of_different_things_do_not_convert() -> None:
    with pytest.raises(UnitError, match="no unit of"):
        convert(1, read_unit("mV"), read_unit("nm"))


def test_potentials_against_silver_chloride() -> None:
    # E(RHE) = E(Ag/AgCl, sat. KCl) + 0.197 V + 0.05916 V pH (Bard and Faulkner)
    assert potential_vs_rhe(-0.8, "Ag/AgCl", pH=6.8) == pytest.approx(-0.2007, abs=1e-4)
    assert potential_vs_rhe(0.0, "NHE", pH=14) == pytest.approx(0.828, abs=1e-3)
    with pytest.raises(UnitError, match="needs the pH"):
        potential_vs_rhe(-0.8, "Ag/AgCl")
    with pytest.raises(UnitError, match="not known"):
        potential_vs_rhe(-0.8, "lead pencil", pH=7)


@pytest.mark.parametrize(
    ("value", "comparator", "low", "high"),
    [
        ("26.5", "=", 26.45, 26.55),
        ("200-300", "=", 199.5, 300.5),
        ("24–28", "=", 23.5, 28.5),
        ("-0.5 to -0.9", "=", -0.95, -0.45),
        ("-0.9--0.5", "=", -0.95, -0.45),
        ("80", "~", 72, 88),
        ("10 ± 2", "=", 8, 12),
        ("1.2e5", "=", 1.15e5, 1.25e5),
        ("90", ">", 90, float("inf")),
        ("3", "<=", float("-inf"), 3),
    ],
)
def test_printed_values(value: str, comparator: str, low: float, high: float) -> None:
    bounds = read_bounds(value, comparator)
    assert bounds is not None
    assert bounds.span == pytest.approx((low, high))


@pytest.mark.parametrize("word", ["icosahedron", "mu3-eta1,eta2", "Au13", "", "4H-SiC"])
def test_words_are_no_values(word: str) -> None:
    assert read_bounds(word) is None


@given(st.floats(-1e6, 1e6, allow_subnormal=False).map(lambda x: round(x, 4)))
def test_every_printed_number_is_read(number: float) -> None:
    bounds = read_bounds(f"{number:.4f}")
    assert bounds is not None
    assert bounds.low == number
    assert bounds.agrees_with(bounds)


@pytest.mark.parametrize(
    ("printed", "name", "of"),
    [
        ("FE(CO)", "Faradaic efficiency", "CO"),
        ("FE_{CO}", "Faradaic efficiency", "CO"),
        ("Faradaic efficiency HCO2H", "Faradaic efficiency", "HCOOH"),
        ("Faradaic efficiency for formate", "Faradaic efficiency", "HCOOH"),
        ("CO selectivity", "selectivity", "CO"),
        ("CO partial current density", "current density", "CO"),
        ("turnover frequency", "TOF", ""),
        ("photoluminescence quantum yield", "quantum yield", ""),
        ("HOMO–LUMO gap", "HOMO-LUMO gap", ""),
        ("product yield", "product yield", ""),
        ("E1/2", "half-wave potential", ""),
    ],
)
def test_many_names_of_one_property(printed: str, name: str, of: str) -> None:
    named = recognise(printed)
    assert (named.name, named.of) == (name, of)


def test_what_is_not_in_the_vocabulary_stays_as_printed() -> None:
    named = recognise("smell")
    assert named.property is None
    assert named.name == "smell"


def test_no_name_means_two_properties() -> None:
    seen: dict[str, str] = {}
    for entry in properties():
        for name in (entry.name, *entry.aliases):
            assert seen.setdefault(name, entry.name) == entry.name, name


def test_vocabulary_is_complete() -> None:
    for entry in properties():
        assert entry.kind in {"number", "word"}, entry.name
        assert entry.source, entry.name
        assert bool(entry.units) == (entry.kind == "number"), entry.name


def test_numbers_are_compared_in_the_first_unit() -> None:
    entry = recognise("overpotential").property
    bounds = read_bounds("0.16")
    assert entry is not None
    assert bounds is not None
    assert in_first_unit(bounds, "V", entry).high == pytest.approx(160)
    with pytest.raises(UnitError, match="no unit of 'overpotential'"):
        in_first_unit(bounds, "nm", entry)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(UnitError):
        assert read_unit(text).factor > 0
    assert recognise(text).name is not None
    bounds = read_bounds(text)
    assert bounds is None or bounds.low <= bounds.high


@pytest.mark.parametrize("text", ["mm^-99999", "m^10", "fm^9 fs^-9 pm^9 fm^9 fm^9 fm^9"])
def test_units_out_of_proportion(text: str) -> None:
    with pytest.raises(UnitError):
        read_unit(text)
