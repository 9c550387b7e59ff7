"""Mass spectra and their assignments on the terminal."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from superatom.cli.printing.cards import console
from superatom.composition.cluster import Cluster
from superatom.errors import SuperatomError
from superatom.report.templating import number, signed

if TYPE_CHECKING:
    from superatom.spectra.mass.assignments import Assignment, Assignments
    from superatom.spectra.mass.byproducts import NamedByproduct
    from superatom.spectra.mass.mixtures import Distribution
    from superatom.spectra.mass.series import Series
    from superatom.spectra.mass.space import SearchSpace
    from superatom.spectra.mass.spectrum import Spectrum
    from superatom.spectra.mass.windows import PeakGroup

__all__ = [
    "print_assignments",
    "print_distribution",
    "print_envelopes",
    "print_pattern",
    "print_rows",
    "print_series",
    "tell_space",
]


_WIDTH = 110
_MOST_EQUIVALENT = 12  # shown on the terminal


def _screen() -> Console:
    screen = console()
    if not screen.is_terminal:  # into a file or pipe: wide enough for a long formula
        screen.width = _WIDTH
    return screen


def _table(*columns: str) -> Table:
    """Return a table; a column whose name ends in '>' is right-aligned numbers."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1))
    for name in columns:
        right = name.endswith(">")
        table.add_column(
            name.rstrip(">"),
            justify="right" if right else "left",
            no_wrap=right or name == "formula",
        )
    return table


def _formula(text: str) -> str:
    try:
        return Cluster.parse(text).text("unicode")
    except SuperatomError:
        return text


def print_rows(rows: Sequence[Mapping[str, Any]]) -> None:
    """Print a table as CSV."""
    if not rows:
        return
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    typer.echo(text.getvalue(), nl=False)


def tell_space(space: SearchSpace) -> None:
    """Say before a search how large its space is (on standard error)."""
    typer.echo(f"search space: {space.words}\n  {number(space.size(), 0)} ions", err=True)


def print_pattern(formula: str, charge: int, rows: Sequence[Mapping[str, Any]]) -> None:
    """Print the isotope pattern of an ion."""
    table = _table("m/z>", "relative / %>", "abundance / %>")
    for row in rows:
        shares = (100 * row["relative"], 100 * row["abundance"])
        table.add_row(f"{row['mz']:.4f}", *(f"{share:.2f}" for share in shares))
    screen = _screen()
    screen.print(f"{formula}  charge {signed(charge)}")
    screen.print(table)


def print_envelopes(
    spectrum: Spectrum,
    groups: Sequence[PeakGroup],
    named: Sequence[NamedByproduct],
    power: float,
) -> None:
    """Print the envelopes found in a spectrum."""
    screen = _screen()
    kind = "profile" if spectrum.profile else "centroids"
    resolving = f", resolving power about {number(power, 0)}" if np.isfinite(power) else ""
    screen.print(f"{len(spectrum)} points, {kind}{resolving}; {len(groups)} envelopes")
    table = _table("m/z>", "from>", "to>", "height>", "S/N>", "peaks>", "charges (score)")
    for group in groups:
        charges = ", ".join(f"{c.number} ({c.score:.2f})" for c in group.charges[:4])
        table.add_row(
            f"{group.apex_mz:.4f}",
            f"{group.mz_lo:.2f}",
            f"{group.mz_hi:.2f}",
            f"{group.height:.4g}",
            f"{group.signal_to_noise:.0f}",
            str(group.n_peaks),
            (charges or "isotopes not resolved") + (", by a ladder" if group.from_ladder else ""),
        )
    screen.print(table)
    _print_byproducts(screen, named)
    _print_notes(screen, spectrum.notes)


def print_assignments(
    spectrum: Spectrum, found: Assignments, named: Sequence[NamedByproduct], most: int
) -> None:
    """Print what was assigned: candidates of each species, evidence, doubts."""
    screen = _screen()
    if not found.assignments:
        screen.print("no envelope stands out of the noise; say where to look: --window 7385-7405")
    for each in sorted(found.assignments, key=lambda one: not one.believable):
        _print_assignment(screen, each, most)
    _print_byproducts(screen, named)
    curve = ", ".join(f"{c:+.1f}" for c in found.calibration_ppm)
    screen.print(
        f"calibration {curve} ppm (powers of m/z / 1500 - 1), "
        f"scatter {found.calibration_sigma_ppm:.1f} ppm"
    )
    _print_notes(screen, dict.fromkeys((*spectrum.notes, *found.notes)))


