"""Full ligands built and exchanged from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from ase.io import read
from typer.testing import CliRunner

from superatom.cli import app

_RUN = CliRunner()


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("built") / "au18.xyz"
    done = _RUN.invoke(app, ["model", "build", "Au18(SR)14", "--ligand", "SCH3", "-o", str(file)])
    assert done.exit_code == 0, done.output
    return file


def test_any_ligand_by_name_or_smiles(tmp_path: Path) -> None:
    file = tmp_path / "full.xyz"
    for asked, formula in (
        (["--ligand", "PET"], "C112H126Au18S14"),
        (["--ligand-smiles", "SCCC#N"], "C42H56Au18N14S14"),
    ):
        done = _RUN.invoke(app, ["model", "build", "Au18(SR)14", *asked, "-o", str(file)])
        assert done.exit_code == 0, done.output
        assert "nearest contact: 0." in done.output
        assert read(file).get_chemical_formula() == formula


def test_a_ligand_must_fit_and_be_known(tmp_path: Path) -> None:
    file = tmp_path / "no.xyz"
    for asked, says in (
        (["--ligand", "PPh3"], "no ligand of Au18(SR)14 sits where PPh3"),
        (["--ligand", "PETT"], "names close to it: PET"),
        (["--ligand-smiles", "CCC"], "no atom to bind with"),
        (["--ligand", "PET", "--ligand-smiles", "CCS"], "not both"),
        (["--ligand", "PET", "--ligand-site", "PET"], "write it as 1=p-MBA"),
    ):
        done = _RUN.invoke(app, ["model", "build", "Au18(SR)14", *asked, "-o", str(file)])
        assert done.exit_code == 2
        assert says in done.output
        assert not file.exists()


def test_exchange_writes_a_frame_for_each_model(small: Path, tmp_path: Path) -> None:
    file = tmp_path / "mixed.xyz"
    command = ["model", "exchange", str(small), "--ligand", "SPh", "-o", str(file), "--json"]
    done = _RUN.invoke(app, command)
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    assert sum(model["multiplicity"] for model in told) == 14
    frames = read(file, index=":")
    assert len(frames) == len(told)
    parent = read(small)
    for atoms in frames:
        assert np.array_equal(atoms.positions[:32], parent.positions[:32])
        names = [step["operation"] for step in atoms.info["construction"]["operations"]]
        assert names == ["build", "exchange"]


def test_exchange_at_sites_and_everywhere(small: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.xyz"
    command = ["model", "exchange", str(small), "--ligand", "SEt", "-o", str(file)]
    done = _RUN.invoke(app, [*command, "--site", "20", "--site", "21"])
    assert done.exit_code == 0, done.output
    assert read(file).get_chemical_formula() == "C16H46Au18S14"
    done = _RUN.invoke(app, [*command, "--all"])
    assert done.exit_code == 0, done.output
    assert "14 SEt at" in done.output
    assert read(file).get_chemical_formula() == "C28H70Au18S14"


def test_exchange_needs_a_ligand(small: Path) -> None:
    done = _RUN.invoke(app, ["model", "exchange", str(small)])
    assert done.exit_code == 2
    assert "--ligand p-MBA" in done.output
