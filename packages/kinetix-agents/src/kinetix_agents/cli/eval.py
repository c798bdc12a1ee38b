"""`kinetix eval`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import tyro

from kinetix_env.commands import FileToWrite, OptionalInteger, WithJSON, check_file
from kinetix_env.errors import ConfigError

if TYPE_CHECKING:
    from ..evaluation.tables import Result

__all__ = ["Eval"]

RunReference = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="RUN")]
LevelReferences = Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="LEVELS ...")]

MOST = 1_000_000  # of attempts and episodes


@dataclass(frozen=True, kw_only=True)
class Eval(WithJSON):
    """Evaluate an agent on levels and report its success rate.

    RUN is the folder of a run, the folder of an agent published with Kinetix 3, or policy:NAME for an untrained
    policy, such as policy:uniform.
    LEVELS are files, folders, random:SIZE, suite:SPLIT[/NAME] or held-out:SIZE[/NAME]. Standard errors are over
    levels.
    """

    name: ClassVar[str] = "eval"
    agent: RunReference  # folder of a run, or policy:NAME
    levels: LevelReferences = ()  # files, folders, random:SIZE, suite:SPLIT[/NAME], held-out:SIZE[/NAME]
    attempts: int = 16  # episodes per level
    greedy: bool = False  # take the most likely action instead of sampling
    seed: int = 0  # random seed of the episodes and of random levels
    best_of: tuple[int, ...] = ()  # also report the fraction of levels solved in at least one of k attempts, for each k
    against: str | None = None  # another RUN to compare with, level by level
    out: FileToWrite = None  # write one row per level to this file (.csv)
    plot: FileToWrite = None  # plot the success rates to this file (.png)
    count: OptionalInteger = None  # number of levels of random:SIZE (default 128) or of held-out:SIZE (default all)
    environment: str | None = None  # environment to play in, or counts (polygons=8,...); by default what fits
    batch: int | None = None  # maximum number of parallel episodes; by default chosen for the devices
    device_count: int | None = None  # number of devices; by default all, or one CPU device per core

    def run(self) -> None:
        """Evaluate, print a table, write the files asked for."""
        self._check()
        from kinetix_env.devices import start_devices

        devices = start_devices(self.device_count)
        from kinetix_env.commands import print_json, print_table, progress

        from ..agent import find_agent
        from ..evaluation.level_sets import find_sets
        from ..evaluation.play import evaluate_sets
        from ..evaluation.tables import document, summary, write_csv

        with progress("Loading"):
            agents = [find_agent(reference) for reference in (self.agent, self.against) if reference is not None]
            sets = find_sets(self.levels, count=self.count, seed=self.seed)
        results, *others = [
            evaluate_sets(
                agent,
                sets,
                attempts=self.attempts,
                greedy=self.greedy,
                seed=self.seed,
                environment=self.environment,
                batch=self.batch,
                devices=devices,
                display=progress,
            )
            for agent in agents
        ]
        if self.json:
            print_json(document([result for part in (results, *others) for result in part], best_of=self.best_of))
        else:
            print_table(*summary(results, best_of=self.best_of, against=others[0] if others else ()))
        if self.out is not None:
            write_csv(self.out, [result for part in (results, *others) for result in part])
            print(f"Wrote {self.out}.")
        if self.plot is not None:
            self._draw(results, *others)

    def _draw(self, *results: "list[Result]") -> None:
        """Plot a group of bars per set of levels, one bar per agent."""
        from ..plots import solve_rates

        found: dict[str, dict[str, Any]] = {}
        for result in (result for part in results for result in part):
            found.setdefault(result.levels.name, {})[result.agent] = result.evaluation
        print(f"Wrote {solve_rates(found, str(self.plot))}.")

    def _check(self) -> None:
        """Raise `ConfigError` for flags that would only fail after all episodes have been played."""
        for name, most in (("attempts", MOST), ("batch", MOST), ("seed", 2**32 - 1)):
            value, least = getattr(self, name), int(name != "seed")
            if value is not None and not least <= value <= most:
                raise ConfigError(f"--{name} must be an integer from {least} to {most}, got {value}.")
        for k in self.best_of:
            if not 1 <= k <= self.attempts:
                raise ConfigError(f"--best-of must be integers from 1 to --attempts, {self.attempts}, got {k}.")
        check_file("--out", self.out, (".csv",))
        check_file("--plot", self.plot, (".png",))
