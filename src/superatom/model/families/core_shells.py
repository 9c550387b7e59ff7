"""Cores written as polyhedra around and above one another: where their metals sit.

One line of an archetype's `shells` is one shell, from inside out; metals are numbered in the
order of the lines:

- ``point``: one atom at the origin,
- ``icosahedron 2.85``: a polyhedron of `superatom.structure.polyhedra` with this shortest
  edge in Å, its symmetry axes along x, y, z; ``icosahedron radius 2.71`` gives the distance of
  its outermost vertices from its middle instead,
- ``decahedron (2, 2, 1) 2.88``: a many-shell core (`polyhedra.build_kernel`),
- ``fcc 2.88: 0 0 0, 1 1 0``: sites of the face-centred cubic lattice, whole numbers of half a
  cell with an even sum; nearest neighbours are 2.88 Å apart.

Behind it may stand ``turn 36`` (degrees about z), ``inverted``, ``at 2.7`` (height of its
middle on z) or ``at 1.0 0.0 2.7``; a chemist builds rods, stacks and open cores so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.structure.polyhedra import build_kernel, polyhedron

__all__ = ["CONTACT", "Shell", "read_shell", "shell_positions"]

FloatArray = NDArray[np.float64]

#: Å up to which metals of the shells touch; structure.bonds counts Au-Au to 3.40 Å.
CONTACT = 3.45

# icosahedral solids that `polyhedra` writes a quarter turn away from its icosahedron
_QUARTER_TURNED = ("dodecahedron", "icosidodecahedron", "rhombicosidodecahedron")
_NUMBER = r"-?\d+(?:\.\d+)?"
_LINE = re.compile(
    rf"(?P<name>[A-Za-z][\w -]*?)(?: \((?P<sizes>[\d, ]+)\))?"
    rf"(?P<radius> radius)?(?: (?P<length>\d+\.\d+))?"
    rf"(?: turn (?P<turn>{_NUMBER}))?(?P<inverted> inverted)?"
    rf"(?: at (?P<at>{_NUMBER}(?: {_NUMBER} {_NUMBER})?))?(?: ?: ?(?P<sites>[-\d ,]+))?"
)


@dataclass(frozen=True, slots=True)
class Shell:
    """One line of `shells`.

    Attributes
    ----------
    name : str
        'point', 'fcc' or a polyhedron.
    length : float
        Shortest edge, or distance of the outermost vertex from the middle, Å.
    is_radius : bool
        Whether `length` is a radius.
    sizes : tuple[int, ...]
        Numbers of a many-shell core.
    turn : float
        Degrees about z.
    inverted : bool
        Whether it is turned inside out through its middle.
    at : tuple[float, float, float]
        Its middle, Å.
    sites : tuple[tuple[int, ...], ...]
        Lattice sites of 'fcc'.
    """

    name: str
    length: float = 1.0
    is_radius: bool = False
    sizes: tuple[int, ...] = ()
    turn: float = 0.0
    inverted: bool = False
    at: tuple[float, float, float] = (0.0, 0.0, 0.0)
    sites: tuple[tuple[int, ...], ...] = ()


def read_shell(line: str) -> Shell:
    """Return one line of `shells`.

    Raises
    ------
    SearchError
        If it cannot be read, or there is no such polyhedron.

    Examples
    --------
    >>> read_shell("pentagon 2.85 turn 36 at 1.3")
    Shell(name='pentagon', length=2.85, is_radius=False, sizes=(), turn=36.0, inverted=False, \
at=(0.0, 0.0, 1.3), sites=())
    """
    found = _LINE.fullmatch(" ".join(line.split()))
    if found is None or (found["length"] is None) != (found["name"] == "point"):
        raise SearchError(
            f"cannot read the shell {line!r}; write 'point', 'icosahedron 2.85' (edge in Å, with "
            "decimals), 'square 2.85 turn 45 at 2.1' or 'fcc 2.88: 0 0 0, 1 1 0'"
        )
    middle = [float(word) for word in (found["at"] or "0").split()]
    sites = tuple(
        tuple(int(word) for word in site.split())
        for site in (found["sites"] or "").split(",")
        if site.strip()
    )
    shell = Shell(
        name=found["name"],
        length=float(found["length"] or 1.0),
        is_radius=found["radius"] is not None,
        sizes=tuple(int(word) for word in (found["sizes"] or "").replace(",", " ").split()),
        turn=float(found["turn"] or 0.0),
        inverted=found["inverted"] is not None,
        at=(0.0, 0.0, middle[0]) if len(middle) == 1 else (middle[0], middle[1], middle[2]),
        sites=sites,
    )
    if (shell.name == "fcc") != bool(sites) or any(len(s) != 3 or sum(s) % 2 for s in sites):
        raise SearchError(f"{line!r}: only fcc has sites, three whole numbers of even sum each")
    _points(shell)
    return shell


def shell_positions(shells: tuple[Shell, ...]) -> FloatArray:
    """Return the metals of all shells in order, shape (n, 3), Å."""
    return np.vstack([np.zeros((0, 3)), *(_placed(shell) for shell in shells)])


@cache
def _placed(shell: Shell) -> FloatArray:
    points = _points(shell)
    if shell.is_radius:
        points = points / np.linalg.norm(points, axis=1).max()
    points = (-1.0 if shell.inverted else 1.0) * shell.length * points
    angle = np.radians(
        shell.turn + (90.0 if shell.name.removeprefix("centred ") in _QUARTER_TURNED else 0.0)
    )
    cosine, sine = np.cos(angle), np.sin(angle)
    turned = points @ np.array([[cosine, sine, 0.0], [-sine, cosine, 0.0], [0.0, 0.0, 1.0]])
    return np.asarray(turned + np.array(shell.at))


def _points(shell: Shell) -> FloatArray:
    """Return the vertices about the middle, with the shortest edge 1."""
    if shell.name == "point":
        return np.zeros((1, 3))
    if shell.name == "fcc":
        return np.asarray(np.array(shell.sites, dtype=np.float64) / np.sqrt(2.0))
    if shell.sizes:
        return build_kernel(shell.name, *shell.sizes).points
    return polyhedron(shell.name).points
