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
from superatom.structure.kernel_templates import KernelCore, find_core
from superatom.structure.kernel_units import (
    KernelUnit,
    Sharing,
    centred_units,
    corner_units,
    principal_units,
    shared_atoms,
)
from superatom.structure.neighbours import neighbour_matrix
from superatom.structure.pointgroup import checked_sites
from superatom.structure.shapes import ShapeMeasure, nearest_shape

__all__ = ["Kernel", "recognise_kernel"]

_LIKE = 3.0  # continuous shape measure up to which a small kernel is called by a name
_TELLING = 0.1  # units this much closer to ideal than the whole explain it better
_LARGEST_POLYHEDRON = 15
_LARGEST_CORNERED = 60  # octahedra and tetrahedra are looked for in kernels up to this size
_NUMBER = ("", "", "bi-", "tri-", "tetra-", "penta-", "hexa-", "hepta-", "octa-")
_PLURAL = {
    "icosahedron": "icosahedra",
    "cuboctahedron": "cuboctahedra",
    "anticuboctahedron": "anticuboctahedra",
    "decahedron": "decahedra",
    "octahedron": "octahedra",
    "tetrahedron": "tetrahedra",
}


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
        What units have in common, pair by pair.
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
    core = find_core(points, units) if whole is None else None
    units = principal_units(units)
    if not units and 4 <= len(points) <= _LARGEST_CORNERED:
        units = corner_units(points, neighbour_matrix(points))
    sharing = shared_atoms(units)
    inside = {atom for unit in units for atom in unit.atoms} | set(core.atoms if core else ())
    outside = tuple(sorted(set(range(len(points))) - inside))
    if whole is not None and _corners_explain(whole, units, outside):
        whole = None
    packing = _packing(points, environments, whole, units)
    name = _name(len(points), whole, core, units, sharing, packing, len(outside))
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


def _name(
    size: int,
    whole: ShapeMeasure | None,
    core: KernelCore | None,
    units: tuple[KernelUnit, ...],
    sharing: tuple[Sharing, ...],
    packing: str,
    outside: int,
) -> str:
    if size < 4:
        return ("no kernel", "single atom", "pair of atoms", "three atoms")[size]
    if whole is not None:
        return whole.shape
    if core is not None:
        left = size - len(core.atoms)
        return core.name + (f" inside {left} more atoms" if left else "")
    if packing in ("fcc", "hcp", "twinned") and (len(units) > 2 or not _is_centred(units)):
        return _packed_name(size, packing, units)
    if not units:
        return f"{size} atoms without polyhedra"
    more = f" and {outside} more atoms" if outside else ""
    return _joined_name(units, sharing, packing) + more


def _is_centred(units: tuple[KernelUnit, ...]) -> bool:
    return bool(units) and units[0].centre is not None


def _packed_name(size: int, packing: str, units: tuple[KernelUnit, ...]) -> str:
    kind = {"twinned": "twinned fcc"}.get(packing, packing)
    if not _is_centred(units):
        return f"{kind} piece of {size}"
    return f"{kind} piece of {size} ({_listed(units)}, interpenetrating)"


def _listed(units: tuple[KernelUnit, ...]) -> str:
    """Return units as '2 octahedra and 1 tetrahedron'."""
    counts = Counter(unit.shape for unit in units)
    return " and ".join(
        f"{count} {_PLURAL[shape] if count > 1 else shape}"
        for shape, count in sorted(counts.items())
    )


def _joined_name(units: tuple[KernelUnit, ...], sharing: tuple[Sharing, ...], packing: str) -> str:
    """Return a name as 'face-sharing bi-icosahedron' or '2 tetrahedra sharing a vertex'."""
    shapes = {unit.shape for unit in units}
    kinds = sorted({pair.kind for pair in sharing})
    if len(units) == 1:
        prefix = "centred " if _is_centred(units) else ""
        return prefix + units[0].shape
    if len(shapes) == 1 and len(units) < len(_NUMBER) and len(kinds) == 1:
        how = kinds[0] if kinds[0] == "interpenetrating" else f"{kinds[0]}-sharing"
        ring = _arrangement(len(units), sharing)
        number = _NUMBER[len(units)] if _is_centred(units) else _NUMBER[len(units)].rstrip("-")
        return f"{ring}{how} {number}{shapes.pop()}"
    if not kinds:
        return _listed(units).replace(" ", " separate ", 1)
    joined = f", {'- and '.join(kinds)}-sharing"
    joined = joined.replace("interpenetrating-sharing", "interpenetrating")
    if packing == "icosahedral" and "icosahedron" in shapes and _is_centred(units):
        return "polyicosahedron of " + _listed(units) + joined
    return _listed(units) + joined


def _arrangement(count: int, sharing: tuple[Sharing, ...]) -> str:
    """Return 'cyclic ' or 'linear ' for three or more units, else nothing."""
    if count < 3:
        return ""
    degrees = Counter(unit for pair in sharing for unit in (pair.first, pair.second))
    if len(degrees) == count and set(degrees.values()) == {2}:
        return "cyclic "
    return "linear " if sorted(degrees.values()) == [1, 1] + [2] * (count - 2) else ""
