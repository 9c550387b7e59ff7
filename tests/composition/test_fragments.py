"""Ligands read from condensed formulas: against RDKit, the library, and hand-made facts."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rdkit import Chem
from rdkit.Chem.rdMolDescriptors import CalcMolFormula

from superatom.composition.fragments import SOURCE, read_fragment
from superatom.composition.ligands import default_library

#: Name, class, SMILES of the free form; none of these names is in the library as spelled.
NEW = [
    ("SC13H27", "thiolate", "CCCCCCCCCCCCCS"),
    ("S-n-C4H9", "thiolate", "CCCCS"),
    ("S(CH2)6COOH", "thiolate", "OC(=O)CCCCCCS"),
    ("S(CH2)4CO2H", "thiolate", "OC(=O)CCCCS"),
    ("CH3(CH2)6S", "thiolate", "CCCCCCCS"),
    ("SCH2CH2CH(CH3)2", "thiolate", "CC(C)CCS"),
    ("SC(CH3)2CH2CH3", "thiolate", "CCC(C)(C)S"),
    ("SPh-4-Et", "thiolate", "CCc1ccc(S)cc1"),
    ("2-Cl-C6H4S", "thiolate", "Clc1ccccc1S"),
    ("4-tBu-C6H4-CH2S", "thiolate", "CC(C)(C)c1ccc(CS)cc1"),
    ("3,5-(MeO)2C6H3S", "thiolate", "COc1cc(S)cc(OC)c1"),
    ("SPhCl3", "thiolate", "Clc1cc(Cl)c(S)c(Cl)c1"),
    ("S-C6H2-2,4,6-iPr3", "thiolate", "CC(C)c1cc(C(C)C)c(S)c(C(C)C)c1"),
    ("SC6HF4", "thiolate", "Fc1c(F)c(S)c(F)c(F)c1"),
    ("4-(CH3)2N-C6H4S", "thiolate", "CN(C)c1ccc(S)cc1"),
    ("SC6H4NHCOCH3", "thiolate", "CC(=O)Nc1ccc(S)cc1"),
    ("SC2H4SCH3", "thiolate", "CSCCS"),
    ("SC6H4C#CPh", "thiolate", "Sc1ccc(C#Cc2ccccc2)cc1"),
    ("SNapF", "thiolate", "Fc1ccc(S)c2ccccc12"),
    ("S-2-Py-5-CF3", "thiolate", "FC(F)(F)c1ccc(S)nc1"),
    ("HOOC-C6H4-S", "thiolate", "OC(=O)c1ccc(S)cc1"),
    ("SCH2Fc", "thiolate", "[Fe+2].SC[c-]1cccc1.[cH-]1cccc1"),
    ("SeC6H4-p-OMe", "selenolate", "COc1ccc([SeH])cc1"),
    ("tBuPhSe", "selenolate", "CC(C)(C)c1ccc([SeH])cc1"),
    ("TePhMe", "tellurolate", "Cc1ccc([TeH])cc1"),
    ("S(CH2)8S", "dithiolate", "SCCCCCCCCS"),
    ("SCH2PhCH2S", "dithiolate", "SCc1ccc(CS)cc1"),
    ("S2C6H2Me2", "dithiolate", "Cc1cc(S)c(S)cc1C"),
    ("PPh2nBu", "phosphine", "CCCCP(c1ccccc1)c1ccccc1"),
    ("PMe2Et", "phosphine", "CCP(C)C"),
    ("P(3,5-(CF3)2C6H3)3", "phosphine",
     "P(c1cc(C(F)(F)F)cc(C(F)(F)F)c1)(c1cc(C(F)(F)F)cc(C(F)(F)F)c1)c1cc(C(F)(F)F)cc(C(F)(F)F)c1"),
    ("PPh2C6H4NMe2", "phosphine", "CN(C)c1ccc(cc1)P(c1ccccc1)c1ccccc1"),
    ("PPh(OMe)2", "phosphine", "COP(OC)c1ccccc1"),
    ("P(CH2CH2CN)3", "phosphine", "N#CCCP(CCC#N)CCC#N"),
    ("Ph2PCH2CH2CH2PPh2", "diphosphine", "C(CP(c1ccccc1)c1ccccc1)CP(c1ccccc1)c1ccccc1"),
    ("iPr2PCH2CH2PiPr2", "diphosphine", "CC(C)P(C(C)C)CCP(C(C)C)C(C)C"),
    ("Ph2PN(iPr)PPh2", "diphosphine", "CC(C)N(P(c1ccccc1)c1ccccc1)P(c1ccccc1)c1ccccc1"),
    ("MeP(CH2CH2PPh2)2", "polyphosphine",
     "CP(CCP(c1ccccc1)c1ccccc1)CCP(c1ccccc1)c1ccccc1"),
    ("4-CN-C6H4C#C", "alkynyl", "C#Cc1ccc(C#N)cc1"),
    ("C#CCH2OCH3", "alkynyl", "C#CCOC"),
    ("C#CC6H3-3,5-F2", "alkynyl", "C#Cc1cc(F)cc(F)c1"),
    ("C#CCH2CH=CH2", "alkynyl", "C#CCC=C"),
    ("C#CC(CH3)2OH", "alkynyl", "CC(C)(O)C#C"),
    ("4-NO2-C6H4COO", "carboxylate", "OC(=O)c1ccc(cc1)[N+]([O-])=O"),
    ("O2CCHPh2", "carboxylate", "OC(=O)C(c1ccccc1)c1ccccc1"),
    ("CHF2CO2", "carboxylate", "OC(=O)C(F)F"),
    ("S2P(OBu)2", "dithiophosphate", "CCCCOP(=S)(S)OCCCC"),
    ("(PhO)2PS2", "dithiophosphate", "S=P(S)(Oc1ccccc1)Oc1ccccc1"),
    ("Se2P(iBu)2", "dithiophosphate", "CC(C)CP(=[Se])([SeH])CC(C)C"),
    ("S2CN(C2H4OH)2", "dithiocarbamate", "OCCN(CCO)C(=S)S"),
    ("MePhNCS2", "dithiocarbamate", "CN(c1ccccc1)C(=S)S"),
    ("S2COnBu", "dithiocarbamate", "CCCCOC(=S)S"),
]  # fmt: skip


def by_rdkit(smiles: str) -> Counter[str]:
    """Atoms of a SMILES."""
    formula = CalcMolFormula(Chem.MolFromSmiles(smiles))
    return Counter(
        {s: int(n or 1) for s, n in re.findall(r"([A-Z][a-z]?)(\d*)", formula.split("+")[0])}
    )


@pytest.mark.parametrize(("name", "kind", "smiles"), NEW, ids=lambda value: str(value)[:24])
def test_new_ligands_have_the_atoms_of_their_structure(name: str, kind: str, smiles: str) -> None:
    ligand = read_fragment(name)
    assert ligand is not None
    assert ligand.kind == kind
    free = by_rdkit(smiles)
    bound = free - Counter({"H": ligand.charge_taken or 0})
    assert Counter(ligand.elements) == bound
    assert ligand.source == SOURCE
    assert ligand.smiles == ""


@pytest.mark.parametrize(
    ("name", "charge", "anchors", "denticity"),
    [
        ("SC13H27", 1, ("S",), 1),
        ("SeC6H4-p-OMe", 1, ("Se",), 1),
        ("PPh2nBu", 0, ("P",), 1),
        ("PPh2(3-Py)", 0, ("P", "N"), 2),
        ("iPr2PCH2CH2PiPr2", 0, ("P",), 2),
        ("MeP(CH2CH2PPh2)2", 0, ("P",), 3),
        ("C#CC6H4C#C", 2, ("C",), 2),
        ("S(CH2)8S", 2, ("S",), 2),
        ("4-NO2-C6H4COO", 1, ("O",), 2),
        ("S2P(OBu)2", 1, ("S",), 2),
        ("Se2P(iBu)2", 1, ("Se",), 2),
        ("S2CN(C2H4OH)2", 1, ("S",), 2),
        ("S-2-Py-5-CF3", 1, ("S", "N"), 1),
    ],
)
def test_charge_and_anchors(
    name: str, charge: int, anchors: tuple[str, ...], denticity: int
) -> None:
    ligand = read_fragment(name)
    assert ligand is not None
    assert (ligand.charge_taken, ligand.anchors, ligand.denticity) == (charge, anchors, denticity)


@pytest.mark.parametrize(
    "name",
    [
        "", "S", "P", "COO", "C#C", "PET", "SQ7", "X", "SR", "C#CR", "PR3",  # no residue in it
        "SC4H10", "SC6H12", "SC6H4", "SC8H10", "C8H10S", "SC6H12O", "SC4H8",  # a hydrogen off
        "SMePh", "SPh6", "SPhMe6", "SC6H5F", "SC4H9Ph", "SPhCH2", "SCH",  # a valence off
        "OPPh3", "SPPh3", "PPh4", "PPh", "PPh2", "PF3", "PCl3", "POCl3",  # not a phosphine
        "SO4", "SO3", "SCl", "SBr", "SF6", "SNMe2", "SOMe", "SH", "S2", "S8",  # not a thiolate
        "CuS", "AuPPh3", "SAu", "PdCl2", "PtCl4", "SnCl3", "SiMe3", "CoCp2",  # metals glued on
        "S(CH2)0S", "S(CH2)9999S", "S(CH3", "SCH3)", "S()", "S=Ph", "S" * 500,
        "(" * 100, "S" + "(" * 60 + "CH2" + ")60" * 20, "S(=)60", "\x00", "S\n", "SΩ",
        "SPhPPh3", "C#CPhPPh3", "SC2H4PhPPh3", "PPh3Cl", "SPhO=CH",  # two ligands glued together
        "S2CONBu", "S-5-CF3-2-Py",  # a bond missing on nitrogen; CF3 cannot be the link
    ],
)  # fmt: skip
def test_what_is_not_sure_is_not_read(name: str) -> None:
    assert read_fragment(name) is None


#: Printed names whose literal reading is another compound; the library knows what is meant.
MISPRINTS = {"SC2Ph", "S2C6H6"}


def test_never_another_formula_than_the_library() -> None:
    """Every alias that can be read as a formula gives the library's own atoms and charge."""
    agree, silent = 0, []
    for ligand in default_library():
        for alias in {ligand.name, *ligand.aliases} - MISPRINTS:
            structural = bool(re.search(r"C\d*H\d|Ph|C#C|COO|CO2|Me|Et|Bu|Pr", alias))
            read = read_fragment(alias)
            if read is None:
                silent += [alias] if structural else []
                continue
            assert read.formula == ligand.formula, alias
            assert read.charge_taken == ligand.charge_taken, alias
            assert ligand.kind in {read.kind, "other"}, alias
            agree += 1
    assert agree >= 750, f"only {agree} names read; not read: {silent}"


