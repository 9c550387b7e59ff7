"""Symmetry statements of files, against the tables of gemmi and spglib."""

from __future__ import annotations

import gemmi
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superatom.structure.lattice import Lattice
from superatom.structure.readers.operators import candidate_symmetries

GROUPS = list(gemmi.spacegroup_table())


def cell_of(group: gemmi.SpaceGroup) -> Lattice:
    """Return a cell that the group leaves as it is: a metric averaged over its rotations."""
    start = np.array([[90.0, 4.0, 7.0], [4.0, 130.0, 5.0], [7.0, 5.0, 170.0]])
    turns = [np.array(o.rot) / 24 for o in group.operations()]
    metric = np.mean([t.T @ start @ t for t in turns], axis=0)
    return Lattice(np.linalg.cholesky(metric))


@settings(deadline=None, max_examples=60)
@given(number=st.integers(0, len(GROUPS) - 1), keep=st.integers(2, 6), seed=st.integers(0, 99))
def test_a_group_comes_back_from_some_of_its_operators(number, keep, seed) -> None:
    group = GROUPS[number]
    triplets = [o.triplet() for o in group.operations()]
    found, _ = candidate_symmetries(triplets, group.hall, [], None, cell_of(group))
    assert len(found) == 1  # operators and Hall symbol mean the same
    assert len(found[0]) == len(triplets)
    some = np.random.default_rng(seed).permutation(triplets)[:keep].tolist()
    found, _ = candidate_symmetries(some, "", [], None, cell_of(group))
    assert (
        found[0].keys() <= candidate_symmetries(triplets, "", [], None, cell_of(group))[0][0].keys()
    )
    assert len(triplets) % len(found[0]) == 0  # Lagrange
    assert np.array_equal(found[0].rotations[0], np.eye(3))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("P2(1)/n", "P 1 21/n 1"),
        ("P2(1)2(1)2(1)", "P 21 21 21"),
        ("P2_1/c", "P 1 21/c 1"),
        ("P 2~1~/c", "P 1 21/c 1"),
        ("P 21 / n", "P 1 21/n 1"),
        ("P6(3)/m", "P 63/m"),
        ("P 1 21/n 1 (#14)", "P 1 21/n 1"),
        ("P \N{MINUS SIGN}1", "P -1"),
        ("C2/c", "C 1 2/c 1"),
        ("I2/a", "I 1 2/a 1"),
        ("R -3 :H", "R -3:H"),
        ("F m 3 m", "F m -3 m"),
        ("P 21/b", "P 1 1 21/b"),
    ],
)
def test_spellings(written: str, meant: str) -> None:
    group = gemmi.SpaceGroup(meant)
    found, notes = candidate_symmetries([], "", [written], None, cell_of(group))
    assert [f.name for f in found] == [meant], notes


@pytest.mark.parametrize(
    ("written", "origins"),
    [("I41/a", ["I 41/a:2", "I 41/a:1"]), ("P4/n Z", ["P 4/n:2"]), ("P 42/n :1", ["P 42/n:1"])],
)
def test_origins(written: str, origins: list[str]) -> None:
    group = gemmi.SpaceGroup(origins[0])
    found, _ = candidate_symmetries([], "", [written], None, cell_of(group))
    assert [f.name for f in found] == origins


def test_nonsense_is_noted_and_left_out() -> None:
    lattice = Lattice(np.diag([10.0, 11.0, 12.0]))
    found, notes = candidate_symmetries(
        ["x,y,z", "foo", "2x,y,z", "x+y,y,z"], "-Q 9zz", ["P nonsense"], 999, lattice
    )
    assert not found
    assert len(notes) >= 5
    found, _ = candidate_symmetries([], "", [], 19, lattice)
    assert [f.name for f in found] == ["P 21 21 21"]
