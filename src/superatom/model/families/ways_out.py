"""Which way a donor points: out of the metals beside those it holds."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from superatom.model.families.archetypes import Archetype
from superatom.model.families.embedding import DistanceModel, embed

__all__ = ["METALS_APART", "lean", "metal_places", "neighbours", "straight_out"]

FloatArray = NDArray[np.float64]

#: Å: metals that do not touch stay beyond contact.
METALS_APART = 3.5


def neighbours(archetype: Archetype) -> dict[int, dict[int, float]]:
    """Return the metals that touch each metal, with their distance, Å."""
    near: dict[int, dict[int, float]] = {}
    for i, j, length in archetype.contacts():
        near.setdefault(i, {})[j] = length
        near.setdefault(j, {})[i] = length
    return near


@lru_cache(maxsize=64)
def metal_places(archetype: Archetype) -> dict[int, FloatArray]:
    """Return where metals sit before they have ligands, Å: those that hang together by contacts.

    Polyhedra of the shells tell it; where further metals touch them, or there are no shells,
    contacts are laid out as springs.
    """
    core = archetype.core_positions()
    members = _largest_piece(archetype)
    if set(members) <= set(range(len(core))):
        return dict(enumerate(core))
    number = {metal: k for k, metal in enumerate(members)}
    known = {(i, j): length for i, j, length in archetype.shell_distances()}
    known |= {(i, j): length for i, j, length in archetype.contacts()}
    springs = [(number[i], number[j], d) for (i, j), d in known.items() if {i, j} <= set(number)]
    pairs = np.array([(i, j) for i, j, _ in springs], dtype=np.int64)
    walls = ~np.eye(len(members), dtype=bool)
    walls[pairs[:, 0], pairs[:, 1]] = walls[pairs[:, 1], pairs[:, 0]] = False
    first, second = np.nonzero(np.triu(walls))
    model = DistanceModel(
        n_points=len(members),
        pairs=pairs,
        lengths=np.array([d for _, _, d in springs]),
        stiffness=np.ones(len(springs)),
        walls=np.column_stack([first, second]),
        floors=np.full(len(first), METALS_APART),
    )
    points, _ = embed(model, seed=0, starts=2)
    return dict(zip(members, points, strict=True))


def _largest_piece(archetype: Archetype) -> list[int]:
    """Return the metals of the largest set that hangs together by contacts."""
    root = list(range(archetype.n_metals))
    for i, j, _ in archetype.contacts():
        old, new = root[j], root[i]
        root = [new if r == old else r for r in root]
    if archetype.shells:  # their frame joins them, touching or not
        shells = {root[k] for k in range(len(archetype.core_positions()))}
        root = [root[0] if r in shells else r for r in root]
    most = Counter(root).most_common(1)[0][0]
    return [k for k, r in enumerate(root) if r == most]


def straight_out(held: FloatArray, beside: FloatArray, bond: float) -> FloatArray:
    """Return where a donor sits that holds some metals and leaves others behind.

    Parameters
    ----------
    held, beside : ndarray, shapes (n, 3) and (m, 3)
        Metals it holds, and those that touch them, Å.
    bond : float
        Length of its bonds, Å.
    """
    middle = held.mean(axis=0)
    ways = middle - beside
    out = np.sum(ways / np.linalg.norm(ways, axis=1)[:, None], axis=0)
    if len(held) > 1:  # in the plane or on the line that lies evenly between the metals
        _, sizes, axes = np.linalg.svd(held - middle)
        flat = axes[: min(len(held) - 1, 2)][sizes[: min(len(held) - 1, 2)] > 0.1]
        out = out - flat.T @ (flat @ out)
    reach = float(np.mean(np.sum((held - middle) ** 2, axis=1)))
    height = np.sqrt(max(bond**2 - reach, 0.25))
    return np.asarray(middle + height * out / max(float(np.linalg.norm(out)), 1e-9))


def lean(
    donors: FloatArray,
    feet: FloatArray,
    least: FloatArray | float,
    longest: FloatArray | float,
) -> FloatArray:
    """Return the donors of one ligand, leaning together until their backbone can span them.

    Parameters
    ----------
    donors : ndarray, shape (d, 3)
        Where they point straight out, Å.
    feet : ndarray, shape (d, 3)
        Middle of the metals that each holds; the distance to it stays.
    least, longest : float or ndarray, shape (d, d)
        Limits of the distances between donors, Å.
    """
    height = np.linalg.norm(donors - feet, axis=1)[:, None]
    places = donors.copy()
    for _ in range(_LEANING_STEPS):
        between = places[:, None] - places
        apart = np.linalg.norm(between, axis=2)
        np.fill_diagonal(apart, 1.0)
        wanted = np.clip(apart, least, longest)
        np.fill_diagonal(wanted, 1.0)
        if np.abs(wanted - apart).max() < _LEANT:
            break
        places += 0.5 * np.sum((wanted / apart - 1.0)[:, :, None] * between, axis=1) / len(places)
        away = places - feet
        places = feet + height * away / np.linalg.norm(away, axis=1)[:, None]
    return places


_LEANING_STEPS, _LEANT = 500, 0.02  # Å
