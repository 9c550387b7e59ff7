"""The text of archetypes: what it says, and what is wrong with a bad one."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from superatom.errors import DataFileError
from superatom.model.assemble import build_model
from superatom.model.families.archetypes import TEXT_FORMAT, read_archetype
from superatom.model.families.core_shells import read_shell, shell_positions
from superatom.model.families.site_elements import place_elements
from superatom.structure.anatomy import dissect

#: Two bridged triangles of a gold tetrahedron: invented, to write every kind of line.
SMALL = """
name = "Au6"
formula = "M6(SR)4"
kernel = 4
kernel_shape = "tetrahedron"
motifs = '''
1 S 5 S 2   # a monomer
3 S 6 S 4
'''
distances = '''
2.8: 1-2 1-3 1-4 2-3 2-4 3-4
3.2: 1-5 2-5 3-6 4-6
'''
source = "invented"
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_family_of_ones_own_is_built(tmp_path: Path) -> None:
    family = read_archetype(written(tmp_path, SMALL))
    assert family.motifs == "2 Au1(SR)2"
    assert family.bridges == ((0, 4), (4, 1), (2, 5), (5, 3))
    anatomy = dissect(build_model("Au6(SCH3)4", family))
    assert (anatomy.kernel, anatomy.motifs) == ("Au4", "2 Au1(SR)2")


def test_a_ring_closes(tmp_path: Path) -> None:
    text = SMALL.replace("M6(SR)4", "M6(SR)2").replace("1 S 5 S 2   # a monomer\n3 S 6 S 4", "")
    ring = text.replace("motifs = '''", "motifs = '''\nring 5 S 6 S")
    family = read_archetype(written(tmp_path, ring))
    assert family.bridges == ((4, 5), (5, 4))
    assert family.motifs == "1 ring-Au2(SR)2"


def test_sulfur_can_have_distances(tmp_path: Path) -> None:
    text = SMALL.replace("3.2:", "3.1: 3-S1 S1-S2\n3.2:")
    family = read_archetype(written(tmp_path, text))
    assert {(2, 6, 3.1), (6, 7, 3.1)} <= set(family.distances)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("kernel = 4", 'kernel = "4"', "needs 'kernel'"),
        ("M6(SR)4", "Au6S4", "not like"),
        ("M6(SR)4", "M6(SR)5", "motifs and ligands have 4 SR, the formula 5"),
        ("M6(SR)4", "M7(SR)4", "each metal from 5 to 7"),
        ("1 S 5 S 2", "1 S 5 S", "no chain"),
        ("1 S 5 S 2", "1 S 5 S 8", "'8' in '1 S 5 S 8' is no metal from 1 to 6"),
        ("1 S 5 S 2", "1 S 6 S 2", "exactly one motif"),
        ("2.8: 1-2", "2.8: 1-2 2-1", "given twice"),
        ("2.8: 1-2", "2.8: 1-1 1-2", "itself"),
        ("2.8: 1-2", "2.8 1-2", "cannot read the distances"),
        ("3.2: 1-5", "3.2: 1-S5", "no donor S from 1 to 4"),
        ('source = "invented"', 'origin = "invented"', "needs 'source'"),
        ("kernel = 4", "kernel = 4\ncolour = 1", "unknown key 'colour'"),
        ("kernel = 4", "kernel = ", "is not TOML"),
    ],
)
def test_a_bad_text_says_what_is_wrong(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in SMALL
    with pytest.raises(DataFileError, match=says.replace("(", r"\(")):
        read_archetype(written(tmp_path, SMALL.replace(old, new)))


def test_the_format_shown_names_every_key(tmp_path: Path) -> None:
    keys = [line.split(" = ")[0] for line in TEXT_FORMAT.splitlines() if " = " in line]
    needed = ["name", "formula", "kernel", "kernel_shape", "source"]
    optional = ["motifs", "ligands", "shells", "distances", "elements"]
    assert sorted(keys) == sorted([*needed, *optional])
    for key in needed:
        with pytest.raises(DataFileError, match=f"needs '{key}'"):
            read_archetype(written(tmp_path, SMALL.replace(f"{key} = ", f"{key}_ = ")))
    for key in ("motifs", "distances"):
        with pytest.raises(DataFileError, match=f"unknown key '{key}_'"):
            read_archetype(written(tmp_path, SMALL.replace(f"{key} = ", f"{key}_ = ")))


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataFileError, match=r"absent\.toml"):
        read_archetype(tmp_path / "absent.toml")


