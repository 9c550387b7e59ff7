"""The metals and donor atoms of an archetype as springs and walls, to be laid out in space."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from superatom.model.families.archetypes import Archetype
from superatom.model.families.core_shells import CONTACT
from superatom.model.families.donor_lengths import donor
from superatom.model.families.donor_springs import BITE_ROOM, Spring, bond_springs, donor_springs
from superatom.model.families.embedding import DistanceModel
from superatom.model.families.second_neighbours import second_neighbour_springs
from superatom.model.families.site_elements import site_metals
from superatom.model.families.ways_out import METALS_APART

__all__ = ["default_donors", "skeleton_model"]

FloatArray = NDArray[np.float64]

# stiffness of contacts inside the kernel and of others (a bond has 2); pairs of the shells
# that do not touch only hold the shape
_KERNEL, _LOOSE, _FRAME = 1.0, 0.5, 0.02
_BESIDE = 3.2  # Å between donors on one metal: 90 degrees at bonds of 2.3 Å


def default_donors(archetype: Archetype, halide: str = "Cl") -> tuple[str, ...]:
    """Return the element of every donor atom, with sulfur in thiolates and one halide."""
    return tuple(halide if letter == "X" else letter for letter in archetype.donor_letters)


def skeleton_model(
    archetype: Archetype,
    symbols: Sequence[str],
    donors: Sequence[str] | None = None,
    *,
    bites: Mapping[int, float] | None = None,
    reaches: Mapping[int, FloatArray] | None = None,
) -> DistanceModel:
    """Return springs and walls for the metals, then the donor atoms in the archetype's order.

    Contacts have the mean length of their class, or what the polyhedra of the shells give; all
    else follows from bonds, the angles at donors and motif metals, and the room that atoms
    need. Lengths of the archetype hold for its own metal and grow or shrink with the metallic
    radii of the elements that sit there; bonds to donors come from `donor_lengths`.

    Parameters
    ----------
    archetype : Archetype
        The family.
    symbols : sequence of str
        Element of every metal site.
    donors : sequence of str, optional
        Element of every donor atom (`Archetype.donor_sites`), by default that of its letter
        and chlorine for halides.
    bites : mapping of int to float, optional
        Distance between the donor atoms of a ligand, Å, by number of its site.
    reaches : mapping of int to ndarray, shape (d, d), optional
        How far the donor atoms of a ligand can be apart at most, Å, by number of its site.
    """
    elements = list(donors) if donors is not None else list(default_donors(archetype))
    given = {frozenset(pair) for *pair, _ in archetype.distances}
    springs = _unique(
        [*_metal_springs(archetype, symbols), *bond_springs(archetype, symbols, elements)]
    )
    angles = donor_springs(archetype, symbols, elements, bites or {}, reaches or {})
    springs = _unique([*springs, *(a for a in angles if frozenset(a[:2]) not in given)])
    springs = _unique([*springs, *_frame_springs(archetype, symbols)])
    grown = _growth(archetype, symbols)
    springs = _unique([*springs, *second_neighbour_springs(archetype, grown)])
    pairs = np.array([(i, j) for i, j, _, _ in springs], dtype=np.int64).reshape(-1, 2)
    walls = _apart(archetype, elements)
    walls[pairs[:, 0], pairs[:, 1]] = walls[pairs[:, 1], pairs[:, 0]] = 0.0
    first, second = np.nonzero(np.triu(walls, 1))
    return DistanceModel(
        n_points=len(walls),
        pairs=pairs,
        lengths=np.array([length for _, _, length, _ in springs]),
        stiffness=np.array([k for _, _, _, k in springs]),
        walls=np.column_stack([first, second]),
        floors=walls[first, second],
    )


def _unique(springs: Sequence[Spring]) -> list[Spring]:
    """Return the first spring of every pair."""
    found: dict[frozenset[int], Spring] = {}
    for spring in springs:
        found.setdefault(frozenset(spring[:2]), spring)
    return list(found.values())


def _apart(archetype: Archetype, elements: Sequence[str]) -> FloatArray:
    """Return the least distance of every pair of points that know no other."""
    n = archetype.n_metals
    kinds = [archetype.ligand_sites[site].kind for site, _ in archetype.donor_sites]
    rooms = [donor(element, kind) for element, kind in zip(elements, kinds, strict=True)]
    least = np.full((n + len(rooms), n + len(rooms)), METALS_APART)
    from_metals = np.array([room.from_metals for room in rooms])
    from_donors = np.array([room.from_donors for room in rooms])
    least[:n, n:], least[n:, :n] = from_metals, from_metals[:, None]
    least[n:, n:] = (from_donors[:, None] + from_donors) / 2.0
    crowded = _on_one_metal(archetype, elements)
    least[n:, n:][crowded] = np.minimum(least[n:, n:][crowded], _BESIDE)
    owner = np.array([site for site, _ in archetype.donor_sites], dtype=np.int64)
    same = owner[:, None] == owner
    least[n:, n:][same] = np.minimum(least[n:, n:][same], BITE_ROOM)
    return least


def _on_one_metal(archetype: Archetype, elements: Sequence[str]) -> NDArray[np.bool_]:
    """Return which donors hold the same metal, bar pairs of chalcogens, which keep their room."""
    anchors = [set(anchor) for site in archetype.ligand_sites for anchor in site.anchors]
    shared = np.array([[bool(a & b) for b in anchors] for a in anchors], dtype=bool)
    chalcogen = np.isin(elements, ("S", "Se", "Te"))
    return np.asarray(shared & ~(chalcogen[:, None] & chalcogen), dtype=bool)


def _growth(archetype: Archetype, symbols: Sequence[str]) -> list[float]:
    """Return the metallic radii relative to those of the family's metals; 1 for donor atoms."""
    radii = site_metals()
    own = archetype.symbols
    grown = [radii[s].radius / radii[o].radius for s, o in zip(symbols, own, strict=True)]
    return [*grown, *(1.0 for _ in archetype.donor_sites)]


def _metal_springs(archetype: Archetype, symbols: Sequence[str]) -> list[Spring]:
    """Return the springs of given distances, then those of contacts of the shells."""
    grown = _growth(archetype, symbols)
    shells = [pair for pair in archetype.shell_distances() if pair[2] <= CONTACT]
    return [
        (
            i,
            j,
            length * (grown[i] + grown[j]) / 2.0,
            _KERNEL if max(i, j) < archetype.kernel else _LOOSE,
        )
        for i, j, length in (*archetype.distances, *shells)
    ]


def _frame_springs(archetype: Archetype, symbols: Sequence[str]) -> list[Spring]:
    """Return the springs that hold the shape of the shells where metals do not touch."""
    grown = _growth(archetype, symbols)
    return [
        (i, j, length * (grown[i] + grown[j]) / 2.0, _FRAME)
        for i, j, length in archetype.shell_distances()
        if length > CONTACT
    ]
