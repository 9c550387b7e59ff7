"""`superatom model dope | strip | simplify | restore | adsorb | hydride | place-hydrides`.

The commands are put under `superatom model` by `superatom.cli.model`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer

from superatom.cli.options import print_json
from superatom.errors import SearchError

if TYPE_CHECKING:
    from ase import Atoms
    from matplotlib.figure import Figure

    from superatom.structure.anatomy import Anatomy

__all__ = [
    "COMMANDS",
    "File",
    "Frame",
    "adsorb",
    "dope",
    "hydride",
    "place_hydrides",
    "read_model",
    "restore",
    "simplify",
    "strip",
    "tell_models",
]

Model = TypeVar("Model")
File = Annotated[Path, typer.Argument(help="CIF, XYZ, PDB, .gro, POSCAR or anything ASE reads.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Extended XYZ file to write; one frame per model."),
]
Charge = Annotated[
    int | None, typer.Option(help="Charge of the cluster; by default what the file tells.")
]
Symmetry = Annotated[
    str, typer.Option(help="What makes places equivalent: bonds, positions or none.")
]
Limit = Annotated[int | None, typer.Option(help="Stop after this many models.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Frame = Annotated[
    int, typer.Option(help="Which model of a file with several, from 0; by default the last.")
]
Picture = Annotated[
    Path | None,
    typer.Option("--figure", help="Picture of the unique sites: .png, .svg or .pdf."),
]


def dope(
    file: File,
    dopants: Annotated[list[str], typer.Argument(help="What to put in: Ag:2, or Ag:1 Pd:1.")],
    place: Annotated[
        list[str] | None,
        typer.Option(help="Only here: centre, kernel, 'kernel surface', motif; repeatable."),
    ] = None,
    host: Annotated[str | None, typer.Option(help="Element that is replaced.")] = None,
    random: Annotated[int | None, typer.Option(help="So many random models instead.")] = None,
    special: Annotated[
        int | None, typer.Option(help="So many maximally different models instead.")
    ] = None,
    seed: Annotated[int, typer.Option(help="Seed of a sample.")] = 0,
    count: Annotated[bool, typer.Option("--count", help="Only count the models.")] = False,
    symmetry: Symmetry = "bonds",
    limit: Limit = None,
    output: Output = None,
    figure: Picture = None,
    as_json: AsJson = False,
) -> None:
    """Replace metal atoms by others in all symmetry-unique ways, with multiplicities."""
    from superatom.model import dope as doping

    if random is not None and special is not None:
        raise SearchError("choose --random or --special, not both")
    wanted = _counted(dopants)
    atoms, anatomy = read_model(file, None)
    asked: dict[str, Any] = {"host": host, "symmetry": symmetry, "anatomy": anatomy}
    number = doping.count_doped(atoms, wanted, place, **asked)
    if count:
        _tell_count(number, as_json)
        return
    models: Iterable[doping.Doped]
    if random is None and special is None:
        models = doping.dope(atoms, wanted, place, **asked)
    else:
        kind = "random" if special is None else "special"
        size = random if random is not None else special
        models = doping.sample_doped(atoms, wanted, size or 0, place, kind=kind, seed=seed, **asked)
    kept: list[doping.Doped] = []
    tell_models(_keeping(models, kept), output, as_json, limit, f"{number} unique models")
    if figure is not None:
        from superatom.report import site_picture, site_rows

        if sum(wanted.values()) == 1:
            row = site_rows.doping_row(anatomy, place, host=host, symmetry=symmetry)
            drawn = site_picture.draw_sites(anatomy, [row])
        else:
            choices = site_rows.doping_choices(kept)
            drawn = site_picture.draw_choices(anatomy, choices, total=number)
        _draw(drawn, figure, as_json)


def strip(
    file: File,
    what: Annotated[
        str,
        typer.Argument(help="SR, R, PR3, CCR, X, H, metal, motif, an element, or a name."),
    ],
    number: Annotated[int, typer.Option("--number", "-n", help="How many leave.")] = 1,
    keep: Annotated[
        str, typer.Option(help="charge: neutral pieces leave; electrons: ions leave.")
    ] = "charge",
    charge: Charge = None,
    symmetry: Symmetry = "bonds",
    limit: Limit = None,
    output: Output = None,
    figure: Picture = None,
    as_json: AsJson = False,
) -> None:
    """Remove ligands, tails, hydrides, metals or motifs in all symmetry-unique ways."""
    from superatom.model import strip as stripping

    atoms, anatomy = read_model(file, charge)
    asked: dict[str, Any] = {"symmetry": symmetry, "anatomy": anatomy}
    unique = stripping.count_stripped(atoms, what, number, **asked)
    models = stripping.strip(atoms, what, number, keep=keep, **asked)
    kept: list[stripping.Stripped] = []
    tell_models(_keeping(models, kept), output, as_json, limit, f"{unique} unique models")
    if figure is not None:
        from superatom.report import site_picture, site_rows

        if number == 1:
            row = site_rows.loss_row(anatomy, what, symmetry=symmetry)
            drawn = site_picture.draw_sites(anatomy, [row])
        else:
            choices = site_rows.loss_choices(kept)
            drawn = site_picture.draw_choices(anatomy, choices, total=unique)
        _draw(drawn, figure, as_json)


def simplify(
    file: File,
    output: Output = None,
    thiolate: Annotated[str, typer.Option(help="SR becomes: CH3 (SCH3), H (SH), keep.")] = "CH3",
    phosphine: Annotated[str, typer.Option(help="PR3 becomes: H (PH3), CH3, keep.")] = "H",
    alkynyl: Annotated[str, typer.Option(help="CCR becomes: H (CCH), CH3, keep.")] = "H",
    carboxylate: Annotated[str, typer.Option(help="O2CR becomes: H, CH3, keep.")] = "H",
    as_json: AsJson = False,
) -> None:
    """Cut every ligand to its smallest relative; metals and anchors stay exactly."""
    from superatom.model.simplify import simplify_told

    atoms, anatomy = read_model(file, None)
    choices = {
        "thiolate": thiolate,
        "phosphine": phosphine,
        "alkynyl": alkynyl,
        "carboxylate": carboxylate,
    }
    model = simplify_told(atoms, choices, anatomy=anatomy)
    _write(output, [model.atoms])
    if as_json:
        print_json(model.as_dict())
        return
    typer.echo(f"{len(atoms)} -> {len(model.atoms)} atoms")
    for name, n in model.changes:
        typer.echo(f"cut: {n} {name}")
    for name, n in model.unchanged:
        typer.echo(f"as it was: {n} {name}")
    if output is not None:
        typer.echo(f"written: {output}")


def restore(
    small: Annotated[Path, typer.Argument(help="Simplified model, relaxed or not (extended XYZ).")],
    full: Annotated[Path, typer.Argument(help="The cluster it was made from.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Extended XYZ file to write.")],
) -> None:
    """Put the full ligands back on a simplified model; metals and anchors stay exactly."""
    from superatom.model.restore import restore as put_back
    from superatom.structure.read import read_structure

    atoms, anatomy = read_model(full, None)
    model = put_back(read_structure(small).atoms, atoms, anatomy=anatomy)
    _write(output, [model])
    typer.echo(f"written: {output} ({len(model)} atoms)")


def adsorb(
    file: File,
    adsorbate: Annotated[
        str, typer.Argument(help="H, CO, COOH, OCHO, OH, O, N2, NO3, NO2, NO, NH2, ...")
    ],
    kind: Annotated[
        list[str] | None,
        typer.Option(
            help="top, bridge, hollow, sulfur; interstitial (tetrahedral, octahedral) for atoms; "
            "pair, chelate for two binding atoms; repeatable."
        ),
    ] = None,
    tilt: Annotated[list[float] | None, typer.Option(help="Degrees of lean; repeatable.")] = None,
    probe: Annotated[
        str | None, typer.Option(help="Only metals this probe touches: H+, CO, CO2, O2, N2.")
    ] = None,
    symmetry: Symmetry = "bonds",
    limit: Limit = None,
    output: Output = None,
    figure: Picture = None,
    as_json: AsJson = False,
) -> None:
    """Put an adsorbate on every symmetry-unique site that has room for it."""
    from superatom.model.adsorption import adsorb as adsorption
    from superatom.model.adsorption.adsorption_sites import USUAL, adsorption_sites

    atoms, anatomy = read_model(file, None)
    kinds = tuple(kind or USUAL)
    sites = adsorption_sites(anatomy, kinds, probe=probe, symmetry=symmetry)
    models = adsorption.adsorb(
        atoms,
        adsorbate,
        kinds,
        tilts=tuple(tilt or (0.0,)),
        probe=probe,
        symmetry=symmetry,
        anatomy=anatomy,
    )
    kept: list[adsorption.Adsorbed] = []
    tell_models(_keeping(models, kept), output, as_json, limit, f"{len(sites)} unique sites")
    if figure is not None:
        from superatom.report import site_picture, site_rows

        rows = site_rows.adsorption_rows(sites, kept if limit is None else None)
        _draw(site_picture.draw_sites(anatomy, rows), figure, as_json)


def hydride(
    file: File,
    adsorbate: Annotated[
        str, typer.Argument(help="CO2, NO3, ... beside it, or OCHO, COOH, ... with --transfer.")
    ],
    transfer: Annotated[
        bool, typer.Option("--transfer", help="The hydride becomes part of the adsorbate.")
    ] = False,
    kind: Annotated[list[str] | None, typer.Option(help="As in adsorb; repeatable.")] = None,
    tilt: Annotated[list[float] | None, typer.Option(help="Degrees of lean; repeatable.")] = None,
    symmetry: Symmetry = "bonds",
    limit: Limit = None,
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Let lattice hydrides react: each unique pair of a hydride and a site near it."""
    from superatom.model.adsorption.adsorption_sites import USUAL
    from superatom.model.adsorption.lattice_hydrides import beside_hydride, transfer_hydride

    atoms, anatomy = read_model(file, None)
    react = transfer_hydride if transfer else beside_hydride
    models = react(
        atoms,
        adsorbate,
        tuple(kind or USUAL),
        tilts=tuple(tilt or (0.0,)),
        symmetry=symmetry,
        anatomy=anatomy,
    )
    tell_models(models, output, as_json, limit, "unique pairs of hydride and site with room:")


