"""Every synthesis told in the reviews is found by asking for its product."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from superatom.composition.equations import check
from superatom.literature.tables import shipped_tables
from superatom.synthesis.compounds import read_compound
from superatom.synthesis.routes import plan
from superatom.synthesis.transformations import Transformation, sort_out

_LIST = Path(__file__).with_name("syntheses_told.csv")
_RECORDS = tuple(r for r in shipped_tables().transformations if r.source.status != "mined")


def _main_product(record_products: tuple[str, ...]) -> str:
    """The product with most metal atoms, as the review prints it."""
    return max(record_products, key=lambda text: read_compound(text).n_metals)


_TOLD = [
    pytest.param(r.id, _main_product(r.products), id=f"{r.id} {r.source.section}") for r in _RECORDS
]
with _LIST.open(encoding="utf-8") as _file:
    _LISTED = [
        pytest.param(row, id=f"{row['review']} {row['section']} {row['product']}")
        for row in csv.DictReader(_file)
    ]


def _last_steps(product: str, known: tuple[Transformation, ...]) -> list[Transformation]:
    """The steps that make a product, changes of charge left out."""
    routes = plan(product, known, limit=None, proposals=False)
    done = ([step.transformation for step in route.steps] for route in routes)
    return [[step for step in steps if step.basis != "charge state"][-1] for steps in done]


@pytest.mark.parametrize(("name", "product"), _TOLD)
def test_what_the_tables_tell_is_found(
    name: str, product: str, known: tuple[Transformation, ...]
) -> None:
    found = {step.precedent or step.id for step in _last_steps(product, known)}
    assert name in found


@pytest.mark.parametrize("row", _LISTED)
def test_what_was_listed_stays_found(
    row: dict[str, str], known: tuple[Transformation, ...]
) -> None:
    """The list is kept apart from the tables: a synthesis that is lost shows."""
    steps = _last_steps(row["product"], known)
    assert row["review"] in {step.source.document for step in steps}


def test_every_step_of_every_route_balances(known: tuple[Transformation, ...]) -> None:
    products = {_main_product(record.products) for record in _RECORDS}
    steps = {
        step.step.balance.text
        for product in products
        for route in plan(product, known, limit=None)
        for step in route.steps
    }
    assert len(steps) > 100
    assert [text for text in steps if not check(text).balanced] == []


def test_what_does_not_balance_stays_out(known: tuple[Transformation, ...]) -> None:
    good, _ = sort_out(known)
    wrong = Transformation(
        id="wrong", kind="thermal", reactants=("Au25(PET)18",), products=("Au99(PET)18",),
        source=good[0].transformation.source,
    )  # fmt: skip
    _, bad = sort_out([wrong])
    assert [each.transformation.id for each in bad] == ["wrong"]
    assert bad[0].reason
    assert plan("Au99(PET)18", [wrong], proposals=False) == []
