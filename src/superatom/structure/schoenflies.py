"""Names of the point groups from their operations (Schoenflies symbols)."""

from __future__ import annotations

import numpy as np

from superatom.structure.alignment import FloatArray, IntArray

__all__ = ["group_name", "is_point_group"]

_CUBIC = {(12, 8): "T", (24, 8): "O", (60, 20): "I"}  # (rotations, of them threefold)


def group_name(matrices: FloatArray, parity: IntArray, orders: IntArray) -> str:
    """Return the Schoenflies symbol of a finite point group.

    Parameters
    ----------
    matrices : ndarray, shape (order, 3, 3)
        Orthogonal matrices that multiply as the group.
    parity : ndarray of int, shape (order,)
        Their determinants.
    orders : ndarray of int, shape (order,)
        The smallest power of each that is the identity.
    """
    proper = parity > 0
    rotations = int(proper.sum())
    traces = np.trace(matrices, axis1=1, axis2=2)
    inverts = bool((traces[~proper] < -2.5).any())
    mirrors = matrices[~proper & (orders == 2) & (traces > 0.0)]
    improper = bool((~proper).any())
    threefold = int((orders[proper] == 3).sum())
    cubic = _CUBIC.get((rotations, threefold))
    if cubic:
        return cubic + _cubic_suffix(cubic, improper, inverts)
    if rotations == 1:
        return "C1" if not improper else ("Ci" if inverts else "Cs")
    fold = int(orders[proper].max())
    if fold == rotations:
        return _cyclic_name(fold, matrices, proper & (orders == fold), mirrors, improper)
    return _dihedral_name(rotations // 2, matrices, proper & (orders == fold), mirrors, improper)


def is_point_group(parity: IntArray, orders: IntArray) -> bool:
    """Whether a group with these elements can be one of rotations and reflections in space.

    Its rotations must form a cyclic, dihedral, tetrahedral, octahedral or icosahedral group;
    permutations that fit a wide tolerance one by one can form others.

    Parameters
    ----------
    parity, orders : ndarray of int, shape (order,)
        Determinant and order of each element.
    """
    proper = orders[parity > 0]
    rotations, improper = len(proper), len(parity) - len(proper)
    axial = proper.max() == rotations or (
        2 * proper.max() == rotations and (proper == 2).sum() >= rotations // 2
    )
    cubic = (rotations, int((proper == 3).sum())) in _CUBIC
    return improper in (0, rotations) and bool(axial or cubic or rotations == 4)


def _cubic_suffix(family: str, improper: bool, inverts: bool) -> str:
    if not improper:
        return ""
    return "h" if inverts or family != "T" else "d"


def _axis(matrix: FloatArray) -> FloatArray:
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2.0)
    return np.asarray(vectors[:, int(np.argmax(values))])


def _has_horizontal_mirror(axis: FloatArray, mirrors: FloatArray) -> bool:
    """Whether a mirror plane is normal to `axis`: it then turns the axis round."""
    return bool((np.einsum("a,mab,b->m", axis, mirrors, axis) < -0.5).any())


def _cyclic_name(
    fold: int,
    matrices: FloatArray,
    principal: np.ndarray[tuple[int], np.dtype[np.bool_]],
    mirrors: FloatArray,
    improper: bool,
) -> str:
    if not improper:
        return f"C{fold}"
    axis = _axis(matrices[principal][0])
    if _has_horizontal_mirror(axis, mirrors):
        return f"C{fold}h"
    return f"C{fold}v" if len(mirrors) else f"S{2 * fold}"


def _dihedral_name(
    fold: int,
    matrices: FloatArray,
    principal: np.ndarray[tuple[int], np.dtype[np.bool_]],
    mirrors: FloatArray,
    improper: bool,
) -> str:
    if not improper:
        return f"D{fold}"
    axes = [_axis(matrix) for matrix in matrices[principal]]
    if fold == 2:  # any of three axes may be the principal one; D2h has a mirror normal to each
        horizontal = all(_has_horizontal_mirror(axis, mirrors) for axis in axes)
    else:
        horizontal = _has_horizontal_mirror(axes[0], mirrors)
    return f"D{fold}{'h' if horizontal else 'd'}"
