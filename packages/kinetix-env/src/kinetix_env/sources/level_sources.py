"""What to play, said in one word: a generator's name, references of levels, or levels themselves.

Environments that start their own episodes, such as those for Gymnasium, get their levels from here."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jax

from jax2d import Capacity

from ..errors import ConfigError, LevelError
from ..level import validate
from ..level.level import Level
from ..level.pool import LevelPool
from ..level.sizes import capacity_of
from ..levels import NamedLevel, stack
from ..parts import build_generator
from ..plugins import registry
from ..task.checks import check_level
from ..task.protocols import LevelGeneratorConfig, LevelSource
from .references import LevelReference, find_levels, padded

__all__ = ["LevelLike", "one_level", "source_of"]

LevelLike = str | Path | NamedLevel | Level  # a reference, or a level


def source_of(levels: Any, capacity: Capacity) -> LevelSource:
    """Where levels of a capacity come from.

    - `"random"`, or another registered generator's name, or its config: new levels without end;
    - a reference (`suite:s`, `suite:s/hover`, `held-out:s`, a path; see `sources.references`), a level, or a sequence
      of these: drawn from them, all equally likely; smaller levels are padded;
    - anything with a method `sample(key)` that gives levels of the capacity.
    """
    if isinstance(levels, str) and (generator := _generator(levels, capacity)) is not None:
        return generator
    if isinstance(levels, LevelGeneratorConfig) and not isinstance(levels, type):
        return levels.build(capacity)
    if isinstance(levels, LevelSource) and not isinstance(levels, type):
        check_level("levels", jax.eval_shape(levels.sample, jax.random.key(0)), capacity)
        return levels
    several = [levels] if isinstance(levels, LevelLike) else levels
    if not isinstance(several, Sequence) or not several:
        raise ConfigError(
            "levels must be a generator's name or config, a reference, a level, or a sequence of at least one of "
            f"these, got {levels!r}."
        )
    return LevelPool(stack([level for one in several for level in _found(one, capacity)]))


def one_level(given: Any, capacity: Capacity) -> Level:
    """The one level that a reference names, or the `Level` or `NamedLevel` given, padded to the capacity."""
    found = _found(given, capacity)
    if len(found) != 1:
        raise LevelError(f"{given} names {len(found)} levels, and one is to be played; name it, as in suite:s/hover.")
    return found[0]


def _generator(name: str, capacity: Capacity) -> LevelSource | None:
    """The generator that `NAME` or `NAME:SIZE` stands for; None if it stands for something else."""
    reference = LevelReference.parse(name)
    if not reference.generator:
        return None
    if reference.group and capacity_of(reference.group) != capacity:
        own = reference.generator
        raise ConfigError(f"levels={name!r} are of another size than the environment; levels={own!r} are of its own.")
    return build_generator(registry().level_generators[reference.generator](), capacity)


def _found(given: Any, capacity: Capacity) -> list[Level]:
    """The levels that are given or named, each padded to the capacity."""
    if isinstance(given, Level):
        check_level("levels", given, capacity)
        validate(given)
        return [given]
    if isinstance(given, NamedLevel):
        return [padded(given, capacity)]
    if not isinstance(given, (str, Path)):
        raise ConfigError(f"A level must be a reference, a NamedLevel or a Level, got {type(given).__name__}.")
    return [padded(named, capacity) for named in find_levels(given)]
