"""Take records out of a store and bring them in: JSON, and CSV tables as they ship."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from superatom.errors import DataFileError
from superatom.literature.records import (
    CoordinationRecord,
    Document,
    DopingRecord,
    Fact,
    TransformationRecord,
)
from superatom.literature.tables import Tables

__all__ = ["facts_csv", "plain_tables", "read_json", "tables_csv"]

_KINDS: dict[str, Any] = {
    "documents": Document,
    "facts": Fact,
    "transformations": TransformationRecord,
    "doping": DopingRecord,
    "modes": CoordinationRecord,
}
_SOURCE = ("document", "section", "start", "end", "reference", "extractor", "version", "status")
_JOINED = {"clusters": ("cluster", " | "), "reactants": ("reactants", " + ")}
_JOINED["products"] = ("products", " + ")


def plain_tables(tables: Tables) -> dict[str, list[Mapping[str, Any]]]:
    """Return records as plain JSON types."""
    return {kind: [record.as_dict() for record in getattr(tables, kind)] for kind in _KINDS}


def read_json(path: str | Path) -> Tables:
    """Read records written as JSON.

    Raises
    ------
    DataFileError
        If the file is no JSON or not of this form.
    """
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
        return Tables(
            **{
                kind: tuple(record.from_dict(each) for each in data.get(kind, ()))
                for kind, record in _KINDS.items()
            }
        )
    except json.JSONDecodeError as error:
        raise DataFileError(str(path), f"is no JSON ({error.msg})", line=error.lineno) from error
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(str(path), f"cannot be read ({error})") from error
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError) as error:
        raise DataFileError(
            str(path),
            f"holds no records in the form of 'literature export --json' ({error})",
        ) from error


def tables_csv(tables: Tables) -> dict[str, str]:
    """Return a CSV text for each kind of record that there is."""
    found = {kind: getattr(tables, kind) for kind in _KINDS}
    return {kind: _csv(r.as_dict() for r in records) for kind, records in found.items() if records}


def facts_csv(facts: Iterable[Fact]) -> str:
    """Return facts as a CSV table that can be imported."""
    return _csv(fact.as_dict() for fact in facts)


def _csv(records: Iterable[Mapping[str, Any]]) -> str:
    rows = [_flat(record) for record in records]
    buffer = io.StringIO()
    columns = tuple(rows[0]) if rows else ("id", *_SOURCE)
    writer = csv.DictWriter(buffer, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue()


def _flat(record: Mapping[str, Any]) -> dict[str, str]:
    """Return one row: the source spread over columns, lists joined."""
    row: dict[str, str] = {}
    for name, value in record.items():
        if name == "source":
            row.update({column: _cell(value[column]) for column in _SOURCE})
        elif name in _JOINED:
            column, joint = _JOINED[name]
            row[column] = joint.join(value)
        else:
            row[name] = _cell(value)
    return row


def _cell(value: Any) -> str:
    if isinstance(value, Sequence) and not isinstance(value, str):
        return " | ".join(map(str, value))
    return "" if value is None else str(value)
