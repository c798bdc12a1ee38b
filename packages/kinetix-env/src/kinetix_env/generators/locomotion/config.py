"""The locomotion generator as a registered config."""

from dataclasses import dataclass
from typing import ClassVar

from jax2d import Capacity

from ...config import checks_its_fields
from .generator import LocomotionGenerator
from .settings import LocomotionSettings

__all__ = ["LocomotionLevels"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class LocomotionLevels(LocomotionSettings):
    """Endless random vehicles, walkers and crawlers that must cross the floor, none of them solved by doing nothing."""

    name: ClassVar[str] = "locomotion"

    def build(self, capacity: Capacity) -> LocomotionGenerator:
        """The generator of levels of a capacity."""
        return LocomotionGenerator(capacity, self)
