"""Rows of a table of records with their lines: from CSV, TSV or YAML."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from superatom.errors import DataFileError, MissingExtra

__all__ = ["Row", "Rows", "csv_rows", "yaml_rows"]

Row = Mapping[str, str]

_COLUMN_NAMES = {
    "cmp": "comparator",
    "type": "dopant",
    "number": "dopant_number",
    "ref": "reference",
    "review": "document",
}
#: How the members of a list in YAML are joined in the cell of a table.
_JOINTS = {"cluster": " | ", "reactants": " + ", "products": " + "}


@dataclass(frozen=True, slots=True)
class Rows:
    """A table of text.

    Attributes
    ----------
    path : str
        File, for errors.
    columns : tuple[str, ...]
        Names, without a trailing '_printed'.
    rows : tuple[tuple[int, Row], ...]
        Line of the file on which a row begins, and its cells by column.
    """

    path: str
    columns: tuple[str, ...]
    rows: tuple[tuple[int, Row], ...]

    def __iter__(self) -> Iterator[tuple[int, Row]]:
        return iter(self.rows)


def _column(name: str) -> str:
    plain = name.strip().removesuffix("_printed")
    return _COLUMN_NAMES.get(plain, plain)


def csv_rows(path: str, text: str, delimiter: str) -> Rows:
    """Return the rows of a CSV or TSV text; blank lines are left out.

    Raises
    ------
    DataFileError
        If it is no table, a row is too long or two columns have one name.
    """
    cells = _cells(path, text, delimiter)
    columns = tuple(_column(name) for name in next((row for _, row in cells), []))
    if len(set(columns)) != len(columns):
        raise DataFileError(path, "two columns have the same name", line=1)
    return Rows(path, columns, tuple(_padded(path, columns, cells)))


def _cells(path: str, text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the line on which each row begins, and its cells."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = 1
    try:
        for cells in reader:
            yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        raise DataFileError(path, f"is no table ({error})", line=line) from error


def _padded(
    path: str, columns: tuple[str, ...], rows: Iterable[tuple[int, list[str]]]
) -> Iterator[tuple[int, Row]]:
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) > len(columns):
            raise DataFileError(
                path,
                f"{len(cells)} cells under {len(columns)} columns",
                line=line,
                hint="put cells that contain the separator in double quotes",
            )
        full = [*cells, *[""] * (len(columns) - len(cells))]
        yield line, {c: v.strip() for c, v in zip(columns, full, strict=True)}


def yaml_rows(path: str, text: str) -> tuple[Rows, ...]:
    """Return the tables of a YAML text: a list of rows, or several lists by name.

    A row maps columns to values; a cell may be a list (of clusters or species) or, for
    conditions, a mapping. Values are kept as printed: 0.10 stays '0.10', and `no` is text.

    Raises
    ------
    DataFileError
        If it is no YAML or not of this form.
    MissingExtra
        If no reader of YAML is installed.
    """
    try:
        yaml = import_module("yaml")
    except ImportError as error:
        raise MissingExtra(
            f"{path}: reading YAML needs the package PyYAML (pip install pyyaml); "
            "or write the table as CSV"
        ) from error
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)  # nodes only: nothing is built
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        said = getattr(error, "problem", None) or "nested too deeply"
        line = mark.line + 1 if mark is not None else None
        raise DataFileError(path, f"is no YAML ({said})", line=line) from error
    lists = [value for _, value in root.value] if _is(root, "mapping") else [root]
    return tuple(_table(path, node) for node in lists if node is not None)


def _is(node: Any, kind: str) -> bool:
    return node is not None and node.id == kind


def _table(path: str, node: Any) -> Rows:
    if not _is(node, "sequence") or not all(_is(row, "mapping") for row in node.value):
        raise DataFileError(
            path,
            "is no list of records",
            line=node.start_mark.line + 1,
            hint="begin each record with '- id: ...'",
        )
    rows = []
    for row in node.value:
        names = [_column(str(key.value)) for key, _ in row.value]
        if len(set(names)) != len(names):
            raise DataFileError(path, "a record tells a column twice", line=row.start_mark.line + 1)
        cells = dict(zip(names, (value for _, value in row.value), strict=True))
        rows.append((row.start_mark.line + 1, {n: _cell(path, n, v) for n, v in cells.items()}))
    columns = tuple(dict.fromkeys(name for _, row in rows for name in row))
    return Rows(
        path, columns, tuple((line, {c: row.get(c, "") for c in columns}) for line, row in rows)
    )


def _cell(path: str, column: str, node: Any) -> str:
    if _is(node, "scalar"):
        empty = node.tag.endswith(":null") and node.value != "~"  # '~' is a comparator
        return "" if empty else str(node.value).strip()
    members = node.value if _is(node, "sequence") else ()
    if members and all(_is(member, "scalar") for member in members):
        return _JOINTS.get(column, ", ").join(str(member.value).strip() for member in members)
    if _is(node, "mapping") and all(_is(v, "scalar") for _, v in node.value):
        return "; ".join(f"{key.value}: {value.value}" for key, value in node.value)
    raise DataFileError(
        path, f"'{column}' is no text and no list of texts", line=node.start_mark.line + 1
    )
