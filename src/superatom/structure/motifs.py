"""Motifs: the metal-ligand units around a kernel, and their names.

A motif is what hangs together over anionic donors without a kernel metal: the staples
Au(SR)2, Au2(SR)3, the rings Au8(SR)8, the M(SR)3 and Ag2(SR)5 mounts. Donors that sit on
kernel metals alone are bridging ligands (or interstitial anions, if bare and enclosed).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from superatom.structure.donors import BARE, Donors

if TYPE_CHECKING:
    from ase import Atoms

__all__ = [
    "Motif",
    "element_text",
    "find_motifs",
    "interstitial_anions",
    "linking_number",
    "motif_text",
]

FloatArray = NDArray[np.float64]

_DONOR_ORDER = ("SR", "SeR", "TeR", "CCR", "CR", "CN", "NR", "OR", "PR2")
_ENCLOSED = 0.30  # length of the mean direction to the metals around an enclosed atom
_NEAR_LINEAR = 145.0  # degrees between the two nearest donors of a staple metal
_WEAKER = 0.15  # Å beyond the second donor: a contact that does not hold a motif together
_METALS_AROUND_INTERSTITIAL = 5


@dataclass(frozen=True, slots=True)
class Motif:
    """One motif or bridging ligand.

    Attributes
    ----------
    name : str
        Canonical name: 'Au2(SR)3', 'ring-Au8(SR)8', 'bridging-SR', 'interstitial-S'.
    kind : str
        'staple', 'ring', 'bridging', 'terminal' or 'interstitial'.
    metals : tuple[int, ...]
        Indices of its metals; for a ring in the order of the ring.
    donors : tuple[int, ...]
        Indices of its donor atoms (one per donor group); for a ring, donor k lies
        between metals k and k + 1.
    kernel_contacts : tuple[int, ...]
        Kernel metals its donors are bonded to.
    interlocked_with : tuple[int, ...]
        For a ring of a catenane: first metal of each ring it is threaded through.
    """

    name: str
    kind: str
    metals: tuple[int, ...]
    donors: tuple[int, ...]
    kernel_contacts: tuple[int, ...] = ()
    interlocked_with: tuple[int, ...] = ()

    @property
    def size(self) -> int:
        """Number of metals."""
        return len(self.metals)


def element_text(symbols: Iterable[str]) -> str:
    """Return counted elements in alphabetical order, counts of 1 printed: 'Au12Pd1'."""
    return "".join(f"{element}{n}" for element, n in sorted(Counter(symbols).items()))


def motif_text(motifs: Sequence[Motif]) -> str:
    """Return motifs as '3 Au1(SR)2; 6 Au2(SR)3', sorted by name."""
    counts = Counter(motif.name for motif in motifs)
    return "; ".join(f"{n} {name}" for name, n in sorted(counts.items()))


def find_motifs(
    atoms: Atoms, donors: Donors, motif_metals: set[int]
) -> tuple[tuple[Motif, ...], tuple[Motif, ...]]:
    """Return motifs with bridging ligands, and terminal anions, for given motif metals.

    Parameters
    ----------
    atoms : ase.Atoms
        The molecule.
    donors : Donors
        Its donors.
    motif_metals : set of int
        Metals that belong to motifs; all others are kernel.
    """
    symbols = list(atoms.symbols)
    metals_of = donors.metals_of()
    inside = interstitial_anions(atoms, donors)
    weak = _weak_contacts(atoms.positions, donors, motif_metals)
    around = {
        group: tuple(m for m in metals if (m, group) not in weak)
        for group, metals in metals_of.items()
        if group not in inside
    }
    motifs = [
        _staple(symbols, donors, around, metals, groups, motif_metals)
        for metals, groups in _components(donors, around, motif_metals)
    ]
    motifs = _with_catenanes(motifs, atoms.positions)
    on_kernel = [
        _on_kernel(donors.names[group], group, metals)
        for group, metals in around.items()
        if metals and donors.is_anionic(group) and not motif_metals.intersection(metals)
    ]
    motifs += [_interstitial(donors.names[group], group, metals_of[group]) for group in inside]
    terminal = tuple(m for m in on_kernel if m.kind == "terminal")
    motifs += [m for m in on_kernel if m.kind != "terminal"]
    motifs.sort(key=lambda motif: (motif.name, motif.metals, motif.donors))
    return tuple(motifs), terminal


def _weak_contacts(
    positions: FloatArray, donors: Donors, motif_metals: set[int]
) -> set[tuple[int, int]]:
    """Return (metal, donor group) contacts of motif metals that do not join motifs.

    Silver of a staple often has a third S well beyond its two near ones; counted as a
    bond it would merge neighbouring staples.
    """
    weak = set()
    for metal, pairs in donors.by_metal().items():
        if metal not in motif_metals:
            continue
        away = {group: positions[atom] - positions[metal] for group, atom in pairs}
        length = {group: float(np.linalg.norm(step)) for group, step in away.items()}
        near = sorted(length, key=lambda group: length[group])
        if len(near) < 3:
            continue
        first, second = near[:2]
        cosine = float(away[first] @ away[second]) / (length[first] * length[second])
        if cosine < np.cos(np.radians(_NEAR_LINEAR)):
            weak |= {(metal, g) for g in near[2:] if length[g] > length[second] + _WEAKER}
    return weak


def _components(
    donors: Donors, metals_of: dict[int, tuple[int, ...]], motif_metals: set[int]
) -> list[tuple[list[int], list[int]]]:
    """Return (metals, donor groups) of each set of motif metals joined by anionic donors."""
    parent = {metal: metal for metal in motif_metals}

    def root(metal: int) -> int:
        while parent[metal] != metal:
            parent[metal] = parent[parent[metal]]
            metal = parent[metal]
        return metal

    touching: dict[int, list[int]] = {}
    for group, metals in metals_of.items():
        inside = [metal for metal in metals if metal in motif_metals]
        if not inside or donors.names[group] == "H":
            continue
        touching[group] = inside
        if donors.is_anionic(group):
            for other in inside[1:]:
                parent[root(other)] = root(inside[0])
    units: dict[int, tuple[list[int], list[int]]] = {}
    for metal in sorted(motif_metals):
        units.setdefault(root(metal), ([], []))[0].append(metal)
    for group, inside in touching.items():
        units[root(inside[0])][1].append(group)
    return list(units.values())


def _staple(
    symbols: list[str],
    donors: Donors,
    metals_of: dict[int, tuple[int, ...]],
    metals: list[int],
    groups: list[int],
    motif_metals: set[int],
) -> Motif:
    name = element_text(symbols[k] for k in metals) + _donor_text(donors, groups)
    kernel = sorted({k for g in groups for k in metals_of[g] if k not in motif_metals})
    anionic = [g for g in groups if donors.is_anionic(g)]
    ring = _ring(metals, anionic, metals_of, motif_metals)
    if ring is not None:
        neutral = [g for g in groups if g not in anionic]
        return Motif(f"ring-{name}", "ring", ring[0], (*ring[1], *neutral), tuple(kernel))
    return Motif(name, "staple", tuple(metals), tuple(sorted(groups)), tuple(kernel))


def _donor_text(donors: Donors, groups: list[int]) -> str:
    """Return the donors of a motif: '(SR)3', '(SR)2Cl1', '(SR)3(PR3)1'."""
    counts = Counter(donors.names[group] for group in groups)
    rank = {name: k for k, name in enumerate(_DONOR_ORDER)}
    ordered = sorted(counts, key=lambda n: (rank.get(n, 50 + (n in BARE)), n))
    return "".join(f"{n}{counts[n]}" if n in BARE else f"({n}){counts[n]}" for n in ordered)


def _ring(
    metals: list[int],
    groups: list[int],
    metals_of: dict[int, tuple[int, ...]],
    motif_metals: set[int],
) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Return metals and donors in ring order if they form one closed ring, else None."""
    if len(metals) != len(groups) or len(metals) < 2:
        return None
    inside = {g: [k for k in metals_of[g] if k in motif_metals] for g in groups}
    of_metal: dict[int, list[int]] = {}
    for group, ends in inside.items():
        for metal in ends:
            of_metal.setdefault(metal, []).append(group)
    if any(len(ends) != 2 for ends in inside.values()):
        return None
    if any(len(of_metal.get(metal, [])) != 2 for metal in metals):
        return None
    ring_metals, ring_groups = [metals[0]], [of_metal[metals[0]][0]]
    while True:
        here = ring_groups[-1]
        metal = next(k for k in inside[here] if k != ring_metals[-1])
        if metal == ring_metals[0]:
            break
        ring_metals.append(metal)
        ring_groups.append(next(g for g in of_metal[metal] if g != here))
    return tuple(ring_metals), tuple(ring_groups)


