"""Doped isomers: against Burnside numbers of the literature, brute force and invariance."""

from __future__ import annotations

from itertools import combinations, permutations, product
from math import comb, factorial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from superatom.errors import SearchError, StructureError
from superatom.structure.burnside import count_isomers
from superatom.structure.isomers import Isomer, IsomerBlock, iterate_isomers
from superatom.structure.permutations import (
    PermutationGroup,
    generate_group,
    graph_automorphisms,
)
from superatom.structure.pointgroup import site_permutations

PHI = (1 + 5**0.5) / 2


def even_permutations_with_signs(*vectors: tuple[float, float, float]) -> NDArray[np.float64]:
    points = {
        tuple(round(c, 9) + 0.0 for c in np.roll(np.array(vector) * signs, shift))
        for vector in vectors
        for signs in product((-1, 1), repeat=3)
        for shift in range(3)
    }
    return np.array(sorted(points))


ICOSAHEDRON = even_permutations_with_signs((0, 1, PHI))
C60 = even_permutations_with_signs((0, 1, 3 * PHI), (1, 2 + PHI, 2 * PHI), (PHI, 2, 2 * PHI + 1))


def th_au25() -> NDArray[np.float64]:
    """Centre, icosahedron and twelve outer sites in six pairs on the axes: Th."""
    outer = even_permutations_with_signs((0, 1.6, 4.9))
    return np.vstack([np.zeros(3), ICOSAHEDRON * 1.5, outer])


@pytest.fixture(scope="module")
def th() -> PermutationGroup:
    return site_permutations(th_au25(), tolerance=0.05)


def total(group: PermutationGroup, dopants: object, sites: object = None) -> int:
    return sum(len(b) for b in iterate_isomers(group, dopants, sites=sites))  # type: ignore[arg-type]


def brute_force(group: PermutationGroup, k: int) -> int:
    """Independent of the code: the set of all canonical tuples."""
    rows = group.elements.tolist()
    seen = {
        min(tuple(sorted(row[s] for s in chosen)) for row in rows)
        for chosen in combinations(range(group.degree), k)
    }
    return len(seen)


def test_th_au25_has_the_published_numbers_of_isomers(th: PermutationGroup) -> None:
    assert th.order == 24
    assert [len(orbit) for orbit in th.orbits()] == [1, 12, 12]
    assert [total(th, k) for k in (1, 2, 3, 4)] == [3, 20, 120, 596]
    for orbit in th.orbits()[1:]:
        assert [total(th, k, orbit) for k in (1, 2, 3)] == [1, 5, 13]


def test_centre_of_au25_can_be_doped_in_one_way_only(th: PermutationGroup) -> None:
    (block,) = iterate_isomers(th, {"Pd": 1}, sites=[0])
    assert [isomer.sites for isomer in block] == [(("Pd", (0,)),)]


@pytest.mark.parametrize(("k", "isomers"), [
    (1, 1), (2, 3), (3, 5), (4, 10), (5, 12), (6, 18), (7, 12), (10, 3), (12, 1),
])  # fmt: skip
def test_icosahedron(k: int, isomers: int) -> None:
    """C2B10H12 has 3 isomers (ortho, meta, para); all colourings of Ih add up to 82."""
    group = site_permutations(ICOSAHEDRON * 1.5, tolerance=0.05)
    assert group.order == 120
    assert count_isomers(group, k) == total(group, k) == isomers


def test_icosahedron_totals_82_and_96_without_reflections() -> None:
    full = site_permutations(ICOSAHEDRON * 1.5, tolerance=0.05)
    assert sum(count_isomers(full, k) for k in range(13)) == 82
    commutators = {
        tuple(a[b[np.argsort(a)][np.argsort(b)]]) for a in full.elements for b in full.elements
    }
    rotations = generate_group([list(row) for row in commutators])  # [Ih, Ih] = I
    assert rotations.order == 60
    assert sum(count_isomers(rotations, k) for k in range(13)) == 96


@pytest.mark.parametrize(("k", "isomers"), [(1, 1), (2, 23), (3, 303), (4, 4190), (6, 418470)])
def test_c60_addends(k: int, isomers: int) -> None:
    """Balasubramanian, Chem. Phys. Lett. 182, 257 (1991): C60H2 23, C60H3 303, C60H4 4190."""
    group = site_permutations(C60, tolerance=0.05)
    assert count_isomers(group, k) == isomers
    if k <= 3:
        assert total(group, k) == isomers


