"""Does pre-training on random levels help to learn a hand-made one? hatch run python scripts/finetune_study.py [--help]

    python scripts/finetune_study.py --from runs/quickstart     the agent of a run that is there
    python scripts/finetune_study.py --minutes 5                pre-trains one first: SFL, random levels of size S

Each level is learnt twice with the same settings, seeds and number of steps: by the pre-trained agent, as
`kinetix finetune` does it, and from scratch. After every update the agent plays the level `ATTEMPTS` times, with drawn
actions. A success rate is reached where two evaluations in a row are at least as high; the first counts. Shown are
medians over seeds, the least and the most. A run that does not get there counts as more steps than it had."""

import argparse
import json
import math
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import jax
import numpy as np

from kinetix_agents.agent import load_agent, run_config
from kinetix_agents.evaluation import Evaluator, find_sets
from kinetix_agents.plots import COLOURS
from kinetix_agents.quickstart.summary import markdown
from kinetix_agents.training import RunConfig, train
from kinetix_agents.training.build import build_env, build_ppo
from kinetix_agents.training.loop import run_keys
from kinetix_agents.training.progress import show_progress
from kinetix_env.compilation import keep_compiled_programs
from kinetix_env.devices import start_devices
from kinetix_env.errors import KinetixError
from kinetix_env.plugins import registry
from kinetix_env.sources import ListCurriculum
from kinetix_env.task import Sparse

__all__ = ["Row", "steps_to", "summary"]

