"""The one way in which data reaches its pictures: a notebook's display methods name the function that draws.

Pictures depend on levels and recordings, not the other way round: the function is imported when a notebook calls it."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

__all__ = ["drawn_by"]


def drawn_by(path: str) -> Callable[[Any], str | None]:
    """A display method such as `_repr_svg_` that calls a function of one argument, `"package.module:function"`."""
    module, _, function = path.partition(":")

    def display(self: Any) -> str | None:
        picture: str | None = getattr(import_module(module), function)(self)
        return picture

    return display
