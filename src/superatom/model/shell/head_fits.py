"""Stand-ins of chelating and bridging ligands fitted to donor atoms that are laid out already."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from superatom.model.families.descent import descend
from superatom.model.shell.contact_floors import walls
from superatom.model.shell.heads import Head
from superatom.model.shell.packing import overlap

__all__ = ["DONOR_ANGLES", "fit_head", "settled_head"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Degrees between a metal and what its donor atom carries, by the donor's atomic number.
DONOR_ANGLES = {16: 105.0, 34: 103.0, 52: 100.0, 15: 114.0, 33: 114.0, 7: 120.0, 8: 120.0}
_USUAL_ANGLE = 115.0
_TURNS = 36
_OFF_METAL = 2.9  # Å from the metals of its own donors
_BITE, _ANGLE = 2.0, 0.6  # weights, per Å²
_LEAN, _STEPS = 0.1, 500  # stiffness of angles at donors, steps of the relaxation


def fit_head(
    head: Head,
    donors: FloatArray,
    metals: Sequence[FloatArray],
    others: FloatArray,
    other_numbers: IntArray,
) -> tuple[FloatArray, int]:
    """Return where the atoms of a stand-in go, donors first, and which shape it has.

    Parameters
    ----------
    head : Head
        The stand-in.
    donors : ndarray, shape (d, 3)
        Where its donor atoms are; they stay there.
    metals : sequence of ndarray, each of shape (k, 3)
        Metals of each donor.
    others : ndarray, shape (n, 3)
        Atoms to keep away from, the metals above left out.
    other_numbers : ndarray of int, shape (n,)
        Their atomic numbers.
    """
    candidates, shape, cost = _candidates(head, donors)
    rest = np.arange(head.n_donors, len(head.numbers))
    floors = walls(head.numbers[rest], other_numbers)
    cost = cost + overlap(candidates[:, rest], others, floors)
    own = np.concatenate(list(metals))
    cost = cost + overlap(candidates[:, rest], own, np.full((len(rest), len(own)), _OFF_METAL))
    for a, b in head.bonds.tolist():
        if a < head.n_donors <= b:
            angle = np.radians(DONOR_ANGLES.get(int(head.numbers[a]), _USUAL_ANGLE))
            step = candidates[:, b] - donors[a]
            length = np.linalg.norm(step, axis=1)
            for metal in metals[a]:
                arm = metal - donors[a]
                reach = float(np.linalg.norm(arm))
                wanted = np.sqrt(length**2 + reach**2 - 2 * length * reach * np.cos(angle))
                cost = (
                    cost + _ANGLE * (np.linalg.norm(candidates[:, b] - metal, axis=1) - wanted) ** 2
                )
    best = int(np.argmin(cost.round(6)))
    placed = candidates[best].copy()
    placed[: head.n_donors] = donors
    return placed, int(shape[best])


def settled_head(
    head: Head, placed: FloatArray, shape: int, metals: Sequence[FloatArray]
) -> FloatArray:
    """Return a fitted stand-in after relaxing its springs; its donors stay.

    Parameters
    ----------
    head : Head
        The stand-in.
    placed : ndarray, shape (n, 3)
        Where `fit_head` put its atoms, Å.
    shape : int
        Its shape.
    metals : sequence of ndarray, each of shape (k, 3)
        Metals of each donor; what a donor carries keeps its angle to them.
    """
    springs = head.springs(shape)
    i = np.array([a for a, _, _ in springs])
    j = np.array([b for _, b, _ in springs])
    wanted = np.array([d for _, _, d in springs])
    firsts = [(a, b) for a, b in head.bonds.tolist() if a < head.n_donors <= b]
    lengths = {(a, b): d for a, b, d in springs}
    fixed = head.n_donors

    def score(flat: FloatArray) -> tuple[float, FloatArray]:
        at = np.concatenate([placed[:fixed], flat.reshape(-1, 3)])
        slope = np.zeros_like(at)
        step = at[i] - at[j]
        length = np.maximum(np.linalg.norm(step, axis=1), 1e-6)
        pull = (2.0 * (length - wanted) / length)[:, None] * step
        np.add.at(slope, i, pull)
        np.add.at(slope, j, -pull)
        energy = float(np.sum((length - wanted) ** 2))
        for a, b in firsts:
            angle = np.radians(DONOR_ANGLES.get(int(head.numbers[a]), _USUAL_ANGLE))
            bond = lengths[a, b]
            for metal in metals[a]:
                reach = float(np.linalg.norm(metal - placed[a]))
                far = np.sqrt(bond**2 + reach**2 - 2 * bond * reach * np.cos(angle))
                arm = at[b] - metal
                apart = float(np.linalg.norm(arm))
                energy += _LEAN * (apart - far) ** 2
                slope[b] += 2.0 * _LEAN * (apart - far) / apart * arm
        return energy, slope[fixed:].ravel()

    found, _ = descend(score, placed[fixed:].ravel(), _STEPS)
    return np.concatenate([placed[:fixed], found.reshape(-1, 3)])


def _candidates(head: Head, donors: FloatArray) -> tuple[FloatArray, IntArray, FloatArray]:
    """Return fitted positions, their shapes and what their donors miss, Å² weighted."""
    found, shapes, cost = [], [], []
    for k, shape in enumerate(head.shapes):
        moved = _superposed(shape, shape[: head.n_donors], donors)
        miss = _BITE * float(np.sum((moved[: head.n_donors] - donors) ** 2))
        if len(donors) == 2:
            turned = _turned(moved, donors)
            found.append(turned)
            shapes += [k] * len(turned)
            cost += [miss] * len(turned)
        else:
            found.append(moved[None])
            shapes.append(k)
            cost.append(miss)
    return np.concatenate(found), np.array(shapes, dtype=np.int64), np.array(cost)


def _superposed(shape: FloatArray, own: FloatArray, wanted: FloatArray) -> FloatArray:
    """Return a shape laid with its donors on the wanted places (Kabsch)."""
    left, _, right = np.linalg.svd((own - own.mean(axis=0)).T @ (wanted - wanted.mean(axis=0)))
    turn = np.diag([1.0, 1.0, np.sign(np.linalg.det(left @ right))])
    return np.asarray((shape - own.mean(axis=0)) @ left @ turn @ right + wanted.mean(axis=0))


def _turned(shape: FloatArray, donors: FloatArray) -> FloatArray:
    """Return a shape turned about the line through two donors, shape (36, n, 3)."""
    middle = donors.mean(axis=0)
    axis = donors[1] - donors[0]
    axis = axis / np.linalg.norm(axis)
    arms = shape - middle
    along = (arms @ axis)[:, None] * axis
    flat, side = arms - along, np.cross(axis, arms)
    angles = 2.0 * np.pi * np.arange(_TURNS) / _TURNS
    cosine, sine = np.cos(angles)[:, None, None], np.sin(angles)[:, None, None]
    return np.asarray(middle + along + cosine * flat + sine * side)
