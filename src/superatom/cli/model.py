"""`superatom model`: build atomic models of clusters and change them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superatom.cli import model_changes, model_outputs
from superatom.errors import SearchError

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["app"]

app = typer.Typer(
    name="model",
    no_args_is_help=True,
    help="Models: build clusters, change, draw them, write inputs.",
)


@app.callback()
def _model() -> None:
    """Models: build clusters, change, draw them, write inputs."""


@app.command()
def build(
    formula: Annotated[str, typer.Argument(help="Formula, such as '[Au25(SCH3)18]-'.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Extended XYZ file to write.")
    ] = Path("model.xyz"),
    archetype: Annotated[
        str | None, typer.Option(help="Name of the family, if the formula leaves a choice.")
    ] = None,
    archetype_file: Annotated[
        Path | None, typer.Option(help="TOML file with a family of your own.")
    ] = None,
    site: Annotated[
        list[str] | None, typer.Option(help="Dopant on a metal site, as in 14=Hg; repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of the layout.")] = 0,
) -> None:
    """Build a cluster with SCH3 or SH ligands and write it as extended XYZ."""
    from superatom.model.archetypes import read_archetype
    from superatom.model.assemble import build_model
    from superatom.report.writing import write_whole

    family = read_archetype(archetype_file) if archetype_file is not None else archetype
    atoms = build_model(formula, family, seed=seed, sites=_sites(site or []))
    write_whole(output, _extended_xyz(atoms))
    made = atoms.info["construction"]
    typer.echo(f"{output}: {len(atoms)} atoms of {atoms.info['name']}, family {made['archetype']}")


def _sites(given: list[str]) -> dict[int, str]:
    sites = {}
    for text in given:
        number, sign, symbol = text.partition("=")
        if not (sign and number.strip().isdigit() and symbol.strip()):
            raise SearchError(f"cannot read the site {text!r}; write it as 14=Hg")
        sites[int(number)] = symbol.strip()
    return sites


def _extended_xyz(atoms: Atoms) -> str:
    from io import StringIO

    from ase.io import write

    text = StringIO()
    write(text, atoms, format="extxyz")
    return text.getvalue()


for _command in (*model_changes.COMMANDS, *model_outputs.COMMANDS):
    app.command()(_command)
