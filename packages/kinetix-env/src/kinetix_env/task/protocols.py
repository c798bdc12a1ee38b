"""What the parts of the system are to each other. A plugin's objects need these methods and no base class.

Each kind of thing is registered as a config: a frozen, keyword-only dataclass whose fields are the thing's
settings, with a `name` and a `build(...)` that makes it. The command line, the registry and the saved
configuration of a run are derived from these dataclasses."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

import equinox as eqx
from jaxtyping import Array, Bool, Float, Int, PRNGKeyArray

from jax2d import Capacity

from ..level.level import Level
from .env_state import EnvState, Transition
from .heads import ActionHeads

__all__ = [
    "ActionSpace",
    "ActionSpaceConfig",
    "Command",
    "Config",
    "Curriculum",
    "CurriculumConfig",
    "Distribution",
    "LevelGenerator",
    "LevelGeneratorConfig",
    "LevelSource",
    "MetricSink",
    "MetricSinkConfig",
    "Observation",
    "ObservationConfig",
    "Outcome",
    "Policy",
    "PolicyConfig",
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

    @property
    def bounds(self) -> tuple[Any, Any]:
        """The least and the largest value of an action's numbers: each one number for all, or of the action's shape."""

    def heads(self) -> ActionHeads:
        """What a network gives for one action."""

    def controls(self, level: Level, action: Any) -> Float[Array, " control"]:
        """The engine's action: one number per joint, then one per thruster."""

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
    """The results of an agent on a batch of levels."""

    success_rate: Float[Array, " level"]  # fraction of the finished episodes that were solved
    episodes: Int[Array, " level"]  # number of finished episodes; without any, rates and returns are 0 and meaningless
    mean_return: Float[Array, " level"]  # over the finished episodes
    max_return: Float[Array, " level"]  # over the finished episodes
    mean_value: Float[Array, " level"]  # mean of the value function over the steps taken; 0 without any
    positive_value_loss: Float[Array, " level"]  # mean over those steps of the positive part of the advantages


Probe = Callable[[Level, PRNGKeyArray], Outcome]  # evaluates the current agent on stacked levels, without learning


@runtime_checkable
class Curriculum(Protocol):
    """Chooses the levels that an agent trains on. Every method runs under `jax.jit`.

    A trainer calls `select` once per update and gives environment i the i-th level when its current episode ends. After
    the update it calls `report` with the outcomes of all levels played in it: first those that the environments were
    already playing, then those selected, so twice as many rows as were selected, some without a finished episode.
    Environments may be divided into groups, on one or more devices, each with its own curriculum state.
    """

    def init(self, key: PRNGKeyArray) -> Any:
        """Return the initial curriculum state: a pytree of arrays."""

    def select(self, state: Any, key: PRNGKeyArray, probe: Probe) -> tuple[Level, Any, Any]:
        """Return levels to train on (stacked), ids that identify them in `report`, and the new curriculum state.

        The ids are a pytree of arrays with one row per level, of any shape and dtype.
        """

    def report(self, state: Any, level_ids: Any, outcome: Outcome) -> Any:
        """Return the curriculum state updated with the outcomes of levels. A level id may occur more than once."""


@runtime_checkable
class Distribution(Protocol):
    """What an agent might do, for each row of a batch."""

    def sample(self, key: PRNGKeyArray) -> Array:
        """Draw an action for each row, [batch, *action]."""

    def mode(self) -> Array:
        """The likeliest action of each row, [batch, *action]."""

    def log_prob(self, action: Array) -> Float[Array, " batch"]:
        """Logarithm of each row's probability, or density, of its action."""

    def entropy(self) -> Float[Array, " batch"]:
        """Entropy of each row in nats."""


@runtime_checkable
class Policy(Protocol):
    """An actor-critic: returns a distribution over actions and a value. Its parameters are a separate pytree.

    A feed-forward policy has `()` as its carry; a trainer applies it to all steps of all environments as one batch.
    """

    def init(self, key: PRNGKeyArray) -> Any:
        """Return initial parameters: a pytree of arrays."""

    def initial_carry(self, batch: int) -> Any:
        """Return the carry of `batch` episodes at their start, with a leading batch axis."""

    def apply(
        self, params: Any, carry: Any, obs: Any, reset: Bool[Array, " batch"]
    ) -> tuple[Any, Distribution, Float[Array, " batch"]]:
        """Take one step per row: return the new carry, the distribution over actions and the value.

        `reset` marks rows whose episode begins with this observation; their carry must be ignored.
        """


@runtime_checkable
class MetricSink(Protocol):
    """Somewhere that numbers of a run are written to.

    A sink may also have `rewind(step)`, which forgets what was recorded after an environment step: a run that is
    resumed plays these steps again and writes them again.
    """

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
class PolicyConfig(Config, Protocol):
    """A registered policy. It can be trained on every observation whose arrays it can read."""

    observation: ClassVar[str]  # the name of the observation that it gets unless another is chosen

    def build(self, observation: Any, action_space: ActionSpace) -> Policy:
        """The policy for one observation's shapes (a pytree of `jax.ShapeDtypeStruct`) and an action space.

        A `ConfigError` says what it reads if it cannot read arrays of these shapes and types.
        """


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
