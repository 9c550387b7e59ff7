"""The table of elements, against tables of other projects."""

from __future__ import annotations

import pytest
from rdkit.Chem import GetPeriodicTable

from superatom.composition.elements import element, elements
from superatom.errors import UnknownElement


def test_numbers_and_weights_agree_with_rdkit() -> None:
    table = GetPeriodicTable()
    for symbol, entry in elements().items():
        if symbol == "D":
            continue
        assert table.GetAtomicNumber(symbol) == entry.number
        if entry.weight is not None:  # older weights differ in the last digits printed
            assert entry.weight == pytest.approx(table.GetAtomicWeight(entry.number), rel=3e-4)


@pytest.mark.parametrize(
    ("symbol", "weight"),  # Prohaska 2022, table 1
    [("Au", 196.966570), ("Ag", 107.8682), ("Cu", 63.546), ("S", 32.06), ("H", 1.008)],
)
def test_weights(symbol: str, weight: float) -> None:
    assert element(symbol).weight == weight


def test_an_element_without_a_standard_weight() -> None:
    assert element("Tc").weight is None


def test_unknown_symbol_names_its_neighbours() -> None:
    with pytest.raises(UnknownElement, match="Au"):
        element("Auu")
