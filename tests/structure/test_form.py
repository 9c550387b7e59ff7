"""Symmetry and shape of whole clusters, in the numbering of the structure."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.cluster import Icosahedron

from superatom.errors import StructureError
from superatom.structure.form import ClusterForm, describe_form
from superatom.structure.isomers import iterate_isomers
from superatom.structure.parts import bond_permutations, part_atoms


def capped(seed: int = 0) -> Atoms:
    """PdAu12 with a sulfur on every corner, atoms in random order."""
    cluster = Icosahedron("Au", 2, latticeconstant=4.2)
    radius = np.linalg.norm(cluster.positions, axis=1)
    cluster.symbols[int(np.argmin(radius))] = "Pd"
    outer = cluster.positions[radius > 1.0]
    sulfur = outer * (1 + 2.35 / np.linalg.norm(outer, axis=1))[:, None]
    whole = cluster + Atoms("S12", positions=sulfur)
    return whole[np.random.default_rng(seed).permutation(len(whole))]


def test_indices_are_those_of_the_structure() -> None:
    atoms = capped()
    metal = [atom.index for atom in atoms if atom.symbol != "S"]
    form = describe_form(atoms, metal)
    palladium = next(atom.index for atom in atoms if atom.symbol == "Pd")
    assert form.metal_atoms == tuple(metal)
    assert form.skeleton_atoms == tuple(range(25))
    assert form.shells[0].shells[0].atoms == (palladium,)
    assert str(form.shells[0]) == "Pd1@Au12"
    assert form.kernel is not None
    assert form.kernel.name == "centred icosahedron"
    assert form.kernel.units[0].centre == palladium
    assert set(form.kernel.units[0].atoms) == set(metal)
    assert (palladium,) in form.site_orbits()
    assert sorted(len(orbit) for orbit in form.site_orbits()) == [1, 12]


def test_groups_of_sites_metals_and_skeleton() -> None:
    atoms = capped()
    metal = [atom.index for atom in atoms if atom.symbol != "S"]
    corner = next(index for index in metal if atoms[index].symbol == "Au")
    atoms.symbols[corner] = "Ag"
    form = describe_form(atoms)
    assert (form.sites.name, form.metals.name, form.skeleton.name) == ("Ih", "C5v", "C5v")
    assert form.kernel is None
    assert not form.chirality.is_chiral
    assert sum(len(block) for block in iterate_isomers(form.site_group(), {"Ag": 1})) == 2
    assert ("metal sites, elements ignored", str(form.sites)) in form.lines()


def test_bonds_show_symmetry_that_positions_have_lost() -> None:
    atoms = capped()
    squeezed = atoms.copy()
    squeezed.positions *= [0.97, 1.0, 1.02]
    assert bond_permutations(squeezed).order == 120
    assert describe_form(squeezed, tolerance=0.02).sites.order == 8
    metal = part_atoms(squeezed, "metals")
    corner = next(i for i in metal if squeezed[i].symbol == "Au")
    squeezed.symbols[corner] = "Ag"
    assert bond_permutations(squeezed, alike=False).order == 10
    assert bond_permutations(squeezed).order == 120


@pytest.mark.parametrize(("file", "order", "orbits"), [
    ("fully_protected/au25_pet18_-1_opt.xyz", 24, [1, 12, 12]),
    ("other/Ag25_final.xyz", 24, [1, 12, 12]),
    ("other/CdAu24.xyz", 24, [1, 12, 12]),
    ("fully_protected/au38_pet24q_opt.xyz", 6, [2, 3, 3, 6, 6, 6, 6, 6]),
    ("fully_protected/au102_mba44_opt.xyz", 2, [2] * 50 + [1] * 2),
])  # fmt: skip
def test_bond_symmetry_of_real_clusters(
    shared: Path, file: str, order: int, orbits: list[int]
) -> None:
    from ase.io import read

    group = bond_permutations(read(shared / "data/structures/NC_Database" / file))
    assert group.order == order
    assert group.is_closed()
    assert sorted(len(orbit) for orbit in group.orbits()) == sorted(orbits)


def test_json_round_trip() -> None:
    form = describe_form(capped(), [a.index for a in capped() if a.symbol != "S"])
    assert ClusterForm.from_json(form.to_json()) == form
    bare = describe_form(Icosahedron("Au", 2))
    assert ClusterForm.from_json(bare.to_json()) == bare


def test_no_metal_no_form() -> None:
    with pytest.raises(StructureError, match="no metal"):
        describe_form(Atoms("OH2", positions=[[0, 0, 0], [0.96, 0, 0], [-0.24, 0.93, 0]]))


def test_au25_as_in_a_structure_section(shared: Path) -> None:
    from ase.io import read

    from superatom.structure.partition import partition

    folder = shared / "data/structures/NC_Database/fully_protected"
    atoms = read(folder / "au25_pet18_-1_opt.xyz")
    form = describe_form(atoms, partition(atoms).geometric.kernel)
    assert dict(form.lines()) == {
        "kernel": "centred icosahedron (0.11)",
        "shells (layers)": "Au1@Au12@Au12",
        "shells (radii)": "Au1@Au12@Au12",
        "metals": "Th, 0.22 Å; exact Ci",
        "metals and anchors": "Th, 0.53 Å; exact Ci",
        "chirality": "achiral (Th)",
        "equivalent metal sites": "1 + 12 + 12 (order 24)",
    }
