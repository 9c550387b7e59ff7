"""Hydrides of a cluster as reactants: beside an adsorbate, and handed over to it."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from ase import Atoms
from typer.testing import CliRunner

from superatom.cli import app
from superatom.errors import SearchError
from superatom.model.adsorption.adsorb import adsorb
from superatom.model.adsorption.lattice_hydrides import beside_hydride, transfer_hydride
from superatom.model.strip import strip
from superatom.structure.anatomy import dissect

_EDGE, _CU_P, _CU_H = 2.65, 2.22, 1.75  # Å


@pytest.fixture
def copper6() -> Atoms:
    """Cu6H8(PH3)6 with all eight faces of the octahedron capped: Cu 0-5, H 6-13, P 14-19."""
    radius = _EDGE / 2**0.5
    corners = np.vstack([np.eye(3), -np.eye(3)])
    faces = np.array(list(product((1, -1), repeat=3))) / 3**0.5
    inner = radius / 3**0.5  # from the middle to a face
    height = (_CU_H**2 - (_EDGE / 3**0.5) ** 2) ** 0.5
    places = [corners * radius, faces * (inner + height), corners * (radius + _CU_P)]
    symbols = ["Cu"] * 6 + ["H"] * 8 + ["P"] * 6
    for corner in corners:
        side = np.roll(corner, 1)
        other = np.cross(corner, side)
        for turn in 2 * np.pi * np.arange(3) / 3 + 0.3:
            across = np.cos(turn) * side + np.sin(turn) * other
            places.append((corner * (radius + _CU_P + 0.55) + 1.30 * across)[None])
            symbols.append("H")
    return Atoms(symbols, positions=np.vstack(places), info={"charge": 0})


# hydrides on copper take an electron: n* = 6 - 8 - 0 = -2 before
def test_a_hydride_leaves_as_atom_proton_or_hydride(copper6: Atoms) -> None:
    (model,) = strip(copper6, "H", charge=0)
    assert model.multiplicity == 8
    told = {c.leaves: (c.charge, c.free_electrons) for c in model.channels}
    assert told == {"H(0)": (0, -1), "H(+1)": (-1, 0), "H(-1)": (1, -2)}
    for channel in model.channels:
        fresh = dissect(model.atoms, channel.charge)
        assert fresh.electrons is not None
        assert fresh.electrons.total == channel.free_electrons


def test_on_gold_a_hydride_gives_its_electron(gold25: Atoms) -> None:
    """[Au25(SR)18]- has n* = 8; with H, which gives one, 9."""
    hydride = next(adsorb(gold25, "H", ("hollow",))).atoms
    for model in strip(hydride, "H", charge=-1):
        told = {c.leaves: (c.charge, c.free_electrons) for c in model.channels}
        assert told == {"H(0)": (-1, 8), "H(-1)": (0, 7), "H(+1)": (-2, 9)}
        assert dissect(model.atoms, -1).electrons.total == 8


def test_two_hydrides_against_distances(copper6: Atoms) -> None:
    """Pairs of corners of a cube: edge, face diagonal, body diagonal."""
    pairs = sorted(m.multiplicity for m in strip(copper6, "H", 2))
    assert pairs == [4, 12, 12]


def fingerprints(model: Atoms, hydrides: range, sites: list[tuple[int, ...]]) -> dict:
    """Pairs of hydride and site told apart by distances, in an exact Oh model."""
    found: dict[tuple, int] = {}
    for h in hydrides:
        for site in sites:
            key = tuple(sorted(round(model.get_distance(h, k), 2) for k in site))
            found[key] = found.get(key, 0) + 1
    return found


def test_unique_pairs_are_those_that_distances_tell_apart(copper6: Atoms) -> None:
    models = list(beside_hydride(copper6, "H", ("top",), reach=9.0, least_room=0.0))
    wanted = fingerprints(copper6, range(6, 14), [(k,) for k in range(6)])
    assert sorted(m.multiplicity for m in models) == sorted(wanted.values()) == [24, 24]
    near = list(beside_hydride(copper6, "H", ("top",), reach=2.5, least_room=0.0))
    assert [m.multiplicity for m in near] == [24]  # each hydride and the three metals it holds


def test_beside_keeps_the_hydride(copper6: Atoms) -> None:
    for model in beside_hydride(copper6, "CO", ("bridge",), tilts=(0, 20), least_room=0.3):
        assert len(model.atoms) == len(copper6) + 2
        assert np.array_equal(model.atoms.positions[: len(copper6)], copper6.positions)
        assert model.reactant == "CO"
        assert not model.transferred
        assert len(model.held_by) == 3


def test_hydride_and_carbon_dioxide_become_formate(copper6: Atoms) -> None:
    models = list(transfer_hydride(copper6, "OCHO", ("top", "pair"), least_room=0.4))
    assert {m.adsorbed.site.kind for m in models} == {"top", "pair"}
    for model in models:
        assert model.reactant == "CO2"
        # atoms and charge: the parent and CO2
        assert model.atoms.get_chemical_formula() == (copper6 + Atoms("CO2")).get_chemical_formula()
        assert model.atoms.info["charge"] == 0
        # the hydride is gone from where it was, everything else stayed
        place = copper6.positions[model.hydride]
        hydrogens = model.atoms.positions[model.atoms.symbols == "H"]
        assert np.linalg.norm(hydrogens - place, axis=1).min() > 0.1
        rest = np.delete(copper6.positions, model.hydride, axis=0)
        assert np.array_equal(model.atoms.positions[: len(rest)], rest)
        # at least one metal of the site held it (numbers before the hydride did not change)
        assert set(model.held_by) & set(model.adsorbed.held_by)
        steps = [s["operation"] for s in model.atoms.info["construction"]["operations"]]
        assert steps == ["take hydride", "adsorb"]


@pytest.mark.parametrize("name", ["CO", "H", "XYZ"])
def test_what_has_taken_up_no_hydride_is_refused(copper6: Atoms, name: str) -> None:
    with pytest.raises(SearchError):
        transfer_hydride(copper6, name)


def test_a_cluster_without_hydrides_is_refused(gold25: Atoms) -> None:
    with pytest.raises(SearchError, match="H"):
        beside_hydride(gold25, "CO")


@pytest.mark.parametrize(("adsorbate", "options"), [("CO2", []), ("OCHO", ["--transfer"])])
def test_the_command(copper6: Atoms, tmp_path, adsorbate: str, options: list[str]) -> None:
    copper6.write(tmp_path / "cu6.xyz")
    command = ["model", "hydride", str(tmp_path / "cu6.xyz"), adsorbate, *options, "--json"]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 0, done.output
