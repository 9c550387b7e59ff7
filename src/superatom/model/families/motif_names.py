"""Motifs of an archetype by name, from its connectivity alone.

The names are those `structure.motifs` gives to atoms: a motif is what hangs together over
anionic donors without a kernel metal; donors on kernel metals alone bridge them, sit inside
(five metals or more around a bare atom) or are terminal, and terminal ones are not listed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from superatom.model.ligand_sites import LigandSite

__all__ = ["motif_names"]

# one entry per donor group of a ligand: what `structure.donors` calls it
_GROUPS = {
    "SR": ("SR",),
    "PR3": ("PR3",),
    "X": ("X",),
    "CCR": ("CCR",),
    "PP": ("PR3", "PR3"),
    "PN": ("PR3", "NL"),
    "PP3": ("PR3", "PR3", "PR3", "PR3"),
    "SS": ("SR", "SR"),
    "C": ("C",),
}
_NEUTRAL = ("PR3", "NL")
_ORDER = ("SR", "CCR", "OR")
_BARE = ("C", "F", "Cl", "Br", "I")
_METALS_AROUND_INTERSTITIAL = 5


@dataclass(frozen=True, slots=True)
class _Group:
    name: str
    metals: tuple[int, ...]

    @property
    def is_anionic(self) -> bool:
        return self.name not in _NEUTRAL

    @property
    def is_inside(self) -> bool:
        return self.name in _BARE and len(self.metals) >= _METALS_AROUND_INTERSTITIAL


def motif_names(
    sites: Sequence[LigandSite], symbols: Sequence[str], kernel: int, halide: str = "Cl"
) -> str:
    """Return the motifs as `Anatomy.motifs` writes them.

    Parameters
    ----------
    sites : sequence of LigandSite
        All ligands of the cluster.
    symbols : sequence of str
        Element of every metal.
    kernel : int
        Number of kernel metals, which come first.
    halide : str
        Element of the halides.

    Examples
    --------
    >>> motif_names([LigandSite("SR", ((0, 2),)), LigandSite("SR", ((2, 1),))], ["Au"] * 3, 2)
    '1 Au1(SR)2'
    """
    groups = [group for site in sites for group in _groups(site, halide)]
    inside = [group for group in groups if group.is_inside]
    groups = [group for group in groups if not group.is_inside]
    names = [f"interstitial-{group.name}" for group in inside]
    names += [
        f"bridging-{group.name}"
        for group in groups
        if group.is_anionic and max(group.metals) < kernel and len(group.metals) > 1
    ]
    names += [
        _name(metals, groups, symbols, kernel)
        for metals in _components(groups, range(kernel, len(symbols)))
    ]
    return "; ".join(f"{n} {name}" for name, n in sorted(Counter(names).items()))


def _groups(site: LigandSite, halide: str) -> list[_Group]:
    """Return the donor groups of a ligand; hydrides make no motifs."""
    if site.kind == "H":
        return []
    if site.kind == "OO":
        return [_Group("OR", tuple(sorted({m for anchor in site.anchors for m in anchor})))]
    return [
        _Group(halide if name == "X" else name, anchor)
        for name, anchor in zip(_GROUPS[site.kind], site.anchors, strict=True)
        if anchor
    ]


def _components(groups: Sequence[_Group], motif_metals: range) -> list[list[int]]:
    """Return the motif metals that hang together over anionic donors."""
    root = {metal: metal for metal in motif_metals}
    for group in groups:
        joined = {root[m] for m in group.metals if m in root} if group.is_anionic else set()
        if len(joined) > 1:
            root = {m: min(joined) if r in joined else r for m, r in root.items()}
    return [[m for m in motif_metals if root[m] == r] for r in sorted(set(root.values()))]


def _name(metals: list[int], groups: Sequence[_Group], symbols: Sequence[str], kernel: int) -> str:
    own = [group for group in groups if set(metals) & set(group.metals)]
    elements = Counter(symbols[m] for m in metals)
    donors = Counter(group.name for group in own)
    rank = {name: k for k, name in enumerate(_ORDER)}
    ordered = sorted(donors, key=lambda name: (rank.get(name, 50 + (name in _BARE)), name))
    text = "".join(f"{e}{n}" for e, n in sorted(elements.items()))
    text += "".join(f"{d}{donors[d]}" if d in _BARE else f"({d}){donors[d]}" for d in ordered)
    return f"ring-{text}" if _is_ring(metals, own, kernel) else text


def _is_ring(metals: list[int], groups: Sequence[_Group], kernel: int) -> bool:
    """Whether metals and anionic donors alternate in one closed ring."""
    ends = [[m for m in group.metals if m >= kernel] for group in groups if group.is_anionic]
    held = Counter(m for pair in ends for m in pair)
    return (
        len(metals) == len(ends) >= 2
        and all(len(pair) == 2 for pair in ends)
        and all(held[m] == 2 for m in metals)
    )
