"""Recordings as an animated GIF, which plays wherever pictures are shown.

A GIF counts time in hundredths of a second, so frames last a little longer or shorter than they should, in turn: in all
the film is as long as the episode."""

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise
from pathlib import Path

from PIL import Image

from ..play.recording import Recording
from .files import check_path
from .film import BORDERS, HOLD, Film, Told
from .style import PALETTE

__all__ = ["MOST_GIF_FPS", "gif"]

MOST_GIF_FPS = 50  # viewers slow down what is faster
COLOURS = 128  # those of `PALETTE`, and the smoothed edges between them
SAMPLES = 8  # frames whose colours are looked at
THINNER = (1, 2, 4)  # every so many frames, where all are too many bytes


def gif(
    recordings: Recording | Sequence[Recording],
    path: str | Path | None = None,
    *,
    size: int = 320,
    fps: int = 20,
    columns: int | None = None,
    hold: float = HOLD,
    most_bytes: int | None = None,
    told: Told | None = None,
) -> bytes:
    """An animated GIF of one recording, or of several side by side; also written into a file if `path` is given.

    Each level is `size` pixels wide and high with its border, which says at the end how it ended; the end is shown for
    `hold` s more. `fps` is in frames a second, at most 50; a half or a quarter of them are kept if the file would have
    more than `most_bytes` otherwise. `columns` is the width of the grid, about square if left out. `told` is called
    after each frame with the number of frames drawn and to draw.
    """
    target = check_path(path, ".gif")
    film = Film(recordings, fps=fps, most_fps=MOST_GIF_FPS, size=size, columns=columns)
    palette = _palette(film)
    frames = []
    for index in range(film.last + 1):
        frames.append(film.frame(index).quantize(palette=palette, dither=Image.Dither.NONE))
        if told is not None:
            told(index + 1, film.last + 1)
    for every in THINNER:
        content = _encoded(frames, every, fps, hold)
        if most_bytes is None or len(content) <= most_bytes:
            break
    if target is not None:
        target.write_bytes(content)
    return content


def _palette(film: Film) -> Image.Image:
    """The colours of areas as they are, and those of the edges of a few frames: one palette for all frames.

    With one palette a file need only store what moves.
    """
    exact = [*PALETTE, *dict.fromkeys(BORDERS.values())]
    sample = [film.frame(round(place * film.last / (SAMPLES - 1))) for place in range(SAMPLES)]
    strip = Image.new("RGB", (film.width, film.height * SAMPLES))
    for place, frame in enumerate(sample):
        strip.paste(frame, (0, place * film.height))
    edges = strip.quantize(COLOURS - len(exact), dither=Image.Dither.NONE).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([part for colour in exact for part in colour] + edges)
    return palette


def _encoded(frames: Sequence[Image.Image], every: int, fps: int, hold: float) -> bytes:
    """Every so many frames and the last one, each shown until the next, and the last for `hold` s."""
    last = len(frames) - 1
    kept = [*range(0, last, every), last]
    starts = [round(100 * index / fps) for index in kept]  # hundredths of a second
    durations = [10 * (after - before) for before, after in pairwise(starts)] + [max(round(100 * hold), 2) * 10]
    first, *rest = (frames[index] for index in kept)
    file = BytesIO()
    first.save(file, format="GIF", save_all=True, append_images=rest, duration=durations, loop=0)
    return file.getvalue()
