"""The set network: invariance to entity order and absent entities, action masks, and dependence on the level."""

from collections.abc import Callable
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_agents.policies.build import observation_of
from kinetix_agents.policies.network import count_parameters
from kinetix_agents.policies.set_mlp import SetMLP
from kinetix_env import Level, make
from kinetix_env.errors import ConfigError
from kinetix_env.level import SIZES
from kinetix_env.levels import stack
from kinetix_env.sources.random_levels import random_levels
from tests.kinetix_env.transforms import permuted, with_rubbish

LEVELS = 24


@pytest.fixture(scope="module")
def levels() -> Level:
    return stack([named.level for named in random_levels("m", count=LEVELS, seed=3)])


def outputs(level: Level, action: str = "multi-discrete", seed: int = 0) -> tuple[Any, Any]:
    """The numbers of the distribution and the values for each level at its start."""
    env = make("kinetix-m", action=action)
    policy = SetMLP(width=16, trunk=24).build(observation_of(env), env.action_space)
    params = jax.tree.map(lambda leaf: leaf * 1.5, policy.init(jax.random.key(seed)))
    obs = jax.vmap(lambda level: env.observation(env.start(level)))(level)
    _, distribution, value = policy.apply(params, (), obs, jnp.ones(LEVELS, bool))
    return getattr(distribution, "logits", getattr(distribution, "mean", None)), value


def close(first: Any, second: Any) -> None:
    for one, two in zip(first, second, strict=True):
        np.testing.assert_allclose(one, two, rtol=1e-4, atol=1e-5)


def each(levels: Level, change: Callable[[Level], Level]) -> Level:
    """The levels, changed one by one."""
    rows = [jax.tree.map(lambda leaf, row=row: leaf[row], levels) for row in range(LEVELS)]
    return stack([change(level) for level in rows])


def test_outputs_do_not_depend_on_the_order_of_movable_bodies(levels: Level) -> None:
    order = [0, 1, 2, 3, 5, 4, 8, 6, 7]  # two polygons, three circles
    close(outputs(levels), outputs(each(levels, lambda level: permuted(level, SIZES["m"], order))))


def test_valid_actions_follow_motor_bindings(levels: Level) -> None:
    to = np.array([2, 0, 3, 1])  # motor k becomes motor to[k]
    binding = jnp.asarray(to, jnp.int32)[levels.motor_binding]
    logits, _ = outputs(levels)
    moved, _ = outputs(eqx.tree_at(lambda level: level.motor_binding, levels, binding))
    there, moved_there = (np.asarray(rows[:, :12].reshape(-1, 4, 3) > -1e8) for rows in (logits, moved))
    assert (moved_there[:, to] == there).all() and not there.all()


@pytest.mark.parametrize("action", ["multi-discrete", "continuous", "discrete"])
def test_absent_entities_have_no_influence(levels: Level, action: str) -> None:
    other = each(levels, lambda level: with_rubbish(level, SIZES["m"], seed=1))
    close(outputs(levels, action), outputs(other, action))


def test_unbound_action_components_are_masked_to_no_op(levels: Level) -> None:
    logits, _ = outputs(levels)
    possible = np.asarray(logits > -1e8)
    bound = np.zeros((LEVELS, 6), bool)
    joints, thrusters = levels.scene.joints, levels.scene.thrusters
    for row in range(LEVELS):
        for joint in np.flatnonzero(np.asarray(joints.active & joints.motor & ~joints.fixed)[row]):
            bound[row, int(levels.motor_binding[row, joint])] = True
        for thruster in np.flatnonzero(np.asarray(thrusters.active)[row]):
            bound[row, 4 + int(levels.thruster_binding[row, thruster])] = True
    expected = [[True] + [bool(bound[row, k])] * (2 if k < 4 else 1) for row in range(LEVELS) for k in range(6)]
    assert (possible == np.concatenate(expected).reshape(LEVELS, 16)).all()


def test_values_differ_between_levels(levels: Level) -> None:
    _, value = outputs(levels)
    assert len(np.unique(np.asarray(value).round(5))) == LEVELS


def test_parameter_count_is_small_at_every_size() -> None:
    for size in ("s", "m", "l"):
        env = make(f"kinetix-{size}")
        policy = SetMLP().build(observation_of(env), env.action_space)
        assert 20_000 < count_parameters(jax.eval_shape(policy.init, jax.random.key(0))) < 40_000


def test_bad_settings_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"SetMLP\.width must be an integer of at least 1, got 0"):
        SetMLP(width=0)
    env = make("kinetix-s", observation="flat")
    with pytest.raises(ConfigError, match="SetMLP reads the observation 'entity'"):
        SetMLP().build(observation_of(env), env.action_space)


def test_extra_entity_columns_are_accepted_and_missing_ones_refused() -> None:
    env = make("kinetix-s")
    seen = observation_of(env)
    for width, reads in ((23, True), (21, False)):
        other = eqx.tree_at(lambda entities: entities.joints, seen, jax.ShapeDtypeStruct((2, width), jnp.float32))
        if reads:
            assert SetMLP().build(other, env.action_space)
            continue
        with pytest.raises(ConfigError, match="SetMLP reads at least 22 columns of joints, got 21"):
            SetMLP().build(other, env.action_space)
