"""Dossier section: the superatom electrons, why they are so many, and the levels they fill."""

from __future__ import annotations

from superatom.composition.electrons import (
    ElectronCount,
    ElectronsByCharge,
    count_electrons,
    count_electrons_by_charge,
)
from superatom.composition.shells import closed_shells
from superatom.errors import UnknownComposition
from superatom.report.level_scheme import draw_levels, filled_levels
from superatom.report.sections import DossierInput, HeadFact, Section, section
from superatom.report.templating import number, render, signed, with_superscripts

__all__ = ["electrons"]

_CHARGES = range(-4, 5)


@section("Superatom electrons", order=20)
def electrons(dossier: DossierInput) -> Section:
    """Return the electron count, or the count for each charge if the charge is unknown."""
    try:
        if dossier.cluster.charge is None:
            return _by_charge(count_electrons_by_charge(dossier.cluster, dossier.conventions))
        return _counted(count_electrons(dossier.cluster, dossier.conventions))
    except UnknownComposition as error:
        return Section(render("missing.html.j2", what="No electron count", why=str(error)))


def _counted(count: ElectronCount) -> Section:
    levels = with_superscripts(count.configuration)
    drawable = isinstance(count.total, int) and filled_levels(count.total)
    figure = draw_levels(int(count.total)) if drawable else ""
    return Section(
        render("electrons.html.j2", count=count, levels=levels, figure=figure),
        facts=(HeadFact("superatom electrons", _plain(count.total), *_shell_remark(count)),),
        notes=(*count.notes, *count.warnings),
        provenance=(count.provenance,),
        data={"electrons": count.as_dict()},
    )


def _shell_remark(count: ElectronCount) -> tuple[str, bool | None]:
    if count.parity == "odd":
        return "odd", False
    if count.closes_shell:
        return "closed shell", True
    if count.closed_shell is not None:
        return "closed sub-shell", True
    return (count.configuration and "open shell"), None


def _by_charge(scan: ElectronsByCharge) -> Section:
    shells = {shell.electrons: shell for shell in closed_shells()}
    charges = sorted({*_CHARGES, *(q for q, _ in scan.closing_charges)})
    rows = [(signed(q), _plain(scan.at(q)), shells.get(int(scan.at(q)))) for q in charges]
    return Section(
        render("electrons_by_charge.html.j2", scan=scan, rows=rows),
        facts=(HeadFact("superatom electrons", _plain(scan.neutral) + " − q", "charge unknown"),),
        notes=("the charge is not known, and unknown is not zero", *scan.notes, *scan.warnings),
        provenance=(scan.provenance,),
        data={"electrons": scan.as_dict()},
    )


def _plain(total: float) -> str:
    return number(total, 0 if isinstance(total, int) else 2)
