"""Records of the literature: documents, facts, transformations, and where each was read.

A record is a fact with its source, never a sentence. All records are frozen and go to
plain JSON types and back.
"""

from __future__ import annotations

import builtins
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

__all__ = [
    "CATEGORIES",
    "COMPARATORS",
    "CURATOR",
    "DECISIONS",
    "STATUSES",
    "CoordinationRecord",
    "Document",
    "DopingRecord",
    "Fact",
    "Source",
    "TransformationRecord",
    "candidate",
    "conditions_of",
    "content_id",
]

#: How sure a record is: entered by a person, found by a rule, derived, contradicted.
STATUSES = ("curated", "mined", "inferred", "disputed")
#: What a fact is about.
CATEGORIES = ("catalysis", "characterisation", "structure", "optical", "synthesis", "stability")
#: How a value is bounded; '~' is about.
COMPARATORS = ("=", ">", "<", ">=", "<=", "~")
#: What a reviewer has said about a mined record ('' for records that need no review).
DECISIONS = ("", "open", "accepted", "rejected")
#: Extractor of records that people wrote into a table.
CURATOR = "curated table"


@dataclass(frozen=True, slots=True)
class Document:
    """A paper or review that facts were read in.

    Attributes
    ----------
    id : str
        Short name that other records use.
    citation : str
        Journal, year, volume, page.
    doi, title : str
        Where known.
    year : int or None
        Year of publication.
    """

    id: str
    citation: str
    doi: str = ""
    title: str = ""
    year: int | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Document:
        """Return the document written by `as_dict`."""
        return cls(**data)


