"""Rows of bimetallic tables against their own formula: dopant, its number, the group label.

The dopant of a row is what the row says it is: in a table of gold clusters the 24 Ag of
AuAg24 are the dopant. A row contradicts itself if a metal it names does not occur in its
formula, or does not occur in the number it gives.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator

from superatom.composition.cluster import Cluster
from superatom.composition.counts import Count, CountRange, Expression
from superatom.composition.elements import elements
from superatom.composition.formula import parse_formulas
from superatom.composition.markup import read_markup
from superatom.composition.parts import GENERIC_METAL, MetalPart
from superatom.composition.series import ClusterSeries
from superatom.errors import SuperatomError
from superatom.literature.records import DopingRecord
from superatom.literature.suspicion import Suspicion

__all__ = ["check_doping", "dopant_symbols", "printed_numbers"]

_Formula = Cluster | ClusterSeries
_SUBSCRIPTS = str.maketrans("₀₁₂₃₄₅₆₇₈₉₋₊", "0123456789-+")
_SPAN = re.compile(r"(\d+)\s*(?:[-–—−~]|to)\s*(\d+)")
_TOTAL_LABEL = re.compile(r"\(\s*[A-Za-z]+(?:\s*[-–—−/,+]\s*[A-Za-z]+)*\s*\)\s*(\d+)")
_LABEL_PART = re.compile(r"([A-Z][a-z]?)(\d*|[n-z])(?![a-z])")
_LARGEST = 1000  # no cluster known has more metal atoms


def check_doping(record: DopingRecord) -> tuple[Suspicion, ...]:
    """Return what in a row does not agree with its formula, the gravest first.

    Examples
    --------
    >>> from superatom.literature.records import Source
    >>> row = DopingRecord("r", Source("d"), "Au24Ag20(SR)24", dopant="Ag", dopant_number="6")
    >>> check_doping(row)[0].reason
    'the number of Ag is given as 6, the formula has 20'
    """
    try:
        formulas = parse_formulas(record.formula)
    except SuperatomError as error:
        return (_suspicion(record, "formula", "doubt", _first_line(error)),)
    dopants = dopant_symbols(record.dopant)
    found = (
        *_absent(record, formulas, dopants),
        *_misnumbered(record, formulas, dopants),
        *_mislabelled(record, formulas),
    )
    return tuple(sorted(found, key=lambda suspicion: suspicion.severity != "contradiction"))


def dopant_symbols(cell: str) -> tuple[str, ...]:
    """Return the element symbols of a cell such as 'Hg, Cd, Pt, Pd' or 'Ag/Cu'."""
    found = (word for word in re.findall(r"[A-Z][a-z]?", cell) if word in elements())
    return tuple(dict.fromkeys(found))


def printed_numbers(cell: str) -> frozenset[int]:
    """Return the numbers of a cell such as '2', '16, 17' or '24-28'; empty if none.

    Examples
    --------
    >>> sorted(printed_numbers("0–3, 6"))
    [0, 1, 2, 3, 6]
    """
    text = cell.translate(_SUBSCRIPTS)
    numbers: set[int] = set()
    for low, high in _SPAN.findall(text):
        numbers.update(range(int(low), min(int(high), _LARGEST) + 1))
    numbers.update(int(digits) for digits in re.findall(r"\d+", _SPAN.sub(" ", text)))
    return frozenset(numbers)


def _absent(
    record: DopingRecord, formulas: tuple[_Formula, ...], dopants: tuple[str, ...]
) -> Iterator[Suspicion]:
    """Yield dopants that no formula of the row has; M stands for any metal."""
    present = {symbol for formula in formulas for symbol in _symbols(formula)}
    if GENERIC_METAL in present:
        return
    for dopant in dopants:
        if dopant not in present:
            reason = (
                f"the dopant is given as {dopant}, the formula has {', '.join(sorted(present))}"
            )
            yield _suspicion(record, "dopant type", "contradiction", reason)


def _misnumbered(
    record: DopingRecord, formulas: tuple[_Formula, ...], dopants: tuple[str, ...]
) -> Iterator[Suspicion]:
    """Yield numbers that the formulas do not allow."""
    printed = printed_numbers(record.dopant_number)
    allowed = {str(f): _possible(f, dopants) for f in formulas if _possible(f, dopants)}
    if not printed or not allowed:
        return
    together = frozenset(itertools.chain.from_iterable(allowed.values()))
    names = "/".join(dopants)
    said = f"the number of {names} is given as {record.dopant_number}"
    if not printed <= together:
        reason = f"{said}, the formula has {_span_text(together)}"
        yield _suspicion(record, "dopant number", "contradiction", reason)
        return
    unfitting = [text for text, numbers in allowed.items() if not numbers & printed]
    if unfitting:
        reason = f"{said}, which does not fit {', '.join(unfitting)}"
        yield _suspicion(record, "dopant number", "doubt", reason)
        return
    told = _told_by_series(formulas, dopants)
    if not told <= set(_hull(printed)):
        reason = f"{said}, the formula tells {_span_text(told)}"
        yield _suspicion(record, "dopant number", "doubt", reason)


def _hull(numbers: frozenset[int]) -> range:
    return range(min(numbers), max(numbers) + 1)


def _told_by_series(formulas: Iterable[_Formula], dopants: tuple[str, ...]) -> frozenset[int]:
    """Return the numbers of each dopant in series that say which values x takes."""
    return frozenset(
        number
        for formula in formulas
        if isinstance(formula, ClusterSeries)
        and set(formula.variables) <= {name for name, _ in formula.domain}
        for dopant in dopants
        for number in _possible(formula, (dopant,))
    )


def _mislabelled(record: DopingRecord, formulas: tuple[_Formula, ...]) -> Iterator[Suspicion]:
    """Yield a group label that does not fit the formula it stands beside.

    Labels stand in cells that span rows and easily slip by a row in print or recovery,
    so this is a doubt, not a contradiction.
    """
    if not record.series.strip():
        return
    plain = read_markup(record.series).text.translate(_SUBSCRIPTS)
    label = re.sub(r"\s+|series.*$", "", plain)
    if not label:
        return
    for formula in formulas:
        problem = _label_problem(label, formula)
        if problem:
            reason = f"the label {label} stands on this row, {problem}"
            yield _suspicion(record, "series label", "doubt", reason)
            return


def _label_problem(label: str, formula: _Formula) -> str:
    """Say how a label and a formula differ; '' if they agree or cannot be compared."""
    if match := _TOTAL_LABEL.fullmatch(label):
        sizes = _totals(formula)
        if sizes and int(match[1]) not in sizes:
            return f"{formula} has {_span_text(sizes)} metal atoms"
        return ""
    parts = _LABEL_PART.findall(label)
    if "".join(symbol + count for symbol, count in parts) != label:
        return ""
    named = {symbol for symbol, _ in parts if symbol != GENERIC_METAL}
    for symbol, count in parts:
        wanted = (symbol,) if symbol in named else tuple(set(_symbols(formula)) - named)
        numbers = _possible(formula, wanted)
        if not numbers:
            return f"{formula} has no {'other metal' if symbol == GENERIC_METAL else symbol}"
        if not count.isalpha() and int(count or 1) not in numbers:
            return f"{formula} has {_span_text(numbers)} {'/'.join(wanted)}"
    return ""


def _symbols(formula: _Formula) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            symbol
            for part, _ in formula.parts
            if isinstance(part, MetalPart)
            for symbol in part.symbols
        )
    )


def _possible(formula: _Formula, dopants: tuple[str, ...]) -> frozenset[int]:
    """Return every number of a dopant, or of all of them together, that a formula allows."""
    named = [d for d in dopants if d in _symbols(formula)]
    if not named and GENERIC_METAL in _symbols(formula):
        named = [GENERIC_METAL]
    found: set[int] = set()
    for values in _assignments(formula):
        counts = [_number(formula, (name,), values) for name in named]
        known = [n for n in counts if n is not None]
        found.update(known)
        found.update([sum(known)] if known else [])
    return frozenset(n for n in found if n >= 0)


def _totals(formula: _Formula) -> frozenset[int]:
    sizes = (_number(formula, _symbols(formula), v) for v in _assignments(formula))
    return frozenset(n for n in sizes if n is not None and n >= 0)


def _number(formula: _Formula, symbols: tuple[str, ...], values: dict[str, int]) -> int | None:
    """Return the atoms of some metals for one value of each variable; None if not whole."""
    total = 0
    for part, count in formula.parts:
        if isinstance(part, MetalPart) and set(part.symbols) & set(symbols):
            number = _at(count, values)
            if number is None or not set(part.symbols) <= set(symbols):
                return None
            total += number
    return total


def _at(count: Count, values: dict[str, int]) -> int | None:
    if isinstance(count, Expression):
        return count.at(values)
    if isinstance(count, CountRange):
        return None
    return int(count) if float(count).is_integer() else None


def _assignments(formula: _Formula) -> Iterator[dict[str, int]]:
    """Yield the values variables can take; without a domain, all that keep counts positive."""
    if isinstance(formula, Cluster):
        yield {}
        return
    known = dict(formula.domain)
    metal_counts = [
        count
        for part, count in formula.parts
        if isinstance(part, MetalPart) and isinstance(count, Expression)
    ]
    names = tuple(dict.fromkeys(name for count in metal_counts for name in count.variables))
    most = max((count.constant for count in metal_counts), default=0) or 1
    choices = [known.get(name, range(most + 1)) for name in names]
    if len(names) > 2:
        choices = [tuple(choice)[:: max(1, len(choice) // 10)] for choice in choices]
    for chosen in itertools.product(*choices):
        values = dict(zip(names, chosen, strict=True))
        if all(count.at(values) >= 0 for count in metal_counts):
            yield values


def _span_text(numbers: Iterable[int]) -> str:
    """Write a set of numbers as '1, 3-5'."""
    texts = []
    for _, run in itertools.groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        members = [n for _, n in run]
        texts.append(str(members[0]) if len(members) == 1 else f"{members[0]}-{members[-1]}")
    return ", ".join(texts)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0]


def _suspicion(record: DopingRecord, rule: str, severity: str, reason: str) -> Suspicion:
    return Suspicion(record.id, rule, severity, reason, record.formula, record.correction)
