"""The ligand library: what a name printed in a paper means in atoms and charge."""

from __future__ import annotations

import csv
import difflib
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources
from pathlib import Path

from superatom.errors import DataFileError, SuperatomError

__all__ = ["LIGAND_CLASSES", "Ligand", "LigandLibrary", "alias_key", "default_library"]

#: What a ligand can be. `generic` stands for a whole family (SR, L), `template` for a
#: host without a formula (BSA), `anion` never binds and is always a counter-ion.
LIGAND_CLASSES = (
    "thiolate",
    "dithiolate",
    "selenolate",
    "tellurolate",
    "phosphine",
    "diphosphine",
    "polyphosphine",
    "alkynyl",
    "carbene",
    "halide",
    "hydride",
    "carboxylate",
    "oxyanion",
    "amidinate",
    "pyrazolate",
    "dithiophosphate",
    "dithiocarbamate",
    "chalcogenide",
    "interstitial",
    "amine",
    "carbonyl",
    "nitrile",
    "isocyanide",
    "solvent",
    "cation",
    "anion",
    "template",
    "generic",
    "other",
)

_COLUMNS = (
    "name",
    "class",
    "bound_formula",
    "free_formula",
    "charge_taken",
    "anchors",
    "denticity",
    "smiles",
    "aliases",
    "long_name",
    "source",
)
_ELEMENT_COUNT = re.compile(r"([A-Z][a-z]?)(\d*)")


@dataclass(frozen=True, slots=True)
class Ligand:
    """A ligand, counter-ion or solvent.

    Attributes
    ----------
    name : str
        The name Superatom prints when it has to choose one ('PET').
    kind : str
        One of `LIGAND_CLASSES`.
    formula : str
        Atoms of the bound form in Hill order ('C8H9S'); empty if it has none
        (a generic SR, a protein).
    free_formula : str
        Atoms of the free form ('C8H10S', the thiol).
    charge_taken : int or None
        Electrons the bound ligand takes from the metals: 1 for a thiolate, 0 for a
        phosphine, -1 for a cation; None if not known. The charge of the bound form
        as an ion is the negative of it.
    anchors : tuple[str, ...]
        Elements that can bind to metal, the usual first.
    denticity : int
        Number of anchor atoms one ligand has.
    smiles : str
        SMILES of the free form; empty if it has none.
    aliases : tuple[str, ...]
        Other names, as printed in papers.
    long_name : str
        Systematic or common name.
    source : str
        Where the entry comes from.
    """

    name: str
    kind: str
    formula: str = ""
    free_formula: str = field(default="", compare=False)
    charge_taken: int | None = None
    anchors: tuple[str, ...] = field(default=(), compare=False)
    denticity: int = field(default=1, compare=False)
    smiles: str = field(default="", compare=False)
    aliases: tuple[str, ...] = field(default=(), compare=False)
    long_name: str = field(default="", compare=False)
    source: str = field(default="", compare=False)

    @property
    def elements(self) -> Mapping[str, int]:
        """Atoms of the bound form; empty if it has no formula."""
        return _elements(self.formula)

    @property
    def is_generic(self) -> bool:
        """Whether the ligand has no atoms of its own (SR, L, BSA)."""
        return not self.formula


def _elements(formula: str) -> dict[str, int]:
    """Return the atoms of a Hill formula without brackets."""
    atoms: dict[str, int] = {}
    for symbol, digits in _ELEMENT_COUNT.findall(formula):
        atoms[symbol] = atoms.get(symbol, 0) + int(digits or 1)
    return atoms


def alias_key(name: str) -> str:
    """Return `name` without what printers change: hyphens, primes, spaces, dots."""
    return re.sub(r"[\s\-'’`´‘^.*_]", "", name)


