"""Draw the unique sites of Au25(SCH3)18- for the page on changing models."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from superatom.model.adsorption.adsorption_sites import adsorption_sites
from superatom.model.assemble import build_model
from superatom.report.print_figure import save_figure
from superatom.report.site_picture import draw_sites
from superatom.report.site_rows import adsorption_rows, loss_row
from superatom.structure.anatomy import dissect

anatomy = dissect(build_model("[Au25(SCH3)18]-"), -1)
sites = adsorption_sites(anatomy, ("top", "bridge", "hollow"))
rows = [loss_row(anatomy, "SR"), loss_row(anatomy, "R"), *adsorption_rows(sites)]
target = save_figure(draw_sites(anatomy, rows), Path(__file__).with_name("au25-sites.png"), dpi=130)
Image.open(target).convert("RGB").quantize(128).save(target, optimize=True)
