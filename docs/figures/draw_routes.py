"""Draw the figure of synthesis.md: `python docs/figures/draw_routes.py`."""

from __future__ import annotations

from pathlib import Path

from superatom.report.route_figure import write_routes
from superatom.synthesis.routes import plan

write_routes(Path(__file__).parent / "routes.svg", plan("Au24Zn(PET)18", limit=3))
