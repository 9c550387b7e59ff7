"""The metal-sulfur skeleton of an archetype as springs and walls, laid out in space."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from superatom.model.archetypes import Archetype
from superatom.model.embedding import DistanceModel
from superatom.model.site_elements import site_metals

__all__ = ["skeleton_model"]

FloatArray = NDArray[np.float64]

_BOND, _NEAR, _FAR = 2.0, 1.0, 0.5  # stiffness of M-S bonds, metal neighbours, further metals
_NEIGHBOUR = 3.15  # Å
_LINE = np.cos(np.radians(173.0))  # S-M-S of motif metals
# Å: what no distance is given for stays beyond the second neighbours, tails need the room
_METALS_APART, _SULFUR_APART = 4.2, 3.7


def skeleton_model(archetype: Archetype, symbols: Sequence[str]) -> DistanceModel:
    """Return springs and walls for the metals, then one sulfur per bridge.

    Distances of the archetype hold for its own metal and grow or shrink with the metallic
    radii of the elements that sit there; M-S bonds come from `data/site_lengths.csv`.

    Parameters
    ----------
    archetype : Archetype
        The family.
    symbols : sequence of str
        Element of every metal site.
    """
    n = archetype.n_metals
    springs = [*_metal_springs(archetype, symbols), *_bond_springs(archetype, symbols)]
    given = {frozenset(pair) for *pair, _ in archetype.distances}
    lines = _line_springs(archetype, symbols)
    springs += [line for line in lines if frozenset(line[:2]) not in given]
    pairs = np.array([(i, j) for i, j, _, _ in springs], dtype=np.int64)
    walls = _apart(n, n + archetype.n_thiolates)
    walls[pairs[:, 0], pairs[:, 1]] = walls[pairs[:, 1], pairs[:, 0]] = 0.0
    first, second = np.nonzero(np.triu(walls, 1))
    return DistanceModel(
        n_points=len(walls),
        pairs=pairs,
        lengths=np.array([length for _, _, length, _ in springs]),
        stiffness=np.array([k for _, _, _, k in springs]),
        walls=np.column_stack([first, second]),
        floors=walls[first, second],
    )


def _apart(n_metals: int, n_points: int) -> FloatArray:
    least = np.full((n_points, n_points), _SULFUR_APART)
    least[:n_metals, :n_metals] = _METALS_APART
    return least


_Spring = tuple[int, int, float, float]


def _metal_springs(archetype: Archetype, symbols: Sequence[str]) -> list[_Spring]:
    radii = site_metals()
    own = radii[archetype.metal].radius
    grown = [radii[symbol].radius / own for symbol in symbols]
    grown += [1.0] * archetype.n_thiolates
    return [
        (i, j, length * (grown[i] + grown[j]) / 2.0, _NEAR if length <= _NEIGHBOUR else _FAR)
        for i, j, length in archetype.distances
    ]


def _sulfur_length(archetype: Archetype, symbols: Sequence[str], metal: int) -> float:
    lengths = site_metals()[symbols[metal]]
    return lengths.kernel_sulfur if metal < archetype.kernel else lengths.staple_sulfur


def _bond_springs(archetype: Archetype, symbols: Sequence[str]) -> list[_Spring]:
    return [
        (metal, archetype.n_metals + k, _sulfur_length(archetype, symbols, metal), _BOND)
        for k, bridge in enumerate(archetype.bridges)
        for metal in bridge
    ]


def _line_springs(archetype: Archetype, symbols: Sequence[str]) -> list[_Spring]:
    """Return the springs that keep S-M-S of motif metals nearly straight."""
    springs: list[_Spring] = []
    start = archetype.n_metals
    for chain in archetype.chains:
        count = len(chain.bridges)
        for k in range(count if chain.is_ring else count - 1):
            metal = chain.bridges[k][1]
            bond = _sulfur_length(archetype, symbols, metal)
            apart = bond * np.sqrt(2.0 - 2.0 * _LINE)
            springs.append((start + k, start + (k + 1) % count, float(apart), _NEAR))
        start += count
    return springs