LEVELS = ("suite:m/lander", "suite:m/ramp-jump", "suite:s/clock-hand", "suite:s/uphill-golf")
ATTEMPTS = 64  # of each evaluation
RATES = (0.5, 0.9)
TUNED, SCRATCH = "fine-tuned", "from scratch"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One evaluation of one run."""

    level: str
    start: str  # TUNED or SCRATCH
    seed: int
    steps: int  # environment steps of training on the level
    solved: float  # fraction of attempts


def steps_to(rows: Sequence[Row], rate: float) -> float:
    """The training steps until a run reaches a success rate; inf if it does not."""
    reached = (row.steps for row, after in pairwise(rows) if min(row.solved, after.solved) >= rate)
    return next(reached, math.inf)


def summary(rows: Sequence[Row]) -> tuple[list[str], list[list[object]]]:
    """Header and rows: two for each level."""
    rates = [f"steps to {rate:g}" for rate in RATES]
    header = ["level", "", "at the start", *rates, "at the end"]
    lines: list[list[object]] = []
    for level in dict.fromkeys(row.level for row in rows):
        for start in (TUNED, SCRATCH):
            runs = runs_of(rows, level, start)
            ends = [[run[place].solved for run in runs] for place in (0, -1)]
            needed = [[steps_to(run, rate) for run in runs] for rate in RATES]
            most = runs[0][-1].steps
            lines.append([level, start, _share(ends[0]), *(_steps(values, most) for values in needed), _share(ends[1])])
    return header, lines


def runs_of(rows: Sequence[Row], level: str, start: str) -> list[list[Row]]:
    """The evaluations of each run of a kind, by seed."""
    of_kind = [row for row in rows if (row.level, row.start) == (level, start)]
    return [[row for row in of_kind if row.seed == seed] for seed in sorted({row.seed for row in of_kind})]


def _share(values: Sequence[float]) -> str:
    return f"{np.mean(values):.2f} ({min(values):.2f} to {max(values):.2f})"


def _steps(values: Sequence[float], most: int) -> str:
    """Median, least and most in thousands."""

    def shown(value: float) -> str:
        return f"{value / 1e3:.0f} k" if math.isfinite(value) else f"> {most / 1e3:.0f} k"

    middle, ends = shown(statistics.median(values)), [shown(min(values)), shown(max(values))]
    return middle if ends[0] == ends[1] else f"{middle} ({ends[0]} to {ends[1]})"


class Lesson:
    """One level to learn; what is compiled serves all runs."""

    def __init__(self, level: str, run: Path, steps: int, devices: Sequence[Any]) -> None:
        before, agent = run_config(run), load_agent(run)
        (levels,) = find_sets((level,))
        setup = agent.for_evaluation(str(run)).set_up([levels], jax.random.key(0))
        self.config = replace(
            before,
            environment=setup.environment,
            curriculum=ListCurriculum(levels=(level,)),
            ppo=replace(before.ppo, groups=None),
            steps=steps,
            minutes=None,
        )
        env = build_env(self.config, Sparse())
        self.level, self.learnt = level, agent.params
        self.stacked = levels.stacked(env.engine.capacity)
        self.ppo = build_ppo(self.config, devices)
        self.ppo.compile(self.ppo.init(jax.random.key(0)))
        self.evaluator = Evaluator(self.ppo.policy, env, batch=ATTEMPTS, devices=devices)

    def learn(self, start: str, seed: int) -> list[Row]:
        """Train, and evaluate after each update."""
        first, keys = run_keys(seed)
        state = self.ppo.init(first, self.learnt if start == TUNED else None)
        ppo, total = self.config.ppo, -(-self.config.steps // self.config.ppo.batch)
        rows, begin = [], time.monotonic()
        for done in range(total + 1):
            solved = self._solve_rate(state.params, done)
            rows.append(Row(level=self.level, start=start, seed=seed, steps=done * ppo.batch, solved=solved))
            if done < total:
                rate = ppo.learning_rate * (1.0 - done * ppo.batch / self.config.steps if ppo.anneal else 1.0)
                state, _ = self.ppo.update(state, jax.random.fold_in(keys, done + 1), rate)
        ends = f"{rows[0].solved:.2f} -> {rows[-1].solved:.2f}"
        print(f"  {self.level}, {start}, seed {seed}: {ends} in {time.monotonic() - begin:.0f} s", file=sys.stderr)
        return rows

    def _solve_rate(self, params: Any, number: int) -> float:
        key = jax.random.key(number)  # of its own, so that two evaluations in a row are independent
        return float(self.evaluator.play(jax.device_get(params), self.stacked, key, ATTEMPTS).solve_rate.mean)


def draw(rows: Sequence[Row], path: Path) -> None:
    """A panel for each level: the runs as thin lines and their means as thick ones."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    levels = list(dict.fromkeys(row.level for row in rows))
    across = min(len(levels), 2)
    down = -(-len(levels) // across)
    figure = Figure(figsize=(4.5 * across, 2.8 * down), layout="constrained")
    FigureCanvasAgg(figure)
    for index, level in enumerate(levels):
        axes = figure.add_subplot(down, across, index + 1)
        for colour, start in zip(COLOURS, (TUNED, SCRATCH), strict=False):
            runs = runs_of(rows, level, start)
            steps = [row.steps / 1e3 for row in runs[0]]
            solved = np.array([[row.solved for row in run] for run in runs])
            axes.plot(steps, solved.T, color=colour, linewidth=0.6, alpha=0.6)
            axes.plot(steps, solved.mean(0), color=colour, linewidth=2.2, label=start)
        axes.set_title(level)
        axes.set_xlabel("thousand environment steps on the level")
        axes.set_ylabel("success rate")
        axes.set_ylim(-0.02, 1.02)
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    figure.savefig(path, dpi=120)


def pretrain(folder: Path, minutes: float, devices: Sequence[Any]) -> None:
    """What `kinetix quickstart` trains: the default agent with SFL on random levels of size S."""
    config = RunConfig(curriculum=registry().curricula["sfl"](), minutes=minutes)
    with show_progress("pre-training") as progress:
        train(config, folder, devices=list(devices), progress=progress)


def main() -> None:
    """Train, print a table, write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="run", type=Path, metavar="RUN", help="the run whose agent is fine-tuned")
    parser.add_argument(
        "--minutes", type=float, default=5.0, help="of pre-training, into runs/pretrained, without --from"
    )
    parser.add_argument("--levels", nargs="+", default=LEVELS, help="level references, one level each")
    parser.add_argument("--steps", type=int, default=800_000, help="environment steps on each level, each run")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="PATH", help="write all evaluations here")
    parser.add_argument("--out", type=Path, metavar="PATH", help="draw the curves here (.png)")
    given = parser.parse_args()
    keep_compiled_programs()
    devices = start_devices()
    run = given.run
    if run is None:
        run = Path("runs/pretrained")
        pretrain(run, given.minutes, devices)
    rows: list[Row] = []
    for level in given.levels:
        lesson = Lesson(level, run, given.steps, devices)
        for seed in range(given.seeds):
            for start in (TUNED, SCRATCH):  # in turn, so that a slow spell does not fall on one side only
                rows += lesson.learn(start, seed)
        if given.json is not None:  # after each level, so that an interrupted study keeps its results
            given.json.write_text(json.dumps([asdict(row) for row in rows], indent=1) + "\n")
    print(markdown(*summary(rows)))
    if given.out is not None:
        draw(rows, given.out)


if __name__ == "__main__":
    try:
        main()
    except KinetixError as error:
        sys.exit(f"finetune_study: {error}")
