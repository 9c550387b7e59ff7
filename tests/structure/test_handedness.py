"""Chirality: achiral groups give no hand, mirror images opposite hands, screws known ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from superatom.errors import SearchError, StructureError
from superatom.structure.handedness import Chirality, chirality, mean_twist
from superatom.structure.parts import part_atoms, part_chirality, part_point_group
from superatom.structure.polyhedra import polyhedron, polyhedron_names

Points = NDArray[np.float64]


def screw(turns: float = 1.4, sense: int = 1) -> Points:
    """Helix x = cos, y = sin, z = t: right-handed (a common screw) for sense +1."""
    t = np.linspace(0.0, turns * 2 * np.pi, 14)
    return np.column_stack([2.5 * np.cos(t), 2.5 * sense * np.sin(t), 1.1 * t])


def propeller(sense: int = 1) -> Points:
    """Three blades on a triangle, all tilted one way: D3."""
    blades = []
    for k in range(3):
        angle = 2 * np.pi * k / 3
        out, along = np.array([np.cos(angle), np.sin(angle), 0]), np.array([0, 0, 1.0])
        across = np.cross(along, out)
        tilted = 1.4 * (along * 0.8 + sense * across * 0.6)
        blades += [3.2 * out - tilted, 3.2 * out + tilted]
    return np.array(blades)


def test_a_common_screw_is_right_handed() -> None:
    right, left = chirality(screw(), tolerance=0.1), chirality(screw(sense=-1), tolerance=0.1)
    assert (right.label, left.label) == ("P", "M")
    assert (right.sign, left.sign) == (1, -1)
    assert right.twist == pytest.approx(-left.twist)
    assert right.is_clear
    assert right.mirror_rmsd == pytest.approx(left.mirror_rmsd)
    assert right.mirror_rmsd > 0.3


def test_propeller_and_its_mirror_image() -> None:
    one, other = (chirality(propeller(sense), tolerance=0.2) for sense in (1, -1))
    assert (one.group, other.group) == ("D3", "D3")
    assert one.sign == -other.sign != 0
    assert one.twist == pytest.approx(-other.twist)


@pytest.mark.parametrize("name", polyhedron_names())
def test_ideal_polyhedra_have_no_hand(name: str) -> None:
    found = chirality(polyhedron(name).points * 2.8, tolerance=0.05)
    assert not found.is_chiral
    assert (found.sign, found.label) == (0, None)
    assert abs(found.twist) < 1e-9
    assert found.mirror_rmsd < 1e-3


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_twist_flips_in_a_mirror_and_survives_motion(seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, 7, size=(14, 3))
    names = [str(s) for s in rng.choice(["Au", "S"], size=14)]
    turned = points @ Rotation.random(random_state=rng).as_matrix().T + rng.normal(size=3)
    order = rng.permutation(14)
    here = mean_twist(points, names)
    assert mean_twist(turned[order], [names[i] for i in order]) == pytest.approx(here, abs=1e-9)
    assert mean_twist(points * [1, -1, 1], names) == pytest.approx(-here, abs=1e-9)


def test_the_tolerance_decides_what_is_chiral() -> None:
    squashed = screw() * [1, 1, 1.0]
    assert chirality(squashed, tolerance=0.1).is_chiral
    bent = polyhedron("octahedron").points * 2.8 + 0.04 * screw()[:6]
    assert chirality(bent, tolerance=0.01).is_chiral
    loose = chirality(bent, tolerance=0.6)
    assert not loose.is_chiral
    assert loose.sign == 0


def test_json_round_trip_and_text() -> None:
    found = chirality(screw(), tolerance=0.1)
    assert Chirality.from_json(found.to_json()) == found
    assert str(found).startswith("chiral (C2), P; ")
    flat = chirality(polyhedron("cube").points)
    assert str(flat) == "achiral (Oh)"


REAL = "data/structures/NC_Database/"


@pytest.mark.parametrize(("file", "group"), [
    ("fully_protected/au38_pet24q_opt.xyz", "D3"),   # both hands separated by Dolamic 2012
    ("fully_protected/au20_tbbt16_opt.xyz", "C2"),
    ("fully_protected/au28_tbbt20_opt.xyz", "D2"),   # Zeng 2013: D2, chiral
])  # fmt: skip
def test_chiral_clusters_and_their_mirror_images(shared: Path, file: str, group: str) -> None:
    from ase.io import read

    atoms = read(shared / REAL / file)
    here = part_chirality(atoms, "skeleton")
    atoms.positions = -atoms.positions
    there = part_chirality(atoms, "skeleton")
    assert here.is_chiral
    assert here.is_clear
    assert (here.group, there.group) == (group, group)
    assert here.sign == -there.sign != 0


def test_au25_is_achiral_and_its_parts_are_found(shared: Path) -> None:
    from ase.io import read

    atoms = read(shared / REAL / "fully_protected/au25_pet18_-1_opt.xyz")
    assert not part_chirality(atoms, "skeleton").is_chiral
    assert [len(part_atoms(atoms, part)) for part in ("metals", "skeleton", "all")] == [25, 43, 349]
    assert part_point_group(atoms, "metals").name == "Th"
    assert part_point_group(atoms, "all", tolerance=0.1).name == "Ci"


def thiolate_ring() -> object:
    from ase import Atoms

    angles = np.arange(8) * np.pi / 4
    radius = np.where(np.arange(8) % 2, 3.4, 2.9)
    ring = np.column_stack([radius * np.cos(angles), radius * np.sin(angles), 0 * angles])
    return Atoms("AuSAuSAuSAuS", positions=ring)


def test_parts_of_a_ring() -> None:
    ring = thiolate_ring()
    assert part_atoms(ring, "metals").tolist() == [0, 2, 4, 6]
    assert part_atoms(ring, "skeleton").tolist() == list(range(8))
    assert part_point_group(ring, "skeleton").name == "D4h"
    with pytest.raises(SearchError, match="no part 'core'"):
        part_atoms(ring, "core")
    with pytest.raises(StructureError, match="no metal"):
        part_atoms(ring[[1, 3]], "metals")
