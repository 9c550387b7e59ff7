"""Comparing structures: recovered permutations, isomers told apart, mirror images."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.cluster import Decahedron, Icosahedron, Octahedron
from ase.io import read
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.transform import Rotation

from superatom.errors import SearchError, StructureError
from superatom.structure.compare import Comparison, compare


def methylthiolate(sulfur: np.ndarray, outward: np.ndarray, twist: float) -> Atoms:
    """SCH3 with its C-S bond along `outward`."""
    u = outward / np.linalg.norm(outward)
    side = np.cross(u, [0.31, 0.87, -0.38])
    side /= np.linalg.norm(side)
    other = np.cross(u, side)
    carbon = sulfur + 1.82 * u
    hydrogens = [
        carbon + 0.36 * u + 1.03 * (np.cos(a) * side + np.sin(a) * other)
        for a in twist + 2 * np.pi * np.arange(3) / 3
    ]
    return Atoms("SCH3", positions=[sulfur, carbon, *hydrogens])


def protected(which: tuple[int, ...] = (0, 2, 5, 7)) -> Atoms:
    """An icosahedron with thiolates on some corners: chiral, every atom distinct."""
    metal = Icosahedron("Au", 2, latticeconstant=4.2)
    corners = [i for i in range(13) if np.linalg.norm(metal.positions[i]) > 1]
    cluster = metal.copy()
    for number, corner in enumerate(which):
        outward = metal.positions[corners[corner]]
        sulfur = outward * (1 + 2.35 / np.linalg.norm(outward))
        tilt = np.cross(outward, [1.0, 0.2, 0.4]) * 0.25
        cluster += methylthiolate(sulfur, outward + tilt, 0.4 * number)
    return cluster


def disguised(atoms: Atoms, seed: int, noise: float = 0.0) -> tuple[Atoms, np.ndarray]:
    """The same molecule in another order, place and orientation; and the order used."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(atoms))
    other = atoms[order]
    rotation = Rotation.random(random_state=rng).as_matrix()
    jitter = rng.normal(scale=noise, size=other.positions.shape) if noise else 0.0
    other.positions = other.positions @ rotation.T + rng.normal(size=3) * 8 + jitter
    return other, order


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10**6))
def test_permutation_and_motion_are_recovered(seed: int) -> None:
    atoms = protected()
    other, order = disguised(atoms, seed)
    found = compare(atoms, other)
    assert np.array_equal(order[list(found.mapping)], np.arange(len(atoms)))
    assert found.rmsd_all == pytest.approx(0.0, abs=1e-6)
    assert found.same_isomer
    assert not found.mirrored
    moved = atoms.positions @ np.array(found.rotation).T + found.translation
    np.testing.assert_allclose(moved, other.positions[list(found.mapping)], atol=1e-6)


def test_noise_is_measured_not_hidden() -> None:
    atoms = protected()
    other, order = disguised(atoms, 3, noise=0.1)
    found = compare(atoms, other)
    assert np.array_equal(order[list(found.mapping)], np.arange(len(atoms)))
    # 0.1 Å per coordinate: 0.17 Å per atom, less six degrees of freedom
    assert found.rmsd_all == pytest.approx(0.1 * (3 - 6 / len(atoms)) ** 0.5, rel=0.2)


def test_mirror_image_is_recognised_and_can_be_refused() -> None:
    atoms = protected()
    other, _ = disguised(atoms, 4)
    other.positions *= [1, 1, -1]
    found = compare(atoms, other)
    assert found.mirrored
    assert found.rmsd_all == pytest.approx(0.0, abs=1e-6)
    assert np.linalg.det(np.array(found.rotation)) == pytest.approx(-1.0)
    assert str(found).startswith("same isomer (mirror images)")
    refused = compare(atoms, other, reflection=False)
    assert not refused.mirrored
    assert refused.rmsd_all is not None
    assert refused.rmsd_all > 0.2


def test_ligands_decide_between_the_ways_to_lay_a_symmetric_kernel() -> None:
    """One ligand of a symmetric set is turned: twelve fits of the skeleton, one of all atoms."""
    atoms = protected((0, 11))
    for seed in range(4):
        other, order = disguised(atoms, seed)
        found = compare(atoms, other)
        assert found.rmsd_all == pytest.approx(0.0, abs=1e-6)
        ligand = [atom.index for atom in atoms if atom.symbol != "Au"]
        assert np.array_equal(order[np.array(found.mapping)[ligand]], ligand)


