"""Input files for quantum chemistry, read back: atoms, box, charge, spin, electrons."""

from __future__ import annotations

import ast
import json
import re
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.build import molecule
from ase.calculators.cp2k import parse_input
from ase.io import read, write
from ase.io.orca import read_geom_orcainp
from typer.testing import CliRunner

from superatom.cli import app
from superatom.errors import DataFileError, SearchError, StructureError, UnknownCharge
from superatom.model.input_texts import CODES, valence_electrons
from superatom.model.inputs import boxed, dft_input, electron_state, write_input
from superatom.structure.anatomy import dissect

# groups of the periodic table: valence electrons of main-group atoms, s and d of gold
MAIN = {"H": 1, "C": 4, "N": 5, "O": 6, "S": 6, "P": 5, "Cl": 7, "Au": 11}


def same_shape(one: np.ndarray, other: np.ndarray) -> bool:
    """Whether two sets of positions differ by a shift only."""
    return np.allclose(one - one.mean(axis=0), other - other.mean(axis=0), atol=1e-6)


# 25 Au, 18 S, 18 C, 54 H: 25*79 + 18*16 + 18*6 + 54 = 2425 electrons when neutral
@pytest.mark.parametrize(
    ("charge", "multiplicity", "electrons"), [(-1, 1, 2426), (0, 2, 2425), (1, 1, 2424)]
)
def test_electrons_of_au25(gold25: Atoms, charge: int, multiplicity: int, electrons: int) -> None:
    state = electron_state(gold25, charge, anatomy=dissect(gold25, charge))
    assert (state.multiplicity, state.electrons) == (multiplicity, electrons)
    assert state.free_electrons == 7 - charge  # Walter et al. 2008
    assert any("a closed shell" in note for note in state.notes) == (charge in (-1, 5))


def test_an_open_superatom_shell_asks_for_the_triplet(gold25: Atoms) -> None:
    """[Au25(SR)18]+ has n* = 6."""
    state = electron_state(gold25, 1, anatomy=dissect(gold25, 1))
    assert "compare with the triplet (--multiplicity 3)" in state.notes


# ground states with the multiplicity that parity allows at least: OH 2, H2O 1, NO 2, NH2 2
@pytest.mark.parametrize(("name", "least"), [("OH", 2), ("H2O", 1), ("NO", 2), ("NH2", 2)])
def test_lowest_multiplicity(name: str, least: int) -> None:
    assert electron_state(molecule(name), 0).multiplicity == least


def test_oxygen_can_be_a_triplet() -> None:
    assert electron_state(molecule("O2"), 0, 3).multiplicity == 3


@pytest.mark.parametrize("multiplicity", [0, 2, 4, 19])
def test_multiplicity_must_fit(multiplicity: int) -> None:
    with pytest.raises(StructureError, match="possible are 1, 3, 5"):
        electron_state(molecule("O2"), 0, multiplicity)


def test_charge_is_never_guessed(gold25: Atoms) -> None:
    with pytest.raises(UnknownCharge, match="--charge"):
        electron_state(gold25)
    gold25.info["charge"] = -1
    assert electron_state(gold25).charge == -1
    assert electron_state(gold25, 0).charge == 0


def test_the_box_is_a_cube_with_the_model_in_its_middle(gold25: Atoms) -> None:
    placed = boxed(gold25, 5.0)
    lengths = placed.cell.lengths()
    assert np.ptp(lengths) == 0
    low, high = placed.positions.min(axis=0), placed.positions.max(axis=0)
    assert min(low.min(), (lengths - high).min()) == pytest.approx(5.0, abs=0.06)
    assert same_shape(placed.positions, gold25.positions)
    with pytest.raises(StructureError):
        boxed(gold25, 1.0)


def test_orca(gold25: Atoms) -> None:
    text = dft_input(gold25, "orca", charge=-1).files["model.inp"]
    back = read_geom_orcainp(StringIO(text))
    assert list(back.symbols) == list(gold25.symbols)
    assert same_shape(back.positions, gold25.positions)
    assert re.search(r"^\*xyz -1 1\s*$", text, re.MULTILINE)
    assert "RKS" in text
    assert " Opt" in text
    open_shell = dft_input(gold25, "orca", charge=0, task="energy", functional="BP86")
    text = open_shell.files["model.inp"]
    assert re.search(r"^\*xyz 0 2\s*$", text, re.MULTILINE)
    assert re.search(r"^! UKS BP86 (?!.*Opt)", text, re.MULTILINE)


