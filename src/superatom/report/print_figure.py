"""Figures for print: one style, sizes in mm, written whole as PNG, SVG or PDF."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from superatom.errors import DataFileError
from superatom.report.writing import write_whole

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "COLOURS",
    "ONE_COLUMN",
    "STYLE",
    "TWO_COLUMNS",
    "figure_svg",
    "new_figure",
    "save_figure",
]

#: Colours of Okabe and Ito, which colour-blind readers can tell apart.
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#7A5195")
#: Widths of one and two columns of a journal in mm.
ONE_COLUMN, TWO_COLUMNS = 85.0, 174.0
_DPI, _DPI_WIDE = 600, 400

#: Settings of matplotlib for figures in print.
STYLE: Any = {
    "font.size": 7.0,
    "axes.labelsize": 7.5,
    "axes.titlesize": 7.0,
    "xtick.labelsize": 6.5,
    "ytick.labelsize": 6.5,
    "legend.fontsize": 7.0,
    "axes.linewidth": 0.6,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.major.size": 2.5,
    "ytick.major.size": 2.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
    "mathtext.default": "regular",
    "svg.fonttype": "none",
    "svg.hashsalt": "superatom",
}


def new_figure(width_mm: float, height_mm: float, *, laid_out: bool = True) -> Figure:
    """Return an empty figure of the given size in mm; draw on it inside `STYLE`."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(
        figsize=(width_mm / 25.4, height_mm / 25.4), layout="constrained" if laid_out else None
    )
    FigureCanvasAgg(figure)
    return figure


def figure_svg(figure: Figure) -> str:
    """Return a figure as SVG text; the same figure gives the same text."""
    import matplotlib as mpl

    buffer = io.StringIO()
    with mpl.rc_context(STYLE):
        figure.savefig(buffer, format="svg", metadata={"Date": None})
    return buffer.getvalue()


def save_figure(figure: Figure, path: str | Path, *, dpi: int | None = None) -> Path:
    """Write a figure as PNG, SVG or PDF, by the ending of the name.

    PNG has 600 dots per inch, 400 over two columns, or `dpi`.

    Raises
    ------
    DataFileError
        If the ending is none of these, or the file cannot be written.
    """
    import matplotlib as mpl

    target = Path(path)
    kind = target.suffix.lower().lstrip(".")
    if kind not in ("png", "svg", "pdf"):
        raise DataFileError(
            str(path), f"a figure cannot be written as '{target.suffix}'",
            hint="name it .png, .svg or .pdf (or .html for an interactive page)",
        )  # fmt: skip
    metadata: dict[str, Any] = (
        {} if kind == "png" else {"Date" if kind == "svg" else "CreationDate": None}
    )
    buffer = io.BytesIO()
    with mpl.rc_context(STYLE):
        wide = figure.get_size_inches()[0] * 25.4 > TWO_COLUMNS - 1
        dots = dpi or (_DPI_WIDE if wide else _DPI)
        figure.savefig(buffer, format=kind, metadata=metadata, dpi=dots)
    return write_whole(target, buffer.getvalue())
