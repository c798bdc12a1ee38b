"""Each network learns two levels that need opposite actions. Set networks are in test_recurrence.py and
ppo/test_ppo.py."""

from typing import Any

import jax
import numpy as np
import pytest

from kinetix_agents.policies.build import build_policy
from kinetix_agents.policies.flat_mlp import FlatMLP
from kinetix_agents.policies.pixels import PixelPolicy
from kinetix_agents.policies.transformer import Transformer
from kinetix_agents.ppo import PPO, PPOConfig
from kinetix_env import make
from kinetix_env.observations import PixelsObservation
from tests.kinetix_agents.toys import Ledger, slider_level, stacked

UPDATES, LAST = 40, 5
SOAK = pytest.mark.soak  # trained a few updates by integration/test_train_combinations.py in every run


def solve_rates(policy: Any, observation: Any) -> np.ndarray:
    """Of each update."""
    env = make("kinetix-s", observation=observation, reward="dense", horizon=64)
    config = PPOConfig(envs=32, steps=32, epochs=4, minibatches=4, learning_rate=2e-3)
    levels = stacked(slider_level(1), slider_level(-1))
    ppo = PPO(config, env, build_policy(policy, env), Ledger(levels, config.envs // len(jax.devices())))
    state, told = ppo.init(jax.random.key(0)), []
    for number in range(UPDATES):
        state, metrics = ppo.update(state, jax.random.key(number))
        told.append(float(metrics["solve_rate"]))
    return np.asarray(told)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("policy", "observation"),
    [
        pytest.param(FlatMLP(width=32), "flat", id="flat-mlp"),
        pytest.param(PixelPolicy(channels=4, width=32), PixelsObservation(size=24), id="pixels", marks=SOAK),
        pytest.param(FlatMLP(width=32, recurrent=True), "flat", id="flat-mlp with memory", marks=SOAK),
        pytest.param(
            Transformer(width=16, layers=1, heads=2, recurrent=True), "entity", id="transformer with memory", marks=SOAK
        ),
        pytest.param(
            PixelPolicy(channels=4, width=32, recurrent=True),
            PixelsObservation(size=24),
            id="pixels with memory",
            marks=SOAK,
        ),
    ],
)
def test_policies_learn_two_levels_that_need_opposite_actions(policy: Any, observation: Any) -> None:
    rates = solve_rates(policy, observation)
    assert rates[1] < 0.75  # an untrained one solves about half
    assert rates[-LAST:].mean() > 0.85
