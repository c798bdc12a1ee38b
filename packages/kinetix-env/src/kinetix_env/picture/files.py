"""The files that films go into."""

from pathlib import Path

from ..errors import ConfigError

__all__ = ["check_path"]


def check_path(path: str | Path | None, ending: str) -> Path | None:
    """Refuse a file for a film before time goes into it."""
    if path is None:
        return None
    path = Path(path)
    if path.suffix.lower() != ending or not path.parent.is_dir():
        takes = f"a file in a folder that exists, whose name ends in {ending}"
        raise ConfigError(f"The film must be {takes}, got {str(path)!r}.")
    return path
