"""Full ligands on built cores: nothing clashes, every molecule is whole, hands are kept."""

from __future__ import annotations

import json
from functools import cache

import networkx as nx
import numpy as np
import pytest
from ase import Atoms
from rdkit import Chem

from superatom.composition.cluster import Cluster
from superatom.errors import ComputationError, SearchError, StructureError, UnknownLigand
from superatom.model.assemble import build_model, rebuild_model
from superatom.model.shell.bound_molecules import bound_molecule, known_ligand, ligand_of_smiles
from superatom.model.shell.conformers import conformers
from superatom.model.shell.ligand_choice import with_ligand
from superatom.structure.anatomy import dissect
from superatom.structure.compare import compare

from .contact_measure import (
    bond_graph,
    closest_ratio,
    graph_of_smiles,
    ligand_graphs,
    same_molecule,
)


@cache
def model(formula: str) -> Atoms:
    return build_model(formula)


#: Number of atoms (counted by hand: Au25(SC8H9)18 is 25 + 18 x 18), skeleton atoms, and the
#: bound ligands: SMILES with the hydrogen lost on binding left out.
SHELLS = {
    "[Au25(PET)18]-": (349, 43, {"[S]CCc1ccccc1": 18}),
    "Au38(PET)24-Q": (470, 62, {"[S]CCc1ccccc1": 24}),
    "Au102(p-MBA)44": (762, 146, {"OC(=O)c1ccc([S])cc1": 44}),
    "Au11(PPh3)8Cl2": (285, 21, {"c1ccccc1P(c1ccccc1)c1ccccc1": 8, "[Cl]": 2}),
    "Au13(dppm)6": (307, 25, {"c1ccccc1P(c1ccccc1)CP(c1ccccc1)c1ccccc1": 6}),
    "Au25(SG)18": (673, 43, {"NC(CCC(=O)NC(C[S])C(=O)NCC(=O)O)C(=O)O": 18}),
}


@pytest.mark.parametrize("formula", SHELLS)
def test_a_full_shell_is_complete_and_does_not_clash(formula: str) -> None:
    atoms, (size, skeleton, ligands) = model(formula), SHELLS[formula]
    assert len(atoms) == size
    assert closest_ratio(atoms, skeleton) >= 0.75
    found = ligand_graphs(atoms)
    assert len(found) == sum(ligands.values())
    for smiles, number in ligands.items():
        wanted = graph_of_smiles(smiles)
        assert sum(same_molecule(wanted, graph) for graph in found) == number
    counted = dict(Cluster.parse(formula).elements)
    assert {s: int(n) for s, n in counted.items()} == dict(atoms.symbols.formula.count())


@pytest.mark.parametrize("formula", ["[Au25(PET)18]-", "Au102(p-MBA)44"])
def test_the_skeleton_is_that_of_the_small_model(formula: str) -> None:
    """Full ligands leave metals and sulfur exactly where the archetype put them."""
    n = SHELLS[formula][1]
    small, full = build_model(formula, simplified="CH3"), model(formula)
    assert np.array_equal(small.numbers[:n], full.numbers[:n])
    shift = small.positions[0] - full.positions[0]
    assert full.positions[:n] + shift == pytest.approx(small.positions[:n], abs=1e-9)
    anatomy = dissect(full)
    assert (anatomy.kernel, anatomy.motifs) == (dissect(small).kernel, dissect(small).motifs)


def test_ligands_are_recognised() -> None:
    """Au25(PET)18 dissects to its own formula."""
    assert dissect(model("[Au25(PET)18]-"), charge=-1).formula == Cluster.parse("[Au25(PET)18]-")


def hand(atoms: Atoms, centre: int, order: list[int]) -> float:
    """Return the sign of the volume of three neighbours of an atom."""
    steps = atoms.positions[order] - atoms.positions[centre]
    return float(np.sign(np.linalg.det(steps)))


def cysteine_hands(atoms: Atoms) -> list[float]:
    """Return the hand of each Ca of cysteine: N, then CH2S, then CO, seen with H behind."""
    graph = bond_graph(atoms)
    symbol = graph.nodes(data="element")
    signs = []
    for sulfur in [k for k, s in symbol if s == "S"]:
        beta = next(k for k in graph[sulfur] if symbol[k] == "C")
        alpha = next(k for k in graph[beta] if symbol[k] == "C")
        near = {symbol[k]: k for k in graph[alpha] if k != beta}
        signs.append(hand(atoms, alpha, [near["N"], beta, near["C"]]))
    return signs


