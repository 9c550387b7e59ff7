"""From the sites of a crystal to its molecules: one picture, the cluster and the rest."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superatom.errors import StructureError
from superatom.structure.bonds import is_metal
from superatom.structure.charges import (
    Identity,
    charge_by_valence,
    charge_candidates,
    charge_from_companions,
    identify,
    moiety_charge,
)
from superatom.structure.crystal import Companion, Crystal, MixedSite
from superatom.structure.disorder import find_disorder
from superatom.structure.lost_occupancies import with_lost_occupancies
from superatom.structure.missing import Missing, formula_difference, missing_parts
from superatom.structure.mixing import ordered_elements
from superatom.structure.molecules import Molecule, find_molecules, hill_formula
from superatom.structure.pictures import Disorder
from superatom.structure.settings import choose_symmetry
from superatom.structure.sites import CellSites, CrystalFile, Sites, expand, mixed_sites
from superatom.structure.voids import void_volume

if TYPE_CHECKING:
    from ase import Atoms

    from superatom.provenance import Provenance

__all__ = ["assemble"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_SAME_CONTENT = 0.05  # relative difference of formula units that is still agreement
_NOTABLE_VOID = 60.0  # Å3 per cluster; a small anion such as BF4- takes about 60


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """One picture of the cell, atom by atom."""

    file: CrystalFile
    sites: Sites
    cell: CellSites
    images: IntArray
    filled: FloatArray
    molecules: list[Molecule]
    formulas: list[str]

    @property
    def site(self) -> IntArray:
        return self.cell.site[self.images]

    @property
    def numbers(self) -> IntArray:
        return self.sites.numbers[self.site]


def assemble(
    file: CrystalFile,
    path: str,
    provenance: Provenance,
    picture: int | Mapping[str, str] | None = None,
    cluster: int = 0,
) -> Crystal:
    """Put a crystal together.

    Parameters
    ----------
    file : CrystalFile
        What the file says.
    path : str
        Its name, for messages.
    provenance : Provenance
        How it was read.
    picture : int, mapping or None
        Which picture of the disorder (see `Disorder.picture`).
    cluster : int
        Which of several independent clusters.

    Raises
    ------
    DataFileError
        If atoms lie on top of each other without being disordered.
    StructureError
        If there is no such picture or cluster.
    """
    symmetry, notes = choose_symmetry(file)
    sites, remarks = mixed_sites(file.sites, symmetry, file.lattice)
    notes = [*file.notes, *notes, *remarks]
    cell = expand(sites, symmetry, file.lattice)
    notes += [
        f"{sites.labels[i]} moved by {shift:.2f} Å onto its special position"
        for i, shift in cell.moved
    ]
    sites, remarks = with_lost_occupancies(file, sites, cell, path)
    notes += remarks
    disorder = find_disorder(sites, cell, file.lattice)
    drawn = disorder.picture(picture)
    images = drawn.images
    notes += [*disorder.notes, *drawn.notes]
    numbers = sites.numbers[cell.site[images]]
    molecules, remarks = find_molecules(numbers, cell.fractional[images], file.lattice)
    notes += remarks
    symbols = _symbols(numbers)
    formulas = [hill_formula([symbols[a] for a in m.atoms]) for m in molecules]
    whole = _Cell(file, sites, cell, images, drawn.filled, molecules, formulas)
    return _crystal(whole, disorder, symmetry.name, cluster, notes, provenance)


def _symbols(numbers: IntArray) -> list[str]:
    from ase.data import chemical_symbols

    return [chemical_symbols[z] for z in numbers.tolist()]


def _crystal(
    whole: _Cell,
    disorder: Disorder,
    space_group: str,
    cluster: int,
    notes: list[str],
    provenance: Provenance,
) -> Crystal:
    """Choose the cluster and account for everything else."""
    independent, cluster_kind = _clusters(whole, notes)
    if not 0 <= cluster < len(independent):
        raise StructureError(
            f"no cluster {cluster} in this crystal: it has {len(independent)} (from 0)"
        )
    chosen = independent[cluster]
    molecule = whole.molecules[chosen]
    if len(independent) > 1:
        notes.append(
            f"{len(independent)} independent clusters "
            f"({', '.join(whole.formulas[k] for k in independent)}); "
            f"number {cluster} is given"
        )
    atoms, mixed, composition = _atoms(whole, molecule, notes)
    n_clusters = sum(whole.formulas[k] in cluster_kind for k in range(len(whole.molecules)))
    companions = _companions(whole, cluster_kind, n_clusters)
    symbols = Counter(s for s in atoms.get_chemical_symbols() if s in composition)
    void = _void(whole) / max(n_clusters, 1)
    parts = missing_parts(
        np.asarray(atoms.numbers, dtype=np.int64), atoms.positions, molecule.pairs
    )
    hydrogens_lack = any(m.kind == "hydrogen" for m in parts)
    lacking = [
        *parts,
        *_against_formula(whole, hydrogens_lack),
        *_empty_space(whole.file.masked, void),
    ]
    incomplete = whole.file.masked or void >= _NOTABLE_VOID
    metals = Counter({s: n for s, n in symbols.items() if is_metal(_numbers([s]))[0]})
    charge, reason = charge_from_companions(
        companions,
        stated=moiety_charge(whole.file.moiety, metals),
        kinds=len(cluster_kind),
        incomplete=incomplete,
        endless=molecule.endless,
    )
    candidates = (
        ()
        if charge is not None
        else charge_candidates(np.asarray(atoms.numbers, dtype=np.int64), molecule.pairs)
    )
    return Crystal(
        atoms=atoms,
        composition=composition,
        charge=charge,
        charge_reason=reason,
        charge_candidates=candidates,
        companions=companions,
        pictures=disorder.options,
        n_pictures=disorder.n_pictures,
        clusters=tuple(whole.formulas[k] for k in independent),
        mixed_sites=mixed,
        missing=tuple(lacking),
        notes=tuple(dict.fromkeys(notes)),
        space_group=space_group,
        packing=_packing(whole),
        provenance=provenance,
    )


def _clusters(whole: _Cell, notes: list[str]) -> tuple[list[int], frozenset[str]]:
    """Return the independent molecules with the most metals, and their formulas."""
    metals = is_metal(whole.numbers)
    sizes = np.array([int(metals[m.atoms].sum()) for m in whole.molecules])
    totals = np.array([len(m.atoms) for m in whole.molecules])
    if sizes.max() == 0:
        notes.append("no metal atoms in this crystal: the largest molecule is given")
    elif len(set(whole.numbers.tolist())) == 1:
        notes.append("one element only: a bare cluster or a metal, without ligands")
    elif sizes.max() == 1:
        notes.append("one metal atom per molecule: a complex, not a cluster")
    floor = max(2, (int(sizes.max()) + 1) // 2) if sizes.max() > 1 else int(sizes.max())
    large = [
        k
        for k in range(len(sizes))
        if sizes[k] >= floor and (sizes.max() > 0 or totals[k] == totals.max())
    ]
    large.sort(key=lambda k: (-sizes[k], -totals[k], int(whole.molecules[k].atoms[0])))
    seen: dict[tuple[int, ...], int] = {}
    for k in large:
        key = tuple(sorted(whole.site[whole.molecules[k].atoms].tolist()))
        seen.setdefault(key, k)
    independent = list(seen.values())
    return independent, frozenset(whole.formulas[k] for k in large)


def _atoms(
    whole: _Cell, molecule: Molecule, notes: list[str]
) -> tuple[Atoms, tuple[MixedSite, ...], dict[str, float]]:
    """Return the cluster as atoms, its mixed sites, and its average composition."""
    from ase import Atoms

    site = whole.site[molecule.atoms]
    symbols = _symbols(whole.numbers[molecule.atoms])
    composition = dict(Counter(symbols))
    shares = {
        k: whole.sites.mixtures[s] for k, s in enumerate(site.tolist()) if s in whole.sites.mixtures
    }
    average: dict[str, float] = {s: float(n) for s, n in composition.items()}
    for k, share in shares.items():
        average[symbols[k]] -= 1.0
        for symbol, occupancy in share.items():
            average[symbol] = average.get(symbol, 0.0) + occupancy
    if shares:
        for k, symbol in ordered_elements(shares, molecule.positions).items():
            symbols[k] = symbol
        notes.append(
            "mixed sites: `composition` is the average; in the atoms each element stands on the "
            "sites where its share is largest, as often as the average says, far from its own"
        )
    labels = np.array([whole.sites.labels[s] for s in site.tolist()])
    atoms = Atoms(symbols, positions=molecule.positions)
    atoms.set_array("labels", labels)
    mixed = tuple(MixedSite(k, str(labels[k]), tuple(share.items())) for k, share in shares.items())
    return atoms, mixed, {s: round(n, 6) for s, n in average.items() if n > 1e-6}


def _companions(
    whole: _Cell, cluster_kind: frozenset[str], n_clusters: int
) -> tuple[Companion, ...]:
    counts: dict[str, float] = {}
    metals = is_metal(whole.numbers)
    metallic = set()
    for molecule, formula in zip(whole.molecules, whole.formulas, strict=True):
        if formula in cluster_kind:
            continue
        occupancy = float(np.median(whole.filled[molecule.atoms]))
        counts[formula] = counts.get(formula, 0.0) + occupancy
        if metals[molecule.atoms].any():
            metallic.add(formula)
    companions = []
    for formula, count in counts.items():
        identity = _identity(whole, formula)
        role = identity.role
        if role == "unknown" and formula in metallic:
            role = "cluster"
        per_cluster = round(count / max(n_clusters, 1), 6)
        companions.append(Companion(formula, per_cluster, identity.charge, identity.name, role))
    order = {"ion": 0, "cluster": 1, "unknown": 2, "solvent": 3}
    return tuple(sorted(companions, key=lambda c: (order[c.role], c.formula)))


def _identity(whole: _Cell, formula: str) -> Identity:
    """Return what a companion is by its formula, else its charge by its bonds."""
    known = identify(formula)
    if known.charge is not None:
        return known
    molecule = whole.molecules[whole.formulas.index(formula)]
    charge = charge_by_valence(whole.numbers[molecule.atoms], molecule.pairs)
    return known if charge is None else Identity(known.name, "ion", charge)


def _packing(whole: _Cell) -> Atoms:
    from ase import Atoms

    order = np.concatenate([m.atoms for m in whole.molecules])
    positions = np.concatenate([m.positions for m in whole.molecules])
    atoms = Atoms(
        numbers=whole.numbers[order],
        positions=positions,
        cell=whole.file.lattice.vectors,
        pbc=True,
    )
    owner = np.repeat(np.arange(len(whole.molecules)), [len(m.atoms) for m in whole.molecules])
    atoms.set_array("molecule", owner)
    atoms.set_array("labels", np.array([whole.sites.labels[s] for s in whole.site[order]]))
    return atoms


def _void(whole: _Cell) -> float:
    fractional = whole.cell.fractional[whole.images]
    return void_volume(whole.numbers, fractional, whole.file.lattice)


def _empty_space(masked: bool, void: float) -> list[Missing]:
    found = []
    if masked:
        text = "solvent or ions were masked (SQUEEZE or alike) and are not among the sites"
        found.append(Missing("masked", 0.0, text))
    if void >= _NOTABLE_VOID:
        text = f"{void:.0f} Å3 per cluster are empty: solvent or counter-ions may be missing"
        found.append(Missing("void", round(void, 1), text))
    return found


def _against_formula(whole: _Cell, hydrogens_lack: bool) -> tuple[Missing, ...]:
    """Return what the stated formula has and the sites have not."""
    formula = whole.file.formula
    if not formula:
        return ()
    found: dict[str, float] = defaultdict(float)
    sites = whole.sites
    times = whole.cell.multiplicity(sites)
    for site, symbol in enumerate(_symbols(sites.numbers)):
        shares = sites.mixtures.get(site, {symbol: float(sites.occupancy[site])})
        for one, amount in shares.items():
            found[one] += amount * times[site]
    units = _formula_units(formula, found, whole.file.formula_units)
    per_unit = {s: n / units for s, n in found.items()}
    found_missing = formula_difference(formula, per_unit, hydrogens_lack)
    stated = whole.file.formula_units
    if stated is None or abs(units / stated - 1.0) < _SAME_CONTENT:
        return found_missing
    text = (
        f"the sites make {units:.4g} formula units in the cell, the file states Z = {stated:.4g}: "
        "operators or atoms are missing, or the formula is that of another unit"
    )
    return (Missing("formula", round(stated - units, 4), text), *found_missing)


def _formula_units(
    formula: Mapping[str, float], found: Mapping[str, float], stated: float | None
) -> float:
    """Return Z: as stated, or else from the heaviest element of the formula."""
    from ase.data import atomic_numbers

    heavy = max(formula, key=lambda s: atomic_numbers[s])
    ratio = found.get(heavy, 0.0) / formula[heavy]
    if ratio > 0 and (stated is None or atomic_numbers[heavy] > 20):
        return ratio
    return stated or 1.0


def _numbers(symbols: list[str]) -> IntArray:
    from ase.data import atomic_numbers

    return np.array([atomic_numbers[s] for s in symbols], dtype=np.int64)
