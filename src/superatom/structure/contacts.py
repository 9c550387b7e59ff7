"""Contacts between the molecules of a crystal: CH-pi, pi-pi, hydrogen bonds, metallophilic."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import StructureError
from superatom.structure.bonds import is_metal
from superatom.structure.lattice import Contacts, Lattice
from superatom.structure.molecules import find_molecules
from superatom.structure.rings import FlatRing, flat_rings

if TYPE_CHECKING:
    from superatom.structure.crystal import Crystal

__all__ = ["PackingContact", "packing_contacts"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_DONORS = (7, 8)  # N-H and O-H
_ACCEPTORS = (7, 8, 9, 16, 17, 35, 53)
_SLIP = 2.0  # Å, largest offset of an H or of a stacked ring from the centre of the ring


@dataclass(frozen=True, slots=True)
class PackingContact:
    """A contact between two molecules (or a molecule and its image).

    Attributes
    ----------
    kind : str
        'H-bond', 'CH-pi', 'pi-pi' or 'metallophilic'.
    labels : tuple[str, str]
        The atoms, or the ring as its first atom: H and acceptor, H and ring, ring and ring,
        metal and metal.
    molecules : tuple[int, int]
        Numbers of the molecules in `Crystal.packing`.
    distance : float
        H...A, H...plane, centre...centre, or M...M in Å.
    angle : float
        D-H...A or C-H...centre in degrees; for pi-pi that of the planes; 0 for metals.
    """

    kind: str
    labels: tuple[str, str]
    molecules: tuple[int, int]
    distance: float
    angle: float

    def as_dict(self) -> dict[str, Any]:
        """Return the contact as plain JSON types."""
        return {
            "kind": self.kind,
            "labels": list(self.labels),
            "molecules": list(self.molecules),
            "distance_A": self.distance,
            "angle_deg": self.angle,
        }


@lru_cache(maxsize=1)
def _limits() -> dict[str, tuple[float, float]]:
    """Return distance (Å) and angle (degrees) that make a contact, by kind."""
    table = resources.files("superatom.structure") / "data" / "packing_contacts.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {row["kind"]: (float(row["distance_A"]), float(row["angle_deg"])) for row in rows}


@dataclass(frozen=True, slots=True, eq=False)
class _Packing:
    numbers: IntArray
    positions: FloatArray
    lattice: Lattice
    molecule: IntArray
    labels: list[str]
    rings: tuple[FlatRing, ...]
    bearer: IntArray  # the atom each H is bonded to, -1 if none

    def between(self, contacts: Contacts) -> Contacts:
        """Return the contacts that are not within one molecule."""
        same = self.molecule[contacts.first] == self.molecule[contacts.second]
        inside = same & (contacts.shift == 0).all(axis=1)
        return contacts.where(~inside)

    def vector(self, contacts: Contacts, k: int) -> FloatArray:
        """Return the vector (Å) from the first to the second atom of a contact."""
        step = self.lattice.cartesian(contacts.shift[k].astype(np.float64))
        first, second = self.positions[contacts.first[k]], self.positions[contacts.second[k]]
        moved: FloatArray = second + step - first
        return moved


def packing_contacts(crystal: Crystal) -> tuple[PackingContact, ...]:
    """Return the contacts between molecules in the crystal, by kind and distance.

    Each contact is given once per unit cell. CH-pi and hydrogen bonds need the hydrogens in
    the file.

    Raises
    ------
    StructureError
        If the structure has no cell.
    """
    packing = _packing(crystal)
    found = [
        *_metallophilic(packing),
        *_hydrogen_bonds(packing),
        *_ch_pi(packing),
        *_pi_pi(packing),
    ]
    return tuple(sorted(found, key=lambda c: (c.kind, c.distance, c.labels)))


def _packing(crystal: Crystal) -> _Packing:
    atoms = crystal.packing
    if atoms is None:
        raise StructureError("coordinates without a cell have no packing; give the crystal")
    numbers = np.asarray(atoms.numbers, dtype=np.int64)
    positions = np.asarray(atoms.positions, dtype=np.float64)
    lattice = Lattice(np.asarray(atoms.cell.array, dtype=np.float64))
    molecules, _ = find_molecules(numbers, lattice.fractional(positions), lattice)
    pairs = np.concatenate([m.atoms[m.pairs] for m in molecules]).reshape(-1, 2)
    bearer = np.full(len(numbers), -1, dtype=np.int64)
    for a, b in (pairs.T, pairs.T[::-1]):
        bearer[a[numbers[a] == 1]] = b[numbers[a] == 1]
    rings = flat_rings(numbers, positions, pairs)
    labels = atoms.arrays["labels"].tolist()
    owner = np.asarray(atoms.arrays["molecule"], dtype=np.int64)
    return _Packing(numbers, positions, lattice, owner, labels, rings, bearer)


def _metallophilic(packing: _Packing) -> list[PackingContact]:
    metals = np.flatnonzero(is_metal(packing.numbers))
    reach, _ = _limits()["metallophilic"]
    contacts = packing.between(_contacts_of(packing, metals, metals, reach))
    return [
        _contact(packing, "metallophilic", contacts, k, float(contacts.length[k]), 0.0)
        for k in range(len(contacts))
    ]


def _contacts_of(packing: _Packing, some: IntArray, others: IntArray, reach: float) -> Contacts:
    """Return the contacts of one set of atoms with another, the first always of `some`."""
    members = np.union1d(some, others)
    fractional = packing.lattice.fractional(packing.positions[members])
    contacts = packing.lattice.contacts(fractional, reach)
    first, second = members[contacts.first], members[contacts.second]
    straight = np.isin(first, some) & np.isin(second, others)
    turned = ~straight & np.isin(second, some) & np.isin(first, others)
    keep = straight | turned
    one = np.where(turned, second, first)[keep]
    other = np.where(turned, first, second)[keep]
    shift = np.where(turned[:, None], -contacts.shift, contacts.shift)[keep]
    return Contacts(one, other, shift, contacts.length[keep])


def _contact(
    packing: _Packing, kind: str, contacts: Contacts, k: int, distance: float, angle: float
) -> PackingContact:
    first, second = int(contacts.first[k]), int(contacts.second[k])
    return PackingContact(
        kind,
        (packing.labels[first], packing.labels[second]),
        (int(packing.molecule[first]), int(packing.molecule[second])),
        round(distance, 4),
        round(angle, 2),
    )


def _angle(one: FloatArray, other: FloatArray) -> float:
    cosine = float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other)))
    return float(np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0))))


def _hydrogen_bonds(packing: _Packing) -> list[PackingContact]:
    reach, least = _limits()["H-bond"]
    bears = packing.bearer >= 0
    donated = np.flatnonzero(bears & np.isin(packing.numbers[packing.bearer], _DONORS))
    acceptors = np.flatnonzero(np.isin(packing.numbers, _ACCEPTORS))
    contacts = packing.between(_contacts_of(packing, donated, acceptors, reach))
    found = []
    for k in range(len(contacts)):
        hydrogen = int(contacts.first[k])
        back = packing.positions[packing.bearer[hydrogen]] - packing.positions[hydrogen]
        angle = _angle(back, packing.vector(contacts, k))
        if angle >= least:
            found.append(_contact(packing, "H-bond", contacts, k, float(contacts.length[k]), angle))
    return found


def _with_ring_centres(packing: _Packing) -> _Packing:
    """Return the packing with a point of number 0 at the centre of each ring."""
    centres = np.array([r.centre for r in packing.rings]).reshape(-1, 3)
    heads = [r.atoms[0] for r in packing.rings]
    return _Packing(
        np.concatenate([packing.numbers, np.zeros(len(centres), dtype=np.int64)]),
        np.concatenate([packing.positions, centres]),
        packing.lattice,
        np.concatenate([packing.molecule, packing.molecule[heads]]).astype(np.int64),
        packing.labels + [f"ring {packing.labels[h]}" for h in heads],
        packing.rings,
        np.concatenate([packing.bearer, np.full(len(centres), -1)]),
    )


def _ch_pi(packing: _Packing) -> list[PackingContact]:
    height, least = _limits()["CH-pi"]
    n_atoms = len(packing.numbers)
    full = _with_ring_centres(packing)
    bears = packing.bearer >= 0
    donated = np.flatnonzero(bears & (packing.numbers[packing.bearer] == 6))
    centres = np.arange(n_atoms, len(full.numbers))
    reach = float(np.hypot(height, _SLIP))
    contacts = full.between(_contacts_of(full, donated, centres, reach))
    found = []
    for k in range(len(contacts)):
        hydrogen, centre = int(contacts.first[k]), int(contacts.second[k])
        vector = full.vector(contacts, k)
        above = abs(float(vector @ packing.rings[centre - n_atoms].normal))
        slip = float(np.sqrt(max(0.0, float(vector @ vector) - above**2)))
        back = packing.positions[packing.bearer[hydrogen]] - packing.positions[hydrogen]
        angle = _angle(back, vector)
        if above <= height and slip <= _SLIP and angle >= least:
            found.append(_contact(full, "CH-pi", contacts, k, above, angle))
    return found


def _pi_pi(packing: _Packing) -> list[PackingContact]:
    reach, most = _limits()["pi-pi"]
    n_atoms = len(packing.numbers)
    full = _with_ring_centres(packing)
    centres = np.arange(n_atoms, len(full.numbers))
    contacts = full.between(_contacts_of(full, centres, centres, reach))
    found = []
    for k in range(len(contacts)):
        one = packing.rings[int(contacts.first[k]) - n_atoms].normal
        other = packing.rings[int(contacts.second[k]) - n_atoms].normal
        tilt = _angle(one, other)
        tilt = min(tilt, 180.0 - tilt)
        vector = full.vector(contacts, k)
        slip = float(np.sqrt(max(0.0, float(vector @ vector) - float(vector @ one) ** 2)))
        if tilt <= most and slip <= _SLIP:
            found.append(_contact(full, "pi-pi", contacts, k, float(contacts.length[k]), tilt))
    return found
