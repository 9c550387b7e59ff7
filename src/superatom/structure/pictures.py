"""Pictures of a disordered crystal: consistent choices of what is there at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from superatom.errors import StructureError
from superatom.structure.sites import FULL
from superatom.structure.units import Unit

__all__ = ["Disorder", "Option", "Picture"]

IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]

_TRIES = 12  # orders in which equal units are tried


@dataclass(frozen=True, slots=True)
class Option:
    """One alternative of a disordered part.

    Attributes
    ----------
    part : int
        Number of the disordered part, from 0.
    assembly, group : str
        Its tags in the file; the group is 'untagged' if it has none.
    occupancy : float
        How much of the crystal it is.
    labels : tuple[str, ...]
        Its sites.
    """

    part: int
    assembly: str
    group: str
    occupancy: float
    labels: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return the option as plain JSON types."""
        return {
            "part": self.part,
            "assembly": self.assembly,
            "group": self.group,
            "occupancy": self.occupancy,
            "labels": list(self.labels),
        }


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One consistent choice of atoms.

    Attributes
    ----------
    images : ndarray of int, shape (n,)
        Images that are there, ascending.
    filled : ndarray of float, shape (n,)
        How often the place of each is filled by it or its alternatives, 0 to 1.
    notes : tuple[str, ...]
        Remarks.
    """

    images: IntArray
    filled: NDArray[np.float64]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Disorder:
    """The disorder of a crystal and everything needed to draw a picture of it.

    Attributes
    ----------
    whole : ndarray of bool, shape (n_images,)
        Images that are in every picture.
    units : tuple[Unit, ...]
        What can be chosen.
    conflicts : ndarray of bool, shape (n_units, n_units)
        Which units exclude each other.
    part : ndarray of int, shape (n_units,)
        Disordered part each unit belongs to; -1 for a unit that nothing excludes.
    options : tuple[Option, ...]
        All alternatives, by part and falling occupancy.
    notes : tuple[str, ...]
        Decisions taken.
    molecule : ndarray of int, shape (n_units,)
        Molecule of full sites a unit is bonded to; -1 if none.
    """

    whole: BoolArray
    units: tuple[Unit, ...]
    conflicts: BoolArray
    part: IntArray
    options: tuple[Option, ...]
    notes: tuple[str, ...]
    molecule: IntArray
    _rank: IntArray = field(repr=False)
    _n_options: IntArray = field(repr=False)

    @property
    def n_pictures(self) -> int:
        """Number of pictures: the most alternatives any part has."""
        return int(self._n_options.max(initial=1))

    def picture(self, choice: int | Mapping[str, str] | None = None) -> Picture:
        """Return one picture.

        Parameters
        ----------
        choice : int, mapping or None
            Rank of the alternatives (0 or None: the major ones), or the group to take for
            an assembly, such as ``{"A": "2"}``.

        Raises
        ------
        StructureError
            If there is no such picture, assembly or group.
        """
        chosen, notes = self._without_vacancies(self._best(self._priority(choice)))
        filled = np.where(self.whole, 1.0, 0.0)
        there = self.whole.copy()
        for u in np.flatnonzero(chosen).tolist():
            there[self.units[u].images] = True
            filled[self.units[u].images] = self._filling(u)
        images = np.flatnonzero(there)
        return Picture(images, filled[images], tuple(notes))

    def _filling(self, unit: int) -> float:
        """Return how often the place of a unit is filled by it or what excludes it."""
        rivals = self.conflicts[unit] | (np.arange(len(self.units)) == unit)
        kinds: dict[tuple[str, str], float] = {}
        for u in np.flatnonzero(rivals).tolist():
            one = self.units[u]
            if one.fragment == self.units[unit].fragment:
                kinds[f"image {u}", ""] = one.occupancy
            elif (one.assembly, one.group) != (self.units[unit].assembly, self.units[unit].group):
                kinds[one.assembly, one.group] = one.occupancy
        total = sum(kinds.values())
        return 1.0 if total >= FULL else total

    def _priority(self, choice: int | Mapping[str, str] | None) -> IntArray:
        """Return the order in which units are taken, small first."""
        sizes = np.maximum(self._n_options, 1)
        if isinstance(choice, Mapping):
            return self._priority_of_groups(choice)
        number = choice or 0
        if not 0 <= number < self.n_pictures:
            raise StructureError(
                f"no picture {number} of this crystal: it has {self.n_pictures} (0 to "
                f"{self.n_pictures - 1})"
            )
        return (self._rank - number) % sizes

    def _priority_of_groups(self, choice: Mapping[str, str]) -> IntArray:
        priority = self._rank + 1
        for assembly, group in choice.items():
            wanted = np.array(
                [(u.assembly, u.group) == (assembly, str(group)) for u in self.units], dtype=bool
            )
            if not wanted.any():
                known = ", ".join(sorted({f"{o.assembly or '.'}:{o.group}" for o in self.options}))
                raise StructureError(
                    f"no group '{group}' of assembly '{assembly}' in this crystal; "
                    f"assembly:group there are {known or 'none'}"
                )
            priority[wanted] = 0
        return priority

    def _best(self, priority: IntArray) -> BoolArray:
        """Return a choice without conflicts, as many and as high units as can be found."""
        weights = np.array([u.occupancy * len(u.images) for u in self.units])
        generator = np.random.default_rng(0)
        best, best_score = np.zeros(len(self.units), dtype=bool), -np.inf
        for attempt in range(_TRIES):
            tie = np.arange(len(self.units)) if not attempt else generator.permutation(len(weights))
            chosen = self._greedy(np.lexsort((tie, -weights, priority)))
            score = float((weights / (1.0 + priority))[chosen].sum())
            if score > best_score + 1e-9:
                best, best_score = chosen, score
        return best

    def _greedy(self, order: IntArray) -> BoolArray:
        chosen = np.zeros(len(order), dtype=bool)
        blocked = np.zeros(len(order), dtype=bool)
        for unit in order.tolist():
            if not blocked[unit]:
                chosen[unit] = True
                blocked |= self.conflicts[unit]
        return chosen

    def _without_vacancies(self, chosen: BoolArray) -> tuple[BoolArray, list[str]]:
        """Leave out, per molecule, the share of unopposed partial units that is not there."""
        kept = chosen.copy()
        free = np.flatnonzero(chosen & (self.part < 0) & (self.molecule >= 0))
        groups: dict[tuple[int, tuple[str, ...]], list[int]] = {}
        for u in free.tolist():
            groups.setdefault((int(self.molecule[u]), self.units[u].labels), []).append(u)
        notes = set()
        for (_, labels), members in groups.items():
            occupancy = self.units[members[0]].occupancy
            there = int(np.floor(len(members) * occupancy + 0.5))
            kept[members[there:]] = False
            names = ", ".join(labels[:6]) + (" ..." if len(labels) > 6 else "")
            notes.add(
                f"{names}: occupied to {occupancy:.3g} without an alternative; "
                f"{there} of {len(members)} in the picture"
            )
        return kept, sorted(notes)
