"""Figures of literature records: one property against potential, size or electron count."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from superatom.errors import SearchError
from superatom.literature.entries import comparable, subjects_in
from superatom.literature.properties import fold, recognise
from superatom.literature.records import Fact, conditions_of
from superatom.literature.subjects import Subject
from superatom.literature.units import UnitError, potential_vs_rhe
from superatom.report.figures import INK, MUTED, SERIES, canvas, svg
from superatom.report.print_figure import save_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["ABSCISSAE", "Point", "draw_points", "points_of", "write_points"]

#: What a property can be drawn against, and the label of that axis.
ABSCISSAE = {
    "potential": "potential / V vs RHE",
    "size": "metal atoms",
    "electrons": "superatom electrons",
}
_REAL = {
    INK: "#1a1a1a",
    MUTED: "#6b6b6b",
    **dict(zip(SERIES, ("#0072b2", "#d55e00", "#009e73", "#cc79a7"), strict=True)),
}  # colours of Okabe and Ito, which colour-blind readers can tell apart
_MARKS = {">": "^", ">=": "^", "<": "v", "<=": "v"}
_LABEL_POINTS = 5.0  # size of formulas in the figure
_HOSTS = {"Au": "1", "Ag": "2", "Cu": "3"}
_VOLTS = re.compile(
    r"(?P<value>[-−+]?\d+(?:\.\d+)?)\s*V\b(?:\s*(?:vs\.?|versus)\s*(?P<electrode>[\w/]+))?"
)
#: Properties that are potentials, and mean little without their reference electrode.
_POTENTIALS = frozenset(
    {"onset potential", "half-wave potential", "potential", "equilibrium potential"}
    | {"valence band maximum", "conduction band minimum"}
)
_ACIDITY = re.compile(r"\bpH\b\s*[:=]?\s*(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Point:
    """One fact in a figure.

    Attributes
    ----------
    x, y : float
        Place in the figure; in V vs RHE, atoms or electrons, and in `unit`.
    fact : Fact
        The record.
    cluster : str
        Formula in Unicode.
    group : str
        Metals, such as 'Au' or 'Au + Cd'.
    unit : str
        Unit of `y`.
    certain : bool
        False if the reference electrode of a potential in it is not told.
    """

    x: float
    y: float
    fact: Fact
    cluster: str
    group: str
    unit: str = ""
    certain: bool = True


def points_of(facts: Iterable[Fact], y: str, x: str) -> tuple[Point, ...]:
    """Return the facts that tell `y` and can be placed on `x`.

    Parameters
    ----------
    facts : iterable of Fact
        For instance the findings of a search.
    y : str
        Property in any of its names, with its product: 'FE(CO)'.
    x : str
        One of `ABSCISSAE`.

    Raises
    ------
    SearchError
        If `x` is none of them or `y` is no property.
    """
    if x not in ABSCISSAE:
        raise SearchError(f"'{x}' is none of {', '.join(ABSCISSAE)}")
    wanted = recognise(y)
    if wanted.property is None or not wanted.property.units:
        raise SearchError(f"'{y}' is no property with numbers")
    points: list[Point] = []
    for fact in facts:
        named, (bounds, measured) = recognise(fact.property), comparable(fact)
        same = named.name == wanted.name and (not wanted.of or fold(named.of) == fold(wanted.of))
        if not same or bounds is None:
            continue
        height = bounds.high if fact.comparator != "<" else bounds.low
        told = wanted.name not in _POTENTIALS or measured != "V" or "vs" in fact.unit
        for subject in subjects_in(fact):
            place = _place(fact, subject, x)
            if place is not None:
                certain = place[1] and told
                points.append(_point((place[0], certain), (height, measured), fact, subject))
    return _in_one_unit(points)


def _in_one_unit(points: Sequence[Point]) -> tuple[Point, ...]:
    """Keep the points in the unit most of them are in (gaps are told in eV or in V)."""
    units = Counter(point.unit for point in points)
    return tuple(p for p in points if p.unit == units.most_common(1)[0][0])


def _point(
    place: tuple[float, bool], value: tuple[float, str], fact: Fact, subject: Subject
) -> Point:
    from superatom.composition.formula import parse_formula

    formula = parse_formula(subject.formula).text("unicode")
    metals = sorted((symbol for symbol, _ in subject.metals), key=_rank)
    group = " + ".join(metals)
    return Point(place[0], value[0], fact, formula, group, value[1], place[1])


def _rank(symbol: str) -> tuple[bool, str]:
    """Sort gold, silver and copper, the usual hosts, in front of what is put into them."""
    return symbol not in _HOSTS, _HOSTS.get(symbol, symbol)


def _place(fact: Fact, subject: Subject, x: str) -> tuple[float, bool] | None:
    """Return where a fact stands on the abscissa and whether that is certain."""
    if x == "potential":
        return _potential(fact)
    number = subject.size if x == "size" else subject.electrons
    return None if number is None else (float(number), True)


def _potential(fact: Fact) -> tuple[float, bool] | None:
    told = conditions_of(fact.conditions)
    for key in ("potential", "at", "applied potential", ""):
        if match := _VOLTS.search(told.get(key, "")):
            break
    else:
        match = re.search(r"\bat\s+" + _VOLTS.pattern, fact.conditions)
    if match is None:
        return None
    value, electrode = float(match["value"].replace("−", "-")), match["electrode"]
    if not electrode:
        return value, False
    acidity = _ACIDITY.search(fact.conditions)
    try:
        return potential_vs_rhe(value, electrode, float(acidity[1]) if acidity else None), True
    except UnitError:  # against another electrode at a pH not told: cannot be placed
        return None


def draw_points(points: Sequence[Point], y: str, x: str) -> str:
    """Return the figure as an inline SVG for a page.

    Raises
    ------
    SearchError
        If there is nothing to draw.
    """
    _require(points, y, x)
    with canvas(height_mm=70.0) as (figure, axes):
        _draw(axes, points, y, x, {colour: colour for colour in _REAL})
        _label_some(figure, axes, points, INK)
        return svg(figure, f"{recognise(y).name} against {ABSCISSAE[x]}: {len(points)} records")


def write_points(path: str | Path, points: Sequence[Point], y: str, x: str) -> Path:
    """Write the figure as SVG, PNG or PDF, by the suffix of the file.

    Raises
    ------
    DataFileError
        If it cannot be written or has another suffix.
    SearchError
        If there is nothing to draw.
    """
    _require(points, y, x)
    with canvas(height_mm=70.0) as (figure, axes):
        _draw(axes, points, y, x, _REAL)
        _label_some(figure, axes, points, _REAL[INK])
        for spine in axes.spines.values():
            spine.set_edgecolor(_REAL[INK])
        axes.tick_params(colors=_REAL[INK])
        for label in (axes.xaxis.label, axes.yaxis.label):
            label.set_color(_REAL[INK])
        figure.patch.set_facecolor("white")
        return save_figure(figure, path)


def _require(points: Sequence[Point], y: str, x: str) -> None:
    if not points:
        raise SearchError(f"no record tells '{y}' together with {x}: nothing to draw")


def _draw(axes: Axes, points: Sequence[Point], y: str, x: str, colours: dict[str, str]) -> None:
    """Draw points by metals; triangles are limits, hollow ones lack a reference electrode."""
    groups = sorted({p.group for p in points}, key=lambda g: -sum(p.group == g for p in points))
    shown = groups[: len(SERIES)]
    palette = {group: colours[SERIES[n]] for n, group in enumerate(shown)}
    for point in points:
        colour = palette.get(point.group, colours[MUTED])
        axes.plot(
            [point.x],
            [point.y],
            marker=_MARKS.get(point.fact.comparator, "o"),
            markersize=4.5,
            color=colour,
            markerfacecolor=colour if point.certain else "none",
            linestyle="none",
        )
    entry = recognise(y).property
    if (
        entry and entry.low == 0.0 and entry.high and points[0].unit == entry.units[0].text
    ):  # the whole scale, so that little looks little
        axes.set_ylim(0.0, 1.05 * entry.high)
    unit = points[0].unit
    product = recognise(y).of
    name = recognise(y).name + (f" ({product})" if product else "")
    axes.set_xlabel(ABSCISSAE[x])
    if unit == "V" and recognise(y).name in _POTENTIALS:
        unit = "V vs RHE"
    axes.set_ylabel(f"{name} / {unit}" if unit else name)
    axes.margins(x=0.15)
    _legend(axes, palette, points, len(groups) > len(shown), colours)


def _label_some(figure: Figure, axes: Axes, points: Sequence[Point], ink: str) -> None:
    """Write formulas beside points, where there is room; no two labels overlap."""
    figure.draw_without_rendering()  # settles the layout, so that places are known
    frame = axes.get_window_extent()
    scale = 72.0 / figure.dpi
    marks = [axes.transData.transform((p.x, p.y)) * scale for p in points]
    taken = [(x - 3, y - 3, x + 3, y + 3) for x, y in marks]
    mixed = len({p.fact.reaction for p in points}) > 1  # then each label says its own
    names = [f"{p.cluster}, {p.fact.reaction}".strip(", ") if mixed else p.cluster for p in points]
    for text, (x, y) in dict.fromkeys(
        (name, (float(m[0]), float(m[1]))) for name, m in zip(names, marks, strict=True)
    ):
        for dx, dy in ((4, 3), (-4, 3), (4, -8), (-4, -8), (4, 8), (-4, 8)):
            width = _LABEL_POINTS * 0.6 * len(text)
            left = x + dx if dx > 0 else x + dx - width
            box = (left, y + dy, left + width, y + dy + _LABEL_POINTS)
            inside = frame.x0 * scale <= box[0] and box[2] <= frame.x1 * scale
            if inside and not any(_overlap(box, other) for other in taken):
                taken.append(box)
                _write(axes, text, (x / scale, y / scale), (dx, dy), ink)
                break


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _write(
    axes: Axes, text: str, pixel: tuple[float, float], offset: tuple[int, int], ink: str
) -> None:
    x, y = axes.transData.inverted().transform(pixel)
    axes.annotate(
        text,
        (float(x), float(y)),
        xytext=offset,
        textcoords="offset points",
        ha="left" if offset[0] > 0 else "right",
        va="bottom",
        fontsize=_LABEL_POINTS,
        color=ink,
        annotation_clip=False,
    )


def _legend(
    axes: Axes,
    palette: dict[str, str],
    points: Sequence[Point],
    others: bool,
    colours: dict[str, str],
) -> None:
    """Explain colours, and the marks that occur."""
    from matplotlib.lines import Line2D

    style: dict[str, Any] = {"linestyle": "none", "markersize": 4}
    handles = [
        Line2D([], [], color=c, label=group, marker="o", **style) for group, c in palette.items()
    ]
    grey = {**style, "color": colours[MUTED]}
    if others:
        handles.append(Line2D([], [], label="other metals", marker="o", **grey))
    marks = {_MARKS.get(point.fact.comparator) for point in points}
    if "^" in marks:
        handles.append(Line2D([], [], label="at least", marker="^", **grey))
    if "v" in marks:
        handles.append(Line2D([], [], label="at most", marker="v", **grey))
    if not all(point.certain for point in points):
        hollow = {**grey, "markerfacecolor": "none"}
        handles.append(Line2D([], [], label="electrode not told", marker="o", **hollow))
    axes.legend(
        handles=handles,
        fontsize=6,
        frameon=False,
        ncols=3,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        labelcolor=colours[INK],
    )
