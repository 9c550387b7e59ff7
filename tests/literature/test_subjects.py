"""One key for every spelling of a cluster."""

from __future__ import annotations

import pytest
from hypothesis import given

from strategies import clusters
from superatom.composition.cluster import Cluster
from superatom.composition.formula import parse_formulas
from superatom.errors import FormulaError
from superatom.literature import subjects as subjects_module
from superatom.literature.subjects import read_subjects, split_clusters, subject_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[Au25(PET)18]-", "[Au25(SC2H4Ph)18]-"),
        ("[Au25(PET)18]-", "[Au25(2-PET)18]^{-}"),
        ("[Au25(SCH2CH2Ph)18]-", "$[\\text{Au}_{25}(\\text{PET})_{18}]^-$"),
        ("Cd1Au24(SR)18", "Au24Cd(SR)18"),
        ("Au<sub>36</sub>(TBBT)<sub>24</sub>", "Au36(SPh-tBu)24"),
    ],
)
def test_spellings_meet(one: str, other: str) -> None:
    assert read_subjects(one)[0].key == read_subjects(other)[0].key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[Au25(PET)18]-", "Au25(PET)18"),  # a charge not told is not a charge told
        ("Au38(PET)24-Q", "Au38(PET)24-T"),
        ("Au25(PET)18", "Au25(SR)18"),
        ("Au24Cd(PET)18", "Au23Cd2(PET)18"),
        ("Au25@BSA", "Au25"),
        ("Au25-xAgx(SR)18 (x = 1-3)", "Au25-xAgx(SR)18 (x = 1-4)"),
    ],
)
def test_different_clusters_stay_apart(one: str, other: str) -> None:
    assert read_subjects(one)[0].key != read_subjects(other)[0].key


@given(clusters())
def test_the_printed_formula_has_the_key_of_the_cluster(cluster: Cluster) -> None:
    (again,) = read_subjects(str(cluster))
    assert again.key == subject_of(cluster).key
    assert again.metals == tuple(cluster.metals.items())


@given(clusters())
def test_charge_is_no_part_of_the_body(cluster: Cluster) -> None:
    bare = subject_of(cluster.with_charge(None))
    assert bare.body == subject_of(cluster).body


def test_what_is_searched_for() -> None:
    (subject,) = read_subjects("[Au24Cd(SC2H4Ph)18]0")
    assert dict(subject.metals) == {"Au": 24, "Cd": 1}
    assert subject.ligands == (("PET", "thiolate", 18),)
    assert subject.electrons == 8  # 24 + 2 - 18 (Walter 2008)
    assert subject.size == 25


def test_a_series_has_open_counts() -> None:
    (subject,) = read_subjects("Au25-xAgx(SR)18")
    assert dict(subject.metals) == {"Au": None, "Ag": None}
    assert subject.size is None
    assert subject.electrons is None


def test_several_clusters_in_one_cell() -> None:
    assert split_clusters("Au25 | Au38(SR)24 | ") == ("Au25", "Au38(SR)24")


def test_no_formula() -> None:
    with pytest.raises(FormulaError):
        read_subjects("gold dust")


def test_what_cannot_be_read_is_not_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def parse(text: str) -> tuple[object, ...]:
        calls.append(text)
        return parse_formulas(text)

    monkeypatch.setattr(subjects_module, "parse_formulas", parse)
    for _ in range(3):
        with pytest.raises(FormulaError):
            read_subjects("Au25(SQzR)18(((")
    assert calls == ["Au25(SQzR)18((("]
