"""Open valences of ligand atoms: where hydrogens belong that a structure does not show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.structure.bonds import is_metal

__all__ = ["OpenValence", "open_valences"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_PLANAR = 347.0  # degrees, sum of three angles: 360 for sp2, 333 for sp3 CH
_LINEAR = 155.0  # degrees
_TRIPLE = {6: 1.28, 7: 1.23, 8: 1.22}  # Å, longest triple bond (or CO) of C to C, N, O
_DOUBLE = {6: 1.42, 7: 1.40, 8: 1.30}  # Å, longest bond of C that only sp2 can have
_WIDE, _SHORTISH = 116.5, 1.47  # degrees and Å: together they mean sp2 as well
_SIGMA = 2.35  # Å, longest metal-carbon bond that takes a valence of its own
_SINGLE_CN = 1.42  # Å, shortest C-N single bond to sp3 carbon
_SINGLE_CO = 1.34  # Å, shortest C-O bond of an alcohol or phenol
_ACID_SPLIT = 0.06  # Å between the two C-O bonds of COOH; less in a carboxylate
_NEEDED = {"sp": 2, "sp2": 3, "sp3": 4}


@dataclass(frozen=True, slots=True)
class OpenValence:
    """An atom that lacks hydrogens.

    Attributes
    ----------
    atom : int
        Its index.
    hydrogens : int
        How many it lacks.
    hybrid : str
        'sp', 'sp2' or 'sp3'.
    """

    atom: int
    hydrogens: int
    hybrid: str


@dataclass(frozen=True, slots=True)
class _Surroundings:
    numbers: IntArray
    positions: FloatArray
    neighbours: list[list[int]]
    metals: list[list[int]]

    def lengths(self, atom: int) -> FloatArray:
        """Return bond lengths (Å) to the non-metal neighbours."""
        vectors = self.positions[self.neighbours[atom]] - self.positions[atom]
        return np.asarray(np.linalg.norm(vectors, axis=1), dtype=np.float64)

    def angles(self, atom: int) -> FloatArray:
        """Return all angles (degrees) between non-metal neighbours."""
        vectors = self.positions[self.neighbours[atom]] - self.positions[atom]
        units = vectors / np.linalg.norm(vectors, axis=1)[:, None]
        upper = np.triu_indices(len(units), 1)
        return np.asarray(np.degrees(np.arccos(np.clip((units @ units.T)[upper], -1, 1))))


def open_valences(
    numbers: IntArray, positions: FloatArray, pairs: IntArray
) -> tuple[OpenValence, ...]:
    """Return the C, N and O atoms that lack hydrogens, judged by their geometry.

    Parameters
    ----------
    numbers : ndarray of int, shape (n,)
        Atomic numbers.
    positions : ndarray of float, shape (n, 3)
        Coordinates in Å.
    pairs : ndarray of int, shape (m, 2)
        Bonds.

    Notes
    -----
    Carbon: sp, sp2 or sp3 by number of neighbours, angles and bond lengths. Nitrogen: amide
    and amine NH; ring N is left alone. Oxygen: alcohol, and the longer bond of a COOH whose
    two bonds differ; a carboxylate is left alone.
    """
    metal = is_metal(numbers)
    neighbours: list[list[int]] = [[] for _ in numbers]
    metals: list[list[int]] = [[] for _ in numbers]
    for a, b in np.asarray(pairs).reshape(-1, 2).tolist():
        for one, other in ((a, b), (b, a)):
            (metals if metal[other] else neighbours)[one].append(other)
    around = _Surroundings(numbers, positions, neighbours, metals)
    rules = {6: _carbon, 7: _nitrogen, 8: _oxygen}
    found = []
    for atom in np.flatnonzero(np.isin(numbers, list(rules)) & ~metal).tolist():
        if neighbours[atom]:
            hybrid, lacking = rules[int(numbers[atom])](around, atom)
            if lacking > 0:
                found.append(OpenValence(atom, lacking, hybrid))
    return tuple(found)


def _carbon(around: _Surroundings, atom: int) -> tuple[str, int]:
    hybrid = _carbon_hybrid(around, atom)
    sigma = sum(
        float(np.linalg.norm(around.positions[m] - around.positions[atom])) < _SIGMA
        for m in around.metals[atom]
    )
    taken = len(around.neighbours[atom]) + min(sigma, 1)
    if hybrid == "":
        return "sp", 0
    return hybrid, _NEEDED[hybrid] - taken


def _carbon_hybrid(around: _Surroundings, atom: int) -> str:
    """Return the hybridisation of a carbon; '' for the end of CO, CN and the like."""
    near = around.neighbours[atom]
    lengths, angles = around.lengths(atom), around.angles(atom)
    kinds = around.numbers[near]
    if len(near) >= 4:
        return "sp3"
    if len(near) == 3:
        return "sp2" if angles.sum() >= _PLANAR else "sp3"
    triple = [d <= _TRIPLE.get(int(z), 0.0) for z, d in zip(kinds, lengths, strict=True)]
    if any(triple):
        return "sp" if len(near) == 2 or kinds[0] == 6 else ""
    if len(near) == 2 and angles[0] > _LINEAR:
        return "sp"
    short = [d <= _DOUBLE.get(int(z), 0.0) for z, d in zip(kinds, lengths, strict=True)]
    heavy = lengths[kinds > 1]
    wide = len(near) == 2 and angles[0] >= _WIDE and heavy.min(initial=9.0) < _SHORTISH
    return "sp2" if any(short) or wide else "sp3"


def _nitrogen(around: _Surroundings, atom: int) -> tuple[str, int]:
    near = around.neighbours[atom]
    lengths = around.lengths(atom)[around.numbers[near] > 1]
    n_heavy, n_all = len(lengths), len(near)
    if around.metals[atom] or n_heavy == 0 or n_heavy >= 3 or lengths.min() < 1.25:
        return "sp3", 0
    if n_heavy == 1:
        hybrid = "sp2" if lengths[0] < _SINGLE_CN else "sp3"
        oxygens = (around.numbers[near] == 8).any()
        return hybrid, 0 if oxygens else 3 - n_all
    if lengths.max() < _SINGLE_CN:
        return "sp2", 0
    return ("sp2" if lengths.min() < _DOUBLE[7] else "sp3"), 3 - n_all


def _oxygen(around: _Surroundings, atom: int) -> tuple[str, int]:
    near = around.neighbours[atom]
    if len(near) != 1 or around.metals[atom] or around.numbers[near[0]] != 6:
        return "sp3", 0
    length = float(around.lengths(atom)[0])
    twins = [
        k
        for k in around.neighbours[near[0]]
        if k != atom and around.numbers[k] == 8 and len(around.neighbours[k]) == 1
    ]
    if twins:
        other = float(around.lengths(twins[0])[0])
        return "sp3", int(length - other >= _ACID_SPLIT and not around.metals[twins[0]])
    return "sp3", int(length >= _SINGLE_CO)
