"""Levels by reference: `suite:SPLIT` or `suite:SPLIT/NAME`, `held-out:SIZE`, `random:SIZE`, or the path of a file or
folder."""

import jax
import jax.numpy as jnp

from jax2d import Capacity

from ..errors import ConfigError, pick
from ..level.level import Level
from ..level.sizes import SIZES
from ..levels import NamedLevel, resolve
from ..plugins import registry
from .held_out import SEED, held_out
from .suites import suite

__all__ = ["MOST_LEVELS", "check_integer", "find_levels", "random_batch", "random_levels"]

MOST_LEVELS = 100_000  # of one call; they are all in memory


def find_levels(reference: str, *, count: int = 1, seed: int = 0) -> list[NamedLevel]:
    """The levels that a reference names. `count` and `seed` are for random ones."""
    scheme, colon, rest = reference.partition(":")
    if colon and scheme == "random":
        return random_levels(rest, count=count, seed=seed)
    if colon and scheme == "held-out":
        return _held_out(rest)
    if colon and scheme == "suite":
        return _suite(rest)
    return resolve(reference)


def random_levels(size: str, *, count: int, seed: int, generator: str = "random") -> list[NamedLevel]:
    """Levels drawn by a registered generator with its default settings; the same for the same seed."""
    batch, capacity = random_batch(size, count=count, seed=seed, generator=generator)
    command = f"kinetix levels random --generator {generator} --size {size} --seed {seed}"
    return _named(batch, capacity, f"{generator}-{size}-{seed}", command)


def random_batch(size: str, *, count: int, seed: int, generator: str = "random") -> tuple[Level, Capacity]:
    """The levels of `random_levels`, stacked, and their capacity."""
    capacity = pick("size", size, SIZES)
    check_integer("count", count, 1, MOST_LEVELS)
    check_integer("seed", seed, 0, 2**32 - 1)
    source = registry().level_generators[generator]().build(capacity)
    # so that a level does not depend on how many are drawn
    keys = jax.vmap(lambda row: jax.random.fold_in(jax.random.key(seed), row))(jnp.arange(count))
    levels: Level = jax.jit(jax.vmap(source.sample))(keys)
    return levels, capacity


def check_integer(name: str, value: int, least: int, most: int) -> None:
    """Refuse a flag's value outside of [least, most]."""
    if not least <= value <= most:
        raise ConfigError(f"--{name} must be an integer from {least} to {most}, got {value}.")


def _named(levels: Level, capacity: Capacity, stem: str, origin: str) -> list[NamedLevel]:
    """Stacked levels one by one, numbered."""
    hosted = jax.device_get(levels)
    count = len(hosted.role)
    digits = len(str(count - 1))
    return [
        NamedLevel(
            name=f"{stem}-{row:0{digits}d}",
            level=jax.tree.map(lambda leaf, row=row: leaf[row], hosted),
            capacity=capacity,
            notes=f"Level {row} of {origin}.",
        )
        for row in range(count)
    ]


def _held_out(size: str) -> list[NamedLevel]:
    capacity = pick("size", size, SIZES)
    return _named(held_out(size), capacity, f"held-out-{size}", f"the held-out set {size}, seed {SEED}")


def _suite(name: str) -> list[NamedLevel]:
    split, slash, level = name.partition("/")
    levels = list(suite(split))
    if not slash:
        return levels
    return [pick(f"level of suite:{split}", level, {named.name: named for named in levels})]
