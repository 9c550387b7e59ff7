"""`dissect`: a cluster taken apart, from coordinates to what a structure section says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.composition.cluster import Cluster
from superatom.composition.electrons import (
    ElectronCount,
    ElectronsByCharge,
    count_electrons,
    count_electrons_by_charge,
)
from superatom.composition.ligands import LigandLibrary
from superatom.errors import StructureError, UnknownComposition
from superatom.provenance import Provenance, stamp
from superatom.structure.bonds import AmbiguousContact, Bonds, adjacency, bonds, is_metal
from superatom.structure.donors import Donors, find_donors
from superatom.structure.dopants import MetalSite, classify_sites
from superatom.structure.electron_parts import ElectronPart, electron_parts
from superatom.structure.ligand_shell import LigandShell, find_ligands
from superatom.structure.measures import (
    BondStatistics,
    Coordination,
    Sizes,
    bond_statistics,
    coordination_numbers,
    sizes,
)
from superatom.structure.modes import Mode, ModeCensus, census, find_modes
from superatom.structure.partition import Partition, Partitions, partition_bonds

if TYPE_CHECKING:
    from ase import Atoms

    from superatom.structure.exposure import Exposure
    from superatom.structure.handedness import Chirality
    from superatom.structure.kernels import Kernel
    from superatom.structure.pointgroup import PointGroup
    from superatom.structure.shells import Shells

__all__ = ["Anatomy", "dissect"]

_METHOD = "dissection by element-pair bond distances, donors and the kernel's lattice"
_BRIDGING = ("SR", "SeR", "TeR")
_NEARLY = 4.2  # Å between metals of pieces that are one cluster without a bond, as in catenanes
_TABLES = ("bond_distances.csv", "element_roles.csv", "ligands.csv", "valences.csv")


@dataclass(frozen=True, slots=True, eq=False)
class Anatomy:
    """A cluster taken apart.

    Index tuples point into the atoms that were dissected.

    Attributes
    ----------
    atoms : ase.Atoms
        The structure (a copy, without cell).
    formula : Cluster
        Metals, ligands and charge as found; hydrogens missing in the file are counted.
    charge : int or None
        Charge of the cluster as given; None if not known.
    bonds : Bonds
        All bonds.
    donors : Donors
        Which ligand atoms hold which metals.
    ligands : LigandShell
        Ligands, counter-ions and solvent.
    modes : tuple[Mode, ...]
        Binding mode of every donor.
    census : ModeCensus
        Modes counted.
    geometric, literature : Partition
        Kernel and motifs in both conventions.
    sites : tuple[MetalSite, ...]
        Doping position of every metal (geometric convention).
    bond_statistics : tuple[BondStatistics, ...]
        Lengths by class.
    coordination : tuple[Coordination, ...]
        Coordination numbers by element pair.
    sizes : Sizes
        Gyration radius, diameters, shell thickness.
    electrons : ElectronCount or None
        Free electrons; None if the charge or a ligand's charge is not known.
    electrons_by_charge : ElectronsByCharge or None
        The count for every charge; None if a metal or ligand has no known charge.
    electron_parts : tuple[ElectronPart, ...]
        What kernel, motifs and ligands give and take (geometric convention).
    ambiguous : tuple[AmbiguousContact, ...]
        Contacts that can be read either way.
    alternative : Partition or None
        Geometric partition with these contacts read the other way, if it differs.
    notes : tuple[str, ...]
        What a reader must know: missing parts, unknown ligands, doubtful metals.
    provenance : Provenance
        Method, version, hash of the coordinates.
    """

    atoms: Atoms
    formula: Cluster
    charge: int | None
    bonds: Bonds = field(repr=False)
    donors: Donors = field(repr=False)
    ligands: LigandShell = field(repr=False)
    modes: tuple[Mode, ...] = field(repr=False)
    census: ModeCensus = field(repr=False)
    geometric: Partition
    literature: Partition
    sites: tuple[MetalSite, ...] = field(repr=False)
    bond_statistics: tuple[BondStatistics, ...] = field(repr=False)
    coordination: tuple[Coordination, ...] = field(repr=False)
    sizes: Sizes = field(repr=False)
    electrons: ElectronCount | None = field(repr=False)
    electrons_by_charge: ElectronsByCharge | None = field(repr=False)
    electron_parts: tuple[ElectronPart, ...] = field(repr=False)
    ambiguous: tuple[AmbiguousContact, ...]
    alternative: Partition | None
    notes: tuple[str, ...]
    provenance: Provenance = field(repr=False)

    @property
    def kernel(self) -> str:
        """Kernel formula in the geometric convention."""
        return self.geometric.kernel_formula

    @property
    def motifs(self) -> str:
        """Motifs as text in the geometric convention."""
        return self.geometric.motif_formula

    @property
    def metals(self) -> tuple[int, ...]:
        """Indices of all metals of the cluster."""
        return tuple(site.atom for site in self.sites)

    def partition(self, convention: str = "geometric") -> Partition:
        """Return the partition in 'geometric' or 'literature' convention.

        Raises
        ------
        StructureError
            If the convention has another name.
        """
        if convention not in ("geometric", "literature"):
            raise StructureError(
                f"no partition convention '{convention}'; there are 'geometric' and 'literature'"
            )
        return self.geometric if convention == "geometric" else self.literature

    def shells(self, by: str = "layers") -> Shells:
        """Return the concentric shells of the metals, by 'layers', 'radii' or 'orbits'."""
        from superatom.structure.anatomy_shape import metal_shells

        return metal_shells(self, by)

    def kernel_shape(self, convention: str = "geometric") -> Kernel:
        """Return what the kernel is: 'centred icosahedron', ... .

        Raises
        ------
        StructureError
            If there is no kernel.
        """
        from superatom.structure.anatomy_shape import kernel_shape

        return kernel_shape(self, convention)

    def symmetry(self, part: str = "metals", *, tolerance: float | None = None) -> PointGroup:
        """Return the point group of 'metals', 'skeleton' or 'all' within a tolerance in Å."""
        from superatom.structure.anatomy_shape import symmetry

        return symmetry(self, part, tolerance)

    def orbits(self) -> tuple[tuple[int, ...], ...]:
        """Return the metal sites that symmetry makes equal, whatever element sits on them."""
        from superatom.structure.anatomy_shape import site_orbits

        return site_orbits(self)

    def chirality(self, part: str = "skeleton") -> Chirality:
        """Return whether 'metals', 'skeleton' or 'all' atoms are chiral, and their hand."""
        from superatom.structure.anatomy_shape import handedness

        return handedness(self, part)

    def exposure(self, probe: str = "CO2") -> Exposure:
        """Return the metal and chalcogen area that 'H+', 'CO', 'CO2', 'O2', ... can touch."""
        from superatom.structure.anatomy_shape import exposed

        return exposed(self, probe)

    def as_dict(self) -> dict[str, Any]:
        """Return the anatomy as plain JSON types; `Anatomy.from_dict` reads it back."""
        from superatom.structure.anatomy_record import to_record

        return to_record(self)

    @classmethod
    def from_dict(cls, record: Mapping[str, Any]) -> Anatomy:
        """Return the anatomy written by `as_dict`.

        Raises
        ------
        StructureError
            If the record is not one.
        """
        from superatom.structure.anatomy_record import from_record

        return from_record(record)


def dissect(
    atoms: Atoms, charge: int | None = None, *, library: LigandLibrary | None = None
) -> Anatomy:
    """Take a cluster apart: ligands, kernel, motifs, modes, sites, sizes, electrons.

    Parameters
    ----------
    atoms : ase.Atoms
        One cluster, complete (see `superatom.structure.read` for crystals); counter-ions
        and solvent may be there, hydrogens may be missing.
    charge : int, optional
        Charge of the cluster in e; unknown by default, never guessed.
    library : LigandLibrary, optional
        Ligands known; the built-in library by default.

    Raises
    ------
    StructureError
        If the coordinates are no single cluster: no atoms or metals, atoms on top of
        each other, several separate clusters, or pieces of a cluster cut by its cell.

    Examples
    --------
    >>> from ase.cluster import Icosahedron
    >>> anatomy = dissect(Icosahedron("Au", 2), charge=5)
    >>> anatomy.kernel, anatomy.electrons.total, str(anatomy.kernel_shape())
    ('Au13', 8, 'centred icosahedron (0.00)')
    """
    found = bonds(atoms)
    main = _main_cluster(atoms, found)
    donors = find_donors(atoms, found)
    shell = find_ligands(atoms, found, donors, library)
    split = partition_bonds(atoms, found, donors)
    formula = _formula(atoms, main, shell, charge, library)
    sites = classify_sites(atoms, found, donors, split.geometric)
    modes = find_modes(atoms, donors)
    count, by_charge, notes = _electrons(formula)
    alternative = _alternative(atoms, found, split)
    return Anatomy(
        atoms=_without_cell(atoms),
        formula=formula,
        charge=charge,
        bonds=found,
        donors=donors,
        ligands=shell,
        modes=modes,
        census=census(atoms, modes, shell),
        geometric=split.geometric,
        literature=split.literature,
        sites=sites,
        bond_statistics=bond_statistics(atoms, found, split.geometric),
        coordination=coordination_numbers(atoms, found),
        sizes=sizes(atoms, shell, split.geometric),
        electrons=count,
        electrons_by_charge=by_charge,
        electron_parts=electron_parts(atoms, split.geometric, shell, formula),
        ambiguous=found.ambiguous,
        alternative=alternative,
        notes=(*notes, *shell.notes, *_doubts(atoms, split.geometric, modes)),
        provenance=stamp(
            _METHOD,
            np.ascontiguousarray(atoms.numbers).tobytes(),
            np.ascontiguousarray(atoms.positions).tobytes(),
            charge,
            sources=_TABLES,
        ),
    )


def _without_cell(atoms: Atoms) -> Atoms:
    from ase import Atoms as AseAtoms

    return AseAtoms(numbers=atoms.numbers.copy(), positions=atoms.positions.copy())


def _main_cluster(atoms: Atoms, found: Bonds) -> tuple[int, ...]:
    """Return the metals of the cluster, after a check that there is exactly one."""
    metals = np.flatnonzero(is_metal(atoms.numbers))
    if not len(metals):
        present = ", ".join(sorted(set(atoms.symbols)))
        raise StructureError(f"no metal atoms here, so no cluster (elements: {present})")
    labels = _pieces(atoms, found, metals)
    pieces = Counter(labels.tolist())
    if len(pieces) > 1:
        raise StructureError(_pieces_message(atoms, metals.tolist(), labels.tolist(), pieces))
    return tuple(metals.tolist())


def _pieces(atoms: Atoms, found: Bonds, metals: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the piece of each metal; pieces that nearly touch (interlocked rings) are one."""
    labels = found.fragments()[metals]
    if (labels == labels[0]).all():
        return labels
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    near = cKDTree(atoms.positions[metals]).query_pairs(_NEARLY, output_type="ndarray")
    joined = adjacency(labels[near].astype(np.int64).reshape(-1, 2), int(labels.max()) + 1)
    _, merged = connected_components(joined, directed=False)
    return np.asarray(merged, dtype=np.int64)[labels]


