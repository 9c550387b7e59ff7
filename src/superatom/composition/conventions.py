"""Electron-counting conventions: what every metal gives and every ligand takes.

Defaults stand in `data/valences.csv` (metals) and the ligand library (ligands); a
`Conventions` holds what the user wants otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from superatom.composition.shells import table_rows
from superatom.errors import SuperatomError

__all__ = ["HYDRIDE_RULES", "STANDARD", "Conventions", "HydrideRule", "default_valences"]

HydrideRule = Literal["host", "takes", "gives"]
HYDRIDE_RULES: tuple[HydrideRule, ...] = ("host", "takes", "gives")
_LARGEST = 20  # electrons one atom or ligand can sensibly give or take


@lru_cache(maxsize=1)
def default_valences() -> Mapping[str, int]:
    """Return the electrons that one atom of each metal gives to the superatom."""
    rows = table_rows("valences.csv")
    return MappingProxyType({row["element"]: int(row["valence"]) for row in rows})


@dataclass(frozen=True, slots=True)
class Conventions:
    """How electrons are counted, where it differs from the default tables.

    Attributes
    ----------
    valences : Mapping[str, int]
        Electrons that one atom of a metal gives, such as ``{"Tl": 1}`` for Tl(I).
    ligand_charges : Mapping[str, int]
        Electrons that one ligand takes, by any name the formula uses, such as ``{"L": 1}``.
    hydride : {'host', 'takes', 'gives'}
        Whether H takes one electron, gives one, or as its host metal demands: gives one
        where Au atoms outnumber Cu and Ag (10.1021/acs.chemmater.7b00776), takes one
        elsewhere.

    Raises
    ------
    SuperatomError
        If the hydride rule is none of the three or a number makes no sense.
    """

    valences: Mapping[str, int] = field(default_factory=dict)
    ligand_charges: Mapping[str, int] = field(default_factory=dict)
    hydride: HydrideRule = "host"

    def __post_init__(self) -> None:
        if self.hydride not in HYDRIDE_RULES:
            raise SuperatomError(
                f"hydride rule '{self.hydride}' is none of {', '.join(HYDRIDE_RULES)}"
            )
        for name, value in (*self.valences.items(), *self.ligand_charges.items()):
            if not isinstance(value, int) or abs(value) > _LARGEST:
                raise SuperatomError(
                    f"{name} = {value}: electrons per atom or ligand must be a whole number "
                    f"between -{_LARGEST} and {_LARGEST}"
                )

    def __hash__(self) -> int:
        return hash((frozenset(self.valences.items()), frozenset(self.ligand_charges.items())))

    def valence(self, symbol: str) -> int | None:
        """Return the electrons one atom gives; None if nobody said."""
        return self.valences.get(symbol, default_valences().get(symbol))

    def as_dict(self) -> dict[str, Any]:
        """Return the conventions as plain JSON types."""
        return {
            "valences": dict(self.valences),
            "ligand_charges": dict(self.ligand_charges),
            "hydride": self.hydride,
        }


#: The conventions of the default tables.
STANDARD = Conventions()
