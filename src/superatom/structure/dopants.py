"""Doping positions: centre, kernel, kernel surface or motif, for every metal of a cluster.

The classes of figure 1 of the review by Du, Fang, Wang and Zhu (Chem. Sci. 2025, 16,
10642): a centre has metals on all sides and no ligand, a kernel-surface metal holds one
donor, a motif metal two or more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from superatom.structure.bonds import BondKind, Bonds
from superatom.structure.donors import Donors
from superatom.structure.partition import Partition

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["POSITIONS", "MetalSite", "classify_sites", "heteroatoms", "site_counts"]

#: Doping positions, from the inside out.
POSITIONS = ("centre", "kernel", "kernel surface", "motif")

_CLOSE_PACKED = 12  # neighbours of the centre of an icosahedron or cuboctahedron


@dataclass(frozen=True, slots=True)
class MetalSite:
    """One metal atom and where it sits.

    Attributes
    ----------
    atom : int
        Index of the metal.
    symbol : str
        Its element.
    position : str
        One of `POSITIONS`.
    n_donors : int
        Donor groups it holds (hydrides not counted).
    n_metals : int
        Metal neighbours.
    motif : str
        Name of its motif; empty in the kernel.
    is_heteroatom : bool
        Whether it is another element than the cluster's most frequent metal.
    """

    atom: int
    symbol: str
    position: str
    n_donors: int
    n_metals: int
    motif: str
    is_heteroatom: bool


def classify_sites(
    atoms: Atoms, bonds: Bonds, donors: Donors, partition: Partition
) -> tuple[MetalSite, ...]:
    """Return the doping position of every metal, in the order of the file."""
    symbols = list(atoms.symbols)
    neighbours = _metal_neighbours(bonds)
    centres = _centres(partition, neighbours)
    motif_of = {k: motif.name for motif in partition.motifs for k in motif.metals}
    interior = set(partition.interior)
    metals = sorted([*partition.kernel, *motif_of])
    host = _host(symbols, metals)
    held = {
        metal: {group for group, _ in pairs if donors.names[group] != "H"}
        for metal, pairs in donors.by_metal().items()
    }
    return tuple(
        MetalSite(
            atom=k,
            symbol=symbols[k],
            position=_position(k, centres, interior, motif_of),
            n_donors=len(held.get(k, ())),
            n_metals=len(neighbours.get(k, ())),
            motif=motif_of.get(k, ""),
            is_heteroatom=symbols[k] != host,
        )
        for k in metals
    )


def heteroatoms(sites: tuple[MetalSite, ...]) -> tuple[MetalSite, ...]:
    """Return the sites taken by another metal than the host."""
    return tuple(site for site in sites if site.is_heteroatom)


def site_counts(sites: tuple[MetalSite, ...]) -> Mapping[str, Mapping[str, int]]:
    """Return the number of atoms of each element in each position."""
    return {
        position: dict(Counter(s.symbol for s in sites if s.position == position))
        for position in POSITIONS
    }


def _host(symbols: list[str], metals: list[int]) -> str:
    counted = Counter(symbols[k] for k in metals)
    return min(counted, key=lambda element: (-counted[element], element)) if counted else ""


def _metal_neighbours(bonds: Bonds) -> dict[int, list[int]]:
    neighbours: dict[int, list[int]] = {}
    for i, j in bonds.of(BondKind.METAL_METAL).tolist():
        neighbours.setdefault(i, []).append(j)
        neighbours.setdefault(j, []).append(i)
    return neighbours


def _position(k: int, centres: set[int], interior: set[int], motif_of: dict[int, str]) -> str:
    if k in motif_of:
        return "motif"
    if k in centres:
        return "centre"
    return "kernel" if k in interior else "kernel surface"


def _centres(partition: Partition, neighbours: dict[int, list[int]]) -> set[int]:
    """Return the interior metals that lie deepest: no neighbour is deeper.

    Depth is the number of bonds to the nearest metal that is not interior. Of interior
    metals of the same depth that touch (a shared face, an inner tetrahedron) only those
    with 12 neighbours in the kernel are centres.
    """
    interior, kernel = set(partition.interior), set(partition.kernel)
    depth = dict.fromkeys(set(neighbours) - interior, 0)
    front = list(depth)
    while front:
        reached = {n for k in front for n in neighbours[k] if n in interior and n not in depth}
        for n in reached:
            depth[n] = 1 + min(depth[m] for m in neighbours[n] if m in depth)
        front = list(reached)
    return {k for k in interior if _is_centre(k, kernel, depth, neighbours)}


def _is_centre(
    k: int, kernel: set[int], depth: dict[int, int], neighbours: dict[int, list[int]]
) -> bool:
    own = depth.get(k, 0)
    around = [depth.get(n, 0) for n in neighbours[k]]
    if max(around) > own:
        return False
    return own not in around or sum(n in kernel for n in neighbours[k]) == _CLOSE_PACKED
