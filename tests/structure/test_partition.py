"""Kernel and motifs of real and made clusters."""

from __future__ import annotations

import csv
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from ase import Atoms
from ase.build import bulk
from ase.cluster import Icosahedron
from ase.io import read

from superatom.errors import StructureError
from superatom.structure.kernel_lattice import fit_fcc
from superatom.structure.motifs import linking_number
from superatom.structure.partition import partition

_NC = "data/structures/NC_Database"


def _truth(shared: Path) -> list[dict[str, str]]:
    text = (shared / "reference/structures_truth.tsv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines(), delimiter="\t"))
    return [row for row in rows if row["geometric_kernel_from_file"]]


def test_every_truth_row(shared: Path) -> None:
    rows = _truth(shared)
    assert len(rows) == 17
    for row in rows:
        split = partition(read(shared / "data/structures" / row["file"]))
        assert split.geometric.kernel_formula == row["geometric_kernel_from_file"], row["cluster"]
        assert split.geometric.motif_formula == row["geometric_motifs_from_file"], row["cluster"]


@pytest.mark.parametrize(
    ("file", "kernel", "motifs"),
    [
        # fcc family as printed: reference/structures_truth.tsv
        ("fully_protected/au28_tbbt20_opt.xyz", "Au20", "4 Au2(SR)3; 8 bridging-SR"),
        ("fully_protected/au36_tbbt24_opt.xyz", "Au28", "4 Au2(SR)3; 12 bridging-SR"),
        # all others agree with the geometric convention
        ("fully_protected/au25_pet18_-1_opt.xyz", "Au13", "6 Au2(SR)3"),
        ("fully_protected/au38_pet24q_opt.xyz", "Au23", "3 Au1(SR)2; 6 Au2(SR)3"),
        ("fully_protected/au20_tbbt16_opt.xyz", "Au7", "2 Au1(SR)2; 1 Au3(SR)4; 1 ring-Au8(SR)8"),
        ("sch3_protected/024_20_cp2k_opt.xyz", "Au8", "4 Au4(SR)5"),
        ("fully_protected/au102_mba44_opt.xyz", "Au79", "19 Au1(SR)2; 2 Au2(SR)3"),
    ],
)
def test_literature_convention(shared: Path, file: str, kernel: str, motifs: str) -> None:
    literature = partition(read(shared / _NC / file)).literature
    assert (literature.kernel_formula, literature.motif_formula) == (kernel, motifs)


def test_silver_doped_au36_keep_their_frame(shared: Path) -> None:
    # Au36-xAgx(SCH3)24: 20 + 8 dimers geometrically, 28 + 4 dimers + 12 bridging in print
    files = sorted((shared / _NC / "AuAg_36_24").glob("*.xyz"))
    assert len(files) == 40
    for file in files:
        split = partition(read(file))
        assert (len(split.geometric.kernel), len(split.geometric.motifs)) == (20, 8), file.name
        bridging = sum(motif.kind == "bridging" for motif in split.literature.motifs)
        assert (len(split.literature.kernel), bridging) == (28, 12), file.name


def test_m25_frame(made: SimpleNamespace) -> None:
    for methyls in (True, False):
        split = partition(made.m25(methyls))
        assert str(split.geometric) == "Au13 | 6 Au2(SR)3"
        assert split.agree
        assert len(split.geometric.surface) == 12
        assert split.geometric.interior == (0,)


@pytest.mark.parametrize(
    ("place", "element", "expected"),
    [
        ("centre", "Pt", "Au12Pt1 | 6 Au2(SR)3"),
        ("shell", "Ag", "Ag1Au12 | 6 Au2(SR)3"),
        ("motif", "Hg", "Au13 | 1 Au1Hg1(SR)3; 5 Au2(SR)3"),
    ],
)
def test_mixed_metals_are_named_in_full(
    made: SimpleNamespace, place: str, element: str, expected: str
) -> None:
    assert str(partition(made.m25(**{place: element})).geometric) == expected


def test_order_and_place_do_not_matter(made: SimpleNamespace) -> None:
    atoms = made.m25()
    rng = np.random.default_rng(7)
    shuffled = atoms[rng.permutation(len(atoms))]
    shuffled.rotate(63.0, (1.0, 2.0, 3.0))
    shuffled.translate((11.0, -4.0, 2.5))
    assert str(partition(shuffled).geometric) == "Au13 | 6 Au2(SR)3"


def test_silver_44_core_and_mounts(made: SimpleNamespace) -> None:
    # Ag32 core and six Ag2(SR)5 mounts: Desireddy 2013, 10.1038/nature12523
    assert str(partition(made.m44()).geometric) == "Ag32 | 6 Ag2(SR)5"
    assert str(partition(made.m44("Au")).geometric) == "Ag20Au12 | 6 Ag2(SR)5"


def test_phosphine_cluster_has_no_motifs(made: SimpleNamespace) -> None:
    geometric = partition(made.phosphine_m13(2)).geometric
    assert (geometric.kernel_formula, geometric.motif_formula) == ("Au13", "")
    assert [motif.name for motif in geometric.terminal] == ["terminal-Cl"] * 2


def test_bare_cluster_is_all_kernel() -> None:
    geometric = partition(Icosahedron("Au", 3)).geometric  # Au55 Mackay: 42 outside, 13 inside
    assert (geometric.kernel_formula, geometric.motif_formula) == ("Au55", "")
    assert (len(geometric.surface), len(geometric.interior)) == (42, 13)


@pytest.mark.parametrize("n", [4, 5, 6, 8])
def test_ring(made: SimpleNamespace, n: int) -> None:
    geometric = partition(made.ring(n, np.zeros(3), np.eye(3)[:2])).geometric
    assert str(geometric) == f"no kernel | 1 ring-Au{n}(SR){n}"
    motif = geometric.motifs[0]
    assert len(motif.metals) == len(motif.donors) == n


def test_catenane(made: SimpleNamespace) -> None:
    geometric = partition(made.catenane()).geometric
    assert geometric.motif_formula == "2 ring-Au5(SR)5"
    first, second = geometric.motifs
    assert first.interlocked_with == (second.metals[0],)
    assert second.interlocked_with == (first.metals[0],)


def test_linking_number_of_squares() -> None:
    square = np.array([[1.0, 1, 0], [-1, 1, 0], [-1, -1, 0], [1, -1, 0]])
    standing = square[:, [0, 2, 1]] + [1.0, 0.1, 0.2]
    assert linking_number(square, standing) == 1
    assert linking_number(square, standing + np.array([5.0, 0, 0])) == 0
    assert linking_number(square, square * 0.5 + [0, 0, 0.7]) == 0


def test_m_sr_3_cap() -> None:
    # a trigonal Cd(SR)3 without any kernel metal near its S
    angles = 2 * np.pi * np.arange(3) / 3
    sulfurs = 2.55 * np.stack([np.cos(angles), np.sin(angles), np.zeros(3)], axis=1)
    kernel = Icosahedron("Au", 2).positions + np.array([0.0, 0.0, -6.2])
    atoms = Atoms("CdS3Au13", positions=np.concatenate([np.zeros((1, 3)), sulfurs, kernel]))
    assert partition(atoms).geometric.motif_formula == "1 Cd1(SR)3"


def test_bridging_and_interstitial_anions() -> None:
    # a Cl in a cube of silver (Ag-Cl 2.75, Ag-Ag 3.18), a Br across an edge, an SH on a corner
    cube = 1.5876 * np.array([(i, j, k) for i in (1, -1) for j in (1, -1) for k in (1, -1)])
    edge = 0.5 * (cube[0] + cube[1])
    bromide = edge * (1 + 2.2 / np.linalg.norm(edge))
    out = cube[7] / np.linalg.norm(cube[7])
    sulfur = cube[7] + 2.45 * out
    hydrogen = sulfur + 1.34 * np.cross(out, [0.0, 0.0, 1.0])
    atoms = Atoms("Ag8ClBrSH", positions=[*cube, [0, 0, 0], bromide, sulfur, hydrogen])
    geometric = partition(atoms).geometric
    assert geometric.kernel_formula == "Ag8"
    assert geometric.motif_formula == "1 bridging-Br; 1 interstitial-Cl"
    assert [motif.name for motif in geometric.terminal] == ["terminal-SR"]


def test_lattice_fit_tells_fcc_from_icosahedron(made: SimpleNamespace) -> None:
    piece = bulk("Au", "fcc", a=4.08, cubic=True).repeat(2).positions
    lattice = fit_fcc(piece)
    assert lattice is not None
    assert lattice.rmsd < 1e-6
    assert np.linalg.norm(lattice.vectors, axis=1) == pytest.approx(4.08 / 2**0.5)
    outside = np.array([[-2.04, -2.04, 0.0], [1.02, 1.02, -1.02]])  # a site, a hole
    distance = lattice.distance_to_empty_sites(outside)
    assert distance[0] == pytest.approx(0.0, abs=1e-6)
    assert distance[1] > 1.0
    assert fit_fcc(np.concatenate([np.zeros((1, 3)), made.icosahedron(2.87)])) is None


def test_metals_on_lattice_sites_count_as_kernel_in_print_only() -> None:
    # a cuboctahedron and one near-linear S-Au-S on the site above a square face
    a = 4.08
    half = a / 2
    shell = [(i * half, j * half, 0.0) for i in (1, -1) for j in (1, -1)]
    sites = [p[k:] + p[:k] for p in shell for k in range(3)]
    above = np.array([a, 0.0, 0.0])
    along = np.array([0.0, 1.0, 1.0]) / 2**0.5
    lift = np.array([0.4, 0.0, 0.0])
    sulfurs = [above + lift + 2.31 * along, above + lift - 2.31 * along]
    atoms = Atoms("Au14S2", positions=[(0, 0, 0), *sites, above, *sulfurs])
    split = partition(atoms)
    assert str(split.geometric) == "Au13 | 1 Au1(SR)2"
    assert split.literature.kernel_formula == "Au14"


def test_hub_on_the_lattice_is_cut_out_of_a_larger_motif_in_print() -> None:
    # as above, with a second gold off the lattice that shares one S with the first
    a = 4.08
    shell = [(i * a / 2, j * a / 2, 0.0) for i in (1, -1) for j in (1, -1)]
    sites = [p[k:] + p[:k] for p in shell for k in range(3)]
    hub = np.array([a, 0.0, 0.0])
    along = np.array([0.0, 1.0, 1.0]) / 2**0.5
    ends = [hub + 2.31 * along + [0.4, 0, 0], hub - 2.31 * along + [0.4, 0, 0]]
    outer = ends[0] + np.array([-0.5, 1.6, 1.6])
    last = outer + np.array([-1.4, 1.3, 1.3])
    atoms = Atoms("Au14S2AuS", positions=[(0, 0, 0), *sites, hub, *ends, outer, last])
    split = partition(atoms)
    assert str(split.geometric) == "Au13 | 1 Au2(SR)3"
    assert split.literature.kernel_formula == "Au14"
    assert "1 Au1(SR)2" in split.literature.motif_formula


def test_bent_metal_is_reported(shared: Path) -> None:
    # Cd in a staple of CdAu24: S-Cd-S 136 degrees, three short contacts
    geometric = partition(read(shared / _NC / "other/cd_shell.xyz")).geometric
    assert geometric.motif_formula == "1 Au1Cd1(SR)3; 5 Au2(SR)3"
    assert [doubt.read_as for doubt in geometric.doubts] == ["motif"]


def test_collision_is_refused(made: SimpleNamespace) -> None:
    atoms = made.m25()
    atoms.positions[3] = atoms.positions[2] + [0.2, 0.0, 0.0]
    with pytest.raises(StructureError, match="on top of each other"):
        partition(atoms)
