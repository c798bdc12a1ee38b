"""Many levels on one picture, to look at what was generated."""

from collections.abc import Sequence

from PIL import Image

from jax2d.picture import paint
from jax2d.picture.toolkit import NAMESPACE, Grid, check_columns, check_size, element

from ..errors import ConfigError
from ..level.level import Level
from .config_errors import config_errors
from .describe import describe
from .style import BLACK

__all__ = ["contact_sheet", "svg_sheet"]

GAP = 4  # pixels around each level


def contact_sheet(levels: Sequence[Level], columns: int = 8, size: int = 160) -> Image.Image:
    """The levels row by row, each `size` pixels wide and high, `columns` in a row."""
    grid = _grid(levels, columns, size)
    sheet = Image.new("RGB", (grid.width, grid.height), BLACK)
    for index, level in enumerate(levels):
        sheet.paste(paint(describe(level), size), grid.place(index))
    return sheet


def svg_sheet(
    levels: Sequence[Level], columns: int = 8, size: int = 160, *, titles: Sequence[str] | None = None
) -> str:
    """What `contact_sheet` shows, as the text of an SVG. `titles` has a name for each level."""
    grid = _grid(levels, columns, size)
    titles = [f"Level {index}" for index in range(len(levels))] if titles is None else titles
    if len(titles) != len(levels):
        raise ConfigError(f"A sheet's titles must be one for each of {len(levels)} levels, got {len(titles)}.")
    width, height = grid.width, grid.height
    parts = []
    for index, (level, title) in enumerate(zip(levels, titles, strict=True)):
        x, y = grid.place(index)
        parts.append(element(describe(level), f'x="{x}" y="{y}" width="{size}" height="{size}"', title))
    return "\n".join(
        [
            f'<svg xmlns="{NAMESPACE}" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img">',
            f"<title>{len(levels)} level{'s' * (len(levels) != 1)}</title>",
            '<rect width="100%" height="100%" fill="#{:02x}{:02x}{:02x}"/>'.format(*BLACK),
            *parts,
            "</svg>\n",
        ]
    )


@config_errors()
def _grid(levels: Sequence[Level], columns: int, size: int) -> Grid:
    if not levels:
        raise ConfigError("A contact sheet needs at least one level, got none.")
    check_size(size)
    across = check_columns(columns, len(levels))
    return Grid(count=len(levels), columns=across, cell=(size, size), gap=GAP, around=2 * GAP)
