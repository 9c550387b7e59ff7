"""Conditions of an experiment: ranges and choices, and tables of experiments that were done."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite, log
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from superatom.errors import DataFileError, SearchError

__all__ = ["Choice", "Conditions", "Experiments", "Range", "Run", "read_condition", "read_runs"]

Floats: TypeAlias = NDArray[np.float64]
Run: TypeAlias = Mapping[str, float | str]
_SCALES = ("linear", "log")


@dataclass(frozen=True, slots=True)
class Range:
    """A condition that is a number: a temperature, a ratio, a pH.

    Attributes
    ----------
    name : str
        Column of the table, best with its unit: 'T_C', 'time_h'.
    low, high : float
        Between which values it may lie.
    scale : str
        'linear' or 'log'.
    step : float
        What it can be set to in steps of; 0 for anything.
    """

    name: str
    low: float
    high: float
    scale: str = "linear"
    step: float = 0.0

    def __post_init__(self) -> None:
        if not (isfinite(self.low) and isfinite(self.high) and self.low < self.high):
            raise SearchError(f"{self.name}: a range goes from a number to a higher one")
        if self.scale not in _SCALES or (self.scale == "log" and self.low <= 0):
            raise SearchError(f"{self.name}: scale is linear, or log for positive numbers")
        if not 0 <= self.step <= self.high - self.low:
            raise SearchError(f"{self.name}: step {self.step:g} does not fit its range")

    def place(self, value: float) -> float:
        """Return where a value lies between low (0) and high (1)."""
        if self.scale == "log":
            return log(value / self.low) / log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)

    def value(self, place: float) -> float:
        """Return the value at a place from 0 to 1, in the steps that can be set."""
        if self.scale == "log":
            value = self.low * (self.high / self.low) ** place
        else:
            value = self.low + place * (self.high - self.low)
        if self.step:
            value = self.low + round((value - self.low) / self.step) * self.step
        return float(f"{min(max(value, self.low), self.high):.6g}")


@dataclass(frozen=True, slots=True)
class Choice:
    """A condition that is one of several: a solvent, a reductant.

    Attributes
    ----------
    name : str
        Column of the table.
    options : tuple[str, ...]
        What may be chosen.
    """

    name: str
    options: tuple[str, ...]

    def __post_init__(self) -> None:
        if len(set(self.options)) < 2 or len(set(self.options)) < len(self.options):
            raise SearchError(f"{self.name}: at least two different options are needed")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What can be varied.

    Attributes
    ----------
    ranges : tuple[Range, ...]
        Numbers.
    choices : tuple[Choice, ...]
        Categories.
    """

    ranges: tuple[Range, ...] = ()
    choices: tuple[Choice, ...] = ()

    def __post_init__(self) -> None:
        if not self.names:
            raise SearchError("nothing to vary: give at least one condition")
        if len(set(self.names)) < len(self.names):
            raise SearchError("two conditions have the same name")

    @classmethod
    def of(cls, *conditions: Range | Choice) -> Conditions:
        """Build from ranges and choices in any order."""
        return cls(
            tuple(c for c in conditions if isinstance(c, Range)),
            tuple(c for c in conditions if isinstance(c, Choice)),
        )

    @classmethod
    def read(cls, path: str | Path) -> Conditions:
        """Read a TOML file of tables: ``[T_C] low=20 high=90``, ``[solvent] options=[...]``.

        Raises
        ------
        DataFileError
            If it cannot be read or makes no sense.
        """
        try:
            tables = tomllib.loads(Path(path).read_text(encoding="utf-8"))
            return cls.of(*(_condition(name, table) for name, table in tables.items()))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise DataFileError(str(path), f"cannot be read ({error})") from error
        except (SearchError, TypeError, ValueError, KeyError) as error:
            hint = "[T_C] low = 20, high = 90; or [solvent] options = [...]"
            raise DataFileError(str(path), str(error), hint=hint) from error

    @property
    def names(self) -> tuple[str, ...]:
        """Names of all conditions, numbers first."""
        return (*(r.name for r in self.ranges), *(c.name for c in self.choices))

    def encode(self, runs: Sequence[Run]) -> Floats:
        """Return runs as numbers, shape (runs, conditions): places, and numbers of options.

        Raises
        ------
        SearchError
            If a value is missing, no number, or no option.
        """
        return np.array([[*self._numbers(run), *self._options(run)] for run in runs]).reshape(
            len(runs), len(self.names)
        )

    def decode(self, point: Floats) -> dict[str, float | str]:
        """Return the run at a point."""
        n = len(self.ranges)
        values: dict[str, float | str] = {
            r.name: r.value(float(x)) for r, x in zip(self.ranges, point[:n], strict=True)
        }
        for choice, x in zip(self.choices, point[n:], strict=True):
            values[choice.name] = choice.options[int(x)]
        return values

    def scatter(self, count: int, seed: int) -> Floats:
        """Return points spread evenly (scrambled Sobol sequence), shape (count, conditions)."""
        from scipy.stats import qmc

        size = 2 ** max(0, int(np.ceil(np.log2(max(count, 1)))))
        unit = qmc.Sobol(len(self.names), rng=np.random.default_rng(seed)).random(size)[:count]
        return self.points(unit)

    def points(self, unit: Floats) -> Floats:
        """Return points of a unit cube with its last columns turned into numbers of options."""
        sizes = np.array([len(choice.options) for choice in self.choices])
        numbers, options = unit[:, : len(self.ranges)], unit[:, len(self.ranges) :]
        return np.hstack([numbers, np.floor(options * sizes)])

    def _numbers(self, run: Run) -> list[float]:
        places = []
        for item in self.ranges:
            try:
                value = float(run[item.name])
            except (KeyError, ValueError) as error:
                raise SearchError(f"{item.name} is missing or no number in {dict(run)}") from error
            if not isfinite(value) or (item.scale == "log" and value <= 0):
                raise SearchError(f"{item.name} = {value:g} has no place on its scale")
            places.append(item.place(value))
        return places

    def _options(self, run: Run) -> list[float]:
        numbers = []
        for choice in self.choices:
            option = str(run.get(choice.name, ""))
            if option not in choice.options:
                known = ", ".join(choice.options)
                raise SearchError(f"{choice.name} '{option}' is none of {known}")
            numbers.append(float(choice.options.index(option)))
        return numbers


