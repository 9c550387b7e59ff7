"""Counter-ions, solvent, charge, and what is missing."""

from __future__ import annotations

import numpy as np
import pytest
from ase import Atoms

from superatom.structure.charges import (
    charge_by_valence,
    charge_candidates,
    identify,
    moiety_charge,
)
from superatom.structure.crystal import Crystal
from superatom.structure.hydrogens import add_hydrogens
from superatom.structure.molecules import split_molecules
from superatom.structure.read import read_structure

CELL = (36.0, 30.0, 34.0, 90.0, 97.0, 90.0)


def test_toa_and_solvent_give_the_charge(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    cation = crystals.tetraalkylammonium(8)
    assert cation.get_chemical_formula() == "C32H68N"
    maker = crystals.Maker("P -1", (36.0, 30.0, 34.0, 90.0, 97.0, 90.0))
    maker.add(truth, (0.25, 0.25, 0.25))
    maker.add(cation, (0.75, 0.25, 0.75))
    maker.add(crystals.dichloromethane(), (0.5, 0.02, 0.25))
    maker.wrap()
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert crystal.charge == -1
    found = {(c.formula, c.count, c.charge, c.role) for c in crystal.companions}
    assert found == {("C32H68N", 1.0, 1, "ion"), ("CH2Cl2", 1.0, 0, "solvent")}
    assert crystal.charge_candidates == ()


def test_toa_without_hydrogens_is_still_toa(crystals, tmp_path) -> None:
    cation = crystals.tetraalkylammonium(8)
    maker = crystals.Maker("P -1", (36.0, 30.0, 34.0, 90.0, 97.0, 90.0))
    maker.add(crystals.hexamer(), (0.25, 0.25, 0.25))
    maker.add(cation[cation.numbers != 1], (0.75, 0.25, 0.75))
    assert read_structure(maker.write(tmp_path)).charge == -1


def test_two_anions_of_fluorophosphate(crystals, tmp_path) -> None:
    edges = [(1, 0, 0), (-1, 0, 0), (0, 1, 0), (0, -1, 0), (0, 0, 1), (0, 0, -1)]
    anion = Atoms("PF6", positions=[(0, 0, 0), *(1.58 * np.array(e) for e in edges)])
    maker = crystals.Maker("P -1", (30.0, 22.0, 24.0, 90.0, 95.0, 90.0))
    maker.add(crystals.hexamer(), unique=True)
    maker.add(anion, (0.5, 0.3, 0.5))
    crystal = read_structure(maker.write(tmp_path))
    assert crystal.charge == 2
    assert crystal.companions[0].count == 2.0


def test_no_ions_in_a_loose_crystal_leave_the_charge_open(crystals, tmp_path) -> None:
    maker = crystals.Maker("P -1", (40.0, 40.0, 40.0, 90.0, 95.0, 90.0))
    maker.add(crystals.hexamer(), unique=True)
    crystal = read_structure(maker.write(tmp_path))
    assert crystal.charge is None
    # 6 Au - 6 SR - 2 Cl = -2 electrons: 0 at -2, 2 at -4
    assert [(c.charge, c.electrons) for c in crystal.charge_candidates] == [(-2, 0), (-4, 2)]
    assert any(m.kind == "void" for m in crystal.missing)


def test_a_mask_leaves_the_charge_open(crystals, tmp_path) -> None:
    maker = crystals.Maker("P -1")
    maker.add(crystals.hexamer(), unique=True)
    maker.pairs["_refine_special_details"] = "SQUEEZE was used"
    crystal = read_structure(maker.write(tmp_path))
    assert crystal.charge is None
    assert any(m.kind == "masked" for m in crystal.missing)


def test_the_formula_can_state_the_charge(crystals, tmp_path) -> None:
    maker = crystals.Maker("P -1")
    maker.add(crystals.hexamer(), unique=True)
    maker.pairs["_chemical_formula_moiety"] = "C36 H30 Au6 Cl2 S6 2-, 2(C16 H36 N 1+)"
    assert read_structure(maker.write(tmp_path)).charge == -2


def test_moieties() -> None:
    from collections import Counter

    gold = Counter(Au=25)
    assert moiety_charge("C144 H162 Au25 S18 1-, C32 H68 N 1+", gold) == -1
    assert moiety_charge("C144 H162 Au25 S18 -, C32 H68 N +", gold) == -1
    assert moiety_charge("(C144 H162 Au25 S18), 2(C7 H8)", gold) is None


def test_species() -> None:
    assert identify("C32H68N").charge == 1
    assert identify("C32N").charge == 1
    assert identify("F6P").charge == -1
    assert identify("CH2Cl2").charge == 0
    assert identify("C7H8").role == "solvent"
    assert identify("C99H7").charge is None


def test_charge_of_an_unlisted_ammonium(crystals) -> None:
    cation = crystals.tetraalkylammonium(3)
    molecules, _ = split_molecules(cation.numbers, cation.positions)
    assert len(molecules) == 1
    assert charge_by_valence(cation.numbers, molecules[0].pairs) == 1
    neutral = crystals.dichloromethane()
    molecules, _ = split_molecules(neutral.numbers, neutral.positions)
    assert charge_by_valence(neutral.numbers, molecules[0].pairs) is None


def test_missing_hydrogens_are_listed_and_added(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("P -1")
    maker.add(truth[truth.numbers != 1], unique=True)
    crystal = read_structure(maker.write(tmp_path))
    missing = {m.kind: m.count for m in crystal.missing}
    assert missing["hydrogen"] == 30
    whole = add_hydrogens(crystal.atoms)
    assert crystals.same_molecule(whole, truth, tolerance=0.03)


def test_hydrogens_of_chains_and_their_geometry(crystals) -> None:
    truth = crystals.tetraalkylammonium(4)
    bare = truth[truth.numbers != 1]
    whole = add_hydrogens(bare)
    assert whole.get_chemical_formula() == truth.get_chemical_formula() == "C16H36N"
    gaps = whole.get_all_distances()
    light = whole.numbers == 1
    nearest = np.sort(gaps[light][:, ~light], axis=1)[:, 0]
    assert nearest == pytest.approx(1.09, abs=1e-6)
    between = gaps[np.ix_(light, light)]
    assert between[between > 0].min() > 1.6
    # CH2 and CH3 of the relaxed chains stand where the force field has them
    made = truth.positions[truth.numbers == 1]
    off = np.linalg.norm(whole.positions[light][:, None] - made, axis=2).min(axis=1)
    assert off.max() < 0.4


def test_real_clusters_get_all_their_hydrogens_back(shared) -> None:
    """Relaxed structures of mpourmpakis/NC_Database, stripped of H."""
    folder = shared / "data/structures/NC_Database/fully_protected"
    for name in ("au25_pet18_-1_opt.xyz", "au36_tbbt24_opt.xyz", "au18_schex14_opt.xyz"):
        atoms = read_structure(folder / name).atoms
        whole = add_hydrogens(atoms[atoms.numbers != 1])
        assert whole.get_chemical_formula() == atoms.get_chemical_formula()


def test_a_short_ligand_is_told(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    last = len(truth)
    maker = crystals.Maker("P 1 21/c 1", CELL)
    maker.add(truth[: last - 11], (0.25, 0.25, 0.25))  # one S without its phenyl
    crystal = read_structure(maker.write(tmp_path))
    assert not [m for m in crystal.missing if m.kind == "hydrogen"]
    # the S caps three metals and can be a sulfide, so no tail is claimed
    assert not [m for m in crystal.missing if m.kind == "tail"]
    cut = truth[[k for k in range(last) if k not in range(last - 9, last - 5) and k < last - 5]]
    maker = crystals.Maker("P 1 21/c 1", CELL)
    maker.add(cut, (0.25, 0.25, 0.25))  # one phenyl with two carbons
    crystal = read_structure(maker.write(tmp_path))
    tails = [m for m in crystal.missing if m.kind == "tail"]
    assert len(tails) == 1
    assert tails[0].count == 1


def test_formula_says_what_is_not_among_the_sites(crystals, tmp_path) -> None:
    maker = crystals.Maker("P -1")
    maker.add(crystals.hexamer(), unique=True)
    maker.pairs["_chemical_formula_sum"] = "C43 H38 Au6 Cl2 S6"  # with one toluene
    maker.pairs["_cell_formula_units_Z"] = "1"
    missing = {m.kind: m for m in read_structure(maker.write(tmp_path)).missing}
    assert missing["formula"].count == 15
    assert "C7 H8" in missing["formula"].detail


def test_hidden_hydrides_are_hinted_at(crystals, tmp_path) -> None:
    maker = crystals.Maker("P -1")
    maker.add(crystals.hexamer("Cu", 2.65, 2.28), unique=True)
    kinds = {m.kind for m in read_structure(maker.write(tmp_path)).missing}
    assert "hydride" in kinds


def test_candidates_of_known_clusters(shared) -> None:
    """[Au25(SR)18]- is an 8-electron cluster (Walter et al. 2008)."""
    path = shared / "data/structures/NC_Database/fully_protected/au25_pet18_-1_opt.xyz"
    candidates = read_structure(path).charge_candidates
    assert (candidates[0].charge, candidates[0].electrons) == (-1, 8)


def test_candidates_need_known_valences() -> None:
    atoms = Atoms("Fe2", positions=[(0, 0, 0), (2.4, 0, 0)])
    assert charge_candidates(atoms.numbers, np.array([[0, 1]])) == ()


def test_json_round_trip(crystals, tmp_path) -> None:
    maker = crystals.Maker("P -1", (30.0, 22.0, 24.0, 90.0, 95.0, 90.0))
    maker.add(crystals.hexamer(), unique=True)
    maker.add(crystals.dichloromethane(), (0.5, 0.3, 0.5), occupancy="0.4")
    crystal = read_structure(maker.write(tmp_path))
    crystal.write_json(tmp_path / "crystal.json")
    again = Crystal.read_json(tmp_path / "crystal.json")
    assert again.as_dict() == crystal.as_dict()
    assert again.summary() == crystal.summary()
    assert crystal.provenance.inputs_hash


def test_hydrides_that_only_the_formula_knows(crystals, tmp_path) -> None:
    maker = crystals.Maker("P -1")
    maker.add(crystals.hexamer("Ag", 2.95, 2.55), unique=True)
    maker.pairs["_chemical_formula_sum"] = "C36 H34 Ag6 Cl2 S6"
    maker.pairs["_cell_formula_units_Z"] = "1"
    missing = {m.kind: m.count for m in read_structure(maker.write(tmp_path)).missing}
    assert missing["hydride"] == 4


def test_ions_and_formula_that_disagree_leave_the_charge_open(crystals, tmp_path) -> None:
    maker = crystals.Maker("P -1", (36.0, 30.0, 34.0, 90.0, 97.0, 90.0))
    maker.add(crystals.hexamer(), (0.25, 0.25, 0.25))
    maker.add(crystals.tetraalkylammonium(8), (0.75, 0.25, 0.75))
    maker.pairs["_chemical_formula_moiety"] = "C36 H30 Au6 Cl2 S6 2-, 2(C32 H68 N 1+)"
    crystal = read_structure(maker.write(tmp_path))
    assert crystal.charge is None
    assert "-2" in crystal.charge_reason


def test_an_endless_net_has_no_charge_of_its_own(crystals, tmp_path) -> None:
    maker = crystals.Maker("P 1", (4.08, 4.08, 4.08, 90.0, 90.0, 90.0))
    places = np.array([(0, 0, 0), (0, 0.5, 0.5), (0.5, 0, 0.5), (0.5, 0.5, 0)]) * 4.08
    maker.add(Atoms("Au4", positions=places))
    crystal = read_structure(maker.write(tmp_path))
    assert crystal.charge is None
    assert any("one element only" in note for note in crystal.notes)
    assert any("endless" in note for note in crystal.notes)
