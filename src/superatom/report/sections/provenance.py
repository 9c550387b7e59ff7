"""Dossier section: everything guessed or assumed on the page, and where its numbers come from."""

from __future__ import annotations

from superatom.report.sections import DossierInput, Section, section
from superatom.report.templating import render

__all__ = ["notes_and_provenance"]


@section("Notes and provenance", order=1000)
def notes_and_provenance(dossier: DossierInput) -> Section:
    """Return the notes of reading the formula and of every section before this one."""
    noted = [("Formula", dossier.cluster.notes)]
    noted += [(earlier.title, earlier.notes) for earlier in dossier.earlier]
    methods = dict.fromkeys(
        (earlier.title, origin) for earlier in dossier.earlier for origin in earlier.provenance
    )
    return Section(
        render(
            "provenance.html.j2",
            noted=[(title, notes) for title, notes in noted if notes],
            methods=methods,
        )
    )
