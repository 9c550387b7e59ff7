"""From a formula to the archetype that has its composition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from superatom.composition.cluster import Cluster
from superatom.composition.ligands import Ligand
from superatom.errors import SearchError
from superatom.model.families.archetypes import TEXT_FORMAT, Archetype, archetypes
from superatom.model.ligand_sites import DONOR_ELEMENTS

__all__ = ["check_composition", "find_archetype", "site_kind", "site_kinds"]

_SHOWN = 4

# what a ligand of the library needs on a cluster; phosphines by their number of P
_KINDS = {
    "thiolate": "SR",
    "selenolate": "SR",
    "tellurolate": "SR",
    "phosphine": "PR3",
    "diphosphine": "PP",
    "polyphosphine": "PP3",
    "halide": "X",
    "alkynyl": "CCR",
    "hydride": "H",
    "carboxylate": "OO",
    "dithiolate": "SS",
    "dithiophosphate": "SS",
    "dithiocarbamate": "SS",
}


def site_kind(ligand: Ligand) -> str:
    """Return the kind of site that a ligand takes ('SR', 'PP', ...).

    Raises
    ------
    SearchError
        If archetypes have no such sites.

    Examples
    --------
    >>> from superatom.composition.ligands import default_library
    >>> site_kind(default_library()["dppe"])
    'PP'
    """
    anchors = tuple(ligand.anchors)
    if ligand.kind in ("phosphine", "diphosphine") and set(anchors[:2]) == {"P", "N"}:
        return "PN" if ligand.denticity == 2 else "PR3"
    if ligand.kind in ("phosphine", "diphosphine", "polyphosphine"):
        kind = {1: "PR3", 2: "PP", 4: "PP3"}.get(ligand.denticity)
    elif ligand.kind in ("interstitial", "chalcogenide"):
        kind = "C" if dict(ligand.elements) == {"C": 1} else None
    elif ligand.kind in ("other", "generic"):
        kind = _plain_kind(ligand)
    else:
        kind = _KINDS.get(ligand.kind)
    if kind is None:
        raise SearchError(
            f"{ligand.name} ({ligand.kind}) has no kind of site in archetypes; "
            f"there are {', '.join(DONOR_ELEMENTS)}"
        )
    return kind


def _plain_kind(ligand: Ligand) -> str | None:
    """Return the kind of a ligand the library has no class for: SH, PH3, SR, PR3."""
    if dict(ligand.elements) == {"P": 1, "H": 3}:
        return "PR3"
    anchor = ligand.anchors[0] if len(ligand.anchors) == 1 and ligand.denticity == 1 else ""
    if anchor in ("S", "Se", "Te") and ligand.charge_taken == 1:
        return "SR"
    return "PR3" if anchor == "P" and ligand.charge_taken == 0 else None


def site_kinds(cluster: Cluster) -> Mapping[str, int]:
    """Return how many sites of each kind the ligands of a cluster take.

    Raises
    ------
    SearchError
        If archetypes have no sites for one of them.
    """
    counts: Counter[str] = Counter()
    for ligand, number in cluster.ligands.items():
        counts[site_kind(ligand)] += int(number)
    return counts


def find_archetype(cluster: Cluster, name: str | None = None) -> Archetype:
    """Return the archetype for a cluster: by its counts and isomer label, or by `name`.

    Raises
    ------
    SearchError
        If the library has no such family, or several isomers and none is asked for.
    """
    if name is not None:
        chosen = _by_name(name)
        check_composition(cluster, chosen)
        return chosen
    metals, kinds = int(cluster.n_metals), site_kinds(cluster)
    fits = [a for a in archetypes() if a.n_metals == metals and a.ligands == kinds]
    if not fits:
        raise SearchError(_unknown(cluster, metals, kinds))
    for label in (cluster.isomer, ""):
        fits = [a for a in fits if a.isomer == label] or fits
    host = max(cluster.metals, key=lambda metal: cluster.metals[metal])
    if len({a.isomer for a in fits}) == 1:
        fits = ([a for a in fits if a.metal == host] or fits)[:1]
    if len(fits) == 1 and fits[0].isomer in ("", cluster.isomer or fits[0].isomer):
        return fits[0]
    labels = ", ".join(f"{a.name} (isomer {a.isomer or 'without label'})" for a in fits)
    raise SearchError(
        f"{cluster} can be {labels}\n  say which with the label, as in "
        f"{cluster.text(label=False)}-{fits[0].isomer}"
    )


def check_composition(cluster: Cluster, archetype: Archetype) -> None:
    """Raise unless a cluster has the metals and ligands of an archetype.

    Raises
    ------
    SearchError
        If it has others.
    """
    metals, kinds = int(cluster.n_metals), site_kinds(cluster)
    if (metals, kinds) != (archetype.n_metals, archetype.ligands):
        raise SearchError(
            f"{cluster} has {_counted(metals, kinds)}, "
            f"archetype {archetype.name} is {archetype.formula}"
        )


def _by_name(name: str) -> Archetype:
    for archetype in archetypes():
        if name in (archetype.name, *archetype.aliases):
            return archetype
    known = ", ".join(archetype.name for archetype in archetypes())
    raise SearchError(f"no archetype called {name!r}; there are {known}")


def _counted(metals: int, kinds: Mapping[str, int]) -> str:
    sites = "".join(f", {n} {kind}" for kind, n in kinds.items())
    return f"{metals} metals{sites}"


def _difference(archetype: Archetype, metals: int, kinds: Mapping[str, int]) -> int:
    """Return by how many metals and ligands an archetype differs."""
    known = archetype.ligands
    return abs(archetype.n_metals - metals) + sum(
        abs(known.get(kind, 0) - kinds.get(kind, 0)) for kind in {**known, **kinds}
    )


def _unknown(cluster: Cluster, metals: int, kinds: Mapping[str, int]) -> str:
    order = sorted(archetypes(), key=lambda a: _difference(a, metals, kinds))
    near = ", ".join(f"{a.name} ({a.formula})" for a in order[:_SHOWN])
    return (
        f"no archetype for {cluster} ({_counted(metals, kinds)})\n"
        f"  nearest: {near}\n"
        "  a family of your own: --archetype-file my.toml, written like this:\n"
        + "\n".join(f"    {line}" for line in TEXT_FORMAT.splitlines())
    )
