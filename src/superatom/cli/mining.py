"""`superatom literature mine`: candidate facts from the user's own papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superatom.cli.literature import StoreFile, app
from superatom.cli.options import AsJson, print_json

if TYPE_CHECKING:
    from superatom.literature.mining.miner import Mined

__all__ = ["mine"]


@app.command()
def mine(
    files: Annotated[list[Path], typer.Argument(help="Papers: .md, .txt, .html, .xml or .pdf.")],
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep the candidates in the store, for 'review'.")
    ] = False,
    citation: Annotated[str, typer.Option(help="Journal, year, volume, page of the paper.")] = "",
    doi: Annotated[str, typer.Option(help="DOI of the paper.")] = "",
    store: StoreFile = None,
    as_json: AsJson = False,
) -> None:
    """Find formulas and facts in papers, by rules; every candidate says which rule found it.

    With --keep, or a store named with --store, candidates wait in the store for
    `superatom literature review`.
    """
    from superatom.literature.mining.miner import mine as mine_paper
    from superatom.literature.mining.text import read_manuscript
    from superatom.literature.records import Document

    found = []
    for path in files:
        read_manuscript(path)  # a file that cannot be read is told before anything is kept
        paper = Document(path.stem, citation=citation or path.name, doi=doi)
        found.append(mine_paper(path, document=paper))
    if as_json:
        print_json([one.as_dict() for one in found])
    else:
        for one in found:
            _print(one)
    if keep or store is not None:
        _keep(found, store, quiet=as_json)


def _print(mined: Mined) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    from superatom.cli.printing.facts import console

    table = Table(box=SIMPLE_HEAD, padding=(0, 1), pad_edge=False, title=Text(mined.document.id))
    for name, share in (("cluster", 3), ("reaction", 0), ("property", 2), ("value", 2)):
        table.add_column(name, overflow="fold", ratio=share or None)
    for name, share in (("conditions", 2), ("at", 0), ("found by", 3)):
        table.add_column(name, overflow="fold", ratio=share or None)
    for fact in mined.candidates:
        about = fact.cluster or fact.remark
        told = (about, fact.reaction, fact.property, fact.reading, fact.conditions)
        table.add_row(*map(Text, told), Text(f"{fact.source.start}"), Text(fact.rule, style="dim"))
    console().print(table)
    typer.echo(
        f"{len(mined.mentions)} formulas, {len(mined.definitions)} definitions, "
        f"{len(mined.candidates)} candidates"
    )


def _keep(found: list[Mined], path: Path | None, *, quiet: bool) -> None:
    from superatom.literature.store import open_store

    with open_store(path) as store:
        added = sum(store.add_candidates(one.candidates, [one.document]) for one in found)
    if not quiet:
        typer.echo(f"{added} new candidates wait for 'superatom literature review'")
