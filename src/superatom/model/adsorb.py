"""Adsorbates put on a model: at every unique site, along its free direction, without clashes.

The binding atom is put at the sum of covalent radii (Cordero 2008, 10.1039/b801115j) from the
atoms that hold it, 0.05 Å more for each further one, in the direction with most room; the
molecule stands along the line from the site through it, is turned about that line, and
tilted where tilts are asked for, to where it has most room. Room is the least distance to an
atom it is not bound to over the sum of van der Waals radii (Bondi 1964, 10.1021/j100785a001).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.model.adsorbates import Adsorbate, adsorbate
from superatom.model.adsorption_sites import AdsorptionSite, adsorption_sites
from superatom.model.construction import construction, record_operation
from superatom.structure.anatomy import Anatomy, dissect
from superatom.structure.element_pairs import covalent_radii
from superatom.structure.exposure import sphere_points
from superatom.structure.voids import van_der_waals_radii

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["LEAST_ROOM", "Adsorbed", "adsorb", "adsorb_at"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Least distance over the sum of van der Waals radii that is no clash.
LEAST_ROOM = 0.75
_LONGER = 0.05  # Å per further atom that holds the adsorbate
_DIRECTIONS = 600  # directions tried above an atom
_AROUND = 72  # directions tried around a bond
_BEST = 12  # directions with most room in which a whole molecule is tried
_SPINS = 12  # turns of a molecule about its own axis
_AZIMUTHS = 12  # directions of a tilt
_MEMBERS = 3  # equivalent sites, those with most room, in which a molecule is tried
_NEAR = 8.0  # Å; atoms farther from a site never matter
_LOWEST = 0.3  # Å; least height above a pair or triangle


@dataclass(frozen=True, slots=True, eq=False)
class Adsorbed:
    """A model with an adsorbate.

    Attributes
    ----------
    atoms : ase.Atoms
        The parent's atoms, then the adsorbate's, its binding atom first.
    name : str
        The adsorbate.
    site : AdsorptionSite
        The set of equivalent sites.
    held_by : tuple[int, ...]
        Atoms of the one that was used: that with most room.
    tilt : float
        Degrees between the adsorbate's axis and the site's free direction.
    room : float
        Least distance to atoms it is not bound to, over the sum of van der Waals radii.
    """

    atoms: Atoms
    name: str
    site: AdsorptionSite
    held_by: tuple[int, ...]
    tilt: float
    room: float

    def __str__(self) -> str:
        tilt = f", tilted by {self.tilt:g}°" if self.tilt else ""
        return f"{self.name} at {self.site}{tilt}, room {self.room:.2f}"

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the coordinates as plain JSON types."""
        return {
            "adsorbate": self.name,
            "site": self.site.as_dict(),
            "held_by": list(self.held_by),
            "tilt_degree": self.tilt,
            "room": self.room,
            "construction": construction(self.atoms),
        }


def adsorb(
    atoms: Atoms,
    name: str,
    kinds: Sequence[str] = ("top", "bridge", "hollow", "sulfur"),
    *,
    tilts: Sequence[float] = (0.0,),
    probe: str | None = None,
    symmetry: str = "bonds",
    least_room: float = LEAST_ROOM,
    anatomy: Anatomy | None = None,
) -> Iterator[Adsorbed]:
    """Stream models with an adsorbate at each unique site that has room for it.

    Parameters
    ----------
    atoms : ase.Atoms
        The parent; not changed.
    name : str
        'H', 'CO', 'COOH', ... (`superatom.model.adsorbates.adsorbate_names`).
    kinds : sequence of str
        'top', 'bridge', 'hollow', 'sulfur', 'interstitial'.
    tilts : sequence of float
        Degrees by which molecules lean; one model for each (atoms do not lean).
    probe : str, optional
        Only at metals a probe of this name can touch (`adsorption_sites`).
    symmetry : str
        'bonds', 'positions' or 'none'.
    least_room : float
        Models with less room are left out.
    anatomy : Anatomy, optional
        The dissected parent if already known.

    Yields
    ------
    Adsorbed
        At most one for each unique site and tilt. `adsorption_sites` lists all sites.

    Raises
    ------
    SearchError
        If there is no such adsorbate or kind of site.
    """
    molecule = adsorbate(name)
    taken_apart = anatomy if anatomy is not None else dissect(atoms)
    sites = adsorption_sites(taken_apart, kinds, probe=probe, symmetry=symmetry)
    if "interstitial" in kinds and len(molecule.symbols) > 1:
        raise SearchError(f"{molecule.name} is no single atom: it cannot be interstitial")
    return _stream(atoms, molecule, sites, tilts, least_room)


def _stream(
    atoms: Atoms,
    molecule: Adsorbate,
    sites: Sequence[AdsorptionSite],
    tilts: Sequence[float],
    least_room: float,
) -> Iterator[Adsorbed]:
    leaning = tilts if len(molecule.symbols) > 1 else (0.0,)
    for site in sites:
        for tilt in leaning:
            model = adsorb_at(atoms, molecule.name, site, tilt=float(tilt), enough=least_room)
            if model.room >= least_room:
                yield model


