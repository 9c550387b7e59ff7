"""`superatom model exchange`: other ligands on a model or a crystal structure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from superatom.cli.model_changes import (
    AsJson,
    Charge,
    File,
    Limit,
    Output,
    Symmetry,
    read_model,
    tell_models,
)
from superatom.errors import SearchError

if TYPE_CHECKING:
    from superatom.composition.ligands import Ligand

__all__ = ["asked_ligand", "exchange", "watched"]


def exchange(
    file: File,
    ligand: Annotated[str | None, typer.Option(help="What comes in: any name, as p-MBA.")] = None,
    ligand_smiles: Annotated[
        str | None, typer.Option(help="The same, as SMILES of the free form.")
    ] = None,
    count: Annotated[int, typer.Option(help="How many ligands are exchanged.")] = 1,
    site: Annotated[
        list[int] | None,
        typer.Option(help="Exchange just the ligand of this donor atom (from 0); repeatable."),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Exchange all of them.")] = False,
    random: Annotated[int | None, typer.Option(help="So many random models instead.")] = None,
    replaced: Annotated[str | None, typer.Option(help="Name of the ligand that leaves.")] = None,
    direction: Annotated[
        str, typer.Option(help="keep: new ligands stand as the old ones; auto: where room is.")
    ] = "keep",
    seed: Annotated[int, typer.Option(help="Seed of shapes, packing and random sites.")] = 0,
    charge: Charge = None,
    symmetry: Symmetry = "bonds",
    limit: Limit = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Exchange ligands at chosen, random, or all symmetry-unique sites."""
    from superatom.model import exchange as exchanging

    new = asked_ligand(ligand, ligand_smiles)
    if new is None:
        raise SearchError("say which ligand comes in: --ligand p-MBA or --ligand-smiles SMILES")
    atoms, anatomy = read_model(file, charge)
    asked: dict[str, Any] = {"replaced": replaced, "anatomy": anatomy}
    if every:
        leaving = exchanging.leaving_ligands(anatomy, new, replaced)
        site = [bound.anchors[0] for bound in leaving]
    heading = f"{len(site)} ligands at once" if site else ""
    if not site:
        number = exchanging.count_exchanged(atoms, new, count, symmetry=symmetry, **asked)
        heading = f"{number} unique models"
    with watched("" if as_json else f"putting {new.name} on {anatomy.formula}") as told:
        models = exchanging.exchange(
            atoms,
            new,
            count,
            sites=site or None,
            random=random,
            direction=direction,
            seed=seed,
            symmetry=symmetry,
            told=told,
            **asked,
        )
        tell_models(models, output, as_json, limit, heading)


def asked_ligand(name: str | None, smiles: str | None) -> Ligand | None:
    """Return the ligand of --ligand or --ligand-smiles; None if neither is given.

    Raises
    ------
    SearchError
        If both are given.
    """
    from superatom.model.shell.bound_molecules import known_ligand, ligand_of_smiles

    if name is not None and smiles is not None:
        raise SearchError("choose --ligand or --ligand-smiles, not both")
    if smiles is not None:
        return ligand_of_smiles(smiles)
    return known_ligand(name) if name is not None else None


@contextmanager
def watched(what: str) -> Iterator[Callable[[str], None]]:
    """Show on standard error what is being done, and give the function that tells it.

    Parameters
    ----------
    what : str
        Nothing is shown if it is empty; what was left out is told anyway.
    """
    from rich.console import Console

    console = Console(stderr=True)
    status = console.status(what)

    def told(line: str) -> None:
        if line.startswith("left out"):
            console.print(line, highlight=False)
        else:
            status.update(f"{what}: {line}")

    if what:
        with status:
            yield told
    else:
        yield told
