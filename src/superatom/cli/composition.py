"""`superatom show` and `superatom balance`: what a formula tells, and reactions of clusters."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from fractions import Fraction

    from superatom.composition.conventions import Conventions
    from superatom.composition.ligands import LigandLibrary

__all__ = ["app"]

app = typer.Typer()

_MOST_READ = 1_000_000  # characters of standard input; no formula is longer

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


@app.command()
def show(
    formula: Annotated[
        str,
        typer.Argument(help='Formula in quotes: "[Au25(SC2H4Ph)18]-"; - reads standard input.'),
    ],
    ligands: Ligands = None,
    define: Definitions = None,
    valence: Valences = None,
    takes: Taken = None,
    hydride: Hydride = "host",
    as_json: AsJson = False,
) -> None:
    """Show what a formula tells: masses, electrons, likely ions.

    Several formulas in one text give several cards; a series (Au25-xAgx(SR)18, x = 0-5)
    gives a table.
    """
    from superatom.cli.printing.cards import described, print_described
    from superatom.composition.formula import parse_formulas

    conventions = _conventions(valence, takes, hydride)
    found = parse_formulas(
        _text(formula), library=_library(ligands), definitions=_definitions(define)
    )
    results = [described(each, conventions) for each in found]
    if as_json:
        plain = [result.as_dict() for result in results]
        _print_json(plain[0] if len(plain) == 1 else plain)
        return
    for result in results:
        print_described(result)


@app.command()
def balance(
    equation: Annotated[
        str,
        typer.Argument(help='Equation in quotes: "Au(SR) + e- -> [Au25(SR)18]- + SR-".'),
    ],
    fix: Annotated[
        list[str] | None, typer.Option("--fix", help="A coefficient: CO=4. May be repeated.")
    ] = None,
    electrons_from: Annotated[
        str | None,
        typer.Option("--electrons-from", help="Reductant in place of e-: CO, BH4-, HCO2H ..."),
    ] = None,
    ligands: Ligands = None,
    define: Definitions = None,
    valence: Valences = None,
    takes: Taken = None,
    hydride: Hydride = "host",
    as_json: AsJson = False,
) -> None:
    """Balance a reaction of clusters over atoms, ligands and charge."""
    from superatom.cli.printing.reactions import print_balance
    from superatom.composition.equations import balance as balanced

    result = balanced(
        _text(equation),
        fix={name: _fraction(name, value) for name, value in _pairs(fix, "--fix CO=4").items()},
        electron_source=electrons_from,
        conventions=_conventions(valence, takes, hydride),
        library=_library(ligands),
        definitions=_definitions(define),
    )
    if as_json:
        _print_json(result.as_dict())
    else:
        print_balance(result)
    if not result.is_balanced:
        raise typer.Exit(2)


def _text(argument: str) -> str:
    """Return the argument, or what stands on standard input if it is '-'."""
    if argument != "-":
        return argument
    from superatom.errors import DataFileError

    try:
        return sys.stdin.read(_MOST_READ)
    except UnicodeDecodeError as error:
        raise DataFileError(
            "standard input", "is no text in UTF-8", hint="give a formula as text"
        ) from error


def _library(path: Path | None) -> LigandLibrary:
    from superatom.composition.ligands import LigandLibrary, default_library

    known = default_library()
    return known.with_ligands(LigandLibrary.read(path)) if path else known


def _conventions(valence: list[str] | None, takes: list[str] | None, hydride: str) -> Conventions:
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


def _definitions(given: list[str] | None) -> dict[str, str]:
    return _pairs(given, "--define SR=SC2H4Ph")


def _pairs(given: list[str] | None, example: str) -> dict[str, str]:
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
    for name, value in _pairs(given, example).items():
        if not value.lstrip("+-").isdecimal() or len(value) > 4:
            raise SuperatomError(f"'{name}={value[:40]}' needs a whole number, as in {example}")
        numbers[name] = int(value)
    return numbers


def _fraction(name: str, value: str) -> Fraction:
    from fractions import Fraction

    from superatom.errors import SuperatomError

    try:
        if len(value) > 20:
            raise ValueError
        return Fraction(value)
    except (ValueError, ZeroDivisionError) as error:
        raise SuperatomError(
            f"'{name[:40]}={value[:40]}' needs a number, as in --fix CO=4 or --fix O2=1/2"
        ) from error


def _print_json(data: Any) -> None:
    import json

    typer.echo(json.dumps(data, ensure_ascii=False, indent=2))
