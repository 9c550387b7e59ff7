"""How near atoms may come: walls by elements and by the number of bonds between them.

The measure is the distance over the sum of van der Waals radii (Alvarez 2013,
10.1039/c3dt50599e, as shipped with ASE), for atoms more than three bonds apart; bonds between
metals do not count as bonds on such a way.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["LEAST_RATIO", "Contact", "bonds_apart", "closest_contact", "radii", "wall_share"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Contacts under this share of the van der Waals sum make a model useless.
LEAST_RATIO = 0.75
_WALL = 0.90  # share of the sum where walls stand, for atoms more than three bonds apart
_NEAR_WALL = 0.78  # for atoms three bonds apart, which turn about the bond between them
_UNKNOWN = 2.0  # Å, for elements without a radius
_NONBONDED = 4  # bonds


@dataclass(frozen=True, slots=True)
class Contact:
    """Two atoms not bonded to each other.

    Attributes
    ----------
    atoms : tuple[int, int]
        Which.
    distance : float
        Å.
    ratio : float
        Of the sum of van der Waals radii.
    """

    atoms: tuple[int, int]
    distance: float
    ratio: float


def radii(numbers: Sequence[int] | IntArray) -> FloatArray:
    """Return the van der Waals radius of each atom, Å."""
    from ase.data import vdw_radii

    return np.asarray(np.nan_to_num(vdw_radii[np.asarray(numbers, dtype=np.int64)], nan=_UNKNOWN))


def wall_share(bonds: IntArray) -> FloatArray:
    """Return at which share of the van der Waals sum the wall stands, by bonds apart.

    None (0) up to two bonds, 0.78 for three, 0.90 for more.
    """
    return np.where(bonds >= _NONBONDED, _WALL, np.where(bonds == 3, _NEAR_WALL, 0.0))


def bonds_apart(n_atoms: int, bonds: IntArray, most: int = _NONBONDED - 1) -> IntArray:
    """Return how many bonds lie between all atoms, shape (n, n); `most` + 1 if more.

    Parameters
    ----------
    n_atoms : int
        Number of atoms.
    bonds : ndarray of int, shape (m, 2)
        Bonds.
    most : int
        Longest way followed.
    """
    from scipy.sparse import csr_matrix

    ways = np.full((n_atoms, n_atoms), most + 1, dtype=np.int64)
    pairs = np.asarray(bonds, dtype=np.int64).reshape(-1, 2)
    ends = np.concatenate([pairs, pairs[:, ::-1]])
    graph = csr_matrix((np.ones(len(ends), bool), ends.T), shape=(n_atoms, n_atoms))
    reached = csr_matrix(np.eye(n_atoms, dtype=bool))
    ways[np.arange(n_atoms), np.arange(n_atoms)] = 0
    for step in range(1, most + 1):
        reached = (reached @ graph).astype(bool)
        i, j = reached.nonzero()
        ways[i, j] = np.minimum(ways[i, j], step)
    return ways


def closest_contact(
    positions: FloatArray, numbers: IntArray, bonds: IntArray, movable: NDArray[np.bool_]
) -> Contact | None:
    """Return the contact nearest to its van der Waals sum; None if no atoms are near.

    Parameters
    ----------
    positions : ndarray, shape (n, 3)
        Å.
    numbers : ndarray of int, shape (n,)
        Atomic numbers.
    bonds : ndarray of int, shape (m, 2)
        Bonds, those of donors to metals included, those between metals not.
    movable : ndarray of bool, shape (n,)
        At least one atom of a contact is one of these.
    """
    from scipy.spatial import cKDTree

    size = radii(numbers)
    pairs = cKDTree(positions).query_pairs(2.0 * float(size.max()), output_type="ndarray")
    pairs = pairs[movable[pairs].any(axis=1)]
    pairs = pairs[bonds_apart(len(numbers), bonds)[pairs[:, 0], pairs[:, 1]] >= _NONBONDED]
    if not len(pairs):
        return None
    lengths = np.linalg.norm(positions[pairs[:, 0]] - positions[pairs[:, 1]], axis=1)
    shares = lengths / size[pairs].sum(axis=1)
    worst = int(np.argmin(shares))
    first, second = (int(k) for k in pairs[worst])
    return Contact((first, second), float(lengths[worst]), float(shares[worst]))
