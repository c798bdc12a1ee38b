"""Levels drawn by a registered generator from a seed, stacked or one by one."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array

from ..config import as_integer
from ..level.level import Level
from ..level.named import NamedLevel
from ..level.roles import warn_of_missing_roles
from ..level.sizes import capacity_of
from ..parts import build_generator
from ..plugins import registry
from ..task.protocols import LevelSource

__all__ = ["MOST_LEVELS", "numbered", "random_batch", "random_levels"]

MOST_LEVELS = 100_000  # drawn by one call; they are all in memory


def random_levels(size: str, *, count: int, seed: int, generator: str = "random") -> list[NamedLevel]:
    """Levels drawn by a registered generator with its default settings; the same for the same seed."""
    batch = random_batch(size, count=count, seed=seed, generator=generator)
    command = f"kinetix levels random --generator {generator} --size {size} --seed {seed}"
    levels = numbered(batch, f"{generator}-{size}-{seed}", command)
    warn_of_missing_roles((named.name, named.level) for named in levels)
    return levels


def random_batch(size: str, *, count: int, seed: int, generator: str = "random") -> Level:
    """The levels of `random_levels`, stacked along a leading axis."""
    capacity = capacity_of(size)
    as_integer(count, "--count", 1, MOST_LEVELS)
    as_integer(seed, "--seed", 0, 2**32 - 1)
    source = build_generator(registry().level_generators[generator](), capacity)
    # so that a level does not depend on how many are drawn
    keys = jax.vmap(lambda row: jax.random.fold_in(jax.random.key(seed), row))(jnp.arange(count))
    return _sampler_of(source)(keys)


def _sampler_of(source: Any) -> Callable[[Array], Level]:
    """The program that draws a level for each of some keys; equal sources share theirs, if they can be compared."""
    try:
        hash(source)
    except TypeError:  # some part of a plugin
        return _sampler(source)
    return _shared_sampler(source)


def _sampler(source: LevelSource) -> Callable[[Array], Level]:
    return jax.jit(jax.vmap(source.sample))


_shared_sampler = lru_cache(maxsize=16)(_sampler)


def numbered(levels: Level, stem: str, origin: str, digits: int = 1) -> list[NamedLevel]:
    """Stacked levels one by one, called `STEM-NUMBER`; all numbers have as many digits, at least `digits`."""
    hosted = jax.device_get(levels)
    count = len(hosted.role)
    digits = max(digits, len(str(count - 1)))
    return [
        NamedLevel(
            name=f"{stem}-{row:0{digits}d}",
            level=jax.tree.map(lambda leaf, row=row: leaf[row], hosted),
            notes=f"Level {row} of {origin}.",
        )
        for row in range(count)
    ]
