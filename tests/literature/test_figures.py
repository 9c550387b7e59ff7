"""Figures of records."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from superatom.errors import DataFileError, SearchError
from superatom.literature.records import Fact
from superatom.report.literature_figure import draw_points, points_of, write_points


@pytest.fixture
def facts(made: Callable[..., Fact]) -> list[Fact]:
    def at(name: str, cluster: str, value: str, conditions: str, **more: str) -> Fact:
        return made(name, cluster, "FE CO", value, "%", conditions=conditions, **more)

    return [
        at("a", "[Au25(PET)18]-", "95", "potential: -0.57 V vs RHE"),
        at("b", "Au24Cd(PET)18", "90", "at -0.9 V; H-cell", comparator=">"),
        at("c", "Au38(PET)24 | Au144(PET)60", "80", "potential: -1.0 V vs Ag/AgCl; pH: 7"),
        at("d", "Au25(PET)18", "70", "potential: -1.0 V vs Ag/AgCl"),
        at("e", "Au25(PET)18", "60", "H-cell"),
        made("f", "Au25(PET)18", "FE H2", "5", "%", conditions="potential: -0.5 V vs RHE"),
        made("g", "[Au25(PET)18]-", "onset potential", "-193", "mV vs RHE"),
    ]


def test_efficiency_against_potential(facts: list[Fact]) -> None:
    points = points_of(facts, "FE(CO)", "potential")
    # c: -1.0 + 0.197 + 0.05916 x 7; d tells no pH, e no potential, f is another product
    assert [(p.fact.id, p.y, p.certain) for p in points] == [
        ("a", 95.0, True),
        ("b", 90.0, False),
        ("c", 80.0, True),
        ("c", 80.0, True),
    ]
    assert [p.x for p in points] == pytest.approx([-0.57, -0.9, -0.38888, -0.38888])
    assert points[1].group == "Au + Cd"
    assert points[0].cluster == "[Au₂₅(PET)₁₈]⁻"


def test_onset_against_size_and_electrons(facts: list[Fact]) -> None:
    (point,) = points_of(facts, "onset", "size")
    assert (point.x, point.y) == (25.0, -0.193)
    (point,) = points_of(facts, "onset", "electrons")
    assert point.x == 8.0


def test_one_unit_in_one_figure(made: Callable[..., Fact]) -> None:
    gaps = [
        made(f"{n}", f"Au{n}(SR)18", "HOMO-LUMO gap", value, unit)
        for n, value, unit in ((25, "1.33", "eV"), (38, "0.9", "V"), (36, "1700", "mV"))
    ]
    points = points_of(gaps, "gap", "size")
    assert [(p.x, p.y, p.unit) for p in points] == [(38, 0.9, "V"), (36, 1.7, "V")]


def test_a_figure_in_a_page(facts: list[Fact]) -> None:
    points = points_of(facts, "FE(CO)", "potential")
    picture = draw_points(points, "FE(CO)", "potential")
    for text in ("potential / V vs RHE", "Faradaic efficiency (CO) / %", "Au + Cd", 'role="img"'):
        assert text in picture


@pytest.mark.parametrize("suffix", ["svg", "png", "pdf"])
def test_figures_are_written(tmp_path: Path, facts: list[Fact], suffix: str) -> None:
    path = tmp_path / f"figure.{suffix}"
    write_points(path, points_of(facts, "FE(CO)", "size"), "FE(CO)", "size")
    start = {"svg": b"<?xml", "png": b"\x89PNG", "pdf": b"%PDF"}[suffix]
    assert path.read_bytes().startswith(start)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_what_cannot_be_drawn(tmp_path: Path, facts: list[Fact]) -> None:
    points = points_of(facts, "FE(CO)", "size")
    with pytest.raises(DataFileError, match="cannot be written as"):
        write_points(tmp_path / "figure.bmp", points, "FE(CO)", "size")
    with pytest.raises(DataFileError, match="cannot be written"):
        write_points(tmp_path / "absent" / "figure.svg", points, "FE(CO)", "size")
    with pytest.raises(SearchError, match="nothing to draw"):
        draw_points((), "FE(CO)", "size")
    with pytest.raises(SearchError, match="none of potential, size"):
        points_of(facts, "FE(CO)", "taste")
    with pytest.raises(SearchError, match="no property with numbers"):
        points_of(facts, "smell", "size")


def test_potentials_without_their_electrode_are_hollow(made: Callable[..., Fact]) -> None:
    onsets = [
        made("a", "Au25(SR)18", "onset potential", "-0.5", "V vs RHE", reaction="HER"),
        made("b", "Au38(SR)24", "onset potential", "-0.9", "V", reaction="HER"),
        made("c", "Au38(SR)24", "onset potential", "0.9", "V vs RHE", reaction="ORR"),
    ]
    points = points_of(onsets, "onset", "size")
    assert [(p.fact.id, p.certain) for p in points] == [("a", True), ("b", False), ("c", True)]
    picture = draw_points(points, "onset", "size")
    for text in ("onset potential / V vs RHE", "electrode not told", "HER", "ORR"):
        assert text in picture
    assert "HER" not in draw_points(points[:2], "onset", "size")  # one reaction needs no label
