"""Sites of a crystal structure as a file lists them, and their images in one cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from superatom.structure.lattice import Lattice
from superatom.structure.readers.operators import Symmetry

__all__ = ["CellSites", "CrystalFile", "Sites", "expand", "mixed_sites"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

#: Occupancy from which a site counts as full; refined values scatter around 1.
FULL = 0.985
#: Images of one site closer than this (Å) are the same atom on a special position.
_SAME_ATOM = 0.10
#: Images of one fully occupied site closer than this (Å) are one atom slightly off its position.
_OFF_POSITION = 0.60
#: Different elements refined on one site lie closer than this (Å).
_MIXED_METALS, _MIXED_FAMILY, _MIXED_OTHERS = 0.60, 0.35, 0.10
#: Elements that replace each other at the end of a bond or in a chain.
_FAMILIES = ((9, 17, 35, 53), (16, 34, 52))


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Sites of the asymmetric unit.

    Attributes
    ----------
    labels : tuple[str, ...]
        As in the file.
    numbers : ndarray of int, shape (n,)
        Atomic numbers.
    fractional : ndarray of float, shape (n, 3)
        Coordinates in cells.
    occupancy : ndarray of float, shape (n,)
        Chemical occupancy: 1 for a full site, also on a special position.
    assembly, group : tuple[str, ...]
        Disorder tags; '' if none. A group that starts with '-' is a negative PART: disorder
        about a symmetry element.
    order : ndarray of int, shape (n,)
        Operators that leave the site where it is, as the file states; 0 if it does not.
    mixtures : Mapping[int, Mapping[str, float]]
        For sites shared by several elements: the occupancy of each.
    """

    labels: tuple[str, ...]
    numbers: IntArray
    fractional: FloatArray
    occupancy: FloatArray
    assembly: tuple[str, ...]
    group: tuple[str, ...]
    order: IntArray
    mixtures: Mapping[int, Mapping[str, float]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def tagged(self) -> BoolArray:
        """Which sites carry a disorder group, shape (n,)."""
        return np.array([bool(g) for g in self.group], dtype=bool)


@dataclass(frozen=True, slots=True, eq=False)
class CrystalFile:
    """What a crystal structure file says.

    Attributes
    ----------
    sites : Sites
        Sites of the asymmetric unit.
    lattice : Lattice
        The cell.
    symmetries : tuple[Symmetry, ...]
        Every group the file can mean, the most trusted first.
    formula : Mapping[str, float]
        Atoms per formula unit as the file states them; empty if it does not.
    moiety : str
        Formula by moieties as the file states it.
    formula_units : float or None
        Formula units in the cell (Z).
    masked : bool
        Whether the file says that disordered solvent was taken out of the data.
    notes : tuple[str, ...]
        What was repaired while reading.
    """

    sites: Sites
    lattice: Lattice
    symmetries: tuple[Symmetry, ...]
    formula: Mapping[str, float]
    moiety: str
    formula_units: float | None
    masked: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class CellSites:
    """Images of the sites in one cell.

    Attributes
    ----------
    fractional : ndarray of float, shape (n, 3)
        Coordinates in the cell.
    site : ndarray of int, shape (n,)
        Index of the site each is an image of.
    image_of : ndarray of int, shape (m, n_sites)
        Index of the image that operator k makes of site i.
    order : ndarray of int, shape (n_sites,)
        Operators that leave the site where it is.
    moved : tuple[tuple[int, float], ...]
        Full sites brought onto their special position, and by how many Å.
    """

    fractional: FloatArray
    site: IntArray
    image_of: IntArray
    order: IntArray
    moved: tuple[tuple[int, float], ...]

    def multiplicity(self, sites: Sites) -> IntArray:
        """Return how many atoms of occupancy 1 a site would be in the cell, shape (n_sites,).

        A disordered site can lie so close to a symmetry element that its images coincide
        and is still refined as a general one; the file's own statement comes first.
        """
        order = np.where((sites.order > 0) & sites.tagged, sites.order, self.order)
        return np.asarray(len(self.image_of) // np.maximum(order, 1), dtype=np.int64)


def expand(sites: Sites, symmetry: Symmetry, lattice: Lattice) -> CellSites:
    """Apply a space group to the sites of the asymmetric unit.

    Images of a site that coincide are one atom. Images of an untagged, fully occupied
    atom (not H) closer than a bond are brought onto the special position between them.
    """
    images = symmetry.images(sites.fractional)
    n_operators, n_sites = images.shape[:2]
    image_of = np.empty((n_operators, n_sites), dtype=np.int64)
    places: list[FloatArray] = []
    owners: list[int] = []
    moved: list[tuple[int, float]] = []
    whole = ~sites.tagged & (sites.occupancy >= FULL) & (sites.numbers > 1)
    for i in range(n_sites):
        reach = _OFF_POSITION if whole[i] else _SAME_ATOM
        found, label, shift = _distinct_places(images[:, i], lattice, reach)
        if shift > _SAME_ATOM:
            moved.append((i, shift))
        image_of[:, i] = label + len(owners)
        places.extend(found)
        owners.extend([i] * len(found))
    site = np.array(owners, dtype=np.int64)
    order = n_operators // np.maximum(np.bincount(site, minlength=n_sites), 1)
    fractional = np.array(places).reshape(-1, 3)
    return CellSites(fractional - np.floor(fractional), site, image_of, order, tuple(moved))


def _distinct_places(
    images: FloatArray, lattice: Lattice, reach: float
) -> tuple[FloatArray, IntArray, float]:
    """Return the distinct places, the place of each image, and the largest shift (Å)."""
    label = np.full(len(images), -1, dtype=np.int64)
    places: list[FloatArray] = []
    largest = 0.0
    for k, image in enumerate(images):
        if label[k] >= 0:
            continue
        difference = images - image
        difference -= np.round(difference)
        near = (np.linalg.norm(lattice.cartesian(difference), axis=1) < reach) & (label < 0)
        label[near] = len(places)
        middle = difference[near].mean(axis=0)
        largest = max(largest, float(np.linalg.norm(lattice.cartesian(middle))))
        places.append(image + middle)
    return np.array(places), label, largest


def mixed_sites(sites: Sites, symmetry: Symmetry, lattice: Lattice) -> tuple[Sites, list[str]]:
    """Merge different elements refined on one site into one mixed site.

    Metals closer than 0.6 Å, and halogens or chalcogens closer than 0.35 Å, share a site
    whatever their disorder tags; other heavy atoms only if they coincide and carry no tags.
    The site gets the element of the largest occupancy, and `mixtures` keeps all.
    """
    from superatom.structure.bonds import is_metal

    metal = is_metal(sites.numbers)
    partial = (sites.occupancy < FULL) & (sites.numbers > 1)
    candidates = np.flatnonzero(partial)
    images = symmetry.images(sites.fractional)
    taken: set[int] = set()
    mixtures: dict[int, dict[str, float]] = {}
    occupancy = sites.occupancy.copy()
    fractional = sites.fractional.copy()
    notes: list[str] = []
    for i in candidates[np.argsort(-sites.occupancy[candidates], kind="stable")].tolist():
        if i in taken:
            continue
        gap = lattice.nearest_vector(images[:, candidates] - sites.fractional[i])
        nearest = np.linalg.norm(gap, axis=2).min(axis=0)
        members = [i]
        for j, distance in zip(candidates.tolist(), nearest.tolist(), strict=True):
            alike = (metal[i] and metal[j]) or _one_family(sites.numbers[[i, j]])
            limit = (_MIXED_METALS if metal[i] else _MIXED_FAMILY) if alike else _MIXED_OTHERS
            free = alike or not (sites.group[i] or sites.group[j])
            known = {int(sites.numbers[m]) for m in members}
            total = float(sites.occupancy[members].sum() + sites.occupancy[j])
            fits = distance < limit and int(sites.numbers[j]) not in known and total < 1.05
            if j != i and j not in taken and free and fits:
                members.append(j)
        if len(members) > 1:
            taken.update(members)
            mixtures[i] = _shares(sites, members)
            weights = sites.occupancy[members]
            occupancy[i] = min(1.0, float(weights.sum()))
            fractional[i] = _middle(sites, members, images, weights)
            notes.append(_mixture_note(sites, members))
    return _merged(sites, taken, mixtures, occupancy, fractional), notes


def _one_family(numbers: IntArray) -> bool:
    """Whether elements are all halogens or all chalcogens."""
    return any(np.isin(numbers, family).all() for family in _FAMILIES)


def _shares(sites: Sites, members: list[int]) -> dict[str, float]:
    from ase.data import chemical_symbols

    return {chemical_symbols[sites.numbers[m]]: float(sites.occupancy[m]) for m in members}


def _middle(
    sites: Sites, members: list[int], images: FloatArray, weights: FloatArray
) -> FloatArray:
    """Return the mean place of the members, each taken in its image nearest to the first."""
    origin = sites.fractional[members[0]]
    gaps = images[:, members] - origin
    gaps -= np.round(gaps)
    best = np.argmin(np.linalg.norm(gaps, axis=2), axis=0)
    nearest = gaps[best, np.arange(len(members))]
    middle: FloatArray = origin + (weights[:, None] * nearest).sum(axis=0) / weights.sum()
    return middle


def _mixture_note(sites: Sites, members: list[int]) -> str:
    shares = ", ".join(f"{symbol} {share:.3g}" for symbol, share in _shares(sites, members).items())
    return f"site {'/'.join(sites.labels[m] for m in members)} is shared by {shares}"


def _merged(
    sites: Sites,
    taken: set[int],
    mixtures: dict[int, dict[str, float]],
    occupancy: FloatArray,
    fractional: FloatArray,
) -> Sites:
    keep = [i for i in range(len(sites)) if i not in taken or i in mixtures]
    return Sites(
        labels=tuple(sites.labels[i] for i in keep),
        numbers=sites.numbers[keep],
        fractional=fractional[keep],
        occupancy=occupancy[keep],
        assembly=tuple("" if i in mixtures else sites.assembly[i] for i in keep),
        group=tuple("" if i in mixtures else sites.group[i] for i in keep),
        order=sites.order[keep],
        mixtures={new: mixtures[i] for new, i in enumerate(keep) if i in mixtures},
    )
