"""Exposed metal: the area of each metal and sulfur atom that a small molecule can touch.

Shrake and Rupley, J. Mol. Biol. 1973, 10.1016/0022-2836(73)90011-9: points on the sphere of
radius r + probe around an atom count as accessible if no other atom's sphere covers them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import StructureError
from superatom.provenance import Provenance, stamp
from superatom.structure.bonds import is_metal
from superatom.structure.voids import RadiiTable, van_der_waals_radii

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["Exposure", "exposure", "probe_radius", "probes"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_POINTS = 4000  # on each sphere: areas to 0.2 % of the sphere
_PAIRS_AT_ONCE = 1000  # keeps the largest array at 32 MB
_GOLDEN_ANGLE = np.pi * (3.0 - np.sqrt(5.0))


@lru_cache(maxsize=1)
def probes() -> dict[str, float]:
    """Return the radii (Å) of the probes by name: H+, H2, CO, CO2, O2, N2, H2O."""
    table = resources.files("superatom.structure") / "data" / "probes.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return {row["name"]: float(row["radius_A"]) for row in rows}


def probe_radius(probe: str | float) -> float:
    """Return the radius (Å) of a probe given by name or radius.

    Raises
    ------
    StructureError
        If there is no probe of that name, or the radius is negative.
    """
    if isinstance(probe, str):
        if probe not in probes():
            raise StructureError(
                f"no probe '{probe}'; known are {', '.join(probes())}, or give a radius in Å"
            )
        return probes()[probe]
    if not (np.isfinite(probe) and probe >= 0):
        raise StructureError(f"a probe cannot have the radius {probe} Å")
    return float(probe)


@dataclass(frozen=True, slots=True, eq=False)
class Exposure:
    """What a probe can touch.

    Attributes
    ----------
    probe : str
        Name of the probe.
    radius : float
        Its radius in Å.
    atoms : ndarray of int, shape (n,)
        Atoms that were looked at: all metal and chalcogen atoms unless others were asked for.
    symbols : tuple[str, ...]
        Their elements.
    accessible : ndarray of float, shape (n,)
        Area (Å2) on which the centre of the probe can move in contact with the atom.
    contact : ndarray of float, shape (n,)
        Area (Å2) of the atom's own surface that the probe can touch: `accessible` scaled by
        (r / (r + probe))2.
    least : float
        Contact area (Å2) from which an atom counts as accessible.
    provenance : Provenance
        Method and tables.
    """

    probe: str
    radius: float
    atoms: IntArray
    symbols: tuple[str, ...]
    accessible: FloatArray
    contact: FloatArray
    least: float
    provenance: Provenance

    def sites(self, *symbols: str) -> IntArray:
        """Return the atoms of the elements that the probe can touch (all if none is named)."""
        named = np.isin(self.symbols, symbols) if symbols else np.ones(len(self.atoms), dtype=bool)
        return self.atoms[named & (self.contact >= self.least)]

    @property
    def metal_sites(self) -> IntArray:
        """Metal atoms that the probe can touch."""
        return self.atoms[self._metal & (self.contact >= self.least)]

    @property
    def metal_area(self) -> float:
        """Contact area (Å2) of all metal atoms together."""
        return float(self.contact[self._metal].sum())

    @property
    def _metal(self) -> NDArray[np.bool_]:
        from ase.data import atomic_numbers

        return is_metal(np.array([atomic_numbers[s] for s in self.symbols], dtype=np.int64))

    def as_dict(self) -> dict[str, Any]:
        """Return the exposure as plain JSON types."""
        return {
            "probe": self.probe,
            "radius_A": self.radius,
            "atoms": self.atoms.tolist(),
            "symbols": list(self.symbols),
            "accessible_A2": self.accessible.tolist(),
            "contact_A2": self.contact.tolist(),
            "least_A2": self.least,
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Exposure:
        """Return the exposure that `as_dict` gave."""
        source = {**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
        return cls(
            probe=data["probe"],
            radius=data["radius_A"],
            atoms=np.array(data["atoms"], dtype=np.int64),
            symbols=tuple(data["symbols"]),
            accessible=np.array(data["accessible_A2"]),
            contact=np.array(data["contact_A2"]),
            least=data["least_A2"],
            provenance=Provenance(**source),
        )


def exposure(
    atoms: Atoms,
    probe: str | float = "CO2",
    *,
    which: Iterable[int] | None = None,
    radii: RadiiTable = "bondi",
    least: float = 0.5,
    points: int = _POINTS,
) -> Exposure:
    """Return the area of each metal and chalcogen atom that a probe can touch.

    Parameters
    ----------
    atoms : ase.Atoms
        A molecule with its hydrogens; periodic images are ignored.
    probe : str or float
        'H+', 'H2', 'CO', 'CO2', 'O2', 'N2', 'H2O', or a radius in Å.
    which : iterable of int, optional
        Atoms to look at; all metal, S, Se and Te atoms by default.
    radii : {'bondi', 'alvarez'}
        Table of van der Waals radii. Bondi's metal radii are close to those of bare atoms;
        Alvarez' make metals larger and more exposed.
    least : float
        Contact area (Å2) from which an atom counts as accessible.
    points : int
        Points per sphere; the error of an area goes as 1/points.

    Raises
    ------
    StructureError
        If there are no atoms, an atom to look at does not exist, or the probe makes no sense.
    """
    numbers = np.asarray(atoms.numbers, dtype=np.int64)
    positions = np.asarray(atoms.positions, dtype=np.float64)
    if not len(numbers):
        raise StructureError("no atoms in this structure")
    radius = probe_radius(probe)
    chosen = _chosen(numbers, which)
    own = van_der_waals_radii(radii)[numbers]
    if np.isnan(own).any():
        raise StructureError("an element of the structure has no van der Waals radius")
    free = _free_share(positions, own + radius, chosen, points)
    reach = own[chosen] + radius
    symbols = atoms.get_chemical_symbols()
    name = probe if isinstance(probe, str) else f"sphere of {radius:g} Å"
    return Exposure(
        probe=name,
        radius=radius,
        atoms=chosen,
        symbols=tuple(symbols[k] for k in chosen.tolist()),
        accessible=free * 4 * np.pi * reach**2,
        contact=free * 4 * np.pi * own[chosen] ** 2,
        least=least,
        provenance=stamp(
            "Shrake-Rupley, 10.1016/0022-2836(73)90011-9",
            positions.tolist(), symbols, radius, radii, points,
            sources=("radii.csv", "probes.csv"),
        ),
    )  # fmt: skip


def _chosen(numbers: IntArray, which: Iterable[int] | None) -> IntArray:
    if which is None:
        return np.flatnonzero(is_metal(numbers) | np.isin(numbers, (16, 34, 52)))
    chosen = np.array(list(which), dtype=np.int64)
    if len(chosen) and not (chosen.min() >= 0 and chosen.max() < len(numbers)):
        raise StructureError(f"no such atom: {chosen.max()} of {len(numbers)}")
    return chosen


def sphere_points(count: int) -> FloatArray:
    """Return points spread evenly over the unit sphere (golden spiral), shape (count, 3)."""
    k = np.arange(count) + 0.5
    height = 1.0 - 2.0 * k / count
    ring = np.sqrt(1.0 - height**2)
    angle = _GOLDEN_ANGLE * k
    return np.stack([ring * np.cos(angle), ring * np.sin(angle), height], axis=1)


def _free_share(
    positions: FloatArray, reach: FloatArray, chosen: IntArray, points: int
) -> FloatArray:
    """Return the share of each chosen sphere that no other sphere covers, shape (n,).

    The point c_i + R_i u is inside sphere j if u . d > (R_i2 + d2 - R_j2) / (2 R_i), with d
    from i to j: one product of matrices decides all points of many pairs.
    """
    from scipy.spatial import cKDTree

    unit = sphere_points(points).T
    tree, own = cKDTree(positions), cKDTree(positions[chosen])
    near = own.query_ball_tree(tree, 2 * float(reach.max()))
    sizes = np.array([len(n) for n in near])
    first = np.repeat(np.arange(len(chosen)), sizes)
    second = np.array([j for n in near for j in n], dtype=np.int64)
    vector = positions[second] - positions[chosen[first]]
    squared = (vector**2).sum(axis=1)
    keep = (second != chosen[first]) & (squared < (reach[second] + reach[chosen[first]]) ** 2)
    first, second, vector, squared = first[keep], second[keep], vector[keep], squared[keep]
    mine = reach[chosen[first]]
    limit = (mine**2 + squared - reach[second] ** 2) / (2 * mine)
    free = np.ones((len(chosen), points), dtype=bool)
    starts = np.searchsorted(first, np.arange(len(chosen) + 1))
    at = 0
    while at < len(chosen):
        stop = max(at + 1, int(np.searchsorted(starts, starts[at] + _PAIRS_AT_ONCE, "right")) - 1)
        rows = slice(starts[at], starts[stop])
        if rows.start < rows.stop:
            covered = vector[rows] @ unit > limit[rows, None]
            heads = starts[at:stop] - starts[at]
            filled = np.flatnonzero(np.diff(starts[at : stop + 1]) > 0)
            free[at + filled] = ~np.logical_or.reduceat(covered, heads[filled], axis=0)
        at = stop
    share: FloatArray = free.mean(axis=1)
    return share
