"""Ask the store: by metal, dopant, reaction, metric, formula, ligand, method, motif, text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, overload

from superatom.composition.elements import elements
from superatom.errors import SearchError
from superatom.literature.disputes import Dispute, disputes_among
from superatom.literature.metrics import Metric, read_metric
from superatom.literature.questions import Question
from superatom.literature.records import Fact
from superatom.literature.store import Store
from superatom.provenance import Provenance, stamp

__all__ = ["Findings", "Metric", "find", "read_metric"]

_METHOD = "search in the store of literature records"


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
    metric: Metric | tuple[str, str, float] | Sequence[Metric] | None = None,
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
    metric : Metric, (name, comparator, value) or sequence of Metric, optional
        Bound on a property; several must hold for one cluster in one reaction. A limit in
        print ('> 90 %') counts as its number, a range by its best end; '<' limits never
        count as reached.
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
    query = {name: _shown(value) for name, value in asked.items() if value not in ("", (), None)}
    ask = Question(store)
    ask.about_clusters(_names(metal), _names(dopant), formula, ligand, electrons)
    ask.about_facts(reaction, _metrics(metric), category, status, document)
    ask.about_words(method, motif, text)
    total, numbers = ask.answer(limit)
    facts = store.facts_numbered(numbers)
    return Findings(facts, total, query, stamp(_METHOD, query, sources=(store.path.name,)))


def _shown(value: Any) -> Any:
    if isinstance(value, Metric):
        return [value.name, f"{value.comparator} {value.value:g} {value.unit}".strip()]
    return [_shown(each) for each in value] if isinstance(value, tuple | list) else value


def _names(given: str | Sequence[str]) -> tuple[str, ...]:
    """Return element symbols; several may stand in one text, separated by commas."""
    texts = (given,) if isinstance(given, str) else tuple(given)
    symbols = tuple(s for text in texts for s in re.split(r"[\s,;/+]+", text) if s)
    for symbol in symbols:
        if symbol not in elements():
            raise SearchError(f"'{symbol}' is no element symbol (write it like Au or Cd)")
    return symbols


def _metrics(
    given: Metric | tuple[str, str, float] | Sequence[Metric] | None,
) -> tuple[Metric, ...]:
    if given is None:
        return ()
    if isinstance(given, Metric):
        return (given,)
    if given and isinstance(given[0], str):
        name, comparator, value = given
        return (Metric(str(name), str(comparator), float(str(value))),)
    return tuple(metric for metric in given if isinstance(metric, Metric))
