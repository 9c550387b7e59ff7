"""Springs between atoms two contacts apart: which there are, and how long."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from superatom.model.families.archetypes import Archetype, read_archetype
from superatom.model.families.second_neighbours import second_neighbour_springs

#: A regular octahedron, 3 Å between neighbours, and on its face 1 3 5 a seventh metal; one
#: thiolate from metal 2 to motif metal 8, one from there to metal 4.
TEXT = """
name = "Au8"
formula = "M8(SR)2"
kernel = 7
kernel_shape = "octahedron and cap"
motifs = '''
2 S 8 S 4
'''
distances = '''
3.0: 1-3 1-4 1-5 1-6 2-3 2-4 2-5 2-6 3-5 3-6 4-5 4-6 1-7 3-7 5-7
3.2: 6-8
'''
source = "invented"
"""


@pytest.fixture
def capped(tmp_path: Path) -> Archetype:
    path = tmp_path / "capped.toml"
    path.write_text(TEXT, encoding="utf-8")
    return read_archetype(path)


def lengths(archetype: Archetype, grown: list[float]) -> dict[tuple[int, int], float]:
    springs = second_neighbour_springs(archetype, grown)
    return {(i + 1, j + 1): length for i, j, length, _ in springs}


def test_corners_of_an_octahedron_are_a_diagonal_apart(capped: Archetype) -> None:
    found = lengths(capped, [1.0] * 10)
    assert found[1, 2] == pytest.approx(3.0 * np.sqrt(2.0))
    assert {(3, 4), (5, 6)} <= set(found)


def test_a_cap_on_a_face_is_no_corner(capped: Archetype) -> None:
    """A tetrahedron on an octahedron: from cap to the corners below it is farther than √2."""
    found = lengths(capped, [1.0] * 10)
    assert not {(2, 7), (4, 7), (6, 7)} & set(found)


def test_two_tetrahedra_on_a_triangle_have_tips_apart(tmp_path: Path) -> None:
    text = TEXT.replace("1-3 1-4 1-5 1-6 2-3 2-4 2-5 2-6 3-5 3-6 4-5 4-6 1-7 3-7 5-7", "")
    pair = text.replace("3.0: ", "3.0: 1-2 1-3 2-3 1-4 2-4 3-4 1-5 2-5 3-5 5-6 6-7")
    path = tmp_path / "pair.toml"
    path.write_text(pair, encoding="utf-8")
    found = lengths(read_archetype(path), [1.0] * 10)
    assert found[4, 5] == pytest.approx(3.0 * np.sqrt(8.0 / 3.0))  # of touching spheres


def test_sulfur_knows_what_lies_below_and_beside_its_metals(capped: Archetype) -> None:
    found = lengths(capped, [1.0] * 10)
    first, second = 9, 10  # S of metals 2 and 8, of 8 and 4
    assert found[6, first] == found[6, second] == pytest.approx(4.05)  # touches both its metals
    assert (3, first) in found
    assert (5, first) in found
    assert (7, first) not in found  # three contacts away
    assert found[3, first] == pytest.approx(found[5, second])


def test_what_hangs_on_the_other_end_of_a_straight_motif_is_left_to_its_bonds(
    tmp_path: Path,
) -> None:
    path = tmp_path / "behind.toml"
    text = TEXT.replace("2 S 8 S 4", "2 S 8 S 1").replace("3.2: 6-8", "3.2: 1-8 7-8")
    path.write_text(text, encoding="utf-8")
    found = lengths(read_archetype(path), [1.0] * 10)
    assert (1, 9) not in found  # behind metal 8, on its other sulfur
    assert found[7, 9] == pytest.approx(3.97)  # beside it


def test_larger_metals_stand_farther_apart(capped: Archetype) -> None:
    larger = lengths(capped, [1.1] * 8 + [1.0] * 2)
    plain = lengths(capped, [1.0] * 10)
    assert all(larger[pair] == pytest.approx(1.1 * plain[pair]) for pair in plain)
