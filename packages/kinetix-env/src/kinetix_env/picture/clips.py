"""Recordings as files of films: GIF and MP4."""

from collections.abc import Sequence
from pathlib import Path

from jax2d.picture import encode_gif, encode_mp4
from jax2d.picture.toolkit import MAX_GIF_FPS, MAX_MP4_FPS, Progress, check_path, write
from jax2d.picture.toolkit import check_video as check_encoder

from ..play.recording import Recording
from .config_errors import config_errors
from .film import BORDERS, HOLD, RecordingFilm
from .style import PALETTE

__all__ = ["MAX_GIF_FPS", "MAX_MP4_FPS", "check_video", "gif", "mp4"]


@config_errors()
def gif(
    recordings: Recording | Sequence[Recording],
    path: str | Path | None = None,
    *,
    size: int = 320,
    fps: int = 20,
    columns: int | None = None,
    hold: float = HOLD,
    most_bytes: int | None = None,
    progress: Progress | None = None,
) -> bytes:
    """An animated GIF of one recording, or of several side by side; also written into a file if `path` is given.

    Each level is `size` pixels wide and high with its border, which says at the end how it ended; the end is shown for
    `hold` s more. `fps` is in frames per second, at most 50; a half or a quarter of them are kept if the file would
    have more than `most_bytes` otherwise. `columns` is the width of the grid, about square if left out. `progress` is
    called after each frame with the number of frames drawn and to draw.
    """
    target = check_path(path, ".gif")
    film = RecordingFilm(recordings, fps=fps, max_fps=MAX_GIF_FPS, size=size, columns=columns)
    colours = [*PALETTE, *dict.fromkeys(BORDERS.values())]
    content = encode_gif(film, colours, hold=hold, most_bytes=most_bytes, progress=progress)
    write(target, content)
    return content


@config_errors()
def mp4(
    recordings: Recording | Sequence[Recording],
    path: str | Path | None = None,
    *,
    size: int = 480,
    fps: int = 30,
    columns: int | None = None,
    hold: float = HOLD,
    progress: Progress | None = None,
) -> bytes:
    """An MP4 film of one recording, or of several side by side; also written into a file if `path` is given.

    The settings are those of `gif`, except that `fps` is at most 60. Width and height are rounded up to even numbers,
    as the format needs them. `ConfigError` without the extra `video`.
    """
    target = check_path(path, ".mp4")
    check_video()
    film = RecordingFilm(recordings, fps=fps, max_fps=MAX_MP4_FPS, size=size, columns=columns)
    content = encode_mp4(film, hold=hold, progress=progress)
    write(target, content)
    return content


@config_errors()
def check_video() -> None:
    """Raise a `ConfigError` that says what to install where no MP4 can be made."""
    check_encoder("kinetix-env")
