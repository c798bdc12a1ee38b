"""Takes the fields of a JSON object one by one; what does not fit ends in a `LevelError` with the field's path.

`Fields` knows the path to its object, such as `bodies[3]`, and which fields the object may have, so that a
misspelt one is answered with the closest."""

import difflib
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np

from jax2d.checks import shown

from ..errors import LevelError
from ..level import bounds

__all__ = ["Fields", "at", "closest", "fail", "integer", "number", "vector"]

T = TypeVar("T")
REQUIRED: Any = object()


def fail(path: str, must: str, got: object) -> LevelError:
    """The error for a field that must be something else than what it is."""
    return LevelError(f"{path or 'the level'} must {must}, got {shown(got)}.")


def at(path: str, key: str | int) -> str:
    """The path to a field or an item of what is at `path`."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    return f"{path}.{key}" if path else key


def closest(name: str, known: Collection[str]) -> str:
    """A sentence that suggests the closest known name, with a leading space; empty if there is none."""
    near = difflib.get_close_matches(name[:100], known, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def number(value: Any, path: str, limits: bounds.Limits = bounds.ANY) -> float:
    """A JSON number within limits (both included).

    Levels hold float32 numbers, so that what was written at a limit may lie beyond it by the rounding.
    """
    least, most = limits
    lowest, highest = least - bounds.ROUNDING * abs(least), most + bounds.ROUNDING * abs(most)
    if type(value) not in (int, float) or not lowest <= value <= highest:
        raise fail(path, f"be a number from {least:g} to {most:g}", value)
    return float(value)


def integer(value: Any, path: str, limits: tuple[int, int]) -> int:
    """A JSON number without a fraction, within limits."""
    least, most = limits
    if type(value) not in (int, float) or not least <= value <= most or value != int(value):
        raise fail(path, f"be an integer from {least} to {most}", value)
    return int(value)


def vector(value: Any, path: str) -> np.ndarray:
    """Two JSON numbers, [2]."""
    if not isinstance(value, list) or len(value) != 2:
        raise fail(path, "be two numbers [x, y]", value)
    return np.array([number(part, at(path, index)) for index, part in enumerate(value)])


class Fields:
    """The fields of a JSON object at a path."""

    def __init__(self, value: Any, path: str, known: Collection[str] | None = None) -> None:
        """`known` are the fields that it may have; without it, others are let be."""
        if not isinstance(value, dict):
            raise fail(path, "be an object", value)
        self._value: dict[str, Any] = value
        self.path = path
        for key in () if known is None else value:
            if known is not None and key not in known:
                what, hint = path or "a level", closest(key, known)
                raise LevelError(f"{what} must not have a field {shown(key)}.{hint} Known: {', '.join(sorted(known))}.")

    def __contains__(self, key: str) -> bool:
        return key in self._value

    def at(self, key: str) -> str:
        """The path to a field."""
        return at(self.path, key)

    def raw(self, key: str, default: Any = REQUIRED) -> Any:
        """The value of a field as it is."""
        if key in self._value:
            return self._value[key]
        if default is REQUIRED:
            raise LevelError(f"{self.at(key)} is missing.")
        return default

    def number(self, key: str, limits: bounds.Limits = bounds.ANY, default: float = REQUIRED) -> float:
        """A number within limits."""
        value = self.raw(key, default)
        return default if value is default else number(value, self.at(key), limits)

    def integer(self, key: str, limits: tuple[int, int], default: int = REQUIRED) -> int:
        """An integer within limits."""
        return integer(self.raw(key, default), self.at(key), limits)

    def flag(self, key: str, default: bool = REQUIRED) -> bool:
        """True or false."""
        value = self.raw(key, default)
        if not isinstance(value, bool):
            raise fail(self.at(key), "be true or false", value)
        return value

    def vector(self, key: str, default: Sequence[float] | np.ndarray = REQUIRED) -> np.ndarray:
        """Two numbers, [2]."""
        value = self.raw(key, default)
        return np.array(default, np.float64) if value is default else vector(value, self.at(key))

    def choice(self, key: str, known: Mapping[str, T], default: str = REQUIRED) -> T:
        """What a word stands for."""
        value = self.raw(key, default)
        if not isinstance(value, str) or value not in known:
            hint = closest(value, known) if isinstance(value, str) else ""
            names = ", ".join(repr(name) for name in known)
            raise LevelError(f"{self.at(key)} must be one of {names}, got {shown(value)}.{hint}")
        return known[value]

    def items(self, key: str, most: int, default: Any = REQUIRED, least: int = 0) -> list[Any]:
        """A list of limited length."""
        value = self.raw(key, default)
        if not isinstance(value, list):
            raise fail(self.at(key), "be a list", value)
        if not least <= len(value) <= most:
            raise LevelError(f"{self.at(key)} must have {least} to {most} items, got {len(value)}.")
        return value
