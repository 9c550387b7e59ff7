"""Ligands put on a cluster's donor atoms: poses, packing, turning apart, a last check.

Fixed atoms (metals, donors, backbones of chelating ligands, ligands that stay) keep their
positions exactly; only the parts of new ligands are placed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from superatom.errors import ComputationError
from superatom.model.shell.bound_molecules import BoundMolecule
from superatom.model.shell.contact_floors import (
    LEAST_RATIO,
    Contact,
    bonds_apart,
    closest_contact,
    least_distances,
    walls,
)
from superatom.model.shell.ligand_units import Unit, hanging_units
from superatom.model.shell.packing import PoseTable, overlap, pack
from superatom.model.shell.poses import Direction, free_directions, pose_axes, poses
from superatom.model.shell.turning import Hinge, turn_apart

__all__ = ["Dressed", "Frame", "Place", "dress"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_KEPT = 100  # poses of one part that take part in the packing
_GOOD = 0.775  # least contact with which the search for a packing ends
_HOPELESS = 0.6  # a packing so bad that others would not do either
_TRIES = 4
_TILT_COST = 0.3  # Å² per radian² of tilt
_SOFT = 1.08  # packing keeps atoms further apart by this factor than the walls


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Atoms that stay where they are.

    Attributes
    ----------
    positions : ndarray, shape (f, 3)
        Å.
    numbers : ndarray of int, shape (f,)
        Atomic numbers.
    bonds : ndarray of int, shape (b, 2)
        Bonds of donors to metals and inside ligands; none between metals.
    """

    positions: FloatArray
    numbers: IntArray
    bonds: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A ligand and the atoms that hold it.

    Attributes
    ----------
    molecule : BoundMolecule
        The ligand.
    held : mapping of int to int
        Atom of the frame for each of the molecule's atoms that is there already: its donor, or
        donors and backbone.
    side : str
        'auto', 'up' or 'down' (`superatom.model.shell.poses.Direction`).
    axes : mapping of (int, int) to ndarray
        Directions that are known, by root and first atom of a part.
    where : str
        Name of the place in messages.
    """

    molecule: BoundMolecule
    held: Mapping[int, int]
    side: str = "auto"
    axes: Mapping[tuple[int, int], FloatArray] = field(default_factory=dict)
    where: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Dressed:
    """Ligands in place.

    Attributes
    ----------
    positions : tuple[ndarray, ...]
        For each place the positions of all atoms of its molecule, Å.
    contact : Contact or None
        Nearest contact of a new atom to one more than three bonds away; atoms count through
        the frame, then new atoms place by place in the molecule's order.
    sides : tuple[str, ...]
        Side each ligand took ('' where there are none).
    """

    positions: tuple[FloatArray, ...]
    contact: Contact | None
    sides: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A part of a ligand at its place."""

    place: int
    unit: Unit
    root: int  # in the frame
    directions: tuple[Direction, ...]
    start: int  # of its atoms


def dress(
    frame: Frame,
    places: Sequence[Place],
    *,
    seed: int = 0,
    tries: int = _TRIES,
    least: float = LEAST_RATIO,
    told: Callable[[str], None] | None = None,
) -> Dressed:
    """Put ligands on atoms that stay fixed, without clashes.

    Parameters
    ----------
    frame : Frame
        Fixed atoms.
    places : sequence of Place
        Ligands and what holds them.
    seed : int
        Seed of shapes and packing; the same seed gives the same model.
    tries : int
        Packings tried until no contact is under 0.775 of the van der Waals sum.
    least : float
        Contacts nearer than this share of the van der Waals sum are an error.
    told : callable, optional
        Takes a line of progress.

    Raises
    ------
    ComputationError
        If atoms stay nearer than `least`: the shell is overfull.
    StructureError
        If a ligand has no shape.
    """
    parts = _parts(frame, places, seed)
    shell = _Shell(frame, parts, places)
    best: tuple[float, FloatArray, tuple[int, ...]] | None = None
    for attempt in range(tries if parts else 0):
        chosen, _ = pack(shell.tables, shell.near, shell.limits, seed + 7919 * attempt)
        moved = shell.turned(chosen)
        contact = shell.contact(moved)
        ratio = contact.ratio if contact is not None else np.inf
        if told is not None:
            told(f"packing {attempt + 1}: nearest contact {ratio:.2f} of the van der Waals sum")
        if best is None or ratio > best[0] + 1e-9:
            best = ratio, moved, tuple(chosen.tolist())
        if ratio >= _GOOD or best[0] < _HOPELESS:
            break
    if best is None:
        return Dressed(tuple(_whole(frame, p, {}) for p in places), None, ("",) * len(places))
    contact = shell.contact(best[1])
    if contact is not None and contact.ratio < least:
        raise _overfull(contact, shell, places)
    return _dressed(frame, places, shell, best[1], best[2], contact)


