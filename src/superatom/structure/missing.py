"""What a crystal structure does not show: hydrogens, ligand tails, hydrides, solvent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superatom.structure.bonds import is_metal
from superatom.structure.units import components
from superatom.structure.valences import open_valences

__all__ = ["Missing", "formula_difference", "missing_parts"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_TAIL_ANCHORS = (15, 16, 34, 52)  # P, S, Se, Te: donors that bear organic tails
_BRIDGE = 2  # a bare S on more metals than this is a sulfide


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not in the file.

    Attributes
    ----------
    kind : str
        'hydrogen', 'tail', 'hydride', 'formula', 'masked' or 'void'.
    count : float
        How many atoms (hydrogen, hydride), ligands (tail), or Å3 per cluster (void).
    detail : str
        What exactly.
    """

    kind: str
    count: float
    detail: str

    def __str__(self) -> str:
        return self.detail

    def as_dict(self) -> dict[str, Any]:
        """Return the statement as plain JSON types."""
        return {"kind": self.kind, "count": self.count, "detail": self.detail}


def missing_parts(numbers: IntArray, positions: FloatArray, pairs: IntArray) -> tuple[Missing, ...]:
    """Return what the molecule lacks, judged from its own geometry.

    Parameters
    ----------
    numbers : ndarray of int, shape (n,)
        Atomic numbers.
    positions : ndarray of float, shape (n, 3)
        Coordinates in Å.
    pairs : ndarray of int, shape (m, 2)
        Bonds.
    """
    found = [*_hydrogens(numbers, positions, pairs), *_tails(numbers, pairs)]
    return (*found, *_hydrides(numbers, pairs))


def _hydrogens(numbers: IntArray, positions: FloatArray, pairs: IntArray) -> list[Missing]:
    valences = open_valences(numbers, positions, pairs)
    total = sum(v.hydrogens for v in valences)
    if not total:
        return []
    by_element = Counter[str]()
    for valence in valences:
        by_element["?CNO"[[6, 7, 8].index(int(numbers[valence.atom])) + 1]] += valence.hydrogens
    where = ", ".join(f"{n} on {symbol}" for symbol, n in sorted(by_element.items()))
    return [
        Missing("hydrogen", float(total), f"{total} hydrogens of ligands are not shown ({where})")
    ]


def _tails(numbers: IntArray, pairs: IntArray) -> list[Missing]:
    """Return ligands that are a piece of the ligand that the others are."""
    metal = is_metal(numbers)
    pairs = np.asarray(pairs).reshape(-1, 2)
    crossing = pairs[metal[pairs].sum(axis=1) == 1]
    inner = pairs[~metal[pairs].any(axis=1)]
    label = components(inner, len(numbers))
    donors, n_metals = np.unique(crossing[~metal[crossing]], return_counts=True)
    formulas: dict[int, Counter[int]] = {}
    anchors: dict[int, tuple[int, int]] = {}
    for donor, degree in zip(donors.tolist(), n_metals.tolist(), strict=True):
        if numbers[donor] in _TAIL_ANCHORS:
            one = int(label[donor])
            heavy = numbers[(label == one) & (numbers > 1)]
            formulas[one] = Counter(heavy.tolist())
            anchors[one] = (int(numbers[donor]), degree)
    short: list[tuple[int, int]] = []
    for one, formula in formulas.items():
        whole = _whole_ligand(formula, [f for k, f in formulas.items() if k != one], anchors[one])
        if whole is not None:
            short.append((one, (whole - formula).total()))
    if not short:
        return []
    atoms = sum(n for _, n in short)
    return [
        Missing(
            "tail",
            float(len(short)),
            f"{len(short)} ligands look cut short: {atoms} heavy atoms fewer than the others "
            "of their kind (or they are other ligands)",
        )
    ]


def _whole_ligand(
    formula: Counter[int], others: list[Counter[int]], anchor: tuple[int, int]
) -> Counter[int] | None:
    """Return the ligand that this one is a piece of: larger, and what most others are."""
    donor, degree = anchor
    if formula.total() == 1 and (donor == 15 or degree > _BRIDGE):
        return None
    same = [tuple(sorted(f.items())) for f in others if donor in f]
    if not same:
        return None
    common, count = Counter(same).most_common(1)[0]
    whole = Counter(dict(common))
    larger = formula.total() < whole.total() and all(whole[z] >= n for z, n in formula.items())
    alike = sum(f == tuple(sorted(formula.items())) for f in same) + 1
    return whole if larger and count > 2 * alike else None


def _hydrides(numbers: IntArray, pairs: IntArray) -> list[Missing]:
    """Return the hint that X-rays do not see hydrides, for copper clusters without any."""
    metal = is_metal(numbers)
    copper = int((numbers == 29).sum())
    if not copper or 2 * copper <= int(metal.sum()) or copper < 6:
        return []
    bound = np.asarray(pairs).reshape(-1, 2)
    kinds = numbers[bound]
    with_hydrogen = (metal[bound].any(axis=1) & (kinds == 1).any(axis=1)).any()
    if with_hydrogen:
        return []
    text = "no hydrides are shown; copper clusters often have them, and X-rays hardly see them"
    return [Missing("hydride", 0.0, text)]


def formula_difference(
    formula: Mapping[str, float], found: Mapping[str, float], hydrogens_lack: bool = True
) -> tuple[Missing, ...]:
    """Return the atoms that the stated formula has and the sites have not.

    Parameters
    ----------
    formula : Mapping[str, float]
        Atoms per formula unit as the file states them.
    found : Mapping[str, float]
        Atoms per formula unit as the sites give them, occupancies included.
    hydrogens_lack : bool
        Whether ligands lack hydrogens; if not, hydrogens of the formula without a site are
        those of hydrides or of solvent.
    """
    lacking = {}
    surplus = {}
    for symbol in sorted({*formula, *found}):
        difference = formula.get(symbol, 0.0) - found.get(symbol, 0.0)
        tolerance = max(0.25, 0.005 * formula.get(symbol, 0.0))
        if difference > tolerance:
            lacking[symbol] = difference
        elif difference < -tolerance:
            surplus[symbol] = -difference
    if set(lacking) == {"H"} and not surplus and not hydrogens_lack:
        number = lacking["H"]
        text = (
            f"the formula of the file has {number:.4g} H more than its sites, and no ligand lacks "
            "any: hydrides that were not located, or H of solvent"
        )
        return (Missing("hydride", round(number, 3), text),)
    statements = []
    for which, atoms in (("more", lacking), ("fewer", surplus)):
        if atoms:
            listed = " ".join(f"{s}{n:.4g}" for s, n in atoms.items())
            total = sum(atoms.values()) * (1 if which == "more" else -1)
            text = f"the formula of the file has {listed} {which} than its sites, per formula unit"
            statements.append(Missing("formula", total, text))
    return tuple(statements)
