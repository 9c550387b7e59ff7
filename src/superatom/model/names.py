"""From a formula to the archetype that has its composition."""

from __future__ import annotations

from superatom.composition.cluster import Cluster
from superatom.errors import SearchError
from superatom.model.archetypes import TEXT_FORMAT, Archetype, archetypes

__all__ = ["find_archetype"]

_SHOWN = 4


def find_archetype(cluster: Cluster, name: str | None = None) -> Archetype:
    """Return the archetype for a cluster: by its counts and isomer label, or by `name`.

    Raises
    ------
    SearchError
        If the library has no such family, or several isomers and none is asked for.
    """
    if name is not None:
        chosen = _by_name(name)
        _check_composition(cluster, chosen)
        return chosen
    metals, ligands = int(cluster.n_metals), int(cluster.n_ligands)
    fits = [a for a in archetypes() if (a.n_metals, a.n_thiolates) == (metals, ligands)]
    if not fits:
        raise SearchError(_unknown(cluster, metals, ligands))
    if cluster.isomer:
        fits = [a for a in fits if a.isomer in ("", cluster.isomer)] or fits
        fits = [a for a in fits if a.isomer == cluster.isomer] or fits
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


def _by_name(name: str) -> Archetype:
    for archetype in archetypes():
        if name in (archetype.name, *archetype.aliases):
            return archetype
    known = ", ".join(archetype.name for archetype in archetypes())
    raise SearchError(f"no archetype called {name!r}; there are {known}")


def _check_composition(cluster: Cluster, archetype: Archetype) -> None:
    counts = int(cluster.n_metals), int(cluster.n_ligands)
    if counts != (archetype.n_metals, archetype.n_thiolates):
        raise SearchError(
            f"{cluster} has {counts[0]} metals and {counts[1]} ligands, "
            f"archetype {archetype.name} is {archetype.formula}"
        )


def _unknown(cluster: Cluster, metals: int, ligands: int) -> str:
    order = sorted(
        archetypes(), key=lambda a: abs(a.n_metals - metals) + abs(a.n_thiolates - ligands)
    )
    near = ", ".join(f"{a.name} ({a.formula})" for a in order[:_SHOWN])
    return (
        f"no archetype for {cluster} ({metals} metals, {ligands} ligands)\n"
        f"  nearest: {near}\n"
        "  a family of your own: --archetype-file my.toml, written like this:\n"
        + "\n".join(f"    {line}" for line in TEXT_FORMAT.splitlines())
    )
