"""`superatom structure`: read a structure file, take the cluster apart, list sites, compare."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from superatom.cli.options import print_json

if TYPE_CHECKING:
    from superatom.structure.anatomy import Anatomy
    from superatom.structure.contacts import PackingContact
    from superatom.structure.crystal import Crystal

__all__ = ["app"]

app = typer.Typer(
    name="structure", no_args_is_help=True, help="Structures: read, dissect, compare."
)

File = Annotated[Path, typer.Argument(help="CIF, XYZ, PDB, .gro, POSCAR or anything ASE reads.")]
Picture = Annotated[
    int, typer.Option(help="Picture of a disordered crystal: 0 is that of the major parts.")
]
Which = Annotated[int, typer.Option("--cluster", help="Which cluster, if there are several.")]
Frame = Annotated[int, typer.Option(help="Which frame of the file; the last by default.")]
Charge = Annotated[
    int | None,
    typer.Option(help="Charge of the cluster; by default what the crystal tells, or unknown."),
]
Ligands = Annotated[
    Path | None, typer.Option("--ligands", help="CSV file with ligands of your own.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def read(
    file: File,
    picture: Picture = 0,
    cluster: Which = 0,
    frame: Frame = -1,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write the whole cluster as XYZ.")
    ] = None,
    hydrogens: Annotated[
        bool, typer.Option("--add-hydrogens", help="Add the hydrogens that ligands lack.")
    ] = False,
    contacts: Annotated[
        bool, typer.Option("--contacts", help="List contacts between molecules of the crystal.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Read a file: the whole cluster, its companions, charge, and what is missing."""
    from superatom.cli.printing.anatomies import print_pairs, print_table

    crystal = _crystal(file, picture, cluster, frame)
    atoms = crystal.atoms
    if hydrogens:
        from superatom.structure.hydrogens import add_hydrogens

        atoms = add_hydrogens(atoms)
    if output is not None:
        _write_xyz(output, atoms, crystal.formula)
    touching = _contacts(crystal) if contacts else ()
    if as_json:
        told = {"contacts": [c.as_dict() for c in touching]} if contacts else {}
        print_json({**crystal.as_dict(), **told})
        return
    print_pairs(file.name, crystal.summary())
    if contacts:
        from superatom.report.anatomy_tables import contact_table

        print_table(contact_table(touching))
    if hydrogens:
        typer.echo(f"{len(atoms) - len(crystal.atoms)} hydrogens added")
    if output is not None:
        typer.echo(f"{output}: {len(atoms)} atoms")


@app.command()
def dissect(
    file: File,
    charge: Charge = None,
    figure: Annotated[
        Path | None, typer.Option(help="Draw the exploded view (PNG, SVG or PDF).")
    ] = None,
    page: Annotated[
        Path | None, typer.Option(help="Write an interactive 3D page (one HTML file).")
    ] = None,
    convention: Annotated[
        str, typer.Option(help="Partition the figure shows: geometric or literature.")
    ] = "geometric",
    picture: Picture = 0,
    cluster: Which = 0,
    frame: Frame = -1,
    ligands: Ligands = None,
    as_json: AsJson = False,
) -> None:
    """Take a cluster apart: ligands, kernel and motifs, shells, symmetry, sites, sizes."""
    anatomy, notes = _anatomy(file, charge, picture, cluster, frame, ligands)
    partition = anatomy.partition(convention)
    if figure is not None:
        from superatom.report.anatomy_figure import write_anatomy_figure

        write_anatomy_figure(figure, anatomy, partition.convention)
    if page is not None:
        from superatom.report.viewer import write_anatomy_page

        write_anatomy_page(page, anatomy)
    if as_json:
        print_json(_record(anatomy, notes))
        return
    from superatom.cli.printing.anatomies import print_anatomy

    print_anatomy(anatomy, notes)
    for written in (figure, page):
        if written is not None:
            typer.echo(f"written: {written}")


