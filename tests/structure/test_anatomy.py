"""`dissect` on real and made clusters: formula, electrons, sites, sizes, JSON, errors."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from ase import Atoms
from ase.cluster import Icosahedron
from ase.io import read

from superatom.composition.ligands import Ligand, LigandLibrary
from superatom.errors import StructureError
from superatom.structure.anatomy import Anatomy, dissect
from superatom.structure.dopants import heteroatoms, site_counts

_NC = "data/structures/NC_Database"


def test_every_truth_row(shared: Path) -> None:
    text = (shared / "reference/structures_truth.tsv").read_text(encoding="utf-8")
    rows = [
        row
        for row in csv.DictReader(text.splitlines(), delimiter="\t")
        if row["geometric_kernel_from_file"]
    ]
    for row in rows:
        atoms = read(shared / "data/structures" / row["file"])
        found = dissect(atoms, charge=int(row["charge"]))
        assert found.kernel == row["geometric_kernel_from_file"], row["cluster"]
        assert found.motifs == row["geometric_motifs_from_file"], row["cluster"]
        assert dict(found.formula.elements) == dict(Counter(atoms.symbols)), row["cluster"]
        assert found.electrons is not None
        assert found.electrons.total == int(row["superatom_electrons"]), row["cluster"]
        parts = sum(part.electrons for part in found.electron_parts)
        assert parts == found.electrons.total, row["cluster"]


def test_m25_formula_and_electrons(made: SimpleNamespace) -> None:
    found = dissect(made.m25(), charge=-1)
    assert str(found.formula) == "[Au25(SMe)18]^1-"
    assert found.electrons is not None
    assert found.electrons.total == 8  # Walter 2008, 10.1073/pnas.0801001105
    assert [(p.part, p.count, p.each) for p in found.electron_parts] == [
        ("kernel Au13", 1, 13),
        ("motif Au2(SR)3", 6, -1),
        ("charge -1", 1, 1),
    ]


def test_unknown_charge_is_not_guessed(made: SimpleNamespace) -> None:
    found = dissect(made.m25())
    assert found.charge is None
    assert found.electrons is None
    assert found.electrons_by_charge is not None
    assert found.electrons_by_charge.at(-1) == 8
    assert any("charge not given" in note for note in found.notes)


@pytest.mark.parametrize(
    ("place", "position", "donors"),
    [("centre", "centre", 0), ("shell", "kernel surface", 1), ("motif", "motif", 2)],
)
def test_doping_positions(made: SimpleNamespace, place: str, position: str, donors: int) -> None:
    # donors on the dopant tell the position: 0, 1, 2 (Chem. Sci. 2025, 16, 10642)
    (dopant,) = heteroatoms(dissect(made.m25(**{place: "Cd"})).sites)
    assert (dopant.symbol, dopant.position, dopant.n_donors) == ("Cd", position, donors)


@pytest.mark.parametrize(
    ("file", "symbol", "position"),
    [
        # file names and published sites: reference/dopant_site_energies.tsv
        ("PdAu24.xyz", "Pd", "centre"),
        ("pd_outercore.xyz", "Pd", "kernel surface"),
        ("pd_shell.xyz", "Pd", "motif"),
        ("CdFake.xyz", "Cd", "centre"),
        ("CdAu24.xyz", "Cd", "kernel surface"),
        ("cd_shell.xyz", "Cd", "motif"),
        ("HgAu24.xyz", "Hg", "motif"),
        ("Au24Pt.xyz", "Pt", "centre"),
    ],
)
def test_published_dopant_sites(shared: Path, file: str, symbol: str, position: str) -> None:
    (dopant,) = heteroatoms(dissect(read(shared / _NC / "other" / file)).sites)
    assert (dopant.symbol, dopant.position) == (symbol, position)


def test_two_centres_of_a_fused_kernel(shared: Path) -> None:
    atoms = read(shared / _NC / "fully_protected/au38_pet24q_opt.xyz")
    counts = site_counts(dissect(atoms, charge=0).sites)
    # two centres, three shared atoms, 18 S-bound kernel atoms, 15 in staples (Qian 2010)
    assert counts == {
        "centre": {"Au": 2},
        "kernel": {"Au": 3},
        "kernel surface": {"Au": 18},
        "motif": {"Au": 15},
    }


def test_mackay_centre() -> None:
    counts = site_counts(dissect(Icosahedron("Au", 3)).sites)
    assert counts["centre"] == {"Au": 1}
    assert counts["kernel"] == {"Au": 12}
    assert counts["kernel surface"] == {"Au": 42}


def test_bond_statistics_and_coordination(made: SimpleNamespace) -> None:
    found = dissect(made.m25())
    rows = {(row.elements, row.place): row for row in found.bond_statistics}
    radial = rows[("Au-Au", "interior-surface")]
    assert (radial.count, radial.mean) == (12, pytest.approx(2.87))
    within = rows[("Au-Au", "within kernel surface")]
    assert (within.count, within.mean) == (30, pytest.approx(2.87 * 1.05146, abs=1e-3))
    assert rows[("Au-S", "kernel surface")].count == 12
    assert rows[("Au-S", "motif")].count == 24
    path = next(c for c in found.coordination if (c.absorber, c.neighbour) == ("Au", "S"))
    assert path.number == pytest.approx(36 / 25)
    metallic = next(c for c in found.coordination if c.neighbour == "Au")
    assert metallic.number == pytest.approx(2 * 42 / 25)  # 12 radial and 30 edges of an icosahedron


def test_sizes_of_a_known_body() -> None:
    found = dissect(Icosahedron("Au", 2)).sizes
    edge = np.linalg.norm(Icosahedron("Au", 2).positions[0] - Icosahedron("Au", 2).positions[1])
    assert found.kernel_diameter == pytest.approx(found.metal_diameter)
    assert found.kernel_diameter == pytest.approx(2 * edge)
    assert found.gyration_radius == pytest.approx(edge * np.sqrt(12 / 13))
    assert found.shell_thickness == 0.0


def test_json_out_and_back(made: SimpleNamespace) -> None:
    for atoms, charge in ((made.m25(shell="Cd"), 0), (made.catenane(), None), (made.m44(), -4)):
        found = dissect(atoms, charge)
        text = json.dumps(found.as_dict(), allow_nan=False)
        back = Anatomy.from_dict(json.loads(text))
        assert json.dumps(back.as_dict()) == text
        assert back.formula == found.formula
        assert back.geometric == found.geometric
        assert back.sites == found.sites
        assert back.provenance == found.provenance
    assert json.loads(text)["structure"]["positions_A"][0] == atoms.positions[0].tolist()


def test_damaged_records_are_refused(made: SimpleNamespace) -> None:
    record = dissect(made.m25()).as_dict()
    with pytest.raises(StructureError, match="no anatomy"):
        Anatomy.from_dict({"format": "something else"})
    del record["bonds"]
    with pytest.raises(StructureError, match="damaged"):
        Anatomy.from_dict(record)


def test_shape_symmetry_and_exposure_on_demand(made: SimpleNamespace) -> None:
    found = dissect(made.m25())
    assert str(found.shells()) == "Au1@Au12@Au12"
    assert found.shells().shells[0].atoms == (0,)
    assert found.kernel_shape().name == "centred icosahedron"
    assert found.kernel_shape().units == () or found.kernel_shape().units[0].centre == 0
    assert found.symmetry(tolerance=0.05).name == "Th"
    assert found.symmetry() is found.symmetry()  # worked out once
    assert not found.chirality("metals").is_chiral
    probed = found.exposure("H+")
    assert set(probed.symbols) == {"Au", "S"}
    assert probed.metal_area > found.exposure("CO").metal_area  # smaller probes touch more
    with pytest.raises(StructureError, match="has no kernel"):
        dissect(made.catenane()).kernel_shape()
    with pytest.raises(StructureError, match="convention 'mine'"):
        found.partition("mine")


def test_own_ligand_library(made: SimpleNamespace) -> None:
    mine = Ligand("myS", "thiolate", "CH3S", "CH4S", 1, ("S",), smiles="CS")
    found = dissect(made.m25(), library=LigandLibrary([mine]))
    assert dict(found.formula.ligands) == {mine: 18}


def test_hydrogens_left_out_are_counted_and_reported(made: SimpleNamespace) -> None:
    atoms = made.m25()
    found = dissect(atoms[[k for k, s in enumerate(atoms.symbols) if s != "H"]], charge=-1)
    assert found.formula.elements["H"] == 54
    assert any("3 H not in the file" in note for note in found.notes)


def test_ambiguous_contacts_give_both_partitions() -> None:
    # a row of linear S-Ag-S with longer and longer bonds, so that no gap is left at the cut
    atoms = Atoms("Ag", positions=[(0, 0, 0)])
    lengths = [2.50, 2.56, 2.62, 2.68, 2.72, 2.78, 2.82, 2.88, 2.94]
    for k, length in enumerate(lengths):
        x = 2.95 * (k + 1)
        atoms += Atoms("AgS2", positions=[(x, 0, 0), (x, length, 0), (x, -length, 0)])
    found = dissect(atoms)
    assert {round(c.length, 2) for c in found.ambiguous} == {2.68, 2.72, 2.78, 2.82}
    assert found.alternative is not None
    assert len(found.geometric.motif_metals) == 5
    assert len(found.alternative.motif_metals) == 5
    assert found.alternative.kernel != found.geometric.kernel


@pytest.mark.parametrize(
    ("atoms", "problem"),
    [
        (Atoms(), "no atoms"),
        (
            Atoms(
                "CH4",
                positions=[(0, 0, 0), (0, 0, 1.1), (1, 0, -0.4), (-1, 0.5, -0.4), (0, -1, -0.4)],
            ),
            "no metal",
        ),
        (Atoms("Au2", positions=[(0, 0, 0), (0, 0, np.inf)]), "not a number"),
        (Atoms("Au3", positions=[(0, 0, 0), (0, 0, 2.8), (0, 0, 30.0)]), "separate pieces"),
    ],
)
def test_bad_structures(atoms: Atoms, problem: str) -> None:
    with pytest.raises(StructureError, match=problem):
        dissect(atoms)


def test_half_a_cluster_does_not_pass_silently(made: SimpleNamespace) -> None:
    atoms = made.m25()
    half = atoms[[k for k, (x, _, _) in enumerate(atoms.positions) if x > -0.1]]
    assert any("on a single metal" in note for note in dissect(half).notes)
    assert not any("on a single metal" in note for note in dissect(atoms).notes)


def test_two_clusters_in_one_file_are_refused(made: SimpleNamespace) -> None:
    second = made.m25()
    second.translate((40.0, 0, 0))
    with pytest.raises(StructureError, match=r"2 separate pieces .*25, 25"):
        dissect(made.m25() + second)
