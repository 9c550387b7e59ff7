"""Walk over the text of a species: elements, counts, brackets, ligand names, charges."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from superatom.composition.elements import elements
from superatom.composition.lexicon import Lexicon, Reading
from superatom.composition.ligands import Ligand
from superatom.composition.markup import BASE, SUP, MarkedText
from superatom.composition.shells import table_rows
from superatom.composition.species import SITE, generic_group
from superatom.errors import FormulaError, UnknownElement

__all__ = ["METAL", "Content", "SpeciesReader"]

_CLOSING = {"(": ")", "[": "]", "<": ">", "{": "}"}
#: Elements of which X2- may be an ion of one atom or of two.
_TWO_FOLD = frozenset({"O", "S", "Se", "I", "N", "C", "Hg"})
_LARGEST_COUNT = 100_000
_DEEPEST = 12  # brackets inside brackets
_NUMBER = re.compile(r"\d+")
_RAISED_CHARGE = re.compile(r"(\d*)([+-])(\d*)|0")
_TAIL_CHARGE = re.compile(r"(\d*)([+-])$")
_PURE = re.compile(r"(?:[A-Z][a-z]?\d*)+")
_TOKEN = re.compile(r"([A-Z][a-z]?)(\d*)")
#: Symbol of a metal, not the beginning of a longer symbol or name.
METAL = re.compile(
    r"(?:Au|Ag|Cu|Pt|Pd|Ni|Cd|Hg|Zn|Ir|Rh|Ru|Co|Fe|Mn|Al|Ga|In|Tl|Sn|Pb|Bi|Ti|Cr)(?![a-z])"
)


class Content:
    """What a stretch of a formula holds."""

    def __init__(self) -> None:
        self.atoms: Counter[str] = Counter()
        self.groups: Counter[Ligand] = Counter()
        self.charge = 0
        self.notes: list[str] = []

    def add(self, other: Content, times: int) -> None:
        """Add `times` times what `other` holds."""
        for symbol, n in other.atoms.items():
            self.atoms[symbol] += n * times
        for ligand, n in other.groups.items():
            self.groups[ligand] += n * times
        self.charge += other.charge * times
        self.notes += other.notes


def _atoms_of(formula: str) -> Content:
    part = Content()
    for symbol, digits in _TOKEN.findall(formula):
        part.atoms[symbol] += int(digits or 1)
    return part


def _site() -> Content:
    part = Content()
    part.atoms[SITE] = 1
    return part


@lru_cache(maxsize=1)
def _organic_groups() -> dict[str, str]:
    """Return the groups that count inside a species without a bracket of their own (Ph, Et)."""
    return {row["group"]: row["formula"] for row in table_rows("groups.csv") if row["in_species"]}


class SpeciesReader:
    """Walks over a species once."""

    def __init__(self, marked: MarkedText, names: Lexicon) -> None:
        self.marked = marked
        self.names = names

    def read(self) -> Content:
        """Return what the whole text holds.

        Raises
        ------
        FormulaError
            If something in it is not understood; points to its column.
        """
        if not self.marked.text:
            raise FormulaError("a species is missing", self.marked.raw, self.marked.column(0))
        whole = Content()
        for start, end in self._dotted():
            end, charge, notes = self._tail_charge(start, end)
            number = self._number(start, end) if start else None
            times = self._count(number)
            begin = number.end() if number else start
            part = self._sequence(begin, end, 0)
            part.charge += charge
            part.notes += notes
            whole.add(part, times)
        return whole

    def _dotted(self) -> list[tuple[int, int]]:
        """Return the stretches between centred dots (salts, hydrates)."""
        dots = [m.start() for m in re.finditer(r"·|\.(?=\s*\d*\s*[A-Z\[<(])", self.marked.text)]
        starts = [0, *(dot + 1 for dot in dots)]
        return [*zip(starts, [*dots, len(self.marked.text)], strict=True)]

    def _tail_charge(self, start: int, end: int) -> tuple[int, int, list[str]]:
        """Return the end without an unraised charge, the charge, and a note if it was a guess."""
        text = self.marked.text
        match = _TAIL_CHARGE.search(text, start, end)
        if not match or self.marked.levels[match.start(2)] != BASE:
            return end, 0, []
        sign = 1 if match[2] == "+" else -1
        digits = match[1] if self.marked.levels[match.start()] == BASE else ""
        before = text[start : match.start()].strip()
        if not before:
            raise self._error("a charge without a species", match.start(), match.end())
        taken = _charge_digits(before, digits)
        stop = match.start(2) - len(taken)
        notes = []
        if (len(digits) > 1 and not before.endswith("]")) or (digits and before in _TWO_FOLD):
            shown = f"{taken or 1}{match[2]}"
            notes.append(f"'{text[start:end].strip()}' read with the charge {shown}")
        return stop, sign * int(taken or 1), notes

    def _sequence(self, start: int, end: int, depth: int) -> Content:
        """Read elements, names and brackets between two positions."""
        part, at = Content(), start
        while at < end:
            char = self.marked.text[at]
            if char in " @" or self._is_bond(at, start, end):
                at += 1
            elif self.marked.levels[at] == SUP and (stop := self._raised(at, part)) > at:
                at = stop
            else:
                piece, at = self._piece(at, end, depth)
                number = self._number(at, end)
                at = number.end() if number else at
                if self.marked.text[at : at + 1] in {"."}:
                    raise self._error("a reaction needs whole numbers of atoms", at, at + 1)
                part.add(piece, self._count(number))
        return part

    def _is_bond(self, at: int, start: int, end: int) -> bool:
        inside = start < at < end - 1
        return inside and self.marked.text[at] in "-#=" and self.marked.levels[at] == BASE

    def _number(self, at: int, end: int) -> re.Match[str] | None:
        """Return the count at a position; raised digits are a charge, not a count."""
        stop = next((i for i in range(at, end) if self.marked.levels[i] == SUP), end)
        return _NUMBER.match(self.marked.text, at, stop)

    def _raised(self, at: int, part: Content) -> int:
        """Read a raised charge; return where it ends, or `at` if it is none."""
        stop = self.marked.at_level(SUP, at)
        match = _RAISED_CHARGE.fullmatch(self.marked.text, at, stop)
        if not match:
            return at
        if match[2]:
            size = int(match[1] or match[3] or 1)
            part.charge += size if match[2] == "+" else -size
        return stop

    def _piece(self, at: int, end: int, depth: int) -> tuple[Content, int]:
        """Read one element, name or bracket; return it and where it ends."""
        char = self.marked.text[at]
        if char in _CLOSING:
            return self._bracket(at, end, depth)
        if char == SITE:
            return _site(), at + 1
        if not char.isalpha():
            raise self._error(
                f"'{char}' is not expected here", at, at + 1, "an element, ligand or bracket is"
            )
        stop = next((i for i in range(at, end) if self._ends_run(i)), end)
        rest = self.marked.text[at:stop]
        if not (_PURE.fullmatch(rest.strip()) and _known_elements(rest)):
            found = self._run_name(rest, at) or self.names.longest_at(self.marked.text[:end], at)
            if found and not _is_small(found[0].ligand, self.marked.text[at : found[1]]):
                return self._primed(found[0], at, found[1])
        return self._atom(at)

    def _primed(self, found: Reading, at: int, stop: int) -> tuple[Content, int]:
        """Return a ligand found in the text, with the primes behind a generic one (SR')."""
        primes = re.compile("'*").match(self.marked.text, stop)
        end = primes.end() if primes and found.ligand.is_generic else stop
        meant = self._found(self.marked.text[at:end]) if end > stop else found
        return self._group((meant or found).ligand, (meant or found).notes), end

    def _ends_run(self, at: int) -> bool:
        return self.marked.text[at] in "<>()[]{}·@" or self.marked.levels[at] == SUP

    def _run_name(self, run: str, at: int) -> tuple[Reading, int] | None:
        """Return the ligand that a whole run of characters names, its count left off."""
        name = run.rstrip().rstrip("0123456789") if "-" in run or "#" in run else ""
        if name and name in self.names.library and (found := self.names.find(name)):
            return found, at + len(name)
        return None

    def _bracket(self, at: int, end: int, depth: int) -> tuple[Content, int]:
        char = self.marked.text[at]
        stop = self._closing(at, end)
        inside = self.marked.text[at + 1 : stop].strip()
        if depth > _DEEPEST:
            raise self._error("too many brackets inside each other", at, at + 1)
        if not inside:
            raise self._error("empty brackets", at, stop + 1)
        if char == "<":
            return self._named(inside), stop + 1
        if atoms := _organic_groups().get(inside.replace("-", "")):
            return _atoms_of(atoms), stop + 1
        pure = bool(_PURE.fullmatch(inside)) and _known_elements(inside)
        if not METAL.match(inside) and not re.search(r"<", inside):
            found = self._found(inside)
            if found and not (pure and _is_small(found.ligand, inside)):
                return self._group(found.ligand, found.notes), stop + 1
        return self._sequence(at + 1, stop, depth + 1), stop + 1

    def _closing(self, at: int, end: int) -> int:
        """Return the position of the bracket that closes the one at `at`."""
        text, opened = self.marked.text, self.marked.text[at]
        depth = 0
        for i in range(at, end):
            depth += (text[i] == opened) - (text[i] == _CLOSING[opened])
            if depth == 0:
                return i
        raise self._error(f"'{opened}' is never closed", at, at + 1, f"add '{_CLOSING[opened]}'")

    def _named(self, name: str) -> Content:
        """Read a name in angle brackets: known, or a group of its own."""
        found = self._found(name) or Reading(generic_group(name), name)
        return self._group(found.ligand, found.notes)

    def _found(self, name: str) -> Reading | None:
        """Return what a name means; SR' is a generic ligand other than SR."""
        found = self.names.find(name)
        if found and name.endswith("'") and found.ligand.is_generic:
            return Reading(generic_group(name), name)
        return found

    def _group(self, ligand: Ligand, notes: tuple[str, ...]) -> Content:
        part = Content()
        part.groups[ligand] = 1
        part.notes += notes
        return part

    def _atom(self, at: int) -> tuple[Content, int]:
        """Read an element, or an organic group such as Ph."""
        text = self.marked.text
        for length in (3, 2):
            if atoms := _organic_groups().get(text[at : at + length]):
                return _atoms_of(atoms), at + length
        for length in (2, 1):
            symbol = text[at : at + length]
            if symbol in elements():
                return _atoms_of(symbol), at + len(symbol)
        near = ", ".join(ligand.name for ligand in self.names.library.nearest(text[at : at + 20]))
        raise UnknownElement(
            f"'{text[at : at + 2].strip()}' is no element and begins no known ligand",
            self.marked.raw,
            self.marked.column(at),
            2,
            (f"known ligands close to it: {near}\n" if near else "")
            + "put the name of a ligand in angle brackets to keep it whole: Au<SR>",
        )

    def _count(self, number: re.Match[str] | None) -> int:
        if number is None:
            return 1
        if len(number[0]) > 9 or not 0 < int(number[0]) <= _LARGEST_COUNT:
            raise self._error(f"a count of {number[0][:20]} makes no sense", *number.span())
        return int(number[0])

    def _error(self, problem: str, start: int, end: int, hint: str = "") -> FormulaError:
        column = self.marked.column(start)
        return FormulaError(problem, self.marked.raw, column, end - start, hint)


def _charge_digits(before: str, digits: str) -> str:
    """Return which of the digits before an unraised sign belong to the charge.

    All of them behind a square bracket and behind a lone element (Cu2+); of several
    behind an element the last (PtCl62-); else they are a count (BH4-, Au(SR)2-).
    """
    if before.endswith("]") or (before in elements() and len(digits) == 1):
        return digits
    if before[-1] != ")" and len(digits) > 1:
        return digits[-1]
    return ""


def _known_elements(text: str) -> bool:
    """Whether all symbols are elements and none an organic group (Ac, Pr)."""
    symbols = {symbol for symbol, _ in _TOKEN.findall(text)}
    return all(s in elements() and s not in _organic_groups() for s in symbols)


def _is_small(ligand: Ligand, printed: str) -> bool:
    """Whether a ligand is better counted as atoms: Cl, H, CO, NO3, H2O."""
    pure = bool(_PURE.fullmatch(printed)) and _known_elements(printed)
    return pure and not ligand.is_generic and ligand.elements.get("C", 0) < 2
