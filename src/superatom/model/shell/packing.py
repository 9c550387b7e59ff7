"""Packing of a ligand shell: one pose for each part, so that nothing clashes.

Each part has a table of poses that fit the fixed atoms. Starting anywhere, the parts are
visited in turn, and each takes a pose by the probabilities exp(-E/T) of its poses among the
present poses of all others (heat bath; Geman and Geman 1984, 10.1109/TPAMI.1984.4767596),
while T falls to zero. E = sum (floor - r)^2 over pairs closer than their floor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["PoseTable", "overlap", "pack"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_SWEEPS = 16
_HOT, _COLD = 1.0, 0.01  # Å²
_QUENCHES = 3  # sweeps at the end in which every part takes its best pose
_FAR = 4.2  # Å: beyond all floors
_USUAL = 2.8  # Å, a floor
_CHUNK = 60_000  # pairs of atoms at a time: few enough for the processor's cache


@dataclass(frozen=True, slots=True, eq=False)
class PoseTable:
    """The poses of one part.

    Attributes
    ----------
    positions : ndarray, shape (k, m, 3)
        Å.
    cost : ndarray, shape (k,)
        Overlap with fixed atoms and strain of each pose, Å².
    """

    positions: FloatArray
    cost: FloatArray


def overlap(poses: FloatArray, others: FloatArray, floors: FloatArray) -> FloatArray:
    """Return about sum (floor - r)^2 over clashes of each pose with the other atoms.

    It is sum (floor^2 - r^2)^2 / 4 f^2 with f = 2.8 Å, which needs no roots.

    Parameters
    ----------
    poses : ndarray, shape (p, m, 3)
        Å.
    others : ndarray, shape (n, 3)
        Å.
    floors : ndarray, shape (m, n)
        Least distance of each pair, Å; 0 for pairs that do not count.
    """
    count, size, _ = poses.shape
    if not len(others) or not count:
        return np.zeros(count)
    total = np.empty(count)
    step = max(_CHUNK // (size * len(others)), 1)
    there = np.ascontiguousarray(others.T, dtype=np.float32)
    limit = (floors**2).astype(np.float32)
    # in place and without matrix products: their threads would only wait for each other
    for start in range(0, count, step):
        part = poses[start : start + step].astype(np.float32)
        lacking = np.broadcast_to(limit, (len(part), *limit.shape)).copy()
        gap = np.empty_like(lacking)
        for k in range(3):
            np.subtract(part[:, :, k, None], there[k], out=gap)
            np.multiply(gap, gap, out=gap)
            np.subtract(lacking, gap, out=lacking)
        np.maximum(lacking, 0.0, out=lacking)
        flat = lacking.reshape(len(lacking), -1)
        total[start : start + step] = np.einsum("pm,pm->p", flat, flat)
    return total / (4.0 * _USUAL**2)


def pack(
    tables: Sequence[PoseTable],
    near: Sequence[Sequence[int]],
    floors: Sequence[Sequence[FloatArray]],
    seed: int,
) -> tuple[IntArray, float]:
    """Return the pose that each part takes, and the overlap that is left, Å².

    Parameters
    ----------
    tables : sequence of PoseTable
        One per part.
    near : sequence of sequences of int
        For each part the others it can touch.
    floors : sequence of sequences of ndarray
        For each of these, least distances, shape (m, n).
    seed : int
        Seed of the heat bath; the same seed gives the same packing.
    """
    rng = np.random.default_rng(seed)
    beside = [np.concatenate(own, axis=1) if len(own) else None for own in floors]
    middle = [table.positions.mean(axis=(0, 1)) for table in tables]
    reach = [
        np.linalg.norm(table.positions - here, axis=2).max(initial=0.0) + _FAR
        for table, here in zip(tables, middle, strict=True)
    ]
    chosen = np.array([int(np.argmin(table.cost)) for table in tables], dtype=np.int64)

    def energies(k: int) -> FloatArray:
        table, limit = tables[k], beside[k]
        if limit is None:
            return table.cost
        others = np.concatenate([tables[j].positions[chosen[j]] for j in near[k]])
        close = np.einsum("nk,nk->n", others - middle[k], others - middle[k]) < reach[k] ** 2
        return np.asarray(table.cost + overlap(table.positions, others[close], limit[:, close]))

    for heat in np.geomspace(_HOT, _COLD, _SWEEPS):
        for k in rng.permutation(len(tables)):
            energy = energies(int(k))
            weight = np.exp(-(energy - energy.min()) / heat)
            chosen[k] = np.searchsorted(np.cumsum(weight), rng.random() * weight.sum())
    for _ in range(_QUENCHES):
        before = chosen.copy()
        for k in range(len(tables)):
            chosen[k] = int(np.argmin(energies(k).round(6)))
        if np.array_equal(before, chosen):
            break
    left = [energies(k)[chosen[k]] + tables[k].cost[chosen[k]] for k in range(len(tables))]
    return chosen, 0.5 * float(np.sum(left))
