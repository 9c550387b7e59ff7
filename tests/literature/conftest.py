"""Stores and records for the tests of this room."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from superatom.literature.records import Document, Fact, Source
from superatom.literature.store import Store
from superatom.literature.tables import Tables


def fact(name: str, cluster: str, told: str, value: str, unit: str = "", **more: str) -> Fact:
    """Return a fact of the made-up document d1."""
    document = more.pop("document", "d1")
    status = more.pop("status", "curated")
    return Fact(
        id=name,
        clusters=tuple(c.strip() for c in cluster.split("|") if c.strip()),
        category=more.pop("category", "catalysis"),
        property=told,
        value=value,
        unit=unit,
        source=Source(document, "Results", reference="7", status=status),
        **more,
    )


@pytest.fixture
def made() -> Callable[..., Fact]:
    return fact


@pytest.fixture
def records() -> Tables:
    """A dozen made-up facts."""
    return Tables(
        documents=(Document("d1", "J. Made Up 2020, 1, 1"), Document("d2", "J. Other 2021, 2, 2")),
        facts=(
            fact("f1", "[Au25(SC2H4Ph)18]-", "FE CO", "95", "%", reaction="CO2RR",
                 conditions="potential: -0.57 V vs RHE"),
            fact("f2", "[Au24Cd(PET)18]", "Faradaic efficiency CO", "90", "%", reaction="CO2RR",
                 comparator=">", conditions="potential: -0.6 V vs RHE"),
            fact("f3", "Ag24Cd(SPhMe2)18", "FE(CO)", "92", "%", reaction="CO2RR"),
            fact("f4", "Au24Cd(TBBT)18", "Faradaic efficiency CO", "80", "%", reaction="CO2RR"),
            fact("f5", "[Au25(2-PET)18]-", "overpotential", "160", "mV", reaction="HER"),
            fact("f6", "Au38(PET)24", "overpotential", "0.2", "V", reaction="HER"),
            fact("f7", "Cu25H22(PPh3)12", "kernel", "icosahedral Cu13", category="structure"),
            fact("f8", "Cu20(CCPh)12(OAc)6", "product yield", "99", "%", comparator="<=",
                 reaction="click (AAC)", document="d2"),
            fact("f9", "[Au25(SC2H4Ph)18]-", "synthesis method", "co-reduction (Brust)",
                 category="synthesis"),
            fact("f10", "Ag44(SR)30", "yield", "200-300", "mV", category="synthesis"),
            fact("f11", "Au144(SR)60", "superatom electron count", "84", "e", category="structure"),
            fact("f12", "", "coordination mode", "mu3-eta1,eta1,eta2", category="structure"),
        ),
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, records: Tables) -> Iterator[Store]:
    with Store(tmp_path / "records.sqlite") as opened:
        opened.import_tables(records, "made up")
        yield opened
