"""Search spaces: what a few words mean, and how many compositions they hold."""

from __future__ import annotations

import contextlib
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from superatom.composition.cluster import Cluster
from superatom.composition.electrons import count_electrons
from superatom.errors import SearchError, SuperatomError, UnknownElement, UnknownLigand
from superatom.spectra.mass.candidates import candidates_in, count_in
from superatom.spectra.mass.isotopes import average_mass
from superatom.spectra.mass.space import Limits, SearchSpace, presets

PANELS = SearchSpace.parse("Au:0-60 Ag:0-60", "pMBA:0-40", "H:-14-6 Na:0-6", "-8..-1")


def _brute_force(space: SearchSpace) -> list[tuple[tuple[int, ...], int]]:
    """Return all compositions and charges of a small space, one by one."""
    found = []
    ranges = [range(part.low, part.high + 1) for part in space.parts]
    for counts in itertools.product(*ranges):
        for charge in space.charges:
            row = np.array([counts])
            if space.allowed(row, np.array([charge]))[0]:
                found.append((counts, charge))
    return found


def test_the_space_of_the_published_panels() -> None:
    # 61 Au x 61 Ag x 41 ligands x 21 H x 7 Na x 8 charges, less those without any metal
    assert PANELS.size() == (61 * 61 - 1) * 41 * 21 * 7 * 8


@pytest.mark.parametrize(
    "limits",
    [
        Limits(),
        Limits(ligand_ratio=(0.5, 1.5)),
        Limits(electrons=(0, 8)),
        Limits(parity="even"),
        Limits(n_metals=(3, 5), n_ligands=(2, 4), parity="odd"),
    ],
)
def test_the_size_is_exact(limits: Limits) -> None:
    space = SearchSpace.parse("Au:0-5 Pd:0-2", "PET:0-4 PPh3:0-2", "Cl:0-2", "-1..2", limits=limits)
    assert space.size() == len(_brute_force(space))


def test_names_take_the_range_that_follows() -> None:
    space = SearchSpace.parse("Au:10-50 Ag:0-10", "PET MHA:0-18", "Cl:0-2 H:-12-2", "-6..-1")
    assert [(part.low, part.high) for part in space.parts] == [
        (10, 50), (0, 10), (0, 18), (0, 18), (0, 2), (-12, 2)
    ]  # fmt: skip
    assert space.charges == (-1, -2, -3, -4, -5, -6)


def test_formulas_are_named_as_chemists_write_them() -> None:
    assert PANELS.cluster([25, 0, 18, -7, 0], -7) == Cluster.parse("[Au25(pMBA)18-7H]^7-")
    assert PANELS.cluster([19, 6, 18, -9, 4], -6).text() == "[Au19Ag6(pMBA)18-9H+4Na]^6-"


def test_electrons_agree_with_the_electron_count() -> None:
    space = SearchSpace.parse("Au:0-60 Ag:0-60 Pt:0-2", "PET PPh3:0-40", "Cl:0-4 Na:0-2", "-4..4")
    rows = [(25, 0, 0, 18, 0, 0, 0, -1), (0, 44, 0, 30, 0, 0, 0, -4), (24, 0, 1, 18, 0, 0, 0, 0),
            (11, 0, 0, 0, 8, 2, 0, 1), (25, 0, 0, 18, 0, 0, 1, 1)]  # fmt: skip
    for *counts, charge in rows:
        ours = int(space.totals(np.array([counts]), np.array([charge]))[2][0])
        assert ours == count_electrons(space.cluster(counts, charge)).total


def test_relatives_of_a_parent_keep_its_numbers() -> None:
    parent = Cluster.parse("[Au25(SC2H4Ph)18]-")
    space = SearchSpace.from_parent(parent, dope="Ag:0-25", exchange="MHA:0-18")
    assert space.charges == (-1,)
    assert space.size() == 26 * 19


def test_a_parent_without_charge_needs_one() -> None:
    with pytest.raises(SearchError, match="charge"):
        SearchSpace.from_parent(Cluster.of({"Au": 25}, {"PET": 18}))


