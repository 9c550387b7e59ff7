"""Consistency rules: what in a set of records is suspect, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from superatom.composition.reactions import read_reaction
from superatom.errors import FormulaError, SuperatomError
from superatom.literature.doping import check_doping
from superatom.literature.properties import in_first_unit, recognise
from superatom.literature.quantities import Bounds, read_bounds
from superatom.literature.records import Fact, TransformationRecord
from superatom.literature.subjects import Subject, read_subjects
from superatom.literature.suspicion import Suspicion
from superatom.literature.tables import Tables
from superatom.literature.units import UnitError, read_unit
from superatom.provenance import Provenance, stamp

__all__ = ["RULES", "CheckReport", "check_tables", "check_vocabulary"]

_METHOD = "consistency rules of literature records"
_FULL = 100.0  # per cent
_SUM_TOLERANCE = 5.0  # per cent; sums of efficiencies carry the error of each
_ELECTRONS = "superatom electron count"
_EFFICIENCY = "Faradaic efficiency"


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What is suspect in a set of records.

    Attributes
    ----------
    checked : int
        Number of records looked at.
    suspicions : tuple[Suspicion, ...]
        Contradictions first.
    provenance : Provenance
        Method, version, inputs.
    """

    checked: int
    suspicions: tuple[Suspicion, ...]
    provenance: Provenance

    def of(self, severity: str) -> tuple[Suspicion, ...]:
        """Return the suspicions of one severity."""
        return tuple(s for s in self.suspicions if s.severity == severity)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "checked": self.checked,
            "contradictions": [s.as_dict() for s in self.of("contradiction")],
            "doubts": [s.as_dict() for s in self.of("doubt")],
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CheckReport:
        """Return the report written by `as_dict`."""
        origin = dict(data["provenance"])
        told = (*data["contradictions"], *data["doubts"])
        return cls(
            data["checked"],
            tuple(Suspicion.from_dict(each) for each in told),
            Provenance(**{**origin, "sources": tuple(origin["sources"])}),
        )


def check_tables(tables: Tables) -> CheckReport:
    """Apply all rules of `RULES` to records.

    Returns
    -------
    CheckReport
        Contradictions (cannot be right as printed) before doubts (worth a look).
    """
    found: dict[Suspicion, None] = {}
    for rule in RULES:
        found.update(dict.fromkeys(rule(tables)))
    ordered = sorted(found, key=lambda s: s.severity != "contradiction")
    origin = stamp(_METHOD, tables.ids, sources=("properties.csv", "units.csv", "valences.csv"))
    return CheckReport(len(tables), tuple(ordered), origin)


def check_vocabulary(tables: Tables) -> Iterator[Suspicion]:
    """Yield formulas, properties, units and documents that cannot be understood."""
    known = {document.id for document in tables.documents}
    for fact in tables.facts:
        yield from _formula_problems(fact)
        yield from _property_problems(fact)
        if known and fact.source.document not in known:
            yield _of(fact, "document", "doubt", f"document '{fact.source.document}' is not known")
    for record in tables.transformations:
        yield from _reaction_problems(record)


def _formula_problems(fact: Fact) -> Iterator[Suspicion]:
    for text in fact.clusters:
        try:
            read_subjects(text)
        except FormulaError as error:
            reason = f"'{text}': {error.problem.splitlines()[0]}"
            yield _of(fact, "formula", "doubt", reason)


def _property_problems(fact: Fact) -> Iterator[Suspicion]:
    entry = recognise(fact.property).property
    if entry is None:
        reason = f"property '{fact.property}' is not in the vocabulary"
        yield _of(fact, "property", "doubt", reason)
        return
    bounds = read_bounds(fact.value, fact.comparator)
    if bounds is None and entry.kind == "number" and any(c.isdigit() for c in fact.value):
        yield _of(fact, "value", "doubt", f"'{fact.value}' is no number, {entry.name} is one")
    if bounds is not None and fact.unit:
        try:
            if entry.units:
                in_first_unit(bounds, fact.unit, entry)
            else:
                read_unit(fact.unit)
        except UnitError as error:
            yield _of(fact, "unit", "contradiction", str(error))
    if bounds is not None and not fact.unit and entry.units and entry.units[0].dimension:
        reason = f"{entry.name} without a unit (measured in {entry.units[0].text})"
        yield _of(fact, "unit", "doubt", reason)


def _reaction_problems(record: TransformationRecord) -> Iterator[Suspicion]:
    try:
        read_reaction(record.equation)
    except SuperatomError as error:
        reason = str(error).splitlines()[0]
        yield Suspicion(record.id, "species", "doubt", reason, record.equation)


