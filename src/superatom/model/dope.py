"""Doping a model: every symmetry-unique way to put other metals on its sites, or a sample.

Positions are kept; only elements change. Two doped models are the same when a permutation of
the metals that keeps the bonds of the skeleton and its elements carries one into the other
(`superatom.model.symmetry`); the number of models is Burnside's
(`superatom.structure.burnside.count_isomers`), and each comes with its multiplicity.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import SearchError, UnknownElement
from superatom.model.construction import construction, record_operation
from superatom.model.symmetry import skeleton_symmetry
from superatom.structure.anatomy import Anatomy, dissect
from superatom.structure.burnside import count_isomers
from superatom.structure.dopants import POSITIONS
from superatom.structure.isomers import Isomer, iterate_isomers
from superatom.structure.permutations import PermutationGroup

if TYPE_CHECKING:
    from ase import Atoms

__all__ = ["Doped", "count_doped", "dope", "doping_orbits", "sample_doped"]

IntArray = NDArray[np.int64]
FloatArray = NDArray[np.float64]

_POOL = 2000  # labelings from which maximally different ones are chosen
_TRIES = 50  # draws per model wanted before a random sample is called complete
_BIN = 0.5  # Å; width of the bins of dopant-dopant distances


@dataclass(frozen=True, slots=True, eq=False)
class Doped:
    """One doped model.

    Attributes
    ----------
    atoms : ase.Atoms
        The model, at the parent's positions.
    sites : tuple[tuple[str, tuple[int, ...]], ...]
        Atoms taken by each dopant.
    positions : tuple[tuple[str, tuple[str, ...]], ...]
        Doping position of each of these atoms ('centre', 'kernel surface', 'motif', ...).
    multiplicity : int
        Number of equivalent ways to do it.
    """

    atoms: Atoms
    sites: tuple[tuple[str, tuple[int, ...]], ...]
    positions: tuple[tuple[str, tuple[str, ...]], ...]
    multiplicity: int

    def __str__(self) -> str:
        told = []
        for (element, atoms), (_, places) in zip(self.sites, self.positions, strict=True):
            named = (f"{k} ({place})" for k, place in zip(atoms, places, strict=True))
            told.append(f"{element} at {', '.join(named)}")
        return f"{'; '.join(told) or 'undoped'} x{self.multiplicity}"

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the coordinates as plain JSON types."""
        return {
            "sites": {element: list(atoms) for element, atoms in self.sites},
            "positions": {element: list(places) for element, places in self.positions},
            "multiplicity": self.multiplicity,
            "construction": construction(self.atoms),
        }


@dataclass(frozen=True, slots=True, eq=False)
class _Request:
    """A checked request: metals that may be replaced, and how they are equivalent."""

    atoms: Atoms
    metals: IntArray
    group: PermutationGroup
    chosen: IntArray  # numbers of the metals that may be replaced
    place: dict[int, str]
    dopants: dict[str, int]
    parent: dict[str, Any]

    def model(self, sites: Mapping[str, Sequence[int]], multiplicity: int, **how: Any) -> Doped:
        """Return the model with the dopants on the given metals (by number)."""
        taken = tuple(
            (element, tuple(int(self.metals[k]) for k in numbers))
            for element, numbers in sites.items()
        )
        changed: Atoms = self.atoms.copy()
        for element, atoms in taken:
            changed.symbols[list(atoms)] = element
        record_operation(
            changed,
            self.parent,
            "dope",
            sites={element: list(atoms) for element, atoms in taken},
            multiplicity=multiplicity,
            **how,
        )
        places = tuple((e, tuple(self.place[a] for a in atoms)) for e, atoms in taken)
        return Doped(changed, taken, places, multiplicity)


def dope(
    atoms: Atoms,
    dopants: Mapping[str, int],
    classes: Sequence[str] | None = None,
    *,
    host: str | None = None,
    symmetry: str = "bonds",
    anatomy: Anatomy | None = None,
) -> Iterator[Doped]:
    """Stream all symmetry-unique ways to replace host metals by dopants.

    Parameters
    ----------
    atoms : ase.Atoms
        The parent; not changed.
    dopants : mapping of element to count
        What replaces host atoms: ``{"Ag": 2}``, ``{"Ag": 1, "Pd": 1}``.
    classes : sequence of str, optional
        Only these doping positions: 'centre', 'kernel', 'kernel surface', 'motif'.
    host : str, optional
        Element that is replaced; the most frequent metal by default.
    symmetry : str
        'bonds', 'positions' or 'none' (`superatom.model.symmetry`).
    anatomy : Anatomy, optional
        The dissected parent if already known.

    Yields
    ------
    Doped
        Each unique model once, with its multiplicity.

    Raises
    ------
    SearchError
        If a class or host is not there, or more dopants are asked than sites.
    UnknownElement
        If a dopant is no element.
    """
    request = _request(atoms, dopants, classes, host, symmetry, anatomy)
    blocks = iterate_isomers(request.group, request.dopants, sites=request.chosen)
    return (
        request.model(dict(isomer.sites), isomer.multiplicity)
        for block in blocks
        for isomer in block
    )


