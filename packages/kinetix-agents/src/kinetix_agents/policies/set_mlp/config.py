"""The settings of the set network."""

from dataclasses import dataclass
from typing import Any, ClassVar

from kinetix_env.config import check_flags, check_integer, check_integers, checks_its_fields
from kinetix_env.protocols import ActionSpace, Policy

from ..entities import check_entities
from ..network import Recipe
from ..recurrent import network_policy
from .network import SetNetwork

__all__ = ["SetMLP"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class SetMLP:
    """A small network over sets of entities (after Deep Sets, arXiv:1703.06114): the default, fast on a CPU."""

    name: ClassVar[str] = "set-mlp"
    observation: ClassVar[str] = "entity"
    width: int = 32  # width of the features of an entity
    trunk: int = 64  # width of the features of the whole scene
    static_polygons: int = 4  # number of leading polygons that never move: floor, walls, ceiling
    recurrent: bool = False  # add a GRU, which remembers earlier steps of the episode

    def __post_init__(self) -> None:
        check_integers(self, ("width", "trunk"), 1)
        check_integer(self, "static_polygons", 0)
        check_flags(self, ["recurrent"])

    def build(self, observation: Any, action_space: ActionSpace) -> Policy:
        """The policy for one entity observation's shapes and an action space."""
        entities = check_entities("SetMLP", observation)
        recipe = Recipe(_network, (entities, action_space, self.width, self.trunk, self.static_polygons))
        return network_policy(recipe, width=self.trunk, recurrent=self.recurrent)


def _network(entities: Any, space: ActionSpace, width: int, trunk: int, static: int, rngs: Any) -> SetNetwork:
    return SetNetwork(entities, space, rngs, width=width, trunk=trunk, static_polygons=static)
