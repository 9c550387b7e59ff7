"""Read one species of a reaction equation from text.

The grammar (`species_reader`) is strict and small. What it cannot read and holds a metal
is given to the reader of cluster formulas, which knows every damage that printing does.
"""

from __future__ import annotations

import re
from functools import lru_cache

from superatom.composition.cluster import Cluster
from superatom.composition.elements import elements
from superatom.composition.lexicon import Lexicon
from superatom.composition.ligands import Ligand
from superatom.composition.markup import SUP, MarkedText, read_markup
from superatom.composition.shells import table_rows
from superatom.composition.species import SITE, Species
from superatom.composition.species_reader import METAL, Content, SpeciesReader
from superatom.errors import FormulaError

__all__ = ["read_species"]

_ELECTRON = re.compile(r"e|e-|\(e-\)")
_GAS_OR_SOLID = re.compile(r"[↑↓]$")
_ROMAN = {"0": 0, "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6}
_LONE_STATE = re.compile(r"([A-Z][a-z]?)(?:\((0|IV|VI|V|I{1,3})\)|(0))")
_STAR_OF_CLUSTER = re.compile(r"\*(?:$|[(<\]])")  # what follows otherwise is adsorbed
_STATE_OF_METAL = re.compile(
    r"(?<=Au|Ag|Cu|Pt|Pd|Ni|Cd|Hg|Zn|Ir|Rh|Ru|Co|Tl)\((?:0|IV|VI|V|I{1,3})\)(?!\d)"
)


def read_species(marked: MarkedText, names: Lexicon) -> Species:
    """Read one species.

    Parameters
    ----------
    marked : MarkedText
        The species without its coefficient; columns refer to the whole equation.
    names : Lexicon
        Ligand names and definitions.

    Raises
    ------
    FormulaError
        If it cannot be read; points to the column of the equation.
    """
    marked = marked.without(_GAS_OR_SOLID).strip()
    text = _printed(marked)
    if _ELECTRON.fullmatch(marked.text):
        return Species("e-", charge=-1)
    marked, state = _without_oxidation_state(marked)
    if whole := _whole_names().get(marked.text):
        return _renamed(read_species(read_markup(whole), names), text)
    try:
        part, label = SpeciesReader(marked, names).read(), ""
    except FormulaError:
        if not METAL.search(marked.text):
            raise
        part, label = _from_cluster(marked, names)
    label = label or _star(marked.text, part)
    part = _free_form(marked, part, names)
    part.charge += state
    return Species(
        text,
        tuple((s, n) for s, n in part.atoms.items() if n),
        tuple((g, n) for g, n in part.groups.items() if n),
        part.charge,
        tuple(dict.fromkeys(part.notes)),
        label,
    )


@lru_cache(maxsize=1)
def _whole_names() -> dict[str, str]:
    return {row["name"]: row["formula"] for row in table_rows("species_names.csv")}


def _without_oxidation_state(marked: MarkedText) -> tuple[MarkedText, int]:
    """Take off the (I) of Au(I)SR; of a lone metal, as Au(III) or Au(0), it is the charge."""
    lone = _LONE_STATE.fullmatch(marked.text)
    if lone and lone[1] in elements():
        return marked[: lone.end(1)], _ROMAN[lone[2] or lone[3]]
    return marked.without(_STATE_OF_METAL), 0


def _renamed(species: Species, text: str) -> Species:
    return Species(
        text, species.atoms, species.groups, species.charge, species.notes, species.label
    )


def _printed(marked: MarkedText) -> str:
    """Write the species on one line, raised charges behind a caret."""
    out, raised = "", False
    for char, level in zip(marked.text, marked.levels, strict=True):
        if level == SUP and not raised:
            out += "^"
        raised = level == SUP
        out += char
    return out


def _star(text: str, part: Content) -> str:
    """Take the star of a cluster as its label: Au38* is a distorted Au38, no site to adsorb on."""
    n_metals = sum(n for symbol, n in part.atoms.items() if METAL.match(symbol))
    if part.atoms.get(SITE) != 1 or n_metals < 2 or not _STAR_OF_CLUSTER.search(text):
        return ""
    del part.atoms[SITE]
    return SITE


def _from_cluster(marked: MarkedText, names: Lexicon) -> tuple[Content, str]:
    """Read a species and its isomer label with the reader of cluster formulas."""
    text = _printed(marked).replace("<", "(").replace(">", ")")
    try:
        cluster = Cluster.parse(text, library=names.library)
    except FormulaError as error:
        raise FormulaError(
            f"'{text[:60]}': {error.problem}", marked.raw, marked.column(0), len(text), error.hint
        ) from error
    part = Content()
    for (name, n), kind in (
        *((item, "metal") for item in cluster.metals.items()),
        *((item, "ligand") for item in cluster.ligands.items()),
    ):
        if not isinstance(n, int):
            problem = f"'{text[:60]}': a reaction needs whole numbers of atoms"
            raise FormulaError(problem, marked.raw, marked.column(0), len(text))
        if kind == "metal":
            part.atoms[str(name)] += n
        elif isinstance(name, Ligand) and len(name.elements) == 1:
            for symbol, atoms in name.elements.items():
                part.atoms[symbol] += n * atoms
        elif isinstance(name, Ligand):
            part.groups[name] += n
    part.charge = cluster.charge or 0
    part.notes += cluster.notes
    return part, cluster.isomer


def _free_form(marked: MarkedText, part: Content, names: Lexicon) -> Content:
    """Give a thiol named by its abbreviation alone its hydrogen."""
    if part.charge or any(part.atoms.values()) or sum(part.groups.values()) != 1:
        return part
    ligand = next(iter(part.groups))
    spelled_bound = re.search(r"^<|^\(?(?:S|Se|R?S)|Se?\)?$", marked.text)
    taken = ligand.charge_taken or 0
    if ligand.kind not in {"thiolate", "dithiolate", "selenolate"} or spelled_bound or taken < 1:
        return part
    part.atoms["H"] += taken
    if not (marked.text.startswith("H") and ligand in names.library.meanings(marked.text[1:])):
        free = f"H{taken if taken > 1 else ''}-{ligand.name}"
        part.notes.append(f"'{marked.text}' alone read as the free form, {free}")
    return part
