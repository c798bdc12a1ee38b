"""Environments by name."""

from typing import Any

import pytest

from jax2d import Capacity
from kinetix_env import ConfigError, KinetixEnv, UnknownNameError, make
from kinetix_env.level import SIZES
from kinetix_env.observations import FlatObservation
from kinetix_env.task import ContinuousActions, Dense, DistanceReward, MultiDiscreteActions, TaskReward

pytestmark = pytest.mark.versions


@pytest.mark.parametrize("size", SIZES)
def test_published_sizes(size: str) -> None:
    env = make(f"kinetix-{size}")
    assert env.engine.capacity == SIZES[size]
    assert (env.frame_skip, env.horizon) == (2, 256)
    assert isinstance(env.action_space, MultiDiscreteActions) and isinstance(env.reward, TaskReward)


def test_parts_by_name_and_as_configs() -> None:
    by_name = make("kinetix-s", observation="flat", action="continuous", reward="dense", frame_skip=4, horizon=10)
    by_config = make("kinetix-s", observation=FlatObservation(), reward=Dense(scale=2.0))
    assert isinstance(by_name.action_space, ContinuousActions)
    assert (by_name.frame_skip, by_name.horizon) == (4, 10)
    assert isinstance(by_config.reward, DistanceReward) and by_config.reward.scale == 2.0
    assert by_name.observation == by_config.observation


def test_a_custom_capacity() -> None:
    capacity = Capacity(polygons=5, circles=1, joints=0, thrusters=0)
    env: KinetixEnv = make(capacity, horizon=3)
    assert env.engine.capacity == capacity and env.horizon == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "kinetix-xl"}, "No environment called 'kinetix-xl'. Did you mean 'kinetix-.'.* Known: kinetix-l, "),
        ({"observation": "entities"}, "No observation called 'entities'. Did you mean 'entity'"),
        ({"action": "continous"}, "No action space called 'continous'. Did you mean 'continuous'"),
        ({"reward": "spars"}, "No reward called 'spars'. Did you mean 'sparse'"),
    ],
)
def test_unknown_names_are_answered_with_the_known_ones(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        make(**{"name": "kinetix-s", **arguments})


def test_unknown_and_bad_settings_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"No setting of kinetix-s called 'horizn'. Did you mean 'horizon'"):
        make("kinetix-s", horizn=3)
    with pytest.raises(ConfigError, match="horizon must be an integer of at least 1, got 0"):
        make("kinetix-s", horizon=0)
