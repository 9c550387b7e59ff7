"""Full ligands put back on a simplified model, also after its core was relaxed.

Each part of a ligand that was cut off returns as it was in the full parent, turned with the
atoms around the place where it hangs (Kabsch 1976, 10.1107/S0567739476001873, about that
atom, near atoms counting most) and at its old bond length. Metals, anchors and all else that
stayed in the simplified model keep the positions they have there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError
from superatom.model.construction import KEY, construction, coordinates_hash, record_operation
from superatom.structure.anatomy import Anatomy, dissect
from superatom.structure.bonds import BondKind, adjacency

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["restore"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_AROUND = 6.0  # Å; atoms that stayed within this distance turn a ligand


def restore(small: Atoms, full: Atoms, *, anatomy: Anatomy | None = None) -> Atoms:
    """Return the full cluster on the core of a simplified model.

    Parameters
    ----------
    small : ase.Atoms
        What `superatom.model.simplify.simplify` made, relaxed or not; the order of its atoms
        and its `info["construction"]` as they were.
    full : ase.Atoms
        The cluster it was made from.
    anatomy : Anatomy, optional
        `full` dissected, if already known.

    Returns
    -------
    ase.Atoms
        Atoms in the order of `full`.

    Raises
    ------
    SearchError
        If `small` was not made from `full`, or its atoms have changed.
    """
    kept = _kept(small, full)
    taken_apart = anatomy if anatomy is not None else dissect(full)
    old = np.asarray(full.positions, dtype=np.float64)
    new = old.copy()
    new[kept] = small.positions[: len(kept)]
    stayed = np.zeros(len(full), dtype=bool)
    stayed[kept] = True
    bound = sorted(a for ligand in taken_apart.ligands.ligands for a in ligand.atoms)
    for branch, inner in _branches(taken_apart, stayed, bound):
        new[branch] = _carried(old, new, stayed, branch, inner)
    chosen = sorted({*kept.tolist(), *bound})
    model: Atoms = full[chosen]
    model.positions = new[chosen]
    model.info = dict(small.info)
    record_operation(model, construction(small), "restore", full=coordinates_hash(full))
    return model


def _kept(small: Atoms, full: Atoms) -> IntArray:
    """Return the index in `full` of each atom that stayed, after checks."""
    record: dict[str, Any] = small.info.get(KEY) or {}
    steps = [s for s in record.get("operations", []) if s["operation"] == "simplify"]
    if not steps:
        raise SearchError(
            "this model does not say that it was simplified (info['construction']); "
            "write it as extended XYZ, which keeps that"
        )
    if steps[-1]["full"] != coordinates_hash(full):
        raise SearchError("the simplified model was made from another structure than this one")
    kept = np.array(steps[-1]["kept"], dtype=np.int64)
    same = len(small) >= len(kept) and np.array_equal(
        small.numbers[: len(kept)], full.numbers[kept]
    )
    if not same:
        raise SearchError("the atoms of the simplified model are not in the order it was made in")
    return kept


def _branches(
    anatomy: Anatomy, stayed: NDArray[np.bool_], bound: list[int]
) -> list[tuple[IntArray, IntArray]]:
    """Return the connected parts that were cut off, each with the atoms it hangs on."""
    from scipy.sparse.csgraph import connected_components

    lost = np.zeros(len(stayed), dtype=bool)
    lost[bound] = True
    lost &= ~stayed
    pairs = anatomy.bonds.of(BondKind.COVALENT)
    graph = adjacency(pairs[lost[pairs].all(axis=1)], len(stayed))
    _, labels = connected_components(graph, directed=False)
    edge = pairs[lost[pairs].sum(axis=1) == 1]
    outer = np.where(lost[edge[:, 0]], edge[:, 0], edge[:, 1])
    inner = np.where(lost[edge[:, 0]], edge[:, 1], edge[:, 0])
    return [
        (np.flatnonzero(lost & (labels == label)), np.unique(inner[labels[outer] == label]))
        for label in np.unique(labels[outer])
    ]


def _carried(
    old: FloatArray, new: FloatArray, stayed: NDArray[np.bool_], branch: IntArray, inner: IntArray
) -> FloatArray:
    """Return where a branch goes: turned as the atoms near its root, hung on the root."""
    root_old, root_new = old[inner].mean(axis=0), new[inner].mean(axis=0)
    far = np.linalg.norm(old - root_old, axis=1)
    near = np.flatnonzero(stayed & (far < _AROUND) & (far > 1e-6))
    before = old[near] - root_old
    after = new[near] - root_new
    weight = 1.0 / far[near] ** 4
    left, _, right = np.linalg.svd((before * weight[:, None]).T @ after)
    sign = np.sign(np.linalg.det(left @ right))
    turn = left @ np.diag([1.0, 1.0, sign]) @ right
    carried: FloatArray = root_new + (old[branch] - root_old) @ turn
    return carried
