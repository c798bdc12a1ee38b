"""Distributions of levels, with a validated field for each parameter.

`RandomLevels` is the published random generator, `LocomotionLevels` draws creatures that have to cross the floor."""

from .filtered import FilteredGenerator
from .locomotion import LocomotionGenerator, LocomotionLevels
from .random_levels import RandomGenerator, RandomLevels
from .settings import Settings

__all__ = [
    "FilteredGenerator",
    "LocomotionGenerator",
    "LocomotionLevels",
    "RandomGenerator",
    "RandomLevels",
    "Settings",
]
