"""Checks of settings. Each raises a `ConfigError` that names the setting, what it takes and what it got.

`check_*` check the fields of a config, in its `__post_init__`; `as_integer` checks an argument of a function. numpy's
numbers are taken as well, and become Python's."""

import math
from collections.abc import Iterable, Sequence
from numbers import Integral, Real
from typing import TypeVar, no_type_check

from .errors import ConfigError

__all__ = [
    "as_integer",
    "check_chances",
    "check_choice",
    "check_flags",
    "check_integer",
    "check_integers",
    "check_number",
    "check_numbers",
    "check_pairs",
    "checks_its_fields",
    "field_error",
]

T = TypeVar("T")

Number = int | float

INFINITY = math.inf
NUMPY_FLAGS = (("numpy", "bool"), ("numpy", "bool_"))  # named, so that numpy need not be imported
INT32 = 2**31 - 1  # the largest integer of compiled programs


def checks_its_fields(cls: type[T]) -> type[T]:
    """Keep run-time type checkers away from a config that checks its own fields, since its errors say more.

    The type hints stay readable: flags are made from them.
    """
    no_type_check(cls)
    cls.__no_type_check__ = False  # type: ignore[attr-defined]
    return cls


def field_error(config: object, field: str, takes: str) -> ConfigError:
    """The error about a field of a config that `takes` something else than it got."""
    return ConfigError(f"{type(config).__name__}.{field} must be {takes}, got {getattr(config, field)!r}.")


def as_integer(value: object, what: str, least: int, most: Number = INT32) -> int:
    """A value as an int, if it is an integer between two bounds, both included. `what` is its name in the error."""
    if not _is_integer(value, least, most):
        raise ConfigError(f"{what} must be {_integer_span(value, least, most)}, got {value!r}.")
    return int(value)  # type: ignore[call-overload]


def check_integer(config: object, field: str, least: int, most: Number = INT32, *, optional: bool = False) -> None:
    """An integer between two bounds, both included; with `optional` also None."""
    value = getattr(config, field)
    if optional and value is None:
        return
    if not _is_integer(value, least, most):
        raise field_error(config, field, _integer_span(value, least, most) + (", or None" if optional else ""))
    _store(config, field, int(value))


def check_integers(config: object, fields: Iterable[str], least: int) -> None:
    """Several integers with the same lower bound."""
    for field in fields:
        check_integer(config, field, least)


def check_number(
    config: object, field: str, least: Number = 0, most: Number = INFINITY, *, exclusive: bool = False
) -> None:
    """A finite number between two bounds; both are included, the lower one not if it is `exclusive`."""
    value = getattr(config, field)
    if not _is_finite(value) or not least <= value <= most or (exclusive and value == least):
        raise field_error(config, field, _span(least, most, exclusive))
    _store(config, field, _plain(value))


def check_numbers(config: object, fields: Iterable[str], least: Number = 0, most: Number = INFINITY) -> None:
    """Several numbers with the same bounds."""
    for field in fields:
        check_number(config, field, least, most)


def check_chances(config: object, fields: Iterable[str]) -> None:
    """Probabilities."""
    for field in fields:
        value = getattr(config, field)
        if not _is_finite(value) or not 0 <= value <= 1:
            raise field_error(config, field, "a probability from 0 to 1")
        _store(config, field, _plain(value))


def check_choice(config: object, field: str, choices: Sequence[str]) -> None:
    """One of some words."""
    if getattr(config, field) not in choices:
        raise field_error(config, field, "one of " + ", ".join(map(repr, choices)))


def check_flags(config: object, fields: Iterable[str]) -> None:
    """True or False."""
    for field in fields:
        kind = type(getattr(config, field))
        if kind is not bool and (kind.__module__, kind.__name__) not in NUMPY_FLAGS:
            raise field_error(config, field, "True or False")
        _store(config, field, bool(getattr(config, field)))


def check_pairs(config: object, fields: Iterable[str], least: Number = 0) -> None:
    """Ranges: two finite numbers, the smaller one first."""
    for field in fields:
        value = getattr(config, field)
        pair = isinstance(value, tuple) and len(value) == 2 and all(_is_finite(end) for end in value)
        if not pair or not least <= value[0] <= value[1]:
            raise field_error(config, field, f"a pair (least, most) of numbers of at least {least:g} in that order")
        if any(type(end) not in (int, float) for end in value):
            object.__setattr__(config, field, tuple(_plain(end) for end in value))


def _is_integer(value: object, least: int, most: Number) -> bool:
    return isinstance(value, Integral) and not isinstance(value, bool) and least <= int(value) <= most


def _is_finite(value: object) -> bool:
    if not isinstance(value, Real) or isinstance(value, bool):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond all floats
        return False


def _integer_span(value: object, least: int, most: Number) -> str:
    """What is taken; the bound of all integers is named only where it was exceeded."""
    unbounded = most == INFINITY or (most == INT32 and not (isinstance(value, Integral) and int(value) > most))
    return f"an integer of at least {least}" if unbounded else f"an integer from {least} to {most}"


def _span(least: Number, most: Number, exclusive: bool) -> str:
    if most == INFINITY:
        return f"a finite number {'above' if exclusive else 'of at least'} {least:g}"
    return f"a number above {least:g} and at most {most:g}" if exclusive else f"a number from {least:g} to {most:g}"


def _plain(value: Real) -> Number:
    """A number as Python's own."""
    if isinstance(value, Integral):
        return int(value)
    return float(value)


def _store(config: object, field: str, value: Number) -> None:
    """Replace a number by Python's own, in a config that is frozen."""
    if type(getattr(config, field)) is not type(value):
        object.__setattr__(config, field, value)
