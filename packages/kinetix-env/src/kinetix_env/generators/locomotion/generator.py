"""Random levels in which a creature has to cross the floor, as a registered config and for one capacity."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, PRNGKeyArray

from jax2d import Capacity

from ...config import checks_its_fields
from ...errors import ConfigError
from ..draft import Draft
from ..filtered import FilteredGenerator
from .assemble import assemble
from .dice import Dice
from .parts import Creature
from .plans import PLANS
from .room import room_in
from .settings import LocomotionSettings

__all__ = ["LocomotionGenerator", "LocomotionLevels"]


class LocomotionGenerator(FilteredGenerator):
    """The locomotion generator for one capacity; made by `LocomotionLevels.build`."""

    settings: LocomotionSettings = eqx.field(static=True)  # parameters of the distribution

    def __check_init__(self) -> None:
        if not _weights(self.capacity, self.settings):
            kinds = " or ".join(kind for kind in PLANS if getattr(self.settings, f"{kind}_weight"))
            raise ConfigError(
                f"Locomotion levels need a Capacity with room for a {kinds} and for a goal, got {self.capacity}."
            )

    def _drafts(self, keys: Array) -> Draft:
        return jax.vmap(partial(_draft, self.settings, self.capacity), out_axes=-1)(keys)


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class LocomotionLevels(LocomotionSettings):
    """Endless random vehicles, walkers and crawlers that must cross the floor, none of them solved by doing nothing."""

    name: ClassVar[str] = "locomotion"

    def build(self, capacity: Capacity) -> LocomotionGenerator:
        """The generator of levels of a capacity."""
        return LocomotionGenerator(capacity, self)


def _draft(settings: LocomotionSettings, capacity: Capacity, key: PRNGKeyArray) -> Draft:
    """One level as tables."""
    room, dice = room_in(capacity), Dice(key)
    weights = _weights(capacity, settings)
    ends = jnp.cumsum(jnp.asarray(list(weights.values())))
    kind = jnp.searchsorted(ends, dice.number(0.0, ends[-1]), side="right")
    creatures = [PLANS[name](dice, room) for name in weights]
    creature: Creature = jax.tree.map(lambda *parts: jnp.stack(parts)[kind], *creatures)
    return assemble(settings, room, dice, creature)


def _weights(capacity: Capacity, settings: LocomotionSettings) -> dict[str, float]:
    """The relative frequency of each kind of creature, 0 for those that do not fit."""
    room = room_in(capacity)
    fits = {"vehicle": room.wheels >= 1, "walker": room.legs >= 1, "crawler": room.segments >= 2}
    weights = {kind: float(getattr(settings, f"{kind}_weight")) for kind in PLANS}
    return {kind: weight for kind, weight in weights.items() if weight > 0 and fits[kind] and room.boxes >= 1}