@pytest.mark.parametrize("k", [1, 2, 3, 4])
def test_against_brute_force(th: PermutationGroup, k: int) -> None:
    assert total(th, k) == brute_force(th, k) == count_isomers(th, k)


def test_more_than_64_sites() -> None:
    """A ring of 144 sites under D144: necklaces with k black beads, floor-formula for k = 2."""
    turn, flip = np.roll(np.arange(144), -1), np.arange(144)[::-1]
    ring = generate_group([turn, flip])
    assert ring.order == 288
    assert total(ring, 2) == 72  # distances 1..72
    assert total(ring, 3) == round(144**2 / 12)  # triangles of perimeter 144
    assert total(ring, 3) == count_isomers(ring, 3)


def images(group: PermutationGroup, isomer: Isomer) -> set[tuple[tuple[int, ...], ...]]:
    return {
        tuple(tuple(sorted(row[s] for s in sites)) for _, sites in isomer.sites)
        for row in group.elements.tolist()
    }


def test_several_dopants_are_complete_and_distinct(th: PermutationGroup) -> None:
    dopants = {"Ag": 2, "Pd": 1}
    seen: set[tuple[tuple[int, ...], ...]] = set()
    for block in iterate_isomers(th, dopants):
        for isomer in block:
            orbit = images(th, isomer)
            assert len(orbit) == isomer.multiplicity
            assert not orbit & seen
            seen |= orbit
    assert len(seen) == factorial(25) // (factorial(22) * 2)


def test_complement_gives_the_same_isomers_with_names_exchanged(th: PermutationGroup) -> None:
    assert total(th, 22) == total(th, 3) == 120
    (block,) = iterate_isomers(th, {"Ag": 24})
    assert sorted(block.multiplicity.tolist()) == [1, 12, 12]
    assert all(len(set(row)) == 24 for row in block.sites.tolist())


def random_group(seed: int, degree: int) -> PermutationGroup:
    """A group that a solid could have: the ring's, conjugated, on several orbits."""
    rng = np.random.default_rng(seed)
    shuffle = rng.permutation(degree)
    fold = int(rng.integers(2, 5))
    turn = np.arange(degree)
    for start in range(0, degree - fold + 1, fold):
        turn[start : start + fold] = np.roll(np.arange(start, start + fold), 1)
    return generate_group([shuffle[turn][np.argsort(shuffle)]])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.integers(4, 11), st.data())
def test_multiplicities_add_up_to_all_labelings(
    seed: int, degree: int, data: st.DataObject
) -> None:
    group = random_group(seed, degree)
    ag = data.draw(st.integers(0, degree))
    cu = data.draw(st.integers(0, degree - ag))
    blocks = list(iterate_isomers(group, {"Ag": ag, "Cu": cu}))
    assert sum(int(b.multiplicity.sum()) for b in blocks) == comb(degree, ag) * comb(
        degree - ag, cu
    )
    assert sum(map(len, blocks)) == count_isomers(group, {"Ag": ag, "Cu": cu})


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 4))
def test_counts_do_not_depend_on_the_numbering(seed: int, k: int) -> None:
    group = site_permutations(ICOSAHEDRON * 1.5, tolerance=0.05)
    relabel = np.random.default_rng(seed).permutation(12)
    rows = relabel[group.elements][:, np.argsort(relabel)]
    assert total(generate_group(rows), k) == total(group, k)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 3))
def test_sites_that_are_no_whole_orbits(seed: int, k: int) -> None:
    group = site_permutations(ICOSAHEDRON * 1.5, tolerance=0.05)
    sites = np.random.default_rng(seed).choice(12, size=5, replace=False)
    expected = {
        min(tuple(sorted(row[s] for s in chosen)) for row in group.elements.tolist())
        for chosen in combinations(sites.tolist(), k)
    }
    blocks = list(iterate_isomers(group, k, sites=sites))
    assert sum(map(len, blocks)) == len(expected) == count_isomers(group, k, sites=sites)
    assert sum(int(b.multiplicity.sum()) for b in blocks) == comb(5, k)
    assert all(np.isin(b.sites, sites).all() for b in blocks)


def test_blocks_survive_json(th: PermutationGroup) -> None:
    import json

    (block,) = iterate_isomers(th, {"Ag": 1, "Cu": 1})
    again = IsomerBlock.from_dict(json.loads(json.dumps(block.as_dict())))
    assert list(again) == list(block)
    assert again.provenance == block.provenance
    first = next(iter(block))
    assert Isomer.from_dict(json.loads(json.dumps(first.as_dict()))) == first
    assert PermutationGroup.from_json(th.to_json()).elements.tolist() == th.elements.tolist()


