"""The folder of a run: the names of the files in it, and what its agent has learnt so far."""

from pathlib import Path
from typing import Any

import jax

from kinetix_env.errors import ConfigError

from .build import build_env, build_policy
from .checkpoints import Checkpoints
from .config import RunConfig, read_config

__all__ = ["CHECKPOINTS", "CONFIG", "METRICS", "read_params", "read_run"]

CONFIG, METRICS, CHECKPOINTS = "config.json", "metrics.jsonl", "checkpoints"  # in a run's folder


def read_run(folder: Path) -> RunConfig:
    """The configuration of a run; a `ConfigError` if the folder is not that of a run."""
    if not (folder / CONFIG).is_file():
        raise ConfigError(f"{folder}: is not the folder of a run: there is no {CONFIG} in it.")
    return read_config(folder / CONFIG)


def read_params(folder: Path) -> Any:
    """The policy's parameters in the latest checkpoint of a run that can be read."""
    config = read_run(folder)
    policy = build_policy(config.policy, build_env(config))
    checkpoints = Checkpoints(folder / CHECKPOINTS, read_only=True)
    try:
        return checkpoints.restore_params(jax.eval_shape(policy.init, jax.random.key(0)))[1]
    finally:
        checkpoints.close()
