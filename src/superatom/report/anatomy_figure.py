"""A dissected cluster drawn shell by shell: the exploded view of its metals and anchors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.report.print_figure import save_figure
from superatom.structure.anatomy import Anatomy
from superatom.structure.bonds import BondKind
from superatom.structure.shells import find_shells

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["COLOURS", "Panel", "anatomy_panels", "draw_anatomy", "write_anatomy_figure"]

FloatArray = NDArray[np.float64]

#: Colours by place, from Okabe and Ito's palette for colour-blind readers.
COLOURS = {
    "kernel interior": "#0072b2",
    "kernel surface": "#56b4e9",
    "motif": "#e69f00",
    "donor": "#f0e442",
    "heteroatom": "#d55e00",
    "faint": "#d9d9d9",
}
_METAL_RADIUS, _DONOR_RADIUS = 0.95, 0.55  # Å, as drawn
_BEHIND = 0.2  # Å that a bond is drawn behind its middle
_BOND_COLOUR = "#8a8a8a"
_PANEL_MM, _MOST_COLUMNS = 42.0, 4
_MOST_PANELS = 8
_TURN = np.radians([18.0, -24.0])  # about the horizontal and the vertical axis of the page


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture of the exploded view.

    Attributes
    ----------
    title : str
        What is shown: 'Au12', '6 Au2(SR)3'.
    subtitle : str
        Its shape or place.
    atoms : tuple[int, ...]
        Atoms drawn in colour.
    background : tuple[int, ...]
        Atoms drawn faintly behind them.
    """

    title: str
    subtitle: str
    atoms: tuple[int, ...]
    background: tuple[int, ...] = ()


def anatomy_panels(anatomy: Anatomy, convention: str = "geometric") -> tuple[Panel, ...]:
    """Return the pictures: each shell of the kernel, each kind of motif, the whole.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster.
    convention : str
        'geometric' or 'literature'.
    """
    partition = anatomy.partition(convention)
    panels: list[Panel] = []
    if partition.kernel:
        panels += _shell_panels(anatomy, partition.kernel)
    names = sorted({motif.name for motif in partition.motifs})
    for name in names:
        members = [motif for motif in partition.motifs if motif.name == name]
        atoms = {k for motif in members for k in (*motif.metals, *motif.donors)}
        held = {k for motif in members for k in motif.kernel_contacts} - atoms
        panels.append(Panel(f"{len(members)} {name}", "", tuple(sorted(atoms)), tuple(held)))
    donors = sorted({int(a) for a in anatomy.donors.atoms})
    whole = Panel("all metals and donors", "", (*anatomy.metals, *donors))
    return (*panels[: _MOST_PANELS - 1], whole)


def _shell_panels(anatomy: Anatomy, kernel: tuple[int, ...]) -> list[Panel]:
    symbols = [anatomy.atoms.symbols[k] for k in kernel]
    shells = find_shells(anatomy.atoms.positions[list(kernel)], symbols).shells
    panels = []
    inner: tuple[int, ...] = ()
    for shell in shells:
        atoms = tuple(kernel[k] for k in shell.atoms)
        panels.append(Panel(shell.formula, shell.shape or "", atoms, inner))
        inner = atoms
    return panels


