"""Units as papers print them, and potentials against the reversible hydrogen electrode.

A unit is a product of symbols with powers ('mA cm^-2', 'mol_CO mol_NC^-1 s^-1'); what
stands behind an underscore or in brackets says of what and does not change the unit.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

__all__ = ["Unit", "UnitError", "convert", "potential_vs_rhe", "read_unit"]

_PREFIXES = {
    **{"f": 1e-15, "p": 1e-12, "n": 1e-9, "u": 1e-6, "µ": 1e-6, "μ": 1e-6, "m": 1e-3, "c": 1e-2},
    **{"d": 1e-1, "k": 1e3, "M": 1e6, "G": 1e9},
}
_TERM = re.compile(r"(?P<symbol>.+?)(?:\^?(?P<power>[-−+]?\d+))?")
_OF_WHAT = re.compile(r"\([^()]*\)|_\{?[A-Za-z][\w+,-]*\}?|\s+per\s+[A-Za-z].*$|(?<=equiv)\s.*$")
_REFERENCE = re.compile(r"\s*\b(?:vs\.?|versus)\s+(?P<name>.+)$")
_HIGHEST = 9  # power of a symbol in a unit
_ZERO_CELSIUS = 273.15  # K, by definition


class UnitError(ValueError):
    """A unit that cannot be read or converted."""


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of measure.

    Attributes
    ----------
    text : str
        As printed.
    factor : float
        Size in terms of the first units of `units.csv` (m, kg, s, K, A, V, J, mol).
    dimension : tuple[tuple[str, int], ...]
        Powers of 'length', 'mass', 'time', ...; () for a plain ratio.
    offset : float
        Zero of the scale in K, for temperatures.
    reference : str
        Reference electrode of a potential ('RHE'); empty if none is named.
    """

    text: str
    factor: float
    dimension: tuple[tuple[str, int], ...]
    offset: float = 0.0
    reference: str = ""


@dataclass(frozen=True, slots=True)
class _Symbol:
    factor: float
    dimension: Mapping[str, int]


@lru_cache(maxsize=4096)
def read_unit(text: str) -> Unit:
    """Read a unit; the empty text is a plain number.

    Raises
    ------
    UnitError
        If a symbol is not known.

    Examples
    --------
    >>> read_unit("mA cm^-2").dimension
    (('current', 1), ('length', -2))
    >>> read_unit("V vs RHE").reference
    'RHE'
    """
    body, reference = text.strip(), ""
    if match := _REFERENCE.search(body):
        body, reference = body[: match.start()], _electrode_name(match["name"])
    body = _OF_WHAT.sub("", body).strip()
    whole = _symbols().get(body)
    if whole is not None:
        offset = _ZERO_CELSIUS if _is_celsius(body) else 0.0
        return Unit(text, whole.factor, _sorted(whole.dimension), offset, reference)
    factor, powers = 1.0, dict[str, int]()
    for symbol, power in _terms(body, text):
        factor *= symbol.factor**power
        for name, n in symbol.dimension.items():
            powers[name] = powers.get(name, 0) + n * power
    if not 0.0 < factor < math.inf:
        raise UnitError(f"unit '{text[:60]}' is out of all proportion")
    return Unit(text, factor, _sorted(powers), 0.0, reference)


def _is_celsius(symbol: str) -> bool:
    celsius = _symbols()["degC"]
    return _symbols()[symbol] is celsius


def _terms(body: str, text: str) -> list[tuple[_Symbol, int]]:
    """Return the symbols of a product with their powers; '/' turns the sign of what follows."""
    terms = []
    for place, part in enumerate(body.replace("·", " ").replace("*", " ").split("/")):
        for word in part.split():
            match = _TERM.fullmatch(word)
            symbol = _symbol(word) if match is None else _symbol(match["symbol"])
            if symbol is None or match is None:
                raise UnitError(
                    f"unit '{text}': '{word}' is not known; expected symbols with powers "
                    f"such as 'mA cm^-2'"
                )
            power = _power(match["power"] or "1", text)
            terms.append((symbol, -power if place else power))
    return terms


def _power(printed: str, text: str) -> int:
    power = int(printed.replace("−", "-")) if len(printed) < 4 else _HIGHEST + 1
    if abs(power) > _HIGHEST:
        raise UnitError(f"unit '{text}': a power of {printed[:20]} makes no sense")
    return power


