"""What can be bought: metal salts, ligands, reductants, and what small things are at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from superatom.synthesis.compounds import Compound, read_compound
from superatom.synthesis.substitution import table

__all__ = ["Precursor", "default_salt", "find_precursor", "precursors"]


@dataclass(frozen=True, slots=True)
class Precursor:
    """A chemical that can be bought.

    Attributes
    ----------
    name : str
        As in catalogues.
    formula : str
        Species that reacts, as equations write it.
    kind : str
        'metal salt', 'ligand', 'reductant', 'salt', 'gas', 'solvent', ...
    metal : str
        Metal it brings; empty if none.
    is_default : bool
        Whether it is the salt taken for its metal where a source names none.
    gives : tuple[str, ...]
        Ions it provides in solution.
    acid : str
        Acid of its anion, set free when a ligand or a reductant takes the metal.
    sold_as : str
        Formula of what is weighed, where that is a hydrate; else empty.
    state : str
        'solid', 'liquid', 'gas' or 'none' (electrons).
    density_g_mL : float or None
        Density of a liquid near 25 degC.
    hazards : tuple[str, ...]
        Names in `hazards.csv`.
    source : str
        Where the entry comes from.
    """

    name: str
    formula: str
    kind: str
    metal: str
    is_default: bool
    gives: tuple[str, ...]
    acid: str
    sold_as: str
    state: str
    density_g_mL: float | None  # noqa: N815, the unit
    hazards: tuple[str, ...]
    source: str

    @property
    def compound(self) -> Compound:
        """The species that reacts."""
        return read_compound(self.formula)

    @property
    def molar_mass(self) -> float | None:
        """Molar mass in g/mol of what is weighed (the hydrate, where one is sold)."""
        return read_compound(self.sold_as or self.formula).molar_mass

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "name": self.name,
            "formula": self.formula,
            "kind": self.kind,
            "sold_as": self.sold_as or self.formula,
            "molar_mass_g_mol": self.molar_mass,
            "state": self.state,
            "density_g_mL": self.density_g_mL,
            "hazards": list(self.hazards),
            "source": self.source,
        }


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[Precursor, tuple[str, ...]], ...]:
    found = []
    for row in table("precursors.csv"):
        precursor = Precursor(
            name=row["name"],
            formula=row["formula"],
            kind=row["kind"],
            metal=row["metal"],
            is_default=row["default"] == "yes",
            gives=_split(row["gives"]),
            acid=row["acid"],
            sold_as=row["sold_as"],
            state=row["state"],
            density_g_mL=float(row["density_g_mL"]) if row["density_g_mL"] else None,
            hazards=_split(row["hazards"]),
            source=row["source"],
        )
        found.append((precursor, _split(row["aliases"])))
    return tuple(found)


def _split(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def precursors() -> tuple[Precursor, ...]:
    """Return all precursors, those preferred first."""
    return tuple(precursor for precursor, _ in _rows())


@lru_cache(maxsize=1)
def _by_key() -> Mapping[tuple[object, ...], Precursor]:
    """Return precursors by compound; a compound of its own comes before an ion of another."""
    found: dict[tuple[object, ...], Precursor] = {}
    for precursor, aliases in _rows():
        for text in (precursor.formula, *aliases):
            found.setdefault(read_compound(text).key, precursor)
    for precursor, _ in _rows():
        for ion in precursor.gives:
            found.setdefault(read_compound(ion).key, precursor)
    return MappingProxyType(found)


def find_precursor(compound: Compound) -> Precursor | None:
    """Return what to buy for a compound or ion; None if the table has nothing for it.

    Examples
    --------
    >>> find_precursor(read_compound("Ag^+")).name
    'silver nitrate'
    """
    return _by_key().get(compound.key)


@lru_cache(maxsize=128)
def default_salt(metal: str) -> Precursor | None:
    """Return the salt taken for a metal where a source names none; None if there is none."""
    return next((p for p in precursors() if p.metal == metal and p.is_default), None)
