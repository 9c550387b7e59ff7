"""The ions that the mass spectrum of a cluster is likely to show, and where.

The cluster ion itself, its redox neighbours, its counter-ions and alkali ions as adducts,
and, for ligands with acid groups, the ladder of lost protons (`data/likely_ions.csv` lists
the partners). m/z values are those of the tallest peak of the isotope envelope and of its
centroid; monoisotopic masses say nothing for clusters of many silver or copper atoms.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

import numpy as np

from superatom.composition.cluster import Cluster
from superatom.composition.ligands import default_library
from superatom.errors import UnknownComposition
from superatom.spectra.mass.isotopes import charge_to_mz, envelopes

__all__ = ["LikelyIon", "likely_ions"]

_FARTHEST = 3  # charges of a ladder go this far from the charge of the cluster
_ACID_LADDER = 4  # lost protons counted beyond the charge of the cluster


@dataclass(frozen=True, slots=True)
class LikelyIon:
    """An ion and where it would be seen.

    Attributes
    ----------
    name : str
        As written in spectra, such as '[M]-' or '[M+Cs]2+'; M is the cluster.
    why : str
        What it is.
    charge : int
        Charge in units of e.
    elements : tuple[tuple[str, int], ...]
        Its atoms.
    base_mz : float
        m/z of the tallest peak of its envelope.
    mean_mz : float
        m/z of the centroid of its envelope.
    """

    name: str
    why: str
    charge: int
    elements: tuple[tuple[str, int], ...]
    base_mz: float
    mean_mz: float

    def as_dict(self) -> dict[str, Any]:
        """Return the ion as plain JSON types."""
        return {
            "name": self.name,
            "why": self.why,
            "charge": self.charge,
            "elements": dict(self.elements),
            "base_mz": self.base_mz,
            "mean_mz": self.mean_mz,
        }


@dataclass(frozen=True, slots=True)
class _Partner:
    """An ion that joins a cluster in flight."""

    name: str
    charge: int
    elements: Mapping[str, int]
    why: str


@dataclass(frozen=True, slots=True)
class _Draft:
    """An ion before its envelope is known."""

    name: str
    why: str
    charge: int
    elements: dict[str, int]


@lru_cache(maxsize=1)
def _usual_partners() -> tuple[_Partner, ...]:
    table = resources.files("superatom.spectra.mass") / "data" / "likely_ions.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    known = default_library()
    return tuple(
        _Partner(row["name"], int(row["charge"]), dict(known[row["ligand"]].elements), row["why"])
        for row in rows
    )


@lru_cache(maxsize=1)
def _acid_ligands() -> frozenset[str]:
    """Return the names of ligands whose free form has a carboxylic or sulfonic acid group.

    Read from their SMILES: the proton of C(=O)O or S(=O)(=O)O comes off in solution.
    """
    return frozenset(
        ligand.name
        for ligand in default_library()
        if ligand.kind in {"thiolate", "dithiolate", "selenolate", "carbene", "phosphine"}
        and any(acid in _bare(ligand.smiles) for acid in _ACIDS)
    )


#: Ways in which a SMILES writes an acid group at its end or beginning.
_ACIDS = ("C(=O)O$", "C(=O)O)", "^OC(=O)", "^OC(=O)", "S(=O)(=O)O$", "S(=O)(=O)O)", "^OS(=O)(=O)")


def _bare(smiles: str) -> str:
    """Return a SMILES with its beginning and end marked and without stereo marks."""
    return "^" + smiles.replace("[O-]", "O").replace("[OH]", "O") + "$"


def likely_ions(cluster: Cluster) -> tuple[LikelyIon, ...]:
    """Return the ions that the spectrum of `cluster` is likely to show.

    Parameters
    ----------
    cluster : Cluster
        With a known composition; if its charge is not known, the ions 1-, 2-, 1+ and 2+
        are given.

    Returns
    -------
    tuple[LikelyIon, ...]
        The cluster ion first, then its charge ladder, adducts and deprotonated ions.

    Raises
    ------
    UnknownComposition
        If a ligand or metal is generic or a count is an average.

    Examples
    --------
    >>> gold = Cluster.of({"Au": 25}, {"SC2H4Ph": 18}, charge=-1)
    >>> ion = likely_ions(gold)[0]
    >>> ion.name, round(ion.base_mz, 3)
    ('[M]-', 7392.932)
    """
    atoms = _whole_atoms(cluster)
    unique: dict[tuple[object, ...], _Draft] = {}
    for draft in _drafts(cluster, atoms):
        if draft.charge and min(draft.elements.values()) >= 0:
            unique.setdefault((draft.charge, tuple(sorted(draft.elements.items()))), draft)
    drafts = list(unique.values())
    if not drafts:
        return ()
    batch = envelopes([draft.elements for draft in drafts])
    charges = np.array([draft.charge for draft in drafts])
    base, mean = charge_to_mz(batch.base_mass, charges), charge_to_mz(batch.mean_mass, charges)
    return tuple(
        LikelyIon(
            draft.name,
            draft.why,
            draft.charge,
            tuple(draft.elements.items()),
            float(base_mz),
            float(mean_mz),
        )
        for draft, base_mz, mean_mz in zip(drafts, base, mean, strict=True)
    )


def _whole_atoms(cluster: Cluster) -> dict[str, int]:
    atoms = {}
    for symbol, n in cluster.elements.items():
        if n != int(n):
            raise UnknownComposition(
                f"{cluster} has {n} {symbol} on average; ions need whole numbers of atoms"
            )
        atoms[symbol] = int(n)
    return atoms


def _drafts(cluster: Cluster, atoms: dict[str, int]) -> Iterator[_Draft]:
    """Yield the ions of a cluster in order of importance."""
    own = cluster.charge
    if own:
        yield _Draft(_name("M", own), "the cluster ion", own, atoms)
    if cluster.adducts:  # the formula is that of an ion in flight already
        return
    yield from _ladder(own, atoms)
    yield from _adducts(cluster, own or 0, atoms)
    if any(ligand.name in _acid_ligands() for ligand in cluster.ligands):
        yield from _deprotonated(own or 0, atoms)


def _ladder(own: int | None, atoms: dict[str, int]) -> Iterator[_Draft]:
    """Yield the cluster with electrons more or fewer, near its own charge."""
    if own is None:
        charges, why = [-1, -2, 1, 2], "charge not known"
    else:
        charges, why = [own - 1, own + 1, own - 2, own + 2], "other charge state"
    for charge in charges:
        if charge and abs(charge) <= max(2, abs(own or 0) + 1):
            yield _Draft(_name("M", charge), why, charge, atoms)


def _adducts(cluster: Cluster, own: int, atoms: dict[str, int]) -> Iterator[_Draft]:
    """Yield the cluster with its counter-ions and with the usual ions of the sprayer."""
    counter = [
        _Partner(c.name, c.charge, dict(c.ligand.elements), "with its counter-ion")
        for c in cluster.companions
        if c.charge and not c.ligand.is_generic
    ]
    usual = [partner for partner in _usual_partners() if partner.charge > 0 or own >= 0]
    for partner in (*counter, *usual):
        for n in (1, 2) if own == -1 or partner in counter else (1,):
            charge = own + n * partner.charge
            if not charge or abs(charge) > max(_FARTHEST, abs(own) + 1):
                continue
            times = "" if n == 1 else str(n)
            yield _Draft(
                _name(f"M+{times}{partner.name}", charge),
                partner.why,
                charge,
                _sum(atoms, partner.elements, n),
            )


def _deprotonated(own: int, atoms: dict[str, int]) -> Iterator[_Draft]:
    """Yield the ions without n acid protons, and with one of them replaced by sodium."""
    for n in range(1, _ACID_LADDER + 1):
        charge = own - n
        times = "" if n == 1 else str(n)
        yield _Draft(
            _name(f"M-{times}H", charge), "acid protons lost", charge, _sum(atoms, {"H": 1}, -n)
        )
        salt = _sum(_sum(atoms, {"H": 1}, -n - 1), {"Na": 1}, 1)
        yield _Draft(_name(f"M-{n + 1}H+Na", charge), "one more H replaced by Na", charge, salt)


def _sum(atoms: Mapping[str, int], more: Mapping[str, int], times: int) -> dict[str, int]:
    total = dict(atoms)
    for symbol, n in more.items():
        total[symbol] = total.get(symbol, 0) + times * n
    return total


def _name(inside: str, charge: int) -> str:
    size = "" if abs(charge) == 1 else str(abs(charge))
    return f"[{inside}]{size}{'-' if charge < 0 else '+'}"
