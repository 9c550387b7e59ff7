"""Coordinates from distances: known lengths between some points, least lengths for all others.

Distance geometry (Crippen and Havel, *Distance Geometry and Molecular Conformation*, 1988):
the known lengths are completed by shortest paths, laid out in five dimensions (Torgerson's
classical scaling, 10.1007/BF02288916), relaxed there, where points can pass each other, and
then pressed into three.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.errors import StructureError
from superatom.model.families.descent import descend

__all__ = ["DistanceModel", "embed", "relax"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_DIMENSIONS = 5
_PRESS = (0.0, 0.02, 0.1, 0.5, 2.0, 10.0)  # stiffness that flattens the dimensions above three
_JITTER = 0.3  # Å by which starts differ
_STEPS = 400  # of the minimiser in every stage
_LAST_STEPS = 4000
_GOOD = 0.005  # energy per point of a layout that keeps all distances to about 0.05 Å
_SAME = 0.005  # relative difference in energy of two starts that ended in one layout
_REPULSION = 1.0  # stiffness of a clash; a bond has about 1


@dataclass(frozen=True, slots=True, eq=False)
class DistanceModel:
    """Springs between points that know their distance, walls between those that do not.

    E = sum k (r - d)^2 + sum (floor - r)^2 over pairs of the second kind closer than floor

    Attributes
    ----------
    n_points : int
        Number of points.
    pairs : ndarray of int, shape (m, 2)
        Points with a known distance.
    lengths : ndarray of float, shape (m,)
        d, Å.
    stiffness : ndarray of float, shape (m,)
        k, in units of a bond's.
    walls : ndarray of int, shape (w, 2)
        Points that must only keep apart.
    floors : ndarray of float, shape (w,)
        Their least distance, Å.
    """

    n_points: int
    pairs: IntArray
    lengths: FloatArray
    stiffness: FloatArray
    walls: IntArray
    floors: FloatArray

    def energy(self, points: FloatArray) -> tuple[float, FloatArray]:
        """Return E and its gradient, shape of `points` (n, dimensions)."""
        gradient = np.zeros_like(points)
        i, j = self.pairs.T
        step, length = _steps(points, i, j)
        strain = length - self.lengths
        pull = (2.0 * self.stiffness * strain / length)[:, None] * step
        total = float(np.sum(self.stiffness * strain**2))
        walls, step, length, gap = self._clashes(points)
        first, second = walls.T
        push = (-2.0 * _REPULSION * gap / length)[:, None] * step
        total += _REPULSION * float(gap @ gap)
        for k in range(points.shape[1]):
            gradient[:, k] = np.bincount(i, pull[:, k], self.n_points)
            gradient[:, k] -= np.bincount(j, pull[:, k], self.n_points)
            gradient[:, k] += np.bincount(first, push[:, k], self.n_points)
            gradient[:, k] -= np.bincount(second, push[:, k], self.n_points)
        return total, gradient

    def _clashes(self, points: FloatArray) -> tuple[IntArray, FloatArray, FloatArray, FloatArray]:
        """Return the pairs closer than their floor, their vectors, lengths and what lacks."""
        squares = np.einsum("ij,ij->i", points, points)
        apart = (squares[:, None] + squares - 2.0 * points @ points.T)[*self.walls.T]
        near = np.flatnonzero(apart < self.floors**2)
        walls = self.walls[near]
        step, length = _steps(points, *walls.T)
        return walls, step, length, np.maximum(self.floors[near] - length, 0.0)


def _steps(points: FloatArray, i: IntArray, j: IntArray) -> tuple[FloatArray, FloatArray]:
    """Return the vectors from j to i and their lengths, never quite zero."""
    step = points[i] - points[j]
    return step, np.maximum(np.sqrt(np.einsum("ij,ij->i", step, step)), 1e-6)


def relax(
    model: DistanceModel, points: FloatArray, press: float = 0.0, steps: int = _LAST_STEPS
) -> tuple[FloatArray, float]:
    """Return the points of least energy near `points`, and that energy.

    Parameters
    ----------
    model : DistanceModel
        Springs and walls.
    points : ndarray, shape (n, dimensions)
        Start.
    press : float
        Stiffness with which dimensions above three are flattened.
    steps : int
        Most iterations of the minimiser.
    """
    shape = points.shape

    def score(flat: FloatArray) -> tuple[float, FloatArray]:
        here = flat.reshape(shape)
        total, gradient = model.energy(here)
        gradient[:, 3:] += 2.0 * press * here[:, 3:]
        return total + press * float(np.sum(here[:, 3:] ** 2)), gradient.ravel()

    found, energy = descend(score, points.ravel(), steps)
    return np.asarray(found.reshape(shape)), energy


def embed(model: DistanceModel, *, seed: int, starts: int = 4) -> tuple[FloatArray, float]:
    """Return three-dimensional points of low energy, and the energy; the same for a seed.

    Raises
    ------
    StructureError
        If the known distances do not connect all points.
    """
    guess = _classical_scaling(_path_lengths(model))
    rng = np.random.default_rng(seed)
    best: tuple[FloatArray, float] | None = None
    for start in range(starts):
        points = guess + rng.normal(scale=_JITTER * (start + 1), size=guess.shape)
        for press in _PRESS:
            points, _ = relax(model, points, press, _STEPS)
        flat, energy = relax(model, np.ascontiguousarray(points[:, :3]))
        again = best is not None and abs(energy - best[1]) < _SAME * best[1]
        if best is None or energy < best[1] - 1e-9:
            best = flat, energy
        if again or energy < _GOOD * model.n_points:
            break
    if best is None:
        raise StructureError("an embedding needs at least one start")
    return best


def _path_lengths(model: DistanceModel) -> FloatArray:
    """Return the shortest way between all points over known distances, Å."""
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import dijkstra

    i, j = model.pairs.T
    shape = (model.n_points, model.n_points)
    paths = dijkstra(csr_matrix((model.lengths, (i, j)), shape=shape), directed=False)
    loose = np.flatnonzero(~np.isfinite(paths[0]))
    if len(loose):
        raise StructureError(
            f"no known distances lead from point 1 to point {loose[0] + 1}: "
            "every motif needs a bond to the kernel"
        )
    return np.asarray(paths)


def _classical_scaling(apart: FloatArray) -> FloatArray:
    """Return points in five dimensions whose distances are nearest to `apart`."""
    squared = apart**2
    inner = -0.5 * (squared - squared.mean(axis=0) - squared.mean(axis=1)[:, None] + squared.mean())
    values, vectors = np.linalg.eigh(inner)
    dims = min(_DIMENSIONS, len(apart))
    top = np.argsort(values)[::-1][:dims]
    return np.asarray(vectors[:, top] * np.sqrt(np.maximum(values[top], 0.0)))
