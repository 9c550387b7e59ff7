"""Concentric shells of metal atoms, as papers write them: 'Au12@Au42@Au60'.

Papers mean one of three things by a shell, and each is offered by name:

- `layers`: the innermost polyhedron (or central atom), then all its neighbours, then all of
  theirs: 'Au1@Au12@Au42@Au52@Au26' for Au133;
- `radii`: atoms at like distances from the centre, split where the distance jumps:
  'Au1@Au12@Au30@Au12@Au52@Au26';
- `orbits`: sets of symmetry-equivalent sites, by distance from the centre.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from superatom.errors import SearchError
from superatom.provenance import Provenance, stamp
from superatom.structure.alignment import FloatArray, IntArray
from superatom.structure.neighbours import neighbour_distance
from superatom.structure.pointgroup import DEFAULT_TOLERANCE, checked_sites, site_permutations
from superatom.structure.shapes import nearest_shape

__all__ = ["Shell", "Shells", "find_shells"]

_CENTRAL = 0.35  # of the neighbour distance: closer to the centroid than this is central
_JUMP = 0.13  # of the neighbour distance: a gap in radius this wide parts two shells
_STEP = 0.34  # of the neighbour distance: a wider gap ends a layer; ideal ones have up to 0.32
_TIGHT = 1.03  # of the neighbour distance: closer contacts are those of one packing
_TOUCHING = 1.25  # of the neighbour distance: contact of one layer with the next
_LIKE = 3.0  # continuous shape measure up to which a shell is called by a polyhedron's name
_MOST = 60  # atoms of the largest shell whose shape is looked for


@dataclass(frozen=True, slots=True)
class Shell:
    """One shell.

    Attributes
    ----------
    atoms : tuple[int, ...]
        Indices of its atoms, sorted.
    formula : str
        Elements and counts, 'Au12' or 'Ag2Au10'.
    radius : float
        Mean distance of its atoms from the centre of the cluster, Å.
    spread : float
        Largest minus smallest distance, Å.
    shape : str or None
        Polyhedron it resembles; None if none is close (measure up to 3).
    shape_measure : float or None
        Continuous shape measure to that polyhedron.
    """

    atoms: tuple[int, ...]
    formula: str
    radius: float
    spread: float
    shape: str | None
    shape_measure: float | None


@dataclass(frozen=True, slots=True)
class Shells:
    """Shells of a cluster from the centre outwards.

    Attributes
    ----------
    shells : tuple[Shell, ...]
        Innermost first; together all atoms, each once.
    by : str
        What a shell means: 'layers', 'radii' or 'orbits'.
    provenance : Provenance
        Method and inputs.
    """

    shells: tuple[Shell, ...]
    by: str
    provenance: Provenance

    def __str__(self) -> str:
        parts = [shell.formula for shell in self.shells]
        mixed = [sum(ch.isupper() for ch in part) > 1 for part in parts]
        return "@".join(f"({p})" if m else p for p, m in zip(parts, mixed, strict=True))

    @property
    def sizes(self) -> tuple[int, ...]:
        """Number of atoms in each shell, innermost first."""
        return tuple(len(shell.atoms) for shell in self.shells)

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types (Å)."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Shells:
        """Return the result written by `as_dict`."""
        source = {**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
        shells = tuple(Shell(**{**s, "atoms": tuple(s["atoms"])}) for s in data["shells"])
        return cls(shells, data["by"], Provenance(**source))

    def to_json(self) -> str:
        """Return the result as JSON text."""
        return json.dumps(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> Shells:
        """Return the result written by `to_json`."""
        return cls.from_dict(json.loads(text))


def find_shells(
    positions: ArrayLike,
    symbols: Sequence[str] | None = None,
    *,
    by: str = "layers",
    tolerance: float = DEFAULT_TOLERANCE,
) -> Shells:
    """Return the concentric shells of some metal atoms.

    Parameters
    ----------
    positions : array, shape (n, 3)
        Positions, Å.
    symbols : sequence of str or None
        Element symbols for the formulas; None: 'M'.
    by : str
        'layers', 'radii' or 'orbits'.
    tolerance : float
        Tolerance of the symmetry for 'orbits', Å.

    Raises
    ------
    StructureError
        If the positions make no sense.
    SearchError
        If `by` is none of the three.

    Examples
    --------
    >>> from superatom.structure.polyhedra import build_kernel
    >>> str(find_shells(build_kernel("Mackay icosahedron", 3).points, ["Au"] * 55))
    'Au1@Au12@Au42'
    """
    points, _, _ = checked_sites(positions, symbols)
    names = [str(s) for s in symbols] if symbols is not None else ["M"] * len(points)
    ways: dict[str, Callable[[], list[IntArray]]] = {
        "layers": lambda: _layers(points),
        "radii": lambda: _radial_groups(_radii(points), _JUMP * neighbour_distance(points)),
        "orbits": lambda: list(site_permutations(points, tolerance=tolerance).orbits()),
    }
    if by not in ways:
        raise SearchError(f"shells can be found by {', '.join(ways)}; got {by!r}")
    radii = _radii(points)
    groups = ways[by]()
    if by != "layers":
        groups = sorted(groups, key=lambda group: float(radii[group].mean()))
    return Shells(
        tuple(_shell(points, radii, names, group) for group in groups),
        by,
        stamp(f"shells by {by}", points.tobytes(), names, by, tolerance),
    )


def _radii(points: FloatArray) -> FloatArray:
    return np.asarray(np.linalg.norm(points - points.mean(axis=0), axis=1))


def _radial_groups(radii: FloatArray, jump: float) -> list[IntArray]:
    """Return the atoms grouped by radius, split wherever it jumps by more than `jump`."""
    order = np.argsort(radii, kind="stable")
    breaks = np.flatnonzero(np.diff(radii[order]) > jump) + 1
    return [np.sort(group) for group in np.split(order, breaks)]


def _layers(points: FloatArray) -> list[IntArray]:
    """Return the atoms by the number of neighbour steps from the innermost ones."""
    radii, spacing = _radii(points), neighbour_distance(points)
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    inside = _innermost(radii, spacing)
    layers, left = [np.flatnonzero(inside)], ~inside
    while left.any():
        rest = np.flatnonzero(left)
        contact = apart[np.ix_(rest, layers[-1])].min(axis=1)
        step = contact <= _TOUCHING * spacing
        if step.any():
            step[step] = radii[rest][step] <= _outer_radius(
                radii[rest][step], contact[step], spacing
            )
            layers.append(rest[step])
        elif (like := radii[rest] <= radii[~left].max() + _JUMP * spacing).any():
            # apart from the last layer, but no further out: it has parts that do not touch
            layers[-1] = np.sort(np.concatenate([layers[-1], rest[like]]))
        else:  # the innermost atoms left start the next layer
            layers.append(rest[_innermost(radii[rest], spacing)])
        left[layers[-1]] = False
    return layers


def _outer_radius(radii: FloatArray, contact: FloatArray, spacing: float) -> float:
    """Return the radius at which a layer of touching atoms ends.

    Atoms beyond a wide gap belong to a layer further out that leans on the one before, as
    staples do, unless they sit as tightly as the rest, as the tips of an icosahedron do.
    """
    inner, *outer = _radial_groups(radii, _STEP * spacing)
    reach = radii[inner].max()
    for group in outer:
        if contact[group].mean() > _TIGHT * spacing:
            break
        reach = radii[group].max()
    return float(reach)


def _innermost(radii: FloatArray, spacing: float) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return which atoms are central: one at the centre, else those before the first jump."""
    closest = radii.min()
    if closest <= _CENTRAL * spacing and (radii <= 2 * _CENTRAL * spacing).sum() == 1:
        return np.asarray(radii == closest)
    inner = np.zeros(len(radii), dtype=bool)
    inner[_radial_groups(radii, _JUMP * spacing)[0]] = True
    return inner


def _shell(points: FloatArray, radii: FloatArray, names: list[str], group: IntArray) -> Shell:
    counts = sorted(Counter(names[atom] for atom in group).items())
    best = None
    if 3 < len(group) <= _MOST:
        best = nearest_shape(points[group], _LIKE)
    return Shell(
        atoms=tuple(group.tolist()),
        formula="".join(f"{name}{count}" for name, count in counts),
        radius=float(radii[group].mean()),
        spread=float(np.ptp(radii[group])),
        shape=best.shape if best else None,
        shape_measure=best.value if best else None,
    )
