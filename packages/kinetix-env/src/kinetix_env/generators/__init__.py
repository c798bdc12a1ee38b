"""Distributions of levels, with a validated field for each parameter.

`RandomLevels` is the published random generator, `LocomotionLevels` draws creatures that have to cross the floor."""

from .config import RandomLevels
from .locomotion import LocomotionGenerator, LocomotionLevels
from .sampler import RandomGenerator

__all__ = ["LocomotionGenerator", "LocomotionLevels", "RandomGenerator", "RandomLevels"]