def draw_anatomy(
    anatomy: Anatomy,
    convention: str = "geometric",
    *,
    panels: Sequence[Panel] | None = None,
    ink: tuple[str, str] = ("#000000", "#555555"),
) -> Figure:
    """Return the exploded view as a matplotlib figure, up to 170 mm wide.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster.
    convention : str
        'geometric' or 'literature'.
    panels : sequence of Panel, optional
        Pictures to draw; those of `anatomy_panels` by default.
    ink : tuple[str, str]
        Colours of titles and of what is said below them.
    """
    from matplotlib.figure import Figure

    shown = list(panels if panels is not None else anatomy_panels(anatomy, convention))
    rows = -(-len(shown) // _MOST_COLUMNS)
    columns = -(-len(shown) // rows)
    size = (columns * _PANEL_MM / 25.4, (rows * (_PANEL_MM + 7.0) + 7.0) / 25.4)
    figure = Figure(figsize=size, layout="constrained")
    axes = np.atleast_1d(figure.subplots(rows, columns, squeeze=False)).ravel()
    scene = _Scene(anatomy, convention, ink)
    for ax, panel in zip(axes, shown, strict=False):
        scene.draw(ax, panel)
    for ax in axes[len(shown) :]:
        ax.set_axis_off()
    figure.legend(
        handles=scene.legend(),
        loc="outside lower center",
        ncols=6,
        fontsize=6.5,
        labelcolor=ink[0],
        frameon=False,
        handletextpad=0.2,
        columnspacing=1.2,
    )
    return figure


def write_anatomy_figure(
    path: str | Path, anatomy: Anatomy, convention: str = "geometric", *, dpi: int | None = None
) -> Path:
    """Write the exploded view as PNG, SVG or PDF (by the file's suffix).

    Raises
    ------
    DataFileError
        If the file cannot be written, or its suffix names another format.
    """
    return save_figure(draw_anatomy(anatomy, convention), path, dpi=dpi)


class _Scene:
    """The cluster turned into the page: what is drawn where, and in which colour."""

    def __init__(self, anatomy: Anatomy, convention: str, ink: tuple[str, str]) -> None:
        self.ink = ink
        partition = anatomy.partition(convention)
        self.role = dict.fromkeys(partition.interior, "kernel interior")
        self.role |= dict.fromkeys(partition.surface, "kernel surface")
        self.role |= dict.fromkeys(partition.motif_metals, "motif")
        self.role |= {site.atom: "heteroatom" for site in anatomy.sites if site.is_heteroatom}
        self.points = _turned(anatomy)
        shown = [*self.role, *anatomy.donors.atoms.tolist()]
        self.reach = float(np.abs(self.points[shown, :2]).max()) + 1.0
        metallic = BondKind.METAL_METAL, BondKind.METAL_LIGAND, BondKind.METAL_HYDROGEN
        self.bonds = anatomy.bonds.of(*metallic)

    def draw(self, ax: Axes, panel: Panel) -> None:
        """Draw one panel, far things first."""
        strong = dict.fromkeys(panel.background, False) | dict.fromkeys(panel.atoms, True)
        depth = self.points[:, 2]
        bonds = [(i, j) for i, j in self.bonds.tolist() if i in strong and j in strong]
        items: list[tuple[float, tuple[int, ...]]] = [(float(depth[k]), (k,)) for k in strong]
        items += [(float(depth[[i, j]].mean()) - _BEHIND, (i, j)) for i, j in bonds]
        for order, (_, what) in enumerate(sorted(items)):
            vivid = all(strong[k] for k in what)
            if len(what) == 1:
                self._atom(ax, what[0], vivid, order)
            else:
                self._bond(ax, what, vivid, order)
        self._frame(ax, panel)

    def _atom(self, ax: Axes, atom: int, strong: bool, order: int) -> None:
        from matplotlib.patches import Circle

        x, y, _ = self.points[atom]
        radius = _METAL_RADIUS if atom in self.role else _DONOR_RADIUS
        colour = self._colour(atom) if strong else COLOURS["faint"]
        edge = "#333333" if strong else "#b0b0b0"
        ax.add_patch(Circle((x, y), radius, fc=colour, ec=edge, lw=0.5, zorder=order))
        if strong:
            light = (x - 0.3 * radius, y + 0.35 * radius)
            ax.add_patch(Circle(light, 0.28 * radius, fc="white", alpha=0.45, lw=0, zorder=order))

    def _bond(self, ax: Axes, pair: tuple[int, ...], strong: bool, order: int) -> None:
        (x1, y1, _), (x2, y2, _) = self.points[list(pair)]
        colour = _BOND_COLOUR if strong else COLOURS["faint"]
        ax.plot([x1, x2], [y1, y2], color=colour, lw=1.1 if strong else 0.7, zorder=order)

    def _colour(self, atom: int) -> str:
        return COLOURS[self.role.get(atom, "donor")]

    def legend(self) -> list[Any]:
        """Return one marker for each place that occurs."""
        from matplotlib.lines import Line2D

        places = {*self.role.values(), *(("donor",) if len(self.role) < len(self.points) else ())}
        style: dict[str, Any] = {"marker": "o", "ls": "", "mec": "#333333", "mew": 0.5, "ms": 5}
        return [
            Line2D([], [], mfc=colour, label=place, **style)
            for place, colour in COLOURS.items()
            if place in places
        ]

    def _frame(self, ax: Axes, panel: Panel) -> None:
        ax.set_aspect("equal")
        ax.set_xlim(-self.reach, self.reach)
        ax.set_ylim(-self.reach, self.reach)
        ax.set_axis_off()
        ax.set_title(_with_indices(panel.title), fontsize=8, pad=11, color=self.ink[0])
        place: dict[str, Any] = {"ha": "center", "va": "bottom", "transform": ax.transAxes}
        ax.text(0.5, 1.01, panel.subtitle, fontsize=6, color=self.ink[1], **place)


def _turned(anatomy: Anatomy) -> FloatArray:
    """Return positions about the metals' centre, longest axis across, tilted for depth."""
    metals = anatomy.atoms.positions[list(anatomy.metals)]
    centre = metals.mean(axis=0)
    _, _, axes = np.linalg.svd(metals - centre, full_matrices=True)
    if np.linalg.det(axes) < 0:
        axes[2] *= -1
    flat = (anatomy.atoms.positions - centre) @ axes.T
    (cx, cy), (sx, sy) = np.cos(_TURN), np.sin(_TURN)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    return np.asarray(flat @ (about_y @ about_x).T)


def _with_indices(name: str) -> str:
    """Return 'Au12' or '6 Au2(SR)3' with its numbers as subscripts, for matplotlib."""
    text: list[str] = []
    for k, char in enumerate(name):
        follows = k > 0 and (name[k - 1].isalpha() or name[k - 1] in ")")
        inside = k > 0 and name[k - 1].isdigit() and bool(text) and text[-1].endswith("}$")
        if char.isdigit() and follows:
            text.append(f"$_{{{char}}}$")
        elif char.isdigit() and inside:
            text[-1] = text[-1][:-2] + char + "}$"
        else:
            text.append(char)
    return "".join(text)
