"""Symmetry operators of a crystal structure file: the group they should be.

A file can state its symmetry three times (operators, Hall symbol, Hermann-Mauguin
symbol with or without a number), and the three need not agree. Each statement is made
into a closed group; those that do not fit the cell are put aside. Choosing between the
rest needs the atoms and is done in `superatom.structure.sites`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import gemmi

    from superatom.structure.lattice import Lattice

__all__ = ["Symmetry", "candidate_symmetries", "identity"]

_LARGEST_GROUP = 192  # operators of Fm-3m with its centring, the most there can be
_METRIC_TOLERANCE = 0.03  # relative error of the metric; a degree of a cell angle is 0.017
_DENOMINATOR = 24  # translations of gemmi are in 24ths

OperatorKey = tuple[tuple[int, ...], tuple[int, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Symmetry:
    """A space group as operators, centring included.

    Attributes
    ----------
    rotations : ndarray of float, shape (m, 3, 3)
        Acting on column vectors of fractional coordinates; the first is the identity.
    translations : ndarray of float, shape (m, 3)
        In cells.
    source : str
        Which statement of the file it comes from.
    name : str
        Hermann-Mauguin symbol if the group has one in the tables.
    repaired : bool
        Whether the list of the file was no group and had to be completed.
    """

    rotations: NDArray[np.float64]
    translations: NDArray[np.float64]
    source: str
    name: str
    repaired: bool = False

    def __len__(self) -> int:
        return len(self.rotations)

    def images(self, fractional: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the images of points, shape (m, n, 3), not wrapped into the cell."""
        rotated: NDArray[np.float64] = np.einsum("mij,nj->mni", self.rotations, fractional)
        return rotated + self.translations[:, None]

    def keys(self) -> frozenset[OperatorKey]:
        """Return the operators in a form that can be compared."""
        rotations = np.round(self.rotations).astype(int).reshape(-1, 9)
        shifts = np.round(self.translations * _DENOMINATOR).astype(int) % _DENOMINATOR
        pairs = zip(rotations.tolist(), shifts.tolist(), strict=True)
        return frozenset((tuple(r), tuple(t)) for r, t in pairs)


def identity() -> Symmetry:
    """Return P1."""
    return Symmetry(np.eye(3)[None], np.zeros((1, 3)), "no symmetry stated", "P 1")


def candidate_symmetries(
    triplets: list[str], hall: str, names: list[str], number: int | None, lattice: Lattice
) -> tuple[list[Symmetry], list[str]]:
    """Return every group the file can mean and remarks on statements put aside.

    Parameters
    ----------
    triplets : list of str
        Operators as 'x, y, z'.
    hall : str
        Hall symbol, empty if none.
    names : list of str
        Hermann-Mauguin symbols.
    number : int or None
        Number in the International Tables; used only if nothing else is stated.
    lattice : Lattice
        The cell, which the operators must leave as it is.
    """
    notes: list[str] = []
    stated = [_from_triplets(triplets, notes)] if triplets else []
    stated += [_from_hall(hall, notes)] if hall else []
    stated += [group for name in names for group in _from_name(name, lattice, notes)]
    if number is not None and not any(stated):
        stated.append(_from_number(number, notes))
    groups: list[Symmetry] = []
    stated.sort(key=lambda group: group is not None and group.repaired)
    for group in stated:
        if group is None:
            continue
        if not _fits(group, lattice):
            notes.append(
                f"symmetry from {group.source} does not leave the cell unchanged and was put aside"
            )
        elif not any(group.keys() == known.keys() for known in groups):
            groups.append(group)
    return groups, notes


def _fits(group: Symmetry, lattice: Lattice) -> bool:
    """Whether all rotations leave the metric of the cell as it is."""
    metric = lattice.metric
    turned = np.einsum("mji,jk,mkl->mil", group.rotations, metric, group.rotations)
    scale = np.sqrt(np.outer(np.diag(metric), np.diag(metric)))
    return bool((np.abs(turned - metric) / scale < _METRIC_TOLERANCE).all())


def _from_triplets(triplets: list[str], notes: list[str]) -> Symmetry | None:
    import gemmi

    operators = []
    for text in triplets:
        try:
            operator = gemmi.Op(text.replace(";", ",").strip())
        except (RuntimeError, ValueError) as error:
            notes.append(f"symmetry operator '{text[:60]}' cannot be read ({error})")
            continue
        if abs(operator.det_rot()) != _DENOMINATOR**3:
            notes.append(f"symmetry operator '{text[:60]}' is no rotation and was left out")
            continue
        operators.append(operator.wrap())
    if not operators:
        return None
    closed = _closure(operators)
    if closed is None:
        notes.append("the symmetry operators of the file form no group and were put aside")
        return None
    stated = len({operator.triplet() for operator in operators})
    if len(closed) != stated:
        notes.append(
            f"the {stated} symmetry operators of the file are no complete group; "
            f"completed to {len(closed)}"
        )
        return replace(closed, repaired=True)
    return closed


