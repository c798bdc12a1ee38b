"""`kinetix levels solve`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar

from ..errors import ConfigError, LevelError
from .arguments import FileToWrite, LevelReferences, OptionalInteger
from .documents import WithJSON, print_json

if TYPE_CHECKING:
    from ..levels import NamedLevel
    from ..search import SearchResult

__all__ = ["LevelsSolve"]

NOT_FOUND = 1  # exit code


@dataclass(frozen=True, kw_only=True)
class LevelsSolve(WithJSON):
    """Is my level possible? Search for actions that solve it.

    LEVEL is a file, a folder of files, random:SIZE, held-out:SIZE[/NAME] or suite:SPLIT[/NAME]. Many episodes are
    played until one of them solves the level; then its actions are made robust, so that a slightly different start
    would not spoil them. The exit code is 1 if a level was not solved, which is no proof that it cannot be.
    """

    name: ClassVar[str] = "levels solve"
    levels: LevelReferences  # files, folders, random:SIZE, held-out:SIZE[/NAME], suite:SPLIT[/NAME]
    budget: float = 300.0  # seconds for each level, after which the search gives up
    count: OptionalInteger = None  # how many levels of random:SIZE (otherwise 1) or of held-out:SIZE (otherwise all)
    seed: int = 0  # of the search, and which levels of random:SIZE
    out: FileToWrite = None  # write the level and its solution into this file (.json), or several into this folder

    def run(self) -> None:
        """Search level by level, print a table, write the files."""
        from ..config import as_integer
        from .finding import find_levels

        if not self.levels:
            raise ConfigError("Name the levels to solve.")
        as_integer(self.seed, "--seed", 0, 2**32 - 1)
        if not 0 < self.budget < float("inf"):
            raise ConfigError(f"--budget must be a positive number of seconds, got {self.budget:g}.")
        from ..devices import start_devices

        start_devices()
        levels = [
            named for reference in self.levels for named in find_levels(reference, count=self.count, seed=self.seed)
        ]
        self._check(levels)
        results = []
        for named in levels:
            result = self._solve(named)
            results.append(result)
            self._write(named, result, alone=len(levels) == 1)
        if self.json:
            print_json([_document(named, result) for named, result in zip(levels, results, strict=True)])
        else:
            _print(levels, results)
        if not all(result.solved for result in results):
            raise SystemExit(NOT_FOUND)

    def _check(self, levels: "list[NamedLevel]") -> None:
        """Refuse what would fail after the search."""
        from ..search.choices import check_roles
        from .targets import check_file, check_folder

        for named in levels:
            try:
                check_roles(named.level)
            except LevelError as error:
                raise LevelError(f"{named.name}: {error}") from None
        if self.out is None:
            return
        if len(levels) > 1:
            names = [named.name for named in levels]
            if len(set(names)) < len(names):
                raise ConfigError(f"--out: two of the {len(names)} levels have the same name, and so the same file.")
            check_folder("--out", self.out)
            self.out.mkdir(parents=True, exist_ok=True)
        else:
            check_file("--out", self.out, (".json",))

    def _solve(self, named: "NamedLevel") -> "SearchResult":
        """Search one level; levels of one capacity share what is compiled."""
        from ..environments import make
        from ..search import solve

        with _progress(named.name, self.budget) as shown:
            return solve(make(named.capacity), named.level, budget=self.budget, seed=self.seed, progress=shown)

    def _write(self, named: "NamedLevel", result: "SearchResult", alone: bool) -> None:
        """The level with its solution."""
        if self.out is None or not result.solved:
            return
        from ..levels import save

        path = self.out if alone else self.out / f"{named.name}.json"
        save(path, replace(named, solution=result.actions))
        print(f"Wrote {path}.")


def _document(named: "NamedLevel", result: "SearchResult") -> dict[str, object]:
    """A row of the table, by column."""
    steps, robustness = (result.steps, result.robustness) if result.solved else (None, None)
    found = {"solved": result.solved, "exhausted": result.exhausted, "steps": steps, "robustness": robustness}
    spent = {"closest": result.closest, "rollouts": result.rollouts, "seconds": result.seconds}
    return {"level": named.name, **found, **spent}


def _print(levels: "list[NamedLevel]", results: "list[SearchResult]") -> None:
    """A row for each level, and a sentence for those that were not solved."""
    from .output import print_table

    header = ["level", "solved", "steps", "robustness", "closest", "rollouts", "seconds"]
    rows = [
        [
            named.name,
            "yes" if result.solved else "no",
            result.steps if result.solved else "-",
            f"{result.robustness:.2f}" if result.solved else "-",
            f"{result.closest:.2f} m",
            result.rollouts,
            f"{result.seconds:.1f}",
        ]
        for named, result in zip(levels, results, strict=True)
    ]
    print_table(header, rows)
    for named, result in zip(levels, results, strict=True):
        if result.exhausted and not result.solved:
            print(f"{named.name} cannot be solved: nothing in it obeys an action, and doing nothing does not solve it.")
    if missing := sum(not (result.solved or result.exhausted) for result in results):
        print(
            f"No solution found for {missing} of {len(levels)} levels. This is no proof that there is none: "
            "try a larger --budget or another --seed."
        )


@contextmanager
def _progress(title: str, budget: float) -> Iterator[Any]:
    """A bar on stderr while the search goes on, if that is a terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn

    from .progress import SPINNER

    console = Console(file=sys.stderr)
    if not console.is_terminal:  # a disabled bar still ends in an empty line, in older versions of rich
        yield lambda now: None
        return
    columns = [TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[shown]}")]
    with Progress(SpinnerColumn(SPINNER), *columns, console=console, transient=True) as bar:
        title = title.replace("[", r"\[")
        task = bar.add_task(title, total=budget, shown="compiling")

        def shown(now: Any) -> None:
            said = f"{now.stage}, {now.rollouts:,} rollouts, closest {now.closest:.2f} m, {now.seconds:.0f} s"
            bar.update(task, completed=min(now.seconds, budget), shown=f"{said} of {budget:.0f} s")

        yield shown
