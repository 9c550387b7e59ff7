"""Where a small molecule can bind: unique top, bridge, hollow, sulfur and interstitial sites.

A site is the set of atoms that hold the molecule. Top sites are metals that are not buried
(those with a donor, or on the surface of the kernel), bridges are pairs and hollows triangles
of such metals bonded to each other, sulfur sites bare chalcogens, and interstitial sites
tetrahedra of bonded metals, buried ones included. Whether a molecule has room there is
decided when it is placed. Sites are equivalent when a permutation that keeps the bonds of
the skeleton carries one into the other (`superatom.model.symmetry`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from superatom.errors import SearchError
from superatom.model.symmetry import skeleton_symmetry
from superatom.structure.anatomy import Anatomy
from superatom.structure.bonds import BondKind

__all__ = ["KINDS", "AdsorptionSite", "adsorption_sites"]

#: Kinds of sites; interstitial ones only where asked for.
KINDS = ("top", "bridge", "hollow", "sulfur", "interstitial")
_USUAL = KINDS[:4]
_BURIED = ("centre", "kernel")
_CHALCOGENIDES = ("S", "Se", "Te")


@dataclass(frozen=True, slots=True)
class AdsorptionSite:
    """A set of equivalent sites.

    Attributes
    ----------
    kind : str
        One of `KINDS`.
    place : str
        Doping positions of its metals: 'kernel surface', 'kernel surface-motif', ...
    atoms : tuple[int, ...]
        Atoms of the first of them.
    equivalent : tuple[tuple[int, ...], ...]
        Atoms of each of them.
    """

    kind: str
    place: str
    atoms: tuple[int, ...]
    equivalent: tuple[tuple[int, ...], ...]

    @property
    def multiplicity(self) -> int:
        """Number of equivalent sites."""
        return len(self.equivalent)

    def __str__(self) -> str:
        return f"{self.kind} on {self.place} {self.atoms} x{self.multiplicity}"

    def as_dict(self) -> dict[str, Any]:
        """Return the site as plain JSON types."""
        return {
            "kind": self.kind,
            "place": self.place,
            "atoms": list(self.atoms),
            "equivalent": [list(atoms) for atoms in self.equivalent],
        }


def adsorption_sites(
    anatomy: Anatomy,
    kinds: Sequence[str] = _USUAL,
    *,
    probe: str | None = None,
    symmetry: str = "bonds",
) -> tuple[AdsorptionSite, ...]:
    """Return the unique sites of a cluster, kind by kind.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster, dissected.
    kinds : sequence of str
        Which of `KINDS`; all but interstitial ones by default.
    probe : str, optional
        Only metals of which a probe of this name can touch at least one in each orbit
        ('H+', 'CO', 'CO2', ...; `superatom.structure.exposure`). None: all that are not
        buried, also those in pockets under staples.
    symmetry : str
        'bonds', 'positions' or 'none'.

    Raises
    ------
    SearchError
        If there is no such kind.
    """
    unknown = [kind for kind in kinds if kind not in KINDS]
    if unknown:
        raise SearchError(f"no kind of site {unknown[0]!r}; choose from {', '.join(KINDS)}")
    skeleton = skeleton_symmetry(anatomy, symmetry)
    open_metals = _open_metals(anatomy)
    if probe is not None:
        touched = set(anatomy.exposure(probe).metal_sites.tolist())
        orbits = skeleton.orbits([(k,) for k in open_metals])
        open_metals = [
            open_metals[k]
            for orbit in orbits
            if touched & {open_metals[j] for j in orbit}
            for k in orbit
        ]
    found = []
    for kind in kinds:
        members = _members(anatomy, kind, sorted(open_metals))
        for orbit in skeleton.orbits(members):
            atoms = tuple(members[k] for k in orbit)
            found.append(AdsorptionSite(kind, _place(anatomy, atoms[0]), atoms[0], atoms))
    return tuple(found)


def _open_metals(anatomy: Anatomy) -> list[int]:
    """Return the metals that are not buried; all of a cluster that is nothing but metal."""
    return [site.atom for site in anatomy.sites if site.position not in _BURIED]


def _members(anatomy: Anatomy, kind: str, open_metals: list[int]) -> list[tuple[int, ...]]:
    """Return all sites of a kind, each as its sorted atoms."""
    if kind == "top":
        return [(k,) for k in open_metals]
    if kind == "sulfur":
        symbols = anatomy.atoms.symbols
        return [
            (a,)
            for bound in anatomy.ligands.ligands
            if len(bound.atoms) == 1 and bound.matched_by != "skeleton"
            for a in bound.anchors
            if symbols[a] in _CHALCOGENIDES
        ]
    inside = kind == "interstitial"
    chosen = set(anatomy.metals) if inside else set(open_metals)
    size = {"bridge": 2, "hollow": 3, "interstitial": 4}[kind]
    return _cliques(anatomy, chosen, size)


def _cliques(anatomy: Anatomy, chosen: set[int], size: int) -> list[tuple[int, ...]]:
    """Return the sets of `size` metals that are all bonded to each other."""
    near: dict[int, set[int]] = {}
    for a, b in anatomy.bonds.of(BondKind.METAL_METAL).tolist():
        if a in chosen and b in chosen:
            near.setdefault(a, set()).add(b)
            near.setdefault(b, set()).add(a)
    found: list[tuple[int, ...]] = []
    for first in sorted(near):
        later = sorted(k for k in near[first] if k > first)
        found.extend(
            (first, *rest)
            for rest in combinations(later, size - 1)
            if all(b in near[a] for a, b in combinations(rest, 2))
        )
    return found


def _place(anatomy: Anatomy, atoms: tuple[int, ...]) -> str:
    """Return where a site is: the positions of its atoms, elements where they differ."""
    position = {site.atom: site.position for site in anatomy.sites}
    named = Counter(
        f"{anatomy.atoms.symbols[k]} {position[k]}" if k in position else anatomy.atoms.symbols[k]
        for k in atoms
    )
    return " + ".join(f"{n} {name}" if n > 1 else name for name, n in sorted(named.items()))
