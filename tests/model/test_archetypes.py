"""The text of archetypes: what it says, and what is wrong with a bad one."""

from __future__ import annotations

from pathlib import Path

import pytest

from superatom.errors import DataFileError
from superatom.model.archetypes import TEXT_FORMAT, read_archetype
from superatom.model.assemble import build_model
from superatom.model.site_elements import place_elements
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
