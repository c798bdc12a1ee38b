"""Settings and files of pictures, checked. Each function raises a `SceneError`."""

import os
from pathlib import Path

from ..checks import shown
from ..errors import SceneError
from ..files import write_atomically

__all__ = ["LARGEST", "check_columns", "check_path", "check_size", "write"]

LARGEST = 4096  # pixels along one side of a picture


def check_size(size: object) -> None:
    """Refuse a size that is not a number of pixels."""
    if isinstance(size, bool) or not isinstance(size, int) or not 1 <= size <= LARGEST:
        raise SceneError(f"A picture's size must be an integer from 1 to {LARGEST} pixels, got {shown(size)}.")


def check_columns(columns: object, pictures: int) -> int:
    """The columns of a sheet of a number of pictures, at most one column per picture."""
    if isinstance(columns, bool) or not isinstance(columns, int) or columns < 1:
        raise SceneError(f"A sheet's columns must be an integer of at least 1, got {shown(columns)}.")
    return min(columns, pictures)


def check_path(path: object, ending: str) -> Path | None:
    """The file of a film, refused before time goes into the film if it cannot be written."""
    if path is None:
        return None
    takes = f"a file in a folder that exists, whose name ends in {ending}"
    if not isinstance(path, (str, os.PathLike)):
        raise SceneError(f"The film must be {takes}, got {shown(path)}.")
    path = Path(path)
    if path.suffix.lower() != ending or path.is_dir() or not path.parent.is_dir():
        raise SceneError(f"The film must be {takes}, got {str(path)!r}.")
    return path


def write(path: Path | None, content: bytes) -> None:
    """Write a file as a whole or not at all: one that was there stays if something goes wrong."""
    if path is None:
        return
    try:
        write_atomically(path, content)
    except OSError as error:
        raise SceneError(f"The film must be a file that can be written, but {str(path)!r} is not: {error}.") from error
