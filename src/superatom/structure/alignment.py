"""Laying one set of atoms over another: rotations, matchings, and one refined by the other.

A best fit of two point sets is a rotation and a permutation at once. Given the permutation,
the rotation follows from a singular value decomposition (Kabsch 1976,
10.1107/S0567739476001873); given the rotation, the permutation follows from the assignment
problem. Alternating both converges to a local optimum, so what matters is to start near
every optimum that counts, which is the business of `superatom.structure.superposition`.
All arrays are in Å, centred on their centroids by the caller.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

__all__ = [
    "FloatArray",
    "IntArray",
    "Matches",
    "fit_orthogonal",
    "match",
    "refine",
    "settle",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_FORBIDDEN = 1e6  # squared distance given to atoms of different kinds, Å^2
_BLOCK = 400_000  # distances held at once: few enough for the processor's cache
_SAMPLE = 48  # atoms looked at when most candidates are thrown away
_SETTLING = 3  # rounds of nearest-atom fitting before the exact one


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Several ways to lay a source over a target.

    Attributes
    ----------
    matrices : ndarray, shape (m, 3, 3)
        Orthogonal matrices R.
    permutations : ndarray of int, shape (m, n)
        Source atom i falls on target atom `permutations[:, i]`.
    parity : ndarray of int, shape (m,)
        Determinants of the matrices: 1 rotation, -1 rotation with reflection.
    rmsd : ndarray, shape (m,)
        Root of the mean of |R x_i - y_p(i)|^2, Å.
    """

    matrices: FloatArray
    permutations: IntArray
    parity: IntArray
    rmsd: FloatArray

    def take(self, rows: NDArray[np.int64] | NDArray[np.bool_]) -> Matches:
        """Return the matches of `rows`, in that order."""
        return Matches(
            self.matrices[rows], self.permutations[rows], self.parity[rows], self.rmsd[rows]
        )


def fit_orthogonal(
    source: FloatArray, targets: FloatArray, parity: IntArray
) -> tuple[FloatArray, FloatArray]:
    """Return the orthogonal matrices that bring `source` closest to each of `targets`.

    Parameters
    ----------
    source : ndarray, shape (n, 3)
        Centred points.
    targets : ndarray, shape (m, n, 3)
        Centred points, in the order of `source`.
    parity : ndarray, shape (m,)
        Determinant wanted for each matrix, 1 or -1.

    Returns
    -------
    tuple of ndarray
        Matrices (m, 3, 3) and root mean square deviations (m,).
    """
    covariance = np.einsum("mia,ib->mab", targets, source)
    u, singular, vt = np.linalg.svd(covariance)
    sign = parity * np.round(np.linalg.det(u) * np.linalg.det(vt))
    u[:, :, 2] *= sign[:, None]
    overlap = singular[:, 0] + singular[:, 1] + sign * singular[:, 2]
    square = np.sum(source**2) + np.sum(targets**2, axis=(1, 2)) - 2.0 * overlap
    return u @ vt, np.sqrt(np.maximum(square, 0.0) / len(source))


def _square_distances(
    images: FloatArray, target: FloatArray, penalty: FloatArray | None
) -> FloatArray:
    """Return |image - target|^2 of every pair, shape (m, n, n'), kinds kept apart."""
    square = images @ (-2.0 * target.T)  # in place from here on: this is where time goes
    square += np.einsum("...a,...a->...", images, images)[..., None]
    square += np.sum(target**2, axis=-1)
    if penalty is not None:
        square += penalty
    return np.asarray(square)


def _kind_penalty(source_kinds: IntArray, target_kinds: IntArray) -> FloatArray | None:
    """Return what keeps atoms of different kinds apart, None if all are alike."""
    differ = source_kinds[:, None] != target_kinds[None, :]
    return np.where(differ, _FORBIDDEN, 0.0) if differ.any() else None


