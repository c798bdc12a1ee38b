"""Environments by name, and `make`."""

from dataclasses import dataclass, field, fields, is_dataclass, replace
from typing import Any, ClassVar, cast

from jax2d import Capacity, SceneError

from .config import check_integer, check_integers, checks_its_fields
from .errors import ConfigError, unknown
from .level.bounds import COUNTS
from .level.sizes import SIZES, capacity_of
from .task.env import FRAME_SKIP, HORIZON, KinetixEnv
from .task.env_config import EnvironmentConfig
from .task.physics import PhysicsSettings
from .task.protocols import ActionSpaceConfig, ObservationConfig, RewardConfig

__all__ = [
    "KinetixCustom",
    "KinetixEnvironment",
    "KinetixL",
    "KinetixM",
    "KinetixS",
    "environment_config",
    "like",
    "make",
    "plays_alike",
]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class KinetixEnvironment:
    """The open-ended task in levels of one capacity. Subclass it with another `name` and `capacity`, or more fields."""

    name: ClassVar[str]
    capacity: ClassVar[Capacity]
    frame_skip: int = FRAME_SKIP  # engine steps an action is held for
    horizon: int = HORIZON  # environment steps after which an episode is cut off
    physics: PhysicsSettings = field(default_factory=PhysicsSettings)  # of the simulation; a level may state its own

    def __post_init__(self) -> None:
        check_integers(self, ("frame_skip", "horizon"), 1)

    def build(
        self, observation: ObservationConfig, action_space: ActionSpaceConfig, reward: RewardConfig
    ) -> KinetixEnv:
        """The environment."""
        return KinetixEnv(
            engine=self.physics.engine(self.capacity),
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


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class KinetixCustom(KinetixEnvironment):
    """Levels of any capacity, by its counts; by default those of size L."""

    name: ClassVar[str] = "kinetix-custom"
    polygons: int = SIZES["l"].polygons  # polygons that a level has room for, the static ones among them
    circles: int = SIZES["l"].circles  # circles that a level has room for
    joints: int = SIZES["l"].joints  # joints that a level has room for
    thrusters: int = SIZES["l"].thrusters  # thrusters that a level has room for
    static_polygons: int = SIZES["l"].static_polygons  # polygons that never move: floor, walls, ceiling
    vertices: int = SIZES["l"].vertices  # most vertices of a polygon

    def __post_init__(self) -> None:
        KinetixEnvironment.__post_init__(self)
        for name, limits in COUNTS.items():
            check_integer(self, name, *limits)
        self._counted()

    @property
    def capacity(self) -> Capacity:  # type: ignore[override]
        """How much a level has room for."""
        return self._counted()

    def _counted(self) -> Capacity:
        try:
            return Capacity(**{name: getattr(self, name) for name in COUNTS})
        except SceneError as error:
            raise ConfigError(f"{type(self).__name__}: {error}") from None

    @classmethod
    def of(cls, capacity: Capacity) -> "KinetixCustom":
        """The environment of a capacity."""
        return cls(**{name: getattr(capacity, name) for name in COUNTS})


def environment_config(name: str) -> EnvironmentConfig:
    """The environment that a text names: a registered one, or `KinetixCustom` for counts such as `polygons=8,...`.

    `kinetix_env.level.capacity_of` has the form of counts. An unknown name is an `UnknownNameError`.
    """
    from .plugins import registry

    if "=" in name:
        return KinetixCustom.of(capacity_of(name))
    found: EnvironmentConfig = registry().environments[name]()
    return found


def make(
    name: str | Capacity | EnvironmentConfig,
    *,
    observation: str | ObservationConfig = "entity",
    action: str | ActionSpaceConfig = "multi-discrete",
    reward: str | RewardConfig = "sparse",
    **settings: Any,
) -> KinetixEnv:
    """An environment by name (`kinetix-s`, `kinetix-m`, `kinetix-l` or a plugin's), by capacity, or by config.

    A capacity is a `jax2d.Capacity`, or its counts as text: `polygons=8,circles=3,joints=4,thrusters=2`.

    The parts are names, of ours or of a plugin, or configs. Settings are those of the environment's config, such as
    `frame_skip` and `horizon`, and replace those of a config that is given. An unknown name is an `UnknownNameError`
    that lists the known ones, an unknown setting a `ConfigError` that does.
    """
    from .parts import check_environment
    from .plugins import registry

    known = registry()

    def config(kind: str, given: Any) -> Any:
        return known.get(kind, given)() if isinstance(given, str) else given

    if isinstance(name, Capacity):
        environment: Any = KinetixCustom.of(name)
    else:
        environment = environment_config(name) if isinstance(name, str) else name
    if not is_dataclass(environment) or isinstance(environment, type):
        raise ConfigError(f"make takes the name of an environment, a Capacity or a config, got {name!r}.")
    known_settings = [part.name for part in fields(environment)]
    title = getattr(environment, "name", "")
    for setting in settings:
        if setting not in known_settings:
            raise ConfigError(unknown(f"setting of {title}", setting, known_settings))
    built: Any = replace(environment, **settings)
    parts = config("observations", observation), config("action_spaces", action), config("rewards", reward)
    env = built.build(*parts)
    if not isinstance(env, KinetixEnv):
        raise ConfigError(f"The environment {title!r} must build a KinetixEnv, got {type(env).__name__}.")
    check_environment(env, *parts)
    return env


def like(environment: EnvironmentConfig, name: str) -> EnvironmentConfig:
    """The environment that another name stands for, with those settings of `environment` that it has too."""
    if name == environment.name:
        return environment
    other: Any = environment_config(name)
    settings = _settings(environment)
    shared = {part.name for part in fields(other)} & set(settings)
    return cast(EnvironmentConfig, replace(other, **{setting: settings[setting] for setting in shared}))


def plays_alike(one: EnvironmentConfig, other: EnvironmentConfig) -> bool:
    """Whether two environments differ in their capacity alone: the same code builds them from the same settings."""
    return type(one).build is type(other).build and _settings(one) == _settings(other)


def _settings(environment: Any) -> dict[str, Any]:
    """The settings of an environment, apart from the counts that are its capacity."""
    counts = COUNTS if isinstance(environment, KinetixCustom) else ()
    names = [part.name for part in fields(environment) if part.name not in counts]
    return {name: getattr(environment, name) for name in names}
