"""Small thiolate tails on a bare metal-sulfur skeleton: SCH3 and SH, with all hydrogens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.composition.ligands import Ligand
from superatom.errors import StructureError

__all__ = ["Tails", "attach_tails", "check_attachable"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_METHYL = {"S": 1, "C": 1, "H": 3}
_SULFHYDRYL = {"S": 1, "H": 1}
_S_C, _S_H, _C_H = 1.82, 1.34, 1.09  # Å
_TAIL_METAL = np.cos(np.radians(105.0))  # angle tail-S-metal in thiolate staples
_TETRAHEDRAL = np.radians(109.5)
_SWEEPS = 20


@dataclass(frozen=True, slots=True, eq=False)
class Tails:
    """Atoms added to a skeleton.

    Attributes
    ----------
    symbols : tuple[str, ...]
        Elements, tail by tail: C H H H, or H.
    positions : ndarray, shape (n, 3)
        Å.
    pairs : ndarray of int, shape (m, 2)
        Atoms whose distance the tails fix (bonds and angles), numbered as in the whole
        model: skeleton first, then tails.
    lengths : ndarray, shape (m,)
        Their distances, Å.
    """

    symbols: tuple[str, ...]
    positions: FloatArray
    pairs: IntArray
    lengths: FloatArray


def check_attachable(ligand: Ligand) -> None:
    """Raise unless the ligand is methanethiolate or sulfhydryl.

    Raises
    ------
    StructureError
        If it is another one.
    """
    if dict(ligand.elements) not in (_METHYL, _SULFHYDRYL):
        raise StructureError(
            f"ligand {ligand.name} cannot be attached; models are built with SCH3 or SH"
        )


def attach_tails(
    positions: FloatArray, bridged: Sequence[tuple[int, int]], ligand: Ligand
) -> Tails:
    """Return the tails of thiolates that each bridge two metals.

    Each tail leaves the plane metal-S-metal on the side where it has more room.

    Parameters
    ----------
    positions : ndarray, shape (n, 3)
        Metals, then one sulfur per bridge, Å.
    bridged : sequence of pairs of int
        The two metals of each sulfur.
    ligand : Ligand
        Methanethiolate or sulfhydryl.

    Raises
    ------
    StructureError
        If the ligand is another one.
    """
    check_attachable(ligand)
    methyl = dict(ligand.elements) == _METHYL
    bridges = np.array(bridged, dtype=np.int64)
    sulfur = len(positions) - len(bridged) + np.arange(len(bridges))
    directions = _roomiest(positions, sulfur, _sides(positions, bridges, sulfur))
    heads = positions[sulfur] + (_S_C if methyl else _S_H) * directions
    if not methyl:
        pairs, lengths = _head_springs(sulfur, bridges, len(positions), positions, _S_H, 1)
        return Tails(("H",) * len(heads), heads, pairs, lengths)
    hydrogens = _hydrogens(heads, directions, positions[bridges[:, 0]] - positions[sulfur])
    pairs, lengths = _head_springs(sulfur, bridges, len(positions), positions, _S_C, 4)
    extra, apart = _methyl_springs(sulfur, len(positions))
    return Tails(
        ("C", "H", "H", "H") * len(heads),
        np.concatenate([heads[:, None], hydrogens], axis=1).reshape(-1, 3),
        np.vstack([pairs, extra]),
        np.concatenate([lengths, apart]),
    )


def _unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=-1, keepdims=True))


def _sides(positions: FloatArray, bridges: IntArray, sulfur: IntArray) -> FloatArray:
    """Return the two directions a tail can take, shape (m, 2, 3)."""
    first = _unit(positions[bridges[:, 0]] - positions[sulfur])
    second = _unit(positions[bridges[:, 1]] - positions[sulfur])
    away, normal = -_unit(first + second), _unit(np.cross(first, second))
    along = np.einsum("ij,ij->i", away, first)
    share = np.clip(_TAIL_METAL / along, -1.0, 1.0)[:, None]
    across = np.sqrt(1.0 - share**2)
    return np.stack([share * away + across * normal, share * away - across * normal], axis=1)


def _roomiest(positions: FloatArray, sulfur: IntArray, sides: FloatArray) -> FloatArray:
    """Return for each sulfur the side on which the tail's end is furthest from all else."""
    ends = positions[sulfur][:, None] + 2.3 * sides
    chosen = np.argmin(_crowding(ends, positions), axis=1)
    rows = np.arange(len(sulfur))
    for _ in range(_SWEEPS):
        before = chosen.copy()
        for k in rows:
            others = np.delete(ends[rows, chosen], k, axis=0)
            crowd = _crowding(ends[k], positions) + _crowding(ends[k], others)
            chosen[k] = int(np.argmin(crowd.round(9)))
        if (before == chosen).all():
            break
    return np.asarray(sides[rows, chosen])


