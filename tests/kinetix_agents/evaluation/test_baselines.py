"""Policies without parameters, uniform and no-op: their distributions against counts and closed forms."""

import math

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_agents.policies.baselines import NoOp, Uniform, no_op
from kinetix_env import empty_level
from kinetix_env.errors import ConfigError
from kinetix_env.level import SIZES
from kinetix_env.protocols import Distribution, Policy
from kinetix_env.task import Continuous, Discrete, DiscreteActions, MultiDiscrete

SPACES = {config.name: config.build(SIZES["s"]) for config in (MultiDiscrete(), Continuous(), Discrete())}
# as many actions as there are, or their volume
SIZE = {"multi-discrete": 3**4 * 2**2, "continuous": 2.0**4, "discrete": 11}
ROWS = 2000


def distribution(config, space):
    policy = config.build(None, space)
    assert isinstance(policy, Policy)
    carry, distribution, value = policy.apply(
        policy.init(jax.random.key(0)), policy.initial_carry(ROWS), None, jnp.zeros(ROWS, bool)
    )
    assert carry == () and isinstance(distribution, Distribution)
    assert value.shape == (ROWS,) and not value.any()
    return distribution


@pytest.mark.parametrize("name", SPACES)
def test_uniform_samples_all_actions_with_equal_frequency(name) -> None:
    uniform = distribution(Uniform(), SPACES[name])
    actions = uniform.sample(jax.random.key(1))
    assert actions.shape == (ROWS, *SPACES[name].shape) and actions.dtype == SPACES[name].dtype
    assert np.allclose(uniform.log_prob(actions), -math.log(SIZE[name]))
    assert np.allclose(uniform.entropy(), math.log(SIZE[name]))
    assert (uniform.log_prob(actions + jnp.asarray(50, actions.dtype)) == -jnp.inf).all()
    for column, choices in zip(np.asarray(actions).reshape(ROWS, -1).T, _choices(name), strict=True):
        if choices:
            shares = np.bincount(column, minlength=choices) / ROWS
            assert shares == pytest.approx(1 / choices, abs=4 * math.sqrt(1 / choices / ROWS))


def _choices(name):
    return {"multi-discrete": [3] * 4 + [2] * 2, "continuous": [0] * 6, "discrete": [11]}[name]


@pytest.mark.parametrize("name", SPACES)
def test_no_op_is_deterministic_with_zero_controls(name) -> None:
    space = SPACES[name]
    nothing = distribution(NoOp(), space)
    actions = nothing.sample(jax.random.key(1))
    assert (actions == nothing.mode()).all() and (actions == distribution(Uniform(), space).mode()).all()
    assert not nothing.log_prob(actions).any() and not nothing.entropy().any()
    assert (nothing.log_prob(actions + jnp.ones((), actions.dtype)) == -jnp.inf).all()
    assert not space.controls(empty_level(SIZES["s"]), actions[0]).any()


class Restless(DiscreteActions):
    """A custom action space of one number in which every action drives an actuator."""

    def controls(self, level, action):
        return jnp.ones(level.role.shape)


def test_an_action_space_without_a_no_op_is_refused() -> None:
    with pytest.raises(ConfigError, match="Restless has no action that does nothing"):
        no_op(Restless())
