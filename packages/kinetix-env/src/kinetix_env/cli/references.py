"""Levels by reference: `random:SIZE`, `suite:SPLIT` or `suite:SPLIT/NAME`, or the path of a file or folder."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from jax2d import Capacity

from ..errors import ConfigError, LevelError, pick
from ..level import Level
from ..levels import NamedLevel, resolve
from ..plugins import registry
from ..sizes import SIZES

__all__ = ["MOST_LEVELS", "SPLITS", "check_integer", "find_levels", "random_batch", "random_levels"]

MOST_LEVELS = 100_000  # of one call; they are all in memory

SPLITS: dict[str, Callable[[], list[NamedLevel]]] = {}  # the splits of the suites; none ship yet


def find_levels(reference: str, *, count: int = 1, seed: int = 0) -> list[NamedLevel]:
    """The levels that a reference names. `count` and `seed` are for random ones."""
    scheme, colon, rest = reference.partition(":")
    if colon and scheme == "random":
        return random_levels(rest, count=count, seed=seed)
    if colon and scheme == "suite":
        return _suite(rest)
    return resolve(reference)


def random_levels(size: str, *, count: int, seed: int, generator: str = "random") -> list[NamedLevel]:
    """Levels drawn by a registered generator with its default settings; the same for the same seed."""
    batch, capacity = random_batch(size, count=count, seed=seed, generator=generator)
    levels = jax.device_get(batch)
    digits = len(str(count - 1))
    return [
        NamedLevel(
            name=f"{generator}-{size}-{seed}-{row:0{digits}d}",
            level=jax.tree.map(lambda leaf, row=row: leaf[row], levels),
            capacity=capacity,
            notes=f"Level {row} of kinetix levels random --generator {generator} --size {size} --seed {seed}.",
        )
        for row in range(count)
    ]


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


def _suite(name: str) -> list[NamedLevel]:
    split, slash, level = name.partition("/")
    if not SPLITS:
        raise LevelError(f"suite:{name}: no suites of levels are installed; name a file, a folder or random:SIZE.")
    levels = pick("split", split, SPLITS)()
    if not slash:
        return levels
    return [pick(f"level of suite:{split}", level, {named.name: named for named in levels})]