def test_streaming_holds_only_a_branch(th: PermutationGroup) -> None:
    """Millions of isomers: the first block must come without making the others."""
    first = next(iterate_isomers(th, {"Ag": 6, "Cu": 6}))
    assert 0 < len(first) < 100_000
    assert count_isomers(th, {"Ag": 6, "Cu": 6}) > 200_000_000


@pytest.mark.parametrize(("dopants", "sites", "message"), [
    (-1, None, "negative"),
    (26, None, "26 dopant atoms do not fit on 25 sites"),
    (1, [25], "from 0 to 24"),
    (1, [3, 3], "twice"),
    (3, [1, 2], "do not fit on 2 sites"),
])  # fmt: skip
def test_requests_that_make_no_sense(
    th: PermutationGroup, dopants: int, sites: list[int] | None, message: str
) -> None:
    with pytest.raises(SearchError, match=message):
        iterate_isomers(th, dopants, sites=sites)


def test_real_au25_has_the_th_permutation_group(shared: Path) -> None:
    from ase.io import read

    atoms = read(shared / "data/structures/NC_Database/fully_protected/au25_pet18_-1_opt.xyz")
    group = site_permutations(atoms.positions[atoms.numbers == 79])
    assert group.order == 24
    assert group.is_closed()
    assert [total(group, k) for k in (1, 2, 3, 4)] == [3, 20, 120, 596]


# --- permutation groups ------------------------------------------------------------------


def test_symmetric_group_and_its_closure() -> None:
    group = generate_group([[1, 2, 3, 4, 0], [1, 0, 2, 3, 4]])
    assert group.order == 120
    assert sorted(map(tuple, group.elements.tolist())) == sorted(permutations(range(5)))
    assert group.is_closed()
    broken = PermutationGroup(group.elements[:-1].copy(), group.provenance)
    assert not broken.is_closed()


def test_groups_refuse_what_is_none() -> None:
    with pytest.raises(StructureError, match="permutations"):
        generate_group([[0, 0, 1]])
    with pytest.raises(SearchError, match="more than 50"):
        generate_group([[1, 2, 3, 4, 0], [1, 0, 2, 3, 4]], limit=50)
    ring = generate_group([[1, 2, 3, 0]])
    with pytest.raises(SearchError, match="union of orbits"):
        ring.restricted([0, 1])
    assert ring.stabiliser([0, 2]).order == 2


CUBE = [(a, b) for a in range(8) for b in range(8) if (a ^ b).bit_count() == 1]
PETERSEN = [(i, (i + 1) % 5) for i in range(5)] + [(i, i + 5) for i in range(5)]
PETERSEN += [(5 + i, 5 + (i + 2) % 5) for i in range(5)]


@pytest.mark.parametrize(("nodes", "bonds", "order"), [
    (8, CUBE, 48), (10, PETERSEN, 120), (6, [(0, 1), (2, 3), (4, 5)], 48), (3, [], 6),
])  # fmt: skip
def test_automorphisms_of_known_graphs(
    nodes: int, bonds: list[tuple[int, int]], order: int
) -> None:
    group = graph_automorphisms(nodes, bonds)
    assert group.order == order
    assert group.is_closed()


def test_automorphisms_keep_colours_and_can_be_read_on_some_sites() -> None:
    assert graph_automorphisms(8, CUBE, ["Ag", *["Au"] * 7]).order == 6
    water = graph_automorphisms(3, [(0, 1), (0, 2)], ["O", "H", "H"], sites=[0])
    assert (water.order, water.degree) == (1, 1)
    with pytest.raises(StructureError, match="outside"):
        graph_automorphisms(2, [(0, 2)])
    with pytest.raises(SearchError, match="automorphisms"):
        graph_automorphisms(8, [], limit=100)


def test_contact_graph_of_the_icosahedron_has_its_full_group() -> None:
    apart = np.linalg.norm(ICOSAHEDRON[:, None] - ICOSAHEDRON[None], axis=2)
    bonds = np.argwhere((apart > 0.1) & (apart < 2.1)).tolist()
    by_bonds = graph_automorphisms(12, [(a, b) for a, b in bonds])
    by_geometry = site_permutations(ICOSAHEDRON, tolerance=0.05)
    assert {*map(tuple, by_bonds.elements.tolist())} == {*map(tuple, by_geometry.elements.tolist())}
