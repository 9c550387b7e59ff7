"""Point groups: every family from its generators, noise, mirror images and real clusters."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from superatom.errors import StructureError
from superatom.structure.pointgroup import (
    PointGroup,
    point_group,
    site_permutations,
    symmetrised,
)

Matrix = NDArray[np.float64]
PHI = (1 + 5**0.5) / 2


def turn(fold: float, axis: tuple[float, float, float] = (0, 0, 1)) -> Matrix:
    x, y, z = np.array(axis) / np.linalg.norm(axis)
    skew = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    angle = 2 * np.pi / fold
    return np.eye(3) + np.sin(angle) * skew + (1 - np.cos(angle)) * skew @ skew


INVERSION = -np.eye(3)
SIGMA_H = np.diag([1.0, 1.0, -1.0])
SIGMA_V = np.diag([1.0, -1.0, 1.0])
C2_X = np.diag([1.0, -1.0, -1.0])
C3_111 = turn(3, (1, 1, 1))
C5_ICO = turn(5, (0, 1, PHI))


def between(n: int) -> Matrix:
    """Mirror plane half way between two twofold axes of D_n."""
    normal = np.array([-np.sin(np.pi / (2 * n)), np.cos(np.pi / (2 * n)), 0.0])
    return np.eye(3) - 2 * np.outer(normal, normal)


GENERATORS: dict[str, tuple[list[Matrix], int]] = {
    "C1": ([], 1),
    "Cs": ([SIGMA_H], 2),
    "Ci": ([INVERSION], 2),
    **{f"C{n}": ([turn(n)], n) for n in (2, 3, 4, 5, 6, 7)},
    **{f"C{n}v": ([turn(n), SIGMA_V], 2 * n) for n in (2, 3, 4, 5, 6)},
    **{f"C{n}h": ([turn(n), SIGMA_H], 2 * n) for n in (2, 3, 4, 5, 6)},
    **{f"D{n}": ([turn(n), C2_X], 2 * n) for n in (2, 3, 4, 5, 6, 12)},
    **{f"D{n}h": ([turn(n), C2_X, SIGMA_H], 4 * n) for n in (2, 3, 4, 5, 6)},
    **{f"D{n}d": ([turn(n), C2_X, between(n)], 4 * n) for n in (2, 3, 4, 5, 6)},
    **{f"S{n}": ([turn(n) @ SIGMA_H], n) for n in (4, 6, 8, 10)},
    "T": ([turn(2), C3_111], 12),
    "Th": ([turn(2), C3_111, INVERSION], 24),
    "Td": ([turn(4) @ SIGMA_H, C3_111], 24),
    "O": ([turn(4), C3_111], 24),
    "Oh": ([turn(4), C3_111, INVERSION], 48),
    "I": ([turn(2), C3_111, C5_ICO], 60),
    "Ih": ([turn(2), C3_111, C5_ICO, INVERSION], 120),
}


def all_matrices(generators: list[Matrix]) -> Matrix:
    found = [np.eye(3)]
    for matrix in found:
        for generator in generators:
            product = generator @ matrix
            if not any(np.allclose(product, known, atol=1e-8) for known in found):
                found.append(product)
    return np.array(found)


def general_orbits(generators: list[Matrix]) -> Matrix:
    """Orbits of points in general position: exactly the group's symmetry."""
    seeds = np.array([[3.3, 0.55, 2.2], [1.1, 4.4, 3.3]])
    matrices = all_matrices(generators)
    if len(matrices) > 48:
        seeds = np.array([[3.1, 1.3, 2.2], [1.1, 4.4, 3.3]])
    if len(matrices) <= 28:  # one more orbit against accidental mirror planes
        seeds = np.vstack([seeds, [4.06, 2.9, -3.8]])
    if len(matrices) < 4:  # few points of C1, Cs, Ci could be more symmetric
        seeds = np.vstack([seeds, [2.9, -2.3, 0.7], [-0.4, 1.9, -5.8]])
    return np.concatenate([matrices @ seed for seed in seeds])


def spun(points: Matrix, seed: int, noise: float = 0.0) -> Matrix:
    rng = np.random.default_rng(seed)
    rotation = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    rotation *= np.sign(np.linalg.det(rotation))
    jitter = rng.normal(scale=noise, size=points.shape) if noise else 0.0
    shuffled = rng.permutation(len(points))
    return (points @ rotation.T + rng.normal(size=3) * 5 + jitter)[shuffled]


