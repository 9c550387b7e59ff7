"""Graph of routes: compounds with metal from left to right, steps as arrows with letters."""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from superatom.errors import SearchError
from superatom.report.formula_markup import ion_mathtext
from superatom.report.print_figure import (
    COLOURS,
    ONE_COLUMN,
    STYLE,
    TWO_COLUMNS,
    new_figure,
    save_figure,
)
from superatom.synthesis.compounds import read_compound
from superatom.synthesis.route import Route, RouteStep

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["RouteGraph", "draw_routes", "route_graph", "species_mathtext", "write_routes"]

_INDEX = re.compile(r"(?<=[A-Za-z)\]])(\d+)")
_ROW_MM, _LEGEND_MM, _MARGIN_MM = 10.0, 2.8, 3.0
_LETTER_MM = 3.5  # between a letter of the key and what it stands for
_LEAST_GAP_MM = 9.0  # between columns of compounds, for the circles of the steps
_COLOUR_OF = {
    "told": COLOURS[0],
    "member of a family": COLOURS[2],
    "proposal": COLOURS[1],
    "charge state": "#767676",
}
_LINE_OF = {
    "told": "-",
    "member of a family": "-",
    "proposal": (0, (4, 2)),
    "charge state": (0, (1, 1.5)),
}
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


Node = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class RouteGraph:
    """Routes to one target, laid out.

    Compounds stand in even columns, steps in odd ones; a line that runs past a column has a
    place of its own there.

    Attributes
    ----------
    places : dict[Node, tuple[int, float]]
        Column and row of compounds ('compound', key), steps ('step', number) and lines that
        pass ('line', ...).
    texts : dict[Node, str]
        Formula of each compound.
    steps : tuple[RouteStep, ...]
        Each once, first used first.
    lines : tuple[tuple[int, tuple[Node, ...]], ...]
        Step it belongs to, and the nodes it runs through.
    unknown : frozenset[Node]
        Compounds that are neither bought nor made by anything known.
    """

    places: dict[Node, tuple[int, float]]
    texts: dict[Node, str]
    steps: tuple[RouteStep, ...]
    lines: tuple[tuple[int, tuple[Node, ...]], ...]
    unknown: frozenset[Node] = frozenset()

    @property
    def n_rows(self) -> float:
        """Rows the graph needs."""
        rows = [row for _, row in self.places.values()]
        return 1 + max(rows) - min(rows)


def species_mathtext(text: str) -> str:
    r"""Return a species for matplotlib; the brackets of equations become round or fall away.

    Examples
    --------
    >>> species_mathtext("H<PET>")
    '$\\mathrm{HPET}$'
    """
    compound = read_compound(text)
    if compound.is_cluster:
        return ion_mathtext(text.replace("<", "(").replace(">", ")"))
    named_bare = compound.is_ligand and not re.search(r"<\d", text)  # H(2,4-DMBT), not H2,4-DMBT
    brackets = ("", "") if named_bare else ("(", ")")
    plain = text.replace("<", brackets[0]).replace(">", brackets[1]).replace("#", r"\equiv{}")
    lowered = _INDEX.sub(r"_{\1}", plain.replace("$", "")).replace("-", "\N{HYPHEN}")
    raised = re.sub(r"\^(\d*[+\N{HYPHEN}])$", r"^{\1}", lowered).replace("\N{HYPHEN}}", "-}")
    return rf"$\mathrm{{{raised}}}$"