def incar(text: str) -> dict[str, str]:
    pairs = (line.split(" = ") for line in text.splitlines())
    return dict(pairs)


def test_vasp(gold25: Atoms, tmp_path: Path) -> None:
    gold25 = gold25[::-1]  # an order that sorting changes
    folder = write_input(dft_input(gold25, "vasp", charge=-1), tmp_path / "vasp")
    back = read(folder / "POSCAR")
    assert back.get_chemical_formula() == gold25.get_chemical_formula()
    resort = [int(line.split()[1]) for line in (folder / "ase-sort.dat").read_text().splitlines()]
    assert list(back.symbols[resort]) == list(gold25.symbols)
    assert same_shape(back.positions[resort], gold25.positions)
    names = (folder / "POTCAR.names").read_text().split()
    assert names == list(dict.fromkeys(back.symbols))
    settings = incar((folder / "INCAR").read_text())
    # NELECT is the number of valence electrons plus one for the charge -1
    assert int(settings["NELECT"]) == sum(MAIN[s] for s in gold25.symbols) + 1
    assert settings["ISPIN"] == "1"
    assert settings["LMONO"] == ".TRUE."
    assert (folder / "KPOINTS").read_text().splitlines()[2:4] == ["Gamma", "1 1 1"]
    assert not (folder / "POTCAR").exists()
    radical = incar(dft_input(gold25, "vasp", charge=0, task="energy").files["INCAR"])
    assert (radical["ISPIN"], radical["NUPDOWN"], radical["NSW"]) == ("2", "1", "0")
    assert "LMONO" not in radical


def test_cp2k(gold25: Atoms) -> None:
    made = dft_input(gold25, "cp2k", charge=-1)
    root = parse_input(made.files["model.inp"])
    dft = root.get_subsection("FORCE_EVAL/DFT")
    assert {"CHARGE -1", "MULTIPLICITY 1"} <= set(dft.keywords)
    coordinates = root.get_subsection("FORCE_EVAL/SUBSYS/COORD").keywords
    rows = [line.split() for line in coordinates]
    assert [row[0] for row in rows] == list(gold25.symbols)
    assert same_shape(np.array([row[1:] for row in rows], dtype=float), gold25.positions)
    kinds = [s for s in root.get_subsection("FORCE_EVAL/SUBSYS").subsections if s.name == "KIND"]
    assert {kind.params for kind in kinds} == set(gold25.symbols)
    for kind in kinds:
        q = f"-q{MAIN[kind.params]}"
        assert all(keyword.endswith(q) for keyword in kind.keywords)
    assert root.get_subsection("FORCE_EVAL/SUBSYS/CELL").keywords[1] == "PERIODIC NONE"
    total = sum(MAIN[s] for s in gold25.symbols) + 1
    assert f"{total} valence electrons" in made.files["README.txt"]
    radical = dft_input(gold25, "cp2k", charge=0, task="energy").files["model.inp"]
    root = parse_input(radical)
    assert {"MULTIPLICITY 2", "UKS .TRUE."} <= set(root.get_subsection("FORCE_EVAL/DFT").keywords)
    assert "RUN_TYPE ENERGY" in root.get_subsection("GLOBAL").keywords


def test_gpaw(gold25: Atoms, tmp_path: Path) -> None:
    folder = write_input(dft_input(gold25, "gpaw", charge=0), tmp_path / "gpaw")
    back = read(folder / "model.xyz")
    assert list(back.symbols) == list(gold25.symbols)
    assert same_shape(back.positions, gold25.positions)
    assert not back.pbc.any()
    script = (folder / "model.py").read_text()
    tree = ast.parse(script)
    call = next(
        node for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "GPAW"
    )  # fmt: skip
    given = {k.arg: ast.literal_eval(k.value) for k in call.keywords}
    assert (given["charge"], given["spinpol"], given["xc"]) == (0, True, "PBE")
    moment = float(re.search(r"\[([0-9.e-]+)\] \* len", script)[1])
    assert moment * len(gold25) == pytest.approx(1.0)  # a doublet has one unpaired electron


