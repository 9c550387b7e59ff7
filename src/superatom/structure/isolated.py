"""A molecule without a cell: what belongs to the cluster, what stands beside it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from superatom.structure.bonds import is_metal
from superatom.structure.charges import charge_candidates, identify
from superatom.structure.crystal import Companion, Crystal
from superatom.structure.missing import missing_parts
from superatom.structure.molecules import Molecule, hill_formula, split_molecules

if TYPE_CHECKING:
    from ase import Atoms

    from superatom.provenance import Provenance

__all__ = ["of_isolated"]


def of_isolated(atoms: Atoms, notes: list[str], provenance: Provenance) -> Crystal:
    """Return coordinates without a cell as a `Crystal`.

    Known ions and solvents that are not bonded to the cluster are put aside; anything else
    stays, for a long bond is likelier than a stray molecule. The order of the atoms is kept.
    """
    numbers = np.asarray(atoms.numbers, dtype=np.int64)
    positions = np.asarray(atoms.positions, dtype=np.float64)
    symbols = atoms.get_chemical_symbols()
    molecules, remarks = split_molecules(numbers, positions)
    notes = [*notes, *remarks]
    metals = is_metal(numbers)
    aside, kept = _sorted_out(molecules, symbols, metals)
    if len(kept) > 1:
        parts = ", ".join(hill_formula([symbols[a] for a in m.atoms]) for m in kept[:6])
        notes.append(f"{len(kept)} parts are not bonded to each other: {parts}; all are given")
    if not metals.any():
        notes.append("no metal atoms in this file")
    elif len(set(symbols)) == 1:
        notes.append("one element only: a bare cluster or a metal, without ligands")
    index = np.sort(np.concatenate([m.atoms for m in kept]))
    bare = atoms[index]
    bare.set_cell(None)
    bare.set_pbc(False)
    bare.calc = None
    bare.set_array("labels", np.array([f"{symbols[k]}{k + 1}" for k in index.tolist()]))
    pairs = np.concatenate([np.searchsorted(index, m.atoms[m.pairs]) for m in kept])
    stated = atoms.info.get("charge")
    total = int(stated) if isinstance(stated, int | float | np.integer) else None
    charges = [c.charge for c in aside]
    if total is not None and all(q is not None for q in charges):
        charge: int | None = total - sum(round(c.count) * (c.charge or 0) for c in aside)
        reason = "stated in the file"
    else:
        charge, reason = None, "coordinates without a crystal do not tell it"
    return Crystal(
        atoms=bare,
        composition={s: float(n) for s, n in Counter(bare.get_chemical_symbols()).items()},
        charge=charge,
        charge_reason=reason,
        charge_candidates=() if charge is not None else charge_candidates(numbers[index], pairs),
        companions=tuple(aside),
        pictures=(),
        n_pictures=1,
        clusters=(hill_formula(list(bare.get_chemical_symbols())),),
        mixed_sites=(),
        missing=missing_parts(numbers[index], positions[index], pairs),
        notes=tuple(notes),
        space_group="",
        packing=None,
        provenance=provenance,
    )


def _sorted_out(
    molecules: list[Molecule],
    symbols: list[str],
    metals: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
) -> tuple[list[Companion], list[Molecule]]:
    """Return known companions, and the molecules that stay."""
    largest = max(molecules, key=lambda m: (int(metals[m.atoms].sum()), len(m.atoms)))
    counts: Counter[str] = Counter()
    kept = []
    for molecule in molecules:
        formula = hill_formula([symbols[a] for a in molecule.atoms])
        free = not metals[molecule.atoms].any() and identify(formula).role in ("ion", "solvent")
        if molecule is not largest and free:
            counts[formula] += 1
        else:
            kept.append(molecule)
    aside = []
    for formula, count in counts.items():
        known = identify(formula)
        aside.append(Companion(formula, float(count), known.charge, known.name, known.role))
    return aside, kept
