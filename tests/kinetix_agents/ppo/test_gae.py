"""Advantages equal the sums that define them."""

import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_agents.ppo.gae import advantages

pytestmark = pytest.mark.versions

STEPS, ENVS = 12, 5


def batch(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    rewards, values = rng.normal(size=(2, STEPS, ENVS)).astype(np.float32)
    return rewards, values, rng.random((STEPS, ENVS)) < 0.2, rng.normal(size=ENVS).astype(np.float32)


@pytest.mark.parametrize(("discount", "gae_lambda"), [(0.99, 0.9), (1.0, 1.0), (0.9, 0.0), (0.0, 0.5)])
def test_advantages_equal_the_direct_sum(discount: float, gae_lambda: float) -> None:
    rewards, values, dones, last = batch(0)
    following = np.concatenate([values[1:], last[None]])
    expected = np.zeros((STEPS, ENVS))
    for env in range(ENVS):
        for start in range(STEPS):
            weight = 1.0
            for step in range(start, STEPS):
                ahead = 0.0 if dones[step, env] else discount * following[step, env]
                expected[start, env] += weight * (rewards[step, env] + ahead - values[step, env])
                if dones[step, env]:
                    break
                weight *= discount * gae_lambda
    found = advantages(*map(jnp.asarray, (rewards, values, dones, last)), discount, gae_lambda)
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-5)


def test_advantages_at_lambda_one_are_returns_minus_values() -> None:
    rewards, values, _, last = batch(1)
    never = np.zeros((STEPS, ENVS), bool)
    returns, total = np.zeros((STEPS, ENVS)), last.astype(np.float64)
    for step in reversed(range(STEPS)):
        total = rewards[step] + 0.9 * total
        returns[step] = total
    found = advantages(*map(jnp.asarray, (rewards, values, never, last)), 0.9, 1.0)
    np.testing.assert_allclose(found, returns - values, rtol=1e-5, atol=1e-5)


def test_advantages_do_not_cross_episode_boundaries() -> None:
    rewards, values, dones, last = batch(2)
    dones[6] = True
    later = rewards.copy()
    later[7:] += 100.0
    first, second = (
        advantages(*map(jnp.asarray, (given, values, dones, last)), 0.99, 0.9) for given in (rewards, later)
    )
    assert (first[:7] == second[:7]).all() and (first[7:] != second[7:]).any()
