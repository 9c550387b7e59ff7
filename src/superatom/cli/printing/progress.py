"""A progress bar on standard error, for commands that take a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["progress_bar"]


@contextmanager
def progress_bar(what: str, *, shown: bool = True) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar while the block runs; give the function that moves it, or None without one.

    There is none where standard error is no terminal.

    Parameters
    ----------
    what : str
        What is counted, in words.
    shown : bool
        False if the output is meant for another program.
    """
    from rich.console import Console

    screen = Console(stderr=True)
    if not shown or not screen.is_terminal:
        yield None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = ("{task.description}", BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=screen, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
