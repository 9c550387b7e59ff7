"""Every family of the library: laid out, taken apart again, doped."""

from __future__ import annotations

from collections import Counter
from math import comb

import numpy as np
import pytest

from capped_skeletons import capped, laid_out
from superatom.composition.cluster import Cluster
from superatom.composition.ligands import default_library
from superatom.errors import SearchError
from superatom.model.assemble import build_model
from superatom.model.dope import count_doped, dope
from superatom.model.families.archetypes import Archetype, archetypes
from superatom.model.families.core_shells import read_shell, shell_positions
from superatom.model.families.names import find_archetype, site_kind
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
    # two kinds: ordered pairs, which only operations that move neither site leave in place
    ordered = (fixed * (fixed - 1)).sum() / len(group)
    assert count_doped(atoms, {"Pt": 1, "Hg": 1}, host=host) == ordered
    models = list(dope(atoms, {"Pt": 1}, host=host))
    assert (len(models), sum(m.multiplicity for m in models)) == (singles, len(sites))
    if pairs < 40:
        models = list(dope(atoms, {"Pt": 2}, host=host))
        assert len(models) == pairs
        assert sum(m.multiplicity for m in models) == comb(len(sites), 2)
    if ordered < 40:
        models = list(dope(atoms, {"Pt": 1, "Hg": 1}, host=host))
        assert len(models) == ordered
        assert sum(m.multiplicity for m in models) == len(sites) * (len(sites) - 1)


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


#: Pd and Pt in the middle: [PdAu8(PPh3)8]2+ (Ito et al. 1991), [PdAu10(PPh3)8Cl2] (Kurashige and
#: Negishi 2012); by the same rule Pt in one of the two icosahedra of a rod.
@pytest.mark.parametrize(
    ("formula", "dopant", "neighbours"),
    [
        ("PdAu8(PMe3)8", "Pd", 8),
        ("PdAu10(PMe3)8Cl2", "Pd", 10),
        ("PtAu24(PMe3)10(SMe)5Cl2", "Pt", 12),
    ],
)
def test_palladium_and_platinum_take_the_centre(formula: str, dopant: str, neighbours: int) -> None:
    anatomy = dissect(build_model(formula))
    (site,) = (k for k, symbol in enumerate(anatomy.atoms.symbols) if symbol == dopant)
    metals = np.isin(anatomy.atoms.numbers, (46, 78, 79))
    apart = anatomy.atoms.get_distances(site, np.flatnonzero(metals))
    assert ((apart > 0.1) & (apart < 3.2)).sum() == neighbours
    assert site not in anatomy.donors.metals


def test_halides_sit_on_silver_and_phosphines_on_gold() -> None:
    """As in [(p-Tol3P)10Au13Ag12Br8]+ (Teo, Zhang and Shi 1990)."""
    atoms = build_model("[Au13Ag12(PMe3)10Br8]+")
    donors = dissect(atoms).donors
    pairs = {
        (atoms.symbols[m], atoms.symbols[d])
        for m, d in zip(donors.metals, donors.atoms, strict=True)
    }
    assert pairs == {("Ag", "Br"), ("Au", "P")}


@pytest.mark.parametrize(
    ("formula", "says"),
    [
        ("Au11(PPh3)9Cl2", r"11 metals, 9 PR3, 2 X(.|\n)*nearest: Au11 (.|\n)*kernel_shape"),
        ("Au11(SMe)10", r"nearest: (.|\n)*--archetype-file"),
        ("Au13(dppe)6Cl2", r"6 PP(.|\n)*nearest: Au13-PP5X2"),
        ("Au13(iPr2-bimy)9Cl3", "no kind of site"),
    ],
)
def test_counts_that_no_family_has_are_an_error(formula: str, says: str) -> None:
    with pytest.raises(SearchError, match=says):
        build_model(formula)


def test_the_form_without_label_is_the_usual_one() -> None:
    """[Au9(PPh3)8]3+ is the D2h form; the crown needs its label or name."""
    assert find_archetype(Cluster.parse("[Au9(PPh3)8]3+")).name == "Au9"
    assert find_archetype(Cluster.parse("[Au9(PPh3)8]3+-D4d")).name == "Au9-D4d"
    assert find_archetype(Cluster.parse("[Au9(PPh3)8]3+"), "Au9-crown").name == "Au9-D4d"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("PET", "SR"),
        ("SePh", "SR"),
        ("PPh3", "PR3"),
        ("dppe", "PP"),
        ("dppy", "PN"),
        ("PP3", "PP3"),
        ("Cl", "X"),
        ("PhC#C", "CCR"),
        ("H", "H"),
        ("OAc", "OO"),
        ("S2P(OiPr)2", "SS"),
    ],
)
def test_ligands_of_the_library_have_kinds(name: str, kind: str) -> None:
    assert site_kind(default_library()[name]) == kind


#: Sizes of the sets of equal metals in the point group that the papers report for the idealised
#: cluster: Th for Au25, Ag44 (8 of the 20 are corners of a cube), I for Au144, D5d and D5h for
#: Au13 and the rods, C3v and C3 for Au11 and Au20(PP3)4, D2h and D4d for Au9, C3v for Au8, C2 for
#: Au20(SR)16, whose ring does not turn around its kernel.
ORBITS = {
    "Au8": (1, 1, 3, 3),
    "Au9": (1, 4, 4),
    "Au9-D4d": (1, 8),
    "Au11-P7X3": (1, 1, 3, 3, 3),
    "Au13": (1, 2, 10),
    "Au20": (1, 1, 1, 1, 2, 2, 2, 2, 2, 2, 2, 2),
    "Au20-PP3": (1, 1, 3, 3, 3, 3, 3, 3),
    "Au25": (1, 12, 12),
    "Au25-rod": (1, 2, 2, 10, 10),
    "Au37-rod": (1, 2, 2, 2, 10, 10, 10),
    "Ag44": (8, 12, 12, 12),
    "Au144": (12, 12, 30, 30, 60),
}


@pytest.mark.parametrize("name", ORBITS)
def test_metals_are_equal_as_in_the_point_group(name: str) -> None:
    family = next(a for a in FAMILIES if a.name == name)
    found = skeleton_symmetry(dissect(capped(family)))
    orbits = found.orbits([(k,) for k in range(family.n_metals)])
    assert tuple(sorted(map(len, orbits))) == ORBITS[name]
