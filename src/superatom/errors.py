"""Every error Superatom raises on purpose.

SuperatomError
├── FormulaError (ValueError)           a formula cannot be read; carries text and column
│   ├── UnknownElement                  a symbol that is no element
│   ├── UnknownLigand                   a ligand name that is not in the library
│   └── NotAClusterFormula              readable, but not an atomically precise cluster
├── UnknownCharge (ValueError)          the charge is not known and the answer needs it
├── UnknownComposition (ValueError)     a generic part (M, SR, L) has no elements yet
├── DataFileError (ValueError)          a file is broken, empty, or of the wrong kind
├── BalanceError (ValueError)           a reaction cannot be balanced as asked
├── StructureError (ValueError)         coordinates that cannot be a cluster
├── SearchError (ValueError)            a search space or request that makes no sense
├── ComputationError (RuntimeError)     a computation that was asked for did not succeed
│   └── TimeLimitReached                it ran longer than the user allowed
└── MissingExtra (ImportError)          an optional dependency is not installed

Bad input ends the command with exit code 2, a failed computation with 1.
"""

from __future__ import annotations

__all__ = [
    "BalanceError",
    "ComputationError",
    "DataFileError",
    "FormulaError",
    "MissingExtra",
    "NotAClusterFormula",
    "SearchError",
    "StructureError",
    "SuperatomError",
    "TimeLimitReached",
    "UnknownCharge",
    "UnknownComposition",
    "UnknownElement",
    "UnknownLigand",
]

_WINDOW = 60  # characters of a long formula shown on either side of the caret


class SuperatomError(Exception):
    """Base of all errors of this package."""

    exit_code = 2


class FormulaError(SuperatomError, ValueError):
    """A formula cannot be read.

    Parameters
    ----------
    problem : str
        What is wrong, in a few words.
    text : str
        The formula as the user wrote it.
    column : int
        Where it is wrong: index into `text`, from 0.
    length : int
        How many characters the caret underlines.
    hint : str
        What was expected, or what to do.
    """

    def __init__(
        self, problem: str, text: str = "", column: int = 0, length: int = 1, hint: str = ""
    ) -> None:
        super().__init__(problem)
        self.problem = problem
        self.text = text
        self.column = column
        self.length = max(1, length)
        self.hint = hint

    def __str__(self) -> str:
        lines = [self.problem]
        if self.text:
            lines += _caret_lines(self.text, self.column, self.length)
        if self.hint:
            lines += ["  " + line for line in self.hint.splitlines()]
        return "\n".join(lines)


def _caret_lines(text: str, column: int, length: int) -> list[str]:
    """Return the part of `text` around `column` and a line of carets below it."""
    start = max(0, column - _WINDOW)
    stop = min(len(text), column + _WINDOW)
    prefix = "..." if start else ""
    suffix = "..." if stop < len(text) else ""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text[start:stop])
    carets = "^" * max(1, min(length, stop - column))
    return [f"  {prefix}{shown}{suffix}", "  " + " " * (len(prefix) + column - start) + carets]


class UnknownElement(FormulaError):
    """A symbol in a formula that is no chemical element."""


class UnknownLigand(FormulaError):
    """A ligand name that the library does not know."""


class NotAClusterFormula(FormulaError):
    """Text that can be read but does not name an atomically precise cluster."""


class UnknownCharge(SuperatomError, ValueError):
    """The charge of a cluster is not known and the answer depends on it."""


class UnknownComposition(SuperatomError, ValueError):
    """A generic part of a formula (M, SR, L, an alloy) has no elements yet."""


class DataFileError(SuperatomError, ValueError):
    """A file that cannot be used.

    Parameters
    ----------
    path : str
        The file.
    problem : str
        What is wrong with it.
    line : int or None
        Line number, from 1, where that applies.
    hint : str
        What to do.
    """

    def __init__(self, path: str, problem: str, line: int | None = None, hint: str = "") -> None:
        where = f"{path}:{line}" if line is not None else path
        super().__init__(f"{where}: {problem}" + (f"\n  {hint}" if hint else ""))
        self.path = path
        self.problem = problem
        self.line = line
        self.hint = hint


class BalanceError(SuperatomError, ValueError):
    """A reaction that cannot be balanced as asked."""


class StructureError(SuperatomError, ValueError):
    """Coordinates that cannot be a cluster, or not the one asked for."""


class SearchError(SuperatomError, ValueError):
    """A search space or request that makes no sense, is empty or is far too large."""


class ComputationError(SuperatomError, RuntimeError):
    """A computation that was asked for did not succeed."""

    exit_code = 1


class TimeLimitReached(ComputationError):
    """A computation ran longer than the user allowed."""


class MissingExtra(SuperatomError, ImportError):
    """An optional dependency is not installed."""
