"""Films as MP4: H.264 with the pixel format that every player knows, encoded by ffmpeg.

It needs the extra `video`, whose imageio-ffmpeg brings an ffmpeg. It is started here, since imageio-ffmpeg would fork
the process, which JAX warns of."""

import subprocess
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from ..errors import SceneError
from .film import Film, Progress
from .style import WHITE

__all__ = ["MAX_MP4_FPS", "check_video", "encode_mp4"]

MAX_MP4_FPS = 60
QUALITY = 18  # constant rate factor of x264: no visible loss
# The colours of HD television, stated so that players need not guess; the index first, so that a browser can play
# before it has everything.
COLOURS = "scale=out_color_matrix=bt709:out_range=tv,setparams=color_primaries=bt709:color_trc=bt709"
OPTIONS = [
    *("-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", str(QUALITY)),
    *("-vf", COLOURS, "-colorspace", "bt709", "-color_range", "tv", "-movflags", "+faststart"),
]


def encode_mp4(film: Film, *, hold: float, progress: Progress | None = None) -> bytes:
    """An MP4 whose last frame is shown for `hold` s; a `SceneError` without imageio-ffmpeg.

    Width and height are rounded up to even numbers, as the format needs them.
    """
    ffmpeg = check_video()
    sides = film.width + film.width % 2, film.height + film.height % 2
    return _encoded(ffmpeg, _frames(film, sides, hold, progress), sides, float(film.fps))


def check_video(package: str = "jax2d") -> str:
    """The path of ffmpeg; without it a `SceneError` that says which extra to install, that of `package`."""
    try:
        import imageio_ffmpeg

        path: str = imageio_ffmpeg.get_ffmpeg_exe()
    except ImportError:
        raise SceneError(
            f"An MP4 needs imageio-ffmpeg: pip install imageio-ffmpeg (the extra 'video' of {package})."
        ) from None
    except RuntimeError as error:  # there are platforms for which it brings no ffmpeg
        raise SceneError(f"An MP4 needs ffmpeg: {error}") from None
    return path


def _frames(film: Film, sides: tuple[int, int], hold: float, progress: Progress | None) -> Iterator[bytes]:
    """The pixels of each frame, row by row, those of the last one for as long as it is held."""
    for index in range(film.last + 1):
        canvas = Image.new("RGB", sides, WHITE)
        canvas.paste(film.frame(index), (0, 0))
        pixels = canvas.tobytes()
        for _ in range(max(round(hold * film.fps), 1) if index == film.last else 1):
            yield pixels
        if progress is not None:
            progress(index + 1, film.last + 1)


def _encoded(ffmpeg: str, frames: Iterator[bytes], sides: tuple[int, int], fps: float) -> bytes:
    """The frames encoded by ffmpeg; a `SceneError` with its error output if it fails."""
    with TemporaryDirectory() as folder:  # it writes to a file, since it comes back to its beginning
        draft, log = Path(folder) / "film.mp4", Path(folder) / "log.txt"
        given = ["-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{sides[0]}x{sides[1]}", "-r", f"{fps:g}", "-i", "-"]
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
            words = " ".join(log.read_text(errors="replace").split()[-40:])
            raise SceneError(f"ffmpeg could not write the film: {words or f'exit code {process.returncode}'}.")
        return draft.read_bytes()
