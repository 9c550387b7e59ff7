"""Printed values as bounds: '26.5', '200-300', '> 90', '~ 80'."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

__all__ = ["Bounds", "read_bounds"]

_NUMBER = r"[-−+–]?\d+(?:\.\d+)?(?:\s*[x×]\s*10\^?[-−]?\d+|[eE][-+]?\d+)?"
_SINGLE = re.compile(rf"\s*({_NUMBER})\s*(?:(?:±|\+/-)\s*(\d+(?:\.\d+)?))?\s*")
_RANGE = re.compile(rf"\s*({_NUMBER})\s*(?:-|–|−|to|\.\.)\s*({_NUMBER})\s*")
_LIST = re.compile(rf"\s*{_NUMBER}(?:\s*(?:,|;|/|and)\s*{_NUMBER})+\s*")
_ABOUT = 0.1  # '~' may be this much off, as a share of the value


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a printed value says about the number.

    Attributes
    ----------
    low, high : float
        Smallest and largest value told, as printed.
    comparator : str
        As in `Fact`.
    uncertainty : float
        Half the last digit printed, the +/- given, or a tenth of the value for '~'.
    """

    low: float
    high: float
    comparator: str = "="
    uncertainty: float = 0.0

    @property
    def span(self) -> tuple[float, float]:
        """Smallest and largest number that agrees with what is printed."""
        if self.comparator in {">", ">="}:
            return self.low, math.inf
        if self.comparator in {"<", "<="}:
            return -math.inf, self.high
        return self.low - self.uncertainty, self.high + self.uncertainty

    def agrees_with(self, other: Bounds) -> bool:
        """Whether one number can be meant by both."""
        low, high = self.span
        other_low, other_high = other.span
        return low <= other_high and other_low <= high

    @property
    def reached_high(self) -> float | None:
        """Largest value reported as reached; None if only a limit above it is told ('<')."""
        return None if self.comparator == "<" else self.high

    @property
    def reached_low(self) -> float | None:
        """Smallest value reported as reached; None if only a limit below it is told ('>')."""
        return None if self.comparator == ">" else self.low


def read_bounds(value: str, comparator: str = "=") -> Bounds | None:
    """Read a printed value; None if it is a word.

    Examples
    --------
    >>> read_bounds("200-300").span
    (199.5, 300.5)
    >>> read_bounds("-0.9").low
    -0.9
    >>> read_bounds("icosahedron") is None
    True
    """
    if match := _SINGLE.fullmatch(value):
        number = _number(match[1])
        margin = float(match[2]) if match[2] else _margin(match[1], number, comparator)
        return Bounds(number, number, comparator, margin)
    if match := _RANGE.fullmatch(value):
        ends = sorted((_number(match[1]), _number(match[2])))
        margin = min(_margin(match[k], _number(match[k]), comparator) for k in (1, 2))
        return Bounds(ends[0], ends[1], comparator, margin)
    if _LIST.fullmatch(value):
        numbers = [_number(text) for text in re.findall(_NUMBER, value)]
        return Bounds(min(numbers), max(numbers), comparator)
    return None


def _margin(printed: str, number: float, comparator: str) -> float:
    if comparator == "~":
        return abs(number) * _ABOUT
    mantissa = re.split(r"[eE]|\s*[x×]", printed)[0]
    decimals = len(mantissa.partition(".")[2])
    scale = abs(number / float(mantissa.replace("−", "-").replace("–", "-"))) if number else 1.0
    return 0.5 * 10.0**-decimals * scale


def _number(printed: str) -> float:
    text = re.sub(r"[−–]", "-", printed).replace(" ", "")
    return float(re.sub(r"[x×]10\^?", "e", text))
