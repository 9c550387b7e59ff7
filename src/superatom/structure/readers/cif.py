"""CIF of a crystal structure: cell, symmetry, sites with their disorder tags (by gemmi)."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from superatom.errors import DataFileError
from superatom.structure.lattice import Lattice
from superatom.structure.readers.operators import candidate_symmetries, identity
from superatom.structure.sites import CrystalFile, Sites

if TYPE_CHECKING:
    import gemmi

__all__ = ["read_cif"]

_OPERATOR_TAGS = (
    "_space_group_symop_operation_xyz",
    "_symmetry_equiv_pos_as_xyz",
    "_space_group_symop.operation_xyz",
)
_HALL_TAGS = ("_space_group_name_Hall", "_symmetry_space_group_name_Hall")
_NAME_TAGS = (
    "_space_group_name_H-M_alt",
    "_symmetry_space_group_name_H-M",
    "_space_group_name_H-M_full",
)
_NUMBER_TAGS = ("_space_group_IT_number", "_symmetry_Int_Tables_number")
_CELL_TAGS = tuple(f"_cell_{k}" for k in ("length_a", "length_b", "length_c")) + tuple(
    f"_cell_angle_{k}" for k in ("alpha", "beta", "gamma")
)
_MASK = re.compile(r"squeeze|solvent[ _-]mask|_smtbx_masks|bypass", re.IGNORECASE)
_NOTHING = frozenset(("", "?", "."))
_LABEL = re.compile(r"\s*([A-Za-z]{1,2})")


def read_cif(text: str, path: str) -> CrystalFile:
    """Read the structure of a CIF.

    Parameters
    ----------
    text : str
        The file.
    path : str
        Its name, for messages.

    Raises
    ------
    DataFileError
        If it is no CIF, is truncated, or has no cell or no atoms.
    """
    notes: list[str] = []
    block = _block_with_atoms(_parsed(text, path), path, notes)
    lattice = _lattice(block, path)
    sites = _sites(block, lattice, path, notes)
    symmetries, remarks = candidate_symmetries(
        _strings(block, _OPERATOR_TAGS),
        _value(block, _HALL_TAGS),
        [name for tag in _NAME_TAGS if (name := _value(block, (tag,)))],
        _integer(_value(block, _NUMBER_TAGS)),
        lattice,
    )
    notes += remarks
    if not symmetries:
        notes.append("no usable symmetry in the file: read as P1")
        symmetries = [identity()]
    units = _number(_value(block, ("_cell_formula_units_Z",)))
    return CrystalFile(
        sites=sites,
        lattice=lattice,
        symmetries=tuple(symmetries),
        formula=_formula(_value(block, ("_chemical_formula_sum",))),
        moiety=" ".join(_value(block, ("_chemical_formula_moiety",)).split()),
        formula_units=units if math.isfinite(units) and units > 0 else None,
        masked=_masked(block),
        notes=tuple(notes),
    )


def _parsed(text: str, path: str) -> gemmi.cif.Document:
    """Return the document; a tag that occurs twice keeps its first value."""
    import gemmi

    try:
        return gemmi.cif.read_string(text, 0)
    except (RuntimeError, ValueError) as error:
        where = re.match(r"string:(\d+)(?::\d+\(\d+\))?:?\s*(.*)", str(error), re.DOTALL)
        line = int(where.group(1)) if where else None
        problem = where.group(2) if where else str(error)
        raise DataFileError(
            path,
            f"no readable CIF ({problem.strip()})",
            line=line,
            hint="the file is truncated or damaged; get it again from its source",
        ) from error


def _block_with_atoms(document: gemmi.cif.Document, path: str, notes: list[str]) -> gemmi.cif.Block:
    """Return the block with the most atom sites."""
    sizes = [len(_labels(block)) for block in document]
    if not sizes or max(sizes) == 0:
        raise DataFileError(
            path, "no atom sites in this CIF", hint="a CIF of reflections only holds no structure"
        )
    chosen = int(np.argmax(sizes))
    if sum(size > 0 for size in sizes) > 1:
        others = ", ".join(
            f"'{block.name}' ({size} sites)"
            for k, (block, size) in enumerate(zip(document, sizes, strict=True))
            if size and k != chosen
        )
        notes.append(
            f"several structures in the file: '{document[chosen].name}' ({sizes[chosen]} sites) "
            f"was read, not {others}"
        )
    return document[chosen]


def _labels(block: gemmi.cif.Block) -> list[str]:
    for tag in ("_atom_site_label", "_atom_site_type_symbol", "_atom_site.label_atom_id"):
        if found := [str(v) for v in block.find_values(tag)]:
            return found
    return []


def _value(block: gemmi.cif.Block, tags: tuple[str, ...]) -> str:
    """Return the first stated value of the tags, '' if there is none."""
    import gemmi

    for tag in tags:
        raw = block.find_value(tag)
        if raw and raw not in _NOTHING:
            return str(gemmi.cif.as_string(raw)).strip()
    return ""


def _strings(block: gemmi.cif.Block, tags: tuple[str, ...]) -> list[str]:
    import gemmi

    for tag in tags:
        found = [gemmi.cif.as_string(v) for v in block.find_values(tag)]
        if any(found):
            return [text for text in found if text]
    return []


def _number(text: str) -> float:
    """Return a CIF number without its uncertainty, also '1/3'; nan if it is none."""
    import gemmi

    fraction = re.fullmatch(r"([+-]?\d+(?:\.\d+)?)/(\d+)", text.strip())
    if fraction and float(fraction.group(2)):
        return float(fraction.group(1)) / float(fraction.group(2))
    return float(gemmi.cif.as_number(text))


def _integer(text: str) -> int | None:
    return int(text) if text.isdigit() else None


def _lattice(block: gemmi.cif.Block, path: str) -> Lattice:
    texts = [_value(block, (tag, tag.replace("_cell_", "_cell."))) for tag in _CELL_TAGS]
    values = [_number(text) if text else math.nan for text in texts]
    for k in (3, 4, 5):
        if not texts[k] and all(map(math.isfinite, values[:3])):
            values[k] = 90.0
    if not all(math.isfinite(v) and v > 0 for v in values):
        missing = [t for t, v in zip(_CELL_TAGS, values, strict=True) if not (v > 0)]
        raise DataFileError(
            path,
            f"no unit cell ({', '.join(missing)} not given)",
            hint="fractional coordinates mean nothing without the cell; add it, or give an xyz",
        )
    lattice = Lattice.of_cell(np.array(values[:3]), np.array(values[3:]))
    if not (np.isfinite(lattice.vectors).all() and lattice.volume > 1.0):
        raise DataFileError(path, f"the unit cell {values} has no volume", hint="check its angles")
    return lattice


def _sites(block: gemmi.cif.Block, lattice: Lattice, path: str, notes: list[str]) -> Sites:
    columns = _columns(block)
    labels = columns.get("label") or columns.get("type_symbol") or []
    places = _places(columns, lattice, path, len(labels))
    known = _known_elements(block)
    keep: list[int] = []
    numbers: list[int] = []
    dropped: list[str] = []
    symbols = columns.get("type_symbol", [""] * len(labels))
    dummy = columns.get("calc_flag", [""] * len(labels))
    for k, label in enumerate(labels):
        unknown = not np.isfinite(places[k]).any()
        number = _atomic_number(symbols[k], label, known)
        suppressed = label.endswith("?")  # the CSD marks minor parts of disorder so
        if unknown or suppressed or number == 0 or dummy[k].lower() in ("dum", "dummy"):
            dropped.append(label)
            continue
        if number is None:
            raise DataFileError(
                path,
                f"site '{label}' (type '{symbols[k]}') is of no known element",
                hint="correct its type symbol or its label",
            )
        if not np.isfinite(places[k]).all():
            raise DataFileError(path, f"site '{label}' has a coordinate that is no number")
        keep.append(k)
        numbers.append(number)
    if dropped:
        notes.append(
            f"left out, being dummies, without a place, or suppressed: {', '.join(dropped[:12])}"
        )
    if not keep:
        raise DataFileError(path, "no atom sites with coordinates")
    if "type_symbol" not in columns:
        notes.append("no element column in the file: elements taken from the labels")
    if any(symbols[k].strip() == "D" or (not symbols[k] and labels[k][:1] == "D") for k in keep):
        notes.append("deuterium read as hydrogen")
    blank = [""] * len(labels)
    stated = columns.get("site_symmetry_order", blank)
    return Sites(
        labels=tuple(labels[k] for k in keep),
        numbers=np.array(numbers, dtype=np.int64),
        fractional=places[keep],
        occupancy=_occupancies(columns, labels, keep, notes),
        assembly=tuple(columns.get("disorder_assembly", blank)[k] for k in keep),
        group=tuple(_group(columns.get("disorder_group", blank)[k]) for k in keep),
        order=np.array([_integer(stated[k]) or 0 for k in keep], dtype=np.int64),
    )


def _columns(block: gemmi.cif.Block) -> dict[str, list[str]]:
    """Return the columns of the atom site loop by the end of their tags."""
    import gemmi

    columns = {}
    for name in (
        "label",
        "type_symbol",
        "fract_x",
        "fract_y",
        "fract_z",
        "Cartn_x",
        "Cartn_y",
        "Cartn_z",
        "occupancy",
        "disorder_assembly",
        "disorder_group",
        "calc_flag",
        "site_symmetry_order",
    ):
        dotted = {"label": "label_atom_id", "disorder_group": "label_alt_id"}.get(name, name)
        for tag in (f"_atom_site_{name}", f"_atom_site.{dotted}"):
            raw = list(block.find_values(tag))
            if raw:
                columns[name] = [
                    "" if (text := str(gemmi.cif.as_string(v)).strip()) in _NOTHING else text
                    for v in raw
                ]
                break
    return columns


def _places(
    columns: Mapping[str, list[str]], lattice: Lattice, path: str, n_sites: int
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return fractional coordinates, nan where the file gives none."""
    for stem in ("fract", "Cartn"):
        axes = [columns.get(f"{stem}_{axis}") for axis in "xyz"]
        if all(axis is not None and len(axis) == n_sites for axis in axes):
            values = np.array([[_number(v) for v in axis or []] for axis in axes]).T
            return values if stem == "fract" else lattice.fractional(values)
    raise DataFileError(path, "the atom sites have no coordinates (_atom_site_fract_x, ...)")


