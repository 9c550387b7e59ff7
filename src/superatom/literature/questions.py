"""A question as sets of facts: each condition finds its own, and they are intersected.

A fact has a number in the store. Conditions on the fact, on its clusters and on words are
answered by one index each; the sets of numbers meet in memory, which SQLite would do row
by row.
"""

from __future__ import annotations

import heapq
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from superatom.composition.ligands import LIGAND_CLASSES, default_library
from superatom.errors import SearchError
from superatom.literature.criteria import Conditions, facts_within
from superatom.literature.families import is_of_family, is_open
from superatom.literature.metrics import Metric
from superatom.literature.reactions import is_reaction
from superatom.literature.records import CATEGORIES, STATUSES
from superatom.literature.store import Store
from superatom.literature.subjects import Subject, read_subjects

__all__ = ["Question"]

_MOTIF = ("motif", "kernel", "shells", "structure", "coordination mode", "dopant position")
_HIDDEN = "facts WHERE decision IN ('open', 'rejected')"
_REACTIONS = """
WITH RECURSIVE told(name) AS (
    SELECT min(reaction) FROM facts UNION ALL
    SELECT (SELECT min(reaction) FROM facts WHERE reaction > told.name) FROM told
    WHERE told.name IS NOT NULL)
SELECT name FROM told WHERE name IS NOT NULL"""


@dataclass
class Question:
    """Conditions that a fact must meet.

    Attributes
    ----------
    store : Store
        Where the facts are.
    """

    store: Store
    _sets: list[set[int]] = field(default_factory=list)
    _ordered: list[int] | None = None
    _words: str = ""

    def about_clusters(
        self,
        metals: tuple[str, ...],
        dopants: tuple[str, ...],
        formula: str,
        ligand: str,
        electrons: float | None,
    ) -> None:
        """Ask for facts about a cluster that meets all of these conditions."""
        wanted = Conditions()
        for symbol in dict.fromkeys((*metals, *dopants)):
            wanted.add("c.id IN (SELECT cluster FROM cluster_metals WHERE symbol = ?)", symbol)
        if dopants:
            wanted.add("c.n_metals > 1")
        if formula:
            _add_formula(self.store, wanted, formula)
        if ligand:
            _add_ligand(wanted, ligand)
        if electrons is not None:
            wanted.add(
                "(c.electrons = ? OR c.id IN (SELECT s.cluster FROM facts e JOIN subjects s "
                "ON s.fact = e.seq WHERE e.property = 'superatom electron count' "
                "AND e.low <= ? AND e.high >= ?))",
                *(electrons,) * 3,
            )
        if wanted.texts:
            chosen = f"(SELECT c.id FROM clusters c WHERE {wanted})"
            source = f"subjects WHERE cluster IN {chosen}"
            self._sets.append(self._numbers("fact", source, wanted.values))

    def about_facts(
        self,
        reaction: str,
        metrics: Sequence[Metric],
        category: str,
        status: str,
        document: str,
    ) -> None:
        """Ask for facts with a reaction, bounds on their value, a place or a status.

        Bounds on several properties must hold for one cluster in one reaction.
        """
        wanted = Conditions()
        for name, value, allowed in (
            ("category", category, CATEGORIES),
            ("status", status, STATUSES),
        ):
            if value and value not in allowed:
                raise SearchError(f"{name} '{value}' is none of {', '.join(allowed)}")
            if value:
                wanted.add(f"{name} = ?", value)
        if document:
            wanted.add("document = ?", document)
        if reaction:
            known = [name for (name,) in self.store.rows(_REACTIONS)]
            wanted.add_one_of("reaction", [n for n in known if is_reaction(n, reaction)])
        if metrics:
            self._ordered = numbers = facts_within(self.store, wanted, metrics)
            self._sets.append(set(numbers))
        elif wanted.texts:
            rows = self.store.rows(f"SELECT seq FROM facts WHERE {wanted}", wanted.values)
            self._sets.append({number for (number,) in rows})

    def about_words(self, method: str, motif: str, text: str) -> None:
        """Ask for facts about clusters made or built as described, and for words anywhere."""
        if method:
            self._describe(("synthesis method",), method)
        if motif:
            self._describe(_MOTIF, motif)
        self._words = " AND ".join(f'"{word}"*' for word in re.findall(r"[^\W_]+", text))
        if text.strip() and not self._words:
            raise SearchError(f"'{text}' has no word to look for")

    def _describe(self, names: Sequence[str], words: str) -> None:
        """Ask for facts that say `words`, or are about a cluster of which another one does."""
        wanted = Conditions()
        wanted.add_one_of("property", names)
        wanted.add("word <> ''")
        for word in words.casefold().split():
            pattern = re.sub(r"([%_\\])", r"\\\1", word)
            wanted.add("word LIKE ? ESCAPE '\\'", f"%{pattern}%")
        said = f"facts WHERE {wanted}"
        clusters = f"SELECT cluster FROM subjects WHERE fact IN (SELECT seq FROM {said})"
        found = self._numbers("seq", said, wanted.values)
        found |= self._numbers("fact", f"subjects WHERE cluster IN ({clusters})", wanted.values)
        self._sets.append(found)

    def _numbers(self, column: str, source: str, values: Sequence[Any] = ()) -> set[int]:
        """Return a column of numbers; as one JSON text it arrives twice as fast as in rows."""
        ((text,),) = self.store.rows(f"SELECT json_group_array({column}) FROM {source}", values)
        return set(json.loads(text))

    def answer(self, limit: int | None) -> tuple[int, list[int]]:
        """Return how many facts meet all conditions, and the numbers of the first ones."""
        hidden = self._numbers("seq", _HIDDEN)
        if not self._sets and not hidden:
            return self._without_sets(limit)
        if self._words:
            said = "facts_fts WHERE facts_fts MATCH ?"
            self._sets.append(self._numbers("rowid", said, (self._words,)))
        if not self._sets:
            self._sets.append(self._numbers("seq", "facts"))
        met = set.intersection(*sorted(self._sets, key=len)) - hidden
        if self._ordered is not None:
            return len(met), [n for n in self._ordered if n in met][:limit]
        first = sorted(met) if limit is None else heapq.nsmallest(limit, met)
        return len(met), first

    def _without_sets(self, limit: int | None) -> tuple[int, list[int]]:
        """Answer a question for words alone, or for everything, without reading all of it."""
        table, values = "facts", list[Any]()
        if self._words:
            table, values = "facts_fts WHERE facts_fts MATCH ?", [self._words]
        total = self.store.rows(f"SELECT count(*) FROM {table}", values)[0][0]
        most = -1 if limit is None else limit
        order = "" if self._words else "ORDER BY rowid"  # the index of words is in this order
        rows = self.store.rows(f"SELECT rowid FROM {table} {order} LIMIT ?", [*values, most])
        return total, [number for (number,) in rows]


