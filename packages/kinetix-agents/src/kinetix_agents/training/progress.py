"""What a person sees while a run trains: how far, how fast, how well, how long still."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

__all__ = ["Progress", "Report", "show_progress", "silent"]


@dataclass(frozen=True, kw_only=True)
class Report:
    """A moment of a run."""

    done: float  # share of the run, 0 to 1
    steps: int  # environment steps so far
    steps_per_second: float
    solve_rate: float  # of the episodes that ended lately


Progress = Callable[[Report], None]  # somebody who is told after every update


def silent(report: Report) -> None:
    """Nobody is told."""
    del report


@contextmanager
def show_progress(title: str, *, quiet: bool = False) -> Iterator[Progress]:
    """A bar on stderr if that is a terminal; otherwise a line now and then. Nothing with `quiet`."""
    if quiet:
        yield silent
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console) as bar:
        task = bar.add_task(title, total=1.0, told="compiling ...")
        yield lambda report: bar.update(task, completed=report.done, told=_words(report))


def _words(report: Report) -> str:
    return (
        f"{report.steps / 1e6:.2f} M steps, {report.steps_per_second / 1e3:.1f} k/s, "
        f"{report.solve_rate:.3f} of episodes solved"
    )


def _lines() -> Progress:
    """A line for each twentieth of the run."""
    told = -1

    def tell(report: Report) -> None:
        nonlocal told
        part = int(report.done * 20)
        if part > told:
            told = part
            print(f"{report.done:4.0%}  {_words(report)}", file=sys.stderr, flush=True)

    return tell
