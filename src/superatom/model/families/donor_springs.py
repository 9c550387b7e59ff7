"""Springs of donor atoms: bonds to metals, angles at motif metals and at bridges, the way out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from superatom.model.families.archetypes import Archetype
from superatom.model.families.donor_lengths import BITES, bond_length, donor
from superatom.model.families.ways_out import lean, metal_places, neighbours, straight_out

__all__ = ["BITE_ROOM", "LEANING", "Spring", "bond_springs", "donor_springs"]

FloatArray = NDArray[np.float64]

#: Two points, their distance in Å, stiffness.
Spring = tuple[int, int, float, float]

#: Å between the donor atoms of one ligand when its bite is not known.
BITE_ROOM = 2.2

#: Å to a further metal up to which a contact of sulfur tells its place, rather than usual angles.
LEANING = 3.0

_BOND, _ANGLE, _BITE, _BEND, _OUTWARD = 2.0, 1.0, 0.5, 0.3, 0.1
# donor-M-donor of motif metals by number of donors: nearly straight (mean over relaxed
# structures of mpourmpakis/NC_Database), trigonal planar, tetrahedral
_AROUND = {2: 173.0, 3: 120.0, 4: 109.47}
_SQUARE = ("Ni", "Pd", "Pt")  # four donors in a plane; those with a distance given are trans
# degrees, means over the same structures: M-S-M inside a motif, and where a motif stands on the
# kernel if no metal touches both metals of its end
_INSIDE, _UPRIGHT = 99.0, 101.0
_METAL_BOND = 2.95  # Å up to which a kernel metal counts as a fourth partner of a motif metal
_AWAY = 120.0  # degrees between a donor on one metal and the metals around that
_ENCLOSED = 4  # metals from which on a hydride or carbide sits between them
_LEANING = ("SS", "OO")  # ligands that lean where their bite tells them
_CROWDED = 3  # donors on one metal, which find their places among themselves


def bond_springs(
    archetype: Archetype, symbols: Sequence[str], elements: Sequence[str]
) -> list[Spring]:
    """Return the bonds of every donor atom to its metals."""
    return [
        (metal, archetype.n_metals + k, _bond(archetype, symbols, elements, metal, k), _BOND)
        for k, anchor in enumerate(_anchors(archetype))
        for metal in anchor
    ]


def donor_springs(
    archetype: Archetype,
    symbols: Sequence[str],
    elements: Sequence[str],
    bites: Mapping[int, float],
    reaches: Mapping[int, FloatArray],
) -> list[Spring]:
    """Return angles at motif metals, bites, angles at bridging donors, and the way out.

    Parameters
    ----------
    archetype : Archetype
        The family.
    symbols, elements : sequence of str
        Elements of the metals and of the donor atoms.
    bites : mapping of int to float
        Distance of the donor atoms of a ligand, Å, by number of its site.
    reaches : mapping of int to ndarray, shape (d, d)
        How far donors of a ligand can be apart, Å, by number of its site.
    """
    return [
        *_around_motif_metals(archetype, symbols, elements),
        *_bites(archetype, bites),
        *_bends(archetype, symbols, elements),
        *_outward(archetype, symbols, elements, bites, reaches),
    ]


def _anchors(archetype: Archetype) -> list[tuple[int, ...]]:
    return [anchor for site in archetype.ligand_sites for anchor in site.anchors]


def _bond(
    archetype: Archetype, symbols: Sequence[str], elements: Sequence[str], metal: int, k: int
) -> float:
    anchor = _anchors(archetype)[k]
    return bond_length(
        symbols[metal],
        elements[k],
        in_kernel=metal < archetype.kernel,
        n_metals=len(anchor),
        is_link=len(anchor) == 2 and min(anchor) < archetype.kernel <= max(anchor),
    )


def _third_side(first: float, second: float, degrees: float) -> float:
    cosine = np.cos(np.radians(degrees))
    return float(np.sqrt(first**2 + second**2 - 2.0 * first * second * cosine))


def _around_motif_metals(
    archetype: Archetype, symbols: Sequence[str], elements: Sequence[str]
) -> list[Spring]:
    """Return the springs between the donors of a motif metal.

    Hydrides have none, but three donors and a hydride, or a kernel metal bonded below, stand
    as a tetrahedron.
    """
    given = {frozenset(pair) for *pair, _ in archetype.distances}
    held: dict[int, list[int]] = {}
    capped = {
        max(i, j)
        for i, j, length in archetype.contacts()
        if min(i, j) < archetype.kernel and length <= _METAL_BOND
    }
    for k, anchor in enumerate(_anchors(archetype)):
        if elements[k] == "H":
            capped.update(anchor)
            continue
        for metal in anchor:
            held.setdefault(metal, []).append(k)
    springs: list[Spring] = []
    for metal in range(archetype.kernel, archetype.n_metals):
        around = held.get(metal, [])
        degrees = _AROUND.get(len(around) + (len(around) == 3 and metal in capped))
        start = archetype.n_metals
        if len(around) == 4 and symbols[metal] in _SQUARE:
            trans = [frozenset((start + k, start + j)) in given for k in around for j in around]
            degrees = 90.0 if any(trans) else None
        if degrees is None:
            continue
        bonds = {k: _bond(archetype, symbols, elements, metal, k) for k in around}
        springs += [
            (start + k, start + j, _third_side(bonds[k], bonds[j], degrees), _ANGLE)
            for n, k in enumerate(around)
            for j in around[n + 1 :]
        ]
    return springs


def _bites(archetype: Archetype, bites: Mapping[int, float]) -> list[Spring]:
    springs: list[Spring] = []
    point = archetype.n_metals
    for number, site in enumerate(archetype.ligand_sites):
        bite = bites.get(number, BITES.get(site.kind))
        if bite is not None and len(site.anchors) == 2:
            springs.append((point, point + 1, bite, _BITE))
        point += len(site.anchors)
    return springs


def _bends(archetype: Archetype, symbols: Sequence[str], elements: Sequence[str]) -> list[Spring]:
    """Return the springs between two metals that a donor bridges; contacts win over them."""
    near = neighbours(archetype)
    leaning = {max(i, j) for i, j, length in archetype.distances if length <= LEANING}
    springs: list[Spring] = []
    for k, anchor in enumerate(_anchors(archetype)):
        i, j = sorted(anchor) if len(anchor) == 2 else (0, 0)
        if len(anchor) != 2 or j in near.get(i, {}) or archetype.n_metals + k in leaning:
            continue
        first, second = (_bond(archetype, symbols, elements, m, k) for m in (i, j))
        degrees = donor(elements[k]).bridge
        if elements[k] == "S" and j >= archetype.kernel:
            inside, leans = i >= archetype.kernel, set(near.get(i, {})) & set(near.get(j, {}))
            degrees = _INSIDE if inside else degrees if leans else _UPRIGHT
        springs.append((i, j, _third_side(first, second, degrees), _BEND))
    return springs


def _outward(
    archetype: Archetype,
    symbols: Sequence[str],
    elements: Sequence[str],
    bites: Mapping[int, float],
    reaches: Mapping[int, FloatArray],
) -> list[Spring]:
    """Return soft springs to metals beside those a donor holds, so that it points away.

    Only for ligands that are in no chain, chelate no pair of metals and have no two others
    on their metal. The distances are those of a donor straight out, or leaning to the other
    donors of its ligand; where contacts do not tell the place of the metals, a donor on one
    metal keeps its usual angle to those beside.
    """
    chained = len(archetype.bridges)
    if chained == len(archetype.donor_sites):
        return []
    near = neighbours(archetype)
    ways = _ways(archetype, symbols, elements, bites, reaches)
    kinds = [archetype.ligand_sites[site].kind for site, _ in archetype.donor_sites]
    load = Counter(m for k, a in enumerate(_anchors(archetype)) if elements[k] != "H" for m in a)
    springs: list[Spring] = []
    for k, anchor in enumerate(_anchors(archetype)[chained:], chained):
        inside = elements[k] in ("H", "C") and len(anchor) >= _ENCLOSED
        crowded = len(anchor) == 1 and load[anchor[0]] >= _CROWDED
        if kinds[k] in _LEANING or inside or crowded:
            continue
        point = archetype.n_metals + k
        if k in ways:
            springs += [(j, point, apart, _OUTWARD) for j, apart in ways[k].items()]
        elif len(anchor) == 1:
            bond = _bond(archetype, symbols, elements, anchor[0], k)
            springs += [
                (j, point, _third_side(bond, apart, _AWAY), _OUTWARD)
                for j, apart in sorted(near.get(anchor[0], {}).items())
            ]
    return springs


def _ways(
    archetype: Archetype,
    symbols: Sequence[str],
    elements: Sequence[str],
    bites: Mapping[int, float],
    reaches: Mapping[int, FloatArray],
) -> dict[int, dict[int, float]]:
    """Return the distances of donors to the metals beside, where the place of these is known."""
    near, places = neighbours(archetype), metal_places(archetype)
    ways: dict[int, dict[int, float]] = {}
    first = len(archetype.bridges)
    for number, site in enumerate(archetype.ligand_sites[first:], first):
        own = range(first, first + len(site.anchors))
        first = own.stop
        beside = [
            sorted({j for m in anchor for j in near.get(m, {})} - set(anchor))
            for anchor in site.anchors
        ]
        if not all(beside) or not {m for a in (*site.anchors, *beside) for m in a} <= set(places):
            continue
        held = [np.array([places[m] for m in anchor]) for anchor in site.anchors]
        around = [np.array([places[j] for j in others]) for others in beside]
        out = np.array(
            [
                straight_out(h, a, _bond(archetype, symbols, elements, anchor[0], k))
                for k, h, a, anchor in zip(own, held, around, site.anchors, strict=True)
            ]
        )
        out = lean(out, np.array([h.mean(axis=0) for h in held]), *_limits(number, bites, reaches))
        for k, place, others, a in zip(own, out, beside, around, strict=True):
            apart = np.linalg.norm(a - place, axis=1)
            ways[k] = dict(zip(others, apart.tolist(), strict=True))
    return ways


def _limits(
    site: int, bites: Mapping[int, float], reaches: Mapping[int, FloatArray]
) -> tuple[FloatArray | float, FloatArray | float]:
    """Return the least and the longest distances between the donors of a ligand."""
    if site in bites:
        return bites[site], bites[site]
    return 0.0, reaches.get(site, np.inf)
