"""Contacts of a model measured without any code of the package, for tests."""

from __future__ import annotations

import networkx as nx
import numpy as np
from ase import Atoms
from ase.data import vdw_alvarez, vdw_radii
from ase.neighborlist import natural_cutoffs, neighbor_list

_METALS = (28, 29, 46, 47, 48, 78, 79, 80)


def bond_graph(atoms: Atoms) -> nx.Graph:
    """Return bonds by ASE's covalent radii (10 % longer), none between metals."""
    metal = np.isin(atoms.numbers, _METALS)
    first, second = neighbor_list("ij", atoms, natural_cutoffs(atoms, mult=1.1))
    kept = ~(metal[first] & metal[second])
    graph = nx.Graph(list(zip(first[kept].tolist(), second[kept].tolist(), strict=True)))
    graph.add_nodes_from(range(len(atoms)))
    nx.set_node_attributes(graph, dict(enumerate(atoms.symbols)), "element")
    return graph


def closest_ratio(atoms: Atoms, skeleton: int) -> float:
    """Return the least distance over van der Waals sum (the larger of two sets of radii).

    Of pairs more than three bonds apart that have an atom after the first `skeleton` ones.
    """
    sets = np.stack([vdw_radii[:100], vdw_alvarez.vdw_radii[:100]])
    size = np.nan_to_num(sets).max(axis=0)[atoms.numbers]
    ratio = atoms.get_all_distances() / (size[:, None] + size)
    ratio[:skeleton, :skeleton] = np.inf
    for atom, near in nx.all_pairs_shortest_path_length(bond_graph(atoms), cutoff=3):
        ratio[atom, list(near)] = np.inf
    return float(ratio.min())


def ligand_graphs(atoms: Atoms) -> list[nx.Graph]:
    """Return the covalent graph of every ligand."""
    graph = bond_graph(atoms)
    graph.remove_nodes_from(np.flatnonzero(np.isin(atoms.numbers, _METALS)).tolist())
    return [graph.subgraph(part) for part in nx.connected_components(graph)]


def graph_of_smiles(smiles: str) -> nx.Graph:
    """Return the graph of a molecule with all hydrogens."""
    from rdkit import Chem

    molecule = Chem.AddHs(Chem.MolFromSmiles(smiles))
    graph = nx.Graph([(b.GetBeginAtomIdx(), b.GetEndAtomIdx()) for b in molecule.GetBonds()])
    symbols = {a.GetIdx(): a.GetSymbol() for a in molecule.GetAtoms()}
    graph.add_nodes_from(symbols)
    nx.set_node_attributes(graph, symbols, "element")
    return graph


def same_molecule(one: nx.Graph, other: nx.Graph) -> bool:
    """Return whether two molecular graphs are the same, elements included."""
    return nx.is_isomorphic(one, other, node_match=lambda a, b: a["element"] == b["element"])
