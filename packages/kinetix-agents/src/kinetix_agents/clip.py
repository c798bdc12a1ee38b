"""An animated GIF of an agent that plays a few levels side by side.

A level that is over stands still, and its border says how it ended: green solved, red failed, grey out of time. The
episodes are those of an evaluation with the same key: level i plays its first attempt. Time is real time."""

import math
from collections.abc import Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Bool, PRNGKeyArray
from PIL import Image

from jax2d import State
from kinetix_env import KinetixEnv, Level
from kinetix_env.errors import ConfigError, LevelError
from kinetix_env.levels import stack
from kinetix_env.picture import draw
from kinetix_env.protocols import Policy

from .evaluation.episode import Episode, advance, begin, episode_key

__all__ = ["clip"]

FRAME_RATES = (20, 10, 5)  # frames a second: the first whose file is small enough
MOST_BYTES = 500_000
COLOURS = 64  # roles, actuators and the smoothed edges between them
BORDER = 5  # pixels, around each level
HOLD = 1500  # ms that the end is shown

WHITE, GREY, GREEN, RED = (255, 255, 255), (150, 150, 150), (0, 170, 0), (220, 40, 40)


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
) -> Path:
    """Write a GIF of the agent on levels of the environment's capacity, each `size` pixels wide and high.

    `columns` is the width of the grid, about square if left out. 20 frames a second, fewer if the file would have
    more than `most_bytes`; the slowest of them is kept even if it has more.
    """
    path = Path(path)
    if path.suffix.lower() != ".gif" or not path.parent.is_dir():
        raise ConfigError(f"A clip is a file in a folder that exists, whose name ends in .gif, got {str(path)!r}.")
    if columns is not None and (isinstance(columns, bool) or not isinstance(columns, int) or columns < 1):
        raise ConfigError(f"A clip's columns must be an integer of at least 1, got {columns!r}.")
    if not levels:
        raise LevelError("A clip needs at least one level, got none.")
    bodies = env.engine.capacity.bodies
    for index, level in enumerate(levels):
        if level.role.shape != (bodies,):
            raise LevelError(
                f"levels[{index}] of a clip must have {bodies} bodies, as the environment, "
                f"got roles of shape {level.role.shape}. See kinetix_env.levels.pad."
            )
    moments = _moments(policy, params, env, levels, key, greedy)
    across = math.ceil(math.sqrt(len(levels))) if columns is None else min(columns, len(levels))
    stride = 1 / (FRAME_RATES[0] * float(env.engine.params.dt) * env.frame_skip)  # environment steps a frame
    frames = _frames(jax.device_get(list(levels)), moments, stride, across, size)
    for rate in FRAME_RATES:
        skip = FRAME_RATES[0] // rate
        content = _encoded([*frames[:-1:skip], frames[-1]], round(1000 / rate))
        if len(content) <= most_bytes:
            break
    path.write_bytes(content)
    return path


class Moment(NamedTuple):
    """Where all levels are after a number of environment steps, on the host."""

    physics: State
    done: Bool[np.ndarray, " level"]
    solved: Bool[np.ndarray, " level"]
    failed: Bool[np.ndarray, " level"]


def _moments(
    policy: Policy, params: Any, env: KinetixEnv, levels: Sequence[Level], key: PRNGKeyArray, greedy: bool
) -> list[Moment]:
    """One for the start and for each step until the last episode is over."""
    keys = jax.vmap(episode_key, in_axes=(None, 0, None))(key, jnp.arange(len(levels)), 0)
    rows = jax.jit(jax.vmap(partial(begin, env, policy)))(stack(levels), keys)
    step = jax.jit(jax.vmap(partial(advance, env, policy, greedy), in_axes=(None, 0, 0)))

    def moment(rows: Episode) -> Moment:
        return Moment(*jax.device_get((rows.state.physics, rows.state.done, rows.solved, rows.failed)))

    moments = [moment(rows)]
    while not moments[-1].done.all():
        rows = step(params, keys, rows)
        moments.append(moment(rows))
    return moments


def _frames(
    levels: Sequence[Level], moments: Sequence[Moment], stride: float, columns: int, size: int
) -> list[Image.Image]:
    """The grid every `stride` environment steps, and at the end, all with one palette."""
    last = len(moments) - 1
    steps = [min(round(index * stride), last) for index in range(math.ceil(last / stride) + 1)]
    pitch, rows = size + 3 * BORDER, -(-len(levels) // columns)
    over: dict[int, Image.Image] = {}  # what stands still is drawn once
    sheets = []
    for step in steps:
        sheet = Image.new("RGB", (columns * pitch, rows * pitch), WHITE)
        for index, level in enumerate(levels):
            panel = over.get(index) or _panel(level, moments[step], index, size)
            if moments[step].done[index]:
                over[index] = panel
            row, column = divmod(index, columns)
            sheet.paste(panel, (column * pitch, row * pitch))
        sheets.append(sheet)
    return _with_one_palette(sheets)


def _panel(level: Level, moment: Moment, index: int, size: int) -> Image.Image:
    """One level and its border."""
    colour = WHITE
    if moment.done[index]:
        colour = GREEN if moment.solved[index] else RED if moment.failed[index] else GREY
    panel = Image.new("RGB", (size + 2 * BORDER,) * 2, colour)
    state = jax.tree.map(lambda leaf: leaf[index], moment.physics)
    panel.paste(draw(level, state, size), (BORDER, BORDER))
    return panel


def _with_one_palette(sheets: Sequence[Image.Image]) -> list[Image.Image]:
    """With the colours that are seen at a few moments, so that a file need only store what moves."""
    sample = [sheets[round(place * (len(sheets) - 1) / 7)] for place in range(8)]
    strip = Image.new("RGB", (sample[0].width, sample[0].height * len(sample)))
    for place, sheet in enumerate(sample):
        strip.paste(sheet, (0, place * sheet.height))
    palette = strip.quantize(COLOURS, dither=Image.Dither.NONE)
    return [sheet.quantize(palette=palette, dither=Image.Dither.NONE) for sheet in sheets]


def _encoded(frames: Sequence[Image.Image], delay: int) -> bytes:
    """A GIF, each frame shown for `delay` ms and the last one for longer."""
    first, *rest = frames
    file = BytesIO()
    delays = [delay] * len(rest) + [HOLD]
    first.save(file, format="GIF", save_all=True, append_images=rest, duration=delays, loop=0)
    return file.getvalue()
