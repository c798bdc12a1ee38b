"""A moving sign on stderr while something long goes on, such as compiling, if that is a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

__all__ = ["SPINNER", "progress"]

SPINNER = "line"  # of ASCII


@contextmanager
def progress(title: str) -> Iterator[Callable[[int, int], None]]:
    """Show a title, a bar and the time that has passed, and give a function to call with the parts done and all parts.

    The bar moves until the function is called. Signs must not be nested.
    """
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    console = Console(file=sys.stderr)
    if not console.is_terminal:  # a disabled bar still ends in an empty line, in older versions of rich
        yield lambda done, total: None
        return
    columns = (SpinnerColumn(SPINNER), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task(title.replace("[", r"\["), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
