"""Ask the store: by metal, dopant, reaction, metric, formula, ligand, method, motif, text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from superatom.composition.elements import elements
from superatom.composition.ligands import LIGAND_CLASSES, default_library
from superatom.errors import SearchError
from superatom.literature.disputes import Dispute, disputes_among
from superatom.literature.metrics import Metric, limit_of, read_metric, unknown_property
from superatom.literature.properties import fold, recognise, species_key
from superatom.literature.quantities import read_bounds
from superatom.literature.reactions import is_reaction
from superatom.literature.records import CATEGORIES, STATUSES, Fact
from superatom.literature.store import Store, fact_of
from superatom.literature.subjects import Subject, read_subjects
from superatom.provenance import Provenance, stamp

__all__ = ["Findings", "Metric", "find", "read_metric"]

_METHOD = "search in the store of literature records"
_MOTIF_PROPERTIES = (
    "motif",
    "kernel",
    "shells",
    "structure",
    "coordination mode",
    "dopant position",
)


@dataclass(frozen=True, slots=True)
class Findings(Sequence[Fact]):
    """What a question found: a sequence of facts.

    Attributes
    ----------
    facts : tuple[Fact, ...]
        In the order of the metric, best first; else in the order of import.
    total : int
        How many there are in all; more than `facts` if the limit cut them.
    query : Mapping[str, Any]
        What was asked.
    provenance : Provenance
        Method, version, inputs.
    """

    facts: tuple[Fact, ...]
    total: int
    query: Mapping[str, Any]
    provenance: Provenance = field(compare=False)

    def __len__(self) -> int:
        return len(self.facts)

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts)

    @overload
    def __getitem__(self, index: int) -> Fact: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Fact, ...]: ...

    def __getitem__(self, index: int | slice) -> Fact | tuple[Fact, ...]:
        return self.facts[index]

    @property
    def disputes(self) -> tuple[Dispute, ...]:
        """Facts found that contradict one another."""
        return disputes_among(self.facts)

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "query": dict(self.query),
            "total": self.total,
            "facts": [fact.as_dict() for fact in self.facts],
            "disputes": [[fact.id for fact in dispute.facts] for dispute in self.disputes],
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Findings:
        """Return the findings written by `as_dict`."""
        origin = dict(data["provenance"])
        return cls(
            tuple(Fact.from_dict(fact) for fact in data["facts"]),
            data["total"],
            data["query"],
            Provenance(**{**origin, "sources": tuple(origin["sources"])}),
        )


def find(
    store: Store,
    *,
    metal: str | Sequence[str] = (),
    dopant: str | Sequence[str] = (),
    reaction: str = "",
    metric: Metric | tuple[str, str, float] | None = None,
    formula: str = "",
    ligand: str = "",
    method: str = "",
    motif: str = "",
    electrons: float | None = None,
    text: str = "",
    category: str = "",
    status: str = "",
    document: str = "",
    limit: int | None = 1000,
) -> Findings:
    """Find facts; all conditions must hold, those on clusters for one and the same cluster.

    Parameters
    ----------
    store : Store
        Where to look.
    metal : str or sequence of str
        Elements the cluster has.
    dopant : str or sequence of str
        Elements it has beside at least one other metal.
    reaction : str
        Reaction; 'click' also finds 'click (AAC)'.
    metric : Metric or (name, comparator, value), optional
        Bound on a property. A limit in print ('> 90 %') counts as its number, a range by
        its best end; '<' limits never count as reached.
    formula : str
        Cluster; charge, label and counter-ions count only where both tell them. Without
        ligands, every cluster with these metals.
    ligand : str
        Ligand in any of its names, or a class ('thiolate').
    method : str
        Words of how the cluster is made.
    motif : str
        Words of its kernel, motifs, shells, modes or dopant position.
    electrons : float, optional
        Superatom electrons, counted from the formula or as reported.
    text : str
        Words anywhere in the record, all of them; a word may be cut short.
    category, status, document : str
        As in the records.
    limit : int or None
        Most facts returned; `Findings.total` tells how many there are.

    Raises
    ------
    SearchError
        If a condition is not understood.
    FormulaError
        If `formula` cannot be read.
    """
    asked = {name: value for name, value in locals().items() if name not in {"store", "limit"}}
    query = {name: value for name, value in asked.items() if value not in ("", (), None)}
    wanted = _read(metric)
    clauses = _Clauses()
    _ask_clusters(clauses, _names(metal), _names(dopant), formula, ligand, electrons)
    _ask_facts(store, clauses, reaction, category, status, document)
    _ask_words(clauses, method, motif, text)
    order = _ask_metric(store, clauses, wanted) if wanted else "f.seq"
    where = " AND ".join(("f.decision IN ('', 'accepted')", *clauses.conditions))
    total = store.rows(f"SELECT count(*) FROM facts f WHERE {where}", clauses.values)[0][0]
    records = store.rows(
        f"SELECT r.record FROM (SELECT seq, {_rank(order)} AS rank FROM facts f WHERE {where} "
        f"ORDER BY {order} LIMIT ?) JOIN fact_records r USING (seq) ORDER BY rank, seq",
        (*clauses.values, -1 if limit is None else limit),
    )
    facts = tuple(fact_of(record) for (record,) in records)
    shown = {k: _shown(v) for k, v in query.items()}
    return Findings(facts, total, shown, stamp(_METHOD, shown, sources=(str(store.path.name),)))


def _rank(order: str) -> str:
    """Return the sort key of an ORDER BY clause as a number that grows."""
    key, _, direction = order.partition(" ")
    return f"-{key}" if direction == "DESC" else key


def _shown(value: Any) -> Any:
    if isinstance(value, Metric):
        return [value.name, f"{value.comparator} {value.value:g} {value.unit}".strip()]
    return list(value) if isinstance(value, tuple) else value


@dataclass
class _Clauses:
    """Conditions of a query and the values that go with them."""

    conditions: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        self.conditions.append(condition)
        self.values.extend(values)


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    """Return element symbols; several may stand in one text, separated by commas."""
    texts = (given,) if isinstance(given, str) else tuple(given)
    symbols = tuple(s for text in texts for s in re.split(r"[\s,;/+]+", text) if s)
    for symbol in symbols:
        if symbol not in elements():
            raise SearchError(f"'{symbol}' is no element symbol (write it like Au or Cd)")
    return symbols


def _ask_clusters(
    clauses: _Clauses,
    metals: tuple[str, ...],
    dopants: tuple[str, ...],
    formula: str,
    ligand: str,
    electrons: float | None,
) -> None:
    """Add the conditions that one cluster of a fact must meet together."""
    inner = _Clauses()
    for symbol in (*metals, *dopants):
        inner.add("c.id IN (SELECT cluster FROM cluster_metals WHERE symbol = ?)", symbol)
    if dopants:
        inner.add("c.n_metals > 1")
    if formula:
        _ask_formula(inner, formula)
    if ligand:
        _ask_ligand(inner, ligand)
    if electrons is not None:
        inner.add(
            "(c.electrons = ? OR c.id IN (SELECT s.cluster FROM facts e JOIN subjects s "
            "ON s.fact = e.seq WHERE e.property = 'superatom electron count' AND e.low <= ? "
            "AND e.high >= ?))",
            *(electrons,) * 3,
        )
    if inner.conditions:
        clauses.add(
            "f.seq IN (SELECT fact FROM subjects WHERE cluster IN "
            f"(SELECT c.id FROM clusters c WHERE {' AND '.join(inner.conditions)}))",
            *inner.values,
        )


def _ask_formula(inner: _Clauses, formula: str) -> None:
    options = [_formula_option(subject) for subject in read_subjects(formula)]
    values = [value for _, given in options for value in given]
    inner.add(f"({' OR '.join(condition for condition, _ in options)})", *values)


def _formula_option(subject: Subject) -> tuple[str, list[Any]]:
    name, key = ("body", subject.body) if subject.ligands else ("frame", subject.frame)
    conditions, values = [f"c.{name} = ?"], [key]
    if subject.charge is not None:
        conditions.append("(c.charge IS NULL OR c.charge = ?)")
        values.append(subject.charge)  # type: ignore[arg-type]
    for column, told in (("isomer", subject.isomer), ("host", subject.host)):
        if told:
            conditions.append(f"c.{column} = ?")
            values.append(told)
    return " AND ".join(conditions), values


def _ask_ligand(inner: _Clauses, ligand: str) -> None:
    names = {meaning.name for meaning in default_library().meanings(ligand)}
    kind = ligand.strip().casefold().rstrip("s")
    if not names and kind in LIGAND_CLASSES:
        inner.add("c.id IN (SELECT cluster FROM cluster_ligands WHERE kind = ?)", kind)
        return
    chosen = sorted({*names, ligand.strip()})
    marks = ", ".join("?" * len(chosen))
    inner.add(f"c.id IN (SELECT cluster FROM cluster_ligands WHERE name IN ({marks}))", *chosen)


def _ask_facts(
    store: Store, clauses: _Clauses, reaction: str, category: str, status: str, document: str
) -> None:
    for name, value, allowed in (("category", category, CATEGORIES), ("status", status, STATUSES)):
        if value and value not in allowed:
            raise SearchError(f"{name} '{value}' is none of {', '.join(allowed)}")
        if value:
            clauses.add(f"f.{name} = ?", value)
    if document:
        clauses.add("f.document = ?", document)
    if reaction:
        known = [row[0] for row in store.rows("SELECT DISTINCT reaction FROM facts")]
        fitting = [name for name in known if is_reaction(name, reaction)]
        clauses.add(f"f.reaction IN ({', '.join('?' * len(fitting))})", *fitting)


def _ask_words(clauses: _Clauses, method: str, motif: str, text: str) -> None:
    if method:
        _ask_described(clauses, ("synthesis method",), method)
    if motif:
        _ask_described(clauses, _MOTIF_PROPERTIES, motif)
    if text.strip():
        words = " ".join('"' + word.replace('"', '""') + '"*' for word in text.split())
        clauses.add("f.seq IN (SELECT rowid FROM facts_fts WHERE facts_fts MATCH ?)", words)


def _ask_described(clauses: _Clauses, names: Sequence[str], words: str) -> None:
    """Ask for facts that say `words` of a property, or are about a cluster of which one does."""
    marks = ", ".join("?" * len(names))
    likes = " AND ".join(["d.word LIKE ? ESCAPE '\\'"] * len(words.split()))
    patterns = ["%" + re.sub(r"([%_\\])", r"\\\1", word.casefold()) + "%" for word in words.split()]
    said = f"SELECT d.seq FROM facts d WHERE d.property IN ({marks}) AND {likes}"
    clauses.add(
        f"(f.seq IN ({said}) OR f.seq IN (SELECT fact FROM subjects WHERE cluster IN "
        f"(SELECT cluster FROM subjects WHERE fact IN ({said}))))",
        *(*names, *patterns) * 2,
    )


def _read(metric: Metric | tuple[str, str, float] | None) -> Metric | None:
    if metric is None or isinstance(metric, Metric):
        return metric
    name, comparator, value = metric
    return Metric(name, comparator, float(value))


def _ask_metric(store: Store, clauses: _Clauses, metric: Metric) -> str:
    """Add the bound; return the order in which the best come first."""
    named = recognise(metric.name)
    if named.property is None or named.property.kind != "number":
        raise SearchError(unknown_property(metric.name))
    limit, unit = limit_of(metric, named.property)
    clauses.add("f.property = ?", named.name)
    if named.of:
        known = store.rows("SELECT DISTINCT of FROM facts WHERE property = ?", (named.name,))
        fitting = [of for (of,) in known if fold(species_key(of)) == fold(named.of)]
        clauses.add(f"f.of IN ({', '.join('?' * len(fitting))})", *fitting)
    if unit:
        clauses.add("f.dimension IN (?, '')", unit)
    slack = abs(limit) * 1e-9
    if metric.comparator in {">", ">="}:
        same = "" if metric.comparator == ">=" else " AND f.comparator = '>'"
        clauses.add(f"(f.high > ? OR (f.high >= ?{same}))", limit + slack, limit - slack)
        return "f.high DESC"
    if metric.comparator in {"<", "<="}:
        same = "" if metric.comparator == "<=" else " AND f.comparator = '<'"
        clauses.add(f"(f.low < ? OR (f.low <= ?{same}))", limit - slack, limit + slack)
        return "f.low"
    if metric.comparator not in {"=", "~"}:
        raise SearchError(f"'{metric.comparator}' is none of > < >= <= = ~")
    margin = read_bounds(f"{limit!r}", "~") if metric.comparator == "~" else None
    width = margin.uncertainty if margin else slack
    clauses.add("f.low <= ? AND f.high >= ?", limit + width, limit - width)
    return "f.seq"
