"""How the commands' fields are called in their help."""

from pathlib import Path
from typing import Annotated

import tyro

__all__ = [
    "FileToWrite",
    "FolderToWrite",
    "LevelReference",
    "LevelReferences",
    "LevelsToRead",
    "OptionalInteger",
    "PathToWrite",
]

LevelReference = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="LEVEL")]
LevelReferences = Annotated[tuple[str, ...], tyro.conf.Positional, tyro.conf.arg(metavar="LEVEL ...")]
OptionalInteger = Annotated[int | None, tyro.conf.arg(metavar="INT")]
LevelsToRead = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="SOURCE")]
PathToWrite = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="TARGET")]
FileToWrite = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]
FolderToWrite = Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")]
