"""Dopants on a model: counts by symmetry, classes, samples, records."""

from __future__ import annotations

from itertools import combinations
from math import comb
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.io import read, write

from superatom.errors import SearchError, UnknownElement
from superatom.model.dope import count_doped, dope, sample_doped
from superatom.model.symmetry import skeleton_symmetry
from superatom.structure.anatomy import dissect
from superatom.structure.skeleton_graph import bond_permutations


# unique isomers of [Au25(SR)18]- in Th for 1 to 4 dopants: by Burnside on paper
# (1 + 1 + 1 orbits; 20; 120; 596), and 1, 5, 13 on the 12 corners of the icosahedron in Th
@pytest.mark.parametrize(("k", "count"), [(1, 3), (2, 20), (3, 120), (4, 596)])
def test_counts_of_m25(gold25: Atoms, k: int, count: int) -> None:
    models = list(dope(gold25, {"Ag": k}))
    assert len(models) == count == count_doped(gold25, {"Ag": k})
    assert sum(model.multiplicity for model in models) == comb(25, k)


@pytest.mark.parametrize("place", ["kernel surface", "motif"])
@pytest.mark.parametrize(("k", "count"), [(1, 1), (2, 5), (3, 13)])
def test_counts_by_class(gold25: Atoms, place: str, k: int, count: int) -> None:
    models = list(dope(gold25, {"Ag": k}, (place,)))
    assert len(models) == count == count_doped(gold25, {"Ag": k}, (place,))
    assert {p for model in models for _, places in model.positions for p in places} == {place}


def test_two_kinds_of_dopant_against_brute_force(gold25: Atoms) -> None:
    """Every ordered pair of sites, sorted into classes by the operations one by one."""
    operations = bond_permutations(gold25).elements
    classes = {
        min((int(p[a]), int(p[b])) for p in operations)
        for one, other in combinations(range(25), 2)
        for a, b in ((one, other), (other, one))
    }
    models = list(dope(gold25, {"Ag": 1, "Pd": 1}))
    assert len(models) == len(classes) == count_doped(gold25, {"Ag": 1, "Pd": 1})
    assert sum(m.multiplicity for m in models) == 25 * 24


def test_positions_stay_and_only_the_sites_change(gold25: Atoms) -> None:
    for model in dope(gold25, {"Ag": 1, "Pd": 1}, ("centre", "motif")):
        assert np.array_equal(model.atoms.positions, gold25.positions)
        sites = dict(model.sites)
        changed = np.flatnonzero(model.atoms.numbers != gold25.numbers)
        assert sorted(changed) == sorted([*sites["Ag"], *sites["Pd"]])
        assert {model.atoms.symbols[k] for k in sites["Ag"]} == {"Ag"}
    assert set(gold25.symbols) == {"Au", "S", "C", "H"}


def test_an_alloy_keeps_its_heteroatom(gold25: Atoms) -> None:
    """With Pt in the centre, Au sites remain: two orbits; it breaks no operation."""
    gold25.symbols[0] = "Pt"
    models = list(dope(gold25, {"Ag": 1}))
    assert sorted(m.multiplicity for m in models) == [12, 12]
    assert all(m.atoms.symbols[0] == "Pt" for m in models)
    swapped = list(dope(gold25, {"Pd": 1}, host="Pt"))
    assert [m.sites for m in swapped] == [(("Pd", (0,)),)]


def test_group_is_that_of_the_bonds_for_one_kind_of_ligand(gold25: Atoms) -> None:
    anatomy = dissect(gold25)
    ours = skeleton_symmetry(anatomy).action([(k,) for k in sorted(anatomy.metals)])
    theirs = bond_permutations(gold25, alike=False)
    assert {tuple(p) for p in ours.elements} == {tuple(p) for p in theirs.elements}
    assert ours.order == 24


def test_random_sample_is_repeatable_unique_and_counted(gold25: Atoms) -> None:
    every = {str(m): m for m in dope(gold25, {"Ag": 2})}
    sample = sample_doped(gold25, {"Ag": 2}, 30, seed=4)
    again = sample_doped(gold25, {"Ag": 2}, 30, seed=4)
    assert [m.sites for m in sample] == [m.sites for m in again]
    assert len(sample) == 20  # all there are, each once
    multiplicities = sorted(m.multiplicity for m in sample)
    assert multiplicities == sorted(m.multiplicity for m in every.values())
    assert len(sample_doped(gold25, {"Ag": 8}, 7, seed=1)) == 7


def test_special_sample_covers_the_classes(gold25: Atoms) -> None:
    found = sample_doped(gold25, {"Ag": 2}, 4, kind="special", seed=3)
    places = {tuple(sorted(dict(m.positions)["Ag"])) for m in found}
    assert len(places) >= 3


def test_record_survives_a_file(gold25: Atoms, tmp_path: Path) -> None:
    first = next(dope(gold25, {"Ag": 1}, ("motif",)))
    second = next(dope(first.atoms, {"Pd": 1}, ("centre",)))
    write(tmp_path / "doped.xyz", second.atoms, format="extxyz")
    record = read(tmp_path / "doped.xyz").info["construction"]
    assert [step["operation"] for step in record["operations"]] == ["dope", "dope"]
    assert record["operations"][1]["sites"] == {"Pd": [0]}
    assert record["parent"]["formula"] == gold25.get_chemical_formula()


@pytest.mark.parametrize(
    ("asked", "error"),
    [
        ({"dopants": {"Xx": 1}}, UnknownElement),
        ({"dopants": {"Ag": 1}, "classes": ("staple",)}, SearchError),
        ({"dopants": {"Ag": 26}}, SearchError),
        ({"dopants": {"Au": 1}}, SearchError),
        ({"dopants": {"Ag": 1}, "host": "Cu"}, SearchError),
    ],
)
def test_bad_requests(gold25: Atoms, asked: dict, error: type[Exception]) -> None:
    with pytest.raises(error):
        list(dope(gold25, **asked))


# file: relaxed [Au25(SCH3)18]-, NC_Database
def test_relaxed_au25(shared: Path) -> None:
    folder = shared / "data" / "structures" / "NC_Database" / "sch3_protected"
    atoms = read(folder / "025_18_minus1_cp2k_opt.xyz")
    assert [count_doped(atoms, {"Ag": k}) for k in (1, 2)] == [3, 20]
    assert sum(1 for _ in dope(atoms, {"Ag": 4})) == 596
