"""`superatom literature`: what is known; find, check, import, export, review."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from superatom.cli.bounds import BoundsCommand, metrics_of
from superatom.cli.options import print_json

if TYPE_CHECKING:
    from superatom.literature.records import Fact

__all__ = ["app"]

app = typer.Typer(
    name="literature",
    no_args_is_help=True,
    help="What is known: facts of the literature with their sources.",
)

StoreFile = Annotated[
    Path | None,
    typer.Option(
        "--store", help="The file of records; ~/.cache/superatom/literature.sqlite by default."
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]


@app.command(cls=BoundsCommand)
def find(
    words: Annotated[list[str] | None, typer.Argument(help="Words anywhere in a record.")] = None,
    metal: Annotated[
        list[str] | None, typer.Option(help="Element the cluster has. May be repeated.")
    ] = None,
    dopant: Annotated[
        list[str] | None, typer.Option(help="Element it has beside another metal.")
    ] = None,
    reaction: Annotated[str, typer.Option(help="CO2RR, HER, ORR, click, ...")] = "",
    metric: Annotated[
        list[str] | None,
        typer.Option(
            help='A property and a bound on it: "FE(CO)" ">90", overpotential "<0.2 V". May be '
            "repeated: all must hold for one cluster in one reaction.",
            metavar="PROPERTY BOUND",
        ),
    ] = None,
    formula: Annotated[
        str, typer.Option(help='Cluster: "Au25(PET)18"; "Au25" is any with these metals.')
    ] = "",
    ligand: Annotated[str, typer.Option(help="Ligand in any of its names, or its class.")] = "",
    method: Annotated[str, typer.Option(help="How it is made: co-reduction, LEIST, ...")] = "",
    motif: Annotated[str, typer.Option(help="Kernel, motif, mode: icosahedron, dimer, ...")] = "",
    electrons: Annotated[float | None, typer.Option(help="Superatom electrons.")] = None,
    text: Annotated[str, typer.Option(help="Words anywhere in a record, as the arguments.")] = "",
    category: Annotated[
        str, typer.Option(help="catalysis, characterisation, structure, optical, ...")
    ] = "",
    status: Annotated[str, typer.Option(help="curated, mined, inferred or disputed.")] = "",
    document: Annotated[str, typer.Option(help="Id of a document, such as review001.")] = "",
    limit: Annotated[int, typer.Option(help="Most records shown; 0 shows all.")] = 50,
    figure: Annotated[
        Path | None, typer.Option(help="Draw what is found: .svg, .png or .pdf.")
    ] = None,
    x: Annotated[
        str, typer.Option("--x", help="Abscissa of the figure: potential, size or electrons.")
    ] = "potential",
    y: Annotated[
        str, typer.Option("--y", help="Property in the figure; that of --metric by default.")
    ] = "",
    store: StoreFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """Find facts. All conditions must hold, those on clusters for one and the same cluster.

    superatom literature find --metal Au --dopant Cd --reaction CO2RR --metric "FE(CO)" ">90"
    """
    from superatom.cli.printing.facts import print_findings
    from superatom.literature.exchange import facts_csv
    from superatom.literature.queries import find as ask
    from superatom.literature.store import open_store

    bounds = metrics_of(metric or [])
    with open_store(store) as opened:
        findings = ask(
            opened,
            metal=tuple(metal or ()),
            dopant=tuple(dopant or ()),
            reaction=reaction,
            metric=bounds or None,
            formula=formula,
            ligand=ligand,
            method=method,
            motif=motif,
            electrons=electrons,
            text=" ".join((*(words or ()), text)).strip(),
            category=category,
            status=status,
            document=document,
            limit=None if limit <= 0 or figure else limit,
        )
        documents = opened.documents()
    if figure is not None:
        _draw(findings.facts, y or (bounds[0].name if bounds else ""), x, figure)
    elif as_json:
        print_json(findings.as_dict())
    elif as_csv:
        typer.echo(facts_csv(findings), nl=False)
    else:
        print_findings(findings, documents)


def _draw(facts: tuple[Fact, ...], y: str, x: str, path: Path) -> None:
    from superatom.errors import SearchError
    from superatom.report.literature_figure import points_of, write_points

    if not y:
        raise SearchError("say what to draw: --y 'FE(CO)', or a --metric")
    points = points_of(facts, y, x)
    write_points(path, points, y, x)
    typer.echo(f"{path}: {len(points)} records")


@app.command()
def check(
    table: Annotated[
        Path | None,
        typer.Argument(help="A table of records (CSV, TSV, YAML or JSON); by default the store."),
    ] = None,
    store: StoreFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
) -> None:
    """List what is suspect and why: rows against their formula, units, parity, efficiencies."""
    from superatom.cli.printing.facts import print_report
    from superatom.literature.checks import check_tables
    from superatom.literature.store import open_store, read_records

    damage: tuple[str, ...] = ()
    if table is not None:
        report = check_tables(read_records(table))
    else:
        with open_store(store) as opened:
            damage = opened.damage()
            report = check_tables(opened.tables())
    if as_json:
        print_json({**report.as_dict(), "damage": list(damage)})
    elif as_csv:
        _print_csv([suspicion.as_dict() for suspicion in report.suspicions])
    else:
        print_report(report, damage)


@app.command("import")
def import_(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Tables of records: CSV, TSV, YAML or JSON.")
    ] = None,
    rebuild: Annotated[
        bool,
        typer.Option("--rebuild", help="Make the store anew; keep the old file, save its records."),
    ] = False,
    store: StoreFile = None,
    as_json: AsJson = False,
) -> None:
    """Import tables of records. The same content twice changes nothing."""
    from superatom.literature.recovery import rebuild as make_anew
    from superatom.literature.store import default_path, open_store

    told: list[dict[str, Any]] = []
    if rebuild:
        made = make_anew(store or default_path())
        told.append({"rebuilt": str(made.path), "old": str(made.kept), "records": made.recovered})
        if not as_json:
            old = f"; the old file is {made.kept}" if made.kept else ""
            typer.echo(f"{made.path}: made anew, {made.recovered} own records taken over{old}")
    with open_store(store) as opened:
        for path in files or ():
            report = opened.import_file(path)
            told.append({"file": str(path), "records": report.records, "changed": report.changed})
            if not as_json:
                done = "imported" if report.changed else "there already"
                typer.echo(f"{path}: {report.records} records {done}")
        counts = opened.counts()
    if as_json:
        print_json({"imports": told, "store": counts})
    else:
        typer.echo(", ".join(f"{n} {name}" for name, n in counts.items()))


@app.command()
def export(
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="File (.json), or folder for CSV tables."),
    ] = None,
    own: Annotated[
        bool, typer.Option("--own", help="Only records that did not come with Superatom.")
    ] = False,
    store: StoreFile = None,
    as_csv: AsCsv = False,
) -> None:
    """Write all records: JSON to the terminal or a file, or CSV tables into a folder."""
    from superatom.literature.exchange import plain_tables, tables_csv
    from superatom.literature.store import open_store
    from superatom.report.writing import write_whole

    with open_store(store) as opened:
        tables = opened.tables(own=own)
    if as_csv or (output is not None and output.is_dir()):
        folder = output or Path()
        folder.mkdir(parents=True, exist_ok=True)
        for kind, text in tables_csv(tables).items():
            typer.echo(str(write_whole(folder / f"{kind}.csv", text)))
        return
    text = json.dumps(plain_tables(tables), ensure_ascii=False, indent=1)
    if output is None:
        typer.echo(text)
    else:
        typer.echo(f"{write_whole(output, text + chr(10))}: {len(tables)} records")


def _print_csv(rows: list[dict[str, Any]]) -> None:
    import csv
    import io

    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]) if rows else ["record"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    typer.echo(buffer.getvalue(), nl=False)
