"""Ligands recognised by graph, with and without hydrogens; binding modes and census."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from ase import Atoms
from ase.build import add_adsorbate, fcc111, molecule
from ase.io import read
from rdkit import Chem
from rdkit.Chem import AllChem

from superatom.composition.ligands import Ligand, default_library
from superatom.structure.bonds import bonds
from superatom.structure.donors import find_donors
from superatom.structure.ligand_graphs import hill_formula
from superatom.structure.ligand_shell import LigandShell, find_ligands
from superatom.structure.modes import ModeCensus, census, find_modes


def _shell(atoms: Atoms) -> LigandShell:
    found = bonds(atoms)
    return find_ligands(atoms, found, find_donors(atoms, found))


def _census(atoms: Atoms) -> ModeCensus:
    found = bonds(atoms)
    donors = find_donors(atoms, found)
    modes = find_modes(atoms, donors)
    return census(atoms, modes, find_ligands(atoms, found, donors))


def _bound(smiles: str, anchor: str, length: float, drop_hydrogen: bool) -> Atoms:
    """Return a molecule (RDKit geometry) with its anchor `length` Å from one Au atom."""
    free = Chem.AddHs(Chem.MolFromSmiles(smiles))
    assert AllChem.EmbedMolecule(free, randomSeed=11) == 0
    positions = free.GetConformer().GetPositions()
    symbols = [atom.GetSymbol() for atom in free.GetAtoms()]
    place = symbols.index(anchor)
    around = [n.GetIdx() for n in free.GetAtomWithIdx(place).GetNeighbors()]
    hydrogens = [k for k in around if symbols[k] == "H"]
    heavy = positions[[k for k in around if symbols[k] != "H"]].mean(axis=0)
    out = positions[hydrogens[0]] if drop_hydrogen else 2 * positions[place] - heavy
    out = (out - positions[place]) / np.linalg.norm(out - positions[place])
    keep = [k for k in range(len(symbols)) if not (drop_hydrogen and k in hydrogens[:1])]
    ligand = Atoms([symbols[k] for k in keep], positions=positions[keep])
    return ligand + Atoms("Au", positions=[positions[place] + length * out])


@pytest.mark.parametrize("name", ["SMe", "PET", "TBBT", "SC6H11", "SAdm", "p-MBA", "SPh", "SiPr"])
def test_thiolates_from_the_library(name: str) -> None:
    ligand = default_library()[name]
    atoms = _bound(ligand.smiles, "S", 2.4, drop_hydrogen=True)
    (found,) = _shell(atoms).ligands
    assert (found.ligand.name, found.matched_by, found.denticity) == (ligand.name, "graph", 1)
    assert found.missing_hydrogens == 0
    without = atoms[[k for k, s in enumerate(atoms.symbols) if s != "H"]]
    (bare,) = _shell(without).ligands
    assert bare.ligand.name == ligand.name
    assert bare.missing_hydrogens == ligand.elements["H"]


def test_positional_isomers_are_told_apart() -> None:
    names = ("p-MBT", "m-MBT", "o-MBT")
    found = [
        _shell(_bound(default_library()[n].smiles, "S", 2.4, drop_hydrogen=True)) for n in names
    ]
    assert tuple(shell.ligands[0].ligand.name for shell in found) == names


def test_phosphine_keeps_its_charge() -> None:
    (found,) = _shell(_bound("P(c1ccccc1)(c1ccccc1)c1ccccc1", "P", 2.3, False)).ligands
    assert (found.ligand.name, found.ligand.charge_taken) == ("PPh3", 0)


def test_unknown_ligand_is_reported_by_formula() -> None:
    shell = _shell(_bound("FC(Cl)C(S)C(F)CCl", "S", 2.4, drop_hydrogen=True))
    (found,) = shell.ligands
    assert not found.known
    assert found.ligand.name == found.ligand.formula == "C4H5Cl2F2S"
    assert (found.ligand.kind, found.ligand.charge_taken) == ("thiolate", 1)
    assert shell.unknown == ("C4H5Cl2F2S",)
    assert "not in the ligand library" in shell.notes[0]


def test_isomer_of_a_known_ligand_is_not_given_its_name() -> None:
    # a chain with the formula of SPh; with 8 H more it would be hexanethiolate
    (found,) = _shell(_bound("C#CC#CCCS", "S", 2.4, drop_hydrogen=True)).ligands
    assert found.ligand.formula == "C6H5S"
    assert not found.known
    assert found.ligand.name not in default_library()


def test_bare_anions_and_hydride() -> None:
    atoms = Atoms(
        "Cu4HClBrI",
        positions=[
            *(1.45 * np.array([(1, 1, 1), (1, -1, -1), (-1, 1, -1), (-1, -1, 1)]) / 1.6),
            (0, 0, 0),
            *(2.25 * np.array([(1, 1, 1)]) / 3**0.5 + 1.57 * np.array([(1, 1, 1)]) / 3**0.5),
            *(3.95 * np.array([(1, -1, -1)]) / 3**0.5),
            *(4.05 * np.array([(-1, 1, -1)]) / 3**0.5),
        ],
    )
    shell = _shell(atoms)
    assert {b.ligand.name: len(b.metals) for b in shell.ligands} == {
        "H": 4,
        "Cl": 1,
        "Br": 1,
        "I": 1,
    }
    assert _census(atoms).donors[("H", "mu4")] == 1


def test_companions_are_not_ligands() -> None:
    atoms = Atoms("Au2", positions=[(0, 0, 0), (2.8, 0, 0)])
    methanol = molecule("CH3OH")
    methanol.translate((0, 0, 9))
    shell = _shell(atoms + methanol + Atoms("Na", positions=[(0, 9, 0)]))
    assert shell.ligands == ()
    assert sorted(c.ligand.name for c in shell.companions) == ["MeOH", "Na"]


def test_skeleton_sulfurs_are_generic_thiolates(made: SimpleNamespace) -> None:
    shell = _shell(made.m25(methyls=False))
    assert {ligand.name: n for ligand, n in shell.counts.items()} == {"SR": 18}
    assert "without its tail" in shell.notes[0]


def test_alkynyl_modes() -> None:
    # C≡C 1.22 on three metals: two sigma (2.0) on the end carbon, one pi (2.1 to both)
    end, inner = np.zeros(3), np.array([1.22, 0.0, 0.0])
    sigma = [np.array([-1.1, 1.67, 0.0]), np.array([-1.1, -1.67, 0.0])]
    pi = np.array([0.61, 0.0, 2.0])
    tail = Atoms(
        "CH3", positions=[(2.68, 0, 0), (3.05, 1, 0), (3.05, -0.5, 0.9), (3.05, -0.5, -0.9)]
    )
    atoms = Atoms("C2Cu3", positions=[end, inner, *sigma, pi]) + tail
    found = _census(atoms)
    assert found.donors == {("CCR", "mu3-eta1,eta1,eta2"): 1}
    assert found.metals == {("Cu", "C", 1): 3}
    (bound,) = _shell(atoms).ligands
    assert (bound.ligand.name, bound.denticity) == ("MeC#C", 2)


def test_census_of_m25(made: SimpleNamespace) -> None:
    found = _census(made.m25())
    assert found.donors == {("SR", "mu2"): 18}
    assert found.metals == {("Au", "S", 1): 12, ("Au", "S", 2): 12}
    assert found.polydentate == {}


def test_mu3_sulfur_on_a_face() -> None:
    slab = fcc111("Au", size=(3, 3, 1), a=4.08)
    add_adsorbate(slab, "S", 1.6, "fcc", offset=1)
    slab.pbc = False
    slab += Atoms(
        "CH3",
        positions=slab.positions[-1]
        + np.array([(0, 0, 1.83), (1.03, 0, 2.2), (-0.51, 0.89, 2.2), (-0.51, -0.89, 2.2)]),
    )
    assert _census(slab).donors == {("SR", "mu3"): 1}


def test_triangle_of_bridging_ligands() -> None:
    # three Cu joined by three H2P-CH2-PH2 units along their edges
    angles = 2 * np.pi * np.arange(3) / 3
    metals = 1.5 * np.stack([np.cos(angles), np.sin(angles), np.zeros(3)], axis=1)
    atoms = Atoms("Cu3", positions=metals)
    for k in range(3):
        a, b = metals[k], metals[(k + 1) % 3]
        middle = 0.5 * (a + b)
        out = middle / np.linalg.norm(middle)
        along = (b - a) / np.linalg.norm(b - a)
        points = [middle + 1.95 * out + s * 1.52 * along for s in (-1, 1)]
        atoms += Atoms("P2C", positions=[*points, middle + 3.0 * out])
    found = _census(atoms)
    assert list(found.polygons.values()) == [1]
    (name,) = found.polygons
    assert name.startswith("Cu3(")
    assert list(found.polydentate.values()) == [3]
    assert found.metals == {("Cu", "P", 2): 3}


def test_hill_formula() -> None:
    assert hill_formula({"S": 1, "H": 9, "C": 8}) == "C8H9S"
    assert hill_formula({"H": 3, "P": 1}) == "H3P"


@pytest.mark.parametrize(
    ("file", "ligand", "count"),
    [
        # formulas of the compounds: reference/structures_truth.tsv
        ("fully_protected/au18_schex14_opt.xyz", "SC6H11", 14),
        ("fully_protected/au102_mba44_opt.xyz", "p-MBA", 44),
        ("fully_protected/au133_tbbt52_opt.xyz", "TBBT", 52),
        ("fully_protected/au25_pet18_opt.xyz", "PET", 18),
        ("other/Ag25_final.xyz", "2,4-DMBT", 18),
        ("sch3_protected/024_20_cp2k_opt.xyz", "SMe", 20),
    ],
)
def test_real_ligand_shells(shared: Path, file: str, ligand: str, count: int) -> None:
    atoms = read(shared / "data/structures/NC_Database" / file)
    meant: Ligand = default_library()[ligand]
    assert dict(_shell(atoms).counts) == {meant: count}
    without = atoms[[k for k, s in enumerate(atoms.symbols) if s != "H"]]
    bare = _shell(without)
    assert dict(bare.counts) == {meant: count}
    assert {b.missing_hydrogens for b in bare.ligands} == {meant.elements["H"]}
