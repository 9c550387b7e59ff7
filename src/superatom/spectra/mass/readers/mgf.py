"""Mascot generic format (mgf): peak lists between BEGIN IONS and END IONS."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from superatom.errors import DataFileError
from superatom.spectra.mass.readers.scan import Scan
from superatom.spectra.mass.readers.text import decode

__all__ = ["read_mgf"]


def read_mgf(raw: bytes, path: str) -> Iterator[Scan]:
    """Read the peak lists of an mgf file one by one.

    Raises
    ------
    DataFileError
        If it holds no peak list, or a line of one is no pair of numbers.
    """
    block: list[tuple[int, str]] | None = None
    n_blocks = 0
    for number, raw_line in enumerate(decode(raw, path).splitlines(), start=1):
        line = raw_line.strip()
        if line.upper() == "BEGIN IONS":
            block = []
        elif line.upper() == "END IONS":
            if block is None:
                raise DataFileError(path, "END IONS without BEGIN IONS", line=number)
            n_blocks += 1
            yield _scan(block, path, n_blocks)
            block = None
        elif line and block is not None and line[0] not in "#;!/":
            block.append((number, line))
    if block:
        note = "the file is cut off in the last peak list"
        yield _scan(block, path, n_blocks + 1, (note,))
    elif not n_blocks:
        raise DataFileError(path, "holds no BEGIN IONS ... END IONS", hint="is it an mgf file?")


def _scan(
    block: list[tuple[int, str]], path: str, number: int, notes: tuple[str, ...] = ()
) -> Scan:
    fields: dict[str, str] = {}
    pairs: list[tuple[float, float]] = []
    for where, line in block:
        key, equals, value = line.partition("=")
        if equals:
            fields[key.upper()] = value.strip()
            continue
        try:
            mz, intensity = line.split()[:2]
            pairs.append((float(mz), float(intensity)))
        except ValueError as error:
            raise DataFileError(path, f"{line!r} is no peak (m/z, intensity)", where) from error
    table = np.array(pairs, dtype=np.float64).reshape(-1, 2)
    return Scan(
        table[:, 0].copy(),
        table[:, 1].copy(),
        named=True,
        profile=False,
        polarity=_polarity(fields.get("CHARGE", "")),
        time_s=_number(fields.get("RTINSECONDS", "")),
        label=fields.get("TITLE", f"peak list {number}"),
        number=number,
        notes=notes,
    )


def _polarity(charge: str) -> int:
    return -1 if "-" in charge else 1 if "+" in charge else 0


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
