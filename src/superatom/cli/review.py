"""`superatom literature review`: accept, edit or reject what was mined."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from superatom.cli.literature import AsCsv, AsJson, StoreFile, app
from superatom.cli.options import print_json

if TYPE_CHECKING:
    from superatom.literature.records import Fact
    from superatom.literature.store import Store

__all__ = ["review"]

_QUESTION = "[a]ccept  [e]dit  [r]eject  [s]kip  [b]ack  accept all of [t]his rule  [q]uit > "
_ANSWERS = frozenset("aersbtq")


@app.command()
def review(
    accept: Annotated[
        list[str] | None, typer.Option(help="Accept this candidate ('all' for all chosen).")
    ] = None,
    reject: Annotated[
        list[str] | None, typer.Option(help="Reject this candidate ('all' for all chosen).")
    ] = None,
    reopen: Annotated[
        list[str] | None, typer.Option(help="Take back the decision on this candidate.")
    ] = None,
    rule: Annotated[
        str, typer.Option(help="Only those found by a rule whose name has these words.")
    ] = "",
    property: Annotated[str, typer.Option(help="Only those that tell this property.")] = "",
    document: Annotated[str, typer.Option(help="Only those of the paper with this id.")] = "",
    store: StoreFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Go through mined candidates: accept, edit or reject each. Stop whenever you like.

    Every answer is kept at once, also if you stop with Ctrl-C; the next review goes on with
    those that are left. With --json or --csv the candidates are listed, and nothing is asked.
    """
    from superatom.literature.exchange import facts_csv
    from superatom.literature.store import open_store

    with open_store(store) as opened:
        for name in reopen or ():
            opened.decide(name, "open")
        for names, decision in ((accept or [], "accepted"), (reject or [], "rejected")):
            chosen = _chosen(opened.candidates(), rule, property, document)
            for name in [fact.id for fact in chosen] if names == ["all"] else names:
                opened.decide(name, decision)
        waiting = _chosen(opened.candidates(), rule, property, document)
        if as_json:
            print_json([fact.as_dict() for fact in waiting])
        elif as_csv:
            typer.echo(facts_csv(waiting), nl=False)
        elif not (accept or reject or reopen):
            _ask_through(opened, waiting)
        else:
            typer.echo(f"{len(waiting)} candidates are left")


def _chosen(facts: list[Fact], rule: str, property: str, document: str) -> list[Fact]:
    """Return the candidates of a rule, a property and a paper; '' is any."""
    from superatom.literature.properties import recognise

    name = recognise(property).name if property else ""
    return [
        fact
        for fact in facts
        if rule.casefold() in fact.rule.casefold()
        and document in ("", fact.source.document)
        and name in ("", recognise(fact.property).name)
    ]


def _ask_through(store: Store, waiting: list[Fact]) -> None:
    """Show candidates one by one and keep each answer at once."""
    if not waiting:
        typer.echo("no candidates are waiting")
        return
    decided: dict[str, str] = {}
    try:
        _dialogue(store, waiting, decided)
    except (EOFError, KeyboardInterrupt):
        typer.echo()
    done = sum(decision != "open" for decision in decided.values())
    typer.echo(f"{done} decided, {len(store.candidates())} left")


def _dialogue(store: Store, waiting: list[Fact], decided: dict[str, str]) -> None:
    """Ask for each candidate; note in `decided` what was answered."""
    from superatom.cli.printing.facts import print_candidate

    def decide(fact: Fact, decision: str, edited: Fact | None = None) -> None:
        store.decide(fact.id, decision, edited=edited)
        decided[fact.id] = decision

    number = 0
    while number < len(waiting):
        fact = waiting[number]
        if decided.get(fact.id, "open") != "open":  # together with others of its rule
            number += 1
            continue
        print_candidate(fact, number + 1, len(waiting))
        answer = _answer()
        if answer == "q":
            return
        if answer == "b":
            number = max(number - 1, 0)
            if waiting[number].id in decided:
                decide(waiting[number], "open", edited=waiting[number])
            continue
        if answer == "t":
            alike = [f for f in waiting[number:] if f.rule == fact.rule]
            for one in alike:
                decide(one, "accepted")
            typer.echo(f"accepted {len(alike)} found by: {fact.rule}")
        elif answer == "e":
            decide(fact, "accepted", edited=_edited(fact))
        elif answer in {"a", "r"}:
            decide(fact, "accepted" if answer == "a" else "rejected")
        number += 1


def _answer() -> str:
    """Ask until one of the answers is given."""
    while True:
        given = input(_QUESTION).strip().casefold()
        if given[:1] in _ANSWERS and given:
            return given[0]


def _edited(fact: Fact) -> Fact:
    """Ask for each part of a fact, the present one being kept if nothing is typed."""
    from superatom.literature.records import COMPARATORS
    from superatom.literature.subjects import split_clusters

    names = ("reaction", "property", "value", "unit", "conditions", "remark")
    changed: dict[str, Any] = {n: _typed(n, str(getattr(fact, n))) for n in names}
    comparator = _typed("comparator", fact.comparator)
    while comparator not in COMPARATORS:
        typer.echo(f"one of {' '.join(COMPARATORS)}", err=True)
        comparator = _typed("comparator", fact.comparator)
    clusters = split_clusters(_typed("cluster", fact.cluster))
    while problem := _unreadable(clusters):
        typer.echo(problem, err=True)
        clusters = split_clusters(_typed("cluster", fact.cluster))
    edited = replace(fact, clusters=clusters, comparator=comparator, **changed)
    for problem in _doubts(edited):
        typer.echo(f"worth a look: {problem}", err=True)
    return edited


def _doubts(fact: Fact) -> list[str]:
    """Return what is not understood in a fact, such as an unknown unit."""
    from superatom.literature.checks import check_vocabulary
    from superatom.literature.tables import Tables

    found = check_vocabulary(Tables(facts=(fact,)))
    return [suspicion.reason for suspicion in found if suspicion.rule != "document"]


def _unreadable(clusters: tuple[str, ...]) -> str:
    """Say what is wrong in formulas; '' if they can be read."""
    from superatom.composition.formula import parse_formulas
    from superatom.errors import FormulaError

    try:
        for text in clusters:
            parse_formulas(text)
    except FormulaError as error:
        return str(error)
    return ""


def _typed(name: str, present: str) -> str:
    """Return what is typed, or what was there; '-' empties it."""
    given = input(f"  {name} [{present}]: ").strip()
    return "" if given == "-" else given or present
