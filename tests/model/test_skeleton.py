"""Springs of donors: lengths of bonds, the way out, ligands that lean, room between donors."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ase.data import atomic_numbers, covalent_radii

from superatom.errors import SearchError
from superatom.model.families.archetypes import Archetype, archetypes, read_archetype
from superatom.model.families.donor_lengths import bond_length, donor
from superatom.model.families.embedding import embed
from superatom.model.families.skeleton import skeleton_model
from superatom.model.families.ways_out import lean, metal_places, straight_out


def family(name: str) -> Archetype:
    return next(a for a in archetypes() if a.name == name)


# typical bonds in crystal structures: Au-P 2.27-2.32 (Au9, Au11), Au-Cl 2.35-2.40, Ag-P 2.40-2.45,
# Cu-P 2.22-2.27, Au-C of alkynyls 1.98-2.05, Cu-H of bridging hydrides 1.6-1.8 Å
@pytest.mark.parametrize(
    ("metal", "element", "n_metals", "low", "high"),
    [
        ("Au", "P", 1, 2.26, 2.33),
        ("Au", "Cl", 1, 2.28, 2.40),
        ("Ag", "P", 1, 2.36, 2.46),
        ("Cu", "P", 1, 2.20, 2.28),
        ("Au", "C", 1, 1.96, 2.06),
        ("Cu", "H", 3, 1.60, 1.82),
    ],
)
def test_bonds_have_usual_lengths(
    metal: str, element: str, n_metals: int, low: float, high: float
) -> None:
    assert low < bond_length(metal, element, in_kernel=True, n_metals=n_metals) < high


def test_a_pair_without_a_range_has_the_sum_of_its_radii() -> None:
    radii = covalent_radii[[atomic_numbers["Cd"], atomic_numbers["P"]]].sum()
    assert bond_length("Cd", "P", in_kernel=True) == pytest.approx(radii)


def test_an_element_that_binds_no_metal_is_an_error() -> None:
    with pytest.raises(SearchError, match="Ne is no donor"):
        donor("Ne")


def test_a_donor_points_straight_out() -> None:
    """Over the top of a square pyramid, the middle of an edge, and of a face."""
    base = np.array([[1.0, 1, 0], [1, -1, 0], [-1, 1, 0], [-1, -1, 0]]) * 1.4
    top = np.array([[0.0, 0.0, 2.0]])
    assert straight_out(top, base, 2.3)[:2] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert straight_out(top, base, 2.3)[2] == pytest.approx(4.3)
    edge = straight_out(base[:2], np.vstack([base[2:], top]), 2.3)
    assert edge[1] == pytest.approx(0.0, abs=1e-9)
    assert edge[0] > 1.4
    assert np.linalg.norm(edge - base[0]) == pytest.approx(2.3)
    face = straight_out(base[:3], top, 2.3)
    assert face[2] < 0.0


def test_donors_of_a_ligand_lean_together_but_keep_their_bonds() -> None:
    feet = np.array([[0.0, 0.0, 0.0], [2.9, 0.0, 0.0]])
    upright = feet + np.array([[-1.0, 0.0, 2.0], [1.0, 0.0, 2.0]])
    leaning = lean(upright, feet, 3.1, 3.1)
    assert np.linalg.norm(leaning[0] - leaning[1]) == pytest.approx(3.1, abs=0.05)
    assert np.linalg.norm(leaning - feet, axis=1) == pytest.approx([5**0.5, 5**0.5])
    assert lean(upright, feet, 0.0, np.inf) == pytest.approx(upright)
    assert lean(upright, feet, 0.0, np.full((2, 2), 9.0)) == pytest.approx(upright)


def test_places_without_shells_come_from_contacts() -> None:
    """A tetrahedron with two edges bridged: D2d, bridges at right angles."""
    places = metal_places(family("Au6-PP4"))
    assert sorted(places) == list(range(6))
    core = np.array([places[k] for k in range(6)])
    apart = np.linalg.norm(core[:, None] - core[None], axis=2)
    assert apart[np.triu_indices(4, 1)] == pytest.approx(2.85, abs=0.05)
    axis = core[5] - core[4]
    assert core[:4].mean(axis=0) == pytest.approx(core[4] + axis / 2, abs=0.1)
    assert abs((core[1] - core[0]) @ (core[3] - core[2])) < 0.3


@pytest.mark.parametrize("bite", [2.9, 3.3])
def test_a_bite_is_kept(bite: float) -> None:
    """Two P over neighbours of an icosahedron would be 5.3 Å apart straight out."""
    six = family("Au13-PP6")
    model = skeleton_model(six, ["Au"] * 13, bites=dict.fromkeys(range(6), bite))
    points, energy = embed(model, seed=0)
    assert energy / model.n_points < 0.025
    first, second = points[13::2], points[14::2]
    assert np.linalg.norm(first - second, axis=1) == pytest.approx(bite, abs=0.15)
    free, _ = embed(skeleton_model(six, ["Au"] * 13), seed=0)
    assert np.linalg.norm(free[13::2] - free[14::2], axis=1).min() > 5.0


def test_a_larger_metal_swells_the_shells() -> None:
    """Cd in the middle of an icosahedron: radii 1.49 for 1.44 Å."""
    thirteen = family("Au13")
    gold = skeleton_model(thirteen, ["Au"] * 13)
    doped = skeleton_model(thirteen, ["Cd"] + ["Au"] * 12)
    pairs = {tuple(pair): k for k, pair in enumerate(gold.pairs.tolist())}
    k = pairs[0, 1]
    assert doped.lengths[k] / gold.lengths[k] == pytest.approx((1.49 / 1.44 + 1.0) / 2.0)


FAN = """
name = "fan"
formula = "M5(SR)3(PR3)"
kernel = 4
kernel_shape = "tetrahedron"
ligands = '''
SR: 1 5, 2 5, 3 5
PR3: 4
'''
distances = '''
2.8: 1-2 1-3 1-4 2-3 2-4 3-4
'''
source = "invented"
"""


def test_three_donors_around_a_motif_metal_are_planar(tmp_path: Path) -> None:
    path = tmp_path / "fan.toml"
    path.write_text(FAN, encoding="utf-8")
    points, _ = embed(skeleton_model(read_archetype(path), ["Au"] * 5), seed=0)
    units = points[5:8] - points[4]
    units /= np.linalg.norm(units, axis=1)[:, None]
    angles = np.degrees(np.arccos(np.clip(units @ units.T, -1, 1)))[np.triu_indices(3, 1)]
    assert angles == pytest.approx(120.0, abs=12.0)
    ways = points[3] - points[:3]
    phosphorus = points[8] - points[3]
    assert np.linalg.norm(phosphorus) == pytest.approx(2.29, abs=0.1)
    cosine = ways @ phosphorus / np.linalg.norm(ways, axis=1) / np.linalg.norm(phosphorus)
    assert (cosine > 0.7).all()
