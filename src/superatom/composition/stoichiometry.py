"""Exact linear algebra of reaction equations: integers in, integers out.

A reaction is a matrix with one row per thing that is conserved (element, ligand group,
charge) and one column per species; its balanced forms are the vectors of the null space
whose entries are all positive.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from math import comb, gcd, lcm

__all__ = [
    "Matrix",
    "Solutions",
    "Vector",
    "elementary_solutions",
    "imbalance",
    "integer_nullspace",
    "smallest_whole",
    "solve",
    "unsigned_elementary_vectors",
]

Vector = tuple[int, ...]
Matrix = Sequence[Sequence[int]]

_MOST_CHOICES = 2_000  # supports tried when elementary solutions are listed
_SECONDS = 0.5  # for the search for the smallest of several solutions


@dataclass(frozen=True, slots=True)
class Solutions:
    """All ways to balance a reaction.

    Attributes
    ----------
    basis : tuple[Vector, ...]
        Basis of the null space; its length is the number of independent reactions.
    elementary : tuple[Vector, ...]
        Reactions with as few species as possible, coefficients >= 0.
    smallest : Vector or None
        The solution with positive whole coefficients of the smallest sum; None if some
        species can take part in no solution, or none was found among too many.
    listed : bool
        Whether `elementary` is complete; False if there are too many to list.
    """

    basis: tuple[Vector, ...]
    elementary: tuple[Vector, ...]
    smallest: Vector | None
    listed: bool = True


def smallest_whole(values: Sequence[Fraction | int]) -> Vector:
    """Scale rational numbers to coprime whole ones, keeping their signs.

    Examples
    --------
    >>> smallest_whole([Fraction(1, 2), 2, 2])
    (1, 4, 4)
    """
    fractions = [Fraction(value) for value in values]
    scale = lcm(*(value.denominator for value in fractions)) if fractions else 1
    whole = [int(value * scale) for value in fractions]
    divisor = gcd(*whole) or 1
    return tuple(value // divisor for value in whole)


def _reduced(matrix: Matrix) -> tuple[list[list[int]], list[int]]:
    """Return the reduced rows of a matrix and its pivot columns, without fractions.

    Rows are combined by cross-multiplication and divided by their common divisor, so that
    every number stays an integer and none grows beyond need.
    """
    rows = [list(row) for row in matrix if any(row)]
    pivots: list[int] = []
    for column in range(len(matrix[0]) if matrix else 0):
        top = len(pivots)
        chosen = next((i for i in range(top, len(rows)) if rows[i][column]), None)
        if chosen is None:
            continue
        rows[top], rows[chosen] = rows[chosen], rows[top]
        for i, row in enumerate(rows):
            if i != top and row[column]:
                rows[i] = _eliminated(row, rows[top], column)
        pivots.append(column)
    return rows[: len(pivots)], pivots


def _eliminated(row: list[int], pivot_row: list[int], column: int) -> list[int]:
    pivot, factor = pivot_row[column], row[column]
    new = [pivot * a - factor * b for a, b in zip(row, pivot_row, strict=True)]
    divisor = gcd(*new) or 1
    return [value // divisor for value in new]


def integer_nullspace(matrix: Matrix) -> tuple[Vector, ...]:
    """Return a basis of the vectors x with matrix @ x = 0, in coprime integers.

    Parameters
    ----------
    matrix : sequence of sequences of int, shape (rows, columns)
        At least one row.

    Examples
    --------
    >>> integer_nullspace([[2, 0, -2], [0, 2, -1]])  # H2 + O2 -> H2O
    ((2, 1, 2),)
    """
    width = len(matrix[0]) if matrix else 0
    rows, pivots = _reduced(matrix)
    basis = []
    for free in (column for column in range(width) if column not in pivots):
        vector = [Fraction(0)] * width
        vector[free] = Fraction(1)
        for row, pivot in zip(rows, pivots, strict=True):
            vector[pivot] = Fraction(-row[free], row[pivot])
        basis.append(smallest_whole(vector))
    return tuple(basis)


def imbalance(matrix: Matrix, coefficients: Sequence[Fraction | int]) -> tuple[Fraction, ...]:
    """Return matrix @ coefficients: what the left side has too much of, per row."""
    return tuple(
        sum((Fraction(a) * c for a, c in zip(row, coefficients, strict=True)), Fraction(0))
        for row in matrix
    )


def unsigned_elementary_vectors(basis: Sequence[Vector]) -> tuple[Vector, ...]:
    """Return the null-space vectors with as few non-zero entries as possible.

    Each is unique up to its sign.
    """
    dimension = len(basis)
    if dimension <= 1:
        return tuple(basis)
    width = len(basis[0])
    found: dict[Vector, None] = {}
    for zeros in combinations(range(width), dimension - 1):
        weights = integer_nullspace([[vector[i] for vector in basis] for i in zeros])
        if len(weights) == 1:
            mixed = [
                sum(w * vector[i] for w, vector in zip(weights[0], basis, strict=True))
                for i in range(width)
            ]
            vector = smallest_whole(mixed)
            first = next(value for value in vector if value)
            found.setdefault(vector if first > 0 else tuple(-value for value in vector))
    return tuple(found)


def elementary_solutions(basis: Sequence[Vector]) -> tuple[Vector, ...]:
    """Return the elementary vectors without negative entries.

    Every solution of the reaction with coefficients >= 0 is a sum of them with positive
    weights; a species in none of them cannot take part.
    """
    solutions = []
    for vector in unsigned_elementary_vectors(basis):
        if all(value >= 0 for value in vector):
            solutions.append(vector)
        elif all(value <= 0 for value in vector):
            solutions.append(tuple(-value for value in vector))
    return tuple(solutions)


def solve(matrix: Matrix, one: int | None = None, *, search: bool = True) -> Solutions:
    """Return the ways to balance a reaction.

    Parameters
    ----------
    matrix : sequence of sequences of int, shape (conserved, species)
        The reaction; products with a minus sign.
    one : int, optional
        Column whose coefficient is to be 1 if that is possible.
    search : bool
        Whether to look for the smallest of several solutions; without it any will do.
    """
    basis = integer_nullspace(matrix)
    if not basis or any(_one_signed(row) for row in matrix):
        return Solutions(basis, (), None)
    if not _can_be_listed(basis):
        found = _by_integer_programming(matrix, one) if search else None
        return Solutions(basis, (), found, listed=False)
    elementary = elementary_solutions(basis)
    total = tuple(sum(column) for column in zip(*elementary, strict=True))
    if not total or not all(total):
        return Solutions(basis, elementary, None)
    if len(elementary) == 1 or not search:
        return Solutions(basis, elementary, smallest_whole(total))
    smallest = _by_integer_programming(matrix, one) or _by_integer_programming(matrix, None)
    return Solutions(basis, elementary, smallest or smallest_whole(total))


def _one_signed(row: Sequence[int]) -> bool:
    """Whether a row says that something stands on one side only: no sum of it can vanish."""
    return any(row) and (min(row) >= 0 or max(row) <= 0)


def _can_be_listed(basis: Sequence[Vector]) -> bool:
    return comb(len(basis[0]), len(basis) - 1) <= _MOST_CHOICES


def _by_integer_programming(matrix: Matrix, one: int | None) -> Vector | None:
    """Search with HiGHS and check its answer exactly."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    width = len(matrix[0])
    upper = np.full(width, np.inf)
    if one is not None:
        upper[one] = 1
    answer = milp(
        np.ones(width),
        integrality=np.ones(width, dtype=np.int64),
        bounds=Bounds(np.ones(width), upper),
        constraints=LinearConstraint(np.array(matrix, dtype=float), 0, 0),
        options={"time_limit": _SECONDS},
    )
    if answer.x is None:
        return None
    whole = tuple(round(value) for value in answer.x)
    exact = not any(imbalance(matrix, whole)) and min(whole) > 0
    return whole if exact else None
