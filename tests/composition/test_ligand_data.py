"""The shipped ligand library, held against RDKit, printed tables and printed masses."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

import pytest
from pyteomics import mass
from rdkit import Chem

from superatom.composition.ligands import (
    LIGAND_CLASSES,
    Ligand,
    LigandLibrary,
    alias_key,
    default_library,
)

LIGANDS = tuple(default_library())
DRAWN = [ligand for ligand in LIGANDS if ligand.smiles]

#: Hydrogens that the free form loses on binding, where it is not the charge taken.
ACIDS = {
    "thiolate", "dithiolate", "selenolate", "tellurolate", "alkynyl", "carboxylate",
    "amidinate", "pyrazolate", "dithiophosphate", "dithiocarbamate",
}  # fmt: skip
NEUTRAL = {
    "phosphine", "diphosphine", "polyphosphine", "carbene", "amine", "carbonyl", "nitrile",
    "isocyanide", "solvent",
}  # fmt: skip
IONS = {
    "halide", "hydride", "oxyanion", "chalcogenide", "interstitial", "cation", "anion",
}  # fmt: skip

#: Names that papers really use for two ligands; the first entry is the usual meaning.
AMBIGUOUS = {"DMBT", "SC4H9", "S'-Bu", "S'Bu", "SBu", "Cp", "Cp*"}


def atoms_of(smiles: str) -> tuple[Counter[str], int]:
    """Atoms (deuterium apart) and charge of a SMILES, by RDKit."""
    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles, sanitize=True))
    atoms = Counter(
        "D" if atom.GetSymbol() == "H" and atom.GetIsotope() == 2 else atom.GetSymbol()
        for atom in molecule.GetAtoms()
    )
    return atoms, Chem.GetFormalCharge(molecule)


def hill(atoms: Counter[str]) -> str:
    """Hill order as the Chemical Abstracts Service writes it."""
    order = sorted(atoms)
    if "C" in atoms:
        order.sort(key=lambda symbol: ("CH".find(symbol) + 1 or 3, symbol))
    return "".join(f"{s}{atoms[s] if atoms[s] > 1 else ''}" for s in order if atoms[s])


def free_atoms(ligand: Ligand) -> Counter[str]:
    """Atoms of the printed free formula."""
    pairs = re.findall(r"([A-Z][a-z]?)(\d*)", ligand.free_formula)
    return Counter({symbol: int(digits or 1) for symbol, digits in pairs})


def test_size_and_classes() -> None:
    assert len(LIGANDS) >= 170
    assert len({ligand.name for ligand in LIGANDS}) == len(LIGANDS)
    assert {ligand.kind for ligand in LIGANDS} == set(LIGAND_CLASSES)
    assert all(ligand.source and ligand.long_name for ligand in LIGANDS)


@pytest.mark.parametrize("ligand", DRAWN, ids=lambda ligand: ligand.name)
def test_smiles_has_the_free_formula(ligand: Ligand) -> None:
    atoms, _ = atoms_of(ligand.smiles)
    assert hill(atoms) == ligand.free_formula


@pytest.mark.parametrize("ligand", DRAWN, ids=lambda ligand: ligand.name)
def test_bound_form_follows_from_the_free_form(ligand: Ligand) -> None:
    free, bound = free_atoms(ligand), Counter(ligand.elements)
    _, charge = atoms_of(ligand.smiles)
    lost = free - bound
    assert not bound - free
    assert set(lost) <= {"H"}
    if ligand.kind in ACIDS:
        assert (lost["H"], charge) == (ligand.charge_taken, 0)
    elif ligand.kind in NEUTRAL:
        assert (lost["H"], charge, ligand.charge_taken) == (0, 0, 0)
    elif ligand.kind in IONS:
        assert (lost["H"], charge) == (0, -(ligand.charge_taken or 0))
    else:  # others bind as the ion they are or lose protons
        assert lost["H"] - charge == ligand.charge_taken


@pytest.mark.parametrize("ligand", DRAWN, ids=lambda ligand: ligand.name)
def test_bound_ion_has_paired_electrons(ligand: Ligand) -> None:
    """Every ligand here is a closed-shell ion or molecule with the charge it takes."""
    if ligand.name == "FeCp2":
        pytest.skip("ferrocenium is a radical cation")
    table = Chem.GetPeriodicTable()
    protons = sum(
        (1 if symbol == "D" else table.GetAtomicNumber(symbol)) * count
        for symbol, count in ligand.elements.items()
    )
    assert (protons + (ligand.charge_taken or 0)) % 2 == 0


def test_only_families_and_hosts_have_no_formula() -> None:
    bare = {ligand.name: ligand.kind for ligand in LIGANDS if ligand.is_generic}
    undefined = {name for name, kind in bare.items() if kind == "other"}
    assert undefined == {"PCP", "PS"}  # printed in 10.1039/d5sc01108f without a definition
    assert set(bare.values()) <= {"generic", "template", "other"}
    without_drawing = {ligand.name for ligand in LIGANDS if ligand.formula and not ligand.smiles}
    assert without_drawing == {"B12H11S"}  # a cage that SMILES cannot say


@pytest.mark.parametrize("ligand", LIGANDS, ids=lambda ligand: ligand.name)
def test_formulas_stand_in_hill_order(ligand: Ligand) -> None:
    assert hill(Counter(ligand.elements)) == ligand.formula
    assert hill(free_atoms(ligand)) == ligand.free_formula
    assert ligand.denticity >= 1
    anchors = set(ligand.anchors) - {"D"}
    assert ligand.is_generic or anchors <= set(ligand.elements) | {"H"}


def test_no_name_means_two_ligands_unless_papers_do() -> None:
    meant: dict[str, set[str]] = {}
    for ligand in LIGANDS:
        for name in (ligand.name, *ligand.aliases):
            meant.setdefault(alias_key(name), set()).add(ligand.name)
    allowed = {alias_key(name) for name in AMBIGUOUS}
    assert {key for key, names in meant.items() if len(names) > 1} == allowed


def test_the_usual_meaning_of_an_ambiguous_name_comes_first() -> None:
    library = default_library()
    assert [ligand.name for ligand in library.meanings("DMBT")] == ["2,4-DMBT", "3,5-DMBT"]
    assert library["S'-Bu"].name == "StBu"
    assert library["SBu"].name == "SnBu"


#: Molecular formulas of the compounds by their names, written by hand.
TEXTBOOK_FORMULAS = {
    "SG": "C10H17N3O6S",  # glutathione
    "Cys": "C3H7NO2S",  # L-cysteine
    "Capt": "C9H15NO3S",  # captopril
    "PPh3": "C18H15P",  # triphenylphosphine
    "dppm": "C25H22P2",  # bis(diphenylphosphino)methane
    "PET": "C8H10S",  # 2-phenylethanethiol
    "p-MBA": "C7H6O2S",  # 4-mercaptobenzoic acid
    "DHLA": "C8H16O2S2",  # dihydrolipoic acid
    "SC12H25": "C12H26S",  # 1-dodecanethiol
    "phen": "C12H8N2",  # 1,10-phenanthroline
    "TBBT": "C10H14S",  # 4-tert-butylbenzenethiol
    "CF3CO2": "C2HF3O2",  # trifluoroacetic acid
    "Pen": "C5H11NO2S",  # penicillamine
    "xantphos": "C39H32OP2",
    "BINAP": "C44H32P2",
    "TMEDA": "C6H16N2",
    "ethisterone": "C21H28O2",
}


@pytest.mark.parametrize(("name", "formula"), TEXTBOOK_FORMULAS.items())
def test_free_forms_weigh_what_their_compounds_weigh(name: str, formula: str) -> None:
    """Monoisotopic masses by RDKit of our atoms, by pyteomics of the compound."""
    table = Chem.GetPeriodicTable()
    atoms = free_atoms(default_library()[name])
    ours = sum(table.GetMostCommonIsotopeMass(s) * n for s, n in atoms.items())
    assert ours == pytest.approx(mass.calculate_mass(formula=formula), abs=2e-4)


#: Spellings from papers and what they mean, written by hand: name, bound formula, charge.
SPELLINGS = [
    ("SC2H4Ph", "C8H9S", 1), ("-SCH2CH2Ph", "C8H9S", 1), ("2-PET", "C8H9S", 1),
    ("PhC2H4S", "C8H9S", 1), ("SEtPh", "C8H9S", 1), ("SPh-tBu", "C10H13S", 1),
    ("SPh'tBu", "C10H13S", 1), ("SC6H4-p-tBu", "C10H13S", 1), ("GSH", "C10H16N3O6S", 1),
    ("S-Adm", "C10H15S", 1), ("S^tBu", "C4H9S", 1), ("c-C6", "C6H11S", 1),
    ("S-c-C6H11", "C6H11S", 1), ("CPT", "C5H9S", 1), ("DPPM", "C25H22P2", 0),
    ("Dppm", "C25H22P2", 0), ("PPh2Py", "C17H14NP", 0), ("PhC#C", "C8H5", 1),
    ("C#CPh", "C8H5", 1), ("CCPh", "C8H5", 1), ("C#CBu'", "C6H9", 1), ("tfa", "C2F3O2", 1),
    ("O2CCF3", "C2F3O2", 1), ("CH3COO", "C2H3O2", 1), ("C6H5COO", "C7H5O2", 1),
    ("LA", "C8H14O2S2", 2), ("S2CNnBu2", "C9H18NS2", 1), ("S2P(OiPr)2", "C6H14O2PS2", 1),
    ("(p-FPh)3P", "C18H12F3P", 0), ("Tfdpf", "C13H7F6N4", 1), ("NCS", "CNS", 1),
    ("T8-OSS-S", "C38H69O12SSi8", 1), ("CH3CN", "C2H3N", 0), ("N(octyl)4", "C32H68N", -1),
    ("TOA", "C32H68N", -1), ("PPN", "C36H30NP2", -1), ("Ph2phen", "C24H16N2", 0),
    ("BPh4", "C24H20B", 1), ("SbF6", "F6Sb", 1), ("H", "H", 1), ("D", "D", 1), ("C", "C", 4),
    ("S", "S", 2), ("N", "N", 3), ("BDT", "C6H4S2", 2), ("dsep", "C6H14O2PSe2", 1),
    ("PhSe", "C6H5Se", 1), ("TePh", "C6H5Te", 1), ("Bn2-bimy", "C21H18N2", 0), ("Na", "Na", -1),
    ("BTCA", "C40H44O4S4", 4),  # 10.1039/c8sc03756f: a thiacalix[4]arene without four protons
]  # fmt: skip


@pytest.mark.parametrize(("name", "formula", "charge"), SPELLINGS)
def test_spellings_of_papers(name: str, formula: str, charge: int) -> None:
    ligand = default_library()[name]
    assert (ligand.formula, ligand.charge_taken) == (formula, charge)


@pytest.mark.parametrize("name", ["BSA", "Lyz", "HSA", "PAMAM", "DNA"])
def test_hosts_are_templates(name: str) -> None:
    assert default_library()[name].kind == "template"


@pytest.mark.parametrize(
    ("name", "charge"), [("SR", 1), ("PR3", 0), ("X", 1), ("NHC", 0), ("C#CR", 1), ("L", None)]
)
def test_families_have_a_charge_but_no_atoms(name: str, charge: int | None) -> None:
    ligand = default_library()[name]
    assert (ligand.kind, ligand.charge_taken, dict(ligand.elements)) == ("generic", charge, {})


def test_ligands_of_the_reviews(shared: Path) -> None:
    """Every name in the table of review ligands, its bound formula and charge."""
    library = default_library()
    with (shared / "reference" / "ligands_in_reviews.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    checked = 0
    for row in rows:
        for alias in (row["id"], *row["aliases_in_seeds"].split(";")):
            name = re.sub(r"\s\(.*\)$", "", alias.strip())
            if name.startswith("SR =") or re.search("C=C|equiv", name):
                continue  # a definition; a damaged triple bond, which the formula reader repairs
            ligand = library[name]
            checked += 1
            if not re.fullmatch(r"([A-Z][a-z]?\d*)+", row["bound_formula"]) or name == "D":
                continue
            assert ligand.formula == row["bound_formula"], name
            assert ligand.charge_taken == -int(row["type_charge"][1:]), name
    assert checked >= 100


def test_ligands_of_the_formula_examples(shared: Path) -> None:
    library = default_library()
    with (shared / "reference" / "formula_examples.tsv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines, delimiter="\t"))
    names = set()
    for row in rows:
        names |= set(re.findall(r"(?:^|[;|])\s*([^:;|]+):", row["ligands_resolved"] or ""))
        names |= set(re.findall(r"\[(\w+)\]", row["ions"] or ""))
    names = {name.strip() for name in names if not re.fullmatch(r"L\d", name.strip())}
    assert len(names) > 50
    assert sorted(name for name in names if name not in library) == []


def test_own_ligands_come_first(tmp_path: Path) -> None:
    table = tmp_path / "my.csv"
    table.write_text(
        "name,class,bound_formula,charge_taken,aliases\nmyS,thiolate,C7H7S,1,PET\n",
        encoding="utf-8",
    )
    library = default_library().with_ligands(LigandLibrary.read(table))
    assert library["PET"].formula == "C7H7S"
    assert [ligand.name for ligand in library.meanings("PET")] == ["myS", "PET"]
