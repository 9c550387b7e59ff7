"""Disorder of every usual kind is resolved into pictures that can be true."""

from __future__ import annotations

import numpy as np
import pytest
from ase import Atoms

from superatom.errors import DataFileError, StructureError
from superatom.structure.read import read_structure

CELL = (30.0, 28.0, 32.0, 90.0, 97.0, 90.0)


def rotated_ring(crystals, sulfur, outward, angle):
    """Return a phenyl on a sulfur, turned about the S-C bond."""
    axis = crystals.unit(outward)
    helper = crystals.unit(np.cross(axis, [0.3, 1.0, 0.2]))
    twist = np.cos(angle) * helper + np.sin(angle) * np.cross(axis, helper)
    return Atoms(*ring(crystals.phenyl(sulfur, axis, twist)))


def ring(pair):
    symbols, positions = pair
    return symbols, positions


@pytest.fixture
def split(crystals):
    """Return the cluster without one phenyl, and that phenyl in two orientations."""
    whole = crystals.hexamer()
    numbers = whole.numbers
    sulfur = int(np.flatnonzero(numbers == 16)[0])
    phenyl = list(range(sulfur + 1, sulfur + 12))
    rest = whole[[k for k in range(len(whole)) if k not in phenyl]]
    outward = whole.positions[sulfur + 1] - whole.positions[sulfur]
    first = rotated_ring(crystals, whole.positions[sulfur], outward, 0.1)
    second = rotated_ring(crystals, whole.positions[sulfur], outward, 0.1 + np.radians(60))
    return rest, first, second


def tagged(maker, atoms, at, group, occupancy, assembly="A"):
    maker.add(atoms, at, disorder_assembly=assembly, disorder_group=group, occupancy=str(occupancy))


@pytest.mark.parametrize("assembly", ["A", "."])
def test_split_phenyl_with_groups(crystals, tmp_path, split, assembly) -> None:
    rest, first, second = split
    maker = crystals.Maker("P 1 21/c 1", CELL)
    at = (0.25, 0.25, 0.25)
    maker.add(rest, at)
    tagged(maker, first, at, "1", "0.38(1)", assembly)
    tagged(maker, second, at, "2", "0.62(1)", assembly)
    path = maker.write(tmp_path)
    major, minor = read_structure(path), read_structure(path, picture=1)
    assert crystals.same_molecule(major.atoms, rest + second)
    assert crystals.same_molecule(minor.atoms, rest + first)
    assert major.n_pictures == 2
    assert [(o.group, o.occupancy) for o in major.pictures] == [("2", 0.62), ("1", 0.38)]
    if assembly == "A":
        chosen = read_structure(path, picture={"A": "1"})
        assert crystals.same_molecule(chosen.atoms, rest + first)
    with pytest.raises(StructureError, match="no picture 2"):
        read_structure(path, picture=2)
    with pytest.raises(StructureError, match="no group '7' of assembly 'A'"):
        read_structure(path, picture={"A": "7"})


