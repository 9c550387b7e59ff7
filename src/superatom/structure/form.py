"""Symmetry and shape of a whole cluster at once, in the numbering of its structure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from superatom.provenance import Provenance, stamp
from superatom.structure.alignment import IntArray
from superatom.structure.bonds import Bonds, bonds
from superatom.structure.handedness import Chirality, chirality
from superatom.structure.kernels import Kernel, recognise_kernel
from superatom.structure.parts import part_atoms
from superatom.structure.permutations import PermutationGroup
from superatom.structure.pointgroup import DEFAULT_TOLERANCE, PointGroup, point_group
from superatom.structure.shells import Shells, find_shells

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["ClusterForm", "describe_form"]


@dataclass(frozen=True, slots=True)
class ClusterForm:
    """Symmetry and shape of a cluster.

    Attributes
    ----------
    sites : PointGroup
        Point group of the metal sites, elements ignored: the symmetry that counts doped
        isomers.
    metals : PointGroup
        Point group of the metals with their elements.
    skeleton : PointGroup
        Point group of metals and anchors.
    chirality : Chirality
        Chirality and hand of metals and anchors.
    shells : tuple[Shells, ...]
        Shells of the metals by layers and by radii.
    kernel : Kernel or None
        The kernel by name; None if no kernel was given.
    metal_atoms, skeleton_atoms : tuple[int, ...]
        Atoms of the structure that permutations in `sites`, `metals` and `skeleton` count.
        Everything else is in the numbering of the structure.
    provenance : Provenance
        Method and inputs.
    """

    sites: PointGroup
    metals: PointGroup
    skeleton: PointGroup
    chirality: Chirality
    shells: tuple[Shells, ...]
    kernel: Kernel | None
    metal_atoms: tuple[int, ...]
    skeleton_atoms: tuple[int, ...]
    provenance: Provenance

    def site_group(self) -> PermutationGroup:
        """Return the permutations of the metal sites, for `isomers.iterate_isomers`."""
        return self.sites.permutation_group()

    def site_orbits(self) -> tuple[tuple[int, ...], ...]:
        """Return the sets of equivalent metal sites, as atoms of the structure."""
        metal = np.array(self.metal_atoms)
        return tuple(tuple(metal[orbit].tolist()) for orbit in self.site_group().orbits())

    def lines(self) -> list[tuple[str, str]]:
        """Return what a structure section prints, as (name, text)."""
        rows = [("kernel", str(self.kernel))] if self.kernel else []
        rows += [(f"shells ({shells.by})", str(shells)) for shells in self.shells]
        rows.append(("metals", str(self.metals)))
        if self.sites.name != self.metals.name:
            rows.append(("metal sites, elements ignored", str(self.sites)))
        rows.append(("metals and anchors", str(self.skeleton)))
        rows.append(("chirality", str(self.chirality)))
        orbits = " + ".join(str(len(orbit)) for orbit in self.site_orbits())
        rows.append(("equivalent metal sites", f"{orbits} (order {self.site_group().order})"))
        return rows

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types (Å)."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> ClusterForm:
        """Return the result written by `as_dict`."""
        source = {**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
        return cls(
            sites=PointGroup.from_dict(data["sites"]),
            metals=PointGroup.from_dict(data["metals"]),
            skeleton=PointGroup.from_dict(data["skeleton"]),
            chirality=Chirality.from_dict(data["chirality"]),
            shells=tuple(Shells.from_dict(shells) for shells in data["shells"]),
            kernel=Kernel.from_dict(data["kernel"]) if data["kernel"] else None,
            metal_atoms=tuple(data["metal_atoms"]),
            skeleton_atoms=tuple(data["skeleton_atoms"]),
            provenance=Provenance(**source),
        )

    def to_json(self) -> str:
        """Return the result as JSON text."""
        return json.dumps(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> ClusterForm:
        """Return the result written by `to_json`."""
        return cls.from_dict(json.loads(text))


def describe_form(
    atoms: Atoms,
    kernel: Sequence[int] | None = None,
    *,
    tolerance: float = DEFAULT_TOLERANCE,
    found: Bonds | None = None,
) -> ClusterForm:
    """Return point groups, chirality, shells and kernel name of a cluster.

    Parameters
    ----------
    atoms : ase.Atoms
        One molecule.
    kernel : sequence of int or None
        Its kernel metals (`partition.Partition.kernel`); None: no kernel is named.
    tolerance : float
        Largest RMSD of a symmetry operation, Å.
    found : Bonds or None
        Bonds if already known.

    Raises
    ------
    StructureError
        If there is no metal, or the coordinates cannot be a molecule.

    Examples
    --------
    >>> from ase.cluster import Icosahedron
    >>> cluster = Icosahedron("Au", 2)
    >>> for name, text in describe_form(cluster, range(13)).lines():
    ...     print(f"{name}: {text}")
    kernel: centred icosahedron (0.00)
    shells (layers): Au1@Au12
    shells (radii): Au1@Au12
    metals: Ih (exact within 0.05 Å)
    metals and anchors: Ih (exact within 0.05 Å)
    chirality: achiral (Ih)
    equivalent metal sites: 1 + 12 (order 120)
    """
    known = found if found is not None else bonds(atoms)
    metal = part_atoms(atoms, "metals", found=known)
    frame = part_atoms(atoms, "skeleton", found=known)
    symbols = np.array(atoms.get_chemical_symbols())
    positions = np.array(atoms.positions, dtype=np.float64)
    sites = point_group(positions[metal], tolerance=tolerance)
    metals = _with_elements(sites, positions, symbols, metal, tolerance)
    skeleton = _with_elements(metals, positions, symbols, frame, tolerance)
    shells = tuple(
        _renumbered_shells(find_shells(positions[metal], symbols[metal].tolist(), by=by), metal)
        for by in ("layers", "radii")
    )
    members = np.array(sorted(kernel), dtype=np.int64) if kernel is not None else None
    return ClusterForm(
        sites=sites,
        metals=metals,
        skeleton=skeleton,
        chirality=chirality(
            positions[frame], symbols[frame].tolist(), tolerance=tolerance, group=skeleton
        ),
        shells=shells,
        kernel=None if members is None or not len(members) else _named(positions, members),
        metal_atoms=tuple(metal.tolist()),
        skeleton_atoms=tuple(frame.tolist()),
        provenance=stamp(
            "symmetry and shape", positions.tobytes(), symbols.tolist(), list(kernel or ())
        ),
    )


def _with_elements(
    known: PointGroup,
    positions: np.ndarray[Any, np.dtype[np.float64]],
    symbols: np.ndarray[Any, Any],
    members: IntArray,
    tolerance: float,
) -> PointGroup:
    """Return the point group of `members`, which is `known` if nothing tells them apart."""
    if len(known.operations[0].permutation) == len(members) and len(set(symbols[members])) == 1:
        return known
    return point_group(positions[members], symbols[members].tolist(), tolerance=tolerance)


def _renumbered_shells(shells: Shells, atoms: IntArray) -> Shells:
    moved = (replace(shell, atoms=_numbers(shell.atoms, atoms)) for shell in shells.shells)
    return replace(shells, shells=tuple(moved))


def _named(positions: np.ndarray[Any, np.dtype[np.float64]], atoms: IntArray) -> Kernel:
    """Return the kernel with all its indices in the numbering of the structure."""
    kernel = recognise_kernel(positions[atoms])
    core = kernel.core
    return replace(
        kernel,
        core=replace(core, atoms=_numbers(core.atoms, atoms)) if core else None,
        units=tuple(
            replace(
                unit,
                centre=None if unit.centre is None else int(atoms[unit.centre]),
                atoms=_numbers(unit.atoms, atoms),
            )
            for unit in kernel.units
        ),
        sharing=tuple(replace(pair, atoms=_numbers(pair.atoms, atoms)) for pair in kernel.sharing),
        outside=_numbers(kernel.outside, atoms),
    )


def _numbers(chosen: tuple[int, ...], atoms: IntArray) -> tuple[int, ...]:
    return tuple(atoms[list(chosen)].tolist()) if chosen else ()
