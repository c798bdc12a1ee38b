"""The protocol of a registered environment. It is apart from the others because it speaks of `KinetixEnv`, which they
are parts of."""

from typing import Protocol, runtime_checkable

from .env import KinetixEnv
from .protocols import ActionSpaceConfig, Config, ObservationConfig, RewardConfig

__all__ = ["EnvironmentConfig"]


@runtime_checkable
class EnvironmentConfig(Config, Protocol):
    """A registered environment. Its fields, each with a default, are kept with everything that is trained in it."""

    def build(
        self, observation: ObservationConfig, action_space: ActionSpaceConfig, reward: RewardConfig
    ) -> KinetixEnv:
        """The environment with these parts, each to be built for its capacity: a `KinetixEnv` or a subclass of it."""
