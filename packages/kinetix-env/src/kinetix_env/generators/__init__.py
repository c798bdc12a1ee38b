"""Distributions of levels. `RandomLevels` is the random generator, with a validated field for each parameter."""

from .config import RandomLevels
from .sampler import RandomGenerator

__all__ = ["RandomGenerator", "RandomLevels"]
