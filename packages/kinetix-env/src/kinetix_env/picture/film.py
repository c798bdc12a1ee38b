"""Recordings as moving pictures: one, or several that play side by side.

An episode that is over stands still, and its border says how it ended: green solved, red failed, grey otherwise. Time
is real time. Where several play, each carries its name, if it has one."""

import math
from collections.abc import Sequence

from PIL import Image, ImageDraw, ImageFont

from jax2d.picture import paint
from jax2d.picture.toolkit import LARGEST, Colour, Grid, check_columns

from ..config import as_integer
from ..errors import ConfigError
from ..play.recording import UNNAMED, Ending, Recording
from .config_errors import config_errors
from .describe import describe
from .style import BLACK, WHITE

__all__ = ["BORDER", "BORDERS", "HOLD", "RecordingFilm", "check_settings"]

BORDER = 5  # pixels around each level, or more in large pictures
PER_BORDER = 80  # pixels of a level per pixel of its border
HOLD = 1.5  # s that the end is shown

PER_LETTER, LEAST_LETTER = 16, 10  # pixels of a level per pixel of its name's font size; the smallest font size (px)

GREEN, RED, GREY = (0, 170, 0), (220, 40, 40), (150, 150, 150)
BORDERS: dict[Ending, Colour] = {
    "solved": GREEN, "failed": RED, "timed out": GREY, "broken": GREY, "unfinished": GREY,
}  # fmt: skip


class RecordingFilm:
    """A frame at every 1/fps s from the start of the recordings to the end of the last one."""

    def __init__(
        self, recordings: Recording | Sequence[Recording], *, fps: int, max_fps: int, size: int, columns: int | None
    ) -> None:
        """Each level is a square of `size` pixels with its border; about as many rows as columns if none are given."""
        self._recordings = [recordings] if isinstance(recordings, Recording) else list(recordings)
        if not self._recordings:
            raise ConfigError("A film needs at least one recording, got none.")
        check_settings(fps=fps, max_fps=max_fps, size=size, columns=columns)
        count = len(self._recordings)
        across = min(math.ceil(math.sqrt(count)) if columns is None else columns, count)
        gap = 0 if count == 1 else BORDER
        self._size = size
        self._grid = Grid(count=count, columns=across, cell=(size, size), gap=gap, around=gap)
        with config_errors():
            self._grid.check_film("levels")
        self.width, self.height = self._grid.width, self._grid.height
        self.fps = fps
        self.seconds = max(recording.seconds for recording in self._recordings)
        # the times are rounded, so that a step of 1/30 s is one frame and not a little more
        self.last = math.ceil(round(self.seconds * fps, 6))
        self._over: dict[int, Image.Image] = {}  # what stands still is drawn once

    def frame(self, index: int) -> Image.Image:
        """The image at `index / fps` s, from 0 to `last`, which shows the end."""
        sheet = Image.new("RGB", (self.width, self.height), WHITE)
        for place, recording in enumerate(self._recordings):
            moment = recording.steps if index == self.last else recording.moment_at(index / self.fps)
            sheet.paste(self._panel(place, moment), self._grid.place(place))
        return sheet

    def _panel(self, place: int, moment: int) -> Image.Image:
        """The image of a level at a moment, with its border."""
        recording = self._recordings[place]
        over = moment == recording.steps
        if over and place in self._over:
            return self._over[place]
        border = max(BORDER, self._size // PER_BORDER)
        panel = Image.new("RGB", (self._size, self._size), BORDERS[recording.ending] if over else WHITE)
        picture = describe(recording.level, recording.state(moment), recording.acting(moment))
        panel.paste(paint(picture, self._size - 2 * border), (border, border))
        if len(self._recordings) > 1 and recording.name != UNNAMED:
            _write_name(panel, recording.name, border)
        if over:
            self._over[place] = panel
        return panel


def _write_name(panel: Image.Image, name: str, border: int) -> None:
    """Write a name in the upper left corner of a panel, on white, cut to its width."""
    font = ImageFont.load_default(max(panel.width // PER_LETTER, LEAST_LETTER))
    draw, gap, room = ImageDraw.Draw(panel), 2, panel.width - 2 * border - 4
    shown, kept = name, len(name)
    while draw.textlength(shown, font=font) > room:
        kept -= 1
        if kept < 1:
            return  # not one letter fits
        shown = f"{name[:kept]}..."
    box = draw.textbbox((border + gap, border + gap), shown, font=font)
    draw.rectangle((border, border, box[2] + gap, box[3] + gap), fill=WHITE)
    draw.text((border + gap, border + gap), shown, fill=BLACK, font=font)


def check_settings(*, max_fps: int, fps: int | None, size: int | None, columns: int | None) -> None:
    """Raise a `ConfigError` for settings that are no integers or out of range; None is the default."""
    for what, value, least, most in (
        ("frames per second", fps, 1, max_fps),
        ("size in pixels", size, 4 * BORDER, LARGEST),
    ):
        if value is not None:
            as_integer(value, f"A film's {what}", least, most)
    if columns is not None:
        with config_errors():
            check_columns(columns, 1)
