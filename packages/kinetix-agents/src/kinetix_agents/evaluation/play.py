"""Plays levels with one agent in the environment that fits them: sets for an evaluation, one level for a recording."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

import jax

from kinetix_env.config import as_integer
from kinetix_env.devices import default_batch
from kinetix_env.levels import NamedLevel, pad
from kinetix_env.play import Recording

from .agents import EvalAgent
from .evaluator import Evaluator, Progress
from .level_sets import LevelSet
from .record import record_policy
from .tables import Result

__all__ = ["MOST_EPISODES", "Display", "evaluate_sets", "play_level"]

MOST_EPISODES = 1_000_000  # attempts per level, and episodes in parallel

Display = Callable[[str], AbstractContextManager[Progress]]  # shows progress under a title


def evaluate_sets(
    agent: EvalAgent,
    sets: Sequence[LevelSet],
    *,
    attempts: int = 16,
    greedy: bool = False,
    seed: int = 0,
    environment: str | None = None,
    batch: int | None = None,
    devices: Sequence[jax.Device] | None = None,
    display: Display = lambda title: nullcontext(lambda done, total: None),
) -> list[Result]:
    """Play `attempts` episodes of each level; the same seed gives the same episodes.

    `environment` is the name of the one to play in, by default the smallest that fits all levels. `batch` is the
    maximum number of parallel episodes, by default what keeps the devices busy.
    """
    attempts = as_integer(attempts, "attempts", 1, MOST_EPISODES)
    used = jax.local_devices() if devices is None else list(devices)
    most = default_batch(used) if batch is None else as_integer(batch, "batch", 1, MOST_EPISODES)
    seed = as_integer(seed, "seed", 0, 2**32 - 1)
    with display(agent.label):
        key, start = jax.random.split(jax.random.key(seed))
        setup = agent.set_up(sets, start, environment)
        batch = min(most, max(len(levels.levels) for levels in sets) * attempts)
        evaluator = Evaluator(setup.policy, setup.env, batch=batch, greedy=greedy, devices=used)
    results = []
    for levels in sets:
        with display(f"{agent.label}, {levels.name}") as progress:
            stacked = levels.stacked(setup.env.engine.capacity)
            found = evaluator.play(setup.params, stacked, key, attempts, progress)
        results.append(Result(agent=agent.label, levels=levels, evaluation=found))
    return results


def play_level(agent: EvalAgent, level: NamedLevel, *, greedy: bool = False, seed: int = 0) -> Recording:
    """Record one episode of a level: the first attempt of an evaluation with the same seed."""
    key, start = jax.random.split(jax.random.key(as_integer(seed, "seed", 0, 2**32 - 1)))
    setup = agent.set_up([LevelSet(name=level.name, levels=(level,))], start)
    padded = [pad(level.level, setup.env.engine.capacity)]
    named = {agent.label: setup.params}
    return record_policy(setup.policy, named, setup.env, padded, key, [level.name], greedy=greedy)[agent.label][0]
