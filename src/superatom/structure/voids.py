"""Van der Waals radii, and the room that is left empty in a crystal."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from superatom.structure.lattice import Lattice

__all__ = ["RadiiTable", "van_der_waals_radii", "void_volume"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

#: Which table of radii: Bondi 1964 with Alvarez 2013 where Bondi has none, or Alvarez alone.
RadiiTable = Literal["bondi", "alvarez"]

_PROBE = 1.2  # Å, the radius with which voids of crystals are usually quoted (PLATON)
_SPACING = 0.9  # Å between grid points
_MOST_POINTS = 300_000  # larger cells get a coarser grid


@lru_cache(maxsize=2)
def van_der_waals_radii(table: RadiiTable = "bondi") -> FloatArray:
    """Return van der Waals radii (Å) by atomic number; nan where none is known.

    Sources: Bondi, J. Phys. Chem. 1964, 10.1021/j100785a001; Alvarez, Dalton Trans. 2013,
    10.1039/c3dt50599e. Bondi's metal radii (Au 1.66 Å) are those of bare exposed atoms;
    Alvarez' (Au 2.32 Å) are from contacts in crystals.
    """
    from ase.data import atomic_numbers

    radii = np.full(len(atomic_numbers), np.nan)
    text = (resources.files("superatom.structure") / "data" / "radii.csv").read_text("utf-8")
    for row in csv.DictReader(text.splitlines()):
        columns = ("bondi_A", "alvarez_A") if table == "bondi" else ("alvarez_A",)
        value = next((row[c] for c in columns if row[c]), "")
        if value:
            radii[atomic_numbers[row["symbol"]]] = float(value)
    return radii


def void_volume(numbers: IntArray, fractional: FloatArray, lattice: Lattice) -> float:
    """Return the volume (Å3 per cell) that a probe of 1.2 Å can reach.

    Parameters
    ----------
    numbers : ndarray of int, shape (n,)
        Atomic numbers of all atoms in one cell.
    fractional : ndarray of float, shape (n, 3)
        Their coordinates.
    lattice : Lattice
        The cell.

    Notes
    -----
    Points of a 0.9 Å grid that lie farther than r + 1.2 Å from every atom are places of the
    probe's centre; the void is everything within 1.2 Å of such a place.
    """
    from scipy.ndimage import distance_transform_edt

    lengths = np.linalg.norm(lattice.vectors, axis=1)
    counts = np.maximum(np.round(lengths / _SPACING).astype(int), 2)
    shrink = min(1.0, (_MOST_POINTS / float(counts.prod())) ** (1 / 3))
    counts = np.maximum((counts * shrink).astype(int), 2)
    axes = np.meshgrid(*(np.arange(n) / n for n in counts), indexing="ij")
    points = np.stack([a.ravel() for a in axes], axis=1)
    free = _beyond_atoms(points, numbers, fractional, lattice)
    if not free.any():
        return 0.0
    grid = np.pad(free.reshape(counts), 3, mode="wrap")
    spacing = lengths / counts
    reach = distance_transform_edt(~grid, sampling=spacing)[3:-3, 3:-3, 3:-3] <= _PROBE
    return float(reach.mean() * lattice.volume)


def _beyond_atoms(
    points: FloatArray, numbers: IntArray, fractional: FloatArray, lattice: Lattice
) -> NDArray[np.bool_]:
    """Return which points the centre of the probe can take, shape (m,)."""
    from scipy.spatial import cKDTree

    radii = np.nan_to_num(van_der_waals_radii()[numbers], nan=2.0) + _PROBE
    free = np.ones(len(points), dtype=bool)
    places = lattice.cartesian(points)
    for radius in np.unique(radii):
        inside = fractional[radii == radius] % 1.0
        images = lattice.images_near(inside, float(radius))
        near, _ = cKDTree(lattice.cartesian(images)).query(
            places[free], distance_upper_bound=float(radius)
        )
        free[np.flatnonzero(free)[np.isfinite(near)]] = False
    return free
