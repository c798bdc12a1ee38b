"""Levels made by hand, which come with the package: one folder of level files a split, `suite("s")`.

On the command line they are `suite:s` and `suite:s/hover`. Every level has a purpose that its description states, is
not solved by doing nothing, and is known to be solved by some schedule of actions."""

from functools import cache
from pathlib import Path

from ..errors import pick
from ..levels import NamedLevel, resolve

__all__ = ["splits", "suite"]


def splits() -> tuple[str, ...]:
    """The names of the splits, sorted. A split's name is the size of its levels."""
    return tuple(sorted(_folders()))


@cache
def suite(split: str) -> tuple[NamedLevel, ...]:
    """The levels of a split, sorted by name; `UnknownNameError` if there is no such split."""
    levels = resolve(pick("split", split, _folders()))  # by path, which puts "hopper-easy.json" before "hopper.json"
    return tuple(sorted(levels, key=lambda named: named.name))


def _folders() -> dict[str, Path]:
    return {file.parent.name: file.parent for file in Path(__file__).parent.glob("*/*.json")}