@pytest.mark.parametrize("name", GENERATORS)
def test_every_point_group_is_named_after_its_generators(name: str) -> None:
    generators, order = GENERATORS[name]
    points = general_orbits(generators)
    group = point_group(spun(points, seed=1), tolerance=0.01)
    assert (group.name, group.order) == (name, order)
    assert group.rmsd < 1e-5
    assert group.asymmetry < 1e-8


@pytest.mark.parametrize("name", [n for n in GENERATORS if n not in ("C1",)])
def test_noise_does_not_hide_the_group(name: str) -> None:
    generators, order = GENERATORS[name]
    group = point_group(spun(general_orbits(generators), seed=2, noise=0.03), tolerance=0.2)
    assert (group.name, group.order) == (name, order)
    assert 0.01 < group.rmsd < 0.2


@pytest.mark.parametrize("name", GENERATORS)
def test_operations_multiply_as_a_group_and_match_the_atoms(name: str) -> None:
    points = spun(general_orbits(GENERATORS[name][0]), seed=3)
    group = point_group(points, tolerance=0.01)
    matrices = np.array([op.matrix for op in group.operations])
    centred = points - np.array(group.centre)
    for op, matrix in zip(group.operations, matrices, strict=True):
        np.testing.assert_allclose(centred @ matrix.T, centred[list(op.permutation)], atol=1e-5)
        product = np.einsum("ab,gbc->gac", matrix, matrices)
        assert np.abs(product[:, None] - matrices).max(axis=(2, 3)).min(axis=1).max() < 1e-8
    assert group.permutation_group().is_closed()


@pytest.mark.parametrize("name", GENERATORS)
def test_json_round_trip(name: str) -> None:
    group = point_group(general_orbits(GENERATORS[name][0]), tolerance=0.01)
    assert PointGroup.from_json(group.to_json()) == group


@pytest.mark.parametrize(("points", "name"), [
    ([[0, 0, 0]], "Kh"),
    ([[0, 0, -1], [0, 0, 1]], "D∞h"),
    ([[0, 0, -1], [0, 0, 1], [0, 0, 2.5]], "C∞v"),
    ([[1, 0, 0], [-0.5, 0.75**0.5, 0], [-0.5, -(0.75**0.5), 0]], "D3h"),
])  # fmt: skip
def test_points_lines_and_planes(points: list[list[float]], name: str) -> None:
    assert point_group(spun(np.array(points, dtype=float), seed=4), tolerance=0.01).name == name


def test_planar_ring_has_operations_that_leave_all_atoms() -> None:
    angles = np.arange(7) * 2 * np.pi / 7
    ring = np.column_stack([np.cos(angles), np.sin(angles), 0 * angles]) * 3
    group = point_group(spun(ring, seed=5), tolerance=0.01)
    assert (group.name, group.order) == ("D7h", 28)
    assert site_permutations(ring, tolerance=0.01).order == 14


def test_symbols_lower_the_symmetry() -> None:
    octahedron = np.vstack([np.eye(3), -np.eye(3)]) * 2.9
    assert point_group(octahedron).name == "Oh"
    assert point_group(octahedron, ["Ag", *["Au"] * 5]).name == "C4v"


def test_symbols_of_the_operations_of_the_icosahedron() -> None:
    ico = np.array([[0, a, b * PHI] for a in (-1, 1) for b in (-1, 1)])
    points = np.concatenate([np.roll(ico, shift, axis=1) for shift in range(3)]) * 1.5
    counts: dict[str, int] = {}
    for op in point_group(points, tolerance=0.1).operations:
        counts[op.symbol] = counts.get(op.symbol, 0) + 1
    assert counts == {  # character table of Ih: E 12C5 12C5^2 20C3 15C2 i 12S10 12S10^3 20S6 15σ
        "E": 1, "C5": 12, "C5^2": 12, "C3": 20, "C2": 15,
        "i": 1, "S10": 12, "S10^3": 12, "S6": 20, "σ": 15,
    }  # fmt: skip