def _on_kernel(name: str, group: int, metals: tuple[int, ...]) -> Motif:
    """Return a ligand that sits on kernel metals alone."""
    kind = "terminal" if len(metals) == 1 else "bridging"
    return Motif(f"{kind}-{name}", kind, (), (group,), metals)


def _interstitial(name: str, group: int, metals: tuple[int, ...]) -> Motif:
    return Motif(f"interstitial-{name}", "interstitial", (), (group,), metals)


def interstitial_anions(atoms: Atoms, donors: Donors) -> frozenset[int]:
    """Return the bare anions with five or more metals on all sides.

    They sit inside the metal frame and, like hydrides, do not make a metal a motif metal.
    """
    found = []
    for group, metals in donors.metals_of().items():
        name = donors.names[group]
        if name not in BARE or name == "H" or len(metals) < _METALS_AROUND_INTERSTITIAL:
            continue
        away = atoms.positions[list(metals)] - atoms.positions[group]
        units = away / np.linalg.norm(away, axis=1)[:, None]
        if float(np.linalg.norm(units.mean(axis=0))) < _ENCLOSED:
            found.append(group)
    return frozenset(found)


def _with_catenanes(motifs: list[Motif], positions: FloatArray) -> list[Motif]:
    """Return the motifs with rings that are threaded through each other marked."""
    rings = [k for k, motif in enumerate(motifs) if motif.kind == "ring"]
    partners: dict[int, list[int]] = {k: [] for k in rings}
    for n, first in enumerate(rings):
        for second in rings[n + 1 :]:
            curves = [_polygon(motifs[k], positions) for k in (first, second)]
            if linking_number(*curves):
                partners[first].append(motifs[second].metals[0])
                partners[second].append(motifs[first].metals[0])
    return [
        Motif(
            name=motif.name,
            kind=motif.kind,
            metals=motif.metals,
            donors=motif.donors,
            kernel_contacts=motif.kernel_contacts,
            interlocked_with=tuple(partners.get(k, ())),
        )
        for k, motif in enumerate(motifs)
    ]


