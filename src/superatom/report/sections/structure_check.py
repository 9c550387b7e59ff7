"""Dossier section: the atoms of a structure file against the formula."""

from __future__ import annotations

from superatom.report.agreement import Agreement
from superatom.report.sections import DossierInput, HeadFact, Section, section
from superatom.report.structure_file import check_structure
from superatom.report.templating import render

__all__ = ["structure_check"]


@section("Structure against formula", order=50)
def structure_check(dossier: DossierInput) -> Section | None:
    """Return the comparison; None without a structure file."""
    if dossier.structure is None:
        return None
    agreement = check_structure(dossier.cluster, dossier.structure)
    return Section(
        render("structure_check.html.j2", agreement=agreement, open_elements=_open(agreement)),
        facts=(_fact(agreement),),
        notes=agreement.notes,
        provenance=(agreement.provenance,),
        data={"agreement": agreement.as_dict()},
    )


def _open(agreement: Agreement) -> bool:
    return any(tally.expected is None for tally in agreement.elements)


def _fact(agreement: Agreement) -> HeadFact:
    if agreement.agrees:
        return HeadFact("structure file", "agrees", "all atoms", good=True)
    if agreement.differs_only_in_hydrogen:
        return HeadFact("structure file", "agrees", f"but {agreement.hydrogens_missing} H")
    return HeadFact("structure file", "differs", "see below", good=False)
