"""How a cluster is drawn: which balls and sticks, how large, in which colours.

Metals are large balls, atoms that hold them (and hydrides) small ones, what hangs on these
sticks. Metals of the kernel have a deeper shade than those of motifs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.report.cluster_views import cluster_axes
from superatom.structure.anatomy import Anatomy
from superatom.structure.bonds import BondKind
from superatom.structure.element_pairs import covalent_radii

__all__ = ["LIGANDS", "Look", "element_colour", "look_of", "skeleton_look"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

#: How much of the ligands is drawn: everything, paler, paler without hydrogen, anchors only.
LIGANDS = ("full", "faded", "heavy", "none")
#: Elements as chemists of clusters expect them; others as in Jmol.
_COLOURS = {
    "Au": "#e8b923", "Ag": "#b9c4cf", "Cu": "#c8703c", "Pt": "#5f7f9f", "Pd": "#2f8f83",
    "Ni": "#4caf50", "Cd": "#8e6bb0", "Hg": "#7f6f8f", "S": "#f6e652", "C": "#707070",
    "P": "#f08030", "H": "#f4f4f4",
}  # fmt: skip
_DEEP = "#c87d0e"  # gold of the kernel where its motifs are shown apart
_DARKER = 0.72  # the same for other metals
_METAL, _ANCHOR, _HYDRIDE = 0.74, 0.56, 1.1  # ball radius over covalent radius
_STICK, _HYDROGEN, _CONTACT = 0.16, 0.10, 0.12  # Å; radii of sticks
_FADE = 0.62  # how white faded parts are


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What is drawn of a cluster, and how.

    Attributes
    ----------
    positions : ndarray of float, shape (n, 3)
        Å.
    bonds : ndarray of int, shape (m, 2)
        Sticks.
    widths : ndarray of float, shape (m,)
        Their radii in Å.
    radii : ndarray of float, shape (n,)
        Radii of balls in Å; 0 for the end of a stick, nan for an atom that is not drawn.
    colours : ndarray of float, shape (n, 3)
        Red, green and blue from 0 to 1.
    axes : ndarray of float, shape (3, 3)
        From `superatom.report.cluster_views.cluster_axes`.
    legend : tuple[tuple[str, str], ...]
        Names and colours of the balls.
    """

    positions: FloatArray
    bonds: IntArray
    widths: FloatArray
    radii: FloatArray
    colours: FloatArray
    axes: FloatArray
    legend: tuple[tuple[str, str], ...]

    def recoloured(self, colours: Mapping[int, str], *, pale: float = 0.0) -> Look:
        """Return the same with some atoms in other colours, and the others paler by `pale`."""
        from matplotlib.colors import to_rgb

        changed = self.colours + (1.0 - self.colours) * pale
        for atom, colour in colours.items():
            changed[atom] = to_rgb(colour)
        return replace(self, colours=changed)


@dataclass(frozen=True, slots=True, eq=False)
class _Parts:
    """Which atom is what."""

    symbols: tuple[str, ...]
    positions: FloatArray
    metals: BoolArray
    anchors: BoolArray
    kernel: BoolArray
    deep: BoolArray  # metals of the kernel that are to be told from others of their element
    bonds: IntArray  # all but contacts of metals
    contacts: IntArray


def element_colour(symbol: str) -> str:
    """Return the colour of an element as '#rrggbb'."""
    from ase.data import atomic_numbers
    from ase.data.colors import jmol_colors
    from matplotlib.colors import to_hex

    return _COLOURS.get(symbol) or str(to_hex(jmol_colors[atomic_numbers[symbol]]))


def look_of(anatomy: Anatomy, *, ligands: str = "faded", by: str = "place") -> Look:
    """Return how a dissected cluster is drawn.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster.
    ligands : str
        'full', 'faded', 'heavy' (faded, without their hydrogens) or 'none' (only the atoms
        that hold metals).
    by : str
        'place': metals of the kernel in a deeper shade than those of motifs; 'element'.

    Raises
    ------
    SearchError
        If `ligands` or `by` is none of these.
    """
    if ligands not in LIGANDS:
        raise SearchError(f"ligands {ligands!r}: choose {', '.join(LIGANDS)}")
    if by not in ("place", "element"):
        raise SearchError(f"colours by {by!r}: choose place or element")
    parts = _parts(anatomy, by)
    look = _look(parts)
    loose = ~(parts.metals | parts.anchors)
    if ligands in ("none", "heavy"):
        hydrogen = np.array([symbol == "H" for symbol in parts.symbols])
        look.radii[loose & (hydrogen | (ligands == "none"))] = np.nan
    if ligands in ("faded", "heavy"):
        look.colours[loose] += (1.0 - look.colours[loose]) * _FADE
    return look


