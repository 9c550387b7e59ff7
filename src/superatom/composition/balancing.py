"""Find the coefficients of a reaction: alone, with some fixed, or with a reductant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from superatom.composition.conservation import Conserved, ways_to_conserve
from superatom.composition.electron_sources import HalfReaction
from superatom.composition.missing import Obstacle, explain_impossible
from superatom.composition.reactions import Reaction, Term
from superatom.composition.stoichiometry import Solutions, smallest_whole, solve
from superatom.errors import BalanceError

__all__ = ["Attempt", "attempt_balance", "conserved_as_printed", "with_half_reaction"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """The outcome of balancing, before it is told.

    Attributes
    ----------
    conserved : Conserved
        What was kept whole and what was opened.
    status : str
        As in `Balance`.
    coefficients : tuple[Fraction, ...]
        Empty if impossible.
    solutions : Solutions
        All ways to balance without fixed coefficients.
    obstacle : Obstacle or None
        Why it is impossible.
    """

    conserved: Conserved
    status: str
    coefficients: tuple[Fraction, ...]
    solutions: Solutions
    obstacle: Obstacle | None = None


def conserved_as_printed(reaction: Reaction) -> Conserved:
    """Return the first way to conserve in which the printed coefficients are right.

    If there is none, the one with all groups whole.
    """
    ways = list(ways_to_conserve(reaction.terms))
    return next((way for way in ways if not way.imbalance(reaction.printed)), ways[0])


def attempt_balance(
    reaction: Reaction, fixed: dict[int, Fraction], half: HalfReaction | None
) -> Attempt:
    """Try all ways to conserve until one balances; explain the first if none does."""
    ways = list(ways_to_conserve(reaction.terms))
    for conserved in ways:
        attempt = _balanced(reaction, conserved, fixed, half)
        if attempt is not None:
            return attempt
    if fixed and any(solve(way.matrix, search=False).smallest for way in ways):
        wanted = ", ".join(f"{reaction.terms[i].species.text} = {f}" for i, f in fixed.items())
        raise BalanceError(f"the reaction cannot be balanced with {wanted}")
    closed = solve(ways[0].matrix, search=False)
    if not closed.listed:
        raise BalanceError(
            f"{len(closed.basis)} independent reactions in one: too many to balance at once\n"
            "  give fewer species, or fix some coefficients"
        )
    obstacle = explain_impossible(reaction, ways[0])
    return Attempt(ways[0], "impossible", (), closed, obstacle)


def _balanced(
    reaction: Reaction, conserved: Conserved, fixed: dict[int, Fraction], half: HalfReaction | None
) -> Attempt | None:
    """Balance with one way to conserve; None if that is impossible."""
    if fixed:
        pinned = _pinned(conserved, fixed)
        ways = solve(conserved.matrix, search=False)
        return Attempt(conserved, "fixed", pinned, ways) if pinned else None
    if half is None and not conserved.imbalance(reaction.printed):
        whole = tuple(map(Fraction, smallest_whole(reaction.printed)))
        ways = solve(conserved.matrix, search=False)
        return Attempt(conserved, "already balanced", whole, ways)
    solutions = solve(conserved.matrix)
    if solutions.smallest is None:
        return None
    if len(solutions.basis) == 1:
        return Attempt(conserved, "balanced", _fractions(solutions.smallest), solutions)
    printed = {i: t.printed for i, t in enumerate(reaction.terms) if t.printed is not None}
    chosen = _pinned(conserved, printed) if printed else ()
    if not chosen and half:
        chosen = _by_package(reaction, conserved, half)
    return Attempt(conserved, "several", chosen or _fractions(solutions.smallest), solutions)


def _fractions(values: Sequence[int]) -> tuple[Fraction, ...]:
    return tuple(map(Fraction, values))


def _pinned(conserved: Conserved, fixed: Mapping[int, Fraction]) -> tuple[Fraction, ...]:
    """Return the coefficients in which some have given values; () if there are none.

    The species with given coefficients are taken as one, whose coefficient is to be 1.
    """
    width = len(conserved.matrix[0])
    free = [i for i in range(width) if i not in fixed]
    *weights, scale = smallest_whole([*fixed.values(), 1])
    rows = [
        [*(row[i] for i in free), sum(row[i] * n for i, n in zip(fixed, weights, strict=True))]
        for row in conserved.matrix
    ]
    found = solve(rows, one=len(free)).smallest
    if found is None:
        return ()
    values = {i: Fraction(x, found[-1] * scale) for i, x in zip(free, found, strict=False)}
    return tuple({**values, **fixed}[i] for i in range(width))


def with_half_reaction(written: Reaction, half: HalfReaction) -> Reaction:
    """Put the species of a half-reaction in the place of the electrons."""
    kept = [term for term in written.terms if not term.species.is_electron]
    there = {(term.species.identity, term.side) for term in kept}
    added = [
        Term(partner.species, partner.side)
        for partner in half.partners
        if (partner.species.identity, partner.side) not in there
    ]
    terms = sorted((*kept, *added), key=lambda term: -term.side)
    return Reaction(written.text, tuple(terms), written.notes)


def _by_package(
    reaction: Reaction, conserved: Conserved, half: HalfReaction
) -> tuple[Fraction, ...]:
    """Balance with the half-reaction taken as one species; () if that is impossible."""
    weights = {(p.species.identity, p.side): p.printed or Fraction(1) for p in half.partners}
    part = {
        i: weights[term.species.identity, term.side]
        for i, term in enumerate(reaction.terms)
        if (term.species.identity, term.side) in weights
    }
    free = [i for i in range(len(reaction.terms)) if i not in part]
    rows = [
        [*(row[i] for i in free), int(sum(row[i] * n for i, n in part.items()))]
        for row in conserved.matrix
    ]
    found = solve(rows).smallest
    if found is None:
        return ()
    values = {i: Fraction(x) for i, x in zip(free, found, strict=False)}
    values |= {i: n * found[-1] for i, n in part.items()}
    return _fractions(smallest_whole([values[i] for i in range(len(reaction.terms))]))
