"""Symmetry of a cluster's skeleton: which atoms, ligands and sites are equivalent.

The skeleton is the metals and the ligand atoms bonded to them (hydrides too). By default two
places are equivalent when a permutation that keeps all bonds of the skeleton carries one into
the other (as `superatom.structure.skeleton_graph.bond_permutations` does for metals alone): this is
the symmetry a cluster has without the distortions of its staples and the turns of its tails,
24 operations (Th) for [Au25(SR)18]-. `by="positions"` asks for operations that lay the
skeleton over itself within the point-group tolerance instead. Elements, and anchors of
different ligands, are never exchanged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.provenance import stamp
from superatom.structure.anatomy import Anatomy
from superatom.structure.permutations import PermutationGroup, graph_automorphisms
from superatom.structure.pointgroup import point_group
from superatom.structure.skeleton_graph import skeleton_edges, skeleton_frame

__all__ = ["RULES", "SkeletonSymmetry", "skeleton_symmetry"]

IntArray = NDArray[np.int64]

#: What makes two places equivalent.
RULES = ("bonds", "positions", "none")


@dataclass(frozen=True, slots=True, eq=False)
class SkeletonSymmetry:
    """Permutations of the skeleton's atoms.

    Attributes
    ----------
    atoms : ndarray of int, shape (n,)
        Metals and anchors: indices into the structure.
    group : PermutationGroup
        Permutations of 0..n-1.
    """

    atoms: IntArray
    group: PermutationGroup

    def images(self, units: Sequence[Sequence[int]]) -> IntArray:
        """Return which unit each operation carries each unit to, shape (order, m).

        A unit is a set of skeleton atoms (indices into the structure); -1 where its image is
        none of the units.
        """
        number = {atom: k for k, atom in enumerate(self.atoms.tolist())}
        flat = np.array([number[a] for unit in units for a in unit], dtype=np.int64)
        starts = np.cumsum([0, *(len(unit) for unit in units[:-1])])
        # a random number for each atom; the sum tells a set, whatever its order
        weights = np.random.default_rng(20).integers(1, 2**63, len(self.atoms), dtype=np.uint64)
        own = np.add.reduceat(weights[flat], starts)
        moved = np.add.reduceat(weights[self.group.elements[:, flat]], starts, axis=1)
        order = np.argsort(own, kind="stable")
        place = np.minimum(np.searchsorted(own[order], moved), len(own) - 1)
        found = order[place]
        return np.where(own[found] == moved, found, -1)

    def action(self, units: Sequence[Sequence[int]]) -> PermutationGroup:
        """Return the permutations of the units, by those operations that keep the set of them."""
        rows = self.images(units)
        rows = np.unique(rows[(rows >= 0).all(axis=1)], axis=0)  # sorted: the identity is first
        return PermutationGroup(rows, stamp("symmetry of units of a skeleton", rows.tolist()))

    def orbits(self, units: Sequence[Sequence[int]]) -> tuple[tuple[int, ...], ...]:
        """Return the sets of equivalent units, each by number, in order of their first unit."""
        if not units:
            return ()
        rows = self.images(units)
        labels = np.where(rows < 0, len(units), rows).min(axis=0)
        return tuple(tuple(np.flatnonzero(labels == k).tolist()) for k in np.unique(labels))


def skeleton_symmetry(anatomy: Anatomy, by: str = "bonds") -> SkeletonSymmetry:
    """Return the symmetry of a cluster's skeleton.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster, dissected.
    by : str
        'bonds' (default), 'positions' (point group within 0.6 Å) or 'none'.

    Raises
    ------
    SearchError
        If there is no such rule, or the bonds have more than 20,000 automorphisms.
    """
    if by not in RULES:
        raise SearchError(f"no symmetry rule {by!r}; choose from {', '.join(RULES)}")
    frame = skeleton_frame(anatomy)
    if by == "none":
        rows = np.arange(len(frame), dtype=np.int64)[None]
        return SkeletonSymmetry(frame, PermutationGroup(rows, stamp("identity", len(frame))))
    colours = _colours(anatomy, frame)
    if by == "positions":
        found = point_group(anatomy.atoms.positions[frame], colours)
        return SkeletonSymmetry(frame, found.permutation_group())
    edges = skeleton_edges(anatomy, frame)
    return SkeletonSymmetry(frame, graph_automorphisms(len(frame), edges, colours))


def _colours(anatomy: Anatomy, frame: IntArray) -> list[str]:
    """Return what each skeleton atom is: a metal's element, an anchor's element and ligand."""
    ligand = {a: b.ligand.name for b in anatomy.ligands.ligands for a in b.anchors}
    symbols = anatomy.atoms.symbols
    return [f"{symbols[k]} {ligand.get(k, '')}" for k in frame.tolist()]
