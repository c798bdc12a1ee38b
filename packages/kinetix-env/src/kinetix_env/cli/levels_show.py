"""`kinetix levels show`."""

from dataclasses import dataclass
from typing import ClassVar

from .arguments import FileToWrite, LevelReference, OptionalInteger
from .documents import WithJSON, print_json

__all__ = ["LevelsShow"]


@dataclass(frozen=True, kw_only=True)
class LevelsShow(WithJSON):
    """Show what is in a level, and draw a picture of it.

    LEVEL is a file, a folder of files, random:SIZE, held-out:SIZE[/NAME] or suite:SPLIT[/NAME]. Several levels are
    listed, and drawn on one sheet.
    """

    name: ClassVar[str] = "levels show"
    level: LevelReference  # a file, a folder, random:SIZE, held-out:SIZE[/NAME] or suite:SPLIT[/NAME]
    out: FileToWrite = None  # write a picture into this file (.png or .svg)
    size: int = 500  # pixels of the picture of a level, along one side
    columns: int = 8  # of the sheet of several levels
    count: OptionalInteger = None  # how many levels of random:SIZE (otherwise 1) or of held-out:SIZE (otherwise all)
    seed: int = 0  # which levels of random:SIZE

    def run(self) -> None:
        """Print tables, write the picture."""
        from .finding import find_levels
        from .pictures import STILL, save_levels
        from .tables import level_document, print_level, print_levels
        from .targets import check_file

        check_file("--out", self.out, STILL)
        levels = find_levels(self.level, count=self.count, seed=self.seed)
        if self.json:
            print_json([level_document(named) for named in levels])
        elif len(levels) == 1:
            print_level(levels[0])
        else:
            print_levels(levels)
        if self.out is not None:
            save_levels(levels, self.out, size=self.size, columns=self.columns)
