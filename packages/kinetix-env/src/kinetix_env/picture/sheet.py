"""Many levels on one picture, to look at what was generated."""

import math
from collections.abc import Sequence

from PIL import Image

from ..config import as_integer
from ..errors import ConfigError
from ..level.level import Level
from .describe import describe
from .level_picture import check_size
from .raster import paint
from .style import BLACK
from .vector import NAMESPACE, element

__all__ = ["check_columns", "contact_sheet", "svg_sheet"]

GAP = 4  # pixels around each level


def contact_sheet(levels: Sequence[Level], columns: int = 8, size: int = 160) -> Image.Image:
    """The levels row by row, each `size` pixels wide and high, `columns` in a row."""
    across, down = _grid(levels, columns, size)
    pitch = size + GAP
    sheet = Image.new("RGB", (across * pitch + GAP, down * pitch + GAP), BLACK)
    for place, level in enumerate(levels):
        row, column = divmod(place, across)
        sheet.paste(paint(describe(level), size), (GAP + column * pitch, GAP + row * pitch))
    return sheet


def svg_sheet(
    levels: Sequence[Level], columns: int = 8, size: int = 160, *, titles: Sequence[str] | None = None
) -> str:
    """What `contact_sheet` shows, as the text of an SVG. `titles` has a name for each level."""
    across, down = _grid(levels, columns, size)
    titles = [f"Level {place}" for place in range(len(levels))] if titles is None else titles
    if len(titles) != len(levels):
        raise ConfigError(f"A sheet's titles must be one for each of {len(levels)} levels, got {len(titles)}.")
    pitch = size + GAP
    width, height = across * pitch + GAP, down * pitch + GAP
    parts = []
    for place, (level, title) in enumerate(zip(levels, titles, strict=True)):
        row, column = divmod(place, across)
        where = f'x="{GAP + column * pitch}" y="{GAP + row * pitch}" width="{size}" height="{size}"'
        parts.append(element(describe(level), where, title))
    return "\n".join(
        [
            f'<svg xmlns="{NAMESPACE}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{len(levels)} levels</title>",
            '<rect width="100%" height="100%" fill="#{:02x}{:02x}{:02x}"/>'.format(*BLACK),
            *parts,
            "</svg>\n",
        ]
    )


def check_columns(columns: int, levels: int) -> int:
    """How many of so many levels are side by side; a `ConfigError` unless `columns` is a positive integer."""
    return min(as_integer(columns, "A sheet's columns", 1), levels)


def _grid(levels: Sequence[Level], columns: int, size: int) -> tuple[int, int]:
    """Columns and rows."""
    if not levels:
        raise ConfigError("A contact sheet needs at least one level, got none.")
    check_size(size)
    across = check_columns(columns, len(levels))
    return across, math.ceil(len(levels) / across)
