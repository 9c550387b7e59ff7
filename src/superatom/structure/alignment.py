"""Laying one set of atoms over another: rotations, matchings and the search for both.

A best fit of two point sets is a rotation and a permutation at once. Given the permutation,
the rotation follows from a singular value decomposition (Kabsch 1976,
10.1107/S0567739476001873); given the rotation, the permutation follows from the assignment
problem. Alternating both converges to a local optimum, so what matters is to start near
every optimum that counts: `frame_candidates` lays a reference pair of atoms over every
compatible pair, which misses no fit that maps the pair within the window.
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
    "frame_candidates",
    "match",
    "refine",
    "search_matches",
    "settle",
]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_FORBIDDEN = 1e6  # squared distance given to atoms of different kinds, Å^2
_BLOCK = 4_000_000  # distances held at once
_SAMPLE = 48  # atoms looked at when most candidates are thrown away
_SETTLING = 3  # rounds of nearest-atom fitting before the exact one
_SLACK = 1.3  # a start may look this much worse on the sample than it is on all atoms
_REFERENCES = 3  # reference pairs tried: one may be the badly displaced one


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
    images: FloatArray, target: FloatArray, same_kind: NDArray[np.bool_] | None
) -> FloatArray:
    """Return |image - target|^2 of every pair, shape (m, n, n'), kinds kept apart."""
    square = (
        np.sum(images**2, axis=-1)[..., None]
        + np.sum(target**2, axis=-1)
        - 2.0 * (images @ target.T)
    )
    if same_kind is not None:
        square += np.where(same_kind, 0.0, _FORBIDDEN)
    return square


def _kind_mask(source_kinds: IntArray, target_kinds: IntArray) -> NDArray[np.bool_] | None:
    mask = source_kinds[:, None] == target_kinds[None, :]
    return None if mask.all() else mask


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
    return nearest


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
    same = _kind_mask(source_kinds, target_kinds)
    step = max(1, _BLOCK // max(1, len(target) ** 2))
    blocks = [
        _assign(_square_distances(images[start : start + step], target, same))
        for start in range(0, len(images), step)
    ]
    return np.concatenate(blocks) if blocks else np.empty((0, len(target)), dtype=np.int64)


def _frames(first: FloatArray, second: FloatArray) -> FloatArray:
    """Return right-handed frames (as columns) spanned by pairs of vectors."""
    bisector = first / np.linalg.norm(first, axis=-1, keepdims=True)
    other = second / np.linalg.norm(second, axis=-1, keepdims=True)
    u, v = bisector + other, bisector - other
    u = u / np.linalg.norm(u, axis=-1, keepdims=True)
    v = v / np.linalg.norm(v, axis=-1, keepdims=True)
    return np.stack([u, v, np.cross(u, v)], axis=-1)


def _reference_pairs(
    source: FloatArray, peers: NDArray[np.bool_], window: float, count: int
) -> list[tuple[int, int]]:
    """Return pairs of source atoms that few pairs of the target can answer to."""
    radius = np.linalg.norm(source, axis=1)
    lever = np.sqrt(np.mean(radius**2)) / np.maximum(radius, 1e-9)
    score = peers.sum(axis=1) * (1.0 + lever**2)
    score[radius < min(window, 0.5 * radius.max())] = np.inf
    order = np.argsort(score, kind="stable")
    order = order[np.isfinite(score[order])][:24]
    unit = source[order] / radius[order, None]
    cosine = unit @ unit.T
    pairs: list[tuple[float, int, int]] = []
    for limit in (0.87, 0.999):  # well spread pairs first, then any that span a plane
        for i in range(min(8, len(order))):
            good = np.flatnonzero(np.abs(cosine[i]) < limit)
            if len(good):
                a, b = int(order[i]), int(order[good[0]])
                pairs.append((float(peers[a].sum() * peers[b].sum()), a, b))
        if pairs:
            break
    return [(a, b) for _, a, b in sorted(pairs)[:count]]


def frame_candidates(
    source: FloatArray,
    target: FloatArray,
    source_kinds: IntArray,
    target_kinds: IntArray,
    window: float,
    parities: tuple[int, ...] = (1, -1),
    references: int = _REFERENCES,
) -> tuple[FloatArray, IntArray]:
    """Return orthogonal matrices that lay a reference pair over every compatible pair.

    Parameters
    ----------
    source, target : ndarray, shape (n, 3)
        Centred points.
    source_kinds, target_kinds : ndarray of int, shape (n,)
        Kinds; only equal ones answer to each other.
    window : float
        Largest difference in distance from the centre, and in the pair's distance, Å.
    parities : tuple of int
        Determinants wanted: 1, -1 or both.
    references : int
        Number of reference pairs of the source; more than one guards against a source whose
        pair happens to be badly displaced.

    Returns
    -------
    tuple of ndarray
        Matrices (m, 3, 3) and their determinants (m,).
    """
    r_source, r_target = np.linalg.norm(source, axis=1), np.linalg.norm(target, axis=1)
    peers = (source_kinds[:, None] == target_kinds) & (
        np.abs(r_source[:, None] - r_target) <= window
    )
    peers &= r_target > 1e-6
    found: list[FloatArray] = []
    signs: list[IntArray] = []
    for a, b in _reference_pairs(source, peers, window, references):
        c, d = _compatible_pairs(source, target, peers, a, b, window)
        home = _frames(source[a], source[b])
        frames = _frames(target[c], target[d])
        for sign in parities:
            turned = frames * np.array([1.0, 1.0, float(sign)])
            found.append(turned @ home.T)
            signs.append(np.full(len(turned), sign, dtype=np.int64))
    if not found:
        return np.empty((0, 3, 3)), np.empty(0, dtype=np.int64)
    return np.concatenate(found), np.concatenate(signs)


def _compatible_pairs(
    source: FloatArray,
    target: FloatArray,
    peers: NDArray[np.bool_],
    a: int,
    b: int,
    window: float,
) -> tuple[IntArray, IntArray]:
    """Return target pairs (c, d) at the distance of the source pair (a, b)."""
    first, second = np.flatnonzero(peers[a]), np.flatnonzero(peers[b])
    apart = np.linalg.norm(target[first][:, None] - target[second][None], axis=2)
    ok = np.abs(apart - np.linalg.norm(source[a] - source[b])) <= window
    rows, columns = np.nonzero(ok)
    c, d = first[rows], second[columns]
    cosine = np.einsum("ia,ia->i", target[c], target[d]) / (
        np.linalg.norm(target[c], axis=1) * np.linalg.norm(target[d], axis=1)
    )
    spread = np.abs(cosine) < 0.9999
    return c[spread], d[spread]


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
    sample, same = source[rows], _kind_mask(kinds[0][rows], kinds[1])
    step = max(1, _BLOCK // max(1, len(rows) * len(target)))
    turned, scores = [np.empty((0, 3, 3))], [np.empty(0)]
    for start in range(0, len(matrices), step):
        block = matrices[start : start + step]
        for _ in range(_SETTLING):
            images = np.einsum("mab,ib->mia", block, sample)
            nearest = np.argmin(_square_distances(images, target, same), axis=2)
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


def search_matches(
    source: FloatArray,
    target: FloatArray,
    source_kinds: IntArray,
    target_kinds: IntArray,
    tolerance: float,
    parities: tuple[int, ...] = (1, -1),
    limit: int | None = None,
) -> Matches:
    """Return the fits of `source` over `target` with an RMSD up to `tolerance`.

    Parameters
    ----------
    source, target : ndarray, shape (n, 3)
        Centred points with equal numbers of each kind.
    source_kinds, target_kinds : ndarray of int, shape (n,)
        Kinds.
    tolerance : float
        Largest RMSD kept, Å.
    parities : tuple of int
        1 for rotations, -1 for rotations with reflection, or both.
    limit : int or None
        Refine only so many of the most promising starts.
    """
    window = max(2.0 * tolerance, 1e-3)
    matrices, parity = frame_candidates(
        source, target, source_kinds, target_kinds, window, parities
    )
    matrices, score = settle(source, target, (source_kinds, target_kinds), (matrices, parity))
    keep = np.argsort(score, kind="stable")
    keep = keep[score[keep] <= _SLACK * tolerance + 1e-6]
    if limit is not None:
        keep = keep[:limit]
    found = refine(
        source, target, source_kinds, target_kinds, matrices[keep], parity[keep], rounds=6
    )
    return found.take(found.rmsd <= tolerance)
