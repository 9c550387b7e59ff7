"""Derive a ligand from its condensed structural formula.

A name that no table knows may still be a formula: 2-Cl-C6H4S, C#CC6H4-p-tBu, S2CNEt2,
Ph2PCH2PPh2. It is read from an anchor (`data/anchors.csv`: S, Se, Te, C#C, COO, S2P, S2CN, ...;
or phosphorus with three bonds) outwards, group by group (`residues`). Only what comes
out whole, with every valence satisfied and in one way, is a ligand.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources

from superatom.composition.ligands import Ligand
from superatom.composition.residues import (
    Branch,
    Group,
    Residue,
    ResidueError,
    Site,
    atoms_in,
    parts,
    turned,
)

__all__ = ["SOURCE", "read_fragment"]

#: Source of a ligand that was derived.
SOURCE = "read from its formula"

_LONGEST_NAME = 120
_LEADING_LOCANT = re.compile(r"^(?:\d+(?:,\d+)*-?|[opm]-)(?=[A-Za-z(])")
_PHOSPHINES = {1: "phosphine", 2: "diphosphine"}


@dataclass(frozen=True, slots=True)
class Anchor:
    """The part of a ligand that binds to metal, and what follows from it."""

    first: str
    last: str
    kind: str
    formula: str
    bonds: int
    charge_taken: int
    element: str
    denticity: int
    partners: frozenset[str]

    def site(self) -> Site:
        """Return it as the root of a residue."""
        atoms = tuple(atoms_in(self.formula).items())
        return Site(Group(self.first, atoms, self.bonds), partners=self.partners)

    def twice(self) -> Anchor:
        """Return the anchor of a ligand that has it at both ends."""
        kind = "dithiolate" if self.kind == "thiolate" else self.kind
        return Anchor(
            self.first,
            self.last,
            kind,
            self.formula,
            self.bonds,
            2 * self.charge_taken,
            self.element,
            2 * self.denticity,
            self.partners,
        )


_PHOSPHORUS = Anchor("P", "P", "phosphine", "P", 3, 0, "P", 1, frozenset({"C", "O", "N", "Si"}))


@lru_cache(maxsize=1)
def _anchors() -> tuple[Anchor, ...]:
    """Return the anchors of `data/anchors.csv`."""
    table = resources.files("superatom.composition") / "data" / "anchors.csv"
    rows = csv.DictReader(table.read_text(encoding="utf-8").splitlines())
    return tuple(_anchor(row) for row in rows)


def _anchor(row: Mapping[str, str]) -> Anchor:
    """Return the anchor of one row."""
    return Anchor(
        first=row["first"],
        last=row["last"],
        kind=row["class"],
        formula=row["formula"],
        bonds=int(row["bonds"]),
        charge_taken=int(row["charge_taken"]),
        element=row["anchor"],
        denticity=int(row["denticity"]),
        partners=frozenset(row["partners"].split()),
    )


def read_fragment(name: str) -> Ligand | None:
    """Return the ligand that `name` describes; None if it cannot be worked out.

    Parameters
    ----------
    name : str
        A condensed formula with its anchor at an end, such as SC4H9, 4-MeO-PhC#C,
        P(p-FPh)3 or S2P(OEt)2. The triple bond is '#'.

    Returns
    -------
    Ligand or None
        Class, charge, atoms and anchors of the bound form; its source is `SOURCE`. The
        name alone does not say where substituents sit: no SMILES.

    Examples
    --------
    >>> read_fragment("SPhNO2").formula
    'C6H4NO2S'
    >>> read_fragment("Ph2PC2H4PPh2").kind
    'diphosphine'
    >>> read_fragment("SPhQ") is None
    True
    """
    if len(name) > _LONGEST_NAME:
        return None
    text = name.strip().replace("≡", "#").replace("–", "-").strip("-")
    text = _LEADING_LOCANT.sub("", text)
    readings: dict[tuple[str, str, int], Ligand] = {}
    for anchor, residue in (*_from_ends(text), *_from_phosphorus(text)):
        ligand = _ligand(name, anchor, residue)
        readings.setdefault((ligand.kind, ligand.formula, ligand.charge_taken or 0), ligand)
    return next(iter(readings.values())) if len(readings) == 1 else None


def _from_ends(text: str) -> Iterator[tuple[Anchor, Residue]]:
    """Yield the whole residues that hang on an anchor at either end of `text`, or both."""
    for anchor in _anchors():
        starts, ends = text.startswith(anchor.first), _ends_with(text, anchor)
        inner = text.removeprefix(anchor.first)
        both = starts and anchor.bonds == 1 and _ends_with(inner, anchor)
        pair = text.startswith("S2") and anchor.kind == "thiolate"
        if starts and (grown := _grown(anchor, inner)):
            yield anchor, grown
        if ends and (grown := _grown(anchor, text.removesuffix(anchor.last), back=True)):
            yield anchor, grown
        if both and (grown := _grown(anchor, inner.removesuffix(anchor.last), capped=True)):
            yield anchor.twice(), grown
        if pair and (grown := _grown(anchor, text.removeprefix("S2"), paired=True)):
            yield anchor.twice(), grown


def _ends_with(text: str, anchor: Anchor) -> bool:
    """Whether `anchor` is the end of `text`."""
    return bool(anchor.last) and text.endswith(anchor.last)


def _grown(
    anchor: Anchor, text: str, *, back: bool = False, capped: bool = False, paired: bool = False
) -> Residue | None:
    """Return the residue `text` on `anchor`; None if that is none.

    Parameters
    ----------
    anchor : Anchor
        What it hangs on.
    text : str
        The name without the anchor.
    back : bool
        Whether it is read from its end (PhCH2S).
    capped : bool
        Whether a second anchor ends it (S(CH2)3S).
    paired : bool
        Whether two anchor atoms stand in front (S2C6H4).
    """
    root = anchor.site()
    if paired:
        root = Site(Group("S2", (("S", 2),), 2), partners=anchor.partners)
    residue = Residue(root)
    try:
        pieces = parts(text)
        if paired:
            residue.double()
        residue.grow(turned(pieces) if back else pieces)
        if capped:
            residue.grow((anchor.site().group,))
    except ResidueError:
        return None
    return residue if residue.is_whole() else None


def _from_phosphorus(text: str) -> Iterator[tuple[Anchor, Residue]]:
    """Yield the whole residues around a phosphorus that stands in no bracket."""
    if "P" not in text:
        return
    try:
        pieces = parts(text)
    except ResidueError:
        return
    for at, piece in enumerate(pieces):
        centre = isinstance(piece, Group) and piece.name == "P"
        if centre and (grown := _around(pieces[:at], pieces[at + 1 :])):
            yield _PHOSPHORUS, grown


def _around(before: Sequence[Group | Branch], behind: Sequence[Group | Branch]) -> Residue | None:
    """Return what stands before and behind a phosphorus, bound to it; None if not whole."""
    residue = Residue(_PHOSPHORUS.site())
    try:
        residue.grow(turned(before))
        if not all(site.is_whole for site in residue.sites[1:]):
            return None
        residue.grow(behind)
    except ResidueError:
        return None
    return residue if residue.is_whole() else None


def _ligand(name: str, anchor: Anchor, residue: Residue) -> Ligand:
    """Return the ligand of a whole residue."""
    atoms = residue.atoms()
    donors = [anchor.element, *residue.donors()]
    kind, denticity = anchor.kind, anchor.denticity
    if anchor is _PHOSPHORUS:
        kind, denticity = _PHOSPHINES.get(atoms["P"], "polyphosphine"), len(donors)
    free = atoms + Counter({"H": anchor.charge_taken})
    return Ligand(
        name=name,
        kind=kind,
        formula=_hill(atoms),
        free_formula=_hill(free),
        charge_taken=anchor.charge_taken,
        anchors=tuple(dict.fromkeys(donors)),
        denticity=denticity,
        source=SOURCE,
    )


def _hill(atoms: Mapping[str, int]) -> str:
    """Return atoms in Hill order: C, H, then the rest by the alphabet."""
    first = [symbol for symbol in ("C", "H") if "C" in atoms]
    order = [*first, *sorted(set(atoms) - set(first))]
    counts = [(symbol, atoms[symbol]) for symbol in order if atoms.get(symbol)]
    return "".join(f"{symbol}{count if count > 1 else ''}" for symbol, count in counts)
