"""Hydrogens added to ligands where a structure does not show them."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superatom.structure.valences import OpenValence, open_valences

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["add_hydrogens"]

FloatArray = NDArray[np.float64]

_TETRAHEDRAL = np.radians(109.47)
_TORSIONS = 24  # rotations tried for CH3, NH2 and OH


@lru_cache(maxsize=1)
def _lengths() -> dict[tuple[str, str], float]:
    """Return X-H distances (Å) by element and hybridisation."""
    table = resources.files("superatom.structure") / "data" / "hydrogen_distances.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {(row["element"], row["hybrid"]): float(row["length_A"]) for row in rows}


def add_hydrogens(atoms: Atoms) -> Atoms:
    """Return the molecule with the hydrogens its ligands lack.

    Only C, N and O of ligands get hydrogens (`superatom.structure.valences` tells which);
    hydrides are never invented. Positions: opposite to the neighbours where geometry fixes
    them; methyl, amino and hydroxyl groups are turned where they have most room.

    Parameters
    ----------
    atoms : ase.Atoms
        A molecule; not changed.

    Returns
    -------
    ase.Atoms
        A copy with the new hydrogens at the end, in the order of the atoms that bear them.
    """
    from ase import Atoms as NewAtoms

    from superatom.structure.molecules import split_molecules

    numbers = np.asarray(atoms.numbers, dtype=np.int64)
    positions = np.asarray(atoms.positions, dtype=np.float64)
    molecules, _ = split_molecules(numbers, positions)
    pairs = np.concatenate([m.atoms[m.pairs] for m in molecules])
    neighbours: list[list[int]] = [[] for _ in numbers]
    for a, b in pairs.tolist():
        neighbours[a].append(b)
        neighbours[b].append(a)
    placed: list[FloatArray] = []
    for valence in open_valences(numbers, positions, pairs):
        new = _hydrogens(valence, numbers, positions, neighbours, placed)
        placed.extend(new)
    result: Atoms = atoms.copy()
    if placed:
        result += NewAtoms(f"H{len(placed)}", positions=np.array(placed))
    if "labels" in atoms.arrays:
        labels = [*atoms.arrays["labels"].tolist(), *["H"] * len(placed)]
        result.set_array("labels", np.array(labels))
    return result


def _hydrogens(
    valence: OpenValence,
    numbers: NDArray[np.int64],
    positions: FloatArray,
    neighbours: list[list[int]],
    placed: list[FloatArray],
) -> list[FloatArray]:
    """Return the positions of the hydrogens of one atom."""
    from ase.data import chemical_symbols

    atom = valence.atom
    here = positions[atom]
    near = neighbours[atom]
    light = [k for k in near if numbers[k] < 21] or near
    length = _lengths()[chemical_symbols[numbers[atom]], valence.hybrid]
    units = [_unit(positions[k] - here) for k in light]
    if valence.hybrid == "sp" or len(units) == 3 or (len(units) == 2 and valence.hydrogens == 1):
        directions = [_unit(-np.sum(units, axis=0), units[0])]
    elif len(units) == 2:
        directions = _two_more(units)
    else:
        directions = _turned(valence, light[0], positions, neighbours, placed, length)
    return [here + length * d for d in directions[: valence.hydrogens]]


def _unit(vector: FloatArray, across: FloatArray | None = None) -> FloatArray:
    """Return a vector of length 1; one across `across` if there is none."""
    size = float(np.linalg.norm(vector))
    if size < 1e-6:
        return _across(np.array([0.0, 0.0, 1.0]) if across is None else across)
    return np.asarray(vector / size, dtype=np.float64)


def _across(axis: FloatArray) -> FloatArray:
    """Return a unit vector at right angles to `axis`."""
    helper = np.eye(3)[int(np.argmin(np.abs(axis)))]
    return _unit(np.cross(axis, helper))


def _two_more(units: list[FloatArray]) -> list[FloatArray]:
    """Return the two directions that complete a tetrahedron."""
    middle = _unit(-(units[0] + units[1]), units[0])
    normal = _unit(np.cross(units[0], units[1]), units[0])
    half = _TETRAHEDRAL / 2
    return [np.cos(half) * middle + np.sin(half) * sign * normal for sign in (1.0, -1.0)]


def _turned(
    valence: OpenValence,
    anchor: int,
    positions: FloatArray,
    neighbours: list[list[int]],
    placed: list[FloatArray],
    length: float,
) -> list[FloatArray]:
    """Return directions around the bond to the only neighbour, turned to the most room."""
    here = positions[valence.atom]
    axis = _unit(here - positions[anchor])
    second = [k for k in neighbours[anchor] if k != valence.atom]
    reference = (positions[second[0]] - positions[anchor]) if second else _across(axis)
    reference = reference - axis * float(reference @ axis)
    start = _unit(reference, axis)
    side = np.cross(axis, start)
    planar = valence.hybrid == "sp2"
    tilt = np.pi / 3 if planar else np.pi - _TETRAHEDRAL
    turns = np.arange(2) * np.pi if planar else np.arange(3) * 2 * np.pi / 3
    others = np.delete(positions, [valence.atom, anchor], axis=0)
    others = np.concatenate([others, np.array(placed).reshape(-1, 3)])
    others = others[np.linalg.norm(others - here, axis=1) < 6.0]
    best: tuple[float, list[FloatArray]] = (-1.0, [])
    choices = [0.0] if planar else np.linspace(0, 2 * np.pi, _TORSIONS, endpoint=False).tolist()
    for torsion in choices:
        directions = [
            np.cos(tilt) * axis
            + np.sin(tilt) * (np.cos(torsion + t) * start + np.sin(torsion + t) * side)
            for t in turns
        ][: valence.hydrogens]
        ends = here + length * np.array(directions)
        gaps = np.linalg.norm(ends[:, None] - others, axis=2)
        room = float(gaps.min(initial=10.0))
        if room > best[0] + 1e-9:
            best = (room, directions)
    return best[1]
