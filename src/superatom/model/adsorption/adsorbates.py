"""Adsorbates: small molecules as they stand on a surface, from bond lengths and angles.

`data/adsorbates.csv` gives each atom by the atom it is bonded to, a bond length, an angle
and a dihedral angle (Å, degrees); atom 0 is the site, atom 1 the one that binds to it. A
second atom can bind as well where it is marked so (both O of formate).
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError

__all__ = ["Adsorbate", "adsorbate", "adsorbate_names"]

FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Adsorbate:
    """A molecule that binds through its first atom, or through that and a second one.

    Attributes
    ----------
    name : str
        'CO', 'COOH', ...
    symbols : tuple[str, ...]
        Its elements; the first binds.
    positions : ndarray of float, shape (n, 3)
        Å; the binding atom at the origin, the site on the negative z axis.
    second : int or None
        Number of the second atom that can bind; None if only the first can.
    sources : tuple[str, ...]
        Where lengths and angles come from.
    """

    name: str
    symbols: tuple[str, ...]
    positions: FloatArray
    second: int | None
    sources: tuple[str, ...]


def adsorbate_names() -> tuple[str, ...]:
    """Return the names of all adsorbates in the table."""
    return tuple(_table())


def adsorbate(name: str) -> Adsorbate:
    """Return an adsorbate by name; a leading star (``*CO``) is ignored.

    Raises
    ------
    SearchError
        If the table has none of that name.

    Examples
    --------
    >>> carbonyl = adsorbate("CO")
    >>> carbonyl.symbols, carbonyl.positions.round(3).tolist()
    (('C', 'O'), [[0.0, 0.0, 0.0], [0.0, 0.0, 1.128]])
    """
    asked = name.strip().strip("*")
    if asked not in _table():
        raise SearchError(f"no adsorbate {name!r}; known are {', '.join(_table())}")
    return _table()[asked]


@lru_cache(maxsize=1)
def _table() -> dict[str, Adsorbate]:
    text = (resources.files("superatom.model") / "data" / "adsorbates.csv").read_text("utf-8")
    rows: dict[str, list[dict[str, str]]] = {}
    for row in csv.DictReader(text.splitlines()):
        rows.setdefault(row["adsorbate"], []).append(row)
    return {name: _built(name, own) for name, own in rows.items()}


def _built(name: str, rows: list[dict[str, str]]) -> Adsorbate:
    places = [np.array([0.0, 0.0, -2.0]), np.zeros(3)]
    for row in rows[1:]:
        bonded, angled = (places[int(row[key])] for key in ("bonded_to", "angle_to"))
        reference = places[int(row["dihedral_to"])] if row["dihedral_to"] else None
        turn = float(row["dihedral_degree"] or 0.0)
        places.append(
            _placed(bonded, angled, reference, float(row["length_A"]),
                    np.radians(float(row["angle_degree"])), np.radians(turn))
        )  # fmt: skip
    return Adsorbate(
        name,
        tuple(row["symbol"] for row in rows),
        np.array(places[1:]) + 0.0,
        next((k for k, row in enumerate(rows) if row["binds"] == "second"), None),
        tuple(dict.fromkeys(row["source"] for row in rows)),
    )


def _placed(
    bonded: FloatArray,
    angled: FloatArray,
    reference: FloatArray | None,
    length: float,
    angle: float,
    dihedral: float,
) -> FloatArray:
    """Return the atom at `length` from `bonded`, by its angle and dihedral (radians)."""
    axis = (angled - bonded) / np.linalg.norm(angled - bonded)
    toward = np.array([1.0, 0.0, 0.0]) if reference is None else reference - angled
    across = toward - axis * float(toward @ axis)
    if np.linalg.norm(across) < 1e-6:
        across = np.cross(axis, [0.0, 1.0, 0.0])
    across = across / np.linalg.norm(across)
    side = np.cross(axis, across)
    flat = np.cos(dihedral) * across + np.sin(dihedral) * side
    placed: FloatArray = bonded + length * (np.cos(angle) * axis + np.sin(angle) * flat)
    return placed