def test_isomers_of_ligand_position_are_told_apart() -> None:
    found = compare(protected((0, 2, 5, 7)), protected((0, 1, 2, 3)))
    assert found.rmsd_skeleton is not None
    assert found.rmsd_skeleton > 1.0
    assert not found.same_isomer
    assert str(found).startswith("different isomers")


def test_kernels_of_13_are_three_isomers() -> None:
    ico = Icosahedron("Au", 2)
    cubo = Octahedron("Au", 3, 1)
    deca = Decahedron("Au", 2, 2, 0)
    assert compare(ico, ico[::-1]).rmsd_metals == pytest.approx(0.0, abs=1e-6)
    for one, two in ((ico, cubo), (cubo, deca), (ico, deca)):
        found = compare(one, two)
        assert 0.2 < found.rmsd_metals < 2.0


def test_dopant_in_another_place_is_another_isomer() -> None:
    centre, corner = Icosahedron("Au", 2), Icosahedron("Au", 2)
    middle = int(np.argmin(np.linalg.norm(centre.positions, axis=1)))
    centre.symbols[middle] = "Pd"
    corner.symbols[(middle + 1) % 13] = "Pd"
    assert not compare(centre, corner).same_isomer
    as_sites = compare(centre, corner, metals="sites")
    assert as_sites.rmsd_metals == pytest.approx(0.0, abs=1e-6)
    again = compare(corner, disguised(corner, 1)[0])
    assert again.same_isomer


def test_other_ligands_leave_the_skeleton_comparable() -> None:
    bare = protected()
    methyl_free = bare[[atom.index for atom in bare if atom.symbol not in ("H",)]]
    found = compare(bare, methyl_free)
    assert found.rmsd_all is None
    assert found.rmsd_skeleton == pytest.approx(0.0, abs=1e-6)
    assert {m for m in found.mapping if m >= 0} == {
        a.index for a in methyl_free if a.symbol in ("Au", "S")
    }


def test_json_round_trip() -> None:
    found = compare(protected(), disguised(protected(), 9, noise=0.05)[0])
    assert Comparison.from_json(found.to_json()) == found


def test_what_cannot_be_compared() -> None:
    with pytest.raises(StructureError, match="the metals differ: Au13 against Au55"):
        compare(Icosahedron("Au", 2), Icosahedron("Au", 3))
    with pytest.raises(StructureError, match="metals='sites'"):
        compare(Icosahedron("Au", 2), Icosahedron("Ag", 2))
    with pytest.raises(SearchError, match="'elements' or as 'sites'"):
        compare(Icosahedron("Au", 2), Icosahedron("Au", 2), metals="all")


REAL = "data/structures/NC_Database/"


@pytest.mark.parametrize(("first", "second", "metals", "same"), [
    ("fully_protected/au25_pet18_-1_opt.xyz", "fully_protected/au25_pet18_opt.xyz",
     "elements", True),
    ("fully_protected/au25_pet18_-1_opt.xyz", "sch3_protected/025_18_minus1_cp2k_opt.xyz",
     "elements", True),
    ("fully_protected/au25_pet18_-1_opt.xyz", "other/Au24Pd.xyz", "sites", True),
    ("fully_protected/au102_mba44_opt.xyz", "sch3_protected/102_44_cp2k_opt.xyz",
     "elements", True),
    ("fully_protected/au38_pet24q_opt.xyz", "sch3_protected/038_24t_cp2k_opt.xyz",
     "elements", False),
    ("other/PdAu24.xyz", "other/pd_shell.xyz", "elements", False),
    ("other/PdAu24.xyz", "other/pd_outercore.xyz", "elements", False),
    ("other/CdAu24.xyz", "other/cd_shell.xyz", "elements", False),
])  # fmt: skip
def test_real_isomers(shared: Path, first: str, second: str, metals: str, same: bool) -> None:
    found = compare(read(shared / REAL / first), read(shared / REAL / second), metals=metals)
    assert found.same_isomer is same
    if same:
        assert found.kept_bonds == 1.0
        assert found.rmsd_skeleton is not None
        assert found.rmsd_skeleton < 0.5
