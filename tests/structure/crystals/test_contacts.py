"""Contacts between molecules, in crystals made to have them."""

from __future__ import annotations

import numpy as np
import pytest
from ase import Atoms
from ase.build import molecule

from superatom.errors import StructureError
from superatom.structure.contacts import packing_contacts
from superatom.structure.read import read_structure

BOX = (20.0, 21.0, 22.0, 90.0, 95.0, 90.0)


def benzene() -> Atoms:
    """Return benzene in the xy plane."""
    atoms = molecule("C6H6")
    atoms.positions -= atoms.positions.mean(axis=0)
    return atoms


def kinds(crystals, tmp_path, *parts):
    maker = crystals.Maker("P 1", BOX)
    for atoms, place in parts:
        maker.add(atoms, maker.fractional(np.array(place, dtype=float)))
    maker.wrap()
    return packing_contacts(read_structure(maker.write(tmp_path)))


def test_stacked_rings(crystals, tmp_path) -> None:
    found = kinds(crystals, tmp_path, (benzene(), (0, 0, 0)), (benzene(), (1.2, 0, 3.4)))
    stacks = [c for c in found if c.kind == "pi-pi"]
    assert [(c.distance, c.angle) for c in stacks] == [
        (pytest.approx(np.hypot(1.2, 3.4), abs=1e-3), pytest.approx(0, abs=0.1))
    ]


def test_a_ch_that_points_at_a_ring(crystals, tmp_path) -> None:
    upright = benzene()
    upright.rotate(90, "x")
    hydrogen = upright.positions[upright.numbers == 1]
    upright.rotate(np.degrees(np.arctan2(hydrogen[0, 0], -hydrogen[0, 2])), "-y")
    lowest = upright.positions[:, 2].min()
    found = kinds(crystals, tmp_path, (benzene(), (0, 0, 0)), (upright, (0, 0, 2.7 - lowest)))
    contact = next(c for c in found if c.kind == "CH-pi")
    assert contact.distance == pytest.approx(2.7, abs=0.05)
    assert contact.angle > 150
    assert not [c for c in found if c.kind == "pi-pi"]


def test_a_hydrogen_bond_between_waters_across_a_face(crystals, tmp_path) -> None:
    donor = Atoms("OH2", positions=[(0, 0, 0), (0.97, 0, 0), (-0.25, 0.94, 0)])
    acceptor = Atoms("OH2", positions=[(0, 0, 0), (0.6, 0.76, 0), (0.6, -0.76, 0)])
    found = kinds(crystals, tmp_path, (donor, (18.9, 3, 3)), (acceptor, (18.9 + 2.85, 3, 3)))
    assert [(c.kind, c.distance) for c in found] == [("H-bond", pytest.approx(1.88, abs=1e-3))]
    assert found[0].angle == pytest.approx(180, abs=0.1)


def test_gold_touching_gold(crystals, tmp_path) -> None:
    anion = Atoms("AuCl2", positions=[(0, 0, 0), (0, 0, 2.28), (0, 0, -2.28)])
    turned = anion.copy()
    turned.rotate(90, "x")
    found = kinds(crystals, tmp_path, (anion, (5, 5, 5)), (turned, (8.15, 5, 5)))
    assert [(c.kind, c.distance) for c in found] == [
        ("metallophilic", pytest.approx(3.15, abs=1e-3))
    ]


def test_an_image_of_the_molecule_itself_counts(crystals, tmp_path) -> None:
    maker = crystals.Maker("P 1", (14.0, 14.0, 3.6, 90.0, 90.0, 90.0))
    maker.add(benzene(), (0.5, 0.5, 0.5))
    found = packing_contacts(read_structure(maker.write(tmp_path)))
    assert [(c.kind, c.molecules) for c in found] == [("pi-pi", (0, 0))]


def test_no_contacts_in_a_loose_crystal_and_none_without_a_cell(crystals, tmp_path) -> None:
    maker = crystals.Maker("P -1", (40.0, 40.0, 40.0, 90.0, 95.0, 90.0))
    maker.add(crystals.hexamer(), unique=True)
    crystal = read_structure(maker.write(tmp_path))
    assert packing_contacts(crystal) == ()
    (tmp_path / "a.xyz").write_text("1\n\nAu 0 0 0\n")
    with pytest.raises(StructureError, match="no packing"):
        packing_contacts(read_structure(tmp_path / "a.xyz"))