def _print_assignment(screen: Console, each: Assignment, most: int) -> None:
    window = each.window
    screen.print(
        f"m/z {window.mz_lo:.3f} to {window.mz_hi:.3f}, {each.n_candidates} candidates"
        + ("" if each.believable or each.best is None else ", not assigned: fits poorly"),
        style="bold",
    )
    if each.best is not None:
        screen.print(_candidates(each, most))
        unlisted = len(each.equivalent) - max(most, _MOST_EQUIVALENT)
        if unlisted > 0:
            screen.print(f"  and {unlisted} more that cannot be told apart (--csv lists them)")
        if len(each.components) > 1:
            share = each.components[each.component]
            error = f" ± {100 * share.fraction_error:.1f}"
            screen.print(f"  share of this window: {100 * share.fraction:.1f}{error} %")
        for reason in each.best.evidence:
            screen.print(f"  {reason.kind}: {reason.text}")
        if each.separation:
            screen.print(f"  to tell them apart: {each.separation}")
        if np.isfinite(each.false_probability):
            screen.print(f"  false by decoys: {100 * each.false_probability:.1f} %")
    left = ", ".join(f"{peak.mz:.3f}" for peak in each.residual_peaks[:8])
    if left:
        screen.print(f"  peaks left over at m/z {left}")
    for note in each.notes:
        screen.print(f"  note: {note}")
    screen.print()


def _candidates(each: Assignment, most: int) -> Table:
    table = _table("=", "formula", "m/z>", "shift / ppm>", "R²>", "Δχ²>", "P fit>", "P all>")
    for rank, candidate in enumerate(each.candidates[: max(most, _MOST_EQUIVALENT)]):
        if rank >= most and not candidate.equivalent:
            break
        table.add_row(
            "=" if candidate.equivalent else "",
            _formula(candidate.formula),
            f"{candidate.base_mz:.4f}",
            signed(round(candidate.shift_ppm, 1)),
            f"{candidate.r_squared:.3f}",
            f"{candidate.delta_chi2:.1f}",
            f"{candidate.probability:.3f}",
            f"{candidate.probability_with_evidence:.3f}",
        )
    return table


def print_distribution(doping: Distribution) -> None:
    """Print how often each number of dopant atoms occurs."""
    screen = _screen()
    screen.print(f"{doping.metal} atoms, all members of the series fitted together", style="bold")
    table = _table(f"n({doping.metal})>", "share / %>", "± / %>")
    for count, share, error in zip(doping.counts, doping.fractions, doping.errors, strict=True):
        table.add_row(str(count), f"{100 * share:.1f}", f"{100 * error:.1f}")
    screen.print(table)
    screen.print(
        f"mean {doping.mean:.2f} ± {doping.mean_error:.2f}, standard deviation {doping.spread:.2f}"
    )


def print_series(series: Series) -> None:
    """Print shares of species against time."""
    screen = _screen()
    table = _table(
        "time / s>" if series.has_times else "spectrum>", *_names(series), "outside / %>"
    )
    for t, time in enumerate(series.times_s):
        shares = (f"{100 * share:.1f}" for share in series.fraction[t])
        table.add_row(f"{time:g}", *shares, f"{100 * series.unassigned[t]:.0f}")
    screen.print("shares of the assigned ions in %")
    screen.print(table)
    _print_notes(screen, series.notes)


def _names(series: Series) -> list[str]:
    return [f"{_formula(each.formula)}>" for each in series.species]


def _print_byproducts(screen: Console, named: Sequence[NamedByproduct]) -> None:
    if not named:
        return
    screen.print("by-products at low m/z", style="bold")
    table = _table("m/z>", "formula", "kind", "error / ppm>", "similarity>", "or")
    for hit in named:
        table.add_row(
            f"{hit.measured_mz:.4f}",
            _formula(hit.byproduct.formula),
            hit.byproduct.kind,
            signed(round(hit.error_ppm, 1)),
            f"{hit.similarity:.3f}",
            ", ".join(_formula(name) for name in hit.alternatives[:3]),
        )
    screen.print(table)


def _print_notes(screen: Console, notes: Any) -> None:
    for note in notes:
        screen.print(f"note: {note}")
