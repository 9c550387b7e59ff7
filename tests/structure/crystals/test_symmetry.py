"""Molecules cut by symmetry elements and cell faces come back atom for atom."""

from __future__ import annotations

import numpy as np
import pytest
from ase import Atoms

from superatom.structure.read import read_structure


@pytest.mark.parametrize(
    ("group", "centre"),
    [
        ("P -1", (0.0, 0.0, 0.0)),
        ("P -1", (0.5, 0.0, 0.5)),
        ("P 1 21/c 1", (0.5, 0.5, 0.5)),
        ("P 1 21/n 1", (0.0, 0.5, 0.0)),
        ("I 1 2/a 1", (0.25, 0.25, 0.25)),
        ("C 1 2/c 1", (0.25, 0.25, 0.0)),
        ("R -3:H", (0.0, 0.0, 0.0)),
        ("R -3:R", (0.0, 0.0, 0.0)),
    ],
)
def test_half_a_cluster_on_an_inversion_centre(crystals, tmp_path, group, centre) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker(group)
    if group == "R -3:R":
        truth.rotate((0, 0, 1), maker_axis(maker))
    maker.add(truth, at=centre, unique=True)
    assert len(maker.rows) <= len(truth) // 2
    maker.wrap()
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)


def maker_axis(maker) -> np.ndarray:
    """Return the threefold axis of a rhombohedral cell."""
    return np.array(maker.cell.orth.mat.tolist()).sum(axis=1)


@pytest.mark.parametrize("group", ["R -3:H", "R -3:R"])
def test_a_sixth_on_a_threefold_axis(crystals, tmp_path, group) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker(group)
    if group == "R -3:R":
        truth.rotate((0, 0, 1), maker_axis(maker))
    maker.add(truth, unique=True)
    labels = sum(row["type_symbol"] == "Au" for row in maker.rows)
    assert labels == 1  # of six
    maker.wrap()
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert crystal.space_group == group


@pytest.mark.parametrize("group", ["P 1 21/c 1", "I 1 2/a 1", "P -1"])
def test_across_the_faces_of_the_cell(crystals, tmp_path, group) -> None:
    truth = crystals.hexamer("Ag", 2.95, 2.55)
    maker = crystals.Maker(group, (34.0, 32.0, 36.0, 90.0, 100.0, 90.0))
    maker.add(truth, at=(0.02, 0.24, 0.98))
    maker.wrap()
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert len(crystal.packing) == len(truth) * len(maker.operators)


def test_operators_missing_but_the_name_is_there(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("P 1 21/n 1")
    maker.add(truth, unique=True)
    maker.operators = []
    maker.pairs["_symmetry_space_group_name_H-M"] = "P 21/n"
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)


def test_only_a_hall_symbol(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("I 1 2/a 1")
    maker.add(truth, at=(0.25, 0.25, 0.25), unique=True)
    maker.operators = []
    maker.pairs["_space_group_name_Hall"] = "-I 2ya"
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)


def test_rhombohedral_axes_are_told_by_the_cell(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("R -3:R")
    truth.rotate((0, 0, 1), maker_axis(maker))
    maker.add(truth, unique=True)
    maker.operators = []
    maker.pairs["_space_group_name_H-M_alt"] = "R -3"
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)


