"""Symmetry-unique sites drawn on a cluster: each set of equivalent sites has a colour and a number.

What leaves, is replaced or takes up an adsorbate at one place is shown on the cluster from
both sides, every equivalent place in the colour of its set. Where several places change
together, each way to choose them has a picture of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.report.cluster_look import Look, look_of
from superatom.report.cluster_picture import paint, view_window
from superatom.report.cluster_views import seen_from
from superatom.report.print_figure import STYLE, new_figure
from superatom.structure.anatomy import Anatomy

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["PALETTE", "Choice", "SiteRow", "SiteSet", "draw_choices", "draw_sites"]

FloatArray = NDArray[np.float64]

#: Colours of sets: Okabe and Ito's that do not look like gold or sulfur, then Tol's.
PALETTE = (
    "#0072B2", "#D81B60", "#009E73", "#CC79A7", "#56B4E9", "#7A5195",
    "#332288", "#117733", "#882255", "#44AA99", "#AA4499", "#661100",
)  # fmt: skip
_VIEWS, _INNER_VIEWS = ("along", "back"), ("turned", "across")
_PANEL_MM, _TEXT_MM = 58.0, 56.0
_CHOICE_MM, _COLUMNS, _MOST_CHOICES = 42.0, 4, 16
_PALE = 0.55  # how white the rest of the cluster is
_MARKER, _INNER = 0.62, 0.4  # Å; ball of a site between atoms, and of one inside
_OUTWARD = 1.1  # Å that such a ball stands off the surface
_SMALL = 0.4  # size of balls where sites are inside
_LINE_MM = 3.6
_WRAP = 40  # letters in a line of the list


@dataclass(frozen=True, slots=True)
class SiteSet:
    """Equivalent places.

    Attributes
    ----------
    name : str
        What they are: 'S on kernel surface and motif'.
    members : tuple[tuple[int, ...], ...]
        Atoms that tell where each place is.
    coloured : tuple[tuple[int, ...], ...]
        Atoms of each place that are drawn in the colour of the set; none where the place
        is between atoms: then a ball is drawn there.
    """

    name: str
    members: tuple[tuple[int, ...], ...]
    coloured: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class SiteRow:
    """Sets drawn on one picture of the cluster.

    Attributes
    ----------
    title : str
        Heading.
    sets : tuple[SiteSet, ...]
        In the order of their numbers.
    inside : bool
        Whether places are inside the cluster; atoms are then drawn small.
    """

    title: str
    sets: tuple[SiteSet, ...]
    inside: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to change several places together.

    Attributes
    ----------
    title : str
        Heading: 'x24'.
    coloured : tuple[tuple[str, tuple[int, ...]], ...]
        Name of what happens and the atoms it happens to.
    """

    title: str
    coloured: tuple[tuple[str, tuple[int, ...]], ...]


def draw_sites(anatomy: Anatomy, rows: Sequence[SiteRow], *, title: str | None = None) -> Figure:
    """Return a cluster from both sides with its unique sites numbered, listed at the right.

    Numbers run through all rows. A number stands on the sites that can be seen, or in dashed
    rings where atoms hide all of a set; the list says how many each set has.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster.
    rows : sequence of SiteRow
        Pictures, one below the other.
    title : str, optional
        By default the formula.

    Raises
    ------
    SearchError
        If there is nothing to draw.
    """
    import matplotlib as mpl

    if not any(row.sets for row in rows):
        raise SearchError("there are no sites to draw")
    look = look_of(anatomy, ligands="heavy", by="element")
    lists = [_listed(row) for row in rows]
    heights = [max(_PANEL_MM, _LINE_MM * (sum(len(t.splitlines()) for t in told) + 3))
               for told in lists]  # fmt: skip
    width, height = 2 * _PANEL_MM + _TEXT_MM, sum(heights) + 7.0
    first, low = 1, height - 7.0
    with mpl.rc_context(STYLE):
        figure = new_figure(width, height, laid_out=False)
        above = f"${anatomy.formula.text('latex')}$" if title is None else title
        figure.text(0.5, 1 - 3.5 / height, above, ha="center", va="center", fontsize=9)
        for row, told, tall in zip(rows, lists, heights, strict=True):
            low -= tall
            views = _INNER_VIEWS if row.inside else _VIEWS
            axes = [
                figure.add_axes(
                    (k * _PANEL_MM / width, (low + (tall - _PANEL_MM) / 2) / height,
                     _PANEL_MM / width, _PANEL_MM / height)
                )
                for k in range(len(views))
            ]  # fmt: skip
            _draw_row(axes, look, [seen_from(look.axes, view) for view in views], row, first)
            _list(figure, row, told, first, (2 * _PANEL_MM + 2, low + tall / 2), (width, height))
            first += len(row.sets)
    return figure


