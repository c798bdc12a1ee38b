"""What a run goes on with when it is resumed: its own settings, and those that may differ from before.

Where metrics go, how often checkpoints are written and what is evaluated may differ, and the length: a run that has
ended is made longer by resuming it with more steps or minutes. It keeps the state of its optimiser. The annealed
learning rate is that of a run which had the new length from the beginning: at 1 M of 2 M steps it is half of the
initial one."""

import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import jax

from kinetix_env.errors import ConfigError, KinetixWarning

from .config import RunConfig, read_config, read_document, write_config
from .errors import RunError
from .facts import Facts
from .settings import NO_EFFECT, flat_settings
from .versions import installed_versions, warn_of_other_versions

__all__ = ["check_length", "devices_of_groups", "note_changes", "resumed_config"]

MAY_DIFFER = (*NO_EFFECT, "steps", "minutes")
SHOWN = 8  # settings in an error


def resumed_config(given: RunConfig, path: Path) -> RunConfig:
    """Return the configuration to go on with, from the one given and the one in a run's config.json.

    Raises `ConfigError`, which names what differs, if the one given is that of another run.
    """
    before = read_config(path)
    if given.ppo.groups is None:
        given = replace(given, ppo=replace(given.ppo, groups=before.ppo.groups))
    old, new = flat_settings(before), flat_settings(given)
    names = [name for name in {**old, **new} if name not in MAY_DIFFER and old.get(name) != new.get(name)]
    if names:
        rows = [f"{name} {old.get(name, '(none)')} -> {new.get(name, '(none)')}" for name in names[:SHOWN]]
        more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
        raise ConfigError(
            f"{path}: is of another run than the one to resume, which differs in {', '.join(rows)}{more}. Leave these "
            f"settings out to go on with the run, or start another one from --config {path}."
        )
    warn_of_other_versions(path, read_document(path).get("versions"))
    return given


def devices_of_groups(devices: Sequence[jax.Device], groups: int | None) -> list[jax.Device]:
    """Return the devices that a run with a number of groups can use: all, or with a warning some of them."""
    count = len(devices)
    if groups is None or jax.process_count() > 1:
        return list(devices)
    while groups % count:
        count -= 1
    if count < len(devices):
        warnings.warn(
            f"The run has {groups} group{'s' * (groups != 1)} of environments, which cannot be divided over "
            f"{len(devices)} devices: it uses {count} of them.",
            KinetixWarning,
            stacklevel=3,
        )
    return list(devices[:count])


def check_length(config: RunConfig, updates: int, folder: Path) -> None:
    """Raise `RunError` if a run has made more updates than it has to, as when its checkpoints are of another run."""
    most = -(-config.steps // config.ppo.batch)
    if config.minutes is None and updates > most:
        raise RunError(
            f"{folder}: the run ends after update {most} ({config.steps:,} steps), and its latest checkpoint is of "
            f"update {updates} ({updates * config.ppo.batch:,} steps). Resume it with at least as many --steps."
        )


def note_changes(path: Path, config: RunConfig, facts: Facts, updates: int) -> None:
    """Write what has changed into a run's config.json, which stays as it is if nothing has."""
    before, versions = read_config(path), read_document(path).get("versions")
    if before == config and versions == installed_versions():
        return
    entry = {"update": updates, "steps": before.steps, "minutes": before.minutes, "versions": versions}
    if (before.steps, before.minutes) != (config.steps, config.minutes) or versions != installed_versions():
        facts = {**facts, "continued": [*facts.get("continued", []), entry]}
    write_config(path, config, facts)
