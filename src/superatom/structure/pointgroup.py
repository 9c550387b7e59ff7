"""Point group of a noisy cluster: the largest group whose operations all fit within a tolerance.

Relaxed and measured clusters are never exactly symmetric, so a point group is a statement
about a tolerance. Every orthogonal matrix that lays the atoms over themselves within the
tolerance is found as a permutation of the atoms; permutations, unlike fitted matrices,
multiply exactly, so the largest set that is closed under multiplication is the group, its
members' deviations are measured one by one, and the chain of its subgroups tells at which
tolerance each symmetry appears ("Th, 0.22 Å; exact Ci").
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.spatial import cKDTree

from superatom.errors import StructureError
from superatom.provenance import Provenance, stamp
from superatom.structure.alignment import FloatArray, IntArray, refine
from superatom.structure.groupsearch import SiteFits, largest_group
from superatom.structure.operations import (
    SymmetryOperation,
    describe_operations,
    exact_matrices,
    permutation_orders,
)
from superatom.structure.permutations import PermutationGroup, generate_group, product_table
from superatom.structure.schoenflies import group_name
from superatom.structure.superposition import search_matches

__all__ = [
    "DEFAULT_TOLERANCE",
    "EXACT_TOLERANCE",
    "PointGroup",
    "SymmetryStep",
    "point_group",
    "site_permutations",
    "symmetrised",
]

DEFAULT_TOLERANCE = 0.6  # Å; a fifth of a metal-metal distance
EXACT_TOLERANCE = 0.05  # Å; what a geometry optimisation leaves of an exact symmetry
_COINCIDE = 1e-3  # Å; closer atoms cannot be told apart
_METHOD = "largest closed set of site permutations with RMSD within the tolerance"


@dataclass(frozen=True, slots=True)
class SymmetryStep:
    """One group of the chain from the exact symmetry to the idealised one.

    Attributes
    ----------
    name : str
        Schoenflies symbol.
    order : int
        Number of operations.
    rmsd : float
        Largest RMSD of its operations, Å: the tolerance at which it appears.
    """

    name: str
    order: int
    rmsd: float


@dataclass(frozen=True, slots=True)
class PointGroup:
    """Point group of a set of atoms within a tolerance.

    Attributes
    ----------
    name : str
        Schoenflies symbol, 'Th', 'D5h', 'C∞v', or 'Kh' for one atom.
    order : int or None
        Number of operations; None when infinite.
    tolerance : float
        Largest RMSD allowed for an operation, Å.
    rmsd : float
        Largest RMSD of the group's operations, Å.
    asymmetry : float
        Continuous symmetry measure, 0 (perfect) to 100: 100 times the mean square distance
        to the nearest structure with exactly this symmetry over the mean square radius
        (Zabrodsky, Peleg and Avnir 1992, 10.1021/ja00046a033).
    centre : tuple[float, float, float]
        Centroid, through which all operations pass, Å.
    operations : tuple[SymmetryOperation, ...]
        All operations (for infinite groups only those that permute the atoms).
    ladder : tuple[SymmetryStep, ...]
        Subgroups by growing RMSD, ending with this group.
    provenance : Provenance
        Method and inputs.
    """

    name: str
    order: int | None
    tolerance: float
    rmsd: float
    asymmetry: float
    centre: tuple[float, float, float]
    operations: tuple[SymmetryOperation, ...]
    ladder: tuple[SymmetryStep, ...]
    provenance: Provenance

    @property
    def exact(self) -> SymmetryStep:
        """The largest subgroup obeyed within 0.05 Å."""
        return [step for step in self.ladder if step.rmsd <= EXACT_TOLERANCE][-1]

    @property
    def is_chiral(self) -> bool:
        """Whether the group has no reflection, inversion or rotoreflection."""
        return all(operation.is_proper for operation in self.operations)

    @property
    def principal_axis(self) -> tuple[float, float, float] | None:
        """Axis of the highest-fold rotation; None if there is none or no unique one."""
        folds = [(_fold(op.symbol), op.axis) for op in self.operations if op.symbol[0] == "C"]
        top = max((fold for fold, _ in folds), default=0)
        axes = np.array([axis for fold, axis in folds if fold == top])
        if not len(axes) or (np.abs(axes @ axes[0]) < 0.99).any():
            return None
        return next(axis for fold, axis in folds if fold == top)

    def __str__(self) -> str:
        if self.rmsd <= EXACT_TOLERANCE:
            return f"{self.name} (exact within {EXACT_TOLERANCE} Å)"
        return f"{self.name}, {self.rmsd:.2f} Å; exact {self.exact.name}"

    def permutation_group(self) -> PermutationGroup:
        """Return the operations as permutations of the atoms."""
        rows = np.array([op.permutation for op in self.operations], dtype=np.int64)
        return PermutationGroup(np.unique(rows, axis=0), self.provenance)

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types (Å)."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> PointGroup:
        """Return the result written by `as_dict`."""
        x, y, z = data["centre"]
        source = {**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
        return cls(
            **{key: data[key] for key in ("name", "order", "tolerance", "rmsd", "asymmetry")},
            centre=(x, y, z),
            operations=tuple(SymmetryOperation.from_dict(op) for op in data["operations"]),
            ladder=tuple(SymmetryStep(**step) for step in data["ladder"]),
            provenance=Provenance(**source),
        )

    def to_json(self) -> str:
        """Return the result as JSON text."""
        return json.dumps(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> PointGroup:
        """Return the result written by `to_json`."""
        return cls.from_dict(json.loads(text))


def _fold(symbol: str) -> int:
    return int(symbol[1:].split("^")[0])


def point_group(
    positions: ArrayLike,
    symbols: Sequence[object] | None = None,
    *,
    tolerance: float = DEFAULT_TOLERANCE,
) -> PointGroup:
    """Return the point group of some atoms: metals, metals and anchors, or all.

    Parameters
    ----------
    positions : array, shape (n, 3)
        Positions, Å.
    symbols : sequence or None
        Element symbols (or any labels); only atoms with equal ones can be exchanged. None:
        all alike, which gives the symmetry of the sites of an alloy.
    tolerance : float
        Largest RMSD of an operation, Å.

    Raises
    ------
    StructureError
        If there are no atoms, a coordinate is not finite, or the lengths differ.

    Examples
    --------
    >>> square = [[1, 0, 0], [0, 1, 0], [-1, 0, 0], [0, -1, 0]]
    >>> point_group(square, tolerance=0.01).name
    'D4h'
    >>> point_group(square, ["Au", "Ag", "Au", "Ag"], tolerance=0.01).name
    'D2h'
    """
    points, kinds, names = checked_sites(positions, symbols)
    if not tolerance > 0:
        raise StructureError(f"the tolerance must be positive, got {tolerance} Å")
    centre = points.mean(axis=0)
    centred = points - centre
    spread = np.linalg.svd(centred, compute_uv=False) / np.sqrt(len(points))
    provenance = stamp(_METHOD, points.tobytes(), names, tolerance)
    where = (float(centre[0]), float(centre[1]), float(centre[2]))
    if len(points) == 1 or spread[1] < min(1e-3, 0.1 * spread[0]):
        return _on_a_line(centred, kinds, tolerance, where, provenance)
    found = search_matches(centred, centred, kinds, kinds, tolerance)
    group = largest_group(SiteFits(centred, tolerance), found)
    return _describe(centred, group, tolerance, where, provenance)


def checked_sites(
    positions: ArrayLike, symbols: Sequence[object] | None
) -> tuple[FloatArray, IntArray, list[str]]:
    """Return positions as an array, kinds as integers and their names, or raise."""
    points = np.array(positions, dtype=np.float64)
    if points.ndim != 2 or points.shape[1] != 3 or len(points) == 0:
        raise StructureError(f"positions must have shape (n, 3) with n > 0, got {points.shape}")
    if not np.isfinite(points).all():
        bad = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
        raise StructureError(f"atom {bad} has a coordinate that is not a finite number")
    close = cKDTree(points).query_pairs(_COINCIDE)
    if close:
        first, second = min(close)
        raise StructureError(f"atoms {first} and {second} are at one place")
    names = [str(symbol) for symbol in (symbols if symbols is not None else [""] * len(points))]
    if len(names) != len(points):
        raise StructureError(f"{len(points)} positions but {len(names)} symbols")
    order = sorted(set(names))
    return points, np.array([order.index(name) for name in names], dtype=np.int64), names


def _describe(
    points: FloatArray,
    group: IntArray,
    tolerance: float,
    centre: tuple[float, float, float],
    provenance: Provenance,
) -> PointGroup:
    fits = SiteFits(points, tolerance)
    table = product_table(group)
    fitted, rmsd = fits.matrices(group)
    matrices = exact_matrices(fitted, table)
    parity, orders = fits.parity(group), permutation_orders(group)
    operations = describe_operations(matrices, parity, orders, group[:, :-2], rmsd)
    ideal = _projected(points, matrices, group[:, :-2])
    size = float(np.sum(points**2))
    steps = _ladder(rmsd, table, matrices, parity, orders)
    return PointGroup(
        name=steps[-1].name,
        order=len(group),
        tolerance=float(tolerance),
        rmsd=float(rmsd.max()),
        asymmetry=100.0 * float(np.sum((points - ideal) ** 2)) / size,
        centre=centre,
        operations=operations,
        ladder=steps,
        provenance=provenance,
    )


def _ladder(
    rmsd: FloatArray, table: IntArray, matrices: FloatArray, parity: IntArray, orders: IntArray
) -> tuple[SymmetryStep, ...]:
    """Return the chain of subgroups reached by adding operations in order of RMSD."""
    inside = np.zeros(len(rmsd), dtype=bool)
    inside[(table == np.arange(len(rmsd))).all(axis=1)] = True
    chain = [inside.copy()]
    for operation in np.argsort(rmsd, kind="stable"):
        if not inside[operation]:
            inside[operation] = True
            while True:
                wider = np.zeros_like(inside)
                wider[table[np.ix_(inside, inside)]] = True
                if wider.sum() == inside.sum():
                    break
                inside |= wider
            chain.append(inside.copy())
    steps: list[SymmetryStep] = []
    for members in reversed(chain):
        worst = float(rmsd[members].max())
        if not steps or worst < steps[-1].rmsd - 1e-9:
            name = group_name(matrices[members], parity[members], orders[members])
            steps.append(SymmetryStep(name, int(members.sum()), worst))
    return tuple(reversed(steps))


def _projected(points: FloatArray, matrices: FloatArray, permutations: IntArray) -> FloatArray:
    """Return the nearest structure that obeys all operations exactly."""
    mean = np.einsum("gab,gia->ib", matrices, points[permutations]) / len(matrices)
    return np.asarray(mean)


def symmetrised(positions: ArrayLike, group: PointGroup) -> FloatArray:
    """Return the nearest positions that have `group` exactly, shape (n, 3), Å.

    Raises
    ------
    StructureError
        If the group was found for another number of atoms.
    """
    points = np.array(positions, dtype=np.float64)
    permutations = np.array([op.permutation for op in group.operations], dtype=np.int64)
    if permutations.shape[1] != len(points):
        raise StructureError(
            f"the point group is of {permutations.shape[1]} atoms, the positions of {len(points)}"
        )
    centre = np.array(group.centre)
    matrices = np.array([op.matrix for op in group.operations])
    ideal: FloatArray = _projected(points - centre, matrices, permutations) + centre
    return ideal


def _on_a_line(
    points: FloatArray,
    kinds: IntArray,
    tolerance: float,
    centre: tuple[float, float, float],
    provenance: Provenance,
) -> PointGroup:
    """Return the infinite group of one atom (Kh) or of atoms on a line (D∞h, C∞v)."""
    both = np.stack([np.eye(3), -np.eye(3)])
    found = refine(points, points, kinds, kinds, both, np.array([1, -1]), rounds=1)
    keep = found.take((found.rmsd <= tolerance) | (found.parity > 0))
    orders = np.where(keep.parity > 0, 1, 2)
    matrices = both[np.where(keep.parity > 0, 0, 1)]
    inverted = len(keep.rmsd) > 1
    name = "Kh" if len(points) == 1 else ("D∞h" if inverted else "C∞v")
    operations = describe_operations(matrices, keep.parity, orders, keep.permutations, keep.rmsd)
    worst = float(keep.rmsd.max())
    size = float(np.sum(points**2)) or 1.0
    ideal = _projected(points, matrices, keep.permutations)
    asymmetry = 100.0 * float(np.sum((points - ideal) ** 2)) / size
    steps = [SymmetryStep(name, 0, worst)]
    if worst > EXACT_TOLERANCE:
        steps.insert(0, SymmetryStep("C∞v", 0, 0.0))
    return PointGroup(
        name, None, float(tolerance), worst, asymmetry, centre, operations, tuple(steps), provenance
    )


def site_permutations(
    positions: ArrayLike,
    symbols: Sequence[object] | None = None,
    *,
    tolerance: float = DEFAULT_TOLERANCE,
) -> PermutationGroup:
    """Return the permutations of the sites by the point group within `tolerance`.

    Parameters
    ----------
    positions : array, shape (n, 3)
        Positions of the sites, Å.
    symbols : sequence or None
        Labels that must be kept; None: the sites are alike, as for counting dopant isomers.
    tolerance : float
        Largest RMSD of an operation, Å.

    Examples
    --------
    >>> site_permutations([[1, 0, 0], [-0.5, 0.866, 0], [-0.5, -0.866, 0]]).order
    6
    """
    group = point_group(positions, symbols, tolerance=tolerance)
    rows = np.array([op.permutation for op in group.operations], dtype=np.int64)
    return generate_group(np.unique(rows, axis=0), provenance=group.provenance)
