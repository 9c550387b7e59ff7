"""Superatom levels as drawn: electrons in the right places."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest

from superatom.report.level_scheme import draw_levels, filled_levels

CAPACITY = {"S": 2, "P": 6, "D": 10, "F": 14, "G": 18, "H": 22, "I": 26}


@pytest.mark.parametrize("electrons", [1, 2, 6, 8, 14, 18, 34, 58, 84, 92, 138])
def test_every_electron_is_drawn_once(electrons: int) -> None:
    levels = filled_levels(electrons)
    assert sum(level.electrons for level in levels) == electrons
    for level in levels:
        assert 2 * level.orbitals == CAPACITY[level.name[-1]]
        assert len(set(level.spins)) == len(level.spins) == level.electrons


def test_open_shells_follow_hund() -> None:
    """1P4 of PtAu24(SR)18: two paired and two single electrons, spins up first."""
    (level,) = (level for level in filled_levels(6) if level.name == "1P")
    assert level.spins == ((0, 1), (1, 1), (2, 1), (0, -1))


def test_closed_shells_are_marked_at_the_magic_numbers() -> None:
    closing = [level.closes for level in filled_levels(58) if level.closes]
    assert closing[:5] == [2, 8, 18, 34, 58]  # Walter 2008


@pytest.mark.parametrize("electrons", [0, -2, 10_000])
def test_nothing_is_drawn_where_no_levels_are_known(electrons: int) -> None:
    assert filled_levels(electrons) == ()
    with pytest.raises(ValueError, match="no level scheme"):
        draw_levels(electrons)


def test_figure_is_svg_with_its_numbers_as_text() -> None:
    root = ElementTree.fromstring(str(draw_levels(8)))
    words = {element.text for element in root.iter() if element.text and element.text.strip()}
    assert {"1S", "1P", "1D", "8", "empty"} <= words
    assert "8 electrons" in root.attrib["aria-label"]
