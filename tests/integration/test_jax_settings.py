"""Results do not depend on the user's JAX settings for rank promotion and 64-bit numbers.

Functions are traced, not compiled: JAX checks ranks and types when it traces."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from kinetix_agents import SetMLP
from kinetix_agents.evaluation.episode import begin, take_step
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.training import RunConfig
from kinetix_agents.training.build import build_ppo
from kinetix_env import make
from kinetix_env.level import LevelPool, empty_level
from kinetix_env.mutations import mutate
from kinetix_env.plugins import registry
from kinetix_env.search.lanes import advance, start_lane
from kinetix_env.task import AutoReset, EpisodeStats
from kinetix_ued import SFL

KEY = jax.random.key(0)


@pytest.fixture(autouse=True, params=["rank promotion is an error", "64 bits"])
def setting(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.param == "64 bits":
        with jax.enable_x64(True):
            assert jnp.zeros(()).dtype == jnp.float64
            yield
        return
    with jax.numpy_rank_promotion("raise"):
        with pytest.raises(ValueError, match="rank_promotion"):
            jnp.zeros((2, 1)) + jnp.zeros(2)
        yield


def traced(function: Any, *args: Any) -> Any:
    """The shapes and types that a function returns, after a check that none has 64 bits."""
    found = jax.eval_shape(function, *args)
    wide = {
        jax.tree_util.keystr(path): leaf.dtype
        for path, leaf in jax.tree_util.tree_leaves_with_path(found)
        if not jnp.issubdtype(leaf.dtype, jax.dtypes.prng_key) and leaf.dtype.itemsize > 4
    }
    assert not wide
    return found


@pytest.mark.parametrize("observation", ["entity", "flat", "pixels"])
def test_environments_ignore_jax_settings_of_the_user(observation: str) -> None:
    env = make("kinetix-s", observation=observation, reward="dense")
    pool = LevelPool(jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], empty_level(env.engine.capacity)))
    played = EpisodeStats(AutoReset(env, pool))

    def run(keys: Any) -> Any:
        state = jax.vmap(played.reset)(keys)[1]
        return jax.vmap(played.step)(keys, state, jax.vmap(env.action_space.sample)(keys))

    traced(run, jax.random.split(KEY, 2))


def test_generators_and_mutations_ignore_jax_settings_of_the_user() -> None:
    for config in registry().level_generators.values():
        generator = config().build(make("kinetix-s").engine.capacity)
        traced(jax.vmap(generator.sample), jax.random.split(KEY, 2))
    levels = jax.vmap(lambda _: empty_level(make("kinetix-s").engine.capacity))(jnp.arange(2))
    traced(jax.vmap(lambda key, level: mutate(key, level, 2)), jax.random.split(KEY, 2), levels)


def test_training_ignores_jax_settings_of_the_user() -> None:
    ppo = build_ppo(
        RunConfig(curriculum=SFL(buffer=8, candidates=8), ppo=PPOConfig(envs=8, steps=4, minibatches=2, groups=2))
    )
    like = ppo.state_like()
    traced(ppo._update, like, KEY, jnp.zeros((), jnp.float32))


def test_evaluation_and_search_ignore_jax_settings_of_the_user() -> None:
    env = make("kinetix-s")
    level = empty_level(env.engine.capacity)
    policy = SetMLP(width=8, trunk=8).build(jax.eval_shape(lambda: env.reset(KEY, level)[0]), env.action_space)
    params = traced(policy.init, KEY)
    episode = traced(lambda: begin(env, policy, level, KEY))
    traced(lambda params, episode: take_step(env, policy, False, params, KEY, episode), params, episode)
    lane = traced(lambda: start_lane(env, level))
    traced(lambda lane: advance(env, level, lane, jnp.zeros(6, jnp.int8)), lane)