def _assign(square: FloatArray) -> IntArray:
    """Return the cheapest one-to-one matching of each (n, n) block of `square`.

    Where every atom's nearest partner is a different one, that already is the optimum;
    only the rest needs the assignment algorithm.
    """
    nearest = np.argmin(square, axis=2)
    ordered = np.sort(nearest, axis=1)
    clashing = np.flatnonzero((ordered[:, 1:] == ordered[:, :-1]).any(axis=1))
    for row in clashing:
        nearest[row] = linear_sum_assignment(square[row])[1]
    return np.asarray(nearest)


def match(
    images: FloatArray, target: FloatArray, source_kinds: IntArray, target_kinds: IntArray
) -> IntArray:
    """Return the best one-to-one matching of each set of `images` with `target`.

    Parameters
    ----------
    images : ndarray, shape (m, n, 3)
        Rotated source points.
    target : ndarray, shape (n, 3)
        Points to match.
    source_kinds, target_kinds : ndarray of int, shape (n,)
        Only atoms of one kind are matched.
    """
    penalty = _kind_penalty(source_kinds, target_kinds)
    step = max(1, _BLOCK // max(1, len(target) ** 2))
    blocks = [
        _assign(_square_distances(images[start : start + step], target, penalty))
        for start in range(0, len(images), step)
    ]
    return np.concatenate(blocks) if blocks else np.empty((0, len(target)), dtype=np.int64)


def settle(
    source: FloatArray,
    target: FloatArray,
    kinds: tuple[IntArray, IntArray],
    starts: tuple[FloatArray, IntArray],
) -> tuple[FloatArray, FloatArray]:
    """Turn each start towards its optimum by nearest atoms only, on a sample of the source.

    Nearest atoms need not be a one-to-one matching, which makes this cheap; the root mean
    square distance that remains tells which starts deserve the exact treatment.
    """
    matrices, parity = starts
    rows = np.linspace(0, len(source) - 1, min(_SAMPLE, len(source))).astype(np.int64)
    sample, penalty = source[rows], _kind_penalty(kinds[0][rows], kinds[1])
    step = max(1, _BLOCK // max(1, len(rows) * len(target)))
    turned, scores = [np.empty((0, 3, 3))], [np.empty(0)]
    for start in range(0, len(matrices), step):
        block = matrices[start : start + step]
        for _ in range(_SETTLING):
            images = np.einsum("mab,ib->mia", block, sample)
            nearest = np.argmin(_square_distances(images, target, penalty), axis=2)
            block, score = fit_orthogonal(sample, target[nearest], parity[start : start + step])
        turned.append(block)
        scores.append(score)
    return np.concatenate(turned), np.concatenate(scores)


def refine(
    source: FloatArray,
    target: FloatArray,
    source_kinds: IntArray,
    target_kinds: IntArray,
    matrices: FloatArray,
    parity: IntArray,
    rounds: int = 6,
) -> Matches:
    """Alternate matching and fitting from each of `matrices`; equal results are merged.

    Returns
    -------
    Matches
        Sorted by RMSD, best first, each permutation and parity once.
    """
    permutations = np.full((len(matrices), len(source)), -1, dtype=np.int64)
    rmsd = np.full(len(matrices), np.inf)
    for _ in range(rounds):
        images = np.einsum("mab,ib->mia", matrices, source)
        found = match(images, target, source_kinds, target_kinds)
        found, parity, rows = _distinct(found, parity)
        settled = bool(np.array_equal(found, permutations[rows]))
        matrices, rmsd = fit_orthogonal(source, target[found], parity)
        permutations = found
        if settled:
            break
    order = np.argsort(rmsd, kind="stable")
    return Matches(matrices, permutations, parity, rmsd).take(order)


def _distinct(permutations: IntArray, parity: IntArray) -> tuple[IntArray, IntArray, IntArray]:
    """Return each (permutation, parity) once and the rows where it was first met."""
    keys: dict[bytes, int] = {}
    for row, (permutation, sign) in enumerate(zip(permutations, parity, strict=True)):
        keys.setdefault(permutation.tobytes() + (b"+" if sign > 0 else b"-"), row)
    rows = np.fromiter(keys.values(), dtype=np.int64, count=len(keys))
    return permutations[rows], parity[rows], rows
