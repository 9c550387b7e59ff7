"""Isotope patterns that `superatom ms pattern` shows, draws or mixes into a spectrum."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from superatom.errors import SearchError, UnknownCharge

if TYPE_CHECKING:
    from superatom.composition.ligands import LigandLibrary
    from superatom.spectra.mass.isotopes import Envelope

__all__ = ["Pattern", "write_patterns"]

_RESOLVING_POWER = 20_000.0


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """The isotope pattern of an ion.

    Attributes
    ----------
    formula, name : str
        The ion in plain text, and with Unicode indices.
    charge : int
        Its charge.
    elements : dict[str, int]
        Its atoms.
    envelope : Envelope
        Masses and abundances.
    """

    formula: str
    name: str
    charge: int
    elements: dict[str, int]
    envelope: Envelope

    @classmethod
    def of(
        cls, text: str, charge: int | None, threshold: float, library: LigandLibrary | None = None
    ) -> Pattern:
        """Return the pattern of a formula.

        Raises
        ------
        UnknownCharge
            If neither the formula nor `charge` tells a charge other than 0.
        """
        from superatom.composition.cluster import Cluster
        from superatom.spectra.mass.isotopes import envelope

        cluster = Cluster.parse(text, library=library)
        if charge is not None:
            cluster = cluster.with_charge(charge)
        if not cluster.charge:
            raise UnknownCharge(
                f"{cluster.text()} has no charge that a mass spectrometer could see\n"
                "  write it after the bracket, [...]2-, or give --charge -1"
            )
        elements = {symbol: int(n) for symbol, n in cluster.elements.items()}
        found = envelope(elements, threshold)
        return cls(cluster.text(), cluster.text("unicode"), int(cluster.charge), elements, found)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """One row per nominal mass: nucleons, m/z, height relative to the tallest, abundance."""
        found = self.envelope
        columns = (found.nominal, found.mz(self.charge), found.relative, found.abundance)
        return [
            {"nucleons": int(n), "mz": float(mz), "relative": float(r), "abundance": float(a)}
            for n, mz, r, a in zip(*columns, strict=True)
        ]

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {
            "ion": self.formula,
            "charge": self.charge,
            "elements": self.elements,
            "peaks": self.rows,
        }


def write_patterns(
    output: Path,
    patterns: Sequence[Pattern],
    amounts: str,
    resolving_power: float | None,
    **settings: Any,
) -> None:
    """Write a figure of the patterns, or the spectrum of their mixture as a table.

    Raises
    ------
    SearchError
        If the amounts are not as many numbers as there are ions.
    """
    from superatom.spectra.mass.simulate import Ion, simulate

    shares = _amounts(amounts, len(patterns))
    ions = [Ion(p.elements, p.charge, share) for p, share in zip(patterns, shares, strict=True)]
    power = resolving_power or _RESOLVING_POWER
    if output.suffix.lower() in (".csv", ".tsv", ".txt"):
        from superatom.spectra.mass.write import write_spectrum

        write_spectrum(simulate(ions, resolving_power=power, **settings), output)
        return
    from superatom.report.formula_markup import ion_mathtext
    from superatom.report.mass_figure import draw_pattern, draw_spectrum
    from superatom.report.print_figure import save_figure

    if len(patterns) == 1:
        profile = simulate(ions, resolving_power=power, **settings) if resolving_power else None
        (only,) = patterns
        save_figure(draw_pattern(only.envelope, only.charge, only.formula, profile), output)
        return
    mixture = simulate(ions, resolving_power=power, **settings)
    labels = []
    for each in patterns:
        mz = float(each.envelope.mz(each.charge)[each.envelope.abundance.argmax()])
        near = mixture.slice(mz - 0.3, mz + 0.3)
        height = float(near.intensity.max(initial=0.0))
        labels.append((mz, height, ion_mathtext(each.formula)))
    save_figure(draw_spectrum(mixture, labels), output)


def _amounts(text: str, n: int) -> list[float]:
    try:
        amounts = [float(word) for word in text.replace(",", " ").split()] or [1.0] * n
    except ValueError as error:
        raise SearchError(f"'{text}' are no amounts; write --amounts 1,0.5") from error
    if len(amounts) != n or min(amounts) < 0 or max(amounts) <= 0:
        raise SearchError(f"{n} ions need {n} amounts that are not negative, got '{text}'")
    return amounts
