"""The settings in which runs differ."""

from collections.abc import Sequence

from ..training.config import RunConfig
from ..training.settings import flat_settings

__all__ = ["NOT_COMPARED", "settings_that_differ"]

# settings that do not make two runs different: the seed, and those that do not affect results
NOT_COMPARED = ("seed", "sinks", "checkpoint_minutes")


def settings_that_differ(configs: Sequence[RunConfig]) -> dict[str, list[str]]:
    """Return the settings that differ between runs: by name, the value in each run, or "" where it has none."""
    every = [flat_settings(config) for config in configs]
    names = dict.fromkeys(name for settings in every for name in settings if name not in NOT_COMPARED)
    rows = {name: [settings.get(name, "") for settings in every] for name in names}
    return {name: values for name, values in rows.items() if len(set(values)) > 1}
