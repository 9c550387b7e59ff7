"""The command `route`, the graph and the bench sheet."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import CliRunner

from superatom.cli import app
from superatom.errors import SearchError
from superatom.report.bench_sheet import bench_sheet, measured
from superatom.report.print_figure import ONE_COLUMN, TWO_COLUMNS
from superatom.report.route_figure import draw_routes, route_graph, write_routes
from superatom.synthesis.recipes import Recipe, scale
from superatom.synthesis.route import Route
from superatom.synthesis.routes import plan
from superatom.synthesis.transformations import Transformation

_RUNNER = CliRunner()


@pytest.fixture(scope="module")
def routes(known: tuple[Transformation, ...]) -> list[Route]:
    return plan("Au36(TBBT)24", known, limit=2)


@pytest.fixture(scope="module")
def recipe(routes: list[Route]) -> Recipe:
    return scale(routes[0], 0.1, assumed_yield=0.4, concentration_M=0.02)


def test_plan_prints_steps_sources_and_hazards() -> None:
    result = _RUNNER.invoke(app, ["route", "plan", "Au36(TBBT)24", "--limit", "1"])
    assert result.exit_code == 0, result.output
    words = " ".join(result.output.split())
    assert "Au38(PET)24" in words
    assert "LEIST" in words
    assert "chloroauric acid" in words
    assert "hazards: thiol" in words


def test_plan_as_json_is_read_back() -> None:
    result = _RUNNER.invoke(app, ["route", "plan", "[Au25(PET)18]-", "--json", "--limit", "2"])
    data = json.loads(result.output)
    assert len(data) == 2
    assert json.loads(json.dumps(Route.from_dict(data[0]).as_dict())) == data[0]


def test_recipe_writes_a_sheet(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.html"
    given = ["route", "recipe", "Au36(TBBT)24", "100 mg", "--assume-yield", "40", "--json"]
    result = _RUNNER.invoke(app, [*given, "--html", str(sheet)])
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["mass_g"] == pytest.approx(0.1)
    assert "Au<sub>36</sub>(TBBT)<sub>24</sub>" in sheet.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["route", "plan", "Au36(NoSuchLigandXyz)24"], "NoSuchLigandXyz"),
        (["route", "plan", ""], "nothing to make"),
        (["route", "plan", "Au36(TBBT)24", "--max-steps", "0"], "1 or more"),
        (["route", "recipe", "Au36(TBBT)24", "100 mL"], "100 mL"),
        (["route", "recipe", "Au36(TBBT)24", "1 g", "--route", "99"], "--route 99"),
        (["route", "recipe", "Au36(TBBT)24", "1 g", "--yield", "x=4"], "by its number"),
        (["route", "recipe", "Au36(TBBT)24", "1 g", "--equivalents", "NaBH4=many"], "a number"),
    ],
)
def test_bad_input_ends_with_code_two(arguments: list[str], message: str) -> None:
    result = _RUNNER.invoke(app, arguments)
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["Au999(BSA)7", "--no-proposals"], "without --no-proposals"),
        (["Fe13(SR)8"], "nothing known or proposed ends in it"),
        (["Pt17(CO)12(PPh3)8"], "nearest that is told"),
        (["HAuCl4"], "it is bought: chloroauric acid"),
    ],
)
def test_a_target_without_a_route_ends_with_code_one(arguments: list[str], message: str) -> None:
    """Nothing is wrong with the question: the search was done and found nothing."""
    result = _RUNNER.invoke(app, ["route", "plan", *arguments])
    assert result.exit_code == 1
    assert f"no route to {arguments[0]}" in result.output
    assert message in result.output


def test_check_lists_nothing_of_the_shipped_tables() -> None:
    result = _RUNNER.invoke(app, ["route", "check", "--json"])
    assert json.loads(result.output)["left_out"] == []


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_sheet_is_whole_and_safe(recipe: Recipe) -> None:
    page = bench_sheet(recipe)
    tags = _Tags()
    tags.feed(page)
    assert tags.open == []
    assert "chloroauric acid" in page
    assert "weighed as HAuCl4(H2O)3" in page
    assert not re.search(r"<(PET|TBBT)", page)
    assert "http" not in page.replace("http-equiv", "")  # nothing is fetched


def test_units_of_balance_and_pipette() -> None:
    assert measured(1.2345, "g") == "1.23 g"
    assert measured(0.000012, "g") == "12 µg"
    assert measured(0.0441, "mL") == "44.1 µL"
    assert measured(2500.0, "mL") == "2.5 L"
    assert measured(None, "g") == ""


def test_graph_runs_from_left_to_right(routes: list[Route]) -> None:
    graph = route_graph(routes)
    for _, nodes in graph.lines:
        columns = [graph.places[node][0] for node in nodes]
        assert columns == list(range(columns[0], columns[-1] + 1))
    assert len(set(graph.places.values())) == len(graph.places)  # nothing lies on anything else


def test_figure_fits_a_column(routes: list[Route], known: tuple[Transformation, ...]) -> None:
    narrow = draw_routes(routes)
    assert narrow.get_size_inches()[0] * 25.4 == pytest.approx(ONE_COLUMN)
    wide = draw_routes(plan("[Au25(PET)18]0", known, limit=4))
    assert wide.get_size_inches()[0] * 25.4 == pytest.approx(TWO_COLUMNS)


def test_boxes_of_the_figure_do_not_overlap(routes: list[Route]) -> None:
    figure = draw_routes(routes)
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in figure.axes[0].texts]
    pairs = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :]]
    assert not [pair for pair in pairs if pair[0].overlaps(pair[1])]
    frame = figure.bbox
    assert all(frame.x0 <= b.x0 and b.x1 <= frame.x1 for b in boxes)


def test_figure_is_written(tmp_path: Path, routes: list[Route]) -> None:
    path = write_routes(tmp_path / "routes.svg", routes)
    assert "LEIST" in path.read_text(encoding="utf-8")
    with pytest.raises(SearchError):
        write_routes(tmp_path / "none.svg", [])
