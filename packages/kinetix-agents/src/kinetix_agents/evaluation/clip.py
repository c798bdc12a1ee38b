"""Animated GIFs of an agent playing levels side by side: active parts light up, and a border shows how each ends.

The episodes are those of an evaluation with the same key: the first attempt at each level. `kinetix_env.picture`
documents their appearance."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jaxtyping import PRNGKeyArray

from kinetix_env import KinetixEnv, Level
from kinetix_env.config import as_integer
from kinetix_env.errors import ConfigError, LevelError
from kinetix_env.picture import BORDER, gif
from kinetix_env.protocols import Policy

from .record import record_policy

__all__ = ["clip"]

MOST_BYTES = 500_000
FPS = 20


def clip(
    policy: Policy,
    params: Any,
    env: KinetixEnv,
    levels: Sequence[Level],
    key: PRNGKeyArray,
    path: str | Path,
    *,
    greedy: bool = False,
    columns: int | None = None,
    size: int = 160,
    most_bytes: int = MOST_BYTES,
    names: Sequence[str] | None = None,
) -> Path:
    """Write a GIF of the agent on levels of the environment's capacity, each `size` pixels wide and high.

    `columns` is the width of the grid, by default about square; `names` are written into the levels, if there are
    several. The GIF has 20 frames per second, or fewer if the file
    would exceed `most_bytes`; the lowest frame rate is kept even if it does.
    """
    path = Path(path)
    if path.suffix.lower() != ".gif" or not path.parent.is_dir():
        raise ConfigError(f"A clip must be a file in a folder that exists, whose name ends in .gif, got {str(path)!r}.")
    if columns is not None:
        columns = as_integer(columns, "A clip's columns", 1)
    if not levels:
        raise LevelError("A clip needs at least one level, got none.")
    bodies = env.engine.capacity.bodies
    for index, level in enumerate(levels):
        if level.role.shape != (bodies,):
            raise LevelError(
                f"levels[{index}] of a clip must have {bodies} bodies, as the environment, "
                f"got roles of shape {level.role.shape}. See kinetix_env.levels.pad."
            )
    names = [f"Level {index}" for index in range(len(levels))] if names is None else names
    if len(names) != len(levels):
        raise ConfigError(f"names of a clip must be one for each of {len(levels)} levels, got {len(names)}.")
    recordings = record_policy(policy, {"": params}, env, levels, key, names, greedy=greedy)[""]
    gif(recordings, path, size=size + 2 * BORDER, fps=FPS, columns=columns, most_bytes=most_bytes)
    return path
