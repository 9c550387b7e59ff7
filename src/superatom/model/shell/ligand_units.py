"""Parts of ligands that turn as a whole about an atom that stays where it is.

A ligand that binds through one atom is one such part, rooted in its donor. A ligand that
binds through several is held by a backbone (the donors, the shortest chains between them and
the rings on the way); what hangs on the backbone are its parts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superatom.model.shell.bound_molecules import BoundMolecule
from superatom.model.shell.conformers import conformers, rotatable_bonds

__all__ = ["Torsion", "Unit", "backbone", "hanging_units"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_ROOT, _GONE = -1, -2


@dataclass(frozen=True, slots=True)
class Torsion:
    """A bond that turns.

    Attributes
    ----------
    start, end : int
        Atoms of the unit, the one nearer to the root first; -1 is the root.
    moved : tuple[int, ...]
        Atoms of the unit beyond `end`.
    """

    start: int
    end: int
    moved: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Unit:
    """A part of a ligand, in a frame of its own.

    Attributes
    ----------
    root : int
        Atom of the molecule it hangs on, numbered as in `BoundMolecule`.
    atoms : ndarray of int, shape (m,)
        Its atoms in the molecule, the root left out.
    numbers : ndarray of int, shape (m,)
        Atomic numbers.
    shapes : ndarray, shape (c, m, 3)
        Conformers: the root in the origin, the sum of its bonds along z, Å.
    depth : ndarray of int, shape (m,)
        Bonds from the root.
    apart : ndarray of int, shape (m, m)
        Bonds between the atoms.
    torsions : tuple[Torsion, ...]
        Bonds that turn, from the root outwards.
    """

    root: int
    atoms: IntArray
    numbers: IntArray
    shapes: FloatArray
    depth: IntArray
    apart: IntArray
    torsions: tuple[Torsion, ...]


def backbone(molecule: BoundMolecule) -> frozenset[int]:
    """Return the atoms that hold a ligand between its donors; the donor alone if it is one.

    The shortest chains between donors, with every ring they run through.
    """
    if len(molecule.donors) == 1:
        return frozenset(molecule.donors)
    import networkx as nx

    graph: Any = nx.Graph(molecule.bonds.tolist())
    graph.add_nodes_from(range(molecule.n_atoms))
    held = set(molecule.donors)
    first = molecule.donors[0]
    for other in molecule.donors[1:]:
        if nx.has_path(graph, first, other):
            held.update(nx.shortest_path(graph, first, other))
    rings = [set(ring) for ring in nx.minimum_cycle_basis(graph)]
    grown = True
    while grown:  # rings that share a bond with what is held belong to it
        before = len(held)
        for ring in rings:
            if len(ring & held) >= 2:
                held |= ring
        grown = len(held) > before
    return frozenset(held)


def hanging_units(molecule: BoundMolecule, seed: int, held: Iterable[int]) -> tuple[Unit, ...]:
    """Return the parts of a ligand that hang on the atoms `held`.

    Parameters
    ----------
    molecule : BoundMolecule
        The ligand.
    seed : int
        Seed of its conformers.
    held : iterable of int
        Atoms that keep their places; each part hangs on one of them.
    """
    import networkx as nx

    fixed = set(held)
    graph: Any = nx.Graph(molecule.bonds.tolist())
    graph.add_nodes_from(range(molecule.n_atoms))
    single = len(fixed) == 1
    shapes = conformers(molecule, seed)
    free: Any = nx.Graph(graph)
    free.remove_nodes_from(fixed)
    pieces = sorted(sorted(piece) for piece in nx.connected_components(free))
    if single:  # all that hangs on one donor turns together
        pieces = [sorted(atom for piece in pieces for atom in piece)] if pieces else []
    units = []
    for piece in pieces:
        roots = sorted({n for a in piece for n in graph[a] if n in fixed})
        units.append(_unit(molecule, graph, shapes, roots[0], np.array(piece, dtype=np.int64)))
    return tuple(units)


def _unit(
    molecule: BoundMolecule, graph: Any, shapes: FloatArray, root: int, atoms: IntArray
) -> Unit:
    import networkx as nx

    inside = graph.subgraph([root, *atoms.tolist()])
    lengths = dict(nx.all_pairs_shortest_path_length(inside))
    depth = np.array([lengths[root][k] for k in atoms.tolist()], dtype=np.int64)
    apart = np.array([[lengths[a][b] for b in atoms.tolist()] for a in atoms.tolist()])
    local = shapes[:, atoms] - shapes[:, [root]]
    bonds = local[:, depth == 1]
    axis = (bonds / np.linalg.norm(bonds, axis=2, keepdims=True)).sum(axis=1)
    turned = np.einsum("cij,caj->cai", _onto_z(axis), local)
    return Unit(
        root,
        atoms,
        molecule.numbers[atoms],
        _distinct(turned),
        depth,
        apart.astype(np.int64),
        _torsions(molecule, inside, root, atoms),
    )


def _onto_z(axes: FloatArray) -> FloatArray:
    """Return rotations that carry each axis onto z, shape (c, 3, 3)."""
    z = axes / np.linalg.norm(axes, axis=1, keepdims=True)
    helper = np.eye(3)[np.argmin(np.abs(z), axis=1)]
    x = np.cross(helper, z)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    return np.stack([x, np.cross(z, x), z], axis=1)


def _distinct(shapes: FloatArray) -> FloatArray:
    """Return the shapes of a part that differ, whatever the rest of the ligand does.

    Shapes are the same when all distances, also to the root and a point on the axis, and the
    hand agree within 0.3 Å on average.
    """
    tips = np.broadcast_to([[0.0, 0.0, 0.0], [0.0, 0.0, 3.0]], (len(shapes), 2, 3))
    points = np.concatenate([tips, shapes], axis=1)
    i, j = np.triu_indices(points.shape[1], 1)
    apart = np.linalg.norm(points[:, i] - points[:, j], axis=2)
    chosen: list[int] = []
    for k in range(len(shapes)):
        if all(np.sqrt(np.mean((apart[k] - apart[c]) ** 2)) > _SAME for c in chosen):
            chosen.append(k)
    return shapes[chosen]


_SAME = 0.2  # Å


def _torsions(
    molecule: BoundMolecule, inside: Any, root: int, atoms: IntArray
) -> tuple[Torsion, ...]:
    import networkx as nx

    place = {int(k): i for i, k in enumerate(atoms)}
    place[root] = _ROOT
    kept = {int(k): i for i, k in enumerate(molecule.kept)}
    graph = inside
    depth = nx.single_source_shortest_path_length(graph, root)
    alone = graph.degree(root) == 1
    found = []
    for a, b in rotatable_bonds(molecule.free):
        ends = kept.get(a, _GONE), kept.get(b, _GONE)
        if ends[0] not in place or ends[1] not in place or not graph.has_edge(*ends):
            continue
        start, end = sorted(ends, key=lambda k: depth[k])
        if start == root and alone:
            continue  # the turn of the whole part
        cut: Any = nx.Graph(graph)
        cut.remove_edge(start, end)
        beyond = nx.node_connected_component(cut, end) - {end}
        if root in beyond or not beyond:
            continue
        found.append(
            (depth[end], Torsion(place[start], place[end], tuple(sorted(place[k] for k in beyond))))
        )
    return tuple(torsion for _, torsion in sorted(found, key=lambda item: (item[0], item[1].end)))
