"""Poses of an adsorbate at a site: where its binding atoms stand and how it is turned.

The binding atom is put at the sum of covalent radii (Cordero 2008, 10.1039/b801115j) from the
atoms that hold it, 0.05 Å more for each further one; a molecule stands along the line from
the site through it and is turned about that line. A molecule with two binding atoms lies
with them along a pair of metals, or across one that both hold, in both directions.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.model.adsorption.adsorbates import Adsorbate
from superatom.model.adsorption.adsorption_sites import INSIDE, TWO_DONORS, AdsorptionSite
from superatom.structure.element_pairs import covalent_radii
from superatom.structure.exposure import sphere_points
from superatom.structure.voids import van_der_waals_radii

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["best_pose"]

FloatArray = NDArray[np.float64]

_LONGER = 0.05  # Å per further atom that holds the adsorbate
_DIRECTIONS = 600  # directions tried above an atom
_CHELATED = 150  # the same for a molecule with both binding atoms on it
_AROUND = 72  # directions tried around a bond
_BEST = 12  # directions with most room in which a whole molecule is tried
_ROOMIEST = 240  # poses in which both binding atoms have most room, tried with the rest
_SPINS = 12  # turns of a molecule about its own axis
_AZIMUTHS = 12  # directions of a tilt
_MEMBERS = 3  # equivalent sites, those with most room, in which a molecule is tried
_NEAR = 8.0  # Å; atoms farther from a site never matter
_LOWEST = 0.3  # Å; least height above a pair or triangle


def best_pose(
    atoms: Atoms, molecule: Adsorbate, site: AdsorptionSite, tilt: float, enough: float
) -> tuple[float, tuple[int, ...], FloatArray]:
    """Return the roomiest pose of an adsorbate at a site.

    Parameters
    ----------
    atoms : ase.Atoms
        The model.
    molecule : Adsorbate
        What is put on it.
    site : AdsorptionSite
        Equivalent sites, all of which are looked at.
    tilt : float
        Degrees between the molecule and the site's free direction.
    enough : float
        Where not even the binding atom has this much room, turns are not searched through.

    Returns
    -------
    room : float
        Least distance to atoms it is not bound to over the sum of van der Waals radii.
    held_by : tuple[int, ...]
        Atoms of the site that was used.
    positions : ndarray of float, shape (n, 3)
        Å.

    Raises
    ------
    SearchError
        If the site needs two binding atoms, or a single atom, and the molecule has not.
    """
    _check_fits(molecule, site.kind)
    both = site.kind in TWO_DONORS
    surroundings = [_Surroundings(atoms, molecule, held, both) for held in site.equivalent]
    if both:
        return _best_of((near, near.roomiest(near.two_donor_poses(tilt))) for near in surroundings)
    anchored = []
    for near in surroundings:
        points = near.anchor_points(site.kind)
        room = near.room(points[:, None], binding_only=True)
        anchored.append((float(room.max()), near, points[np.argsort(-room, kind="stable")]))
    anchored.sort(key=lambda item: -item[0])
    roomy = [item for item in anchored[:_MEMBERS] if item[0] >= enough]
    tried = _BEST if roomy and len(molecule.symbols) > 1 else 1
    return _best_of(
        (near, near.poses(points[:tried], tilt)) for _, near, points in roomy or anchored[:1]
    )


def _check_fits(molecule: Adsorbate, kind: str) -> None:
    if kind in TWO_DONORS and molecule.second is None:
        raise SearchError(f"{molecule.name} has one binding atom: no {kind} site can hold it")
    if kind in INSIDE and len(molecule.symbols) > 1:
        raise SearchError(f"{molecule.name} is no single atom: it cannot be interstitial")


def _best_of(
    tried: Iterable[tuple[_Surroundings, FloatArray]],
) -> tuple[float, tuple[int, ...], FloatArray]:
    best: tuple[float, tuple[int, ...], FloatArray] | None = None
    for near, poses in tried:
        room = near.room(poses)
        chosen = int(np.argmax(room))
        if best is None or room[chosen] > best[0] + 1e-9:
            best = (float(room[chosen]), near.held_by, poses[chosen])
    if best is None:
        raise SearchError("a site without atoms")
    return best


class _Surroundings:
    """The atoms around one site, and the radii that matter for one molecule."""

    def __init__(
        self, atoms: Atoms, molecule: Adsorbate, held_by: tuple[int, ...], both: bool
    ) -> None:
        from ase.data import atomic_numbers

        positions = np.asarray(atoms.positions, dtype=np.float64)
        own = np.array([atomic_numbers[s] for s in molecule.symbols], dtype=np.int64)
        self.held_by = held_by
        self.held = positions[list(held_by)]
        self.centre = self.held.mean(axis=0)
        near = np.linalg.norm(positions - self.centre, axis=1) < _NEAR
        numbers = np.asarray(atoms.numbers, dtype=np.int64)
        self.positions = positions[near]
        self.is_holder = np.isin(np.flatnonzero(near), held_by)
        radii = van_der_waals_radii()
        self.reach = radii[own][:, None] + radii[numbers[near]]
        self.molecule = molecule.positions
        self.second = molecule.second if both else None
        covalent = covalent_radii()
        bound = covalent[numbers[list(held_by)]].mean()
        self.length = float(bound + covalent[own[0]]) + _LONGER * (len(held_by) - 1)
        ends = own[[0, self.second or 0]]
        self.length_of_two = float(bound + covalent[ends].mean())

    def anchor_points(self, kind: str) -> FloatArray:
        """Return places of the binding atom at the right distance, shape (m, 3)."""
        if kind in INSIDE:
            return np.asarray(self.centre[None])
        if len(self.held) == 1:
            return np.asarray(self.centre + self.length * sphere_points(_DIRECTIONS))
        spread = float(np.linalg.norm(self.held - self.centre, axis=1).mean())
        height = np.sqrt(max(self.length**2 - spread**2, _LOWEST**2))
        if len(self.held) == 2:
            return np.asarray(self.centre + height * _around(self.held[1] - self.held[0]))
        normal = np.cross(self.held[1] - self.held[0], self.held[2] - self.held[0])
        normal = normal / np.linalg.norm(normal)
        return np.stack([self.centre + height * normal, self.centre - height * normal])

    def poses(self, points: FloatArray, tilt: float) -> FloatArray:
        """Return the molecule at each place in each turn, shape (m, n, 3)."""
        if len(self.molecule) == 1:
            return points[:, None, :]
        found = []
        for point in points:
            for axis in _leaning(point - self.centre, np.radians(tilt)):
                x = _around(axis, _SPINS)
                frames = np.stack([x, np.cross(axis, x), np.broadcast_to(axis, x.shape)], axis=1)
                found.append(point + self.molecule @ frames)
        together: FloatArray = np.concatenate(found)
        return together

    def two_donor_poses(self, tilt: float) -> FloatArray:
        """Return poses with both binding atoms held, shape (m, n, 3)."""
        local, bite = _lying(self.molecule, self.second or 0)
        turns: tuple[float, ...] = (1.0, -1.0)
        if len(self.held) == 2:
            along = self.held[1] - self.held[0]
            apart = float(np.linalg.norm(along))
            up: FloatArray = _around(along)
            across = np.broadcast_to(along / apart, up.shape)
        else:
            apart = 0.0
            outward = sphere_points(_CHELATED)
            up = np.repeat(outward, _SPINS, axis=0)
            across = np.concatenate([_around(axis, _SPINS) for axis in outward])
            turns = (1.0,)  # the spins hold the other direction too
        height = np.sqrt(max(self.length_of_two**2 - ((apart - bite) / 2) ** 2, _LOWEST**2))
        middles = self.centre + height * up
        found = []
        for flip in turns:
            for lean in {tilt, -tilt}:
                angle = np.radians(lean)
                side = np.cross(up, across * flip)
                stand = np.cos(angle) * up + np.sin(angle) * side
                frames = np.stack([across * flip, np.cross(stand, across * flip), stand], axis=1)
                found.append(middles[:, None] + local @ frames)
        together: FloatArray = np.concatenate(found)
        return together

    def roomiest(self, poses: FloatArray) -> FloatArray:
        """Return the poses in which the binding atoms have most room."""
        room = self.room(poses, binding_only=True)
        return np.asarray(poses[np.argsort(-room, kind="stable")[:_ROOMIEST]])

    def room(self, poses: FloatArray, *, binding_only: bool = False) -> FloatArray:
        """Return the least distance over the sum of radii of each pose, shape (m,)."""
        binding = [0] if self.second is None else [0, self.second]
        shown = binding if binding_only else list(range(len(self.molecule)))
        apart = poses[:, shown, None] - self.positions
        gaps = np.linalg.norm(apart, axis=3) / self.reach[shown]
        for atom in binding:
            gaps[:, shown.index(atom), self.is_holder] = np.inf
        least: FloatArray = gaps.min(axis=(1, 2))
        return least


def _lying(molecule: FloatArray, second: int) -> tuple[FloatArray, float]:
    """Return a molecule with its binding atoms along x about the origin, the rest along +z."""
    bite = float(np.linalg.norm(molecule[second] - molecule[0]))
    x = (molecule[second] - molecule[0]) / bite
    centred = molecule - (molecule[0] + molecule[second]) / 2
    rest = centred.sum(axis=0) - x * float(x @ centred.sum(axis=0))
    if np.linalg.norm(rest) < 1e-6:
        rest = np.cross(x, np.eye(3)[int(np.argmin(np.abs(x)))])
    z = rest / np.linalg.norm(rest)
    return centred @ np.stack([x, np.cross(z, x), z], axis=1), bite


def _around(axis: FloatArray, number: int = _AROUND) -> FloatArray:
    """Return unit vectors at right angles to an axis, shape (number, 3)."""
    first, second = _across(axis)
    turn = np.linspace(0, 2 * np.pi, number, endpoint=False)[:, None]
    return np.asarray(np.cos(turn) * first + np.sin(turn) * second)


def _across(axis: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return two unit vectors at right angles to `axis` and each other, right-handed with it."""
    unit = axis / np.linalg.norm(axis)
    first = np.cross(unit, np.eye(3)[int(np.argmin(np.abs(unit)))])
    first = first / np.linalg.norm(first)
    return first, np.cross(unit, first)


def _leaning(direction: FloatArray, tilt: float) -> list[FloatArray]:
    """Return unit vectors at an angle to a direction; only itself where the angle is 0."""
    axis = direction / np.linalg.norm(direction)
    if abs(tilt) < 1e-9:
        return [axis]
    first, second = _across(axis)
    turns = np.linspace(0, 2 * np.pi, _AZIMUTHS, endpoint=False)
    return [
        np.cos(tilt) * axis + np.sin(tilt) * (np.cos(t) * first + np.sin(t) * second) for t in turns
    ]
