"""Copper hydrides, alkynyl golds, carbides and Au4M2: what their papers say of them."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import numpy as np
import pytest

from capped_skeletons import capped, laid_out
from superatom.composition.cluster import Cluster
from superatom.composition.electrons import count_electrons
from superatom.model.assemble import build_model
from superatom.model.families.archetypes import Archetype, archetypes
from superatom.model.families.names import find_archetype
from superatom.structure.anatomy import dissect
from superatom.structure.pointgroup import point_group

FAMILIES = {family.name: family for family in archetypes()}

#: Formula of a crystal structure, family, free electrons (SCIENCE: 2 for Cu25H22 and Cu20, 8 for
#: Au25; Au22 has 22 - 18; copper(I) hydrides and gold(I) carbides have none).
KNOWN = [
    ("[Au25(CCPh)18]-", "Au25-CCR", 8),
    ("[Au22(CCtBu)18]0", "Au22-CCR", 4),
    ("[Cu25H22(PPh3)12]+", "Cu25H22", 2),
    ("[Cu20(CCPh)12(OAc)6]0", "Cu20-CCR", 2),
    ("[Cu8H(S2P(OiPr)2)6]+", "Cu8H", 0),
    ("[Cu8H6(dppy)6]2+", "Cu8H6", 0),
    ("[Au6Ag2C(dppy)6]4+", "CAu6Ag2", 0),
]

#: Point groups: D3 of Au25 (10.1002/anie.201811859); the others follow from the orbits told in
#: the papers: a tetrahedral cage in an icosahedron of sulfur, opposite caps on an octahedron,
#: four triangles around an icosahedron, two squares of four bridged by gold.
SYMMETRY = {
    "Au25-CCR": "D3",
    "Cu20-CCR": "T",
    "Cu8H": "T",
    "Cu8H6": "D3d",
    "CAu6Ag2": "D3d",
    "Cu25H22": "T",
    "Au4M2": "D4h",
}


@pytest.mark.parametrize(("formula", "name", "electrons"), KNOWN)
def test_a_formula_finds_its_family_and_count(formula: str, name: str, electrons: int) -> None:
    cluster = Cluster.parse(formula)
    assert find_archetype(cluster).name == name
    assert count_electrons(cluster).total == electrons


@pytest.mark.parametrize("name", SYMMETRY)
def test_the_skeleton_has_its_symmetry(name: str) -> None:
    family = FAMILIES[name]
    _, points, _ = laid_out(family)
    elements = [*family.symbols, *family.donor_letters]
    assert point_group(points, elements, tolerance=0.3).name == SYMMETRY[name]


@pytest.mark.parametrize("name", ["Cu8H", "Cu8H6", "Cu25H22"])
def test_hydrides_are_bound_as_hydrides_are(name: str) -> None:
    """Cu-H 1.6 to 1.9 Å, and no other copper within 2.3 Å."""
    family = FAMILIES[name]
    atoms = capped(family)
    first = family.n_metals
    sites = [site for site in family.ligand_sites for _ in site.anchors]
    for k, site in enumerate(sites):
        if site.kind != "H":
            continue
        apart = atoms.get_distances(first + k, range(family.n_metals))
        held = np.isin(np.arange(family.n_metals), site.anchors[0])
        assert ((apart[held] > 1.6) & (apart[held] < 1.9)).all()
        assert (apart[~held] > 2.3).all()


def test_the_hydride_of_cu8h_is_inside_the_inner_tetrahedron() -> None:
    """A tetracapped tetrahedron in an icosahedron of 12 S; Cu trigonal (10.1021/ic802288p)."""
    _, points, _ = laid_out(FAMILIES["Cu8H"])
    metals, hydride, sulfur = points[:8], points[8], points[9:]
    radii = np.linalg.norm(metals - hydride, axis=1)
    assert radii[:4].max() < 1.9 < 2.4 < radii[4:].min()
    assert len(sulfur) == 12
    bonds = (np.linalg.norm(metals[:, None] - sulfur, axis=2) < 2.5).sum(axis=1)
    assert bonds.tolist() == [3] * 8
    apart = np.linalg.norm(sulfur[:, None] - sulfur, axis=2)
    assert ((apart > 0.1) & (apart < 4.2)).sum(axis=1).tolist() == [5] * 12


def test_each_dithiophosphate_spans_a_butterfly() -> None:
    """Hinge of two inner, wingtips of two outer copper atoms (10.1021/ic802288p)."""
    for site in FAMILIES["Cu8H"].ligand_sites:
        if site.kind == "SS":
            held = [m for anchor in site.anchors for m in anchor]
            assert sorted(m < 4 for m in held) == [False, False, True, True]
            assert all(sum(m < 4 for m in anchor) == 1 for anchor in site.anchors)


def test_hydrides_of_cu25h22_are_three_orbits_that_load_copper_evenly() -> None:
    family = FAMILIES["Cu25H22"]
    held = [site.anchors[0] for site in family.ligand_sites if site.kind == "H"]
    assert Counter(len(anchor) for anchor in held) == {3: 16, 2: 6}
    load = Counter(metal for anchor in held for metal in anchor)
    assert [load[k] for k in range(25)] == [0] + [3] * 12 + [2] * 12


def test_six_faces_of_the_octahedron_hold_hydride_and_two_a_cap() -> None:
    """10.1039/d1cc01161h: bicapped octahedron, hydrides over triangular faces of it."""
    family = FAMILIES["Cu8H6"]
    touch = {frozenset(pair) for *pair, _ in family.contacts()}
    faces = {
        frozenset(t)
        for t in combinations(range(6), 3)
        if all(frozenset(pair) in touch for pair in combinations(t, 2))
    }
    hydride = {frozenset(s.anchors[0]) for s in family.ligand_sites if s.kind == "H"}
    capped_faces = {
        frozenset(k for k in range(6) if frozenset((k, cap)) in touch) for cap in (6, 7)
    }
    assert hydride | capped_faces == faces
    assert not hydride & capped_faces


def test_dimers_of_alkynyl_gold_differ_from_those_of_thiolate_gold() -> None:
    """Same kernel, other arrangement (10.1002/anie.201811859): D3 has 6 operations, Th 24."""
    from superatom.model.symmetry import skeleton_symmetry

    orders = [
        skeleton_symmetry(dissect(capped(FAMILIES[name]))).group.order
        for name in ("Au25-CCR", "Au25")
    ]
    assert orders == [6, 24]


@pytest.mark.parametrize(("formula", "name"), [entry[:2] for entry in KNOWN])
def test_a_model_dissects_to_its_family(formula: str, name: str) -> None:
    family: Archetype = FAMILIES[name]
    atoms = build_model(formula, simplified="H")
    anatomy = dissect(atoms)
    assert anatomy.geometric.kernel == tuple(range(family.kernel))
    assert anatomy.motifs == family.motifs
    assert atoms.info["construction"]["archetype"] == name


@pytest.mark.parametrize("metal", ["Pd", "Pt", "Ni"])
def test_two_square_planar_metals_are_bridged_by_four_gold_atoms(metal: str) -> None:
    """Au4M2(SR)8: every S on one M and one Au (10.1038/s41467-020-18080-w)."""
    atoms = build_model(f"Au4{metal}2(SH)8")
    metals = np.flatnonzero(atoms.symbols == metal)
    sulfur = np.flatnonzero(atoms.symbols == "S")
    for k in metals:
        near = [j for j in sulfur if atoms.get_distance(k, j) < 2.6]
        assert len(near) == 4
        ways = atoms.positions[near] - atoms.positions[k]
        height = np.linalg.svd(ways - ways.mean(axis=0))[1][-1]
        assert height < 0.3
    assert (
        dissect(atoms).motifs
        == "1 " + "".join(f"{e}{n}" for e, n in sorted({"Au": 4, metal: 2}.items())) + "(SR)8"
    )


def test_alkynyls_of_staples_are_end_on_to_the_motif_and_side_on_to_the_kernel() -> None:
    """Au-C sigma near 2.0, Au-C pi 2.2 to 2.5 Å for both carbons, Au-C-C near 180 and 90."""
    family = FAMILIES["Au25-CCR"]
    atoms = build_model("[Au25(CCPh)18]-", simplified="H")
    ends = 0
    for k, site in enumerate(family.ligand_sites):
        first = family.n_metals + k
        second = next(
            j
            for j in np.flatnonzero(atoms.symbols == "C")
            if 0.1 < atoms.get_distance(first, j) < 1.3
        )
        kernel, motif = sorted(site.anchors[0])
        if kernel >= family.kernel:
            continue
        ends += 1
        assert atoms.get_distance(motif, first) == pytest.approx(2.0, abs=0.05)
        assert atoms.get_angle(motif, first, second) > 155.0
        assert 2.15 < atoms.get_distance(kernel, first) < 2.35
        assert 2.2 < atoms.get_distance(kernel, second) < 2.6
    assert ends == 12


def test_modes_of_alkynyls_stay_with_full_ligands() -> None:
    """Twelve alkynyls mu2-eta1,eta2 at the ends of six dimers, six mu2-eta1,eta1 inside them."""
    census = dissect(build_model("[Au25(CCPh)18]-")).census
    assert census.donors == {("CCR", "mu2-eta1,eta1"): 6, ("CCR", "mu2-eta1,eta2"): 12}
