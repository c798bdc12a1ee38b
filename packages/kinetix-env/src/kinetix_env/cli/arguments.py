"""How the commands' fields are called in their help."""

from pathlib import Path
from typing import Annotated

import tyro

__all__ = ["FileToWrite", "FolderToWrite", "LevelReference", "PathToRead", "PathToWrite", "PathsToRead"]

LevelReference = Annotated[str, tyro.conf.Positional, tyro.conf.arg(metavar="LEVEL")]
PathToRead = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="SOURCE")]
PathToWrite = Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="TARGET")]
PathsToRead = Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="PATH ...")]
FileToWrite = Annotated[Path | None, tyro.conf.arg(metavar="FILE")]
FolderToWrite = Annotated[Path | None, tyro.conf.arg(metavar="FOLDER")]
