"""Plays recorded actions in an episode of their own: always by the same program, and so with the same outcome."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Int8

from ..level.level import Level
from ..level.named import check_action
from ..task.actions import MultiDiscreteActions
from ..task.env import KinetixEnv
from .lanes import Lane, advance, start_lane

__all__ = ["Replay", "multi_discrete", "replay"]


@dataclass(frozen=True, kw_only=True)
class Replay:
    """The outcome of a replayed episode."""

    solved: bool  # green touched blue
    failed: bool  # green touched red
    steps: int  # environment steps it took
    closest: float  # m, the least distance of green and blue, summed over the pairs of them


def replay(env: KinetixEnv, level: Level, actions: Sequence[Sequence[int]]) -> Replay:
    """Play multi-discrete actions, one per environment step, and nothing after them.

    Actions beyond the horizon of the environment are not played. `LevelError` for an action that does not exist, or a
    level of another capacity.
    """
    plan = np.zeros((env.horizon, len(MultiDiscreteActions().choices)), np.int8)
    for step, action in enumerate(actions):
        check_action(list(action), f"actions[{step}]")
        if step < env.horizon:
            plan[step] = action
    end = jax.device_get(_episode(multi_discrete(env), level, jnp.asarray(plan)))
    return Replay(solved=bool(end.solved), failed=bool(end.failed), steps=int(end.time), closest=float(end.least))


def multi_discrete(env: KinetixEnv) -> KinetixEnv:
    """The environment with its action space replaced by multi-discrete actions."""
    return replace(env, action_space=MultiDiscreteActions())


@eqx.filter_jit
def _episode(env: KinetixEnv, level: Level, plan: Int8[Array, "step 6"]) -> Lane:
    def step(lane: Lane, action: Any) -> tuple[Lane, None]:
        return advance(env, level, lane, action), None

    return jax.lax.scan(step, start_lane(env, level), plan)[0]
