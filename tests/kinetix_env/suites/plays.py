"""Plays whole episodes. All batches have LANES levels, so that there is one program to compile for each size."""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from kinetix_env import Level, make
from kinetix_env.levels import NamedLevel

LANES = 64


class Ends(NamedTuple):
    """The outcomes of episodes, [level]."""

    solved: np.ndarray
    failed: np.ndarray
    reward: np.ndarray


@cache
def _program(size: str) -> Any:
    env = make(f"kinetix-{size}")

    def episode(level: Level, actions: Any) -> Any:
        def step(carry: Any, action: Any) -> tuple[Any, None]:
            state, solved, failed, total = carry
            state, reward, info = env.advance(state, action)
            return (state, solved | info.solved, failed | info.failed, total + reward), None

        no = jnp.zeros((), bool)
        return jax.lax.scan(step, (env.start(level), no, no, jnp.zeros(())), actions)[0][1:]

    return jax.jit(jax.vmap(episode)), env.horizon


def schedule_of(named: NamedLevel) -> list[Any]:
    """The solution that a level has in its file, as a schedule."""
    return [[action, 1] for action in named.solution or ()]


def play(levels: Level, schedules: Sequence[list[Any]], size: str = "s") -> Ends:
    """Play stacked levels, at most LANES, each by its schedule: a list of [action, steps], then nothing."""
    program, horizon = _program(size)
    count = len(schedules)
    actions = np.zeros((LANES, horizon, 6), np.int32)
    for lane, schedule in enumerate(schedules):
        rows = [action for action, steps in schedule for _ in range(steps)]
        actions[lane, : len(rows)] = np.reshape(rows, (len(rows), 6))
    lanes = np.arange(LANES) % count
    ends = program(jax.tree.map(lambda leaf: leaf[lanes], levels), jnp.asarray(actions))
    return Ends(*(np.asarray(part)[:count] for part in ends))
