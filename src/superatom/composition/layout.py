"""Read the layout of a formula: layers, metals, ligands and groups with their counts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from superatom.composition.counts import Count, CountRange, Expression
from superatom.composition.elements import elements
from superatom.composition.lexicon import COUNTER_IONS, Lexicon, Reading
from superatom.composition.markup import BASE, SUB, SUP, MarkedText
from superatom.composition.parts import (
    GENERIC_METAL,
    Adduct,
    GroupPart,
    Layer,
    LigandPart,
    MetalPart,
    Part,
)
from superatom.errors import FormulaError, NotAClusterFormula, UnknownLigand

__all__ = ["METALS", "LayoutReader", "closing_bracket", "is_solid", "unknown_ligand"]

#: Elements that can be metal atoms of a cluster.
METALS: frozenset[str] = frozenset(
    {"Au", "Ag", "Cu", "Pt", "Pd", "Ni", "Co", "Rh", "Ir", "Fe", "Ru", "Os", "Zn", "Cd", "Hg"}
    | {"Al", "Ga", "In", "Tl", "Ge", "Sn", "Pb", "Sb", "Bi", "Ti", "V", "Cr", "Mn", "Zr", "Nb"}
    | {"Mo", "Hf", "Ta", "W", "Re", "Ce", "La", "Nd", "Eu", "Gd", "Yb"}
)
_MAX_COUNT = 100_000
_MAX_DEPTH = 12
_VARIABLE = re.compile(r"[xyznmkp](?![a-z])")
_SYMBOL = re.compile(r"[A-Z][a-z]?")
_INTEGER = re.compile(r"\d+")
_AVERAGE = re.compile(r"\d+\.\d+")
_RANGE = re.compile(r"(\d+)-(\d+)(?![A-Za-z])|(\d+)-(\d+)(?=[(\[])")
_EXPRESSION = re.compile(r"\d*[+-]?\d*[xyznmk](?:[+-]\d*[xyznmk]|[+-]\d+)*(?![a-z])")
_TERM = re.compile(r"([+-]?)(\d*)([a-z]?)")
_ADDUCT = re.compile(r"([+-])(\d*)([A-Z][A-Za-z0-9]*?)(?=[+-]|[\])]|$)")
_ALLOY = re.compile(r"(?:[A-Z][a-z]?[+/,]?){2,5}")


def unknown_ligand(name: str, text: MarkedText, start: int, lexicon: Lexicon) -> UnknownLigand:
    """Return the error for a name nobody knows, with the names next to it."""
    near = lexicon.library.nearest(name)
    known = ", ".join(f"{n.name} ({n.long_name or n.formula or n.kind})" for n in near)
    hint = f"known names close to it: {known}\n" if near else "no known name is close to it\n"
    hint += "a ligand of your own: --ligands my.csv (columns in docs: ligands)"
    column = text.column(start)
    last = text.column(start + len(name) - 1) if start + len(name) <= len(text) else column
    return UnknownLigand(
        f"unknown ligand '{name[:60]}'", text.raw, column, max(1, last - column + 1), hint
    )


def closing_bracket(text: str, start: int) -> int | None:
    """Return the index of the bracket that closes the one at `start`; None if none does."""
    pairs = {"(": ")", "[": "]"}
    waiting: list[str] = []
    for index in range(start, len(text)):
        char = text[index]
        if char in pairs:
            waiting.append(pairs[char])
        elif char in ")]":
            if not waiting or char != waiting.pop():
                return None
            if not waiting:
                return index
    return None


@dataclass
class LayoutReader:
    """Reads parts from a text without blanks; `at` is where it stands.

    Attributes
    ----------
    text : MarkedText
        The formula.
    lexicon : Lexicon
        Names known.
    notes : list[str]
        Guesses made so far; added to.
    adducts : list[Adduct]
        Atoms gained or lost, found inside the bracket.
    """

    text: MarkedText
    lexicon: Lexicon
    notes: list[str]
    at: int = 0
    depth: int = 0
    adducts: list[Adduct] = field(default_factory=list)

    def layers(self) -> tuple[Layer, ...]:
        """Read layers up to the first character that cannot belong to them."""
        if self.depth > _MAX_DEPTH:
            raise self._error("brackets are nested too deep")
        layers: list[list[Part]] = [[]]
        while self.at < len(self.text):
            if self._char == "@" and layers[-1] and self._starts_layer(self.at + 1):
                layers.append([])
                self.at += 1
                continue
            part = self._part(layers[-1])
            if part is None:
                break
            layers[-1] += part[0]
            layers += part[1:]
        return tuple(tuple(layer) for layer in layers if layer)

    @property
    def _char(self) -> str:
        return self.text.text[self.at] if self.at < len(self.text) else ""

    def _rest(self) -> str:
        return self.text.text[self.at :]

    def _error(self, problem: str, length: int = 1, hint: str = "") -> FormulaError:
        return FormulaError(problem, self.text.raw, self.text.column(self.at), length, hint)

    def _starts_layer(self, start: int) -> bool:
        """Whether what stands behind an @ is a shell: atoms, a bracket, no host's name."""
        rest = self.text.text[start:]
        if rest.startswith(("[", "(")):
            return True
        if self.lexicon.library.meanings(rest, exact=True) or not rest:
            return len(rest) <= 2
        symbol = _SYMBOL.match(rest)
        if symbol is None or is_solid(rest):
            return False
        name = symbol[0] if symbol[0] in elements() else symbol[0][0]
        behind = rest[len(name) : len(name) + 1]
        return name in elements() and (not behind or not (behind.isalpha() or behind == "-"))

    def _part(self, before: list[Part]) -> list[list[Part]] | None:
        """Read one part; a bracket with shells inside gives several layers."""
        if self.text.levels[self.at] == SUP:
            return None
        if self._char in "([":
            return self._bracket()
        if self._char in "+-":
            return self._signed(bool(before))
        if (metal := self._metal()) is not None:
            return [[metal]]
        if (ligand := self._bare_ligand()) is not None:
            return [[ligand]]
        if self._char.isalpha() and self.text.levels[self.at] == BASE and not before:
            raise self._unreadable()
        return None

    def _metal(self) -> MetalPart | None:
        match = _SYMBOL.match(self.text.text, self.at)
        if not match:
            return None
        for symbol in dict.fromkeys((match[0], match[0][0])):
            known = symbol in METALS or symbol == GENERIC_METAL
            if known and not self._is_ligand_name(symbol):
                symbols = self.lexicon.metals.get(symbol, symbol)
                self.at += len(symbol)
                count, printed = self._count()
                return MetalPart((symbols,), count, printed and count == 1)
        return None

    def _is_ligand_name(self, symbol: str) -> bool:
        """Whether a longer ligand name begins with what looks like `symbol`."""
        if symbol in METALS and symbol not in {"In", "Co", "Ni"}:
            return False
        found = self.lexicon.longest_at(self.text.text, self.at)
        return found is not None and found[1] - self.at > len(symbol)

    def _bare_ligand(self) -> LigandPart | None:
        found = self.lexicon.longest_at(self.text.text, self.at)
        if found is None:
            return None
        reading, end = found
        if self.at and reading.ligand.kind == "cation":
            return None  # a counter-ion behind the cluster
        self.at = end
        return self._ligand_part(reading)

    def _ligand_part(self, reading: Reading) -> LigandPart:
        self.notes += [note for note in reading.notes if note not in self.notes]
        count, printed = self._count()
        return LigandPart(reading.ligand, count, reading.printed, printed and count == 1)

    def _bracket(self) -> list[list[Part]] | None:
        start = self.at
        end = closing_bracket(self.text.text, start)
        if end is None:
            raise self._error("this bracket is not closed", hint="expected a matching ) or ]")
        inner = self.text[start + 1 : end]
        if not inner.text:
            raise self._error("empty brackets", 2, "expected a ligand or a group")
        self.at = end + 1
        return self._alloy(inner) or self._named(inner) or self._group(inner, start)

    def _alloy(self, inner: MarkedText) -> list[list[Part]] | None:
        """(AuAg)44: metals without numbers."""
        symbols = _SYMBOL.findall(inner.text)
        if not _ALLOY.fullmatch(inner.text) or not all(s in METALS for s in symbols):
            return None
        if self.lexicon.library.meanings(inner.text, exact=True):
            return None
        count, printed = self._count()
        return [[MetalPart(tuple(symbols), count, printed and count == 1)]]

    def _named(self, inner: MarkedText) -> list[list[Part]] | None:
        """(PET)18, or a count that slipped into the brackets: (2-pyC#C3)."""
        if joined := self.lexicon.joined(inner.text, self._rest()):
            self.at += joined[1]
            return [[self._ligand_part(joined[0])]]
        reading = self.lexicon.find(inner.text) if not _has_metal_count(inner) else None
        if reading is not None:
            return [[self._ligand_part(reading)]]
        match = re.fullmatch(r"(.+?)(\d{1,2})", inner.text)
        behind = self.at < len(self.text) and self.text.levels[self.at] == SUB
        if match and not behind and (reading := self.lexicon.find(match[1])):
            self.notes.append(f"count {match[2]} moved out of the brackets of '{match[1]}'")
            part = self._ligand_part(reading)
            return [[LigandPart(part.ligand, int(match[2]), part.printed)]]
        return None

    def _group(self, inner: MarkedText, start: int) -> list[list[Part]]:
        """[Au13Cd2(...)6]2 or (SR) of unknown meaning."""
        reader = LayoutReader(inner, self.lexicon, self.notes, depth=self.depth + 1)
        first = _SYMBOL.match(inner.text)
        layers: tuple[Layer, ...] = ()
        nested = inner.text[0] in "([" or "@" in inner.text
        atoms_first = re.match(r"[HDM](?![a-z])|[A-Z][a-z]?@", inner.text)
        if nested or atoms_first or (first and first[0] in METALS):
            layers = reader.layers()
        if not layers or reader.at < len(inner) or not _has_metal(layers):
            guess = self.lexicon.guess(inner.text)
            if guess is None:
                at = start + 1 + (reader.at if layers else 0)
                raise unknown_ligand(
                    self.text.text[at : start + 1 + len(inner)], self.text, at, self.lexicon
                )
            return [[self._ligand_part(guess)]]
        self.adducts += reader.adducts
        return self._counted_group(layers)

    def _counted_group(self, layers: tuple[Layer, ...]) -> list[list[Part]]:
        if self._char == "n" and self.text.levels[self.at] == SUB:
            return [list(layer) for layer in layers]  # a polymer: the caller sees the n
        if self._char.isdigit() and self.text.levels[self.at] == BASE and self._charge_follows():
            return [list(layer) for layer in layers]
        start = self.at
        count, _ = self._count()
        if count == 1 or len(layers) > 1:
            return [list(layer) for layer in layers]
        last = layers[0][-1]
        metal_follows = (m := _SYMBOL.match(self._rest())) is not None and m[0] in METALS
        if isinstance(last, LigandPart) and last.count == 1 and not metal_follows and count != 2:
            self.notes.append(f"bracket moved: count {count} taken for the ligand '{last.name}'")
            return [[*layers[0][:-1], LigandPart(last.ligand, count, last.printed)]]
        if not isinstance(count, int):
            self.at = start
            raise self._error("a group of atoms must occur a whole number of times")
        return [[GroupPart(layers[0], count)]]

    def _charge_follows(self) -> bool:
        return re.match(r"\d{1,2}[+-](?![A-Za-z\d])|0(?!\d)", self._rest()) is not None

    def _signed(self, something_before: bool) -> list[list[Part]] | None:
        """Read what a + or - begins: an adduct, or nothing (a hyphen from a line break)."""
        if self.depth and something_before:
            adduct = _ADDUCT.match(self.text.text, self.at)
            if (
                adduct
                and not (adduct[3] in METALS and not adduct[2] and self._script_after(adduct))
                and self._adduct(adduct)
            ):
                return [[]]
        following = self.text.text[self.at + 1 : self.at + 2]
        metal = _SYMBOL.match(self.text.text, self.at + 1)
        wraps = following in {"(", "["} or (metal is not None and metal[0] in METALS)
        if self._char == "-" and something_before and wraps:
            self.notes.append(f"hyphen in front of '{following}' taken for a line break")
            self.at += 1
            return [[]]
        return None

    def _script_after(self, match: re.Match[str]) -> bool:
        end = match.end()
        return end < len(self.text) and self.text.levels[end - 1] == SUB

    def _adduct(self, match: re.Match[str]) -> list[list[Part]] | None:
        name = match[3]
        atoms = {name: 1} if name in elements() else {}
        if not atoms:
            reading = self.lexicon.find(name)
            if reading is None or reading.ligand.is_generic:
                return None
            atoms = dict(reading.ligand.elements)
        self.at = match.end()
        size = int(match[2] or 1) * (1 if match[1] == "+" else -1)
        self.adducts.append(Adduct(name, size, tuple(sorted(atoms.items()))))
        return [[]]

    def _count(self) -> tuple[Count, bool]:
        """Read a count; (1, False) if there is none."""
        if self.at < len(self.text) and self.text.levels[self.at] == SUB:
            end = self.text.at_level(SUB, self.at)
            run = self.text.text[self.at : end]
            if run == "n" and self.text.text[self.at - 1] == "]":
                return 1, False
            count = self._lowered(run)
            self.at = end
            return self._sensible(count, run), True
        for pattern in (_RANGE, _EXPRESSION, _AVERAGE, _INTEGER):
            match = pattern.match(self.text.text, self.at, self.text.at_level(BASE, self.at))
            if match:
                found = self._on_line(pattern, match)
                if found is not None:
                    self.at = match.end()
                    return self._sensible(found, match[0]), True
        return 1, False

    def _on_line(self, pattern: re.Pattern[str], match: re.Match[str]) -> Count | None:
        """Return the count of a match on the line, where more can be meant than counts."""
        if pattern is _RANGE:
            low, high = (int(n) for n in match.groups() if n)
            return CountRange(low, high) if low < high and self.depth == 0 else None
        if pattern is _AVERAGE:
            whole, rest = match[0].split(".")
            ion = re.match(r"\d*", self.text.text[match.start() + len(whole) + 1 :])
            start = match.start() + len(whole) + 1 + (ion.end() if ion else 0)
            return None if self._ion_at(start) else float(f"{whole}.{rest}")
        if pattern is _EXPRESSION and not re.search("[a-z]", match[0]):
            return None
        return _number(match[0])

    def _ion_at(self, start: int) -> bool:
        text = self.text.text[start:].lstrip("([")
        found = self.lexicon.longest_at(text, 0)
        return found is not None and found[0].ligand.kind in {*COUNTER_IONS, "oxyanion", "solvent"}

    def _lowered(self, run: str) -> Count:
        """Return the count that stands below the line."""
        if match := re.fullmatch(r"(\d+)-(\d+)", run):
            return CountRange(int(match[1]), int(match[2]))
        if run == "v":
            self.notes.append("count 'v' read as y, which it is printed for")
            run = "y"
        count = _number(run)
        if count is None:
            raise NotAClusterFormula(
                f"'{run}' below the line is no count",
                self.text.raw,
                self.text.column(self.at),
                len(run),
                "expected a number, a range or an expression such as 25-x",
            )
        return count

    def _sensible(self, count: Count, run: str) -> Count:
        if isinstance(count, int | float) and not 0 < count <= _MAX_COUNT:
            raise FormulaError(
                f"a count of {run[:20]} makes no sense",
                self.text.raw,
                self.text.column(self.at - len(run)),
                len(run),
                f"expected 1 to {_MAX_COUNT:,}",
            )
        return count

    def _unreadable(self) -> FormulaError:
        match = re.match(r"[A-Za-z#=]+\d*", self._rest())
        name = match[0] if match else self._char
        return unknown_ligand(name, self.text, self.at, self.lexicon)


