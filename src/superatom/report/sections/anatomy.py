"""Dossier section: the structure taken apart, with the exploded view and its tables."""

from __future__ import annotations

from pathlib import Path

from superatom.errors import StructureError
from superatom.provenance import Provenance
from superatom.report.anatomy_figure import draw_anatomy
from superatom.report.anatomy_tables import anatomy_tables
from superatom.report.figures import INK, MUTED, svg
from superatom.report.sections import DossierInput, HeadFact, Section, section
from superatom.report.templating import render
from superatom.report.viewer import with_indices
from superatom.structure.anatomy import Anatomy, dissect
from superatom.structure.read import read_structure

__all__ = ["anatomy"]

_WIDE = 6  # columns from which a table takes the whole width


@section("Anatomy", order=60)
def anatomy(dossier: DossierInput) -> Section | None:
    """Return kernel, motifs, shells, modes and bonds; None without a structure file."""
    if dossier.structure is None:
        return None
    try:
        found = _dissected(dossier.structure, dossier.cluster.charge)
    except StructureError as error:
        return Section(render("missing.html.j2", what="No anatomy", why=str(error)))
    return Section(
        render(
            "anatomy.html.j2",
            partition=with_indices(str(found.geometric)),
            literature="" if _agree(found) else with_indices(str(found.literature)),
            figure=_figure(found),
            tables=anatomy_tables(found),
            wide=_WIDE,
        ),
        facts=_facts(found),
        notes=found.notes,
        provenance=_origins(found),
        data={"anatomy": found.as_dict()},
    )


def _dissected(path: Path, charge: int | None) -> Anatomy:
    """Return the anatomy of a file's cluster with the formula's charge, else the crystal's."""
    crystal = read_structure(path)
    return dissect(crystal.atoms, charge if charge is not None else crystal.charge)


def _agree(found: Anatomy) -> bool:
    return found.geometric.kernel == found.literature.kernel


def _facts(found: Anatomy) -> tuple[HeadFact, ...]:
    if not found.geometric.kernel:
        return (HeadFact("kernel", "none", "rings and complexes only"),)
    return (HeadFact("kernel", found.kernel, found.kernel_shape().name),)


def _origins(found: Anatomy) -> tuple[Provenance, ...]:
    origins = [found.provenance, found.shells().provenance, found.symmetry().provenance]
    if found.geometric.kernel:
        origins.append(found.kernel_shape().provenance)
    return tuple(origins)


def _figure(found: Anatomy) -> str:
    """Return the exploded view as an inline SVG that follows the page's colours."""
    import matplotlib as mpl

    label = f"Shells and motifs of {found.formula}, drawn apart"
    with mpl.rc_context({"svg.fonttype": "none", "savefig.transparent": True}):
        return svg(draw_anatomy(found, ink=(INK, MUTED)), label)
