"""`superatom dossier`: everything about a cluster on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superatom.cli.options import (
    AsJson,
    Definitions,
    Hydride,
    Ligands,
    Taken,
    Valences,
    print_json,
    read_conventions,
    read_definitions,
    read_library,
)

__all__ = ["app"]

app = typer.Typer()


@app.command()
def dossier(
    formula: Annotated[str, typer.Argument(help='Formula in quotes: "[Au25(SC2H4Ph)18]-".')],
    output: Annotated[Path, typer.Option("--output", "-o", help="Page to write.")] = Path(
        "dossier.html"
    ),
    structure: Annotated[
        Path | None,
        typer.Option(help="Structure file (CIF, XYZ, PDB, ...) to check against the formula."),
    ] = None,
    spectrum: Annotated[
        Path | None,
        typer.Option(help="Mass spectrum (csv, mzML, ...) to look for the cluster in."),
    ] = None,
    ligands: Ligands = None,
    define: Definitions = None,
    valence: Valences = None,
    takes: Taken = None,
    hydride: Hydride = "host",
    as_json: AsJson = False,
) -> None:
    """Write one HTML page with all that can be said about a cluster."""
    from superatom.composition.cluster import Cluster
    from superatom.report.dossier import dossier as make

    conventions = read_conventions(valence, takes, hydride)
    cluster = Cluster.parse(
        formula, library=read_library(ligands), definitions=read_definitions(define)
    )
    made = make(cluster, structure, spectrum, conventions=conventions)
    made.write(output)
    if as_json:
        print_json({"page": str(output), **made.as_dict()})
    else:
        typer.echo(f"{output}: {', '.join(section.title for section in made.sections)}")
