"""Areas a probe can touch, against formulas and against FreeSASA as shipped with RDKit."""

from __future__ import annotations

import json

import numpy as np
import pytest
from ase import Atoms
from hypothesis import given, settings
from hypothesis import strategies as st

from superatom.errors import StructureError
from superatom.structure.exposure import Exposure, exposure, probe_radius, probes
from superatom.structure.voids import van_der_waals_radii

AU, S = 1.66, 1.80  # Å, Bondi 1964


def test_a_lone_atom_is_a_whole_sphere() -> None:
    alone = exposure(Atoms("Au"), "CO2")
    assert alone.accessible[0] == pytest.approx(4 * np.pi * (AU + 1.65) ** 2)
    assert alone.contact[0] == pytest.approx(4 * np.pi * AU**2)
    assert alone.metal_sites.tolist() == [0]


@settings(max_examples=40, deadline=None)
@given(distance=st.floats(0.5, 8.0), probe=st.floats(0.0, 2.5), seed=st.integers(0, 999))
def test_two_spheres_as_in_geometry(distance: float, probe: float, seed: int) -> None:
    """The cap cut off a sphere by another one: 2 pi R2 (1 - cos t)."""
    direction = np.random.default_rng(seed).normal(size=3)
    direction *= distance / np.linalg.norm(direction)
    atoms = Atoms("AuS", positions=[(0, 0, 0), direction])
    found = exposure(atoms, probe).accessible
    for own, other, area in ((AU + probe, S + probe, found[0]), (S + probe, AU + probe, found[1])):
        cosine = (own**2 + distance**2 - other**2) / (2 * own * distance)
        expected = 2 * np.pi * own**2 * (1 + np.clip(cosine, -1, 1))
        assert area == pytest.approx(expected, abs=0.003 * 4 * np.pi * own**2)


def free_sasa(atoms: Atoms, probe: float) -> np.ndarray:
    """Return areas by Lee and Richards' method of slices (FreeSASA in RDKit)."""
    from rdkit import Chem
    from rdkit.Chem import rdFreeSASA

    molecule = Chem.RWMol()
    for symbol in atoms.get_chemical_symbols():
        molecule.AddAtom(Chem.Atom(symbol))
    conformer = Chem.Conformer(len(atoms))
    for k, place in enumerate(atoms.positions.tolist()):
        conformer.SetAtomPosition(k, place)
    molecule.AddConformer(conformer)
    radii = van_der_waals_radii()[atoms.numbers].tolist()
    options = rdFreeSASA.SASAOpts()
    options.probeRadius = probe
    options.algorithm = rdFreeSASA.SASAAlgorithm.LeeRichards
    rdFreeSASA.CalcSASA(molecule, radii, opts=options)
    return np.array([float(a.GetProp("SASA")) for a in molecule.GetAtoms()])


@pytest.mark.parametrize("probe", ["H+", "O2", "CO"])
def test_areas_agree_with_free_sasa(crystals, probe) -> None:
    atoms = crystals.hexamer()
    ours = exposure(atoms, probe, which=range(len(atoms))).accessible
    theirs = free_sasa(atoms, probe_radius(probe))
    # FreeSASA cuts each sphere into 20 slices, which makes most of the difference
    assert ours.sum() == pytest.approx(theirs.sum(), rel=0.008)
    assert np.abs(ours - theirs).max() < 1.0
    assert np.corrcoef(ours, theirs)[0, 1] > 0.9995


def test_real_cluster_agrees_with_free_sasa(shared) -> None:
    from ase.io import read

    folder = shared / "data/structures/NC_Database/fully_protected"
    atoms = read(folder / "au25_pet18_-1_opt.xyz")
    ours = exposure(atoms, "H+")
    theirs = free_sasa(atoms, 1.2)[ours.atoms]
    assert np.abs(ours.accessible - theirs).max() < 0.5
    assert len(ours.atoms) == 43


def test_a_centre_is_hidden_and_smaller_probes_see_more(crystals) -> None:
    from ase.cluster import Icosahedron

    core = Icosahedron("Au", 2)
    found = exposure(core, "CO2")
    centre = int(np.argmin(np.linalg.norm(core.positions - core.positions.mean(axis=0), axis=1)))
    assert found.contact[centre] == 0.0
    assert len(found.metal_sites) == 12
    protected = crystals.hexamer()
    areas = [exposure(protected, name).metal_area for name in ("H+", "CO2", "CO")]
    assert areas[0] > areas[1] > areas[2] >= 0


def test_losing_a_ligand_bares_metal_and_losing_a_tail_bares_sulfur(crystals) -> None:
    whole = crystals.hexamer()
    sulfur = int(np.flatnonzero(whole.numbers == 16)[0])
    tail = list(range(sulfur + 1, sulfur + 12))
    without_tail = whole[[k for k in range(len(whole)) if k not in tail]]
    without_ligand = whole[[k for k in range(len(whole)) if k not in (sulfur, *tail)]]
    assert exposure(without_ligand, "CO2").metal_area > exposure(whole, "CO2").metal_area + 5
    assert exposure(without_tail, "CO2").contact[-6:].max() >= 0
    bare = exposure(without_tail, "CO2", which=[sulfur]).contact[0]
    assert bare > exposure(whole, "CO2", which=[sulfur]).contact[0] + 5


def test_periodic_table_of_radii() -> None:
    """Values from the papers: Bondi 1964, Alvarez 2013."""
    bondi, alvarez = van_der_waals_radii("bondi"), van_der_waals_radii("alvarez")
    assert (bondi[79], bondi[47], bondi[29], bondi[6]) == (1.66, 1.72, 1.40, 1.70)
    assert (alvarez[79], alvarez[47], alvarez[29], alvarez[6]) == (2.32, 2.53, 2.38, 1.77)
    assert bondi[45] == alvarez[45] == 2.44  # Rh: not in Bondi's table


def test_probes_and_bad_input() -> None:
    assert set(probes()) >= {"H+", "CO", "CO2", "O2", "N2"}
    assert probes()["N2"] == 1.82
    with pytest.raises(StructureError, match="no probe 'XeF2'; known are H"):
        exposure(Atoms("Au"), "XeF2")
    with pytest.raises(StructureError, match="cannot have the radius"):
        exposure(Atoms("Au"), -1.0)
    with pytest.raises(StructureError, match="no atoms"):
        exposure(Atoms())
    with pytest.raises(StructureError, match="no such atom"):
        exposure(Atoms("Au"), which=[3])


def test_json(crystals) -> None:
    found = exposure(crystals.hexamer(), "H+")
    again = Exposure.from_dict(json.loads(json.dumps(found.as_dict())))
    assert again.as_dict() == found.as_dict()
    assert again.sites("S").tolist() == found.sites("S").tolist()
