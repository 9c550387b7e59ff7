"""Read tables of records (CSV, TSV or YAML); every error names its line.

`python -m superatom.literature.tables FILE...` reads files and says what is wrong in them;
without a file, the tables that ship with Superatom.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TypeVar

from superatom.errors import DataFileError
from superatom.literature.records import (
    CURATOR,
    CoordinationRecord,
    Document,
    DopingRecord,
    Fact,
    Source,
    TransformationRecord,
)
from superatom.literature.rows import Row, Rows, csv_rows, yaml_rows
from superatom.literature.subjects import split_clusters

__all__ = ["Tables", "read_table", "shipped_files", "shipped_tables"]

_Record = TypeVar("_Record")

_NEEDED = {
    "documents": ("id", "citation"),
    "facts": ("id", "document", "cluster", "category", "property", "value"),
    "transformations": ("id", "document", "kind", "reactants", "products"),
    "doping": ("formula", "dopant", "dopant_number"),
    "modes": ("id", "document", "ligand_class", "anchor", "mode"),
}


@dataclass(frozen=True, slots=True)
class Tables:
    """Records of one or several files.

    Attributes
    ----------
    documents, facts, transformations, doping, modes : tuple
        Records of each kind.
    """

    documents: tuple[Document, ...] = ()
    facts: tuple[Fact, ...] = ()
    transformations: tuple[TransformationRecord, ...] = ()
    doping: tuple[DopingRecord, ...] = ()
    modes: tuple[CoordinationRecord, ...] = ()

    def __len__(self) -> int:
        """Return the number of records, documents left out."""
        return len(self.facts) + len(self.transformations) + len(self.doping) + len(self.modes)

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids of all records, documents left out."""
        return (
            *(fact.id for fact in self.facts),
            *(record.id for record in self.transformations),
            *(record.id for record in self.doping),
            *(record.id for record in self.modes),
        )

    def without(self, ids: Iterable[str]) -> Tables:
        """Return these tables without the records that have one of `ids`."""
        gone = set(ids)
        return Tables(
            self.documents,
            tuple(fact for fact in self.facts if fact.id not in gone),
            tuple(record for record in self.transformations if record.id not in gone),
            tuple(record for record in self.doping if record.id not in gone),
            tuple(record for record in self.modes if record.id not in gone),
        )

    def __add__(self, other: Tables) -> Tables:
        return Tables(
            self.documents + other.documents,
            self.facts + other.facts,
            self.transformations + other.transformations,
            self.doping + other.doping,
            self.modes + other.modes,
        )


def shipped_files() -> tuple[Path, ...]:
    """Return the record tables that ship with Superatom, documents first."""
    folder = Path(str(resources.files("superatom.literature") / "data"))
    names = ("documents", "facts_*", "transformations_*", "bimetallic", "modes")
    return tuple(path for name in names for path in sorted(folder.glob(f"{name}.csv")))


def shipped_tables() -> Tables:
    """Read all tables that ship with Superatom."""
    found = Tables()
    for path in shipped_files():
        found += read_table(path)
    return found


def read_table(path: str | Path, text: str | None = None) -> Tables:
    """Read one table; its columns tell what kind it is.

    Parameters
    ----------
    path : str or Path
        File, also named in errors: '.yaml', '.tsv' (tabs separate columns), else commas.
    text : str, optional
        Its content, if it is at hand.

    Raises
    ------
    DataFileError
        If the file cannot be read, is none of the tables known, or a row is wrong.
    """
    content = _read(path) if text is None else text
    suffix = Path(path).suffix.casefold()
    if suffix in {".yaml", ".yml"}:
        found = Tables()
        for rows in yaml_rows(str(path), content):
            found += _tables(rows)
        return found
    return _tables(csv_rows(str(path), content, "\t" if suffix == ".tsv" else ","))


def _tables(rows: Rows) -> Tables:
    kind = _kind(rows)
    if kind == "documents":
        return Tables(documents=_records(rows, _document))
    if kind == "facts":
        return Tables(facts=_records(rows, _fact))
    if kind == "transformations":
        return Tables(transformations=_records(rows, _transformation))
    if kind == "modes":
        return Tables(modes=_records(rows, _mode))
    return Tables(doping=_records(rows, _doping))


def _read(path: str | Path) -> str:
    try:
        return Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataFileError(
            str(path), f"cannot be read ({error})", hint="give a CSV, TSV or YAML file in UTF-8"
        ) from error


def _kind(rows: Rows) -> str:
    """Tell from its columns what a table holds."""
    for kind, needed in _NEEDED.items():
        if kind == "documents" and "document" in rows.columns:
            continue
        if set(needed) <= set(rows.columns):
            return kind
    wanted = "; ".join(f"{kind}: {', '.join(names)}" for kind, names in _NEEDED.items())
    raise DataFileError(
        rows.path,
        f"its columns ({', '.join(rows.columns[:12]) or 'none'}) are those of no table of records",
        line=1,
        hint=f"columns that must be there: {wanted}",
    )