def _add_formula(store: Store, wanted: Conditions, formula: str) -> None:
    options = [_formula_option(store, subject) for subject in read_subjects(formula)]
    values = [value for option in options for value in option.values]
    wanted.add(f"({' OR '.join(str(option) for option in options)})", *values)


def _formula_option(store: Store, subject: Subject) -> Conditions:
    """Return what a cluster must have to be the one asked for, as far as both tell it."""
    option = Conditions()
    if any(is_open(name) for name, _, _ in subject.ligands):
        option.add_one_of("c.id", _of_the_family(store, subject))
    elif subject.ligands:
        option.add("c.body = ?", subject.body)
    else:
        option.add("c.frame = ?", subject.frame)
    if subject.charge is not None:
        option.add("(c.charge IS NULL OR c.charge = ?)", subject.charge)
    for column, told in (("isomer", subject.isomer), ("host", subject.host)):
        if told:
            option.add(f"c.{column} = ?", told)
    return option


def _of_the_family(store: Store, subject: Subject) -> list[int]:
    """Return the clusters that a formula with open ligands (SR, PR3) stands for."""
    rows = store.rows(
        "SELECT c.id, l.name, l.kind, l.count FROM clusters c "
        "JOIN cluster_ligands l ON l.cluster = c.id WHERE c.frame = ?",
        (subject.frame,),
    )
    ligands: dict[int, list[tuple[str, str, float | None]]] = {}
    for cluster, *ligand in rows:
        ligands.setdefault(cluster, []).append((ligand[0], ligand[1], ligand[2]))
    return [cluster for cluster, told in ligands.items() if is_of_family(subject.ligands, told)]


def _add_ligand(wanted: Conditions, ligand: str) -> None:
    """Ask for a ligand by class or by any of its names."""
    kind = ligand.strip().casefold()
    singular = kind.removesuffix("s")
    if kind in LIGAND_CLASSES or singular in LIGAND_CLASSES:
        chosen = kind if kind in LIGAND_CLASSES else singular
        generic = sorted(meaning.name for meaning in default_library().meanings(chosen))
        marks = ", ".join("?" * len(generic))
        wanted.add(
            f"c.id IN (SELECT cluster FROM cluster_ligands WHERE kind = ? OR name IN ({marks}))",
            *(chosen, *generic),
        )
        return
    meant = {meaning.name for meaning in default_library().meanings(ligand.strip())}
    names = sorted(meant or {ligand.strip()})
    marks = ", ".join("?" * len(names))
    wanted.add(f"c.id IN (SELECT cluster FROM cluster_ligands WHERE name IN ({marks}))", *names)