@given(st.integers(1, 40))
def test_alkanethiolates(carbons: int) -> None:
    expected = f"C{carbons if carbons > 1 else ''}H{2 * carbons + 1}S"
    for name in (
        f"S{expected[:-1]}",
        f"{expected}",
        f"S(CH2){carbons - 1}CH3" if carbons > 1 else "SCH3",
    ):
        ligand = read_fragment(name)
        assert ligand is not None
        assert (ligand.kind, ligand.formula) == ("thiolate", expected)


@given(st.integers(1, 30), st.integers(1, 70))
def test_a_hydrocarbon_residue_needs_an_odd_number_of_hydrogens(
    carbons: int, hydrogens: int
) -> None:
    """CnHm is a radical, and so binds once, only if m is odd and at most 2n + 1."""
    read = read_fragment(f"SC{carbons}H{hydrogens}")
    if hydrogens % 2 == 0 or hydrogens > 2 * carbons + 1:
        assert read is None
    elif read is not None:
        assert Counter(read.elements) == Counter({"C": carbons, "H": hydrogens, "S": 1})


SUBSTITUENTS = {
    "F": "F", "Cl": "Cl", "Br": "Br", "Me": "C", "OMe": "OC", "tBu": "C(C)(C)C", "CF3": "C(F)(F)F",
    "NO2": "[N+](=O)[O-]", "CN": "C#N", "NMe2": "N(C)C", "COOH": "C(=O)O", "OH": "O",
}  # fmt: skip
#: Spelling of an aryl ligand around its substituent, and the free form around the SMILES of it.
FRAMES = {
    "SPh{}": "Sc1ccc({})cc1",
    "SC6H4-p-{}": "Sc1ccc({})cc1",
    "SC6H4{}": "Sc1ccc({})cc1",
    "SCH2C6H4{}": "SCc1ccc({})cc1",
    "SePh{}": "[SeH]c1ccc({})cc1",
    "C#CC6H4-4-{}": "C#Cc1ccc({})cc1",
    "C#CPh{}": "C#Cc1ccc({})cc1",
    "P(Ph{})3": "P(c1ccc({0})cc1)(c1ccc({0})cc1)c1ccc({0})cc1",
    "P(C6H4-p-{})3": "P(c1ccc({0})cc1)(c1ccc({0})cc1)c1ccc({0})cc1",
    "PPh2(C6H4{})": "P(c1ccccc1)(c1ccccc1)c1ccc({})cc1",
}


