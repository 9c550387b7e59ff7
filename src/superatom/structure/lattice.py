"""The lattice of a crystal: fractional and Cartesian coordinates, contacts through the faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Contacts", "Lattice", "free_contacts"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Contacts:
    """Pairs of atoms closer than a distance, each image counted once.

    Attributes
    ----------
    first, second : ndarray of int, shape (n,)
        Atom indices; equal for an atom and its own image.
    shift : ndarray of int, shape (n, 3)
        Lattice translation of `second` in cells.
    length : ndarray of float, shape (n,)
        Distance in Å.
    """

    first: IntArray
    second: IntArray
    shift: IntArray
    length: FloatArray

    def __len__(self) -> int:
        return len(self.first)

    @property
    def pairs(self) -> IntArray:
        """Atom indices, shape (n, 2)."""
        return np.stack([self.first, self.second], axis=1)

    def where(self, keep: NDArray[np.bool_] | IntArray) -> Contacts:
        """Return the contacts selected by a mask or indices."""
        return Contacts(self.first[keep], self.second[keep], self.shift[keep], self.length[keep])


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Three lattice vectors.

    Attributes
    ----------
    vectors : ndarray of float, shape (3, 3)
        Rows are a, b, c in Å.
    """

    vectors: FloatArray

    @classmethod
    def of_cell(cls, lengths: FloatArray, angles: FloatArray) -> Lattice:
        """Return the lattice of a cell given by a, b, c (Å) and alpha, beta, gamma (degrees)."""
        import gemmi

        matrix = gemmi.UnitCell(*map(float, lengths), *map(float, angles)).orth.mat.tolist()
        return cls(np.array(matrix, dtype=np.float64).T)

    @property
    def volume(self) -> float:
        """Volume in Å3."""
        return float(abs(np.linalg.det(self.vectors)))

    @property
    def metric(self) -> FloatArray:
        """Metric tensor in Å2, shape (3, 3)."""
        metric: FloatArray = self.vectors @ self.vectors.T
        return metric

    def cartesian(self, fractional: FloatArray) -> FloatArray:
        """Return Cartesian coordinates (Å) of fractional ones, shape (..., 3)."""
        cartesian: FloatArray = np.asarray(fractional) @ self.vectors
        return cartesian

    def fractional(self, cartesian: FloatArray) -> FloatArray:
        """Return fractional coordinates of Cartesian ones (Å), shape (..., 3)."""
        fractional: FloatArray = np.asarray(cartesian) @ np.linalg.inv(self.vectors)
        return fractional

    def nearest_vector(self, fractional: FloatArray) -> FloatArray:
        """Return Cartesian vectors (Å) of differences brought into the nearest image.

        Exact for vectors much shorter than the cell, which is all it is used for.
        """
        return self.cartesian(fractional - np.round(fractional))

    def contacts(self, fractional: FloatArray, cutoff: float) -> Contacts:
        """Return all pairs of atoms and images up to `cutoff` (Å).

        Parameters
        ----------
        fractional : ndarray of float, shape (n, 3)
            Any image of each atom.
        cutoff : float
            Longest distance in Å.
        """
        from scipy.spatial import cKDTree

        base = np.floor(fractional).astype(np.int64)
        inside = fractional - base
        images, owner, cells = self._surroundings(inside, cutoff)
        home = cKDTree(self.cartesian(inside))
        tree = cKDTree(self.cartesian(images))
        found = home.sparse_distance_matrix(tree, cutoff, output_type="ndarray")
        first = found["i"].astype(np.int64)
        second = owner[found["j"]]
        cell = cells[found["j"]]
        keep = _once(first, second, cell)
        first, second, cell = first[keep], second[keep], cell[keep]
        return Contacts(first, second, cell + base[first] - base[second], found["v"][keep])

    def images_near(self, inside: FloatArray, reach: float) -> FloatArray:
        """Return fractional coordinates of all images in the cell or within `reach` (Å) of it.

        `inside` holds coordinates from 0 to 1.
        """
        return self._surroundings(inside, reach)[0]

    def _surroundings(
        self, inside: FloatArray, cutoff: float
    ) -> tuple[FloatArray, IntArray, IntArray]:
        """Return the images of all atoms in the cell and within `cutoff` of its faces."""
        heights = self.volume / np.linalg.norm(
            np.cross(np.roll(self.vectors, -1, axis=0), np.roll(self.vectors, -2, axis=0)), axis=1
        )
        margin = cutoff / heights
        reach = np.ceil(margin).astype(int)
        grids = np.meshgrid(*(np.arange(-r, r + 1) for r in reach), indexing="ij")
        shifts = np.stack([g.ravel() for g in grids], axis=1).astype(np.int64)
        images = inside[None] + shifts[:, None]
        near = ((images >= -margin) & (images <= 1 + margin)).all(axis=2)
        cell, owner = np.nonzero(near)
        return images[near], owner.astype(np.int64), shifts[cell]


def _once(first: IntArray, second: IntArray, cell: IntArray) -> NDArray[np.bool_]:
    """Return which of the pairs (each found from both ends) to keep."""
    sign = np.zeros(len(first), dtype=np.int64)
    for axis in (2, 1, 0):
        sign = np.where(cell[:, axis] != 0, np.sign(cell[:, axis]), sign)
    keep: NDArray[np.bool_] = (first < second) | ((first == second) & (sign > 0))
    return keep


def free_contacts(positions: FloatArray, cutoff: float) -> Contacts:
    """Return all pairs of atoms up to `cutoff` (Å) of a molecule without a lattice."""
    from scipy.spatial import cKDTree

    pairs = cKDTree(positions).query_pairs(cutoff, output_type="ndarray").astype(np.int64)
    pairs = pairs.reshape(-1, 2)
    length = np.linalg.norm(positions[pairs[:, 0]] - positions[pairs[:, 1]], axis=1)
    return Contacts(pairs[:, 0], pairs[:, 1], np.zeros((len(pairs), 3), dtype=np.int64), length)
