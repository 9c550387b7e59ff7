"""Dossier section: what the records say about the cluster, each with its source."""

from __future__ import annotations

from superatom.composition.ligands import default_library
from superatom.errors import DataFileError
from superatom.literature.queries import find
from superatom.literature.records import Fact
from superatom.literature.store import open_store
from superatom.report.sections import DossierInput, Section, section
from superatom.report.templating import render

__all__ = ["reported"]

_MOST = 40  # records shown; the command `superatom literature find` has all


@section("What is reported", order=80)
def reported(dossier: DossierInput) -> Section | None:
    """Return the records of the store on this cluster; nothing if there are none."""
    if any(ligand not in default_library() for ligand in dossier.cluster.ligands):
        return None  # a ligand of the user's own: no record can be on this cluster
    formula = str(dossier.cluster.with_charge(None))
    try:
        with open_store() as store:
            found = find(store, formula=formula, limit=_MOST)
            documents = store.documents()
    except DataFileError as error:
        return Section(render("missing.html.j2", what="No records", why=str(error)))
    if not found:
        return None
    read = dict.fromkeys(fact.source.document for fact in found)
    return Section(
        render(
            "literature.html.j2",
            rows=[_row(fact) for fact in found],
            total=found.total,
            formula=formula,
            documents=[documents[name] for name in read if name in documents],
            disputes=found.disputes,
        ),
        provenance=(found.provenance,),
        data={"reported": found.as_dict()},
    )


def _row(fact: Fact) -> tuple[str, ...]:
    """Return reaction and property, value, conditions and source of a fact."""
    about = " ".join(filter(None, (fact.reaction, fact.property)))
    status = "" if fact.source.status == "curated" else f" ({fact.source.status})"
    value = fact.reading + (f" (corrected: {fact.correction})" if fact.correction else "")
    return about, value, fact.conditions, fact.source.text + status
