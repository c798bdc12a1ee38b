"""The random generator: the published distribution of levels, as a registered config and for one capacity."""

from dataclasses import dataclass
from typing import ClassVar

import equinox as eqx
from jaxtyping import Array

from jax2d import Capacity

from ..config import checks_its_fields
from .build import build_drafts
from .draft import Draft
from .filtered import FilteredGenerator
from .settings import Settings

__all__ = ["RandomGenerator", "RandomLevels"]


class RandomGenerator(FilteredGenerator):
    """The random generator for one capacity; made by `RandomLevels.build`."""

    settings: Settings = eqx.field(static=True)  # parameters of the distribution

    def _drafts(self, keys: Array) -> Draft:
        return build_drafts(self.settings, self.capacity, keys)


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class RandomLevels(Settings):
    """Endless random levels: free and connected shapes, motors and thrusters, none of them solved by doing nothing."""

    name: ClassVar[str] = "random"

    def build(self, capacity: Capacity) -> RandomGenerator:
        """The generator of levels of a capacity."""
        return RandomGenerator(capacity, self)
