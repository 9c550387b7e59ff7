"""What a record is about: clusters under one key, whatever name a ligand goes by."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from superatom.composition.cluster import Cluster
from superatom.composition.counts import Number
from superatom.composition.electrons import count_electrons
from superatom.composition.formula import parse_formulas
from superatom.composition.parts import LigandPart, MetalPart
from superatom.composition.series import ClusterSeries
from superatom.errors import FormulaError, SuperatomError

__all__ = ["Subject", "read_subjects", "series_members", "split_clusters", "subject_of"]

_MOST_MEMBERS = 60  # of a series that a record is found by


@dataclass(frozen=True, slots=True)
class Subject:
    """A cluster as the store knows it.

    Attributes
    ----------
    key : str
        The same for every spelling of the same cluster.
    body : str
        Key of metals and ligands alone: charge, counter-ions, isomer, host left out.
    frame : str
        Key of the metals alone.
    formula : str
        Normal form.
    charge : int or None
        Charge, None if not known.
    electrons : int or float or None
        Superatom electrons; None if charge or composition is open, or no ligand is told.
    metals : tuple[tuple[str, Number or None], ...]
        Metals and counts; None where the count is a variable.
    ligands : tuple[tuple[str, str, Number or None], ...]
        Name, class and count of each ligand.
    isomer, host : str
        Label; template or support.
    """

    key: str
    body: str
    frame: str
    formula: str
    charge: int | None
    electrons: Number | None
    metals: tuple[tuple[str, Number | None], ...]
    ligands: tuple[tuple[str, str, Number | None], ...]
    isomer: str = ""
    host: str = ""

    @property
    def size(self) -> Number | None:
        """Number of metal atoms; None if a count is open."""
        counts = [n for _, n in self.metals]
        return None if None in counts else sum(n for n in counts if n is not None)


def split_clusters(cell: str) -> tuple[str, ...]:
    """Split the cell of a table that names several clusters with ' | ' between them."""
    return tuple(part.strip() for part in cell.split("|") if part.strip())


def read_subjects(text: str) -> tuple[Subject, ...]:
    """Return the clusters of a formula text.

    Raises
    ------
    FormulaError
        If it cannot be read.

    Examples
    --------
    >>> one, = read_subjects("[Au25(2-PET)18]-")
    >>> two, = read_subjects("[Au25(SC2H4Ph)18]-")
    >>> one.key == two.key, one.electrons
    (True, 8)
    """
    found = _subjects_or_problem(text)
    if isinstance(found, FormulaError):
        raise found.with_traceback(None)
    return found


@lru_cache(maxsize=65536)
def _subjects_or_problem(text: str) -> tuple[Subject, ...] | FormulaError:
    """Return the clusters of a text, or why it cannot be read: both are asked for often."""
    try:
        return tuple(subject_of(formula) for formula in _parsed(text))
    except FormulaError as error:
        return error
    except SuperatomError as error:
        return FormulaError(str(error), text)


@lru_cache(maxsize=65536)
def _parsed(text: str) -> tuple[Cluster | ClusterSeries, ...]:
    return parse_formulas(text)


@lru_cache(maxsize=16384)
def series_members(text: str) -> tuple[Subject, ...]:
    """Return the members of the series of a text that say which values x takes.

    Raises
    ------
    FormulaError
        If it cannot be read.

    Examples
    --------
    >>> [member.formula for member in series_members("Au25-xAgx(SR)18 (x = 1, 2)")]
    ['Au24Ag1(SR)18', 'Au23Ag2(SR)18']
    """
    found: list[Cluster] = []
    for formula in _parsed(text):
        if isinstance(formula, ClusterSeries):
            known = {name for name, _ in formula.domain}
            if set(formula.variables) <= known:
                found += itertools.islice(formula.expand(), _MOST_MEMBERS)
    return tuple(subject_of(member) for member in found)


def subject_of(formula: Cluster | ClusterSeries) -> Subject:
    """Return the key and the searchable parts of a cluster or series."""
    metals, ligands = _metals(formula), _ligands(formula)
    frame = _dump(sorted((name, str(n)) for name, n in _counts(formula, MetalPart)))
    body = _dump([frame, sorted((name, str(n)) for name, n in _counts(formula, LigandPart))])
    if isinstance(formula, Cluster):
        key = _dump(_plain(formula.identity))
        charge, electrons = formula.charge, _electrons(formula)
    else:
        ions = sorted((c.ligand.name, str(c.count)) for c in formula.companions)
        key = _dump(["series", body, str(formula.charge), ions, formula.isomer, formula.domain])
        charge, electrons = None, None
    host = formula.host or formula.support
    return Subject(
        key, body, frame, str(formula), charge, electrons, metals, ligands, formula.isomer, host
    )


def _counts(
    formula: Cluster | ClusterSeries, kind: type[MetalPart] | type[LigandPart]
) -> Iterable[tuple[str, object]]:
    """Yield names and counts, parts of the same name added where they are numbers."""
    totals: dict[str, list[object]] = {}
    for part, count in formula.parts:
        if isinstance(part, kind):
            name = part.name if isinstance(part, MetalPart) else _ligand_key(part)
            totals.setdefault(name, []).append(count)
    for name, counts in totals.items():
        numbers = [n for n in counts if isinstance(n, int | float)]
        rest = sorted(str(n) for n in counts if not isinstance(n, int | float))
        yield name, "+".join([*([f"{sum(numbers):g}"] if numbers else []), *rest])


def _ligand_key(part: LigandPart) -> str:
    return f"{part.ligand.name}:{part.ligand.formula}"


def _metals(formula: Cluster | ClusterSeries) -> tuple[tuple[str, Number | None], ...]:
    totals: dict[str, Number | None] = {}
    for part, count in formula.parts:
        if isinstance(part, MetalPart):
            for symbol in part.symbols:
                sure = isinstance(count, int | float) and len(part.symbols) == 1
                totals[symbol] = _added(totals.get(symbol, 0), count if sure else None)
    return tuple(totals.items())


def _ligands(formula: Cluster | ClusterSeries) -> tuple[tuple[str, str, Number | None], ...]:
    totals: dict[tuple[str, str], Number | None] = {}
    for part, count in formula.parts:
        if isinstance(part, LigandPart):
            key = (part.ligand.name, part.ligand.kind)
            totals[key] = _added(totals.get(key, 0), count)
    return tuple((name, kind, n) for (name, kind), n in totals.items())


def _added(total: Number | None, count: object) -> Number | None:
    if total is None or not isinstance(count, int | float):
        return None
    return total + count


def _electrons(cluster: Cluster) -> Number | None:
    if not cluster.ligands:  # 'Au25' is short for a protected cluster, and says nothing of it
        return None
    try:
        return count_electrons(cluster).total
    except SuperatomError:  # an open charge or part: the count is not known, which is an answer
        return None


def _plain(value: object) -> object:
    return [_plain(item) for item in value] if isinstance(value, tuple) else value


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
