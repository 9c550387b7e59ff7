"""Where a small molecule can bind: unique sites on metal, on bare sulfur, and inside the kernel.

A site is the set of atoms that hold the molecule:

- top: one metal that is not buried (with a donor, on the surface of the kernel, or with no
  other metal on one side),
- bridge: two such metals bonded to each other,
- hollow: three bonded to each other, or a square of four with an open side,
- sulfur: a bare chalcogen,
- tetrahedral, octahedral: holes between four or six metals, buried ones included
  ('interstitial' asks for both),
- pair: two metals that are not buried, up to 4.2 Å apart, for molecules with two binding atoms,
- chelate: one such metal that both binding atoms share.

Whether a molecule has room there is decided when it is placed. Sites are equivalent when a
permutation that keeps the bonds of the skeleton carries one into the other
(`superatom.model.symmetry`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np

from superatom.errors import SearchError
from superatom.model.adsorption.metal_holes import octahedra, squares, tetrahedra
from superatom.model.symmetry import skeleton_symmetry
from superatom.structure.anatomy import Anatomy
from superatom.structure.bonds import BondKind
from superatom.structure.exposure import sphere_points

__all__ = ["INSIDE", "KINDS", "TWO_DONORS", "USUAL", "AdsorptionSite", "adsorption_sites"]

#: Kinds of sites.
KINDS = ("top", "bridge", "hollow", "sulfur", "tetrahedral", "octahedral", "pair", "chelate")
#: Those looked for if none are named.
USUAL = KINDS[:4]
#: Those inside the kernel, for single atoms; 'interstitial' names both.
INSIDE = ("tetrahedral", "octahedral")
#: Those for molecules with two binding atoms.
TWO_DONORS = ("pair", "chelate")
_DIRECTIONS = 500  # looked in from a metal without a ligand
_OPEN = np.cos(np.radians(60.0))
_LONGEST_PAIR = 4.2  # Å on average over equivalent pairs
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
    kinds: Sequence[str] = USUAL,
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
        Which of `KINDS`, or 'interstitial'; by default those of `USUAL`.
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
    asked = _expanded(kinds)
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
    for kind in asked:
        members = _members(anatomy, kind, sorted(open_metals))
        for orbit in skeleton.orbits(members):
            atoms = tuple(members[k] for k in orbit)
            if kind != "pair" or _mean_distance(anatomy, atoms) <= _LONGEST_PAIR:
                found.append(AdsorptionSite(kind, _place(anatomy, atoms[0]), atoms[0], atoms))
    return tuple(found)


def _expanded(kinds: Sequence[str]) -> tuple[str, ...]:
    """Return kinds without repetition, both holes where 'interstitial' is asked for."""
    named: dict[str, None] = {}
    for kind in kinds:
        named |= dict.fromkeys(INSIDE if kind == "interstitial" else (kind,))
    unknown = [kind for kind in named if kind not in KINDS]
    if unknown:
        known = ", ".join((*KINDS, "interstitial"))
        raise SearchError(f"no kind of site {unknown[0]!r}; choose from {known}")
    return tuple(named)


def _mean_distance(anatomy: Anatomy, pairs: Sequence[tuple[int, ...]]) -> float:
    ends = anatomy.atoms.positions[np.array(pairs, dtype=np.int64)]
    return float(np.linalg.norm(ends[:, 0] - ends[:, 1], axis=1).mean())


def _open_metals(anatomy: Anatomy) -> list[int]:
    """Return the metals that are not buried, and those of bare facets."""
    near = _neighbours(anatomy)
    return [
        site.atom
        for site in anatomy.sites
        if site.position not in _BURIED or _has_open_side(anatomy, site.atom, near[site.atom])
    ]


def _has_open_side(anatomy: Anatomy, metal: int, around: Set[int]) -> bool:
    """Return whether some direction is 60° away from every metal that a metal touches."""
    if not around:
        return True
    apart = anatomy.atoms.positions[sorted(around)] - anatomy.atoms.positions[metal]
    units = apart / np.linalg.norm(apart, axis=1)[:, None]
    nearest = (sphere_points(_DIRECTIONS) @ units.T).max(axis=1)
    return bool(nearest.min() < _OPEN)


def _members(anatomy: Anatomy, kind: str, open_metals: list[int]) -> list[tuple[int, ...]]:
    """Return all sites of a kind, each as its sorted atoms."""
    if kind in ("top", "chelate"):
        return [(k,) for k in open_metals]
    if kind == "sulfur":
        return _bare_chalcogens(anatomy)
    near = _neighbours(anatomy)
    if kind == "tetrahedral":
        return tetrahedra(near)
    if kind == "octahedral":
        return octahedra(near)
    if kind == "pair":
        return _pairs(anatomy, open_metals)
    chosen = set(open_metals)
    shown = {k: others & chosen for k, others in near.items() if k in chosen}
    if kind == "bridge":
        return sorted((a, b) for a, others in shown.items() for b in others if a < b)
    triangles = [(a, b, c) for a, b in _members(anatomy, "bridge", open_metals)
                 for c in sorted(shown[a] & shown[b]) if b < c]  # fmt: skip
    return [*sorted(triangles), *_open_squares(near, shown)]


def _neighbours(anatomy: Anatomy) -> dict[int, set[int]]:
    """Return the metals bonded to each metal."""
    near: dict[int, set[int]] = {k: set() for k in sorted(anatomy.metals)}
    for a, b in anatomy.bonds.of(BondKind.METAL_METAL).tolist():
        near[a].add(b)
        near[b].add(a)
    return near


def _open_squares(near: dict[int, set[int]], shown: dict[int, set[int]]) -> list[tuple[int, ...]]:
    """Return squares of open metals that no metal caps from both sides."""
    found = []
    for square in squares(shown):
        caps = set.intersection(*(near[k] for k in square))
        if not any(b not in near[a] for a, b in combinations(sorted(caps), 2)):
            found.append(square)
    return found


def _pairs(anatomy: Anatomy, open_metals: list[int]) -> list[tuple[int, ...]]:
    """Return pairs of metals near enough for a molecule to hold both, and some farther ones."""
    points = anatomy.atoms.positions[open_metals]
    gaps = np.linalg.norm(points[:, None] - points, axis=2)
    first, second = np.nonzero(np.triu(gaps < _LONGEST_PAIR + 1.0, 1))
    return [(open_metals[a], open_metals[b]) for a, b in zip(first, second, strict=True)]


def _bare_chalcogens(anatomy: Anatomy) -> list[tuple[int, ...]]:
    symbols = anatomy.atoms.symbols
    return [
        (a,)
        for bound in anatomy.ligands.ligands
        if len(bound.atoms) == 1 and bound.matched_by != "skeleton"
        for a in bound.anchors
        if symbols[a] in _CHALCOGENIDES
    ]


def _place(anatomy: Anatomy, atoms: tuple[int, ...]) -> str:
    """Return where a site is: the positions of its atoms, elements where they differ."""
    position = {site.atom: site.position for site in anatomy.sites}
    named = Counter(
        f"{anatomy.atoms.symbols[k]} {position[k]}" if k in position else anatomy.atoms.symbols[k]
        for k in atoms
    )
    return " + ".join(f"{n} {name}" if n > 1 else name for name, n in sorted(named.items()))
