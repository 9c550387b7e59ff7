"""Spectra in Excel workbooks (xlsx)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from itertools import islice
from typing import Any

from superatom.errors import DataFileError
from superatom.spectra.mass.readers.scan import Scan
from superatom.spectra.mass.readers.text import read_text

__all__ = ["read_workbook"]

_LONGEST_HEAD = 40  # rows above the numbers


def read_workbook(raw: bytes, path: str) -> list[Scan]:
    """Read every sheet that holds two columns of numbers, in the order of the workbook.

    Raises
    ------
    DataFileError
        If the workbook is broken, or no sheet holds two columns of numbers.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
        sheets = [(sheet.title, list(_rows(sheet))) for sheet in book.worksheets]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise DataFileError(
            path,
            f"is no readable Excel workbook ({error})",
            hint="open it in a spreadsheet program and save it as .xlsx or .csv",
        ) from error
    scans = []
    for title, rows in sheets:
        scan = _scan(rows, path, title, alone=len(sheets) == 1)
        if scan is not None:
            scans.append(scan)
    if not scans:
        raise DataFileError(path, f"no sheet holds two columns of numbers ({len(sheets)} sheets)")
    return scans


def _rows(sheet: Any) -> Iterator[str]:
    for row in sheet.iter_rows(values_only=True):
        cells = ["" if cell is None else _text(cell) for cell in row]
        if any(cells):
            yield "\t".join(cells)


def _text(cell: object) -> str:
    if isinstance(cell, float):
        return repr(cell)
    return str(cell).replace("\t", " ").replace("\n", " ")


def _scan(rows: list[str], path: str, title: str, *, alone: bool) -> Scan | None:
    """Read one sheet; None if it holds no numbers and is not the only one."""
    if not any(char.isdigit() for row in islice(rows, _LONGEST_HEAD) for char in row):
        return None
    try:
        scan = read_text("\n".join(rows).encode(), f"{path} (sheet {title!r})")
    except DataFileError:
        if alone:
            raise
        return None
    return Scan(
        scan.mz, scan.intensity, scan.named, polarity=scan.polarity, label=title, notes=scan.notes
    )
