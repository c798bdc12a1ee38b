"""`kinetix levels check`."""

from dataclasses import dataclass
from typing import ClassVar

from ..errors import KinetixError, LevelError
from .arguments import PathsToRead

__all__ = ["LevelsCheck"]


@dataclass(frozen=True, kw_only=True)
class LevelsCheck:
    """Check level files: tell of each whether it can be played, and if not why.

    The exit code is 2 if any of them cannot.
    """

    name: ClassVar[str] = "levels check"
    paths: PathsToRead  # files, or folders of files

    def run(self) -> None:
        """Print a line for each file."""
        from ..levels import load, validate
        from .files import level_files
        from .tables import amount, counts

        if not self.paths:
            raise LevelError("Name the files or folders to check.")
        files = [file for path in self.paths for file in level_files(path)]
        bad = 0
        for file in files:
            try:
                named = load(file)
                validate(named.level, named.capacity)
            except KinetixError as error:
                bad += 1
                told = " ".join(str(error).split())
                print(f"bad  {told}" if told.startswith(str(file)) else f"bad  {file}: {told}")
            else:
                print(f"ok   {file}: {', '.join(amount(count, kind[:-1]) for kind, count in counts(named).items())}")
        if bad:
            raise LevelError(f"{bad} of {len(files)} level files cannot be played.")