@dataclass(frozen=True, slots=True)
class Source:
    """Where a record was read, by whom or what.

    Attributes
    ----------
    document : str
        Id of the document.
    section : str
        Heading, table or figure.
    start, end : int or None
        Character offsets in the text of the document, where known.
    reference : str
        Primary reference cited there.
    extractor : str
        `CURATOR`, or the program that found it.
    version : str
        Version of the extractor.
    status : str
        One of `STATUSES`.
    """

    document: str
    section: str = ""
    start: int | None = None
    end: int | None = None
    reference: str = ""
    extractor: str = CURATOR
    version: str = ""
    status: str = "curated"

    def __post_init__(self) -> None:
        if self.status not in STATUSES:
            raise ValueError(f"status '{self.status}' is none of {', '.join(STATUSES)}")

    @property
    def text(self) -> str:
        """Document, section and reference in one line."""
        parts = [self.document, self.section, f"ref. {self.reference}" if self.reference else ""]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class Fact:
    """One reported statement with its source.

    Attributes
    ----------
    id : str
        Unique in a store.
    clusters : tuple[str, ...]
        Formulas of what it is about, readable by `parse_formulas`; may be empty.
    category : str
        One of `CATEGORIES`.
    reaction : str
        CO2RR, HER, ...; empty if none.
    property : str
        A name of the vocabulary (`properties.csv`), with its product where it has one.
    comparator : str
        One of `COMPARATORS`.
    value : str
        A number, a range 'low-high', or a word; as printed.
    unit : str
        Unit of a number ('mA cm^-2', 'V vs RHE', '%').
    conditions : str
        'key: value; key: value'.
    source : Source
        Where it was read.
    correction : str
        What is right if the print contradicts itself.
    remark : str
        Anything else.
    rule : str
        Rule that found a mined record.
    quote : str
        Words it was found in; only in a user's own store.
    decision : str
        One of `DECISIONS`.
    """

    id: str
    clusters: tuple[str, ...]
    category: str
    property: str
    value: str
    source: Source
    reaction: str = ""
    comparator: str = "="
    unit: str = ""
    conditions: str = ""
    correction: str = ""
    remark: str = ""
    rule: str = ""
    quote: str = ""
    decision: str = ""

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("category", self.category, CATEGORIES),
            ("comparator", self.comparator, COMPARATORS),
            ("decision", self.decision, DECISIONS),
        ):
            if value not in allowed:
                raise ValueError(f"{name} '{value}' is none of {', '.join(filter(None, allowed))}")
        if not self.property:
            raise ValueError("a fact without a property")

    @builtins.property
    def cluster(self) -> str:
        """The clusters in one text, as in the tables."""
        return " | ".join(self.clusters)

    @builtins.property
    def reading(self) -> str:
        """Value with comparator and unit, as in '> 90 %'."""
        sign = "" if self.comparator == "=" else f"{self.comparator} "
        return f"{sign}{self.value} {self.unit}".strip()

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return {**asdict(self), "clusters": list(self.clusters)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Fact:
        """Return the fact written by `as_dict`."""
        return cls(
            **{
                **data,
                "clusters": tuple(data["clusters"]),
                "source": Source(**data["source"]),
            }
        )


def candidate(fact: Fact, *, rule: str, quote: str = "") -> Fact:
    """Return `fact` as a mined record that waits for a person's decision.

    Parameters
    ----------
    fact : Fact
        What was found; an empty id is replaced by one made from its content.
    rule : str
        The rule that fired.
    quote : str
        Words it was found in.
    """
    source = replace(fact.source, status="mined")
    found = replace(fact, source=source, rule=rule, quote=quote, decision="open")
    return found if found.id else replace(found, id=content_id("m", found))


def content_id(prefix: str, fact: Fact) -> str:
    """Return an id made from what `fact` says and where, the same for the same content.

    Which rule of which version found it makes no difference, nor do the conditions it was
    told under where its place in the text is known, so that what a person has decided on is
    recognised when a later version finds it again.
    """
    source = fact.source
    conditions = fact.conditions if source.start is None else ""
    said = (
        *(fact.clusters, fact.category, fact.reaction, fact.property, fact.comparator),
        *(fact.value, fact.unit, conditions, fact.quote),
        *(source.document, source.section, source.start, source.end, source.reference),
    )
    digest = hashlib.sha256(json.dumps(said).encode()).hexdigest()
    return f"{prefix}-{digest[:16]}"


@dataclass(frozen=True, slots=True)
class TransformationRecord:
    """A synthesis or transformation as told in a document.

    Attributes
    ----------
    id : str
        Unique in a store.
    source : Source
        Where it was read.
    kind : str
        'precursor reduction', 'size focusing', 'ligand exchange', ...
    reactants, products : tuple[str, ...]
        Species, as `superatom.composition.equations` reads them.
    ligand, reductant, solvent, atmosphere, conditions : str
        As told; empty if not.
    temperature_C, time_h, pH : str
        Numbers or ranges, in degrees Celsius and hours; empty if not told.
    yield_percent : str
        Yield in per cent; `yield_basis` says of what.
    yield_basis : str
        'by Au', 'by Ag', 'isolated', ...
    assumed : str
        What was not printed and is needed to balance it.
    remark : str
        Anything else.
    """

    id: str
    source: Source
    kind: str
    reactants: tuple[str, ...]
    products: tuple[str, ...]
    ligand: str = ""
    reductant: str = ""
    solvent: str = ""
    temperature_C: str = ""  # noqa: N815, the symbol of the unit
    time_h: str = ""
    pH: str = ""  # noqa: N815, the symbol
    atmosphere: str = ""
    yield_percent: str = ""
    yield_basis: str = ""
    conditions: str = ""
    assumed: str = ""
    remark: str = ""

    @property
    def equation(self) -> str:
        """Reactants and products with an arrow, to be balanced."""
        return f"{' + '.join(self.reactants)} -> {' + '.join(self.products)}"

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        plain = asdict(self)
        return {**plain, "reactants": list(self.reactants), "products": list(self.products)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TransformationRecord:
        """Return the record written by `as_dict`."""
        return cls(
            **{
                **data,
                "source": Source(**data["source"]),
                "reactants": tuple(data["reactants"]),
                "products": tuple(data["products"]),
            }
        )


@dataclass(frozen=True, slots=True)
class DopingRecord:
    """A row of a table of bimetallic clusters, as printed.

    Attributes
    ----------
    id : str
        Unique in a store.
    source : Source
        Where it was read.
    series : str
        Label of the group, such as 'M1Au24' or '(M-Au)25'; empty if none stands on the row.
    formula : str
        One or several formulas, with definitions such as 'SR = ...'.
    method : str
        How it was made.
    dopant : str
        Elements, separated by commas.
    dopant_number : str
        A number, a list or a range.
    position : str
        Where the dopant sits.
    correction : str
        What is right if the row contradicts itself.
    remark : str
        Anything else.
    """

    id: str
    source: Source
    formula: str
    series: str = ""
    method: str = ""
    dopant: str = ""
    dopant_number: str = ""
    position: str = ""
    correction: str = ""
    remark: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> DopingRecord:
        """Return the record written by `as_dict`."""
        return cls(**{**data, "source": Source(**data["source"])})


@dataclass(frozen=True, slots=True)
class CoordinationRecord:
    """How a class of ligands binds to metals.

    Attributes
    ----------
    id : str
        Unique in a store.
    source : Source
        Where it was read.
    ligand_class : str
        'thiolate', 'alkynyl', ...
    anchor : str
        Element that binds.
    mode : str
        'mu2', 'mu3-eta1,eta1,eta2', ...
    metals : str
        Metals it was seen on.
    remark : str
        Anything else.
    """

    id: str
    source: Source
    ligand_class: str
    anchor: str
    mode: str
    metals: str = ""
    remark: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Return plain JSON types."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> CoordinationRecord:
        """Return the record written by `as_dict`."""
        return cls(**{**data, "source": Source(**data["source"])})


def conditions_of(text: str) -> dict[str, str]:
    """Split 'key: value; key: value'; what has no key stands under ''.

    Examples
    --------
    >>> conditions_of("potential: -0.5 V vs RHE; H-cell")
    {'potential': '-0.5 V vs RHE', '': 'H-cell'}
    """
    found: dict[str, str] = {}
    for item in text.split(";"):
        key, colon, value = item.partition(":")
        name, said = (key, value) if colon else ("", item)
        name, said = name.strip(), said.strip()
        if said:
            found[name] = f"{found[name]}; {said}" if name in found else said
    return found
