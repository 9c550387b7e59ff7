"""A cluster as shaded balls and sticks, drawn back to front: pictures for print in PNG and SVG.

Several views stand in a row at one scale. What is drawn, and in which colours, says a `Look`
(`superatom.report.cluster_look`).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.report.cluster_look import Look, look_of
from superatom.report.cluster_views import seen_from
from superatom.report.print_figure import STYLE, new_figure
from superatom.structure.anatomy import Anatomy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["draw_cluster", "draw_model", "paint", "view_window"]

FloatArray = NDArray[np.float64]

_LEVELS = 9  # discs of which the shading of a ball is made
_LIGHT = np.array([-0.32, 0.36])  # where the light falls, in radii
_FADE = 0.62  # how white faded parts are
_FOG = 0.30  # how white the farthest atoms are
_MARGIN = 0.6  # Å around the outermost atom
_SCALE_BAR = 5.0  # Å
_ROOM = 1.05  # size of a view over that of what is drawn
_ENTRY, _LETTER = 6.0, 1.35  # mm that an entry of the legend takes, and each of its letters


def draw_model(
    anatomy: Anatomy,
    views: Sequence[str] = ("along", "across"),
    *,
    ligands: str = "faded",
    by: str = "place",
    title: str | None = None,
) -> Figure:
    """Return views of a dissected cluster, its formula above.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster.
    views : sequence of str
        Of `superatom.report.cluster_views.VIEWS`.
    ligands, by : str
        How much of the ligands, and colours by 'place' or 'element'
        (`superatom.report.cluster_look.look_of`).
    title : str, optional
        By default the formula; empty for none.

    Raises
    ------
    SearchError
        If there is no such view, kind of ligands or colours.
    """
    above = f"${anatomy.formula.text('latex')}$" if title is None else title
    return draw_cluster(look_of(anatomy, ligands=ligands, by=by), views, title=above)


def draw_cluster(
    look: Look,
    views: Sequence[str] = ("along", "across"),
    *,
    panel_mm: float = 60.0,
    title: str = "",
    legend: bool = True,
    scale_bar: bool = True,
    entries: Sequence[tuple[str, str]] | None = None,
) -> Figure:
    """Return views of a cluster in a row, at one scale.

    Parameters
    ----------
    look : Look
        From `look_of`.
    views : sequence of str
        Of `superatom.report.cluster_views.VIEWS`.
    panel_mm : float
        Width and height of one view.
    title : str
        Set above; its markup is matplotlib's.
    legend, scale_bar : bool
        Whether colours and 5 Å are told below.
    entries : sequence of (str, str), optional
        Names and colours to tell instead of the elements.
    """
    import matplotlib as mpl

    turned = [seen_from(look.axes, view) for view in views]
    windows = [view_window(look, turn) for turn in turned]
    told = list(entries if entries is not None else look.legend) if legend else []
    reach = np.max([half for _, half in windows], axis=0) * _ROOM  # Å across and up
    tall = panel_mm * min(float(reach[1] / reach[0]), 1.0)
    across = max(float(reach[0]), float(reach[1]))
    width = panel_mm * len(views)
    bar = _SCALE_BAR / (2 * across / panel_mm) + 4.0 if scale_bar else 0.0  # mm
    rows = -(-sum(_ENTRY + _LETTER * len(name) for name, _ in told) // (width - bar))
    foot = max(6.0 if scale_bar else 0.0, 4.5 * rows)
    head = 6.0 if title else 0.0
    height = tall + foot + head
    with mpl.rc_context(STYLE):
        figure = new_figure(width, height, laid_out=False)
        for k, (turn, (middle, _)) in enumerate(zip(turned, windows, strict=True)):
            ax = figure.add_axes((k / len(views), foot / height, 1 / len(views), tall / height))
            paint(ax, look, turn)
            ax.set_xlim(middle[0] - across, middle[0] + across)
            high = across * tall / panel_mm
            ax.set_ylim(middle[1] - high, middle[1] + high)
            ax.set_axis_off()
        if title:
            figure.text(0.5, 1 - 3.2 / height, title, ha="center", va="center", fontsize=9)
        if scale_bar:
            _bar(figure, 2 * across / panel_mm, width, height)
        if told:
            _tell_colours(figure, told, int(rows), bar / width)
    return figure


def view_window(look: Look, turn: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the middle and half the width and height of what is drawn, Å, turned."""
    shown = np.isfinite(look.radii)
    points = look.positions[shown] @ turn.T
    reach = np.maximum(look.radii[shown], _MARGIN)[:, None]
    low, high = (points - reach).min(axis=0)[:2], (points + reach).max(axis=0)[:2]
    return (low + high) / 2, (high - low) / 2


