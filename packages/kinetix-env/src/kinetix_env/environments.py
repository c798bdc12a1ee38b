"""Environments by name, and `make`."""

from dataclasses import dataclass, fields, replace
from typing import Any, ClassVar

from jax2d import Capacity, Engine

from .errors import ConfigError, unknown
from .level.sizes import SIZES
from .task.env import FRAME_SKIP, HORIZON, KinetixEnv
from .task.protocols import ActionSpaceConfig, ObservationConfig, RewardConfig

__all__ = ["EnvironmentConfig", "KinetixL", "KinetixM", "KinetixS", "make"]


@dataclass(frozen=True, kw_only=True)
class EnvironmentConfig:
    """The open-ended task in levels of one capacity. Subclass it with another `name` and `capacity`."""

    name: ClassVar[str]
    capacity: ClassVar[Capacity]
    frame_skip: int = FRAME_SKIP  # engine steps an action is held for
    horizon: int = HORIZON  # environment steps after which an episode is cut off

    def build(
        self, observation: ObservationConfig, action_space: ActionSpaceConfig, reward: RewardConfig
    ) -> KinetixEnv:
        """The environment."""
        return KinetixEnv(
            engine=Engine(self.capacity),
            action_space=action_space.build(self.capacity),
            observation=observation.build(self.capacity),
            reward=reward.build(),
            frame_skip=self.frame_skip,
            horizon=self.horizon,
        )


@dataclass(frozen=True, kw_only=True)
class KinetixS(EnvironmentConfig):
    """Small levels: one free polygon, two circles, one joint, one thruster."""

    name: ClassVar[str] = "kinetix-s"
    capacity: ClassVar[Capacity] = SIZES["s"]


@dataclass(frozen=True, kw_only=True)
class KinetixM(EnvironmentConfig):
    """Medium levels: two free polygons, three circles, two joints, two thrusters."""

    name: ClassVar[str] = "kinetix-m"
    capacity: ClassVar[Capacity] = SIZES["m"]


@dataclass(frozen=True, kw_only=True)
class KinetixL(EnvironmentConfig):
    """Large levels: eight free polygons, four circles, six joints, two thrusters."""

    name: ClassVar[str] = "kinetix-l"
    capacity: ClassVar[Capacity] = SIZES["l"]


def make(
    name: str | Capacity,
    *,
    observation: str | ObservationConfig = "entity",
    action: str | ActionSpaceConfig = "multi-discrete",
    reward: str | RewardConfig = "sparse",
    **settings: Any,
) -> KinetixEnv:
    """An environment by name (`kinetix-s`, `kinetix-m`, `kinetix-l` or a plugin's), or for a custom capacity.

    The parts are names, of ours or of a plugin, or configs. Settings are those of the environment's config:
    `frame_skip` and `horizon`. An unknown name is an `UnknownNameError` that lists the known ones, an unknown
    setting a `ConfigError` that does.
    """
    from .plugins import registry

    known = registry()

    def config(kind: str, given: Any) -> Any:
        return known.get(kind, given)() if isinstance(given, str) else given

    if isinstance(name, Capacity):
        environment: EnvironmentConfig = _custom(name)()
    else:
        environment = config("environments", name)
    known_settings = [field.name for field in fields(environment)]
    for setting in settings:
        if setting not in known_settings:
            raise ConfigError(unknown(f"setting of {environment.name}", setting, known_settings))
    return replace(environment, **settings).build(
        config("observations", observation), config("action_spaces", action), config("rewards", reward)
    )


def _custom(size: Capacity) -> type[EnvironmentConfig]:
    """An environment config for a capacity that has no name."""

    @dataclass(frozen=True, kw_only=True)
    class Custom(EnvironmentConfig):
        """Levels of a custom capacity."""

        name: ClassVar[str] = "custom"
        capacity: ClassVar[Capacity] = size

    return Custom
