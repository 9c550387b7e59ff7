"""Which ligand sits on which site, and on which side its tail stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from superatom.composition.cluster import Cluster
from superatom.composition.ligands import Ligand, default_library
from superatom.composition.parts import LigandPart
from superatom.errors import SearchError
from superatom.model.families.archetypes import Archetype
from superatom.model.families.names import site_kind
from superatom.model.shell.bound_molecules import known_ligand

__all__ = ["ROTAMERS", "as_printed", "place_ligands", "place_sides", "with_ligand"]

#: Words for the sides of all thiolates at once; a list of sides does it one by one.
ROTAMERS = ("auto", "up", "down", "alternating")

_LETTERS = {"u": "up", "d": "down", "a": "auto", "up": "up", "down": "down", "auto": "auto"}


def as_printed(cluster: Cluster) -> Mapping[Ligand, int]:
    """Return the ligands of a cluster and their numbers, handed ones as the formula prints them.

    D-Cys and Cys are the same entry of the library, but not the same molecule.
    """
    handed = {
        part.ligand: known_ligand(part.printed)
        for part, _ in cluster.parts
        if isinstance(part, LigandPart) and part.printed and part.printed in default_library()
    }
    return {handed.get(one, one): int(number) for one, number in cluster.ligands.items()}


def with_ligand(cluster: Cluster, ligand: Ligand) -> Cluster:
    """Return the cluster with `ligand` in place of all that hold it in the same way.

    Generic ones count too: Au25(SR)18 becomes Au25(PET)18.

    Raises
    ------
    SearchError
        If no ligand of the cluster holds it as the new one does.
    """

    def alike(old: Ligand) -> bool:
        if old.is_generic:
            return old.anchors[:1] == ligand.anchors[:1] and old.denticity == ligand.denticity
        return site_kind(old) == site_kind(ligand)

    counts: dict[Ligand, int] = {}
    found = False
    for old, number in cluster.ligands.items():
        found = found or alike(old)
        taken = ligand if alike(old) else old
        counts[taken] = counts.get(taken, 0) + int(number)
    if not found:
        raise SearchError(
            f"no ligand of {cluster} sits where {ligand.name} ({site_kind(ligand)}) would"
        )
    metals = {symbol: int(number) for symbol, number in cluster.metals.items()}
    return Cluster.of(metals, counts, cluster.charge, isomer=cluster.isomer)


def place_ligands(
    family: Archetype,
    wanted: Mapping[Ligand, int],
    chosen: Mapping[int, Ligand] | None = None,
    *,
    seed: int = 0,
) -> tuple[Ligand, ...]:
    """Return the ligand of every ligand site.

    Of several ligands for one kind of site the commonest is the host; the others go where
    `chosen` says, and else to sites drawn at random.

    Parameters
    ----------
    family : Archetype
        The family.
    wanted : mapping of Ligand to int
        How many of each.
    chosen : mapping of int to Ligand, optional
        Ligand by site, from 1 in the order of `Archetype.ligand_sites`.
    seed : int
        Seed of the draw.

    Raises
    ------
    SearchError
        If a ligand does not fit where it should go, or more are placed than there are.
    """
    sites = family.ligand_sites
    placed: list[Ligand | None] = [None] * len(sites)
    for number, ligand in (chosen or {}).items():
        if not 1 <= number <= len(sites):
            raise SearchError(f"{family.name} has ligand sites 1 to {len(sites)}, not {number}")
        if site_kind(ligand) != sites[number - 1].kind:
            raise SearchError(
                f"ligand site {number} of {family.name} takes {sites[number - 1].kind}, "
                f"not {ligand.name} ({site_kind(ligand)})"
            )
        placed[number - 1] = ligand
    rng = np.random.default_rng(seed)
    for ligand in sorted(wanted, key=lambda one: wanted[one]):  # the host fills what is left
        lacking = wanted[ligand] - sum(other == ligand for other in placed)
        if lacking < 0:
            raise SearchError(f"{-lacking} more {ligand.name} placed by hand than the formula has")
        kind = site_kind(ligand)
        free = [k for k, site in enumerate(sites) if site.kind == kind and placed[k] is None]
        if lacking > len(free):
            raise SearchError(
                f"{lacking} {ligand.name} for {len(free)} free sites of kind {kind} in "
                f"{family.name} ({family.formula})"
            )
        take = free
        if lacking < len(free):
            take = sorted(rng.choice(free, lacking, replace=False).tolist())
        for k in take:
            placed[k] = ligand
    whole = tuple(ligand for ligand in placed if ligand is not None)
    if len(whole) != len(sites):
        raise SearchError(
            f"the formula leaves {len(sites) - len(whole)} ligand sites of {family.name} empty"
        )
    return whole


def place_sides(family: Archetype, rotamers: str | Sequence[str]) -> tuple[str, ...]:
    """Return the side of every ligand site: 'auto', 'up' or 'down'.

    Parameters
    ----------
    family : Archetype
        The family.
    rotamers : str or sequence of str
        'auto' (where there is room), 'up', 'down', 'alternating' (up and down in turn along
        each motif), or one letter or word for each ligand site ('uduauu...').

    Raises
    ------
    SearchError
        If a side has no meaning, or there are not as many as ligand sites.
    """
    sites = family.ligand_sites
    if rotamers == "alternating":
        sides: list[str] = []
        for chain in family.chains:
            sides += [("up", "down")[k % 2] for k in range(len(chain.sites))]
        return (*sides, *("auto" for _ in range(len(sites) - len(sides))))
    if isinstance(rotamers, str) and rotamers in ROTAMERS:
        return (rotamers,) * len(sites)
    given = [_LETTERS.get(str(side).strip()) for side in rotamers]
    if None in given:
        raise SearchError(
            f"cannot read the rotamers {rotamers!r}; write {', '.join(ROTAMERS)} or one of "
            "u, d and a for each ligand site"
        )
    if len(given) != len(sites):
        raise SearchError(f"{len(given)} rotamers for {len(sites)} ligand sites of {family.name}")
    return tuple(side for side in given if side is not None)
