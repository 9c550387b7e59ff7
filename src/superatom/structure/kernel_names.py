"""Names of kernels as papers write them, from the polyhedra they are made of."""

from __future__ import annotations

from collections import Counter

from superatom.structure.kernel_templates import KernelCore
from superatom.structure.kernel_units import KernelUnit, Sharing
from superatom.structure.shapes import ShapeMeasure

__all__ = ["kernel_name"]

_NUMBER = ("", "", "bi-", "tri-", "tetra-", "penta-", "hexa-", "hepta-", "octa-")
_PLURAL = {
    "icosahedron": "icosahedra",
    "cuboctahedron": "cuboctahedra",
    "anticuboctahedron": "anticuboctahedra",
    "decahedron": "decahedra",
    "octahedron": "octahedra",
    "tetrahedron": "tetrahedra",
}


def kernel_name(
    size: int,
    whole: ShapeMeasure | None,
    nested: str | None,
    core: KernelCore | None,
    units: tuple[KernelUnit, ...],
    sharing: tuple[Sharing, ...],
    packing: str,
    outside: int,
) -> str:
    """Return the name of a kernel.

    Parameters
    ----------
    size : int
        Number of atoms.
    whole : ShapeMeasure or None
        The one polyhedron that the kernel is.
    nested : str or None
        Name as polyhedra around one another.
    core : KernelCore or None
        Many-shell kernel inside.
    units, sharing : tuple
        Building blocks and what they have in common.
    packing : str
        Kind of packing.
    outside : int
        Number of atoms that belong to no unit.
    """
    if size < 4:
        return ("no kernel", "single atom", "pair of atoms", "three atoms")[size]
    if whole is not None:
        return whole.shape
    if nested is not None:
        return nested
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
