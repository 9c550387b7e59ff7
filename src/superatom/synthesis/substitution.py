"""Read a told transformation for another member: ligands of a class, metals of a class."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

from superatom.composition.ligands import Ligand, default_library
from superatom.synthesis.compounds import Compound, read_compound

__all__ = [
    "Substitution",
    "dopant_class",
    "family_class",
    "named_families",
    "substitute",
    "substitutions",
    "table",
]

_MOST_PAIRINGS = 5040  # ways to pair ligands or metals that are tried


@dataclass(frozen=True, slots=True)
class Substitution:
    """What takes the place of what.

    Attributes
    ----------
    ligands : Mapping[str, Ligand]
        Name of the ligand as told, and the one that takes its place.
    metals : Mapping[str, str]
        Metal as told, and the one that takes its place.
    """

    ligands: Mapping[str, Ligand] = field(default_factory=dict)
    metals: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.ligands or self.metals)

    @property
    def text(self) -> str:
        """Return it in words: 'SR = PET, Pd for Pt'."""
        ligands = [f"{old} = {new.name}" for old, new in self.ligands.items()]
        return ", ".join([*ligands, *(f"{new} for {old}" for old, new in self.metals.items())])


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of a table in this room's `data`."""
    path = resources.files("superatom.synthesis") / "data" / name
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


@lru_cache(maxsize=1)
def _families() -> dict[str, str]:
    return {row["generic"]: row["class"] for row in table("generic_ligands.csv")}


@lru_cache(maxsize=1)
def _dopant_classes() -> dict[str, str]:
    rows = table("dopant_classes.csv")
    return {metal: row["class"] for row in rows for metal in row["metals"].split()}


def dopant_class(symbol: str) -> str:
    """Return the class of metals that dope alike ('group 10'); the symbol if it is in none."""
    return _dopant_classes().get(symbol, symbol)


def family_class(ligand: Ligand) -> str:
    """Return the class of a ligand; for SR, SR1, SR' that of the whole family ('thiolate')."""
    if ligand.kind != "generic":
        return ligand.kind
    plain = ligand.name.rstrip("0123456789'*")
    return _families().get(ligand.name) or _families().get(plain, "generic")


def named_families(text: str) -> Substitution:
    """Return which ligand a source means by a family name, as told: 'SR = cyclohexanethiolate'.

    Examples
    --------
    >>> named_families("tBuC#C; RCOO = CF3COO").text
    'RCOO = CF3CO2'
    """
    found = {}
    for part in text.split(";"):
        name, sign, meaning = (piece.strip() for piece in part.partition("="))
        if sign and name in _families():
            ligand = _called(meaning)
            if ligand is not None and family_class(ligand) == _families()[name]:
                found[name] = ligand
    return Substitution(found)


def _called(meaning: str) -> Ligand | None:
    """Return the ligand of a short or long name."""
    library = default_library()
    short = library.meanings(meaning)
    if short:
        return short[0]
    return next((known for known in library if meaning in known.long_name.split(" (")), None)


def substitutions(told: Compound, wanted: Compound, *, analogy: bool) -> Iterator[Substitution]:
    """Yield what makes `told` into `wanted`; charge and label are not compared.

    Parameters
    ----------
    told : Compound
        Product of a transformation.
    wanted : Compound
        What is asked for.
    analogy : bool
        Whether ligands may be replaced by others of their class and metals by others that
        dope alike; if not, only generic names (SR) are.
    """
    if not _alike(told, wanted):
        return
    for metals in _metal_pairings(told, wanted, analogy):
        for ligands in _ligand_pairings(told, wanted, analogy):
            yield Substitution(ligands, metals)


def _alike(told: Compound, wanted: Compound) -> bool:
    """Whether counts allow a pairing at all (the cheap test, done first)."""
    counts = [sorted(n for _, n in c.metals) for c in (told, wanted)]
    ligands = [sorted(n for _, n in c.groups) for c in (told, wanted)]
    atoms = [sorted(c.atoms) for c in (told, wanted)]
    return counts[0] == counts[1] and ligands[0] == ligands[1] and atoms[0] == atoms[1]


def _metal_pairings(told: Compound, wanted: Compound, analogy: bool) -> Iterator[dict[str, str]]:
    if told.frame == wanted.frame:
        yield {}
        return
    if not analogy:
        return
    host = max(told.metals, key=lambda pair: pair[1])[0]  # the parent stays what it is
    for order in itertools.permutations(wanted.metals):
        pairs = list(zip(told.metals, order, strict=True))
        same_host = all(new == host for (old, _), (new, _) in pairs if old == host)
        alike = (n == m and dopant_class(old) == dopant_class(new) for (old, n), (new, m) in pairs)
        if same_host and all(alike):
            yield {a[0]: b[0] for a, b in pairs if a[0] != b[0]}


def _ligand_pairings(
    told: Compound, wanted: Compound, analogy: bool
) -> Iterator[dict[str, Ligand]]:
    orders = itertools.islice(itertools.permutations(wanted.groups), _MOST_PAIRINGS)
    seen = set()
    for order in orders:
        pairs = list(zip(told.groups, order, strict=True))
        if all(n == m and _fits(old, new, analogy) for (old, n), (new, m) in pairs):
            changed = {o.name: w for (o, _), (w, _) in pairs if _replaced(o, w)}
            names = tuple((old, new.name) for old, new in changed.items())
            if names not in seen:
                seen.add(names)
                yield changed


def _replaced(told: Ligand, wanted: Ligand) -> bool:
    """Whether the ligand told gives way; a told one stands for the family asked for."""
    return told.name != wanted.name and wanted.kind != "generic"


def _fits(told: Ligand, wanted: Ligand, analogy: bool) -> bool:
    if told.name == wanted.name:
        return True
    if family_class(told) != family_class(wanted) or family_class(told) == "generic":
        return False
    return analogy or "generic" in (told.kind, wanted.kind)


def substitute(text: str, change: Substitution) -> str:
    """Return the formula of a species after a substitution; as it is if nothing changes."""
    compound = read_compound(text)
    new_groups = tuple((change.ligands.get(g.name, g), n) for g, n in compound.groups)
    new_metals = tuple((change.metals.get(s, s), n) for s, n in compound.metals)
    if new_groups == compound.groups and new_metals == compound.metals:
        return text
    return compound.with_parts(new_metals, new_groups).text
