"""`superatom ms`: patterns, envelopes, assignments and series of mass spectra."""

from __future__ import annotations

import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from superatom.cli.mass_request import SpaceRequest
from superatom.cli.options import AsJson, print_json, read_library
from superatom.cli.space_options import with_space_options
from superatom.cli.words import WordsCommand

if TYPE_CHECKING:
    from superatom.spectra.mass.assignments import Window
    from superatom.spectra.mass.spectrum import Spectrum

__all__ = ["app"]

app = typer.Typer(name="ms", no_args_is_help=True, help="Mass spectra: say what is in the flask.")

File = Annotated[
    Path, typer.Argument(help="Spectrum: csv, txt, tsv, xlsx, mzML, mzXML or mgf, also .gz.")
]
Scan = Annotated[str, typer.Option(help="A scan (12), a range to sum (3-20), or 'sum'.")]
Polarity = Annotated[
    str, typer.Option(help="+ or -, where the file does not say it.", metavar="+|-")
]
Windows = Annotated[
    str, typer.Option("--window", help="Where to look: 1918-1921 or 1918-1921:-4, several allowed")
]
LockMass = Annotated[
    str, typer.Option(help="A peak of known m/z, or the formula of an ion that is there.")
]
MaxShift = Annotated[float, typer.Option(help="Largest m/z error to allow, in ppm.")]
Power = Annotated[
    float | None, typer.Option("--resolving-power", help="m/z over width; measured if not given.")
]
TimeLimit = Annotated[float | None, typer.Option(help="Stop after this many seconds.")]
LigandsFile = Annotated[Path | None, typer.Option(help="CSV file with ligands of your own.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print CSV.")]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Figure to write: .png, .svg, .pdf, or a page: .html"),
]


@app.command()
def pattern(
    formulas: Annotated[
        list[str], typer.Argument(help='Ions in quotes: "[Au25(SC2H4Ph)18]-"; several are mixed.')
    ],
    charge: Annotated[int | None, typer.Option(help="Charge, if the formulas have none.")] = None,
    amounts: Annotated[str, typer.Option(help="Amounts of the ions in the mixture: 1,0.5")] = "",
    resolving_power: Annotated[
        float | None, typer.Option(help="Simulate a profile at this m/z over width.")
    ] = None,
    noise: Annotated[float, typer.Option(help="Its noise, as a fraction of its top.")] = 0.0,
    shift: Annotated[float, typer.Option(help="Its m/z error in ppm.")] = 0.0,
    seed: Annotated[int, typer.Option(help="Seed of its noise.")] = 0,
    threshold: Annotated[float, typer.Option(help="Least height relative to the tallest.")] = 0.01,
    ligands_file: LigandsFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Figure (.png, .svg, .pdf) or simulated data (.csv)."),
    ] = None,
) -> None:
    """Show the isotope pattern of an ion, or simulate the spectrum of a mixture."""
    from superatom.cli.mass_patterns import Pattern, write_patterns
    from superatom.cli.printing.spectra import print_pattern, print_rows

    library = read_library(ligands_file)
    patterns = [Pattern.of(text, charge, threshold, library) for text in formulas]
    if output is not None:
        settings = {"noise": noise, "shift_ppm": shift, "seed": seed}
        write_patterns(output, patterns, amounts, resolving_power, **settings)
    if as_json:
        plain = [each.as_dict() for each in patterns]
        _print(plain[0] if len(plain) == 1 else plain)
    elif as_csv:
        print_rows([{"ion": each.formula, **row} for each in patterns for row in each.rows])
    else:
        for each in patterns:
            print_pattern(each.name, each.charge, each.rows)


