"""What broadcasts between arrays of different ranks does so whatever the user's setting; one kind of part per test.

Nothing is compiled: JAX looks at ranks when it traces."""

from collections.abc import Iterator
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from kinetix_agents.ppo import PPOConfig
from kinetix_agents.training import RunConfig
from kinetix_agents.training.build import build_ppo
from kinetix_env import make
from kinetix_env.level import LevelPool, empty_level
from kinetix_env.mutations import mutate
from kinetix_env.plugins import registry
from kinetix_env.task import AutoReset, EpisodeStats
from kinetix_ued import SFL

KEY = jax.random.key(0)


@pytest.fixture(autouse=True)
def strict() -> Iterator[None]:
    with jax.numpy_rank_promotion("raise"):
        with pytest.raises(ValueError, match="rank_promotion"):
            jnp.zeros((2, 1)) + jnp.zeros(2)
        yield


@pytest.mark.parametrize("observation", ["entity", "flat", "pixels"])
def test_environments(observation: str) -> None:
    env = make("kinetix-s", observation=observation, reward="dense")
    pool = LevelPool(jax.tree.map(lambda leaf: jnp.asarray(leaf)[None], empty_level(env.engine.capacity)))
    played = EpisodeStats(AutoReset(env, pool))

    def run(keys: Any) -> Any:
        state = jax.vmap(played.reset)(keys)[1]
        return jax.vmap(played.step)(keys, state, jax.vmap(env.action_space.sample)(keys))

    jax.eval_shape(run, jax.random.split(KEY, 2))


def test_generators_and_mutations() -> None:
    for config in registry().level_generators.values():
        generator = config().build(make("kinetix-s").engine.capacity)
        jax.eval_shape(jax.vmap(generator.sample), jax.random.split(KEY, 2))
    levels = jax.vmap(lambda _: empty_level(make("kinetix-s").engine.capacity))(jnp.arange(2))
    jax.eval_shape(jax.vmap(lambda key, level: mutate(key, level, 2)), jax.random.split(KEY, 2), levels)


def test_training() -> None:
    ppo = build_ppo(
        RunConfig(curriculum=SFL(buffer=8, candidates=8), ppo=PPOConfig(envs=8, steps=4, minibatches=2, groups=2))
    )
    like = ppo.state_like()
    jax.eval_shape(ppo._update, like, KEY, jnp.zeros((), jnp.float32))
