"""Batches of random levels that several tests look at, drawn once."""

from functools import cache

import jax

from jax2d import Capacity
from kinetix_env.generators import RandomGenerator, RandomLevels
from kinetix_env.level import Level
from tests.kinetix_env.generators.level_laws import as_numpy

# Larger than S, so that shapes may be immovable and are chosen among proposals; smaller than L, to compile quickly.
MIDDLE = Capacity(polygons=8, circles=3, joints=4, thrusters=3)


@cache
def unfiltered(capacity: Capacity, settings: RandomLevels, count: int, seed: int = 0) -> Level:
    """A function from keys to unfiltered levels."""
    sample = settings.build(capacity).sample_unfiltered
    return as_numpy(jax.jit(jax.vmap(sample))(jax.random.split(jax.random.key(seed), count)))


@cache
def generator(capacity: Capacity) -> RandomGenerator:
    """The generator with the published settings."""
    return RandomLevels().build(capacity)
