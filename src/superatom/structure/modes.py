"""How ligands bind: mu-n and eta-n modes, and their census.

mu-n counts the metals a donor bridges, eta-n the atoms of a ligand that one metal
touches; the census follows scheme 1 of the review of copper nanoclusters
(10.1007/s40820-024-01555-6): metals per donor, donors per metal, alkynyl modes, and
metals bridged in closed triangles and squares by two-armed ligands.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from superatom.structure.donors import BARE, Donors
from superatom.structure.ligand_shell import LigandShell

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["Mode", "ModeCensus", "census", "find_modes"]

_Key = TypeVar("_Key")
_HAPTIC = frozenset({"CCR", "CR", "arene"})


@dataclass(frozen=True, slots=True)
class Mode:
    """How one donor of a ligand binds.

    Attributes
    ----------
    donor : str
        Donor class: 'SR', 'CCR', 'PR3', 'NHC', 'Cl', 'H', ...
    element : str
        Element of the donor atom.
    atoms : tuple[int, ...]
        Donor atoms bonded to metal (both carbons of a pi-bound alkynyl).
    metals : tuple[int, ...]
        Metals they are bonded to.
    eta : tuple[int, ...]
        Donor atoms each metal touches, ascending.
    """

    donor: str
    element: str
    atoms: tuple[int, ...]
    metals: tuple[int, ...]
    eta: tuple[int, ...]

    @property
    def mu(self) -> int:
        """Number of metals bridged."""
        return len(self.metals)

    @property
    def text(self) -> str:
        """'mu2' for a bridging S, 'mu3-eta1,eta1,eta2' for an alkynyl."""
        if self.donor not in _HAPTIC:
            return f"mu{self.mu}"
        eta = ",".join(f"eta{n}" for n in self.eta)
        return eta if self.mu == 1 else f"mu{self.mu}-{eta}"

    @property
    def label(self) -> str:
        """Mode with its donor: 'mu2-SR'; 'mu4-H'."""
        return f"{self.text}-{self.donor}" if self.donor not in _HAPTIC else self.text


@dataclass(frozen=True, slots=True)
class ModeCensus:
    """Counts of binding modes.

    Attributes
    ----------
    donors : Mapping[tuple[str, str], int]
        Number of donors by donor class and mode: ('SR', 'mu2') -> 18.
    metals : Mapping[tuple[str, str, int], int]
        Number of metals by metal, donor element and donors held: ('Au', 'S', 2) -> 12.
    polydentate : Mapping[tuple[str, str], int]
        Number of many-armed ligands by name and 'chelating' or 'bridging'.
    polygons : Mapping[str, int]
        Metal triangles and squares whose every edge is bridged by a two-armed ligand.
    """

    donors: Mapping[tuple[str, str], int]
    metals: Mapping[tuple[str, str, int], int]
    polydentate: Mapping[tuple[str, str], int]
    polygons: Mapping[str, int]

    def as_dict(self) -> dict[str, list[dict[str, object]]]:
        """Return the census as plain JSON types."""
        return {
            "donors": [
                {"donor": donor, "mode": mode, "count": n}
                for (donor, mode), n in self.donors.items()
            ],
            "metals": [
                {"metal": metal, "donor_element": element, "donors_held": held, "count": n}
                for (metal, element, held), n in self.metals.items()
            ],
            "polydentate": [
                {"ligand": name, "mode": mode, "count": n}
                for (name, mode), n in self.polydentate.items()
            ],
            "polygons": [{"polygon": name, "count": n} for name, n in self.polygons.items()],
        }


def find_modes(atoms: Atoms, donors: Donors) -> tuple[Mode, ...]:
    """Return the mode of every donor, by first donor atom."""
    touching: dict[int, dict[int, set[int]]] = {}
    for metal, atom, group in zip(
        donors.metals.tolist(), donors.atoms.tolist(), donors.groups.tolist(), strict=True
    ):
        touching.setdefault(group, {}).setdefault(metal, set()).add(atom)
    symbols = list(atoms.symbols)
    return tuple(
        Mode(
            donor=donors.names[group],
            element=symbols[group],
            atoms=tuple(sorted(set().union(*by_metal.values()))),
            metals=tuple(sorted(by_metal)),
            eta=tuple(sorted(len(touched) for touched in by_metal.values())),
        )
        for group, by_metal in sorted(touching.items())
    )


def census(atoms: Atoms, modes: tuple[Mode, ...], shell: LigandShell) -> ModeCensus:
    """Count binding modes as scheme 1 of 10.1007/s40820-024-01555-6 sorts them."""
    symbols = list(atoms.symbols)
    held: Counter[tuple[int, str]] = Counter(
        (metal, mode.element) for mode in modes for metal in mode.metals
    )
    return ModeCensus(
        donors=_sorted(Counter((mode.donor, mode.text) for mode in modes)),
        metals=_sorted(Counter((symbols[m], element, n) for (m, element), n in held.items())),
        polydentate=_sorted(_polydentate(shell)),
        polygons=_sorted(_polygons(symbols, shell)),
    )


def _sorted(counted: Counter[_Key]) -> dict[_Key, int]:
    return dict(sorted(counted.items(), key=lambda item: str(item[0])))


def _polydentate(shell: LigandShell) -> Counter[tuple[str, str]]:
    """Count ligands with several anchors by whether these hold one metal or more."""
    return Counter(
        (bound.ligand.name, "chelating" if len(bound.metals) == 1 else "bridging")
        for bound in shell.ligands
        if bound.denticity > 1 and bound.ligand.formula not in BARE
    )


def _polygons(symbols: list[str], shell: LigandShell) -> Counter[str]:
    """Count closed triangles and squares of metals joined by two-armed ligands."""
    edges: dict[int, dict[int, str]] = {}
    for bound in shell.ligands:
        if bound.denticity == 2 and len(bound.metals) == 2:
            i, j = bound.metals
            edges.setdefault(i, {})[j] = edges.setdefault(j, {})[i] = bound.ligand.name
    found: Counter[str] = Counter()
    for ring in _rings(edges):
        metals = "".join(f"{e}{n}" for e, n in sorted(Counter(symbols[k] for k in ring).items()))
        names = Counter(edges[i][j] for i, j in zip(ring, (*ring[1:], ring[0]), strict=True))
        found[metals + "".join(f"({name}){n}" for name, n in sorted(names.items()))] += 1
    return found


def _rings(edges: dict[int, dict[int, str]]) -> set[tuple[int, ...]]:
    """Return rings of three and four metals without a chord, each once."""
    rings: set[tuple[int, ...]] = set()
    for a in edges:
        for b in edges[a]:
            for c in edges[b]:
                if c in edges[a] and a < b < c:
                    rings.add((a, b, c))
                for d in edges[c] if c != a else ():
                    square = a < min(b, c, d) and b < d and a in edges[d] and d != b
                    if square and c not in edges[a] and d not in edges[b]:
                        rings.add((a, b, c, d))
    return rings
