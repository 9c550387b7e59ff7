"""Dossier section: what the likely ions of the cluster look like in a mass spectrum."""

from __future__ import annotations

import re

from superatom.errors import UnknownComposition
from superatom.provenance import stamp
from superatom.report.envelope_plot import draw_envelope
from superatom.report.sections import DossierInput, HeadFact, Section, section
from superatom.report.templating import number, render
from superatom.spectra.mass.isotopes import envelopes as envelopes_of
from superatom.spectra.mass.likely_ions import LikelyIon, likely_ions

__all__ = ["envelopes"]

_METHOD = "isotope envelopes aggregated per nominal mass, as ions (mass of the electrons counted)"
_SOURCES = ("isotopes.csv (AME2020 masses; IUPAC abundances)", "constants.csv", "likely_ions.csv")
_FIGURES = 4


@section("Isotope envelopes", order=30)
def envelopes(dossier: DossierInput) -> Section | None:
    """Return the likely ions with m/z, and the envelopes of those that look different."""
    try:
        ions = likely_ions(dossier.cluster)
    except UnknownComposition as error:
        return Section(render("missing.html.j2", what="No isotope envelopes", why=str(error)))
    if not ions:
        return None
    shown = _different(ions)
    batch = envelopes_of([dict(ion.elements) for ion in shown])
    figures = [
        (ion, ion_html(ion.name), draw_envelope(batch[row], ion.charge, ion.name))
        for row, ion in enumerate(shown)
    ]
    rows = [(ion, ion_html(ion.name), _spacing(ion)) for ion in ions]
    return Section(
        render("envelopes.html.j2", figures=figures, rows=rows),
        facts=(HeadFact("tallest peak", f"m/z {number(ions[0].base_mz)}", ion_html(ions[0].name)),),
        notes=_notes(dossier),
        provenance=(stamp(_METHOD, str(dossier.cluster), sources=_SOURCES),),
        data={"ions": [ion.as_dict() for ion in ions]},
    )


def ion_html(name: str) -> str:
    """Return the name of an ion such as '[M+Cs]2+' as HTML with its charge raised."""
    from markupsafe import Markup, escape

    inside, _, charge = name.removeprefix("[").rpartition("]")
    spaced = re.sub(r"([+-])", r" \1 ", inside)
    text = f"[{escape(spaced)}]<sup>{escape(charge)}</sup>"
    return Markup(text.replace("-", "\N{MINUS SIGN}"))


def _different(ions: tuple[LikelyIon, ...]) -> list[LikelyIon]:
    """Return ions worth a figure: one of each kind first, none that looks like another."""
    kinds = {ion.why: ion for ion in reversed(ions)}
    first_of_kind = [ion for ion in ions if kinds[ion.why] is ion]
    seen: dict[tuple[object, ...], LikelyIon] = {}
    for ion in (*first_of_kind, *ions):
        seen.setdefault((ion.elements, abs(ion.charge)), ion)
    return list(seen.values())[:_FIGURES]


def _spacing(ion: LikelyIon) -> str:
    """Return the distance of isotope peaks in m/z: one nucleon over the charge."""
    return number(1.0 / abs(ion.charge), 2)


def _notes(dossier: DossierInput) -> tuple[str, ...]:
    if dossier.cluster.charge is None:
        return ("ions are those of the usual charges, since the charge is not known",)
    return ()
