"""The card of a cluster: what its formula alone tells."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from superatom.composition.cluster import Cluster
from superatom.composition.conventions import STANDARD, Conventions
from superatom.composition.counts import Number
from superatom.composition.electrons import (
    ElectronCount,
    ElectronsByCharge,
    count_electrons,
    count_electrons_by_charge,
)
from superatom.composition.elements import element
from superatom.errors import SuperatomError, UnknownComposition
from superatom.provenance import Provenance, stamp

__all__ = ["Card", "LigandLine", "average_mass", "card"]

_METHOD = "card of a formula"
_TABLES = ("elements.csv", "ligands.csv", "valences.csv")


@dataclass(frozen=True, slots=True)
class LigandLine:
    """A ligand of a cluster.

    Attributes
    ----------
    name : str
        Name in the library.
    long_name : str
        Systematic or common name.
    kind : str
        Class, such as 'thiolate'.
    formula : str
        Atoms of the bound form; empty for a generic ligand.
    count : int or float
        How many.
    charge_taken : int or None
        Electrons one takes from the metals.
    """

    name: str
    long_name: str
    kind: str
    formula: str
    count: Number
    charge_taken: int | None


@dataclass(frozen=True, slots=True)
class Card:
    """What the formula of a cluster tells.

    Attributes
    ----------
    formula, unicode : str
        The formula in plain text and in Unicode.
    charge : int or None
        Charge of the cluster ion; None if not known.
    metals : Mapping[str, int or float]
        Atoms of each metal.
    ligands : tuple[LigandLine, ...]
        In the order of the formula.
    companions : tuple[str, ...]
        Counter-ions and solvent, with their numbers.
    elements : Mapping[str, int or float]
        Atoms of the cluster ion; empty if a part is generic.
    average_mass : float or None
        Mean mass of the cluster ion in u from standard atomic weights; None if a part is
        generic.
    salt_mass : float or None
        The same with counter-ions and solvent; None if there are none.
    mass_percent : Mapping[str, float]
        Share of each element in the mass of the cluster ion, in percent.
    metal_percent : float or None
        Share of the metals, in percent.
    ligands_per_metal : float or None
        Ratio of ligands to metal atoms; None without metals.
    oxidation_state : float or None
        Mean oxidation state of the metals: (electrons taken by ligands + q) / metals;
        None if the charge is not known.
    electrons : ElectronCount or None
        Superatom electrons, if the charge is known.
    electrons_by_charge : ElectronsByCharge or None
        The same as a function of the charge, if it is not.
    problems : tuple[str, ...]
        What could not be told, and why.
    notes : tuple[str, ...]
        Guesses made while the formula was read.
    provenance : Provenance
        Method, version, inputs.
    """

    formula: str
    unicode: str
    charge: int | None
    metals: Mapping[str, Number]
    ligands: tuple[LigandLine, ...]
    companions: tuple[str, ...]
    elements: Mapping[str, Number]
    average_mass: float | None
    salt_mass: float | None
    mass_percent: Mapping[str, float]
    metal_percent: float | None
    ligands_per_metal: float | None
    oxidation_state: float | None
    electrons: ElectronCount | None
    electrons_by_charge: ElectronsByCharge | None
    problems: tuple[str, ...]
    notes: tuple[str, ...]
    provenance: Provenance

    @property
    def n_metals(self) -> Number:
        """Number of metal atoms."""
        return sum(self.metals.values())

    @property
    def n_ligands(self) -> Number:
        """Number of ligands."""
        return sum(line.count for line in self.ligands)

    def as_dict(self) -> dict[str, Any]:
        """Return the card as plain JSON types."""
        return {
            "formula": self.formula,
            "unicode": self.unicode,
            "charge": self.charge,
            "metals": dict(self.metals),
            "n_metals": self.n_metals,
            "ligands": [asdict(line) for line in self.ligands],
            "n_ligands": self.n_ligands,
            "companions": list(self.companions),
            "elements": dict(self.elements),
            "average_mass_u": self.average_mass,
            "salt_mass_u": self.salt_mass,
            "mass_percent": dict(self.mass_percent),
            "metal_percent": self.metal_percent,
            "ligands_per_metal": self.ligands_per_metal,
            "mean_oxidation_state": self.oxidation_state,
            "electron_count": self.electrons.as_dict() if self.electrons else None,
            "electrons_by_charge": (
                self.electrons_by_charge.as_dict() if self.electrons_by_charge else None
            ),
            "problems": list(self.problems),
            "notes": list(self.notes),
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Card:
        """Return the card written by `as_dict`."""
        origin = dict(data["provenance"])
        count, scan = data["electron_count"], data["electrons_by_charge"]
        return cls(
            formula=data["formula"],
            unicode=data["unicode"],
            charge=data["charge"],
            metals=dict(data["metals"]),
            ligands=tuple(LigandLine(**line) for line in data["ligands"]),
            companions=tuple(data["companions"]),
            elements=dict(data["elements"]),
            average_mass=data["average_mass_u"],
            salt_mass=data["salt_mass_u"],
            mass_percent=dict(data["mass_percent"]),
            metal_percent=data["metal_percent"],
            ligands_per_metal=data["ligands_per_metal"],
            oxidation_state=data["mean_oxidation_state"],
            electrons=ElectronCount.from_dict(count) if count else None,
            electrons_by_charge=ElectronsByCharge.from_dict(scan) if scan else None,
            problems=tuple(data["problems"]),
            notes=tuple(data["notes"]),
            provenance=Provenance(**{**origin, "sources": tuple(origin["sources"])}),
        )


def average_mass(atoms: Mapping[str, Number]) -> float:
    """Return the mean mass of a composition in u, from standard atomic weights.

    Raises
    ------
    UnknownComposition
        If an element has no standard atomic weight.

    Examples
    --------
    >>> round(average_mass({"H": 2, "O": 1}), 3)
    18.015
    """
    return sum(n * _weight(symbol) for symbol, n in atoms.items())


def _weight(symbol: str) -> float:
    weight = element(symbol).weight
    if weight is None:
        raise UnknownComposition(f"{symbol} has no standard atomic weight, so no mass can be given")
    return weight


def card(cluster: Cluster, conventions: Conventions = STANDARD) -> Card:
    """Put together what the formula of `cluster` tells.

    What cannot be told (masses of a generic ligand, electrons of a metal without a
    valence) is left open, with the reason in `problems`.

    Examples
    --------
    >>> gold = card(Cluster.of({"Au": 25}, {"SC2H4Ph": 18}, charge=-1))
    >>> round(gold.average_mass, 1), round(gold.metal_percent, 1)
    (7394.1, 66.6)
    >>> gold.oxidation_state
    0.68
    """
    problems: list[str] = []
    atoms = _elements(cluster, problems)
    mass = average_mass(atoms) if atoms else None
    if mass and cluster.host:
        problems.append(f"the mass is that of the cluster without its host {cluster.host}")
    count, scan = _electrons(cluster, conventions, problems)
    n_metals = cluster.n_metals
    return Card(
        formula=cluster.text(),
        unicode=cluster.text("unicode"),
        charge=cluster.charge,
        metals=dict(cluster.metals),
        ligands=_ligand_lines(cluster),
        companions=tuple(f"{companion.count} {companion.name}" for companion in cluster.companions),
        elements=atoms,
        average_mass=mass,
        salt_mass=_salt_mass(cluster, mass),
        mass_percent={s: 100 * n * _weight(s) / mass for s, n in atoms.items()} if mass else {},
        metal_percent=_metal_percent(cluster, mass),
        ligands_per_metal=cluster.n_ligands / n_metals if n_metals else None,
        oxidation_state=_oxidation_state(count, n_metals),
        electrons=count,
        electrons_by_charge=scan,
        problems=tuple(problems),
        notes=cluster.notes,
        provenance=stamp(_METHOD, cluster.text(), conventions.as_dict(), sources=_TABLES),
    )


def _elements(cluster: Cluster, problems: list[str]) -> dict[str, Number]:
    """Return the atoms of the cluster ion; none, with the reason, if a part is generic."""
    try:
        atoms = dict(cluster.elements)
        average_mass(atoms)
    except SuperatomError as error:
        problems.append(f"no mass: {error}")
        return {}
    return atoms


def _electrons(
    cluster: Cluster, conventions: Conventions, problems: list[str]
) -> tuple[ElectronCount | None, ElectronsByCharge | None]:
    """Count electrons, at the charge if it is known, else for all charges."""
    try:
        if cluster.charge is None:
            return None, count_electrons_by_charge(cluster, conventions)
        return count_electrons(cluster, conventions), None
    except SuperatomError as error:
        problems.append(f"no electron count: {error}")
        return None, None


def _ligand_lines(cluster: Cluster) -> tuple[LigandLine, ...]:
    return tuple(
        LigandLine(
            ligand.name, ligand.long_name, ligand.kind, ligand.formula, n, ligand.charge_taken
        )
        for ligand, n in cluster.ligands.items()
    )


def _salt_mass(cluster: Cluster, mass: float | None) -> float | None:
    """Return the mass with counter-ions and solvent; None if there are none or one is open."""
    if mass is None or not cluster.companions:
        return None
    for companion in cluster.companions:
        if companion.ligand.is_generic or not isinstance(companion.count, int | float):
            return None
        mass += companion.count * average_mass(companion.ligand.elements)
    return mass


def _metal_percent(cluster: Cluster, mass: float | None) -> float | None:
    if not mass:
        return None
    return 100 * average_mass(cluster.metals) / mass


def _oxidation_state(count: ElectronCount | None, n_metals: Number) -> float | None:
    """Return (electrons taken by ligands + charge of the cluster itself) / metals."""
    if count is None or not n_metals:
        return None
    ligands = sum(t.electrons for t in count.terms if t.kind in {"ligand", "hydride"})
    adducts = sum(t.electrons for t in count.terms if t.kind == "adduct")
    return (-ligands + count.charge - adducts) / n_metals
