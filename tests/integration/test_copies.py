"""Registered parts and public objects can be copied and pickled, and the copies are equal to the originals.

For parts that JAX programs are made from, equal means the same tree structure, static fields included, and the same
bits: then the programs are the same as well. The adapters for Gymnasium hold compiled programs, which cannot be copied;
their copies are compared by what they do."""

import copy
import pickle
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import gymnasium
import jax
import numpy as np
import pytest

from jax2d import Capacity, Engine
from kinetix_agents import PPO, Evaluator, PPOConfig, load_agent
from kinetix_agents.policies.build import build_policy
from kinetix_agents.ppo.ppo import device_mesh
from kinetix_env import AutoReset, EpisodeStats, LevelPool, make
from kinetix_env.gym import KinetixGymEnv, KinetixVectorEnv
from kinetix_env.level import SIZES
from kinetix_env.levels import stack
from kinetix_env.play import record
from kinetix_env.plugins import registry
from kinetix_env.sources import suite

CAPACITY = SIZES["s"]
KINDS = ("action_spaces", "curricula", "environments", "level_generators", "observations", "policies", "rewards")
PARTS = [(kind, name) for kind in KINDS for name in registry().catalogue(kind)]
WAYS: dict[str, Callable[[Any], Any]] = {
    "copy": copy.copy,
    "deepcopy": copy.deepcopy,
    "pickle": lambda thing: pickle.loads(pickle.dumps(thing)),
}


@cache
def pool() -> LevelPool:
    return LevelPool(stack([named.level for named in suite("s")[:3]]))


def config_of(kind: str, name: str) -> Any:
    settings = {"levels": ("suite:s/bell",)} if (kind, name) == ("curricula", "list") else {}
    return registry().get(kind, name)(**settings)


def built(kind: str, config: Any) -> Any:
    if kind == "environments":
        return make(config)
    if kind == "rewards":
        return config.build()
    if kind == "curricula":
        return config.build(pool(), 2)
    if kind == "policies":
        return build_policy(config, make("kinetix-s", observation=config.observation))
    return config.build(CAPACITY)


def assert_equal(one: Any, other: Any) -> None:
    assert type(one) is type(other)
    assert jax.tree.structure(one) == jax.tree.structure(other)
    for leaf, same in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True):
        assert type(leaf) is type(same)
        if isinstance(leaf, (jax.Array, np.ndarray)):
            assert (leaf.dtype, leaf.shape) == (same.dtype, same.shape)
            assert np.asarray(leaf).tobytes() == np.asarray(same).tobytes()
        elif not hasattr(leaf, "__dict__"):  # functions, and objects of JAX
            assert leaf == same


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("kind", "name"), PARTS)
def test_registered_parts_and_their_configs_have_equal_copies(kind: str, name: str, way: str) -> None:
    config = config_of(kind, name)
    assert WAYS[way](config) == config
    part = built(kind, config)
    assert_equal(WAYS[way](part), part)


@pytest.mark.parametrize("way", WAYS)
def test_recurrent_policies_have_equal_copies(way: str) -> None:
    policy = built("policies", registry().policies["flat-mlp"](recurrent=True))
    assert_equal(WAYS[way](policy), policy)


@pytest.mark.parametrize("way", WAYS)
def test_wrappers_pools_levels_and_engines_have_equal_copies(way: str) -> None:
    for env in (make("kinetix-s"), make(Capacity(polygons=5, circles=1, joints=1, thrusters=1), horizon=9)):
        assert_equal(WAYS[way](env), env)
    auto = EpisodeStats(AutoReset(make("kinetix-s"), pool()))
    for part in (auto, pool(), pool()[1], Engine(CAPACITY), auto.reset(jax.random.key(0))[1]):
        assert_equal(WAYS[way](part), part)


@pytest.mark.parametrize("way", WAYS)
def test_a_copied_pool_draws_the_same_levels_and_begins_the_same_episodes(way: str) -> None:
    auto = AutoReset(make("kinetix-s"), pool())
    again = WAYS[way](auto)
    for seed in range(3):
        key = jax.random.key(seed)
        assert_equal(again.source.sample(key), pool().sample(key))
        assert_equal(again.reset(key), auto.reset(key))


@pytest.mark.parametrize("way", WAYS)
def test_named_levels_and_recordings_have_equal_copies(way: str) -> None:
    named = suite("s")[0]
    again = WAYS[way](named)
    assert_equal(again.level, named.level)
    assert {**vars(again), "level": None} == {**vars(named), "level": None}
    recording = record(make("kinetix-s"), named.level, np.zeros((4, 6), np.int32), name=named.name)
    copied = WAYS[way](recording)
    for part in ("level", "states", "controls"):
        assert_equal(getattr(copied, part), getattr(recording, part))
    assert str(copied) == str(recording)


@pytest.mark.parametrize("way", ["deepcopy", "pickle"])  # a shallow copy shares the episode with the original
@pytest.mark.parametrize("kind", ["single", "made", "vector"])
def test_a_copied_gymnasium_environment_steps_as_the_original_does(kind: str, way: str) -> None:
    settings: dict[str, Any] = {"levels": "suite:s/bell", "horizon": 3}
    env: Any = {
        "single": lambda: KinetixGymEnv("s", **settings),
        "made": lambda: gymnasium.make("kinetix_env.gym:kinetix/S-v0", **settings),
        "vector": lambda: KinetixVectorEnv(2, "s", **settings),
    }[kind]()
    env.reset(seed=5)
    env.step(env.action_space.sample())
    again = WAYS[way](env)
    action = env.action_space.sample()
    first, second = env.step(action), again.step(action)
    assert_equal(tuple(first), tuple(second))
    assert_equal(again.reset(seed=7), env.reset(seed=7))


@pytest.mark.parametrize("way", ["deepcopy", "pickle"])
def test_copies_of_agents_actors_evaluators_and_trainers_behave_the_same(way: str) -> None:
    agent = load_agent(Path(__file__).parents[1] / "kinetix_agents" / "published" / "agent")
    again = WAYS[way](agent)
    assert_equal(again.params, agent.params)
    settings = {"environment", "policy", "action_space", "observation"}
    assert {name: getattr(again, name) for name in settings} == {name: getattr(agent, name) for name in settings}
    actor, env = agent.actor(seed=3), agent.make_env("kinetix-s")
    obs = env.reset(jax.random.key(0), pool()[0])[0]
    actor(obs)
    copied = WAYS[way](actor)
    assert_equal([copied(obs) for _ in range(3)], [actor(obs) for _ in range(3)])
    evaluator = Evaluator(agent.make_policy(env), env, batch=4, greedy=True)
    other = WAYS[way](evaluator)
    assert (other.batch, other.greedy, other.devices) == (evaluator.batch, True, evaluator.devices)
    assert_equal((other.policy, other.env), (evaluator.policy, evaluator.env))
    config = PPOConfig(envs=4, steps=8, minibatches=1)
    trainer = PPO(config, env, evaluator.policy, built("curricula", config_of("curricula", "random")), device_mesh())
    twin = WAYS[way](trainer)
    assert (twin.config, twin.mesh) == (config, trainer.mesh)
    assert_equal((twin.env, twin.policy, twin.curriculum), (trainer.env, trainer.policy, trainer.curriculum))
