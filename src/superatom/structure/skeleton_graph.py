"""The graph of a cluster's skeleton, and the permutations of its metals that keep it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superatom.structure.anatomy import Anatomy, dissect
from superatom.structure.bonds import BondKind, adjacency
from superatom.structure.neighbours import REACH, neighbour_distance, neighbour_matrix
from superatom.structure.permutations import PermutationGroup, graph_automorphisms

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["bond_permutations", "skeleton_edges", "skeleton_frame"]

IntArray = NDArray[np.int64]


def bond_permutations(
    atoms: Atoms, *, alike: bool = True, anatomy: Anatomy | None = None
) -> PermutationGroup:
    """Return the permutations of the metals that keep the bonds of the skeleton.

    Distances do not matter otherwise, so this is the symmetry a cluster would have without
    distortion: 24 (Th) for [Ag25(SPhMe2)18]-, whose twisted staples leave only T of the
    positions.

    Parameters
    ----------
    atoms : ase.Atoms
        One molecule.
    alike : bool
        Whether metals of different elements may be exchanged, as for counting isomers.
    anatomy : Anatomy, optional
        The dissected cluster if already known.

    Returns
    -------
    PermutationGroup
        Permutations of the metals in the order of `part_atoms(atoms, "metals")`.

    Raises
    ------
    SearchError
        If the graph has more than 20,000 automorphisms.
    """
    known = anatomy if anatomy is not None else dissect(atoms)
    frame = skeleton_frame(known)
    site = np.isin(frame, known.metals)
    symbols = known.atoms.symbols
    colours = [
        "M" if metal and alike else symbols[index]
        for index, metal in zip(frame.tolist(), site, strict=True)
    ]
    edges = skeleton_edges(known, frame)
    return graph_automorphisms(len(frame), edges, colours, sites=np.flatnonzero(site))


def skeleton_frame(anatomy: Anatomy) -> IntArray:
    """Return the atoms of the skeleton: metals, and the anchors of ligands (hydrides too)."""
    chosen = np.zeros(len(anatomy.atoms), dtype=bool)
    chosen[list(anatomy.metals)] = True
    chosen[[a for bound in anatomy.ligands.ligands for a in bound.anchors]] = True
    return np.flatnonzero(chosen)


def skeleton_edges(anatomy: Anatomy, frame: IntArray) -> list[tuple[int, int]]:
    """Return bonds of metals with anchors, within ligands, and between kernel metals.

    The loose metal-metal contacts of staples are left out, but for those that alone hold a
    ring to the rest: else it could turn by itself.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster, dissected.
    frame : ndarray of int, shape (n,)
        Its skeleton (`skeleton_frame`).

    Returns
    -------
    list of (int, int)
        Pairs of places in `frame`.
    """
    from scipy.sparse.csgraph import connected_components

    number = np.full(len(anatomy.atoms), -1, dtype=np.int64)
    number[frame] = np.arange(len(frame))
    pairs = anatomy.bonds.of(BondKind.METAL_LIGAND, BondKind.METAL_HYDROGEN, BondKind.COVALENT)
    pairs = pairs[(number[pairs] >= 0).all(axis=1)]
    metals = np.array(anatomy.metals, dtype=np.int64)
    kernel = np.array(anatomy.geometric.kernel, dtype=np.int64)
    positions = anatomy.atoms.positions
    cutoff = REACH * neighbour_distance(positions[metals])
    near = np.argwhere(np.triu(neighbour_matrix(positions[kernel], cutoff)))
    inside = number[kernel[near]]
    tied = _same_ligand(anatomy, number)
    edges = np.array([*number[pairs].tolist(), *inside.tolist(), *tied], dtype=np.int64)
    loose = number[anatomy.bonds.of(BondKind.METAL_METAL)]
    piece = connected_components(adjacency(edges.reshape(-1, 2), len(frame)))[1]
    between = loose[piece[loose[:, 0]] != piece[loose[:, 1]]]
    return [(int(a), int(b)) for a, b in (*edges.tolist(), *between.tolist())]


def _same_ligand(anatomy: Anatomy, number: IntArray) -> list[tuple[int, int]]:
    """Return pairs of anchors of one ligand (a diphosphine): they move together."""
    return [
        (int(number[bound.anchors[0]]), int(number[other]))
        for bound in anatomy.ligands.ligands
        for other in bound.anchors[1:]
    ]