def _closure(operators: list[gemmi.Op]) -> Symmetry | None:
    """Return the group that the operators make, None if there is no finite one."""
    rotations = np.array([np.eye(3), *(np.array(o.rot) / _DENOMINATOR for o in operators)])
    shifts = np.array([np.zeros(3), *(o.tran for o in operators)])
    known = np.concatenate([rotations.reshape(-1, 9), shifts % _DENOMINATOR], axis=1).astype(int)
    known = _distinct(known)
    while len(known) <= _LARGEST_GROUP:
        grown = _distinct(np.concatenate([known, _products(known)]))
        if len(grown) == len(known):
            return _symmetry(known, "the operators of the file")
        known = grown
    return None


def _products(operators: NDArray[np.int_]) -> NDArray[np.int_]:
    """Return all products of two operators, rows of 9 rotation and 3 translation entries."""
    rotations, shifts = operators[:, :9].reshape(-1, 3, 3), operators[:, 9:]
    turned = np.einsum("aij,bjk->abik", rotations, rotations).reshape(-1, 9)
    moved = np.einsum("aij,bj->abi", rotations, shifts) + shifts[:, None]
    return np.concatenate([turned, moved.reshape(-1, 3) % _DENOMINATOR], axis=1)


def _distinct(operators: NDArray[np.int_]) -> NDArray[np.int_]:
    """Return the distinct operators in the order they came."""
    _, first = np.unique(operators, axis=0, return_index=True)
    distinct: NDArray[np.int_] = operators[np.sort(first)]
    return distinct


def _symmetry(operators: NDArray[np.int_], source: str) -> Symmetry:
    import gemmi

    rotations = operators[:, :9].reshape(-1, 3, 3).astype(float)
    shifts = operators[:, 9:] / _DENOMINATOR
    group = gemmi.GroupOps([_triplet(row) for row in operators])
    found = gemmi.find_spacegroup_by_ops(group)
    return Symmetry(rotations, shifts, source, found.xhm() if found else "")


def _triplet(row: NDArray[np.int_]) -> gemmi.Op:
    import gemmi

    operator = gemmi.Op("x,y,z")
    operator.rot = (row[:9].reshape(3, 3) * _DENOMINATOR).tolist()
    operator.tran = row[9:].tolist()
    return operator


def _of_operators(operators: list[gemmi.Op], source: str) -> Symmetry:
    """Return a group whose operators are known to be complete."""
    ordered = sorted(operators, key=lambda operator: operator.triplet() != "x,y,z")
    rows = [
        [*np.ravel(o.rot) // _DENOMINATOR, *(t % _DENOMINATOR for t in o.tran)] for o in ordered
    ]
    return _symmetry(np.array(rows, dtype=int), source)


def _from_hall(hall: str, notes: list[str]) -> Symmetry | None:
    import gemmi

    try:
        operators = list(gemmi.symops_from_hall(hall))
    except (RuntimeError, ValueError):
        notes.append(f"Hall symbol '{hall[:40]}' cannot be read")
        return None
    return _of_operators(operators, f"the Hall symbol '{hall}'")


def _from_name(name: str, lattice: Lattice, notes: list[str]) -> list[Symmetry]:
    """Return the groups a Hermann-Mauguin symbol can mean: both origins if it names none."""
    import gemmi

    lengths = np.sqrt(np.diag(lattice.metric))
    cosines = lattice.metric / np.outer(lengths, lengths)
    alpha, gamma = np.degrees(np.arccos([cosines[1, 2], cosines[0, 1]]))
    for spelling in _spellings(name):
        group = gemmi.find_spacegroup_by_name(spelling, float(alpha), float(gamma))
        if group is not None:
            break
    else:
        notes.append(f"space group '{name[:40]}' is in no table of settings")
        return []
    groups = [group]
    if group.ext in ("1", "2") and not re.search(r":\s*[12]\s*$|\s[SZ]$", name):
        both = [gemmi.find_spacegroup_by_name(f"{group.hm}:{origin}") for origin in "21"]
        groups = [origin for origin in both if origin is not None]
    return [
        _of_operators(list(one.operations()), f"the space group symbol '{name}' ({one.xhm()})")
        for one in groups
    ]


def _spellings(name: str) -> list[str]:
    """Return a symbol as tables write it: screw axes as in 'P2(1)/n', 'P2_1/n', origins S and Z."""
    plain = re.sub(
        r"\((\d)\)|[_~](\d)~?|<sub>(\d)</sub>", lambda m: next(filter(None, m.groups())), name
    )
    plain = re.sub(r"\(.*?\)|#\s*\d+", "", plain).replace("\u2212", "-").replace("\u2013", "-")
    plain = re.sub(r"\s*/\s*", "/", plain).strip()
    plain = re.sub(r"\s+S$", ":1", re.sub(r"\s+Z$", ":2", plain))
    unique_c = re.sub(r"^([A-Z])\s*(\S+)$", r"\1 1 1 \2", plain)
    return [name, plain, unique_c]


def _from_number(number: int, notes: list[str]) -> Symmetry | None:
    import gemmi

    if not 1 <= number <= 230:
        notes.append(f"space group number {number} does not exist")
        return None
    group = gemmi.get_spacegroup_reference_setting(number)
    source = f"the space group number {number} (standard setting)"
    return _of_operators(list(group.operations()), source)
