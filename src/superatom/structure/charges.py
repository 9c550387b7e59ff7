"""Charge of a cluster in a crystal: from its companions, else candidates that close a shell."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.composition.conventions import default_valences
from superatom.composition.ligands import Ligand, default_library
from superatom.composition.shells import closed_shells
from superatom.structure.bonds import is_metal
from superatom.structure.units import components

if TYPE_CHECKING:
    from superatom.structure.crystal import Companion

__all__ = [
    "ChargeCandidate",
    "Identity",
    "charge_by_valence",
    "charge_candidates",
    "charge_from_companions",
    "identify",
    "moiety_charge",
]

IntArray = NDArray[np.int64]

_FREE_CLASSES = frozenset(("anion", "cation", "solvent"))
_MOST_CHARGE = 6  # largest charge of a cluster that is considered
#: Elements of the organic molecules whose charge can be counted from bonds.
_ORGANIC = (1, 5, 6, 7, 8, 9, 15, 16, 17, 33, 35, 53)
_CHALCOGENS = (8, 16, 34, 52)
_HALOGENS = (9, 17, 35, 53)


@dataclass(frozen=True, slots=True)
class Identity:
    """What a small molecule of a crystal is.

    Attributes
    ----------
    name : str
        Name, '' if not known.
    role : str
        'ion', 'solvent' (neutral) or 'unknown'.
    charge : int or None
        Charge, None if not known.
    """

    name: str
    role: str
    charge: int | None


@dataclass(frozen=True, slots=True)
class ChargeCandidate:
    """A charge that would close an electron shell.

    Attributes
    ----------
    charge : int
        Charge of the cluster.
    electrons : int
        Free electrons it would have.
    """

    charge: int
    electrons: int

    def as_dict(self) -> dict[str, Any]:
        """Return the candidate as plain JSON types."""
        return {"charge": self.charge, "electrons": self.electrons}


@lru_cache(maxsize=1)
def _known_species() -> dict[str, list[Identity]]:
    """Return known ions and solvents by Hill formula, the ligand library first."""
    known: dict[str, list[Identity]] = {}
    for ligand in default_library():
        for formula, identity in _free_forms(ligand):
            known.setdefault(formula, []).append(identity)
    table = resources.files("superatom.structure") / "data" / "companions.csv"
    for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines()):
        charge = int(row["charge"])
        identity = Identity(row["name"], "ion" if charge else "solvent", charge)
        known.setdefault(row["formula"], []).append(identity)
    return known


def _free_forms(ligand: Ligand) -> list[tuple[str, Identity]]:
    """Return what a ligand is on its own: the ion of the bound form, the free form."""
    if not ligand.formula or ligand.charge_taken is None:
        return []
    charge = -ligand.charge_taken
    forms = [(ligand.formula, Identity(ligand.name, "ion" if charge else "solvent", charge))]
    if ligand.free_formula and ligand.free_formula != ligand.formula:
        forms.append((ligand.free_formula, Identity(f"{ligand.name}-H", "solvent", 0)))
    if ligand.kind in ("interstitial", "hydride") or ligand.formula in ("C", "H"):
        return []
    return forms


@lru_cache(maxsize=1)
def _known_without_hydrogen() -> dict[str, list[Identity]]:
    known: dict[str, list[Identity]] = {}
    for formula, identities in _known_species().items():
        heavy = re.sub(r"(?<![A-Z])H\d*(?![a-z])", "", formula)
        known.setdefault(heavy, []).extend(identities)
    return known


def identify(formula: str) -> Identity:
    """Return what a companion of the cluster is, from its Hill formula.

    Without hydrogens the formula is compared with those of known species without theirs.
    Species of one formula must agree on the charge, else it stays unknown.
    """
    found = _known_species().get(formula, [])
    if not found and not re.search(r"H(?![a-z])", formula):
        found = _known_without_hydrogen().get(formula, [])
    if not found:
        return Identity("", "unknown", None)
    if len({f.charge for f in found}) > 1:
        return Identity(" or ".join(dict.fromkeys(f.name for f in found)), "unknown", None)
    return found[0]


def charge_by_valence(numbers: IntArray, pairs: IntArray) -> int | None:
    """Return the charge of an organic molecule with all its hydrogens, None if not sure.

    Counts what has a charge by its bonds alone: N, P and As with four neighbours (+1), S
    with three carbons (+1), B with four (-1). The rest must be neutral, with an even number
    of electrons.
    """
    numbers = np.asarray(numbers)
    pairs = np.asarray(pairs).reshape(-1, 2)
    if not np.isin(numbers, _ORGANIC).all() or not (numbers == 1).any():
        return None
    degree = np.bincount(pairs.ravel(), minlength=len(numbers))
    oxidised = np.zeros(len(numbers), dtype=bool)
    oxygen = (numbers == 8)[pairs]
    oxidised[pairs[oxygen[:, 0], 1]] = oxidised[pairs[oxygen[:, 1], 0]] = True
    onium = np.isin(numbers, (7, 15, 33)) & (degree == 4) & ~oxidised
    charge = int(onium.sum() + ((numbers == 16) & (degree == 3) & ~oxidised).sum())
    charge -= int(((numbers == 5) & (degree == 4)).sum())
    return charge if (int(numbers.sum()) - charge) % 2 == 0 and charge else None


def moiety_charge(moiety: str, metals: Counter[str]) -> int | None:
    """Return the charge that the formula by moieties states for the part with the metals.

    Examples
    --------
    >>> moiety_charge("C144 H162 Au25 S18 1-, C32 H68 N 1+", Counter(Au=25))
    -1
    """
    for part in moiety.split(","):
        inner = part.strip().strip("()")
        elements = dict(re.findall(r"\b([A-Z][a-z]?)(\d*)\b", inner))
        if not metals or any(elements.get(m) != str(n) for m, n in metals.items() if n > 1):
            continue
        found = re.search(r"(?:^|[\s)])(\d*)([+-])\)?$", inner)
        if found:
            size = int(found.group(1) or 1)
            return size if found.group(2) == "+" else -size
    return None


def charge_from_companions(
    companions: Iterable[Companion],
    stated: int | None,
    kinds: int,
    incomplete: bool,
    endless: bool,
) -> tuple[int | None, str]:
    """Return the charge of a cluster, None if the crystal does not tell it, and the reason.

    Parameters
    ----------
    companions : iterable of Companion
        Everything else in the crystal, per cluster.
    stated : int or None
        Charge that the formula of the file states.
    kinds : int
        How many kinds of clusters share the companions.
    incomplete : bool
        Whether ions can be missing (masked, or room for them).
    endless : bool
        Whether the cluster is a chain or net.
    """
    companions = tuple(companions)
    said = "stated by the formula of the file"
    unknown = [c.formula for c in companions if c.charge is None]
    if unknown:
        reason = f"the charge of {', '.join(unknown)} is not known"
        return (stated, said) if stated is not None else (None, reason)
    ions = [c for c in companions if c.charge]
    total = -sum(c.count * (c.charge or 0) for c in ions)
    listed = ", ".join(f"{c.count:.3g} {c.name or c.formula} ({c.charge:+d})" for c in ions)
    if kinds > 1 and abs(total) > 1e-6:
        return None, "several kinds of clusters share the counter-ions"
    if ions and stated is not None and abs(total - stated) > 0.05:
        return None, f"the formula of the file states {stated:+d}, the counter-ions say {listed}"
    if abs(total - round(total)) > 0.05:
        return None, f"the counter-ions found do not add up to a whole charge: {listed}"
    if ions:
        return round(total), f"from the counter-ions: {listed}"
    if stated is not None:
        return stated, said
    if endless:
        return None, "an endless structure without counter-ions"
    if incomplete:
        return None, "no counter-ions among the sites, but room for what is not shown"
    return 0, "no counter-ions, and no room for any"


def charge_candidates(numbers: IntArray, pairs: IntArray) -> tuple[ChargeCandidate, ...]:
    """Return the charges of a cluster that would close an electron shell, small ones first.

    n* = sum(N_A v_A) - sum(charges taken by ligands) - q (Walter et al., PNAS 2008,
    10.1073/pnas.0801001105), with the charges of the ligands from their binding atoms
    alone, so that missing hydrogens do no harm. Zero electrons (a complex) count as closed.

    Parameters
    ----------
    numbers : ndarray of int, shape (n,)
        Atomic numbers.
    pairs : ndarray of int, shape (m, 2)
        Bonds.
    """
    from ase.data import chemical_symbols

    metal = is_metal(numbers)
    if not metal.any():
        return ()
    valences = default_valences()
    given = 0
    for number in numbers[metal].tolist():
        valence = valences.get(chemical_symbols[number])
        if valence is None:
            return ()
        given += valence
    neutral = given - _taken_by_ligands(numbers, pairs, metal)
    closed = {shell.electrons for shell in closed_shells() if shell.kind == "spherical"} | {0}
    charges = sorted(range(-_MOST_CHARGE, _MOST_CHARGE + 1), key=lambda q: (abs(q), q))
    return tuple(ChargeCandidate(q, neutral - q) for q in charges if neutral - q in closed)


def _taken_by_ligands(numbers: IntArray, pairs: IntArray, metal: NDArray[np.bool_]) -> int:
    """Return the electrons that all ligands take, judged by their binding atoms."""
    n = len(numbers)
    pairs = np.asarray(pairs).reshape(-1, 2)
    inner = pairs[~metal[pairs].any(axis=1)]
    label = components(inner, n)
    neighbours: list[list[int]] = [[] for _ in range(n)]
    for a, b in inner.tolist():
        neighbours[a].append(b)
        neighbours[b].append(a)
    crossing = pairs[metal[pairs].sum(axis=1) == 1]
    anchors = np.unique(crossing[~metal[crossing]])
    oxygen_ligands: set[int] = set()
    taken = 0
    for atom in anchors.tolist():
        number = int(numbers[atom])
        heavy = [k for k in neighbours[atom] if numbers[k] != 1]
        if number == 8 and heavy:
            oxygen_ligands.add(int(label[atom]))
        elif number in _CHALCOGENS:
            taken += (1 if neighbours[atom] else 2) if len(heavy) <= 1 else 0  # no thioether
        elif number in _HALOGENS or number == 1:
            taken += not neighbours[atom]
        elif number == 6:
            taken += _taken_by_carbon(numbers, neighbours, atom)
    return taken + len(oxygen_ligands)


def _taken_by_carbon(numbers: IntArray, neighbours: list[list[int]], atom: int) -> int:
    """Return 1 for the end of an alkynyl, 0 for CO, isocyanide, carbene and pi-bonded atoms."""
    around = neighbours[atom]
    if not around:
        return 4
    if len(around) != 1 or numbers[around[0]] != 6:
        return 0
    beyond = [k for k in neighbours[around[0]] if k != atom]
    return int(len(beyond) <= 1)
