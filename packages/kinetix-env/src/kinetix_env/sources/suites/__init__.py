"""Levels made by hand, which come with the package: `suite("s")`, `suite("m")`, `suite("l")`, and `suite("all")`.

There is one folder of level files for each size. On the command line they are `suite:s` and `suite:s/hover`. `smoke` is
a fixed small choice from all sizes, for programs that only want to know whether everything runs. Every level has a
purpose that its description states, is not solved by doing nothing, and holds actions that solve it."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from ...errors import pick
from ...level.sizes import SIZES
from ...levels import NamedLevel, resolve

__all__ = ["SMOKE", "file_of", "splits", "suite"]

SMOKE = ("clock-hand", "rocket-hop", "lander", "maze", "arm-up", "lorry")  # two of each size


def splits() -> tuple[str, ...]:
    """The names of the splits: the sizes, `all` and `smoke`."""
    return tuple(_splits())


@cache
def suite(split: str) -> tuple[NamedLevel, ...]:
    """The levels of a split, by size and then by name; `UnknownNameError` if there is no such split."""
    return pick("split", split, _splits())()


def file_of(named: NamedLevel) -> Path:
    """The file of a level of a suite."""
    size = next(size for size, capacity in SIZES.items() if capacity == named.capacity)
    return Path(__file__).parent / size / f"{named.name}.json"


def _splits() -> dict[str, Callable[[], tuple[NamedLevel, ...]]]:
    of_size = {size: lambda size=size: _of_size(size) for size in SIZES}
    return {**of_size, "all": _all, "smoke": lambda: tuple(named for named in _all() if named.name in SMOKE)}


def _of_size(size: str) -> tuple[NamedLevel, ...]:
    levels = resolve(Path(__file__).parent / size)  # by path, which puts "hopper-easy.json" before "hopper.json"
    return tuple(sorted(levels, key=lambda named: named.name))


def _all() -> tuple[NamedLevel, ...]:
    return tuple(named for size in SIZES for named in suite(size))
