"""Level files in what was named on the command line."""

from pathlib import Path

from ..errors import LevelError

__all__ = ["level_files"]


def level_files(path: Path) -> list[Path]:
    """The file, or all `*.json` of a folder and of the folders in it, sorted; or those of `suite:SPLIT[/NAME]`."""
    if str(path).startswith("suite:"):
        from .references import find_levels
        from .suites import file_of

        return [file_of(named) for named in find_levels(str(path))]
    if not path.is_dir():
        return [path]
    files = sorted(file for file in path.rglob("*.json") if file.is_file())
    if not files:
        raise LevelError(f"{path}: holds no level files (*.json).")
    return files
