"""Why a reaction cannot be balanced, and which species would make it possible."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

from superatom.composition.conservation import CHARGE, Conserved, conserved_rows
from superatom.composition.lexicon import Lexicon
from superatom.composition.ligands import default_library
from superatom.composition.markup import read_markup
from superatom.composition.reactions import Reaction, Term, coefficient_text
from superatom.composition.shells import table_rows
from superatom.composition.species import Species
from superatom.composition.species_notation import read_species
from superatom.composition.stoichiometry import Vector, integer_nullspace, solve

__all__ = ["Obstacle", "explain_impossible", "missing_species", "shortfall_text"]

_MOST_SUGGESTIONS = 4
_MOST_TERMS = 12  # of longer reactions only one missing species is looked for


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a reaction cannot be balanced.

    Attributes
    ----------
    names : tuple[str, ...]
        Elements, groups or 'charge' that cannot be balanced; empty if it is a species
        that stands on the wrong side or can take no part.
    problem : str
        One sentence per line.
    suggestions : tuple[str, ...]
        Balanced reactions that differ by one or two more species.
    """

    names: tuple[str, ...]
    problem: str
    suggestions: tuple[str, ...]


def explain_impossible(reaction: Reaction, conserved: Conserved) -> Obstacle:
    """Say what keeps a reaction from being balanced, and what would help."""
    one_sided = _one_sided(conserved)
    suggestions = tuple(_suggestions(reaction, conserved))
    if one_sided:
        return Obstacle(tuple(one_sided), "\n".join(one_sided.values()), suggestions)
    misplaced = _misplaced(reaction, conserved)
    if misplaced:
        return Obstacle((), misplaced, suggestions)
    names, problem = _contradiction(reaction, conserved)
    return Obstacle(names, problem, suggestions)


def shortfall_text(surplus: dict[str, Fraction]) -> str:
    """Say which side lacks what.

    Examples
    --------
    >>> shortfall_text({"C": Fraction(-1), "O": Fraction(-2)})
    'the left side lacks 1 C, 2 O'
    """
    sides = []
    for side, sign in (("left", -1), ("right", 1)):
        lacks = [
            f"{coefficient_text(abs(value))} {name}"
            for name, value in surplus.items()
            if name != CHARGE and value * sign > 0
        ]
        if lacks:
            sides.append(f"the {side} side lacks {', '.join(lacks)}")
    if charge := surplus.get(CHARGE):
        sides.append(
            f"the charge of the left side is {coefficient_text(abs(charge))} too "
            f"{'positive' if charge > 0 else 'negative'}"
        )
    return "; ".join(sides)


def missing_species(reaction: Reaction, conserved: Conserved) -> str:
    """Say which one species, taken often enough, would make the printed equation right.

    Tried are the species of the equation, common ones and ions of its ligands; '' if none
    does it.
    """
    surplus = conserved.imbalance(reaction.printed)
    if not surplus:
        return ""
    there = [term.species for term in reaction.terms]
    for species in (*there, *_candidates(reaction)):
        content = dict(species.content(conserved.opened))
        if species.charge:
            content[CHARGE] = species.charge
        if content.keys() != surplus.keys():
            continue
        factors = {surplus[name] / n for name, n in content.items()}
        if len(factors) == 1:
            factor = factors.pop()
            side = "right" if factor > 0 else "left"
            amount = coefficient_text(abs(factor))
            return f"as printed, {amount} {species.text} is missing on the {side}"
    return ""


def _one_sided(conserved: Conserved) -> dict[str, str]:
    """Return what stands on one side only, with the sentence that says so."""
    found = {}
    for name, row in zip(conserved.names, conserved.matrix, strict=True):
        signs = {value > 0 for value in row if value}
        if len(signs) != 1:
            continue
        side, other = ("left", "right") if signs.pop() else ("right", "left")
        if name == CHARGE:
            found[name] = _charge_sides(row)
        else:
            found[name] = f"{name} stands only on the {side}; nothing on the {other} has it"
    return found


def _charge_sides(row: Vector) -> str:
    kind = "positive" if all(value >= 0 for value in row) else "negative"
    return (
        f"charge: the left side is always more {kind} than the right; "
        "an ion or an electron is missing, or a charge was lost in print"
    )


