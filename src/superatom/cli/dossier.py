"""`superatom dossier`: everything about a cluster on one page."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

__all__ = ["app"]

app = typer.Typer()


@app.command()
def dossier(
    formula: Annotated[str, typer.Argument(help='Formula in quotes: "[Au25(SC2H4Ph)18]-".')],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Page to write.", dir_okay=False)
    ] = Path("dossier.html"),
    structure: Annotated[
        Path | None,
        typer.Option(help="Structure file (CIF, XYZ, PDB, ...) to check against the formula."),
    ] = None,
    ligands: Annotated[
        Path | None,
        typer.Option(help="CSV file with ligands of your own."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Report as JSON.")] = False,
) -> None:
    """Write a single HTML page with all that Superatom can say about a cluster."""
    import json

    from superatom.composition.cluster import Cluster
    from superatom.composition.ligands import LigandLibrary, default_library
    from superatom.report.dossier import dossier as make

    own = LigandLibrary.read(ligands) if ligands else ()
    cluster = Cluster.parse(formula, library=default_library().with_ligands(own))
    made = make(cluster, structure)
    made.write(output)
    if as_json:
        typer.echo(json.dumps({"page": str(output), **made.as_dict()}, ensure_ascii=False))
    else:
        typer.echo(f"{output}: {', '.join(section.title for section in made.sections)}")
