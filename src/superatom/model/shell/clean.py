"""Pre-relaxation of a whole model by springs of its topology and walls between the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.model.families.embedding import DistanceModel, relax
from superatom.model.shell.contact_floors import walls

__all__ = ["Tails", "clean_tails"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_SKELETON, _SOFTER = 4.0, 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Tails:
    """Atoms added to a skeleton.

    Attributes
    ----------
    symbols : tuple[str, ...]
        Elements, ligand by ligand.
    positions : ndarray, shape (n, 3)
        Å.
    pairs : ndarray of int, shape (m, 2)
        Atoms whose distance the tails fix (bonds and angles), numbered as in the whole
        model: skeleton first, then tails.
    lengths : ndarray, shape (m,)
        Their distances, Å.
    stiffness : ndarray, shape (m,)
        How stiff each is; a bond of the skeleton has 8.
    """

    symbols: tuple[str, ...]
    positions: FloatArray
    pairs: IntArray
    lengths: FloatArray
    stiffness: FloatArray


def clean_tails(
    skeleton: DistanceModel,
    positions: FloatArray,
    tails: Tails,
    symbols: Sequence[str],
    walls_first: bool = False,
) -> FloatArray:
    """Return relaxed positions of skeleton and tails, shape (n, 3), Å.

    Walls stand where those of `superatom.model.shell.contact_floors` do wherever a tail takes part.

    Parameters
    ----------
    skeleton : DistanceModel
        Springs and walls of metals and sulfur.
    positions : ndarray, shape (m, 3)
        Skeleton.
    tails : Tails
        What hangs on it.
    symbols : sequence of str
        Elements of the skeleton.
    walls_first : bool
        Whether walls count more than springs, as for backbones that must find their room here.
    """
    from ase.data import atomic_numbers

    kinds = np.array([atomic_numbers[s] for s in (*symbols, *tails.symbols)], dtype=np.int64)
    least = walls(kinds, kinds)
    start = len(positions)
    if not len(tails.symbols):
        return positions
    least[:start, :start] = 0.0
    least[skeleton.walls[:, 0], skeleton.walls[:, 1]] = skeleton.floors
    least[tails.pairs[:, 0], tails.pairs[:, 1]] = 0.0
    least[tails.pairs[:, 1], tails.pairs[:, 0]] = 0.0
    first, second = np.nonzero(np.triu(least, 1))
    softer = _SOFTER if walls_first else 1.0
    model = DistanceModel(
        n_points=len(kinds),
        pairs=np.vstack([skeleton.pairs, tails.pairs]),
        lengths=np.concatenate([skeleton.lengths, tails.lengths]),
        stiffness=softer * np.concatenate([_SKELETON * skeleton.stiffness, tails.stiffness]),
        walls=np.column_stack([first, second]),
        floors=least[first, second],
    )
    return relax(model, np.vstack([positions, tails.positions]))[0]
