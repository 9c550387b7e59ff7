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

# stiffness of M-S bonds, contacts inside the kernel, other contacts, angles M-S-M
_BOND, _KERNEL, _LOOSE, _BEND = 2.0, 1.0, 0.5, 0.3
_LINE = np.cos(np.radians(173.0))  # S-M-S of motif metals
# M-S-M inside a motif and where it sits on the kernel, for metals that do not touch: means
# over relaxed structures of mpourmpakis/NC_Database
_INSIDE, _FOOT = np.cos(np.radians(100.0)), np.cos(np.radians(97.0))
# Å: what does not touch stays beyond contact; sulfur and its tails need more room
_METALS_APART, _SULFUR_APART = 3.5, 4.1


def skeleton_model(archetype: Archetype, symbols: Sequence[str]) -> DistanceModel:
    """Return springs and walls for the metals, then one sulfur per bridge.

    Contacts have the mean length of their class; all else follows from bonds, the angles at
    sulfur and motif metals, and the room that atoms need. Lengths of the archetype hold for
    its own metal and grow or shrink with the metallic radii of the elements that sit there;
    M-S bonds come from `data/site_lengths.csv`.

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
    angles = [*_line_springs(archetype, symbols), *_bend_springs(archetype, symbols)]
    springs += [angle for angle in angles if frozenset(angle[:2]) not in given]
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
        (
            i,
            j,
            length * (grown[i] + grown[j]) / 2.0,
            _KERNEL if max(i, j) < archetype.kernel else _LOOSE,
        )
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
            springs.append((start + k, start + (k + 1) % count, float(apart), _KERNEL))
        start += count
    return springs


def _bend_springs(archetype: Archetype, symbols: Sequence[str]) -> list[_Spring]:
    """Return the springs between the two metals of each sulfur, once per pair of metals."""
    springs: list[_Spring] = []
    for i, j in sorted({(min(pair), max(pair)) for pair in archetype.bridges}):
        first, second = (_sulfur_length(archetype, symbols, metal) for metal in (i, j))
        angle = _INSIDE if i >= archetype.kernel else _FOOT
        apart = np.sqrt(first**2 + second**2 - 2.0 * first * second * angle)
        springs.append((i, j, float(apart), _BEND))
    return springs
