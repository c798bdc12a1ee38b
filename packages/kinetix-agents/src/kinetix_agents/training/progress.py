"""The progress display of a run: fraction done, speed, success rate and remaining time."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

__all__ = ["Progress", "Report", "show_progress", "silent"]


@dataclass(frozen=True, kw_only=True)
class Report:
    """The progress of a run after an update."""

    done: float  # fraction of the run, in [0, 1]
    steps: int  # environment steps so far
    steps_per_second: float
    solve_rate: float  # over the recently finished episodes


Progress = Callable[[Report], None]  # called after every update


def silent(report: Report) -> None:
    """Show nothing."""
    del report


@contextmanager
def show_progress(title: str, *, quiet: bool = False) -> Iterator[Progress]:
    """Show a bar in a notebook, or on stderr if it is a terminal, otherwise occasional lines; nothing with `quiet`."""
    if quiet:
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, SpinnerColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if console.is_jupyter:
        yield _in_a_cell(title)
        return
    if not console.is_terminal:
        yield _lines()
        return
    columns = (
        SpinnerColumn("line"),  # moves while programs are compiled
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[status]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console) as bar:
        task = bar.add_task(title, total=1.0, status="compiling ...")
        yield lambda report: bar.update(task, completed=report.done, status=_status(report))


def _status(report: Report) -> str:
    return (
        f"{report.steps / 1e6:.2f} M steps, {report.steps_per_second / 1e3:.1f} k steps/s, "
        f"{report.solve_rate:.3f} of episodes solved"
    )


def _in_a_cell(title: str) -> Progress:
    """Return a display that updates one output of a notebook's cell."""
    from html import escape

    from IPython import display

    notebook: Any = display  # its functions have no types

    def page(done: float, status: str) -> Any:
        return notebook.HTML(f"{escape(title)} <progress value='{done:.4f}'></progress> {done:.0%} {escape(status)}")

    shown = notebook.display(page(0.0, "compiling ..."), display_id=True)
    return lambda report: shown.update(page(report.done, _status(report)))


def _lines() -> Progress:
    """Return a display that prints a line for every 5 % of the run."""
    printed = -1

    def print_line(report: Report) -> None:
        nonlocal printed
        part = int(report.done * 20)
        if part > printed:
            printed = part
            print(f"{report.done:4.0%}  {_status(report)}", file=sys.stderr, flush=True)

    return print_line
