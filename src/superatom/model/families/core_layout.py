"""The core of a cluster laid out: skeleton from its archetype, small ligands, cleaned together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from superatom.errors import ComputationError
from superatom.model.families.archetypes import Archetype
from superatom.model.families.embedding import DistanceModel, embed
from superatom.model.families.skeleton import skeleton_model
from superatom.model.shell.bound_molecules import BoundMolecule
from superatom.model.shell.clean import Tails, clean_tails
from superatom.model.shell.dressing import Frame, Place, dress
from superatom.model.shell.head_fits import DONOR_ANGLES, fit_head
from superatom.model.shell.heads import Head, head_of, stand_in

__all__ = ["Core", "lay_out_core"]

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

_STRAIN = 0.035  # energy per point above which contacts contradict each other, as means of classes
_BITE_SPREAD = 0.8  # Å: a bite that differs more between shapes is left to the core
_USUAL_ANGLE = 180.0
# stiffness inside ligands; of angles at donors and of turns of ligands that hold in several places
_INSIDE, _LEAN, _TURN = 4.0, 0.4, 1.0
_BOND, _BONDED = 16.0, 2.0  # stiffness of bonds of such ligands, and how long these are, Å


@dataclass(frozen=True, slots=True, eq=False)
class Core:
    """Metals, donor atoms and small ligands in place.

    Attributes
    ----------
    symbols : tuple[str, ...]
        Elements of all atoms: metals, donors, then the rest of the ligands site by site.
    positions : ndarray, shape (n, 3)
        Å.
    n_skeleton : int
        Number of metals and donors.
    donors : tuple[tuple[int, ...], ...]
        Donor atoms of each site.
    rest : tuple[tuple[int, ...], ...]
        The other atoms of each site.
    heads : tuple[Head or None, ...]
        Stand-ins of ligands with several donors.
    """

    symbols: tuple[str, ...]
    positions: FloatArray
    n_skeleton: int
    donors: tuple[tuple[int, ...], ...]
    rest: tuple[tuple[int, ...], ...]
    heads: tuple[Head | None, ...]


def lay_out_core(
    family: Archetype,
    metals: Sequence[str],
    molecules: Sequence[BoundMolecule],
    *,
    seed: int = 0,
    sides: Sequence[str] | None = None,
    ending: str = "CH3",
) -> Core:
    """Return a core with small relatives of its ligands.

    Parameters
    ----------
    family : Archetype
        The family.
    metals : sequence of str
        Element of every metal site.
    molecules : sequence of BoundMolecule
        Ligand of every ligand site.
    seed : int
        Seed of the layout.
    sides : sequence of str, optional
        Side of each ligand ('auto', 'up', 'down').
    ending : str
        What a thiolate becomes: 'CH3' or 'H'.

    Raises
    ------
    ComputationError
        If the distances of the archetype cannot all be kept.
    """
    heads = [head_of(m, seed) if len(m.donors) > 1 else None for m in molecules]
    elements = [_element(m, d) for m in molecules for d in m.donors]
    skeleton = skeleton_model(
        family, metals, elements, bites=_bites(heads), reaches=_reaches(heads)
    )
    points, energy = embed(skeleton, seed=seed)
    if energy > _STRAIN * skeleton.n_points:
        raise ComputationError(
            f"the distances of archetype {family.name} cannot all be kept "
            f"(strain {energy / skeleton.n_points:.3f} Å² per atom); try another seed or check them"
        )
    small = [stand_in(m, ending) if h is None else m for m, h in zip(molecules, heads, strict=True)]
    layout = _Layout(family, [*metals, *elements], points, small, heads)
    layout.fit_heads()
    layout.hang_tails(seed, sides or ["auto"] * len(small))
    return layout.cleaned(skeleton)


def _element(molecule: BoundMolecule, atom: int) -> str:
    return str(molecule.free.GetAtomWithIdx(int(molecule.kept[atom])).GetSymbol())


def _bites(heads: Sequence[Head | None]) -> Mapping[int, float]:
    """Return the distance between two donors where all shapes of a ligand agree on it."""
    bites = {}
    for site, head in enumerate(heads):
        if head is None or head.n_donors != 2:
            continue
        apart = np.linalg.norm(head.shapes[:, 0] - head.shapes[:, 1], axis=1)
        if float(np.ptp(apart)) < _BITE_SPREAD:
            bites[site] = float(np.median(apart))
    return bites


def _reaches(heads: Sequence[Head | None]) -> Mapping[int, FloatArray]:
    """Return how far the donors of a ligand are apart at most, over its shapes."""
    reaches = {}
    for site, head in enumerate(heads):
        if head is not None:
            donors = head.shapes[:, : head.n_donors]
            reaches[site] = np.linalg.norm(donors[:, :, None] - donors[:, None], axis=3).max(axis=0)
    return reaches


class _Layout:
    """A skeleton and the atoms of small ligands that are put on it."""

    def __init__(
        self,
        family: Archetype,
        symbols: list[str],
        points: FloatArray,
        small: Sequence[BoundMolecule],
        heads: Sequence[Head | None],
    ) -> None:
        from ase.data import atomic_numbers

        self.sites = family.ligand_sites
        self.n_metals = family.n_metals
        self.kernel = family.kernel
        self.symbols = symbols
        self.numbers = np.array([atomic_numbers[s] for s in symbols], dtype=np.int64)
        self.points = points
        self.small, self.heads = small, heads
        counts = [len(site.anchors) for site in self.sites]
        starts = family.n_metals + np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.int64)
        self.donors = [
            tuple(range(int(a), int(a) + n)) for a, n in zip(starts, counts, strict=True)
        ]
        self.atoms: list[FloatArray] = [np.zeros((0, 3)) for _ in self.sites]
        self.kinds: list[IntArray] = [np.zeros(0, dtype=np.int64) for _ in self.sites]
        self.own_springs: list[list[tuple[int, int, float]]] = [[] for _ in self.sites]
        self.turns: list[list[tuple[int, int, float]]] = [[] for _ in self.sites]
        self.firsts: list[list[tuple[int, int]]] = [[] for _ in self.sites]

    def fit_heads(self) -> None:
        """Put the stand-ins of ligands with several donors, one after the other."""
        for k, head in enumerate(self.heads):
            if head is None:
                continue
            donors = self.points[list(self.donors[k])]
            metals = [self.points[list(anchor)] for anchor in self.sites[k].anchors]
            held = {m for anchor in self.sites[k].anchors for m in anchor}
            free = [i for i in range(len(self.points)) if i not in held | set(self.donors[k])]
            others = np.concatenate([self.points[free], *self.atoms])
            numbers = np.concatenate([self.numbers[free], *self.kinds])
            placed, shape = fit_head(head, donors, metals, others, numbers)
            self.atoms[k] = placed[head.n_donors :]
            self.kinds[k] = head.numbers[head.n_donors :]
            self.own_springs[k] = head.springs(shape)
            self.turns[k] = head.turns(shape)
            self.firsts[k] = [(a, b) for a, b in head.bonds.tolist() if a < head.n_donors <= b]

    def hang_tails(self, seed: int, sides: Sequence[str]) -> None:
        """Put the small ligands with one donor where they have most room."""
        single = [k for k, head in enumerate(self.heads) if head is None]
        frame = Frame(
            np.concatenate([self.points, *self.atoms]),
            np.concatenate([self.numbers, *self.kinds]),
            self._metal_bonds(),
        )
        places = [
            Place(self.small[k], {self.small[k].donors[0]: self.donors[k][0]}, sides[k])
            for k in single
        ]
        done = dress(frame, places, seed=seed, tries=1, least=0.0)
        for k, positions in zip(single, done.positions, strict=True):
            molecule = self.small[k]
            donor = molecule.donors[0]
            order = [donor, *(i for i in range(molecule.n_atoms) if i != donor)]
            self.atoms[k] = positions[order[1:]]
            self.kinds[k] = molecule.numbers[order[1:]]
            place = {atom: i for i, atom in enumerate(order)}
            bonds = np.array([[place[a], place[b]] for a, b in molecule.bonds.tolist()])
            self.own_springs[k] = _near_springs(positions[order], bonds.reshape(-1, 2))
            self.firsts[k] = [
                (0, max(pair)) for pair in bonds.reshape(-1, 2).tolist() if min(pair) == 0
            ]

    def _metal_bonds(self) -> IntArray:
        """Return the bonds of donors to metals."""
        pairs = [
            (donor, metal)
            for site, own in zip(self.sites, self.donors, strict=True)
            for donor, anchor in zip(own, site.anchors, strict=True)
            for metal in anchor
        ]
        return np.array(pairs, dtype=np.int64).reshape(-1, 2)

    def cleaned(self, skeleton: DistanceModel) -> Core:
        """Relax everything together."""
        rest, pairs, lengths, stiffness = self._springs()
        kinds = np.concatenate(self.kinds)
        tails = Tails(
            _symbols(kinds),
            np.concatenate(self.atoms),
            np.array(pairs, dtype=np.int64).reshape(-1, 2),
            np.array(lengths, dtype=np.float64),
            np.array(stiffness, dtype=np.float64),
        )
        has_backbones = any(head is not None for head in self.heads)
        positions = clean_tails(skeleton, self.points, tails, self.symbols, has_backbones)
        return Core(
            (*self.symbols, *tails.symbols),
            positions,
            len(self.points),
            tuple(self.donors),
            rest,
            tuple(self.heads),
        )

    def _springs(
        self,
    ) -> tuple[tuple[tuple[int, ...], ...], list[tuple[int, int]], list[float], list[float]]:
        """Return the atoms of each tail and all its springs."""
        start, rest = len(self.points), []
        pairs: list[tuple[int, int]] = []
        lengths: list[float] = []
        stiffness: list[float] = []
        for k, donors in enumerate(self.donors):
            own = tuple(range(start, start + len(self.atoms[k])))
            start += len(own)
            rest.append(own)
            index = (*donors, *own)
            for a, b, length in self.own_springs[k]:
                pairs.append((index[a], index[b]))
                lengths.append(length)
                firm = self.heads[k] is not None and length < _BONDED
                stiffness.append(_BOND if firm else _INSIDE)
            for a, b, length in self.turns[k]:
                pairs.append((index[a], index[b]))
                lengths.append(length)
                stiffness.append(_TURN)
            for a, b in self.firsts[k]:
                bond = next(d for i, j, d in self.own_springs[k] if {i, j} == {a, b})
                for metal in self.sites[k].anchors[a]:
                    pairs.append((metal, index[b]))
                    stiffness.append(_INSIDE if self.heads[k] is None else _LEAN)
                    lengths.append(self._across(donors[a], metal, bond, self.sites[k].anchors[a]))
        return tuple(rest), pairs, lengths, stiffness

    def _across(self, donor: int, metal: int, bond: float, held: tuple[int, ...]) -> float:
        """Return the distance of a metal from what its donor carries."""
        reach = float(np.linalg.norm(self.points[donor] - self.points[metal]))
        angle = DONOR_ANGLES.get(int(self.numbers[donor]), _USUAL_ANGLE)
        if angle == _USUAL_ANGLE and len(held) > 1:
            angle = _BRIDGED_ROD
            if len(held) == 2 and min(held) < self.kernel <= max(held):
                angle = _SIDE_ON if metal < self.kernel else _END_ON
        return float(np.sqrt(bond**2 + reach**2 - 2.0 * bond * reach * np.cos(np.radians(angle))))


_BRIDGED_ROD = 140.0  # degrees M-C-C of an alkynyl that bridges
# and of one from a motif to the kernel: end on to the motif (sigma), side on to the kernel (pi)
_END_ON, _SIDE_ON = 168.0, 84.0


def _near_springs(positions: FloatArray, bonds: IntArray) -> list[tuple[int, int, float]]:
    """Return the distances of atoms one or two bonds apart."""
    from superatom.model.shell.contact_floors import bonds_apart

    ways = bonds_apart(len(positions), bonds)
    i, j = np.nonzero(np.triu((ways >= 1) & (ways <= 2)))
    apart = np.linalg.norm(positions[i] - positions[j], axis=1)
    return [(int(a), int(b), float(d)) for a, b, d in zip(i, j, apart, strict=True)]


def _symbols(numbers: IntArray) -> tuple[str, ...]:
    from ase.data import chemical_symbols

    return tuple(str(chemical_symbols[k]) for k in numbers.tolist())
