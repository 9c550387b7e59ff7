"""Adsorbates: their geometry, the unique sites, and models without clashes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.build import molecule
from ase.cluster import Octahedron
from ase.data import covalent_radii, vdw_radii
from ase.io import read, write

from superatom.errors import SearchError
from superatom.model.adsorption.adsorb import adsorb, adsorb_at
from superatom.model.adsorption.adsorbates import adsorbate, adsorbate_names
from superatom.model.adsorption.adsorption_sites import KINDS, AdsorptionSite, adsorption_sites
from superatom.model.strip import strip
from superatom.structure.anatomy import dissect
from superatom.structure.skeleton_graph import bond_permutations


def test_all_adsorbates_of_the_reactions_are_there() -> None:
    wanted = ["H", "CO", "COOH", "OCHO", "OH", "O", "OOH", "N2", "NNH", "NO3", "NO2", "NO", "NH2"]
    assert set(wanted) <= set(adsorbate_names())


# angles: HO2 104.3 (Beers and Howard 1976), nitrate 120 by symmetry, planar sums 360
@pytest.mark.parametrize(
    ("name", "atoms", "degrees"),
    [("OOH", (0, 1, 2), 104.3), ("NO3", (0, 1, 2), 120.0), ("NO3", (2, 1, 3), 120.0),
     ("COOH", (1, 0, 2), 123.0), ("NO2", (1, 0, 2), 124.0), ("OCHO", (0, 1, 2), 125.0)],
)  # fmt: skip
def test_angles(name: str, atoms: tuple[int, int, int], degrees: float) -> None:
    molecule = adsorbate(name)
    model = Atoms(list(molecule.symbols), positions=molecule.positions)
    assert model.get_angle(*atoms) == pytest.approx(degrees, abs=0.1)


# bond lengths re: Huber and Herzberg 1979
@pytest.mark.parametrize(("name", "length"), [("CO", 1.128), ("N2", 1.098), ("NO", 1.151)])
def test_lengths(name: str, length: float) -> None:
    molecule = adsorbate(name)
    assert np.linalg.norm(molecule.positions[1]) == pytest.approx(length, abs=1e-9)


# names that ASE's G2 set has (MP2 geometries, independent of our table)
@pytest.mark.parametrize("name", ["CO", "OH", "N2", "NO", "NH2", "NO2", "NH", "NH3", "H2O", "O2"])
def test_geometries_against_ase(name: str) -> None:
    ours = adsorbate(name)
    model = Atoms(list(ours.symbols), positions=ours.positions)
    theirs = molecule(name)
    assert sorted(model.symbols) == sorted(theirs.symbols)
    for one, other in zip(
        np.sort(model.get_all_distances()[np.triu_indices(len(model), 1)]),
        np.sort(theirs.get_all_distances()[np.triu_indices(len(theirs), 1)]),
        strict=True,
    ):
        assert one == pytest.approx(other, abs=0.09)  # nitro of N-O 1.22 and nitrite included


@pytest.mark.parametrize("name", adsorbate_names())
def test_bonded_atoms_are_near_and_others_are_not(name: str) -> None:
    """Each atom has a neighbour within 1.25 of the covalent radii, and none closer than 0.75."""
    ours = adsorbate(name)
    model = Atoms(list(ours.symbols), positions=ours.positions)
    if len(model) == 1:
        return
    reach = covalent_radii[model.numbers][:, None] + covalent_radii[model.numbers]
    ratio = model.get_all_distances() / reach
    np.fill_diagonal(ratio, 9.0)
    assert (ratio.min(axis=0) < 1.25).all()
    assert ratio.min() > 0.75  # triple bonds: N2 0.77
    assert all(source for source in ours.sources)


def test_formate_is_planar_and_nh2_is_not() -> None:
    for name, flat in (("OCHO", True), ("NO3", True), ("COOH", True), ("NH2", False)):
        places = np.vstack([[0, 0, -2.0], adsorbate(name).positions])
        smallest = np.linalg.svd(places - places.mean(axis=0))[1][-1]
        assert (smallest < 1e-6) == flat, name


# an icosahedron under Th has 6 + 24 edges and 8 + 12 faces
def test_sites_of_the_kernel(gold25: Atoms) -> None:
    sites = adsorption_sites(dissect(gold25), ("top", "bridge", "hollow"))
    counts: dict[str, list[int]] = {}
    for site in sites:
        if "motif" not in site.place:
            counts.setdefault(site.kind, []).append(site.multiplicity)
    assert {kind: sorted(n) for kind, n in counts.items()} == {
        "top": [12], "bridge": [6, 24], "hollow": [8, 12],
    }  # fmt: skip


def test_number_of_sites_is_that_of_orbits(gold25: Atoms) -> None:
    """Burnside: the mean number of sites that an operation leaves in place."""
    metals = np.flatnonzero(gold25.symbols == "Au").tolist()
    operations = bond_permutations(gold25).elements
    for kind in ("top", "bridge", "hollow", "tetrahedral", "pair", "chelate"):
        sites = adsorption_sites(dissect(gold25), (kind,))
        members = {frozenset(atoms) for site in sites for atoms in site.equivalent}
        assert len(members) == sum(site.multiplicity for site in sites)
        fixed = sum(
            frozenset(metals[p[metals.index(k)]] for k in member) == member
            for p in operations
            for member in members
        )
        assert fixed == len(operations) * len(sites), kind


def test_sites_against_geometry(gold25: Atoms) -> None:
    """Equivalent hollows of the exact Th model lie equally far from all metals and all S."""
    found = adsorption_sites(dissect(gold25), ("hollow",))
    prints = set()
    for site in found:
        own = set()
        for atoms in site.equivalent:
            middle = gold25.positions[list(atoms)].mean(axis=0)
            gaps = np.linalg.norm(gold25.positions[:43] - middle, axis=1)
            own.add((*np.sort(np.round(gaps[:25], 2)), *np.sort(np.round(gaps[25:], 2))))
        assert len(own) == 1
        prints |= own
    assert len(prints) == len(found)


def clearance(model: Atoms, n_parent: int, held: tuple[int, ...]) -> float:
    """Least distance over the sum of van der Waals radii, atom by atom."""
    least = np.inf
    for k in range(n_parent, len(model)):
        for j in range(n_parent):
            if not (k == n_parent and j in held):
                reach = vdw_radii[model.numbers[k]] + vdw_radii[model.numbers[j]]
                least = min(least, model.get_distance(k, j) / reach)
    return float(least)


@pytest.mark.parametrize("name", ["H", "CO", "COOH", "NO3"])
def test_models_are_free_of_clashes(gold25: Atoms, name: str) -> None:
    molecule = adsorbate(name)
    wanted = Atoms(list(molecule.symbols), positions=molecule.positions).get_all_distances()
    models = list(adsorb(gold25, name, tilts=(0, 25)))
    assert models
    for model in models:
        new = model.atoms[len(gold25) :]
        assert np.array_equal(model.atoms.positions[: len(gold25)], gold25.positions)
        assert new.get_all_distances() == pytest.approx(wanted, abs=1e-6)
        # ASE's radii are Alvarez' for some elements and larger; ours are Bondi's
        assert clearance(model.atoms, len(gold25), model.held_by) > 0.70
        assert model.room >= 0.75


def test_hydrogen_sites_are_told_by_dissection(gold25: Atoms) -> None:
    models = list(adsorb(gold25, "H"))
    assert {m.site.kind for m in models} == {"top", "bridge", "hollow"}
    for model in models:
        bound = [b for b in dissect(model.atoms).ligands.ligands if len(gold25) in b.atoms]
        assert [b.ligand.name for b in bound] == ["H"]
        assert set(model.held_by) <= set(bound[0].metals)


def test_carbon_monoxide_stands_upright_and_leans(gold25: Atoms) -> None:
    top = next(s for s in adsorption_sites(dissect(gold25), ("top",)) if "motif" in s.place)
    for tilt in (0.0, 25.0, 50.0):
        model = adsorb_at(gold25, "CO", top, tilt=tilt)
        c, o = len(gold25), len(gold25) + 1
        metal = model.held_by[0]
        # Au-C of gold carbonyls 1.9-2.1 Å
        assert 1.9 < model.atoms.get_distance(metal, c) < 2.15
        assert 180 - model.atoms.get_angle(metal, c, o) == pytest.approx(tilt, abs=1e-4)


def test_bare_sulfur_takes_hydrogen(gold25: Atoms) -> None:
    assert not adsorption_sites(dissect(gold25), ("sulfur",))
    for opened in strip(gold25, "R"):
        (model,) = adsorb(opened.atoms, "H", ("sulfur",))
        assert model.site.multiplicity == 1
        # S-H of thiols 1.34 Å
        assert 1.3 < model.atoms.get_distance(model.held_by[0], len(opened.atoms)) < 1.4
        steps = model.atoms.info["construction"]["operations"]
        assert [step["operation"] for step in steps] == ["strip", "adsorb"]


def test_a_model_of_a_labelled_structure_can_be_read_back(gold25: Atoms, tmp_path: Path) -> None:
    gold25.set_array("labels", np.array([f"{s}{k}" for k, s in enumerate(gold25.symbols)]))
    model = next(adsorb(gold25, "CO", ("top",)))
    write(tmp_path / "model.xyz", model.atoms, format="extxyz")
    assert read(tmp_path / "model.xyz").get_chemical_formula() == "C19H54Au25OS18"
    assert "labels" in gold25.arrays


def test_a_probe_leaves_out_metals_in_pockets(gold25: Atoms) -> None:
    every = adsorption_sites(dissect(gold25), ("top",))
    touched = adsorption_sites(dissect(gold25), ("top",), probe="CO")
    assert [s.place for s in touched] == ["Au motif"]
    assert len(every) == 2


def test_interstitial_hydrogen_sits_in_tetrahedra(gold25: Atoms) -> None:
    models = list(adsorb(gold25, "H", ("interstitial",)))
    # 20 tetrahedra of the icosahedron: 8 + 12 under Th
    inner = [m for m in models if "centre" in m.site.place]
    assert sorted(m.site.multiplicity for m in inner) == [8, 12]
    for model in models:
        gaps = model.atoms.get_distances(len(gold25), list(model.held_by))
        assert len(gaps) == 4
        assert gaps.max() < 2.25  # no Au-H bond is longer


def test_interstitial_hydrogen_sits_in_octahedra() -> None:
    """Truncated octahedron of 38 metals around an octahedron of 6."""
    copper = Octahedron("Cu", 4, 1)
    models = list(adsorb(copper, "H", ("octahedral",)))
    # one in the middle of the octahedron inside, one over each of its 12 edges
    assert sum(m.site.multiplicity for m in models) == 1 + 12
    for model in models:
        gaps = model.atoms.get_distances(len(copper), list(model.held_by))
        assert len(gaps) == 6
        assert np.ptp(gaps) < 1e-6
        assert gaps.mean() == pytest.approx(3.61 / 2, abs=1e-3)  # half the lattice constant


@pytest.mark.parametrize("name", ["OCHO", "NO3", "COOH", "ONO", "CO2"])
@pytest.mark.parametrize("tilt", [0.0, 20.0])
def test_two_binding_atoms_hold_a_pair(gold25: Atoms, name: str, tilt: float) -> None:
    """Both are at a bond's length from their metal, and the molecule keeps its shape."""
    opened = next(strip(gold25, "motif")).atoms
    ours = adsorbate(name)
    wanted = Atoms(list(ours.symbols), positions=ours.positions).get_all_distances()
    sites = adsorption_sites(dissect(opened), ("pair",))
    bonded = [s for s in sites if opened.get_distance(*s.atoms) < 3.2]
    assert bonded
    for site in bonded[:3]:
        model = adsorb_at(opened, name, site, tilt=tilt)
        new = model.atoms[len(opened) :]
        assert new.get_all_distances() == pytest.approx(wanted, abs=1e-6)
        first, second = len(opened), len(opened) + ours.second
        a, b = model.held_by
        gaps = [(model.atoms.get_distance(first, m), model.atoms.get_distance(second, n))
                for m, n in ((a, b), (b, a))]  # fmt: skip
        near = min(gaps, key=sum)
        for symbol, gap in zip((ours.symbols[0], ours.symbols[ours.second]), near, strict=True):
            # sum of covalent radii (Cordero 2008): Au 1.36, O 0.66, C 0.76
            assert gap == pytest.approx(1.36 + {"O": 0.66, "C": 0.76}[symbol], abs=0.08)


