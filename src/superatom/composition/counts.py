"""How many: a number, an average, a range, or an expression in x."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

__all__ = ["Count", "CountRange", "Expression", "Number", "count_text"]

Number = int | float


@dataclass(frozen=True, slots=True)
class Expression:
    """A count that depends linearly on variables, as the 25-x of Au25-xAgx.

    Attributes
    ----------
    constant : int
        The number without a variable.
    terms : tuple[tuple[str, int], ...]
        Variable and coefficient, in the order printed.
    variable_first : bool
        Whether the variable is printed in front of the number, as in n+1.
    """

    constant: int
    terms: tuple[tuple[str, int], ...]
    variable_first: bool = field(default=False, compare=False)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the variables, in the order printed."""
        return tuple(name for name, _ in self.terms)

    def at(self, values: Mapping[str, int]) -> int:
        """Return the count for the given values of the variables."""
        return self.constant + sum(factor * values[name] for name, factor in self.terms)

    def __str__(self) -> str:
        text = str(self.constant) if self.constant and not self.variable_first else ""
        for name, factor in self.terms:
            sign = "-" if factor < 0 else ("+" if text else "")
            size = "" if abs(factor) == 1 else str(abs(factor))
            text += f"{sign}{size}{name}"
        return f"{text}{self.constant:+d}" if self.constant and self.variable_first else text


@dataclass(frozen=True, slots=True)
class CountRange:
    """A count printed as a range, as in Au10-12."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"{self.low}-{self.high}"


Count = int | float | Expression | CountRange


def count_text(count: Count) -> str:
    """Return `count` as printed: nothing special for numbers, braces otherwise."""
    if isinstance(count, int):
        return str(count)
    if isinstance(count, float):
        return f"{count:.10g}"
    return "{" + str(count) + "}"
