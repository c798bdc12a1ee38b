"""Distributions of levels, with a validated field for each parameter.

`RandomLevels` is the published random generator, `LocomotionLevels` draws creatures that have to cross the floor."""

from .locomotion import LocomotionGenerator, LocomotionLevels
from .random_levels import RandomGenerator, RandomLevels

__all__ = ["LocomotionGenerator", "LocomotionLevels", "RandomGenerator", "RandomLevels"]
