"""Counting doped isomers without making them (Burnside's lemma, Pólya 1937)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike, NDArray

from superatom.structure.isomers import iterate_isomers, substitution
from superatom.structure.operations import cycle_lengths
from superatom.structure.permutations import PermutationGroup

__all__ = ["count_isomers"]


def count_isomers(
    group: PermutationGroup,
    dopants: Mapping[str, int] | int,
    *,
    sites: ArrayLike | None = None,
) -> int:
    """Return the number of symmetry-unique isomers with the given dopants.

    N = 1/|G| sum_g [x1^k1 x2^k2 ...] prod_cycles c of g (1 + x1^|c| + x2^|c| + ...)

    (Pólya 1937, 10.1007/BF02546665). Where `sites` are not whole orbits the lemma does not
    hold, and the isomers are generated and counted instead.

    Parameters
    ----------
    group : PermutationGroup
        Symmetry of the sites.
    dopants : mapping of element to count, or int
        What replaces host atoms.
    sites : array of int or None
        Only these sites may be doped; None: all.

    Raises
    ------
    SearchError
        If the request makes no sense (see `superatom.structure.isomers.substitution`).

    Examples
    --------
    >>> from superatom.structure.permutations import generate_group
    >>> benzene = generate_group([[1, 2, 3, 4, 5, 0], [5, 4, 3, 2, 1, 0]])
    >>> [count_isomers(benzene, k) for k in (1, 2, 3)]
    [1, 3, 3]
    >>> count_isomers(benzene, {"Cl": 2, "Br": 1})
    6
    """
    request = substitution(group, dopants, sites)
    if not request.allowed.all():
        return sum(len(block) for block in iterate_isomers(group, dopants, sites=sites))
    if not len(request.numbers):
        return 1
    lengths = cycle_lengths(request.group.elements)
    sizes = np.arange(1, request.group.degree + 1)
    atoms = np.stack([np.bincount(row, minlength=len(sizes) + 1)[1:] for row in lengths])
    types, repeats = np.unique(atoms // sizes, axis=0, return_counts=True)
    counts = tuple(request.counts.values())
    total = sum(
        int(times) * _fixed_labelings(cycles, counts)
        for cycles, times in zip(types, repeats, strict=True)
    )
    return total // request.group.order


def _fixed_labelings(cycles: NDArray[np.int64], counts: tuple[int, ...]) -> int:
    """Return how many labelings an operation keeps; cycles[i] of its cycles have i + 1 sites."""
    series = np.zeros([count + 1 for count in counts], dtype=object)
    series[(0,) * len(counts)] = 1
    for index in np.flatnonzero(cycles):
        length = int(index) + 1
        for _ in range(int(cycles[index])):
            grown = series.copy()
            for axis, count in enumerate(counts):
                if length <= count:
                    target, source = [slice(None)] * len(counts), [slice(None)] * len(counts)
                    target[axis], source[axis] = slice(length, None), slice(None, -length)
                    grown[tuple(target)] += series[tuple(source)]
            series = grown
    return int(series[tuple(counts)])