@given(st.sampled_from(sorted(FRAMES)), st.sampled_from(sorted(SUBSTITUENTS)))
def test_substituted_rings_against_rdkit(frame: str, substituent: str) -> None:
    ligand = read_fragment(frame.format(substituent))
    assert ligand is not None
    free = by_rdkit(FRAMES[frame].format(SUBSTITUENTS[substituent]))
    assert Counter(ligand.elements) == free - Counter({"H": ligand.charge_taken or 0})


@given(
    st.sampled_from(["F", "Cl", "Me", "CF3", "OMe"]),
    st.integers(1, 5),
    st.sampled_from(["SPh({}){}", "({}){}C6H{}S"]),
)
def test_many_substituents_on_a_ring(substituent: str, count: int, frame: str) -> None:
    ligand = read_fragment(frame.format(substituent, count, 5 - count or ""))
    if count == 5 and frame.startswith("("):
        return  # C6H without a number means one hydrogen
    assert ligand is not None
    ring = ["", "", "", "", ""]
    for place in range(count):
        ring[place] = f"({SUBSTITUENTS[substituent]})"
    free = by_rdkit("Sc1c{}c{}c{}c{}c1{}".format(*ring[:4], ring[4]))
    assert Counter(ligand.elements) == free - Counter({"H": 1})


@given(st.text(alphabet="SPCHOFNePht#Bu()=-,23456 Me", max_size=24))
def test_whatever_is_read_is_a_closed_shell(text: str) -> None:
    """No text makes the reader fail, and what it reads has paired electrons."""
    ligand = read_fragment(text)
    if ligand is None:
        return
    table = Chem.GetPeriodicTable()
    protons = sum(table.GetAtomicNumber(s) * n for s, n in ligand.elements.items())
    assert (protons + (ligand.charge_taken or 0)) % 2 == 0
    assert all(count > 0 for count in ligand.elements.values())
    assert set(ligand.anchors) <= set(ligand.elements)
