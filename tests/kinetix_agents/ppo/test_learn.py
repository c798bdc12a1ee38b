"""Gradient steps are the same on one device and on two; recurrent policies are evaluated in time order."""

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import PartitionSpec

from kinetix_agents.distributions import head_of
from kinetix_agents.ppo import PPOConfig
from kinetix_agents.ppo.learn import Batch, evaluate_actions, learn, optimiser
from kinetix_agents.ppo.ppo import AXIS, device_mesh
from kinetix_agents.ppo.rollout import Trajectory
from kinetix_env.task import MultiDiscreteActions
from tests.kinetix_agents.toys import Counter

STEPS, ENVS, COLUMNS = 6, 8, 5
SPACE = MultiDiscreteActions()


class Linear:
    """A feed-forward policy whose parameters are two matrices."""

    def init(self, key: Any) -> dict[str, Any]:
        head = head_of(SPACE)
        return {"action": jax.random.normal(key, (COLUMNS, head.size)), "value": jnp.ones(COLUMNS)}

    def initial_carry(self, batch: int) -> tuple[()]:
        return ()

    def apply(self, params: Any, carry: Any, obs: Any, reset: Any) -> Any:
        return carry, head_of(SPACE).distribution(obs @ params["action"]), obs @ params["value"]


def batch() -> Batch:
    keys = iter(jax.random.split(jax.random.key(0), 8))
    shape = (STEPS, ENVS)
    action = jax.vmap(jax.vmap(SPACE.sample))(jax.random.split(next(keys), shape))
    normal = partial(jax.random.normal, shape=shape)
    return Batch(
        carry=(),
        played=Trajectory(
            obs=jax.random.normal(next(keys), (*shape, COLUMNS)),
            action=action,
            log_prob=-5.0 + 0.1 * normal(next(keys)),
            value=normal(next(keys)),
            reward=normal(next(keys)),
            is_first=jnp.zeros(shape, bool),
            done=jnp.zeros(shape, bool),
            solved=jnp.zeros(shape, bool),
            episode_return=normal(next(keys)),
            length=jnp.zeros(shape, jnp.int32),
        ),
        advantage=normal(next(keys)),
    )


def learnt(devices: int) -> tuple[Any, Any]:
    """The parameters and the metrics after two gradient steps on the whole batch."""
    config, policy = PPOConfig(envs=ENVS, epochs=2, minibatches=1), Linear()
    params = policy.init(jax.random.key(1))
    memory = optimiser(config).init(params)

    def step(batch: Batch) -> tuple[Any, Any]:
        rate, key = jnp.asarray(1e-2), jax.random.key(2)[None]
        params_after, _, told = learn(config, policy, params, memory, batch, rate, key, AXIS)
        return params_after, told

    split = PartitionSpec(None, AXIS)  # type: ignore[no-untyped-call]
    whole = PartitionSpec()  # type: ignore[no-untyped-call]
    mesh = device_mesh(jax.devices()[:devices])
    sharded = jax.shard_map(step, mesh=mesh, in_specs=split, out_specs=whole, check_vma=False)
    result: tuple[Any, Any] = jax.jit(sharded)(batch())
    return result


def test_gradient_steps_on_two_devices_equal_those_on_one() -> None:
    for one, two in zip(*(jax.tree.leaves(learnt(devices)) for devices in (1, 2)), strict=True):
        np.testing.assert_allclose(one, two, rtol=2e-4, atol=2e-5)


def test_recurrent_policies_are_evaluated_in_time_order_with_resets() -> None:
    policy = Counter(SPACE)
    is_first = jnp.zeros((STEPS, ENVS), bool).at[3, 0].set(True)
    action = jnp.zeros((STEPS, ENVS, 6), jnp.int32)
    _, entropy, value = evaluate_actions(
        policy, jnp.asarray(2.0), jnp.full(ENVS, 7.0), jnp.zeros((STEPS, ENVS)), is_first, action
    )
    expected = 2.0 * np.repeat(7.0 + np.arange(STEPS)[:, None], ENVS, axis=1)
    expected[3:, 0] = 2.0 * np.arange(STEPS - 3)
    np.testing.assert_allclose(value.reshape(STEPS, ENVS), expected)
    np.testing.assert_allclose(entropy, 4 * np.log(3) + 2 * np.log(2), rtol=1e-6)
