"""Balanced reactions on the terminal."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from rich.console import Console
from rich.text import Text

from superatom.cli.printing.cards import console, remarks
from superatom.composition.equations import Balance
from superatom.composition.missing import shortfall_text

__all__ = ["print_balance"]


def print_balance(result: Balance) -> None:
    """Print a balanced reaction; what keeps it from balancing goes to standard error."""
    if not result.is_balanced:
        _print_impossible(result)
        return
    screen = console()
    screen.print(Text(result.text, style="bold"))
    screen.print(Text(f"  {_status_text(result)}"))
    for text in result.independent:
        screen.print(Text(f"    {text}"))
    for line in _electron_lines(result):
        screen.print(Text(line))
    for remark in remarks([("note", note) for note in result.notes]):
        screen.print(remark)


def _status_text(result: Balance) -> str:
    texts = {
        "balanced": "balanced; the only way there is",
        "already balanced": "already balanced as printed",
        "fixed": "balanced with the fixed coefficients",
        "several": "one of several ways, with the smallest whole numbers; made of",
    }
    text = texts[result.status]
    if result.printed_imbalance:
        text += f"\n  as printed: {shortfall_text(dict(result.printed_imbalance))}"
    if result.independent and result.status != "several":
        text += "; it is made of"
    return text


def _electron_lines(result: Balance) -> Iterator[str]:
    if not result.electrons:
        return
    yield "  superatom electrons"
    for side in ("left", "right"):
        counts = [count for count in result.electrons if count.side == side]
        if not counts:
            continue
        terms = " + ".join(
            f"{count.electrons} ({count.species})"
            if count.coefficient == "1"
            else f"{count.coefficient} x {count.electrons} ({count.species})"
            for count in counts
        )
        total = Fraction(result.electrons_on(side))
        yield f"    {side:5} {terms}" + (f" = {total}" if len(counts) > 1 or "x" in terms else "")


def _print_impossible(result: Balance) -> None:
    screen = Console(stderr=True, markup=False, highlight=False, soft_wrap=True)
    screen.print(Text(f"error: cannot be balanced: {result.equation}"))
    for line in result.problem.splitlines():
        screen.print(Text(f"  {line}"))
    if result.printed_imbalance:
        screen.print(Text(f"  as printed: {shortfall_text(dict(result.printed_imbalance))}"))
    if result.suggestions:
        screen.print(Text("  possible with more species:"))
    for suggestion in result.suggestions:
        screen.print(Text(f"    {suggestion}"))
    for note in result.notes:
        screen.print(Text(f"  note: {note}"))