class LigandLibrary:
    """All ligands known, found by any of their names.

    Parameters
    ----------
    ligands : iterable of Ligand
        In order of preference: of two ligands that share an alias the first is meant.
    """

    def __init__(self, ligands: Iterable[Ligand]) -> None:
        self._ligands: dict[str, Ligand] = {}
        self._exact: dict[str, list[Ligand]] = {}
        self._loose: dict[str, list[Ligand]] = {}
        self._folded: dict[str, list[Ligand]] = {}
        for ligand in ligands:
            self._add(ligand)

    def _add(self, ligand: Ligand) -> None:
        self._ligands[ligand.name] = ligand
        for name in (ligand.name, *ligand.aliases):
            for index, key in (
                (self._exact, name),
                (self._loose, alias_key(name)),
                (self._folded, alias_key(name).casefold()),
            ):
                meant = index.setdefault(key, [])
                if ligand not in meant:
                    meant.append(ligand)

    def __iter__(self) -> Iterator[Ligand]:
        return iter(self._ligands.values())

    def __len__(self) -> int:
        return len(self._ligands)

    def __getitem__(self, name: str) -> Ligand:
        """Return the ligand called `name` in any spelling.

        Raises
        ------
        KeyError
            If no ligand has that name.
        """
        found = self.meanings(name)
        if not found:
            raise KeyError(name)
        return found[0]

    def __contains__(self, item: str | Ligand) -> bool:
        if isinstance(item, Ligand):
            return self._ligands.get(item.name) == item
        return bool(self.meanings(item))

    def meanings(self, name: str, *, exact: bool = False) -> tuple[Ligand, ...]:
        """Return every ligand `name` can mean, the usual first; () if none.

        The name is tried as it is, then (unless `exact`) without hyphens, primes and
        spaces, then without regard to case (three letters or more).
        """
        found = self._exact.get(name)
        if found or exact:
            return tuple(found or ())
        key = alias_key(name)
        if found := self._loose.get(key):
            return tuple(found)
        if len(key) >= 3:
            return tuple(self._folded.get(key.casefold(), ()))
        return ()

    def names(self) -> tuple[str, ...]:
        """Return every name and alias."""
        return tuple(self._exact)

    def nearest(self, name: str, limit: int = 3) -> tuple[Ligand, ...]:
        """Return the ligands whose names look most like `name`, best first."""
        key = alias_key(name)[:80].casefold()
        close = difflib.get_close_matches(key, self._folded, n=8 * limit, cutoff=0.5)

        def likeness(other: str) -> float:  # people mistype the end of a name, not its start
            pairs = zip(key, other, strict=False)
            same = itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)
            start = len(list(same)) / max(len(key), 1)
            return difflib.SequenceMatcher(None, key, other).ratio() + 0.5 * start

        close.sort(key=likeness, reverse=True)
        found = [ligand for match in close for ligand in self._folded[match]]
        return tuple(dict.fromkeys(found))[:limit]

    def with_ligands(self, ligands: Iterable[Ligand]) -> LigandLibrary:
        """Return a library in which `ligands` come before those of this one."""
        own = list(ligands)
        taken = {ligand.name for ligand in own}
        return LigandLibrary([*own, *(known for known in self if known.name not in taken)])

    @classmethod
    def read(cls, path: str | Path) -> LigandLibrary:
        """Read a library from a CSV file (columns in the documentation, page Ligands).

        Raises
        ------
        DataFileError
            If the file cannot be read or a row is wrong; names the line.
        """
        try:
            text = Path(path).read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise DataFileError(
                str(path), f"cannot be read ({error})", hint="give a CSV file in UTF-8"
            ) from error
        return cls(_rows(text, str(path)))


def _rows(text: str, path: str) -> Iterator[Ligand]:
    """Yield the ligands of a CSV text."""
    reader = csv.DictReader(text.splitlines())
    missing = {"name", "class", "bound_formula"} - set(reader.fieldnames or ())
    if missing:
        raise DataFileError(
            path,
            f"has no column {', '.join(sorted(missing))}",
            line=1,
            hint=f"columns are {', '.join(_COLUMNS)}; only the first three must be there",
        )
    for row in reader:
        try:
            yield _ligand(row)
        except SuperatomError:
            raise
        except ValueError as error:
            raise DataFileError(path, str(error), line=reader.line_num) from error


def _ligand(row: Mapping[str, str | None]) -> Ligand:
    """Return the ligand of one CSV row."""
    cells = {column: (row.get(column) or "").strip() for column in _COLUMNS}
    if not cells["name"]:
        raise ValueError("a ligand without a name")
    if cells["class"] not in LIGAND_CLASSES:
        raise ValueError(f"class '{cells['class']}' is none of {', '.join(LIGAND_CLASSES)}")
    for column in ("bound_formula", "free_formula"):
        if not re.fullmatch(r"([A-Z][a-z]?\d*)*", cells[column]):
            raise ValueError(f"{column} '{cells[column]}' is not written like C8H9S")
    return Ligand(
        name=cells["name"],
        kind=cells["class"],
        formula=cells["bound_formula"],
        free_formula=cells["free_formula"],
        charge_taken=int(cells["charge_taken"]) if cells["charge_taken"] else None,
        anchors=tuple(cells["anchors"].split()),
        denticity=int(cells["denticity"] or 1),
        smiles=cells["smiles"],
        aliases=tuple(a.strip() for a in cells["aliases"].split(";") if a.strip()),
        long_name=cells["long_name"],
        source=cells["source"],
    )


@lru_cache(maxsize=1)
def default_library() -> LigandLibrary:
    """Return the library that ships with Superatom."""
    table = resources.files("superatom.composition") / "data" / "ligands.csv"
    return LigandLibrary(_rows(table.read_text(encoding="utf-8"), "ligands.csv"))