def route_graph(routes: Sequence[Route]) -> RouteGraph:
    """Lay out routes: what is bought on the left, the target on the right.

    Raises
    ------
    SearchError
        If there is no route, or more steps than letters.
    """
    found: dict[str, RouteStep] = {}
    made_by: dict[str, dict[str, None]] = {}  # a step can make one thing here, another there
    for step in (step for route in routes for step in route.steps):
        name = step.step.balance.text + step.transformation.id
        found.setdefault(name, step)
        made_by.setdefault(name, {}).setdefault(step.makes)
    if not found:
        raise SearchError("no step to draw")
    if len(found) > len(_LETTERS):
        raise SearchError(f"{len(found)} steps are too many for one figure; give fewer routes")
    steps = tuple(found.values())
    texts: dict[Node, str] = {}
    links: list[tuple[int, Node, Node]] = []
    for number, (each, products) in enumerate(zip(steps, made_by.values(), strict=True)):
        inputs = [t for t in each.transformation.all_reactants if read_compound(t).metals]
        for made in [_node(text, texts) for text in products]:
            links += [(number, _node(text, texts), made) for text in inputs]
    columns = _columns(texts, links)
    lines = _lines(columns, links)
    begun = (each for route in routes for each in route.starting)
    unknown = {_node(each.text, {}) for each in begun if each.supply == "no synthesis known"}
    return RouteGraph(_placed(columns, lines), texts, steps, lines, frozenset(unknown))


def _node(text: str, texts: dict[Node, str]) -> Node:
    node = ("compound", read_compound(text).key)
    texts.setdefault(node, text)
    return node


def _columns(nodes: Iterable[Node], links: Sequence[tuple[int, Node, Node]]) -> dict[Node, int]:
    """Return the column of each compound: behind the last it is made from."""
    columns = dict.fromkeys(nodes, 0)
    for _ in range(len(columns)):  # the longest way has no more steps than that
        for _, used, made in links:
            if used != made:
                columns[made] = min(max(columns[made], columns[used] + 2), 2 * len(columns))
    for number, _, made in links:
        step: Node = ("step", number)
        columns[step] = min(columns.get(step, columns[made]), columns[made] - 1)
    return columns


def _lines(
    columns: dict[Node, int], links: Sequence[tuple[int, Node, Node]]
) -> tuple[tuple[int, tuple[Node, ...]], ...]:
    """Return the lines, with a place in every column they pass; adds those to `columns`."""
    lines = []
    for number, used, made in links:
        step: Node = ("step", number)
        for begin, end in ((used, step), (step, made)):
            between = range(columns[begin] + 1, columns[end])
            passed: list[Node] = [("line", number, begin, end, column) for column in between]
            columns.update(zip(passed, between, strict=True))
            lines.append((number, (begin, *passed, end)))
    return tuple(dict.fromkeys(lines))


def _placed(
    columns: dict[Node, int], lines: Sequence[tuple[int, tuple[Node, ...]]]
) -> dict[Node, tuple[int, float]]:
    """Place the nodes of each column above one another, from the target to the left."""
    follows: dict[Node, list[Node]] = {}
    for _, nodes in lines:
        for before, behind in itertools.pairwise(nodes):
            follows.setdefault(before, []).append(behind)
    places: dict[Node, tuple[int, float]] = {}
    for column in sorted(set(columns.values()), reverse=True):
        here = [node for node, at in columns.items() if at == column]
        wanted = {}
        for node in here:
            rows = [places[n][1] for n in follows.get(node, ()) if n in places]
            wanted[node] = sum(rows) / len(rows) if rows else 0.0
        here.sort(key=lambda node: wanted[node])
        middle = sum(wanted.values()) / len(here)
        for at, node in enumerate(here):
            places[node] = (column, middle + at - (len(here) - 1) / 2)
    return places


