"""Films of rollouts as files: GIF and MP4."""

import os
from collections.abc import Callable, Sequence
from typing import Any, SupportsFloat, no_type_check

import numpy as np
from jaxtyping import Array, Float

from ..checks import number
from ..contacts import Contacts
from ..scene import Scene
from ..state import State
from .checks import check_path, write
from .film import Progress
from .gif_encoder import MAX_GIF_FPS, encode_gif
from .mp4_encoder import MAX_MP4_FPS, check_video, encode_mp4
from .rollout import RolloutFilm
from .style import PALETTE
from .windows import WindowChoice

__all__ = ["gif", "mp4"]

LONGEST_HOLD = 600.0  # s


@no_type_check  # for run-time type checkers only: this function checks its arguments itself, and says more
def gif(
    scene: Scene,
    states: State,
    path: str | os.PathLike[str] | None = None,
    *,
    contacts: Contacts | None = None,
    actions: Float[Array, "time *scene action"] | Float[np.ndarray, "time *scene action"] | None = None,
    size: int = 240,
    fps: SupportsFloat = 30.0,
    window: WindowChoice = "world",
    titles: Sequence[str] | None = None,
    columns: int | None = None,
    hold: float | None = None,
    most_bytes: int | None = None,
    progress: Progress | None = None,
) -> bytes:
    """An animated GIF with one frame per state; also written into a file if `path` is given.

    `scene` is one scene or a batch of them with one axis in front; a batch becomes a grid. The first axis of `states`,
    `contacts` and `actions` is time, the second, for a batch, the scene, which is what `jax.lax.scan` over
    `jax.vmap(engine.step)` returns. `contacts` and `actions` are those of the step that led to each state.

    `fps` is in frames per second, at most 50: steps of 1/60 s play in real time with every second state at 30. Half or
    a quarter of the frames are kept if the file would have more than `most_bytes` otherwise. The last frame is shown
    for `hold` s, as long as the others if left out. `window` is that of `draw`, where "fit" holds a scene all the time.
    `titles` has one line per scene, `columns` is the width of the grid, about square if left out, and `size` the pixels
    of the longer side of a scene. `progress` is called after each frame with the number of frames drawn and to draw.
    """

    def encode(film: RolloutFilm, seconds: float) -> bytes:
        return encode_gif(film, PALETTE, hold=seconds, most_bytes=most_bytes, progress=progress)

    shows = {"contacts": contacts, "actions": actions, "window": window, "titles": titles, "columns": columns}
    return _film("gif", scene, states, path, encode, hold, size=size, fps=fps, max_fps=MAX_GIF_FPS, **shows)


@no_type_check
def mp4(
    scene: Scene,
    states: State,
    path: str | os.PathLike[str] | None = None,
    *,
    contacts: Contacts | None = None,
    actions: Float[Array, "time *scene action"] | Float[np.ndarray, "time *scene action"] | None = None,
    size: int = 480,
    fps: SupportsFloat = 30.0,
    window: WindowChoice = "world",
    titles: Sequence[str] | None = None,
    columns: int | None = None,
    hold: float | None = None,
    progress: Progress | None = None,
) -> bytes:
    """An MP4 film with one frame per state; also written into a file if `path` is given. It needs the extra `video`.

    The arguments are those of `gif`, except that `fps` is at most 60. Width and height are rounded up to even numbers,
    as the format needs them.
    """
    check_video()

    def encode(film: RolloutFilm, seconds: float) -> bytes:
        return encode_mp4(film, hold=seconds, progress=progress)

    shows = {"contacts": contacts, "actions": actions, "window": window, "titles": titles, "columns": columns}
    return _film("mp4", scene, states, path, encode, hold, size=size, fps=fps, max_fps=MAX_MP4_FPS, **shows)


def _film(
    caller: str,
    scene: Any,
    states: Any,
    path: Any,
    encode: Callable[[RolloutFilm, float], bytes],
    hold: Any,
    **settings: Any,
) -> bytes:
    """Check everything, encode the film and write it."""
    target = check_path(path, f".{caller}")
    film = RolloutFilm(caller, scene, states, **settings)
    seconds = 1 / film.fps if hold is None else number(hold, f"{caller}: hold", least=0.0, most=LONGEST_HOLD)
    content = encode(film, seconds)
    write(target, content)
    return content
