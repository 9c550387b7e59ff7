"""Hazards of the chemicals of a route, in the words of the GHS."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from functools import lru_cache
from typing import Any

from superatom.errors import SuperatomError
from superatom.synthesis.compounds import Compound, read_compound
from superatom.synthesis.precursors import find_precursor
from superatom.synthesis.substitution import family_class, table

__all__ = ["Hazard", "hazards_of"]

#: Ligand class of a free ligand, and the hazard it is filed under.
_OF_CLASSES = {
    "thiolate": "thiol",
    "dithiolate": "thiol",
    "selenolate": "selenol",
    "phosphine": "phosphine",
    "diphosphine": "phosphine",
    "polyphosphine": "phosphine",
    "alkynyl": "alkyne",
}
_OF_METALS = {
    "Cd": "cadmium compound",
    "Hg": "mercury compound",
    "Tl": "thallium compound",
    "Ni": "nickel compound",
}
_OF_SALTS = {"Ag": "silver salt", "Cu": "copper salt"}
#: Ions and groups that are dangerous in whatever they stand.
_OF_TEXT = (
    (re.compile(r"ClO4"), "perchlorate"),
    (re.compile(r"BH4(?!\d)"), "borohydride"),
    (re.compile(r"(?:Na|K|Ag|Au|Cu|^)\(?CN\)?(?![A-Za-z])"), "cyanide"),
    (re.compile(r"(?:Na|Ag)N3|^N3\^?-"), "azide"),
    (re.compile(r"PF6|SbF6|BF4|AsF6"), "fluoroanion"),
)
_MOST_ATOMS_OF_A_SALT = 1  # metals: a cluster with its ligands is no salt of its metal


@dataclass(frozen=True, slots=True)
class Hazard:
    """A danger and what to do about it.

    Attributes
    ----------
    name : str
        'CO', 'thiol', 'perchlorate', ...
    statement : str
        What can happen.
    pictogram : str
        Names of the GHS pictograms.
    handling : str
        What to do.
    source : str
        GHS hazard statements it rests on.
    of : tuple[str, ...]
        Chemicals of the route that bring it.
    """

    name: str
    statement: str
    pictogram: str
    handling: str
    source: str
    of: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {**asdict(self), "of": list(self.of)}


@lru_cache(maxsize=1)
def _known() -> dict[str, dict[str, str]]:
    return {row["name"]: row for row in table("hazards.csv")}


def hazards_of(texts: Iterable[str]) -> tuple[Hazard, ...]:
    """Return the hazards of chemicals, in the order of `hazards.csv`.

    Parameters
    ----------
    texts : iterable of str
        Species as equations write them; those that cannot be read have none.

    Examples
    --------
    >>> [hazard.name for hazard in hazards_of(["CO", "H<PET>", "NaBH4"])]
    ['CO', 'thiol', 'borohydride']
    """
    found: dict[str, list[str]] = {}
    for text in dict.fromkeys(texts):
        for name in _names(text):
            found.setdefault(name, []).append(text)
    return tuple(
        Hazard(
            name, row["statement"], row["pictogram"], row["handling"], row["source"],
            tuple(found[name]),
        )
        for name, row in _known().items()
        if name in found
    )  # fmt: skip


def _names(text: str) -> set[str]:
    try:
        compound = read_compound(text)
    except SuperatomError:  # nothing is known of what cannot be read
        return set()
    precursor = find_precursor(compound)
    names = set(precursor.hazards) if precursor else set()
    names |= {name for pattern, name in _OF_TEXT if pattern.search(text)}
    return names | _by_composition(compound)


def _by_composition(compound: Compound) -> set[str]:
    names = {_OF_METALS[symbol] for symbol, _ in compound.metals if symbol in _OF_METALS}
    if compound.is_ligand:
        kinds = (family_class(ligand) for ligand, _ in compound.groups)
        names |= {_OF_CLASSES[kind] for kind in kinds if kind in _OF_CLASSES}
    salt = compound.n_metals == _MOST_ATOMS_OF_A_SALT and (compound.atoms or compound.charge)
    if salt:
        names |= {_OF_SALTS[symbol] for symbol, _ in compound.metals if symbol in _OF_SALTS}
    acetylide = any(family_class(ligand) == "alkynyl" for ligand, _ in compound.groups)
    if acetylide and compound.n_metals == 1 and compound.metals[0][0] in {"Ag", "Cu"}:
        names.add("silver acetylide")
    return names
