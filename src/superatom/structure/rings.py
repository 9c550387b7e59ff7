"""Flat rings of ligands: phenyl, pyridyl, imidazolyl, cyclopentadienyl."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["FlatRing", "flat_rings"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_SIZES = (5, 6)
_FLATNESS = 0.10  # Å, largest distance of an atom from the plane
_MEMBERS = (6, 7, 8, 16)


@dataclass(frozen=True, slots=True, eq=False)
class FlatRing:
    """A flat five- or six-membered ring.

    Attributes
    ----------
    atoms : tuple[int, ...]
        Its atoms, ascending.
    centre : ndarray of float, shape (3,)
        Mean position in Å.
    normal : ndarray of float, shape (3,)
        Unit vector at right angles to it.
    """

    atoms: tuple[int, ...]
    centre: FloatArray
    normal: FloatArray


def flat_rings(numbers: IntArray, positions: FloatArray, pairs: IntArray) -> tuple[FlatRing, ...]:
    """Return the flat rings of C, N, O and S.

    Parameters
    ----------
    numbers : ndarray of int, shape (n,)
        Atomic numbers.
    positions : ndarray of float, shape (n, 3)
        Coordinates in Å, molecules whole.
    pairs : ndarray of int, shape (m, 2)
        Bonds.
    """
    member = np.isin(numbers, _MEMBERS)
    neighbours: dict[int, list[int]] = {}
    for a, b in np.asarray(pairs).reshape(-1, 2).tolist():
        if member[a] and member[b]:
            neighbours.setdefault(a, []).append(b)
            neighbours.setdefault(b, []).append(a)
    found: dict[tuple[int, ...], FlatRing] = {}
    for start in sorted(neighbours):
        for cycle in _cycles(start, neighbours):
            key = tuple(sorted(cycle))
            if key not in found:
                ring = _ring(key, positions)
                if ring is not None:
                    found[key] = ring
    return tuple(found.values())


def _cycles(start: int, neighbours: dict[int, list[int]]) -> list[tuple[int, ...]]:
    """Return the short cycles in which `start` is the smallest atom."""
    cycles = []
    paths: list[tuple[int, ...]] = [(start,)]
    while paths:
        path = paths.pop()
        for step in neighbours[path[-1]]:
            if step == start and len(path) in _SIZES and path[1] < path[-1]:
                cycles.append(path)
            elif step > start and step not in path and len(path) < max(_SIZES):
                paths.append((*path, step))
    return cycles


def _ring(atoms: tuple[int, ...], positions: FloatArray) -> FlatRing | None:
    """Return the ring if it is flat."""
    places = positions[list(atoms)]
    centre = places.mean(axis=0)
    normal = np.linalg.svd(places - centre)[2][2]
    if np.abs((places - centre) @ normal).max() > _FLATNESS:
        return None
    return FlatRing(atoms, centre, normal)
