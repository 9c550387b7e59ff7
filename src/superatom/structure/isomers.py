"""All symmetry-unique ways to put dopants on the sites of a cluster, streamed.

Two labelings of the sites are the same isomer when an operation of the permutation group
carries one into the other. Each isomer is met once, at its canonical labeling: the set of
doped sites that comes first in lexicographic order among all its images. Dropping the last
site of a canonical set leaves a canonical set, so every one is grown from exactly one parent
(orderly generation: Read 1978, 10.1016/S0167-5060(08)70325-X; Faradžev 1978). Nothing but
the branch being grown is held. Sets are bit masks, whole batches are extended at once, and
the images under all operations are carried along, so that a test costs one comparison per
operation. The number of isomers is known beforehand from Burnside's lemma
(`superatom.structure.burnside.count_isomers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from superatom.errors import SearchError
from superatom.provenance import Provenance, stamp
from superatom.structure.permutations import PermutationGroup

__all__ = ["Isomer", "IsomerBlock", "Substitution", "iterate_isomers", "substitution"]

IntArray = NDArray[np.int64]
WordArray = NDArray[np.uint64]

_BATCH = 400_000  # images tested at once: small enough for the processor's cache
_METHOD = "orderly generation of symmetry-unique labelings"


@dataclass(frozen=True, slots=True)
class Isomer:
    """One symmetry-unique doped isomer.

    Attributes
    ----------
    sites : tuple[tuple[str, tuple[int, ...]], ...]
        For each dopant the sites it occupies, sorted.
    multiplicity : int
        Number of equivalent labelings (size of the orbit).
    """

    sites: tuple[tuple[str, tuple[int, ...]], ...]
    multiplicity: int

    def as_dict(self) -> dict[str, Any]:
        """Return the isomer as plain JSON types."""
        return {
            "sites": {element: list(sites) for element, sites in self.sites},
            "multiplicity": self.multiplicity,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Isomer:
        """Return the isomer written by `as_dict`."""
        sites = tuple((element, tuple(sites)) for element, sites in data["sites"].items())
        return cls(sites, data["multiplicity"])


@dataclass(frozen=True, slots=True, eq=False)
class IsomerBlock:
    """A batch of symmetry-unique isomers.

    Attributes
    ----------
    elements : tuple[str, ...]
        Dopant in each column of `sites`.
    sites : ndarray of int, shape (m, k)
        Doped sites of each isomer; sorted within each element's columns.
    multiplicity : ndarray of int, shape (m,)
        Number of equivalent labelings of each isomer.
    provenance : Provenance
        Method, group and request.
    """

    elements: tuple[str, ...]
    sites: IntArray
    multiplicity: IntArray
    provenance: Provenance

    def __len__(self) -> int:
        return len(self.sites)

    def __iter__(self) -> Iterator[Isomer]:
        kinds = list(dict.fromkeys(self.elements))
        columns = {kind: [i for i, e in enumerate(self.elements) if e == kind] for kind in kinds}
        for row, multiplicity in zip(self.sites, self.multiplicity, strict=True):
            sites = tuple((kind, tuple(row[columns[kind]].tolist())) for kind in kinds)
            yield Isomer(sites, int(multiplicity))

    def as_dict(self) -> dict[str, Any]:
        """Return the block as plain JSON types."""
        return {
            "elements": list(self.elements),
            "sites": self.sites.tolist(),
            "multiplicity": self.multiplicity.tolist(),
            "provenance": self.provenance.as_dict(),
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> IsomerBlock:
        """Return the block written by `as_dict`."""
        source = {**data["provenance"], "sources": tuple(data["provenance"]["sources"])}
        shape = (len(data["multiplicity"]), len(data["elements"]))
        return cls(
            tuple(data["elements"]),
            np.array(data["sites"], dtype=np.int64).reshape(shape),
            np.array(data["multiplicity"], dtype=np.int64),
            Provenance(**source),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Substitution:
    """A checked request: which sites, under which group, by what.

    Attributes
    ----------
    group : PermutationGroup
        Action on the union of orbits that holds the wanted sites, renumbered.
    numbers : ndarray of int
        Number of each of these sites in the whole cluster.
    allowed : ndarray of bool
        Which of these sites may be doped.
    counts : dict[str, int]
        Number of each dopant, zeros left out.
    """

    group: PermutationGroup
    numbers: IntArray
    allowed: NDArray[np.bool_]
    counts: dict[str, int]


def substitution(
    group: PermutationGroup, dopants: Mapping[str, int] | int, sites: ArrayLike | None = None
) -> Substitution:
    """Check a request for isomers and reduce the group to the orbits it concerns.

    Raises
    ------
    SearchError
        If a count is negative, a site does not exist or is named twice, or there are more
        dopants than sites.
    """
    counts = dict(dopants) if isinstance(dopants, Mapping) else {"dopant": int(dopants)}
    if any(count < 0 for count in counts.values()):
        raise SearchError(f"numbers of dopant atoms must not be negative, got {counts}")
    chosen = np.arange(group.degree) if sites is None else np.asarray(sites, dtype=np.int64)
    if chosen.ndim != 1 or (chosen.size and not 0 <= chosen.min() <= chosen.max() < group.degree):
        raise SearchError(f"sites must be numbers from 0 to {group.degree - 1}")
    if len(np.unique(chosen)) != len(chosen):
        raise SearchError("a site is named twice among the sites to dope")
    if sum(counts.values()) > len(chosen):
        raise SearchError(f"{sum(counts.values())} dopant atoms do not fit on {len(chosen)} sites")
    labels = group.orbit_labels()
    numbers = np.flatnonzero(np.isin(labels, labels[chosen]))
    return Substitution(
        group.restricted(numbers) if len(numbers) else group,
        numbers,
        np.isin(numbers, chosen),
        {element: count for element, count in counts.items() if count},
    )


def iterate_isomers(
    group: PermutationGroup,
    dopants: Mapping[str, int] | int,
    *,
    sites: ArrayLike | None = None,
) -> Iterator[IsomerBlock]:
    """Stream all symmetry-unique isomers with the given dopants, in blocks.

    Parameters
    ----------
    group : PermutationGroup
        Symmetry of the sites, for example from `site_permutations`.
    dopants : mapping of element to count, or int
        What replaces host atoms; an int stands for one unnamed dopant.
    sites : array of int or None
        Only these sites may be doped; None: all. They need not be whole orbits; then
        multiplicities count the equivalent labelings inside `sites`.

    Yields
    ------
    IsomerBlock
        Batches of isomers; no isomer comes twice, none is missing.

    Raises
    ------
    SearchError
        If the request makes no sense (see `substitution`).

    Examples
    --------
    >>> from superatom.structure.permutations import generate_group
    >>> square = generate_group([[1, 2, 3, 0], [3, 2, 1, 0]])
    >>> for block in iterate_isomers(square, {"Ag": 2}):
    ...     print(block.sites.tolist(), block.multiplicity.tolist())
    [[0, 1], [0, 2]] [4, 2]
    """
    request = substitution(group, dopants, sites)
    provenance = stamp(
        _METHOD,
        group.elements.tobytes(),
        request.counts,
        request.numbers[request.allowed].tobytes(),
    )
    return _stream(request, provenance)


def _stream(request: Substitution, provenance: Provenance) -> Iterator[IsomerBlock]:
    n, total = len(request.numbers), sum(request.counts.values())
    elements = tuple(e for e, count in request.counts.items() for _ in range(count))
    whole = bool(request.allowed.all())
    kinds = [("", n - total), *request.counts.items()] if whole else list(request.counts.items())
    # the most numerous kind is what is left over: placing the others is the same isomer
    background = max(kinds, key=lambda kind: kind[1])[0] if whole else ""
    placed = sorted((c, e) for e, c in kinds if e != background and c)
    images = _Images(request.group, request.allowed)
    plan = [step for count, _ in placed for step in [True] + [False] * (count - 1)]
    for front in _grow(images, images.empty(), plan):
        columns = _columns(front, placed, background, elements, n)
        rows, multiplicity = images.representatives(front, columns)
        yield IsomerBlock(elements, request.numbers[rows], multiplicity, provenance)


def _columns(
    front: _Front,
    placed: list[tuple[int, str]],
    background: str,
    elements: tuple[str, ...],
    n: int,
) -> IntArray:
    """Return the sites of each dopant in the order of `elements`, shape (m, k)."""
    parts: dict[str, IntArray] = {}
    start = 0
    for count, element in placed:
        parts[element] = front.chosen[:, start : start + count]
        start += count
    if background:
        left = np.ones((len(front.chosen), n), dtype=bool)
        np.put_along_axis(left, front.chosen, False, axis=1)
        parts[background] = np.nonzero(left)[1].reshape(len(left), -1).astype(np.int64)
    wanted = [parts[element] for element in dict.fromkeys(elements)]
    return np.hstack(wanted) if wanted else np.empty((len(front.chosen), 0), dtype=np.int64)


@dataclass(slots=True)
class _Front:
    """A batch of partial labelings: sites in order of choice, and their images.

    `current` holds the images of the set being grown under each operation, `union` those of
    all sets, `fixing` the operations that keep the sets already finished; words first.
    """

    chosen: IntArray
    current: WordArray
    union: WordArray
    fixing: NDArray[np.bool_]

    def take(self, rows: IntArray | slice | NDArray[np.bool_]) -> _Front:
        return _Front(
            self.chosen[rows], self.current[:, rows], self.union[:, rows], self.fixing[rows]
        )


class _Images:
    """Bit masks of sites under all operations; the first site is the highest bit."""

    def __init__(self, group: PermutationGroup, allowed: NDArray[np.bool_]) -> None:
        self.elements = group.elements
        order, n = group.elements.shape
        words = max(1, -(-n // 64))
        bits = np.zeros((words, n), dtype=np.uint64)
        site = np.arange(n)
        bits[site // 64, site] = np.uint64(1) << (63 - site % 64).astype(np.uint64)
        self.identity = int(np.flatnonzero((group.elements == site).all(axis=1))[0])
        self.of_site = np.ascontiguousarray(bits[:, group.elements].transpose(0, 2, 1))
        self.forbidden = np.bitwise_or.reduce(bits[:, ~allowed], axis=1)[:, None, None]
        self.restricted = not allowed.all()
        self.sites = n
        self.order = order

    def empty(self) -> _Front:
        nothing = np.zeros((len(self.of_site), 1, self.order), dtype=np.uint64)
        return _Front(
            np.empty((1, 0), dtype=np.int64), nothing, nothing, np.ones((1, self.order), dtype=bool)
        )

    def own(self, images: WordArray) -> WordArray:
        return images[:, :, self.identity, None]

    def new_set(self, front: _Front) -> _Front:
        """Return `front` ready to grow a set of the next element."""
        fixing = front.fixing & (front.current == self.own(front.current)).all(axis=0)
        return _Front(front.chosen, np.zeros_like(front.current), front.union, fixing)

    def extended(self, front: _Front, fresh: bool) -> _Front:
        """Return all canonical labelings with one more site than those of `front`."""
        free = np.ones((len(front.chosen), self.sites), dtype=bool)
        np.put_along_axis(free, front.chosen, False, axis=1)
        if not fresh:
            free &= np.arange(self.sites) > front.chosen[:, -1:]
        rows, sites = np.nonzero(free)
        current = front.current[:, rows] | self.of_site[:, sites]
        keep = self._canonical(current, front.fixing[rows])
        if self.restricted:
            inside = ((front.union[:, rows] | self.of_site[:, sites]) & self.forbidden) == 0
            keep &= inside.all(axis=0).any(axis=1)
        rows, sites = rows[keep], sites[keep]
        return _Front(
            np.column_stack([front.chosen[rows], sites]),
            current[:, keep],
            front.union[:, rows] | self.of_site[:, sites] if self.restricted else current[:, keep],
            front.fixing[rows],
        )

    def _canonical(self, images: WordArray, fixing: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Whether no operation that keeps the earlier sets makes the new set come earlier."""
        own = self.own(images)
        earlier = images[0] > own[0]
        if len(images) > 1:
            equal = images[0] == own[0]
            for word in range(1, len(images)):
                earlier |= equal & (images[word] > own[word])
                equal &= images[word] == own[word]
        if not fixing.all():
            earlier &= fixing
        return np.asarray(~earlier.any(axis=1))

    def representatives(self, front: _Front, columns: IntArray) -> tuple[IntArray, IntArray]:
        """Return the sites of each isomer and its multiplicity."""
        fixing = self.new_set(front).fixing.sum(axis=1)
        if not self.restricted:
            return columns, self.order // fixing
        inside = ((front.union & self.forbidden) == 0).all(axis=0)
        chosen = self.elements[np.argmax(inside, axis=1)]
        moved = np.take_along_axis(chosen, columns, axis=1)
        return moved, inside.sum(axis=1) // fixing


def _grow(images: _Images, front: _Front, plan: list[bool]) -> Iterator[_Front]:
    """Grow `front` by the sites of `plan` (True where a new set begins), depth first."""
    if not plan:
        yield front
        return
    step = max(1, _BATCH // (images.order * images.sites * len(images.of_site)))
    for start in range(0, len(front.chosen), step):
        part = front.take(slice(start, start + step))
        if plan[0]:
            part = images.new_set(part)
        wider = images.extended(part, plan[0])
        if len(wider.chosen):
            yield from _grow(images, wider, plan[1:])
