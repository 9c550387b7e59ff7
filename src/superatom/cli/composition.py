"""`superatom show` and `superatom balance`: what a formula tells, and reactions of clusters."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from superatom.cli.options import (
    AsJson,
    Definitions,
    Hydride,
    Ligands,
    Taken,
    Valences,
    print_json,
    read_conventions,
    read_definitions,
    read_library,
    read_pairs,
)

if TYPE_CHECKING:
    from fractions import Fraction

__all__ = ["app"]

app = typer.Typer()

_MOST_READ = 1_000_000  # characters of standard input; no formula is longer


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

    conventions = read_conventions(valence, takes, hydride)
    found = parse_formulas(
        _text(formula), library=read_library(ligands), definitions=read_definitions(define)
    )
    results = [described(each, conventions) for each in found]
    if as_json:
        plain = [result.as_dict() for result in results]
        print_json(plain[0] if len(plain) == 1 else plain)
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
        fix={name: _fraction(name, value) for name, value in read_pairs(fix, "--fix CO=4").items()},
        electron_source=electrons_from,
        conventions=read_conventions(valence, takes, hydride),
        library=read_library(ligands),
        definitions=read_definitions(define),
    )
    if as_json:
        print_json(result.as_dict())
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
