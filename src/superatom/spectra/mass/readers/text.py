"""Tables of text: csv, tsv, txt, dat, with any header, delimiter and decimal sign."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from superatom.errors import DataFileError
from superatom.spectra.mass.readers.columns import (
    DecimalSign,
    choose_columns,
    columns_in_words,
    decimal_sign,
    polarity_of,
    to_number,
)
from superatom.spectra.mass.readers.scan import Scan

__all__ = ["Layout", "decode", "find_layout", "read_text"]

_SAMPLE = 400  # lines looked at to learn how the table is written
_SAMPLE_CHARACTERS = 1_000_000
_COMMENT = ("#", "%", "!", "//", "##", "@", "*")
_MISSING = {"", "nan", "na", "n/a", "-", "null", "none", "inf", "+inf", "-inf", "--"}
_DELIMITERS = ("\t", ";", ",", "|", None)  # None: any run of white space


@dataclass(frozen=True, slots=True)
class Layout:
    """How a table of numbers is written.

    Attributes
    ----------
    delimiter : str or None
        Sign between fields; None for white space.
    sign : str
        Decimal sign.
    width : int
        Fields in a row.
    start : int
        Index of the first line of numbers.
    columns : tuple[int, int] or None
        m/z and intensity column, where names in the header tell them.
    polarity : int
        What the header says about it, or 0.
    """

    delimiter: str | None
    sign: DecimalSign
    width: int
    start: int
    columns: tuple[int, int] | None
    polarity: int = 0


def decode(raw: bytes, path: str) -> str:
    """Return the text of a file in UTF-8, UTF-16 (with its mark) or Latin-1.

    Raises
    ------
    DataFileError
        If the bytes are not text.
    """
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _strict(raw, "utf-16", path)
    if b"\0" in raw[:65536]:
        raise DataFileError(
            path,
            "is binary data, not a table of text",
            hint="convert it to mzML with msConvert (ProteoWizard), or export a text table",
        )
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _strict(raw: bytes, encoding: str, path: str) -> str:
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataFileError(path, f"is cut off or not {encoding} text ({error.reason})") from error


def find_layout(lines: list[str], path: str) -> Layout:
    """Return how the table in `lines` is written.

    Every delimiter is tried; the one under which most lines hold two numbers or more in the
    same number of fields wins, a sign other than white space first.

    Raises
    ------
    DataFileError
        If no line holds two numbers.
    """
    sample = list(islice(_numbered(lines), _SAMPLE))
    best: tuple[float, Layout] | None = None
    for delimiter in _DELIMITERS:
        found = _layout_with(sample, delimiter)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    if best is None:
        raise DataFileError(
            path,
            "holds no two columns of numbers",
            line=1,
            hint="expected m/z and intensity on each line, such as '7391.2 154.0'",
        )
    layout = best[1]
    _refuse_ambiguous(layout, sample, path)
    return _with_header(layout, lines)


def _numbered(lines: list[str]) -> Iterable[tuple[int, str]]:
    for index, line in enumerate(lines):
        stripped = line.strip()
        if stripped and not stripped.startswith(_COMMENT):
            yield index, stripped


def _split(line: str, delimiter: str | None) -> list[str]:
    if delimiter is None:
        return line.split()
    fields = [field.strip() for field in line.split(delimiter)]
    while fields and not fields[-1]:  # a trailing delimiter is no column
        fields.pop()
    return fields


def _layout_with(
    sample: list[tuple[int, str]], delimiter: str | None
) -> tuple[float, Layout] | None:
    rows = [(index, _split(line, delimiter)) for index, line in sample]
    numeric = [f for _, row in rows if len(row) >= 2 for f in row if any(map(str.isdigit, f))]
    sign = "." if delimiter == "," else decimal_sign(numeric)
    widths: dict[int, list[int]] = {}
    scores: dict[int, float] = {}
    for index, row in rows:
        n_numbers = _count_numbers(row, sign)
        if n_numbers >= 2:
            widths.setdefault(len(row), []).append(index)
            # A field that is no number may be a note, or the wrong delimiter.
            scores[len(row)] = scores.get(len(row), 0) + (1 if n_numbers == len(row) else 0.5)
    if not widths:
        return None
    width = max(scores, key=lambda n: (scores[n], -widths[n][0]))
    return scores[width], Layout(delimiter, sign, width, widths[width][0], None)


def _count_numbers(row: list[str], sign: DecimalSign) -> int:
    return sum(field.lower() in _MISSING or _is_number(field, sign) for field in row)


def _is_number(field: str, sign: DecimalSign) -> bool:
    try:
        to_number(field, sign)
    except ValueError:
        return False
    return True


def _refuse_ambiguous(layout: Layout, sample: list[tuple[int, str]], path: str) -> None:
    """Refuse '1000,5,20,3', which may be four whole numbers or two with decimal commas."""
    if layout.delimiter != "," or layout.width not in (3, 4):
        return
    rows = [_split(line, ",") for index, line in sample if index >= layout.start]
    rows = [row for row in rows if len(row) in (3, 4)]
    header = next((_split(line, ",") for index, line in sample if index < layout.start), [])
    if len(header) == layout.width or not all(field.isdigit() for row in rows for field in row):
        return
    raise DataFileError(
        path,
        "uses the comma both between and inside numbers, or has unnamed whole-number columns",
        line=layout.start + 1,
        hint="separate the columns by tabs or semicolons, or name them in a header",
    )


def _with_header(layout: Layout, lines: list[str]) -> Layout:
    """Return `layout` with what the lines above the numbers say."""
    head = lines[max(0, layout.start - 40) : layout.start]
    named = (_named_columns(line.strip().lstrip("#%!/*@ "), layout) for line in reversed(head))
    columns = next((found for found in named if found is not None), None)
    return Layout(
        layout.delimiter,
        layout.sign,
        layout.width,
        layout.start,
        columns,
        polarity_of(" ".join(head)),
    )


def _named_columns(line: str, layout: Layout) -> tuple[int, int] | None:
    """Return the columns that the names in a header line tell."""
    splits = [_split(line, d) for d in dict.fromkeys((layout.delimiter, "\t", ";", ",", None))]
    rows = [row for row in splits if len(row) == layout.width]
    found = next((columns for row in rows if (columns := choose_columns(row))), None)
    return columns_in_words(line) if found is None and layout.width == 2 else found


def read_text(raw: bytes, path: str) -> Scan:
    """Read the spectrum that a table of text holds.

    Parameters
    ----------
    raw : bytes
        Content of the file.
    path : str
        Its name, for messages.

    Raises
    ------
    DataFileError
        If it is binary, or holds no two columns of numbers.
    """
    text = decode(raw, path)
    if text.lstrip()[:1] in ("<", "{"):
        raise DataFileError(
            path,
            "is XML, HTML or JSON, not a table of numbers",
            hint="mzML and mzXML files must end in .mzML or .mzXML (or .gz after it)",
        )
    sample = text[:_SAMPLE_CHARACTERS]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1] or text
    lines = sample.splitlines(keepends=True)
    layout = find_layout(lines, path)
    body = text[sum(map(len, lines[: layout.start])) :]
    table = _fast(body, layout)
    notes: tuple[str, ...] = ()
    if table is None:
        table, notes = _by_line(body.splitlines(), layout)
    return _scan(table, layout, notes)


def _fast(body: str, layout: Layout) -> NDArray[np.float64] | None:
    """Parse a table without a single irregular line in one go; None if there may be one."""
    text = body.strip().replace("\r\n", "\n").replace("\r", "\n")
    if layout.sign == ",":
        if "." in text:
            return None
        text = text.replace(",", ".")
    elif layout.delimiter != "," and "," in text:
        return None
    if layout.delimiter is not None and layout.delimiter != "\t":
        text = text.replace(layout.delimiter, " ")
    if not text.isascii() or re.search(r"[^0-9eE+\-. \t\n]", text) or "\n\n" in text:
        return None
    try:
        values: NDArray[np.float64] = np.fromstring(text, sep=" ")
    except ValueError:
        return None
    if values.size != layout.width * (text.count("\n") + 1):
        return None
    table = values.reshape(-1, layout.width)
    # Short and long lines can add up to the right number; then the columns are mixed up.
    mz = table[:, (layout.columns or (0, 1))[0]]
    return table if bool(np.all(np.diff(mz) >= 0)) else None


def _by_line(body: list[str], layout: Layout) -> tuple[NDArray[np.float64], tuple[str, ...]]:
    """Parse line by line, leaving out what is no row of numbers, and say how many."""
    rows: list[list[float]] = []
    first_bad: tuple[int, str] | None = None
    n_bad = 0
    for index, line in enumerate(body, start=layout.start + 1):
        stripped = line.strip()
        if not stripped or stripped.startswith(_COMMENT):
            continue
        row = _row(_split(stripped, layout.delimiter), layout)
        if row is None:
            n_bad += 1
            first_bad = first_bad or (index, stripped[:40])
        else:
            rows.append(row)
    table = np.array(rows, dtype=np.float64).reshape(-1, layout.width)
    if first_bad is None:
        return table, ()
    line_number, shown = first_bad
    return table, (
        f"left out {n_bad} lines that are no numbers (first: line {line_number}, {shown!r})",
    )


def _row(fields: list[str], layout: Layout) -> list[float] | None:
    """Return the numbers of a row (NaN where one is missing), or None if it is no row."""
    wanted = set(layout.columns or (0, 1))
    if len(fields) <= max(wanted) or len(fields) > layout.width + 1:
        return None
    row = [np.nan] * layout.width
    for index, field in enumerate(fields[: layout.width]):
        if field.lower() in _MISSING:
            continue
        try:
            row[index] = to_number(field, layout.sign)
        except ValueError:
            if index in wanted:
                return None
    return row


def _scan(table: NDArray[np.float64], layout: Layout, notes: tuple[str, ...]) -> Scan:
    columns = layout.columns
    if columns is None:
        columns, more = _guess_columns(table)
        notes += more
    return Scan(
        table[:, columns[0]].copy(),
        table[:, columns[1]].copy(),
        named=layout.columns is not None,
        polarity=layout.polarity,
        notes=notes,
    )


def _guess_columns(table: NDArray[np.float64]) -> tuple[tuple[int, int], tuple[str, ...]]:
    """Take the first two columns, unless the first only numbers the lines."""
    first = table[:, 0]
    counts_lines = first.size > 2 and first[0] in (0.0, 1.0) and bool(np.all(np.diff(first) == 1))
    if table.shape[1] > 2 and counts_lines:
        return (1, 2), ("took the first column as line numbers",)
    if table.shape[1] > 2:
        return (0, 1), (f"took the first two of {table.shape[1]} unnamed columns",)
    return (0, 1), ()
