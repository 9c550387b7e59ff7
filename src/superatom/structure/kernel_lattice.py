"""Kernels that are pieces of an fcc lattice, and the metals outside that continue it.

The literature counts the near-linear S-Au-S metals of the fcc family (Au28, Au36, Au44,
Au52, Au92, Au23, Au279) as kernel because they sit on sites of the kernel's lattice;
metals of true staples do not. A lattice spanned by three vectors is fitted to the
kernel by least squares, strain allowed.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["KernelLattice", "fit_fcc"]

FloatArray = NDArray[np.float64]

#: Fewest atoms that can tell a lattice.
_SMALLEST = 10
#: Largest root-mean-square distance (Å) of kernel atoms from lattice sites.
_LARGEST_RMSD = 0.30
#: Bond lengths (Å) that can be lattice vectors, and their mutual angle.
_VECTOR = (2.3, 3.5)
_ANGLE, _ANGLE_TOLERANCE = 60.0, 14.0
_ROUNDS = 6
_CENTRAL_ATOMS = 3
_NEIGHBOUR_SITES = np.array(list(itertools.product((-1, 0, 1), repeat=3)), dtype=np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class KernelLattice:
    """An fcc lattice (strained where the kernel is) fitted to a kernel.

    Attributes
    ----------
    vectors : ndarray of float, shape (3, 3)
        Primitive vectors (nearest-neighbour bonds) in Å, one per row.
    origin : ndarray of float, shape (3,)
        A lattice site.
    sites : ndarray of float, shape (n, 3)
        Whole-number coordinates of the kernel atoms.
    rmsd : float
        Root-mean-square distance (Å) of the kernel atoms from their sites.
    """

    vectors: FloatArray
    origin: FloatArray
    sites: FloatArray
    rmsd: float

    def distance_to_empty_sites(self, positions: FloatArray) -> FloatArray:
        """Return how far (Å) each position is from the nearest site no kernel atom has."""
        fractional = (positions - self.origin) @ np.linalg.inv(self.vectors)
        around = np.rint(fractional)[:, None, :] + _NEIGHBOUR_SITES
        cartesian = around @ self.vectors + self.origin
        distance = np.linalg.norm(cartesian - positions[:, None, :], axis=2)
        taken = (around[:, :, None, :] == self.sites).all(axis=3).any(axis=2)
        return np.asarray(np.where(taken, np.inf, distance).min(axis=1))


def fit_fcc(positions: FloatArray) -> KernelLattice | None:
    """Fit an fcc lattice to kernel atoms; None if they are no piece of one.

    Parameters
    ----------
    positions : ndarray of float, shape (n, 3)
        Kernel atoms in Å.
    """
    if len(positions) < _SMALLEST:
        return None
    origins, vectors = _starts(positions)
    if not len(origins):
        return None
    ones = np.ones((len(origins), len(positions), 1))
    for _ in range(_ROUNDS):
        with np.errstate(all="ignore"):
            inverse = np.linalg.pinv(vectors)
        sites = np.rint((positions - origins[:, None, :]) @ inverse)
        design = np.concatenate([sites, ones], axis=2)
        solution = np.linalg.pinv(design) @ positions
        vectors, origins = solution[:, :3], solution[:, 3]
    return _best(positions, design, solution)


def _starts(positions: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return origins and bond triples at about 60 degrees, from the central atoms."""
    from_centre = np.linalg.norm(positions - positions.mean(axis=0), axis=1)
    origins, triples = [], []
    for centre in np.argsort(from_centre)[:_CENTRAL_ATOMS]:
        away = positions - positions[centre]
        length = np.linalg.norm(away, axis=1)
        near = away[(length > _VECTOR[0]) & (length < _VECTOR[1])]
        if len(near) < 3:
            continue
        unit = near / np.linalg.norm(near, axis=1)[:, None]
        angle = np.degrees(np.arccos(np.clip(unit @ unit.T, -1.0, 1.0)))
        close = np.abs(angle - _ANGLE) < _ANGLE_TOLERANCE
        i, j, k = np.array(list(itertools.combinations(range(len(near)), 3))).T
        good = close[i, j] & close[j, k] & close[i, k]
        triples.append(np.stack([near[i], near[j], near[k]], axis=1)[good])
        origins.append(np.repeat(positions[centre][None], int(good.sum()), axis=0))
    if not origins:
        return np.zeros((0, 3)), np.zeros((0, 3, 3))
    return np.concatenate(origins), np.concatenate(triples)


def _best(positions: FloatArray, design: FloatArray, solution: FloatArray) -> KernelLattice | None:
    """Return the best of the fitted lattices, if it is one."""
    rmsd = np.sqrt(((design @ solution - positions) ** 2).sum(axis=2).mean(axis=1))
    lengths = np.linalg.norm(solution[:, :3], axis=2)
    sane = ((lengths > _VECTOR[0]) & (lengths < _VECTOR[1])).all(axis=1)
    for k in np.argsort(np.where(sane, rmsd, np.inf)):
        if not sane[k] or rmsd[k] > _LARGEST_RMSD:
            return None
        sites = design[k, :, :3]
        if len(np.unique(sites, axis=0)) == len(sites):
            return KernelLattice(solution[k, :3], solution[k, 3], sites, float(rmsd[k]))
    return None
