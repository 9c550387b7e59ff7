"""Tables of a dissected structure on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from superatom.report.anatomy_tables import ReportTable, anatomy_tables
from superatom.structure.anatomy import Anatomy

__all__ = ["print_anatomy", "print_pairs", "print_table"]

_WIDTH = 100


def _console() -> Console:
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=_WIDTH)


def print_table(table: ReportTable) -> None:
    """Print one table, numbers aligned right."""
    shown = Table(title=table.title, box=SIMPLE_HEAD, title_justify="left", title_style="bold")
    for name, numeric in zip(table.columns, table.numeric, strict=True):
        shown.add_column(Text(name), justify="right" if numeric else "left")
    for row in table.rows:
        shown.add_row(*(Text(cell) for cell in row))
    _console().print(shown)


def print_anatomy(anatomy: Anatomy, notes: Sequence[str] = ()) -> None:
    """Print all tables of a dissection and its notes."""
    for table in anatomy_tables(anatomy):
        print_table(table)
    for note in (*notes, *anatomy.notes):
        _console().print(Text(f"note: {note}"))


def print_pairs(title: str, pairs: Sequence[tuple[str, str]]) -> None:
    """Print headings and texts as a list of two columns."""
    shown = Table(title=title, box=None, show_header=False, title_justify="left", pad_edge=False)
    shown.add_column(style="dim")
    shown.add_column()
    for heading, text in pairs:
        shown.add_row(Text(heading), Text(text))
    _console().print(shown)
