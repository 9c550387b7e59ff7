"""Figures for HTML pages: matplotlib drawings as inline SVG that follow the page's colours.

Colours are written as CSS variables with a fallback, so that one figure serves light and
dark pages and print. Series colours are those of Okabe and Ito, which colour-blind readers
can tell apart.
"""

from __future__ import annotations

import hashlib
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["ACCENT", "COLUMN_MM", "INK", "MUTED", "SERIES", "canvas", "svg"]

#: Width of one journal column in mm; figures are drawn to be readable at it.
COLUMN_MM = 85.0

#: Stand-ins for colours of the page; `svg` replaces them by CSS.
INK = "#010101"
MUTED = "#020202"
ACCENT = "#030303"
SERIES = ("#040401", "#040402", "#040403", "#040404")

_CSS = {
    INK: "currentColor",
    MUTED: "var(--muted, #6b6b6b)",
    ACCENT: "var(--accent, #9a6700)",
    SERIES[0]: "var(--series-1, #0072b2)",
    SERIES[1]: "var(--series-2, #d55e00)",
    SERIES[2]: "var(--series-3, #009e73)",
    SERIES[3]: "var(--series-4, #cc79a7)",
}
_STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.size": 8.0,
    "font.family": "sans-serif",
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.formatter.useoffset": False,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "xtick.direction": "out",
    "savefig.transparent": True,
}


@contextmanager
def canvas(height_mm: float, width_mm: float = COLUMN_MM) -> Iterator[tuple[Figure, Axes]]:
    """Give a figure of the house style with one pair of axes; sizes in mm."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(_STYLE):
        figure = Figure(figsize=(width_mm / 25.4, height_mm / 25.4), layout="constrained")
        FigureCanvasSVG(figure)
        yield figure, figure.add_subplot()


def svg(figure: Figure, label: str) -> str:
    """Return a figure as an inline SVG element, safe to place in HTML.

    Parameters
    ----------
    figure : Figure
        Drawn on a `canvas`, inside its context.
    label : str
        What the figure shows, for readers who cannot see it.
    """
    import matplotlib as mpl
    from markupsafe import Markup, escape

    salt = hashlib.sha256(label.encode()).hexdigest()[:8]
    buffer = io.StringIO()
    with mpl.rc_context({"svg.hashsalt": salt}):
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r'(<svg[^>]*?) height="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(<svg[^>]*?) width="[^"]*"', r"\1", text, count=1)
    text = re.sub(r'(id="|url\(#|href="#)', rf"\g<1>f{salt}-", text)
    for stand_in, css in _CSS.items():
        text = text.replace(stand_in, css)
    return Markup(text.replace("<svg", f'<svg role="img" aria-label="{escape(label)}"', 1))
