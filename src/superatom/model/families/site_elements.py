"""Which element sits on which metal site, and how long its bonds are."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from superatom.errors import SearchError
from superatom.model.families.archetypes import Archetype

__all__ = ["SiteMetal", "place_elements", "site_classes", "site_metals"]


@dataclass(frozen=True, slots=True)
class SiteMetal:
    """Lengths of a metal in clusters, Å, and where it goes as a dopant.

    Attributes
    ----------
    radius : float
        Metallic radius.
    kernel_sulfur, staple_sulfur : float
        Bond to sulfur from a kernel and from a motif site.
    preferred_site : str
        'centre', 'kernel surface' or 'motif'.
    """

    radius: float
    kernel_sulfur: float
    staple_sulfur: float
    preferred_site: str


@cache
def site_metals() -> Mapping[str, SiteMetal]:
    """Return the metals models can be built of, by symbol (data/site_lengths.csv)."""
    table = resources.files("superatom.model") / "data" / "site_lengths.csv"
    return {
        row["metal"]: SiteMetal(
            float(row["radius_A"]),
            float(row["kernel_sulfur_A"]),
            float(row["staple_sulfur_A"]),
            row["preferred_site"],
        )
        for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    }


def site_classes(archetype: Archetype) -> tuple[str, ...]:
    """Return 'centre', 'kernel surface' or 'motif' of every metal of an archetype.

    A centre is a kernel metal without donors and with twelve neighbours or more; where there
    is none, the metals with most neighbours, if they have eight. Kernel metals inside that
    are no centre are 'kernel'. Hydrides and carbides do not count as donors.
    """
    bonded = {
        metal
        for site in archetype.ligand_sites
        if site.kind not in ("H", "C")
        for anchor in site.anchors
        for metal in anchor
    }
    near: Counter[int] = Counter()
    for i, j, length in archetype.contacts():
        if length <= _NEIGHBOUR:
            near.update((i, j))
    inside = [k for k in range(archetype.kernel) if k not in bonded]
    most = max((near[k] for k in inside), default=0)
    enough = _CENTRE if most >= _CENTRE else max(most, _LEAST_CENTRE)
    return tuple(
        "motif"
        if k >= archetype.kernel
        else "kernel surface"
        if k in bonded
        else "centre"
        if near[k] >= enough
        else "kernel"
        for k in range(archetype.n_metals)
    )


_NEIGHBOUR = 3.4  # Å
_CENTRE, _LEAST_CENTRE = 12, 8


def place_elements(
    archetype: Archetype, metals: Mapping[str, int], sites: Mapping[int, str] | None = None
) -> tuple[str, ...]:
    """Return the element of every metal site.

    The commonest metal is the host (of equals, the family's own). The others go where
    `sites` says, to the sites that are theirs in the family, or to the first free sites of
    the class they are known to prefer.

    Parameters
    ----------
    archetype : Archetype
        The family.
    metals : mapping
        Atoms of each element.
    sites : mapping, optional
        Element by site, from 1 as in the archetype's text.

    Raises
    ------
    SearchError
        If a metal has no lengths, or does not fit where it should go.
    """
    unknown = [metal for metal in metals if metal not in site_metals()]
    if unknown:
        known = ", ".join(site_metals())
        raise SearchError(f"no bond lengths for {unknown[0]}; models can be built of {known}")
    host = max(metals, key=lambda metal: (metals[metal], metal == archetype.metal))
    placed = dict(_given(archetype, sites or {}))
    classes = site_classes(archetype)
    for metal, count in metals.items():
        lacking = count - sum(symbol == metal for symbol in placed.values())
        if lacking < 0:
            raise SearchError(f"{-lacking} more {metal} placed by hand than the formula has")
        if metal == host:
            continue
        at_home = [k for k in _home_sites(archetype, metal) if k not in placed][:lacking]
        placed.update(dict.fromkeys(at_home, metal))
        lacking -= len(at_home)
        if not lacking:
            continue
        wanted = site_metals()[metal].preferred_site
        free = [k for k, kind in enumerate(classes) if kind == wanted and k not in placed]
        if len(free) < lacking:
            raise SearchError(
                f"{lacking} {metal} prefer the class '{wanted}', where {archetype.name} has "
                f"{len(free)} free sites; say where they go, as in --site 14={metal}"
            )
        placed.update(dict.fromkeys(free[:lacking], metal))
    return tuple(placed.get(k, host) for k in range(archetype.n_metals))


def _home_sites(archetype: Archetype, metal: str) -> list[int]:
    return [k for elements, metals in archetype.homes if metal in elements for k in metals]


def _given(archetype: Archetype, sites: Mapping[int, str]) -> dict[int, str]:
    for site in sites:
        if not 1 <= site <= archetype.n_metals:
            raise SearchError(f"{archetype.name} has sites 1 to {archetype.n_metals}, not {site}")
    return {site - 1: symbol for site, symbol in sites.items()}
