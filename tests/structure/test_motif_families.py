"""Partitions of families beyond the thiolate staples, on local geometries built here."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from ase import Atoms
from numpy.typing import NDArray
from scipy.optimize import fsolve

from superatom.structure.anatomy import dissect

FloatArray = NDArray[np.float64]
_ANGLES = 2 * np.pi * np.arange(3) / 3


def _unit(vector: FloatArray) -> FloatArray:
    return vector / np.linalg.norm(vector)


def _phosphines(metals: FloatArray, length: float) -> Atoms:
    """Return a PH3 outside each metal."""
    atoms = Atoms()
    for metal in metals:
        out = _unit(metal)
        phosphorus = metal + length * out
        side = _unit(np.cross(out, [0.31, 0.59, 0.75]))
        turns = [np.cos(t) * side + np.sin(t) * np.cross(out, side) for t in _ANGLES]
        hydrogens = [phosphorus + 1.42 * (0.4 * out + 0.917 * turn) for turn in turns]
        atoms += Atoms("PH3", positions=[phosphorus, *hydrogens])
    return atoms


@pytest.fixture
def kernel(made: SimpleNamespace) -> FloatArray:
    """Centred icosahedron, centre first."""
    return np.concatenate([np.zeros((1, 3)), made.icosahedron(2.87)])


def _edge(kernel: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the outward normal over an edge's middle, scaled to it, and the edge's direction."""
    first = kernel[1]
    second = min(kernel[2:], key=lambda p: float(np.linalg.norm(p - first)))
    return 0.5 * (first + second), _unit(second - first)


def test_linear_alkynyl_staple(made: SimpleNamespace, kernel: FloatArray) -> None:
    middle, along = _edge(kernel)
    gold = middle + 3.3 * _unit(middle)
    atoms = Atoms("Au14", positions=[*kernel, gold])
    for sign in (1, -1):
        carbon = gold + 2.0 * sign * along
        out = _unit(0.75 * sign * along + 0.66 * _unit(middle))
        atoms += Atoms("C2", positions=[carbon, carbon + 1.23 * out])
        atoms += made.methyl(carbon + 1.23 * out, out, 1.46)
    found = dissect(atoms)
    assert str(found.geometric) == "Au13 | 1 Au1(CCR)2"
    assert {ligand.name: n for ligand, n in found.ligands.counts.items()} == {"MeC#C": 2}


def test_halide_staple(kernel: FloatArray) -> None:
    middle, along = _edge(kernel)
    gold = middle + 3.3 * _unit(middle)
    ends = [gold + 2.3 * along, gold - 2.3 * along]
    found = dissect(Atoms("Au14Cl2", positions=[*kernel, gold, *ends]))
    assert str(found.geometric) == "Au13 | 1 Au1Cl2"


def test_cadmium_paw_on_a_face(kernel: FloatArray) -> None:
    # Cd 2.95 above three kernel Au, each S 2.60 from Cd and 2.40 from one of them
    shell = kernel[1:]
    near = np.argsort(np.linalg.norm(shell - shell[0], axis=1))[1:6]
    third = min(near[1:], key=lambda k: float(np.linalg.norm(shell[k] - shell[near[0]])))
    face = shell[[0, near[0], third]]
    centre = face.mean(axis=0)
    normal = _unit(centre)
    cadmium = centre + np.sqrt(2.95**2 - np.sum((face[0] - centre) ** 2)) * normal
    sulfurs = []
    for corner in face:
        out = _unit(corner - centre)

        def misfit(
            v: FloatArray, out: FloatArray = out, corner: FloatArray = corner
        ) -> list[float]:
            step = v[0] * out + v[1] * normal
            reach = float(np.linalg.norm(cadmium + step - corner))
            return [float(np.linalg.norm(step)) - 2.6, reach - 2.4]

        x, y = fsolve(misfit, [2.5, 0.5])
        sulfurs.append(cadmium + x * out + y * normal)
    found = dissect(Atoms("Au13CdS3", positions=[*kernel, cadmium, *sulfurs]))
    assert str(found.geometric) == "Au13 | 1 Cd1(SR)3"


