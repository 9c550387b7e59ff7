"""Ions against time, as `superatom ms series --csv` or `--json` writes them, as a time series.

The file is all that the two rooms share: a table with one row per time and ion (columns
`time_s`, `formula`, `area`), or the JSON of the series (`times_s`, `species`, `area`).
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from superatom.composition.cluster import Cluster
from superatom.errors import DataFileError, SuperatomError
from superatom.synthesis.kinetics import Floats
from superatom.synthesis.time_series import TIME, TimeSeries

__all__ = ["is_ion_series", "read_ion_series"]

_COLUMNS = (TIME, "formula", "area")
_HINT = "write one with `superatom ms series FOLDER ... --times '0 5 30 min' --csv`"


def is_ion_series(path: str | Path) -> bool:
    """Whether a file is JSON, or a CSV file with the columns of a series of mass spectra."""
    if Path(path).suffix.lower() == ".json":
        return True
    lines = _text(Path(path)).splitlines()
    head = next((line for line in lines if line.strip() and not line.startswith("#")), "")
    return set(_COLUMNS) <= {cell.strip() for cell in head.split(",")}


def read_ion_series(path: str | Path, species: Sequence[str], *, shares: bool = True) -> TimeSeries:
    """Read what mass spectra of a reaction show of the species of a network.

    Every ion counts for the species with its metals and ligands, whatever its charge and the
    ions that cling to it; all ions of a species are added up. What is no species of the
    network is left out and named in the notes.

    Parameters
    ----------
    path : str or Path
        CSV or JSON file of `superatom ms series`.
    species : sequence of str
        Species of the network.
    shares : bool
        Divide the areas of each spectrum by their sum, since spectra differ in height for
        reasons of their own; otherwise areas are taken as they are.

    Returns
    -------
    TimeSeries
        Signals, one column for each species that is seen.

    Raises
    ------
    DataFileError
        If the file cannot be read, has no times, or shows fewer species than it takes.
    """
    name = str(path)
    rows = _json_rows(name) if Path(path).suffix.lower() == ".json" else _csv_rows(name)
    cores = _cores(name, species)
    seen: dict[str, dict[float, float]] = {}
    unknown: dict[str, None] = {}
    for time, formula, area in rows:
        found = cores.get(_core(formula) or ())
        if found is None:
            unknown.setdefault(formula)
        else:
            column = seen.setdefault(found, {})
            column[time] = column.get(time, 0.0) + area
    times = sorted({time for time, _, _ in rows})
    columns = [each for each in species if each in seen]
    needed = 2 if shares else 1
    if len(columns) < needed or len(times) < 2 or times[0] < 0:
        raise DataFileError(
            name,
            f"{len(columns)} species of the network at {len(times)} times from {times[0]:g} s on: "
            f"{needed} at two times from 0 s on are needed",
            hint=f"its ions: {', '.join(dict.fromkeys(f for _, f, _ in rows))[:300]}",
        )
    values = np.array([[seen[c].get(t, np.nan) for c in columns] for t in times])
    left_out = ", ".join(unknown)
    return TimeSeries(
        times=np.array(times),
        species=tuple(columns),
        values=_shares_of(values) if shares else values,
        is_signal=(True,) * len(columns),
        source=name,
        are_shares=shares,
        notes=(f"ions of no species of the network, left out: {left_out}",) if unknown else (),
    )


def _shares_of(areas: Floats) -> Floats:
    """Return each area over the sum of its time; NaN where one is missing or all are nothing."""
    total = areas.sum(axis=1, keepdims=True)
    return np.asarray(areas / np.where(total > 0, total, np.nan))


def _cores(path: str, species: Iterable[str]) -> dict[tuple[object, ...], str]:
    """Return the species of a network by metals and ligands; two with the same are refused."""
    cores: dict[tuple[object, ...], str] = {}
    for name in species:
        core = _core(name)
        if core is None:
            continue
        if core in cores:
            problem = f"its ions cannot tell {cores[core]} and {name} of the network apart"
            raise DataFileError(path, problem, hint="give both a column of their own in a CSV file")
        cores[core] = name
    return cores


def _core(formula: str) -> tuple[object, ...] | None:
    """Return the metals and ligands of a cluster or its ion; None for anything else."""
    try:
        cluster = Cluster.parse(formula.replace("*", ""))
    except SuperatomError:  # a thiol, a molecule, an ion of unknown ligands
        return None
    ligands = sorted((ligand.name, n) for ligand, n in cluster.ligands.items())
    return (tuple(sorted(cluster.metals.items())), tuple(ligands))


def _csv_rows(path: str) -> list[tuple[float, str, float]]:
    lines = [line for line in _text(Path(path)).splitlines() if not line.startswith("#")]
    reader = csv.DictReader(lines)
    missing = [name for name in _COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        raise DataFileError(path, f"no column {missing[0]}", 1, _HINT)
    return [_row(path, reader.line_num, row) for row in reader] or _none(path)


def _json_rows(path: str) -> list[tuple[float, str, float]]:
    try:
        data = json.loads(_text(Path(path)))
        if not data["has_times"]:
            data["times_s"] = [None] * len(data["times_s"])
        rows: list[Mapping[str, Any]] = [
            {TIME: time, "formula": each["formula"], "area": area}
            for time, areas in zip(data["times_s"], data["area"], strict=True)
            for each, area in zip(data["species"], areas, strict=True)
        ]
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise DataFileError(path, f"is no series of mass spectra ({error})", hint=_HINT) from error
    return [_row(path, None, row) for row in rows] or _none(path)


def _none(path: str) -> list[tuple[float, str, float]]:
    raise DataFileError(path, "has no rows", hint=_HINT)


def _row(path: str, line: int | None, row: Mapping[str, Any]) -> tuple[float, str, float]:
    if row[TIME] in (None, ""):
        raise DataFileError(path, "the times are not known", line, _HINT)
    try:
        time, area = float(row[TIME]), float(row["area"])
    except (TypeError, ValueError) as error:
        raise DataFileError(path, f"a time or area is no number ({error})", line) from error
    if not np.isfinite(time) or area < 0:
        raise DataFileError(path, f"time {time:g} s, area {area:g}: numbers from 0 up", line)
    return time, str(row["formula"]).strip(), area


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(str(path), f"cannot be read ({error})") from error
