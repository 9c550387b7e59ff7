"""Untagged overlapping sites, told apart by which sets of them make sense as molecules."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from superatom.structure.proximity import (
    bond_cut,
    clash_distance,
    covalent_radii,
    exclusion_distance,
)

__all__ = ["coloured", "label_suffix", "sense"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_SEEDS = 10  # random starts of the search


def label_suffix(label: str) -> str:
    """Return the letter or prime after the number of a label ('C12B' -> 'B')."""
    found = re.search(r"\d+([A-Za-z'\"]+)$", label)
    return found.group(1).upper() if found else ""


def sense(numbers: IntArray, length: float) -> float:
    """Return how well two atoms go together: bonds attract, clashes repel."""
    first, second = numbers[:1], numbers[1:]
    total = float(covalent_radii()[numbers].sum())
    if length < float(clash_distance(first, second)[0]):
        return -100.0
    bond = length <= float(bond_cut(first, second)[0])
    if bond and 1 not in numbers:
        return 1.0 - 6.0 * abs(length / total - 0.95)
    if bond:
        return 1.0
    return -2.0 if length < float(exclusion_distance(first, second)[0]) else 0.0


def coloured(gain: FloatArray, n_sets: int, suffixes: list[str]) -> IntArray:
    """Return the set of each atom that makes the best sense (local search, many starts)."""
    n = len(gain)
    generator = np.random.default_rng(0)
    names = {name: k % n_sets for k, name in enumerate(sorted(set(suffixes)))}
    starts = [np.array([names[s] for s in suffixes])]
    starts += [generator.integers(0, n_sets, n) for _ in range(_SEEDS)]
    best, best_score = starts[0], -np.inf
    for start in starts:
        colour = _settled(gain, start.copy(), n_sets)
        score = float(gain[colour[:, None] == colour].sum())
        if score > best_score + 1e-9:
            best, best_score = colour, score
    return best


def _settled(gain: FloatArray, colour: IntArray, n_sets: int) -> IntArray:
    """Return the colours after moving atoms, alone or swapped with a rival, while it pays."""
    for _ in range(40):
        changed = False
        for i in range(len(colour)):
            pull = np.array([gain[i][colour == c].sum() for c in range(n_sets)])
            if pull.max() > pull[colour[i]] + 1e-9:
                colour[i] = int(pull.argmax())
                changed = True
        for i, j in np.argwhere(np.triu(gain < -50)).tolist():
            if colour[i] != colour[j]:
                swapped = colour.copy()
                swapped[i], swapped[j] = colour[j], colour[i]
                if _worth(gain, swapped, i, j) > _worth(gain, colour, i, j) + 1e-9:
                    colour, changed = swapped, True
        if not changed:
            break
    return colour


def _worth(gain: FloatArray, colour: IntArray, i: int, j: int) -> float:
    return float(gain[i][colour == colour[i]].sum() + gain[j][colour == colour[j]].sum())
