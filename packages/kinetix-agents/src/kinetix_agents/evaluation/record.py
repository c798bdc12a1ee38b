"""Recordings of a policy's episodes: physics states and controls of every step.

The episodes are those of an evaluation with the same key: the first attempt at each level."""

from collections.abc import Mapping, Sequence
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from jax2d import State
from kinetix_env import KinetixEnv, Level
from kinetix_env.levels import stack
from kinetix_env.play import Ending, Recording, first_steps
from kinetix_env.protocols import Policy

from .episode import Episode, advance, begin, decide, episode_key

__all__ = ["record_policy"]


class _Step(eqx.Module):
    """The result of an environment step; stacked to [level, step, ...]."""

    states: State
    controls: Float[Array, "*batch control"]
    done: Bool[Array, "*batch"]


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

    def play(params: Any, level: Level, key: PRNGKeyArray) -> tuple[Episode, _Step]:
        def step(episode: Episode, _: None) -> tuple[Episode, _Step]:
            _, action = decide(policy, greedy, params, key, episode)
            after = advance(env, policy, greedy, params, key, episode)
            controls = env.action_space.controls(level, action)
            return after, _Step(states=after.state.physics, controls=controls, done=after.state.done)

        played: tuple[Episode, _Step] = jax.lax.scan(step, begin(env, policy, level, key), length=env.horizon)
        return played

    program = jax.jit(jax.vmap(play, in_axes=(None, 0, 0)))
    seconds = float(env.engine.params.dt) * env.frame_skip
    recorded = {}
    for who, params in knowing.items():
        played = jax.device_get(program(params, stack(hosted), keys))
        rows = [jax.tree.map(lambda leaf, row=row: leaf[row], played) for row in range(len(hosted))]
        recorded[who] = [
            _recording(level, end, steps, seconds, name)
            for level, (end, steps), name in zip(hosted, rows, names, strict=True)
        ]
    return recorded


def _recording(level: Level, end: Episode, steps: _Step, step_seconds: float, name: str) -> Recording:
    """Cut a recording at the end of its episode."""
    count = int(np.asarray(steps.done).argmax()) + 1 if np.asarray(steps.done).any() else len(steps.done)
    finite = all(np.isfinite(leaf[:count]).all() for leaf in jax.tree.leaves(steps.states))
    ending: Ending = "solved" if end.solved else "failed" if end.failed else "timed out" if finite else "broken"
    return first_steps(
        level, steps.states, np.asarray(steps.controls), count, ending=ending, step_seconds=step_seconds, name=name
    )
