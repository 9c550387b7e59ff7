"""Relaxation of a packed shell by turning bonds: lengths, angles and handedness never change.

Each part of a ligand turns as a whole about the atom that holds it, and its own bonds turn
within it; the gradient of a turn is the torque along its axis. Walls keep atoms apart,
weak springs keep parts near the direction and the shape they were chosen with.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.model.families.descent import descend
from superatom.model.shell.ligand_units import Unit

__all__ = ["Hinge", "turn_apart"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_ARM = 2.0  # Å: length of the lever that shows the direction of a part
_TILT, _TWIST = 0.7, 0.08  # stiffness of directions (Å^-2 of the lever) and of turns (Å²)
_SKIN = 1.2  # Å: pairs are listed anew when atoms have moved half of this
_STEPS = 400
_WEAKER = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class Hinge:
    """A part of a ligand as it stands.

    Attributes
    ----------
    unit : Unit
        The part.
    root : int
        Fixed atom it hangs on.
    start : int
        Number of its first atom; the others follow.
    axis : ndarray, shape (3,)
        Direction in which it leaves the root now.
    base : ndarray, shape (3,)
        Direction in which it should.
    """

    unit: Unit
    root: int
    start: int
    axis: FloatArray
    base: FloatArray


def turn_apart(
    positions: FloatArray, hinges: Sequence[Hinge], floors: FloatArray, last: FloatArray
) -> FloatArray:
    """Return the positions after turning everything apart.

    A first descent shares out what room there is; a second one, with walls only where atoms
    must not be at all and weaker springs, removes what the first left too near.

    Parameters
    ----------
    positions : ndarray, shape (n, 3)
        Fixed atoms and those of all parts, Å.
    hinges : sequence of Hinge
        The parts.
    floors : ndarray, shape (n, n)
        Distance of each pair that would be good, Å; 0 for pairs that do not count.
    last : ndarray, shape (n, n)
        Distance that each pair must have, Å.
    """
    turning = _Turning(positions, hinges)
    if not turning.n_turns:
        return positions
    turns = np.zeros(turning.n_turns)
    for walls, stiffness in ((floors, 1.0), (last, _WEAKER)):
        turning.set_walls(walls, stiffness)
        turns, _ = descend(turning.score, turns, _STEPS)
    return turning.place(turns)[: len(positions)]


class _Turning:
    """Positions and strain as functions of all turns: three per part, then one per bond."""

    def __init__(self, positions: FloatArray, hinges: Sequence[Hinge]) -> None:
        self.n_atoms = len(positions)
        self.roots = positions[[h.root for h in hinges]].reshape(-1, 3)
        axes = np.array([h.axis for h in hinges]).reshape(-1, 3)
        self.bases = self.roots + _ARM * np.array([h.base for h in hinges]).reshape(-1, 3)
        self.start = np.concatenate([positions, self.roots + _ARM * axes])
        self.tips = self.n_atoms + np.arange(len(hinges))
        sizes = [len(h.unit.atoms) for h in hinges]
        own = [np.arange(h.start, h.start + n) for h, n in zip(hinges, sizes, strict=True)]
        self.members = np.concatenate([*own, self.tips])
        self.owner = np.r_[np.repeat(np.arange(len(hinges)), sizes), np.arange(len(hinges))]
        self.moving = np.zeros(self.n_atoms, dtype=bool)
        self.moving[self.members[self.members < self.n_atoms]] = True
        self._list_torsions(hinges)
        self.n_turns = 3 * len(hinges) + len(self.ends)

    def set_walls(self, floors: FloatArray, stiffness: float) -> None:
        """Set the least distances, and how stiff the springs are."""
        self.floors, self.stiffness = floors, stiffness
        self._listed: FloatArray | None = None

    def _list_torsions(self, hinges: Sequence[Hinge]) -> None:
        ends: list[tuple[int, int]] = []
        levels: list[int] = []
        moved: list[int] = []
        whose: list[int] = []
        for hinge in hinges:
            torsions = hinge.unit.torsions
            for torsion in torsions:
                start = hinge.root if torsion.start < 0 else hinge.start + torsion.start
                above = sum(torsion.end in t.moved for t in torsions if t is not torsion)
                moved += [hinge.start + k for k in torsion.moved]
                whose += [len(ends)] * len(torsion.moved)
                ends.append((start, hinge.start + torsion.end))
                levels.append(above)
        self.ends = np.array(ends, dtype=np.int64).reshape(-1, 2)
        self.moved = np.array(moved, dtype=np.int64)
        self.whose = np.array(whose, dtype=np.int64)
        level = np.array(levels, dtype=np.int64)
        self.levels = [
            np.flatnonzero(level[self.whose] == k) for k in range(level.max(initial=-1) + 1)
        ]

    def place(self, turns: FloatArray) -> FloatArray:
        """Return all positions, tips of the levers last."""
        n = len(self.roots)
        spins, twists = turns[: 3 * n].reshape(-1, 3), turns[3 * n :]
        at = self.start.copy()
        arms = at[self.members] - self.roots[self.owner]
        angle = np.linalg.norm(spins, axis=1)
        axis = spins / np.maximum(angle, 1e-12)[:, None]
        at[self.members] = self.roots[self.owner] + _rotated(
            arms, axis[self.owner], angle[self.owner]
        )
        for rows in self.levels:
            atoms, torsion = self.moved[rows], self.whose[rows]
            start, end = at[self.ends[:, 0]], at[self.ends[:, 1]]
            axes = _unit(end - start)
            at[atoms] = end[torsion] + _rotated(
                at[atoms] - end[torsion], axes[torsion], twists[torsion]
            )
        return at

    def score(self, turns: FloatArray) -> tuple[float, FloatArray]:
        """Return the strain and its gradient."""
        at = self.place(turns)
        force = np.zeros_like(at)
        energy = self._walls(at, force)
        lean = at[self.tips] - self.bases
        tilt, twist = self.stiffness * _TILT, self.stiffness * _TWIST
        energy += tilt * float(np.sum(lean**2))
        force[self.tips] += 2.0 * tilt * lean
        n = len(self.roots)
        slope = np.empty_like(turns)
        slope[: 3 * n] = self._spin_slope(at, force, turns[: 3 * n].reshape(-1, 3)).ravel()
        twists = turns[3 * n :]
        energy += twist * float(np.sum(1.0 - np.cos(twists)))
        slope[3 * n :] = self._twist_slope(at, force) + twist * np.sin(twists)
        return energy, slope

    def _walls(self, at: FloatArray, force: FloatArray) -> float:
        real = at[: self.n_atoms]
        if self._listed is None or np.abs(real - self._listed).max() > _SKIN / 3.5:
            self._list_pairs(real)
        step = real[self.first] - real[self.second]
        squared = np.einsum("nk,nk->n", step, step)
        close = np.flatnonzero(squared < self.limits**2)
        step, length = step[close], np.sqrt(np.maximum(squared[close], 1e-8))
        gap = self.limits[close] - length
        push = (-2.0 * gap / length)[:, None] * step
        first, second = self.first[close], self.second[close]
        for k in range(3):
            force[:, k] += np.bincount(first, push[:, k], len(at))
            force[:, k] -= np.bincount(second, push[:, k], len(at))
        return float(gap @ gap)

    def _list_pairs(self, real: FloatArray) -> None:
        from scipy.spatial import cKDTree

        reach = float(self.floors.max()) + _SKIN
        pairs = cKDTree(real).query_pairs(reach, output_type="ndarray")
        pairs = pairs[self.moving[pairs].any(axis=1)]
        limits = self.floors[pairs[:, 0], pairs[:, 1]]
        apart = np.linalg.norm(real[pairs[:, 0]] - real[pairs[:, 1]], axis=1)
        near = (limits > 0.0) & (apart < limits + _SKIN)
        order = np.lexsort((pairs[near, 1], pairs[near, 0]))  # the tree's order is not promised
        self.first, self.second = pairs[near][order].T
        self.limits = limits[near][order]
        self._listed = real.copy()

    def _spin_slope(self, at: FloatArray, force: FloatArray, spins: FloatArray) -> FloatArray:
        arms = at[self.members] - self.roots[self.owner]
        torque = np.cross(arms, force[self.members])
        n = len(self.roots)
        total = np.stack(
            [np.bincount(self.owner, torque[:, k], n).astype(np.float64) for k in range(3)], axis=1
        )
        return _left_jacobian_transposed(spins, total)

    def _twist_slope(self, at: FloatArray, force: FloatArray) -> FloatArray:
        if not len(self.ends):
            return np.zeros(0)
        start, end = at[self.ends[:, 0]], at[self.ends[:, 1]]
        axes = _unit(end - start)
        torque = np.cross(at[self.moved] - end[self.whose], force[self.moved])
        along = np.einsum("nk,nk->n", torque, axes[self.whose])
        return np.bincount(self.whose, along, len(self.ends)).astype(np.float64)


def _unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True))


def _rotated(vectors: FloatArray, axes: FloatArray, angles: FloatArray) -> FloatArray:
    """Return vectors turned about unit axes (Rodrigues)."""
    cosine, sine = np.cos(angles)[:, None], np.sin(angles)[:, None]
    along = np.einsum("nk,nk->n", axes, vectors)[:, None]
    return np.asarray(
        vectors * cosine + np.cross(axes, vectors) * sine + axes * along * (1.0 - cosine)
    )


def _left_jacobian_transposed(spins: FloatArray, torque: FloatArray) -> FloatArray:
    """Return the slope in rotation vectors for torques in space (left Jacobian of SO(3))."""
    angle = np.maximum(np.linalg.norm(spins, axis=1), 1e-8)
    axis = spins / angle[:, None]
    sine, rest = np.sin(angle) / angle, (1.0 - np.cos(angle)) / angle
    along = np.einsum("nk,nk->n", axis, torque)[:, None]
    return np.asarray(
        sine[:, None] * torque
        + (1.0 - sine)[:, None] * along * axis
        - rest[:, None] * np.cross(axis, torque)
    )
