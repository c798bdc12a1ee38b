"""Runs in environments of any capacity and physics, on levels that state physics parameters of their own.

Updates are traced, not compiled: shapes and structures of all states have to agree, which is where they can fail."""

import json
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import pytest

from jax2d import Capacity
from kinetix_agents import PPO, PPOConfig, RunConfig
from kinetix_agents.agent import find_agent
from kinetix_agents.cli.train import Train
from kinetix_agents.evaluation import find_sets
from kinetix_agents.evaluation.level_sets import smallest_environment
from kinetix_agents.policies.build import build_policy
from kinetix_agents.policies.flat_mlp import FlatMLP
from kinetix_agents.training.build import build_env, build_ppo
from kinetix_agents.training.config import read_config, write_config
from kinetix_env import LevelPool, make
from kinetix_env.cli.parsing import parse
from kinetix_env.environments import KinetixCustom, KinetixS
from kinetix_env.level import capacity_of, physics_row, put_physics
from kinetix_env.levels import NamedLevel, pad, save, stack
from kinetix_env.plugins import registry
from kinetix_env.sources import suite
from kinetix_env.task import PhysicsSettings

PPO_CONFIG = PPOConfig(envs=4, steps=8, minibatches=1)
CURRICULA: dict[str, dict[str, Any]] = {
    "random": {},
    "sfl": {"buffer": 4, "candidates": 8, "refresh_every": 2},
    "plr": {"buffer": 8},
    "robust-plr": {"buffer": 8},
    "accel": {"buffer": 8, "edits": 1},
    "learning-progress": {"buffer": 8, "patience": 1},
}


@cache
def mixed() -> LevelPool:
    """Two levels of size S, of which the second states a parameter."""
    plain, other = (named.level for named in suite("s")[:2])
    return LevelPool(stack([plain, put_physics(other, jnp.asarray(physics_row({"dt": 0.01})))]))


def traced(ppo: PPO) -> Any:
    """The shapes of the state after an update."""
    return jax.eval_shape(ppo._update, ppo.state_like(), jax.random.key(0), jnp.zeros(()))[0]


@pytest.mark.parametrize(
    "name",
    [name if name in ("random", "plr", "accel") else pytest.param(name, marks=pytest.mark.soak) for name in CURRICULA],
)
def test_every_curriculum_trains_on_levels_that_state_parameters(name: str) -> None:
    policy, env = FlatMLP(width=8, depth=1), make("kinetix-s", observation="flat")
    curriculum = registry().curricula[name](**CURRICULA[name]).build(mixed(), 4 // len(jax.devices()))
    after = traced(PPO(PPO_CONFIG, env, build_policy(policy, env), curriculum))
    assert after.rows.state.level.physics.shape == (4, 17)


def test_a_list_of_levels_may_mix_stated_and_default_parameters(tmp_path: Path) -> None:
    for index in range(2):
        save(tmp_path / f"{index}.json", NamedLevel(name=str(index), level=mixed()[index]))
    curriculum = registry().curricula["list"](levels=(str(tmp_path),))
    config = RunConfig(ppo=PPO_CONFIG, policy=FlatMLP(width=8, depth=1), curriculum=curriculum)
    assert traced(build_ppo(config)).rows.state.level.physics.shape == (4, 17)


@pytest.mark.parametrize(
    "environment",
    [
        KinetixS(physics=PhysicsSettings(friction=0.2, iterations=5)),
        KinetixCustom(polygons=6, circles=1, joints=2, thrusters=1, horizon=99),
    ],
)
def test_capacity_and_physics_are_part_of_a_runs_configuration(environment: Any, tmp_path: Path) -> None:
    config = RunConfig(environment=environment, ppo=PPO_CONFIG)
    write_config(tmp_path / "config.json", config)
    again = read_config(tmp_path / "config.json")
    assert again == config and build_env(again).engine == build_env(config).engine
    assert build_env(again).engine.capacity == environment.capacity


def test_a_configuration_without_physics_has_the_default_parameters(tmp_path: Path) -> None:
    """Configurations that were saved before the setting existed."""
    path = tmp_path / "config.json"
    write_config(path, RunConfig())
    data = json.loads(path.read_text(encoding="utf-8"))
    assert data["environment"].pop("physics")["dt"] == pytest.approx(1 / 60)
    path.write_text(json.dumps(data), encoding="utf-8")
    assert read_config(path) == RunConfig()


def test_levels_larger_than_size_l_are_played_in_what_holds_them(tmp_path: Path) -> None:
    small, large = suite("s")[0], Capacity(polygons=14, circles=2, joints=1, thrusters=1)
    counts = "polygons=14,circles=2,joints=1,thrusters=1"
    save(tmp_path / "large.json", NamedLevel(name="large", level=pad(small.level, large)))
    sets = find_sets([str(tmp_path)])
    assert smallest_environment(sets) == counts and smallest_environment(find_sets(["suite:s/bell"])) == "kinetix-s"
    agent = find_agent("policy:uniform")
    for given in (None, counts):
        setup = agent.set_up(sets, jax.random.key(0), given)
        assert setup.environment == KinetixCustom.of(large) and setup.env.engine.capacity == capacity_of(counts)


def test_fit_levels_selects_a_capacity_that_holds_them(tmp_path: Path) -> None:
    large = Capacity(polygons=14, circles=2, joints=1, thrusters=1)
    save(tmp_path / "large.json", NamedLevel(name="large", level=pad(suite("s")[0].level, large)))
    parts = ["environment:kinetix-s", "--environment.horizon", "99", "curriculum:list"]
    args = ["--fit-levels", *parts, "--curriculum.levels", str(tmp_path)]
    make_config: Callable[[], RunConfig] = parse(Train.flags(args), prog="train", args=args)._config
    assert make_config().environment == replace(KinetixCustom.of(large), horizon=99)