def _polygon(motif: Motif, positions: FloatArray) -> FloatArray:
    """Return the corners of a ring, metals and donors in turn, shape (2 n, 3)."""
    corners = np.empty((2 * motif.size, 3))
    corners[0::2] = positions[list(motif.metals)]
    corners[1::2] = positions[list(motif.donors[: motif.size])]
    return corners


def linking_number(first: FloatArray, second: FloatArray) -> int:
    """Return how often two closed polygons are threaded through each other.

    Gauss's linking integral, summed exactly over pairs of straight segments (Klenin and
    Langowski, 10.1002/1097-0282(20001015)54:5<307::AID-BIP20>3.0.CO;2-Y).

    Parameters
    ----------
    first, second : ndarray of float, shapes (n, 3) and (m, 3)
        Corners of the polygons in order, Å.
    """
    a, b = first[:, None], np.roll(first, -1, axis=0)[:, None]
    c, d = second[None], np.roll(second, -1, axis=0)[None]
    corners = [c - a, d - a, d - b, c - b]
    normals = [_unit(np.cross(corners[k], corners[(k + 1) % 4])) for k in range(4)]
    area = sum(
        np.arcsin(np.clip((normals[k] * normals[(k + 1) % 4]).sum(axis=-1), -1.0, 1.0))
        for k in range(4)
    )
    sign = np.sign((np.cross(d - c, b - a) * corners[0]).sum(axis=-1))
    return abs(round(float((area * sign).sum() / (4.0 * np.pi))))


def _unit(vectors: FloatArray) -> FloatArray:
    length = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return np.asarray(vectors / np.where(length > 0, length, 1.0))
