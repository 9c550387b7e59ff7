"""What a name inside a formula means: definitions first, then the library, then the name itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from superatom.composition.fragments import read_fragment
from superatom.composition.ligands import Ligand, LigandLibrary

__all__ = ["COUNTER_IONS", "Lexicon", "Reading", "tidy_name"]

#: Classes that stand outside the bracket of a cluster.
COUNTER_IONS = frozenset({"cation", "anion"})

_LABEL = re.compile(r"L['\d]*")
#: An apostrophe is what is left of the raised t of tert-butyl.
_LOST_TERT = re.compile(r"'\s*-?\s*(?=Bu)|(?<=S)'-?(?=Bu)|t?(?<=-)'(?=Bu)")
_LOST_TERT_BEHIND = re.compile(r"(?<!t)Bu'")
#: A hyphen behind an atom count was put there by a line break ('SC2H4-Ph').
_WRAP_HYPHEN = re.compile(r"(?<=[A-Za-z)]\d)-(?=[A-Z])|(?<=[A-Za-z)]\d\d)-(?=[A-Z])")
_LOST_TRIPLE_BOND = (
    (re.compile(r"C=C"), "C#C"),
    (re.compile(r"C-C(?=[A-Z])"), "C#C"),
    (re.compile(r"CequivC"), "C#C"),
    (re.compile(r"^CCC(?=[A-Z]|$)"), "C#C"),
    (re.compile(r"^CC(?=[A-Z])"), "C#C"),
)
#: A name made only of elements, groups and numbers, with a count, locant or bond in it.
_CHEMICAL = re.compile(
    r"(?=.*[\d#=,-])(?:[A-Z][a-z]?|[a-z]{1,4}(?=-)|tert|octyl|hexyl|butyl|phenyl|methyl|ethyl"
    r"|[()\[\],#=·'πμηκ+-]|\d)+"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a name was taken for.

    Attributes
    ----------
    ligand : Ligand
        What is meant.
    printed : str
        The name, tidied, as it is printed again.
    notes : tuple[str, ...]
        Guesses that were made.
    """

    ligand: Ligand
    printed: str
    notes: tuple[str, ...] = ()


def tidy_name(name: str) -> str:
    """Return a ligand name without blanks, stray primes and outer hyphens."""
    name = re.sub(r"\s+", "", name)
    name = _LOST_TERT_BEHIND.sub("tBu", _LOST_TERT.sub("t", name))
    return re.sub(r"(?<!\d)'", "", name).strip("-·")


