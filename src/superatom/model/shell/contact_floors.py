"""How near atoms may come: walls by elements and by the number of bonds between them.

The measure is the distance over the sum of van der Waals radii, for atoms more than three
bonds apart; bonds between metals do not count as bonds on such a way. Of each element the
larger radius counts of two sets, both as shipped with ASE: Alvarez (2013,
10.1039/c3dt50599e), whose metals are large (Au 2.32 Å), and Bondi (1964, 10.1021/j100785a001,
with additions). Walls stand at 0.90 of the sum by Bondi and 0.82 by Alvarez, whichever is
more: hydrogens of relaxed clusters come to 0.76 to 0.81 of it on gold.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "LEAST_RATIO",
    "Contact",
    "bonds_apart",
    "closest_contact",
    "least_distances",
    "radii",
    "walls",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Contacts under this share of the van der Waals sum make a model useless.
LEAST_RATIO = 0.75
_UNKNOWN = 2.0  # Å, for elements without a radius
_NONBONDED = 4  # bonds
_LAST = (0.80, 0.74)
_FAR, _NEAR = (0.90, 0.82), (0.78, 0.74)  # shares of the sums by Bondi and by Alvarez


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


@cache
def _sets() -> FloatArray:
    """Return the radii of Bondi and of Alvarez by atomic number, shape (2, z), Å."""
    from ase.data import vdw_alvarez, vdw_radii

    size = min(len(vdw_radii), len(vdw_alvarez.vdw_radii))
    both = np.stack([vdw_radii[:size], vdw_alvarez.vdw_radii[:size]])
    other = np.where(np.isnan(both[::-1]), _UNKNOWN, both[::-1])
    return np.asarray(np.where(np.isnan(both), other, both))


def radii(numbers: IntArray) -> FloatArray:
    """Return the van der Waals radius of each atom, the larger of the two sets, Å."""
    return np.asarray(_sets().max(axis=0)[np.asarray(numbers, dtype=np.int64)])


def walls(first: IntArray, second: IntArray, bonds: IntArray | int = _NONBONDED) -> FloatArray:
    """Return how near atoms may come, shape (n, m), Å; 0 up to two bonds apart.

    Parameters
    ----------
    first, second : ndarray of int, shape (n,), (m,)
        Atomic numbers.
    bonds : ndarray of int, shape (n, m)
        Bonds between them; walls of atoms three bonds apart, which turn about the bond
        between them, stand nearer.
    """
    sets = _sets()
    sums = sets[:, np.asarray(first)][:, :, None] + sets[:, np.asarray(second)][:, None]
    far, near = (np.max(sums * np.array(share)[:, None, None], axis=0) for share in (_FAR, _NEAR))
    return np.where(
        np.asarray(bonds) >= _NONBONDED, far, np.where(np.asarray(bonds) == 3, near, 0.0)
    )


def least_distances(numbers: IntArray, bonds: IntArray) -> FloatArray:
    """Return how near atoms must not come, 0.80 of the sum of radii (0.74 three bonds apart).

    Parameters
    ----------
    numbers : ndarray of int, shape (n,)
        Atomic numbers.
    bonds : ndarray of int, shape (n, n)
        Bonds between them.
    """
    sums = radii(numbers)[:, None] + radii(numbers)
    share = np.where(bonds >= _NONBONDED, _LAST[0], np.where(bonds == 3, _LAST[1], 0.0))
    return np.asarray(share * sums)


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
