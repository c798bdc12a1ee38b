"""Pictures of levels into files."""

from collections.abc import Sequence
from pathlib import Path

from ..errors import ConfigError
from ..levels import NamedLevel
from ..picture import contact_sheet, draw

__all__ = ["check_png", "save_levels"]


def check_png(flag: str, path: Path | None) -> None:
    """Refuse a file for a picture before time goes into the levels."""
    if path is None:
        return
    if path.suffix.lower() != ".png":
        raise ConfigError(f"{flag} must be a file whose name ends in .png, got {str(path)!r}.")
    if not path.parent.is_dir():
        raise ConfigError(f"{flag}: the folder {str(path.parent)!r} does not exist.")


def save_levels(levels: Sequence[NamedLevel], path: Path, *, size: int, columns: int = 8) -> None:
    """Write a picture of one level, or a contact sheet of several, and say so."""
    if len(levels) == 1:
        picture = draw(levels[0].level, size=size)
    else:
        picture = contact_sheet([named.level for named in levels], columns=columns, size=size)
    picture.save(path, format="PNG")
    print(f"Wrote {path} ({picture.width} x {picture.height} pixels).")
