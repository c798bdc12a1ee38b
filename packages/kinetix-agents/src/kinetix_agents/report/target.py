"""Where a report is written to."""

from pathlib import Path

from kinetix_env.errors import ConfigError

__all__ = ["check_target"]


def check_target(path: Path) -> Path:
    """The path, if an HTML file can be there; a `ConfigError` otherwise."""
    if path.suffix.lower() not in (".html", ".htm"):
        raise ConfigError(f"A report is a file whose name ends in .html, got {str(path)!r}.")
    if not path.parent.is_dir():
        raise ConfigError(f"The folder {str(path.parent)!r} of a report does not exist.")
    return path
