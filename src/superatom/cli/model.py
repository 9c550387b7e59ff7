"""`superatom model`: build atomic models of clusters and change them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from superatom.cli import model_changes, model_outputs
from superatom.cli.model_exchange import asked_ligand, exchange, watched
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
    formula: Annotated[str, typer.Argument(help="Formula, such as '[Au25(SC2H4Ph)18]-'.")],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Extended XYZ file to write.")
    ] = Path("model.xyz"),
    ligand: Annotated[
        str | None, typer.Option(help="Ligand instead of the formula's (or for its SR), as PET.")
    ] = None,
    ligand_smiles: Annotated[
        str | None, typer.Option(help="The same, as SMILES of the free form: SCCc1ccccc1.")
    ] = None,
    simplified: Annotated[
        str | None, typer.Option(help="Small relatives of the ligands: CH3 or H (SCH3, SH; PH3).")
    ] = None,
    rotamers: Annotated[
        str,
        typer.Option(help="Thiolate tails: auto, up, down, alternating, or u, d, a per site."),
    ] = "auto",
    ligand_site: Annotated[
        list[str] | None,
        typer.Option(help="Ligand on a site of a mixed shell, as in 1=p-MBA; repeatable."),
    ] = None,
    archetype: Annotated[
        str | None, typer.Option(help="Name of the family, if the formula leaves a choice.")
    ] = None,
    archetype_file: Annotated[
        Path | None, typer.Option(help="TOML file with a family of your own.")
    ] = None,
    site: Annotated[
        list[str] | None, typer.Option(help="Dopant on a metal site, as in 14=Hg; repeatable.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of layout, shapes, packing and sites.")] = 0,
) -> None:
    """Build a cluster with all its ligands and write it as extended XYZ."""
    from superatom.composition.cluster import Cluster
    from superatom.model.assemble import build_model
    from superatom.model.families.archetypes import read_archetype
    from superatom.model.shell.bound_molecules import known_ligand
    from superatom.model.shell.ligand_choice import with_ligand
    from superatom.report.writing import write_whole

    family = read_archetype(archetype_file) if archetype_file is not None else archetype
    cluster = Cluster.parse(formula)
    new = asked_ligand(ligand, ligand_smiles)
    if new is not None:
        cluster = with_ligand(cluster, new)
    placed = {
        number: known_ligand(name)
        for number, name in _numbered(ligand_site or [], "1=p-MBA").items()
    }
    with watched(f"building {cluster}") as told:
        atoms = build_model(
            cluster,
            family,
            seed=seed,
            sites=_numbered(site or [], "14=Hg"),
            simplified=simplified,
            rotamers=rotamers,
            ligand_sites=placed,
            told=told,
        )
    write_whole(output, _extended_xyz(atoms))
    made = atoms.info["construction"]
    typer.echo(f"{output}: {len(atoms)} atoms of {atoms.info['name']}, family {made['archetype']}")
    closest = made["operations"][0].get("closest_contact")
    if closest is not None:
        typer.echo(f"nearest contact: {closest:.2f} of the van der Waals sum")


def _numbered(given: list[str], example: str) -> dict[int, str]:
    numbered = {}
    for text in given:
        number, sign, name = text.partition("=")
        if not (sign and number.strip().isdigit() and name.strip()):
            raise SearchError(f"cannot read the site {text!r}; write it as {example}")
        numbered[int(number)] = name.strip()
    return numbered


def _extended_xyz(atoms: Atoms) -> str:
    from io import StringIO

    from ase.io import write

    text = StringIO()
    write(text, atoms, format="extxyz")
    return text.getvalue()


for _command in (exchange, *model_changes.COMMANDS, *model_outputs.COMMANDS):
    app.command()(_command)
