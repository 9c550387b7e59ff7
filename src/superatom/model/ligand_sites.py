"""Where ligands sit on a cluster: which metals each donor atom of a ligand holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["DONOR_ELEMENTS", "LigandSite"]

#: Donor atoms of each kind of site, in the order of its anchors; X stands for a halide.
DONOR_ELEMENTS: Mapping[str, tuple[str, ...]] = {
    "SR": ("S",),
    "PR3": ("P",),
    "X": ("X",),
    "H": ("H",),
    "CCR": ("C",),
    "PP": ("P", "P"),
    "PN": ("P", "N"),
    "PP3": ("P", "P", "P", "P"),
    "SS": ("S", "S"),
    "OO": ("O", "O"),
    "C": ("C",),
}


@dataclass(frozen=True, slots=True)
class LigandSite:
    """One place of a ligand.

    Attributes
    ----------
    kind : str
        A key of `DONOR_ELEMENTS`: 'SR' thiolate, 'PR3' phosphine, 'X' halide, 'H' hydride,
        'CCR' alkynyl, 'PP' diphosphine, 'PN' pyridylphosphine, 'PP3' tetraphosphine,
        'SS' dithiolate or dithiophosphate, 'OO' carboxylate, 'C' interstitial carbon.
    anchors : tuple[tuple[int, ...], ...]
        For each donor atom the metals it holds, from 0.
    """

    kind: str
    anchors: tuple[tuple[int, ...], ...]