def _symbol(name: str) -> _Symbol | None:
    known = _symbols()
    if name in known:
        return known[name]
    factor, rest = _PREFIXES.get(name[:1]), name[1:]
    if factor is not None and rest in _with_prefixes():
        return _Symbol(factor * known[rest].factor, known[rest].dimension)
    return None


def convert(value: float, unit: Unit, target: Unit) -> float:
    """Return `value` in another unit of the same dimension.

    Raises
    ------
    UnitError
        If the dimensions differ, or both name different reference electrodes.

    Examples
    --------
    >>> convert(160.0, read_unit("mV"), read_unit("V"))
    0.16
    """
    if unit.dimension != target.dimension:
        raise UnitError(f"'{unit.text}' is no unit of what is measured in '{target.text}'")
    if unit.reference and target.reference and unit.reference != target.reference:
        raise UnitError(f"'{unit.text}' and '{target.text}' need the pH to be compared")
    if unit.offset == target.offset:
        ratio = unit.factor / target.factor
        return value if ratio == 1.0 else float(f"{value * ratio:.12g}")
    kelvin = value * unit.factor + unit.offset
    return float(f"{(kelvin - target.offset) / target.factor:.12g}")


def potential_vs_rhe(value: float, reference: str, pH: float | None = None) -> float:
    """Return a potential in V against the reversible hydrogen electrode at 25 degrees Celsius.

    E(RHE) = E + E(reference vs SHE) + 0.05916 pH

    Parameters
    ----------
    value : float
        Potential in V against `reference`.
    reference : str
        A name or alias of `reference_electrodes.csv`.
    pH : float or None
        Of the electrolyte; not needed if `reference` is RHE.

    Raises
    ------
    UnitError
        If the electrode is not known, or the pH is needed and not given.

    Examples
    --------
    >>> potential_vs_rhe(-1.0, "Ag/AgCl", pH=7.0)
    -0.38888
    """
    electrodes = _electrodes()
    name = _electrode_name(reference)
    if name not in electrodes:
        raise UnitError(f"reference electrode '{reference}' is not known")
    if name == "RHE":
        return value
    if pH is None:
        raise UnitError(f"a potential vs {name} needs the pH to be given vs RHE")
    return round(value + electrodes[name][0] + electrodes["RHE"][1] * pH, 9)


def _electrode_name(printed: str) -> str:
    """Return the name in the table for a printed one; as printed if it is not there."""
    key = printed.strip()
    return _electrode_aliases().get(key.casefold(), key)


def _rows(table: str) -> list[dict[str, str]]:
    path = resources.files("superatom.literature") / "data" / table
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@lru_cache(maxsize=1)
def _electrodes() -> dict[str, tuple[float, float]]:
    return {
        row["name"]: (float(row["potential_V"]), float(row["per_pH_V"]))
        for row in _rows("reference_electrodes.csv")
    }


@lru_cache(maxsize=1)
def _electrode_aliases() -> dict[str, str]:
    return {
        name.casefold(): row["name"]
        for row in _rows("reference_electrodes.csv")
        for name in (row["name"], *filter(None, row["aliases"].split(";")))
    }


@lru_cache(maxsize=1)
def _symbols() -> dict[str, _Symbol]:
    """Return every symbol and alias of the table."""
    found: dict[str, _Symbol] = {}
    for row in _rows("units.csv"):
        symbol = _Symbol(float(row["factor"]), _powers(row["dimension"]))
        for name in (row["symbol"], *row["aliases"].split(";")):
            if name:
                found[name] = symbol
    return found


@lru_cache(maxsize=1)
def _with_prefixes() -> frozenset[str]:
    return frozenset(row["symbol"] for row in _rows("units.csv") if row["prefixes"] == "yes")


def _powers(text: str) -> dict[str, int]:
    if text == "ratio":
        return {}
    if text in {"mass per charge", "magnetic moment"}:
        return {text: 1}
    pairs = (term.partition("^") for term in text.split())
    return {name: int(power or 1) for name, _, power in pairs}


def _sorted(powers: Mapping[str, int]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((name, n) for name, n in powers.items() if n))
