"""The sections of a dossier: a registry that rooms add to without touching the page.

A section is a function in a module of this package, marked with `section`::

    @section("Identity", order=10)
    def identity(dossier: DossierInput) -> Section | None:
        ...

Modules are found by themselves. A function that has nothing to say for the cluster at
hand returns None, and the page leaves the section out.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from superatom.composition.cluster import Cluster
from superatom.composition.conventions import STANDARD, Conventions
from superatom.provenance import Provenance

__all__ = ["DossierInput", "HeadFact", "RegisteredSection", "Section", "registered", "section"]


@dataclass(frozen=True, slots=True)
class HeadFact:
    """A fact so telling that the head of the page repeats it.

    Attributes
    ----------
    label : str
        What it is, in one to three words.
    value : str
        Its value.
    remark : str
        A word on it, such as 'closed shell'.
    good : bool or None
        Whether it is good news or a reason to look closer; None if neither.
    """

    label: str
    value: str
    remark: str = ""
    good: bool | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """What a section says.

    Attributes
    ----------
    html : str
        The body without a heading, as `templating.render` returns it; other text is
        escaped.
    facts : tuple[HeadFact, ...]
        What the head of the page repeats.
    notes : tuple[str, ...]
        Guesses, conventions and warnings, gathered at the end of the page.
    provenance : tuple[Provenance, ...]
        Of every result shown.
    data : mapping
        The results themselves as plain JSON types, by name.
    title : str
        Heading; set by the registry.
    """

    html: str
    facts: tuple[HeadFact, ...] = ()
    notes: tuple[str, ...] = ()
    provenance: tuple[Provenance, ...] = ()
    data: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""

    @property
    def anchor(self) -> str:
        """Name of the section in links."""
        return re.sub(r"\W+", "-", self.title.casefold()).strip("-")

    def as_dict(self) -> dict[str, Any]:
        """Return everything but the HTML as plain JSON types."""
        return {
            "title": self.title,
            "facts": [asdict(fact) for fact in self.facts],
            "notes": list(self.notes),
            "provenance": [origin.as_dict() for origin in self.provenance],
            "data": dict(self.data),
        }


@dataclass(frozen=True, slots=True)
class DossierInput:
    """What a dossier is made from.

    Attributes
    ----------
    cluster : Cluster
        The cluster.
    structure : Path or None
        A file with its atoms.
    spectrum : Path or None
        A file with its mass spectrum.
    conventions : Conventions
        How electrons are counted.
    earlier : tuple[Section, ...]
        Sections already made, those with a lower order.
    """

    cluster: Cluster
    structure: Path | None = None
    spectrum: Path | None = None
    conventions: Conventions = STANDARD
    earlier: tuple[Section, ...] = ()


Builder = Callable[[DossierInput], Section | None]


@dataclass(frozen=True, slots=True)
class RegisteredSection:
    """A section function with its heading and its place on the page."""

    title: str
    order: int
    build: Builder


_REGISTRY: dict[tuple[int, str], RegisteredSection] = {}


def section(title: str, order: int) -> Callable[[Builder], Builder]:
    """Return a decorator that registers a section.

    Parameters
    ----------
    title : str
        Heading on the page.
    order : int
        Place on the page; sections with a lower order come first.
    """

    def register(build: Builder) -> Builder:
        _REGISTRY[order, title] = RegisteredSection(title, order, build)
        return build

    return register


@lru_cache(maxsize=1)
def _load_modules() -> None:
    for module in pkgutil.iter_modules(__path__, prefix=f"{__name__}."):
        importlib.import_module(module.name)


def registered() -> tuple[RegisteredSection, ...]:
    """Return every section of every room, in the order of the page."""
    _load_modules()
    return tuple(_REGISTRY[key] for key in sorted(_REGISTRY))
