"""Environments by name, and `make`."""

from dataclasses import dataclass, fields, is_dataclass, replace
from typing import Any, ClassVar, cast

from jax2d import Capacity, Engine

from .config import check_integers, checks_its_fields
from .errors import ConfigError, unknown
from .level.sizes import SIZES
from .task.env import FRAME_SKIP, HORIZON, KinetixEnv
from .task.env_config import EnvironmentConfig
from .task.protocols import ActionSpaceConfig, ObservationConfig, RewardConfig

__all__ = ["KinetixEnvironment", "KinetixL", "KinetixM", "KinetixS", "like", "make", "plays_alike"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class KinetixEnvironment:
    """The open-ended task in levels of one capacity. Subclass it with another `name` and `capacity`, or more fields."""

    name: ClassVar[str]
    capacity: ClassVar[Capacity]
    frame_skip: int = FRAME_SKIP  # engine steps an action is held for
    horizon: int = HORIZON  # environment steps after which an episode is cut off

    def __post_init__(self) -> None:
        check_integers(self, ("frame_skip", "horizon"), 1)

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


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class KinetixS(KinetixEnvironment):
    """Small levels: one free polygon, two circles, one joint, one thruster."""

    name: ClassVar[str] = "kinetix-s"
    capacity: ClassVar[Capacity] = SIZES["s"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class KinetixM(KinetixEnvironment):
    """Medium levels: two free polygons, three circles, two joints, two thrusters."""

    name: ClassVar[str] = "kinetix-m"
    capacity: ClassVar[Capacity] = SIZES["m"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class KinetixL(KinetixEnvironment):
    """Large levels: eight free polygons, four circles, six joints, two thrusters."""

    name: ClassVar[str] = "kinetix-l"
    capacity: ClassVar[Capacity] = SIZES["l"]


def make(
    name: str | Capacity | EnvironmentConfig,
    *,
    observation: str | ObservationConfig = "entity",
    action: str | ActionSpaceConfig = "multi-discrete",
    reward: str | RewardConfig = "sparse",
    **settings: Any,
) -> KinetixEnv:
    """An environment by name (`kinetix-s`, `kinetix-m`, `kinetix-l` or a plugin's), by capacity, or by config.

    The parts are names, of ours or of a plugin, or configs. Settings are those of the environment's config, such as
    `frame_skip` and `horizon`, and replace those of a config that is given. An unknown name is an `UnknownNameError`
    that lists the known ones, an unknown setting a `ConfigError` that does.
    """
    from .plugins import registry

    known = registry()

    def config(kind: str, given: Any) -> Any:
        return known.get(kind, given)() if isinstance(given, str) else given

    environment = _custom(name)() if isinstance(name, Capacity) else config("environments", name)
    if not is_dataclass(environment) or isinstance(environment, type):
        raise ConfigError(f"make takes the name of an environment, a Capacity or a config, got {name!r}.")
    known_settings = [field.name for field in fields(environment)]
    title = getattr(environment, "name", "")
    for setting in settings:
        if setting not in known_settings:
            raise ConfigError(unknown(f"setting of {title}", setting, known_settings))
    built: Any = replace(environment, **settings)
    env = built.build(config("observations", observation), config("action_spaces", action), config("rewards", reward))
    if not isinstance(env, KinetixEnv):
        raise ConfigError(f"The environment {title!r} must build a KinetixEnv, got {type(env).__name__}.")
    return env


def like(environment: EnvironmentConfig, name: str) -> EnvironmentConfig:
    """The environment of another name, with those settings of `environment` that it has too."""
    from .plugins import registry

    if name == environment.name:
        return environment
    kind: Any = registry().environments[name]
    shared = {field.name for field in fields(kind)} & set(_settings(environment))
    return cast(EnvironmentConfig, kind(**{setting: getattr(environment, setting) for setting in shared}))


def plays_alike(one: EnvironmentConfig, other: EnvironmentConfig) -> bool:
    """Whether two environments differ in their capacity alone: the same code builds them from the same settings."""
    return type(one).build is type(other).build and _settings(one) == _settings(other)


def _settings(environment: Any) -> dict[str, Any]:
    return {field.name: getattr(environment, field.name) for field in fields(environment)}


def _custom(size: Capacity) -> type[KinetixEnvironment]:
    """An environment config for a capacity that has no name."""

    @checks_its_fields
    @dataclass(frozen=True, kw_only=True)
    class Custom(KinetixEnvironment):
        """Levels of a custom capacity."""

        name: ClassVar[str] = "custom"
        capacity: ClassVar[Capacity] = size

    return Custom
