"""Numbers a structure section prints: bond lengths, coordination numbers, sizes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superatom.structure.bonds import BondKind, Bonds, is_metal
from superatom.structure.ligand_shell import LigandShell
from superatom.structure.partition import Partition

if TYPE_CHECKING:
    from ase import Atoms

__all__ = [
    "BondStatistics",
    "Coordination",
    "Sizes",
    "bond_statistics",
    "coordination_numbers",
    "sizes",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Metal-metal distances (Å) that make the first shell of an EXAFS fit of gold and silver
#: clusters; longer metallophilic contacts average out.
FIRST_SHELL = 3.10


@dataclass(frozen=True, slots=True)
class BondStatistics:
    """Lengths of one class of bonds.

    Attributes
    ----------
    elements : str
        'Au-S', elements in alphabetical order.
    place : str
        'kernel', 'kernel-motif', 'motif', 'centre-shell', 'within motifs', ...
    count : int
        Number of bonds.
    mean, deviation, shortest, longest : float
        Å; the deviation is that of the population.
    """

    elements: str
    place: str
    count: int
    mean: float
    deviation: float
    shortest: float
    longest: float


@dataclass(frozen=True, slots=True)
class Coordination:
    """Neighbours of one element around another, averaged over the absorbing atoms.

    Attributes
    ----------
    absorber, neighbour : str
        Elements, as in the EXAFS path absorber-neighbour.
    number : float
        Mean coordination number N.
    distance : float
        Mean distance R in Å.
    variance : float
        Static variance of R in Å² (the disorder part of the EXAFS sigma²).
    cutoff : float
        Longest distance counted, Å; NaN where the bond rules decide.
    """

    absorber: str
    neighbour: str
    number: float
    distance: float
    variance: float
    cutoff: float


@dataclass(frozen=True, slots=True)
class Sizes:
    """Lengths that describe a cluster as a whole, all in Å.

    Attributes
    ----------
    gyration_radius : float
        Of all atoms of the cluster, weighted by mass.
    metal_gyration_radius : float
        Of the metal atoms, weighted by mass.
    kernel_diameter : float
        Largest distance between two kernel nuclei.
    metal_diameter : float
        Largest distance between two metal nuclei.
    overall_diameter : float
        Largest distance between two nuclei.
    shell_thickness : float
        Mean distance from the metals that hold ligands to the far end of the ligands,
        along the radius.
    """

    gyration_radius: float
    metal_gyration_radius: float
    kernel_diameter: float
    metal_diameter: float
    overall_diameter: float
    shell_thickness: float


def bond_statistics(atoms: Atoms, bonds: Bonds, partition: Partition) -> tuple[BondStatistics, ...]:
    """Return bond lengths by elements and place, metal bonds only."""
    chosen = bonds.kinds != BondKind.COVALENT
    pairs, lengths = bonds.pairs[chosen], bonds.lengths[chosen]
    symbols = np.array(list(atoms.symbols))
    elements = np.sort(symbols[pairs], axis=1) if len(pairs) else np.zeros((0, 2), dtype=str)
    place = _places(atoms, partition)[pairs] if len(pairs) else np.zeros((0, 2), dtype=int)
    groups: dict[tuple[str, str], list[float]] = {}
    for (a, b), where, length in zip(
        elements.tolist(), place.tolist(), lengths.tolist(), strict=True
    ):
        groups.setdefault((f"{a}-{b}", _place_name(*sorted(where))), []).append(length)
    return tuple(
        BondStatistics(
            pair, where, len(v), float(np.mean(v)), float(np.std(v)), float(min(v)), float(max(v))
        )
        for (pair, where), v in sorted(groups.items())
    )


_LIGAND, _INTERIOR, _SURFACE, _MOTIF = range(4)
_PLACE_NAMES = {
    (_LIGAND, _INTERIOR): "kernel interior",
    (_LIGAND, _SURFACE): "kernel surface",
    (_LIGAND, _MOTIF): "motif",
    (_INTERIOR, _INTERIOR): "within interior",
    (_INTERIOR, _SURFACE): "interior-surface",
    (_SURFACE, _SURFACE): "within kernel surface",
    (_INTERIOR, _MOTIF): "interior-motif",
    (_SURFACE, _MOTIF): "kernel-motif",
    (_MOTIF, _MOTIF): "between motif metals",
}


def _places(atoms: Atoms, partition: Partition) -> IntArray:
    """Return where each atom sits."""
    place = np.full(len(atoms), _LIGAND)
    place[list(partition.interior)] = _INTERIOR
    place[list(partition.surface)] = _SURFACE
    place[list(partition.motif_metals)] = _MOTIF
    return place


def _place_name(first: int, second: int) -> str:
    return _PLACE_NAMES.get((first, second), "outside the cluster")


def coordination_numbers(atoms: Atoms, bonds: Bonds) -> tuple[Coordination, ...]:
    """Return mean coordination numbers by element pair, metals as absorbers.

    Metal-metal neighbours are counted up to `FIRST_SHELL`, others by the bond rules.
    """
    numbers = np.asarray(atoms.numbers)
    symbols = np.array(list(atoms.symbols))
    metal = is_metal(numbers)
    keep = bonds.kinds != BondKind.COVALENT
    keep &= (bonds.kinds != BondKind.METAL_METAL) | (bonds.lengths <= FIRST_SHELL)
    pairs, lengths = bonds.pairs[keep], bonds.lengths[keep]
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    both = np.concatenate([lengths, lengths])
    found = []
    for absorber in sorted(set(symbols[metal].tolist())):
        n_absorbers = int((symbols == absorber).sum())
        own = symbols[ends[:, 0]] == absorber
        around = symbols[ends[own, 1]]
        for neighbour in sorted(set(around.tolist())):
            values = both[own][around == neighbour]
            metallic = bool(metal[symbols == neighbour].all())
            found.append(
                Coordination(
                    absorber,
                    neighbour,
                    len(values) / n_absorbers,
                    float(values.mean()),
                    float(values.var()),
                    FIRST_SHELL if metallic else float("nan"),
                )
            )
    return tuple(found)


def sizes(atoms: Atoms, shell: LigandShell, partition: Partition) -> Sizes:
    """Return gyration radii, diameters and the thickness of the ligand shell in Å."""
    positions: FloatArray = np.asarray(atoms.positions)
    masses = np.asarray(atoms.get_masses())
    metals = np.array(sorted([*partition.kernel, *partition.motif_metals]), dtype=np.int64)
    bound = [k for ligand in shell.ligands for k in ligand.atoms]
    cluster = np.concatenate([metals, np.array(bound, dtype=np.int64)])
    return Sizes(
        gyration_radius=_gyration(positions[cluster], masses[cluster]),
        metal_gyration_radius=_gyration(positions[metals], masses[metals]),
        kernel_diameter=_diameter(positions[list(partition.kernel)]),
        metal_diameter=_diameter(positions[metals]),
        overall_diameter=_diameter(positions[cluster]),
        shell_thickness=_thickness(positions, metals, shell),
    )


def _gyration(positions: FloatArray, masses: FloatArray) -> float:
    centre = np.average(positions, axis=0, weights=masses)
    square = ((positions - centre) ** 2).sum(axis=1)
    return float(np.sqrt(np.average(square, weights=masses)))


def _diameter(positions: FloatArray) -> float:
    """Return the largest distance between two points, over their convex hull."""
    if len(positions) < 2:
        return 0.0
    from scipy.spatial.distance import pdist

    return float(pdist(_outer(positions)).max())


def _outer(positions: FloatArray) -> FloatArray:
    """Return the corners of the convex hull (all points if they span no volume)."""
    from scipy.spatial import ConvexHull, QhullError

    if len(positions) < 50:
        return positions
    try:
        return np.asarray(positions[ConvexHull(positions).vertices])
    except QhullError:  # points in a plane or on a line have no hull
        return positions


def _thickness(positions: FloatArray, metals: IntArray, shell: LigandShell) -> float:
    """Return the mean radial distance (Å) from a ligand's metals to its far end."""
    centre = positions[metals].mean(axis=0)
    radius = np.linalg.norm(positions - centre, axis=1)
    reach = [
        float(radius[list(ligand.atoms)].max() - radius[list(ligand.metals)].mean())
        for ligand in shell.ligands
        if ligand.metals
    ]
    return float(np.mean(reach)) if reach else 0.0
