"""Measured concentrations, or signals, of species against time, from CSV."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from superatom.errors import DataFileError, SuperatomError
from superatom.synthesis.kinetics import Floats, identify

__all__ = ["TIME", "UNITS", "TimeSeries", "read_time_series", "time_series_csv"]

TIME = "time_s"
#: Units of concentration in mol/L; a signal has none and is only proportional to it.
UNITS = {"M": 1.0, "mM": 1e-3, "uM": 1e-6, "µM": 1e-6, "nM": 1e-9}
_SUFFIX = re.compile(
    r"^(?P<species>.+?)(?:_(?P<tail>M|mM|uM|µM|nM)|\s*/\s*(?P<slash>M|mM|uM|µM|nM))$"
)


@dataclass(frozen=True, slots=True, eq=False)
class TimeSeries:
    """What was measured of each species at each time.

    Attributes
    ----------
    times : ndarray, shape (times,)
        In s.
    species : tuple[str, ...]
        Formulas.
    values : ndarray, shape (times, species)
        In mol/L, or as measured for signals; NaN where nothing was measured.
    is_signal : tuple[bool, ...]
        Whether a species' values are only proportional to its concentration.
    source : str
        File or other origin.
    are_shares : bool
        Whether the values are shares of the signal of all species at that time, which then
        add up to 1 in every row; all of them are signals.
    notes : tuple[str, ...]
        What the reader should know of, such as ions that were left out.
    """

    times: Floats
    species: tuple[str, ...]
    values: Floats
    is_signal: tuple[bool, ...]
    source: str = ""
    are_shares: bool = False
    notes: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the series as plain JSON types; what was not measured is None."""
        return {
            "time_s": self.times.tolist(),
            "species": list(self.species),
            "values": [
                [x if np.isfinite(x) else None for x in row] for row in self.values.tolist()
            ],
            "is_signal": list(self.is_signal),
            "source": self.source,
            "are_shares": self.are_shares,
            "notes": list(self.notes),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TimeSeries:
        """Return the series written by `as_dict`."""
        return cls(
            times=np.array(data["time_s"], dtype=float),
            species=tuple(data["species"]),
            values=np.array(data["values"], dtype=float).reshape(-1, len(data["species"])),
            is_signal=tuple(data["is_signal"]),
            source=str(data["source"]),
            are_shares=bool(data["are_shares"]),
            notes=tuple(data["notes"]),
        )


def read_time_series(path: str | Path, *, unit: str = "", signal: bool = False) -> TimeSeries:
    """Read a CSV file with a column `time_s` and one column for each species.

    Columns are named by formula and unit: ``Au38(PET)24_mM`` or ``Au38(PET)24 / mM``. Empty
    cells were not measured.

    Parameters
    ----------
    path : str or Path
        CSV file; lines that begin with # are comments.
    unit : str
        Unit of columns that name none: one of `UNITS`.
    signal : bool
        Take columns without unit as signals (peak heights, absorbances).

    Raises
    ------
    DataFileError
        If the file cannot be read, or a cell, column or unit makes no sense.
    """
    name = str(path)
    rows = _rows(Path(path))
    header = [cell.strip() for cell in rows[0][1]]
    if TIME not in header:
        raise DataFileError(name, f"no column {TIME}", rows[0][0], "give the time in s")
    clock = header.index(TIME)
    places = [i for i, cell in enumerate(header) if i != clock and cell]
    if not places or len(rows) < 2:
        raise DataFileError(name, "no species or no rows", hint=f"columns: {TIME}, Au25(PET)18_mM")
    columns = [_column(name, header[i], unit, signal) for i in places]
    identities = [identify(species) for species, _ in columns]
    if len(set(identities)) < len(identities):
        raise DataFileError(name, "two columns are the same species", rows[0][0])
    table = np.array(
        [[_number(name, line, row, i) for i in (clock, *places)] for line, row in rows[1:]]
    )
    times = table[:, 0]
    if np.any(~np.isfinite(times)) or times[0] < 0 or np.any(np.diff(times) <= 0):
        raise DataFileError(name, f"{TIME} must be there in every row, from 0 up, and rise")
    factors = np.array([factor or 1.0 for _, factor in columns])
    return TimeSeries(
        times=times,
        species=tuple(species for species, _ in columns),
        values=table[:, 1:] * factors,
        is_signal=tuple(factor is None for _, factor in columns),
        source=name,
    )


def time_series_csv(times: Floats, species: tuple[str, ...], concentrations: Floats) -> str:
    """Write concentrations in mol/L as CSV that `read_time_series` reads."""
    lines = [",".join([TIME, *(f"{name}_M" for name in species)])]
    lines += [
        ",".join([f"{t:g}", *("" if np.isnan(c) else f"{c:.8g}" for c in row)])
        for t, row in zip(times, concentrations, strict=True)
    ]
    return "\n".join(lines) + "\n"


def _rows(path: Path) -> list[tuple[int, list[str]]]:
    """Return the rows that say something, with their line numbers."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(str(path), f"cannot be read ({error})") from error
    numbered = enumerate(text.splitlines(), 1)
    kept = [(n, line) for n, line in numbered if line.strip() and not line.lstrip().startswith("#")]
    if not kept:
        raise DataFileError(str(path), "is empty", hint=f"columns: {TIME}, Au25(PET)18_mM")
    lines = [n for n, _ in kept]
    return list(zip(lines, csv.reader(line for _, line in kept), strict=True))


def _column(path: str, head: str, unit: str, signal: bool) -> tuple[str, float | None]:
    """Return the species of a column and its unit in mol/L, None for a signal."""
    found = _SUFFIX.match(head)
    species = found["species"] if found else head
    named = (found["tail"] or found["slash"]) if found else unit
    try:
        identify(species)
    except SuperatomError as error:
        raise DataFileError(path, f"column '{head}': {error}") from error
    if named in UNITS:
        return species, UNITS[named]
    if signal and not named:
        return species, None
    raise DataFileError(
        path,
        f"column '{head}' has no unit of concentration",
        hint=f"write {species}_mM (units: {', '.join(UNITS)}), or say that it is a signal",
    )


def _number(path: str, line: int, row: list[str], place: int) -> float:
    cell = row[place].strip() if place < len(row) else ""
    if not cell:
        return float("nan")
    try:
        value = float(cell)
    except ValueError as error:
        raise DataFileError(path, f"'{cell[:30]}' is no number", line) from error
    if not np.isfinite(value):
        raise DataFileError(path, f"'{cell[:30]}' is no finite number", line)
    return value
