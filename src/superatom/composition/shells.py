"""Levels of the spherical jellium and the electron numbers that close them.

1S 1P 1D 2S 1F 2P 1G 2D 3S 1H ...: order and closures are tables in `data/`
(Walter et al., PNAS 2008, 10.1073/pnas.0801001105; de Heer, Rev. Mod. Phys. 1993,
10.1103/RevModPhys.65.611).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

__all__ = [
    "ClosedShell",
    "Level",
    "closed_shells",
    "configuration",
    "levels",
    "nearest_closed_shells",
    "occupied_levels",
    "table_rows",
]


@dataclass(frozen=True, slots=True)
class Level:
    """One jellium level.

    Attributes
    ----------
    name : str
        Radial number and angular momentum letter, such as '1P'.
    capacity : int
        Electrons it holds, 2(2l + 1).
    cumulative : int
        Electrons when this level and all before it are full.
    """

    name: str
    capacity: int
    cumulative: int


@dataclass(frozen=True, slots=True)
class ClosedShell:
    """An electron number that fills a shell.

    Attributes
    ----------
    electrons : int
        The number.
    kind : str
        'spherical' (2, 8, 18, 34, 58, 92, 138 ...) or 'sub-shell' (20, 40, 68, 70, 90).
    filled_to : str
        The last level that is full.
    """

    electrons: int
    kind: str
    filled_to: str


def table_rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table in `composition/data`."""
    table = resources.files("superatom.composition") / "data" / name
    yield from csv.DictReader(table.read_text(encoding="utf-8").splitlines())


@lru_cache(maxsize=1)
def levels() -> tuple[Level, ...]:
    """Return the levels in the order in which they fill."""
    return tuple(
        Level(row["level"], int(row["capacity"]), int(row["cumulative"]))
        for row in table_rows("shells.csv")
    )


@lru_cache(maxsize=1)
def closed_shells() -> tuple[ClosedShell, ...]:
    """Return all closed shells, smallest first."""
    return tuple(
        ClosedShell(int(row["electrons"]), row["kind"], row["filled_to"])
        for row in table_rows("closed_shells.csv")
    )


def occupied_levels(electrons: int) -> tuple[tuple[str, int], ...]:
    """Return level names with their electrons, lowest first.

    Empty for no electrons, for a negative number, and beyond the last level known.
    """
    filling = []
    left = electrons
    for level in levels():
        if left <= 0:
            break
        filling.append((level.name, min(left, level.capacity)))
        left -= level.capacity
    return tuple(filling) if left <= 0 else ()


def configuration(electrons: int) -> str:
    """Return the superatom configuration.

    Examples
    --------
    >>> configuration(8)
    '1S2 1P6'
    >>> configuration(14)
    '1S2 1P6 1D6'
    """
    return " ".join(f"{name}{n}" for name, n in occupied_levels(electrons))


def nearest_closed_shells(electrons: float) -> tuple[ClosedShell | None, ClosedShell | None]:
    """Return the nearest spherical shells below and above a number of electrons.

    A number that closes a shell is its own neighbour on both sides. None where there
    is none (below 2, above the last of the table).

    Examples
    --------
    >>> below, above = nearest_closed_shells(14)
    >>> below.electrons, above.electrons
    (8, 18)
    """
    spherical = [shell for shell in closed_shells() if shell.kind == "spherical"]
    below = [shell for shell in spherical if shell.electrons <= electrons]
    above = [shell for shell in spherical if shell.electrons >= electrons]
    return (below[-1] if below else None, above[0] if above else None)
