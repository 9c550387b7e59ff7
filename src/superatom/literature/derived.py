"""Facts that other records imply, so that one question finds them all.

A row of a bimetallic table tells the dopant's number and place and how the cluster is made;
a transformation tells how its products are made and in what yield; a coordination record
tells a mode. Each such fact keeps the source of the record it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from superatom.errors import FormulaError
from superatom.literature.records import (
    CoordinationRecord,
    DopingRecord,
    Fact,
    Source,
    TransformationRecord,
)
from superatom.literature.subjects import Subject, read_subjects
from superatom.literature.tables import Tables

__all__ = ["cluster_products", "derived_facts"]

_SMALLEST = 2  # metal atoms; precursors such as HAuCl4 are not what a synthesis makes


def derived_facts(tables: Tables) -> Iterator[Fact]:
    """Yield the facts that doping, transformation and coordination records imply."""
    for row in tables.doping:
        yield from _of_doping(row)
    for transformation in tables.transformations:
        yield from _of_transformation(transformation)
    for mode in tables.modes:
        yield _of_mode(mode)


def _of_doping(row: DopingRecord) -> Iterator[Fact]:
    dopant = f"dopant: {row.dopant}"
    told = (
        ("structure", "dopant number", row.dopant_number, dopant, row.source),
        ("structure", "dopant position", row.position, dopant, row.source),
        ("synthesis", "synthesis method", row.method, "", _undisputed(row)),
    )
    formulas = tuple(subject.formula for subject in _readable(row.formula)) or (row.formula,)
    for category, name, value, conditions, source in told:
        if value:
            yield Fact(
                id=f"{row.id}/{name.split()[-1]}",
                clusters=formulas,
                category=category,
                property=name,
                value=value,
                source=source,
                conditions=conditions,
                correction=row.correction if conditions else "",
                remark=row.remark,
            )


def _undisputed(row: DopingRecord) -> Source:
    """Return the source of what a row tells besides its dopant, which alone is in dispute."""
    status = "curated" if row.source.status == "disputed" else row.source.status
    return replace(row.source, status=status)


def _of_transformation(record: TransformationRecord) -> Iterator[Fact]:
    products = tuple(text for text, _ in cluster_products(record))
    if not products:
        return
    told = {
        "from": " + ".join(record.reactants),
        "ligand": record.ligand,
        "reductant": record.reductant,
        "solvent": record.solvent,
        "temperature": record.temperature_C and f"{record.temperature_C} degC",
        "time": record.time_h and f"{record.time_h} h",
        "pH": record.pH,
        "atmosphere": record.atmosphere,
        "": record.conditions,
    }
    conditions = "; ".join(f"{k}: {v}" if k else v for k, v in told.items() if v)
    for name, value, unit, remark in (
        ("synthesis method", record.kind, "", record.remark),
        ("yield", record.yield_percent, "%", record.yield_basis),
    ):
        if value:
            yield Fact(
                id=f"{record.id}/{name.split()[-1]}",
                clusters=products,
                category="synthesis",
                property=name,
                value=value.lstrip("~<> "),
                comparator="~" if value.startswith("~") else "=",
                unit=unit,
                source=record.source,
                conditions=conditions,
                remark=remark,
            )


def cluster_products(record: TransformationRecord) -> Iterator[tuple[str, Subject]]:
    """Yield the products that are clusters, with their keys; by-products are left out."""
    for text in record.products:
        for subject in _readable(text.lstrip("0123456789 ")):
            if subject.size is None or subject.size >= _SMALLEST:
                yield subject.formula, subject


def _readable(text: str) -> tuple[Subject, ...]:
    """Return the clusters of a text; () if it names none, as a by-product such as CO2."""
    try:
        return read_subjects(text)
    except FormulaError:
        return ()


def _of_mode(record: CoordinationRecord) -> Fact:
    told = {"ligand": record.ligand_class, "anchor": record.anchor, "metals": record.metals}
    return Fact(
        id=f"{record.id}/mode",
        clusters=(),
        category="structure",
        property="coordination mode",
        value=record.mode,
        source=record.source,
        conditions="; ".join(f"{k}: {v}" for k, v in told.items() if v),
        remark=record.remark,
    )