#: Two platinum atoms bridged by gold: invented, with metals that have a place of their own.
MIXED = """
name = "Au2Pt2"
formula = "M4(SR)4"
kernel = 0
kernel_shape = ""
motifs = '''
ring 1 S 3 S 2 S 4 S
'''
distances = '''
2.9: 1-3 2-4
'''
elements = '''
Pd Pt: 1 2
'''
source = "invented"
"""


def test_metals_of_the_family_go_to_their_own_sites(tmp_path: Path) -> None:
    family = read_archetype(written(tmp_path, MIXED))
    assert family.symbols == ("Pd", "Pd", "Au", "Au")
    assert family.motifs == "1 ring-Au2Pd2(SR)4"
    assert place_elements(family, {"Au": 2, "Pt": 2}) == ("Pt", "Pt", "Au", "Au")
    assert place_elements(family, {"Au": 3, "Pd": 1}) == ("Pd", "Au", "Au", "Au")


@pytest.mark.parametrize("line", ["Pt 1 2", "Xx: 1", "Pt:", ": 1", "Pt: 5"])
def test_a_bad_line_of_elements_is_shown(tmp_path: Path, line: str) -> None:
    with pytest.raises(DataFileError, match=line):
        read_archetype(written(tmp_path, MIXED.replace("Pd Pt: 1 2", line)))


#: A square antiprism around a centre with ligands of every kind: invented.
EVERY_KIND = """
name = "Cu9"
formula = "M10(SR)2(PR3)3X(CCR)(PP)H2(OO)"
metal = "Cu"
kernel = 9
kernel_shape = "centred square antiprism"
shells = '''
point
square 2.80 at 1.40
square 2.80 turn 45 at -1.40   # staggered
'''
motifs = '''
2 S 10 X 3
6 C 7
'''
ligands = '''
PR3: 4, 5, 9
SR: 8
PP: 2 | 3
H: 1 2 3, 6 7
OO: 4 | 5
'''
distances = '''
2.9: 10-2 10-3 1-S1
'''
source = "invented"
"""


def test_ligands_of_every_kind_are_read(tmp_path: Path) -> None:
    family = read_archetype(written(tmp_path, EVERY_KIND))
    assert family.formula == "M10(SR)2(PR3)3X(CCR)(PP)H2(OO)"
    assert dict(family.ligands) == {
        "SR": 2,
        "PR3": 3,
        "X": 1,
        "CCR": 1,
        "PP": 1,
        "H": 2,
        "OO": 1,
    }
    kinds = [site.kind for site in family.ligand_sites]
    assert kinds == ["SR", "X", "CCR", "PR3", "PR3", "PR3", "SR", "PP", "H", "H", "OO"]
    assert family.ligand_sites[0].anchors == ((1, 9),)
    assert family.ligand_sites[7].anchors == ((1,), (2,))
    assert family.ligand_sites[8].anchors == ((0, 1, 2),)
    assert "".join(family.donor_letters) == "SXCPPPSPPHHOO"
    assert family.donor_sites[7:9] == ((7, 0), (7, 1))
    assert family.motifs == "1 Cu1(SR)1Cl1; 1 bridging-CCR; 1 bridging-OR"
    assert family.motifs_of(["Ag"] * 10, "Br") == "1 Ag1(SR)1Br1; 1 bridging-CCR; 1 bridging-OR"


