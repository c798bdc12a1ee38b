"""`kinetix quickstart`."""

import shlex
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kinetix_env.errors import ConfigError

if TYPE_CHECKING:
    from ..evaluation import LevelSet
    from ..quickstart import AgentResults, BeforeAfterEval
    from ..training import RunConfig

__all__ = ["Quickstart"]

HELD_OUT, SUITE = "held-out:s", "suite:s"
CLIP_LEVELS = 12  # number of levels in the clip


@dataclass(frozen=True, kw_only=True)
class Quickstart:
    """Train an agent in a few minutes on a laptop, and evaluate it before and after training.

    The agent trains on random levels of size S and is evaluated on held-out levels. With --levels it trains and is
    evaluated on the given levels, such as suite:s.
    """

    name: ClassVar[str] = "quickstart"
    minutes: float | None = None  # minutes of training; by default 5, or 2 with --levels
    levels: str | None = None  # train and evaluate on these levels instead of random ones
    curriculum: str = "sfl"  # name of a registered curriculum, used with its default settings
    out: Path = Path("runs/quickstart")  # folder of the run; the results of an earlier quickstart there are replaced
    seed: int = 0  # random seed of the run
    device_count: int | None = None  # number of devices; by default all, or one CPU device per core

    def run(self) -> None:
        """Evaluate, train, evaluate again and write the report."""
        config = self._config()
        from kinetix_env.devices import start_devices

        from ..quickstart.folder import check_made, draft_of, new_results

        for folder in (self.out, draft_of(self.out)):
            check_made(folder)
        devices = start_devices(self.device_count)
        from ..report import write_report

        start = time.monotonic()
        with new_results(self.out) as draft:
            self._train(config, draft, devices)
        with _stage("Writing the report"):
            write_report(self.out, devices=devices)
        _log(f"Finished in {(time.monotonic() - start) / 60:.1f} min. The results are in {self.out}.")

    def _train(self, config: "RunConfig", folder: Path, devices: list[Any]) -> None:
        """Evaluate, train, evaluate again and write the results into an empty folder."""
        import jax

        from kinetix_env.task import Sparse

        from ..agent import first_params
        from ..policies.build import build_policy
        from ..quickstart import BeforeAfterEval
        from ..quickstart.folder import note_update
        from ..training import train
        from ..training.build import build_env
        from ..training.progress import show_progress

        env = build_env(config, Sparse())
        with _stage(f"Generating levels and evaluating random play on {len(devices)} x {devices[0].device_kind}"):
            evaluation = BeforeAfterEval(env, self._sets(), split=self.levels is None, devices=devices)
            random_play = evaluation.random_play()
        with _stage("Evaluating before training"):
            policy = build_policy(config.policy, env)
            evaluation.compile(policy)
            before = evaluation.evaluate("before", jax.device_get(first_params(config)), 3)
        _log(f"Training for {config.minutes:g} min ...")
        try:
            with show_progress("training") as progress:
                state = train(config, folder, devices=devices, progress=progress)
        except KeyboardInterrupt:
            raise KeyboardInterrupt(self._stopped(folder)) from None
        finally:
            note_update(folder)
        params = jax.device_get(state.params)
        with _stage("Evaluating after training"):
            after = evaluation.evaluate("after", params, 3)
        self._write_results(folder, evaluation, random_play, before, after)
        with _stage("Drawing"):
            self._plot(folder, evaluation, policy, params, random_play, before, after)

    def _stopped(self, folder: Path) -> str:
        """Return what to say when training was interrupted."""
        from ..training.folder import saved_updates

        unchanged = f"Stopped; {self.out} is as it was." if self.out.exists() else "Stopped."
        if not saved_updates(folder):
            return unchanged
        resume = f"kinetix train --out {shlex.quote(str(folder))} --resume"
        return f"{unchanged} To continue the training from its checkpoint: {resume}"

    def _config(self) -> "RunConfig":
        from kinetix_env.environments import like
        from kinetix_env.plugins import registry
        from kinetix_env.sources import ListCurriculum

        from ..evaluation.level_sets import smallest_environment
        from ..ppo import PPOConfig
        from ..training import RunConfig

        minutes = self.minutes if self.minutes is not None else (5.0 if self.levels is None else 2.0)
        if self.levels is not None:
            curriculum: Any = ListCurriculum(levels=(self.levels,))
        else:
            known = registry().curricula
            if self.curriculum == "sfl" and "sfl" not in known:
                raise ConfigError(
                    "The curriculum 'sfl' is part of the package kinetix-ued, which is not installed. Install it, or "
                    "choose --curriculum random."
                )
            curriculum = known[self.curriculum]()
        config = RunConfig(curriculum=curriculum, minutes=minutes, seed=self.seed, ppo=PPOConfig())
        if self.levels is None:
            return config
        return replace(config, environment=like(config.environment, smallest_environment(self._sets())))

    def _sets(self) -> "tuple[LevelSet, ...]":
        from ..evaluation import find_sets

        return tuple(find_sets((HELD_OUT, SUITE) if self.levels is None else (self.levels,)))

    def _write_results(
        self,
        folder: Path,
        evaluation: "BeforeAfterEval",
        random_play: "AgentResults",
        before: "AgentResults",
        after: "AgentResults",
    ) -> None:
        """Print the table and the verdict, and write them to report.md and eval.csv."""
        from kinetix_env.commands import print_table
        from kinetix_env.files import write_atomically

        from ..evaluation import write_csv
        from ..quickstart.folder import TABLE
        from ..quickstart.summary import markdown, table, verdict
        from ..training.folder import EVALUATION

        header, rows = table(before, after, [random_play])
        text = verdict(evaluation.sets[0].name, before, after, seen=self.levels is not None)
        print()
        print_table(header, rows)
        print(f"\n{text}\n")
        write_atomically(folder / TABLE, f"{markdown(header, rows)}\n{text}\n")
        results = [result for agent in (random_play, before, after) for result in agent.results(evaluation.sets)]
        write_csv(folder / EVALUATION, results)

    def _plot(
        self, folder: Path, evaluation: "BeforeAfterEval", policy: Any, params: Any, *agents: "AgentResults"
    ) -> None:
        """Write learning curves and success rates (with matplotlib installed), and a clip of the agent."""
        import jax

        from kinetix_env.levels import pad

        from ..evaluation.clip import clip
        from ..plots import learning_curves, read_metrics, solve_rates
        from ..quickstart.folder import CLIP, CURVES, RATES
        from ..training.folder import METRICS

        named = [named for levels in reversed(evaluation.sets) for named in levels.levels][:CLIP_LEVELS]
        levels = [pad(one.level, evaluation.env.engine.capacity) for one in named]
        names, key = [one.name for one in named], jax.random.key(self.seed)
        clip(policy, params, evaluation.env, levels, key, folder / CLIP, names=names)
        sets = {name: {agent.label: agent.by_set[name] for agent in agents} for name in agents[0].by_set}
        try:
            learning_curves(read_metrics(folder / METRICS), folder / CURVES)
            solve_rates(sets, folder / RATES)
        except ConfigError as error:  # matplotlib is an extra
            _log(f"No plots: {error}")


@contextmanager
def _stage(title: str) -> Iterator[None]:
    """Say what is done next, with a moving sign while it is if stderr is a terminal."""
    from kinetix_env.commands import progress

    _log(f"{title} ...")
    with progress("working"):
        yield


def _log(text: str) -> None:
    import sys

    print(text, file=sys.stderr, flush=True)
