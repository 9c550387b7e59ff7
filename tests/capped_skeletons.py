"""Archetypes as bare skeletons with the smallest ligands that let dissection see their kinds."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np
from ase import Atoms

from superatom.model.families.archetypes import Archetype
from superatom.model.families.embedding import DistanceModel, embed
from superatom.model.families.skeleton import default_donors, skeleton_model
from superatom.model.ligand_sites import LigandSite

#: Atoms behind one donor of a kind: element and how far out, Å (H at P: three, off the axis).
_CAPS = {
    "SR": [("H", 1.34)],
    "SS": [("H", 1.34)],
    "CCR": [("C", 1.21), ("H", 2.28)],
}
_TURNS = 2.0 * np.pi * np.arange(3) / 3.0


@cache
def laid_out(archetype: Archetype) -> tuple[DistanceModel, np.ndarray, float]:
    """Return springs and walls, points of the skeleton and the energy per point."""
    model = skeleton_model(archetype, archetype.symbols)
    points, energy = embed(model, seed=0)
    points.setflags(write=False)
    return model, points, energy / model.n_points


@cache
def capped(archetype: Archetype) -> Atoms:
    """Return the skeleton of a family with SH, PH3, CCH, HCO2 and single atoms as ligands."""
    _, points, _ = laid_out(archetype)
    symbols = [*archetype.symbols, *default_donors(archetype)]
    places = list(points)
    first = archetype.n_metals
    for site in archetype.ligand_sites:
        last = first + len(site.anchors)
        for symbol, place in _cap(site, points[first:last], points, archetype.n_metals):
            symbols.append(symbol)
            places.append(place)
        first = last
    return Atoms(symbols, np.array(places))


def _cap(
    site: LigandSite, donors: np.ndarray, points: np.ndarray, n_metals: int
) -> Iterator[tuple[str, np.ndarray]]:
    middle = points[:n_metals].mean(axis=0)
    ways = [
        _out(donor, points[list(anchor)], middle)
        for donor, anchor in zip(donors, site.anchors, strict=True)
    ]
    if site.kind in ("OO", "PN"):
        bite = donors[1] - donors[0]
        out = np.sum(ways, axis=0)
        out = _unit(out - bite * (out @ bite) / (bite @ bite))
        if site.kind == "OO":
            between = donors.mean(axis=0)
            yield from (("C", between + 0.55 * out), ("H", between + 1.65 * out))
            return
        yield from _methylene(donors[0], bite, out)
        return
    for donor, out in zip(donors, ways, strict=True):
        for symbol, apart in _CAPS.get(site.kind, ()):
            yield symbol, donor + apart * out
        if site.kind in ("PR3", "PP", "PP3", "PN"):
            across = _unit(np.cross(out, [0.31, 0.59, 0.74]))
            third = np.cross(out, across)
            for turn in _TURNS:
                lean = 0.45 * out + 0.893 * (np.cos(turn) * across + np.sin(turn) * third)
                yield "H", donor + 1.42 * lean


def _methylene(
    phosphorus: np.ndarray, bite: np.ndarray, out: np.ndarray
) -> Iterator[tuple[str, np.ndarray]]:
    """H2P-CH=N: the backbone of a pyridylphosphine, P-C 1.84 Å and C-N 1.34 Å."""
    length = float(np.linalg.norm(bite))
    along = (1.84**2 - 1.34**2 + length**2) / (2.0 * length)
    carbon = phosphorus + bite / length * along + out * np.sqrt(max(1.84**2 - along**2, 0.1))
    yield "C", carbon
    yield "H", carbon + 1.09 * out
    side = np.cross(bite / length, out)
    for sign in (1.0, -1.0):
        yield "H", phosphorus + 1.42 * _unit(sign * side + 0.4 * out - 0.6 * bite / length)


def _out(donor: np.ndarray, held: np.ndarray, middle: np.ndarray) -> np.ndarray:
    """Return the way from the metals a donor holds; from the middle where they surround it."""
    ways = donor - held
    out = np.sum(ways / np.linalg.norm(ways, axis=1)[:, None], axis=0)
    if np.linalg.norm(out) < 0.4:
        out = out + _unit(donor - middle)
    return _unit(out)


def _unit(vector: np.ndarray) -> np.ndarray:
    return vector / np.linalg.norm(vector)
