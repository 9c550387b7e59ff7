"""Figures of literature records: one property against potential, size or electron count."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from superatom.errors import DataFileError, SearchError
from superatom.literature.entries import comparable, subjects_in
from superatom.literature.properties import fold, recognise
from superatom.literature.records import Fact, conditions_of
from superatom.literature.subjects import Subject
from superatom.literature.units import UnitError, potential_vs_rhe
from superatom.report.figures import INK, MUTED, SERIES, canvas, svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["ABSCISSAE", "Point", "draw_points", "points_of", "write_points"]

#: What a property can be drawn against, and the label of that axis.
ABSCISSAE = {
    "potential": "potential / V vs RHE",
    "size": "metal atoms",
    "electrons": "superatom electrons",
}
_FORMATS = ("svg", "png", "pdf")
_REAL = {
    INK: "#1a1a1a",
    MUTED: "#6b6b6b",
    **dict(zip(SERIES, ("#0072b2", "#d55e00", "#009e73", "#cc79a7"), strict=True)),
}  # colours of Okabe and Ito, which colour-blind readers can tell apart
_MARKS = {">": "^", ">=": "^", "<": "v", "<=": "v"}
_MOST_LABELS = 14
_VOLTS = re.compile(
    r"(?P<value>[-−+]?\d+(?:\.\d+)?)\s*V\b(?:\s*(?:vs\.?|versus)\s*(?P<electrode>[\w/]+))?"
)
_ACIDITY = re.compile(r"\bpH\b\s*[:=]?\s*(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Point:
    """One fact in a figure.

    Attributes
    ----------
    x, y : float
        In the units of the axes.
    fact : Fact
        The record.
    cluster : str
        Formula in Unicode.
    group : str
        Metals, such as 'Au' or 'Au + Cd'.
    certain : bool
        False if the reference electrode of its potential is not told.
    """

    x: float
    y: float
    fact: Fact
    cluster: str
    group: str
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
    unit = wanted.property.units[0].text
    points = []
    for fact in facts:
        named, (bounds, measured) = recognise(fact.property), comparable(fact)
        same = named.name == wanted.name and (not wanted.of or fold(named.of) == fold(wanted.of))
        if not same or bounds is None or measured != unit:
            continue
        height = bounds.high if fact.comparator != "<" else bounds.low
        for subject in subjects_in(fact):
            place = _place(fact, subject, x)
            if place is not None:
                points.append(_point(place, height, fact, subject))
    return tuple(points)


def _point(place: tuple[float, bool], height: float, fact: Fact, subject: Subject) -> Point:
    from superatom.composition.formula import parse_formula

    formula = parse_formula(subject.formula).text("unicode")
    group = " + ".join(sorted(symbol for symbol, _ in subject.metals))
    return Point(place[0], height, fact, formula, group, place[1])


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
    target = Path(path)
    suffix = target.suffix.lower().lstrip(".")
    if suffix not in _FORMATS:
        raise DataFileError(
            str(path), f"no picture format '{suffix}'", hint=f"one of {', '.join(_FORMATS)}"
        )
    _require(points, y, x)
    buffer = io.BytesIO()
    with canvas(height_mm=70.0) as (figure, axes):
        _draw(axes, points, y, x, _REAL)
        for spine in axes.spines.values():
            spine.set_edgecolor(_REAL[INK])
        axes.tick_params(colors=_REAL[INK])
        for label in (axes.xaxis.label, axes.yaxis.label):
            label.set_color(_REAL[INK])
        figure.savefig(buffer, format=suffix, dpi=300, transparent=False)
    return _write_whole(target, buffer.getvalue())


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
    _label_some(axes, points, colours[INK])
    entry = recognise(y).property
    unit = entry.units[0].text if entry else ""
    product = recognise(y).of
    name = recognise(y).name + (f" ({product})" if product else "")
    axes.set_xlabel(ABSCISSAE[x])
    axes.set_ylabel(f"{name} / {unit}" if unit else name)
    axes.margins(0.1)
    _legend(axes, palette, len(groups) > len(shown), colours)


def _label_some(axes: Axes, points: Sequence[Point], ink: str) -> None:
    """Write the formula beside the points, where they are few enough to be read."""
    different = {(p.cluster, p.x, p.y): p for p in points}
    if len(different) > _MOST_LABELS:
        return
    for point in different.values():
        axes.annotate(
            point.cluster,
            (point.x, point.y),
            xytext=(3, 3),
            textcoords="offset points",
            fontsize=5,
            color=ink,
        )


def _legend(axes: Axes, palette: dict[str, str], others: bool, colours: dict[str, str]) -> None:
    from matplotlib.lines import Line2D

    style: dict[str, Any] = {"linestyle": "none", "marker": "o", "markersize": 4}
    handles = [Line2D([], [], color=c, label=group, **style) for group, c in palette.items()]
    if others:
        handles.append(Line2D([], [], color=colours[MUTED], label="other metals", **style))
    axes.legend(
        handles=handles,
        fontsize=6,
        frameon=False,
        ncols=3,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        labelcolor=colours[INK],
    )


def _write_whole(target: Path, content: bytes) -> Path:
    """Write a picture beside its place and rename it, so that no half file is seen."""
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise DataFileError(str(target), f"cannot be written ({error.strerror})") from error
    return target
