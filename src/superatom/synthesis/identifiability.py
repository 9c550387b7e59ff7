"""What data cannot tell about parameters: flat directions and pairs that go together."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from superatom.synthesis.kinetics import Floats

__all__ = ["doubts"]

_FLAT = 1.0  # standard error of ln p beyond which a direction is not told: a factor of e
_TIED = 0.95  # correlation beyond which two parameters are not told apart
_PART = 0.3  # share from which a parameter counts as part of a direction


def doubts(names: Sequence[str], sensitivities: Floats, at_edge: Sequence[bool]) -> tuple[str, ...]:
    """Say what the data leave open.

    Parameters
    ----------
    names : sequence of str
        Parameters.
    sensitivities : ndarray, shape (values, parameters)
        Of the values to the logarithms of the parameters, in units of their noise.
    at_edge : sequence of bool
        Parameters that ran to the end of their range.

    Returns
    -------
    tuple[str, ...]
        Sentences; none if all is well.
    """
    told = [
        f"{name} ran to the end of its range"
        for name, edge in zip(names, at_edge, strict=True)
        if edge
    ]
    _, singular, directions = np.linalg.svd(sensitivities, full_matrices=False)
    flat = [(s, v) for s, v in zip(singular, directions, strict=True) if s * _FLAT < 1.0]
    told += [_direction(names, s, v) for s, v in flat]
    return (*told, *(() if flat else _ties(names, sensitivities)))


def _direction(names: Sequence[str], singular: float, direction: Floats) -> str:
    """Say which combination of parameters is free."""
    parts = [
        (name, share) for name, share in zip(names, direction, strict=True) if abs(share) > _PART
    ]
    error = 1.0 / singular if singular > 1e-12 else np.inf
    size = "not at all" if error > 1e6 else f"to a factor of {np.exp(min(error, 50.0)):.2g} only"
    if len(parts) == 1:
        return f"the data tell {parts[0][0]} {size}"
    sign = np.sign(parts[0][1])
    product = " ".join(f"{name}^{sign * share:+.2f}" for name, share in parts)
    return f"the data tell {product} {size}: a flat direction"


def _ties(names: Sequence[str], sensitivities: Floats) -> list[str]:
    """Name pairs that go together; it means nothing beside a direction that is not told."""
    covariance = np.linalg.inv(sensitivities.T @ sensitivities)
    errors = np.sqrt(np.diag(covariance))
    correlation = covariance / np.outer(errors, errors)
    return [
        f"{names[i]} and {names[j]} are tied (correlation {correlation[i, j]:+.3f})"
        for i, j in combinations(range(len(names)), 2)
        if abs(correlation[i, j]) > _TIED
    ]
