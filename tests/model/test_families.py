"""Every family of the library: laid out, taken apart again, doped."""

from __future__ import annotations

from collections import Counter
from math import comb

import numpy as np
import pytest

from capped_skeletons import capped, laid_out
from superatom.composition.cluster import Cluster
from superatom.model.archetypes import Archetype, archetypes
from superatom.model.assemble import build_model
from superatom.model.core_shells import read_shell, shell_positions
from superatom.model.dope import count_doped, dope
from superatom.model.symmetry import skeleton_symmetry
from superatom.structure.anatomy import dissect

FAMILIES = archetypes()
every_family = pytest.mark.parametrize("family", FAMILIES, ids=lambda a: a.name)
#: families of thiolates alone are built whole and dissected in test_assemble
mixed_family = pytest.mark.parametrize(
    "family",
    [a for a in FAMILIES if set(a.ligands) != {"SR"} or a.homes],
    ids=lambda a: a.name,
)


def test_names_and_aliases_are_unique() -> None:
    names = [name for family in FAMILIES for name in (family.name, *family.aliases)]
    assert len(set(names)) == len(names)


@every_family
def test_bonds_and_contacts_have_their_lengths(family: Archetype) -> None:
    """M-donor bonds within 0.2 Å (4 %: 0.1 Å), and no strain as of contradicting contacts."""
    model, points, strain = laid_out(family)
    assert strain < 0.025
    bonds = model.stiffness == 2.0
    i, j = model.pairs[bonds].T
    off = np.abs(np.linalg.norm(points[i] - points[j], axis=1) - model.lengths[bonds])
    assert len(off) == sum(len(a) for site in family.ligand_sites for a in site.anchors)
    assert off.max(initial=0.0) < 0.2
    assert np.mean(off > 0.1) < 0.04


@mixed_family
def test_metals_touch_where_the_text_says(family: Archetype) -> None:
    """No metals under 2.35 Å (Cu) or 2.5 Å, and no contact that is not in the text."""
    _, points, _ = laid_out(family)
    n = family.n_metals
    apart = np.linalg.norm(points[:n, None] - points[None, :n], axis=2)
    np.fill_diagonal(apart, np.inf)
    assert apart.min() > (2.35 if "Cu" in family.symbols else 2.5)
    told = {frozenset(pair) for *pair, _ in family.contacts()}
    found = {frozenset((int(i), int(j))) for i, j in np.argwhere(apart < 3.3)}
    assert found <= told


@mixed_family
def test_a_family_dissects_to_its_own_description(family: Archetype) -> None:
    anatomy = dissect(capped(family))
    assert anatomy.geometric.kernel == tuple(range(family.kernel))
    assert anatomy.motifs == family.motifs
    if family.kernel:
        assert str(anatomy.kernel_shape()).startswith(family.kernel_shape)


@mixed_family
def test_donors_hold_their_metals_and_no_others(family: Archetype) -> None:
    anatomy = dissect(capped(family))
    n, last = family.n_metals, family.n_metals + len(family.donor_sites)
    contacts = zip(anatomy.donors.metals.tolist(), anatomy.donors.atoms.tolist(), strict=True)
    found = {(metal, atom) for metal, atom in contacts if atom < last}
    anchors = (anchor for site in family.ligand_sites for anchor in site.anchors)
    assert found == {(metal, n + k) for k, anchor in enumerate(anchors) for metal in anchor}


@every_family
def test_dope_counts_are_burnsides(family: Archetype) -> None:
    """Orbits of sites and of pairs: the mean number that an operation leaves in place."""
    atoms = capped(family)
    host = max(set(family.symbols), key=family.symbols.count)
    anatomy = dissect(atoms)
    sites = [k for k in range(family.n_metals) if family.symbols[k] == host]
    group = skeleton_symmetry(anatomy).action([(k,) for k in sites]).elements
    still = group == np.arange(len(sites))
    fixed = still.sum(axis=1)
    twice = np.take_along_axis(group, group, axis=1) == np.arange(len(sites))
    swapped = (twice & ~still).sum(axis=1) // 2
    singles = fixed.sum() / len(group)
    pairs = (fixed * (fixed - 1) // 2 + swapped).sum() / len(group)
    assert count_doped(atoms, {"Pt": 1}, host=host) == singles
    assert count_doped(atoms, {"Pt": 2}, host=host) == pairs
    models = list(dope(atoms, {"Pt": 1}, host=host))
    assert (len(models), sum(m.multiplicity for m in models)) == (singles, len(sites))
    if pairs < 100:
        models = list(dope(atoms, {"Pt": 2}, host=host))
        assert len(models) == pairs
        assert sum(m.multiplicity for m in models) == comb(len(sites), 2)


@pytest.mark.parametrize(
    ("line", "count", "nearest"),
    [
        # edge 3.25 Å: dodecahedron capping the faces of an icosahedron, tetrahedral caps
        ("dodecahedron 3.25", 3, 2.88),
        ("octahedron radius 4.77", 2, 2.82),  # over edges
        ("icosidodecahedron 2.90", 2, 2.77),  # over edges
        ("rhombicosidodecahedron 2.90", 1, 4.06),  # five around each vertex
        ("icosahedron radius 5.52", 1, 2.76),  # over vertices
    ],
)
def test_polyhedra_stand_in_register_with_an_icosahedron(
    line: str, count: int, nearest: float
) -> None:
    inner = shell_positions((read_shell("icosahedron 2.90"),))
    outer = shell_positions((read_shell(line),))
    apart = np.sort(np.linalg.norm(outer[:, None] - inner[None], axis=2), axis=1)
    assert apart[:, :count] == pytest.approx(nearest, abs=0.06)
    assert (apart[:, count] > apart[:, count - 1] + 0.3).all()


#: One ligand of the library for every kind of site.
LIGANDS = {
    "SR": "SMe",
    "PR3": "PMe3",
    "X": "Cl",
    "H": "H",
    "CCR": "PhC#C",
    "PP": "dppm",
    "PN": "dppy",
    "PP3": "PP3",
    "SS": "S2P(OiPr)2",
    "OO": "OAc",
    "C": "C",
}


@mixed_family
def test_a_family_is_found_by_its_composition_and_built(family: Archetype) -> None:
    counts = Counter(family.symbols)
    ligands = {LIGANDS[kind]: n for kind, n in family.ligands.items()}
    cluster = Cluster.of(counts, ligands, isomer=family.isomer)
    atoms = build_model(cluster)
    assert atoms.info["construction"]["archetype"] == family.name
    anatomy = dissect(atoms)
    assert anatomy.formula == Cluster.of(counts, ligands)
    assert (anatomy.geometric.kernel, anatomy.motifs) == (
        tuple(range(family.kernel)),
        family.motifs,
    )
