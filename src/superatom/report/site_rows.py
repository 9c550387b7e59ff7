"""What `strip`, `dope` and `adsorb` do, as pictures of the sites they do it at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from superatom.model.adsorption.adsorption_sites import INSIDE, AdsorptionSite
from superatom.model.departures import Departure
from superatom.model.dope import Doped, doping_orbits
from superatom.model.strip import Stripped, departure_orbits
from superatom.report.site_picture import Choice, SiteRow, SiteSet
from superatom.structure.anatomy import Anatomy

if TYPE_CHECKING:
    from superatom.model.adsorption.adsorb import Adsorbed

__all__ = ["adsorption_rows", "doping_choices", "doping_row", "loss_choices", "loss_row"]


def loss_row(anatomy: Anatomy, what: str, *, symmetry: str = "bonds") -> SiteRow:
    """Return the unique places that something can leave from (`superatom.model.strip`)."""
    sets = [_loss(orbit) for orbit in departure_orbits(anatomy, what, symmetry=symmetry)]
    return SiteRow(f"loss of {what.strip().lstrip('-')}", tuple(sets))


def _loss(orbit: Sequence[Departure]) -> SiteSet:
    first = orbit[0]
    return SiteSet(
        f"{first.what} ({first.where})",
        tuple(d.place for d in orbit),
        tuple(tuple(dict.fromkeys((*d.place, *d.atoms))) for d in orbit),
    )


def loss_choices(models: Iterable[Stripped]) -> tuple[Choice, ...]:
    """Return models from which several things left, to be drawn one by one."""
    return tuple(
        Choice(f"×{m.multiplicity}", tuple((d.what, (*d.place, *d.atoms)) for d in m.removed))
        for m in models
    )


def doping_row(
    anatomy: Anatomy,
    classes: Sequence[str] | None = None,
    *,
    host: str | None = None,
    symmetry: str = "bonds",
) -> SiteRow:
    """Return the unique metal sites that can be replaced (`superatom.model.dope`)."""
    orbits = doping_orbits(anatomy, classes, host=host, symmetry=symmetry)
    sets = [
        SiteSet(f"{anatomy.atoms.symbols[atoms[0]]} {place}", each, each)
        for place, atoms in orbits
        for each in [tuple((atom,) for atom in atoms)]
    ]
    return SiteRow("metal sites", tuple(sets))


def doping_choices(models: Iterable[Doped]) -> tuple[Choice, ...]:
    """Return doped models, to be drawn one by one."""
    return tuple(Choice(f"×{m.multiplicity}", m.sites) for m in models)


def adsorption_rows(
    sites: Sequence[AdsorptionSite], models: Sequence[Adsorbed] | None = None
) -> tuple[SiteRow, ...]:
    """Return unique adsorption sites, a row for each kind.

    Parameters
    ----------
    sites : sequence of AdsorptionSite
        From `superatom.model.adsorption.adsorption_sites.adsorption_sites`.
    models : sequence of Adsorbed, optional
        Models made at them; sites without one are told to have no room.
    """
    used = None if models is None else {(model.site.kind, model.site.atoms) for model in models}
    rows = []
    for kind in dict.fromkeys(site.kind for site in sites):
        own = [site for site in sites if site.kind == kind]
        sets = tuple(_adsorption(site, used) for site in own)
        rows.append(SiteRow(kind, sets, inside=kind in INSIDE))
    return tuple(rows)


def _adsorption(site: AdsorptionSite, used: set[tuple[str, tuple[int, ...]]] | None) -> SiteSet:
    room = "" if used is None or (site.kind, site.atoms) in used else " (no room)"
    coloured = site.equivalent if len(site.atoms) == 1 else ()
    return SiteSet(f"{site.place}{room}", site.equivalent, coloured)
