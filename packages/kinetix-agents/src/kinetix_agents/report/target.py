"""Checks the path that a report is written to."""

from pathlib import Path

from kinetix_env.errors import ConfigError
from kinetix_env.files import check_writable

__all__ = ["check_target"]


def check_target(path: Path) -> Path:
    """Return the path. Raises `ConfigError` unless it ends in .html or .htm and can be written."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise ConfigError(f"The name of a report must end in .html, got {str(path)!r}.")
    if not path.parent.is_dir():
        raise ConfigError(f"The folder {str(path.parent)!r} of a report does not exist.")
    try:
        check_writable(path)
    except OSError as error:
        raise ConfigError(f"The report {str(path)!r} cannot be written ({error.strerror}).") from None
    return path