def test_hexameric_copper_hydride() -> None:
    # [HCu(PR3)]6: octahedron with face-capping hydrides, no free electrons
    metals = 1.85 * np.array([*np.eye(3), *-np.eye(3)])
    faces = [(1, 1, 1), (1, -1, 1), (-1, 1, 1), (-1, -1, 1), (1, 1, -1), (1, -1, -1)]
    hydrides = [1.65 * _unit(np.array(face)) for face in faces]
    found = dissect(
        Atoms("Cu6H6", positions=[*metals, *hydrides]) + _phosphines(metals, 2.25), charge=0
    )
    assert str(found.geometric) == "Cu6 | no motifs"
    assert found.census.donors == {("H", "mu3"): 6, ("PR3", "mu1"): 6}
    assert found.electrons is not None
    assert found.electrons.total == 0


def test_carbide_in_an_octahedron() -> None:
    # [Au6C(PR3)6]2+: Scherbaum 1988, 10.1002/anie.198815441
    metals = 2.13 * np.array([*np.eye(3), *-np.eye(3)])
    found = dissect(
        Atoms("Au6C", positions=[*metals, np.zeros(3)]) + _phosphines(metals, 2.27), charge=2
    )
    assert found.motifs == "1 interstitial-C"
    assert found.census.donors[("C", "mu6")] == 1
    assert found.electrons is not None
    assert found.electrons.total == 0


def test_sulfide_joins_linear_golds(made: SimpleNamespace) -> None:
    sulfide = np.array([0.0, 0.0, 0.9])
    atoms = Atoms("S", positions=[sulfide])
    for angle in _ANGLES:
        gold = 2.15 * np.array([np.cos(angle), np.sin(angle), 0.0])
        out = _unit(gold - sulfide)
        sulfur = gold + 2.3 * out
        atoms += Atoms("AuS", positions=[gold, sulfur])
        atoms += made.methyl(sulfur, np.array([0.0, 0.0, 0.9]) + 0.436 * out, 1.83)
    found = dissect(atoms)
    assert str(found.geometric) == "no kernel | 1 Au3(SR)3S1"
    assert found.census.donors == {("S", "mu3"): 1, ("SR", "mu1"): 3}


def test_arene_that_leans_on_silver_is_no_anchor() -> None:
    # thiophenolate on one silver, a second one 2.6 Å above its para carbon
    ring = [1.39 * np.array([np.cos(t), np.sin(t), 0.0]) for t in np.pi * np.arange(6) / 3]
    hydrogens = [2.48 * _unit(corner) for corner in ring[1:]]
    sulfur = [3.16, 0.0, 0.0]
    metals = [[3.76, 2.35, 0.0], [1.5, 1.9, 2.7], [-1.39, 0.0, 2.6]]
    atoms = Atoms("C6H5SAg3", positions=[*ring, *hydrogens, sulfur, *metals])
    found = dissect(atoms)
    assert found.census.donors == {("SR", "mu1"): 1, ("arene", "eta1"): 1}
    (phenyl,) = found.ligands.ligands
    assert (phenyl.ligand.name, phenyl.denticity) == ("SPh", 1)


@pytest.mark.parametrize("seed", range(5))
def test_partition_withstands_thermal_noise(made: SimpleNamespace, seed: int) -> None:
    atoms = made.m25(methyls=False)
    atoms.positions += np.random.default_rng(seed).normal(0.0, 0.05, atoms.positions.shape)
    assert str(dissect(atoms).geometric) == "Au13 | 6 Au2(SR)3"


@pytest.mark.parametrize("seed", range(5))
def test_silver_44_withstands_thermal_noise(made: SimpleNamespace, seed: int) -> None:
    atoms = made.m44()
    atoms.positions += np.random.default_rng(seed).normal(0.0, 0.04, atoms.positions.shape)
    assert str(dissect(atoms).geometric) == "Ag32 | 6 Ag2(SR)5"
