"""`superatom model draw`: pictures of models.

The commands are put under `superatom model` by `superatom.cli.model`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superatom.cli.model_changes import File, read_model

__all__ = ["COMMANDS", "draw"]


def draw(
    file: File,
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Picture to write: .png, .svg or .pdf.")
    ] = Path("model.png"),
    view: Annotated[
        list[str] | None,
        typer.Option(help="along the symmetry axis, across, back, turned; repeatable."),
    ] = None,
    ligands: Annotated[
        str, typer.Option(help="full, faded, heavy (no H) or none (anchors only).")
    ] = "faded",
    colour: Annotated[
        str, typer.Option(help="By place (kernel deeper than motifs) or element.")
    ] = "place",
    title: Annotated[str | None, typer.Option(help="By default the formula found.")] = None,
    dpi: Annotated[int | None, typer.Option(help="Dots per inch of a PNG.")] = None,
) -> None:
    """Draw a cluster as balls and sticks, several views in a row."""
    from superatom.report.cluster_picture import draw_model
    from superatom.report.print_figure import save_figure

    _, anatomy = read_model(file, None)
    views = tuple(view or ("along", "across"))
    figure = draw_model(anatomy, views, ligands=ligands, by=colour, title=title)
    typer.echo(f"written: {save_figure(figure, output, dpi=dpi)}")


#: The commands in the order of the help.
COMMANDS = (draw,)
