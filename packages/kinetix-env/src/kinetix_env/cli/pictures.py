"""Pictures of levels into files."""

from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

from ..files import write_atomically
from ..levels import NamedLevel
from ..picture import contact_sheet, draw, svg, svg_sheet

__all__ = ["STILL", "save_levels"]

STILL = (".png", ".svg")  # endings of the names of pictures that do not move


def save_levels(levels: Sequence[NamedLevel], path: Path, *, size: int, columns: int = 8) -> None:
    """Write a picture of one level, or a contact sheet of several, as PNG or SVG, and say so."""
    bare, names = [named.level for named in levels], [named.name for named in levels]
    if path.suffix.lower() == ".svg":
        one = len(levels) == 1
        text = svg(bare[0], size=size, title=names[0]) if one else svg_sheet(bare, columns, size, titles=names)
        write_atomically(path, text)
        print(f"Wrote {path}.")
        return
    picture = draw(bare[0], size=size) if len(levels) == 1 else contact_sheet(bare, columns=columns, size=size)
    content = BytesIO()
    picture.save(content, format="PNG")
    write_atomically(path, content.getvalue())
    print(f"Wrote {path} ({picture.width} x {picture.height} pixels).")