@pytest.mark.parametrize("name", ["OCHO", "NO3"])
def test_two_binding_atoms_share_a_metal(gold25: Atoms, name: str) -> None:
    site = adsorption_sites(dissect(gold25), ("chelate",))[-1]
    model = adsorb_at(gold25, name, site)
    (metal,) = model.held_by
    ours = adsorbate(name)
    for atom in (0, ours.second):
        gap = model.atoms.get_distance(metal, len(gold25) + atom)
        assert gap == pytest.approx(1.36 + 0.66, abs=0.02)


def test_bidentate_formate_is_read_as_bridging(gold25: Atoms) -> None:
    opened = next(strip(gold25, "motif")).atoms
    models = [m for m in adsorb(opened, "OCHO", ("pair",)) if "motif" not in m.site.place]
    assert models
    for model in models:
        bound = [b for b in dissect(model.atoms).ligands.ligands if len(opened) in b.atoms]
        assert set(model.held_by) <= set(bound[0].metals)


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("CO", ("pair",)),
        ("OH", ("chelate",)),
        ("XYZ", ("top",)),
        ("H", ("edge",)),
        ("CO", ("interstitial",)),
    ],
)
def test_bad_requests(gold25: Atoms, name: str, kinds: tuple[str, ...]) -> None:
    with pytest.raises(SearchError):
        adsorb(gold25, name, kinds)


# file: relaxed [Au25(SCH3)18]-, NC_Database
def test_relaxed_au25(shared: Path) -> None:
    folder = shared / "data" / "structures" / "NC_Database" / "sch3_protected"
    atoms = read(folder / "025_18_minus1_cp2k_opt.xyz")
    sites = adsorption_sites(dissect(atoms), KINDS[:3])
    found: dict[str, list[int]] = {}
    for site in sites:
        assert isinstance(site, AdsorptionSite)
        found.setdefault(site.kind, []).append(site.multiplicity)
    assert sorted(found["top"]) == [12, 12]
    assert sorted(n for s in sites if s.kind == "hollow" and "motif" not in s.place
                  for n in [s.multiplicity]) == [8, 12]  # fmt: skip
    models = list(adsorb(atoms, "H"))
    assert len(models) == len(sites)  # every unique site has room for H
