"""Symmetry operations: their symbols, axes, and the exact matrices of a noisy group."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import gcd
from typing import Any

import numpy as np

from superatom.structure.alignment import FloatArray, IntArray

__all__ = [
    "SymmetryOperation",
    "cycle_lengths",
    "describe_operations",
    "exact_matrices",
    "permutation_orders",
    "turns_as_one",
]


@dataclass(frozen=True, slots=True)
class SymmetryOperation:
    """One operation of a point group and how well the atoms obey it.

    Attributes
    ----------
    symbol : str
        Schoenflies symbol: 'E', 'C3', 'C5^2', 'σ', 'i', 'S6', 'S6^5' ...
    axis : tuple[float, float, float]
        Unit vector of the axis, or normal of the mirror plane; zero for E and i.
    matrix : tuple of three rows
        Orthogonal matrix that acts on positions relative to the group's centre.
    permutation : tuple[int, ...]
        Atom i falls on atom `permutation[i]`.
    rmsd : float
        Root of the mean of |R x_i - x_p(i)|^2 for the best R of this permutation, Å.
    """

    symbol: str
    axis: tuple[float, float, float]
    matrix: tuple[tuple[float, float, float], ...]
    permutation: tuple[int, ...]
    rmsd: float

    @property
    def is_proper(self) -> bool:
        """Whether the operation is a rotation (E or C_n), so keeps handedness."""
        return self.symbol[0] in "EC"

    def as_dict(self) -> dict[str, Any]:
        """Return the operation as plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> SymmetryOperation:
        """Return the operation written by `as_dict`."""
        return cls(
            data["symbol"],
            (data["axis"][0], data["axis"][1], data["axis"][2]),
            tuple((row[0], row[1], row[2]) for row in data["matrix"]),
            tuple(data["permutation"]),
            data["rmsd"],
        )


def exact_matrices(matrices: FloatArray, table: IntArray, rounds: int = 30) -> FloatArray:
    """Return orthogonal matrices close to `matrices` that multiply exactly like the group.

    Each fitted matrix is off by the noise of the structure. Averaging
    R_gh R_h^T over all h and projecting on the orthogonal matrices converges to a true
    representation, because every product then votes for the same R_g.

    Parameters
    ----------
    matrices : ndarray, shape (order, 3, 3)
        Fitted matrices.
    table : ndarray of int, shape (order, order)
        Product table of the group.
    rounds : int
        Most averaging steps taken.
    """
    current = matrices
    for _ in range(rounds):
        products = current[table]
        mean = np.einsum("ghab,hcb->gac", products, current) / len(current)
        u, _, vt = np.linalg.svd(mean)
        following = u @ vt
        change = np.abs(following - current).max()
        current = following
        if change < 1e-12:
            break
    return current


def cycle_lengths(permutations: IntArray) -> IntArray:
    """Return the length of the cycle each point is on, shape (m, n)."""
    lengths = np.zeros_like(permutations)
    sites, power, steps = np.arange(permutations.shape[1]), permutations, 1
    while True:
        lengths[(power == sites) & (lengths == 0)] = steps
        if lengths.all():
            return lengths
        power, steps = np.take_along_axis(permutations, power, axis=1), steps + 1


def permutation_orders(permutations: IntArray) -> IntArray:
    """Return the smallest power of each permutation that is the identity, shape (m,)."""
    return np.asarray(np.lcm.reduce(cycle_lengths(permutations), axis=1))