def count_doped(
    atoms: Atoms,
    dopants: Mapping[str, int],
    classes: Sequence[str] | None = None,
    *,
    host: str | None = None,
    symmetry: str = "bonds",
    anatomy: Anatomy | None = None,
) -> int:
    """Return how many models `dope` would give, by Burnside's lemma."""
    request = _request(atoms, dopants, classes, host, symmetry, anatomy)
    return count_isomers(request.group, request.dopants, sites=request.chosen)


def sample_doped(
    atoms: Atoms,
    dopants: Mapping[str, int],
    number: int,
    classes: Sequence[str] | None = None,
    *,
    kind: str = "random",
    seed: int = 0,
    host: str | None = None,
    symmetry: str = "bonds",
    anatomy: Anatomy | None = None,
) -> tuple[Doped, ...]:
    """Return some unique doped models where all would be too many.

    Parameters
    ----------
    number : int
        How many; fewer come back if there are not as many different ones.
    kind : str
        'random': each labeling of the sites equally likely, so that a model comes up in
        proportion to its multiplicity; 'special': models as different as possible, chosen
        one after the other from a random pool so that the least difference (in doping sites
        and dopant-dopant distances) from those already chosen is largest.
    seed : int
        Seed of the random numbers; the same seed gives the same models.

    Raises
    ------
    SearchError
        If `kind` or the number makes no sense; see also `dope`.
    """
    if kind not in ("random", "special"):
        raise SearchError(f"no kind of sample {kind!r}; choose random or special")
    if number < 1:
        raise SearchError(f"a sample needs at least one model, got {number}")
    request = _request(atoms, dopants, classes, host, symmetry, anatomy)
    if sum(request.dopants.values()) > len(request.chosen):
        raise SearchError(
            f"{sum(request.dopants.values())} dopant atoms do not fit on "
            f"{len(request.chosen)} sites"
        )
    pool = _random_labelings(request, number if kind == "random" else max(_POOL, number), seed)
    if kind == "special":
        pool = [pool[k] for k in _most_different(_descriptors(request, pool), number)]
    return tuple(
        request.model(_split(request, row), _multiplicity(request, row), kind=kind, seed=seed)
        for row in pool
    )


def _request(
    atoms: Atoms,
    dopants: Mapping[str, int],
    classes: Sequence[str] | None,
    host: str | None,
    symmetry: str,
    anatomy: Anatomy | None,
) -> _Request:
    _check_elements(dopants)
    taken_apart = anatomy if anatomy is not None else dissect(atoms)
    skeleton = skeleton_symmetry(taken_apart, symmetry)
    metals = np.array(sorted(taken_apart.metals), dtype=np.int64)
    group = skeleton.action([(int(k),) for k in metals])
    place = {site.atom: site.position for site in taken_apart.sites}
    element = {site.atom: site.symbol for site in taken_apart.sites}
    replaced = host or Counter(element.values()).most_common(1)[0][0]
    if replaced not in element.values():
        present = ", ".join(sorted(set(element.values())))
        raise SearchError(f"no {replaced} to replace; the metals here are {present}")
    wanted = _wanted(classes)
    chosen = [
        k
        for k, atom in enumerate(metals.tolist())
        if element[atom] == replaced and place[atom] in wanted
    ]
    counts = {symbol: int(count) for symbol, count in dopants.items()}
    if replaced in counts:
        raise SearchError(f"{replaced} cannot replace {replaced}; name another dopant or host")
    return _Request(
        atoms,
        metals,
        group,
        np.array(chosen, dtype=np.int64),
        place,
        counts,
        construction(atoms),
    )


