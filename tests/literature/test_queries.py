"""Questions to the store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superatom.errors import FormulaError, SearchError
from superatom.literature.queries import Findings, Metric, find, read_metric
from superatom.literature.records import Fact
from superatom.literature.store import Store, open_store
from superatom.literature.tables import Tables


def ids(findings: Findings) -> list[str]:
    return [fact.id for fact in findings]


def test_the_example_of_the_documentation(store: Store) -> None:
    found = find(
        store, metal="Au", dopant="Cd", reaction="CO2RR", metric=read_metric("FE(CO)", ">90")
    )
    assert ids(found) == ["f2"]  # not f1 (no Cd), f3 (silver), f4 (80 %)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ({"metal": "Cu"}, ["f7", "f8"]),
        ({"metal": ("Au", "Cd")}, ["f2", "f4"]),
        ({"metal": "Au, Cd"}, ["f2", "f4"]),
        ({"dopant": "Au"}, ["f2", "f4"]),  # gold beside another metal
        ({"reaction": "HER"}, ["f5", "f6"]),
        ({"reaction": "CO2 reduction", "metal": "Ag"}, ["f3"]),
        ({"reaction": "click"}, ["f8"]),
        ({"formula": "[Au25(PET)18]-"}, ["f1", "f5", "f9"]),
        ({"formula": "Au25(SCH2CH2Ph)18"}, ["f1", "f5", "f9"]),
        ({"formula": "[Au25(PET)18]+"}, []),
        ({"formula": "Cd1Au24"}, ["f2", "f4"]),
        ({"formula": "Au24Cd(SR)18"}, ["f2", "f4"]),  # R is open
        ({"formula": "[Au25(SR)18]-"}, ["f1", "f5", "f9"]),
        ({"formula": "Au25(SR)17"}, []),
        ({"formula": "Au24Cd(PR3)18"}, []),
        ({"formula": "Cu25H22(PR3)12"}, ["f7"]),
        ({"formula": "Ag44(PET)30"}, []),  # an SR in print is not known to be PET
        ({"ligand": "thiolate", "reaction": "CO2RR"}, ["f1", "f2", "f3", "f4"]),
        ({"ligand": "thiolate", "metal": "Ag"}, ["f3", "f10"]),  # SR is a thiolate too
        ({"ligand": "2-PET", "metal": "Cd"}, ["f2"]),
        ({"ligand": "phosphines"}, ["f7"]),
        ({"ligand": "alkynyl"}, ["f8"]),
        ({"method": "Brust", "reaction": "CO2RR"}, ["f1"]),  # made by it, says another record
        ({"method": "brust"}, ["f1", "f5", "f9"]),
        ({"motif": "icosahedral"}, ["f7"]),
        ({"motif": "mu3-eta1"}, ["f12"]),
        ({"electrons": 8, "reaction": "CO2RR"}, ["f1"]),
        ({"electrons": 84}, ["f11"]),  # charge not told, but the count is reported
        ({"text": "icosa"}, ["f7"]),
        ({"text": "Au24Cd(TBBT)18"}, ["f4"]),
        ({"text": "co-reduction Brust"}, ["f9"]),
        ({"text": "PET", "reaction": "HER"}, ["f5", "f6"]),
        ({"category": "synthesis"}, ["f9", "f10"]),
        ({"document": "d2"}, ["f8"]),
        ({"status": "disputed"}, []),
        ({"metric": ("product yield", ">=", 99)}, ["f8"]),  # 'up to 99 %'
        ({"metric": ("product yield", ">", 99)}, []),
        ({"metric": ("overpotential", "<", 180)}, ["f5"]),
        ({"metric": ("overpotential", "<=", 200)}, ["f5", "f6"]),  # best first; 0.2 V is 200 mV
        ({"metric": ("FE CO", ">", 79)}, ["f1", "f3", "f2", "f4"]),
        ({"metric": ("FE CO", "=", 80)}, ["f4"]),
        ({"metric": ("FE CO", "~", 85)}, ["f3", "f4"]),
        ({"metric": ("FE CH4", ">", 0)}, []),
        ({"metric": ("FE", ">=", 95)}, ["f1"]),
    ],
    ids=str,
)
def test_questions(store: Store, question: dict[str, object], expected: list[str]) -> None:
    assert ids(find(store, **question)) == expected


def test_the_best_come_first(store: Store) -> None:
    assert ids(find(store, metric=("FE(CO)", ">", 0))) == ["f1", "f3", "f2", "f4"]
    assert ids(find(store, metric=("overpotential", "<", 1000))) == ["f5", "f6"]


def test_a_limit_in_print_counts_as_its_number(tmp_path: Path, made: Callable[..., Fact]) -> None:
    facts = (
        made("over", "Au25", "FE CO", "90", "%", comparator=">"),
        made("under", "Au25", "FE CO", "90", "%", comparator="<"),
        made("up to", "Au25", "FE CO", "90", "%", comparator="<="),
        made("range", "Au25", "FE CO", "85-95", "%"),
    )
    with Store(tmp_path / "s.sqlite") as store:
        store.import_tables(Tables(facts=facts), "made up")
        assert sorted(ids(find(store, metric=("FE CO", ">", 90)))) == ["over", "range"]
        assert sorted(ids(find(store, metric=("FE CO", ">=", 90)))) == ["over", "range", "up to"]
        assert sorted(ids(find(store, metric=("FE CO", "<", 90)))) == ["range", "under"]


def test_potentials_are_compared_against_one_electrode(
    tmp_path: Path, made: Callable[..., Fact]
) -> None:
    facts = (
        made("rhe", "Au25", "onset potential", "-0.30", "V vs RHE"),
        made("silver", "Au25", "onset potential", "-0.80", "V vs Ag/AgCl", conditions="pH: 6.8"),
        made("unknown pH", "Au25", "onset potential", "-0.80", "V vs Ag/AgCl"),
    )
    with Store(tmp_path / "s.sqlite") as store:
        store.import_tables(Tables(facts=facts), "made up")
        found = find(store, metric=("onset potential", ">", -0.25))
        assert ids(found) == ["silver"]  # -0.80 + 0.197 + 0.05916 x 6.8 = -0.20 V


def test_a_series_is_found_by_its_members(tmp_path: Path, made: Callable[..., Fact]) -> None:
    facts = (
        made("told", "[Au25-xAgx(PET)18]- (x = 1-3)", "TOF", "3", "s^-1"),
        made("open", "[Au25-xAgx(PET)18]-", "TOF", "3", "s^-1"),
    )
    with Store(tmp_path / "s.sqlite") as store:
        store.import_tables(Tables(facts=facts), "made up")
        assert ids(find(store, formula="Au23Ag2(SC2H4Ph)18")) == ["told"]
        assert ids(find(store, formula="Au21Ag4(SC2H4Ph)18")) == []
        assert ids(find(store, metal="Au", dopant="Ag")) == ["told", "open"]
        assert ids(find(store, electrons=8)) == ["told"]


def test_what_was_cut_is_told(store: Store) -> None:
    found = find(store, limit=2)
    assert (len(found), found.total) == (2, 12)
    assert find(store, limit=None).total == len(find(store, limit=None)) == 12
    assert find(store, text="CO2RR", limit=1).total == 4


def test_findings_are_a_sequence_and_go_to_json(store: Store) -> None:
    found = find(store, metal="Au", metric=Metric("FE(CO)", ">", 0.9, ""))
    assert found[0].id == "f1"
    assert [f.id for f in found[1:]] == ["f2", "f4"]
    assert Findings.from_dict(found.as_dict()) == found
    assert found.query["metric"] == ["FE(CO)", "> 0.9"]
    assert found.provenance.method


@pytest.mark.parametrize(
    ("question", "problem"),
    [
        ({"metal": "Xx"}, "no element symbol"),
        ({"metric": ("smell", ">", 1)}, "not a property with numbers"),
        ({"metric": ("kernel", ">", 1)}, "not a property with numbers"),
        ({"metric": Metric("overpotential", ">", 1, "nm")}, "no unit of"),
        ({"metric": ("FE", "=>", 1)}, "none of"),
        ({"category": "cooking"}, "none of catalysis"),
        ({"text": "(...)"}, "no word"),
    ],
    ids=str,
)
def test_bad_questions(store: Store, question: dict[str, object], problem: str) -> None:
    with pytest.raises(SearchError, match=problem):
        find(store, **question)


def test_a_formula_that_cannot_be_read(store: Store) -> None:
    with pytest.raises(FormulaError):
        find(store, formula="gold dust")


@pytest.mark.parametrize(
    ("bound", "expected"),
    [
        (">90", (">", 90, "")),
        ("≥ 0.2 V", (">=", 0.2, "V")),
        ("−0.5", ("=", -0.5, "")),
        ("<1e-3 mA cm^-2", ("<", 1e-3, "mA cm^-2")),
    ],
)
def test_bounds(bound: str, expected: tuple[str, float, str]) -> None:
    metric = read_metric("FE", bound)
    assert (metric.comparator, metric.value, metric.unit) == expected


@pytest.mark.parametrize("bound", ["", "high", "> much"])
def test_bad_bounds(bound: str) -> None:
    with pytest.raises(SearchError, match="no bound"):
        read_metric("FE", bound)


@settings(max_examples=40)
@given(st.text(max_size=40))
def test_free_text_never_breaks_the_search(text: str) -> None:
    with Store(":memory:") as store:
        try:
            assert find(store, text=text).total == 0
        except SearchError:
            assert not any(c.isascii() and c.isalnum() for c in text)


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with open_store(tmp_path_factory.mktemp("shipped") / "store.sqlite") as store:
        yield store


def test_the_store_arrives_filled(shipped: Store) -> None:
    counts = shipped.counts()
    kinds = ("facts", "transformations", "doping", "modes")
    assert sum(counts[kind] for kind in kinds) >= 700
    assert counts["doping"] == 73  # rows of table 1 of Chem. Sci. 2025, 16, 10642


@pytest.mark.parametrize(
    ("question", "cluster", "reading"),
    [
        # Chem. Sci. 2025, 16, 10642, section 3.5 (ref. 148) and section 3.1 (ref. 87)
        (
            {"dopant": "Cd", "reaction": "CO2RR", "metric": ("FE(CO)", ">", 90)},
            "Au47Cd2(TBBT)31",
            "96 %",
        ),
        ({"formula": "PtAu24", "metric": ("onset", ">", -1)}, "Pt1Au24", "-0.89 V"),
        # Nano-Micro Lett. 2025, 17, 83: the click reaction on Cu20
        ({"formula": "Cu20(CCPh)12(OAc)6", "reaction": "click"}, "[Cu20(C#CPh)12(OAc)6]", None),
    ],
)
def test_what_the_reviews_tell_is_found(
    shipped: Store, question: dict[str, object], cluster: str, reading: str | None
) -> None:
    found = find(shipped, **question)
    assert (cluster, reading) in {
        (text, fact.reading if reading else None) for fact in found for text in fact.clusters
    }


def test_several_bounds_hold_for_one_cluster_in_one_reaction(
    tmp_path: Path, made: Callable[..., Fact]
) -> None:
    facts = (
        made("a1", "Au25(SR)18", "FE CO", "95", "%", reaction="CO2RR"),
        made("a2", "Au25(SR)18", "current density", "120", "mA cm^-2", reaction="CO2RR"),
        made("b1", "Au38(SR)24", "FE CO", "97", "%", reaction="CO2RR"),
        made("b2", "Au38(SR)24", "current density", "20", "mA cm^-2", reaction="CO2RR"),
        made("b3", "Au38(SR)24", "current density", "300", "mA cm^-2", reaction="HER"),
        made("c1", "Ag25(SR)18", "FE CO", "96", "%", reaction="CO2RR"),
        made("c2", "Ag25(SR)18", "current density", "150", "mA cm^-2"),  # no reaction told
    )
    with Store(tmp_path / "store.sqlite") as store:
        store.import_tables(Tables(facts=facts), "made up")
        asked = [read_metric("FE(CO)", ">90"), read_metric("current density", ">100")]
        assert ids(find(store, metric=asked)) == ["c1", "c2", "a1", "a2"]  # best FE first
        assert ids(find(store, metric=asked, metal="Au")) == ["a1", "a2"]
        assert ids(find(store, metric=asked, reaction="CO2RR")) == ["a1", "a2"]
        assert find(store, metric=asked, limit=1).total == 4
        between = [read_metric("FE(CO)", ">95"), read_metric("FE(CO)", "<97")]
        assert ids(find(store, metric=between)) == ["c1"]
        assert find(store, metric=between).query["metric"] == [
            ["FE(CO)", "> 95"],
            ["FE(CO)", "< 97"],
        ]
