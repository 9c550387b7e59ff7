"""Figure of a series: heat map of species against time, and their traces."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from superatom.report.formula_markup import ion_html, ion_mathtext
from superatom.report.mass_page import page_asset
from superatom.report.print_figure import COLOURS, STYLE, figure_svg, new_figure, save_figure
from superatom.report.templating import render
from superatom.report.writing import write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from superatom.spectra.mass.series import Series

__all__ = ["draw_series", "write_series"]

_MARKERS = "osD^vP*X"
_MOST_TRACES = 8
_UNITS = ((2 * 86400.0, 86400.0, "d"), (2 * 3600.0, 3600.0, "h"), (120.0, 60.0, "min"))


def draw_series(series: Series, *, width_mm: float = 85.0) -> Figure:
    """Draw a series over one column: heat map above, traces of the main species below.

    Parameters
    ----------
    series : Series
        What `follow` found.
    width_mm : float
        Width of the figure.
    """
    import matplotlib as mpl

    n_species = max(1, len(series.species))
    with mpl.rc_context(STYLE):
        figure = new_figure(width_mm, 18 + 4.6 * n_species + 58)
        upper, lower = figure.subplots(2, 1, height_ratios=(10 + 4.6 * n_species, 52))
        unit, name = _unit(series)
        times = series.times_s / unit
        _draw_map(figure, upper, series, times)
        _draw_traces(lower, series, times)
        label = f"time / {name}" if name else "spectrum"
        lower.set_xlabel(label)
        upper.set_xlabel(label)
    return figure


def write_series(path: str | Path, series: Series) -> Path:
    """Write the figure as PNG, SVG or PDF, or in a page (.html) with the table of shares.

    Raises
    ------
    DataFileError
        If the ending is none of these, or the file cannot be written.
    """
    if Path(path).suffix.lower() not in (".html", ".htm"):
        return save_figure(draw_series(series), path)
    from markupsafe import Markup

    drawing = figure_svg(draw_series(series, width_mm=150))
    page = render(
        "series_page.html.j2",
        figure=Markup(drawing[drawing.index("<svg") :]),
        series=series,
        formulas=[ion_html(each.formula) for each in series.species],
        style=Markup(page_asset("mass_page.css")),
    )
    return write_whole(path, page)


def _unit(series: Series) -> tuple[float, str]:
    """Return the size and name of the unit that suits the times."""
    if not series.has_times:
        return 1.0, ""
    longest = float(series.times_s.max(initial=0.0))
    return next(((size, name) for least, size, name in _UNITS if longest >= least), (1.0, "s"))


def _draw_map(figure: Figure, axes: Axes, series: Series, times: np.ndarray) -> None:
    middles = (times[1:] + times[:-1]) / 2
    first, last = 2 * times[0] - middles[0], 2 * times[-1] - middles[-1]
    edges = np.concatenate(([first], middles, [last]))
    rows = np.arange(len(series.species) + 1) - 0.5
    mesh = axes.pcolormesh(
        edges, rows, 100 * series.fraction.T, cmap="cividis", vmin=0, rasterized=True
    )
    axes.set_yticks(
        range(len(series.species)), [ion_mathtext(each.formula) for each in series.species]
    )
    axes.tick_params(axis="y", length=0)
    bar = figure.colorbar(mesh, ax=axes, pad=0.02, aspect=12)
    bar.set_label("share / %")
    bar.outline.set_linewidth(0.5)


def _draw_traces(axes: Axes, series: Series, times: np.ndarray) -> None:
    fraction = 100 * series.fraction
    error = 100 * series.area_error / np.maximum(series.area.sum(axis=1, keepdims=True), 1e-300)
    main = np.argsort(-fraction.max(axis=0))[:_MOST_TRACES]
    for place, k in enumerate(sorted(main.tolist())):
        axes.errorbar(
            times, fraction[:, k], yerr=np.nan_to_num(error[:, k]), lw=0.9, elinewidth=0.5,
            color=COLOURS[place % len(COLOURS)], marker=_MARKERS[place % len(_MARKERS)], ms=2.4,
            label=ion_mathtext(series.species[k].formula),
        )  # fmt: skip
    axes.set_ylim(-2, None)
    axes.set_ylabel("share / %")
    axes.legend(
        frameon=False, fontsize=6, loc="lower left", bbox_to_anchor=(0, 1.0), ncols=2,
        handlelength=1.4, columnspacing=0.8, borderaxespad=0.1, labelspacing=0.2,
    )  # fmt: skip
