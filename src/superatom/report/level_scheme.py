"""The superatom levels of a cluster, drawn with its electrons in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from superatom.composition.shells import closed_shells, levels, occupied_levels
from superatom.report.figures import ACCENT, INK, MUTED, canvas, svg

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["FilledLevel", "draw_levels", "filled_levels"]

_EMPTY_SHOWN = 2  # empty levels above the last occupied one
_SHELL_GAP = 0.55  # extra room above a closed spherical shell, in level distances
_HALF_BAR = 0.36  # half the length of one orbital's bar


@dataclass(frozen=True, slots=True)
class FilledLevel:
    """One level of the scheme.

    Attributes
    ----------
    name : str
        Such as '1P'.
    orbitals : int
        Degenerate orbitals, 2l + 1.
    electrons : int
        Electrons in it.
    height : float
        Where it is drawn; only the order has a meaning.
    closes : int or None
        Electron number of the spherical shell that ends with this level; not told for the
        topmost level drawn.
    """

    name: str
    orbitals: int
    electrons: int
    height: float
    closes: int | None

    @property
    def spins(self) -> tuple[tuple[int, int], ...]:
        """(orbital, +1 or -1) of each electron; orbitals are filled singly first (Hund)."""
        up = min(self.electrons, self.orbitals)
        return (
            *((orbital, 1) for orbital in range(up)),
            *((orbital, -1) for orbital in range(self.electrons - up)),
        )


def filled_levels(electrons: int) -> tuple[FilledLevel, ...]:
    """Return the levels to draw, lowest first: those with electrons and the next empty ones.

    Empty if the levels known do not hold that many electrons, or there are none.
    """
    occupied = dict(occupied_levels(electrons))
    closing = {shell.electrons for shell in closed_shells() if shell.kind == "spherical"}
    drawn: list[FilledLevel] = []
    height = 0.0
    shown = levels()[: len(occupied) + _EMPTY_SHOWN] if occupied else ()
    for level in shown:
        within = level.cumulative in closing and level != shown[-1]
        closes = level.cumulative if within else None
        drawn.append(
            FilledLevel(
                level.name, level.capacity // 2, occupied.get(level.name, 0), height, closes
            )
        )
        height += 1.0 + (_SHELL_GAP if closes else 0.0)
    return tuple(drawn)


def draw_levels(electrons: int) -> str:
    """Return the level scheme of a number of electrons as an inline SVG.

    Raises
    ------
    ValueError
        If there is nothing to draw (see `filled_levels`).
    """
    scheme = filled_levels(electrons)
    if not scheme:
        raise ValueError(f"no level scheme of {electrons} electrons")
    with canvas(height_mm=14 + 7.5 * scheme[-1].height) as (figure, axes):
        half_width = max(level.orbitals for level in scheme) / 2
        for level in scheme:
            _draw_level(axes, level, half_width, electrons)
        axes.set_xlim(-half_width - 1.6, half_width + 2.6)
        axes.set_ylim(-0.75, scheme[-1].height + 0.75)
        axes.set_ylabel("energy (order only)")
        axes.set(xticks=[], yticks=[])
        axes.spines[["bottom", "left"]].set_visible(False)
        return svg(figure, f"Superatom levels filled with {electrons} electrons")


def _draw_level(axes: Axes, level: FilledLevel, half_width: float, electrons: int) -> None:
    colour = INK if level.electrons else MUTED
    first = -(level.orbitals - 1) / 2
    centres = [first + orbital for orbital in range(level.orbitals)]
    axes.hlines(
        [level.height] * level.orbitals,
        [x - _HALF_BAR for x in centres],
        [x + _HALF_BAR for x in centres],
        color=colour,
        linewidth=1.1,
    )
    for orbital, spin in level.spins:
        _draw_spin(axes, centres[orbital] + 0.13 * -spin, level.height, spin)
    axes.text(-half_width - 0.5, level.height, level.name, ha="right", va="center", color=colour)
    count = str(level.electrons) if level.electrons else "empty"
    axes.text(half_width + 0.5, level.height, count, ha="left", va="center", color=colour)
    if level.closes:
        _draw_closure(axes, level, half_width, reached=level.closes == electrons)


def _draw_spin(axes: Axes, x: float, y: float, spin: int) -> None:
    axes.annotate(
        "",
        xy=(x, y + 0.3 * spin),
        xytext=(x, y - 0.3 * spin),
        arrowprops={
            "arrowstyle": "-|>,head_width=0.12,head_length=0.22",
            "color": ACCENT,
            "linewidth": 1.0,
            "shrinkA": 0,
            "shrinkB": 0,
        },
    )


def _draw_closure(axes: Axes, level: FilledLevel, half_width: float, *, reached: bool) -> None:
    y = level.height + 0.5 + _SHELL_GAP / 2
    colour = ACCENT if reached else MUTED
    axes.hlines(
        y,
        -half_width - 1.4,
        half_width + 1.4,
        color=colour,
        linewidth=1.0 if reached else 0.5,
        linestyle="solid" if reached else (0, (3, 3)),
    )
    axes.text(
        half_width + 1.55,
        y,
        str(level.closes),
        ha="left",
        va="center",
        color=colour,
        fontweight="bold" if reached else "normal",
    )