def _number(run: str) -> Count | None:
    """Return the number or expression written in `run`; None if it is neither."""
    if run.isdecimal():
        return int(run[:12])  # enough digits to be told that it makes no sense
    if re.fullmatch(r"\d{1,6}\.\d{1,6}", run):
        return float(run)
    if not re.fullmatch(r"[+-]?(\d*[a-z]|\d+)([+-](\d*[a-z]|\d+))*", run):
        return None
    constant, terms = 0, []
    for sign, size, variable in _TERM.findall(run):
        factor = -1 if sign == "-" else 1
        if variable:
            terms.append((variable, factor * int(size or 1)))
        elif size:
            constant += factor * int(size)
    return Expression(constant, tuple(terms), variable_first=run.lstrip("+-0123456789") == run)


def _has_metal_count(inner: MarkedText) -> bool:
    """Whether the brackets hold a metal with a count below the line: then no ligand."""
    match = _SYMBOL.match(inner.text)
    return (
        match is not None
        and match[0] in METALS
        and inner.levels[match.end() : match.end() + 1] == SUB
    )


def _has_metal(layers: tuple[Layer, ...]) -> bool:
    return any(
        isinstance(part, MetalPart) or (isinstance(part, GroupPart) and _has_metal((part.parts,)))
        for layer in layers
        for part in layer
    )


def is_solid(text: str) -> bool:
    """Whether a name is that of an extended solid: a base metal with P, O, S, N, C, B."""
    if not re.fullmatch(r"([A-Z][a-z]?\d*)+", text):
        return False
    symbols = re.findall(r"[A-Z][a-z]?", text)
    if not all(s in elements() for s in symbols):
        return False
    base_metals = METALS - {"Au", "Ag", "Cu", "Pt", "Pd"}
    return bool(base_metals & set(symbols)) and bool(
        set("POSNCB") & set(symbols) | {"Se", "Te"} & set(symbols)
    )