def test_operators_of_the_other_axes_are_put_aside(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("R -3:R")
    truth.rotate((0, 0, 1), maker_axis(maker))
    maker.add(truth, unique=True)
    maker.operators = [o.triplet() for o in crystals.Maker("R -3:H").group.operations()]
    maker.pairs["_space_group_name_H-M_alt"] = "R -3"
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert any("put aside" in note for note in crystal.notes)


def test_a_truncated_list_of_operators_is_completed(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("R -3:H")
    maker.add(truth, unique=True)
    full = maker.operators
    maker.operators = [full[0], full[1], "-x,-y,-z", "x+2/3,y+1/3,z+1/3"]
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert any("completed to 18" in note for note in crystal.notes)


def test_only_the_identity_though_the_name_says_more(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("P 1 21/n 1")
    maker.add(truth, unique=True)
    maker.operators = ["x,y,z"]
    maker.pairs["_space_group_name_H-M_alt"] = "P 1 21/n 1"
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert any("contradicts itself" in note for note in crystal.notes)


def test_a_cell_already_expanded_keeps_its_atoms(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    source = crystals.Maker("P 1 21/n 1")
    source.add(truth, unique=True)
    packing = read_structure(source.write(tmp_path)).packing
    maker = crystals.Maker("P 1", tuple(source.cell.parameters))
    maker.add(Atoms(packing.numbers, positions=packing.positions))
    maker.pairs["_space_group_name_H-M_alt"] = "P 1 21/n 1"
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert len(crystal.packing) == len(packing)


def test_wrong_operators_lose_against_the_formula(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("C 1 2/c 1")
    maker.add(truth, at=(0.25, 0.25, 0.0), unique=True)
    maker.operators = ["x,y,z", "-x,y,-z+1/2"]
    maker.pairs["_space_group_name_H-M_alt"] = "C 1 2/c 1"
    maker.pairs["_chemical_formula_sum"] = "C36 H30 Au6 Cl2 S6"
    maker.pairs["_cell_formula_units_Z"] = "4"
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)


def test_two_clusters_in_the_asymmetric_unit(crystals, tmp_path) -> None:
    gold, silver = crystals.hexamer(), crystals.hexamer("Ag", 2.95, 2.55)
    maker = crystals.Maker("P 1 21/c 1", (36.0, 30.0, 40.0, 90.0, 96.0, 90.0))
    maker.add(gold, at=(0.2, 0.3, 0.25))
    maker.add(silver, at=(0.7, 0.3, 0.25))
    path = maker.write(tmp_path)
    first, second = read_structure(path), read_structure(path, cluster=1)
    assert crystals.same_molecule(first.atoms, gold)
    assert crystals.same_molecule(second.atoms, silver)
    assert len(first.clusters) == 2
    assert any("independent clusters" in note for note in first.notes)


def test_independent_halves_are_two_clusters(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("P -1", (34.0, 22.0, 24.0, 85.0, 95.0, 92.0))
    maker.add(truth, at=(0.0, 0.0, 0.0), unique=True)
    maker.add(truth, at=(0.5, 0.5, 0.5), unique=True)
    crystal = read_structure(maker.write(tmp_path))
    assert len(crystal.clusters) == 2
    assert crystals.same_molecule(crystal.atoms, truth)


def test_metallophilic_contacts_do_not_join_molecules(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    bare = truth[[k for k, s in enumerate(truth.get_chemical_symbols()) if s in ("Au", "Cl", "S")]]
    top = bare.positions[bare.numbers == 79][:, 2].max()
    maker = crystals.Maker("P 1", (30.0, 30.0, 40.0, 90.0, 90.0, 90.0))
    corner = bare.positions[bare.numbers == 79]
    direction = crystals.unit(corner[0])
    gap = 2 * np.linalg.norm(corner[0]) + 3.2
    maker.add(bare, at=(0.4, 0.4, 0.4))
    shift = maker.fractional(direction * gap)
    maker.add(bare, at=np.array((0.4, 0.4, 0.4)) + shift)
    crystal = read_structure(maker.write(tmp_path))
    assert top > 0
    assert len(crystal.atoms) == len(bare)
    assert any("metallophilic" in note and "3.20" in note for note in crystal.notes)


def test_interlocked_rings_are_one_cluster(crystals, tmp_path) -> None:
    """Two Au5S5 rings, each with a gold atom in the middle of the other: a catenane."""
    angle = 2 * np.pi * np.arange(5) / 5
    sulfur = 3.913 * np.stack([np.cos(angle), np.sin(angle), 0 * angle], axis=1)
    gold = (sulfur + np.roll(sulfur, -1, axis=0)) / 2  # Au-S 2.30 Å
    inner = np.linalg.norm(gold[0])  # 3.17 Å: the distance between gold atoms of the rings
    one = np.concatenate([gold, sulfur])
    turn = np.pi - np.arctan2(gold[0, 1], gold[0, 0])
    flat = np.array([[np.cos(turn), -np.sin(turn), 0], [np.sin(turn), np.cos(turn), 0], [0, 0, 1]])
    upright = np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    other = one @ flat.T @ upright.T + [inner, 0, 0]
    truth = Atoms("Au5S5Au5S5", positions=np.concatenate([one, other]))
    maker = crystals.Maker("P -1", (30.0, 30.0, 30.0, 90.0, 95.0, 90.0))
    maker.add(truth, (0.25, 0.25, 0.25))
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)


def test_silver_with_its_long_contacts_stays_whole(crystals, tmp_path) -> None:
    """A bare silver atom held by contacts of 3.3 Å only belongs to the cluster it sits on."""
    truth = crystals.hexamer("Ag", 2.95, 2.55)
    corner = truth.positions[0]
    truth += Atoms("Ag", positions=[corner + 3.3 * corner / np.linalg.norm(corner)])
    maker = crystals.Maker("P 1 21/c 1", (36.0, 34.0, 38.0, 90.0, 100.0, 90.0))
    maker.add(truth, (0.25, 0.25, 0.25))
    assert len(read_structure(maker.write(tmp_path)).atoms) == len(truth)


@pytest.mark.parametrize("cell", [None, (30.0, 30.0, 60.0, 90.0, 100.0, 90.0)])
def test_a_misprint_in_an_operator_is_outvoted_by_the_name(crystals, tmp_path, cell) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("P 1 21/c 1", cell)
    maker.add(truth, unique=True)
    maker.operators[-1] = maker.operators[-1].replace("z+1/2", "z")  # makes c/2 a translation
    maker.pairs["_space_group_name_H-M_alt"] = "P 1 21/c 1"
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert len(crystal.packing) == 2 * len(truth)


def test_a_setting_that_the_name_gets_wrong(crystals, tmp_path) -> None:
    """Operators of P21/n under the name P21/c, as in many files: no half of the cell overlaps."""
    truth = crystals.hexamer()
    maker = crystals.Maker("P 1 21/n 1", (17.0, 16.0, 18.0, 90.0, 98.0, 90.0))
    maker.add(truth, unique=True)
    maker.pairs["_space_group_name_H-M_alt"] = "P 1 21/c 1"
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert crystal.space_group == "P 1 21/n 1"


def test_half_a_cell_is_told_when_nothing_can_repair_it(crystals, tmp_path) -> None:
    """Inversion left out of the operators, no symbol to compare with: Z gives it away."""
    maker = crystals.Maker("P 1 21/c 1")
    maker.add(crystals.hexamer(), unique=True)
    maker.operators = ["x,y,z", "-x,y+1/2,-z+1/2"]
    maker.pairs["_chemical_formula_sum"] = "C36 H30 Au6 Cl2 S6"
    maker.pairs["_cell_formula_units_Z"] = "2"
    missing = read_structure(maker.write(tmp_path)).missing
    told = [m for m in missing if m.kind == "formula"]
    assert told[0].count == 1
    assert "Z = 2" in told[0].detail