def _known_elements(block: gemmi.cif.Block) -> frozenset[str]:
    """Return the elements that formula and atom types of the file name."""
    types = [re.sub(r"[^A-Za-z].*", "", t) for t in _strings(block, ("_atom_type_symbol",))]
    formula = _formula(_value(block, ("_chemical_formula_sum",)))
    return frozenset(t.capitalize() for t in types) | frozenset(formula)


def _atomic_number(symbol: str, label: str, known: frozenset[str]) -> int | None:
    """Return the atomic number of a site; 0 for a dummy (Q peak), None if unknown.

    The type symbol can carry a charge ('Au1+', 'S-2', 'Au0+'). A label is read with two
    letters if that is an element the file names or is written as one (Au1, not CA1).
    """
    from ase.data import atomic_numbers

    for text in (symbol, label):
        letters = _LABEL.match(text)
        if not letters:
            continue
        two, one = letters.group(1).capitalize(), letters.group(1)[0].upper()
        guess = [two, one] if letters.group(1)[1:].islower() else [one, two]
        choices = [c for c in (two, one) if c in known] or guess
        if text == symbol:
            choices = [two, one]
        for choice in choices:
            if choice in ("D", "T"):
                return 1
            if choice in atomic_numbers and choice != "X":
                return int(atomic_numbers[choice])
        if one == "Q":
            return 0
    return None


