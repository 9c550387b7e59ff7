"""Packing and turning apart on small problems with known answers."""

from __future__ import annotations

import numpy as np
import pytest

from superatom.model.shell.contact_floors import bonds_apart, closest_contact, radii, walls
from superatom.model.shell.ligand_units import Torsion, Unit
from superatom.model.shell.packing import PoseTable, overlap, pack
from superatom.model.shell.turning import Hinge, _Turning, turn_apart


def test_overlap_is_that_of_a_plain_double_loop() -> None:
    rng = np.random.default_rng(0)
    poses, others = rng.normal(0, 2, (7, 4, 3)), rng.normal(0, 2, (5, 3))
    floors = rng.uniform(1, 3, (4, 5))
    gaps = np.linalg.norm(poses[:, :, None] - others, axis=3)
    plain = np.maximum(floors**2 - gaps**2, 0.0) ** 2
    assert overlap(poses, others, floors) == pytest.approx(
        plain.sum(axis=(1, 2)) / (4 * 2.8**2), rel=1e-4
    )


def test_packing_finds_the_only_arrangement() -> None:
    """Points on a line, each left or right; the first is held to the right."""
    count = 5
    sides = np.array([[-0.9, 0, 0], [0.9, 0, 0]])
    tables = [
        PoseTable(
            (sides + np.array([2.0 * k, 0, 0]))[:, None], np.array([1.0 if k == 0 else 0.0, 0.0])
        )
        for k in range(count)
    ]
    near = [[j for j in (k - 1, k + 1) if 0 <= j < count] for k in range(count)]
    floors = [[np.array([[1.9]]) for _ in own] for own in near]
    for seed in range(3):
        chosen, left = pack(tables, near, floors, seed)
        assert chosen.tolist() == [1] * count
        assert left == pytest.approx(0.0, abs=1e-5)


def chain() -> tuple[np.ndarray, list[Hinge]]:
    """Return two zigzag chains of five atoms on two roots that face each other."""
    zigzag = np.array([[0, 0, 1.5], [1.2, 0, 2.2], [1.2, 0, 3.7], [2.4, 0, 4.4], [2.4, 0.3, 5.9]])
    ways = np.abs(np.subtract.outer(np.arange(5), np.arange(5)))
    torsions = (Torsion(0, 1, (2, 3, 4)), Torsion(1, 2, (3, 4)), Torsion(2, 3, (4,)))
    unit = Unit(0, np.arange(5), np.full(5, 6), zigzag[None], np.arange(1, 6), ways, torsions)
    roots = np.array([[0, 0, 0], [3.0, 0.4, 0]])
    mirrored = zigzag * [-1, 1, 1] + roots[1]
    positions = np.concatenate([roots, zigzag, mirrored])
    z = np.array([0, 0, 1.0])
    tilted = np.array([0.1, 0.2, 1.0]) / np.linalg.norm([0.1, 0.2, 1.0])
    return positions, [Hinge(unit, 0, 2, z, tilted), Hinge(unit, 1, 7, z, z)]


def floors_of(size: int) -> np.ndarray:
    floors = np.zeros((size, size))
    floors[2:7, 7:12] = floors[7:12, 2:7] = 3.4
    return floors


def test_the_slope_is_that_of_finite_differences() -> None:
    positions, hinges = chain()
    turning = _Turning(positions, hinges)
    turning.set_walls(floors_of(12), 1.0)
    turns = np.random.default_rng(1).normal(0, 0.3, turning.n_turns)
    _, slope = turning.score(turns)
    step = 1e-6
    for k in range(turning.n_turns):
        ends = []
        for sign in (1, -1):
            moved = turns.copy()
            moved[k] += sign * step
            ends.append(turning.score(moved)[0])
        assert slope[k] == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-5)


def test_turning_apart_keeps_lengths_angles_and_hands() -> None:
    positions, hinges = chain()
    floors = floors_of(12)
    done = turn_apart(positions, hinges, floors, 0.9 * floors)
    assert np.array_equal(done[:2], positions[:2])
    for start in (2, 7):
        before, after = positions[start : start + 5], done[start : start + 5]
        for gap in (1, 2):  # bonds and angles
            was = np.linalg.norm(before[gap:] - before[:-gap], axis=1)
            assert np.linalg.norm(after[gap:] - after[:-gap], axis=1) == pytest.approx(was)
    apart = np.linalg.norm(done[2:7, None] - done[7:12], axis=2)
    was = np.linalg.norm(positions[2:7, None] - positions[7:12], axis=2)
    assert was.min() < 2.0
    assert apart.min() > 0.9 * 3.4 - 0.05


def test_bonds_apart_are_shortest_ways() -> None:
    """A ring of six with a tail."""
    bonds = np.array([(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 0), (0, 6)])
    ways = bonds_apart(7, bonds)
    assert ways[0].tolist() == [0, 1, 2, 3, 2, 1, 1]
    assert ways[6, 3] == 4
    assert np.array_equal(ways, ways.T)


def test_walls_are_the_larger_of_two_sets_of_radii() -> None:
    """Bondi H 1.20, C 1.70, Au 1.66 Å; Alvarez H 1.20, C 1.77, Au 2.32 Å."""
    hydrogen, carbon, gold = (np.array([k]) for k in (1, 6, 79))
    assert walls(carbon, carbon)[0, 0] == pytest.approx(0.90 * 3.40)
    assert walls(gold, hydrogen)[0, 0] == pytest.approx(0.82 * 3.52)
    assert walls(carbon, carbon, np.array([[2]]))[0, 0] == 0.0
    assert radii(np.array([1, 6, 79])).tolist() == [1.20, 1.77, 2.32]


def test_the_closest_contact_is_no_bond() -> None:
    """A methane and a lone argon: 2.4 Å from its nearest hydrogen."""
    from ase.build import molecule

    methane = molecule("CH4")
    axis = methane.positions[1] / np.linalg.norm(methane.positions[1])
    positions = np.vstack([methane.positions, methane.positions[1] + 2.4 * axis])
    numbers = np.array([*methane.numbers, 18])
    bonds = np.array([(0, k) for k in range(1, 5)])
    found = closest_contact(positions, numbers, bonds, np.ones(6, dtype=bool))
    assert found is not None
    assert found.atoms == (1, 5)
    assert found.distance == pytest.approx(2.4)
    assert found.ratio == pytest.approx(2.4 / (1.20 + 1.88))
