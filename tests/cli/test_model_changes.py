"""`superatom model dope | strip | simplify | adsorb` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.io import read, write
from typer.testing import CliRunner

from superatom.cli import app

_RUN = CliRunner()


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    """File of ring Au6(SH)6 with symmetry D6h: S at the corners, Au in the middle of edges."""
    angles = np.pi * np.arange(6) / 3
    corners = 4.66 * np.stack([np.cos(angles), np.sin(angles), np.zeros(6)], axis=1)
    metals = 0.5 * (corners + np.roll(corners, -1, axis=0))
    hydrogens = corners * (1 + 1.34 / 4.66)
    path = tmp_path / "ring.xyz"
    write(path, Atoms("Au6S6H6", positions=np.concatenate([metals, corners, hydrogens])))
    return path


# two Ag on a hexagon: ortho, meta, para
def test_dope(ring: Path, tmp_path: Path) -> None:
    out = tmp_path / "doped.xyz"
    done = _RUN.invoke(app, ["model", "dope", str(ring), "Ag:2", "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert "3 unique models" in done.output
    frames = read(out, index=":")
    assert [frame.get_chemical_formula() for frame in frames] == ["H6Ag2Au4S6"] * 3
    assert all(f.info["construction"]["operations"][0]["operation"] == "dope" for f in frames)


def test_count_and_json(ring: Path) -> None:
    done = _RUN.invoke(app, ["model", "dope", str(ring), "Ag", "Pd", "--count", "--json"])
    assert json.loads(done.stdout) == {"models": 3}
    done = _RUN.invoke(app, ["model", "dope", str(ring), "Ag:2", "--json"])
    assert sorted(m["multiplicity"] for m in json.loads(done.stdout)) == [3, 6, 6]


@pytest.mark.parametrize("kind", ["--random", "--special"])
def test_samples(ring: Path, kind: str) -> None:
    command = ["model", "dope", str(ring), "Ag:3", kind, "2", "--seed", "5", "--json"]
    one, other = (_RUN.invoke(app, command).stdout for _ in range(2))
    assert one == other
    assert len(json.loads(one)) == 2


def test_strip(ring: Path, tmp_path: Path) -> None:
    out = tmp_path / "open.xyz"
    command = ["model", "strip", str(ring), "SR", "--charge", "0", "-o", str(out)]
    done = _RUN.invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "1 unique models" in done.output
    assert "radical" in done.output
    assert read(out).get_chemical_formula() == "H5Au6S5"


def test_charge_travels_with_the_file(ring: Path, tmp_path: Path) -> None:
    out = tmp_path / "open.xyz"
    first = ["model", "strip", str(ring), "SR", "--charge", "0", "--keep", "electrons"]
    assert _RUN.invoke(app, [*first, "-o", str(out)]).exit_code == 0
    done = _RUN.invoke(app, ["model", "strip", str(out), "SR", "--json", "--limit", "1"])
    assert done.exit_code == 0, done.output
    (model,) = json.loads(done.stdout)
    # Au6(SH)5+ loses SH: neutral leaves +1, the anion +2
    assert [channel["charge"] for channel in model["channels"]] == [1, 2]


def test_simplify_and_adsorb(ring: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xyz"
    done = _RUN.invoke(app, ["model", "simplify", str(ring), "--thiolate", "H", "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert read(out).get_chemical_formula() == "H6Au6S6"
    done = _RUN.invoke(
        app, ["model", "adsorb", str(out), "CO", "--kind", "top", "--json", "-o", str(out)]
    )
    assert done.exit_code == 0, done.output
    (model,) = json.loads(done.stdout)
    assert (model["adsorbate"], model["site"]["kind"]) == ("CO", "top")
    assert read(out).get_chemical_formula() == "CH6Au6OS6"


def test_hydrides_find_the_centre_of_an_octahedron_of_silver(tmp_path: Path) -> None:
    path, out = tmp_path / "core.xyz", tmp_path / "hydride.xyz"
    corners = np.vstack([np.eye(3), -np.eye(3)]) * 1.96  # mu6: Ag-H 2.1 A, faces less apart
    write(path, Atoms("Ag6", positions=corners * 1.07))
    done = _RUN.invoke(
        app, ["model", "place-hydrides", str(path), "1", "--kind", "octahedron", "-o", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "1 octahedron (mu6)" in done.output
    made = read(out)
    assert made.symbols[-1] == "H"
    np.testing.assert_allclose(made.positions[-1], 0.0, atol=1e-6)


def test_new_atoms_can_be_read_back(tmp_path: Path) -> None:
    """Labels that the reader gives to atoms are not written: new hydrogens have none."""
    angles = np.pi * np.arange(4) / 2
    corners = 3.295 * np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    metals = 0.5 * (corners + np.roll(corners, -1, axis=0))
    parts = [metals, corners]
    for corner in corners:
        out, up = corner / 3.295, np.array([0, 0, 1.0])
        side = np.cross(up, out)
        carbon = corner + 1.82 * out
        turns = [(np.cos(t) * side + np.sin(t) * up) for t in (0.0, 2.0944, 4.1888)]
        parts += [carbon[None], *[(carbon + 0.363 * out + 1.028 * t)[None] for t in turns]]
    source, small = tmp_path / "ring4.xyz", tmp_path / "small.xyz"
    write(source, Atoms("Au4S4" + "CH3" * 4, positions=np.concatenate(parts)))
    command = ["model", "simplify", str(source), "--thiolate", "H", "-o", str(small)]
    done = _RUN.invoke(app, command)
    assert done.exit_code == 0, done.output
    assert "cut: 4 SMe" in done.output
    assert read(small).get_chemical_formula() == "H4Au4S4"
    full = tmp_path / "full.xyz"
    done = _RUN.invoke(app, ["model", "restore", str(small), str(source), "-o", str(full)])
    assert done.exit_code == 0, done.output
    assert read(full).positions == pytest.approx(read(source).positions, abs=1e-6)


def test_restore(ring: Path, tmp_path: Path) -> None:
    small, full = tmp_path / "small.xyz", tmp_path / "full.xyz"
    assert _RUN.invoke(app, ["model", "simplify", str(ring), "-o", str(small)]).exit_code == 0
    command = ["model", "restore", str(small), str(ring), "-o", str(full)]
    done = _RUN.invoke(app, command)
    assert done.exit_code == 0, done.output
    assert read(full).positions == pytest.approx(read(ring).positions, abs=1e-6)


@pytest.mark.parametrize(
    "command",
    [
        ["dope", "Ag:x"],
        ["dope", "Ag:7"],
        ["strip", "PR3"],
        ["simplify", "--thiolate", "Ph"],
        ["adsorb", "CO3"],
        ["adsorb", "H", "--kind", "step"],
    ],
)
def test_bad_input_ends_with_2(ring: Path, command: list[str]) -> None:
    done = _RUN.invoke(app, ["model", command[0], str(ring), *command[1:]])
    assert done.exit_code == 2
    assert "error" in done.output
