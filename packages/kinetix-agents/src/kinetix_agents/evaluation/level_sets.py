"""Sets of levels to evaluate on, given by reference, and the smallest environment that fits them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeAlias

from jax2d import Capacity
from kinetix_env import Level
from kinetix_env.errors import ConfigError, LevelError
from kinetix_env.level import SIZES, common_capacity, size_of
from kinetix_env.levels import NamedLevel, pad, stack
from kinetix_env.sources import LevelReference

__all__ = [
    "LevelSet",
    "Levels",
    "all_fit",
    "check_fit",
    "find_sets",
    "fits",
    "largest_size",
    "sets_of",
    "smallest_environment",
    "the_level",
]

Levels: TypeAlias = str | Path | NamedLevel | Sequence[str | Path | NamedLevel]  # references, levels, or both

RANDOM = 128  # levels of random:SIZE, unless a count is given


@dataclass(frozen=True, kw_only=True, eq=False)
class LevelSet:
    """Levels that are reported together."""

    name: str
    levels: tuple[NamedLevel, ...]

    def __post_init__(self) -> None:
        if not self.levels:
            raise LevelError(f"{self.name}: a set of levels needs at least one level, got none.")

    def stacked(self, capacity: Capacity) -> Level:
        """The levels along one leading axis, padded to a capacity; `LevelError` if one does not fit."""
        check_fit([self], capacity, "the environment")
        return stack([pad(named.level, capacity) for named in self.levels])


def find_sets(references: Sequence[str], *, count: int | None = None, seed: int = 0) -> list[LevelSet]:
    """Return one set per reference: a file or folder, `suite:SPLIT[/NAME]`, `held-out:SIZE[/NAME]` or `random:SIZE`.

    `count` is the number of levels of `random:SIZE` (by default 128) or of `held-out:SIZE` (by default all 512); `seed`
    is that of random levels.
    """
    if not references:
        raise ConfigError("Name the levels to evaluate on: files, folders, suite:SPLIT or random:SIZE; got none.")
    if len(set(references)) < len(references):
        raise ConfigError(f"Each set of levels is named once, got {', '.join(references)}.")
    parsed = [LevelReference.parse(reference) for reference in references]
    return [
        LevelSet(name=one.text, levels=tuple(one.levels(count=count, seed=seed, random_count=RANDOM))) for one in parsed
    ]


def sets_of(levels: Levels, *, count: int | None = None, seed: int = 0) -> list[LevelSet]:
    """Return sets of levels from references, levels, or both; levels that are given as such are one set together."""
    given = [levels] if isinstance(levels, (str, Path, NamedLevel)) else list(levels)
    references = [str(each) for each in given if not isinstance(each, NamedLevel)]
    named = tuple(each for each in given if isinstance(each, NamedLevel))
    found = find_sets(references, count=count, seed=seed) if references or not named else []
    if not named:
        return found
    name = named[0].name if len(named) == 1 else f"{len(named)} levels"
    return [*found, LevelSet(name=name, levels=named)]


def the_level(level: str | Path | NamedLevel | Level, *, seed: int = 0) -> NamedLevel:
    """Return one level, by reference or as given; `LevelError` if a reference names several."""
    if isinstance(level, Level):
        return NamedLevel(name="level", level=level)
    if isinstance(level, NamedLevel):
        return level
    levels = LevelReference.parse(level).levels(seed=seed)
    if len(levels) > 1:
        raise LevelError(f"{level} names {len(levels)} levels; name one of them, such as {level}/{levels[0].name}.")
    return levels[0]


def smallest_environment(sets: Sequence[LevelSet]) -> str:
    """Return the first of kinetix-s, kinetix-m and kinetix-l that fits all levels, or the counts that hold them."""
    for size, capacity in SIZES.items():
        if all_fit(sets, capacity):
            return f"kinetix-{size}"
    return size_of(common_capacity(named.capacity for levels in sets for named in levels.levels))


def largest_size(capacity: Capacity) -> str:
    """Return the largest of the sizes s, m and l whose levels fit a capacity, s if none does."""
    return next((size for size in reversed(SIZES) if fits(SIZES[size], capacity)), "s")


def all_fit(sets: Iterable[LevelSet], capacity: Capacity) -> bool:
    """Return whether all levels fit a capacity."""
    return all(fits(named.capacity, capacity) for levels in sets for named in levels.levels)


def check_fit(sets: Iterable[LevelSet], capacity: Capacity, environment: str) -> None:
    """Raise `LevelError` with the first level that does not fit an environment, if there is one."""
    for levels in sets:
        for named in levels.levels:
            if not fits(named.capacity, capacity):
                raise LevelError(
                    f"{levels.name}: the level {named.name!r} does not fit {environment}: "
                    f"it is of {_counts(named.capacity)}, and there is room for {_counts(capacity)}."
                )


def fits(small: Capacity, large: Capacity) -> bool:
    """Return whether levels of one capacity can be padded to another."""
    rows = all(getattr(small, field.name) <= getattr(large, field.name) for field in fields(Capacity))
    return rows and small.movable_polygons <= large.movable_polygons


def _counts(capacity: Capacity) -> str:
    return ", ".join(f"{getattr(capacity, field.name)} {field.name.replace('_', ' ')}" for field in fields(Capacity))
