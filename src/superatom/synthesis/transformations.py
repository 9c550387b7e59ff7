"""Transformations: what reacts to what, under which conditions, told where, balanced or not."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from superatom.composition.counts import Number
from superatom.composition.equations import Balance, balance
from superatom.errors import BalanceError, DataFileError, SuperatomError
from superatom.literature.records import Source, TransformationRecord
from superatom.literature.tables import Tables, read_table, shipped_tables
from superatom.synthesis.compounds import read_compound
from superatom.synthesis.substitution import Substitution, named_families, substitute

__all__ = [
    "BASES",
    "KINDS",
    "BalancedTransformation",
    "Conditions",
    "Transformation",
    "Unbalanced",
    "balanced",
    "known_transformations",
    "own_transformations",
    "sort_out",
    "transformation_of",
    "why_not",
]

#: What a transformation can be; the anti-galvanic one has three modes.
KINDS = (
    "precursor reduction",
    "co-reduction",
    "size focusing",
    "ligand exchange",
    "LEIST",
    "etching",
    "seeded growth",
    "anti-galvanic reduction (add)",
    "anti-galvanic reduction (replace)",
    "anti-galvanic reduction (restructure)",
    "anti-galvanic reduction",
    "metal exchange",
    "cation-assisted",
    "intercluster",
    "thermal",
    "gradient reduction",
    "one-pot",
    "solid state",
    "template",
    "purification",
    "precursor complex",
    "charge state",
)
#: What a transformation rests on: told as it stands, told for a family of ligands, made to
#: join two charge states, or proposed because something like it is told.
BASES = ("told", "member of a family", "charge state", "proposal")
_YIELD = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Conditions:
    """Conditions as told; empty where they are not.

    Attributes
    ----------
    ligand, reductant, solvent, atmosphere, text : str
        As told.
    temperature_C, time_h, pH : str
        Numbers or ranges in degrees Celsius and hours.
    """

    ligand: str = ""
    reductant: str = ""
    solvent: str = ""
    temperature_C: str = ""  # noqa: N815, the unit
    time_h: str = ""
    pH: str = ""  # noqa: N815, the symbol
    atmosphere: str = ""
    text: str = ""

    @property
    def line(self) -> str:
        """All that is told, in one line."""
        told = {
            "reductant": self.reductant,
            "solvent": self.solvent,
            "temperature_C": _with_unit(self.temperature_C, "degC"),
            "time_h": _with_unit(self.time_h, "h"),
            "pH": f"pH {self.pH}" if self.pH else "",
            "atmosphere": self.atmosphere,
            "text": self.text,
        }
        return "; ".join(filter(None, told.values()))


def _with_unit(value: str, unit: str) -> str:
    """Put a unit behind what holds a number; 'high' or 'overnight' have none."""
    return f"{value} {unit}" if any(char.isdecimal() for char in value) else value


@dataclass(frozen=True, slots=True)
class Transformation:
    """A synthesis step: reactants, products, conditions, yield, source.

    Attributes
    ----------
    id : str
        Unique; of the record it was told in.
    kind : str
        One of `KINDS`.
    reactants, products : tuple[str, ...]
        Species as told.
    assumed_reactants, assumed_products : tuple[str, ...]
        Species that are not told and are needed for the balance.
    conditions : Conditions
        As told.
    yield_percent : str
        As told: a number or a range; empty if not.
    yield_basis : str
        Of what: 'by Au', 'isolated', ...
    source : Source
        Document, section, primary reference, status.
    basis : str
        One of `BASES`.
    precedent : str
        Id of the transformation a member or proposal was made from; empty if told.
    notes : tuple[str, ...]
        Remarks, substitutions made.
    """

    id: str
    kind: str
    reactants: tuple[str, ...]
    products: tuple[str, ...]
    source: Source
    assumed_reactants: tuple[str, ...] = ()
    assumed_products: tuple[str, ...] = ()
    conditions: Conditions = field(default_factory=Conditions)
    yield_percent: str = ""
    yield_basis: str = ""
    basis: str = "told"
    precedent: str = ""
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind '{self.kind}' is none of {', '.join(KINDS)}")
        if self.basis not in BASES:
            raise ValueError(f"basis '{self.basis}' is none of {', '.join(BASES)}")

    @property
    def all_reactants(self) -> tuple[str, ...]:
        """Reactants told and assumed."""
        return (*self.reactants, *self.assumed_reactants)

    @property
    def all_products(self) -> tuple[str, ...]:
        """Products told and assumed."""
        return (*self.products, *self.assumed_products)

    @property
    def equation(self) -> str:
        """All species with an arrow, to be balanced."""
        return f"{' + '.join(self.all_reactants)} -> {' + '.join(self.all_products)}"

    @property
    def yield_fraction(self) -> float | None:
        """Yield between 0 and 1, the middle of a range; None if none is told."""
        numbers = [float(n) for n in _YIELD.findall(self.yield_percent)]
        if not numbers or not 0 < max(numbers) <= 100:
            return None
        return sum(numbers[:2]) / len(numbers[:2]) / 100

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        lists = ("reactants", "products", "assumed_reactants", "assumed_products", "notes")
        return {**asdict(self), **{name: list(getattr(self, name)) for name in lists}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Transformation:
        """Return the transformation written by `as_dict`."""
        lists = ("reactants", "products", "assumed_reactants", "assumed_products", "notes")
        return cls(
            **{
                **data,
                **{name: tuple(data[name]) for name in lists},
                "source": Source(**data["source"]),
                "conditions": Conditions(**data["conditions"]),
            }
        )


@dataclass(frozen=True, slots=True)
class BalancedTransformation:
    """A transformation and how it balances.

    Attributes
    ----------
    transformation : Transformation
        What.
    balance : Balance
        Coefficients and superatom electrons; its provenance is that of this result.
    """

    transformation: Transformation
    balance: Balance

    @property
    def coefficients(self) -> dict[tuple[str, str], Fraction]:
        """Coefficient of each species by side ('left', 'right') and text."""
        sides = ("left" if side > 0 else "right" for side in self.balance.sides)
        keys = zip(sides, self.balance.species, strict=True)
        return dict(zip(keys, self.balance.coefficients, strict=True))

    @property
    def assumed(self) -> tuple[str, ...]:
        """Species that the source does not tell."""
        told = self.transformation
        return (*told.assumed_reactants, *told.assumed_products)

    def electrons_on(self, side: str) -> Number | Fraction:
        """Return the superatom electrons of all clusters on 'left' or 'right'."""
        return self.balance.electrons_on(side)


@dataclass(frozen=True, slots=True)
class Unbalanced:
    """A transformation that stays out of all routes, and why."""

    transformation: Transformation
    reason: str

    @property
    def text(self) -> str:
        """Say it in one line."""
        return f"{self.transformation.id}: {self.transformation.equation}: {self.reason}"


def transformation_of(record: TransformationRecord) -> Transformation:
    """Return the transformation a record of the literature tells.

    Raises
    ------
    ValueError
        If its kind is not known.
    """
    left, _, right = record.assumed.partition("->")
    if record.assumed and "->" not in record.assumed:
        left, right = "", ""  # words, no species
    remark = record.remark if "->" in record.assumed or not record.assumed else (
        f"assumed: {record.assumed}; {record.remark}".rstrip("; ")
    )  # fmt: skip
    meant = named_families(record.ligand)
    reactants, products = (_meant(side, meant) for side in (record.reactants, record.products))
    assumed, made = (_meant(_species(side), meant) for side in (left, right))
    return Transformation(
        id=record.id,
        kind=record.kind,
        reactants=reactants,
        products=products,
        assumed_reactants=(*assumed, *_hosts(products, (*reactants, *assumed))),
        assumed_products=made,
        conditions=Conditions(
            record.ligand, record.reductant, record.solvent, record.temperature_C,
            record.time_h, record.pH, record.atmosphere, record.conditions,
        ),
        yield_percent=record.yield_percent,
        yield_basis=record.yield_basis,
        source=record.source,
        notes=(remark,) if remark else (),
    )  # fmt: skip


def _meant(texts: tuple[str, ...], meant: Substitution) -> tuple[str, ...]:
    """Write the ligand a source names for its SR; what cannot be read is told when balanced."""
    if not meant:
        return texts
    written = []
    for text in texts:
        try:
            written.append(substitute(text, meant))
        except SuperatomError:
            written.append(text)
    return tuple(written)


def _hosts(products: tuple[str, ...], reactants: tuple[str, ...]) -> tuple[str, ...]:
    """Return templates (BSA) that hold a product and that nothing on the left brings.

    A protein has no formula to balance; it goes in and comes out whole.
    """
    held = _templates(products) - _templates(reactants)
    return tuple(f"<{name}>" for name in sorted(held))


def _templates(texts: tuple[str, ...]) -> set[str]:
    found = set()
    for text in texts:
        try:
            groups = read_compound(text).groups
        except SuperatomError:  # what cannot be read is told when it is balanced
            continue
        found |= {ligand.name for ligand, _ in groups if ligand.kind == "template"}
    return found


def _species(cell: str) -> tuple[str, ...]:
    """Split at the plus signs; one in front of all is not meant."""
    parts = cell.strip().removeprefix("+ ").removesuffix(" +").split(" + ")
    return tuple(part.strip() for part in parts if part.strip())


def balanced(transformation: Transformation) -> BalancedTransformation:
    """Balance a transformation over atoms, ligands and charge.

    Returns
    -------
    BalancedTransformation
        With coefficients, superatom electrons of both sides, and what is assumed.

    Raises
    ------
    BalanceError, FormulaError
        If it cannot be balanced or read.
    """
    result = _balance(transformation.equation)
    if isinstance(result, SuperatomError):
        raise result
    return BalancedTransformation(transformation, result)


@lru_cache(maxsize=8192)
def _balance(equation: str) -> Balance | SuperatomError:
    """Balance an equation once; an error is kept like a result."""
    try:
        result = balance(equation)
    except SuperatomError as error:
        return error
    return result if result.is_balanced else BalanceError(result.problem)


def why_not(transformation: Transformation) -> str:
    """Return why a transformation does not balance; '' if it does."""
    result = _balance(transformation.equation)
    return " ".join(str(result).split()) if isinstance(result, SuperatomError) else ""


def sort_out(
    transformations: Iterable[Transformation],
) -> tuple[tuple[BalancedTransformation, ...], tuple[Unbalanced, ...]]:
    """Part what balances from what does not; the second stays out of routes."""
    good, bad = [], []
    for transformation in transformations:
        reason = why_not(transformation)
        if reason:
            bad.append(Unbalanced(transformation, reason))
        else:
            good.append(balanced(transformation))
    return tuple(good), tuple(bad)


def own_transformations() -> tuple[Transformation, ...]:
    """Return the chemistry this room adds: complexes and parents that steps start from."""
    path = Path(str(resources.files("superatom.synthesis") / "data" / "transformations.csv"))
    return _all_of(read_table(path))


def known_transformations(tables: Tables | None = None) -> tuple[Transformation, ...]:
    """Return every transformation of the literature and of this room.

    Parameters
    ----------
    tables : Tables, optional
        Records, for instance `Store.tables(own=True)`; those shipped by default.

    Raises
    ------
    DataFileError
        If a record has a kind that is not known.
    """
    return (*_all_of(tables if tables is not None else shipped_tables()), *own_transformations())


def _all_of(tables: Tables) -> tuple[Transformation, ...]:
    found = []
    for record in tables.transformations:
        try:
            found.append(transformation_of(record))
        except ValueError as error:
            raise DataFileError(record.id, str(error)) from error
    return tuple(found)
