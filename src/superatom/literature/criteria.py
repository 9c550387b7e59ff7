"""Bounds on properties as conditions on facts, one or several that hold for one cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from superatom.errors import SearchError
from superatom.literature.metrics import Metric, limit_of, unknown_property
from superatom.literature.properties import fold, recognise, species_key
from superatom.literature.store import Store

__all__ = ["Conditions", "facts_within"]

_ABOUT = 0.1  # '~' in a question: within a tenth
_Place = tuple[int, str, int]  # cluster, reaction, number of the fact


@dataclass
class Conditions:
    """Conditions that one row must meet, and the values in them.

    Attributes
    ----------
    texts : list[str]
        In SQL, with marks for values.
    values : list
        What stands for the marks.
    """

    texts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, text: str, *values: Any) -> None:
        """Add a condition."""
        self.texts.append(text)
        self.values.extend(values)

    def add_one_of(self, column: str, values: Sequence[Any]) -> None:
        """Ask for one of several values in a column."""
        self.add(f"{column} IN ({', '.join('?' * len(values))})", *values)

    def __str__(self) -> str:
        return " AND ".join(self.texts)


def facts_within(store: Store, wanted: Conditions, metrics: Sequence[Metric]) -> list[int]:
    """Return the numbers of the facts within bounds, best first.

    With several bounds: those of clusters that meet all of them in one reaction, cluster
    by cluster in the order of the first bound. A fact that tells no reaction counts for any.

    Raises
    ------
    SearchError
        If a property or a bound is not understood.
    """
    grouped: dict[str, list[Metric]] = {}
    for metric in metrics:
        named = recognise(metric.name)
        grouped.setdefault(f"{named.name} {fold(named.of)}", []).append(metric)
    groups = list(grouped.values())
    if len(groups) > 1:
        return _together([_within(store, wanted, group) for group in groups])
    own, order = _bounded(store, wanted, groups[0])
    rows = store.rows(f"SELECT seq FROM facts WHERE {own} {order}", own.values)
    return [number for (number,) in rows]


def _bounded(store: Store, wanted: Conditions, metrics: Sequence[Metric]) -> tuple[Conditions, str]:
    """Return the conditions with all bounds on one property, and the order of the best."""
    own = Conditions([*wanted.texts], [*wanted.values])
    orders = [_add_metric(store, own, metric) for metric in metrics]
    return own, orders[0]


def _within(store: Store, wanted: Conditions, metrics: Sequence[Metric]) -> list[_Place]:
    """Return facts within all bounds on one property, once for each of their clusters."""
    own, order = _bounded(store, wanted, metrics)
    source = "facts CROSS JOIN subjects s ON s.fact = facts.seq"
    return store.rows(
        f"SELECT s.cluster, reaction, seq FROM {source} WHERE {own} {order}", own.values
    )


def _together(found: Sequence[list[_Place]]) -> list[int]:
    """Return the facts of clusters that meet every bound in one reaction."""
    told = [{(cluster, reaction) for cluster, reaction, _ in facts} for facts in found]
    named = {pair for pairs in told for pair in pairs}
    met = {pair for pair in named if all(pair in each or (pair[0], "") in each for each in told)}
    open_to = {cluster for cluster, _ in met}  # facts without a reaction count for any
    rank: dict[int, int] = {}
    chosen: list[tuple[int, int, int]] = []
    for group, facts in enumerate(found):
        for cluster, reaction, number in facts:
            if (cluster, reaction) in met or (not reaction and cluster in open_to):
                place = rank.setdefault(cluster, len(rank))
                chosen.append((place, group, number))
    chosen.sort(key=lambda each: each[:2])
    return list(dict.fromkeys(number for _, _, number in chosen))


def _add_metric(store: Store, wanted: Conditions, metric: Metric) -> str:
    """Add a bound; return the order in which the best come first.

    `high` is the largest value a record tells as reached, `low` the smallest; a fact
    printed as '> 90' is over 90.
    """
    named = recognise(metric.name)
    if named.property is None or named.property.kind != "number":
        raise SearchError(unknown_property(metric.name))
    limit, unit = limit_of(metric, named.property)
    wanted.add("property = ?", named.name)
    if named.of:
        known = store.rows("SELECT DISTINCT of FROM facts WHERE property = ?", (named.name,))
        alike = [of for (of,) in known if fold(species_key(of)) == fold(named.of)]
        wanted.add_one_of("of", alike)
    if unit:
        wanted.add("dimension IN (?, '')", unit)
    slack = abs(limit) * 1e-9  # 0.2 V asked, 200 mV stored
    if metric.comparator in {">", ">="}:
        strict = " AND comparator = '>'" if metric.comparator == ">" else ""
        wanted.add(f"(high > ? OR (high >= ?{strict}))", limit + slack, limit - slack)
        return "ORDER BY high DESC, seq"
    if metric.comparator in {"<", "<="}:
        strict = " AND comparator = '<'" if metric.comparator == "<" else ""
        wanted.add(f"(low < ? OR (low <= ?{strict}))", limit - slack, limit + slack)
        return "ORDER BY low, seq"
    if metric.comparator not in {"=", "~"}:
        raise SearchError(f"'{metric.comparator}' is none of > < >= <= = ~")
    width = abs(limit) * _ABOUT if metric.comparator == "~" else slack
    wanted.add("low <= ? AND high >= ?", limit + width, limit - width)
    return "ORDER BY seq"