def turns_as_one(permutations: IntArray, parity: IntArray) -> bool:
    """Whether the cycles of each permutation can come from one operation of a solid.

    A rotation of order N moves every atom off its axis in a cycle of N atoms. A
    rotoreflection of order N also has pairs on the axis, single atoms at the centre or in a
    mirror plane, and, where N/2 is odd, cycles of N/2 atoms in the plane. Anything else is an
    accident of a wide tolerance: rings that turn by different angles.
    """
    lengths = cycle_lengths(permutations)
    order = np.lcm.reduce(lengths, axis=1)[:, None]
    order = np.where((parity[:, None] < 0) & (order % 2 == 1), 2 * order, order)
    allowed = (lengths == 1) | (lengths == order)
    in_plane = (order // 2 % 2 == 1) & (lengths == order // 2)
    allowed |= (parity[:, None] < 0) & ((lengths == 2) | in_plane)
    return bool(allowed.all())


def describe_operations(
    matrices: FloatArray,
    parity: IntArray,
    orders: IntArray,
    permutations: IntArray,
    rmsd: FloatArray,
) -> tuple[SymmetryOperation, ...]:
    """Return the operations with symbols and axes, sorted by kind: E, C, i, σ, S.

    Parameters
    ----------
    matrices : ndarray, shape (order, 3, 3)
        Exact orthogonal matrices.
    parity, orders, permutations, rmsd : ndarray
        Determinant, order, permutation and RMSD of each element.
    """
    operations = [
        SymmetryOperation(
            *_symbol_and_axis(matrix, int(sign), int(order)),
            _rows(matrix),
            tuple(permutation.tolist()),
            float(deviation),
        )
        for matrix, sign, order, permutation, deviation in zip(
            matrices, parity, orders, permutations, rmsd, strict=True
        )
    ]
    return tuple(sorted(operations, key=_rank))


def _rank(operation: SymmetryOperation) -> tuple[int, int, str, float]:
    fold = int(operation.symbol[1:].split("^")[0] or 0) if operation.symbol[0] in "CS" else 0
    return ("ECiσS".index(operation.symbol[0]), -fold, operation.symbol, operation.rmsd)


def _rows(matrix: FloatArray) -> tuple[tuple[float, float, float], ...]:
    return tuple((float(row[0]), float(row[1]), float(row[2])) for row in matrix)


def _symbol_and_axis(
    matrix: FloatArray, parity: int, order: int
) -> tuple[str, tuple[float, float, float]]:
    """Return the Schoenflies symbol and axis of an exact operation of known order.

    A rotoreflection turns by the same angle as the matrix's rotation part and reflects
    through the plane normal to the axis: trace = 2 cos(angle) + parity.
    """
    cosine = np.clip((np.trace(matrix) - parity) / 2.0, -1.0, 1.0)
    # the angle is a multiple of a full turn over the order: rounding removes the noise
    part = round(float(np.arccos(cosine)) / (2.0 * np.pi) * order)
    common = gcd(part, order)
    k, n = part // common, order // common
    if part == 0:
        return ("E", (0.0, 0.0, 0.0)) if parity > 0 else ("σ", _eigenvector(matrix, -1.0))
    if parity < 0 and 2 * k == n:
        return "i", (0.0, 0.0, 0.0)
    axis = _eigenvector(matrix, float(parity)) if 2 * k == n else _turning_axis(matrix)
    power = k if parity > 0 or k % 2 else k + n
    letter = "C" if parity > 0 else "S"
    return f"{letter}{n}" + (f"^{power}" if power > 1 else ""), axis


def _turning_axis(matrix: FloatArray) -> tuple[float, float, float]:
    """Return the axis about which the rotation part turns by less than half a turn."""
    skew = matrix - matrix.T
    return _unit(np.array([skew[2, 1], skew[0, 2], skew[1, 0]]))


def _eigenvector(matrix: FloatArray, eigenvalue: float) -> tuple[float, float, float]:
    """Return the unit eigenvector of a symmetric operation, largest component positive."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2.0)
    vector = vectors[:, int(np.argmin(np.abs(values - eigenvalue)))]
    return _unit(vector * np.sign(vector[np.argmax(np.abs(vector))]))


def _unit(vector: FloatArray) -> tuple[float, float, float]:
    x, y, z = vector / np.linalg.norm(vector)
    return float(x), float(y), float(z)
