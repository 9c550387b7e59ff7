"""Kinds of files, ways to write a CIF, and files that are broken."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
from ase.io import write
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from superatom.errors import DataFileError
from superatom.structure import read as reading
from superatom.structure.read import read_structure


@pytest.fixture
def made(crystals):
    """Return a maker with the cluster on an inversion centre, and the cluster."""
    truth = crystals.hexamer()
    maker = crystals.Maker("P -1")
    maker.add(truth, unique=True)
    return maker, truth


def test_windows_line_ends_and_byte_order_mark(crystals, tmp_path, made) -> None:
    maker, truth = made
    path = tmp_path / "made.cif"
    path.write_bytes(b"\xef\xbb\xbf" + maker.text().replace("\n", "\r\n").encode())
    assert crystals.same_molecule(read_structure(path).atoms, truth)


def test_charges_in_type_symbols(crystals, tmp_path, made) -> None:
    maker, truth = made
    charged = {"Au": "Au0+", "S": "S2-", "Cl": "CL1-", "H": "D"}
    for row in maker.rows:
        row["type_symbol"] = charged.get(row["type_symbol"], row["type_symbol"])
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert "deuterium read as hydrogen" in crystal.notes


@pytest.mark.parametrize("case", ["Au1A", "AU1A", "au1"])
def test_elements_from_labels(crystals, tmp_path, made, case) -> None:
    maker, truth = made
    maker.pairs["_chemical_formula_sum"] = "C36 H30 Au6 Cl2 S6"
    for n, row in enumerate(maker.rows):
        symbol = row["type_symbol"]
        symbol = symbol.upper() if case == "AU1A" else symbol.lower() if case == "au1" else symbol
        row["label"] = f"{symbol}{n + 1}{'A' if case.endswith('A') else ''}"
    tags = ("label", "fract_x", "fract_y", "fract_z")
    crystal = read_structure(maker.write(tmp_path, maker.text(tags)))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert any("from the labels" in note for note in crystal.notes)


@pytest.mark.parametrize(("group", "occupancy"), [("?", "?"), (".", "1.00(2)"), ("0", "1.000")])
def test_ways_to_say_ordered(crystals, tmp_path, made, group, occupancy) -> None:
    maker, truth = made
    for row in maker.rows:
        row.update(disorder_group=group, disorder_assembly=group, occupancy=occupancy)
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert crystal.n_pictures == 1


def test_uncertainties_and_dummies(crystals, tmp_path, made) -> None:
    maker, truth = made
    for row in maker.rows:
        for axis in "xyz":
            row[f"fract_{axis}"] += "(12)"
    maker.rows.append(dict(maker.rows[0], label="Q1", type_symbol="Q", fract_x="0.5"))
    maker.rows.append(dict(maker.rows[0], label="H99", fract_x="?", fract_y="?", fract_z="?"))
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert any("Q1, H99" in note for note in crystal.notes)


def test_several_blocks(crystals, tmp_path, made) -> None:
    maker, truth = made
    small = crystals.Maker("P -1")
    small.add(crystals.dichloromethane(), (0.3, 0.3, 0.3))
    text = "data_global\n_audit_creation_method 'by hand'\n" + small.text().replace(
        "data_made", "data_solvent"
    )
    crystal = read_structure(maker.write(tmp_path, text + maker.text()))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert any("'made'" in note and "'solvent' (5 sites)" in note for note in crystal.notes)


def test_cartesian_coordinates(crystals, tmp_path, made) -> None:
    maker, truth = made
    matrix = np.array(maker.cell.orth.mat.tolist())
    for row in maker.rows:
        place = matrix @ np.array([float(row[f"fract_{a}"]) for a in "xyz"])
        row.update({f"Cartn_{a}": f"{v:.5f}" for a, v in zip("xyz", place, strict=True)})
    tags = ("label", "type_symbol", "Cartn_x", "Cartn_y", "Cartn_z")
    crystal = read_structure(maker.write(tmp_path, maker.text(tags)))
    assert crystals.same_molecule(crystal.atoms, truth)


@pytest.mark.parametrize("suffix", [".xyz", ".extxyz", ".pdb", ".gro", ".vasp", ".cif", ".json"])
def test_formats_that_ase_writes(crystals, tmp_path, suffix) -> None:
    truth = crystals.hexamer()
    boxed = truth.copy()
    path = tmp_path / f"cluster{suffix}"
    kind = {".extxyz": "extxyz", ".pdb": "proteindatabank", ".gro": "gromacs"}.get(suffix)
    if suffix not in (".xyz", ".json"):
        boxed.set_cell([30.0, 31.0, 32.0])
        boxed.set_pbc(True)
        boxed.translate([1.0, 30.5, 2.0])  # cut by two faces
        boxed.wrap()
    write(path, boxed, format=kind)
    crystal = read_structure(path)
    assert crystals.same_molecule(crystal.atoms, truth, tolerance=0.03)
    assert not crystal.atoms.pbc.any()


def test_poscar_by_its_name(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    truth.set_cell([30.0, 31.0, 32.0])
    truth.set_pbc(True)
    write(tmp_path / "POSCAR", truth, format="vasp", direct=True)
    assert crystals.same_molecule(read_structure(tmp_path / "POSCAR").atoms, truth)


def test_last_frame_and_the_order_of_atoms(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    moved = truth.copy()
    moved.translate([5.0, 0.0, 0.0])
    write(tmp_path / "two.xyz", [truth, moved], format="xyz")
    last, first = (read_structure(tmp_path / "two.xyz", frame=k) for k in (-1, 0))
    assert last.atoms.positions == pytest.approx(moved.positions, abs=1e-6)
    assert first.atoms.positions == pytest.approx(truth.positions, abs=1e-6)
    assert last.atoms.get_chemical_symbols() == truth.get_chemical_symbols()
    assert any("2 frames" in note for note in last.notes)


def test_ions_beside_a_cluster_in_an_xyz(crystals, tmp_path) -> None:
    truth, cation = crystals.hexamer(), crystals.tetraalkylammonium(4)
    cation = cation.copy()
    cation.translate([25.0, 0.0, 0.0])
    write(tmp_path / "salt.xyz", cation + truth, format="xyz")
    crystal = read_structure(tmp_path / "salt.xyz")
    assert crystals.same_molecule(crystal.atoms, truth)
    assert [(c.formula, c.charge) for c in crystal.companions] == [("C16H36N", 1)]


def test_charge_stated_in_an_extended_xyz(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    truth.info["charge"] = -2
    write(tmp_path / "charged.extxyz", truth, format="extxyz")
    assert read_structure(tmp_path / "charged.extxyz").charge == -2


def test_alternate_locations_of_a_pdb(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    write(tmp_path / "one.pdb", truth, format="proteindatabank")
    lines = (tmp_path / "one.pdb").read_text().splitlines()
    atoms = [n for n, line in enumerate(lines) if line.startswith("ATOM")]
    line = lines[atoms[7]]  # a chloride
    one, other = (line[:16] + letter + line[17:] for letter in "AB")
    one = one[:54] + "  0.30" + one[60:]
    other = other[:46] + f"{float(other[46:54]) + 0.4:8.3f}" + "  0.70" + other[60:]
    lines[atoms[7] : atoms[7] + 1] = [one, other]
    (tmp_path / "two.pdb").write_text("\n".join(lines) + "\n")
    crystal = read_structure(tmp_path / "two.pdb")
    assert len(crystal.atoms) == len(truth)
    assert crystal.n_pictures == 2


def broken_files(maker) -> dict[str, tuple[str, str, str]]:
    """Return name, content and a part of the message for each kind of broken file."""
    text = maker.text()
    cell = "\n".join(line for line in text.splitlines() if not line.startswith("_cell_length_b"))
    rows = text.rsplit("\n", 4)
    nan = text.replace(maker.rows[3]["fract_x"], "nan", 1)
    xyz = "3\nthree\nAu 0 0 0\nAu 0 0 2.8\nAu 0 2.8 0\n"
    return {
        "empty": ("a.cif", "  \n", "an empty file"),
        "no block": ("a.cif", "loop_\n_x\n1\n", "no readable CIF"),
        "truncated": ("a.cif", rows[0][:-9], "no readable CIF"),
        "no cell": ("a.cif", cell, "no unit cell"),
        "flat cell": (
            "a.cif",
            text.replace("_cell_angle_gamma 100", "_cell_angle_gamma 0"),
            "cell",
        ),
        "no atoms": ("a.cif", text.split("loop_")[0], "no atom sites"),
        "nan": ("a.cif", nan, "no number"),
        "not an element": (
            "a.cif",
            text.replace(" Au ", " Xq ").replace("Au1 ", "Xq1 "),
            "no known",
        ),
        "xyz truncated": ("a.xyz", xyz.replace("3\n", "30\n", 1), "truncated: 30 atoms announced"),
        "xyz zero": ("a.xyz", "0\nnone\n", "0 atoms"),
        "xyz empty": ("a.xyz", "\n\n", "an empty file"),
        "xyz nan": ("a.xyz", xyz.replace("2.8 0", "nan 0"), "not finite"),
        "xyz words": ("a.xyz", xyz.replace("2.8 0", "far 0"), "no numbers"),
        "xyz short line": ("a.xyz", xyz.replace("Au 0 2.8 0", "Au 0 2.8"), "not an atom"),
        "xyz element": ("a.xyz", xyz.replace("Au 0 2.8 0", "Qq 0 2.8 0"), "no element"),
        "xyz overlap": ("a.xyz", xyz.replace("Au 0 0 2.8", "Au 0 0 0.1"), "on top of each other"),
        "xyz surplus": ("a.xyz", xyz + "Au 9 9 9\n", "more atoms than the 3 announced"),
        "not an xyz": ("a.xyz", text, "first line"),
        "unknown": ("a.foo", "hello\n", "not known"),
        "pdb": ("a.pdb", "REMARK nothing\n", "no atoms"),
        "gro": ("a.gro", "title\n 12\n    1CLU\n", "truncated: 12 atoms"),
        "poscar": ("POSCAR", "one line\n", "cannot be read"),
    }


KINDS = [
    "empty", "no block", "truncated", "no cell", "flat cell", "no atoms", "nan", "not an element",
    "xyz truncated", "xyz zero", "xyz empty", "xyz nan", "xyz words", "xyz short line",
    "xyz element", "xyz overlap", "xyz surplus", "unknown", "pdb", "gro", "poscar",
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_broken_files_say_what_is_wrong(tmp_path, made, kind) -> None:
    name, content, message = broken_files(made[0])[kind]
    (tmp_path / name).write_text(content)
    with pytest.raises(DataFileError) as caught:
        read_structure(tmp_path / name)
    assert message in str(caught.value)
    assert name in str(caught.value)
    assert caught.value.exit_code == 2


def test_missing_folder_binary_and_huge(tmp_path, monkeypatch, made) -> None:
    with pytest.raises(DataFileError, match="cannot be read"):
        read_structure(tmp_path / "nowhere.cif")
    with pytest.raises(DataFileError, match="a folder"):
        read_structure(tmp_path)
    (tmp_path / "a.cif").write_bytes(b"\0\1\2" * 50)
    with pytest.raises(DataFileError, match="binary"):
        read_structure(tmp_path / "a.cif")
    path = made[0].write(tmp_path)
    monkeypatch.setattr(reading, "MOST_ATOMS", 20)
    with pytest.raises(DataFileError, match="up to 20 are read"):
        read_structure(path)
    monkeypatch.setattr(reading, "MOST_BYTES", 100)
    with pytest.raises(DataFileError, match="cut out one frame"):
        read_structure(path)


def test_a_cell_that_is_far_too_small_is_refused(tmp_path, made) -> None:
    maker, _ = made
    text = maker.text().replace("_cell_length_a 19", "_cell_length_a 2")
    with pytest.raises(DataFileError, match="on top of each other"):
        read_structure(maker.write(tmp_path, text))


def test_a_cif_with_another_ending(crystals, tmp_path, made) -> None:
    maker, truth = made
    path = tmp_path / "structure.txt"
    path.write_text("# a comment\n" + maker.text())
    assert crystals.same_molecule(read_structure(path).atoms, truth)


def test_one_element_only_and_no_metal(tmp_path) -> None:
    write_xyz = "2\n\nC 0 0 0\nC 0 0 1.4\n"
    (tmp_path / "c2.xyz").write_text(write_xyz)
    crystal = read_structure(tmp_path / "c2.xyz")
    assert "no metal atoms in this file" in crystal.notes
    (tmp_path / "au2.xyz").write_text("2\n\nAu 0 0 0\nAu 0 0 2.7\n")
    assert read_structure(tmp_path / "au2.xyz").formula == "Au2"


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(data=st.data())
def test_damaged_files_never_escape_as_other_errors(tmp_path, data) -> None:
    """Any part of a small CIF or XYZ cut out: a structure, or a DataFileError."""
    small = (
        "data_x\n_cell_length_a 9\n_cell_length_b 9\n_cell_length_c 9\n_cell_angle_alpha 90\n"
        "_cell_angle_beta 90\n_cell_angle_gamma 90\nloop_\n_space_group_symop_operation_xyz\n"
        "'x,y,z'\n'-x,-y,-z'\nloop_\n_atom_site_label\n_atom_site_fract_x\n_atom_site_fract_y\n"
        "_atom_site_fract_z\n_atom_site_occupancy\nAu1 0.1 0.1 0.1 1\nCl1 0.2 0.3 0.1 0.5(1)\n"
    )
    name, text = data.draw(
        st.sampled_from([("a.cif", small), ("a.xyz", "2\n\nAu 0 0 0\nCl 0 0 2.3\n")])
    )
    start = data.draw(st.integers(0, len(text)))
    stop = data.draw(st.integers(start, len(text)))
    insert = data.draw(st.text(alphabet="0.'?;_ \n", max_size=3))
    (tmp_path / name).write_text(text[:start] + insert + text[stop:])
    with contextlib.suppress(DataFileError):  # anything else raised fails the test
        assert len(read_structure(tmp_path / name).atoms) > 0


def test_every_real_file_is_read_whole(shared) -> None:
    """Atom counts and formulas as listed by the collection (mpourmpakis/NC_Database)."""
    import csv

    from ase.formula import Formula

    folder = shared / "data/structures"
    rows = list(csv.DictReader((folder / "MANIFEST.tsv").read_text().splitlines(), delimiter="\t"))
    rows = [row for row in rows if row["file"].endswith(".xyz")]
    assert len(rows) > 15
    for row in rows:
        crystal = read_structure(folder / row["file"])
        assert len(crystal.atoms) == int(row["n_atoms"])
        assert Formula(crystal.formula).count() == Formula(row["formula"]).count()
        assert not crystal.companions
