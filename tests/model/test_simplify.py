"""Ligands made smaller: what stays stays exactly, what is new is a sound molecule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.build import molecule
from ase.io import read

from superatom.errors import SearchError
from superatom.model.restore import restore
from superatom.model.simplify import simplify, simplify_told
from superatom.structure.anatomy import dissect
from superatom.structure.bonds import BondKind, bonds


def skeleton(atoms: Atoms) -> np.ndarray:
    found = bonds(atoms)
    metal = np.isin(atoms.symbols, ["Au", "Ag", "Pt"])
    chosen = metal.copy()
    chosen[found.of(BondKind.METAL_LIGAND).ravel()] = True
    return atoms.positions[chosen]


def with_phenyls(atoms: Atoms) -> Atoms:
    """Return Au-SCH3 with each methyl replaced by a phenyl ring along the S-C bond."""
    benzene = molecule("C6H6")
    carbons = np.flatnonzero(atoms.numbers == 6)
    keep = np.flatnonzero(~np.isin(atoms.numbers, (1, 6)))
    grown = atoms[keep]
    for c in carbons:
        s = min(keep, key=lambda k: np.linalg.norm(atoms.positions[k] - atoms.positions[c]))
        axis = atoms.positions[c] - atoms.positions[s]
        ring = benzene.copy()
        first = int(np.argmax(ring.positions[:, 1] * (ring.numbers == 6)))
        ring.rotate(-ring.positions[first], axis)
        ring.translate(atoms.positions[c] - ring.positions[first])
        gap = np.linalg.norm(ring.positions - atoms.positions[s], axis=1)
        lost = min(np.flatnonzero(ring.numbers == 1), key=lambda k: gap[k])
        del ring[int(lost)]
        grown += ring
    return grown


@pytest.fixture
def phenyl_ring() -> Atoms:
    """A ring Au4(SPh)4: S at the corners, phenyls pointing out."""
    angles = np.pi * np.arange(4) / 2
    corners = 2.33 * 2**0.5 * np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    metals = 0.5 * (corners + np.roll(corners, -1, axis=0))
    carbons = corners * (1 + 1.78 / np.linalg.norm(corners[0]))
    return with_phenyls(Atoms("Au4S4C4", positions=np.concatenate([metals, corners, carbons])))


def test_phenyls_become_methyls(phenyl_ring: Atoms) -> None:
    assert dict(dissect(phenyl_ring).ligands.counts.items()) != {}
    small = simplify_told(phenyl_ring)
    assert small.atoms.get_chemical_formula() == "C4H12Au4S4"
    assert np.array_equal(
        small.atoms.positions[: len(small.kept)], phenyl_ring[small.kept].positions
    )
    assert {(b.ligand.name, b.matched_by) for b in dissect(small.atoms).ligands.ligands} == {
        ("SMe", "graph")
    }
    assert [n for _, n in small.changes] == [4]


def test_new_methyls_are_tetrahedral(phenyl_ring: Atoms) -> None:
    small = simplify(phenyl_ring)
    for pair in bonds(small).of(BondKind.COVALENT):
        if set(small.symbols[pair]) == {"C", "H"}:
            assert small.get_distance(*pair) == pytest.approx(1.09, abs=0.03)
    carbon = int(np.flatnonzero(small.numbers == 6)[0])
    near = [k for k in range(len(small)) if 0 < small.get_distance(carbon, k) < 2.0]
    angles = [small.get_angle(a, carbon, b) for a in near for b in near if a < b]
    assert angles == pytest.approx([109.47] * 6, abs=0.1)


def test_thiolates_to_sh(gold25: Atoms) -> None:
    small = simplify(gold25, thiolate="H")
    assert small.get_chemical_formula() == "H18Au25S18"
    assert np.array_equal(small.positions[:43], gold25.positions[:43])
    lengths = bonds(small).lengths_of(BondKind.COVALENT)
    assert lengths == pytest.approx(np.full(18, 1.36), abs=0.03)  # H2S 1.336 Å


def test_methanethiolates_stay_as_they_are(gold25: Atoms) -> None:
    small = simplify_told(gold25)
    assert small.changes == ()
    assert small.unchanged == (("SMe", 18),)
    assert np.array_equal(np.sort(small.atoms.positions, axis=0), np.sort(gold25.positions, axis=0))


def test_phosphines_and_chlorides(phosphine13: Atoms) -> None:
    """PH3 and Cl are as small as they get."""
    assert simplify(phosphine13).get_chemical_formula() == phosphine13.get_chemical_formula()


def test_diphosphine_keeps_its_bridge() -> None:
    """Au2(dmpm): the methylene stays, four methyls become hydrogens."""
    gold = Atoms("Au2", positions=[[-1.45, 0, 0], [1.45, 0, 0]])
    gold += Atoms("P2C", positions=[[-1.55, 0, 2.28], [1.55, 0, 2.28], [0, 0, 3.25]])
    for x in (-1, 1):
        for y in (-1, 1):
            out = np.array([x * 0.75, y * 1.5, 0.75])
            here = np.array([x * 1.55, 0, 2.28]) + out
            gold += Atoms("C", positions=[here])
            axis = out / np.linalg.norm(out)
            side = np.cross(axis, [0, 0, 1.0])
            side /= np.linalg.norm(side)
            other = np.cross(axis, side)
            for t in (0.0, 2.0944, 4.1888):
                step = 0.333 * axis + 0.943 * (np.cos(t) * side + np.sin(t) * other)
                gold += Atoms("H", positions=[here + 1.09 * step])
    gold += Atoms("H2", positions=[[0, 0.9, 3.85], [0, -0.9, 3.85]])
    small = simplify(gold)
    assert small.get_chemical_formula() == "CH6Au2P2"
    assert np.array_equal(small.positions[:5], gold.positions[:5])


def shaken(atoms: Atoms, size: float) -> Atoms:
    moved = atoms.copy()
    moved.positions += np.random.default_rng(1).normal(0, size, moved.positions.shape)
    return moved


def test_full_ligands_come_back(phenyl_ring: Atoms) -> None:
    back = restore(simplify(phenyl_ring), phenyl_ring)
    assert np.array_equal(back.numbers, phenyl_ring.numbers)
    assert back.positions == pytest.approx(phenyl_ring.positions, abs=1e-9)


def test_they_turn_with_the_core(phenyl_ring: Atoms) -> None:
    small = simplify(phenyl_ring)
    small.rotate(73, (1, 2, 3))
    small.translate((1, -2, 4))
    back = restore(small, phenyl_ring)
    assert back.get_all_distances() == pytest.approx(phenyl_ring.get_all_distances(), abs=1e-8)


def test_they_follow_a_relaxed_core(phenyl_ring: Atoms) -> None:
    small = shaken(simplify(phenyl_ring), 0.05)
    back = restore(small, phenyl_ring)
    assert np.array_equal(back.positions[:8], small.positions[:8])  # 4 Au, 4 S
    assert len(bonds(back).of(BondKind.COVALENT)) == len(bonds(phenyl_ring).of(BondKind.COVALENT))
    steps = back.info["construction"]["operations"]
    assert [step["operation"] for step in steps] == ["simplify", "restore"]


def test_only_its_own_ligands_come_back(phenyl_ring: Atoms, gold25: Atoms) -> None:
    small = simplify(phenyl_ring)
    with pytest.raises(SearchError, match="another structure"):
        restore(small, gold25)
    with pytest.raises(SearchError, match="does not say"):
        restore(gold25, phenyl_ring)
    with pytest.raises(SearchError, match="order"):
        restore(small[::-1], phenyl_ring)


def test_bad_choice(gold25: Atoms) -> None:
    with pytest.raises(SearchError, match="thiolate cannot end in 'Ph'"):
        simplify(gold25, thiolate="Ph")


@pytest.mark.parametrize(
    ("name", "formula"),
    [
        ("au25_pet18_-1_opt.xyz", "C18H54Au25S18"),
        ("au102_mba44_opt.xyz", "C44H132Au102S44"),
        ("au28_tbbt20_opt.xyz", "C20H60Au28S20"),
        ("au18_schex14_opt.xyz", "C14H42Au18S14"),
    ],
)
def test_real_shells(shared: Path, name: str, formula: str) -> None:
    folder = shared / "data" / "structures" / "NC_Database" / "fully_protected"
    parent = read(folder / name)
    small = simplify(parent)
    assert small.get_chemical_formula() == formula
    assert np.array_equal(skeleton(small), skeleton(parent))
    assert dissect(small).motifs == dissect(parent).motifs
    assert {b.matched_by for b in dissect(small).ligands.ligands} == {"graph"}


def test_round_trip_of_a_real_shell(shared: Path) -> None:
    folder = shared / "data" / "structures" / "NC_Database" / "fully_protected"
    parent = read(folder / "au25_pet18_-1_opt.xyz")
    small = simplify(parent)
    back = restore(small, parent)
    assert np.array_equal(skeleton(back), skeleton(parent))
    assert back.positions == pytest.approx(parent.positions, abs=1e-9)
    relaxed = shaken(small, 0.05)
    again = restore(relaxed, parent)
    assert np.array_equal(skeleton(again), skeleton(relaxed))
    names = {(b.ligand.name, b.matched_by) for b in dissect(again).ligands.ligands}
    assert names == {("PET", "graph")}