def test_distances_win_over_shells(tmp_path: Path) -> None:
    """A square antiprism has 8 edges of its squares and 8 between; all 8 touch the centre."""
    family = read_archetype(written(tmp_path, EVERY_KIND))
    lengths = {(i, j): round(d, 2) for i, j, d in family.contacts() if j < 9}
    assert len(lengths) == 24
    assert lengths[0, 1] == round((2.8**2 / 2 + 1.4**2) ** 0.5, 2)
    assert (0, 10, 2.9) in family.distances
    shorter = read_archetype(written(tmp_path, EVERY_KIND.replace("1-S1\n", "1-S1\n2.5: 2-3\n")))
    assert {d for i, j, d in shorter.contacts() if (i, j) == (1, 2)} == {2.5}
    parted = read_archetype(written(tmp_path, EVERY_KIND.replace("1-S1\n", "1-S1\n3.8: 2-3\n")))
    assert (1, 2) not in {(i, j) for i, j, _ in parted.contacts()}


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("PR3: 4, 5, 9", "PR3: 4, 5", "motifs and ligands have 2 PR3, the formula 3"),
        ("PR3: 4, 5, 9", "PR3 4, 5, 9", "'PR3 4, 5, 9' in 'PR3 4, 5, 9' is no kind"),
        ("PR3: 4, 5, 9", "PR3: 4, 5, 9 | 8", "PR3 has 1 donor atom"),
        ("PP: 2 | 3", "PP: 2 3", "PP has 2 donor atoms"),
        ("PP: 2 | 3", "PP: 2 | ", "PP has 2 donor atoms"),
        ("PP: 2 | 3", "PP: 2 | 11", "no metal from 1 to 10"),
        ("PP: 2 | 3", "NHC: 2", "no kind of ligand"),
        ("(PP)", "(NHC)", "no kind of ligand"),
        ("2 S 10 X 3", "2 S 10 P 3", "no chain"),
        ("1-S1", "1-Q1", "no donor Q from 1 to 0"),
        ("1-S1", "1-H3", "no donor H from 1 to 2"),
        ("point\n", "dot 2.60\n", "no polyhedron called 'dot'"),
        ("point\n", "point 2.60\n", "cannot read the shell"),
        ("square 2.80 at", "square at", "cannot read the shell"),
        ("square 2.80 at", "square 2.80 twist 3 at", "cannot read the shell"),
        ("turn 45 at -1.40", "turn 45 at 1.40", "apart"),
        ("square 2.80 at 1.40", "fcc 2.60: 0 0 1, 1 1 0", "even sum"),
        ("square 2.80 at 1.40", "icosahedron radius 2.60", "the shells have 17 metals"),
        ("kernel = 9", "kernel = 11", "a kernel of 11 of 10"),
        ('metal = "Cu"', "metal = 29", "'metal' must be str"),
    ],
)
def test_a_bad_line_says_what_is_wrong(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in EVERY_KIND
    with pytest.raises(DataFileError, match=re.escape(says)):
        read_archetype(written(tmp_path, EVERY_KIND.replace(old, new, 1)))


@pytest.mark.parametrize("parts", [("shells", "distances"), ("motifs", "ligands")])
def test_a_text_needs_contacts_and_ligands(tmp_path: Path, parts: tuple[str, str]) -> None:
    table = EVERY_KIND
    for part in parts:
        start = table.index(f"{part} = '''")
        table = table[:start] + table[table.index("'''\n", start + len(part) + 6) + 4 :]
    with pytest.raises(DataFileError, match=f"needs '{parts[0]}' or '{parts[1]}'|needs 'dist"):
        read_archetype(written(tmp_path, table))


def test_a_lattice_is_a_shell() -> None:
    """Nearest neighbours of an fcc site: 12 at the edge, 6 at sqrt(2) of it."""
    near = "1 1 0, 1 -1 0, -1 1 0, -1 -1 0, 1 0 1, 1 0 -1, -1 0 1, -1 0 -1, 0 1 1, 0 1 -1, 0 -1 1"
    line = f"fcc 2.88 at 1.0 2.0 3.0: 0 0 0, {near}, 0 -1 -1, 2 0 0"
    points = shell_positions((read_shell(line),))
    assert points[0] == pytest.approx([1.0, 2.0, 3.0])
    apart = np.linalg.norm(points - points[0], axis=1)
    assert apart[1:13] == pytest.approx(2.88)
    assert apart[13] == pytest.approx(2.88 * 2**0.5)


def test_shells_turn_about_z_and_invert() -> None:
    plain, turned, upside = (
        shell_positions((read_shell(f"triangle 3.00 {how}"),))
        for how in ("at 0.5", "turn 90 at 0.5", "inverted at 0.5")
    )
    assert plain[:, 2] == pytest.approx(0.5)
    assert turned[:, :2] == pytest.approx(np.column_stack([-plain[:, 1], plain[:, 0]]))
    assert upside[:, :2] == pytest.approx(-plain[:, :2])
