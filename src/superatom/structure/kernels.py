"""Kernels recognised and named as in papers, from the positions of their metals alone.

In this order: a single polyhedron of up to 14 atoms; a many-shell kernel (Mackay
icosahedron, Ino or Marks decahedron, octahedral fcc piece) that fills the kernel or lies
whole inside it; icosahedra (or other 13-atom units) sharing vertices, edges, faces or
interpenetrating; a close-packed piece; octahedra and tetrahedra and how they are joined.
What the name rests on, units with their shape measures and what they share, is in the result.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from superatom.provenance import Provenance, stamp
from superatom.structure.alignment import FloatArray
from superatom.structure.kernel_lattice import fit_fcc
from superatom.structure.kernel_names import kernel_name
from superatom.structure.kernel_templates import KernelCore, find_core
from superatom.structure.kernel_units import (
    KernelUnit,
    Sharing,
    centred_units,
    corner_units,
    principal_units,
    shared_atoms,
)
from superatom.structure.neighbours import neighbour_distance, neighbour_matrix
from superatom.structure.pointgroup import checked_sites
from superatom.structure.shapes import ShapeMeasure, nearest_shape
from superatom.structure.shells import find_shells

__all__ = ["Kernel", "recognise_kernel"]

_LIKE = 3.0  # continuous shape measure up to which a small kernel is called by a name
_TELLING = 0.1  # units this much closer to ideal than the whole explain it better
_LARGEST_POLYHEDRON = 21  # atoms of the largest kernel that may be one polyhedron
_FEWEST_NESTED = 16  # atoms up to which shells inside one another mean nothing
_HOLLOW = 0.8  # of the neighbour distance: no atom is closer to the centre of a hollow kernel
_INNERMOST = 8  # atoms of the smallest of nested polyhedra
_LARGEST_CORNERED = 60  # octahedra and tetrahedra are looked for in kernels up to this size


@dataclass(frozen=True, slots=True)
class Kernel:
    """What a kernel is.

    Attributes
    ----------
    name : str
        'centred icosahedron', 'face-sharing bi-icosahedron', 'Mackay icosahedron of 55' ...
    packing : str
        'icosahedral', 'decahedral', 'fcc', 'hcp', 'twinned' (fcc and hcp), 'polytetrahedral',
        'mixed', 'polyhedron', or 'none' for fewer than four atoms.
    size : int
        Number of atoms.
    measure : float or None
        Continuous shape measure of the whole kernel, where it is one ideal shape.
    core : KernelCore or None
        Largest many-shell kernel found whole inside (or equal to) this one.
    units : tuple[KernelUnit, ...]
        13-atom neighbourhoods, without those that only arise where others are joined; if
        there are none, octahedra and tetrahedra.
    sharing : tuple[Sharing, ...]
        What units have in common, pair by pair; empty where a many-shell core says it.
    environments : dict[str, int]
        Number of inner atoms in each kind of neighbourhood.
    outside : tuple[int, ...]
        Atoms that belong neither to the core nor to any unit.
    provenance : Provenance
        Method and inputs.
    """

    name: str
    packing: str
    size: int
    measure: float | None
    core: KernelCore | None
    units: tuple[KernelUnit, ...]
    sharing: tuple[Sharing, ...]
    environments: dict[str, int]
    outside: tuple[int, ...]
    provenance: Provenance

    def __str__(self) -> str:
        return self.name if self.measure is None else f"{self.name} ({self.measure:.2f})"

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Kernel:
        """Return the result written by `as_dict`."""
        source = {**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
        core = data["core"]
        fields = {
            **data,
            "core": KernelCore(**_with_tuple(core)) if core else None,
            "units": tuple(KernelUnit(**_with_tuple(unit)) for unit in data["units"]),
            "sharing": tuple(Sharing(**_with_tuple(pair)) for pair in data["sharing"]),
            "outside": tuple(data["outside"]),
            "provenance": Provenance(**source),
        }
        return cls(**fields)

    def to_json(self) -> str:
        """Return the result as JSON text."""
        return json.dumps(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> Kernel:
        """Return the result written by `to_json`."""
        return cls.from_dict(json.loads(text))


def _with_tuple(data: dict[str, Any]) -> dict[str, Any]:
    return {**data, "atoms": tuple(data["atoms"])}


def recognise_kernel(positions: ArrayLike) -> Kernel:
    """Recognise and name a kernel.

    Parameters
    ----------
    positions : array, shape (n, 3)
        Positions of the kernel's metal atoms only, Å. Elements do not matter.

    Raises
    ------
    StructureError
        If the positions make no sense.

    Examples
    --------
    >>> from superatom.structure.polyhedra import build_kernel, polyhedron
    >>> print(recognise_kernel(polyhedron("centred icosahedron").points * 2.8))
    centred icosahedron (0.00)
    >>> recognise_kernel(build_kernel("Mackay icosahedron", 3).points * 2.8).name
    'Mackay icosahedron of 55'
    """
    points, _, _ = checked_sites(positions, None)
    units = centred_units(points)
    environments = dict(sorted(Counter(unit.shape for unit in units).items()))
    whole = _whole_shape(points)
    hollow = _is_hollow(points)
    core = find_core(points, units) if whole is None and not hollow else None
    alone = hollow or (core is None and len(units) <= 1)
    nested = _nested(points) if whole is None and alone else None
    units = principal_units(units)
    if not units and 4 <= len(points) <= _LARGEST_CORNERED:
        units = corner_units(points, neighbour_matrix(points))
    sharing = shared_atoms(units) if core is None else ()
    inside = {atom for unit in units for atom in unit.atoms} | set(core.atoms if core else ())
    outside = tuple(sorted(set(range(len(points))) - inside))
    if whole is not None and _corners_explain(whole, units, outside):
        whole = None
    packing = _packing(points, environments, whole, units)
    name = kernel_name(len(points), whole, nested, core, units, sharing, packing, len(outside))
    return Kernel(
        name=name,
        packing=packing,
        size=len(points),
        measure=whole.value if whole else _core_measure(core, len(points)),
        core=core,
        units=units,
        sharing=sharing,
        environments=environments,
        outside=outside if whole is None else (),
        provenance=stamp("kernel recognition by units and templates", points.tobytes()),
    )


def _core_measure(core: KernelCore | None, size: int) -> float | None:
    return core.measure if core and len(core.atoms) == size else None


def _whole_shape(points: FloatArray) -> ShapeMeasure | None:
    """Return the polyhedron that the whole small kernel is, empty or centred."""
    if not 4 <= len(points) <= _LARGEST_POLYHEDRON:
        return None
    radius = np.linalg.norm(points - points.mean(axis=0), axis=1)
    centred = nearest_shape(points, _LIKE, centre=int(np.argmin(radius)))
    empty = nearest_shape(points, _LIKE)
    found = [measure for measure in (centred, empty) if measure is not None]
    return min(found, key=lambda measure: measure.value, default=None)


def _is_hollow(points: FloatArray) -> bool:
    """Whether a metal atom would fit into the centre."""
    radius = np.linalg.norm(points - points.mean(axis=0), axis=1)
    return bool(radius.min() > _HOLLOW * neighbour_distance(points))


def _nested(points: FloatArray) -> str | None:
    """Return a name as 'icosahedron@dodecahedron' if all shells of the kernel are polyhedra.

    For hollow kernels (the Ag12@Ag20 of Ag44) and those around a single 13-atom unit; where
    several units interpenetrate they say more, and small shells mean little.
    """
    if len(points) <= _FEWEST_NESTED:
        return None
    for by in ("layers", "radii"):
        shells = find_shells(points, by=by).shells
        around = shells[1:] if len(shells[0].atoms) == 1 else shells
        if len(around) > 1 and min(len(shell.atoms) for shell in around) >= _INNERMOST:
            names = [shell.shape for shell in around]
            if all(names):
                centred = "centred " if len(around) < len(shells) else ""
                return centred + "@".join(str(name) for name in names)
    return None


def _corners_explain(
    whole: ShapeMeasure, units: tuple[KernelUnit, ...], outside: tuple[int, ...]
) -> bool:
    """Whether a few near-perfect tetrahedra or octahedra say more than one distorted solid.

    The Au8 of Au24(SR)20, two regular tetrahedra apart, is also a stretched bicapped
    octahedron; only the first reading explains the distances.
    """
    worst = max((unit.measure for unit in units if unit.centre is None), default=np.inf)
    return not outside and 1 < len(units) <= 4 and worst < _TELLING * whole.value


_PACKING = {
    "icosahedron": "icosahedral",
    "decahedron": "decahedral",
    "cuboctahedron": "fcc",
    "anticuboctahedron": "hcp",
}


def _packing(
    points: FloatArray,
    environments: dict[str, int],
    whole: ShapeMeasure | None,
    units: tuple[KernelUnit, ...],
) -> str:
    """Return the kind of packing of the kernel's inner atoms."""
    kinds = {_PACKING[shape] for shape in environments if shape in _PACKING}
    for telling in ("icosahedral", "decahedral"):  # the others surround their axes and tips
        if telling in kinds:
            return telling
    if len(kinds) == 1:
        return kinds.pop()
    if kinds:
        return "twinned"
    if len(points) < 4:
        return "none"
    if whole is not None:
        return "polyhedron"
    if fit_fcc(points) is not None:
        return "fcc"
    shapes = {unit.shape for unit in units}
    return "polytetrahedral" if shapes == {"tetrahedron"} else "mixed"
