"""The options that say what may be in a flask, shared by the commands that search for it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import fields
from functools import wraps
from typing import Annotated, Any

import typer

from superatom.cli.mass_request import SpaceRequest

__all__ = ["with_space_options"]

#: Each field of `SpaceRequest`, as an option.
_OPTIONS: dict[str, Any] = {
    "metals": typer.Option(help="Metals with ranges: Au:10-50 Ag:0-10"),
    "ligands": typer.Option("--ligands", help="Ligands with ranges: PET MHA:0-18, or L=C8H9S:0-20"),
    "others": typer.Option(help="Other atoms gained or lost: Cl:0-2 H:-12-2 Na:0-4"),
    "charge": typer.Option(help="Charges: -6..-1, -1 or 1,2", metavar="CHARGES"),
    "preset": typer.Option(help="A named space, e.g. 'thiolate gold'; 'list' shows all."),
    "parent": typer.Option(help='A parent in quotes: "[Au25(SC2H4Ph)18]-"'),
    "dope": typer.Option(help="Metals that may replace the parent's: Ag:0-25"),
    "exchange": typer.Option(help="Ligands that may replace the parent's: MHA:0-18"),
    "ratio": typer.Option(help="Ligands per metal atom: 0.5-1.2", metavar="LOW-HIGH"),
    "electrons": typer.Option(help="Superatom electrons: 8, 2-18, even, odd, or '2-18 even'"),
}


def with_space_options(command: Callable[..., None]) -> Callable[..., None]:
    """Return a command whose parameter `request` is made of the options of a search space."""
    own = inspect.signature(command, eval_str=True).parameters
    options = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default="",
            annotation=Annotated[str, _OPTIONS[field.name]],
        )
        for field in fields(SpaceRequest)
    ]
    shown = []
    for parameter in own.values():
        if parameter.name == "request":
            shown += options
        else:
            shown.append(parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY))

    @wraps(command)
    def wrapped(**values: Any) -> None:
        words = {option.name: values.pop(option.name) for option in options}
        command(request=SpaceRequest(**words), **values)

    wrapped.__dict__.pop("__wrapped__", None)
    wrapped.__dict__["__signature__"] = inspect.Signature(shown)
    wrapped.__annotations__ = {parameter.name: parameter.annotation for parameter in shown}
    return wrapped
