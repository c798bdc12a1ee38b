"""`make`: environments by name, capacity or config."""

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from jax2d import Capacity
from kinetix_env import ConfigError, KinetixEnv, UnknownNameError, make
from kinetix_env.environments import KinetixL, KinetixM, KinetixS, like, plays_alike
from kinetix_env.level import SIZES
from kinetix_env.observations import FlatObservation
from kinetix_env.protocols import EnvironmentConfig
from kinetix_env.task import (
    ContinuousActions,
    Dense,
    DistanceReward,
    MultiDiscreteActions,
    PhysicsSettings,
    TaskReward,
)

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
        ({"name": "kinetix-xl"}, "No environment called 'kinetix-xl'. Did you mean 'kinetix-.'.* Known: kinetix-c"),
        ({"observation": "entities"}, "No observation called 'entities'. Did you mean 'entity'"),
        ({"action": "continous"}, "No action space called 'continous'. Did you mean 'continuous'"),
        ({"reward": "spars"}, "No reward called 'spars'. Did you mean 'sparse'"),
    ],
)
def test_unknown_names_are_refused_with_the_known_ones(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(UnknownNameError, match=message):
        make(**{"name": "kinetix-s", **arguments})


def test_unknown_and_bad_settings_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"No setting of kinetix-s called 'horizn'. Did you mean 'horizon'"):
        make("kinetix-s", horizn=3)
    with pytest.raises(ConfigError, match="horizon must be an integer of at least 1, got 0"):
        make("kinetix-s", horizon=0)


def test_arguments_override_the_settings_of_a_config() -> None:
    env = make(KinetixM(frame_skip=4, horizon=10), horizon=20)
    assert env.engine.capacity == SIZES["m"] and (env.frame_skip, env.horizon) == (4, 20)
    with pytest.raises(ConfigError, match="takes the name of an environment, a Capacity or a config, got <class"):
        make(KinetixM)  # type: ignore[arg-type]
    with pytest.raises(ConfigError, match="'nothing' must build a KinetixEnv, got str"):
        make(Nothing())  # type: ignore[arg-type]


@dataclass(frozen=True, kw_only=True)
class Nothing:
    """An environment config whose `build` returns no environment."""

    name: ClassVar[str] = "nothing"

    def build(self, *parts: Any) -> str:
        return "nothing"


def test_resizing_keeps_the_common_settings() -> None:
    small = KinetixS(horizon=9)
    assert like(small, "kinetix-s") is small and like(small, "kinetix-l") == KinetixL(horizon=9)
    assert plays_alike(small, KinetixL(horizon=9)) and not plays_alike(small, KinetixL())
    assert isinstance(small, EnvironmentConfig) and not plays_alike(small, Nothing())  # type: ignore[arg-type]


@pytest.mark.parametrize(("static", "confined"), [(0, False), (3, False), (4, True), (5, True)])
def test_bodies_are_kept_in_the_room_where_there_are_four_walls(static, confined):
    capacity = Capacity(polygons=6, circles=1, joints=1, thrusters=1, static_polygons=static)
    assert make(capacity).engine.confined is confined
    assert not make(capacity, physics=PhysicsSettings(confined=False)).engine.confined
