"""Recordings as an MP4 film: H.264 with the pixel format that every player knows, encoded by ffmpeg.

It needs the extra `video`, whose imageio-ffmpeg brings an ffmpeg and runs it as a process of its own."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from PIL import Image

from ..errors import ConfigError
from ..recording import Recording
from .files import check_path
from .film import HOLD, Film, Told
from .style import WHITE

__all__ = ["check_video", "mp4"]

MOST_FPS = 60
QUALITY = 18  # constant rate factor of x264: no loss that one sees
# Colours as television has them since HD, said so that players need not guess; the index first, so that a browser can
# play before it has everything.
COLOURS = ("colorspace", "color_primaries", "color_trc")
OPTIONS = [
    *("-crf", str(QUALITY), "-vf", "scale=out_color_matrix=bt709:out_range=tv", "-color_range", "tv"),
    *(part for name in COLOURS for part in (f"-{name}", "bt709")),
    *("-movflags", "+faststart"),
]


def mp4(
    recordings: Recording | Sequence[Recording],
    path: str | Path | None = None,
    *,
    size: int = 480,
    fps: int = 30,
    columns: int | None = None,
    hold: float = HOLD,
    told: Told | None = None,
) -> bytes:
    """An MP4 film of one recording, or of several side by side; also written into a file if `path` is given.

    The settings are those of `gif`, except that `fps` is at most 60. Width and height are rounded up to even numbers,
    as the format needs them. `ConfigError` without the extra `video`.
    """
    target = check_path(path, ".mp4")
    ffmpeg = check_video()
    film = Film(recordings, fps=fps, most_fps=MOST_FPS, size=size, columns=columns)
    width, height = (side + side % 2 for side in (film.width, film.height))
    with TemporaryDirectory() as folder:  # ffmpeg writes to a file, since it comes back to its beginning
        draft = Path(folder) / "film.mp4"
        writer = ffmpeg.write_frames(
            str(draft), (width, height), fps=fps, codec="libx264", macro_block_size=2, quality=None,
            ffmpeg_log_level="error", output_params=OPTIONS,
        )  # fmt: skip
        writer.send(None)
        try:
            for index in range(film.last + 1):
                canvas = Image.new("RGB", (width, height), WHITE)
                canvas.paste(film.frame(index), (0, 0))
                shown = max(round(hold * fps), 1) if index == film.last else 1
                for _ in range(shown):
                    writer.send(canvas.tobytes())
                if told is not None:
                    told(index + 1, film.last + 1)
        finally:
            writer.close()
        content = draft.read_bytes()
    if target is not None:
        target.write_bytes(content)
    return content


def check_video() -> ModuleType:
    """The module that runs ffmpeg; a `ConfigError` that says what to install if it is not there."""
    try:
        import imageio_ffmpeg

        imageio_ffmpeg.get_ffmpeg_exe()
    except ImportError:
        raise ConfigError('An MP4 needs imageio-ffmpeg: pip install "kinetix-env[video]".') from None
    except RuntimeError as error:  # there are platforms for which it brings no ffmpeg
        raise ConfigError(f"An MP4 needs ffmpeg: {error}") from None
    module: ModuleType = imageio_ffmpeg
    return module
