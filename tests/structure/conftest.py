"""Cluster models built here from bond lengths, so that tests need no foreign files."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
from ase import Atoms
from numpy.typing import NDArray

_GOLDEN = (1 + 5**0.5) / 2
FloatArray = NDArray[np.float64]


def cyclic_orbit(x: float, y: float, z: float) -> FloatArray:
    """Return the images of a point under the pyritohedral group Th."""
    images = [
        (a * i, b * j, c * k)
        for a, b, c in ((x, y, z), (y, z, x), (z, x, y))
        for i, j, k in product((1, -1), repeat=3)
    ]
    return np.unique(np.round(images, 6) + 0.0, axis=0)


def icosahedron(radius: float) -> FloatArray:
    """Return the 12 corners of an icosahedron."""
    edge = radius / np.sqrt(1 + _GOLDEN**2)
    return cyclic_orbit(0.0, edge, edge * _GOLDEN)


def with_methyls(atoms: Atoms, sulfurs: list[int]) -> Atoms:
    """Return atoms with a CH3 on each S, pointing away from the metals it holds."""
    grown = atoms.copy()
    metals = atoms.positions[[k for k, s in enumerate(atoms.symbols) if s not in ("S", "Cl")]]
    for k in sulfurs:
        here = atoms.positions[k]
        away = metals - here
        near = away[np.linalg.norm(away, axis=1) < 2.8]
        out = -near.mean(axis=0) + 0.3 * here / np.linalg.norm(here)
        grown += methyl(here, out / np.linalg.norm(out), 1.83)
    return grown


def methyl(anchor: FloatArray, out: FloatArray, length: float) -> Atoms:
    """Return a CH3 bonded to `anchor` along the unit vector `out`."""
    carbon = anchor + length * out
    side = np.cross(out, [0.31, 0.59, 0.75])
    side /= np.linalg.norm(side)
    other = np.cross(out, side)
    hydrogens = [
        carbon + 1.09 * (0.333 * out + 0.943 * (np.cos(t) * side + np.sin(t) * other))
        for t in (0.0, 2.0944, 4.1888)
    ]
    return Atoms("CH3", positions=[carbon, *hydrogens])


def m25(methyls: bool = True, **replaced: str) -> Atoms:
    """Return M25(SCH3)18: centred icosahedron and six M2(SR)3 staples, symmetry Th.

    Radii in Å: kernel 2.87, motif Au 5.10, terminal S 5.14, middle S 6.28 (as in relaxed
    [Au25(SR)18]-). `centre`, `shell`, `motif` replace one Au there by another element.
    """
    motif_metal, end = (4.768, 1.811), (3.476, 3.786)
    kernel = np.concatenate([np.zeros((1, 3)), icosahedron(2.87)])
    motif = cyclic_orbit(motif_metal[0], motif_metal[1], 0.0)
    ends = cyclic_orbit(end[0], end[1], 0.0)
    middle = cyclic_orbit(6.28, 0.0, 0.0)
    atoms = Atoms("Au25S18", positions=np.concatenate([kernel, motif, ends, middle]))
    for place, element in replaced.items():
        atoms.symbols[{"centre": 0, "shell": 1, "motif": 13}[place]] = element
    return with_methyls(atoms, list(range(25, 43))) if methyls else atoms


def ring(n: int, centre: FloatArray, axes: FloatArray, methyls: bool = True) -> Atoms:
    """Return ring Au_n(SR)_n: S at the corners of a polygon, Au in the middle of its edges."""
    angles = 2 * np.pi * np.arange(n) / n
    radius = 2.33 / np.sin(np.pi / n)
    corners = radius * np.stack([np.cos(angles), np.sin(angles)], axis=1) @ axes + centre
    middles = 0.5 * (corners + np.roll(corners, -1, axis=0))
    atoms = Atoms(f"Au{n}S{n}", positions=np.concatenate([middles, corners]))
    for k in range(n) if methyls else ():
        out = corners[k] - centre
        atoms += methyl(corners[k], out / np.linalg.norm(out), 1.83)
    return atoms


def catenane() -> Atoms:
    """Return two Au5(SR)5 rings threaded through each other."""
    first = ring(5, np.zeros(3), np.array([[1.0, 0, 0], [0, 1.0, 0]]), methyls=False)
    second = ring(5, np.array([3.96, 0, 0]), np.array([[-1.0, 0, 0], [0, 0, 1.0]]), methyls=False)
    return first + second


def phosphine_m13(n_chlorides: int = 2) -> Atoms:
    """Return a centred icosahedron whose corners carry PH3, two of them Cl instead."""
    corners = icosahedron(2.76)
    atoms = Atoms("Au13", positions=np.concatenate([np.zeros((1, 3)), corners]))
    for k, corner in enumerate(corners):
        out = corner / np.linalg.norm(corner)
        if k < n_chlorides:
            atoms += Atoms("Cl", positions=[corner + 2.38 * out])
            continue
        atoms += Atoms("P", positions=[corner + 2.28 * out])
        side = np.cross(out, [0.31, 0.59, 0.75])
        side /= np.linalg.norm(side)
        other = np.cross(out, side)
        for t in (0.0, 2.0944, 4.1888):
            step = 0.4 * out + 0.917 * (np.cos(t) * side + np.sin(t) * other)
            atoms += Atoms("H", positions=[corner + 2.28 * out + 1.42 * step])
    return atoms


def m44(inner: str = "Ag") -> Atoms:
    """Return M44S30 in Th: M12@Ag20 and six Ag2S5 mounts, bare S.

    Orbits fitted to Ag-Ag 2.87 within the core, Ag-S 2.50 in the mounts and 2.60 to the core
    (framework: Desireddy 2013, 10.1038/nature12523).
    """
    core = icosahedron(2.711)
    cube = cyclic_orbit(*(3 * [4.505 / 3**0.5]))
    rest = cyclic_orbit(1.608, 0.0, 4.209)
    mounts = cyclic_orbit(0.0, 1.667, 6.194)
    sulfurs = [cyclic_orbit(0.0, 0.0, 8.057), cyclic_orbit(1.950, 2.796, 5.111)]
    return Atoms(
        f"{inner}12Ag32S30", positions=np.concatenate([core, cube, rest, mounts, *sulfurs])
    )


@pytest.fixture(scope="session")
def made() -> SimpleNamespace:
    """Builders of model clusters."""
    return SimpleNamespace(
        catenane=catenane,
        icosahedron=icosahedron,
        m25=m25,
        m44=m44,
        methyl=methyl,
        phosphine_m13=phosphine_m13,
        ring=ring,
        with_methyls=with_methyls,
    )
