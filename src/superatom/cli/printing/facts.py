"""Facts, disputes and suspicions on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from superatom.literature.checks import CheckReport
from superatom.literature.disputes import Dispute
from superatom.literature.queries import Findings
from superatom.literature.records import Document, Fact
from superatom.literature.suspicion import Suspicion

__all__ = ["console", "print_candidate", "print_findings", "print_report"]

_WIDTH = 140


def console() -> Console:
    """Return a terminal as wide as tables of facts need, where it does not say its width."""
    screen = Console(markup=False, highlight=False)
    return screen if screen.is_terminal else Console(markup=False, highlight=False, width=_WIDTH)


def print_findings(findings: Findings, documents: dict[str, Document]) -> None:
    """Print facts as a table, then what contradicts what, then where it was read."""
    screen = console()
    if not findings:
        screen.print("nothing found")
        return
    screen.print(_fact_table(findings.facts))
    if findings.total > len(findings):
        screen.print(f"{len(findings)} of {findings.total} found; --limit shows more")
    else:
        screen.print(f"{findings.total} found")
    _print_disputes(screen, findings.disputes)
    for name in dict.fromkeys(fact.source.document for fact in findings):
        document = documents.get(name)
        if document is not None:
            line = ", ".join(filter(None, (document.citation, document.doi)))
            screen.print(Text(f"{name}: {line}", style="dim"))


def _fact_table(facts: Sequence[Fact]) -> Table:
    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False)
    table.add_column("cluster", overflow="fold", ratio=3)
    table.add_column("reaction")
    table.add_column("property", overflow="fold", ratio=2)
    numbers = all(any(char.isdigit() for char in fact.value[:3]) for fact in facts)
    table.add_column("value", justify="right" if numbers else "left", overflow="fold")
    table.add_column("conditions", overflow="fold", ratio=3)
    table.add_column("source", overflow="fold", ratio=2)
    for fact in facts:
        value = Text(fact.reading)
        if fact.correction:
            value.append(f"\ncorrected: {fact.correction}", style="yellow")
        source = fact.source.text
        if fact.source.status != "curated":
            source += f" ({fact.source.status})"
        table.add_row(
            Text(fact.cluster),
            Text(fact.reaction),
            Text(fact.property),
            value,
            Text(fact.conditions),
            Text(source, style="dim"),
        )
    return table


def _print_disputes(screen: Console, disputes: Sequence[Dispute]) -> None:
    if disputes:
        screen.print(
            Text("\ndisputed: records that contradict each other, or themselves", style="bold")
        )
    for dispute in disputes:
        screen.print(Text(f"  {dispute.cluster}: {dispute.property}"))
        for fact in dispute.facts:
            told = f"    {fact.reading}  ({fact.source.text})"
            screen.print(Text("; ".join(filter(None, (told, fact.remark, fact.correction)))))


def print_report(report: CheckReport, damage: Sequence[str] = ()) -> None:
    """Print what is suspect: contradictions, then doubts."""
    screen = console()
    for problem in damage:
        screen.print(Text(f"damaged file: {problem}", style="bold red"))
    told: set[str] = set()
    for severity, title in (
        ("contradiction", "of {} records contradict themselves"),
        ("doubt", "more are worth a look"),
    ):
        found = report.of(severity)
        records = {suspicion.record for suspicion in found} - told
        told |= records
        line = f"{len(records)} {title.format(report.checked)}"
        screen.print(Text(line, style="bold"))
        for suspicion in found:
            _print_suspicion(screen, suspicion)


def _print_suspicion(screen: Console, suspicion: Suspicion) -> None:
    screen.print(Text(f"  {suspicion.record}  {suspicion.rule}: {suspicion.reason}"))
    about = f"      {suspicion.subject}" if suspicion.subject else ""
    if about:
        screen.print(Text(about, style="dim"))
    if suspicion.correction:
        screen.print(Text(f"      corrected: {suspicion.correction}", style="yellow"))


def print_candidate(fact: Fact, number: int, count: int) -> None:
    """Print a mined record with the words and the rule it was found by."""
    screen = console()
    screen.print(Text(f"\n{number} of {count}   {fact.id}", style="bold"))
    about = " ".join(filter(None, (fact.cluster or "(no cluster)", fact.reaction)))
    screen.print(Text(f"  {about}: {fact.property} {fact.comparator} {fact.value} {fact.unit}"))
    if fact.conditions:
        screen.print(Text(f"  {fact.conditions}"))
    if fact.quote:
        screen.print(Text(f"  “{fact.quote}”", style="italic"))
    screen.print(Text(f"  found by {fact.rule or 'no rule told'}; {fact.source.text}", style="dim"))
