"""Parts of a search space and how they are written: 'Au:10-50', 'PET MHA:0-18', 'H:-12-2'."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from superatom.composition.conventions import STANDARD
from superatom.composition.elements import element
from superatom.composition.ligands import Ligand, LigandLibrary, default_library
from superatom.errors import SearchError, UnknownComposition, UnknownLigand

__all__ = ["SpacePart", "read_charges", "read_parts"]

_WIDEST = 500  # of one thing in one ion
_DEFAULT = (0, 60)  # range of a name when no range stands after it
_PART = re.compile(r"(?P<name>[^\s:=]+)(?:=(?P<formula>[^\s:]+))?(?::(?P<range>\S+))?$")
_RANGE = re.compile(r"(-?\d+)(?:(?:-|\.\.)(-?\d+))?$")
_FORMULA = re.compile(r"([A-Z][a-z]?)(\d*)")
_CHARGE = re.compile(r"([+-]?\d+)(?:\.\.([+-]?\d+))?$")
_ADDUCT_CLASSES = ("cation", "solvent", "anion")


@dataclass(frozen=True, slots=True)
class SpacePart:
    """One thing that ions of a space can hold, and how many of it.

    Attributes
    ----------
    name : str
        As the user wrote it, and as it is printed.
    role : str
        'metal', 'ligand' or 'other'.
    low, high : int
        Range of its count, both included; below 0 for atoms lost.
    elements : tuple[tuple[str, int], ...]
        Atoms of one.
    electrons : int
        Superatom electrons one of it gives (valence of a metal, minus the charge a ligand
        takes).
    ligand : Ligand or None
        Set if it binds as a ligand.
    """

    name: str
    role: str
    low: int
    high: int
    elements: tuple[tuple[str, int], ...]
    electrons: int = 0
    ligand: Ligand | None = None

    @property
    def donors(self) -> int:
        """Donor atoms one of it binds metals with; 0 for metals, adducts and hydride."""
        if self.ligand is None or self.ligand.kind == "hydride":
            return 0
        return max(self.ligand.denticity, 1)

    @property
    def is_ion(self) -> bool:
        """Whether it is picked up or lost as an ion (proton, alkali ion), not bound."""
        return self.role == "other" and self.ligand is None

    @classmethod
    def of_metal(cls, symbol: str, low: int, high: int) -> SpacePart:
        """Return a metal (or any other element that gives its valence electrons)."""
        known = element(symbol)
        valence = STANDARD.valence(known.symbol)
        return cls(symbol, "metal", low, high, ((symbol, 1),), valence or 0)

    @classmethod
    def of_ligand(cls, ligand: Ligand, low: int, high: int, name: str = "") -> SpacePart:
        """Return a ligand.

        Raises
        ------
        UnknownComposition
            If the ligand has no atoms of its own (SR, L).
        """
        if ligand.is_generic:
            raise UnknownComposition(
                f"{ligand.name} has no formula; name a ligand, or write {ligand.name}=C8H9S"
            )
        atoms = tuple(ligand.elements.items())
        return cls(
            name or ligand.name, "ligand", low, high, atoms, -(ligand.charge_taken or 0), ligand
        )


def read_parts(text: str, role: str, library: LigandLibrary | None = None) -> tuple[SpacePart, ...]:
    """Return the parts named in `text`; `role` is 'metal', 'ligand' or 'other'.

    Raises
    ------
    SearchError
        If a word cannot be read.
    UnknownElement, UnknownLigand
        If a name is not known.
    """
    words = [_word(word) for word in re.split(r"[\s,;]+", text.strip()) if word]
    ranges: list[tuple[int, int]] = []
    following = _DEFAULT
    for _, _, limits in reversed(words):
        following = limits or following
        ranges.append(following)
    reader = {"metal": _metal, "ligand": _ligand, "other": _other}[role]
    return tuple(
        reader(name, formula, low, high, library)
        for (name, formula, _), (low, high) in zip(words, reversed(ranges), strict=True)
    )


def _word(word: str) -> tuple[str, str, tuple[int, int] | None]:
    found = _PART.match(word)
    if found is None:
        raise SearchError(f"'{word[:40]}' is not a part of a search space; write Au:10-50")
    if found["range"] is None:
        return found["name"], found["formula"] or "", None
    limits = _RANGE.match(found["range"])
    if limits is None:
        raise SearchError(f"'{found['range'][:40]}' is not a range; write 0-18, 5 or -12-2")
    low = int(limits[1])
    high = int(limits[2]) if limits[2] else low
    if low > high or max(abs(low), abs(high)) > _WIDEST:
        raise SearchError(
            f"{found['name']}:{found['range'][:40]} must run from low to high within "
            f"-{_WIDEST} to {_WIDEST}"
        )
    return found["name"], found["formula"] or "", (low, high)


def _metal(
    name: str, formula: str, low: int, high: int, _library: LigandLibrary | None
) -> SpacePart:
    if formula or low < 0:
        raise SearchError(f"a metal is written Au:10-50, got '{name}' from {low}")
    return SpacePart.of_metal(name, low, high)


def _ligand(
    name: str, formula: str, low: int, high: int, library: LigandLibrary | None
) -> SpacePart:
    if low < 0:
        raise SearchError(f"{name} cannot occur {low} times; lost atoms belong to the others")
    if formula:
        own = Ligand(name, "other", formula=_checked_formula(formula), charge_taken=1)
        return SpacePart.of_ligand(own, low, high, name)
    return SpacePart.of_ligand(_lookup(name, library), low, high, name)


def _other(
    name: str, formula: str, low: int, high: int, library: LigandLibrary | None
) -> SpacePart:
    """Return an adduct: a proton, an alkali ion, a solvent, a halide, or any formula."""
    if formula:
        return SpacePart(name, "other", low, high, _atoms(_checked_formula(formula)))
    if name == "H":
        return SpacePart(name, "other", low, high, (("H", 1),), 1)
    known = library or default_library()
    if name in known and (ligand := known[name]).formula:
        part = SpacePart.of_ligand(ligand, low, high, name)
        binds = ligand.kind not in _ADDUCT_CLASSES
        return SpacePart(
            name, "other", low, high, part.elements, part.electrons, ligand if binds else None
        )
    if re.fullmatch(r"[A-Z][a-z]?", name):
        metal = SpacePart.of_metal(name, low, high)
        return SpacePart(name, "other", low, high, metal.elements, metal.electrons)
    return SpacePart(name, "other", low, high, _lookup_atoms(name, known))


def _lookup(name: str, library: LigandLibrary | None) -> Ligand:
    known = library or default_library()
    if name not in known:
        close = ", ".join(ligand.name for ligand in known.nearest(name))
        raise UnknownLigand(
            f"unknown ligand '{name[:40]}'",
            hint=(f"known names close to it: {close}\n" if close else "")
            + f"or give its bound formula: {name[:40]}=C8H9S",
        )
    return known[name]


def _lookup_atoms(name: str, library: LigandLibrary) -> tuple[tuple[str, int], ...]:
    if re.fullmatch(r"(?:[A-Z][a-z]?\d*)+", name):
        return _atoms(_checked_formula(name))
    return tuple(_lookup(name, library).elements.items())


def _checked_formula(formula: str) -> str:
    if not re.fullmatch(r"(?:[A-Z][a-z]?\d{0,4})+", formula):
        raise SearchError(f"'{formula[:40]}' is no formula such as C8H9S")
    _atoms(formula)
    return formula


def _atoms(formula: str) -> tuple[tuple[str, int], ...]:
    atoms: dict[str, int] = {}
    for symbol, digits in _FORMULA.findall(formula):
        atoms[element(symbol).symbol] = atoms.get(symbol, 0) + int(digits or 1)
    return tuple(atoms.items())


def read_charges(charge: str | Sequence[int]) -> tuple[int, ...]:
    """Return charges from '-6..-1', '-1', '1,2' or a sequence; 0 is left out of a range.

    Raises
    ------
    SearchError
        If there is none, or it cannot be read.
    """
    if not isinstance(charge, str):
        values = {int(z) for z in charge}
    else:
        values = set()
        for word in re.split(r"[\s,;]+", charge.strip()):
            found = _CHARGE.match(word)
            if found is None:
                raise SearchError(f"'{word[:40]}' is no charge; write -1, 2 or -6..-1")
            low = int(found[1])
            high = int(found[2]) if found[2] else low
            values.update(range(min(low, high), max(low, high) + 1))
    values.discard(0)
    if not values or max(abs(z) for z in values) > 60:
        raise SearchError("a search space needs charges between -60 and 60 that are not 0")
    return tuple(sorted(values, key=lambda z: (abs(z), z)))
