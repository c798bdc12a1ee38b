"""`kinetix levels convert`."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Literal

from ..errors import LevelError
from .arguments import LevelsToRead, OptionalInteger, PathToWrite

if TYPE_CHECKING:
    from ..levels import NamedLevel

__all__ = ["LevelsConvert"]


@dataclass(frozen=True, kw_only=True)
class LevelsConvert:
    """Write level files in another format.

    SOURCE is a file or a folder in either format, random:SIZE, held-out:SIZE[/NAME] or suite:SPLIT[/NAME]; TARGET is
    the file to write, or the folder if SOURCE is a folder or names several levels.
    """

    name: ClassVar[str] = "levels convert"
    source: LevelsToRead  # a level file, a folder, random:SIZE, held-out:SIZE[/NAME] or suite:SPLIT[/NAME]
    target: PathToWrite  # where the result goes: a file for one level, a folder for a folder or several levels
    to: Literal["kinetix-level", "published"] = "kinetix-level"  # ours, or that of Kinetix 3
    count: OptionalInteger = None  # how many levels of random:SIZE (otherwise 1) or of held-out:SIZE (otherwise all)
    seed: int = 0  # which levels of random:SIZE
    overwrite: bool = False  # replace files that exist

    def run(self) -> None:
        """Write a file for each level."""
        from .targets import check_file, check_folder

        pairs = self._pairs()
        for _, target in pairs:
            if target.exists() and not self.overwrite:
                raise LevelError(f"{target}: exists already; add --overwrite to replace it.")
        if any(target != self.target for _, target in pairs):
            check_folder("TARGET", self.target)
        else:
            check_file("TARGET", self.target, (self.target.suffix.lower(),))
        for source, target in pairs:
            if target != self.target:
                target.parent.mkdir(parents=True, exist_ok=True)
            self._convert(source, target)
        print(f"Wrote {len(pairs)} level{'s' * (len(pairs) != 1)} in the format {self.to} to {self.target}.")

    def _pairs(self) -> "list[tuple[Path | NamedLevel, Path]]":
        """Each level, or the file that it is in, with the file to write."""
        from ..sources import LevelReference
        from .progress import progress

        reference = LevelReference.parse(self.source)
        if reference.kind == "path":
            files, folder = reference.files(), Path(self.source)
            return [
                (file, self.target / file.relative_to(folder) if folder.is_dir() else self.target) for file in files
            ]
        with progress("Drawing levels"):
            levels = reference.levels(count=self.count, seed=self.seed)
        if len(levels) == 1:
            return [(levels[0], self.target)]
        return [(named, self.target / f"{named.name}.json") for named in levels]

    def _convert(self, source: "Path | NamedLevel", target: Path) -> None:
        import json

        from ..levels import export_published, load, save
        from ..levels.text import write_text

        named = load(source) if isinstance(source, Path) else source
        if self.to == "kinetix-level":
            save(target, named)
            return
        try:
            write_text(target, json.dumps(export_published(named)) + "\n")
        except LevelError as error:
            raise LevelError(f"{target}: {error}") from None