# valence electrons of pseudopotentials never exceed the atomic number, and differ from the
# group number by full shells only: an even number
@pytest.mark.parametrize("kind", ["gth", "paw"])
def test_valence_electrons_of_every_element(kind: str) -> None:
    from superatom.model.input_texts import _electrons

    group = {"Na": 1, "K": 1, "Cs": 1, "Cu": 11, "Ag": 11, "Au": 11, "Zn": 12, "Cd": 12,
             "Hg": 12, "Fe": 8, "Co": 9, "Ni": 10, "Ru": 8, "Rh": 9, "Pd": 10, "Ir": 9,
             "Pt": 10, "Ga": 3, "In": 3, "Tl": 3, "Ge": 4, "Sn": 4, "Pb": 4, "Bi": 5}  # fmt: skip
    for symbol, electrons in _electrons(kind).items():
        number = Atoms(symbol).numbers[0]
        assert electrons <= number
        assert (number - electrons) % 2 == 0, symbol
        if symbol in group:
            assert electrons - group[symbol] in (0, 6, 8, 10), symbol
    assert valence_electrons(molecule("CH3SH"), kind) == 4 + 4 + 6


def test_an_element_without_settings_is_named() -> None:
    for code in ("cp2k", "vasp"):
        with pytest.raises(SearchError, match="Xe"):
            dft_input(Atoms("Xe"), code, charge=0)
    assert dft_input(Atoms("Xe"), "orca", charge=0).files


@pytest.mark.parametrize(
    "asked",
    [{"code": "siesta"}, {"code": "vasp", "functional": "BP86"}, {"code": "orca", "task": "md"}],
)
def test_bad_requests(asked: dict[str, str]) -> None:
    with pytest.raises(SearchError, match="choose from"):
        dft_input(molecule("H2O"), charge=0, **asked)


def test_a_folder_is_written_whole_or_not(tmp_path: Path) -> None:
    made = dft_input(molecule("H2O"), "orca", charge=0)
    (tmp_path / "empty").mkdir()
    folder = write_input(made, tmp_path / "empty")
    assert {p.name for p in folder.iterdir()} == set(made.files)
    with pytest.raises(DataFileError, match="exists already"):
        write_input(made, folder)
    with pytest.raises(DataFileError, match="cannot be written"):
        write_input(made, tmp_path / "missing" / "folder")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty"]


def test_record() -> None:
    made = dft_input(molecule("H2O"), "orca", charge=0)
    record = json.loads(json.dumps(made.as_dict()))
    assert (record["charge"], record["multiplicity"], record["electrons"]) == (0, 1, 10)
    assert record["files"] == dict(made.files)


@pytest.mark.parametrize("code", list(CODES))
def test_the_command(gold25: Atoms, tmp_path: Path, code: str) -> None:
    gold25.write(tmp_path / "au25.xyz")
    base = ["model", "input", str(tmp_path / "au25.xyz"), "--code", code]
    command = [*base, "-o", str(tmp_path / code)]
    done = CliRunner().invoke(app, command)
    assert done.exit_code == 2
    assert "charge" in done.output
    assert not (tmp_path / code).exists()
    done = CliRunner().invoke(app, [*command, "--charge", "-1"])
    assert done.exit_code == 0, done.output
    assert "charge -1, multiplicity 1, 2426 electrons" in done.output
    assert "n* = 8: a closed shell" in done.output
    assert "[Au25(SMe)18]^1-" in (tmp_path / code / "README.txt").read_text()


def test_a_frame_of_several(tmp_path: Path) -> None:
    gold = [Atoms("Au2", positions=[[0, 0, 0], [0, 0, d]], info={"charge": 0}) for d in (2.6, 2.9)]
    write(tmp_path / "two.xyz", gold, format="extxyz")
    for frame, length in (("0", 2.6), ("1", 2.9), ("-1", 2.9)):
        folder = tmp_path / f"frame{frame}"
        command = ["model", "input", str(tmp_path / "two.xyz"), "--code", "orca", "--frame", frame]
        done = CliRunner().invoke(app, [*command, "-o", str(folder), "--charge", "0"])
        assert done.exit_code == 0, done.output
        back = read_geom_orcainp(StringIO((folder / "model.inp").read_text()))
        assert back.get_distance(0, 1) == pytest.approx(length)
