"""Matching ligand atoms of two structures through their bonds, once the anchors are matched."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linear_sum_assignment

from superatom.structure.alignment import FloatArray, IntArray
from superatom.structure.bonds import BondKind, Bonds

__all__ = ["LigandGraph", "match_ligands"]


class LigandGraph:
    """Atoms and the bonds between non-metals.

    Parameters
    ----------
    kinds : ndarray of int, shape (n,)
        Elements.
    found : Bonds
        Bonds of the structure; only covalent ones are used.
    """

    def __init__(self, kinds: IntArray, found: Bonds) -> None:
        self.kinds = kinds
        self.neighbours: list[list[int]] = [[] for _ in kinds]
        for a, b in found.of(BondKind.COVALENT).tolist():
            self.neighbours[a].append(b)
            self.neighbours[b].append(a)


def match_ligands(
    graphs: tuple[LigandGraph, LigandGraph],
    mapping: IntArray,
    moved: FloatArray,
    target: FloatArray,
) -> IntArray:
    """Return `mapping` completed by the atoms that are not matched yet.

    Matched atoms get colours of their own; colours are refined by those of the neighbours
    in both graphs at once, so an atom's colour tells its ligand and its place in it. Atoms
    of one colour are matched by distance, what is left by element and distance.

    Parameters
    ----------
    graphs : tuple of LigandGraph
        First and second structure, equal numbers of each element.
    mapping : ndarray of int, shape (n,)
        Atom of the second structure for each of the first, -1 where not known.
    moved, target : ndarray, shape (n, 3)
        Positions of the first structure laid over the second, and of the second, Å.
    """
    done = mapping.copy()
    here, there = _colours(graphs, mapping)
    for kinds in ((here, there), (graphs[0].kinds, graphs[1].kinds)):
        taken = set(done[done >= 0].tolist())
        free = [atom for atom in range(len(done)) if done[atom] < 0]
        left = [atom for atom in range(len(done)) if atom not in taken]
        for kind in sorted({int(kinds[0][atom]) for atom in free}):
            rows = np.array([atom for atom in free if kinds[0][atom] == kind])
            columns = np.array([atom for atom in left if kinds[1][atom] == kind], dtype=np.int64)
            if len(rows) == len(columns):
                apart = np.sum((moved[rows][:, None] - target[columns][None]) ** 2, axis=2)
                done[rows] = columns[linear_sum_assignment(apart)[1]]
    return done


def _colours(
    graphs: tuple[LigandGraph, LigandGraph], mapping: IntArray
) -> tuple[IntArray, IntArray]:
    """Return colours that agree between the two graphs, refined until they stay."""
    first, second = graphs
    anchors = len(mapping)
    here = [anchors + int(kind) for kind in first.kinds]
    there = [anchors + int(kind) for kind in second.kinds]
    for atom, partner in enumerate(mapping.tolist()):
        if partner >= 0:
            here[atom] = there[partner] = -1 - atom
    count = 0
    while True:
        names: dict[tuple[int, tuple[int, ...]], int] = {}
        here, there = (
            [
                names.setdefault((own[a], tuple(sorted(own[b] for b in near))), len(names))
                for a, near in enumerate(graph.neighbours)
            ]
            for graph, own in ((first, here), (second, there))
        )
        if len(names) == count:
            return np.array(here, dtype=np.int64), np.array(there, dtype=np.int64)
        count = len(names)
