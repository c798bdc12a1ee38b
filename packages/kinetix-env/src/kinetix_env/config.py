"""Checks of a config's fields. Each raises a `ConfigError` that names the field, what it got and what it takes."""

import math
from collections.abc import Iterable
from typing import TypeVar, no_type_check

from .errors import ConfigError

__all__ = [
    "check_chances",
    "check_flags",
    "check_integer",
    "check_number",
    "check_numbers",
    "check_pairs",
    "check_span",
    "checks_its_fields",
]

T = TypeVar("T")

INFINITY = math.inf


def checks_its_fields(cls: type[T]) -> type[T]:
    """Keep run-time type checkers away from a config that checks its own fields, which says more.

    Its type hints stay readable, for flags are made from them.
    """
    no_type_check(cls)
    cls.__no_type_check__ = False  # type: ignore[attr-defined]
    return cls


def _wrong(config: object, field: str, takes: str) -> ConfigError:
    return ConfigError(f"{type(config).__name__}.{field} must be {takes}, got {getattr(config, field)!r}.")


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _span(least: float, most: float) -> str:
    return f"from {least:g} to {most:g}" if most < INFINITY else f"of at least {least:g}"


def check_number(config: object, field: str, least: float = 0.0, most: float = INFINITY) -> None:
    """A finite number between two bounds, both included."""
    value = getattr(config, field)
    if not _is_number(value) or not least <= value <= most:
        raise _wrong(config, field, f"a number {_span(least, most)}")


def check_numbers(config: object, fields: Iterable[str], least: float = 0.0, most: float = INFINITY) -> None:
    """Several numbers with the same bounds."""
    for field in fields:
        check_number(config, field, least, most)


def check_chances(config: object, fields: Iterable[str]) -> None:
    """Probabilities."""
    for field in fields:
        value = getattr(config, field)
        if not _is_number(value) or not 0 <= value <= 1:
            raise _wrong(config, field, "a probability from 0 to 1")


def check_flags(config: object, fields: Iterable[str]) -> None:
    """True or False."""
    for field in fields:
        if not isinstance(getattr(config, field), bool):
            raise _wrong(config, field, "True or False")


def check_integer(config: object, field: str, least: int) -> None:
    """A whole number."""
    value = getattr(config, field)
    if not isinstance(value, int) or isinstance(value, bool) or value < least:
        raise _wrong(config, field, f"a whole number of at least {least}")


def check_span(name: str, value: object, least: int, most: int) -> None:
    """A whole number between two bounds, both included; `name` is what the message calls it, such as `--seed`."""
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise ConfigError(f"{name} must be an integer from {least} to {most}, got {value!r}.")


def check_pairs(config: object, fields: Iterable[str], least: float = 0.0) -> None:
    """Ranges: two finite numbers, the smaller one first."""
    for field in fields:
        value = getattr(config, field)
        pair = isinstance(value, tuple) and len(value) == 2 and all(_is_number(end) for end in value)
        if not pair or not least <= value[0] <= value[1]:
            raise _wrong(config, field, f"a pair (least, most) of numbers {_span(least, INFINITY)} in that order")
