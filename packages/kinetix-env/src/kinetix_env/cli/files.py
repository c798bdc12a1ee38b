"""Level files in what was named on the command line."""

from pathlib import Path

from ..errors import LevelError

__all__ = ["level_files"]


def level_files(path: Path) -> list[Path]:
    """The file, or all `*.json` of a folder and of the folders in it, sorted."""
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.rglob("*.json") if file.is_file())
    if not files:
        raise LevelError(f"{path}: holds no level files (*.json).")
    return files
