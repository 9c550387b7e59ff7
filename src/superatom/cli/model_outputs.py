"""`superatom model draw | input`: pictures of models, and input files for quantum chemistry.

The commands are put under `superatom model` by `superatom.cli.model`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from superatom.cli.model_changes import AsJson, Charge, File, Frame, read_model
from superatom.cli.options import print_json

__all__ = ["COMMANDS", "draw", "input"]


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
    frame: Frame = -1,
) -> None:
    """Draw a cluster as balls and sticks, several views in a row."""
    from superatom.report.cluster_picture import draw_model
    from superatom.report.print_figure import save_figure

    _, anatomy = read_model(file, None, frame)
    views = tuple(view or ("along", "across"))
    figure = draw_model(anatomy, views, ligands=ligands, by=colour, title=title)
    typer.echo(f"written: {save_figure(figure, output, dpi=dpi)}")


def input(  # the command is called so; nothing here reads from a terminal
    file: File,
    code: Annotated[str, typer.Option(help="cp2k, gpaw, orca or vasp.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="New folder for the files.")],
    charge: Charge = None,
    multiplicity: Annotated[
        int | None, typer.Option(help="2S + 1; by default singlet or doublet.")
    ] = None,
    task: Annotated[str, typer.Option(help="relax or energy.")] = "relax",
    functional: Annotated[str, typer.Option(help="PBE, or BP86 (ORCA, GPAW).")] = "PBE",
    vacuum: Annotated[float, typer.Option(help="Å around the model in its box.")] = 6.0,
    frame: Frame = -1,
    as_json: AsJson = False,
) -> None:
    """Write input files for a quantum chemistry code: all into a new folder, or none."""
    from superatom.model.inputs import dft_input, write_input

    atoms, anatomy = read_model(file, charge, frame)
    made = dft_input(
        atoms,
        code,
        multiplicity=multiplicity,
        task=task,
        functional=functional,
        vacuum=vacuum,
        anatomy=anatomy,
    )
    write_input(made, output)
    if as_json:
        print_json(made.as_dict())
        return
    typer.echo(f"{output}: {', '.join(sorted(made.files))}")
    typer.echo(str(made.state))
    for note in made.state.notes:
        typer.echo(f"- {note}")
    typer.echo("the settings are defaults: check those that README.txt lists")


#: The commands in the order of the help.
COMMANDS = (draw, input)