def _records(rows: Rows, read: Callable[[Row, int, str], _Record]) -> tuple[_Record, ...]:
    """Read every row; ids are unique."""
    found: list[_Record] = []
    lines: dict[str, int] = {}
    for line, row in rows:
        try:
            record = read(row, line, Path(rows.path).stem)
        except ValueError as error:
            raise DataFileError(rows.path, str(error), line=line) from error
        name = str(getattr(record, "id", ""))
        if name in lines:
            raise DataFileError(rows.path, f"id '{name}' is already on line {lines[name]}", line)
        lines[name] = line
        found.append(record)
    return tuple(found)


def _id(row: Row) -> str:
    if not row["id"]:
        raise ValueError("a row without an id")
    return row["id"]


def _source(row: Row) -> Source:
    return Source(
        document=row.get("document", ""),
        section=row.get("section", ""),
        start=_offset(row.get("start", "")),
        end=_offset(row.get("end", "")),
        reference=row.get("reference", ""),
        extractor=row.get("extractor") or CURATOR,
        version=row.get("version", ""),
        status=row.get("status") or "curated",
    )


def _offset(cell: str) -> int | None:
    if not cell:
        return None
    if not cell.isdecimal():
        raise ValueError(f"character offset '{cell}' is no whole number")
    return int(cell)


def _document(row: Row, _line: int, _stem: str) -> Document:
    year = row.get("year", "")
    if year and not year.isdecimal():
        raise ValueError(f"year '{year}' is no whole number")
    return Document(
        _id(row),
        row["citation"],
        row.get("doi", ""),
        row.get("title", ""),
        int(year) if year else None,
    )


def _fact(row: Row, _line: int, _stem: str) -> Fact:
    if not row["value"]:
        raise ValueError("a fact without a value")
    text = {
        name: row.get(name, "")
        for name in (
            *("category", "reaction", "property", "value", "unit", "conditions"),
            *("correction", "remark", "rule", "quote", "decision"),
        )
    }
    return Fact(
        id=_id(row),
        clusters=split_clusters(row["cluster"]),
        comparator=row.get("comparator") or "=",
        source=_source(row),
        **text,
    )


def _transformation(row: Row, _line: int, _stem: str) -> TransformationRecord:
    names = (
        *("kind", "ligand", "reductant", "solvent", "temperature_C", "time_h", "pH"),
        *("atmosphere", "yield_percent", "yield_basis", "conditions", "assumed", "remark"),
    )
    return TransformationRecord(
        id=_id(row),
        source=_source(row),
        reactants=_species(row["reactants"]),
        products=_species(row["products"]),
        **{name: row.get(name, "") for name in names},
    )


def _species(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(" + ") if part.strip())


def _doping(row: Row, line: int, stem: str) -> DopingRecord:
    """Read a row of a bimetallic table; a label carried down from a row above is left out."""
    if not row["formula"]:
        raise ValueError("a row without a formula")
    own_label = row.get("label_on_this_line", "yes").casefold() not in {"no", "false", "0"}
    printed_line = row.get("line", "")
    names = ("formula", "method", "dopant", "dopant_number", "position", "correction", "remark")
    return DopingRecord(
        id=row.get("id") or (f"line {printed_line}" if printed_line else f"{stem}:{line}"),
        source=_source(row),
        series=row.get("series", "") if own_label else "",
        **{name: row.get(name, "") for name in names},
    )


def _mode(row: Row, _line: int, _stem: str) -> CoordinationRecord:
    names = ("ligand_class", "anchor", "mode", "metals", "remark")
    return CoordinationRecord(
        id=_id(row), source=_source(row), **{name: row.get(name, "") for name in names}
    )


def problems_of(paths: Iterable[str | Path]) -> Iterator[str]:
    """Yield what is wrong in files of records, one line each."""
    from superatom.literature.checks import check_vocabulary

    seen: dict[str, str] = {}
    for path in paths:
        try:
            tables = read_table(path)
        except DataFileError as error:
            yield str(error)
            continue
        for name in tables.ids:
            if name in seen:
                yield f"{path}: id '{name}' is also in {seen[name]}"
            seen[name] = str(path)
        for suspicion in check_vocabulary(tables):
            yield f"{path}: {suspicion.text}"


def main(arguments: Sequence[str]) -> int:
    """Report what is wrong in the files named, or in the shipped ones."""
    problems = list(problems_of(arguments or shipped_files()))
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    sys.stdout.write(f"{len(problems)} problems\n")
    return 2 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
