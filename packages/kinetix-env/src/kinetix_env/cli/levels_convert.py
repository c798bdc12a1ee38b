"""`kinetix levels convert`."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from ..errors import LevelError
from .arguments import PathToRead, PathToWrite

__all__ = ["LevelsConvert"]


@dataclass(frozen=True, kw_only=True)
class LevelsConvert:
    """Write level files in another format.

    SOURCE is a file or a folder in either format; TARGET is the file or folder to write.
    """

    name: ClassVar[str] = "levels convert"
    source: PathToRead  # a level file, or a folder of them
    target: PathToWrite  # where the result goes: a file for a file, a folder for a folder
    to: Literal["kinetix-level", "published"] = "kinetix-level"  # ours, or that of Kinetix 3
    overwrite: bool = False  # replace files that exist

    def run(self) -> None:
        """Write a file for each file."""
        from ..sources.files import level_files

        folder = self.source.is_dir()
        pairs = [
            (file, self.target / file.relative_to(self.source) if folder else self.target)
            for file in level_files(self.source)
        ]
        for _, target in pairs:
            if target.exists() and not self.overwrite:
                raise LevelError(f"{target}: exists already; add --overwrite to replace it.")
        for source, target in pairs:
            if folder:
                target.parent.mkdir(parents=True, exist_ok=True)
            self._convert(source, target)
        print(f"Wrote {len(pairs)} level{'s' * (len(pairs) != 1)} in the format {self.to} to {self.target}.")

    def _convert(self, source: Path, target: Path) -> None:
        import json

        from ..levels import export_published, load, save
        from ..levels.text import write_text

        named = load(source)
        if self.to == "kinetix-level":
            save(target, named)
            return
        try:
            write_text(target, json.dumps(export_published(named)) + "\n")
        except LevelError as error:
            raise LevelError(f"{target}: {error}") from None
