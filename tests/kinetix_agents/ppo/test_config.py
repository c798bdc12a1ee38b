"""Invalid PPO settings are refused with the valid range."""

import math
from typing import Any

import pytest

from kinetix_agents.ppo import PPOConfig
from kinetix_env.errors import ConfigError


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"steps": 0}, "PPOConfig.steps must be an integer of at least 1, got 0"),
        ({"epochs": -1}, "PPOConfig.epochs must be an integer of at least 1, got -1"),
        ({"envs": True}, "PPOConfig.envs must be an integer"),
        ({"discount": 1.1}, "PPOConfig.discount must be a number from 0 to 1, got 1.1"),
        ({"learning_rate": math.nan}, "PPOConfig.learning_rate must be a number above 0 and at most 1, got nan"),
        ({"learning_rate": 0.0}, "PPOConfig.learning_rate must be a number above 0 and at most 1, got 0.0"),
        ({"envs": 100, "minibatches": 16}, "must be a multiple of devices x minibatches, 1 x 16 = 16"),
    ],
)
def test_bad_settings_are_refused(settings: dict[str, Any], told: str) -> None:
    with pytest.raises(ConfigError) as caught:
        PPOConfig(**settings)
    assert told in str(caught.value)


def test_a_batch_indivisible_by_devices_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"3 x 8 = 24.*got 1024"):
        PPOConfig(envs=1024, minibatches=8).check_devices(3)
