"""Untagged overlapping sites, told apart by which sets of them make sense as molecules."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from superatom.structure.bonds import is_metal
from superatom.structure.proximity import (
    bond_cut,
    clash_distance,
    covalent_radii,
    exclusion_distance,
)

__all__ = ["coloured", "label_suffix", "sense", "two_sets"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_SEEDS = 10  # random starts of the search for three sets and more
_RUNS, _SWEEPS = 48, 60  # of the annealing for two sets
_WORK = 9600  # atoms times runs at most, to bound its time
_BOND = 0.4  # gain from which a pair is bonded
_BALANCE = 0.05  # cost of atoms of one element in one set, in bonds
_CLASH, _NONSENSE, _DOUBTFUL = -8.0, -2.0, -0.5
#: Distances over the sum of covalent radii: shortest and longest bond, angles at the atom between.
_SHORT, _LONG, _ANGLE_80, _ANGLE_100 = 0.84, 1.04, 1.40, 1.50
_FLAT = 0.03  # per Å between second neighbours: a flat ring is wider than one of two halves
_TRIANGLE = 4.0  # cost of three atoms all bonded to each other, in bonds
_SECOND_HYDROGEN = 1.95  # Å, from a hydrogen to the second neighbour
_THIRD_ROW = 11


def label_suffix(label: str) -> str:
    """Return the letter or prime after the number of a label ('C12B' -> 'B')."""
    found = re.search(r"\d+([A-Za-z'\"]+)$", label)
    return found.group(1).upper() if found else ""


def sense(numbers: IntArray, length: float) -> float:
    """Return how well two atoms go together in one molecule: 1 for a bond, negative for nonsense.

    Judged by the distance over the sum of covalent radii: below 0.73 a clash; up to 0.84 a
    triple bond or nonsense; 0.84 to 1.04 a bond; up to 1.40 (heavy atoms of the second row: 1.50,
    an angle of 100 degrees) nonsense. A hydrogen is 1.95 Å or more from the second neighbour.
    """
    first, second = numbers[:1], numbers[1:]
    ratio = length / float(covalent_radii()[numbers].sum())
    n_hydrogens = int((numbers == 1).sum())
    if length < float(clash_distance(first, second)[0]):
        return _CLASH
    if n_hydrogens == 2:
        return _NONSENSE if length < float(exclusion_distance(first, second)[0]) else 0.0
    if is_metal(numbers).any():
        return 0.5 if length <= float(bond_cut(first, second)[0]) else 0.0
    if ratio < _SHORT:
        return _DOUBTFUL if (numbers == 6).all() else 0.0
    if ratio <= _LONG:
        return 1.0
    if n_hydrogens:
        return _NONSENSE if length < _SECOND_HYDROGEN else 0.0
    if ratio < _ANGLE_80:
        return _NONSENSE
    light = bool((numbers < _THIRD_ROW).all())
    return _DOUBTFUL if light and ratio < _ANGLE_100 else _FLAT * length


def two_sets(gain: FloatArray, numbers: IntArray) -> IntArray:
    """Return the set (0 or 1) of each atom that makes most sense, by simulated annealing.

    Many runs side by side, from one seed. The two sets are drawn to equal composition, as
    alternatives of one group have it.
    """
    n = len(gain)
    joined = (gain > _BOND).astype(float)
    triangles = (joined @ joined) * joined
    # "all three in one set" is (1 + ab + bc + ca) / 4 for spins a, b, c: a sum over pairs
    coupling = gain - _BALANCE * (numbers[:, None] == numbers) - 0.25 * _TRIANGLE * triangles
    np.fill_diagonal(coupling, 0.0)
    generator = np.random.default_rng(0)
    runs = max(6, min(_RUNS, _WORK // n))
    spins = generator.choice([-1.0, 1.0], size=(n, runs))
    for temperature in np.geomspace(3.0, 0.1, _SWEEPS):
        for atom in generator.permutation(n).tolist():
            pull = 2.0 * spins[atom] * (coupling[atom] @ spins)
            flip = generator.random(runs) < np.exp(np.clip(-pull / temperature, -50.0, 0.0))
            spins[atom, flip] *= -1.0
    score = np.einsum("ir,ij,jr->r", spins, coupling, spins)
    best = spins[:, int(np.argmax(score))]
    return np.asarray(best != best[0], dtype=np.int64)


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
        for i, j in np.argwhere(np.triu(gain < 0.5 * _CLASH)).tolist():
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
