"""Many levels on one picture, to look at what was generated."""

from collections.abc import Sequence

from PIL import Image

from ..errors import ConfigError
from ..level import Level
from .level_picture import BLACK, draw

__all__ = ["contact_sheet"]

GAP = 4  # pixels around each level


def contact_sheet(levels: Sequence[Level], columns: int = 8, size: int = 160) -> Image.Image:
    """The levels row by row, each `size` pixels wide and high, `columns` in a row."""
    if not levels:
        raise ConfigError("A contact sheet needs at least one level, got none.")
    if isinstance(columns, bool) or not isinstance(columns, int) or columns < 1:
        raise ConfigError(f"A contact sheet's columns must be an integer of at least 1, got {columns!r}.")
    columns = min(columns, len(levels))
    rows, pitch = -(-len(levels) // columns), size + GAP
    sheet = Image.new("RGB", (columns * pitch + GAP, rows * pitch + GAP), BLACK)
    for place, level in enumerate(levels):
        row, column = divmod(place, columns)
        sheet.paste(draw(level, size=size), (GAP + column * pitch, GAP + row * pitch))
    return sheet
