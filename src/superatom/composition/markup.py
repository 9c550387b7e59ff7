"""Take the markup off a formula: LaTeX, HTML, Markdown, Unicode, or a mixture.

What is left is a `MarkedText`: plain characters that remember whether they stood on
the line, below it or above it, and at which column of the input. Later steps need all
three: a raised 2- is a charge, a raised t is *tert*, and an error points to its column.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from superatom.errors import FormulaError

__all__ = ["BASE", "MAX_LENGTH", "SUB", "SUP", "MarkedText", "read_markup"]

BASE, SUB, SUP = "0", "1", "2"

#: Longest text taken as one formula; printed formulas are far shorter.
MAX_LENGTH = 5000

_SUBSCRIPTS = dict(zip("₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₐₑₕₖₗₘₙₒₚₛₜₓ", "0123456789+-=()aehklmnopstx", strict=True))
_SUPERSCRIPTS = dict(
    zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱᵗˢᵃᵇᵈᵉᵐᵒᵖʳˣ", "0123456789+-=()nitsabdemoprx", strict=True)
)
#: One spelling for each character that printers write in several ways.
_FOLDED = {
    **dict.fromkeys("‐‑‒–—−﹣－˗", "-"),
    **dict.fromkeys("＋﹢", "+"),
    **dict.fromkeys("≡☰", "#"),
    **dict.fromkeys("·•∙⋅‧・", "·"),
    **dict.fromkeys("’‘′`´ʹ", "'"),
    **dict.fromkeys("∼≈～", "~"),
    **dict.fromkeys(
        "\u00a0\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\t\n\r", " "
    ),
    **dict.fromkeys("⟨〈", "<"),
    **dict.fromkeys("⟩〉", ">"),
    "（": "(",
    "）": ")",
}
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
_LATEX_SYMBOLS = {
    "equiv": "#",
    "textequiv": "#",
    "cdot": "·",
    "bullet": "·",
    "sim": "~",
    "approx": "~",
    "prime": "'",
    "textminus": "-",
    "minus": "-",
    "pm": "±",
    "times": "×",
    "pi": "π",
    "mu": "μ",
    "eta": "η",
    "kappa": "κ",
    "alpha": "α",
    "beta": "β",
    "Delta": "Δ",
    "Lambda": "Λ",
    "rightarrow": "→",
    "to": "→",
    "quad": " ",
}
_LATEX_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_LATEX_SCRIPTS = {"textsubscript": SUB, "textsuperscript": SUP}
_TAG = re.compile(
    r"<\s*(/?)\s*(sub|sup|i|b|em|strong|span|u|br|p|font|small|tt|a|inf)(?:[\s/][^<>]{0,200})?>",
    re.I,
)
_ENTITY = re.compile(r"&(#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,20});")
_EMPHASIS = re.compile(r"(\*{1,2})([A-Za-z][A-Za-z.\- ]{0,20})\1")
_PANDOC = re.compile(r"([~^])(\d{0,3}[+\-−]?|[xnm])\1")
#: What an unbraced ^ or _ takes: a charge or a whole number, not just one character.
_RAISED = re.compile(r"\d+[+\-−–]|[+\-−–]\d+(?![A-Za-z])|[+\-−–]+|\d+|.", re.DOTALL)
_LOWERED = re.compile(r"\d+|.", re.DOTALL)
_LATEX = re.compile(r"[\\$]|[_^]\{")
#: Braces around a ligand, {S2P(OiPr)2}12, in a text without LaTeX.
_GROUP_BRACES = re.compile(r"\{([^{}]*[A-Z][^{}]*)\}")
_COUNT_BRACES = re.compile(r"\{\s*[0-9xyznmkpqtuvw][0-9xyznmkpqtuvw+\-−–. ]{0,24}\}")


@dataclass(frozen=True, slots=True)
class MarkedText:
    """Characters with their level and the column they came from.

    Attributes
    ----------
    text : str
        The characters.
    levels : str
        `BASE`, `SUB` or `SUP` for each character.
    columns : tuple[int, ...]
        Column of each character in `raw`.
    raw : str
        The input, for error messages.
    """

    text: str
    levels: str
    columns: tuple[int, ...]
    raw: str

    def __len__(self) -> int:
        return len(self.text)

    def __getitem__(self, where: slice) -> MarkedText:
        return MarkedText(self.text[where], self.levels[where], self.columns[where], self.raw)

    def __add__(self, other: MarkedText) -> MarkedText:
        return MarkedText(
            self.text + other.text,
            self.levels + other.levels,
            self.columns + other.columns,
            self.raw,
        )

    def column(self, index: int) -> int:
        """Return the input column of character `index` (past the end: behind the last)."""
        if index < len(self.columns):
            return self.columns[index]
        return self.columns[-1] + 1 if self.columns else 0

    def sub(
        self, pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]
    ) -> MarkedText:
        """Replace as `re.sub`; new characters take level and column of the first replaced."""
        out, end = self[:0], 0
        for match in pattern.finditer(self.text):
            new = match.expand(replacement) if isinstance(replacement, str) else replacement(match)
            start = match.start()
            if new != match[0]:
                level = self.levels[start] if start < len(self) else BASE
                piece = MarkedText(
                    new, level * len(new), (self.column(start),) * len(new), self.raw
                )
                out += self[end:start] + piece
                end = match.end()
        return out + self[end:]

    def without(self, pattern: re.Pattern[str]) -> MarkedText:
        """Return the text without what `pattern` matches."""
        return self.sub(pattern, "")

    def strip(self) -> MarkedText:
        """Return the text without blanks at either end."""
        start = len(self.text) - len(self.text.lstrip())
        return self[start : len(self.text.rstrip())]

    def at_level(self, level: str, start: int = 0) -> int:
        """Return the end of the run of characters of `level` that begins at `start`."""
        end = start
        while end < len(self.levels) and self.levels[end] == level:
            end += 1
        return end


def read_markup(raw: str) -> MarkedText:
    """Return `raw` without markup.

    Raises
    ------
    FormulaError
        If the text is empty, too long to be a formula, or holds control characters.
    """
    _refuse(raw)
    if not _LATEX.search(raw):
        raw = _GROUP_BRACES.sub(r"(\1)", raw)
    pairs = list(_Reader(raw).characters())
    return MarkedText(
        text="".join(char for char, _, _ in pairs),
        levels="".join(level for _, level, _ in pairs),
        columns=tuple(column for _, _, column in pairs),
        raw=raw,
    ).strip()


def _refuse(raw: str) -> None:
    if len(raw) > MAX_LENGTH:
        raise FormulaError(
            f"a text of {len(raw):,} characters is not a formula",
            raw[:200],
            hint="give one formula",
        )
    if not raw.strip():
        raise FormulaError("the formula is empty", hint="for instance [Au25(SC2H4Ph)18]-")
    for column, char in enumerate(raw):
        if (ord(char) < 32 and char not in "\t\n\r") or 0x7F <= ord(char) < 0xA0:
            raise FormulaError(
                f"a control character (code {ord(char)}) in the formula",
                raw,
                column,
                hint="remove it",
            )
        if 0xD800 <= ord(char) < 0xE000:
            raise FormulaError("half of a character in the formula", raw, column, hint="remove it")


class _Reader:
    """Walks over the input once, keeping a stack of levels."""

    def __init__(self, raw: str) -> None:
        self.raw = raw
        self.at = 0
        self.stack: list[str] = [BASE]
        self.pending = ""  # level asked for by a _ or ^ that waits for its argument
        self.last = ""

    @property
    def level(self) -> str:
        return self.stack[-1]

    def characters(self) -> Iterator[tuple[str, str, int]]:
        """Yield (character, level, column)."""
        readers = (self._command, self._tag, self._brace, self._script, self._emphasis)
        while self.at < len(self.raw):
            column = self.at
            for reader in readers:
                found = reader()
                if found is not None:
                    break
            else:
                found = [self._literal()]
            for char, level in found:
                if char:
                    self.last = char
                    yield char, level, column

    def _command(self) -> list[tuple[str, str]] | None:
        if self.raw[self.at] == "$":
            self.at += 1
            return []
        match = _LATEX_COMMAND.match(self.raw, self.at)
        if not match:
            return None
        self.at = match.end()
        name = match[1]
        if name in _LATEX_SCRIPTS:
            self.pending = _LATEX_SCRIPTS[name]
            return []
        if name in _LATEX_SYMBOLS:
            return [(_LATEX_SYMBOLS[name], self._take_level())]
        if name in {"left", "right"} and self.raw[self.at : self.at + 1] == ".":
            self.at += 1
        if name in {"[", "]", "_", "^", "*", "#"}:
            return [(name, self.level)]
        if name in "{}":
            return [({"{": "(", "}": ")"}[name], self.level)]
        return [(" ", self.level)] if not name.isalpha() and name not in "()" else []

    def _tag(self) -> list[tuple[str, str]] | None:
        match = _TAG.match(self.raw, self.at)
        if match:
            self.at = match.end()
            level = {"sub": SUB, "inf": SUB, "sup": SUP}.get(match[2].lower())
            if level and not match[1]:
                self.stack.append(level)
            elif level and len(self.stack) > 1:
                self.stack.pop()
            return []
        match = _ENTITY.match(self.raw, self.at)
        if match and (text := html.unescape(match[0])) != match[0]:
            self.at = match.end()
            return [self._fold(char, self.level) for char in text]
        return None

    def _brace(self) -> list[tuple[str, str]] | None:
        char = self.raw[self.at]
        if char == "{":
            count = not self.pending and self.last and _COUNT_BRACES.match(self.raw, self.at)
            behind_command = re.search(r"\\[A-Za-z]+\s*$", self.raw[: self.at])
            if count and not behind_command and (self.last.isalpha() or self.last in ")]"):
                self.pending = SUB
            self.stack.append(self._take_level())
        elif char == "}":
            if len(self.stack) > 1:
                self.stack.pop()
        else:
            return None
        self.at += 1
        return []

    def _script(self) -> list[tuple[str, str]] | None:
        char = self.raw[self.at]
        pandoc = _PANDOC.match(self.raw, self.at)
        if pandoc and pandoc[2] and self.last:
            self.at = pandoc.end()
            level = SUB if char == "~" else SUP
            return [self._fold(c, level) for c in pandoc[2]]
        if char not in "_^":
            return None
        self.at += 1
        rest = re.compile(r"\s*").match(self.raw, self.at)
        start = rest.end() if rest else self.at
        level = SUB if char == "_" else SUP
        if self.raw[start : start + 1] in {"{", "\\"}:
            self.at, self.pending = start, level
            return []
        if self.raw[start : start + 1] == "$":  # an empty script at the end of a formula
            return []
        match = (_LOWERED if char == "_" else _RAISED).match(self.raw, start)
        if not match:
            return []
        self.at = match.end()
        return [self._fold(c, level) for c in match[0]]

    def _emphasis(self) -> list[tuple[str, str]] | None:
        match = _EMPHASIS.match(self.raw, self.at)
        if not match:
            return None
        self.at = match.end()
        return [(char, self.level) for char in match[2]]

    def _literal(self) -> tuple[str, str]:
        char = self.raw[self.at]
        self.at += 1
        return self._fold(char, self._take_level() if char != " " else self.level)

    def _take_level(self) -> str:
        """Return the level of what comes next, and forget a pending one."""
        level, self.pending = self.pending or self.level, ""
        return level

    def _fold(self, char: str, level: str) -> tuple[str, str]:
        if char in _SUBSCRIPTS:
            return _SUBSCRIPTS[char], SUB
        if char in _SUPERSCRIPTS:
            return _SUPERSCRIPTS[char], SUP
        if char in _INVISIBLE:
            return "", level
        return _FOLDED.get(char, char), level
