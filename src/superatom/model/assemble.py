"""Assemble a cluster from its name: archetype, elements, skeleton, tails, cleaning."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from superatom.composition.cluster import Cluster
from superatom.composition.ligands import Ligand
from superatom.errors import ComputationError, SearchError
from superatom.model.archetypes import Archetype
from superatom.model.clean import clean_tails
from superatom.model.construction import record_operation
from superatom.model.embedding import embed
from superatom.model.ligand_attachment import attach_tails, check_attachable
from superatom.model.names import check_composition, find_archetype
from superatom.model.site_elements import place_elements
from superatom.model.skeleton import skeleton_model
from superatom.provenance import stamp

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["build_model"]

_STRAIN = 0.025  # energy per point above which contacts contradict each other, as means of classes


def build_model(
    cluster: Cluster | str,
    archetype: Archetype | str | None = None,
    *,
    seed: int = 0,
    sites: Mapping[int, str] | None = None,
) -> Atoms:
    """Build a cluster with methanethiolate or sulfhydryl ligands.

    Atoms come as metals (in the archetype's order), sulfur (motif by motif), tails. How the
    model was made stands in ``atoms.info["construction"]``; the same call gives the same model.

    Parameters
    ----------
    cluster : Cluster or str
        Formula, such as "[Au25(SCH3)18]-" or "Au38(SCH3)24-Q".
    archetype : Archetype or str, optional
        Family, or its name; found by the composition and the isomer label by default.
    seed : int
        Seed of the start of the layout.
    sites : mapping of int to str, optional
        Dopant by metal site (from 1, as in the archetype's text).

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    UnknownComposition
        If metals or ligands are generic.
    SearchError
        If there is no archetype, or metals do not fit its sites.
    StructureError
        If the ligand cannot be attached.
    ComputationError
        If the distances of the archetype cannot all be kept.
    """
    from ase import Atoms as AseAtoms

    wanted = Cluster.parse(cluster) if isinstance(cluster, str) else cluster
    dict(wanted.elements)  # raises for generic parts before any work
    _check_whole(wanted)
    family = _family(wanted, archetype)
    ligand = _one_ligand(wanted)
    metals = {symbol: int(count) for symbol, count in wanted.metals.items()}
    symbols = place_elements(family, metals, sites)
    model = skeleton_model(family, symbols)
    positions, energy = embed(model, seed=seed)
    if energy > _STRAIN * model.n_points:
        raise ComputationError(
            f"the distances of archetype {family.name} cannot all be kept for {wanted} "
            f"(strain {energy / model.n_points:.3f} Å² per atom); try another seed or check them"
        )
    tails = attach_tails(positions, family.bridges, ligand)
    elements = [*symbols, *("S" for _ in family.bridges)]
    positions = clean_tails(model, positions, tails, elements)
    atoms = AseAtoms([*elements, *tails.symbols], positions - positions.mean(axis=0))
    atoms.info["name"] = str(wanted)
    if wanted.charge is not None:
        atoms.info["charge"] = wanted.charge
    _record(atoms, wanted, family, ligand, symbols, seed)
    return atoms


def _family(cluster: Cluster, archetype: Archetype | str | None) -> Archetype:
    if isinstance(archetype, Archetype):
        check_composition(cluster, archetype)
        return archetype
    return find_archetype(cluster, archetype)


def _one_ligand(cluster: Cluster) -> Ligand:
    ligands = list(cluster.ligands)
    if len(ligands) != 1:
        raise SearchError(f"{cluster} has {len(ligands)} ligands; models are built with one kind")
    check_attachable(ligands[0])
    return ligands[0]


def _check_whole(cluster: Cluster) -> None:
    """Raise for mean counts, as of a mixture of alloys."""
    for name, count in [
        *cluster.metals.items(),
        *((k.name, n) for k, n in cluster.ligands.items()),
    ]:
        if count != int(count):
            raise SearchError(f"{cluster} has {count} {name} on average; a model needs whole atoms")


def _record(
    atoms: Atoms,
    cluster: Cluster,
    family: Archetype,
    ligand: Ligand,
    symbols: tuple[str, ...],
    seed: int,
) -> None:
    """Write into the model what is needed to build it again."""
    host = max(symbols, key=symbols.count)
    made = stamp(
        "distance geometry of the archetype, tails, cleaning by springs and walls",
        str(cluster),
        repr(family),
        list(symbols),
        seed,
        sources=(f"archetype {family.name}: {family.source}", "site_lengths.csv"),
    )
    start = {
        "archetype": family.name,
        "seed": seed,
        "version": made.version,
        "provenance": {**made.as_dict(), "sources": list(made.sources)},
    }
    sites = {str(k + 1): symbol for k, symbol in enumerate(symbols) if symbol != host}
    record_operation(atoms, start, "build", formula=str(cluster), sites=sites, ligand=ligand.name)