def doping_orbits(
    anatomy: Anatomy,
    classes: Sequence[str] | None = None,
    *,
    host: str | None = None,
    symmetry: str = "bonds",
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the sets of equivalent metals that can be replaced: doping position and atoms.

    Parameters
    ----------
    anatomy : Anatomy
        The cluster, dissected.
    classes, host, symmetry
        As in `dope`.

    Raises
    ------
    SearchError
        If a class or host is not there.
    """
    request = _request(anatomy.atoms, {}, classes, host, symmetry, anatomy)
    labels = request.group.orbit_labels()
    sets: dict[int, list[int]] = {}
    for k in request.chosen.tolist():
        sets.setdefault(int(labels[k]), []).append(int(request.metals[k]))
    return tuple((request.place[atoms[0]], tuple(atoms)) for atoms in sets.values())


def _check_elements(dopants: Mapping[str, int]) -> None:
    from ase.data import atomic_numbers

    for symbol in dopants:
        if symbol not in atomic_numbers or symbol == "X":
            raise UnknownElement(f"'{symbol}' is no element", hint="write dopants as Ag:2 Pd:1")


def _wanted(classes: Sequence[str] | None) -> set[str]:
    if classes is None:
        return set(POSITIONS)
    named = {classes} if isinstance(classes, str) else set(classes)
    unknown = sorted(named - set(POSITIONS))
    if unknown:
        raise SearchError(f"no doping position {unknown[0]!r}; choose from {', '.join(POSITIONS)}")
    return named


def _random_labelings(request: _Request, number: int, seed: int) -> list[IntArray]:
    """Return up to `number` labelings (0 host, 1, 2, ... dopants), no two equivalent."""
    total = count_isomers(request.group, request.dopants, sites=request.chosen)
    if total <= number:
        blocks = iterate_isomers(request.group, request.dopants, sites=request.chosen)
        return [_labeling(request, isomer) for block in blocks for isomer in block]
    random = np.random.default_rng(seed)
    kinds = np.repeat(np.arange(1, len(request.dopants) + 1), list(request.dopants.values()))
    known: dict[bytes, IntArray] = {}
    for _ in range(_TRIES * number):
        if len(known) == number:
            break
        row = np.zeros(len(request.metals), dtype=np.int64)
        row[random.choice(request.chosen, len(kinds), replace=False)] = kinds
        known.setdefault(_canonical(request, row).tobytes(), row)
    return list(known.values())


def _labeling(request: _Request, isomer: Isomer) -> IntArray:
    row = np.zeros(len(request.metals), dtype=np.int64)
    taken = dict(isomer.sites)
    for kind, element in enumerate(request.dopants, 1):
        row[list(taken.get(element, ()))] = kind
    return row


def _canonical(request: _Request, row: IntArray) -> IntArray:
    """Return the image of a labeling that comes first in lexicographic order."""
    images = row[request.group.elements]
    best: IntArray = images[np.lexsort(images.T[::-1])[0]]
    return best


def _multiplicity(request: _Request, row: IntArray) -> int:
    """Return the number of equivalent labelings inside the sites that may be replaced."""
    images = np.unique(row[request.group.elements], axis=0)
    outside = np.ones(len(row), dtype=bool)
    outside[request.chosen] = False
    return int((images[:, outside] == 0).all(axis=1).sum())


def _split(request: _Request, row: IntArray) -> dict[str, list[int]]:
    return {e: np.flatnonzero(row == k).tolist() for k, e in enumerate(request.dopants, 1)}


def _descriptors(request: _Request, rows: list[IntArray]) -> FloatArray:
    """Return for each labeling the dopants per orbit and dopant-dopant distances per bin."""
    orbit = request.group.orbit_labels()
    points = request.atoms.positions[request.metals]
    distance = np.linalg.norm(points[:, None] - points, axis=2)
    bins = np.floor(distance / _BIN).astype(np.int64)
    upper = np.triu(np.ones_like(bins, dtype=bool), 1)
    found = []
    for row in rows:
        parts = [
            np.bincount(orbit[row == k], minlength=len(orbit))
            for k in range(1, len(request.dopants) + 1)
        ]
        pairs = upper & (row[:, None] > 0) & (row > 0)
        parts.append(np.bincount(bins[pairs], minlength=int(bins.max()) + 1))
        found.append(np.concatenate(parts))
    return np.array(found, dtype=np.float64)


def _most_different(points: FloatArray, number: int) -> list[int]:
    """Return rows chosen so that each is as far as possible from those before it."""
    chosen = [0]
    nearest = np.linalg.norm(points - points[0], axis=1)
    while len(chosen) < min(number, len(points)):
        nearest[chosen] = -1.0
        chosen.append(int(np.argmax(nearest)))
        nearest = np.minimum(nearest, np.linalg.norm(points - points[chosen[-1]], axis=1))
    return chosen
