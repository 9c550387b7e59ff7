"""Thiolate families made of polyhedra: symmetry, layers and motifs known from the papers."""

from __future__ import annotations

from functools import cache

import pytest
from ase import Atoms

from superatom.model.assemble import build_model
from superatom.model.families.archetypes import archetypes
from superatom.model.families.embedding import embed
from superatom.model.families.skeleton import default_donors, skeleton_model
from superatom.structure.anatomy import dissect
from superatom.structure.compare import compare
from superatom.structure.pointgroup import point_group
from superatom.structure.shells import find_shells


@cache
def skeleton(name: str) -> Atoms:
    """Metals and bare sulfur of a family as laid out, before tails."""
    family = next(one for one in archetypes() if one.name == name)
    symbols = [family.metal] * family.n_metals
    points, _ = embed(skeleton_model(family, symbols), seed=0)
    return Atoms([*symbols, *default_donors(family)], points)


def symmetry(atoms: Atoms) -> str:
    return point_group(atoms.positions, list(atoms.get_chemical_symbols()), tolerance=0.3).name


def test_gold_144_has_four_layers_and_chiral_icosahedral_symmetry() -> None:
    """Au12@Au42@Au60 with 30 monomers (Lopez-Acevedo et al. 2009, 10.1021/jp8115098)."""
    atoms = skeleton("Au144")
    anatomy = dissect(atoms)
    assert (anatomy.kernel, anatomy.motifs) == ("Au114", "30 Au1(SR)2")
    metals = atoms.positions[:144]
    assert str(find_shells(metals, ["Au"] * 144)) == "Au12@Au42@Au60@Au30"
    assert symmetry(atoms) == "I"


def test_silver_44_is_a_dodecahedron_in_six_mounts(sulfide44: Atoms) -> None:
    """Th, and the framework fitted by hand to Desireddy et al. 2013, 10.1038/nature12523."""
    atoms = skeleton("Ag44")
    anatomy = dissect(atoms)
    assert (anatomy.kernel, anatomy.motifs) == ("Ag32", "6 Ag2(SR)5")
    assert symmetry(atoms) == "Th"
    found = compare(atoms, sulfide44)
    assert found.rmsd_skeleton is not None
    assert found.rmsd_skeleton < 0.35


def test_gold_goes_inside_silver_44() -> None:
    """[Au12Ag32(SR)30]4-: the inner icosahedron is gold (Yang et al. 2013)."""
    anatomy = dissect(build_model("[Au12Ag32(SCH3)30]4-"))
    assert (anatomy.kernel, anatomy.motifs) == ("Ag20Au12", "6 Ag2(SR)5")


@pytest.mark.parametrize(
    ("formula", "kernel"),
    [("PdAg24(SCH3)18", "Ag12Pd1"), ("Cu12Ag13(SCH3)18", "Ag13"), ("[Ag25(SeCH3)18]-", "Ag13")],
)
def test_silver_25_takes_metals_and_donors_of_other_sizes(formula: str, kernel: str) -> None:
    """Twisted motifs lean on many atoms at once: small dopants strain them most."""
    assert dissect(build_model(formula)).kernel == kernel


def test_the_rings_of_gold_10_are_threaded_through_each_other() -> None:
    """A catenane (Wiseman et al. 2000, 10.1021/ja0011156)."""
    anatomy = dissect(skeleton("Au10"))
    assert [motif.name for motif in anatomy.geometric.motifs] == ["ring-Au5(SR)5"] * 2
    assert all(motif.interlocked_with for motif in anatomy.geometric.motifs)


@pytest.mark.parametrize(
    ("formula", "geometric", "literature"),
    [
        # Das et al. 2013, 10.1021/ja409177s
        (
            "[Au23(SCH3)16]-",
            "Au13 | 4 Au1(SR)2; 2 Au3(SR)4",
            "Au15 | 2 Au1(SR)2; 2 Au3(SR)4; 4 bridging-SR",
        ),
        # Zeng et al. 2012, 10.1002/anie.201207098
        ("Au36(SCH3)24", "Au20 | 8 Au2(SR)3", "Au28 | 4 Au2(SR)3; 12 bridging-SR"),
    ],
)
def test_face_centred_cubic_clusters_read_as_in_the_papers(
    formula: str, geometric: str, literature: str
) -> None:
    anatomy = dissect(build_model(formula))
    assert str(anatomy.geometric) == geometric
    assert str(anatomy.literature) == literature