def _listed(row: SiteRow) -> list[str]:
    from textwrap import fill

    return [fill(f"{one.name}  ×{len(one.members)}", _WRAP) for one in row.sets]


def _draw_row(
    axes: Sequence[Axes], look: Look, turns: Sequence[FloatArray], row: SiteRow, first: int
) -> None:
    """Draw the views of a row; sets of which nothing can be seen get dashed rings in front."""
    base = look
    if row.inside:
        base = replace(look, radii=look.radii * _SMALL, widths=look.widths * _SMALL)
    shown, places = _with_sets(base, row, first)
    views = [paint(ax, shown, turn) for ax, turn in zip(axes, turns, strict=True)]
    visible = [[_is_seen(points, shown.radii, atom) for _, atom in places] for points in views]
    seen = {n for row_of in visible for (n, _), is_seen in zip(places, row_of, strict=True)
            if is_seen}  # fmt: skip
    for ax, points, turn, own in zip(axes, views, turns, visible, strict=True):
        for (number, atom), is_seen in zip(places, own, strict=True):
            if is_seen:
                _number(ax, points[atom], number)
            elif number not in seen and points[atom, 2] > float(np.median(points[:, 2])):
                _ring(ax, points[atom], float(shown.radii[atom]), number)
        _window(ax, shown, turn)


def _number(ax: Axes, point: FloatArray, number: int) -> None:
    x, y, _ = point.tolist()
    ax.text(
        x, y, str(number), ha="center", va="center_baseline", fontsize=6.0,
        fontweight="bold", color="white", zorder=3,
    )  # fmt: skip


def _ring(ax: Axes, point: FloatArray, radius: float, number: int) -> None:
    """Mark a place on the near side that other atoms hide."""
    from matplotlib.patches import Circle

    x, y, _ = point.tolist()
    colour = PALETTE[(number - 1) % len(PALETTE)]
    ax.add_patch(Circle((x, y), radius, fill=False, ec=colour, lw=0.9, ls="--", zorder=2))
    ax.text(
        x + 0.9 * radius, y + 0.9 * radius, str(number), ha="left", va="bottom", fontsize=6.0,
        fontweight="bold", color=colour, zorder=3,
        bbox={"boxstyle": "round,pad=0.1", "fc": "white", "ec": "none", "alpha": 0.75},
    )  # fmt: skip


def _window(ax: Axes, look: Look, turn: FloatArray) -> None:
    middle, half = view_window(look, turn)
    reach = float(half.max())
    ax.set_xlim(middle[0] - reach, middle[0] + reach)
    ax.set_ylim(middle[1] - reach, middle[1] + reach)
    ax.set_axis_off()


def _with_sets(look: Look, row: SiteRow, first: int) -> tuple[Look, list[tuple[int, int]]]:
    """Return the look with the sets coloured, and the number and ball of each place."""
    from matplotlib.colors import to_rgb

    colours: dict[int, str] = {}
    places: list[tuple[int, int]] = []
    balls: list[tuple[FloatArray, str]] = []
    for k, one in enumerate(row.sets):
        colour = PALETTE[(first + k - 1) % len(PALETTE)]
        for j, member in enumerate(one.members):
            own = one.coloured[j] if one.coloured else ()
            colours.update(dict.fromkeys(own, colour))
            visible = [a for a in own if look.radii[a] > 0]
            places.append((first + k, visible[0] if visible else len(look.radii) + len(balls)))
            if not visible:
                balls.append((_beside(look, member, row.inside), colour))
    changed = look.recoloured(colours, pale=_PALE)
    if balls:
        more = np.array([point for point, _ in balls])
        size = _INNER if row.inside else _MARKER
        changed = replace(
            changed,
            positions=np.vstack([changed.positions, more]),
            radii=np.concatenate([changed.radii, np.full(len(balls), size)]),
            colours=np.vstack([changed.colours, [to_rgb(colour) for _, colour in balls]]),
        )
    return changed, places