def expected_hand(smiles: str) -> float:
    """Return the same of a molecule laid out by RDKit alone."""
    from rdkit.Chem import rdDistGeom

    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    rdDistGeom.EmbedMolecule(molecule, randomSeed=1)
    atoms = Atoms(
        [a.GetSymbol() for a in molecule.GetAtoms()], molecule.GetConformer().GetPositions()
    )
    return cysteine_hands(atoms)[0]


def test_glutathione_keeps_its_hand() -> None:
    """L-cysteine in the tripeptide is (R)."""
    wanted = expected_hand("N[C@@H](CCC(=O)N[C@@H](CS)C(=O)NCC(=O)O)C(=O)O")
    assert cysteine_hands(model("Au25(SG)18")) == [wanted] * 18


@pytest.mark.parametrize(
    ("name", "smiles"),
    [
        ("L-Cys", "N[C@@H](CS)C(=O)O"),
        ("D-Cys", "N[C@H](CS)C(=O)O"),
        ("NAC", "CC(=O)N[C@@H](CS)C(=O)O"),
    ],
)
def test_a_handed_ligand_keeps_its_hand(name: str, smiles: str) -> None:
    atoms = build_model(f"Au10({name})10")
    assert Chem.CanonSmiles(atoms.info["construction"]["operations"][0]["smiles"][
        known_ligand(name).name
    ]) == Chem.CanonSmiles(smiles)  # fmt: skip
    assert cysteine_hands(atoms) == [expected_hand(smiles)] * 10


def test_a_smiles_keeps_its_hand() -> None:
    """(R) and (S) of 1-phenylpropane-2-thiol, which is not in the library."""
    signs = []
    for smiles in ("C[C@@H](S)Cc1ccccc1", "C[C@H](S)Cc1ccccc1"):
        cluster = with_ligand(Cluster.parse("Au10(SR)10"), ligand_of_smiles(smiles))
        atoms = build_model(cluster)
        graph = bond_graph(atoms)
        symbol = graph.nodes(data="element")
        hands = set()
        for sulfur in [k for k, s in symbol if s == "S"]:
            alpha = next(k for k in graph[sulfur] if symbol[k] == "C")
            carbons = [k for k in graph[alpha] if symbol[k] == "C"]
            methyl = next(k for k in carbons if sum(symbol[n] == "H" for n in graph[k]) == 3)
            other = next(k for k in carbons if k != methyl)
            hands.add(hand(atoms, alpha, [sulfur, other, methyl]))
        signs.append(hands)
    assert signs in ([{1.0}, {-1.0}], [{-1.0}, {1.0}])


def test_an_axis_that_cannot_turn_has_one_hand() -> None:
    """All shapes of BINAP are of one hand: the dihedral over its axis has one sign."""
    molecule = bound_molecule(known_ligand("BINAP"))
    chain = nx.shortest_path(nx.Graph(molecule.bonds.tolist()), *molecule.donors)
    assert len(chain) == 6  # P, C, C, C, C, P
    ends = conformers(molecule)[:, chain[1:5]]
    first, axis, last = np.diff(ends, axis=1).transpose(1, 0, 2)
    signs = np.sign(np.einsum("ck,ck->c", np.cross(first, axis), last))
    assert len(signs) > 1
    assert len(set(signs.tolist())) == 1


@pytest.mark.parametrize(("rotamers", "sides"), [("up", {1}), ("down", {-1})])
def test_tails_stand_on_the_side_that_is_asked(rotamers: str, sides: set[int]) -> None:
    """Up is the side of (first metal - S) x (second metal - S), in the order of the motif."""
    from superatom.model.families.names import find_archetype

    atoms = build_model("[Au25(SCH3)18]-", rotamers=rotamers)
    family = find_archetype(Cluster.parse("[Au25(SCH3)18]-"))
    graph = bond_graph(atoms)
    found = set()
    for k, (first, second) in enumerate(family.bridges):
        sulfur = 25 + k
        carbon = next(n for n in graph[sulfur] if atoms.symbols[n] == "C")
        steps = atoms.positions[[first, second, carbon]] - atoms.positions[sulfur]
        found.add(int(np.sign(np.linalg.det(steps))))
    assert found == sides


def test_a_side_for_each_site() -> None:
    sides = "ud" * 9
    atoms = build_model("[Au25(SCH3)18]-", rotamers=sides)
    assert atoms.info["construction"]["operations"][0]["rotamers"] == sides
    with pytest.raises(SearchError, match="17 rotamers for 18"):
        build_model("[Au25(SCH3)18]-", rotamers="u" * 17)
    with pytest.raises(SearchError, match="cannot read the rotamers"):
        build_model("[Au25(SCH3)18]-", rotamers="sideways")