def draw_routes(routes: Sequence[Route], *, width_mm: float | None = None) -> Figure:
    """Draw routes to a target as a graph, with a key of the steps below.

    Blue arrows are told, green ones told for a family of ligands, orange dashed ones proposed
    by analogy, grey dotted ones changes of charge that no source tells. Grey boxes are bought,
    a dashed box is a cluster to begin with that nothing known makes.

    Parameters
    ----------
    routes : sequence of Route
        From `plan`.
    width_mm : float, optional
        Width; one column of a journal for few compounds, two for more.
    """
    import matplotlib as mpl

    graph = route_graph(routes)
    with mpl.rc_context(STYLE):
        width = width_mm or _width_needed(graph)
        lines = _key(graph, width)
        graph_mm = 2 * _MARGIN_MM + _ROW_MM * graph.n_rows
        height = graph_mm + _LEGEND_MM * sum(map(len, lines)) + _MARGIN_MM
        figure = new_figure(width, height, laid_out=False)
        axes = figure.add_axes((0.0, 1 - graph_mm / height, 1.0, graph_mm / height))
        axes.set_xlim(0, width)
        axes.set_ylim(graph_mm, 0)
        axes.axis("off")
        _draw_graph(axes, graph, width)
        y = graph_mm
        for letter, rows in zip(_LETTERS, lines, strict=False):
            figure.text(_MARGIN_MM / width, 1 - y / height, letter, va="top", fontsize=6)
            for row in rows:
                x = (_MARGIN_MM + _LETTER_MM) / width
                figure.text(x, 1 - y / height, row, va="top", fontsize=6)
                y += _LEGEND_MM
    return figure


def _width_needed(graph: RouteGraph) -> float:
    """Return one column of a journal if the formulas fit in it, else two."""
    wide = _column_widths(graph, 7.0)
    needed = sum(wide.values()) + _LEAST_GAP_MM * (len(wide) - 1) + 2 * _MARGIN_MM
    return ONE_COLUMN if needed <= ONE_COLUMN else TWO_COLUMNS


def _column_widths(graph: RouteGraph, size: float) -> dict[int, float]:
    """Return the width in mm of the widest formula of each column of compounds."""
    wide: dict[int, float] = {}
    for node, text in graph.texts.items():
        column = graph.places[node][0]
        wide[column] = max(wide.get(column, 0.0), _text_width_mm(species_mathtext(text), size))
    return dict(sorted(wide.items()))