@pytest.mark.parametrize(("name", "international"), [
    ("Oh", "m-3m"), ("Td", "-43m"), ("Th", "m-3"), ("O", "432"), ("T", "23"), ("D4h", "4/mmm"),
    ("D2d", "-42m"), ("C4v", "4mm"), ("S4", "-4"), ("D2", "222"), ("C2v", "mm2"), ("D2h", "mmm"),
])  # fmt: skip
@pytest.mark.filterwarnings("ignore:Set OLD_ERROR_HANDLING:DeprecationWarning")
def test_agrees_with_spglib_on_molecules_in_a_box(name: str, international: str) -> None:
    spglib = pytest.importorskip("spglib")
    points = general_orbits(GENERATORS[name][0])
    cell = (np.eye(3) * 40.0, points / 40.0, [79] * len(points))
    assert spglib.get_symmetry_dataset(cell, symprec=1e-3).pointgroup == international
    assert point_group(points, tolerance=1e-3).name == name


def test_symmetrised_structure_has_the_group_exactly() -> None:
    noisy = spun(general_orbits(GENERATORS["Th"][0]), seed=6, noise=0.06)
    group = point_group(noisy, tolerance=0.4)
    ideal = symmetrised(noisy, group)
    again = point_group(ideal, tolerance=1e-3)
    assert (group.name, again.name) == ("Th", "Th")
    shift = np.sum((ideal - noisy) ** 2) / np.sum((noisy - noisy.mean(axis=0)) ** 2)
    assert group.asymmetry == pytest.approx(100 * shift)
    with pytest.raises(StructureError, match="72 atoms"):
        symmetrised(ideal[:5], group)


def test_ladder_shows_at_which_tolerance_each_symmetry_appears() -> None:
    stretched = np.vstack([np.eye(3), -np.eye(3)]) * [2.9, 2.9, 3.2]
    group = point_group(stretched, tolerance=0.6)
    assert [step.name for step in group.ladder] == ["D4h", "Oh"]
    assert group.exact.name == "D4h"
    # the worst operation exchanges a long axis with a short one: four atoms off by 0.3 Å
    assert group.rmsd == pytest.approx((4 * 0.3**2 / 6) ** 0.5, abs=1e-9)
    assert str(group) == "Oh, 0.24 Å; exact D4h"
    assert point_group(stretched, tolerance=0.2).name == "D4h"


def test_cuboctahedron_is_not_taken_for_an_icosahedron_nor_decahedra() -> None:
    signs = np.array([[a, b, 0] for a in (-1, 1) for b in (-1, 1)])
    cubo = np.concatenate([np.roll(signs, shift, axis=1) for shift in range(3)]) * 2.04
    assert point_group(cubo).name == "Oh"


@pytest.mark.parametrize(("positions", "message"), [
    (np.empty((0, 3)), "n > 0"),
    (np.zeros((2, 2)), "shape"),
    (np.array([[0, 0, 0], [np.nan, 0, 0]]), "atom 1"),
    (np.array([[0, 0, 0], [2.8, 0, 0], [2.8, 0, 0]]), "atoms 1 and 2 are at one place"),
])  # fmt: skip
def test_bad_positions(positions: Matrix, message: str) -> None:
    with pytest.raises(StructureError, match=message):
        point_group(positions)


def test_lengths_and_tolerance_are_checked() -> None:
    with pytest.raises(StructureError, match="2 symbols"):
        point_group(np.eye(3), ["Au", "Ag"])
    with pytest.raises(StructureError, match="tolerance"):
        point_group(np.eye(3), tolerance=0.0)


REAL = "data/structures/NC_Database/"


@pytest.mark.parametrize(("file", "kinds", "name", "order"), [
    ("fully_protected/au25_pet18_-1_opt.xyz", ("Au",), "Th", 24),
    ("fully_protected/au25_pet18_opt.xyz", ("Au",), "Th", 24),
    ("fully_protected/au38_pet24q_opt.xyz", ("Au", "S"), "D3", 6),   # Qian 2010: D3
    ("fully_protected/au102_mba44_opt.xyz", ("Au", "S"), "C2", 2),   # Jadzinsky 2007: C2
    ("fully_protected/au36_tbbt24_opt.xyz", ("Au", "S"), "D2d", 8),  # Zeng 2012: D2d
])  # fmt: skip
def test_real_clusters(
    shared: Path, file: str, kinds: tuple[str, ...], name: str, order: int
) -> None:
    from ase.io import read

    atoms = read(shared / REAL / file)
    keep = [index for index, atom in enumerate(atoms) if atom.symbol in kinds]
    group = point_group(atoms.positions[keep], [atoms[index].symbol for index in keep])
    assert (group.name, group.order) == (name, order)
