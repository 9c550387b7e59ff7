"""Draw the figures of structure-dissect.md: `python docs/figures/draw.py`.

Everything drawn is made here or in docs/examples; nothing is taken from a publication.
"""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Arc, Circle

from superatom.report.anatomy_figure import COLOURS, write_anatomy_figure
from superatom.structure.anatomy import dissect
from superatom.structure.read import read_structure

HERE = Path(__file__).parent
KERNEL, SURFACE, MOTIF, DONOR = (
    COLOURS[name] for name in ("kernel interior", "kernel surface", "motif", "donor")
)
INK = "#333333"
mpl.rcParams.update({"font.size": 8, "svg.hashsalt": "superatom", "font.family": "sans-serif"})


def ball(
    ax: Axes, place: tuple[float, float], colour: str, radius: float = 0.3, text: str = ""
) -> None:
    ax.add_patch(Circle(place, radius, fc=colour, ec=INK, lw=0.6, zorder=3))
    if text:
        dark = colour in (KERNEL,)
        ax.text(
            *place,
            text,
            ha="center",
            va="center",
            fontsize=6,
            zorder=4,
            color="white" if dark else "black",
        )


def stick(
    ax: Axes, first: tuple[float, float], second: tuple[float, float], style: str = "-"
) -> None:
    ax.plot(*zip(first, second, strict=True), style, color="#888888", lw=1.2, zorder=1)


def frame(ax: Axes, title: str, x: tuple[float, float], y: tuple[float, float]) -> None:
    ax.set(xlim=x, ylim=y, aspect="equal")
    ax.set_axis_off()
    ax.set_title(title, fontsize=8)


def save(figure: Figure, name: str) -> None:
    figure.savefig(HERE / name, metadata={"Date": None}, transparent=False)


def around(angle: float, radius: float = 1.0) -> tuple[float, float]:
    t = np.radians(angle)
    return (float(radius * np.cos(t)), float(radius * np.sin(t)))


def centred(
    ax: Axes, colour: str, donors: list[float], metals: list[float], text: str = "M"
) -> None:
    for angle in metals:
        stick(ax, (0, 0), around(angle, 1.25))
        ball(ax, around(angle, 1.25), SURFACE)
    for angle in donors:
        stick(ax, (0, 0), around(angle))
        ball(ax, around(angle), DONOR, 0.2, "S")
    ball(ax, (0, 0), colour, text=text)


def partition_rules() -> None:
    """Which metal belongs to a motif, by its donors."""
    figure = Figure(figsize=(6.7, 1.9), layout="constrained")
    axes = figure.subplots(1, 4)
    cases = [
        ("two donors in line\n(150° or more): motif", MOTIF, [4, 176], [-70, -110]),
        ("two donors at 96-120°:\nkernel", SURFACE, [38, 142], [-40, -75, -105, -140]),
        ("three donors around it:\nmotif", MOTIF, [90, 210, 330], []),
        (
            "three donors on one side,\nmetals on the other: kernel",
            SURFACE,
            [40, 90, 140],
            [-30, -70, -110, -150],
        ),
    ]
    for ax, (title, colour, donors, metals) in zip(axes, cases, strict=True):
        centred(ax, colour, donors, metals)
        if len(donors) == 2:
            ax.add_patch(Arc((0, 0), 1.1, 1.1, theta1=donors[0], theta2=donors[1], ec=INK, lw=0.6))
        frame(ax, title, (-1.7, 1.7), (-1.7, 1.4))
    save(figure, "partition-rules.svg")


def fcc_rule() -> None:
    """The same near-linear metal on a site of the kernel's lattice and off it."""
    figure = Figure(figsize=(6.7, 2.3), layout="constrained")
    axes = figure.subplots(1, 3)
    sites = [(i + 0.5 * (j % 2), 0.866 * j) for j in range(3) for i in range(4 - j % 2)]
    on, off = (1.5, 0.866 * 3), (2.55, 0.866 * 2 + 1.32)
    for ax, title, colour, spot in (
        (axes[0], "geometric: linear, so motif", MOTIF, on),
        (axes[1], "literature: on a lattice site,\nso kernel and two bridging SR", SURFACE, on),
        (axes[2], "off the lattice:\nmotif in both", MOTIF, off),
    ):
        for place in sites:
            ball(ax, place, SURFACE, 0.33)
        ax.add_patch(Circle(on, 0.33, fc="none", ec=INK, lw=0.6, ls=":", zorder=2))
        for side in (-1, 1):
            donor = (spot[0] + 0.86 * side, spot[1] + 0.1)
            stick(ax, spot, donor)
            held = 0 if side < 0 else 3
            stick(ax, donor, (2 if spot is off and side < 0 else held, 0.866 * 2))
            ball(ax, donor, DONOR, 0.2, "S")
        ball(ax, spot, colour, 0.33)
        frame(ax, title, (-0.6, 4.2), (-0.6, 3.6))
    save(figure, "fcc-rule.svg")


