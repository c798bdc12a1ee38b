"""Checks of a curriculum's settings. Each raises `ConfigError` with the field, what it takes and what it got."""

import math
from collections.abc import Sequence

from kinetix_env.errors import ConfigError

__all__ = ["check_choice", "check_count", "check_levels", "check_number", "refuse"]


def refuse(config: object, field: str, takes: str) -> ConfigError:
    """The error about a field of a config."""
    return ConfigError(f"{type(config).__name__}.{field} must be {takes}, got {getattr(config, field)!r}.")


def _is_count(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def check_count(config: object, field: str, least: int = 1) -> None:
    """A whole number."""
    if not _is_count(getattr(config, field), least):
        raise refuse(config, field, f"a whole number of at least {least}")


def check_number(config: object, field: str, least: float, most: float, *, open_start: bool = False) -> None:
    """A finite number between two bounds; both are included, the first one not with `open_start`."""
    value = getattr(config, field)
    number = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    if not number or not least <= value <= most or (open_start and value == least):
        low = f"more than {least:g}" if open_start else f"at least {least:g}"
        raise refuse(config, field, f"a number of {low}" + (f" and at most {most:g}" if most < math.inf else ""))


def check_choice(config: object, field: str, choices: Sequence[str]) -> None:
    """One of some words."""
    if getattr(config, field) not in choices:
        raise refuse(config, field, "one of " + ", ".join(map(repr, choices)))


def check_levels(levels: int) -> None:
    """How many levels a curriculum selects at a time."""
    if not _is_count(levels, 1):
        raise ConfigError(f"A curriculum selects at least 1 level at a time, got levels={levels!r}.")
