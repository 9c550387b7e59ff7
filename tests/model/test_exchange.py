"""Ligand exchange: unique sites with multiplicities, an untouched skeleton, whole molecules."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest
from ase import Atoms

from superatom.errors import ComputationError, SearchError, StructureError
from superatom.model.assemble import build_model
from superatom.model.exchange import count_exchanged, exchange, exchange_all
from superatom.model.shell.bound_molecules import ligand_of_smiles
from superatom.model.simplify import simplify
from superatom.structure.anatomy import Anatomy, dissect

from .contact_measure import closest_ratio, graph_of_smiles, ligand_graphs, same_molecule

PMBA = "OC(=O)c1ccc([S])cc1"


@cache
def parent() -> tuple[Atoms, Anatomy]:
    atoms = build_model("[Au25(PET)18]-")
    return atoms, dissect(atoms, charge=-1)


@cache
def small() -> tuple[Atoms, Anatomy]:
    atoms = build_model("[Au25(SCH3)18]-")
    return atoms, dissect(atoms, charge=-1)


def count_of(atoms: Atoms, smiles: str) -> int:
    wanted = graph_of_smiles(smiles)
    return sum(same_molecule(wanted, graph) for graph in ligand_graphs(atoms))


def test_one_ligand_has_two_kinds_of_places() -> None:
    """12 sulfurs next to the kernel, 6 in the middle of a staple (Heaven 2008)."""
    atoms, anatomy = parent()
    models = list(exchange(atoms, "pMBA", anatomy=anatomy))
    assert sorted(model.multiplicity for model in models) == [6, 12]
    for model in models:
        assert count_of(model.atoms, PMBA) == 1
        assert count_of(model.atoms, "[S]CCc1ccccc1") == 17
        assert model.atoms.info["charge"] == -1
        assert model.atoms.info["construction"]["operations"][-1]["operation"] == "exchange"


def test_the_number_of_pairs_is_burnsides_and_they_add_up() -> None:
    """All 153 pairs of 18 sites; 12 orbits under the 24 operations of Th."""
    atoms, anatomy = small()
    number = count_exchanged(atoms, "pMBA", 2, anatomy=anatomy)
    models = list(exchange(atoms, "pMBA", 2, anatomy=anatomy))
    assert len(models) == number == 12
    assert sum(model.multiplicity for model in models) == 18 * 17 // 2
    assert len({model.donors for model in models}) == number


def test_what_stays_stays_exactly() -> None:
    atoms, anatomy = parent()
    model = next(exchange(atoms, "pMBA", anatomy=anatomy)).atoms
    gone = set(dissect(atoms).ligands.ligands[0].atoms)
    kept = [k for k in range(len(atoms)) if k not in gone]
    old = {tuple(row) for row in atoms.positions[kept]}
    assert old <= {tuple(row) for row in model.positions}
    assert np.array_equal(model.positions[:43], atoms.positions[:43])
    assert closest_ratio(model, 43) >= 0.75


def test_chosen_sites() -> None:
    """By donor, or by any atom of the ligand."""
    atoms, anatomy = parent()
    tail = max(anatomy.ligands.ligands[3].atoms)
    (model,) = exchange(atoms, "pMBA", sites=[25, tail], anatomy=anatomy)
    assert {donor for own in model.donors for donor in own} == {
        25, anatomy.ligands.ligands[3].anchors[0]
    }  # fmt: skip
    assert count_of(model.atoms, PMBA) == 2


def test_random_sites_are_repeatable() -> None:
    atoms, anatomy = small()
    draws = [
        [m.donors for m in exchange(atoms, "SPh", 4, random=3, seed=s, anatomy=anatomy)]
        for s in (1, 1, 2)
    ]
    assert draws[0] == draws[1] != draws[2]
    assert len(draws[0]) == len(set(draws[0])) == 3


def test_round_trip_keeps_the_skeleton_exactly() -> None:
    """Full, SCH3, full again: metals and sulfur do not move at all."""
    full, anatomy = parent()
    cut = simplify(full, anatomy=anatomy)
    again = exchange_all(cut, "PET")
    for one, other in ((full, cut), (full, again)):
        metals = one.positions[one.numbers > 20], other.positions[other.numbers > 20]
        sulfur = one.positions[one.numbers == 16], other.positions[other.numbers == 16]
        assert np.array_equal(*metals)
        assert np.array_equal(*sulfur)
    assert again.get_chemical_formula() == full.get_chemical_formula()
    assert count_of(again, "[S]CCc1ccccc1") == 18
    assert closest_ratio(again, 43) >= 0.75


def test_full_ligands_on_a_relaxed_core() -> None:
    cut = simplify(parent()[0])
    cut.positions += np.random.default_rng(3).normal(0, 0.05, cut.positions.shape)
    full = exchange_all(cut, "PET")
    assert np.array_equal(full.positions[:43], cut.positions[:43])
    assert count_of(full, "[S]CCc1ccccc1") == 18


def test_a_smiles_and_another_chalcogen() -> None:
    atoms, anatomy = small()
    new = ligand_of_smiles("SCc1ccncc1")
    (model,) = exchange(atoms, new, sites=[25], anatomy=anatomy)
    assert count_of(model.atoms, "[S]Cc1ccncc1") == 1
    (model,) = exchange(atoms, "SePh", sites=[25], anatomy=anatomy)
    assert model.atoms.symbols[25] == "Se"
    assert count_of(model.atoms, "[Se]c1ccccc1") == 1


def test_chelating_ligands_are_exchanged_too() -> None:
    """dppm for dmpm on Au13: both P of each ligand stay where they are."""
    atoms = build_model("Au13(dppm)6")
    anatomy = dissect(atoms)
    model = next(exchange(atoms, "dmpm", anatomy=anatomy))
    assert count_of(model.atoms, "CP(C)CP(C)C") == 1
    assert count_of(model.atoms, "c1ccccc1P(c1ccccc1)CP(c1ccccc1)c1ccccc1") == 5
    assert np.array_equal(model.atoms.positions[:25], atoms.positions[:25])
    assert [len(own) for own in model.donors] == [2]


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"ligand": "PPh3"}, "say which shall leave"),
        ({"ligand": "pMBA", "count": 19}, "choose 1 to 18"),
        ({"ligand": "pMBA", "sites": [0]}, "atom 0 is in no SMe"),
        ({"ligand": "pMBA", "replaced": "PPh3"}, "no PPh3"),
        ({"ligand": "pMBA", "direction": "inwards"}, "keep, auto"),
        ({"ligand": "pMBA", "random": 0}, "at least one"),
    ],
)
def test_what_cannot_be_exchanged_says_why(asked: dict, says: str) -> None:
    atoms, anatomy = small()
    with pytest.raises(SearchError, match=says):
        list(exchange(atoms, anatomy=anatomy, **asked))


def test_an_overfull_shell_is_an_error() -> None:
    """Tri-tert-butylphosphine (cone angle 182°) on all eight places of Au11."""
    atoms = build_model("Au11(PPh3)8Cl2", simplified="CH3")
    with pytest.raises(ComputationError, match="overfull"):
        exchange_all(atoms, "PtBu3")


def test_a_ligand_with_too_few_donors_is_an_error() -> None:
    atoms = build_model("Au13(dppm)6", simplified="CH3")
    with pytest.raises(StructureError, match="1 donor"):
        next(exchange(atoms, "PPh3", replaced=dissect(atoms).ligands.ligands[0].ligand.name))


def test_a_real_crystal(shared) -> None:
    """Au36(TBBT)24: the symmetry of its skeleton sorts 24 thiolates into orbits that add up."""
    from superatom.structure.read import read_structure

    folder = shared / "data" / "structures" / "NC_Database" / "fully_protected"
    atoms = read_structure(folder / "au36_tbbt24_opt.xyz").atoms
    models = list(exchange(atoms, "PET"))
    assert sum(model.multiplicity for model in models) == 24
    assert all(count_of(model.atoms, "[S]CCc1ccccc1") == 1 for model in models)
    assert all(model.contact >= 0.75 for model in models)