@app.command()
def sites(
    file: File,
    charge: Charge = None,
    every: Annotated[bool, typer.Option("--all", help="One row for every metal atom.")] = False,
    picture: Picture = 0,
    cluster: Which = 0,
    frame: Frame = -1,
    as_json: AsJson = False,
) -> None:
    """List the doping position of every metal: centre, kernel, kernel surface, motif."""
    from dataclasses import asdict

    anatomy, _ = _anatomy(file, charge, picture, cluster, frame, None)
    if as_json:
        print_json(
            {
                "formula": str(anatomy.formula),
                "sites": [asdict(site) for site in anatomy.sites],
                "orbits": anatomy.orbits(),
            }
        )
        return
    from superatom.cli.printing.anatomies import print_table
    from superatom.report.anatomy_tables import site_table

    print_table(site_table(anatomy, every=every))


@app.command()
def compare(
    first: File,
    second: Annotated[Path, typer.Argument(help="The structure to compare it with.")],
    mirror: Annotated[
        bool, typer.Option(help="Whether a mirror image may be compared where it fits better.")
    ] = True,
    metals: Annotated[
        str, typer.Option(help="elements, or sites: an alloy against its parent.")
    ] = "elements",
    shifts: Annotated[int, typer.Option(help="Largest shifts of atoms to list.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Compare two structures atom by atom, by the best rotation and matching."""
    from superatom.structure.compare import compare as match

    one, other = (_crystal(file, 0, 0, -1).atoms for file in (first, second))
    found = match(one, other, reflection=mirror, metals=metals)
    if as_json:
        print_json(found.as_dict())
        return
    from superatom.cli.printing.anatomies import print_table
    from superatom.report.anatomy_tables import shift_table

    typer.echo(str(found))
    if shifts > 0:
        print_table(shift_table(found, one, other, shifts))


def _crystal(file: Path, picture: int, cluster: int, frame: int) -> Crystal:
    from superatom.structure.read import read_structure

    return read_structure(file, picture, cluster=cluster, frame=frame)


def _contacts(crystal: Crystal) -> tuple[PackingContact, ...]:
    from superatom.structure.contacts import packing_contacts

    return packing_contacts(crystal)


def _anatomy(
    file: Path, charge: int | None, picture: int, cluster: int, frame: int, ligands: Path | None
) -> tuple[Anatomy, tuple[str, ...]]:
    """Return the anatomy of a file's cluster, and what the reader has to say."""
    from superatom.composition.ligands import LigandLibrary, default_library
    from superatom.structure.anatomy import dissect as take_apart

    crystal = _crystal(file, picture, cluster, frame)
    library = default_library()
    if ligands is not None:
        library = library.with_ligands(LigandLibrary.read(ligands))
    known = charge if charge is not None else crystal.charge
    anatomy = take_apart(crystal.atoms, known, library=library)
    told = [f"charge {known:+d}: {crystal.charge_reason}"] if charge is None and known else []
    return anatomy, (*told, *(str(m) for m in crystal.missing), *crystal.notes)


def _record(anatomy: Anatomy, notes: tuple[str, ...]) -> dict[str, Any]:
    """Return the anatomy with its shells, kernel shape and symmetry as JSON types."""
    shape = anatomy.kernel_shape().as_dict() if anatomy.geometric.kernel else None
    symmetry = anatomy.symmetry()
    return {
        **anatomy.as_dict(),
        "shells": anatomy.shells().as_dict(),
        "kernel_shape": shape,
        "point_group": {
            "name": symmetry.name,
            "tolerance_A": symmetry.tolerance,
            "rmsd_A": symmetry.rmsd,
            "exact": symmetry.exact.name,
            "chiral": symmetry.is_chiral,
        },
        "chirality": anatomy.chirality().as_dict(),
        "exposure": [anatomy.exposure(p).as_dict() for p in ("H+", "CO", "CO2", "O2", "N2")],
        "reader_notes": list(notes),
    }


def _write_xyz(path: Path, atoms: Any, comment: str) -> None:
    from superatom.report.writing import write_whole

    lines = [
        f"{symbol:2s} {x:14.8f} {y:14.8f} {z:14.8f}"
        for symbol, (x, y, z) in zip(atoms.symbols, atoms.positions, strict=True)
    ]
    write_whole(path, "\n".join([str(len(lines)), comment, *lines, ""]))
