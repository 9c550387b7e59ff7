"""Which of the symmetries a file states is the true one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from superatom.structure.proximity import collision_distance
from superatom.structure.readers.operators import Symmetry
from superatom.structure.sites import FULL, CellSites, CrystalFile, Sites, expand

__all__ = ["choose_symmetry", "clashing_share"]

_REACH = 2.2  # Å, contacts looked at
_ALIKE = 0.02  # scores closer than this do not decide


@dataclass(frozen=True, slots=True)
class _Trial:
    symmetry: Symmetry
    clashes: float  # atoms that clash, as a share of all
    excess: float  # |content - stated content| / stated content; 0 if nothing is stated

    @property
    def score(self) -> float:
        return self.clashes + min(self.excess, 1.0)


def choose_symmetry(file: CrystalFile) -> tuple[Symmetry, list[str]]:
    """Return the symmetry under which the atoms make sense, and why.

    Of several statements the one without clashing atoms and with the stated cell content
    (formula times Z) is taken. If that does not decide: a group that contains the file's
    operators and brings no atoms together is the true one, for atoms listed already
    expanded would come to lie on each other; else the file's operators.
    """
    if len(file.symmetries) == 1:
        return file.symmetries[0], []
    trials = [_trial(file, symmetry) for symmetry in file.symmetries]
    best = min(trial.score for trial in trials)
    good = [trial for trial in trials if trial.score <= best + _ALIKE]
    chosen = good[0]
    for other in good[1:]:
        if other.symmetry.repaired:  # a misprint makes a group too large
            continue
        if other.clashes < _ALIKE and chosen.symmetry.keys() < other.symmetry.keys():
            chosen = other
    others = "; ".join(
        f"{t.symmetry.source}: {len(t.symmetry)} operators, {100 * t.clashes:.0f} % of the atoms "
        f"clash, content off by {100 * t.excess:.0f} %"
        for t in trials
    )
    note = f"the file contradicts itself on symmetry; taken: {chosen.symmetry.source} ({others})"
    return chosen.symmetry, [note]


def _trial(file: CrystalFile, symmetry: Symmetry) -> _Trial:
    sites = file.sites
    cell = expand(sites, symmetry, file.lattice)
    return _Trial(symmetry, clashing_share(sites, cell, file), _excess(file, symmetry))


def clashing_share(sites: Sites, cell: CellSites, file: CrystalFile) -> float:
    """Return the share of fully occupied atoms that clash with another one."""
    whole = (~sites.tagged & (sites.occupancy >= FULL))[cell.site]
    fractional = cell.fractional[whole]
    if not len(fractional):
        return 0.0
    numbers = sites.numbers[cell.site][whole]
    contacts = file.lattice.contacts(fractional, _REACH)
    first, second = numbers[contacts.first], numbers[contacts.second]
    near = contacts.length < collision_distance(first, second)
    return len(np.unique(contacts.pairs[near])) / len(fractional)


def _excess(file: CrystalFile, symmetry: Symmetry) -> float:
    """Return how far the cell content is off the stated one (heavy atoms only)."""
    from ase.data import chemical_symbols

    units = file.formula_units
    stated = sum(n for s, n in file.formula.items() if s != "H") * (units or 0.0)
    if not stated:
        return 0.0
    cell = expand(file.sites, symmetry, file.lattice)
    symbols = np.array([chemical_symbols[z] for z in file.sites.numbers])
    heavy = symbols[cell.site] != "H"
    content = float(file.sites.occupancy[cell.site][heavy].sum())
    return abs(content - stated) / stated
