"""Batches of zero rows give results of zero rows."""

from typing import Any

import jax
import jax.numpy as jnp

from kinetix_env import make
from kinetix_env.generators import RandomLevels
from kinetix_env.level import LevelPool, empty_level
from kinetix_env.task import AutoReset


def rows(tree: Any, count: int) -> Any:
    return jax.tree.map(lambda leaf: jnp.zeros((count, *jnp.shape(leaf)), jnp.asarray(leaf).dtype), tree)


def shapes(tree: Any) -> Any:
    return jax.tree.map(lambda leaf: (leaf.shape[1:], leaf.dtype), tree)


def test_batches_of_zero_rows_reset_step_and_generate() -> None:
    env, keys = make("kinetix-s"), jax.random.split(jax.random.key(0), 1)
    level = empty_level(env.engine.capacity)

    def played(count: int) -> Any:
        obs, state = jax.vmap(env.reset)(keys[:count], rows(level, count))
        return obs, jax.vmap(env.step)(keys[:count], state, jax.vmap(env.action_space.sample)(keys[:count]))

    def replaced(count: int) -> Any:
        auto = AutoReset(env, LevelPool(rows(level, 1)))
        state = jax.vmap(auto.reset)(keys[:count])[1]
        return jax.vmap(auto.step)(keys[:count], state, jax.vmap(env.action_space.sample)(keys[:count]))

    sample = jax.vmap(RandomLevels().build(env.engine.capacity).sample)
    assert shapes(jax.eval_shape(lambda: played(0))) == shapes(jax.eval_shape(lambda: played(1)))
    for function in (lambda: played(0), lambda: replaced(0), lambda: sample(keys[:0])):
        assert all(leaf.shape[0] == 0 for leaf in jax.tree.leaves(jax.eval_shape(function)))
