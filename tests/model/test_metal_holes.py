"""Squares and holes between metals, against the geometry of fcc pieces."""

from __future__ import annotations

import numpy as np
import pytest
from ase.cluster import Icosahedron, Octahedron

from superatom.model.adsorption.adsorption_sites import adsorption_sites
from superatom.model.adsorption.metal_holes import octahedra, squares, tetrahedra
from superatom.structure.anatomy import dissect

_A = 3.61  # Å, lattice constant of copper as ASE has it


def contacts(points: np.ndarray, cutoff: float) -> dict[int, set[int]]:
    near = np.linalg.norm(points[:, None] - points, axis=2) < cutoff
    return {k: set(np.flatnonzero(row).tolist()) - {k} for k, row in enumerate(near)}


def at_distance(points: np.ndarray, grid: np.ndarray, distance: float) -> np.ndarray:
    """Number of metals at a distance from each point."""
    gaps = np.linalg.norm(grid[:, None] - points, axis=2)
    return (np.abs(gaps - distance) < 0.05).sum(axis=1)


@pytest.mark.parametrize(("length", "cutoff"), [(3, 0), (4, 1), (5, 1), (5, 2)])
def test_holes_of_fcc_pieces(length: int, cutoff: int) -> None:
    """Octahedral holes have 6 metals at a/2, tetrahedral ones 4 at a * sqrt(3)/4."""
    points = Octahedron("Cu", length, cutoff, latticeconstant=_A).positions
    near = contacts(points, 0.85 * _A)
    axis = np.arange(-3 * _A, 3.01 * _A, _A / 4)
    grid = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    grid = grid + points[0] - np.round(points[0] / (_A / 4)) * (_A / 4)
    assert len(octahedra(near)) == (at_distance(points, grid, _A / 2) == 6).sum()
    assert len(tetrahedra(near)) == (at_distance(points, grid, _A * 3**0.5 / 4) == 4).sum()


def test_the_icosahedron_has_twenty_tetrahedra_and_nothing_else() -> None:
    near = contacts(Icosahedron("Au", 2).positions, 3.3)
    assert len(tetrahedra(near)) == 20
    assert octahedra(near) == []
    assert squares(near) == []


def test_the_cuboctahedron_has_six_square_faces() -> None:
    points = Octahedron("Au", 3, 1).positions  # 13 atoms
    shell = points[np.linalg.norm(points - points.mean(axis=0), axis=1) > 1.0]
    assert len(squares(contacts(shell, 3.3))) == 6


def test_facets_of_a_bare_cluster_have_hollows() -> None:
    """Truncated octahedron of 79 atoms: 6 squares of four, 8 hexagons of 19 metals."""
    anatomy = dissect(Octahedron("Cu", 5, 1))
    sites = adsorption_sites(anatomy, ("top", "hollow"))
    tops = sum(site.multiplicity for site in sites if site.kind == "top")
    assert tops == 60  # all but the 19 of the octahedron inside
    # by Euler: V - E + F = 2 for the triangulated surface with its 6 squares
    faces = [site for site in sites if site.kind == "hollow"]
    three = sum(s.multiplicity for s in faces if len(s.atoms) == 3)
    four = sum(s.multiplicity for s in faces if len(s.atoms) == 4)
    assert four == 6
    assert (3 * three + 4 * four) / 2 - (three + four) == tops - 2
