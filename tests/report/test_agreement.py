"""A structure against a formula, on molecules whose composition is known by construction."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.build import molecule

from superatom.composition.cluster import Cluster
from superatom.errors import StructureError
from superatom.report.agreement import Agreement, compare
from superatom.report.structure_file import check_structure

SOLVENT_AWAY = 30.0  # Å


def methanethiolate(sulfur: np.ndarray, outwards: np.ndarray) -> Atoms:
    """CH3S with S at a place and the methyl group pointing outwards (C-S 1.82, C-H 1.09 Å)."""
    outwards = outwards / np.linalg.norm(outwards)
    across = np.cross(outwards, [0.31, 0.52, 0.79])
    across /= np.linalg.norm(across)
    third = np.cross(outwards, across)
    carbon = sulfur + 1.82 * outwards
    angles = 2 * np.pi / 3 * np.arange(3)
    ring = np.cos(angles)[:, None] * across + np.sin(angles)[:, None] * third
    hydrogens = carbon + 1.09 * (0.334 * outwards + 0.943 * ring)
    return Atoms("SCH3", [sulfur, carbon, *hydrogens])


@pytest.fixture
def gold_chain() -> Atoms:
    """Au6(SCH3)6, a ring of S-Au-S with Au-S of 2.3 Å."""
    turns = 2 * np.pi / 12 * np.arange(12)
    radius = 2.3 / (2 * np.sin(np.pi / 12))
    ring = radius * np.stack([np.cos(turns), np.sin(turns), np.zeros(12)], axis=1)
    atoms = Atoms("Au6", ring[::2])
    for sulfur in ring[1::2]:
        atoms += methanethiolate(sulfur, sulfur)
    return atoms


def without(atoms: Atoms, symbol: str, count: int | None = None) -> Atoms:
    chosen = np.flatnonzero(np.array(atoms.get_chemical_symbols()) == symbol)[:count]
    kept = atoms.copy()
    del kept[chosen]
    return kept


def test_equal_composition_agrees(gold_chain: Atoms) -> None:
    found = compare(Cluster.parse("Au6(SCH3)6"), gold_chain)
    assert found.agrees
    assert [(t.name, t.formula, t.found) for t in found.ligands] == [("SCH3", "CH3S", 6)]
    assert {t.symbol: t.found for t in found.elements} == {"Au": 6, "S": 6, "C": 6, "H": 18}
    assert "has the atoms and ligands" in found.verdict


def test_missing_hydrogens_are_named_and_not_taken_for_another_ligand(gold_chain: Atoms) -> None:
    found = compare(Cluster.parse("Au6(SCH3)6"), without(gold_chain, "H"))
    assert not found.agrees
    assert found.differs_only_in_hydrogen
    assert found.hydrogens_missing == 18
    (ligand,) = found.ligands
    assert (ligand.found, ligand.missing, ligand.lacks) == (6, 0, (("H", 3),))
    assert "18 missing hydrogens" in found.verdict


def test_one_missing_hydrogen_is_found(gold_chain: Atoms) -> None:
    found = compare(Cluster.parse("Au6(SCH3)6"), without(gold_chain, "H", 1))
    assert found.hydrogens_missing == 1
    assert sorted((t.formula, t.found) for t in found.ligands) == [("CH2S", 1), ("CH3S", 5)]


def test_wrong_metal_and_wrong_number_of_ligands_are_told(gold_chain: Atoms) -> None:
    found = compare(Cluster.parse("Au5Ag(SCH3)7"), gold_chain)
    assert not found.agrees
    assert not found.differs_only_in_hydrogen
    wrong = {t.symbol: (t.expected, t.found) for t in found.elements if not t.agrees}
    assert wrong == {"Au": (5, 6), "Ag": (1, 0), "S": (7, 6), "C": (7, 6), "H": (21, 18)}
    assert [t.remark for t in found.ligands] == ["", "1 missing"]


def test_a_shorter_tail_is_told_as_such(gold_chain: Atoms) -> None:
    """Models of theory often have SCH3 where the compound has SC2H4Ph."""
    found = compare(Cluster.parse("Au6(SC2H4Ph)6"), gold_chain)
    (ligand,) = found.ligands
    assert dict(ligand.lacks) == {"C": 7, "H": 6}
    assert "lacks 7 C, 6 H each" in ligand.remark


def test_generic_ligands_leave_their_atoms_open(gold_chain: Atoms) -> None:
    found = compare(Cluster.parse("Au6(SR)6"), gold_chain)
    assert found.agrees
    assert {t.symbol: t.expected for t in found.elements} == {
        "Au": 6,
        "S": None,
        "C": None,
        "H": None,
    }
    assert not compare(Cluster.parse("Au6(SR)5"), gold_chain).agrees


def test_a_ligand_the_formula_lacks_is_told(gold_chain: Atoms) -> None:
    found = compare(Cluster.parse("Au6(SCH3)5"), gold_chain)
    assert [(t.name, t.found, t.remark) for t in found.ligands] == [
        ("SCH3", 5, ""),
        ("", 1, "not in the formula"),
    ]


def test_solvent_is_counted_apart(gold_chain: Atoms) -> None:
    solvent = molecule("CH3OH")
    solvent.translate([SOLVENT_AWAY, 0, 0])
    found = compare(Cluster.parse("Au6(SCH3)6"), gold_chain + solvent, companions=[("CH2Cl2", 2)])
    assert found.agrees
    assert dict(found.others) == {"CH4O": 1, "CH2Cl2": 2}


def test_a_molecule_without_metal_is_refused() -> None:
    with pytest.raises(StructureError, match="no metal"):
        compare(Cluster.parse("Au6(SCH3)6"), molecule("CH3OH"))


def test_cluster_is_taken_whole_out_of_a_crystal(gold_chain: Atoms, tmp_path: Path) -> None:
    """A ring cut by all faces of the cell, with one molecule of chloromethane beside it."""
    solvent = molecule("CH3Cl")
    solvent.translate([9.0, 9.0, 9.0])
    crystal = gold_chain + solvent
    crystal.set_cell([18.0, 18.0, 18.0])
    crystal.pbc = True
    crystal.wrap()
    crystal.write(tmp_path / "ring.cif")
    found = check_structure(Cluster.parse("Au6(SCH3)6"), tmp_path / "ring.cif")
    assert found.agrees, found.verdict
    assert found.structure == "ring.cif"
    assert [count for _, count in found.others] == [1]


def test_average_of_mixed_sites_agrees_within_the_error_of_occupancies(gold_chain: Atoms) -> None:
    average = {"Au": 4.97, "Ag": 1.03, "S": 6, "C": 6, "H": 18}
    close = compare(Cluster.parse("Au5Ag(SCH3)6"), gold_chain, composition=average)
    assert close.agrees
    far = compare(Cluster.parse("Au4Ag2(SCH3)6"), gold_chain, composition=average)
    assert {t.symbol for t in far.elements if not t.agrees} == {"Au", "Ag"}


def test_written_and_read_back(gold_chain: Atoms) -> None:
    found = compare(Cluster.parse("Au6(SC2H4Ph)6"), without(gold_chain, "H"), name="x.xyz")
    assert Agreement.from_dict(json.loads(json.dumps(found.as_dict()))) == found


@pytest.mark.parametrize(
    ("formula", "file"),
    [  # formulas as the database names its files
        ("[Au25(SC2H4Ph)18]-", "fully_protected/au25_pet18_-1_opt.xyz"),
        ("Au38(PET)24", "fully_protected/au38_pet24q_opt.xyz"),
        ("Au102(pMBA)44", "fully_protected/au102_mba44_opt.xyz"),
        ("Au133(TBBT)52", "fully_protected/au133_tbbt52_opt.xyz"),
        ("Au18(S-c-C6H11)14", "fully_protected/au18_schex14_opt.xyz"),
    ],
)
def test_real_structures_agree_with_their_formulas(shared: Path, formula: str, file: str) -> None:
    from ase.io import read

    atoms = read(shared / "data" / "structures" / "NC_Database" / file)
    assert compare(Cluster.parse(formula), atoms).agrees
    bare = compare(Cluster.parse(formula), without(atoms, "H"))
    assert bare.hydrogens_missing == atoms.get_chemical_symbols().count("H")