def sulfurs_with(atoms: Atoms, element: str) -> set[int]:
    """Return the ligand sites (from 1) whose ligand holds an element."""
    return {
        min(k for k in graph if atoms.symbols[k] == "S") - 24
        for graph in ligand_graphs(atoms)
        if any(atoms.symbols[k] == element for k in graph)
    }


def test_mixed_shells_have_the_ligands_where_they_were_put() -> None:
    mba = known_ligand("pMBA")
    atoms = build_model("Au25(SCH3)16(pMBA)2", ligand_sites={2: mba, 5: mba})
    assert sulfurs_with(atoms, "O") == {2, 5}
    assert closest_ratio(atoms, 43) >= 0.75
    drawn = [sulfurs_with(build_model("Au25(SCH3)16(pMBA)2", seed=s), "O") for s in (0, 0, 1)]
    assert drawn[0] == drawn[1] != drawn[2]
    assert all(len(sites) == 2 for sites in drawn)


@pytest.mark.parametrize(
    ("sites", "says"),
    [
        ({19: "pMBA"}, "ligand sites 1 to 18, not 19"),
        ({1: "pMBA", 2: "pMBA", 3: "pMBA"}, "1 more p-MBA"),
        ({1: "PPh3"}, "takes SR"),
    ],
)
def test_a_ligand_needs_a_site_that_takes_it(sites: dict[int, str], says: str) -> None:
    chosen = {k: known_ligand(name) for k, name in sites.items()}
    with pytest.raises(SearchError, match=says):
        build_model("Au25(SCH3)16(pMBA)2", ligand_sites=chosen)


def test_the_same_seed_gives_the_same_shell_another_seed_another() -> None:
    once, again = build_model("Au10(PET)10"), build_model("Au10(PET)10")
    assert np.array_equal(again.positions, once.positions)
    other = build_model("Au10(PET)10", seed=1)
    assert not np.allclose(other.positions, again.positions, atol=0.1)


def test_a_model_is_rebuilt_from_its_record() -> None:
    """Also after the record went through JSON, as in a file."""
    atoms = build_model("PtAu24(PET)16(D-Cys)2", seed=4, rotamers="alternating")
    record = json.loads(json.dumps(atoms.info["construction"]))
    again = rebuild_model(record)
    assert np.array_equal(again.numbers, atoms.numbers)
    assert np.array_equal(again.positions, atoms.positions)
    with pytest.raises(SearchError, match="not that of a model"):
        rebuild_model({"operations": [{"operation": "dope"}]})


def test_small_relatives() -> None:
    assert build_model("Au25(PET)18", simplified="H").get_chemical_formula() == "H18Au25S18"
    small = build_model("Au11(PPh3)8Cl2", simplified="CH3")
    assert small.get_chemical_formula() == "H24Au11Cl2P8"
    with pytest.raises(SearchError, match="CH3 or H"):
        build_model("Au25(PET)18", simplified="Ph")


def test_an_overfull_shell_says_where_and_what_to_do() -> None:
    """Eight tri-tert-butylphosphines (cone angle 182°) have no room on Au11."""
    with pytest.raises(ComputationError, match=r"overfull: .* on ligand site (.|\n)*smaller"):
        build_model("Au11(PtBu3)8Cl2")


@pytest.mark.parametrize(
    ("formula", "says"),
    [("Au6(dppf)4", "several pieces"), ("Au25(SB12H11)18", "no kind of site")],
)
def test_what_cannot_be_placed_says_why(formula: str, says: str) -> None:
    with pytest.raises((StructureError, SearchError), match=says):
        build_model(formula)


@pytest.mark.parametrize(
    ("smiles", "says"), [("CCC", "no atom to bind with"), ("C1CC", "cannot read the SMILES")]
)
def test_a_smiles_without_an_anchor(smiles: str, says: str) -> None:
    with pytest.raises(StructureError, match=says):
        ligand_of_smiles(smiles)


def test_an_unknown_name_is_answered_with_near_ones() -> None:
    with pytest.raises(UnknownLigand, match="PET"):
        known_ligand("PETT")


def test_the_skeleton_holds_its_bar_with_full_ligands(shared) -> None:
    folder = shared / "data" / "structures" / "NC_Database" / "fully_protected"
    for formula, file in (
        ("[Au25(PET)18]-", "au25_pet18_-1_opt.xyz"),
        ("Au102(p-MBA)44", "au102_mba44_opt.xyz"),
        ("Au38(PET)24-Q", "au38_pet24q_opt.xyz"),
    ):
        from superatom.structure.read import read_structure

        found = compare(model(formula), read_structure(folder / file).atoms)
        assert found.rmsd_skeleton is not None
        assert found.rmsd_skeleton < 0.35