def _parts(frame: Frame, places: Sequence[Place], seed: int) -> list[_Part]:
    parts: list[_Part] = []
    cache: dict[tuple[int, tuple[int, ...]], tuple[Unit, ...]] = {}
    metals_of = _neighbours(frame)
    start = len(frame.positions)
    for k, place in enumerate(places):
        key = id(place.molecule), tuple(sorted(place.held))
        if key not in cache:
            cache[key] = hanging_units(place.molecule, seed, place.held)
        for unit in cache[key]:
            root = place.held[unit.root]
            first = int(unit.atoms[unit.depth == 1][0])
            known = place.axes.get((unit.root, first))
            if known is not None:
                directions: tuple[Direction, ...] = (Direction(known),)
            else:
                directions = free_directions(
                    int(frame.numbers[root]),
                    frame.positions[root],
                    frame.positions[metals_of.get(root, [])].reshape(-1, 3),
                    place.side,
                )
            parts.append(_Part(k, unit, root, directions, start))
            start += len(unit.atoms)
    return parts


def _neighbours(frame: Frame) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for a, b in frame.bonds.tolist():
        found.setdefault(a, []).append(b)
        found.setdefault(b, []).append(a)
    return found


class _Shell:
    """All parts with their poses, and the walls between them."""

    def __init__(self, frame: Frame, parts: Sequence[_Part], places: Sequence[Place] = ()) -> None:
        self.frame, self.parts = frame, parts
        self.backbones = [
            at
            for place in places
            for atom, at in place.held.items()
            if atom not in place.molecule.donors
        ]
        self.numbers = np.concatenate([frame.numbers, *(p.unit.numbers for p in parts)])
        self.bonds = np.concatenate([frame.bonds, *(_own_bonds(p) for p in parts)])
        self.ways = bonds_apart(len(self.numbers), self.bonds)
        self.floors = walls(self.numbers, self.numbers, self.ways)
        self.last = least_distances(self.numbers, self.ways)
        self.tables: list[PoseTable] = []
        self.axes: list[FloatArray] = []
        self.bases: list[FloatArray] = []
        self.kinds: list[list[str]] = []
        for part in parts:
            self._tabulate(part)
        self.near, self.limits = self._beside()

    def _tabulate(self, part: _Part) -> None:
        axes, owner, tilt = pose_axes([d.axis for d in part.directions])
        root = self.frame.positions[part.root]
        placed, axis = poses(part.unit, root, axes)
        rows = np.arange(part.start, part.start + len(part.unit.atoms))
        reach = float(np.linalg.norm(placed - root, axis=2).max()) + float(self.floors.max())
        close = np.flatnonzero(np.linalg.norm(self.frame.positions - root, axis=1) < _SOFT * reach)
        limits = _SOFT * self.floors[np.ix_(rows, close)]
        cost = overlap(placed, self.frame.positions[close], limits) + _TILT_COST * tilt[axis] ** 2
        side = owner[axis]
        kept = np.sort(np.concatenate([_best(cost, side == k) for k in np.unique(side)]))
        self.tables.append(PoseTable(placed[kept], cost[kept]))
        self.axes.append(axes[axis[kept]])
        self.bases.append(np.array([part.directions[k].axis for k in side[kept]]))
        self.kinds.append([part.directions[k].side for k in side[kept]])

    def _beside(self) -> tuple[list[list[int]], list[list[FloatArray]]]:
        """Return which parts can touch, and their walls."""
        middle = np.array([t.positions.mean(axis=(0, 1)) for t in self.tables]).reshape(-1, 3)
        spread = np.array(
            [
                np.linalg.norm(t.positions - m, axis=2).max(initial=0.0)
                for t, m in zip(self.tables, middle, strict=True)
            ]
        )
        gaps = np.linalg.norm(middle[:, None] - middle, axis=2) - spread[:, None] - spread
        near = [
            [j for j in range(len(middle)) if j != k and gaps[k, j] < 2.0 * _SOFT]
            for k in range(len(middle))
        ]
        rows = [np.arange(p.start, p.start + len(p.unit.atoms)) for p in self.parts]
        limits = [
            [_SOFT * self.floors[np.ix_(rows[k], rows[j])] for j in own]
            for k, own in enumerate(near)
        ]
        return near, limits

    def turned(self, chosen: IntArray) -> FloatArray:
        """Return the positions of all atoms after turning the chosen poses apart."""
        poses_taken = [t.positions[c] for t, c in zip(self.tables, chosen, strict=True)]
        hinges = [
            Hinge(part.unit, part.root, part.start, axes[c], bases[c])
            for part, axes, bases, c in zip(self.parts, self.axes, self.bases, chosen, strict=True)
        ]
        start = np.concatenate([self.frame.positions, *poses_taken])
        good, must = (self._turning_floors(start, floors) for floors in (self.floors, self.last))
        return turn_apart(start, hinges, good, must)

    def _turning_floors(self, start: FloatArray, walls: FloatArray) -> FloatArray:
        """Return the walls; inside a part none stands further than its atoms already are."""
        floors = walls.copy()
        for part in self.parts:
            own = slice(part.start, part.start + len(part.unit.atoms))
            apart = np.linalg.norm(start[own, None] - start[None, own], axis=2)
            floors[own, own] = np.minimum(floors[own, own], 0.97 * apart)
        return floors

    def contact(self, positions: FloatArray) -> Contact | None:
        """Return the nearest contact of a new atom, those of backbones included."""
        new = np.arange(len(positions)) >= len(self.frame.positions)
        new[self.backbones] = True
        return closest_contact(positions, self.numbers, self.bonds, new)


