"""Checks of the files and folders that commands write, before any time goes into their content."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryFile

from ..errors import ConfigError
from ..files import check_writable

__all__ = ["check_file", "check_folder"]


def check_file(flag: str, path: Path | None, endings: Sequence[str]) -> None:
    """Raise `ConfigError` unless a file can be written and its name has one of the endings; None passes."""
    if path is None:
        return
    if path.suffix.lower() not in endings:
        known = " or ".join(filter(None, [", ".join(endings[:-1]), endings[-1]]))
        raise ConfigError(f"{flag} must be a file whose name ends in {known}, got {str(path)!r}.")
    if not path.parent.is_dir():
        raise ConfigError(f"{flag}: the folder {str(path.parent)!r} does not exist.")
    try:
        check_writable(path)
    except OSError as error:
        raise ConfigError(f"{flag}: {str(path)!r} cannot be written ({error.strerror}).") from None


def check_folder(flag: str, path: Path | None) -> None:
    """Raise `ConfigError` unless files can be written into a folder, which is made if necessary; None passes."""
    if path is None:
        return
    there = next(place for place in (path, *path.absolute().parents) if place.exists())
    if not there.is_dir():
        raise ConfigError(f"{flag} must be a folder, got {str(path)!r}: {str(there)!r} is a file.")
    try:
        TemporaryFile(dir=there).close()
    except OSError as error:
        raise ConfigError(f"{flag}: the folder {str(path)!r} cannot be written ({error.strerror}).") from None
