"""Models built from a name, taken apart again and laid over relaxed structures."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import networkx as nx
import numpy as np
import pytest
from ase import Atoms
from ase.data import vdw_radii

from superatom.errors import FormulaError, SearchError, UnknownComposition
from superatom.model.assemble import build_model
from superatom.model.families.archetypes import Archetype, archetypes
from superatom.structure.anatomy import dissect
from superatom.structure.compare import compare
from superatom.structure.read import read_structure


@cache
def model(formula: str) -> Atoms:
    return build_model(formula)


#: Kernel and motifs in the geometric convention: crystal structures of the families (Heaven
#: 2008, Qian 2010, Tian 2015, Zeng 2012, 2013, 2014, Das 2012, Jadzinsky 2007, Dass 2015,
#: Joshi 2015), Au24 as predicted by Pei 2012; the file whose skeleton is compared.
KNOWN = {
    "Au18(SCH3)14": (
        "Au9",
        "3 Au1(SR)2; 1 Au2(SR)3; 1 Au4(SR)5",
        "fully_protected/au18_schex14_opt.xyz",
    ),
    "Au20(SCH3)16": (
        "Au7",
        "2 Au1(SR)2; 1 Au3(SR)4; 1 ring-Au8(SR)8",
        "fully_protected/au20_tbbt16_opt.xyz",
    ),
    "[Au19Cd2(SCH3)16]-": (
        "Au11",
        "2 Au1(SR)2; 2 Au3Cd1(SR)6",
        "other/Au19Cd2_full_ligands.xyz",
    ),
    "Au24(SCH3)20": ("Au8", "4 Au4(SR)5", "sch3_protected/024_20_cp2k_opt.xyz"),
    "[Au25(SCH3)18]-": ("Au13", "6 Au2(SR)3", "fully_protected/au25_pet18_-1_opt.xyz"),
    "[Ag25(SCH3)18]-": ("Ag13", "6 Ag2(SR)3", "other/Ag25_final.xyz"),
    "PtAu24(SCH3)18": ("Au12Pt1", "6 Au2(SR)3", "other/Au24Pt.xyz"),
    "PdAu24(SCH3)18": ("Au12Pd1", "6 Au2(SR)3", "other/Au24Pd.xyz"),
    "HgAu24(SCH3)18": ("Au13", "1 Au1Hg1(SR)3; 5 Au2(SR)3", "other/HgAu24.xyz"),
    "Au28(SCH3)20": ("Au14", "4 Au2(SR)3; 2 Au3(SR)4", "fully_protected/au28_tbbt20_opt.xyz"),
    "Au36(SCH3)24": ("Au20", "8 Au2(SR)3", "fully_protected/au36_tbbt24_opt.xyz"),
    "Au38(SCH3)24-Q": ("Au23", "3 Au1(SR)2; 6 Au2(SR)3", "fully_protected/au38_pet24q_opt.xyz"),
    "Au38(SCH3)24-T": (
        "Au23",
        "3 Au1(SR)2; 3 Au2(SR)3; 2 Au3(SR)4; 1 bridging-SR",
        "sch3_protected/038_24t_cp2k_opt.xyz",
    ),
    "Au102(SCH3)44": ("Au79", "19 Au1(SR)2; 2 Au2(SR)3", "sch3_protected/102_44_cp2k_opt.xyz"),
    "Au133(SCH3)52": ("Au107", "26 Au1(SR)2", "fully_protected/au133_tbbt52_opt.xyz"),
}


@pytest.mark.parametrize("formula", KNOWN)
def test_a_model_has_the_kernel_and_motifs_of_the_cluster(formula: str) -> None:
    anatomy = dissect(model(formula))
    assert (anatomy.kernel, anatomy.motifs) == KNOWN[formula][:2]


@pytest.mark.parametrize("formula", KNOWN)
def test_the_skeleton_is_that_of_the_relaxed_cluster(formula: str, shared: Path) -> None:
    file = shared / "data" / "structures" / "NC_Database" / KNOWN[formula][2]
    found = compare(model(formula), read_structure(file).atoms)
    assert found.rmsd_skeleton is not None
    assert found.rmsd_skeleton < 0.35


@pytest.mark.parametrize(
    ("formula", "file"),
    [
        ("Au102(SCH3)44", "fully_protected/au102_mba44_opt.xyz"),
        ("[Au25(SCH3)18]-", "fully_protected/au25_pet18_opt.xyz"),
    ],
)
def test_the_skeleton_is_that_of_a_relative_too(formula: str, file: str, shared: Path) -> None:
    other = read_structure(shared / "data" / "structures" / "NC_Database" / file).atoms
    found = compare(model(formula), other)
    assert found.rmsd_skeleton is not None
    assert found.rmsd_skeleton < 0.35


@pytest.mark.parametrize(
    "archetype",
    [a for a in archetypes() if set(a.ligands) == {"SR"} and not a.homes],
    ids=lambda a: a.name,
)
def test_an_archetype_dissects_to_its_own_description(archetype: Archetype) -> None:
    label = f"-{archetype.isomer}" if archetype.isomer else ""
    metal, n, m = archetype.metal, archetype.n_metals, archetype.n_thiolates
    atoms = model(f"{metal}{n}(SCH3){m}{label}")
    assert atoms.info["construction"]["archetype"] == archetype.name
    anatomy = dissect(atoms)
    assert anatomy.motifs == archetype.motifs
    assert len(anatomy.geometric.kernel) == archetype.kernel
    if archetype.kernel:
        assert anatomy.kernel == f"{metal}{archetype.kernel}"
        assert str(anatomy.kernel_shape()).startswith(archetype.kernel_shape)
    feet = [motif.kernel_contacts for motif in anatomy.geometric.motifs if motif.metals]
    assert sorted(feet) == written_feet(archetype)


def written_feet(archetype: Archetype) -> list[tuple[int, ...]]:
    """Kernel metals under every motif: what chains with a motif metal in common stand on."""
    graph = nx.Graph()
    for chain in archetype.chains:
        inside = [metal for metal in chain.metals if metal >= archetype.kernel]
        graph.add_nodes_from(inside)
        nx.add_path(graph, inside)
    return sorted(
        tuple(
            sorted(
                {k for c in archetype.chains if motif & {*c.metals} for k in c.metals}
                - set(range(archetype.kernel, archetype.n_metals))
            )
        )
        for motif in nx.connected_components(graph)
    )


@pytest.mark.parametrize("formula", KNOWN)
def test_tails_are_whole_and_apart(formula: str) -> None:
    atoms = model(formula)
    thiolates = int((atoms.numbers == 16).sum())
    assert (int((atoms.numbers == 6).sum()), int((atoms.numbers == 1).sum())) == (
        thiolates,
        3 * thiolates,
    )
    apart = atoms.get_all_distances()
    carbons, hydrogens = (np.flatnonzero(atoms.numbers == z) for z in (6, 1))
    bound = apart[np.ix_(hydrogens, carbons)] < 1.3
    assert (bound.sum(axis=1) == 1).all()
    assert (bound.sum(axis=0) == 3).all()


@pytest.mark.parametrize("formula", KNOWN)
def test_nothing_touches_that_is_not_bonded(formula: str) -> None:
    """No contact of a tail under 0.75 of the van der Waals sum (Alvarez 2013), bar its own S-M."""
    atoms = model(formula)
    n = int((~np.isin(atoms.numbers, (1, 6, 16))).sum())
    m = int((atoms.numbers == 16).sum())
    owner = np.r_[np.full(n, -1), np.arange(m), np.repeat(np.arange(m), 4)]
    tail = np.arange(len(atoms)) >= n + m
    apart = atoms.get_all_distances()
    ratio = apart / (vdw_radii[atoms.numbers][:, None] + vdw_radii[atoms.numbers])
    ratio[~(tail[:, None] | tail) | (owner[:, None] == owner)] = np.inf
    bonded = (apart[:, n : n + m] < 2.8) & (owner[:, None] == -1)
    for metal, sulfur in np.argwhere(bonded):
        mine = owner == sulfur
        ratio[metal, mine] = ratio[mine, metal] = np.inf
    assert ratio.min() > 0.75


def test_the_same_seed_gives_the_same_model() -> None:
    again = build_model("[Au25(SCH3)18]-")
    assert np.array_equal(again.positions, model("[Au25(SCH3)18]-").positions)


def test_the_construction_tells_how_to_build_the_model_again() -> None:
    atoms = build_model("HgAu24(SH)18", seed=3, sites={16: "Hg"})
    made = atoms.info["construction"]
    assert (made["archetype"], made["seed"]) == ("Au25", 3)
    step = made["operations"][0]
    assert step["operation"] == "build"
    sites = {int(site): metal for site, metal in step["sites"].items()}
    assert sites == {16: "Hg"}
    again = build_model(step["formula"], made["archetype"], seed=made["seed"], sites=sites)
    assert np.array_equal(again.positions, atoms.positions)
    assert np.array_equal(again.numbers, atoms.numbers)


def test_sulfhydryl_models_have_one_hydrogen_per_sulfur() -> None:
    atoms = build_model("[Au25(SH)18]-")
    assert atoms.get_chemical_formula("metal") == "Au25H18S18"
    apart = atoms.get_all_distances()[np.ix_(atoms.numbers == 1, atoms.numbers == 16)]
    assert apart.min(axis=1) == pytest.approx(1.34, abs=0.05)


def test_hydrogens_are_those_of_the_formula() -> None:
    assert dissect(model("[Au25(SCH3)18]-")).formula.text() == "Au25(SMe)18"
    assert model("[Au25(SCH3)18]-").info["charge"] == -1


@pytest.mark.parametrize(
    ("formula", "error", "says"),
    [
        ("Au26(SCH3)18", SearchError, r"nearest: (Au|Ag)25(.|\n)*kernel_shape"),
        ("Au38(SCH3)24", SearchError, "Au38Q.*Au38T"),
        ("Au25(SR)18", UnknownComposition, "SR"),
        ("RhAu24(SCH3)18", SearchError, "Rh"),
        ("Pt2Au23(SCH3)18", SearchError, "1 free sites"),
        ("Au23.4Ag1.6(SCH3)18", SearchError, r"23\.4 Au on average"),
        ("Au25(PETT)18", FormulaError, "PETT"),
    ],
)
def test_what_cannot_be_built_says_why(formula: str, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        build_model(formula)


@pytest.mark.parametrize(
    ("sites", "says"), [({26: "Pt"}, "1 to 25"), ({1: "Pt", 2: "Pt"}, "1 more Pt")]
)
def test_a_dopant_needs_a_site_that_exists(sites: dict[int, str], says: str) -> None:
    with pytest.raises(SearchError, match=says):
        build_model("PtAu24(SCH3)18", sites=sites)


def test_an_archetype_must_fit_the_formula() -> None:
    with pytest.raises(SearchError, match="Au36"):
        build_model("[Au25(SCH3)18]-", "Au36")
    with pytest.raises(SearchError, match=r"there are .*Au18"):
        build_model("[Au25(SCH3)18]-", "Au999")
