"""Species of a reaction equation: clusters, complexes, ligands, molecules, ions, electrons.

A species is atoms, ligand groups kept whole, and a charge. A group is a ligand name in
angle brackets (`H<SR>`, `AuCl<PPh3>`), or one the ligand library knows, in brackets or
not (`Au(SR)`, `AuSR`, `Cu(OAc)`). A charge stands behind a caret, raised, or at the end
(`Cu^2+`, `Cu²⁺`, `Cu2+`, `BH4-`); a species without one counts as neutral.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from superatom.composition.cluster import Cluster
from superatom.composition.conventions import STANDARD, Conventions, default_valences
from superatom.composition.counts import Number
from superatom.composition.electrons import count_electrons
from superatom.composition.ligands import Ligand, default_library
from superatom.errors import SuperatomError

__all__ = ["SITE", "Species", "generic_group"]

#: A free or occupied adsorption site, counted like an element: * + CO2 -> *CO2.
SITE = "*"
_ALKALI = frozenset({"Li", "Na", "K", "Rb", "Cs"})
#: Non-metals that count as ligands of a cluster when they stand alone in its formula.
_BARE_LIGANDS = frozenset({"H", "D", "F", "Cl", "Br", "I", "S", "Se", "Te", "O"})


@dataclass(frozen=True, slots=True)
class Species:
    """One species of a reaction.

    Attributes
    ----------
    text : str
        As printed, without its coefficient.
    atoms : tuple[tuple[str, int], ...]
        Elements and numbers of the atoms outside ligand groups.
    groups : tuple[tuple[Ligand, int], ...]
        Ligands kept whole.
    charge : int
        Charge in units of e.
    notes : tuple[str, ...]
        Every guess made while it was read.
    label : str
        What tells isomers of one composition apart ('Q', 'T', '*' for a distorted cluster).
    """

    text: str
    atoms: tuple[tuple[str, int], ...] = ()
    groups: tuple[tuple[Ligand, int], ...] = ()
    charge: int = 0
    notes: tuple[str, ...] = ()
    label: str = ""

    @property
    def is_electron(self) -> bool:
        """Whether this is the free electron."""
        return not self.atoms and not self.groups and self.charge == -1

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes two species the same whatever their spelling."""
        groups = sorted((ligand.name, n) for ligand, n in self.groups)
        return (tuple(sorted(self.atoms)), tuple(groups), self.charge, self.label)

    def content(self, opened: frozenset[str] = frozenset()) -> Mapping[str, int]:
        """Return how often each element and each group occurs.

        Parameters
        ----------
        opened : frozenset[str]
            Names of groups to be counted as atoms.

        Returns
        -------
        Mapping[str, int]
            Elements by symbol, groups by name in angle brackets.
        """
        total: Counter[str] = Counter(dict(self.atoms))
        for ligand, n in self.groups:
            if ligand.name in opened and ligand.elements:
                for symbol, atoms in ligand.elements.items():
                    total[symbol] += n * atoms
            else:
                total[f"<{ligand.name}>"] += n
        return {name: n for name, n in total.items() if n}

    @property
    def metals(self) -> Mapping[str, int]:
        """Atoms of metals that can make a superatom, by symbol."""
        return {s: n for s, n in self.atoms if s in default_valences() and s not in _ALKALI}

    def cluster(self) -> Cluster | None:
        """Return the species as a cluster; None if it is not one.

        A cluster has at least two atoms of metals that can make a superatom, and besides
        them only ligands.
        """
        metals = self.metals
        if sum(metals.values()) < 2:
            return None
        ligands: dict[Ligand, int] = dict(self.groups)
        for symbol, n in self.atoms:
            if symbol in metals:
                continue
            bare = _bare_ligand(symbol)
            if bare is None:  # a salt, or no cluster at all
                return self._parsed()
            ligands[bare] = ligands.get(bare, 0) + n
        return Cluster.of(metals, ligands, self.charge)

    def _parsed(self) -> Cluster | None:
        """Return what the reader of cluster formulas makes of the text."""
        try:
            return Cluster.parse(self.text.replace("<", "(").replace(">", ")"))
        except SuperatomError:  # a molecule with metals in it, such as Ag2SO4
            return None

    def electrons(self, conventions: Conventions = STANDARD) -> Number | None:
        """Return the superatom electrons of one; None if it is no cluster or not countable."""
        cluster = self.cluster()
        if cluster is None:
            return None
        try:
            total = count_electrons(cluster, conventions).total
        except SuperatomError:  # a ligand or metal without a convention: no count to give
            return None
        return total if total >= 0 else None


@lru_cache(maxsize=64)
def _bare_ligand(symbol: str) -> Ligand | None:
    """Return the ligand that consists of one atom of an element."""
    if symbol not in _BARE_LIGANDS:
        return None
    found = (m for m in default_library().meanings(symbol) if m.formula == symbol)
    return next(found, None)


def generic_group(name: str) -> Ligand:
    """Return a group that the library does not know, under the name the user gave it.

    It takes the charge of the ligand whose name it continues: SR1, SR2 and SR' that of SR.
    """
    family = re.sub(r"[\d'*]+$", "", name)
    known = default_library().meanings(family) if family != name else ()
    charge = known[0].charge_taken if known and known[0].is_generic else None
    return Ligand(name=name, kind="generic", charge_taken=charge, source="named in the equation")
