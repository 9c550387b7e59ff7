"""Reductants and the half-reactions by which they give electrons (`data/reductants.csv`)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from superatom.composition.reactions import Reaction, Term, read_reaction
from superatom.composition.shells import table_rows
from superatom.errors import BalanceError

__all__ = ["HalfReaction", "electron_sources", "half_reaction"]


@dataclass(frozen=True, slots=True)
class HalfReaction:
    """A balanced oxidation that gives electrons.

    Attributes
    ----------
    name : str
        Name of the reductant.
    reaction : Reaction
        The half-reaction, electrons on the right.
    aliases : tuple[str, ...]
        Other names.
    source : str
        What it rests on.
    """

    name: str
    reaction: Reaction
    aliases: tuple[str, ...]
    source: str

    @property
    def partners(self) -> tuple[Term, ...]:
        """Everything but the electrons."""
        return tuple(term for term in self.reaction.terms if not term.species.is_electron)


@lru_cache(maxsize=1)
def electron_sources() -> tuple[HalfReaction, ...]:
    """Return all half-reactions of the table."""
    return tuple(
        HalfReaction(
            row["name"],
            read_reaction(row["half_reaction"]),
            tuple(row["aliases"].split(";")),
            row["source"],
        )
        for row in table_rows("reductants.csv")
    )


def half_reaction(name: str) -> HalfReaction:
    """Return the half-reaction of a reductant, found by any of its names.

    Raises
    ------
    BalanceError
        If the table has none of that name.
    """
    wanted = _key(name)
    for half in electron_sources():
        if wanted in {_key(half.name), *map(_key, half.aliases)}:
            return half
    known = ", ".join(half.name for half in electron_sources())
    raise BalanceError(
        f"no electron source called '{name[:40]}'\n"
        f"  known: {known}; or write the half-reaction into the equation"
    )


def _key(name: str) -> str:
    return name.replace("^", "").replace("−", "-").strip(" -").casefold()