def _occupancies(
    columns: Mapping[str, list[str]], labels: list[str], keep: list[int], notes: list[str]
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    texts = columns.get("occupancy", [""] * len(labels))
    values = np.array([_number(texts[k]) if texts[k] else 1.0 for k in keep])
    odd = [labels[k] for k, v in zip(keep, values, strict=True) if not 0 < v <= 1.001]
    if odd:
        notes.append(f"occupancies outside 0 to 1 were set to 1: {', '.join(odd[:12])}")
    return np.where((values > 0) & (values <= 1.001), np.minimum(values, 1.0), 1.0)


def _group(text: str) -> str:
    """Return a disorder group; '' for none (PART 0)."""
    return "" if text.strip() in ("0", "+0", "-0") else text.strip()


def _formula(text: str) -> dict[str, float]:
    """Return the atoms of a formula such as 'C6 H18.5 Cl3'."""
    from ase.data import atomic_numbers

    counts: dict[str, float] = {}
    for symbol, count in re.findall(r"([A-Z][a-z]?)\s*(\d+\.?\d*)?", text):
        if symbol == "D" or symbol in atomic_numbers:
            element = "H" if symbol == "D" else symbol
            counts[element] = counts.get(element, 0.0) + float(count or 1)
    return counts


def _masked(block: gemmi.cif.Block) -> bool:
    """Whether the file says that electron density of solvent or ions was masked."""
    item: Any
    for item in block:
        if item.pair is not None:
            tag, value = item.pair
            if _MASK.search(tag) or ("squeeze" in value.lower() and "_refine" in tag):
                return True
        elif item.loop is not None and any(_MASK.search(tag) for tag in item.loop.tags):
            return True
    return False
