"""What `config.json` says about a run beside its configuration: the object `run` in it.

| Key | Value |
| --- | --- |
| `id` | an identifier, which the run's checkpoints hold too |
| `started`, `machine` | when it began (UTC), and the operating system and devices that it began on |
| `command` | the command line, if it was started by the program `kinetix` |
| `levels` | the level files that it was given: for each reference its files, with `path`, `copy` and `sha256` |
| `start_from` | `path` and `sha256` of the agent that it started from |
| `continued` | each time that it was resumed with another length or other versions: the update, and what they were |

Every key may be missing: runs that were saved before it existed have none of them."""

import platform
import shlex
import sys
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any
from uuid import uuid4

import jax

from kinetix_env.errors import ConfigError

from .config import read_document

__all__ = ["Facts", "new_facts", "read_facts"]

Facts = dict[str, Any]
PROGRAM = "kinetix"
WORDS = ("id", "started", "machine", "command")  # the facts that are text


def new_facts() -> Facts:
    """Return the facts of a run that begins, on the devices that JAX has."""
    devices = jax.devices()
    machine = f"{platform.system()} {platform.machine()}, {len(devices)} x {devices[0].device_kind}"
    facts = {"id": uuid4().hex, "started": f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC", "machine": machine}
    if Path(sys.argv[0]).stem == PROGRAM:
        facts["command"] = shlex.join([PROGRAM, *sys.argv[1:]])
    return facts


def read_facts(path: Path) -> Facts:
    """Return the facts in a run's config.json, {} if it has none. Raises `ConfigError` if they are malformed."""
    facts = read_document(path).get("run", {})
    if not _is_sound(facts):
        raise ConfigError(
            f'{path}: "run" must be as it was written: an object with "id", "levels", "start_from" and "continued".'
        )
    return dict(facts)


def _is_sound(facts: Any) -> bool:
    if not isinstance(facts, dict):
        return False
    start, levels, continued = facts.get("start_from", {}), facts.get("levels", []), facts.get("continued", [])
    return (
        all(isinstance(facts.get(key, ""), str) for key in WORDS)
        and isinstance(start, dict)
        and all(isinstance(value, str) for value in start.values())
        and isinstance(continued, list)
        and isinstance(levels, list)
        and all(_is_reference(row) for row in levels)
    )


def _is_reference(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and isinstance(row.get("reference"), str)
        and isinstance(row.get("files"), list)
        and all(_is_file(file) for file in row["files"])
    )


def _is_file(row: Any) -> bool:
    keys = ("path", "copy", "sha256")
    if not isinstance(row, dict) or not all(isinstance(row.get(key), str) for key in keys):
        return False
    copy = PurePosixPath(row["copy"])
    return not copy.is_absolute() and ".." not in copy.parts and not any("\0" in row[key] for key in keys)