def _crowding(points: FloatArray, around: FloatArray) -> FloatArray:
    """Return sum (3 Å / r)^6 over `around` for each point; shape of `points` less the last."""
    apart = np.linalg.norm(points[..., None, :] - around, axis=-1)
    return np.asarray(np.sum((3.0 / apart) ** 6, axis=-1))


def _hydrogens(heads: FloatArray, directions: FloatArray, metal: FloatArray) -> FloatArray:
    """Return three hydrogens per carbon, staggered to the S-metal bond, shape (m, 3, 3)."""
    across = _unit(metal - np.einsum("ij,ij->i", metal, directions)[:, None] * directions)
    third = np.cross(directions, across)
    turns = np.pi + 2.0 * np.pi * np.arange(3)[:, None, None] / 3.0
    around = np.cos(turns + np.pi / 3.0 * 2.0) * across + np.sin(turns + np.pi / 3.0 * 2.0) * third
    lean = -np.cos(_TETRAHEDRAL) * directions + np.sin(_TETRAHEDRAL) * around
    return np.asarray((heads + _C_H * lean).transpose(1, 0, 2))


def _head_springs(
    sulfur: IntArray,
    bridges: IntArray,
    start: int,
    positions: FloatArray,
    bond: float,
    size: int,
) -> tuple[IntArray, FloatArray]:
    """Return the springs of the first tail atoms to their sulfur and its two metals."""
    head = start + size * np.arange(len(sulfur))
    pairs = [np.column_stack([sulfur, head])]
    lengths = [np.full(len(sulfur), bond)]
    for k in (0, 1):
        metal = np.linalg.norm(positions[bridges[:, k]] - positions[sulfur], axis=1)
        pairs.append(np.column_stack([bridges[:, k], head]))
        lengths.append(np.sqrt(metal**2 + bond**2 - 2.0 * metal * bond * _TAIL_METAL))
    return np.vstack(pairs), np.concatenate(lengths)


def _methyl_springs(sulfur: IntArray, start: int) -> tuple[IntArray, FloatArray]:
    carbon = start + 4 * np.arange(len(sulfur))
    h_h = 2.0 * _C_H * np.sin(_TETRAHEDRAL / 2.0)
    s_h = np.sqrt(_S_C**2 + _C_H**2 - 2.0 * _S_C * _C_H * np.cos(_TETRAHEDRAL))
    pairs, lengths = [], []
    for k in (1, 2, 3):
        pairs += [np.column_stack([carbon, carbon + k]), np.column_stack([sulfur, carbon + k])]
        lengths += [np.full(len(sulfur), _C_H), np.full(len(sulfur), s_h)]
    for i, j in ((1, 2), (1, 3), (2, 3)):
        pairs.append(np.column_stack([carbon + i, carbon + j]))
        lengths.append(np.full(len(sulfur), h_h))
    return np.vstack(pairs), np.concatenate(lengths)
