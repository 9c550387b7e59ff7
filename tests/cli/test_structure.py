"""`superatom structure` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.io import read as read_atoms
from ase.io import write
from typer.testing import CliRunner

from superatom.cli import app

_RUN = CliRunner()


@pytest.fixture
def ring(tmp_path: Path) -> Path:
    """File of ring Au6(SCl)6-free Au6(SH)6: S at the corners of a hexagon, Au between."""
    angles = np.pi * np.arange(6) / 3
    corners = 4.66 * np.stack([np.cos(angles), np.sin(angles), np.zeros(6)], axis=1)
    metals = 0.5 * (corners + np.roll(corners, -1, axis=0))
    hydrogens = corners * (1 + 1.34 / 4.66)
    path = tmp_path / "ring.xyz"
    write(path, Atoms("Au6S6H6", positions=np.concatenate([metals, corners, hydrogens])))
    return path


def test_dissect_prints_and_writes(ring: Path, tmp_path: Path) -> None:
    page, figure = tmp_path / "ring.html", tmp_path / "ring.png"
    done = _RUN.invoke(
        app, ["structure", "dissect", str(ring), "--page", str(page), "--figure", str(figure)]
    )
    assert done.exit_code == 0, done.output
    assert "1 ring-Au6(SR)6" in done.output
    assert page.stat().st_size > 100_000
    assert figure.read_bytes().startswith(b"\x89PNG")


def test_dissect_json(ring: Path) -> None:
    done = _RUN.invoke(app, ["structure", "dissect", str(ring), "--charge", "0", "--json"])
    record = json.loads(done.stdout)
    assert record["geometric"]["motif_formula"] == "1 ring-Au6(SR)6"
    assert record["electrons"] == 0
    assert record["kernel_shape"] is None
    assert record["point_group"]["name"] == "D6h"


def test_sites(ring: Path) -> None:
    done = _RUN.invoke(app, ["structure", "sites", str(ring), "--json"])
    assert {site["position"] for site in json.loads(done.stdout)["sites"]} == {"motif"}
    done = _RUN.invoke(app, ["structure", "sites", str(ring), "--all"])
    assert done.output.count("ring-Au6(SR)6") == 6


def test_read_writes_xyz(ring: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.xyz"
    done = _RUN.invoke(app, ["structure", "read", str(ring), "-o", str(out)])
    assert done.exit_code == 0, done.output
    assert sorted(read_atoms(out).symbols) == sorted(read_atoms(ring).symbols)
    done = _RUN.invoke(app, ["structure", "read", str(ring), "--json"])
    assert json.loads(done.stdout)["charge"] is None


def test_read_a_crystal_with_contacts() -> None:
    example = Path(__file__).parents[2] / "docs" / "examples" / "au25.cif"
    done = _RUN.invoke(app, ["structure", "read", str(example), "--contacts", "--json"])
    told = json.loads(done.stdout)
    assert (told["charge"], told["space_group"]) == (-1, "P -1")
    assert len(told["atoms"]["symbols"]) == 115
    assert isinstance(told["contacts"], list)
    done = _RUN.invoke(app, ["structure", "dissect", str(example)])
    assert "[Au25(SMe)18]^1-" in done.output
    assert "6 Au2(SR)3" in done.output


def test_compare_a_turned_and_stretched_copy(ring: Path, tmp_path: Path) -> None:
    atoms = read_atoms(ring)
    turned = atoms[::-1]
    turned.positions[-1] += [0.0, 0.0, 0.5]  # the first Au
    turned.rotate(50.0, (1, 1, 0))
    other = tmp_path / "turned.xyz"
    write(other, turned)
    done = _RUN.invoke(app, ["structure", "compare", str(ring), str(other)])
    assert done.exit_code == 0, done.output
    assert "same isomer" in done.output
    rows = [line.split() for line in done.output.splitlines()[1:]]
    largest = next(row for row in rows if len(row) == 3 and row[2].startswith("0."))
    assert largest[1] == "Au17"  # the atom that was moved, in the second file
    done = _RUN.invoke(app, ["structure", "compare", str(ring), str(other), "--json"])
    assert json.loads(done.stdout)["same_isomer"] is True


@pytest.mark.parametrize("command", ["read", "dissect", "sites"])
@pytest.mark.parametrize("content", ["", "5\ncut\nAu 0 0 0\n", "2\n\nC 0 0 0\nC 0 0 nan\n"])
def test_bad_files_end_with_two(tmp_path: Path, command: str, content: str) -> None:
    path = tmp_path / "bad.xyz"
    path.write_text(content)
    done = _RUN.invoke(app, ["structure", command, str(path)])
    assert done.exit_code == 2
    assert "error: " in done.output


def test_unknown_convention(ring: Path) -> None:
    done = _RUN.invoke(app, ["structure", "dissect", str(ring), "--convention", "mine"])
    assert done.exit_code == 2
    assert "geometric" in done.output
