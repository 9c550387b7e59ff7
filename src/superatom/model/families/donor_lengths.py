"""Bonds of donor atoms to metals, the room they need, and the bite of chelating ligands."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from superatom.errors import SearchError
from superatom.model.families.site_elements import site_metals

__all__ = ["BITES", "Donor", "bond_length", "donor"]

#: Å between the donor atoms of one ligand, by kind of site: dithiophosphates and dithiocarbamates
#: between 2.9 and 3.4, carboxylates, 2-pyridylphosphines (sums of bonds at usual angles).
BITES: Mapping[str, float] = {"SS": 3.2, "OO": 2.24, "PN": 2.72}

_HALIDES = ("F", "Cl", "Br", "I")
# where a bond lies in the range of its pair: to a donor on one metal, to one that bridges
_ONE, _BRIDGING = 0.35, 0.60
# alkynyls between motif and kernel: sigma bond to the motif metal, pi bond to the kernel metal
_SIGMA, _PI = 0.25, 0.85


@dataclass(frozen=True, slots=True)
class Donor:
    """Room of a donor atom, Å and degrees (data/donors.csv).

    Attributes
    ----------
    from_metals, from_donors : float
        Least distance to metals it does not hold, and to other donors.
    bridge : float
        Angle metal-donor-metal where it bridges metals that do not touch.
    """

    from_metals: float
    from_donors: float
    bridge: float


@cache
def _donors() -> Mapping[str, Donor]:
    table = resources.files("superatom.model") / "data" / "donors.csv"
    return {
        row["donor"]: Donor(
            float(row["from_metals_A"]), float(row["from_donors_A"]), float(row["bridge_deg"])
        )
        for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    }


def donor(element: str, kind: str = "") -> Donor:
    """Return the room of a donor atom, of its kind of site where that has a row of its own.

    Raises
    ------
    SearchError
        If no ligand binds through this element.
    """
    name = "X" if element in _HALIDES else element
    name = kind if kind in _donors() else name
    if name not in _donors():
        raise SearchError(f"{element} is no donor atom of models; there are {', '.join(_donors())}")
    return _donors()[name]


@cache
def _ranges() -> Mapping[tuple[str, str], tuple[float, float]]:
    table = resources.files("superatom.structure") / "data" / "bond_distances.csv"
    return {
        (row["first"], row["second"]): (float(row["short_A"]), float(row["long_A"]))
        for row in csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    }


def bond_length(
    metal: str, element: str, *, in_kernel: bool, n_metals: int = 2, is_link: bool = False
) -> float:
    """Return the length of a bond between a metal and a donor atom, Å.

    Sulfur comes from data/site_lengths.csv. Others stand in the range of the pair in
    structure/data/bond_distances.csv: at 0.35 of it on one metal, at 0.60 bridging; an alkynyl
    between a motif and the kernel at 0.25 (sigma) and 0.85 (pi). Pairs without a range have
    the sum of their covalent radii (Cordero et al., 10.1039/b801115j).

    Parameters
    ----------
    metal, element : str
        Elements.
    in_kernel : bool
        Whether the metal is one of the kernel.
    n_metals : int
        Metals that the donor holds.
    is_link : bool
        Whether it holds one metal of a motif and one of the kernel.
    """
    if element == "S":
        lengths = site_metals()[metal]
        return lengths.kernel_sulfur if in_kernel else lengths.staple_sulfur
    if (metal, element) in _ranges():
        short, long = _ranges()[metal, element]
        share = _ONE if n_metals == 1 else _BRIDGING
        if is_link and element == "C":
            share = _PI if in_kernel else _SIGMA
        return short + share * (long - short)
    from ase.data import atomic_numbers, covalent_radii

    return float(covalent_radii[[atomic_numbers[metal], atomic_numbers[element]]].sum())
