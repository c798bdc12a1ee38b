"""Deep sets in Equinox: the protocol of policies, and invariance to entity order and absent entities."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_env import make
from kinetix_env.errors import ConfigError
from kinetix_env.levels import pad, stack
from kinetix_env.plugins import registry
from kinetix_env.sources import suite
from kinetix_env.task.protocols import Distribution, Policy
from kinetix_policy_equinox import DeepSets

SMALL = DeepSets(width=8, trunk=16)
ROWS = 3


@pytest.fixture(scope="module")
def observed():
    """Levels and their initial observations, [level, ...]."""
    env = make("kinetix-s", observation="entity")
    levels = stack([pad(one.level, env.engine.capacity) for one in suite("s")[:ROWS]])
    return env, jax.jit(jax.vmap(env.reset))(jax.random.split(jax.random.key(0), ROWS), levels)[0]


def build(observed, action="multi-discrete"):
    one = jax.tree.map(lambda leaf: jax.ShapeDtypeStruct(leaf.shape[1:], leaf.dtype), observed[1])
    return SMALL.build(one, make("kinetix-s", action=action).action_space)


@pytest.fixture(scope="module")
def policy(observed):
    return build(observed)


@pytest.fixture(scope="module")
def act(policy):
    """A function from observations to the distribution's parameters and the values, in one array."""
    params = policy.init(jax.random.key(1))
    apply = jax.jit(lambda obs: policy.apply(params, (), obs, jnp.zeros(ROWS, bool))[1:])
    return lambda obs: np.concatenate([np.ravel(leaf) for leaf in jax.tree.leaves(apply(obs))])


@pytest.mark.parametrize("action", ["multi-discrete", "continuous", "discrete"])
def test_it_acts_in_every_action_space_and_every_parameter_has_a_gradient(action, observed):
    policy = build(observed, action)
    carry = policy.initial_carry(ROWS)

    @jax.jit
    def gradient(params, obs):
        def loss(params):
            after, distribution, value = policy.apply(params, carry, obs, jnp.zeros(ROWS, bool))
            assert after == () and value.shape == (ROWS,) and isinstance(distribution, Distribution)
            chosen = jax.lax.stop_gradient(distribution.sample(jax.random.key(2)))
            told = distribution.log_prob(chosen), distribution.entropy(), value
            return sum(part.sum() for part in told), told

        return jax.grad(loss, has_aux=True)(params)

    found, told = gradient(policy.init(jax.random.key(1)), observed[1])
    assert isinstance(policy, Policy) and carry == ()
    assert all(np.isfinite(leaf).all() and np.abs(leaf).max() > 0 for leaf in jax.tree.leaves(found))
    assert all(part.shape == (ROWS,) and np.isfinite(part).all() for part in told)
    if choices := policy.head.choices:  # at first all are about equally likely
        np.testing.assert_allclose(told[1], sum(np.log(choices)), rtol=1e-2)


def test_parameters_are_arrays_outside_the_policy(policy):
    params = policy.init(jax.random.key(1))
    assert all(isinstance(leaf, jax.Array) and leaf.dtype == jnp.float32 for leaf in jax.tree.leaves(params))
    assert not any(eqx.is_array(leaf) or isinstance(leaf, jax.ShapeDtypeStruct) for leaf in jax.tree.leaves(policy))
    weights = [policy.init(jax.random.key(seed))["network"].polygon.weight for seed in (1, 1, 2)]
    assert (weights[0] == weights[1]).all() and (weights[0] != weights[2]).all()


def test_outputs_ignore_entity_order_and_absent_rows(act, observed):
    obs = observed[1]
    flipped = eqx.tree_at(
        lambda o: (o.polygons, o.polygon_mask, o.joints, o.joint_mask), obs, replace_fn=lambda leaf: leaf[:, ::-1]
    )
    noisy = eqx.tree_at(lambda o: o.circles, obs, jnp.where(obs.circle_mask[..., None], obs.circles, 7.0))
    moved = eqx.tree_at(lambda o: o.polygons, obs, obs.polygons + 0.1)
    assert not obs.circle_mask.all()
    for other in (flipped, noisy):
        np.testing.assert_allclose(act(other), act(obs), atol=1e-5)
    assert np.abs(act(moved) - act(obs)).max() > 1e-3  # what does exist says something


def test_it_is_registered_by_this_distribution():
    source = registry().sources("policies")["deep-sets"]
    assert source.cls is DeepSets and source.distribution == "kinetix-policy-equinox"


@pytest.mark.parametrize("settings", [{"width": 0}, {"trunk": 2.5}, {"width": True}])
def test_invalid_settings_are_refused(settings):
    with pytest.raises(ConfigError, match=f"DeepSets.{next(iter(settings))} must be an integer of at least 1"):
        DeepSets(**settings)


def test_another_observation_is_refused():
    with pytest.raises(ConfigError, match="reads the observation 'entity', got one of type ShapeDtypeStruct"):
        DeepSets().build(jax.ShapeDtypeStruct((9,), jnp.float32), make("kinetix-s").action_space)
