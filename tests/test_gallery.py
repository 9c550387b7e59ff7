"""The gallery of archetypes: drawn when needed, complete, and loud where one cannot be built."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
from matplotlib.image import imread

from superatom.model.families.archetypes import Archetype, archetypes, read_archetype

ROOT = Path(__file__).resolve().parents[1]
# a tetrahedron with two monomeric staples
AU6 = """
name = "Au6"
formula = "M6(SR)4"
kernel = 4
kernel_shape = "tetrahedron"
motifs = '''
1 S 5 S 2
3 S 6 S 4
'''
distances = '''
2.8: 1-2 1-3 1-4 2-3 2-4 3-4
3.2: 1-5 2-5 3-6 4-6
'''
source = "invented"
"""


@pytest.fixture(scope="module")
def gallery() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "docs" / "gallery.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def gold6(tmp_path: Path) -> Archetype:
    (tmp_path / "au6.toml").write_text(AU6, encoding="utf-8")
    return read_archetype(tmp_path / "au6.toml")


def test_pictures_are_drawn_once(gallery: ModuleType, gold6: Archetype, tmp_path: Path) -> None:
    (picture,) = gallery.draw_all([gold6], tmp_path)
    assert imread(picture).shape[1] > 500
    first = picture.stat().st_mtime_ns
    gallery.draw_all([gold6], tmp_path)
    assert picture.stat().st_mtime_ns == first
    renamed = replace(gold6, kernel_shape="pyramid")
    (other,) = gallery.draw_all([renamed], tmp_path)
    assert other != picture
    assert [path.name for path in picture.parent.iterdir()] == [other.name]


def test_a_family_that_cannot_be_built_is_named(
    gallery: ModuleType, gold6: Archetype, tmp_path: Path
) -> None:
    """Metals 1 and 2 must be 2.8 and 9 Å from the same neighbours."""
    far = tuple((i, j, 9.0 if (i, j) == (0, 1) else d) for i, j, d in gold6.distances)
    broken = replace(gold6, name="Broken", distances=far)
    with pytest.raises(RuntimeError, match=r"Broken: .*strain"):
        gallery.draw_all([gold6, broken], tmp_path)


def test_an_entry_says_what_it_is(gallery: ModuleType, gold6: Archetype) -> None:
    text = gallery.entry(gold6)
    for fact in ("## Au6", "Au<sub>6</sub>(SR)<sub>4</sub>", "Au<sub>4</sub>, tetrahedron",
                 "2 Au<sub>1</sub>(SR)<sub>2</sub>", "invented", ".png"):  # fmt: skip
        assert fact in text
    # n* = 6 - 4 - q: two electrons when neutral
    assert r"n\* = 2 − q" in text
    assert "closed shell is 0" in text


# Walter 2008: [Au25(SR)18]- has 8 electrons, Au102(SR)44 58
@pytest.mark.parametrize(("name", "count", "charge"), [("Au25", 7, "−1"), ("Au102", 58, "0")])
def test_electrons(gallery: ModuleType, name: str, count: int, charge: str) -> None:
    (archetype,) = [a for a in archetypes() if a.name == name]
    (told,) = gallery.electrons(archetype)
    assert told.startswith(rf"n\* = {count} − q")
    assert told.endswith(f"closed shell is {charge}")


def test_every_archetype_has_its_entry(gallery: ModuleType) -> None:
    text = gallery.page(archetypes())
    names = [line[3:] for line in text.splitlines() if line.startswith("## ")]
    assert names == [a.name for a in archetypes()]
    assert len(set(names)) == len(names)


def test_bonds_join_donors_to_their_metals(gallery: ModuleType, gold6: Archetype) -> None:
    # donors 6 to 9: S of the first staple on metals 1, 5 and 5, 2; of the second 3, 6 and 6, 4
    assert gallery.bonds(gold6) == [
        (0, 6), (4, 6), (4, 7), (1, 7), (2, 8), (5, 8), (5, 9), (3, 9),
    ]  # fmt: skip
