"""Ligands, tails, metals and motifs removed: how many ways, and what charge stays."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.io import read

from superatom.errors import SearchError
from superatom.model.departures import Channel
from superatom.model.strip import Stripped, count_stripped, strip
from superatom.structure.anatomy import dissect


# 12 S between kernel and staple, 6 in the middle of a staple; 6 staples; 1 + 12 + 12 Au
@pytest.mark.parametrize(
    ("what", "multiplicities", "atoms_lost"),
    [
        ("SR", [6, 12], 5),
        ("-R", [6, 12], 4),
        ("SMe", [6, 12], 5),
        ("motif", [6], 17),
        ("Au2(SR)3", [6], 17),
        ("metal", [1, 12, 12], 1),
        ("Au", [1, 12, 12], 1),
    ],
)
def test_unique_losses_of_au25(
    gold25: Atoms, what: str, multiplicities: list[int], atoms_lost: int
) -> None:
    models = list(strip(gold25, what, charge=-1))
    assert sorted(m.multiplicity for m in models) == multiplicities
    assert count_stripped(gold25, what) == len(multiplicities)
    for model in models:
        assert len(model.atoms) == len(gold25) - atoms_lost
        gone = [k for d in model.removed for k in d.atoms]
        assert np.array_equal(model.atoms.positions, np.delete(gold25.positions, gone, axis=0))


def test_two_thiolates_against_distances(gold25: Atoms) -> None:
    """Pairs of the 18 S are told apart by kind and distance in the exact Th model."""
    sulfurs = gold25.positions[25:43]
    radius = np.round(np.linalg.norm(sulfurs, axis=1), 2)
    fingerprints = {
        (*sorted((radius[a], radius[b])), round(float(np.linalg.norm(sulfurs[a] - sulfurs[b])), 2))
        for a, b in combinations(range(18), 2)
    }
    models = list(strip(gold25, "SR", 2))
    assert len(models) == len(fingerprints) == count_stripped(gold25, "SR", 2)
    assert sum(m.multiplicity for m in models) == 18 * 17 // 2


# n* = 25 - 18 + 1 = 8 before. A thiyl radical leaves its electron (9); a thiolate takes it.
# S without R is a sulfide and takes one more: a methyl radical leaves 7, a cation 8.
@pytest.mark.parametrize(
    ("what", "neutral", "ionic"),
    [
        ("SR", Channel("CH3S(0)", -1, 9, False, True), Channel("CH3S(-1)", 0, 8, True, False)),
        ("R", Channel("CH3(0)", -1, 7, False, True), Channel("CH3(+1)", -2, 8, True, False)),
        ("Au", Channel("Au(0)", -1, 7, False, True), Channel("Au(+1)", -2, 8, True, False)),
    ],
)
def test_bookkeeping(gold25: Atoms, what: str, neutral: Channel, ionic: Channel) -> None:
    for model in strip(gold25, what, charge=-1):
        assert model.channels == (neutral, ionic)
        assert model.atoms.info["charge"] == -1
    for model in strip(gold25, what, charge=-1, keep="electrons"):
        assert model.atoms.info["charge"] == ionic.charge


def test_bookkeeping_agrees_with_a_new_dissection(gold25: Atoms) -> None:
    """The electron count of what stays, counted afresh for each channel."""
    for what in ("SR", "R", "motif", "metal"):
        for model in strip(gold25, what, charge=-1):
            for channel in model.channels:
                fresh = dissect(model.atoms, channel.charge)
                assert fresh.electrons is not None
                assert fresh.electrons.total == channel.free_electrons, model


def test_phosphines_leave_neutral(phosphine13: Atoms) -> None:
    model = next(strip(phosphine13, "PR3", charge=3))
    assert model.channels == (Channel("H3P(0)", 3, 8, True, False),)
    assert sum(m.multiplicity for m in strip(phosphine13, "PR3")) == 10
    assert sum(m.multiplicity for m in strip(phosphine13, "X")) == 2


def test_unknown_charge_stays_unknown(gold25: Atoms) -> None:
    model = next(strip(gold25, "SR"))
    assert {channel.charge for channel in model.channels} == {None}
    assert "charge" not in model.atoms.info


def test_the_name_of_the_parent_does_not_stay(gold25: Atoms) -> None:
    gold25.info["name"] = "[Au25(SCH3)18]^1-"
    assert "name" not in next(strip(gold25, "SR")).atoms.info
    assert gold25.info["name"] == "[Au25(SCH3)18]^1-"


def test_record(gold25: Atoms) -> None:
    model: Stripped = next(strip(gold25, "R", charge=-1))
    step = model.atoms.info["construction"]["operations"][-1]
    assert (step["operation"], step["removed"], step["leaves"]) == ("strip", ["-CH3"], "CH3(0)")
    assert len(step["atoms"]) == 4


@pytest.mark.parametrize(("what", "number"), [("PR3", 1), ("SR", 19), ("SR", 0), ("nonsense", 1)])
def test_bad_requests(gold25: Atoms, what: str, number: int) -> None:
    with pytest.raises(SearchError):
        strip(gold25, what, number)


# file: relaxed [Au25(SCH3)18]-, NC_Database
@pytest.mark.parametrize("what", ["SR", "R"])
def test_relaxed_au25(shared: Path, what: str) -> None:
    folder = shared / "data" / "structures" / "NC_Database" / "sch3_protected"
    atoms = read(folder / "025_18_minus1_cp2k_opt.xyz")
    assert sorted(m.multiplicity for m in strip(atoms, what, charge=-1)) == [6, 12]