def check_limits(tables: Tables) -> Iterator[Suspicion]:
    """Yield values that the property cannot have, such as an efficiency over 100 %."""
    for fact in tables.facts:
        bounds = _in_vocabulary_unit(fact)
        entry = recognise(fact.property).property
        if bounds is None or entry is None:
            continue
        unit = entry.units[0].text if entry.units else ""
        over, under = bounds.reached_high, bounds.reached_low
        if entry.high is not None and over is not None and over > entry.high:
            reason = f"{entry.name} of {fact.reading} is over {entry.high:g} {unit}"
            yield _of(fact, "impossible value", "contradiction", reason.strip())
        elif entry.low is not None and under is not None and under < entry.low:
            reason = f"{entry.name} of {fact.reading} is under {entry.low:g} {unit}"
            yield _of(fact, "impossible value", "contradiction", reason.strip())
    for record in tables.transformations:
        yields = read_bounds(record.yield_percent) if record.yield_percent else None
        if yields is not None and not 0 <= yields.low <= yields.high <= _FULL:
            reason = f"a yield of {record.yield_percent} %"
            yield Suspicion(record.id, "impossible value", "contradiction", reason, record.equation)


def _in_vocabulary_unit(fact: Fact) -> Bounds | None:
    """Return the value in the first unit of its property; None if it is not comparable to it."""
    entry = recognise(fact.property).property
    bounds = read_bounds(fact.value, fact.comparator)
    if entry is None or bounds is None or not entry.units:
        return None
    try:
        fits = not fact.unit or read_unit(fact.unit).dimension == entry.units[0].dimension
        return in_first_unit(bounds, fact.unit, entry) if fits else None
    except UnitError:  # told by the rule on units
        return None


def check_efficiency_sums(tables: Tables) -> Iterator[Suspicion]:
    """Yield efficiencies of different products that add up to more than all the charge."""
    groups: dict[tuple[str, ...], dict[str, tuple[float, Fact]]] = {}
    for fact in tables.facts:
        named, bounds = recognise(fact.property), _in_vocabulary_unit(fact)
        if named.name != _EFFICIENCY or not named.of or bounds is None or not fact.conditions:
            continue
        key = (fact.cluster, fact.reaction, fact.conditions, fact.source.reference)
        products = groups.setdefault(key, {})
        if named.of not in products or bounds.low > products[named.of][0]:
            products[named.of] = (bounds.low, fact)
    for products in groups.values():
        total = sum(value for value, _ in products.values())
        if total > _FULL + _SUM_TOLERANCE:
            told = ", ".join(f"{of} {value:g} %" for of, (value, _) in products.items())
            first = next(iter(products.values()))[1]
            reason = f"the products of one experiment add up to {total:g} % ({told})"
            yield _of(first, "efficiency sum", "doubt", reason)


def check_electrons(tables: Tables) -> Iterator[Suspicion]:
    """Yield clusters with an odd electron count, and counts that do not fit the formula."""
    told: set[str] = set()
    for name, texts in _formulas(tables):
        for text in texts:
            for subject in _readable(text):
                if subject.key not in told and _is_odd(subject):
                    told.add(subject.key)
                    reason = (
                        f"{subject.electrons} superatom electrons, an odd number: a radical, "
                        f"a lost charge, a misprint, or a complex without superatom electrons"
                    )
                    yield Suspicion(name, "electron parity", "doubt", reason, subject.formula)
    for fact in tables.facts:
        bounds = read_bounds(fact.value, fact.comparator)
        if recognise(fact.property).name != _ELECTRONS or bounds is None:
            continue
        counted = [s for text in fact.clusters for s in _readable(text)]
        wrong = [
            s for s in counted if s.electrons is not None and not _between(s.electrons, bounds)
        ]
        if wrong:
            reason = f"{fact.value} electrons are reported, the formula gives {wrong[0].electrons}"
            yield _of(fact, "electron count", "contradiction", reason)


def _formulas(tables: Tables) -> Iterator[tuple[str, tuple[str, ...]]]:
    for fact in tables.facts:
        yield fact.id, fact.clusters
    for record in tables.doping:
        yield record.id, (record.formula,)


def _readable(text: str) -> Sequence[Subject]:
    try:
        return read_subjects(text)
    except FormulaError:  # told by the rule on formulas
        return ()


def _is_odd(subject: Subject) -> bool:
    n = subject.electrons
    return n is not None and bool(subject.ligands) and float(n).is_integer() and int(n) % 2 == 1


def _between(number: float, bounds: Bounds) -> bool:
    low, high = bounds.span
    return low <= number <= high


def check_bimetallic(tables: Tables) -> Iterator[Suspicion]:
    """Yield rows of bimetallic tables that contradict their own formula."""
    for record in tables.doping:
        yield from check_doping(record)


def _of(fact: Fact, rule: str, severity: str, reason: str) -> Suspicion:
    return Suspicion(fact.id, rule, severity, reason, fact.cluster, fact.correction)


#: The rules, in the order in which they are applied.
RULES: tuple[Callable[[Tables], Iterable[Suspicion]], ...] = (
    check_bimetallic,
    check_limits,
    check_vocabulary,
    check_electrons,
    check_efficiency_sums,
)