def _own_bonds(part: _Part) -> IntArray:
    """Return the bonds of a part, the one to its root included."""
    apart = part.unit.apart
    inside = np.argwhere(np.triu(apart == 1)) + part.start
    first = np.flatnonzero(part.unit.depth == 1) + part.start
    to_root = np.column_stack([np.full(len(first), part.root), first])
    return np.concatenate([to_root, inside]).astype(np.int64)


def _best(cost: FloatArray, which: NDArray[np.bool_]) -> IntArray:
    """Return the poses of least cost, of equals spread over the whole list."""
    rows = np.flatnonzero(which)
    order = rows[np.argsort(cost[rows], kind="stable")]
    easy = order[cost[order] <= cost[order[0]] + 0.15]
    if len(easy) <= _KEPT:
        return order[:_KEPT]
    return np.sort(easy)[np.linspace(0, len(easy) - 1, _KEPT).astype(np.int64)]


def _whole(frame: Frame, place: Place, placed: Mapping[int, FloatArray]) -> FloatArray:
    """Return the positions of all atoms of a molecule."""
    whole = np.zeros((place.molecule.n_atoms, 3))
    for atom, at in place.held.items():
        whole[atom] = frame.positions[at]
    for atom, here in placed.items():
        whole[atom] = here
    return whole


def _dressed(
    frame: Frame,
    places: Sequence[Place],
    shell: _Shell,
    positions: FloatArray,
    chosen: Sequence[int],
    contact: Contact | None,
) -> Dressed:
    placed: list[dict[int, FloatArray]] = [{} for _ in places]
    sides = [""] * len(places)
    for part, kinds, taken in zip(shell.parts, shell.kinds, chosen, strict=True):
        for k, atom in enumerate(part.unit.atoms.tolist()):
            placed[part.place][atom] = positions[part.start + k]
        sides[part.place] = sides[part.place] or kinds[taken]
    whole = tuple(_whole(frame, p, own) for p, own in zip(places, placed, strict=True))
    return Dressed(whole, contact, tuple(sides))


def _overfull(contact: Contact, shell: _Shell, places: Sequence[Place]) -> ComputationError:
    from ase.data import chemical_symbols

    def name(atom: int) -> str:
        symbol = chemical_symbols[int(shell.numbers[atom])]
        for part in shell.parts:
            if part.start <= atom < part.start + len(part.unit.atoms):
                place = places[part.place]
                return f"{symbol} of {place.molecule.name} on {place.where or part.root}"
        return f"{symbol}{atom} of what stays"

    first, second = (name(k) for k in contact.atoms)
    return ComputationError(
        f"the shell is overfull: {first} and {second} stay {contact.distance:.2f} Å apart, "
        f"{contact.ratio:.2f} of the van der Waals sum ({LEAST_RATIO} is the least)\n"
        "  take a smaller ligand, put fewer of them on, choose other sites, or try another --seed"
    )
