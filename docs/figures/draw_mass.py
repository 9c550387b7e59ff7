"""Draw the figure of mass-tutorial.md: `python docs/figures/draw_mass.py`."""

from __future__ import annotations

from pathlib import Path

from superatom.report.mass_figure import draw_assignments
from superatom.report.print_figure import save_figure
from superatom.spectra.mass.assign import assign
from superatom.spectra.mass.simulate import simulate
from superatom.spectra.mass.space import SearchSpace

spectrum = simulate(
    {"[Au25(PET)18]-": 0.6, "[PtAu24(PET)18]-": 0.4},
    resolving_power=30_000,
    noise=0.01,
    shift_ppm=12,
    seed=1,
)
space = SearchSpace.parse("Au:20-26 Pt:0-3", "PET:15-20", charge="-1")
found = assign(spectrum, space, decoys=False)
save_figure(draw_assignments(found), Path(__file__).parent / "mass-window.svg")
