"""Figures of mass spectra for print: measured, fitted, each component, and the residual."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.report.formula_markup import ion_mathtext
from superatom.report.print_figure import COLOURS, ONE_COLUMN, STYLE, TWO_COLUMNS, new_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from superatom.spectra.mass.assignments import Assignment, Assignments, Component
    from superatom.spectra.mass.isotopes import Envelope
    from superatom.spectra.mass.spectrum import Spectrum

__all__ = [
    "by_window",
    "draw_assignment",
    "draw_assignments",
    "draw_pattern",
    "draw_spectrum",
    "thinned",
]

_MEASURED, _FITTED, _MUTED = "#9A9A9A", "#111111", "#5F5F5F"

_MOST_PANELS = 12
_MZ = r"$\mathit{m/z}$"

_Array = NDArray[np.float64]


def by_window(assignments: Sequence[Assignment]) -> list[list[Assignment]]:
    """Group assignments by their window; `assign` gives one for each species in it."""
    groups: dict[tuple[float, float], list[Assignment]] = {}
    for each in assignments:
        groups.setdefault((each.window.mz_lo, each.window.mz_hi), []).append(each)
    return list(groups.values())


def draw_assignment(
    assignment: Assignment,
    companions: Sequence[Assignment] = (),
    *,
    width_mm: float = ONE_COLUMN,
) -> Figure:
    """Draw one window: measured and fitted curve, every component, and the residual below.

    Parameters
    ----------
    assignment : Assignment
        What `assign` found in the window.
    companions : sequence of Assignment
        Those of the other species of the window, for what each cannot be told from.
    width_mm : float
        Width of the figure; 85 mm is one column of a journal.
    """
    import matplotlib as mpl

    n_lines = max(1, len(assignment.components))
    with mpl.rc_context(STYLE):
        figure = new_figure(width_mm, 58 + 4.2 * n_lines)
        upper, lower = figure.subplots(2, 1, sharex=True, height_ratios=(3.6, 1))
        _draw_window(upper, lower, [assignment, *companions])
    return figure


def draw_assignments(
    assignments: Assignments, spectrum: Spectrum | None = None, *, most: int = _MOST_PANELS
) -> Figure:
    """Draw a spectrum with its assignments, and below it the tallest windows one by one.

    Parameters
    ----------
    assignments : Assignments
        What `assign` found.
    spectrum : Spectrum, optional
        The whole spectrum, drawn on top over two columns.
    most : int
        At most this many windows are drawn; all are labelled in the overview.
    """
    import matplotlib as mpl

    shown = _tallest(assignments.assignments, most)
    if len(shown) == 1 and spectrum is None:
        return draw_assignment(shown[0][0], shown[0][1:])
    with mpl.rc_context(STYLE):
        n_rows = -(-len(shown) // 3) if shown else 0
        top = 62.0 if spectrum is not None else 0.0
        # Places are given, not found: laying out forty axes takes longer than drawing them.
        figure = new_figure(TWO_COLUMNS, top + 64.0 * n_rows or 20.0, laid_out=False)
        if spectrum is not None:
            overview = _place(figure, (12.0, 2.0, TWO_COLUMNS - 14.0, top - 12.0))
            _draw_overview(overview, spectrum, assignments.assignments)
        for number, group in enumerate(shown):
            left, above = 58.0 * (number % 3) + 12.0, top + 64.0 * (number // 3)
            upper = _place(figure, (left, above + 12.0, 44.0, 30.0))
            lower = _place(figure, (left, above + 45.0, 44.0, 9.0), upper)
            _draw_window(upper, lower, group, small=True)
    return figure


def _place(
    figure: Figure, box_mm: tuple[float, float, float, float], above: Axes | None = None
) -> Axes:
    """Return axes at left, top, width and height in mm; they share m/z with those above."""
    width, height = (25.4 * inches for inches in figure.get_size_inches())
    left, top, w, h = box_mm
    return figure.add_axes(
        (left / width, 1 - (top + h) / height, w / width, h / height), sharex=above
    )


def draw_spectrum(
    spectrum: Spectrum,
    labels: Sequence[tuple[float, float, str]] = (),
    *,
    width_mm: float = TWO_COLUMNS,
) -> Figure:
    """Draw a whole spectrum with labels.

    Parameters
    ----------
    spectrum : Spectrum
        What to draw.
    labels : sequence of (m/z, height, text)
        Text may be mathtext; labels that would overlap a taller peak's label are left out.
    width_mm : float
        Width of the figure.
    """
    import matplotlib as mpl

    with mpl.rc_context(STYLE):
        figure = new_figure(width_mm, 62)
        axes = figure.subplots()
        _draw_whole(axes, spectrum)
        _label(axes, labels)
    return figure


def draw_pattern(
    envelope: Envelope, charge: int, formula: str, simulated: Spectrum | None = None
) -> Figure:
    """Draw the isotope pattern of an ion: sticks, and a simulated profile behind them.

    Parameters
    ----------
    envelope : Envelope
        Of the ion's atoms.
    charge : int
        Charge of the ion, not 0.
    formula : str
        The ion, for the title.
    simulated : Spectrum, optional
        Profile at some resolving power.
    """
    import matplotlib as mpl

    mz, height = envelope.mz(charge), 100 * envelope.relative
    seen = height >= 0.3
    with mpl.rc_context(STYLE):
        figure = new_figure(ONE_COLUMN, 58)
        axes = figure.subplots()
        if simulated is not None:
            axes.fill_between(simulated.mz, simulated.intensity, color=COLOURS[5], alpha=0.45, lw=0)
        axes.vlines(mz[seen], 0, height[seen], color=COLOURS[0], lw=1.0)
        axes.set_title(ion_mathtext(formula), loc="left")
        margin = 0.08 * float(np.ptp(mz[seen])) + 0.5 / abs(charge)
        axes.set_xlim(mz[seen][0] - margin, mz[seen][-1] + margin)
        axes.set_ylim(0, 108)
        axes.locator_params(axis="x", nbins=6)
        axes.set_xlabel(_MZ)
        axes.set_ylabel("relative intensity / %")
    return figure


def _tallest(assignments: Sequence[Assignment], most: int) -> list[list[Assignment]]:
    """Return the assignments of the tallest windows that have any, in the order of m/z."""
    found = [each for each in assignments if each.candidates and each.trace.measured.size]
    groups = by_window(found)
    tallest = sorted(groups, key=lambda group: -float(group[0].trace.measured.max()))[:most]
    return sorted(tallest, key=lambda group: group[0].window.mz_lo)


def _draw_window(
    upper: Axes, lower: Axes, group: Sequence[Assignment], *, small: bool = False
) -> None:
    upper.tick_params(labelbottom=False)
    trace = group[0].trace
    scale = 100 / max(float(trace.measured.max(initial=0.0)), 1e-300)
    if _is_sparse(group[0]):
        upper.vlines(trace.mz, 0, scale * trace.measured, color=_MEASURED, lw=1.6)
        upper.plot(trace.mz, scale * trace.fitted, "_", color=_FITTED, ms=5, mew=0.9)
    else:
        upper.fill_between(trace.mz, scale * trace.measured, color=_MEASURED, alpha=0.45, lw=0)
        upper.plot(trace.mz, scale * trace.measured, color=_MEASURED, lw=0.5)
        upper.plot(trace.mz, scale * trace.fitted, color=_FITTED, lw=0.7, ls=(0, (3, 1.2)))
    lines = _draw_components(upper, group, scale, small=small)
    lower.axhline(0, color=_MUTED, lw=0.4)
    lower.plot(trace.mz, scale * trace.residual, color=COLOURS[1], lw=0.6)
    reach = max(5.0, 1.15 * float(np.abs(scale * trace.residual).max(initial=0.0)))
    lower.set_ylim(-reach, reach)
    upper.set_ylim(0, max(106.0, 104 * float((scale * trace.fitted).max(initial=0.0)) / 100))
    upper.set_xlim(trace.mz[0], trace.mz[-1])
    upper.set_ylabel("intensity / %")
    lower.set_ylabel("resid.")
    lower.set_xlabel(_MZ)
    lower.locator_params(axis="x", nbins=4 if small else 6)
    size = 6.0 if small else 7.0
    upper.set_title("\n".join(" " * len(lines)), fontsize=1.15 * size)  # room for the legend
    legend = upper.legend(
        handles=lines,
        loc="lower left",
        bbox_to_anchor=(-0.02, 1.0),
        frameon=False,
        handlelength=1.2,
        handletextpad=0.5,
        borderaxespad=0.1,
        labelspacing=0.25,
        fontsize=size,
    )
    legend.set_in_layout(False)  # a long formula must not make the axes narrower


def _is_sparse(assignment: Assignment) -> bool:
    """Whether the points are centroids: further apart than a peak is wide."""
    mz = assignment.trace.mz
    width = assignment.best.fwhm if assignment.best is not None else 0.1
    return mz.size < 2 or float(np.median(np.diff(mz))) > width


def _draw_components(
    axes: Axes, group: Sequence[Assignment], scale: float, *, small: bool
) -> list[Any]:
    trace = group[0].trace
    lines = []
    for number, component in enumerate(group[0].components):
        colour = COLOURS[number % len(COLOURS)]
        curve = scale * (trace.components[number] + trace.baseline)
        style = {"marker": "o", "ms": 2.0, "ls": ""} if _is_sparse(group[0]) else {"lw": 0.9}
        lines += axes.plot(trace.mz, curve, color=colour, label="", **style)
        lines[-1].set_label(_component_label(group, component, number, small=small))
    return lines


def _component_label(
    group: Sequence[Assignment], component: Component, number: int, *, small: bool
) -> str:
    text = ion_mathtext(component.formula)
    if len(group[0].components) > 1:
        text += f"  {100 * component.fraction:.0f}"
        if np.isfinite(component.fraction_error):
            text += f" ± {max(1.0, 100 * component.fraction_error):.0f}"
        text += " %"
    others = sum(len(each.equivalent) - 1 for each in group if each.component == number)
    if others > 0:
        text += f"  (+{others})" if small else f"  (or {others} equivalent)"
    return text


def _draw_overview(axes: Axes, spectrum: Spectrum, assignments: Sequence[Assignment]) -> None:
    _draw_whole(axes, spectrum)
    labels = []
    reach = float(spectrum.mz[-1] - spectrum.mz[0])
    for window in (group[0].window for group in by_window(assignments)):
        if window.mz_hi - window.mz_lo < 0.2 * reach:
            axes.axvspan(window.mz_lo, window.mz_hi, color=COLOURS[5], alpha=0.2, lw=0)
    for each in assignments:
        # A formula that fits poorly is no assignment: its window is shaded, not named.
        if each.best is not None and each.believable and each.trace.components.size:
            top = int(each.trace.components[each.component].argmax())
            place = float(each.trace.mz[top]), float(each.trace.measured[top])
            labels.append((*place, ion_mathtext(each.best.formula)))
    _label(axes, labels)


def _draw_whole(axes: Axes, spectrum: Spectrum) -> None:
    if spectrum.profile:
        mz, intensity = thinned(spectrum.mz, spectrum.intensity)
        axes.plot(mz, intensity, color=_FITTED, lw=0.4)
    else:
        axes.vlines(spectrum.mz, 0, spectrum.intensity, color=_FITTED, lw=0.5)
    margin = 0.012 * float(spectrum.mz[-1] - spectrum.mz[0])  # room for labels at the ends
    axes.set_xlim(spectrum.mz[0] - margin, spectrum.mz[-1] + margin)
    axes.set_ylim(min(0.0, float(spectrum.intensity.min())), None)
    axes.margins(y=0)
    axes.set_xlabel(_MZ)
    axes.set_ylabel("intensity")


def _label(axes: Axes, labels: Sequence[tuple[float, float, str]]) -> None:
    """Write labels upright above their peaks; taller peaks first, none over another."""
    low, high = axes.get_xlim()
    taken: list[float] = []
    top = axes.get_ylim()[1]
    axes.set_ylim(top=1.75 * top)
    axes.set_yticks([tick for tick in axes.get_yticks() if 0 <= tick <= top])
    for mz, height, text in sorted(labels, key=lambda each: -each[1]):
        if all(abs(mz - other) > 0.016 * (high - low) for other in taken):
            taken.append(mz)
            axes.annotate(
                text, (mz, height), xytext=(0, 2), textcoords="offset points",
                rotation=90, ha="center", va="bottom", fontsize=5.5, color=COLOURS[0],
            )  # fmt: skip


def thinned(mz: _Array, intensity: _Array, n_columns: int = 4000) -> tuple[_Array, _Array]:
    """Return lowest and highest point of each of many columns: the same line with fewer points.

    Parameters
    ----------
    mz, intensity : ndarray, shape (n,)
        Curve.
    n_columns : int
        Curves of at most twice as many points are returned as they are.
    """
    if mz.size <= 2 * n_columns:
        return mz, intensity
    edges = np.linspace(0, mz.size, n_columns + 1).astype(np.intp)[:-1]
    column = np.repeat(np.arange(n_columns), np.diff(np.append(edges, mz.size)))
    order = np.lexsort((intensity, column))
    last = np.append(edges[1:], mz.size) - 1
    kept = np.unique(np.concatenate([order[edges], order[last]]))
    return mz[kept], intensity[kept]
