"""Bounds on a property, as one asks for them: FE(CO) > 90, overpotential <= 0.2 V."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from superatom.errors import SearchError
from superatom.literature.properties import Property, in_first_unit, properties
from superatom.literature.quantities import Bounds
from superatom.literature.units import UnitError, read_unit

__all__ = ["Metric", "limit_of", "read_metric", "unknown_property"]

_BOUND = re.compile(r"\s*(>=|<=|≥|≤|>|<|=|~)?\s*(.+?)\s*")
_VALUE = re.compile(r"([-−+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)\s*(.*)")


@dataclass(frozen=True, slots=True)
class Metric:
    """A bound on a property, such as FE(CO) > 90.

    Attributes
    ----------
    name : str
        Property, in any of its names, with its product.
    comparator : str
        '>', '<', '>=', '<=', '=' or '~'.
    value : float
        In `unit`.
    unit : str
        Empty for the unit the property is compared in.
    """

    name: str
    comparator: str
    value: float
    unit: str = ""


def read_metric(name: str, bound: str) -> Metric:
    """Read a metric such as ('FE(CO)', '>90') or ('overpotential', '< 0.2 V').

    Raises
    ------
    SearchError
        If the property is not known or the bound is no number.

    Examples
    --------
    >>> read_metric("overpotential", "<= 0.2 V")
    Metric(name='overpotential', comparator='<=', value=0.2, unit='V')
    """
    match = _BOUND.fullmatch(bound)
    number = _VALUE.fullmatch(match[2]) if match else None
    if match is None or number is None:
        raise SearchError(f"'{bound}' is no bound on a number: write it like '>90' or '< 0.2 V'")
    sign = {"≥": ">=", "≤": "<=", None: "="}.get(match[1], match[1])
    return Metric(name, sign, float(number[1].replace("−", "-")), number[2])


def limit_of(metric: Metric, entry: Property) -> tuple[float, str]:
    """Return the bound in the unit in which the property is compared, and that unit."""
    if not entry.units:
        return metric.value, ""
    bounds = Bounds(metric.value, metric.value)
    try:
        unit = read_unit(metric.unit) if metric.unit else entry.units[0]
        converted = in_first_unit(bounds, metric.unit, entry)
    except UnitError as error:
        raise SearchError(str(error)) from error
    target = next(u for u in entry.units if u.dimension == unit.dimension)
    return converted.low, target.text


def unknown_property(name: str) -> str:
    """Say that a name is no property with numbers, and which names are close to it."""
    names = [n for p in properties() if p.kind == "number" for n in (p.name, *p.aliases)]
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.4)
    hint = f"; names close to it: {', '.join(close)}" if close else ""
    return f"'{name}' is not a property with numbers{hint}"
