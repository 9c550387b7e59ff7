"""Records that contradict each other are kept side by side and shown."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from superatom.literature.disputes import disputes_among
from superatom.literature.queries import find
from superatom.literature.records import Fact
from superatom.literature.store import Store
from superatom.literature.tables import Tables


def test_two_values_for_one_measurement(made: Callable[..., Fact]) -> None:
    one = made("a", "[Au25(PET)18]-", "FE(CO)", "95", "%", conditions="potential: -0.5 V")
    other = made("b", "[Au25(SC2H4Ph)18]-", "FE CO", "0.8", "x", conditions="Potential: -0.5 V")
    (dispute,) = disputes_among((one, other))
    assert [fact.id for fact in dispute.facts] == ["a", "b"]
    assert dispute.property == "Faradaic efficiency"


@pytest.mark.parametrize(
    ("told", "first", "second"),
    [
        ("FE(CO)", ("95", "%", "="), ("0.95", "x", "=")),
        ("FE(CO)", ("95", "%", "="), ("90", "%", ">")),
        ("FE(CO)", ("95", "%", "~"), ("90", "%", "=")),
        ("FE(CO)", ("85-95", "%", "="), ("90", "%", "=")),
        ("overpotential", ("0.16", "V", "="), ("160", "mV", "=")),
        ("HOMO-LUMO gap", ("1.33", "eV", "="), ("1.3", "eV", "=")),
        ("HOMO-LUMO gap", ("1.33", "eV", "="), ("1.7", "V", "=")),  # an electrochemical gap
        ("absorption maximum", ("355", "nm", "="), ("440", "nm", "=")),  # two bands
        ("structure", ("fcc", "", "="), ("bi-icosahedron", "", "=")),  # may both be told of it
    ],
)
def test_no_dispute(
    made: Callable[..., Fact],
    told: str,
    first: tuple[str, str, str],
    second: tuple[str, str, str],
) -> None:
    facts = [
        made(name, "Au25(PET)18", told, value, unit, comparator=comparator)
        for name, (value, unit, comparator) in (("a", first), ("b", second))
    ]
    assert disputes_among(facts) == ()


def test_other_conditions_are_another_measurement(made: Callable[..., Fact]) -> None:
    one = made("a", "Au25(PET)18", "FE(CO)", "95", "%", conditions="potential: -0.5 V")
    other = made("b", "Au25(PET)18", "FE(CO)", "60", "%", conditions="potential: -0.9 V")
    assert disputes_among((one, other)) == ()


def test_what_a_cluster_has_only_one_of(made: Callable[..., Fact]) -> None:
    one = made("a", "Au24Cd(PET)18", "dopant position", "kernel surface")
    other = made("b", "Au24Cd(PET)18", "doping site", "motif", conditions="method: crystal")
    same = made("c", "Au24Cd(PET)18", "dopant location", "Kernel surface doping")
    silver = made("d", "Au24Cd(PET)18", "dopant position", "centre", conditions="dopant: Ag")
    assert disputes_among((one, same, silver)) == ()
    (dispute,) = disputes_among((one, other))
    assert {fact.id for fact in dispute.facts} == {"a", "b"}


def test_a_record_marked_as_disputed_is_shown_alone(made: Callable[..., Fact]) -> None:
    alone = made("a", "Au24Hg(PET)18", "dopant position", "motif", status="disputed")
    (dispute,) = disputes_among((alone,))
    assert dispute.facts == (alone,)


def test_both_records_stay_in_the_store(store: Store, made: Callable[..., Fact]) -> None:
    rival = made("rival", "Au144(SR)60", "free electrons", "80", "e", category="structure")
    store.import_tables(Tables(facts=(rival,)), "another source")
    found = find(store, formula="Au144(SR)60")
    assert {fact.id for fact in found} == {"f11", "rival"}
    (dispute,) = found.disputes
    assert {fact.id for fact in dispute.facts} == {"f11", "rival"}
    assert found.as_dict()["disputes"] == [["f11", "rival"]]
