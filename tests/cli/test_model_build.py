"""`superatom model build` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

from ase.io import read
from typer.testing import CliRunner

from superatom.cli import app
from superatom.structure.anatomy import dissect

_RUN = CliRunner()


def test_a_model_is_written_with_its_construction(tmp_path: Path) -> None:
    file = tmp_path / "hgau24.xyz"
    done = _RUN.invoke(
        app, ["model", "build", "HgAu24(SCH3)18", "--site", "16=Hg", "--seed", "2", "-o", str(file)]
    )
    assert done.exit_code == 0, done.output
    assert "115 atoms" in done.output
    atoms = read(file)
    assert atoms.get_chemical_formula("metal") == "Au24HgC18H54S18"
    assert atoms.symbols[15] == "Hg"
    made = atoms.info["construction"]
    made = json.loads(made) if isinstance(made, str) else made
    assert (made["archetype"], made["seed"]) == ("Au25", 2)
    assert made["operations"][0]["sites"] == {"16": "Hg"}
    assert dissect(atoms).motifs == "1 Au1Hg1(SR)3; 5 Au2(SR)3"


def test_a_built_model_can_be_doped(tmp_path: Path) -> None:
    built, doped = tmp_path / "au25.xyz", tmp_path / "doped.xyz"
    _RUN.invoke(app, ["model", "build", "[Au25(SCH3)18]-", "-o", str(built)])
    done = _RUN.invoke(app, ["model", "dope", str(built), "Pt", "-o", str(doped)])
    assert done.exit_code == 0, done.output
    assert len(read(doped, index=":")) == 3  # centre, kernel surface, motif
    names = [step["operation"] for step in read(doped).info["construction"]["operations"]]
    assert names == ["build", "dope"]


def test_an_unknown_family_names_the_nearest_and_shows_the_text_format(tmp_path: Path) -> None:
    file = tmp_path / "no.xyz"
    done = _RUN.invoke(app, ["model", "build", "Au26(SCH3)18", "-o", str(file)])
    assert done.exit_code == 2
    assert "nearest: A" in done.output
    assert "kernel_shape = " in done.output
    assert not file.exists()


def test_a_site_must_be_readable(tmp_path: Path) -> None:
    file = tmp_path / "no.xyz"
    command = ["model", "build", "HgAu24(SCH3)18", "--site", "Hg", "-o", str(file)]
    done = _RUN.invoke(app, command)
    assert done.exit_code == 2
    assert "write it as 14=Hg" in done.output
