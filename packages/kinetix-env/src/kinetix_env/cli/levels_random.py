"""`kinetix levels random`."""

from dataclasses import dataclass
from typing import ClassVar

from ..errors import ConfigError
from .arguments import FileToWrite, FolderToWrite

__all__ = ["LevelsRandom"]


@dataclass(frozen=True, kw_only=True)
class LevelsRandom:
    """Draw random levels: look at them on a contact sheet (--sheet), or keep them as files (--out)."""

    name: ClassVar[str] = "levels random"
    size: str = "s"  # how much a level can hold: s, m, l, or counts: polygons=8,circles=3,joints=4,thrusters=2
    count: int = 64  # how many levels
    seed: int = 0  # the same seed draws the same levels
    generator: str = "random"  # a registered level generator; `kinetix plugins` lists them
    sheet: FileToWrite = None  # write a contact sheet into this file (.png or .svg)
    columns: int = 8  # of the contact sheet
    pixels: int = 160  # of a level on the contact sheet, along one side
    out: FolderToWrite = None  # write a file for each level into this folder

    def run(self) -> None:
        """Draw, write the files."""
        from ..level.sizes import capacity_of

        capacity_of(self.size)  # before anything else is looked at
        if self.sheet is None and self.out is None:
            raise ConfigError("Say what to do with the levels: --sheet FILE.png, --out FOLDER, or both.")
        from ..levels import save
        from ..sources.random_levels import random_levels
        from .output import amount
        from .pictures import STILL, save_levels
        from .progress import progress
        from .targets import check_file, check_folder

        check_file("--sheet", self.sheet, STILL)
        check_folder("--out", self.out)
        with progress("Drawing random levels"):
            levels = random_levels(self.size, count=self.count, seed=self.seed, generator=self.generator)
        if self.sheet is not None:
            save_levels(levels, self.sheet, size=self.pixels, columns=self.columns)
        if self.out is not None:
            self.out.mkdir(parents=True, exist_ok=True)
            for named in levels:
                save(self.out / f"{named.name}.json", named)
            print(f"Wrote {amount(len(levels), 'level')} to {self.out}.")