def _misplaced(reaction: Reaction, conserved: Conserved) -> str:
    """Say which species would have to change sides or can take no part."""
    solutions = solve(conserved.matrix, search=False)
    if not solutions.basis:
        return ""
    if len(solutions.basis) > 1:
        idle = [
            term.species.text
            for i, term in enumerate(reaction.terms)
            if not any(vector[i] for vector in solutions.elementary)
        ]
        return f"{', '.join(idle)} cannot take part as written" if solutions.elementary else ""
    vector = solutions.basis[0]
    lines = []
    idle = [t.species.text for t, x in zip(reaction.terms, vector, strict=True) if not x]
    if idle:
        lines.append(f"{', '.join(idle)} cannot take part: its coefficient is zero")
    if any(x > 0 for x in vector) and any(x < 0 for x in vector):
        few = min((+1, -1), key=lambda sign: sum(x * sign > 0 for x in vector))
        wrong = [
            f"{term.species.text} (now on the {'left' if term.side > 0 else 'right'})"
            for term, x in zip(reaction.terms, vector, strict=True)
            if x * few > 0
        ]
        lines.append(f"on the wrong side: {', '.join(wrong)}")
    return "\n".join(lines)


def _contradiction(reaction: Reaction, conserved: Conserved) -> tuple[tuple[str, ...], str]:
    """Find the fewest rows without which the rest balances, and what is then missing."""
    for size in (1, 2, 3) if len(reaction.terms) <= _MOST_TERMS else (1,):
        found = []
        for names in combinations(conserved.names, size):
            smallest = solve(conserved.without(names).matrix, search=False).smallest
            if smallest is not None:
                found.append((names, smallest))
        if found:
            names, smallest = min(found, key=lambda pair: sum(pair[1]))
            surplus = conserved.imbalance(smallest)
            rest = reaction.write(tuple(map(Fraction, smallest)))
            either = {name for each, _ in found for name in each}
            which = " or ".join(n for n in conserved.names if n in either)
            return names, (
                f"{which} cannot be balanced\n"
                f"all but {' and '.join(names)} agrees with: {rest}\n"
                f"then {shortfall_text(surplus)}"
            )
    return (), "no choice of positive coefficients balances it; species are missing"


@lru_cache(maxsize=1)
def _common_species() -> tuple[Species, ...]:
    names = Lexicon(default_library())
    return tuple(
        read_species(read_markup(row["species"]), names) for row in table_rows("common_species.csv")
    )


def _candidates(reaction: Reaction) -> list[Species]:
    """Return species that may have been forgotten: common ones, and ions of the ligands."""
    elements = {s for term in reaction.terms for s, _ in term.species.atoms}
    found = [
        species
        for species in _common_species()
        if {s for s, _ in species.atoms} <= elements | {"H", "O"}
    ]
    for ligand in dict.fromkeys(g for t in reaction.terms for g, _ in t.species.groups):
        group = ((ligand, 1),)
        if ligand.charge_taken == 1:
            found.append(Species(f"<{ligand.name}>^-", groups=group, charge=-1))
            found.append(Species(f"H<{ligand.name}>", (("H", 1),), group))
        elif ligand.charge_taken == 0:
            found.append(Species(f"<{ligand.name}>", groups=group))
    return found


def _suggestions(reaction: Reaction, conserved: Conserved) -> Iterator[str]:
    """Yield balanced reactions with one more species, or with two if one is not enough."""
    there = {(term.species.identity, term.side) for term in reaction.terms}
    more = [
        Term(species, side)
        for species in _candidates(reaction)
        for side in (1, -1)
        if (species.identity, side) not in there and (species.identity, -side) not in there
    ]
    for size in (1, 2) if len(reaction.terms) <= _MOST_TERMS else (1,):
        found = sorted(_extended(reaction, conserved, combinations(more, size)))
        yield from (text for _, text in found[:_MOST_SUGGESTIONS])
        if found:
            return


def _extended(
    reaction: Reaction, conserved: Conserved, choices: Iterator[tuple[Term, ...]]
) -> Iterator[tuple[int, str]]:
    """Yield sum of coefficients and text of each extended reaction that balances uniquely."""
    for extra in choices:
        if len(extra) == 2 and extra[0].species.identity == extra[1].species.identity:
            continue
        longer = Reaction(reaction.text, _sorted_terms((*reaction.terms, *extra)))
        basis = integer_nullspace(conserved_rows(longer.terms, conserved.opened).matrix)
        if len(basis) == 1 and (min(basis[0]) > 0 or max(basis[0]) < 0):
            whole = tuple(map(abs, basis[0]))
            yield sum(whole), longer.write(tuple(map(Fraction, whole)))


def _sorted_terms(terms: Sequence[Term]) -> tuple[Term, ...]:
    return tuple(sorted(terms, key=lambda term: -term.side))
