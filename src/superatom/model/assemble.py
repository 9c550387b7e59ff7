"""Assemble a cluster from its name: archetype, elements, core, ligands."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from superatom.composition.cluster import Cluster
from superatom.composition.ligands import Ligand, default_library
from superatom.errors import SearchError
from superatom.model.construction import record_operation
from superatom.model.families.archetypes import Archetype
from superatom.model.families.core_layout import Core, lay_out_core
from superatom.model.families.names import check_composition, find_archetype
from superatom.model.families.site_elements import place_elements
from superatom.model.shell.bound_molecules import BoundMolecule, bound_molecule, ligand_of_smiles
from superatom.model.shell.dressing import Dressed, Frame, Place, dress
from superatom.model.shell.heads import stand_in
from superatom.model.shell.ligand_choice import as_printed, place_ligands, place_sides
from superatom.provenance import stamp

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["SIMPLIFIED", "build_model", "rebuild_model"]

#: What thiolates can be cut to (other ligands go with them: PH3, C≡CH, bare backbones).
SIMPLIFIED = ("CH3", "H")


def build_model(
    cluster: Cluster | str,
    archetype: Archetype | str | None = None,
    *,
    seed: int = 0,
    sites: Mapping[int, str] | None = None,
    simplified: str | None = None,
    rotamers: str | Sequence[str] = "auto",
    ligand_sites: Mapping[int, Ligand] | None = None,
    told: Callable[[str], None] | None = None,
) -> Atoms:
    """Build a cluster with all its ligands.

    Atoms come as metals (in the archetype's order), donor atoms (ligand site by ligand site),
    then the rest of each ligand. How the model was made stands in
    ``atoms.info["construction"]``; the same call gives the same model.

    Parameters
    ----------
    cluster : Cluster or str
        Formula, such as "[Au25(SC2H4Ph)18]-" or "Au38(SCH3)24-Q".
    archetype : Archetype or str, optional
        Family, or its name; found by the composition and the isomer label by default.
    seed : int
        Seed of the layout, of conformers and packing, and of sites drawn for mixed shells.
    sites : mapping of int to str, optional
        Dopant by metal site (from 1, as in the archetype's text).
    simplified : str, optional
        'CH3' or 'H': small relatives instead of the ligands (SCH3 or SH, PH3, C≡CH, bare
        backbones of ligands with several donors).
    rotamers : str or sequence of str
        Sides of thiolate tails: 'auto', 'up', 'down', 'alternating', or one for each ligand
        site (`superatom.model.shell.ligand_choice.place_sides`).
    ligand_sites : mapping of int to Ligand, optional
        Ligand by ligand site (from 1), for formulas with several ligands of one kind.
    told : callable, optional
        Takes lines of progress.

    Raises
    ------
    FormulaError
        If the formula cannot be read.
    UnknownComposition
        If metals or ligands are generic.
    SearchError
        If there is no archetype, or metals or ligands do not fit its sites.
    StructureError
        If a ligand has no SMILES, no donor atom or no shape.
    ComputationError
        If the distances of the archetype cannot all be kept, or the shell is overfull.
    """
    wanted = Cluster.parse(cluster) if isinstance(cluster, str) else cluster
    dict(wanted.elements)  # raises for generic parts before any work
    _check_whole(wanted)
    if simplified is not None and simplified not in SIMPLIFIED:
        raise SearchError(f"cannot simplify to {simplified!r}; choose {' or '.join(SIMPLIFIED)}")
    family = _family(wanted, archetype)
    ligands = place_ligands(family, as_printed(wanted), ligand_sites, seed=seed)
    sides = place_sides(family, rotamers)
    molecules = [
        bound_molecule(ligand, len(site.anchors))
        for ligand, site in zip(ligands, family.ligand_sites, strict=True)
    ]
    metals = {symbol: int(count) for symbol, count in wanted.metals.items()}
    symbols = place_elements(family, metals, sites)
    if told is not None:
        told(f"laying out the core of {family.name}")
    core = lay_out_core(
        family,
        symbols,
        molecules,
        seed=seed,
        sides=sides,
        ending=simplified or "CH3",
    )
    small = [_is_small(molecule, simplified or "CH3") for molecule in molecules]
    if simplified is not None or all(small):
        atoms, least = _small_atoms(core), None
    else:
        done = _dressed(family, core, molecules, sides, seed, told)
        atoms = _full_atoms(core, molecules, done)
        least = done.contact.ratio if done.contact is not None else None
    atoms.positions -= atoms.positions.mean(axis=0)
    atoms.info["name"] = str(wanted)
    if wanted.charge is not None:
        atoms.info["charge"] = wanted.charge
    asked = {"rotamers": rotamers if isinstance(rotamers, str) else list(rotamers)}
    if simplified is not None:
        asked["simplified"] = simplified
    _record(atoms, wanted, family, (symbols, ligands, molecules), seed, asked, least)
    return atoms


def rebuild_model(record: Mapping[str, Any], archetype: Archetype | None = None) -> Atoms:
    """Return a built model again from its record.

    Parameters
    ----------
    record : mapping
        ``atoms.info["construction"]`` of a model of `build_model`; operations after the first
        are not repeated.
    archetype : Archetype, optional
        The family, if it is none of the library.

    Raises
    ------
    SearchError
        If the record is not that of a built model.
    """
    steps = record.get("operations") or [{}]
    step = steps[0]
    if step.get("operation") != "build":
        raise SearchError("this record is not that of a model that was built from a name")
    smiles: Mapping[str, str] = step["smiles"]
    placed = [_recorded_ligand(name, smiles[name]) for name in step["ligands"]]
    counts: dict[Ligand, int] = {}
    for ligand in placed:
        counts[ligand] = counts.get(ligand, 0) + 1
    cluster = Cluster.of(step["metals"], counts, step["charge"], isomer=step["isomer"])
    return build_model(
        cluster,
        archetype if archetype is not None else record["archetype"],
        seed=record["seed"],
        sites={int(k): symbol for k, symbol in step["sites"].items()},
        simplified=step.get("simplified"),
        rotamers=step["rotamers"],
        ligand_sites={k + 1: ligand for k, ligand in enumerate(placed)},
    )


def _recorded_ligand(name: str, smiles: str) -> Ligand:
    """Return a ligand with the stereochemistry it was built with."""
    library = default_library()
    known = library[name] if name in library else ligand_of_smiles(smiles)
    return replace(known, smiles=smiles)


def _family(cluster: Cluster, archetype: Archetype | str | None) -> Archetype:
    if isinstance(archetype, Archetype):
        check_composition(cluster, archetype)
        return archetype
    return find_archetype(cluster, archetype)


def _check_whole(cluster: Cluster) -> None:
    """Raise for mean counts, as of a mixture of alloys."""
    for name, count in [
        *cluster.metals.items(),
        *((k.name, n) for k, n in cluster.ligands.items()),
    ]:
        if count != int(count):
            raise SearchError(f"{cluster} has {count} {name} on average; a model needs whole atoms")


def _is_small(molecule: BoundMolecule, ending: str) -> bool:
    """Return whether the core already has a ligand whole."""
    if len(molecule.donors) > 1:
        return False
    return sorted(stand_in(molecule, ending).numbers) == sorted(molecule.numbers)


def _small_atoms(core: Core) -> Atoms:
    from ase import Atoms as AseAtoms

    return AseAtoms(list(core.symbols), core.positions)


def _dressed(
    family: Archetype,
    core: Core,
    molecules: Sequence[BoundMolecule],
    sides: Sequence[str],
    seed: int,
    told: Callable[[str], None] | None,
) -> Dressed:
    """Put the full ligands on the skeleton and the backbones of the core."""
    from ase.data import atomic_numbers

    kept = list(range(core.n_skeleton))
    held: list[dict[int, int]] = []
    for k, head in enumerate(core.heads):
        own = dict(zip(molecules[k].donors, core.donors[k], strict=True))
        if head is not None:
            index = (*core.donors[k], *core.rest[k])
            for atom, origin in zip(index, head.origin, strict=True):
                if origin >= 0 and origin not in own:
                    own[origin] = len(kept)
                    kept.append(atom)
        else:
            for atom, origin in _rod(core, molecules[k], k).items():
                own[origin] = len(kept)
                kept.append(atom)
        held.append(own)
    bonds = [
        (donor, metal)
        for site, own_donors in zip(family.ligand_sites, core.donors, strict=True)
        for donor, anchor in zip(own_donors, site.anchors, strict=True)
        for metal in anchor
    ]
    for k, own in enumerate(held):
        bonds += [(own[a], own[b]) for a, b in molecules[k].bonds.tolist() if a in own and b in own]
    frame = Frame(
        core.positions[kept],
        np.array([atomic_numbers[core.symbols[k]] for k in kept], dtype=np.int64),
        np.array(bonds, dtype=np.int64).reshape(-1, 2),
    )
    places = [
        Place(molecule, own, side, _cap_axes(core, k), f"ligand site {k + 1}")
        for k, (molecule, own, side) in enumerate(zip(molecules, held, sides, strict=True))
    ]
    return dress(frame, places, seed=seed, told=told)


def _cap_axes(core: Core, site: int) -> dict[tuple[int, int], Any]:
    """Return the directions of the hydrogens that stand for the rest of a ligand."""
    head = core.heads[site]
    if head is None:
        return {}
    index = (*core.donors[site], *core.rest[site])
    inner_of = {origin: index[k] for k, origin in enumerate(head.origin) if origin >= 0}
    axes = {}
    for cap, inner, outer in head.caps:
        step = core.positions[index[cap]] - core.positions[inner_of[inner]]
        axes[inner, outer] = step / np.linalg.norm(step)
    return axes


def _rod(core: Core, molecule: BoundMolecule, site: int) -> dict[int, int]:
    """Return the second carbon of an alkynyl: its atom in the core and that in the ligand.

    It stays where the core has it: end on to a motif metal, side on to one of the kernel.
    """
    donor = core.donors[site][0]
    own = molecule.donors[0]
    beside = [a + b - own for a, b in molecule.bonds.tolist() if own in (a, b)]
    if core.symbols[donor] != "C" or len(beside) != 1 or not core.rest[site]:
        return {}
    rest = list(core.rest[site])
    apart = np.linalg.norm(core.positions[rest] - core.positions[donor], axis=1)
    return {rest[int(np.argmin(apart))]: beside[0]}


def _full_atoms(core: Core, molecules: Sequence[BoundMolecule], done: Dressed) -> Atoms:
    from ase import Atoms as AseAtoms
    from ase.data import chemical_symbols

    symbols = list(core.symbols[: core.n_skeleton])
    positions = [core.positions[: core.n_skeleton]]
    for molecule, placed in zip(molecules, done.positions, strict=True):
        rest = [k for k in range(molecule.n_atoms) if k not in molecule.donors]
        symbols += [str(chemical_symbols[k]) for k in molecule.numbers[rest].tolist()]
        positions.append(placed[rest])
    return AseAtoms(symbols, np.concatenate(positions))


def _record(
    atoms: Atoms,
    cluster: Cluster,
    family: Archetype,
    placed: tuple[Sequence[str], Sequence[Ligand], Sequence[BoundMolecule]],
    seed: int,
    asked: Mapping[str, Any],
    least: float | None,
) -> None:
    """Write into the model what is needed to build it again."""
    symbols, ligands, molecules = placed
    host = max(symbols, key=list(symbols).count)
    made = stamp(
        "distance geometry of the archetype, small ligands, cleaning by springs and walls; "
        "conformers, packing by a heat bath, bonds turned apart",
        str(cluster),
        repr(family),
        list(symbols),
        [ligand.name for ligand in ligands],
        dict(asked),
        seed,
        sources=(f"archetype {family.name}: {family.source}", "site_lengths.csv"),
    )
    start = {
        "archetype": family.name,
        "seed": seed,
        "version": made.version,
        "provenance": {**made.as_dict(), "sources": list(made.sources)},
    }
    smiles = {m.name: m.smiles for m in molecules}
    details: dict[str, Any] = {
        "formula": str(cluster),
        "metals": {symbol: int(count) for symbol, count in cluster.metals.items()},
        "isomer": cluster.isomer,
        "charge": cluster.charge,
        "sites": {str(k + 1): symbol for k, symbol in enumerate(symbols) if symbol != host},
        "ligands": [ligand.name for ligand in ligands],
        "smiles": smiles,
        **asked,
    }
    if least is not None:
        details["closest_contact"] = round(least, 3)
    record_operation(atoms, start, "build", **details)
