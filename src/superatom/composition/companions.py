"""Counter-ions and solvates: what stands beside a cluster in its salt or crystal."""

from __future__ import annotations

import re
from dataclasses import dataclass

from superatom.composition.elements import elements
from superatom.composition.layout import METALS, closing_bracket
from superatom.composition.lexicon import COUNTER_IONS, Lexicon, Reading
from superatom.composition.ligands import Ligand
from superatom.composition.markup import BASE, SUB, SUP, MarkedText
from superatom.composition.parts import Companion, Layer, LigandPart

__all__ = ["CompanionReader", "separate_counter_ions"]

_DOTS = re.compile(r"[.·*]|-(?=[(\[A-Z])")
_COUNT = re.compile(r"\d{1,3}(?=[A-Z(\[])")
_MOLECULE = re.compile(r"(?:[A-Z][a-z]?\d{0,3}){2,8}")


@dataclass
class CompanionReader:
    """Reads counter-ions and solvates; `at` is where it stands.

    Attributes
    ----------
    text : MarkedText
        Text without blanks.
    lexicon : Lexicon
        Names known.
    """

    text: MarkedText
    lexicon: Lexicon
    at: int = 0

    def leading(self) -> list[Companion]:
        """Read an ion in front of the cluster: TOA+[AuX2]-, [PPh4]4[Ag44(SR)30]."""
        found = self._ion()
        if found is not None and found.charge:
            if self._raised_sign():
                self.at = self.text.at_level(SUP, self.at)
            if self.text.text[self.at : self.at + 1] == "[":
                return [found]
        self.at = 0
        return []

    def trailing(self) -> list[Companion]:
        """Read all companions from here on; [] and no move if the first is none."""
        found: list[Companion] = []
        while self.at < len(self.text):
            start = self.at
            dot = _DOTS.match(self.text.text, self.at)
            self.at = dot.end() if dot else start
            companion = self._counted(any_molecule=dot is not None and dot[0] != "-")
            if companion is None:
                self.at = start
                break
            found.append(companion)
        return found

    def _counted(self, any_molecule: bool) -> Companion | None:
        ahead = 1
        if match := _COUNT.match(self.text.text, self.at):
            ahead, self.at = int(match[0]), match.end()
        companion = self._ion() or (self._molecule() if any_molecule else None)
        if companion is None:
            return None
        if self.text.levels[self.at : self.at + 1] == SUP:
            self.at = self.text.at_level(SUP, self.at)
        behind = companion.count if isinstance(companion.count, int) else 1
        return Companion(companion.ligand, ahead * behind, companion.printed)

    def _ion(self) -> Companion | None:
        """Read one companion in brackets or bare, with the count behind it."""
        text = self.text.text
        if text[self.at : self.at + 1] in {"(", "["} and text[self.at :]:
            end = closing_bracket(text, self.at)
            name = re.sub(r"\d?[+-]$", "", text[self.at + 1 : end]) if end else ""
            reading = self._read(name) if name else None
            if end is None or reading is None:
                return None
            self.at = end + 1
            return Companion(reading.ligand, self._count(), reading.printed)
        found = self.lexicon.longest_at(text, self.at)
        if found is not None and _can_accompany(found[0].ligand):
            longer = _MOLECULE.match(text, self.at)
            if longer is None or longer.end() <= found[1] or longer[0] in METALS:
                self.at = found[1]
                return Companion(found[0].ligand, self._count(), found[0].printed)
        return None

    def _molecule(self) -> Companion | None:
        """Read a bare molecule, known or given by its formula."""
        match = _MOLECULE.match(self.text.text, self.at)
        reading = self._read(match[0]) if match else None
        if match is None or reading is None:
            return None
        self.at = match.end()
        return Companion(reading.ligand, 1, reading.printed)

    def _count(self) -> int:
        """Return the count behind an ion: below the line, or on it behind a letter or bracket."""
        run = self.text.at_level(SUB, self.at)
        if run == self.at and self.at and not self.text.text[self.at - 1].isdigit():
            line = self.text.at_level(BASE, self.at)
            match = re.compile(r"\d{1,2}(?![+-])").match(self.text.text, self.at, line)
            run = match.end() if match else run
        digits = self.text.text[self.at : run]
        if not digits.isdigit():
            return 1
        self.at = run
        return int(digits)

    def _raised_sign(self) -> bool:
        end = self.text.at_level(SUP, self.at)
        return re.fullmatch(r"\d*[+-]", self.text.text[self.at : end]) is not None

    def _read(self, name: str) -> Reading | None:
        """Return what `name` means as a companion; a molecule is read from its formula."""
        reading = self.lexicon.find(name)
        if reading is not None and _can_accompany(reading.ligand):
            return reading
        return _molecule(name)


def _can_accompany(ligand: Ligand) -> bool:
    """Whether a ligand is also met as a counter-ion or solvate of its own."""
    return ligand.kind in {
        *COUNTER_IONS,
        "oxyanion",
        "solvent",
        "halide",
        "carboxylate",
        "nitrile",
        "amine",
        "other",
        "thiolate",
        "phosphine",
    } and not (ligand.is_generic and ligand.kind != "halide")


def _molecule(name: str) -> Reading | None:
    """Read a solvate given by its molecular formula, such as C4H8O."""
    if not _MOLECULE.fullmatch(name):
        return None
    atoms = re.findall(r"([A-Z][a-z]?)(\d*)", name)
    symbols = [symbol for symbol, _ in atoms]
    if any(s not in elements() or s in METALS for s in symbols) or len(set(symbols)) != len(
        symbols
    ):
        return None
    order = sorted(atoms, key=lambda a: (a[0] != "C", a[0] != "H" or "C" not in symbols, a[0]))
    formula = "".join(s + n for s, n in order)
    ligand = Ligand(name=name, kind="solvent", formula=formula, charge_taken=0, source="as printed")
    return Reading(ligand, name)


def separate_counter_ions(
    layers: tuple[Layer, ...], notes: list[str]
) -> tuple[tuple[Layer, ...], list[Companion]]:
    """Take ions that never bind to metal out of the layers."""
    found: list[Companion] = []
    kept: list[Layer] = []
    for layer in layers:
        stay = []
        for part in layer:
            if isinstance(part, LigandPart) and part.ligand.kind in COUNTER_IONS:
                found.append(Companion(part.ligand, part.count, part.printed))
                notes.append(f"'{part.name}' inside the formula taken for a counter-ion")
            else:
                stay.append(part)
        kept.append(tuple(stay))
    return tuple(layer for layer in kept if layer), found
