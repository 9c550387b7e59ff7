"""Reasons for and against a candidate that are not the fit: chemistry, ladders, series.

Each reason has a weight, the natural logarithm of the factor by which it changes the odds.
The weights are rules of thumb, made to order candidates that a spectrum cannot tell apart;
they are listed with every candidate and never change its fit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.composition.shells import closed_shells
from superatom.spectra.mass.assignments import Evidence
from superatom.spectra.mass.candidates import Candidates

__all__ = ["ChemicalEvidence", "chemistry"]

Floats = NDArray[np.float64]

#: Donor atoms on the surface of a protected cluster of n metal atoms, about _COVERAGE n^(2/3):
#: Au25(SR)18 2.11, Au38(SR)24 2.12, Au102(SR)44 2.02, Au144(SR)60 2.18, [Ag44(SR)30]4- 2.41,
#: Au13(dppm)6 2.17, Au4(SR)4 1.59, [Au(SR)2]- 2.00.
_COVERAGE = 2.1
_COVERAGE_SD = 0.30  # of its logarithm
_FLOOR = -8.0
_ADDUCT = -0.6  # each alkali or other atom picked up
_CHARGE = -0.5  # each elementary charge of the cluster itself beyond two
_DEFICIT = -1.5  # each electron that ligands take and metals do not have
_ODD = -0.7
_CLOSED = 1.0
_NONE_FREE = 0.5  # a hydride or a small metal(I) complex without free electrons ...
_COMPLEX = 12  # ... of at most so many metal atoms
_MIXED = -0.8  # each kind of ligand beyond the first
_BARE = 0.6  # more free electrons per metal atom than this are unusual ...
_EXCESS = -0.7  # ... and cost this much for each


@dataclass(frozen=True, slots=True, eq=False)
class ChemicalEvidence:
    """Chemistry of n candidates.

    Attributes
    ----------
    weight : ndarray, shape (n,)
        Sum of the weights of all reasons.
    coverage, adducts, core_charge, electrons, mixed : ndarray, shape (n,)
        Weights of the single reasons.
    n_electrons, charge_of_core, n_metals, n_donors, n_adducts, n_kinds : ndarray of int, (n,)
        What the reasons are about.
    """

    weight: Floats
    coverage: Floats
    adducts: Floats
    core_charge: Floats
    electrons: Floats
    mixed: Floats
    n_electrons: NDArray[np.int64]
    charge_of_core: NDArray[np.int64]
    n_metals: NDArray[np.int64]
    n_donors: NDArray[np.int64]
    n_adducts: NDArray[np.int64]
    n_kinds: NDArray[np.int64]

    def reasons(self, index: int) -> tuple[Evidence, ...]:
        """Return the reasons for one candidate in words."""
        donors, metals = int(self.n_donors[index]), int(self.n_metals[index])
        electrons, core = int(self.n_electrons[index]), int(self.charge_of_core[index])
        usual = _COVERAGE * metals ** (2 / 3)
        said = [
            Evidence(
                "coverage",
                f"{donors} donor atoms on {metals} metal atoms (usual: about {usual:.0f})",
                float(self.coverage[index]),
            ),
            Evidence("electrons", _electron_words(electrons), float(self.electrons[index])),
        ]
        if abs(core) > 2:
            text = f"charge {core:+d} without protons and alkali ions gained or lost"
            said.append(Evidence("core charge", text, float(self.core_charge[index])))
        if self.n_adducts[index]:
            text = f"{int(self.n_adducts[index])} atoms picked up in flight"
            said.append(Evidence("adducts", text, float(self.adducts[index])))
        if self.n_kinds[index] > 1:
            text = f"{int(self.n_kinds[index])} kinds of ligands at once"
            said.append(Evidence("mixed ligands", text, float(self.mixed[index])))
        if metals <= 4 and donors >= metals:
            text = "a small metal-ligand complex: by-product or fragment, not a cluster"
            said.append(Evidence("by-product", text, 0.0))
        return tuple(said)


def _electron_words(electrons: int) -> str:
    shell = next((s for s in closed_shells() if s.electrons == electrons), None)
    if electrons < 0:
        return f"{-electrons} electrons fewer than the ligands take"
    if electrons == 0:
        return "no free electrons: a metal(I) complex"
    if shell is not None and shell.kind == "spherical":
        return f"{electrons} free electrons close a shell"
    return f"{electrons} free electrons" + (", an odd number" if electrons % 2 else "")


def chemistry(candidates: Candidates) -> ChemicalEvidence:
    """Weigh the chemistry of candidates."""
    space = candidates.space
    counts = candidates.counts.astype(np.int64)
    charge = candidates.charge.astype(np.int64)
    metals, _, electrons = space.totals(counts, charge)
    donors = counts @ np.array([part.donors for part in space.parts])
    ionic = np.array([part.is_ion for part in space.parts])
    carried = np.array([part.electrons for part in space.parts])
    core = charge - counts @ np.where(ionic, carried, 0)
    heavy = np.array([part.is_ion and part.name != "H" for part in space.parts])
    adducts = np.abs(counts) @ heavy.astype(np.int64)
    ratio = np.log(np.maximum(donors, 0.1) / (_COVERAGE * np.maximum(metals, 1) ** (2 / 3)))
    coverage = np.maximum(-0.5 * (ratio / _COVERAGE_SD) ** 2, _FLOOR)
    core_charge = _CHARGE * np.maximum(np.abs(core) - 2, 0.0)
    shells = np.array([s.electrons for s in closed_shells() if s.kind == "spherical"])
    hydride = [part.ligand is not None and part.ligand.kind == "hydride" for part in space.parts]
    hydridic = (counts[:, np.array(hydride)] > 0).any(axis=1)
    shell = (
        np.where(np.isin(electrons, shells), _CLOSED, 0.0)
        + np.where((electrons == 0) & (hydridic | (metals <= _COMPLEX)), _NONE_FREE, 0.0)
        + np.where(electrons % 2 == 1, _ODD, 0.0)
        + _DEFICIT * np.maximum(-electrons, 0)
        + _EXCESS * np.maximum(electrons - _BARE * metals - 2, 0)
    )
    shell = np.maximum(shell, _FLOOR)
    picked = _ADDUCT * adducts
    bound = np.array([part.ligand is not None for part in space.parts])
    kinds = (counts[:, bound] > 0).sum(axis=1)
    mixed = _MIXED * np.maximum(kinds - 1.0, 0.0)
    total = coverage + core_charge + shell + picked + mixed
    return ChemicalEvidence(
        total, coverage, picked, core_charge, shell, mixed,
        electrons, core, metals, donors, adducts, kinds,
    )  # fmt: skip
