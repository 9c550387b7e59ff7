"""Two structures of a cluster compared atom by atom: calculated and measured, or two isomers.

Metals and anchors are laid over each other by the best rotation (and reflection, if
allowed) and matching; ligand atoms follow through the bond graph, so that a phenyl ring is
compared with the ring on the same sulfur, and only atoms the graph cannot tell apart (two
ortho carbons) are matched by distance. Whether two structures are the same isomer is
decided by metal-anchor bonds as well as by distances.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.spatial import cKDTree

from superatom.errors import SearchError, StructureError
from superatom.provenance import Provenance, stamp
from superatom.structure.alignment import FloatArray, IntArray, Matches, fit_orthogonal
from superatom.structure.atom_matching import LigandGraph, match_ligands
from superatom.structure.bonds import BondKind, Bonds, bonds, is_metal
from superatom.structure.parts import part_atoms
from superatom.structure.superposition import best_match

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["Comparison", "compare"]

_MIRROR_GAIN = 0.05  # Å by which a reflection must fit better to be preferred
_DEGENERATE = 0.15  # Å: fits of the skeleton between which the ligands decide
_SAME_RMSD = 1.0  # Å: metals and anchors of one isomer in two surroundings differ by less
_SAME_PLACE = 2.0  # Å: less than any bond of a metal, so that no two have changed places
_SAME_BONDS = 0.9  # of the metal-anchor bonds that one isomer keeps


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two structures of a cluster differ.

    Attributes
    ----------
    mapping : tuple[int, ...]
        For each atom of the first structure the atom of the second that it falls on, or -1.
    mirrored : bool
        Whether the first structure had to be reflected.
    rmsd_metals : float
        RMSD of the metals, superposed on their own, Å.
    rmsd_skeleton : float or None
        RMSD of metals and anchors, superposed on their own, Å; None if they differ in number.
    rmsd_all : float or None
        RMSD of all atoms, superposed on their own, Å; None if the compositions differ.
    kept_bonds : float or None
        Share of metal-anchor bonds that both structures have, 0 to 1; None as above.
    largest_shift : float
        Largest displacement of a compared metal or anchor, superposed on these, Å.
    largest_shift_atom : int
        That atom, in the first structure.
    same_isomer : bool
        Whether metals and anchors agree in place (RMSD up to 1 Å, none further than 2 Å)
        and in their bonds (90 %). Alloys with a dopant elsewhere are different isomers.
    rotation : tuple of three rows
        Orthogonal matrix R and
    translation : tuple[float, float, float]
        vector t (Å) that bring the first structure's skeleton over the second's: R x + t.
    provenance : Provenance
        Method and inputs.
    """

    mapping: tuple[int, ...]
    mirrored: bool
    rmsd_metals: float
    rmsd_skeleton: float | None
    rmsd_all: float | None
    kept_bonds: float | None
    largest_shift: float
    largest_shift_atom: int
    same_isomer: bool
    rotation: tuple[tuple[float, float, float], ...]
    translation: tuple[float, float, float]
    provenance: Provenance

    def __str__(self) -> str:
        parts = [f"metals {self.rmsd_metals:.2f} Å"]
        if self.rmsd_skeleton is not None:
            parts.append(f"metals and anchors {self.rmsd_skeleton:.2f} Å")
        if self.rmsd_all is not None:
            parts.append(f"all atoms {self.rmsd_all:.2f} Å")
        if self.kept_bonds is not None:
            parts.append(f"{self.kept_bonds:.0%} of metal-anchor bonds kept")
        verdict = "same isomer" if self.same_isomer else "different isomers"
        return f"{verdict}{' (mirror images)' if self.mirrored else ''}: " + ", ".join(parts)

    def as_dict(self) -> dict[str, Any]:
        """Return the result as plain JSON types (Å)."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Comparison:
        """Return the result written by `as_dict`."""
        source = {**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
        fields = {
            **data,
            "mapping": tuple(data["mapping"]),
            "rotation": tuple(tuple(row) for row in data["rotation"]),
            "translation": tuple(data["translation"]),
            "provenance": Provenance(**source),
        }
        return cls(**fields)

    def to_json(self) -> str:
        """Return the result as JSON text."""
        return json.dumps(self.as_dict())

    @classmethod
    def from_json(cls, text: str) -> Comparison:
        """Return the result written by `to_json`."""
        return cls.from_dict(json.loads(text))


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    """One structure with what the comparison needs of it."""

    positions: FloatArray
    kinds: IntArray
    bonds: Bonds
    metals: IntArray
    skeleton: IntArray

    def centred(self, atoms: IntArray) -> FloatArray:
        points = self.positions[atoms]
        return np.asarray(points - points.mean(axis=0))

    def contacts(self) -> set[tuple[int, int]]:
        """Return the metal-anchor bonds, smaller index first."""
        return set(map(tuple, self.bonds.of(BondKind.METAL_LIGAND).tolist()))


def compare(
    first: Atoms, second: Atoms, *, reflection: bool = True, metals: str = "elements"
) -> Comparison:
    """Compare two structures of a cluster.

    Parameters
    ----------
    first, second : ase.Atoms
        Molecules with the same number of metals. Ligand atoms are compared if the whole
        compositions agree, anchors if there are as many of each element.
    reflection : bool
        Whether a mirror image may be compared instead, where it fits better.
    metals : str
        'elements': a metal only falls on one of its element; 'sites': metals are all alike,
        to lay an alloy over its parent.

    Raises
    ------
    StructureError
        If the metals differ in number or kind.
    SearchError
        If `metals` is neither.

    Examples
    --------
    >>> from ase.build import molecule
    >>> from ase.cluster import Icosahedron
    >>> cluster = Icosahedron("Au", 2)
    >>> turned = cluster[::-1]
    >>> turned.rotate(40, (1, 2, 3))
    >>> print(compare(cluster, turned))
    same isomer: metals 0.00 Å, metals and anchors 0.00 Å, all atoms 0.00 Å
    """
    if metals not in ("elements", "sites"):
        raise SearchError(f"metals are matched by 'elements' or as 'sites', got {metals!r}")
    one, two = _side(first, metals), _side(second, metals)
    if Counter(one.kinds[one.metals].tolist()) != Counter(two.kinds[two.metals].tolist()):
        raise StructureError(
            f"the metals differ: {_count(first, one)} against {_count(second, two)}; "
            "metals='sites' compares an alloy with its parent"
        )
    skeleton = _composition(one, one.skeleton) == _composition(two, two.skeleton)
    members = (one.skeleton, two.skeleton) if skeleton else (one.metals, two.metals)
    whole = skeleton and Counter(one.kinds.tolist()) == Counter(two.kinds.tolist())
    match, mirrored = _superposed(one, two, members, reflection, whole)
    mapping = np.full(len(first), -1, dtype=np.int64)
    mapping[members[0]] = members[1][match.permutations[0]]
    if whole:
        moved = _moved(one, two, members, match.matrices[0])
        graphs = LigandGraph(one.kinds, one.bonds), LigandGraph(two.kinds, two.bonds)
        mapping = match_ligands(graphs, mapping, moved, two.positions)
    return _result(one, two, members, match, mirrored, mapping, skeleton, whole)


def _side(atoms: Atoms, metals: str) -> _Side:
    found = bonds(atoms)
    metal = is_metal(atoms.numbers)
    kinds = np.array(atoms.numbers, dtype=np.int64)
    if metals == "sites":
        kinds[metal] = -1
    return _Side(
        np.array(atoms.positions, dtype=np.float64),
        kinds,
        found,
        part_atoms(atoms, "metals", found=found),
        part_atoms(atoms, "skeleton", found=found),
    )


def _count(atoms: Atoms, side: _Side) -> str:
    return str(atoms[side.metals].symbols.formula.format("metal"))


def _composition(side: _Side, members: IntArray) -> Counter[int]:
    return Counter(side.kinds[members].tolist())


def _superposed(
    one: _Side, two: _Side, members: tuple[IntArray, IntArray], reflection: bool, whole: bool
) -> tuple[Matches, bool]:
    """Return the best fit of the first structure's members, and whether it is reflected.

    A symmetric skeleton can be laid over itself in many ways; where all atoms can be
    compared, the ligands decide between those that fit about equally well.
    """
    source, target = one.centred(members[0]), two.centred(members[1])
    kinds = one.kinds[members[0]], two.kinds[members[1]]
    fits = [best_match(source, target, *kinds, 1, _DEGENERATE)]
    if reflection:
        fits.append(best_match(source, target, *kinds, -1, _DEGENERATE))
    best = min(float(fit.rmsd[0]) for fit in fits)
    choices = [
        (score + (_MIRROR_GAIN if mirrored else 0.0), mirrored, fit.take(np.array([row])))
        for mirrored, fit in enumerate(fits)
        for row, score in enumerate(_scores(one, two, members, fit) if whole else fit.rmsd)
        if fit.rmsd[row] <= best + _DEGENERATE
    ]
    _, mirrored, match = min(choices, key=lambda choice: choice[0])
    return match, bool(mirrored)


def _scores(
    one: _Side, two: _Side, members: tuple[IntArray, IntArray], fit: Matches
) -> list[float]:
    """Return for each fit the root mean square distance of all atoms to the nearest alike."""
    total = np.zeros(len(fit.rmsd))
    for kind in np.unique(one.kinds):
        tree = cKDTree(two.positions[two.kinds == kind])
        for row, matrix in enumerate(fit.matrices):
            moved = _moved(one, two, members, matrix)[one.kinds == kind]
            total[row] += float(np.sum(tree.query(moved)[0] ** 2))
    return [float(value) for value in np.sqrt(total / len(one.kinds))]


def _moved(
    one: _Side, two: _Side, members: tuple[IntArray, IntArray], matrix: FloatArray
) -> FloatArray:
    """Return all atoms of the first structure laid over the second."""
    here = one.positions[members[0]].mean(axis=0)
    there = two.positions[members[1]].mean(axis=0)
    return np.asarray((one.positions - here) @ matrix.T + there)


def _rmsd(one: _Side, two: _Side, mapping: IntArray, members: IntArray, parity: int) -> float:
    """Return the RMSD of some atoms superposed on their own."""
    source, target = one.centred(members), two.centred(mapping[members])
    return float(fit_orthogonal(source, target[None], np.array([parity]))[1][0])


def _result(
    one: _Side,
    two: _Side,
    members: tuple[IntArray, IntArray],
    match: Matches,
    mirrored: bool,
    mapping: IntArray,
    skeleton: bool,
    whole: bool,
) -> Comparison:
    parity = -1 if mirrored else 1
    moved = _moved(one, two, members, match.matrices[0])
    shifts = np.linalg.norm(moved[members[0]] - two.positions[mapping[members[0]]], axis=1)
    rmsd = float(match.rmsd[0])
    kept = _kept_bonds(one, two, mapping) if skeleton else None
    rotation = match.matrices[0]
    origin = moved[0] - rotation @ one.positions[0]
    inputs = one.positions.tobytes(), two.positions.tobytes(), one.kinds.tolist()
    return Comparison(
        mapping=tuple(mapping.tolist()),
        mirrored=mirrored,
        rmsd_metals=_rmsd(one, two, mapping, one.metals, parity),
        rmsd_skeleton=rmsd if skeleton else None,
        rmsd_all=_rmsd(one, two, mapping, np.arange(len(mapping)), parity) if whole else None,
        kept_bonds=kept,
        largest_shift=float(shifts.max()),
        largest_shift_atom=int(members[0][np.argmax(shifts)]),
        same_isomer=bool(
            rmsd <= _SAME_RMSD
            and shifts.max() <= _SAME_PLACE
            and (kept is None or kept >= _SAME_BONDS)
        ),
        rotation=tuple((float(r[0]), float(r[1]), float(r[2])) for r in rotation),
        translation=(float(origin[0]), float(origin[1]), float(origin[2])),
        provenance=stamp("superposition of metals and anchors, ligands by graph", *inputs),
    )


def _kept_bonds(one: _Side, two: _Side, mapping: IntArray) -> float | None:
    """Return the share of metal-anchor bonds that both structures have."""
    here, there = one.contacts(), two.contacts()
    if not here and not there:
        return None
    images = {tuple(sorted((int(mapping[a]), int(mapping[b])))) for a, b in here}
    return len(images & there) / max(len(here), len(there))