def modes() -> None:
    """Coordination modes of S, H and the alkynyl group."""
    figure = Figure(figsize=(6.7, 3.3), layout="constrained")
    axes = figure.subplots(2, 4).ravel()
    for ax, n in zip(axes, (1, 2, 3), strict=False):
        for angle in {1: [270], 2: [235, 305], 3: [215, 270, 325]}[n]:
            stick(ax, (0, 0), around(angle, 1.1))
            ball(ax, around(angle, 1.1), SURFACE, text="M")
        stick(ax, (0, 0), (0, 0.8))
        ax.text(0, 0.9, "R", ha="center", fontsize=7)
        ball(ax, (0, 0), DONOR, 0.25, "S")
        frame(ax, f"mu{n}", (-1.5, 1.5), (-1.6, 1.2))
    for angle in (45, 135, 225, 315):
        stick(axes[3], (0, 0), around(angle, 1.0))
        ball(axes[3], around(angle, 1.0), SURFACE, text="M")
    ball(axes[3], (0, 0), "#ffffff", 0.2, "H")
    frame(axes[3], "mu4 hydride", (-1.5, 1.5), (-1.6, 1.2))
    alkynyl = [
        ("eta1", [(-0.9, -0.9)], []),
        ("mu2-eta1,eta2", [(-1.1, 0.0)], [(0.45, -1.0)]),
        ("mu3-eta1,eta1,eta2", [(-1.0, 0.7), (-1.0, -0.7)], [(0.45, -1.0)]),
        ("mu3-eta1,eta2,eta2", [(-1.1, 0.0)], [(0.45, -1.0), (0.45, 1.0)]),
    ]
    for ax, (title, sigma, pi) in zip(axes[4:], alkynyl, strict=True):
        for shift in (-0.07, 0.0, 0.07):
            stick(ax, (0, shift), (0.9, shift))
        stick(ax, (0.9, 0), (1.5, 0))
        ax.text(1.6, 0, "R", va="center", fontsize=7)
        for place in sigma:
            stick(ax, (0, 0), place)
            ball(ax, place, SURFACE, text="M")
        for place in pi:
            for end in ((0.0, 0.0), (0.9, 0.0)):
                stick(ax, end, place, ":")
            ball(ax, place, SURFACE, text="M")
        for end in (0.0, 0.9):
            ball(ax, (end, 0), "#bbbbbb", 0.2, "C")
        frame(ax, title, (-1.5, 1.9), (-1.5, 1.5))
    save(figure, "modes.svg")


def gap_test() -> None:
    """Sorted distances, the cut of the table and where the gap moves it."""
    figure = Figure(figsize=(6.7, 1.7), layout="constrained")
    axes = figure.subplots(1, 2)
    clear = [2.40, 2.41, 2.44, 2.46, 2.49, 2.52, 2.80, 2.83, 2.86, 2.93]
    crowded = [2.41, 2.47, 2.55, 2.61, 2.66, 2.72, 2.78, 2.84, 2.90, 2.97]
    for ax, title, lengths, cut in (
        (axes[0], "a clear gap: the cut goes into it", clear, 2.725),
        (axes[1], "no gap: contacts near the cut are listed", crowded, 2.75),
    ):
        for length in lengths:
            doubtful = lengths is crowded and abs(length - 2.75) < 0.1
            colour = MOTIF if doubtful else KERNEL if length < cut else "#cccccc"
            ax.plot([length, length], [0, 1], color=colour, lw=3)
        ax.axvline(cut, color=INK, lw=1, ls="--")
        ax.axvline(2.75, color=INK, lw=0.6, ls=":")
        ax.set(xlim=(2.35, 3.02), ylim=(0, 1.1), yticks=[], xlabel="Ag-S distance / Å")
        ax.set_title(title, fontsize=8)
        ax.spines[["top", "left", "right"]].set_visible(False)
    save(figure, "gap-test.svg")


def example() -> None:
    """The exploded view of the example crystal."""
    crystal = read_structure(HERE.parent / "examples" / "au25.cif")
    write_anatomy_figure(HERE / "au25-shells.png", dissect(crystal.atoms, crystal.charge), dpi=110)


if __name__ == "__main__":
    partition_rules()
    fcc_rule()
    modes()
    gap_test()
    example()