@pytest.mark.parametrize("name", list(presets()))
def test_presets_can_be_searched(name: str) -> None:
    space = SearchSpace.preset(name)
    assert 1000 < space.size() < 10**13


@pytest.mark.parametrize(
    ("arguments", "error", "problem"),
    [
        (("",), SearchError, "at least one metal"),
        (("Au:5-2",), SearchError, "low to high"),
        (("Au:x",), SearchError, "range"),
        (("Au:1-9 Au:2-3",), SearchError, "twice"),
        (("Xx:1-9",), UnknownElement, "Xx"),
        (("Au:1-9", "PETT:0-4"), UnknownLigand, "PETT"),
        (("Au:1-9", "PET:-2-4"), SearchError, "lost"),
        (("Au:1-9", "", "", "0"), SearchError, "charges"),
        (("Au:1-9", "", "", "minus one"), SearchError, "charge"),
        (("Au:1-9999",), SearchError, "500"),
    ],
)
def test_what_cannot_be_read(
    arguments: tuple[str, ...], error: type[Exception], problem: str
) -> None:
    with pytest.raises(error, match=problem):
        SearchSpace.parse(*arguments)


@given(st.text(max_size=40))
@settings(max_examples=150)
def test_any_text_gives_a_space_or_a_clear_error(text: str) -> None:
    with contextlib.suppress(SuperatomError):  # anything else is a defect
        assert SearchSpace.parse(text, text, text, text).parts


@given(
    low=st.floats(200, 2500),
    width=st.floats(0.5, 120),
    ranges=st.tuples(*[st.integers(0, 4)] * 4),
)
@settings(max_examples=40, deadline=None)
def test_meeting_in_the_middle_finds_what_brute_force_finds(
    low: float, width: float, ranges: tuple[int, int, int, int]
) -> None:
    a, b, c, d = ranges
    space = SearchSpace.parse(f"Au:1-{a + 1} Ag:0-{b}", f"PET:0-{c}", f"H:-{d}-2 Na:0-2", "-1")
    found = candidates_in(space, low, low + width, -1)
    expected = {
        counts
        for counts, _ in _brute_force(space)
        if low
        <= sum(n * average_mass(dict(p.elements)) for n, p in zip(counts, space.parts, strict=True))
        <= low + width
    }
    assert {tuple(row) for row in found.counts.tolist()} == expected


def test_a_useless_window_is_refused_with_the_count_and_a_cut() -> None:
    space = SearchSpace.parse("Au Ag Cu:0-60", "PET MHA:0-40", "H:-20-20 Na:0-9", "-1")
    with pytest.raises(SearchError, match=r"\d+ compositions.*cut"):
        candidates_in(space, 7000.0, 7010.0, -1, limit=100_000)


def test_counting_needs_no_listing() -> None:
    space = SearchSpace.parse("Au:1-60 Ag:0-60", "pMBA:0-40", "Na:0-6", "-1")
    found = candidates_in(space, 7676.0, 7677.0, -1)
    assert count_in(space, 7676.0, 7677.0) == len(found) > 50


def test_no_composition_has_negative_atoms() -> None:
    space = SearchSpace.parse("Au:1-3", "pMBA:0-1", "H:-14-0", "-1")
    found = candidates_in(space, 100.0, 900.0, -1)
    assert found.elements().min() >= 0


def test_a_ligand_keeps_the_name_that_the_parent_was_written_with() -> None:
    """One name in `--parent`, `--ligands` and the answer: p-MBA and pMBA are the same ligand."""
    for name in ("pMBA", "p-MBA"):
        related = SearchSpace.from_parent(Cluster.parse(f"[Au25({name})18]-"), dope="Ag:0-2")
        free = SearchSpace.parse("Au:0-25 Ag:0-2", f"{name}:18", charge="-1")
        assert related.names == free.names == ("Au", "Ag", name)
        assert related.cluster((25, 0, 18), -1).text() == free.cluster((25, 0, 18), -1).text()
