"""Search for every way to lay one set of atoms over another, or for the best one.

`frame_candidates` lays a reference pair of atoms over every compatible pair, which misses no
fit that maps the pair within the window; `search_matches` refines what survives a quick look,
`best_match` also copes with structures that are unlike.
All arrays are in Å, centred on their centroids by the caller.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from superatom.structure.alignment import FloatArray, IntArray, Matches, refine, settle

__all__ = ["best_match", "frame_candidates", "search_matches"]

_SLACK = 1.3  # a start may look this much worse on the sample than it is on all atoms
_LOOSE = 1.5  # window for structures that need not be alike, Å
_MANY = 1500  # starts then looked at, besides random ones
_TURNS = 200
_BEST = 24  # of them refined to the end
_REFERENCES = 3  # reference pairs tried: one may be the badly displaced one


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


def best_match(
    source: FloatArray,
    target: FloatArray,
    source_kinds: IntArray,
    target_kinds: IntArray,
    parity: int = 1,
    within: float = 0.0,
) -> Matches:
    """Return the best fit found of `source` over `target`, however unlike they are.

    Like structures are found by the exhaustive search within 0.6 Å; for others the most
    promising of many starts are refined, which cannot be proved to reach the optimum.

    Parameters
    ----------
    source, target : ndarray, shape (n, 3)
        Centred points with equal numbers of each kind.
    source_kinds, target_kinds : ndarray of int, shape (n,)
        Kinds.
    parity : int
        1 for a rotation, -1 for a rotation with reflection.
    within : float
        Also return other fits that are worse by at most this much, Å: all the ways to lay a
        symmetric kernel over itself, for example.

    Returns
    -------
    Matches
        At least one match, best first.
    """
    found = search_matches(source, target, source_kinds, target_kinds, 0.6, (parity,))
    if not len(found.rmsd):
        kinds = source_kinds, target_kinds
        matrices, signs = frame_candidates(source, target, *kinds, _LOOSE, (parity,))
        rows = np.arange(0, len(matrices), max(1, -(-len(matrices) // _MANY)))
        turns = Rotation.random(_TURNS, random_state=1976).as_matrix() * parity
        matrices = np.concatenate([matrices[rows], turns])
        signs = np.full(len(matrices), parity, dtype=np.int64)
        matrices, score = settle(source, target, kinds, (matrices, signs))
        best = np.argsort(score, kind="stable")[:_BEST]
        found = refine(source, target, *kinds, matrices[best], signs[best])
    return found.take(found.rmsd <= found.rmsd[0] + within)
