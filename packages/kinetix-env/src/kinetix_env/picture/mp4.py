"""Recordings as an MP4 film: H.264 with the pixel format that every player knows, encoded by ffmpeg.

It needs the extra `video`, whose imageio-ffmpeg brings an ffmpeg. We start it ourselves: imageio-ffmpeg would fork the
process, which JAX warns of."""

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from ..errors import ConfigError
from ..play.recording import Recording
from .files import check_path
from .film import HOLD, Film, Told
from .style import WHITE

__all__ = ["MOST_MP4_FPS", "check_video", "mp4"]

MOST_MP4_FPS = 60
QUALITY = 18  # constant rate factor of x264: no loss that one sees
# Colours as television has them since HD, said so that players need not guess; the index first, so that a browser can
# play before it has everything.
COLOURS = "scale=out_color_matrix=bt709:out_range=tv,setparams=color_primaries=bt709:color_trc=bt709"
OPTIONS = [
    *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", str(QUALITY)),
    *("-vf", COLOURS, "-colorspace", "bt709", "-color_range", "tv", "-movflags", "+faststart"),
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
    film = Film(recordings, fps=fps, most_fps=MOST_MP4_FPS, size=size, columns=columns)
    sides = film.width + film.width % 2, film.height + film.height % 2
    content = _encoded(ffmpeg, _frames(film, sides, hold, told), sides, fps)
    if target is not None:
        target.write_bytes(content)
    return content


def check_video() -> str:
    """Where ffmpeg is; a `ConfigError` that says what to install if it is nowhere."""
    try:
        import imageio_ffmpeg

        path: str = imageio_ffmpeg.get_ffmpeg_exe()
    except ImportError:
        raise ConfigError('An MP4 needs imageio-ffmpeg: pip install "kinetix-env[video]".') from None
    except RuntimeError as error:  # there are platforms for which it brings no ffmpeg
        raise ConfigError(f"An MP4 needs ffmpeg: {error}") from None
    return path


def _frames(film: Film, sides: tuple[int, int], hold: float, told: Told | None) -> Iterator[bytes]:
    """The pixels of each frame, row by row, those of the last one for as long as it is held."""
    for index in range(film.last + 1):
        canvas = Image.new("RGB", sides, WHITE)
        canvas.paste(film.frame(index), (0, 0))
        pixels = canvas.tobytes()
        for _ in range(max(round(hold * film.fps), 1) if index == film.last else 1):
            yield pixels
        if told is not None:
            told(index + 1, film.last + 1)


def _encoded(ffmpeg: str, frames: Iterator[bytes], sides: tuple[int, int], fps: int) -> bytes:
    """What ffmpeg makes of the frames; `ConfigError` with its own words if it makes nothing."""
    with TemporaryDirectory() as folder:  # it writes to a file, since it comes back to its beginning
        draft, log = Path(folder) / "film.mp4", Path(folder) / "log.txt"
        given = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{sides[0]}x{sides[1]}", "-r", str(fps), "-i", "-"]
        command = [ffmpeg, "-v", "error", *given, *OPTIONS, str(draft)]
        with log.open("wb") as errors:
            process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=errors, stderr=errors)
        assert process.stdin is not None  # it is a pipe
        try:
            with suppress(BrokenPipeError), process.stdin:  # which breaks if ffmpeg ends early, and says why
                for frame in frames:
                    process.stdin.write(frame)
            process.wait()
        finally:
            process.kill()  # where drawing failed or was interrupted
            process.wait()
        if process.returncode or not draft.exists():
            told = " ".join(log.read_text(errors="replace").split()[-40:])
            raise ConfigError(f"ffmpeg could not write the film: {told or f'exit code {process.returncode}'}.")
        return draft.read_bytes()