@app.command(cls=WordsCommand)
def find(
    file: File,
    scan: Scan = "",
    polarity: Polarity = "",
    min_signal_to_noise: Annotated[float, typer.Option(help="Least height over noise.")] = 6.0,
    max_charge: Annotated[int, typer.Option(help="Greatest number of charges to try.")] = 10,
    metals: Annotated[str, typer.Option(help="Name by-products of these metals: Au Ag")] = "",
    ligands: Annotated[str, typer.Option(help="... with these ligands: PET PPh3")] = "",
    ligands_file: LigandsFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Find envelopes and their charges, before anything is assigned."""
    from superatom.cli.printing.spectra import print_envelopes, print_rows
    from superatom.spectra.mass.peaks import background, pick_peaks, resolving_power
    from superatom.spectra.mass.windows import find_groups

    spectrum = _read(file, scan, polarity)
    around = background(spectrum)
    peaks = pick_peaks(spectrum, known=around)
    groups = find_groups(
        spectrum, peaks=peaks, min_signal_to_noise=min_signal_to_noise, max_charge=max_charge
    )
    named = _byproducts(spectrum, metals, ligands, ligands_file)
    rows = [asdict(group) for group in groups]
    if output is not None:
        _write_spectrum(output, spectrum, groups, named)
    if as_json:
        _print(
            {
                "source": spectrum.source,
                "notes": list(spectrum.notes),
                "profile": spectrum.profile,
                "resolving_power": resolving_power(peaks) if spectrum.profile else None,
                "noise": float(around.noise.mean()),
                "envelopes": rows,
                "byproducts": [hit.as_dict() for hit in named],
            }
        )
    elif as_csv:
        print_rows([_flat(row) for row in rows])
    else:
        print_envelopes(spectrum, groups, named, resolving_power(peaks))


@app.command(cls=WordsCommand)
@with_space_options
def assign(
    file: File,
    request: SpaceRequest,
    window: Windows = "",
    scan: Scan = "",
    polarity: Polarity = "",
    lock_mass: LockMass = "",
    max_shift: MaxShift = 40.0,
    resolving_power: Power = None,
    time_limit: TimeLimit = None,
    decoys: Annotated[bool, typer.Option(help="Estimate false assignments (doubles time).")] = True,
    most: Annotated[int, typer.Option(help="Candidates shown per window.")] = 3,
    ligands_file: LigandsFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Assign a spectrum to compositions of a search space.

    superatom ms assign spectrum.csv --metals Au:10-50 Ag:0-10 --ligands PET:0-30
    --others Na:0-2 --charge -3..-1 -o figure.png
    """
    from superatom.cli.mass_request import dopant_distribution, lock_to
    from superatom.cli.printing.progress import progress_bar
    from superatom.cli.printing.spectra import (
        print_assignments,
        print_distribution,
        print_rows,
        tell_space,
    )
    from superatom.spectra.mass.assign import assign as assigned

    library = read_library(ligands_file)
    space = request.space(library)
    spectrum = _with_sign(_read(file, scan, polarity), space.charges)
    tell_space(space)
    with progress_bar("windows", shown=not (as_json or as_csv)) as progress:
        found = assigned(
            spectrum,
            space,
            _windows(window),
            calibration=lock_to(spectrum, lock_mass, library),
            max_shift_ppm=max_shift,
            resolving_power=resolving_power,
            decoys=decoys,
            time_limit_s=time_limit,
            workers=os.cpu_count() or 1,
            progress=progress,
        )
    named = _byproducts(spectrum, *request.names(space), ligands_file)
    doping = dopant_distribution(spectrum, request, library)
    if output is not None:
        _write_assigned(output, spectrum, found, named)
    if as_json:
        _print(
            {
                **found.as_dict(),
                "byproducts": [hit.as_dict() for hit in named],
                "distribution": doping.as_dict() if doping else None,
            }
        )
    elif as_csv:
        print_rows(found.rows(most))
    else:
        print_assignments(spectrum, found, named, most)
        if doping:
            print_distribution(doping)


@app.command(cls=WordsCommand)
@with_space_options
def series(
    path: Annotated[Path, typer.Argument(help="Folder of spectra, or a file with many scans.")],
    request: SpaceRequest,
    window: Windows = "",
    times: Annotated[
        str, typer.Option(help="Times with their unit: 0 5 10 30 min", metavar="TIMES")
    ] = "",
    max_shift: MaxShift = 40.0,
    time_limit: TimeLimit = None,
    ligands_file: LigandsFile = None,
    as_json: AsJson = False,
    as_csv: AsCsv = False,
    output: Output = None,
) -> None:
    """Follow species through the spectra of a reaction."""
    from superatom.cli.mass_request import read_times
    from superatom.cli.printing.spectra import print_rows, print_series, tell_space
    from superatom.spectra.mass.read import read_spectra
    from superatom.spectra.mass.series import follow

    space = request.space(read_library(ligands_file))
    spectra = [_with_sign(each, space.charges) for each in read_spectra(path)]
    tell_space(space)
    found = follow(
        spectra,
        space,
        _windows(window),
        times_s=read_times(times) if times else None,
        max_shift_ppm=max_shift,
        time_limit_s=time_limit,
        decoys=False,
    )
    if output is not None:
        from superatom.report.series_figure import write_series

        write_series(output, found)
    if as_json:
        _print(found.as_dict())
    elif as_csv:
        print_rows(found.rows())
    else:
        print_series(found)


def _read(file: Path, scan: str, polarity: str) -> Spectrum:
    from superatom.cli.mass_request import read_polarity, read_scan
    from superatom.spectra.mass.read import read_spectrum

    return read_polarity(read_spectrum(file, read_scan(scan)), polarity)


def _with_sign(spectrum: Spectrum, charges: tuple[int, ...]) -> Spectrum:
    """Take the polarity from the charges asked for, where the file does not tell it."""
    from dataclasses import replace

    signs = {1 if charge > 0 else -1 for charge in charges}
    if spectrum.polarity or len(signs) != 1:
        return spectrum
    return replace(spectrum, polarity=signs.pop())


def _windows(text: str) -> tuple[Window, ...] | None:
    from superatom.spectra.mass.windows import windows_by_hand

    return windows_by_hand(text.replace(",", " ").split()) if text.strip() else None


def _byproducts(spectrum: Spectrum, metals: str, ligands: str, file: Path | None) -> Any:
    if not metals.strip() or not ligands.strip():
        return ()
    from superatom.spectra.mass.byproducts import find_byproducts

    return find_byproducts(spectrum, metals, ligands, library=read_library(file))


def _write_spectrum(output: Path, spectrum: Spectrum, groups: Any, named: Any) -> None:
    if output.suffix.lower() in (".html", ".htm"):
        from superatom.report.mass_page import write_mass_page

        write_mass_page(output, spectrum, byproducts=named)
        return
    from superatom.report.mass_figure import draw_spectrum
    from superatom.report.print_figure import save_figure

    labels = [
        (group.apex_mz, group.height, f"{group.apex_mz:.3f} ({group.charges[0].number})")
        for group in groups
        if group.charges
    ]
    save_figure(draw_spectrum(spectrum, labels), output)


def _write_assigned(output: Path, spectrum: Spectrum, found: Any, named: Any) -> None:
    if output.suffix.lower() in (".html", ".htm"):
        from superatom.report.mass_page import write_mass_page

        write_mass_page(output, spectrum, found, byproducts=named)
        return
    from superatom.report.mass_figure import by_window, draw_assignments
    from superatom.report.print_figure import save_figure

    alone = len(by_window(found.assignments)) == 1
    save_figure(draw_assignments(found, None if alone else spectrum), output)


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row whose charges are one cell."""
    charges = " ".join(f"{each['number']} ({each['score']:.2f})" for each in row["charges"])
    return {**row, "charges": charges}


def _print(data: object) -> None:
    print_json(_plain(data))


def _plain(data: Any) -> Any:
    """Return plain JSON types; a number that is not known (nan) becomes null."""
    if isinstance(data, dict):
        return {str(key): _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    if isinstance(data, float) and data != data:
        return None
    return data