def _beside(look: Look, member: tuple[int, ...], inside: bool) -> FloatArray:
    """Return where the ball of a place between atoms stands."""
    middle: FloatArray = look.positions[list(member)].mean(axis=0)
    if inside or len(member) == 1:
        return middle
    out = middle - look.positions[look.radii > 0].mean(axis=0)
    return np.asarray(middle + _OUTWARD * out / max(float(np.linalg.norm(out)), 1e-9))


def _is_seen(points: FloatArray, radii: FloatArray, atom: int) -> bool:
    """Return whether no ball hides the middle of one."""
    nearer = (points[:, 2] > points[atom, 2] + 0.1) & (radii > 0)
    gaps = np.linalg.norm(points[nearer, :2] - points[atom, :2], axis=1)
    return bool((gaps > 0.95 * radii[nearer]).all())


def _list(
    figure: Figure,
    row: SiteRow,
    told: Sequence[str],
    first: int,
    place: tuple[float, float],
    size: tuple[float, float],
) -> None:
    """Write heading, numbers and names of a row; place (left, middle) and size in mm."""
    lines = sum(len(text.splitlines()) for text in told)
    left, up = place[0], place[1] + _LINE_MM * (lines + 1.5) / 2
    figure.text(left / size[0], up / size[1], row.title, fontsize=7.5, va="top", weight="bold")
    up -= 1.4 * _LINE_MM
    for k, text in enumerate(told):
        colour = PALETTE[(first + k - 1) % len(PALETTE)]
        figure.text((left + 2.5) / size[0], up / size[1], str(first + k), color=colour,
                    fontsize=7, va="top", ha="right", weight="bold")  # fmt: skip
        figure.text((left + 4.0) / size[0], up / size[1], text, fontsize=6.5, va="top",
                    linespacing=1.15)  # fmt: skip
        up -= _LINE_MM * len(text.splitlines())


def draw_choices(
    anatomy: Anatomy, choices: Sequence[Choice], *, total: int | None = None
) -> Figure:
    """Return one small picture for each way to change several places together.

    Rings mark what is behind other atoms. At most 16 are drawn; the heading says of how many.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster.
    choices : sequence of Choice
        Ways, in the order of their numbers.
    total : int, optional
        How many there are in all.

    Raises
    ------
    SearchError
        If there is none.
    """
    import matplotlib as mpl

    if not choices:
        raise SearchError("there are no models to draw")
    shown = list(choices[:_MOST_CHOICES])
    columns = min(_COLUMNS, len(shown))
    rows = -(-len(shown) // columns)
    names = list(dict.fromkeys(name for choice in shown for name, _ in choice.coloured))
    look = look_of(anatomy, ligands="none", by="element")
    turn = seen_from(look.axes, "turned")
    with mpl.rc_context(STYLE):
        figure = new_figure(max(columns, 2) * _CHOICE_MM, rows * (_CHOICE_MM + 4.0) + 12.0)
        number = len(choices) if total is None else total
        count = f"{len(shown)} of {number}" if number > len(shown) else str(number)
        figure.suptitle(f"${anatomy.formula.text('latex')}$: {count} unique", fontsize=9)
        axes = np.atleast_1d(figure.subplots(rows, columns, squeeze=False)).ravel()
        for k, ax in enumerate(axes):
            ax.set_axis_off()
            if k < len(shown):
                ax.set_title(f"{k + 1}: {shown[k].title}", fontsize=7)
                _draw_choice(ax, look, turn, shown[k], names)
        _name_colours(figure, names)
    return figure


def _draw_choice(ax: Axes, look: Look, turn: FloatArray, choice: Choice, names: list[str]) -> None:
    from matplotlib.patches import Circle

    colours = {
        atom: PALETTE[names.index(name) % len(PALETTE)]
        for name, atoms in choice.coloured
        for atom in atoms
    }
    points = paint(ax, look.recoloured(colours, pale=_PALE), turn)
    for atom, colour in colours.items():
        if look.radii[atom] > 0:
            x, y, _ = points[atom]
            ring = Circle((x, y), look.radii[atom], fill=False, ec=colour, lw=1.0, zorder=2)
            ax.add_patch(ring)
    _window(ax, look, turn)
    ax.set_aspect("equal")


def _name_colours(figure: Figure, names: Sequence[str]) -> None:
    from matplotlib.lines import Line2D

    handles = [
        Line2D([], [], marker="o", ls="", mec="none", ms=5, label=name,
               mfc=PALETTE[k % len(PALETTE)])
        for k, name in enumerate(names)
    ]  # fmt: skip
    figure.legend(handles=handles, loc="outside lower center", ncols=6, frameon=False)