@pytest.mark.parametrize("occupancies", [("0.6", "0.4"), ("0.5", "0.5")])
@pytest.mark.parametrize("labels", ["letters", "numbers"])
def test_split_phenyl_without_tags(crystals, tmp_path, split, occupancies, labels) -> None:
    rest, first, second = split
    maker = crystals.Maker("P 1 21/c 1", CELL)
    at = (0.25, 0.25, 0.25)
    maker.add(rest, at)
    for k, (part, occupancy) in enumerate(zip((first, second), occupancies, strict=True)):
        rows = maker.add(part, at, occupancy=occupancy)
        for n, row in enumerate(rows):
            if labels == "letters":
                maker.rows[row]["label"] = f"{part.symbols[n]}{n + 1}{'AB'[k]}"
    # the refinement listed the atoms mixed, not one ring after the other
    tail = maker.rows[-22:]
    maker.rows[-22:] = [tail[k // 2 + 11 * (k % 2)] for k in range(22)]
    crystal = read_structure(maker.write(tmp_path))
    answers = [crystals.same_molecule(crystal.atoms, rest + ring) for ring in (first, second)]
    assert any(answers)
    if occupancies[0] == "0.6":
        assert answers[0]


def test_three_orientations_in_groups(crystals, tmp_path, split) -> None:
    rest, first, second = split
    sulfur = rest.positions[rest.numbers == 16][0]
    third = rotated_ring(crystals, sulfur, first.positions[0] - sulfur, 0.1 + np.radians(120))
    del second
    second = rotated_ring(crystals, sulfur, first.positions[0] - sulfur, 0.1 + np.radians(30))
    maker = crystals.Maker("P 1 21/c 1", CELL)
    at = (0.25, 0.25, 0.25)
    maker.add(rest, at)
    for group, (part, share) in enumerate(((first, 0.2), (second, 0.3), (third, 0.5)), start=1):
        tagged(maker, part, at, str(group), share)
    path = maker.write(tmp_path)
    for picture, part in enumerate((third, second, first)):
        crystal = read_structure(path, picture=picture)
        assert crystals.same_molecule(crystal.atoms, rest + part)


def test_occupancies_and_tags_lost(crystals, tmp_path, split) -> None:
    rest, first, second = split
    maker = crystals.Maker("P 1 21/c 1", CELL)
    at = (0.25, 0.25, 0.25)
    maker.add(rest, at)
    maker.add(first, at)
    maker.add(second, at)
    crystal = read_structure(maker.write(tmp_path))
    assert crystal.atoms.get_chemical_formula() == crystals.hexamer().get_chemical_formula()
    assert any(crystals.same_molecule(crystal.atoms, rest + part) for part in (first, second))
    assert any("overlap" in note for note in crystal.notes)


@pytest.mark.parametrize("group", ["-1", "1"])
def test_solvent_on_an_inversion_centre(crystals, tmp_path, group) -> None:
    """Negative PART; and the same with the minus sign forgotten."""
    truth, solvent = crystals.hexamer(), crystals.dichloromethane()
    maker = crystals.Maker("P -1", (30.0, 22.0, 24.0, 90.0, 95.0, 90.0))
    maker.add(truth, unique=True)
    tagged(maker, solvent, (0.51, 0.495, 0.502), group, 0.5)
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    found = [(c.formula, c.count, c.charge) for c in crystal.companions]
    assert found == [("CH2Cl2", 1.0, 0)]


def test_ring_over_a_centre_with_negative_part(crystals, tmp_path, split) -> None:
    """A phenyl refined with PART -1 whose image lies on another ligand's place is left alone."""
    rest, first, _ = split
    maker = crystals.Maker("P -1", (30.0, 28.0, 32.0, 90.0, 97.0, 90.0))
    at = (0.25, 0.25, 0.25)
    maker.add(rest, at)
    tagged(maker, first, at, "-1", 0.5)
    crystal = read_structure(maker.write(tmp_path))
    assert crystal.atoms.get_chemical_formula() in (
        (rest + first).get_chemical_formula(),
        rest.get_chemical_formula(),
    )


def test_whole_cluster_over_two_places(crystals, tmp_path) -> None:
    """A cluster without a centre of its own on a centre of the crystal: PART -1, half each."""
    truth = crystals.hexamer()
    truth = truth[[k for k in range(len(truth)) if k != 6]]  # one Cl less: no centre
    truth.rotate(33, (1, 2, 3))
    maker = crystals.Maker("P -1", (26.0, 27.0, 28.0, 85.0, 95.0, 100.0))
    tagged(maker, truth, (0.01, 0.0, 0.005), "-1", 0.5)
    path = maker.write(tmp_path)
    for picture in (0, 1):
        crystal = read_structure(path, picture=picture)
        assert crystals.same_molecule(crystal.atoms, truth)
        assert len(crystal.packing) == len(truth)


def test_site_factor_instead_of_occupancy(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("R -3:H")
    maker.add(truth, unique=True)
    for row in maker.rows:
        if row["type_symbol"] == "Cl":
            row["occupancy"] = "0.3333"
    crystal = read_structure(maker.write(tmp_path))
    assert crystals.same_molecule(crystal.atoms, truth)
    assert any("read as full" in note for note in crystal.notes)


def test_partial_solvent_counts_as_a_part(crystals, tmp_path) -> None:
    truth, solvent = crystals.hexamer(), crystals.dichloromethane()
    maker = crystals.Maker("P -1", (30.0, 22.0, 24.0, 90.0, 95.0, 90.0))
    maker.add(truth, unique=True)
    maker.add(solvent, (0.5, 0.3, 0.5), occupancy="0.4")
    crystal = read_structure(maker.write(tmp_path))
    assert [(c.formula, c.count) for c in crystal.companions] == [("CH2Cl2", 0.8)]


def test_mixed_gold_and_silver(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("P 1 21/c 1", CELL)
    maker.add(truth, (0.25, 0.25, 0.25))
    gold = [row for row in maker.rows if row["type_symbol"] == "Au"]
    for row, share in zip(gold[:4], (0.75, 0.75, 0.25, 0.25), strict=True):
        silver = dict(row, label=row["label"].replace("Au", "Ag"), type_symbol="Ag")
        row["occupancy"], silver["occupancy"] = f"{share}(1)", f"{1 - share}(1)"
        silver["fract_x"] = f"{float(silver['fract_x']) + 0.003:.6f}"  # 0.09 Å apart
        maker.rows.append(silver)
    crystal = read_structure(maker.write(tmp_path))
    assert crystal.composition["Au"] == pytest.approx(4.0)
    assert crystal.composition["Ag"] == pytest.approx(2.0)
    symbols = crystal.atoms.get_chemical_symbols()
    assert (symbols.count("Au"), symbols.count("Ag")) == (4, 2)
    assert len(crystal.mixed_sites) == 4
    silver_sites = {m.label for m in crystal.mixed_sites if symbols[m.index] == "Ag"}
    richest = {m.label for m in crystal.mixed_sites if dict(m.shares)["Ag"] > 0.5}
    assert silver_sites == richest
    as_gold = crystal.atoms.copy()
    as_gold.numbers[as_gold.numbers == 47] = 79
    assert crystals.same_molecule(as_gold, truth, tolerance=0.15)


def test_mixed_metals_with_disorder_tags(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("P 1 21/c 1", CELL)
    maker.add(truth, (0.25, 0.25, 0.25))
    row = next(row for row in maker.rows if row["type_symbol"] == "Au")
    maker.rows.append(
        dict(row, label="Cu1", type_symbol="Cu", occupancy="0.3", disorder_group="2",
             disorder_assembly="A")
    )  # fmt: skip
    row.update(occupancy="0.7", disorder_group="1", disorder_assembly="A")
    crystal = read_structure(maker.write(tmp_path))
    assert crystal.composition == pytest.approx(
        {"Au": 5.7, "Cu": 0.3, "Cl": 2.0, "S": 6.0, "C": 36.0, "H": 30.0}
    )
    assert crystal.mixed_sites[0].shares == (("Au", 0.7), ("Cu", 0.3))


FILES = {
    # formula units and molecules per unit, from the names and formulas of the files themselves
    "1-HTP.cif": (2, {"C5FeN6O": 1, "C5H12NO": 2}),
    "DAC-4.cif": (1, {"C6H14N2": 1, "H4N": 1, "ClO3": 3}),
    "DAP-4.cif": (8, {"C6H14N2": 1, "H4N": 1, "ClO4": 3}),
    "DAP-7.cif": (2, {"C6H14N2": 1, "H5N2": 1, "ClO4": 3}),
    "PAP-4.cif": (8, {"C4H12N2": 1, "H4N": 1, "ClO4": 3}),
    "example_cubic_disorder.cif": (8, {"C6H14N2O2": 1, "H4N": 1, "ClO4": 3}),
}


@pytest.mark.parametrize("name", FILES)
def test_published_disordered_crystals(shared, name) -> None:
    """Files of SchrodingersCattt/MolCrysKit: contents as their formulas state."""
    units, molecules = FILES[name]
    crystal = read_structure(shared / "data/structures/MolCrysKit_disorder_cif" / name)
    found = {c.formula: c.count for c in crystal.companions}
    found[crystal.formula] = 1.0
    assert found == pytest.approx(molecules, abs=0.01)
    assert not [m for m in crystal.missing if m.kind == "formula"]
    formula = crystal.packing.get_chemical_formula("hill", empirical=False)
    assert len(crystal.packing) % units == 0
    assert formula.startswith("C")
    if name != "DAC-4.cif":
        return
    ammonium = crystal.packing[crystal.packing.arrays["molecule"] == 0]
    assert len(ammonium) > 1


@pytest.mark.parametrize("how", ["negative", "positive", "untagged"])
def test_phenyl_tilted_out_of_a_mirror(crystals, tmp_path, how) -> None:
    """Half of the crystal has the ring on one side of the mirror, half on the other."""
    core = Atoms(
        "Au4S2Cl2",
        positions=[
            (0, 1.4, 0), (0, -1.4, 0), (2.8, 1.4, 0), (2.8, -1.4, 0), (-1.95, 0, 0.1),
            (4.75, 0, 0.1), (1.4, 1.4, 2.1), (1.4, -1.4, 2.1),
        ],
    )  # fmt: skip
    tilted = Atoms(
        *crystals.phenyl(core.positions[4], np.array([-1, 0.35, 0.2]), np.array([0.1, 1.0, 0.5]))
    )
    upright = Atoms(
        *crystals.phenyl(core.positions[5], np.array([1, 0, 0.2]), np.array([0.0, 1.0, 0.0]))
    )
    maker = crystals.Maker("P 1 m 1", (25.0, 26.0, 27.0, 90.0, 95.0, 90.0))
    at = (0.3, 0.0, 0.3)
    maker.add(core + upright, at, unique=True)
    group = {"negative": "-1", "positive": "1", "untagged": "."}[how]
    maker.add(tilted, at, disorder_group=group, occupancy="0.5")
    for picture in (0, 1):
        crystal = read_structure(maker.write(tmp_path), picture=picture)
        assert crystals.same_molecule(crystal.atoms, core + upright + tilted)


def test_turned_fluorophosphate_around_one_phosphorus(crystals, tmp_path) -> None:
    axes = np.concatenate([np.eye(3), -np.eye(3)]) * 1.58
    turn = np.array([[np.cos(0.7), -np.sin(0.7), 0], [np.sin(0.7), np.cos(0.7), 0], [0, 0, 1]])
    maker = crystals.Maker("P -1", (30.0, 22.0, 24.0, 90.0, 95.0, 90.0))
    maker.add(crystals.hexamer(), unique=True)
    at = (0.5, 0.3, 0.5)
    flat = axes[[0, 1, 3, 4]]
    maker.add(Atoms("PF2", positions=[np.zeros(3), axes[2], axes[5]]), at)
    tagged(maker, Atoms("F4", positions=flat), at, "1", 0.7, "B")
    tagged(maker, Atoms("F4", positions=flat @ turn.T), at, "2", 0.3, "B")
    path = maker.write(tmp_path)
    for picture in (0, 1):
        crystal = read_structure(path, picture=picture)
        assert [(c.formula, c.count) for c in crystal.companions] == [("F6P", 2.0)]
        assert crystal.charge == 2


def test_molecules_that_run_through_each_other_are_refused(crystals, tmp_path) -> None:
    maker = crystals.Maker("P -1", (18.0, 19.0, 20.0, 90.0, 95.0, 90.0))
    maker.add(crystals.hexamer(), (0.11, 0.1, 0.12))  # its image is 4 to 5 Å away
    with pytest.raises(DataFileError, match="on top of each other"):
        read_structure(maker.write(tmp_path))


def test_suppressed_atoms_of_a_database_are_left_out(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("P -1")
    maker.add(truth, unique=True)
    ghost = dict(maker.rows[12], label="C99?")
    ghost["fract_x"] = f"{float(ghost['fract_x']) + 0.04:.5f}"
    maker.rows.append(ghost)
    assert crystals.same_molecule(read_structure(maker.write(tmp_path)).atoms, truth)


def test_chloride_and_bromide_on_one_site(crystals, tmp_path) -> None:
    truth = crystals.hexamer()
    maker = crystals.Maker("P 1 21/c 1", CELL)
    maker.add(truth, (0.25, 0.25, 0.25))
    row = next(row for row in maker.rows if row["type_symbol"] == "Cl")
    maker.rows.append(dict(row, label="Br1", type_symbol="Br", occupancy="0.3", disorder_group="2"))
    row.update(occupancy="0.7", disorder_group="1")
    crystal = read_structure(maker.write(tmp_path))
    assert crystal.composition["Cl"] == pytest.approx(1.7)
    assert crystal.composition["Br"] == pytest.approx(0.3)
    assert len(crystal.atoms) == len(truth)


@pytest.mark.parametrize("degrees", [25, 40, 55, 70, 90])
@pytest.mark.parametrize("hydrogens", [True, False])
def test_untagged_rings_turned_by_any_angle(crystals, tmp_path, degrees, hydrogens) -> None:
    """Half-occupied atoms in random order, ipso atom shared: two rings, not a mixture."""
    whole = crystals.hexamer()
    sulfur = int(np.flatnonzero(whole.numbers == 16)[0])
    outward = whole.positions[sulfur + 1] - whole.positions[sulfur]
    rings = [
        rotated_ring(crystals, whole.positions[sulfur], outward, np.radians(a))
        for a in (10, 10 + degrees)
    ]
    rest = whole[[k for k in range(len(whole)) if not sulfur + 1 < k < sulfur + 12]]
    if not hydrogens:
        rest = rest[rest.numbers != 1]
    rings = [r[1:] if hydrogens else r[1:6] for r in rings]
    maker = crystals.Maker("P -1", CELL)
    maker.add(rest, (0.25, 0.25, 0.25))
    ordered = len(maker.rows)
    for half in rings:
        maker.add(half, (0.25, 0.25, 0.25), occupancy="0.5")
    disordered = maker.rows[ordered:]
    np.random.default_rng(degrees).shuffle(disordered)
    maker.rows[ordered:] = disordered
    crystal = read_structure(maker.write(tmp_path))
    assert any(crystals.same_molecule(crystal.atoms, rest + half) for half in rings)


@pytest.mark.parametrize("group", ["P -1", "R -3:H", "P 1 21/n 1"])
@pytest.mark.parametrize("how", ["tags", "half", "uneven"])
def test_many_troubles_at_once(crystals, tmp_path, group, how) -> None:
    """On a special position, with a disordered ring, a mixed metal, and everything wrapped."""
    whole = crystals.hexamer()
    sulfur = int(np.flatnonzero(whole.numbers == 16)[0])
    outward = whole.positions[sulfur + 1] - whole.positions[sulfur]
    first, second = (
        rotated_ring(crystals, whole.positions[sulfur], outward, a) for a in (0.1, 1.1)
    )
    turn = np.array([[-0.5, -np.sqrt(0.75), 0], [np.sqrt(0.75), -0.5, 0], [0, 0, 1]])
    turns = [np.eye(3)] + ([turn, turn @ turn] if group == "R -3:H" else [])
    operations = turns + [-t for t in turns]
    images = np.array([whole.positions[sulfur] @ o.T for o in operations])
    bare = [
        int(s)
        for s in np.flatnonzero(whole.numbers == 16)
        if np.linalg.norm(images - whole.positions[s], axis=1).min() < 0.01
    ]
    rest = whole[[k for k in range(len(whole)) if not any(s < k < s + 12 for s in bare)]]
    angles = (90.0, 90.0, 120.0) if group == "R -3:H" else (90.0, 95.0, 90.0)
    maker = crystals.Maker(group, (30.0, 30.0, 44.0, *angles))
    maker.add(rest, unique=True)
    tags = {"tags": ("1", "2", 0.45), "half": (".", ".", 0.5), "uneven": (".", ".", 0.4)}[how]
    ordered = len(maker.rows)
    maker.add(first, disorder_group=tags[0], occupancy=f"{tags[2]:.2f}(1)")
    maker.add(second, disorder_group=tags[1], occupancy=f"{1 - tags[2]:.2f}(1)")
    rows = maker.rows[ordered:]
    np.random.default_rng(1).shuffle(rows)
    maker.rows[ordered:] = rows
    gold = next(row for row in maker.rows if row["type_symbol"] == "Au")
    maker.rows.append(dict(gold, label="Ag9", type_symbol="Ag", occupancy="0.3"))
    gold["occupancy"] = "0.7"
    maker.wrap()
    crystal = read_structure(maker.write(tmp_path))
    atoms = crystal.atoms.copy()
    atoms.numbers[atoms.numbers == 47] = 79
    answers = []
    for half in (first, second):
        truth = rest.copy()
        for operation in operations:
            truth += Atoms(half.numbers, positions=half.positions @ operation.T)
        answers.append(crystals.same_molecule(atoms, truth))
    assert answers[1] if how != "half" else any(answers)
    assert crystal.composition["Ag"] == pytest.approx(0.3 * len(operations))
