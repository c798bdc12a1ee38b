"""This environment and level generator, through their public API alone; see worker.py.

Reward and horizon are as published. The parts of the cost split: "physics" is the engine steps of an action with its
translation to motors and thrusters; "reward" adds contacts, distance, time and end of the episode; an observation's
name adds that; "env" is the whole, with the entity observation and a new level for each finished episode."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp

from benchmarks.env.task import Eye, Step, Task, Tree
from kinetix_env import AutoReset, KinetixEnv, LevelPool, empty_level, make
from kinetix_env.generators import RandomLevels
from kinetix_env.level import capacity_of
from kinetix_env.observations import EntityObservation, FlatObservation, PaddedObservation, PixelsObservation
from kinetix_env.task import MultiDiscrete, Published

OBSERVATIONS = {config.name: config for config in (EntityObservation, FlatObservation, PaddedObservation)}


def sampler(size: str) -> Callable[[jax.Array, int], Tree]:
    """A function of a key that draws `count` filtered random levels."""
    return RandomLevels().build(capacity_of(size)).sample_batch


def template(size: str) -> Tree:
    """One level, as an example of the pytree's structure."""
    return empty_level(capacity_of(size))


def eye(size: str) -> Eye:
    """Images of the published size."""
    env = make(capacity_of(size), observation=PixelsObservation(size=125))
    return Eye(start=env.start, look=env.observation)


def _step(env: KinetixEnv, part: str) -> Callable[[jax.Array, Any, jax.Array], Step]:
    """One step of one environment, or of a part of it."""

    def step(key: jax.Array, state: Any, action: jax.Array) -> Step:
        if part == "physics":
            controls, physics = env.action_space.controls(state.level, action), state.physics
            for _ in range(env.frame_skip):
                physics, _ = env.engine.step(state.level.scene, physics, controls)
            no = jnp.zeros((), bool)
            return (), eqx.tree_at(lambda s: s.physics, state, physics), jnp.zeros(()), no, no
        if part == "reward":
            state, reward, info = env.advance(state, action)
            return (), state, reward, state.done, info.solved
        observation, state, reward, done, info = env.step(key, state, action)
        return observation, state, reward, done, info.solved

    return step


def task(size: str, part: str, reset: str) -> Task:
    """The environment, or a part of it."""
    if reset != "pool":
        raise ValueError(f"Ours goes on with levels of a pool alone, not {reset!r}.")
    capacity = capacity_of(size)
    observation = OBSERVATIONS[part if part in OBSERVATIONS else "entity"]
    env = make(capacity, observation=observation(), action=MultiDiscrete(), reward=Published())

    def start(keys: jax.Array, own: Tree) -> tuple[Tree, Tree]:
        observed, state = jax.vmap(env.reset)(keys, own)
        return () if part in ("physics", "reward") else observed, state

    def step(pool: Tree, own: Tree, keys: jax.Array, state: Tree, action: jax.Array) -> Step:
        if part != "env":
            return jax.vmap(_step(env, part))(keys, state, action)
        observed, state, reward, done, info = jax.vmap(AutoReset(env, pool).step)(keys, state, action)
        return observed, state, reward, done, info.solved

    return Task(keep=LevelPool, reset=start, step=step)
