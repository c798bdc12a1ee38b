"""The configuration of a run as a flat table: dotted names, as on the command line, and values."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from ..training.config import RunConfig

__all__ = ["NOT_COMPARED", "flat_settings", "settings_that_differ"]

# settings that do not make two runs different: the seed, and those that do not affect results
NOT_COMPARED = ("seed", "sinks", "checkpoint_minutes")


def flat_settings(config: RunConfig) -> dict[str, str]:
    """Return every setting by its dotted name; a part such as the policy is represented by its registered name."""
    return dict(_flat("", config))


def settings_that_differ(configs: Sequence[RunConfig]) -> dict[str, list[str]]:
    """Return the settings that differ between runs: by name, the value in each run, or "" where it has none."""
    every = [flat_settings(config) for config in configs]
    names = dict.fromkeys(name for settings in every for name in settings if name not in NOT_COMPARED)
    rows = {name: [settings.get(name, "") for settings in every] for name in names}
    return {name: values for name, values in rows.items() if len(set(values)) > 1}


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
