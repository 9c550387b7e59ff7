"""What elements and pairs of elements are to a cluster: roles, radii and bond limits."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

__all__ = ["N_ELEMENTS", "covalent_radii", "is_ion", "is_metal", "is_nonmetal", "pair_limits"]

#: Length of tables by atomic number.
N_ELEMENTS = 119

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]


def is_nonmetal(numbers: IntArray) -> BoolArray:
    """Return which atomic numbers belong to elements of ligands, elementwise."""
    return _roles()[0][np.asarray(numbers)]


def is_ion(numbers: IntArray) -> BoolArray:
    """Return which atomic numbers are alkali or alkaline earth metals, elementwise."""
    return _roles()[1][np.asarray(numbers)]


def is_metal(numbers: IntArray) -> BoolArray:
    """Return which atomic numbers can be metal atoms of a cluster, elementwise."""
    return ~(is_nonmetal(numbers) | is_ion(numbers))


@lru_cache(maxsize=1)
def covalent_radii() -> FloatArray:
    """Return covalent radii in Å by atomic number (Cordero 2008, as shipped with ASE)."""
    from ase.data import covalent_radii

    return np.asarray(covalent_radii, dtype=np.float64)[:N_ELEMENTS]


@lru_cache(maxsize=1)
def _roles() -> tuple[BoolArray, BoolArray]:
    """Return nonmetal and counter-ion flags by atomic number."""
    from ase.data import atomic_numbers

    nonmetal = np.zeros(N_ELEMENTS, dtype=bool)
    ion = np.zeros(N_ELEMENTS, dtype=bool)
    for row in _rows("element_roles.csv"):
        flags = nonmetal if row["role"] == "nonmetal" else ion
        flags[atomic_numbers[row["symbol"]]] = True
    return nonmetal, ion


@lru_cache(maxsize=1)
def pair_limits() -> FloatArray:
    """Return typical upper end, cut and limit (Å) by two atomic numbers.

    Shape (N_ELEMENTS, N_ELEMENTS, 3); NaN where `data/bond_distances.csv` has no row.
    """
    from ase.data import atomic_numbers

    table = np.full((N_ELEMENTS, N_ELEMENTS, 3), np.nan)
    for row in _rows("bond_distances.csv"):
        i, j = atomic_numbers[row["first"]], atomic_numbers[row["second"]]
        table[i, j] = table[j, i] = [float(row[c]) for c in ("long_A", "cut_A", "limit_A")]
    return table


def _rows(name: str) -> list[dict[str, str]]:
    text = (resources.files("superatom.structure") / "data" / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))