@dataclass(frozen=True, slots=True)
class Experiments:
    """Runs that were done and what came of them.

    Attributes
    ----------
    runs : tuple[Run, ...]
        Conditions of each.
    results : tuple[float, ...]
        What is to be made high, or low.
    objective : str
        Its column.
    """

    runs: tuple[Run, ...]
    results: tuple[float, ...]
    objective: str = "yield_percent"


def read_runs(path: str | Path, conditions: Conditions, objective: str) -> Experiments:
    """Read a CSV file of experiments; rows without a result are left out.

    Raises
    ------
    DataFileError
        If the file cannot be read, a column is missing or a cell makes no sense.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(line for line in file if not line.startswith("#"))
            rows = [(reader.line_num, row) for row in reader]
            header = list(reader.fieldnames or ())
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataFileError(str(path), f"cannot be read ({error})") from error
    missing = [name for name in (*conditions.names, objective) if name not in header]
    if missing:
        raise DataFileError(
            str(path), f"no column {missing[0]}", 1, f"columns: {', '.join(header)}"
        )
    runs, results = [], []
    for line, row in rows:
        if not (row[objective] or "").strip():
            continue
        run = {name: (row[name] or "").strip() for name in conditions.names}
        try:
            conditions.encode([run])
            result = float(row[objective])
        except ValueError as error:
            raise DataFileError(str(path), str(error), line) from error
        if not isfinite(result):
            raise DataFileError(str(path), f"{objective} {result} is no finite number", line)
        numbers = {item.name: float(run[item.name]) for item in conditions.ranges}
        runs.append({**run, **numbers})
        results.append(result)
    return Experiments(tuple(runs), tuple(results), objective)


def read_condition(text: str) -> Range | Choice:
    """Read a condition as an option gives it.

    Examples
    --------
    >>> read_condition("T_C=20:90:5")
    Range(name='T_C', low=20.0, high=90.0, scale='linear', step=5.0)
    >>> read_condition("ratio=1:10:log").scale
    'log'
    >>> read_condition("solvent=THF|toluene").options
    ('THF', 'toluene')
    """
    name, sign, rest = text.partition("=")
    name = name.strip()
    if not (name and sign):
        raise SearchError(f"'{text[:60]}' is not written like T_C=20:90 or solvent=THF|toluene")
    if "|" in rest:
        return Choice(name, tuple(option.strip() for option in rest.split("|")))
    parts = rest.split(":")
    scale = "log" if parts[-1].strip() == "log" else "linear"
    try:
        low, high, *more = [float(part) for part in parts[: -1 if scale == "log" else None]]
        return Range(name, low, high, scale, *more[:1])
    except ValueError as error:
        if isinstance(error, SearchError):
            raise
        raise SearchError(
            f"'{text[:60]}': write low:high, low:high:step or low:high:log"
        ) from error


def _condition(name: str, table: Mapping[str, Any]) -> Range | Choice:
    if "options" in table:
        return Choice(name, tuple(str(option) for option in table["options"]))
    low, high = float(table["low"]), float(table["high"])
    return Range(name, low, high, str(table.get("scale", "linear")), float(table.get("step", 0.0)))
