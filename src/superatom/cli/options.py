"""Options that several commands share, and how their values are read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from superatom.composition.conventions import Conventions
    from superatom.composition.ligands import LigandLibrary

__all__ = [
    "AsJson",
    "Definitions",
    "Hydride",
    "Ligands",
    "Taken",
    "Valences",
    "print_json",
    "read_conventions",
    "read_definitions",
    "read_library",
    "read_pairs",
]

Ligands = Annotated[
    Path | None, typer.Option("--ligands", help="CSV file with ligands of your own.")
]
Definitions = Annotated[
    list[str] | None,
    typer.Option("--define", help="Meaning of a name: SR=SC2H4Ph. May be repeated."),
]
Valences = Annotated[
    list[str] | None,
    typer.Option("--valence", help="Electrons a metal gives: Tl=1. May be repeated."),
]
Taken = Annotated[
    list[str] | None,
    typer.Option("--takes", help="Electrons a ligand takes: L=1. May be repeated."),
]
Hydride = Annotated[
    str, typer.Option("--hydride", help="How H counts: host (by its metal), takes or gives.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def read_library(path: Path | None) -> LigandLibrary:
    """Return the built-in ligands and, before them, those of the user's file."""
    from superatom.composition.ligands import LigandLibrary, default_library

    known = default_library()
    return known.with_ligands(LigandLibrary.read(path)) if path else known


def read_conventions(
    valence: list[str] | None, takes: list[str] | None, hydride: str
) -> Conventions:
    """Return the conventions of electron counting the options ask for."""
    from superatom.composition.conventions import HYDRIDE_RULES, Conventions
    from superatom.errors import SuperatomError

    rule = next((rule for rule in HYDRIDE_RULES if rule == hydride), None)
    if rule is None:
        raise SuperatomError(f"--hydride {hydride[:40]}: choose {', '.join(HYDRIDE_RULES)}")
    return Conventions(
        valences=_numbers(valence, "--valence Tl=1"),
        ligand_charges=_numbers(takes, "--takes L=1"),
        hydride=rule,
    )


def read_definitions(given: list[str] | None) -> dict[str, str]:
    """Return the meanings given with --define."""
    return read_pairs(given, "--define SR=SC2H4Ph")


def read_pairs(given: list[str] | None, example: str) -> dict[str, str]:
    """Split NAME=VALUE options."""
    from superatom.errors import SuperatomError

    pairs = {}
    for item in given or ():
        name, sign, value = item.partition("=")
        if not (name.strip() and sign and value.strip()):
            raise SuperatomError(f"'{item[:60]}' is not written like {example}")
        pairs[name.strip()] = value.strip()
    return pairs


def _numbers(given: list[str] | None, example: str) -> dict[str, int]:
    from superatom.errors import SuperatomError

    numbers = {}
    for name, value in read_pairs(given, example).items():
        if not value.lstrip("+-").isdecimal() or len(value) > 4:
            raise SuperatomError(f"'{name}={value[:40]}' needs a whole number, as in {example}")
        numbers[name] = int(value)
    return numbers


def print_json(data: Any) -> None:
    """Print `data` as JSON on standard output."""
    import json

    typer.echo(json.dumps(data, ensure_ascii=False, indent=2, allow_nan=False))
