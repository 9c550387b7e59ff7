"""What is told in words, in sentences written for these tests."""

from __future__ import annotations

import pytest

from superatom.literature.mining.miner import mine_manuscript
from superatom.literature.mining.text import Manuscript, read_passages
from superatom.literature.records import Fact


def facts_of(text: str) -> list[Fact]:
    return list(mine_manuscript(Manuscript("paper", text, read_passages(text))).candidates)


def told(text: str) -> set[tuple[str, str, str]]:
    return {(f.cluster, f.property, f.reading) for f in facts_of(text)}


@pytest.mark.parametrize(
    ("sentence", "facts"),
    [
        (
            "Ag25(SPhF)18 has an icosahedral Ag13 core and an outer Ag12 shell.",
            {
                ("Ag25(SPhF)18", "kernel", "icosahedral Ag13"),
                ("Ag25(SPhF)18", "shells", "Ag12"),
            },
        ),
        (
            "Au40(SR)24 features a distorted fcc kernel protected by four Au3(SR)4 motifs.",
            {
                ("Au40(SR)24", "kernel", "distorted fcc"),
                ("Au40(SR)24", "motif", "4 Au3(SR)4"),
            },
        ),
        (
            "In Cu14(SR)10 eight Cu atoms form a slightly distorted cube.",
            {("Cu14(SR)10", "kernel", "slightly distorted cube")},
        ),
        (
            "Ag50(SR)30 consists of three concentric shells, Ag2@Ag16@Ag32.",
            {("Ag50(SR)30", "shells", "Ag2@Ag16@Ag32")},
        ),
        (
            "Au30(SR)18 carries two S-Au-S-Au-S staples.",
            {("Au30(SR)18", "motif", "S-Au-S-Au-S")},
        ),
        (
            "[Ag62(SR)32]2+ is a dimer of Ag31(SR)16.",
            {("[Ag62(SR)32]^2+", "structure", "dimer of Ag31(SR)16")},
        ),
        (
            "Au24Pd1(SR)18 was studied; its Pd atom is located at the centre of the core.",
            {("Au24Pd1(SR)18", "dopant position Pd", "centre")},
        ),
        (
            "Replacing the central Au atom in Au21(SR)15 by a single Ag atom gave Au20Ag(SR)15.",
            {("Au20Ag(SR)15", "dopant position Ag", "centre")},
        ),
        (
            "In Au18Cd2(SR)14, two surface Au atoms are replaced by Cd, and each Cd is "
            "coordinated by three thiolates.",
            {
                ("Au18Cd2(SR)14", "dopant position Cd", "surface"),
                ("Au18Cd2(SR)14", "dopant coordination Cd", "3 thiolates"),
            },
        ),
        (
            "Ag14(SR)12 and Ag16(SR)14 have D3d symmetry and Td symmetry, respectively.",
            {
                ("Ag14(SR)12", "symmetry", "D3d"),
                ("Ag16(SR)14", "symmetry", "Td"),
            },
        ),
        (
            "Cu29(SR)22 crystallizes in the space group P-1 and is racemic.",
            {("Cu29(SR)22", "symmetry", "P-1"), ("Cu29(SR)22", "chirality", "racemic")},
        ),
        (
            "An intrinsically chiral cluster of Ag30(SR)22 was resolved.",
            {("Ag30(SR)22", "chirality", "intrinsically chiral")},
        ),
        (
            "Cu20H11(SR)9 has eight μ3-H and one μ4-H.",
            {
                ("Cu20H11(SR)9", "coordination mode", "μ3-H"),
                ("Cu20H11(SR)9", "coordination mode", "μ4-H"),
            },
        ),
        (
            "The alkynyl ligands of Ag19(C≡CPh)14 bind as μ3-η1,η1,η2.",
            {("Ag19(C#CPh)14", "coordination mode", "μ3-η1,η1,η2")},
        ),
    ],
)
def test_structure_in_words(sentence: str, facts: set[tuple[str, str, str]]) -> None:
    assert facts <= told(sentence)


def test_isomers_are_told_of_all_of_them() -> None:
    (fact,) = facts_of("Two structural isomers, Au28-A and Au28-B, were found.")
    assert (fact.clusters, fact.property) == (("Au28-A", "Au28-B"), "isomerism")
    assert (fact.value, fact.category) == ("structural isomers", "structure")


def test_a_kernel_bears_no_values_of_its_own() -> None:
    text = "Ag44(SR)30 with its hollow icosahedral Ag12 kernel emits at 1350 nm (QY of 2%)."
    assert told(text) == {
        ("Ag44(SR)30", "kernel", "hollow icosahedral Ag12"),
        ("Ag44(SR)30", "emission maximum", "1350 nm"),
        ("Ag44(SR)30", "quantum yield", "2 %"),
    }


@pytest.mark.parametrize(
    "sentence",
    [
        "Au38(SR)24 has a linear dependence on the concentration.",
        "The ligands of Au38(SR)24 form a tetrahedron of phosphorus.",
        "A chiral ligand was bound to Au38(SR)24.",
        "Core-shell particles of Au38(SR)24 were seen.",
        "Alkynes bind to metals as μ2-η1,η2.",
    ],
)
def test_what_is_no_structure_of_a_cluster(sentence: str) -> None:
    assert not told(sentence)


def test_every_candidate_names_its_rules() -> None:
    (fact,) = facts_of("Ag25(SPhF)18 has an icosahedral Ag13 core.")
    assert fact.rule == "kernel in words; subject of the sentence"


def test_what_is_named_for_comparison_bears_nothing() -> None:
    text = (
        "Ag doping was achieved in Au19Ag4(SR)12 (Au19Ag4). The cluster has a distorted "
        "icosahedral Au9Ag4 core of D3 symmetry, in contrast to the Au13 kernel in the "
        "well-known Au25(SR)18."
    )
    assert told(text) == {
        ("Au19Ag4(SR)12", "kernel", "distorted icosahedral Au9Ag4"),
        ("Au19Ag4(SR)12", "symmetry", "D3"),
        ("Au25(SR)18", "kernel", "Au13"),
    }


def test_a_kernel_of_other_metals_is_not_of_the_cluster() -> None:
    text = "We studied Au25(SR)18. An icosahedral Ag13 core is smaller."
    assert not told(text)


@pytest.mark.parametrize(
    ("sentence", "fact"),
    [
        (
            "Au40(SR)24 has a core protected by 6 dimeric and 4 monomeric units.",
            ("Au40(SR)24", "motif", "4 monomeric"),
        ),
        (
            "Upon heating, Au38(PET)24 undergoes a size conversion to green Au30(StBu)18.",
            ("Au30(StBu)18", "precursor", "Au38(PET)24"),
        ),
        (
            "In Au38-xAgx(SR)24 the silver atoms are selectively incorporated into the core.",
            ("Au{38-x}Ag{x}(SR)24", "dopant position Ag", "kernel"),
        ),
        (
            "Replacing the central Au atom by Pd or Pt gives MAu24(SR)18 (M = Pd, Pt).",
            ("MAu24(SR)18", "dopant position Pt", "centre"),
        ),
    ],
)
def test_other_words_for_the_same(sentence: str, fact: tuple[str, str, str]) -> None:
    assert fact in told(sentence)
