"""Does a curriculum learn faster than random levels? Held-out success rates against training time, several seeds each.

    python -m benchmarks.curricula                              SFL against random levels, 3 seeds, 5 minutes each
    python -m benchmarks.curricula --curricula sfl plr --minutes 2 --seeds 1

Every run trains the default policy with the default settings of PPO on random levels of size S, for the same time on
the same devices, compilation apart. A curriculum pays for its trials and new levels out of that time. The stopwatch
stands still while the agent is evaluated on the 512 held-out levels, 4 attempts each. Runs take turns, so that a slow
spell of the machine does not fall on one side only."""

import argparse
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import numpy as np

from benchmarks.common.output import table
from kinetix_agents.evaluation import Evaluator, find_sets
from kinetix_agents.ppo import PPO
from kinetix_agents.training import RunConfig
from kinetix_agents.training.build import build_env, build_ppo
from kinetix_env.compilation import keep_compiled_programs
from kinetix_env.devices import start_devices
from kinetix_env.plugins import registry
from kinetix_env.task import Sparse

ATTEMPTS = 4
POINTS = 10  # evaluations of a run


@dataclass(frozen=True, kw_only=True)
class Row:
    """One evaluation of one run."""

    curriculum: str
    seed: int
    seconds: float  # of training
    steps: int
    solved: float  # mean over the held-out levels
    error: float  # its standard error over levels


class Examiner:
    """Evaluates on the held-out levels; compiled once for all runs."""

    def __init__(self, config: RunConfig, ppo: PPO) -> None:
        env = build_env(config, Sparse())
        (levels,) = find_sets(("held-out:s",))
        self.levels = levels.stacked(env.engine.capacity)
        self.evaluator = Evaluator(ppo.policy, env)

    def solve_rate(self, params: Any) -> tuple[float, float]:
        """Mean and standard error."""
        found = self.evaluator.play(jax.device_get(params), self.levels, jax.random.key(0), ATTEMPTS).solve_rate
        return found.mean, found.error


def run(name: str, ppo: PPO, examiner: Examiner, seed: int, seconds: float) -> list[Row]:
    """Train for some time, evaluating now and then."""
    keys = jax.random.key(seed)
    state, spent, updates, rows = ppo.init(jax.random.fold_in(keys, 0)), 0.0, 0, []
    jax.block_until_ready(state)  # type: ignore[no-untyped-call]
    for point in range(POINTS + 1):
        while spent < seconds * point / POINTS:
            rate = ppo.config.learning_rate * max(1.0 - spent / seconds, 0.0)
            begin = time.perf_counter()
            state, summary = ppo.update(state, jax.random.fold_in(keys, updates + 1), rate)
            jax.block_until_ready(summary)  # type: ignore[no-untyped-call]
            spent, updates = spent + time.perf_counter() - begin, updates + 1
        solved, error = examiner.solve_rate(state.params)
        rows.append(
            Row(
                curriculum=name,
                seed=seed,
                seconds=spent,
                steps=updates * ppo.config.batch,
                solved=solved,
                error=error,
            )
        )
    print(f"  {name}, seed {seed}: {rows[-1].solved:.3f} after {rows[-1].steps / 1e6:.2f} M steps", file=sys.stderr)
    return rows


def draw(rows: list[Row], path: Path) -> None:
    """The runs as thin lines and their means as thick ones."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 4), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    for number, name in enumerate(dict.fromkeys(row.curriculum for row in rows)):
        runs = [[row for row in rows if (row.curriculum, row.seed) == (name, seed)] for seed in seeds_of(rows)]
        for one in runs:
            axes.plot([row.seconds for row in one], [row.solved for row in one], color=f"C{number}", linewidth=0.6)
        seconds, solved = (
            np.array([[getattr(row, part) for row in one] for one in runs]) for part in ("seconds", "solved")
        )
        axes.plot(seconds.mean(0), solved.mean(0), color=f"C{number}", linewidth=2.2, label=name)
    axes.set_xlabel("seconds of training")
    axes.set_ylabel("success rate on 512 held-out levels")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=120)


def seeds_of(rows: list[Row]) -> list[int]:
    """The seeds in order."""
    return sorted({row.seed for row in rows})


def main() -> None:
    """Train, print a table, write what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--curricula", nargs="+", default=["sfl", "random"], help="registered ones, at their defaults")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--minutes", type=float, default=5.0, help="of training, each run")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write all evaluations here")
    parser.add_argument("--plot", type=Path, metavar="PATH", help="draw the curves here (.png)")
    given = parser.parse_args()
    start_devices()
    keep_compiled_programs()
    trainers = {}
    for name in given.curricula:
        config = RunConfig(curriculum=registry().curricula[name]())
        trainers[name] = build_ppo(config)
        print(f"Compiling {name} ...", file=sys.stderr)
        trainers[name].compile(trainers[name].init(jax.random.key(0)))
    examiner = Examiner(config, trainers[name])
    rows = [
        row
        for seed in range(given.seeds)
        for name in given.curricula
        for row in run(name, trainers[name], examiner, seed, 60 * given.minutes)
    ]
    ended = [row for row in rows if row.seconds >= 60 * given.minutes]
    last = {name: [row for row in ended if row.curriculum == name] for name in trainers}
    summary = table(
        f"Held-out success rate after {given.minutes:g} min of training; mean over {given.seeds} seeds",
        ["curriculum", "solved", "least", "most", "M steps"],
        [
            [
                name,
                f"{np.mean([row.solved for row in ends]):.3f}",
                f"{min(row.solved for row in ends):.3f}",
                f"{max(row.solved for row in ends):.3f}",
                f"{np.mean([row.steps for row in ends]) / 1e6:.2f}",
            ]
            for name, ends in last.items()
        ],
    )
    print(summary)
    if given.json is not None:
        given.json.write_text(json.dumps([vars(row) for row in rows], indent=1) + "\n")
    if given.plot is not None:
        draw(rows, given.plot)


if __name__ == "__main__":
    main()
