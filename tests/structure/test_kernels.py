"""Kernels by name: built from ideal units, noisy, and as printed for real clusters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.spatial.transform import Rotation

from superatom.errors import StructureError
from superatom.structure.kernels import Kernel, recognise_kernel
from superatom.structure.polyhedra import build_kernel, polyhedron

Points = NDArray[np.float64]


def shaken(points: Points, seed: int = 0, noise: float = 0.05) -> Points:
    rng = np.random.default_rng(seed)
    turned = points @ Rotation.random(random_state=rng).as_matrix().T
    return rng.permutation(turned + rng.normal(scale=noise, size=points.shape))


def merged(*parts: Points) -> Points:
    """Join parts; atoms closer than 0.5 Å to an earlier one are the same atom."""
    kept: list[Points] = []
    for point in np.vstack(parts):
        if all(np.linalg.norm(point - other) > 0.5 for other in kept):
            kept.append(point)
    return np.array(kept)


ICO = polyhedron("centred icosahedron").points * 2.85
APART = np.linalg.norm(ICO[1:, None] - ICO[None, 1:], axis=2)


def mirrored(points: Points, *corners: int) -> Points:
    """Image of an icosahedron through the point, line or plane of some of its corners."""
    fixed = points[list(corners)]
    centre = fixed.mean(axis=0)
    outward = centre - points[0]
    outward = outward / np.linalg.norm(outward)
    # a mirror plane normal to the outward direction keeps exactly these corners in place
    return points - 2.0 * np.outer((points - centre) @ outward, outward)


def icosahedra(shared: int) -> Points:
    near = np.argwhere(APART[0] < 3.2).ravel()
    neighbours = [int(n) + 1 for n in near if n != 0]
    corners = [1]
    for candidate in neighbours:
        if len(corners) < shared and all(APART[candidate - 1, c - 1] < 3.2 for c in corners):
            corners.append(candidate)
    return merged(ICO, mirrored(ICO, *corners))


@pytest.mark.parametrize(("shared", "size", "name"), [
    (1, 25, "vertex-sharing bi-icosahedron"),   # [Au25(PPh3)10(SR)5Cl2]2+, Shichibu 2007
    (2, 24, "edge-sharing bi-icosahedron"),
    (3, 23, "face-sharing bi-icosahedron"),     # Au38(SR)24, Qian 2010
])  # fmt: skip
def test_two_icosahedra(shared: int, size: int, name: str) -> None:
    points = icosahedra(shared)
    assert len(points) == size
    kernel = recognise_kernel(shaken(points))
    assert kernel.name == name
    assert kernel.packing == "icosahedral"
    assert [len(pair.atoms) for pair in kernel.sharing] == [shared]
    assert all(unit.measure < 0.5 for unit in kernel.units)


@pytest.mark.parametrize("eclipsed", [True, False])
def test_three_icosahedra_in_a_row(eclipsed: bool) -> None:
    """Au37 is a linear trimer of vertex-sharing icosahedra (Jin et al. 2015)."""
    axis = ICO[1] - ICO[0]
    second = mirrored(ICO, 1) if eclipsed else 2 * ICO[1] - ICO
    far = second[0] + axis
    row = merged(ICO, second, 2 * far - second)
    assert len(row) == 37
    assert recognise_kernel(shaken(row)).name == "linear vertex-sharing tri-icosahedron"


def test_interpenetrating_icosahedra() -> None:
    """Au19: each centre is a corner of the other, seven atoms in common."""
    axis = ICO[1] - ICO[0]
    second = mirrored(ICO, 1) - axis  # moves the second centre onto the shared corner
    points = merged(ICO, second)
    assert len(points) == 19
    kernel = recognise_kernel(shaken(points, noise=0.02))
    assert kernel.name == "interpenetrating bi-icosahedron"


@pytest.mark.parametrize(("family", "sizes", "name", "packing"), [
    ("Mackay icosahedron", (3,), "Mackay icosahedron of 55", "icosahedral"),
    ("Mackay icosahedron", (4,), "Mackay icosahedron of 147", "icosahedral"),
    ("decahedron", (2, 1, 1), "Marks decahedron of 49", "decahedral"),
    ("decahedron", (2, 2, 1), "Marks decahedron of 75", "decahedral"),
    ("decahedron", (3, 1, 0), "pentagonal bipyramid of 23", "decahedral"),
    ("decahedron", (3, 3, 0), "Ino decahedron of 55", "decahedral"),
    ("fcc octahedron", (3, 0), "octahedron of 19", "fcc"),
    ("fcc octahedron", (5, 2), "cuboctahedron of 55", "fcc"),
    ("fcc octahedron", (5, 1), "truncated octahedron of 79", "fcc"),
])  # fmt: skip
def test_many_shell_kernels(family: str, sizes: tuple[int, ...], name: str, packing: str) -> None:
    kernel = recognise_kernel(shaken(build_kernel(family, *sizes).points * 2.85))
    assert (kernel.name, kernel.packing) == (name, packing)
    assert kernel.measure is not None
    assert 0.0 < kernel.measure < 0.5


def test_a_core_inside_more_atoms() -> None:
    mackay = build_kernel("Mackay icosahedron", 3).points * 2.85
    caps = mackay[np.linalg.norm(mackay, axis=1) > 5.3] * 1.5
    kernel = recognise_kernel(np.vstack([mackay, caps]))
    assert kernel.name == "Mackay icosahedron of 55 inside 12 more atoms"
    assert kernel.core is not None
    assert kernel.core.atoms == tuple(range(55))


@pytest.mark.parametrize("name", [
    "centred icosahedron", "centred cuboctahedron", "centred anticuboctahedron",
    "centred decahedron", "octahedron", "tetrahedron", "trigonal bipyramid",
    "pentagonal bipyramid", "face-centred cube", "face-sharing bioctahedron",
    "vertex-sharing bitetrahedron", "fcc tetrahedron of 20",
])  # fmt: skip
def test_small_kernels(name: str) -> None:
    kernel = recognise_kernel(shaken(polyhedron(name).points * 2.8, noise=0.03))
    assert kernel.name == name
    assert kernel.measure is not None


def test_hollow_kernels_are_polyhedra_around_one_another() -> None:
    """[Ag44(SR)30]4-: an empty Ag12 icosahedron inside an Ag20 dodecahedron (Desireddy 2013)."""
    inner = polyhedron("icosahedron").points * 2.85
    outer = polyhedron("dodecahedron").points * 3.55
    kernel = recognise_kernel(np.vstack([inner, outer]))
    assert kernel.name == "icosahedron@dodecahedron"
    assert recognise_kernel(shaken(np.vstack([inner, outer]))).name == kernel.name
    centred = np.vstack([np.zeros(3), inner, outer])
    assert recognise_kernel(shaken(centred)).name == "centred icosahedron@dodecahedron"


def test_the_hollow_kernel_of_au144() -> None:
    """Au114 of Au144: Au12@Au42@Au60 (Lopez-Acevedo et al. 2009, 10.1021/jp8115098)."""
    parts = [
        ("icosahedron", 2.75),
        ("icosahedron of frequency 2", 2.75),
        ("rhombicosidodecahedron", 2.95),
    ]
    points = np.vstack([polyhedron(name).points * edge for name, edge in parts])
    kernel = recognise_kernel(shaken(points))
    assert kernel.name == "@".join(name for name, _ in parts)


def tetrahedron() -> Points:
    return polyhedron("tetrahedron").points * 2.8


def test_tetrahedra_apart_and_in_a_chain() -> None:
    first = tetrahedron()
    outward = first[0] / np.linalg.norm(first[0])
    apart = np.vstack([first, -first + outward * 8.0])
    assert recognise_kernel(apart).name == "2 separate tetrahedra"
    middle = 2 * first[0] - first
    chain = merged(first, middle, 2 * middle[1] - middle)
    assert len(chain) == 10
    kernel = recognise_kernel(chain)
    assert kernel.packing in ("polytetrahedral", "fcc")
    assert [unit.shape for unit in kernel.units] == ["tetrahedron"] * 3
    assert [pair.kind for pair in kernel.sharing] == ["vertex", "vertex"]


@pytest.mark.parametrize(("size", "name"), [
    (1, "single atom"), (2, "pair of atoms"), (3, "three atoms"),
])  # fmt: skip
def test_too_small_for_a_name(size: int, name: str) -> None:
    kernel = recognise_kernel(np.eye(3)[:size] * 2.0)
    assert (kernel.name, kernel.packing) == (name, "none")


def test_close_packed_pieces() -> None:
    lattice = np.array([[i, j, k] for i in range(4) for j in range(4) for k in range(4)])
    cell = np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]]) * 2.04
    points = lattice @ cell
    near = points[np.argsort(np.linalg.norm(points - points.mean(axis=0), axis=1))[:32]]
    assert recognise_kernel(near).packing == "fcc"


def test_a_heap_is_given_no_false_name() -> None:
    heap = np.random.default_rng(4).uniform(0, 7, size=(16, 3))
    kernel = recognise_kernel(heap)
    assert kernel.measure is None
    assert kernel.core is None


def test_json_round_trip() -> None:
    for points in (build_kernel("Mackay icosahedron", 3).points * 2.85, tetrahedron()):
        kernel = recognise_kernel(points)
        assert Kernel.from_json(kernel.to_json()) == kernel


def test_bad_positions() -> None:
    with pytest.raises(StructureError, match="n > 0"):
        recognise_kernel(np.empty((0, 3)))


REAL = "data/structures/NC_Database/"


@pytest.mark.parametrize(("file", "convention", "name"), [
    ("fully_protected/au18_schex14_opt.xyz", "geometric", "face-sharing bioctahedron"),
    ("fully_protected/au20_tbbt16_opt.xyz", "geometric", "vertex-sharing bitetrahedron"),
    ("sch3_protected/024_20_cp2k_opt.xyz", "geometric", "2 separate tetrahedra"),
    ("fully_protected/au25_pet18_-1_opt.xyz", "geometric", "centred icosahedron"),
    ("fully_protected/au28_tbbt20_opt.xyz", "literature", "interpenetrating bi-cuboctahedron"),
    ("fully_protected/au38_pet24q_opt.xyz", "geometric", "face-sharing bi-icosahedron"),
    ("sch3_protected/038_24t_cp2k_opt.xyz", "geometric", "centred icosahedron and 10 more atoms"),
    ("fully_protected/au102_mba44_opt.xyz", "geometric",
     "Marks decahedron of 49 inside 30 more atoms"),
    ("fully_protected/au133_tbbt52_opt.xyz", "geometric",
     "Mackay icosahedron of 55 inside 52 more atoms"),
    ("other/Au19Cd2_full_ligands.xyz", "literature", "centred cuboctahedron"),
])  # fmt: skip
def test_kernels_of_real_clusters(shared: Path, file: str, convention: str, name: str) -> None:
    """Names as in `structures_truth.tsv`, there in words."""
    from ase.io import read

    from superatom.structure.partition import partition

    atoms = read(shared / REAL / file)
    members = getattr(partition(atoms), convention).kernel
    assert recognise_kernel(atoms.positions[list(members)]).name == name
