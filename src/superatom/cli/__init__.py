"""The command `superatom`: one command, one function.

Every module of this package that defines a Typer object `app` is a group of commands. An
`app` with a name becomes `superatom NAME ...`; the commands of one without a name stand
directly under `superatom`. Such modules import nothing heavy at their top.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from superatom import __version__
from superatom.errors import SuperatomError

__all__ = ["app", "main"]

_INTERRUPTED = 130  # what shells report after Ctrl-C
_FIRST = ("composition", "dossier")  # their commands come first in the help


class _Commands(TyperGroup):
    """Turns errors a user can act on into a message and an exit code."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except SuperatomError as error:
            typer.echo(f"error: {error}", err=True)
            raise typer.Exit(error.exit_code) from error
        except KeyboardInterrupt as error:
            typer.echo("interrupted", err=True)
            raise typer.Exit(_INTERRUPTED) from error


app = typer.Typer(
    name="superatom",
    cls=_Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="The workbench for atomically precise metal nanoclusters.",
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"superatom {__version__}")
        raise typer.Exit


@app.callback()
def _superatom(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    del version  # its callback has done everything


def _groups() -> Iterator[typer.Typer]:
    """Yield the groups of commands in the order of the help."""
    names = sorted(m.name for m in pkgutil.iter_modules(__path__) if not m.ispkg)
    for name in sorted(names, key=lambda n: (n not in _FIRST, n)):
        group = getattr(import_module(f"{__name__}.{name}"), "app", None)
        if isinstance(group, typer.Typer):
            yield group


for _group in _groups():
    app.add_typer(_group)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:  # a terminal that lacks a sign shows '?', not a traceback
            reconfigure(errors="replace")
    app()
