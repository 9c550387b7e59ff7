"""Shape measures, ideal polyhedra and shells against published values."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from superatom.errors import SearchError, StructureError
from superatom.structure.pointgroup import point_group
from superatom.structure.polyhedra import (
    build_kernel,
    polyhedra_with,
    polyhedron,
    polyhedron_names,
)
from superatom.structure.shapes import ShapeMeasure, nearest_shape, rank_shapes, shape_measure
from superatom.structure.shells import Shells, find_shells

SYMMETRY = {
    "tetrahedron": ("Td", 6), "trigonal bipyramid": ("D3h", 9), "octahedron": ("Oh", 12),
    "trigonal prism": ("D3h", 9), "pentagonal bipyramid": ("D5h", 15), "cube": ("Oh", 12),
    "square antiprism": ("D4d", 16), "snub disphenoid": ("D2d", 18),
    "tricapped trigonal prism": ("D3h", 21), "face-sharing bioctahedron": ("D3h", 21),
    "vertex-sharing bitetrahedron": ("D3d", 12), "bicapped square antiprism": ("D4d", 24),
    "icosahedron": ("Ih", 30), "cuboctahedron": ("Oh", 24), "anticuboctahedron": ("D3h", 24),
    "decahedron": ("D5h", 25), "truncated tetrahedron": ("Td", 18), "dodecahedron": ("Ih", 30),
    "truncated octahedron": ("Oh", 36), "rhombicuboctahedron": ("Oh", 48),
    "icosidodecahedron": ("Ih", 60), "truncated icosahedron": ("Ih", 90),
    "rhombicosidodecahedron": ("Ih", 120), "capped octahedron": ("C3v", 15),
    "face-centred cube": ("Oh", 36), "tetracapped tetrahedron": ("Td", 18),
    "fcc tetrahedron of 10": ("Td", 24), "fcc tetrahedron of 20": ("Td", 60),
}  # fmt: skip


@pytest.mark.parametrize("name", SYMMETRY)
def test_polyhedra_have_their_edges_and_symmetry(name: str) -> None:
    points = polyhedron(name).points
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    edges = int((np.abs(apart - 1.0) < 1e-6).sum()) // 2
    assert (point_group(points, tolerance=0.01).name, edges) == SYMMETRY[name]


@pytest.mark.parametrize("name", polyhedron_names())
def test_every_shape_is_recognised_and_no_other_is_as_close(name: str) -> None:
    points = polyhedron(name).points
    first, *others = rank_shapes(points)
    assert first.shape == name
    assert first.value == pytest.approx(0.0, abs=1e-6)
    assert all(other.value > 1.5 for other in others)


@pytest.mark.parametrize(("shape", "reference", "value"), [
    ("square", "tetrahedron", 33.33),          # Pinsky and Avnir 1998
    ("tetrahedron", "square", 33.33),
    ("trigonal prism", "octahedron", 16.74),   # Alvarez et al. 2002, 10.1039/B200641N
    ("cube", "square antiprism", 10.99),       # Casanova et al. 2005, 10.1002/chem.200400799
])  # fmt: skip
def test_published_measures_between_ideal_shapes(shape: str, reference: str, value: float) -> None:
    assert shape_measure(polyhedron(shape).points, reference).value == pytest.approx(
        value, abs=0.006
    )


def brute_measure(points: NDArray[np.float64], ideal: NDArray[np.float64]) -> float:
    """All matchings and SciPy's alignment: nothing of the package's own."""
    q, p = points - points.mean(axis=0), ideal - ideal.mean(axis=0)
    best = np.inf
    for order in permutations(range(len(q))):
        for mirror in (1.0, -1.0):
            turned = Rotation.align_vectors(q, mirror * p[list(order)])[0].apply(
                mirror * p[list(order)]
            )
            scale = np.sum(q * turned) / np.sum(turned**2)
            best = min(best, np.sum((q - scale * turned) ** 2))
    return 100.0 * float(best) / float(np.sum(q**2))


@pytest.mark.filterwarnings("ignore:Optimal rotation is not uniquely:UserWarning")
@pytest.mark.parametrize("seed", range(3))
def test_small_shapes_are_exact(seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(5, 3))
    measure = shape_measure(points, "trigonal bipyramid")
    assert measure.exact
    assert measure.value == pytest.approx(
        brute_measure(points, polyhedron("trigonal bipyramid").points), abs=1e-6
    )


@pytest.mark.parametrize("name", ["icosahedron", "hexagonal prism", "decahedron"])
@pytest.mark.parametrize("other", ["truncated tetrahedron", "hexagonal antiprism", "decahedron"])
def test_matching_is_as_good_as_the_best_of_many_random_starts(name: str, other: str) -> None:
    from scipy.optimize import linear_sum_assignment

    points, ideal = polyhedron(name).points, polyhedron(other).points
    q, p = points / np.sqrt((points**2).sum()), ideal / np.sqrt((ideal**2).sum())
    best = 0.0
    for rotation in Rotation.random(300, random_state=np.random.default_rng(3)).as_matrix():
        for _ in range(6):
            columns = linear_sum_assignment(-(q @ (p @ rotation.T).T))[1]
            u, singular, vt = np.linalg.svd(q.T @ p[columns])
            rotation = u @ vt
        best = max(best, singular.sum())
    assert shape_measure(points, other).value <= 100 * (1 - best**2) + 1e-6


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from(["icosahedron", "cube", "octahedron"]))
def test_measure_ignores_place_size_order_and_handedness(seed: int, name: str) -> None:
    rng = np.random.default_rng(seed)
    points = polyhedron(name).points + rng.normal(scale=0.06, size=polyhedron(name).points.shape)
    moved = rng.permutation(points @ Rotation.random(random_state=rng).as_matrix().T)
    moved = -(moved * rng.uniform(0.5, 5.0) + rng.normal(size=3) * 9)
    first, second = shape_measure(points, name), shape_measure(moved, name)
    assert second.value == pytest.approx(first.value, abs=1e-6)
    assert 0.0 < first.value < 10.0


def test_rmsd_and_edge_are_those_of_the_fitted_shape() -> None:
    stretched = np.vstack([np.eye(3), -np.eye(3)]) * [2.0, 2.0, 2.6]
    measure = shape_measure(stretched, "octahedron")
    mean = (2.0 + 2.0 + 2.6) / 3  # the best octahedron has the mean arm
    assert measure.edge == pytest.approx(mean * 2**0.5)
    assert measure.rmsd == pytest.approx(((2 * 0.2**2 + 0.4**2) / 3) ** 0.5)
    assert sorted(measure.matching) == list(range(6))


def test_central_atom_stays_in_the_centre() -> None:
    centred = polyhedron("centred icosahedron").points * 2.8
    moved = np.roll(centred, 5, axis=0)
    measure = shape_measure(moved, "centred icosahedron")
    assert measure.matching[5] == 0
    assert rank_shapes(moved, centre=5)[0].shape == "centred icosahedron"
    wrong = shape_measure(moved, "centred icosahedron", centre=0)
    assert wrong.value > 15


def test_json_round_trip() -> None:
    measure = shape_measure(polyhedron("cube").points, "square antiprism")
    assert ShapeMeasure.from_json(measure.to_json()) == measure
    shells = find_shells(polyhedron("centred icosahedron").points, ["Pd", *["Au"] * 12])
    assert Shells.from_json(shells.to_json()) == shells


def test_nothing_is_near_a_random_heap() -> None:
    heap = np.random.default_rng(0).normal(size=(12, 3))
    assert nearest_shape(heap, 3.0) is None
    found = nearest_shape(polyhedron("anticuboctahedron").points, 3.0)
    assert found is not None
    assert found.shape == "anticuboctahedron"


@pytest.mark.parametrize(("shape", "centre", "message"), [
    ("cube", None, "8 points, but 6"),
    ("octahedron", 0, "no centre"),
    ("centred square pyramid", 9, "no atom 9"),
])  # fmt: skip
def test_mismatches(shape: str, centre: int | None, message: str) -> None:
    with pytest.raises(StructureError, match=message):
        shape_measure(polyhedron("octahedron").points, shape, centre=centre)


def test_unknown_names() -> None:
    with pytest.raises(SearchError, match="no polyhedron"):
        polyhedron("gyrobifastigium")
    with pytest.raises(SearchError, match="no kernel family"):
        build_kernel("Kelvin", 3)
    with pytest.raises(StructureError, match="one place"):
        shape_measure(np.zeros((4, 3)), "tetrahedron")
    assert polyhedra_with(1) == ()


# --- shells --------------------------------------------------------------------------------


@pytest.mark.parametrize(("family", "sizes", "layers"), [
    ("Mackay icosahedron", (2,), "M1@M12"),
    ("Mackay icosahedron", (3,), "M1@M12@M42"),
    ("Mackay icosahedron", (4,), "M1@M12@M42@M92"),   # magic numbers 13, 55, 147
    ("fcc octahedron", (5, 2), "M1@M12@M42"),
])  # fmt: skip
def test_layers_of_magic_clusters(family: str, sizes: tuple[int, ...], layers: str) -> None:
    assert str(find_shells(build_kernel(family, *sizes).points * 2.88)) == layers


def test_hollow_cluster_of_144_layers() -> None:
    """Au144: Au12@Au42@Au60@Au30 (Lopez-Acevedo et al. 2009, 10.1021/jp8115098)."""
    inner = polyhedron("icosahedron").points * 2.75
    second = polyhedron("icosahedron of frequency 2").points * 2.75
    second *= 1 + 0.05 / np.linalg.norm(second, axis=1)[:, None]
    third = polyhedron("rhombicosidodecahedron").points * 2.95
    staples = polyhedron("icosidodecahedron").points * 5.55
    metals = np.vstack([inner, second, third, staples])
    assert str(find_shells(metals, ["Au"] * 144)) == "Au12@Au42@Au60@Au30"


def test_radii_part_what_layers_keep_together() -> None:
    points = build_kernel("Mackay icosahedron", 3).points * 2.88
    shells = find_shells(points, by="radii")
    assert str(shells) == "M1@M12@M30@M12"
    assert [shell.shape for shell in shells.shells] == [
        None, "icosahedron", "icosidodecahedron", "icosahedron",
    ]  # fmt: skip
    assert find_shells(points, by="orbits").sizes == (1, 12, 30, 12)


def test_cubic_shells_of_a_copper_cluster() -> None:
    """Cube, octahedron, truncated octahedron ..., in the notation Cu8@Cu6@Cu24."""
    parts = [("cube", 2.5), ("octahedron", 5.2), ("truncated octahedron", 3.7)]
    points = np.vstack([polyhedron(name).points * edge for name, edge in parts])
    shells = find_shells(points, ["Cu"] * 38, by="radii")
    assert str(shells) == "Cu8@Cu6@Cu24"
    assert [shell.shape for shell in shells.shells] == [name for name, _ in parts]


def test_mixed_shells_stand_in_brackets() -> None:
    points = polyhedron("centred icosahedron").points * 2.88
    shells = find_shells(points, ["Pd", *["Au"] * 8, *["Ag"] * 4])
    assert str(shells) == "Pd1@(Ag4Au8)"
    assert shells.shells[1].radius == pytest.approx(2.88)
    with pytest.raises(SearchError, match="layers, radii, orbits"):
        find_shells(points, by="colour")


# --- real clusters ---------------------------------------------------------------------------

REAL = "data/structures/NC_Database/"


@pytest.mark.parametrize(("file", "metal", "value"), [
    ("fully_protected/au25_pet18_-1_opt.xyz", "Au", 0.11),
    ("other/Ag25_final.xyz", "Ag", 0.04),
    ("fully_protected/au38_pet24q_opt.xyz", "Au", 0.50),
])  # fmt: skip
def test_icosahedra_of_real_clusters(shared: Path, file: str, metal: str, value: float) -> None:
    from ase.io import read

    atoms = read(shared / REAL / file)
    points = atoms.positions[[atom.symbol == metal for atom in atoms]]
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    centres = np.flatnonzero((apart < 3.3).sum(axis=1) == 13)
    assert len(centres) == (2 if "au38" in file else 1)
    for centre in centres:
        near = np.argsort(apart[centre])[:13]
        best = rank_shapes(points[near], centre=0)[0]
        assert best.shape == "centred icosahedron"
        assert best.value == pytest.approx(value, abs=0.006)


@pytest.mark.parametrize(("file", "shells"), [
    ("fully_protected/au25_pet18_-1_opt.xyz", "Au1@Au12@Au12"),
    ("other/Au24Pd.xyz", "Pd1@Au12@Au12"),
    ("fully_protected/au133_tbbt52_opt.xyz", "Au1@Au12@Au42@Au52@Au26"),
])  # fmt: skip
def test_shells_of_real_clusters(shared: Path, file: str, shells: str) -> None:
    from ase.io import read

    atoms = read(shared / REAL / file)
    metals = atoms[[atom.symbol in ("Au", "Pd") for atom in atoms]]
    assert str(find_shells(metals.positions, metals.get_chemical_symbols())) == shells
