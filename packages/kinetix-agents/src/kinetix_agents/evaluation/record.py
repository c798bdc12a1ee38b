"""Recordings of a policy's episodes: physics states and controls of every step.

The episodes are those of an evaluation with the same key: the first attempt at each level."""

from collections.abc import Mapping, Sequence
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import PRNGKeyArray

from kinetix_env import KinetixEnv, Level
from kinetix_env.levels import stack
from kinetix_env.play import Recording, Steps, recordings
from kinetix_env.protocols import Policy

from .episode import Episode, begin, episode_key, take_step

__all__ = ["record_policy"]


def record_policy(
    policy: Policy,
    knowing: Mapping[str, Any],
    env: KinetixEnv,
    levels: Sequence[Level],
    key: PRNGKeyArray,
    names: Sequence[str],
    *,
    greedy: bool = False,
) -> dict[str, list[Recording]]:
    """Record one episode per level and set of parameters; return recordings by the name of the parameters.

    `knowing` maps names to parameters, `names` are those of the levels, which have the environment's capacity.
    """
    hosted: list[Level] = jax.device_get(list(levels))
    keys = jax.vmap(episode_key, in_axes=(None, 0, None))(key, jnp.arange(len(hosted)), 0)

    def play(params: Any, level: Level, key: PRNGKeyArray) -> Steps:
        def step(episode: Episode, _: None) -> tuple[Episode, Steps]:
            after, action, info = take_step(env, policy, greedy, params, key, episode)
            return after, Steps.of(env, action, after.state, info)

        return jax.lax.scan(step, begin(env, policy, level, key), length=env.horizon)[1]

    program = jax.jit(jax.vmap(play, in_axes=(None, 0, 0)))
    stacked = stack(hosted)
    return {name: recordings(env, hosted, program(params, stacked, keys), names) for name, params in knowing.items()}