def _pieces_message(
    atoms: Atoms, metals: list[int], labels: list[int], pieces: Counter[int]
) -> str:
    lone = [m for m, label in zip(metals, labels, strict=True) if pieces[label] == 1]
    sizes_text = ", ".join(str(n) for _, n in pieces.most_common(6))
    more = ", ..." if len(pieces) > 6 else ""
    text = f"{len(pieces)} separate pieces with metal atoms (metals in each: {sizes_text}{more})"
    if lone:
        text += f"; atom {lone[0]} ({atoms.symbols[lone[0]]}) touches no other metal"
    return (
        f"{text}: several clusters, or one cluster cut by its cell; "
        "`superatom structure read` completes molecules and splits clusters and ions"
    )


def _formula(
    atoms: Atoms,
    metals: tuple[int, ...],
    shell: LigandShell,
    charge: int | None,
    library: LigandLibrary | None,
) -> Cluster:
    counted = Counter(atoms.symbols[k] for k in metals)
    ordered = dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
    return Cluster.of(ordered, shell.counts, charge, library=library)


def _electrons(
    formula: Cluster,
) -> tuple[ElectronCount | None, ElectronsByCharge | None, list[str]]:
    """Return the count, the count for every charge, and why either is missing."""
    try:
        by_charge = count_electrons_by_charge(formula)
    except UnknownComposition as error:
        return None, None, [f"no electron count: {error}"]
    if formula.charge is None:
        closing = ", ".join(_signed(q) for q, _ in by_charge.closing_charges)
        note = f"charge not given: {by_charge.function}"
        return None, by_charge, [f"{note}; closed shells at charge {closing}" if closing else note]
    return count_electrons(formula), by_charge, []


def _signed(charge: int) -> str:
    return f"{charge:+d}" if charge else "0"


def _alternative(atoms: Atoms, found: Bonds, split: Partitions) -> Partition | None:
    """Return the partition with ambiguous contacts read otherwise, if it differs."""
    if not found.ambiguous:
        return None
    other = partition_bonds(atoms, found.read_otherwise()).geometric
    same = (other.kernel, other.motif_formula) == (
        split.geometric.kernel,
        split.geometric.motif_formula,
    )
    return None if same else other


def _doubts(atoms: Atoms, partition: Partition, modes: tuple[Mode, ...]) -> list[str]:
    """Return what looks odd: metals near the border of the rules, thiolates on one metal."""
    found = [
        f"{atoms.symbols[doubt.atom]}{doubt.atom}: read as {doubt.read_as} metal ({doubt.reason})"
        for doubt in partition.doubts
    ]
    lone = sum(mode.donor in _BRIDGING and mode.mu == 1 for mode in modes)
    if lone:
        found.append(
            f"{lone} thiolate S (or Se, Te) on a single metal, where most bridge two: "
            "metals missing from the file, or a bond beyond the cut"
        )
    return found
