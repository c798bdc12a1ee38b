"""The configuration of a run as a flat table: dotted names, as on the command line, and values."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any

from .config import RunConfig

__all__ = ["NO_EFFECT", "flat_settings", "without_effect"]

# settings that do not change what a run computes
NO_EFFECT = ("sinks", "checkpoint_minutes", "eval_every", "eval_levels", "eval_attempts")


def without_effect(config: RunConfig) -> RunConfig:
    """Return a configuration with the settings that do not change what a run computes at their defaults."""
    defaults = RunConfig()
    return replace(config, **{name: getattr(defaults, name) for name in NO_EFFECT})


def flat_settings(config: RunConfig) -> dict[str, str]:
    """Return every setting by its dotted name; a part such as the policy is represented by its registered name."""
    return dict(_flat("", config))


def _flat(prefix: str, value: Any) -> Iterator[tuple[str, str]]:
    if is_dataclass(value) and not isinstance(value, type):
        if hasattr(value, "name"):
            yield prefix, str(value.name)
        for part in fields(value):
            yield from _flat(f"{prefix}.{part.name}" if prefix else part.name, getattr(value, part.name))
    elif isinstance(value, (tuple, list)):
        yield prefix, " ".join(str(part) for part in value)
    else:
        yield prefix, "-" if value is None else str(value)
