"""Films as animated GIFs, which play wherever pictures are shown.

A GIF counts time in hundredths of a second, so frames last a little longer or shorter than they should, in turn: in all
the film has the right length."""

from collections.abc import Sequence
from io import BytesIO
from itertools import pairwise

import numpy as np
from PIL import Image

from .film import Film, Progress
from .primitives import Colour

__all__ = ["MAX_GIF_FPS", "encode_gif"]

MAX_GIF_FPS = 50  # viewers slow down what is faster
COLOURS = 128  # those that areas have, and the smoothed edges between them
SAMPLES = 8  # frames whose colours are looked at
APART = 12.0  # from an area's colour; Pillow looks colours up in cells of 4 x 4 x 4, so nearer ones may take its place
STRIDES = (1, 2, 4)  # of the frames that are kept, where all are too many bytes


def encode_gif(
    film: Film,
    colours: Sequence[Colour],
    *,
    hold: float,
    most_bytes: int | None = None,
    progress: Progress | None = None,
) -> bytes:
    """A GIF that plays for ever. Areas of the given colours keep them.

    The last frame is shown for `hold` s. Half or a quarter of the frames are kept if the file would have more than
    `most_bytes` otherwise.
    """
    palette = _palette(film, colours)
    frames = []
    for index in range(film.last + 1):
        frames.append(film.frame(index).quantize(palette=palette, dither=Image.Dither.NONE))
        if progress is not None:
            progress(index + 1, film.last + 1)
    for stride in STRIDES:
        content = _encoded(frames, stride, float(film.fps), hold)
        if most_bytes is None or len(content) <= most_bytes:
            break
    return content


def _palette(film: Film, exact: Sequence[Colour]) -> Image.Image:
    """The colours of areas as they are, and those of the edges of a few frames: one palette for all frames.

    With one palette a file need only store what moves.
    """
    sample = [film.frame(round(place * film.last / (SAMPLES - 1))) for place in range(SAMPLES)]
    strip = Image.new("RGB", (film.width, film.height * SAMPLES))
    for place, frame in enumerate(sample):
        strip.paste(frame, (0, place * film.height))
    found = strip.quantize(COLOURS - len(exact), dither=Image.Dither.NONE).getpalette() or []
    edges, areas = np.array(found, float).reshape(-1, 1, 3), np.array(exact, float)
    far = (np.linalg.norm(edges - areas, axis=-1) > APART).all(axis=1)
    palette = Image.new("P", (1, 1))
    palette.putpalette([int(part) for part in np.concatenate([areas, edges[far, 0]]).ravel()])
    return palette


def _encoded(frames: Sequence[Image.Image], stride: int, fps: float, hold: float) -> bytes:
    """Every `stride`-th frame and the last one, each shown until the next, and the last for `hold` s."""
    last = len(frames) - 1
    kept = [*range(0, last, stride), last]
    starts = [round(100 * index / fps) for index in kept]  # hundredths of a second
    durations = [10 * (after - before) for before, after in pairwise(starts)] + [max(round(100 * hold), 2) * 10]
    first, *rest = (frames[index] for index in kept)
    file = BytesIO()
    first.save(file, format="GIF", save_all=True, append_images=rest, duration=durations, loop=0)
    return file.getvalue()
