"""Bonds by element pair and gap test."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from ase import Atoms
from ase.build import molecule
from ase.io import read
from hypothesis import given
from hypothesis import strategies as st

from superatom.errors import StructureError
from superatom.structure.bonds import BondKind, bonds, is_ion, is_metal, is_nonmetal


def _line(symbols: list[str], gaps: list[float]) -> Atoms:
    return Atoms(symbols, positions=[(x, 0.0, 0.0) for x in np.cumsum([0.0, *gaps])])


def _far_pairs(first: str, second: str, lengths: list[float]) -> Atoms:
    """Return isolated pairs of two elements, 50 Å from each other."""
    atoms = Atoms()
    for k, length in enumerate(lengths):
        atoms += Atoms([first, second], positions=[(0, 50.0 * k, 0), (length, 50.0 * k, 0)])
    return atoms


@pytest.mark.parametrize(
    ("name", "n_bonds"),
    [("C6H6", 12), ("CH3SH", 5), ("PH3", 3), ("CH3CH2OH", 8), ("SiH4", 4), ("C2H6", 7)],
)
def test_covalent_bonds_of_molecules(name: str, n_bonds: int) -> None:
    found = bonds(molecule(name))
    assert len(found) == n_bonds
    assert set(found.kinds) == {BondKind.COVALENT}


def test_kinds_of_a_staple() -> None:
    # kernel Au, S, motif Au, S in a row: Au-S 2.38 and 2.30 (Heaven 2008, 10.1021/ja077122c)
    found = bonds(_line(["Au", "S", "Au", "S"], [2.38, 2.30, 2.31]))
    assert found.of(BondKind.METAL_LIGAND).tolist() == [[0, 1], [1, 2], [2, 3]]
    assert len(found.of(BondKind.METAL_METAL)) == 0


def test_gap_moves_the_cut() -> None:
    # 2.80 belongs to the long contacts here: the gap lies between 2.52 and 2.80
    apart = bonds(_far_pairs("Ag", "S", [2.41, 2.45, 2.52, 2.80, 2.86, 2.91, 3.05]))
    assert len(apart) == 3
    assert apart.ambiguous == ()


def test_ambiguous_contacts_have_both_readings() -> None:
    crowded = bonds(_far_pairs("Ag", "S", [2.41, 2.55, 2.66, 2.72, 2.78, 2.86, 2.95, 3.05]))
    assert {(round(c.length, 2), c.read_as_bond) for c in crowded.ambiguous} == {
        (2.66, True),
        (2.72, True),
        (2.78, False),
    }
    assert len(crowded) == 4
    other = crowded.read_otherwise()
    assert len(other) == 3  # 2.41, 2.55 and 2.78
    assert other.read_otherwise().pairs.tolist() == crowded.pairs.tolist()
    assert "read as bond, or no bond" in str(crowded.ambiguous[0])


def test_hydride_and_ligand_hydrogen() -> None:
    hydride = bonds(_line(["Cu", "H"], [1.65]))
    assert hydride.kinds.tolist() == [BondKind.METAL_HYDROGEN]
    agostic = bonds(_line(["Cu", "H", "C"], [1.75, 1.09]))
    assert agostic.of(BondKind.METAL_HYDROGEN).shape == (0, 2)


def test_roles_do_not_overlap() -> None:
    numbers = np.arange(1, 100)
    roles = np.stack([is_metal(numbers), is_nonmetal(numbers), is_ion(numbers)])
    assert (roles.sum(axis=0) == 1).all()
    assert is_metal(np.array([79, 47, 29, 48, 80, 78])).all()


@pytest.mark.parametrize(
    ("atoms", "problem"),
    [
        (Atoms(), "no atoms"),
        (Atoms("Au2", positions=[(0, 0, 0), (0, 0, np.nan)]), "not a number"),
        (Atoms("Au2", positions=[(0, 0, 0), (0, 0, 0.3)]), "on top of each other"),
        (Atoms("PtAu", positions=[(0, 0, 0), (0, 0, 1.62)]), "on top of each other"),
        (Atoms("XAu", positions=[(0, 0, 0), (0, 0, 3.0)]), "no element"),
    ],
)
def test_bad_structures_are_refused(atoms: Atoms, problem: str) -> None:
    with pytest.raises(StructureError, match=problem):
        bonds(atoms)


@given(
    lengths=st.lists(st.floats(2.2, 3.3), min_size=1, max_size=14),
    seed=st.integers(0, 2**16),
)
def test_bonds_do_not_depend_on_order_or_place(lengths: list[float], seed: int) -> None:
    atoms = _far_pairs("Ag", "S", lengths)
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(atoms))
    moved = atoms[order]
    moved.rotate(float(rng.uniform(0, 360)), rng.normal(size=3))
    first, second = bonds(atoms), bonds(moved)
    assert sorted(first.lengths) == pytest.approx(sorted(second.lengths))
    back = np.sort(order[second.pairs], axis=1)
    assert sorted(map(tuple, back.tolist())) == sorted(map(tuple, first.pairs.tolist()))
    assert len(first.ambiguous) == len(second.ambiguous)
    longest = max(first.lengths, default=0.0)
    assert len(first) == sum(length <= longest for length in lengths)  # no longer bond skipped
    assert longest <= 2.95  # the limit of Ag-S in bond_distances.csv


def test_fragments() -> None:
    pair = molecule("CH4") + Atoms("Na", positions=[(2.0, 2.0, 2.0)])
    labels = bonds(pair).fragments()
    assert labels.max() == 1  # an alkali ion bonds to nothing
    assert (labels[:5] == labels[0]).all()


@pytest.mark.parametrize(
    ("file", "covalent", "metal_sulfur"),
    [
        # each S binds two metals; covalent bonds of the ligand from its formula
        ("fully_protected/au25_pet18_-1_opt.xyz", 18 * 18, 36),
        ("fully_protected/au36_tbbt24_opt.xyz", 24 * 24, 48),
        ("other/Ag25_final.xyz", 18 * 18, 36),
        ("other/Au19Cd2_full_ligands.xyz", 16 * 18, 32),
    ],
)
def test_real_files(shared: Path, file: str, covalent: int, metal_sulfur: int) -> None:
    found = bonds(read(shared / "data/structures/NC_Database" / file))
    assert len(found.of(BondKind.COVALENT)) == covalent
    assert len(found.of(BondKind.METAL_LIGAND)) == metal_sulfur
    assert found.ambiguous == ()
