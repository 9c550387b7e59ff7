"""What a reaction conserves: elements, ligand groups kept whole, and charge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

from superatom.composition.reactions import Term
from superatom.composition.stoichiometry import Vector, imbalance

__all__ = ["CHARGE", "Conserved", "conserved_rows", "ways_to_conserve"]

#: Name of the row of charges.
CHARGE = "charge"
_MOST_GROUPS = 8  # more kinds of ligands are not opened one by one


@dataclass(frozen=True, slots=True)
class Conserved:
    """The conservation matrix of a reaction.

    Attributes
    ----------
    names : tuple[str, ...]
        What each row counts: elements, groups as '<SR>', 'charge' last.
    matrix : tuple[Vector, ...], shape (names, terms)
        How much each term has; products with a minus sign.
    opened : frozenset[str]
        Ligand groups that are counted as atoms.
    """

    names: tuple[str, ...]
    matrix: tuple[Vector, ...]
    opened: frozenset[str] = frozenset()

    def imbalance(self, coefficients: Sequence[Fraction | int]) -> dict[str, Fraction]:
        """Return what the left side has too much of; empty if all is balanced."""
        surplus = imbalance(self.matrix, coefficients)
        return {name: value for name, value in zip(self.names, surplus, strict=True) if value}

    def without(self, names: Sequence[str]) -> Conserved:
        """Return the matrix without the rows of the given names."""
        kept = [i for i, name in enumerate(self.names) if name not in names]
        return Conserved(
            tuple(self.names[i] for i in kept), tuple(self.matrix[i] for i in kept), self.opened
        )


def conserved_rows(terms: Sequence[Term], opened: frozenset[str] = frozenset()) -> Conserved:
    """Return the conservation matrix of the terms of a reaction."""
    contents = [term.species.content(opened) for term in terms]
    names = list(dict.fromkeys(name for content in contents for name in content))
    rows = [
        tuple(
            term.side * content.get(name, 0) for term, content in zip(terms, contents, strict=True)
        )
        for name in names
    ]
    charges = tuple(term.side * term.species.charge for term in terms)
    return Conserved((*names, CHARGE), (*rows, charges), opened)


def ways_to_conserve(terms: Sequence[Term]) -> Iterator[Conserved]:
    """Yield the matrix with all groups whole, then with one, two and all of them opened.

    Only groups of known atoms can be opened.
    """
    known = {ligand.name for term in terms for ligand, _ in term.species.groups if ligand.elements}
    yield conserved_rows(terms)
    for size in (1, 2):
        if size < len(known) <= _MOST_GROUPS:
            for names in combinations(sorted(known), size):
                yield conserved_rows(terms, frozenset(names))
    if known:
        yield conserved_rows(terms, frozenset(known))
