"""The facts about a run: its parts, its length, when and where it was made, and with which versions."""

import platform
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from ..training.config import read_document
from ..training.facts import read_facts
from ..training.folder import CONFIG
from .folder import RunFolder
from .page import Html, table

__all__ = ["about"]

RECORDED = ("command", "machine", "started")  # facts in config.json


def about(run: RunFolder, devices: Sequence[Any]) -> Html:
    """Return a table, without what the run's config.json does not record; the page's clips were played on `devices`."""
    config, seconds = run.config, run.metrics[-1].get("seconds")
    rows: list[Sequence[object]] = [
        ("folder", run.path),
        ("environment", config.environment.name),
        ("curriculum", config.curriculum.name),
        ("policy", config.policy.name),
        ("seed", config.seed),
        ("environment steps", f"{run.steps:,}"),
        ("updates", f"{run.steps // config.ppo.batch:,}"),
    ]
    if seconds is not None:
        rows.append(("minutes of training", f"{seconds / 60:.1f}"))
    if config.start_from is not None:
        rows.append(("started from", config.start_from))
    facts = read_facts(run.path / CONFIG)
    rows += [(name, facts[name]) for name in RECORDED if name in facts]
    trained = datetime.fromtimestamp(run.last_written, UTC)
    rows.append(("last update", f"{trained:%Y-%m-%d %H:%M} UTC"))
    machine = f"{platform.system()} {platform.machine()}, {len(devices)} x {devices[0].device_kind}"
    rows.append(("page written", f"{datetime.now(UTC):%Y-%m-%d}, on {machine}"))
    versions = read_document(run.path / CONFIG).get("versions")
    if isinstance(versions, Mapping) and versions:
        rows.append(("versions", ", ".join(f"{name} {version}" for name, version in versions.items())))
    return table(["", ""], rows)
