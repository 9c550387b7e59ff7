"""Hydrides on metal skeletons: sites that geometry knows, and structures whose sites are known."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from ase import Atoms

from capped_skeletons import capped
from superatom.errors import SearchError
from superatom.model.adsorption.hydride_sites import hydride_sites
from superatom.model.adsorption.hydrides import place_hydrides
from superatom.model.families.archetypes import archetypes
from superatom.structure.anatomy import dissect
from superatom.structure.polyhedra import polyhedron


def core(name: str, edge: float = 2.6, *, centred: bool = False) -> Atoms:
    points = edge * polyhedron(name).points
    points = np.vstack([np.zeros(3), points]) if centred else points
    return Atoms(f"Cu{len(points)}", points)


def unit(vector) -> np.ndarray:
    return np.asarray(vector, dtype=float) / np.linalg.norm(vector)


def without_hydrides(name: str) -> tuple[Atoms, list[tuple[int, ...]], np.ndarray]:
    """A family of the library as after X-ray diffraction: its hydrides, held and where, apart."""
    family = next(a for a in archetypes() if a.name == name)
    atoms = capped(family)
    sites = [site for site in family.ligand_sites for _ in site.anchors]
    lost = [family.n_metals + k for k, site in enumerate(sites) if site.kind == "H"]
    held = [site.anchors[0] for site in sites if site.kind == "H"]
    places = atoms.positions[lost]
    bare = atoms.copy()
    del bare[lost]
    return bare, held, places


@pytest.mark.parametrize(
    ("name", "faces", "edges"),
    [("tetrahedron", 4, 6), ("octahedron", 8, 12), ("icosahedron", 20, 30)],
)
def test_a_deltahedron_has_its_faces_and_edges(name: str, faces: int, edges: int) -> None:
    sites = {site.kind: site for site in hydride_sites(dissect(core(name)))}
    assert sites["face"].multiplicity == faces
    assert sites["edge"].multiplicity == edges
    assert sites["face"].score < sites["edge"].score
    assert sites["face"].length == pytest.approx(1.70, abs=0.01)


def test_holes_are_what_they_are() -> None:
    assert "octahedron" in {site.kind for site in hydride_sites(dissect(core("octahedron")))}
    large = {site.kind: site for site in hydride_sites(dissect(core("tetrahedron", 2.9)))}
    assert large["tetrahedron"].metals == ((0, 1, 2, 3),)
    assert large["tetrahedron"].length == pytest.approx(2.9 * np.sqrt(3 / 8), abs=0.01)
    flat = {site.kind: site for site in hydride_sites(dissect(core("square")))}
    assert flat["square"].metals == ((0, 1, 2, 3),)
    pyramids = {
        site.kind: site for site in hydride_sites(dissect(core("cuboctahedron", centred=True)))
    }
    assert pyramids["square pyramid"].multiplicity == 6
    assert all(0 in held for held in pyramids["square pyramid"].metals)


def test_the_length_grows_with_the_number_of_metals() -> None:
    """d(n) - d(3) = 0.37 Å ln(n / 3) (Brown and Altermatt 1985)."""
    edge = 2.0 * (1.70 + 0.37 * np.log(4.0 / 3.0)) / np.sqrt(1.5)
    site = hydride_sites(dissect(core("tetrahedron", edge)))[0]
    assert (site.kind, site.misfit) == ("tetrahedron", pytest.approx(0.0, abs=1e-6))


@pytest.mark.parametrize("name", ["Cu8H", "Cu8H6", "Cu25H22"])
def test_hydrides_of_known_clusters_are_found_again(name: str) -> None:
    """Inside the tetracapped tetrahedron of [Cu8H(dtp)6]+ (10.1021/ic802288p), over the six free
    faces of the octahedron of [Cu8H6(dppy)6]2+ (10.1039/d1cc01161h); those of [Cu25H22(PPh3)12]+
    are where this search put them on the bare skeleton."""
    bare, held, places = without_hydrides(name)
    best = place_hydrides(bare, len(held))[0]
    assert best.complete
    found = [metals for site in best.sites for metals in site.metals]
    assert sorted(found) == sorted(tuple(sorted(anchor)) for anchor in held)
    put = best.atoms.positions[-len(held) :]
    apart = np.linalg.norm(put[:, None] - places, axis=2)
    assert apart.min(axis=0).max() < 0.35


def test_what_is_placed_is_apart_and_bound() -> None:
    placed = place_hydrides(core("cuboctahedron", centred=True), 10, models=4)
    assert len(placed) == 4
    assert [p.score for p in placed] == sorted(p.score for p in placed)
    for model in placed:
        atoms = model.atoms
        apart = atoms.get_all_distances()
        assert apart[np.ix_(range(13, 23), range(13, 23))][np.triu_indices(10, 1)].min() >= 1.8
        nearest = apart[13:, :13].min(axis=1)
        assert ((nearest > 1.45) & (nearest < 1.95)).all()
        assert dissect(atoms).formula.text() == "Cu13H10"


def test_choices_that_symmetry_makes_equal_come_once() -> None:
    """Two faces of an octahedron can be left open in 3 ways: by an edge, a vertex, or neither."""
    placed = place_hydrides(core("octahedron"), 6, models=3)
    assert [p.score for p in placed] == pytest.approx([placed[0].score] * 3)
    angles = []
    for model in placed:
        faces = {held for site in model.sites for held in site.metals}
        atoms = model.atoms.positions
        free = [
            unit(atoms[list(face)].mean(axis=0))
            for face in combinations(range(6), 3)
            if np.linalg.norm(atoms[list(face)].mean(axis=0)) > 0.5 and face not in faces
        ]
        # triangles through the middle have a mean nearer than a face
        free = [u for u in free if np.allclose(np.abs(u), 1.0 / np.sqrt(3.0), atol=1e-6)]
        angles.append(round(float(np.degrees(np.arccos(np.clip(free[0] @ free[1], -1, 1))))))
    assert sorted(angles) == [71, 109, 180]


def test_the_model_tells_how_it_was_made() -> None:
    placed = place_hydrides(core("octahedron"), 8)[0]
    step = placed.atoms.info["construction"]["operations"][-1]
    assert (step["operation"], step["n"]) == ("place_hydrides", 8)
    record = placed.as_dict()
    assert record["sites"][0]["kind"] == "face"
    assert record["construction"] == placed.atoms.info["construction"]


def test_kinds_can_be_chosen() -> None:
    placed = place_hydrides(core("octahedron"), 1, kinds=["octahedron"])[0]
    assert placed.atoms.positions[-1] == pytest.approx(np.zeros(3), abs=1e-6)


@pytest.mark.parametrize(
    ("atoms", "n", "says"),
    [
        (core("octahedron"), 60, "no room for 60 hydrides"),
        (core("octahedron"), 0, "1 or more"),
        (Atoms("Rh3", [(0, 0, 0), (2.6, 0, 0), (1.3, 2.2, 0)]), 1, "no length of Rh-H"),
    ],
)
def test_what_cannot_be_placed_says_why(atoms: Atoms, n: int, says: str) -> None:
    with pytest.raises(SearchError, match=says):
        place_hydrides(atoms, n)