def adsorb_at(
    atoms: Atoms, name: str, site: AdsorptionSite, *, tilt: float = 0.0, enough: float = 0.0
) -> Adsorbed:
    """Return the model with an adsorbate at one site, clashing or not (see its `room`).

    Of equivalent sites, which differ by how ligands are turned, the one with most room is
    taken.

    Parameters
    ----------
    atoms : ase.Atoms
        The parent; not changed.
    name : str
        Name of the adsorbate.
    site : AdsorptionSite
        Where.
    tilt : float
        Degrees.
    enough : float
        Where not even the binding atom has this much room, turns are not searched through.
    """
    from ase import Atoms as NewAtoms

    molecule = adsorbate(name)
    room, held_by, placed = _best_pose(atoms, molecule, site, tilt, enough)
    model: Atoms = atoms.copy()
    model += NewAtoms(list(molecule.symbols), positions=placed)
    model.info = dict(atoms.info)
    record_operation(
        model,
        construction(atoms),
        "adsorb",
        adsorbate=molecule.name,
        kind=site.kind,
        held_by=list(held_by),
        multiplicity=site.multiplicity,
        tilt_degree=tilt,
    )
    return Adsorbed(model, molecule.name, site, held_by, tilt, round(room, 6))


def _best_pose(
    atoms: Atoms, molecule: Adsorbate, site: AdsorptionSite, tilt: float, enough: float
) -> tuple[float, tuple[int, ...], FloatArray]:
    """Return the room, the atoms that hold it and the positions of the roomiest pose."""
    surroundings = [_Surroundings(atoms, molecule, held) for held in site.equivalent]
    anchored = []
    for near, held in zip(surroundings, site.equivalent, strict=True):
        points = near.anchor_points(site.kind)
        room = near.room(points[:, None], first_only=True)
        anchored.append((float(room.max()), held, near, points[np.argsort(-room, kind="stable")]))
    anchored.sort(key=lambda item: -item[0])
    best: tuple[float, tuple[int, ...], FloatArray] | None = None
    roomy = [item for item in anchored[:_MEMBERS] if item[0] >= enough]
    for _, held, near, points in roomy or anchored[:1]:
        poses = near.poses(points[: _BEST if roomy and len(molecule.symbols) > 1 else 1], tilt)
        room = near.room(poses)
        chosen = int(np.argmax(room))
        if best is None or room[chosen] > best[0] + 1e-9:
            best = (float(room[chosen]), held, poses[chosen])
    if best is None:
        raise SearchError("a site without atoms")
    return best


class _Surroundings:
    """The atoms around one site, and the radii that matter for one molecule."""

    def __init__(self, atoms: Atoms, molecule: Adsorbate, held_by: tuple[int, ...]) -> None:
        from ase.data import atomic_numbers

        positions = np.asarray(atoms.positions, dtype=np.float64)
        own = np.array([atomic_numbers[s] for s in molecule.symbols], dtype=np.int64)
        self.held = positions[list(held_by)]
        self.centre = self.held.mean(axis=0)
        near = np.linalg.norm(positions - self.centre, axis=1) < _NEAR
        numbers = np.asarray(atoms.numbers, dtype=np.int64)
        self.positions = positions[near]
        self.is_holder = np.isin(np.flatnonzero(near), held_by)
        radii = van_der_waals_radii()
        self.reach = radii[own][:, None] + radii[numbers[near]]
        bound = covalent_radii()[numbers[list(held_by)]] + covalent_radii()[own[0]]
        self.length = float(bound.mean()) + _LONGER * (len(held_by) - 1)
        self.molecule = molecule.positions

    def anchor_points(self, kind: str) -> FloatArray:
        """Return places of the binding atom at the right distance, shape (m, 3)."""
        if kind == "interstitial":
            return np.asarray(self.centre[None])
        if len(self.held) == 1:
            return np.asarray(self.centre + self.length * sphere_points(_DIRECTIONS))
        spread = float(np.linalg.norm(self.held - self.centre, axis=1).mean())
        height = np.sqrt(max(self.length**2 - spread**2, _LOWEST**2))
        if len(self.held) == 2:
            first, second = _across(self.held[1] - self.held[0])
            turn = np.linspace(0, 2 * np.pi, _AROUND, endpoint=False)[:, None]
            return np.asarray(self.centre + height * (np.cos(turn) * first + np.sin(turn) * second))
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
                first, second = _across(axis)
                turn = np.linspace(0, 2 * np.pi, _SPINS, endpoint=False)[:, None]
                x = np.cos(turn) * first + np.sin(turn) * second
                y = np.cross(axis, x)
                frames = np.stack([x, y, np.broadcast_to(axis, x.shape)], axis=1)
                found.append(point + self.molecule @ frames)
        together: FloatArray = np.concatenate(found)
        return together

    def room(self, poses: FloatArray, *, first_only: bool = False) -> FloatArray:
        """Return the least distance over the sum of radii of each pose, shape (m,)."""
        size = 1 if first_only else len(self.molecule)
        gaps = np.linalg.norm(poses[:, :size, None] - self.positions, axis=3) / self.reach[:size]
        gaps[:, 0, self.is_holder] = np.inf
        least: FloatArray = gaps.min(axis=(1, 2))
        return least


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
