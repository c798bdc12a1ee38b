"""The settings in which runs differ."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from kinetix_env.errors import KinetixError

from ..training.config import PARTS, RunConfig
from ..training.settings import NO_EFFECT, flat_settings

__all__ = ["NOT_COMPARED", "settings_that_differ", "unusual_settings"]

# settings that do not make two runs different: the seed, and those that do not affect results
NOT_COMPARED = ("seed", *NO_EFFECT)


def settings_that_differ(configs: Sequence[RunConfig]) -> dict[str, list[str]]:
    """Return the settings that differ between runs: by name, the value in each run, or "" where it has none."""
    every = [flat_settings(config) for config in configs]
    names = dict.fromkeys(name for settings in every for name in settings if name not in NOT_COMPARED)
    rows = {name: [settings.get(name, "") for settings in every] for name in names}
    return {name: values for name, values in rows.items() if len(set(values)) > 1}


def unusual_settings(config: RunConfig) -> list[tuple[str, str, str]]:
    """Return the settings that are not the default: name, value, default.

    The defaults of a part's settings are those of this part, also where the part is not the default one; "" if there
    are none.
    """
    usual_run = RunConfig()
    parts: dict[str, Any] = {}
    for name in PARTS:
        part = getattr(config, name)
        if isinstance(getattr(usual_run, name), type(part)):
            continue
        try:
            parts[name] = type(part)()
        except (TypeError, KinetixError):  # it has settings without a default
            continue
    like, usual = flat_settings(replace(usual_run, **parts)), flat_settings(usual_run)
    defaults = {**like, **{name: usual[name] for name in PARTS if name in usual}}
    own = flat_settings(config)
    return [(name, value, defaults.get(name, "")) for name, value in own.items() if value != defaults.get(name)]