def _bar(figure: Figure, scale: float, width: float, height: float) -> None:
    """Draw a line of 5 Å at the lower left; `scale` is in Å per mm, the size in mm."""
    from matplotlib.lines import Line2D

    left, length = 2.5 / width, _SCALE_BAR / scale / width
    bar = Line2D([left, left + length], [1.6 / height] * 2, color="black", lw=1.2)
    figure.add_artist(bar)
    place = (left + length / 2, 2.2 / height)
    figure.text(*place, f"{_SCALE_BAR:g} Å", ha="center", va="bottom", fontsize=6.5)


def _tell_colours(
    figure: Figure, entries: Sequence[tuple[str, str]], rows: int, left: float
) -> None:
    """Name the colours below, right of `left` (in widths of the figure)."""
    from matplotlib.lines import Line2D

    style: dict[str, Any] = {"marker": "o", "ls": "", "mec": "#404040", "mew": 0.4, "ms": 5}
    handles = [Line2D([], [], mfc=colour, label=name, **style) for name, colour in entries]
    figure.legend(
        handles=handles, loc="lower center", bbox_to_anchor=((1 + left) / 2, 0.0),
        ncols=-(-len(entries) // rows), frameon=False, fontsize=7, handletextpad=0.1,
        columnspacing=1.0, borderaxespad=0.2,
    )  # fmt: skip


def paint(ax: Axes, look: Look, turn: FloatArray) -> FloatArray:
    """Draw a cluster on axes in Å, back to front; return the turned positions, shape (n, 3)."""
    from matplotlib.collections import PathCollection

    points = look.positions @ turn.T
    colours = _foggy(look, points[:, 2])
    items = [*_balls(look, points, colours), *_half_sticks(look, points, colours)]
    items.sort(key=lambda item: item[0])
    paths = [path for _, pieces in items for path, _, _ in pieces]
    faces = [face for _, pieces in items for _, face, _ in pieces]
    edges = [edge for _, pieces in items for _, _, edge in pieces]
    ax.add_collection(
        PathCollection(paths, facecolors=faces, edgecolors=edges, linewidths=0.35, zorder=1)
    )
    return points


_K = 4 / 3 * (2**0.5 - 1)  # handles of a Bézier curve for a quarter of a circle
_CIRCLE = np.array(
    [(1, 0), (1, _K), (_K, 1), (0, 1), (-_K, 1), (-1, _K), (-1, 0), (-1, -_K), (-_K, -1),
     (0, -1), (_K, -1), (1, -_K), (1, 0)]
)  # fmt: skip
_CIRCLE_CODES = [1, *[4] * 12]  # a move, then curves

_Piece = tuple[Any, tuple[float, ...], tuple[float, ...]]
_CLEAR = (0.0, 0.0, 0.0, 0.0)


def _foggy(look: Look, depth: FloatArray) -> FloatArray:
    """Return colours, whiter the farther away."""
    low, high = float(np.nanmin(depth)), float(np.nanmax(depth))
    far = (high - depth) / max(high - low, 4.0)
    return np.asarray(look.colours + (1.0 - look.colours) * (_FOG * far)[:, None])


def _balls(look: Look, points: FloatArray, colours: FloatArray) -> list[tuple[float, list[_Piece]]]:
    found = []
    for k in np.flatnonzero(look.radii > 0).tolist():
        x, y, z = points[k]
        found.append((float(z), _shaded(x, y, float(look.radii[k]), colours[k])))
    ends = np.full(len(points), 0.0)
    np.maximum.at(ends, look.bonds.ravel(), np.repeat(look.widths, 2))
    for k in np.flatnonzero((look.radii == 0) & (ends > 0)).tolist():
        x, y, z = points[k]
        found.append((float(z), _shaded(x, y, float(ends[k]), colours[k], levels=3)))
    return found


def _shaded(
    x: float, y: float, radius: float, colour: FloatArray, levels: int = _LEVELS
) -> list[_Piece]:
    """Return discs that together look like a lit ball: dark rim, bright spot."""
    pieces: list[_Piece] = []
    for t in np.linspace(0.0, 1.0, levels):
        cx, cy = np.array([x, y]) + _LIGHT * radius * t * 0.92
        size = radius * (1.0 - 0.86 * t)
        shade = colour * (0.70 + 0.30 * min(t / 0.45, 1.0))
        white = max(0.0, t - 0.45) / 0.55
        face = shade + (1.0 - shade) * 0.62 * white**1.3
        edge = (*(colour * 0.38), 0.9) if t == 0.0 and levels > 3 else _CLEAR
        pieces.append((_disc(cx, cy, size), (*face, 1.0), edge))
    return pieces


def _disc(x: float, y: float, radius: float) -> Any:
    """Return a circle of four Bézier curves (matplotlib's own has eight: twice the file)."""
    from matplotlib.path import Path

    return Path(_CIRCLE * radius + (x, y), _CIRCLE_CODES)


def _half_sticks(
    look: Look, points: FloatArray, colours: FloatArray
) -> list[tuple[float, list[_Piece]]]:
    """Return both halves of each bond, from the surface of the ball to the middle."""
    found = []
    for (i, j), width in zip(look.bonds.tolist(), look.widths.tolist(), strict=True):
        if not (np.isfinite(look.radii[i]) and np.isfinite(look.radii[j])):
            continue
        middle = _between(points[i], points[j], look.radii[i], look.radii[j])
        for a, b in ((i, j), (j, i)):
            start = points[a] + _unit(points[b] - points[a]) * 0.95 * look.radii[a]
            depth = float((start[2] + middle[2]) / 2)
            found.append((depth, _stick(start, middle, width, colours[a])))
    return found


def _between(first: FloatArray, second: FloatArray, r1: float, r2: float) -> FloatArray:
    """Return the middle of the part of a bond that is outside both balls."""
    along = _unit(second - first)
    middle: FloatArray = (first + along * r1 + second - along * r2) / 2
    return middle


def _unit(vector: FloatArray) -> FloatArray:
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9))


def _stick(start: FloatArray, end: FloatArray, width: float, colour: FloatArray) -> list[_Piece]:
    """Return a lit rod as three bands."""
    from matplotlib.path import Path

    flat = (end - start)[:2]
    if np.linalg.norm(flat) < 1e-6:
        return []
    side = np.array([-flat[1], flat[0]]) / np.linalg.norm(flat)
    side = side if side @ _LIGHT > 0 else -side
    pieces: list[_Piece] = []
    for low, high, shade in ((-1.0, 1.0, 0.62), (-0.6, 0.9, 0.88), (-0.05, 0.65, 1.12)):
        corners = [start[:2] + side * low * width, end[:2] + side * low * width,
                   end[:2] + side * high * width, start[:2] + side * high * width]  # fmt: skip
        face = np.clip(colour * shade + max(0.0, shade - 1.0), 0.0, 1.0)
        pieces.append((Path([*corners, corners[0]], closed=True), (*face, 1.0), _CLEAR))
    return pieces