def place_hydrides(
    file: File,
    number: Annotated[int, typer.Argument(help="Hydrides to place, besides those in the file.")],
    kind: Annotated[
        list[str] | None, typer.Option(help="Only on: edge, face, octahedron, ...; repeatable.")
    ] = None,
    models: Annotated[int, typer.Option(help="Most models, the best first.")] = 1,
    charge: Charge = None,
    symmetry: Symmetry = "bonds",
    output: Output = None,
    as_json: AsJson = False,
) -> None:
    """Place hydrides that diffraction did not show where the metal has room, best first."""
    from superatom.model.adsorption import hydrides

    atoms, anatomy = read_model(file, charge)
    placed = hydrides.place_hydrides(
        atoms, number, models=models, kinds=kind, symmetry=symmetry, anatomy=anatomy
    )
    tell_models(placed, output, as_json, None, "placements, the best first; a low score is good:")
    if not placed[0].complete:
        typer.echo("the search was cut short: better placements may exist", err=True)


#: The commands in the order of the help.
COMMANDS = (dope, strip, simplify, restore, adsorb, hydride, place_hydrides)


def _counted(given: list[str]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for text in given:
        symbol, _, number = text.partition(":")
        if not symbol or not (number or "1").isdigit():
            raise SearchError(f"cannot read the dopant {text!r}; write it as Ag:2")
        counts[symbol] = counts.get(symbol, 0) + int(number or 1)
    return counts


def read_model(file: Path, charge: int | None, frame: int = -1) -> tuple[Atoms, Anatomy]:
    """Return the cluster of a file, with the record of its construction, and its anatomy."""
    from superatom.structure.anatomy import dissect
    from superatom.structure.read import read_structure

    crystal = read_structure(file, frame=frame)
    known = charge if charge is not None else crystal.charge
    atoms = crystal.atoms
    if known is not None:
        atoms.info["charge"] = known
    return atoms, dissect(atoms, known)


def tell_models(
    models: Iterable[Any], output: Path | None, as_json: bool, limit: int | None, heading: str
) -> None:
    """Write and print models as they come."""
    kept: list[Atoms] = []
    told: list[dict[str, Any]] = []
    if not as_json:
        typer.echo(heading)
    for model in _watched(islice(models, limit), as_json):
        if output is not None:
            kept.append(model.atoms)
        if as_json:
            told.append(model.as_dict())
        else:
            typer.echo(str(model))
    _write(output, kept)
    if as_json:
        print_json(told)
    elif output is not None:
        typer.echo(f"written: {output} ({len(kept)} models)")


def _keeping(models: Iterable[Model], kept: list[Model]) -> Iterator[Model]:
    """Yield models and keep them for a picture."""
    for model in models:
        kept.append(model)
        yield model


def _draw(drawn: Figure, path: Path, as_json: bool) -> None:
    from superatom.report.print_figure import save_figure

    save_figure(drawn, path)
    if not as_json:
        typer.echo(f"drawn: {path}")


def _watched(models: Iterator[Any], as_json: bool) -> Iterator[Any]:
    """Yield models, with a count on standard error where nothing else is printed."""
    if not as_json:
        yield from models
        return
    from rich.console import Console
    from rich.progress import Progress, TextColumn

    columns = (TextColumn("{task.completed} models"),)
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("models")
        for model in models:
            progress.advance(task)
            yield model


def _tell_count(number: int, as_json: bool) -> None:
    if as_json:
        print_json({"models": number})
    else:
        typer.echo(f"{number} unique models")


def _write(path: Path | None, models: list[Atoms]) -> None:
    if path is None:
        return
    from io import StringIO

    from ase.io import write

    from superatom.report.writing import write_whole

    if not models:
        raise SearchError(f"no model to write to {path}")
    text = StringIO()
    # labels of the source file do not fit new atoms
    write(text, models, format="extxyz", columns=["symbols", "positions"])
    write_whole(path, text.getvalue())