def skeleton_look(
    symbols: Sequence[str],
    positions: FloatArray,
    bonds: IntArray,
    *,
    n_metals: int,
    kernel: int,
    contact: float = 3.4,
) -> Look:
    """Return how a bare skeleton is drawn: metals, those of the kernel first, then donors.

    Parameters
    ----------
    symbols : sequence of str
        Elements.
    positions : ndarray of float, shape (n, 3)
        Å.
    bonds : ndarray of int, shape (m, 2)
        Bonds of donors.
    n_metals, kernel : int
        Number of metals, and of those in the kernel.
    contact : float
        Å; metals of the kernel that are nearer are joined.
    """
    number = np.arange(len(symbols))
    metals, inside = number < n_metals, number < kernel
    outside = {symbols[k] for k in range(kernel, n_metals)}
    deep = inside & np.array([symbol in outside for symbol in symbols])
    gaps = np.linalg.norm(positions[:kernel, None] - positions[:kernel], axis=2)
    contacts = np.argwhere(np.triu(gaps < contact, 1))
    parts = _Parts(tuple(symbols), positions, metals, ~metals, inside, deep, bonds, contacts)
    return _look(parts)


def _parts(anatomy: Anatomy, by: str) -> _Parts:
    symbols = tuple(anatomy.atoms.symbols)
    metals, held, inside = (np.zeros(len(symbols), dtype=bool) for _ in range(3))
    metals[list(anatomy.metals)] = True
    held[anatomy.bonds.of(BondKind.METAL_LIGAND, BondKind.METAL_HYDROGEN).ravel()] = True
    inside[list(anatomy.geometric.kernel)] = True
    outside = {symbols[k] for k in anatomy.geometric.motif_metals}
    deep = inside & np.array([symbol in outside for symbol in symbols]) & (by == "place")
    ligand = (BondKind.METAL_LIGAND, BondKind.METAL_HYDROGEN, BondKind.COVALENT)
    contacts = anatomy.bonds.of(BondKind.METAL_METAL)
    return _Parts(
        symbols,
        np.asarray(anatomy.atoms.positions, dtype=np.float64),
        metals,
        held & ~metals,
        inside,
        deep,
        anatomy.bonds.of(*ligand).astype(np.int64),
        contacts[inside[contacts].all(axis=1)].astype(np.int64),
    )


def _look(parts: _Parts) -> Look:
    from ase.data import atomic_numbers

    light = np.array([symbol == "H" for symbol in parts.symbols])
    widths = np.where(light[parts.bonds].any(axis=1), _HYDROGEN, _STICK)
    numbers = [atomic_numbers[symbol] for symbol in parts.symbols]
    ball = np.where(light, _HYDRIDE, _ANCHOR)
    factor = np.where(parts.metals, _METAL, np.where(parts.anchors, ball, 0.0))
    frame = parts.positions[parts.metals]
    return Look(
        positions=parts.positions,
        bonds=np.concatenate([parts.bonds, parts.contacts]).reshape(-1, 2),
        widths=np.concatenate([widths, np.full(len(parts.contacts), _CONTACT)]),
        radii=np.asarray(covalent_radii()[numbers] * factor, dtype=np.float64),
        colours=_colours(parts),
        axes=cluster_axes(frame, np.flatnonzero(parts.kernel[parts.metals]).tolist()),
        legend=_legend(parts),
    )


def _colours(parts: _Parts) -> FloatArray:
    from matplotlib.colors import to_rgb

    shades = zip(parts.symbols, parts.deep.tolist(), strict=True)
    return np.array([to_rgb(_deeper(s) if deep else element_colour(s)) for s, deep in shades])


def _deeper(symbol: str) -> str:
    from matplotlib.colors import to_hex, to_rgb

    if symbol == "Au":
        return _DEEP
    red, green, blue = (_DARKER * c for c in to_rgb(element_colour(symbol)))
    return str(to_hex((red, green, blue)))


def _legend(parts: _Parts) -> tuple[tuple[str, str], ...]:
    """Return names and colours: kernel metals, other metals, donors."""
    symbols = np.array(parts.symbols)
    inside = dict.fromkeys(symbols[parts.deep].tolist())
    metals = dict.fromkeys(symbols[parts.metals & ~parts.deep].tolist())
    donors = dict.fromkeys(symbols[parts.anchors].tolist())
    return (
        *((f"{symbol} of the kernel", _deeper(symbol)) for symbol in inside),
        *((f"{s} of motifs" if s in inside else s, element_colour(s)) for s in metals),
        *((symbol, element_colour(symbol)) for symbol in donors),
    )