def _text_width_mm(text: str, size: float) -> float:
    """Return the width of a formula set in a size, with the edges of its box."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import TextPath

    outline = TextPath((0, 0), text, size=size, prop=FontProperties(size=size))
    return float(outline.get_extents().width) * 25.4 / 72 + 0.7 * size * 25.4 / 72


def _key(graph: RouteGraph, width_mm: float) -> list[list[str]]:
    """Return the key: for each letter the lines that say what it is, with reagents and source."""
    letters = int((width_mm - _LETTER_MM) * 0.82)  # of 6 pt that fit on a line
    lines = []
    for step in graph.steps:
        told = step.transformation
        reagents = [t for t in told.all_reactants if not read_compound(t).metals]
        share = told.yield_fraction
        parts = [
            told.kind,
            f"+ {', '.join(map(_plain, reagents))}" if reagents else "",
            f"{100 * share:g} %" if share is not None and told.kind != "precursor complex" else "",
            f"proposed after {told.precedent}" if step.is_proposal else _source(step),
        ]
        text = "; ".join(part for part in parts if part)
        rows = textwrap.wrap(text, letters, break_on_hyphens=False)
        lines.append([_lowered(row, reagents) for row in rows])
    return lines


def _lowered(row: str, reagents: Iterable[str]) -> str:
    """Set the indices of the reagents in a line of the key, which stand between , and ;."""
    for reagent in reagents:
        pattern = rf"(?:(?<=[+,] )|^){re.escape(_plain(reagent))}(?=[,;]|$)"
        row = re.sub(pattern, lambda _, text=reagent: species_mathtext(text), row)  # type: ignore[misc]
    return row


def _source(step: RouteStep) -> str:
    told = step.transformation
    if told.basis == "charge state":
        return "assumed"
    words = [told.source.document, told.source.reference.split(" (")[0]]
    family = " (told for a family)" if told.basis == "member of a family" else ""
    return " ref. ".join(word for word in words if word) + family


def _plain(text: str) -> str:
    brackets = ("(", ")") if re.search(r"<\d", text) else ("", "")
    return text.replace("<", brackets[0]).replace(">", brackets[1]).replace("^", "")


def _draw_graph(axes: Axes, graph: RouteGraph, width_mm: float) -> None:
    size = next(
        (z for z in (7.0, 6.0, 5.0, 4.0)
         if sum((wide := _column_widths(graph, z)).values()) + _LEAST_GAP_MM * (len(wide) - 1)
         <= width_mm - 2 * _MARGIN_MM),
        3.5,
    )  # fmt: skip
    across = _abscissae(graph, size, width_mm)
    top = min(row for _, row in graph.places.values())
    at = {
        node: (across[column], _MARGIN_MM + _ROW_MM * (row - top + 0.5))
        for node, (column, row) in graph.places.items()
    }
    bought = set(graph.texts) - {nodes[-1] for _, nodes in graph.lines} - graph.unknown
    for number, nodes in graph.lines:
        _draw_line(axes, graph, number, [at[node] for node in nodes], nodes, size)
    for node, text in graph.texts.items():
        axes.text(
            *at[node], species_mathtext(text), ha="center", va="center", fontsize=size, zorder=3,
            bbox={"boxstyle": "round,pad=0.3", "fc": "#EEF0F2" if node in bought else "white",
                  "ec": "#333333", "lw": 0.6, "ls": "--" if node in graph.unknown else "-"},
        )  # fmt: skip
    for number, step in enumerate(graph.steps):
        colour = _COLOUR_OF[step.transformation.basis]
        axes.text(
            *at[("step", number)], _LETTERS[number], ha="center", va="center", fontsize=6,
            color="white", zorder=4,
            bbox={"boxstyle": "circle,pad=0.2", "lw": 0, "fc": colour},
        )  # fmt: skip


def _abscissae(graph: RouteGraph, size: float, width_mm: float) -> dict[int, float]:
    """Return the middle of each column in mm; the gaps between columns are alike."""
    wide = _column_widths(graph, size)
    last = max(column for column, _ in graph.places.values())
    free = width_mm - 2 * _MARGIN_MM - sum(wide.values())
    gap = free / max(len(wide) - 1, 1)
    across, x = {}, _MARGIN_MM
    for column in range(0, last + 1, 2):
        across[column] = x + wide[column] / 2
        across[column + 1] = x + wide[column] + gap / 2
        x += wide[column] + gap
    return across


def _draw_line(
    axes: Axes,
    graph: RouteGraph,
    number: int,
    points: list[tuple[float, float]],
    nodes: tuple[Node, ...],
    size: float,
) -> None:
    """Draw a line through its places, level at each of them; an arrow where a product is."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path as Curve

    basis = graph.steps[number].transformation.basis
    ends = nodes[-1] in graph.texts
    if ends:
        x, y = points[-1]
        half = _text_width_mm(species_mathtext(graph.texts[nodes[-1]]), size) / 2
        points = [*points[:-1], (x - half - 1.4, y)]
        axes.plot(x - half - 0.9, y, marker=5, ms=5, color=_COLOUR_OF[basis], clip_on=False, mew=0)
    vertices, codes = [points[0]], [Curve.MOVETO]
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        middle = (x0 + x1) / 2
        vertices += [(middle, y0), (middle, y1), (x1, y1)]
        codes += [Curve.CURVE4] * 3
    axes.add_patch(
        PathPatch(
            Curve(vertices, codes), fc="none", ec=_COLOUR_OF[basis], lw=0.9,
            linestyle=_LINE_OF[basis], zorder=1,
        )
    )  # fmt: skip


def write_routes(path: str | Path, routes: Sequence[Route]) -> Path:
    """Write the graph of routes as PNG, SVG or PDF.

    Raises
    ------
    SearchError
        If there is nothing to draw.
    DataFileError
        If the ending is none of these, or the file cannot be written.
    """
    return save_figure(draw_routes(routes), path)
