"""Every ligand of the library in its bound form: formula and donor atoms."""

from __future__ import annotations

import csv
from collections import Counter
from importlib import resources

import pytest
from ase.data import chemical_symbols
from rdkit import Chem
from rdkit.Chem import rdCIPLabeler

from superatom.composition.ligands import default_library
from superatom.errors import StructureError
from superatom.model.shell.bound_molecules import bound_molecule, known_ligand, ligand_of_smiles

#: Bind through rings, double bonds or B-H, are made of pieces, or (dicarbide) hold at both ends.
NOT_PLACED = {"dppf", "FcC#C", "C#C", "BF4", "BH4", "Cp", "Cp*", "COD"}
LIBRARY = [
    ligand
    for ligand in default_library()
    if ligand.smiles and ligand.kind not in ("cation", "anion", "solvent") and ligand.name != "D"
]


def test_every_ligand_has_its_bound_formula_and_donors() -> None:
    failed = set()
    for ligand in LIBRARY:
        try:
            molecule = bound_molecule(ligand)
        except StructureError:
            failed.add(ligand.name)
            continue
        counted = Counter(chemical_symbols[z] for z in molecule.numbers)
        assert dict(counted) == dict(ligand.elements), ligand.name
        donors = [chemical_symbols[molecule.numbers[k]] for k in molecule.donors]
        assert len(donors) == ligand.denticity, ligand.name
        assert set(donors) <= set(ligand.anchors), ligand.name
    assert failed <= NOT_PLACED
    assert len(LIBRARY) > 400


@pytest.mark.parametrize(
    ("name", "labels"),
    [("L-Cys", "R"), ("D-Cys", "S"), ("NAC", "R"), ("SG", "SR"), ("D-Pen", "S"), ("DMSA", "RS")],
)
def test_names_have_their_hand(name: str, labels: str) -> None:
    """CIP labels of the systematic names: (2R)-cysteine, (2S)-penicillamine of the D series, ..."""
    molecule = Chem.MolFromSmiles(bound_molecule(known_ligand(name)).smiles)
    rdCIPLabeler.AssignCIPLabels(molecule)
    found = [a.GetProp("_CIPCode") for a in molecule.GetAtoms() if a.HasProp("_CIPCode")]
    assert sorted(found) == sorted(labels)


def test_names_with_a_hand_are_the_librarys_molecules() -> None:
    table = resources.files("superatom.model") / "data" / "ligand_stereo.csv"
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        plain = Chem.MolToSmiles(Chem.MolFromSmiles(row["smiles"]), isomericSmiles=False)
        assert plain == Chem.CanonSmiles(default_library()[row["name"]].smiles)


def test_a_smiles_of_the_library_is_known_again() -> None:
    assert ligand_of_smiles("c1ccccc1CCS").name == "PET"
    handed = ligand_of_smiles("N[C@H](CS)C(=O)O")
    assert (handed.name, bound_molecule(handed).smiles) == ("Cys", "N[C@H](CS)C(=O)O")


def test_a_new_smiles_becomes_a_ligand() -> None:
    """4-Cyano-2-methylbenzenethiol: C8H7NS free, one hydrogen less when bound."""
    ligand = ligand_of_smiles("N#Cc1ccc(S)c(C)c1")
    assert (ligand.kind, ligand.formula, ligand.free_formula) == ("thiolate", "C8H6NS", "C8H7NS")
    assert (ligand.charge_taken, ligand.anchors, ligand.denticity) == (1, ("S",), 1)
