"""`kinetix render`."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from ..errors import ConfigError
from .arguments import FileToWrite, LevelReference, OptionalInteger

if TYPE_CHECKING:
    from ..levels import NamedLevel

__all__ = ["Render"]

ONE, SEVERAL = 500, 160  # pixels of a level on a picture that does not move


@dataclass(frozen=True, kw_only=True)
class Render:
    """Draw a level, or film an episode of it: the ending of the file says which, .png, .svg, .gif or .mp4.

    LEVEL is a file, a folder of files, random:SIZE, held-out:SIZE[/NAME] or suite:SPLIT[/NAME]; several levels are
    drawn side by side. An episode plays the solution that a level comes with, or random actions if it has none. An MP4
    needs kinetix-env[video].
    """

    name: ClassVar[str] = "render"
    level: LevelReference  # a file, a folder, random:SIZE, held-out:SIZE[/NAME] or suite:SPLIT[/NAME]
    out: FileToWrite = None  # the file to write (.png, .svg, .gif, .mp4); otherwise a PNG called like the level
    size: OptionalInteger = None  # pixels of a level, along one side; otherwise what suits the file
    columns: OptionalInteger = None  # of several levels; otherwise about as many as rows
    fps: OptionalInteger = None  # frames per second of a film; otherwise 20 in a GIF and 30 in an MP4
    actions: Literal["auto", "solution", "random", "none"] = "auto"  # what a film's episodes play
    steps: OptionalInteger = None  # the most environment steps of a film's episodes; otherwise 256
    count: OptionalInteger = None  # how many levels of random:SIZE (otherwise 1) or of held-out:SIZE (otherwise all)
    seed: int = 0  # of random:SIZE, and of random actions

    def run(self) -> None:
        """Write the file, say what it shows."""
        from ..config import as_integer
        from .films import FILMS
        from .pictures import STILL
        from .targets import check_file

        check_file("--out", self.out, (*STILL, *FILMS))
        as_integer(self.seed, "--seed", 0, 2**32 - 1)
        films = self.out is not None and self.out.suffix.lower() in FILMS
        given = {"fps": self.fps, "actions": None if self.actions == "auto" else self.actions, "steps": self.steps}
        for flag, value in given.items():
            if value is not None and not films:
                raise ConfigError(f"--{flag} is for films: --out must end in {' or '.join(FILMS)} then.")
        if self.out is not None and films:
            self._film(self.out)
        else:
            self._draw()

    def _levels(self) -> "list[NamedLevel]":
        from .finding import find_levels

        return find_levels(self.level, count=self.count, seed=self.seed)

    def _film(self, path: Path) -> None:
        from .films import check_film, save_film

        check_film(path, size=self.size, columns=self.columns, fps=self.fps)
        levels = self._levels()
        size = SEVERAL if self.size is None and len(levels) > 1 else self.size
        acts = None if self.actions == "auto" else self.actions
        settings = {"size": size, "columns": self.columns, "fps": self.fps}
        save_film(levels, path, acts=acts, steps=self.steps, seed=self.seed, **settings)

    def _draw(self) -> None:
        from math import ceil, sqrt

        from .pictures import save_levels

        levels = self._levels()
        size = (ONE if len(levels) == 1 else SEVERAL) if self.size is None else self.size
        columns = ceil(sqrt(len(levels))) if self.columns is None else self.columns
        path = Path(f"{_file_name(levels)}.png") if self.out is None else self.out
        save_levels(levels, path, size=size, columns=columns)


def _file_name(levels: "list[NamedLevel]") -> str:
    """What the picture of a level is called, with characters that every file system takes."""
    name = levels[0].name if len(levels) == 1 else "levels"
    return re.sub(r"[^\w.-]+", "-", name).strip(".-") or "level"
