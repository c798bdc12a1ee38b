"""A run's configuration as rows: dotted names, as flags have them, and values."""

from collections.abc import Iterator, Sequence
from dataclasses import fields, is_dataclass
from typing import Any

from ..training.config import RunConfig

__all__ = ["NOT_COMPARED", "flat_settings", "settings_that_differ"]

# what does not make two runs different: luck, and what they are told to keep
NOT_COMPARED = ("seed", "sinks", "checkpoint_minutes")


def flat_settings(config: RunConfig) -> dict[str, str]:
    """Every setting by its dotted name; a part, such as the policy, by its registered name."""
    return dict(_flat("", config))


def settings_that_differ(configs: Sequence[RunConfig]) -> dict[str, list[str]]:
    """For each setting that is not the same in all of some runs: its value in each, "" where there is none."""
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
