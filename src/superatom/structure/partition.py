"""Kernel and motifs of a ligand-protected cluster, in two conventions.

Geometric: a metal belongs to a motif if its ligands, not other metals, hold it: two
anionic donors in line (150 degrees or more), or three donors around it. Literature: the
same, but motifs whose metals continue the fcc lattice of the kernel count as kernel
with bridging ligands, as printed for Au28, Au36, Au44, Au52, Au92, Au23 and Au279.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superatom.structure.bonds import BondKind, Bonds, bonds, is_metal
from superatom.structure.donors import Donors, find_donors
from superatom.structure.kernel_lattice import fit_fcc
from superatom.structure.motifs import (
    Motif,
    element_text,
    find_motifs,
    interstitial_anions,
    motif_text,
)

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["Doubt", "Partition", "Partitions", "partition", "partition_bonds"]

FloatArray = NDArray[np.float64]

_LINEAR = 150.0  # degrees, donor-metal-donor
_BENT = 130.0  # degrees; kernel metals with two donors have 96-120 (Au102, Au18)
_DOUBTFUL = 135.0  # degrees; a bent kernel metal from here on is reported
_SHORT_CONTACT = 3.10  # Å; metal-metal bonds of a kernel end about here
_FEW_CONTACTS = 3  # short metal-metal contacts that a motif metal may have when bent
_PLANAR = 0.30  # length of the mean donor direction: 0 planar, 0.33 tetrahedral
_MANY_CONTACTS = 5  # metals under a pyramidal kernel metal (Ag44: 6); caps such as CdS3 have 2-4
_TOUCHING = 3.6  # Å
_HUB = 3  # kernel metals that a lone metal on a lattice site touches
# Å from a lattice site: metals of Ag-doped Au36 up to 0.85, a staple over a (111) bridge 0.92
_ON_SITE = 0.88


@dataclass(frozen=True, slots=True)
class Doubt:
    """A metal whose place is near the border of the rules.

    Attributes
    ----------
    atom : int
        Index of the metal.
    read_as : str
        'kernel' or 'motif'.
    reason : str
        What makes it doubtful.
    """

    atom: int
    read_as: str
    reason: str


@dataclass(frozen=True, slots=True)
class Partition:
    """Kernel and motifs in one convention.

    Attributes
    ----------
    convention : str
        'geometric' or 'literature'.
    kernel : tuple[int, ...]
        Indices of the kernel metals.
    kernel_formula : str
        'Au13', 'Au12Pd1'; empty if there is no kernel.
    surface : tuple[int, ...]
        Kernel metals that hold a donor or lie open.
    interior : tuple[int, ...]
        Kernel metals surrounded by metals, without a donor.
    motifs : tuple[Motif, ...]
        Motifs and bridging ligands, sorted by name.
    terminal : tuple[Motif, ...]
        Anionic donors on a single kernel metal (phosphine clusters' halides).
    doubts : tuple[Doubt, ...]
        Metals near the border of the rules.
    """

    convention: str
    kernel: tuple[int, ...]
    kernel_formula: str
    surface: tuple[int, ...]
    interior: tuple[int, ...]
    motifs: tuple[Motif, ...]
    terminal: tuple[Motif, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def motif_formula(self) -> str:
        """Motifs as text: '3 Au1(SR)2; 6 Au2(SR)3'."""
        return motif_text(self.motifs)

    @property
    def motif_metals(self) -> tuple[int, ...]:
        """Indices of the metals in motifs."""
        return tuple(sorted(k for motif in self.motifs for k in motif.metals))

    def __str__(self) -> str:
        kernel = self.kernel_formula or "no kernel"
        return f"{kernel} | {self.motif_formula or 'no motifs'}"


@dataclass(frozen=True, slots=True)
class Partitions:
    """The same structure in both conventions.

    Attributes
    ----------
    geometric, literature : Partition
        By donors alone, and as the literature prints it.
    """

    geometric: Partition
    literature: Partition
    donors: Donors = field(repr=False, compare=False)

    @property
    def agree(self) -> bool:
        """Whether both conventions name the same kernel."""
        return self.geometric.kernel == self.literature.kernel


def partition(atoms: Atoms) -> Partitions:
    """Split a cluster into kernel and motifs.

    Parameters
    ----------
    atoms : ase.Atoms
        One molecule; hydrogens and ligand tails may be missing.

    Raises
    ------
    StructureError
        If the coordinates cannot be a molecule (see `superatom.structure.bonds.bonds`).

    Examples
    --------
    >>> from ase import Atoms
    >>> staple = Atoms("SAuS", [(-2.3, 0, 0), (0, 0, 0), (2.3, 0, 0)])
    >>> print(partition(staple).geometric)
    no kernel | 1 Au1(SR)2
    """
    return partition_bonds(atoms, bonds(atoms))


def partition_bonds(atoms: Atoms, found: Bonds, donors: Donors | None = None) -> Partitions:
    """Split a cluster whose bonds (and donors) are known into kernel and motifs."""
    cluster = _Cluster(atoms, found, donors if donors is not None else find_donors(atoms, found))
    motif_metals, doubts = _motif_metals(cluster)
    geometric = _assemble(cluster, "geometric", motif_metals, doubts)
    on_lattice = _lattice_metals(cluster, geometric)
    literature = _assemble(cluster, "literature", motif_metals - on_lattice, doubts)
    return Partitions(geometric, literature, cluster.donors)


class _Cluster:
    """Metals, their contacts and donor directions, looked up often."""

    def __init__(self, atoms: Atoms, found: Bonds, donors: Donors) -> None:
        self.atoms = atoms
        self.positions: FloatArray = atoms.positions
        self.symbols: list[str] = list(atoms.symbols)
        self.metals: list[int] = np.flatnonzero(is_metal(atoms.numbers)).tolist()
        self.donors = donors
        self.donors_of = donors.by_metal()
        self.ignored = {group for group, name in donors.names.items() if name in ("H", "arene")}
        self.ignored |= interstitial_anions(atoms, donors)
        self.contacts: dict[int, list[tuple[int, float]]] = {k: [] for k in self.metals}
        pairs = found.of(BondKind.METAL_METAL).tolist()
        lengths = found.lengths_of(BondKind.METAL_METAL).tolist()
        for (i, j), length in zip(pairs, lengths, strict=True):
            self.contacts[i].append((j, length))
            self.contacts[j].append((i, length))

    def directions(self, metal: int) -> tuple[list[int], FloatArray]:
        """Return the donor groups of a metal and unit vectors to them.

        Hydrides, arenes and anions inside the metal frame are left out.
        """
        nearest: dict[int, tuple[float, FloatArray]] = {}
        for group, atom in self.donors_of.get(metal, []):
            if group in self.ignored:
                continue
            away = self.positions[atom] - self.positions[metal]
            length = float(np.sqrt(away @ away))
            if group not in nearest or length < nearest[group][0]:
                nearest[group] = (length, away / length)
        return list(nearest), np.array([unit for _, unit in nearest.values()]).reshape(-1, 3)

    def metals_near(self, metal: int, without: set[int]) -> int:
        """Return how many other metals, but those in `without`, lie within `_TOUCHING`."""
        others = [k for k in self.metals if k != metal and k not in without]
        away = self.positions[others] - self.positions[metal]
        return int((np.linalg.norm(away, axis=1) < _TOUCHING).sum()) if others else 0

    def short_contacts(self, metal: int) -> int:
        return sum(length < _SHORT_CONTACT for _, length in self.contacts[metal])


def _motif_metals(cluster: _Cluster) -> tuple[set[int], tuple[Doubt, ...]]:
    """Return the metals held by ligands (geometric convention) and doubtful ones."""
    motif: set[int] = set()
    pyramidal: list[int] = []
    doubts: list[Doubt] = []
    for metal in cluster.metals:
        groups, units = cluster.directions(metal)
        anionic = np.array([cluster.donors.is_anionic(g) for g in groups], dtype=bool)
        verdict = _held_by_ligands(cluster, metal, anionic, units, doubts)
        if verdict == "motif":
            motif.add(metal)
        elif verdict == "pyramidal":
            pyramidal.append(metal)
    for metal in pyramidal:
        if cluster.metals_near(metal, motif) < _MANY_CONTACTS:
            motif.add(metal)
    motif |= _lone_metals(cluster, motif)
    return motif, tuple(doubts)


def _held_by_ligands(
    cluster: _Cluster,
    metal: int,
    anionic: NDArray[np.bool_],
    units: FloatArray,
    doubts: list[Doubt],
) -> str:
    """Return 'motif', 'pyramidal' (three donors on one side) or 'kernel'."""
    if len(units) < 2 or not anionic.any():
        return "kernel"
    angles = np.degrees(np.arccos(np.clip(units @ units.T, -1.0, 1.0)))
    if anionic.sum() >= 2:
        widest = float(angles[np.ix_(anionic, anionic)].max())
        if widest >= _LINEAR:
            return "motif"
        if len(units) >= 3:
            planar = float(np.linalg.norm(units.mean(axis=0))) < _PLANAR
            apart = cluster.short_contacts(metal) < _MANY_CONTACTS
            return "motif" if planar and apart else "pyramidal"
        return _bent(cluster, metal, widest, doubts)
    mixed = float(angles[anionic].max())
    few = cluster.short_contacts(metal) <= _FEW_CONTACTS
    return "motif" if mixed >= _LINEAR and few else "kernel"


def _bent(cluster: _Cluster, metal: int, angle: float, doubts: list[Doubt]) -> str:
    """Judge a metal with two anionic donors that are not in line."""
    if angle < _BENT:
        return "kernel"
    contacts = cluster.short_contacts(metal)
    verdict = "motif" if contacts <= _FEW_CONTACTS else "kernel"
    reason = f"two donors at {angle:.0f} degrees and {contacts} metals within {_SHORT_CONTACT} Å"
    if verdict == "motif" or angle >= _DOUBTFUL:
        doubts.append(Doubt(metal, verdict, reason))
    return verdict


def _lone_metals(cluster: _Cluster, motif: set[int]) -> set[int]:
    """Return metals with two or more anionic donors and no kernel metal to touch."""
    return {
        metal
        for metal in cluster.metals
        if metal not in motif
        and len({g for g, _ in cluster.donors_of.get(metal, []) if cluster.donors.is_anionic(g)})
        >= 2
        and all(other in motif for other, _ in cluster.contacts[metal])
    }


def _lattice_metals(cluster: _Cluster, geometric: Partition) -> set[int]:
    """Return the metals of motifs that continue the fcc lattice of the kernel.

    These are motifs that lie on lattice sites as a whole, and single metals of larger
    ones that also touch three kernel metals; metals of staples touch two at most.
    """
    staples = [motif for motif in geometric.motifs if motif.metals]
    if not staples or not geometric.kernel:
        return set()
    lattice = fit_fcc(cluster.positions[list(geometric.kernel)])
    if lattice is None:
        return set()
    metals = [k for motif in staples for k in motif.metals]
    off = lattice.distance_to_empty_sites(cluster.positions[metals])
    on_site = {k for k, distance in zip(metals, off.tolist(), strict=True) if distance <= _ON_SITE}
    whole = {k for motif in staples if on_site.issuperset(motif.metals) for k in motif.metals}
    kernel = whole | set(geometric.kernel)
    held = {k for k in on_site if sum(j in kernel for j, _ in cluster.contacts[k]) >= _HUB}
    return whole | held


def _assemble(
    cluster: _Cluster, convention: str, motif_metals: set[int], doubts: tuple[Doubt, ...]
) -> Partition:
    kernel = tuple(k for k in cluster.metals if k not in motif_metals)
    motifs, terminal = find_motifs(cluster.atoms, cluster.donors, motif_metals)
    interior = tuple(k for k in kernel if _is_interior(cluster, k))
    inside = set(interior)
    return Partition(
        convention=convention,
        kernel=kernel,
        kernel_formula=element_text([cluster.symbols[k] for k in kernel]),
        surface=tuple(k for k in kernel if k not in inside),
        interior=interior,
        motifs=motifs,
        terminal=terminal,
        doubts=doubts,
    )


def _is_interior(cluster: _Cluster, metal: int) -> bool:
    """Whether a metal has no donor but hydride and metals on all sides."""
    groups, _ = cluster.directions(metal)
    if groups:
        return False
    around = [k for k, _ in cluster.contacts[metal]]
    if len(around) < 8:
        return False
    away = cluster.positions[around] - cluster.positions[metal]
    units = away / np.linalg.norm(away, axis=1)[:, None]
    return float(np.linalg.norm(units.mean(axis=0))) < _PLANAR
