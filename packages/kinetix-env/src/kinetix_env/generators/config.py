"""The random generator as a registered config."""

from dataclasses import dataclass
from typing import ClassVar

from jax2d import Capacity

from ..config import checks_its_fields
from .sampler import RandomGenerator
from .settings import Settings

__all__ = ["RandomLevels"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class RandomLevels(Settings):
    """Endless random levels: free and connected shapes, motors and thrusters, none of them solved by doing nothing."""

    name: ClassVar[str] = "random"

    def build(self, capacity: Capacity) -> RandomGenerator:
        """The generator of levels of a capacity."""
        return RandomGenerator(capacity, self)
