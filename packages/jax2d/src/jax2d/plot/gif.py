"""Writing GIF files with Pillow.

All frames share one palette, the colours of `jax2d.plot.style` and mixtures of every two of them, as they occur along
smooth edges. So flat areas keep their exact colour and nothing flickers. Pixels that stay as they were are
left transparent, which halves the file. A GIF counts time in hundredths of a second; delays are rounded so that
errors do not add up."""

import itertools
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageColor

from ..checks import shown
from ..errors import SceneError
from . import style

__all__ = ["check_path", "write_gif"]

_UNCHANGED = 255  # the place in the palette that stands for no change


def check_path(caller: str, path: object) -> Path:
    """The path of a GIF that can be written."""
    if not isinstance(path, (str, os.PathLike)):
        raise SceneError(f"{caller}: path must be a str or a pathlib.Path, got {shown(path)}.")
    place = Path(path)
    if place.suffix.lower() != ".gif":
        raise SceneError(f"{caller}: path must end in .gif, got {str(place)!r}.")
    if place.is_dir() or not place.parent.is_dir():
        what = "is a folder" if place.is_dir() else "is in a folder that does not exist"
        raise SceneError(f"{caller}: path must be a file in a folder that exists, but {str(place)!r} {what}.")
    return place


def _palette() -> np.ndarray:
    """The colours of the style first, then their mixtures: [colour, 3], at most `_UNCHANGED` of them."""
    colours = [ImageColor.getrgb(colour)[:3] for colour in style.PALETTE]
    mixed = [
        tuple(round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
        for first, second in itertools.combinations(colours, 2)
        for share in (1 / 3, 2 / 3)
    ]
    return np.array(list(dict.fromkeys([*colours, *mixed]))[:_UNCHANGED])


def _padded(palette: np.ndarray) -> bytes:
    """The palette with 256 different colours, as Pillow takes it; it is slow with colours that occur twice."""
    known = {tuple(colour) for colour in palette.tolist()}
    more = (colour for colour in itertools.product(range(0, 256, 8), repeat=3) if colour not in known)
    colours = [*palette.tolist(), *itertools.islice(more, 256 - len(palette))]
    return bytes(itertools.chain.from_iterable(colours))


def _cells(pixels: np.ndarray) -> np.ndarray:
    """Which of 32 x 32 x 32 cells of colour space each pixel lies in; [..., 3] to [...]."""
    red, green, blue = (pixels[..., channel].astype(np.uint16) >> 3 for channel in range(3))
    return np.asarray(red << 10 | green << 5 | blue)


def _nearest(palette: np.ndarray) -> UInt8[np.ndarray, " cell"]:
    """The palette's nearest colour to each cell of `_cells`."""
    steps = np.arange(32) * 8 + 3.5  # the middle of a cell
    middles = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    closeness = 2 * middles @ palette.T - (palette * palette).sum(axis=1)
    table: UInt8[np.ndarray, " cell"] = closeness.argmax(axis=1).astype(np.uint8)
    pure = len(style.PALETTE)
    table[_cells(palette[:pure])] = np.arange(pure)  # exactly, even next to a mixture
    return table


def _changes(
    frames: Iterable[UInt8[np.ndarray, "height width 4"]], nearest: UInt8[np.ndarray, " cell"]
) -> Iterator[UInt8[np.ndarray, "height width"]]:
    """Palette indices of what differs from the frame before, `_UNCHANGED` elsewhere."""
    before: UInt8[np.ndarray, "height width"] | None = None
    for count, frame in enumerate(frames):
        now = nearest[_cells(frame)]
        changes = now.copy()
        if before is not None:
            same = now == before
            # Pillow drops a frame without changes, so it gets one: a pixel that is painted again, another each time.
            same[0, count % 2] &= not same.all()
            changes[same] = _UNCHANGED
        before = now
        yield changes


def _delays(count: int, fps: float) -> list[int]:
    """How long each frame stays, in ms."""
    ends = [round(100 * (k + 1) / fps) for k in range(count)]
    return [10 * (end - start) for start, end in itertools.pairwise([0, *ends])]


def write_gif(path: Path, frames: Iterable[UInt8[np.ndarray, "height width 4"]], count: int, fps: float) -> None:
    """Write `count` frames; the file appears once it is complete, and plays for ever."""
    palette = _palette()
    colours = _padded(palette)

    def images() -> Iterator[Image.Image]:
        for changes in _changes(frames, _nearest(palette)):
            image = Image.frombytes("P", changes.shape[::-1], changes.tobytes())
            image.putpalette(colours)
            yield image

    with _complete(path) as file:
        stream = images()
        first = next(stream)
        first.save(
            file,
            "GIF",
            save_all=True,
            append_images=stream,
            palette=colours,
            transparency=_UNCHANGED,
            duration=_delays(count, fps),
            loop=0,
            disposal=1,  # the next frame is painted over this one
            optimize=False,
        )


@contextmanager
def _complete(path: Path) -> Iterator[BinaryIO]:
    """A file to write to that becomes `path` at the end, and vanishes if something goes wrong before."""
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            try:
                yield file
                file.close()
                part.replace(path)
            finally:
                part.unlink(missing_ok=True)
    except OSError as error:
        raise SceneError(f"animate: path must be writable, but {str(path)!r} is not: {error}.") from error
