"""What the parts of the system are to each other. A plugin's objects need these methods and no base class.

Each kind of thing is registered as a config: a frozen, keyword-only dataclass whose fields are the thing's
settings, with a `name` and a `build(...)` that makes it. The command line, the registry and the saved
configuration of a run are derived from these dataclasses."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

import equinox as eqx
from jaxtyping import Array, Float, Int, PRNGKeyArray

from jax2d import Capacity

from .env_state import EnvState, Transition
from .level import Level

__all__ = [
    "ActionSpace",
    "ActionSpaceConfig",
    "Command",
    "Config",
    "Curriculum",
    "CurriculumConfig",
    "LevelGenerator",
    "LevelGeneratorConfig",
    "LevelSource",
    "MetricSink",
    "MetricSinkConfig",
    "Observation",
    "ObservationConfig",
    "Outcome",
    "Probe",
    "Reward",
    "RewardConfig",
]


@runtime_checkable
class LevelSource(Protocol):
    """Gives levels; `sample` runs under `jax.jit` and `jax.vmap`."""

    def sample(self, key: PRNGKeyArray) -> Level:
        """Draw one level."""


@runtime_checkable
class LevelGenerator(LevelSource, Protocol):
    """A distribution of levels of one capacity."""

    @property
    def capacity(self) -> Capacity:
        """The capacity of its levels."""


@runtime_checkable
class ActionSpace(Protocol):
    """What an agent may do, and what that means to the engine."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of one action."""

    @property
    def dtype(self) -> Any:
        """Type of an action's numbers."""

    def controls(self, level: Level, action: Any) -> Float[Array, " control"]:
        """The engine's action: one number a joint, then one a thruster."""

    def sample(self, key: PRNGKeyArray) -> Array:
        """Draw an action, uniformly."""


@runtime_checkable
class Observation(Protocol):
    """What an agent sees."""

    def __call__(self, state: EnvState) -> Any:
        """A pytree of arrays of the same shapes for every level of a capacity."""


@runtime_checkable
class Reward(Protocol):
    """What an agent is given for an environment step."""

    def __call__(self, step: Transition) -> Float[Array, ""]:
        """The reward of one environment step."""


class Outcome(eqx.Module):
    """How an agent did on each of some levels."""

    success_rate: Float[Array, " level"]  # share of the finished episodes that were solved
    episodes: Int[Array, " level"]  # how many were finished; with none the rates are 0 and mean nothing
    mean_return: Float[Array, " level"]
    max_return: Float[Array, " level"]
    positive_value_loss: Float[Array, " level"]  # mean of the advantages' positive part; 0 where none are known


Probe = Callable[[Level, PRNGKeyArray], Outcome]  # plays some levels (stacked) with the agent as it is now


@runtime_checkable
class Curriculum(Protocol):
    """Decides which levels an agent trains on. Every method runs under `jax.jit`."""

    def init(self, key: PRNGKeyArray) -> Any:
        """The curriculum's memory at the start: a pytree of arrays."""

    def select(self, state: Any, key: PRNGKeyArray, probe: Probe) -> tuple[Level, Any, Any]:
        """Levels to train on (stacked), tickets that name them in `report`, and the new memory."""

    def report(self, state: Any, tickets: Any, outcome: Outcome) -> Any:
        """Learn how the levels of these tickets went; the new memory."""


@runtime_checkable
class MetricSink(Protocol):
    """Somewhere that numbers of a run are written to."""

    def write(self, step: int, metrics: Mapping[str, float]) -> None:
        """Record these numbers as those of an environment step."""

    def close(self) -> None:
        """Finish; nothing is written afterwards."""


@runtime_checkable
class Config(Protocol):
    """What every registered class has in common; its fields are its settings."""

    name: ClassVar[str]


@runtime_checkable
class LevelGeneratorConfig(Config, Protocol):
    """A registered level generator."""

    def build(self, capacity: Capacity) -> LevelGenerator:
        """The generator of levels of a capacity."""


@runtime_checkable
class ActionSpaceConfig(Config, Protocol):
    """A registered action space."""

    def build(self, capacity: Capacity) -> ActionSpace:
        """The action space of levels of a capacity."""


@runtime_checkable
class ObservationConfig(Config, Protocol):
    """A registered observation."""

    def build(self, capacity: Capacity) -> Observation:
        """The observation of levels of a capacity."""


@runtime_checkable
class RewardConfig(Config, Protocol):
    """A registered reward."""

    def build(self) -> Reward:
        """The reward."""


@runtime_checkable
class CurriculumConfig(Config, Protocol):
    """A registered curriculum."""

    def build(self, generator: LevelGenerator, levels: int) -> Curriculum:
        """A curriculum that selects this many levels at a time, new ones from a generator."""


@runtime_checkable
class MetricSinkConfig(Config, Protocol):
    """A registered metric sink."""

    def build(self, folder: Path) -> MetricSink:
        """A sink for a run that is kept in a folder."""


@runtime_checkable
class Command(Config, Protocol):
    """A registered subcommand of `kinetix`: its fields are its flags, its docstring the help."""

    def run(self) -> None:
        """Do it. A `KinetixError` ends the program with one line and exit code 2."""
