"""The settings of the set network."""

from dataclasses import dataclass
from typing import Any, ClassVar

from kinetix_env.config import check_flags, check_integer, check_integers, checks_its_fields
from kinetix_env.errors import ConfigError
from kinetix_env.observations import Entities
from kinetix_env.protocols import ActionSpace, Policy

from ..recurrent import network_policy

__all__ = ["SetMLP"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class SetMLP:
    """A small network over sets of entities (after Deep Sets, arXiv:1703.06114): the quick default on a CPU."""

    name: ClassVar[str] = "set-mlp"
    observation: ClassVar[str] = "entity"
    width: int = 32  # of what is known about an entity
    trunk: int = 64  # of what is known about the whole scene
    static_polygons: int = 4  # the first polygons, which never move: floor, walls, ceiling
    recurrent: bool = False  # remember what was seen earlier in the episode

    def __post_init__(self) -> None:
        check_integers(self, ("width", "trunk"), 1)
        check_integer(self, "static_polygons", 0)
        check_flags(self, ["recurrent"])

    def build(self, observation: Any, action_space: ActionSpace) -> Policy:
        """The policy for one entity observation's shapes and an action space."""
        from .network import SetNetwork

        if not isinstance(observation, Entities):
            raise ConfigError(
                f"SetMLP reads the observation {self.observation!r}, got one of type {type(observation).__name__}."
            )
        return network_policy(
            lambda rngs: SetNetwork(self, observation, action_space, rngs), width=self.trunk, recurrent=self.recurrent
        )
