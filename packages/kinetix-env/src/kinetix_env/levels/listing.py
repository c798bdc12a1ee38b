"""The level files of a folder: its `*.json`, in capitals or not, sorted by name."""

from pathlib import Path

from jax2d.checks import shown

from ..errors import LevelError

__all__ = ["level_files"]

SUFFIX = ".json"


def level_files(folder: Path, *, deep: bool = False) -> list[Path]:
    """The level files of a folder, at least one; with `deep` also those of the folders in it.

    A link to a file that does not exist is listed too, so that loading the levels gives an error that names it.
    """
    paths = sorted(folder.rglob("*") if deep else folder.iterdir())
    found = [path for path in paths if path.suffix.lower() == SUFFIX and not path.is_dir()]
    if not found:
        name = str(folder)
        raise LevelError(f"{name if name.isprintable() else shown(name)}: holds no level files (*{SUFFIX}).")
    return found
