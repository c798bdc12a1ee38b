"""`kinetix levels gallery`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, ClassVar

import tyro

from ..errors import ConfigError
from .arguments import LevelReferences, OptionalInteger

if TYPE_CHECKING:
    from ..levels import NamedLevel
    from ..play.recording import Recording

__all__ = ["LevelsGallery"]

RANDOM = 64  # levels of random:SIZE, unless --count says how many


@dataclass(frozen=True, kw_only=True)
class LevelsGallery:
    """Write a page of levels, with pictures and a clip of each solution, for a browser.

    LEVEL is a file, a folder of files, random:SIZE, held-out:SIZE[/NAME] or suite:SPLIT[/NAME]. The page is one file,
    which needs no network. A level that comes without a solution has no clip.
    """

    name: ClassVar[str] = "levels gallery"
    levels: LevelReferences  # files, folders, random:SIZE, held-out:SIZE[/NAME], suite:SPLIT[/NAME]
    out: Annotated[Path, tyro.conf.arg(metavar="FILE")]  # the page to write (.html)
    title: str = "Levels"  # of the page
    clips: bool = True  # show the solutions
    count: OptionalInteger = None  # how many levels of random:SIZE (otherwise 64) or of held-out:SIZE (otherwise all)
    seed: int = 0  # which levels of random:SIZE

    def run(self) -> None:
        """Play the solutions, draw, write the page."""
        from ..files import write_atomically
        from ..picture import gallery
        from ..sources import LevelReference
        from .output import amount
        from .progress import progress
        from .targets import check_file

        if not self.levels:
            raise ConfigError("Name the levels to show.")
        check_file("--out", self.out, (".html",))
        references = [LevelReference.parse(reference) for reference in self.levels]
        with progress("Loading levels"):
            levels = [
                named
                for reference in references
                for named in reference.levels(count=self.count, seed=self.seed, random_count=RANDOM)
            ]
        with progress("Playing"):
            recordings = self._recordings(levels)
        with progress("Drawing") as drawn:
            page = gallery(levels, recordings, title=self.title, progress=drawn)
        write_atomically(self.out, page)
        clips = amount(sum(episode is not None for episode in recordings), "clip")
        print(f"Wrote {self.out}: {amount(len(levels), 'level')}, {clips} ({len(page) / 1e6:.1f} MB).")

    def _recordings(self, levels: "list[NamedLevel]") -> "list[Recording | None]":
        """Episodes of the levels that have a solution."""
        from ..play.episodes import play

        solved = [named for named in levels if self.clips and named.solution is not None]
        found = dict(zip(map(id, solved), play(solved, "solution"), strict=True))
        return [found.get(id(named)) for named in levels]
