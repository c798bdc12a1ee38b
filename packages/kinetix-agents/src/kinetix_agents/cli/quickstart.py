"""`kinetix quickstart`."""

import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from kinetix_env.errors import ConfigError

if TYPE_CHECKING:
    from ..evaluation import LevelSet
    from ..quickstart import Exam, Marks
    from ..training import RunConfig

__all__ = ["Quickstart"]

HELD_OUT, SUITE = "held-out:s", "suite:s"
SHOWN = 12  # levels in the clip


@dataclass(frozen=True, kw_only=True)
class Quickstart:
    """See an agent learn, in a few minutes on a laptop: before, training, after, and what came of it.

    It trains on endless random levels of size S and is asked to solve levels that it never saw. With --levels it
    trains on some levels, such as suite:s, and is asked to solve those.
    """

    name: ClassVar[str] = "quickstart"
    minutes: float | None = None  # of training; 5, or 2 with --levels
    levels: str | None = None  # train on these levels instead of random ones, and evaluate on them
    curriculum: str = "sfl"  # a registered curriculum, with its default settings
    out: Path = Path("runs/quickstart")  # the run's folder; a former quickstart there is replaced
    seed: int = 0
    device_count: int | None = None  # devices to use; all of them, or as many CPU devices as there are cores

    def run(self) -> None:
        """Evaluate, train, evaluate, tell."""
        config = self._config()
        self._clear()
        from kinetix_env.devices import start_devices

        from ..training.cache import keep_compiled_programs

        devices = start_devices(self.device_count)
        keep_compiled_programs()
        import jax

        from kinetix_env.task import Sparse

        from ..agent import first_params
        from ..quickstart import Exam
        from ..report import write_report
        from ..training import train
        from ..training.build import build_env, build_policy
        from ..training.progress import show_progress

        start = time.monotonic()
        env = build_env(config, Sparse())
        _say(f"Drawing levels and playing them at random, on {len(devices)} x {devices[0].device_kind} ...")
        exam = Exam(env, self._sets(), split=self.levels is None, devices=devices)
        random_play = exam.random_play()
        policy = build_policy(config.policy, env)
        exam.prepare(policy)
        _say("Playing them before training ...")
        before = exam.examine("before", jax.device_get(first_params(config)), 3)
        _say(f"Training for {config.minutes:g} min ...")
        with show_progress("training") as progress:
            state = train(config, self.out, devices=devices, progress=progress)
        _say("Playing them after training ...")
        params = jax.device_get(state.params)
        after = exam.examine("after", params, 3)
        self._tell(exam, random_play, before, after)
        self._draw(exam, policy, params, random_play, before, after)
        _say("Writing the report ...")
        write_report(self.out, devices=devices)
        _say(f"All of it took {(time.monotonic() - start) / 60:.1f} min. {self.out} holds what came of it.")

    def _config(self) -> "RunConfig":
        from kinetix_env.plugins import registry
        from kinetix_env.sources import ListCurriculum

        from ..ppo import PPOConfig
        from ..training import RunConfig

        minutes = self.minutes if self.minutes is not None else (5.0 if self.levels is None else 2.0)
        if self.levels is not None:
            curriculum: Any = ListCurriculum(levels=(self.levels,))
        else:
            known = registry().curricula
            if self.curriculum == "sfl" and "sfl" not in known:
                raise ConfigError(
                    "The curriculum 'sfl' comes with kinetix-ued, which is not installed: "
                    "pip install kinetix-ued, or choose --curriculum random."
                )
            curriculum = known[self.curriculum]()
        return RunConfig(curriculum=curriculum, minutes=minutes, seed=self.seed, ppo=PPOConfig())

    def _sets(self) -> "tuple[LevelSet, ...]":
        from ..evaluation import find_sets

        return tuple(find_sets((HELD_OUT, SUITE) if self.levels is None else (self.levels,)))

    def _clear(self) -> None:
        """Make room for the run, if what is there is a run."""
        if not self.out.exists():
            return
        if not (self.out / "config.json").is_file() and (not self.out.is_dir() or any(self.out.iterdir())):
            raise ConfigError(f"--out: {self.out} exists and is no folder of a run; give another folder.")
        shutil.rmtree(self.out)

    def _tell(self, exam: "Exam", random_play: "Marks", before: "Marks", after: "Marks") -> None:
        """The table and the verdict, on the terminal and in report.md."""
        from kinetix_env.cli.output import print_table

        from ..evaluation import write_csv
        from ..quickstart.story import markdown, table, verdict

        header, rows = table(before, after, [random_play])
        said = verdict(exam.sets[0].name, before, after, seen=self.levels is not None)
        print()
        print_table(header, rows)
        print(f"\n{said}\n")
        (self.out / "report.md").write_text(f"{markdown(header, rows)}\n{said}\n", encoding="utf-8")
        results = [result for marks in (random_play, before, after) for result in marks.results(exam.sets)]
        write_csv(self.out / "eval.csv", results)

    def _draw(self, exam: "Exam", policy: Any, params: Any, *marks: "Marks") -> None:
        """Curves and bars, if matplotlib is there, and a clip of the agent."""
        import jax

        from kinetix_env.levels import pad

        from ..evaluation.clip import clip
        from ..plots import learning_curves, read_metrics, solve_rates

        named = [named for levels in reversed(exam.sets) for named in levels.levels][:SHOWN]
        levels = [pad(one.level, one.capacity, exam.env.engine.capacity) for one in named]
        clip(policy, params, exam.env, levels, jax.random.key(self.seed), self.out / "clip.gif")
        sets = {name: {mark.who: mark.found[name] for mark in marks} for name in marks[0].found}
        try:
            learning_curves(read_metrics(self.out / "metrics.jsonl"), self.out / "curves.png")
            solve_rates(sets, self.out / "solved.png")
        except ConfigError as error:  # matplotlib is an extra
            _say(f"There are no curves: {error}")


def _say(text: str) -> None:
    import sys

    print(text, file=sys.stderr, flush=True)
