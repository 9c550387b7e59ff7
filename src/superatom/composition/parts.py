"""The parts a cluster formula is laid out from: metals, ligands, groups, what comes along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from superatom.composition.counts import Count, CountRange, Expression
from superatom.composition.ligands import Ligand
from superatom.errors import SuperatomError

__all__ = [
    "GENERIC_METAL",
    "Adduct",
    "Companion",
    "GroupPart",
    "Layer",
    "LigandPart",
    "MetalPart",
    "Part",
    "flatten",
]

#: Symbol of a metal that the formula leaves open, as in M25(SR)18.
GENERIC_METAL = "M"


@dataclass(frozen=True, slots=True)
class MetalPart:
    """Metal atoms: Au25, M24, or (AuAg)44 when the ratio is not given.

    Attributes
    ----------
    symbols : tuple[str, ...]
        One element (or `GENERIC_METAL`); several for an alloy of unspecified ratio.
    count : Count
        Number of atoms.
    printed_one : bool
        Whether a count of 1 is printed (Pt1Au24).
    """

    symbols: tuple[str, ...]
    count: Count = 1
    printed_one: bool = field(default=False, compare=False)

    @property
    def name(self) -> str:
        """'Au', or 'Au+Ag' for an alloy of unspecified ratio."""
        return "+".join(self.symbols)


@dataclass(frozen=True, slots=True)
class LigandPart:
    """A ligand and how often it occurs.

    Attributes
    ----------
    ligand : Ligand
        What is meant.
    count : Count
        How many.
    printed : str
        Name used in this formula ('SC2H4Ph'); the ligand's own name if empty.
    printed_one : bool
        Whether a count of 1 is printed.
    """

    ligand: Ligand
    count: Count = 1
    printed: str = field(default="", compare=False)
    printed_one: bool = field(default=False, compare=False)

    @property
    def name(self) -> str:
        """Name to print."""
        return self.printed or self.ligand.name


@dataclass(frozen=True, slots=True)
class GroupPart:
    """Parts in brackets that occur together `count` times, as in [Au13Cd2...]2Cd."""

    parts: tuple[Part, ...]
    count: Count = 1


Part = MetalPart | LigandPart | GroupPart
Layer = tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Companion:
    """A counter-ion or solvate of the crystal or salt, written after a dot."""

    ligand: Ligand
    count: Count = 1
    printed: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """Name to print."""
        return self.printed or self.ligand.name

    @property
    def charge(self) -> int:
        """Charge of one (0 for a solvent)."""
        return -(self.ligand.charge_taken or 0)


@dataclass(frozen=True, slots=True)
class Adduct:
    """Atoms gained or lost by an ion in flight, as the +4Na of [Au25(pMBA)18-9H+4Na]4-.

    Attributes
    ----------
    name : str
        Element symbol or ligand name.
    count : int
        Negative if lost.
    elements : tuple[tuple[str, int], ...]
        Atoms of one.
    """

    name: str
    count: int
    elements: tuple[tuple[str, int], ...]


def flatten(parts: Iterable[Part], factor: int) -> Iterator[tuple[MetalPart | LigandPart, Count]]:
    """Yield metal and ligand parts with their counts times `factor`, groups multiplied out."""
    for part in parts:
        if isinstance(part, GroupPart):
            inner = part.count
            if not isinstance(inner, int):
                raise SuperatomError(
                    "a bracketed group inside a formula must occur a whole number of times"
                )
            yield from flatten(part.parts, factor * inner)
        else:
            yield part, _times(part.count, factor)


def _times(count: Count, factor: int) -> Count:
    if factor == 1:
        return count
    if isinstance(count, Expression):
        return Expression(factor * count.constant, tuple((v, factor * f) for v, f in count.terms))
    if isinstance(count, CountRange):
        return CountRange(factor * count.low, factor * count.high)
    return factor * count