@dataclass
class Lexicon:
    """The names known while one text is read.

    Attributes
    ----------
    library : LigandLibrary
        Ligands known everywhere.
    definitions : dict[str, Ligand]
        Meanings given by the text or the user (SR = SC2H4Ph).
    metals : dict[str, str]
        Metals meant by a generic symbol (M = Pd).
    """

    library: LigandLibrary
    definitions: dict[str, Reading] = field(default_factory=dict)
    metals: dict[str, str] = field(default_factory=dict)
    _longest: int = 0

    def define(self, given: Mapping[str, str]) -> dict[str, str]:
        """Add definitions; return those that could not be understood."""
        left: dict[str, str] = {}
        for name, meaning in given.items():
            reading = self.find(meaning)
            if reading is None or reading.ligand.is_generic:
                left[name] = meaning
                continue
            self.definitions[name] = reading
        if "R" in given and "SR" not in self.definitions:
            for generic, pattern in (("SR", "S{}"), ("SeR", "Se{}"), ("C#CR", "C#C{}")):
                reading = self.find(pattern.format(given["R"].lstrip("-")))
                if reading is not None and not reading.ligand.is_generic:
                    self.definitions[generic] = reading
            if "SR" in self.definitions:
                left.pop("R", None)
        return left

    def find(self, name: str) -> Reading | None:
        """Return what `name` means; None if nothing is known that fits."""
        tidy = tidy_name(name)
        if not tidy:
            return None
        for exact in (True, False):
            for candidate, note in _spellings(tidy):
                reading = self._known(candidate, exact=exact)
                if reading is not None:
                    return Reading(reading.ligand, reading.printed, reading.notes + note)
        for candidate, note in _spellings(tidy):
            fragment = read_fragment(candidate)
            if fragment is not None:
                told = (
                    f"ligand '{candidate}' is not in the library; read from its formula as "
                    f"{fragment.kind} {fragment.formula}, charge taken {fragment.charge_taken}",
                )
                return Reading(fragment, candidate, told + note)
        return None

    def guess(self, name: str) -> Reading | None:
        """Return a ligand without known atoms if `name` at least looks like chemistry."""
        tidy = tidy_name(name)
        if not _CHEMICAL.fullmatch(tidy) or len(tidy) < 3:
            return None
        note = f"ligand '{tidy}' is not known: its atoms and the charge it takes are open"
        return Reading(Ligand(name=tidy, kind="other", source="as printed"), tidy, (note,))

    def _known(self, name: str, *, exact: bool = False) -> Reading | None:
        if defined := self._definition(name):
            told = (f"{name} = {defined.printed}, as defined",)
            return Reading(defined.ligand, defined.printed, defined.notes + told)
        if _LABEL.fullmatch(name):
            return Reading(Ligand(name=name, kind="generic", source="label in a formula"), name)
        meanings = self.library.meanings(name, exact=exact)
        if not meanings:
            return None
        notes: tuple[str, ...] = ()
        if len(meanings) > 1:
            others = ", ".join(m.name for m in meanings[1:])
            notes = (f"'{name}' read as {meanings[0].name}; it can also mean {others}",)
        return Reading(meanings[0], name, notes)

    def _definition(self, name: str) -> Reading | None:
        if name in self.definitions:
            return self.definitions[name]
        meant = self.library.meanings(name)
        if meant and meant[0].is_generic:
            for known, reading in self.definitions.items():
                if known in self.library and self.library[known] == meant[0]:
                    return reading
        return None

    def joined(self, inner: str, behind: str) -> tuple[Reading, int] | None:
        """Return the name that a bracket cut in two, as (Ph2)phen for Ph2phen.

        The number is how many characters of `behind` belong to it.
        """
        for length in range(min(len(behind), 12), 2, -1):
            name = inner + behind[:length]
            if behind[:length].isalpha() and self.library.meanings(name, exact=True):
                reading = self._known(name, exact=True)
                note = f"'({inner}){behind[:length]}' read as '{name}'"
                return (Reading(reading.ligand, name, (note,)), length) if reading else None
        return None

    def longest_at(self, text: str, start: int) -> tuple[Reading, int] | None:
        """Return the longest known name that `text` has at `start`, and where it ends."""
        if not self._longest:
            self._longest = max(map(len, self.library.names()), default=0)
        for end in range(min(len(text), start + self._longest), start, -1):
            name = text[start:end]
            if not name[0].isalpha() or not name[-1].isalnum():
                continue
            if end < len(text) and text[end].islower() and not text[end - 1].isdigit():
                continue
            if end < len(text) and text[end].isdigit() and text[end - 1].isdigit():
                continue
            if self._spelled_out(name) and (reading := self._known(name)):
                return reading, end
        return None

    def _spelled_out(self, name: str) -> bool:
        """Whether `name` without brackets is safe to take as a whole."""
        if name in self.definitions or name == "L" or self.library.meanings(name, exact=True):
            return True
        return len(name) >= 3 and name.isalpha() and name in self.library


def _spellings(name: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return `name` and what it may have been before printing, with a note each."""
    found: list[tuple[str, tuple[str, ...]]] = [(name, ())]
    joined = _WRAP_HYPHEN.sub("", name)
    if joined != name:
        found.append((joined, (f"hyphen in '{name}' taken for a line break",)))
    for pattern, bond in _LOST_TRIPLE_BOND:
        for spelled, note in list(found):
            repaired = pattern.sub(bond, spelled)
            if repaired != spelled and "#" not in spelled:
                told = (f"'{spelled}' read as the alkyne '{repaired}'",)
                found.append((repaired, note + told))
    return found
