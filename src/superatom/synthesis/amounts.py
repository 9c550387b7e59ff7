"""Quantities a person writes ('100 mg', '20 mM'), gas volumes, dilutions."""

from __future__ import annotations

import re
from functools import lru_cache

from superatom.errors import SearchError
from superatom.literature.units import UnitError, convert, read_unit
from superatom.synthesis.substitution import table

__all__ = ["constant", "dilution", "gas_volume_L", "quantity"]

_QUANTITY = re.compile(r"\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*(\S.*)?")


@lru_cache(maxsize=16)
def constant(name: str) -> float:
    """Return a constant of `constants.csv` in its SI unit."""
    return {row["name"]: float(row["value"]) for row in table("constants.csv")}[name]


def quantity(text: str, unit: str) -> float:
    """Return a quantity in a unit; a number without a unit is in that unit already.

    Raises
    ------
    SearchError
        If it cannot be read, is not positive, or measures something else.

    Examples
    --------
    >>> quantity("100 mg", "g")
    0.1
    """
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise SearchError(f"'{text[:40]}' is no quantity\n  write it as: 100 mg, 0.5 g, 20 mM")
    try:
        value = convert(float(match[1]), read_unit(match[2] or unit), read_unit(unit))
    except UnitError as error:
        raise SearchError(f"'{text[:40]}': {error}; expected something in {unit}") from error
    if not 0 < value < float("inf"):
        raise SearchError(f"'{text[:40]}' must be more than nothing, and finite")
    return float(f"{value:.12g}")


def gas_volume_L(  # noqa: N802, the unit
    amount_mol: float, temperature_K: float | None = None, pressure_Pa: float | None = None
) -> float:
    """Return the volume of a gas in litres: V = n R T / p (ideal gas).

    Parameters
    ----------
    amount_mol : float
        Amount in mol.
    temperature_K, pressure_Pa : float, optional
        25 degC and one atmosphere by default.

    Examples
    --------
    >>> round(gas_volume_L(1.0), 3)
    24.465
    """
    temperature = constant("room temperature") if temperature_K is None else temperature_K
    pressure = constant("normal pressure") if pressure_Pa is None else pressure_Pa
    return 1000 * amount_mol * constant("gas constant") * temperature / pressure


def dilution(stock_M: float, wanted_M: float, volume_mL: float) -> tuple[float, float]:
    """Return volumes of stock solution and of solvent in mL: V1 = c2 V2 / c1.

    Raises
    ------
    SearchError
        If the stock is weaker than what is wanted, or a number is not positive.

    Examples
    --------
    >>> dilution(1.0, 0.1, 10.0)
    (1.0, 9.0)
    """
    if min(stock_M, wanted_M, volume_mL) <= 0 or wanted_M > stock_M:
        raise SearchError(
            f"{wanted_M:g} M cannot be made from {stock_M:g} M by dilution; "
            "all three numbers are positive and the stock is the stronger one"
        )
    stock = wanted_M * volume_mL / stock_M
    return stock, volume_mL - stock
