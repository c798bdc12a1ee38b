"""Panels in a grid, rendered to pixels frame by frame.

What never moves (frames, titles) is rendered once; each frame starts from that and paints the moving artists
over it. That takes about a third of the time of rendering the whole figure."""
# mypy: allow-untyped-calls
# (matplotlib leaves the methods of its Agg canvas without annotations.)

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from . import style
from .panel import bare

__all__ = ["Grid"]

_DPI = 100
_GAP = 6  # pixels between panels and around them
_TITLE = 17  # pixels above a panel
_FONT = 8.0  # points


class Grid:
    """A figure of equal square panels, filled row by row."""

    def __init__(self, count: int, columns: int, pixels: int, titles: Sequence[str] | None) -> None:
        rows = math.ceil(count / columns)
        head = _TITLE if titles else 0
        self.size = columns * (pixels + _GAP) + _GAP, rows * (pixels + head + _GAP) + _GAP
        self._figure = Figure(figsize=(self.size[0] / _DPI, self.size[1] / _DPI), dpi=_DPI, facecolor=style.BACKGROUND)
        self._canvas = FigureCanvasAgg(self._figure)
        self.axes = [self._add(index, columns, pixels, head) for index in range(count)]
        for axes, title in zip(self.axes, titles or (), strict=False):
            axes.set_title(title, fontsize=_FONT, color=style.TEXT, pad=3.0)

    def _add(self, index: int, columns: int, pixels: int, head: int) -> Axes:
        row, column = divmod(index, columns)
        wide, high = self.size
        left = _GAP + column * (pixels + _GAP)
        bottom = high - (row + 1) * (pixels + head + _GAP)
        axes = self._figure.add_axes((left / wide, bottom / high, pixels / wide, pixels / high))
        bare(axes)
        return axes

    def settle(self, moving: Sequence[Artist]) -> None:
        """Render once all but these artists; call it when the figure is complete."""
        self._moving = moving
        for artist in self._moving:
            artist.set_animated(True)
        self._canvas.draw()
        self._still = self._canvas.copy_from_bbox(self._figure.bbox)

    def render(self) -> UInt8[np.ndarray, "height width 4"]:
        """The pixels of the panels as they are now."""
        self._canvas.restore_region(self._still)
        renderer = self._canvas.get_renderer()
        for artist in self._moving:
            artist.draw(renderer)
        return np.array(self._canvas.buffer_rgba(), np.uint8)
