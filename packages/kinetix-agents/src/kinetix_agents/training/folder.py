"""The folder of a run: the names of the files in it, and what its agent has learnt so far."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import jax

from kinetix_env.errors import ConfigError

from ..policies.build import build_policy
from .build import build_env
from .checkpoints import Checkpoints
from .config import RunConfig, read_config, read_document
from .facts import read_facts
from .kept import kept_levels
from .settings import without_effect
from .versions import warn_of_other_versions

__all__ = [
    "CHECKPOINTS",
    "CONFIG",
    "EVALUATION",
    "METRICS",
    "METRICS_TABLE",
    "REPORT",
    "levels_of_run",
    "read_params",
    "read_run",
    "refuse_leftovers",
    "saved_updates",
]

CONFIG, METRICS, CHECKPOINTS = "config.json", "metrics.jsonl", "checkpoints"  # in a run's folder
METRICS_TABLE, EVALUATION, REPORT = "metrics.csv", "eval.csv", "report.html"
# files and folders that a new run would destroy, or that would be taken for its own
LEFTOVERS = (CONFIG, CHECKPOINTS, METRICS, METRICS_TABLE, "tensorboard", "wandb-id", EVALUATION, REPORT)


def read_run(folder: Path) -> RunConfig:
    """The configuration of a run; a `ConfigError` if the folder is not that of a run.

    Warns if the run was made with another major version of the engine, the environment or this package.
    """
    if not (folder / CONFIG).is_file():
        raise ConfigError(f"{folder}: is not the folder of a run: there is no {CONFIG} in it.")
    config = read_config(folder / CONFIG)
    warn_of_other_versions(folder / CONFIG, read_document(folder / CONFIG).get("versions"))
    return config


def read_params(folder: Path) -> Any:
    """The policy's parameters in the latest checkpoint of a run that can be read."""
    config = read_run(folder)
    policy = build_policy(config.policy, build_env(config))
    checkpoints = Checkpoints(folder / CHECKPOINTS, read_only=True)
    try:
        return checkpoints.restore_params(jax.eval_shape(policy.init, jax.random.key(0)))[1]
    finally:
        checkpoints.close()


@contextmanager
def levels_of_run(folder: Path, *, strict: bool = True) -> Iterator[None]:
    """Read the level files that a run was given from the copies in its folder, wherever it is now.

    A level file of which nothing is as it was is an error if `strict`, and otherwise read as it is.
    """
    with kept_levels(folder, read_facts(folder / CONFIG), strict=strict):
        yield


def saved_updates(folder: Path) -> list[int]:
    """Return the numbers of updates of which a run has checkpoints, in order."""
    return sorted(int(path.name) for path in (folder / CHECKPOINTS).glob("*") if path.name.isdigit())


def refuse_leftovers(folder: Path, config: RunConfig) -> None:
    """Raise `ConfigError` if a folder holds a run, or parts of one, which a new run must not mix with.

    What a run of the same configuration left is not in the way if that was interrupted before its first update.
    """
    found = [name for name in LEFTOVERS if _is_there(folder / name)]
    if CONFIG in found:
        if _never_began(folder, found) and _is_same(read_config(folder / CONFIG), config):
            return
        raise ConfigError(f"{folder} holds a run already; give another folder, or go on with it by --resume.")
    if found:
        raise ConfigError(
            f"{folder} holds {', '.join(found)} of an earlier run, whose {CONFIG} is missing: restore that to resume "
            "the run, or give another folder for a new one."
        )


def _never_began(folder: Path, found: Sequence[str]) -> bool:
    """Whether a run's folder holds no more than what is written before the first update."""
    metrics = [folder / name for name in (METRICS, METRICS_TABLE) if name in found]
    rows = sum(file.read_bytes().count(b"\n") for file in metrics) - (METRICS_TABLE in found)  # less the header
    return set(found) <= {CONFIG, CHECKPOINTS, METRICS, METRICS_TABLE} and rows <= 0 and not saved_updates(folder)


def _is_same(before: RunConfig, config: RunConfig) -> bool:
    """Whether two configurations are equal, but for a number of groups that is still to be chosen."""
    groups = before.ppo.groups if config.ppo.groups is None else config.ppo.groups
    return without_effect(before) == without_effect(replace(config, ppo=replace(config.ppo, groups=groups)))


def _is_there(path: Path) -> bool:
    """Whether there is a file, or a folder that is not empty."""
    return any(path.iterdir()) if path.is_dir() else path.exists()
