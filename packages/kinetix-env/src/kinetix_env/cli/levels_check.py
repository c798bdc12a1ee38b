"""`kinetix levels check`."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from ..errors import KinetixError, LevelError
from .arguments import PathsToRead

if TYPE_CHECKING:
    from ..levels import NamedLevel
    from ..search import Replay

__all__ = ["LevelsCheck"]


@dataclass(frozen=True, kw_only=True)
class LevelsCheck:
    """Check level files: tell of each whether it can be played, and if not why.

    Where a file has a solution, it is played and must solve the level. The exit code is 2 if any file is bad.
    """

    name: ClassVar[str] = "levels check"
    paths: PathsToRead  # files, folders of files, or suite:SPLIT[/NAME]

    def run(self) -> None:
        """Print a line for each file."""
        from ..level import validate
        from ..levels import load
        from ..sources.files import level_files
        from .tables import amount, counts

        if not self.paths:
            raise LevelError("Name the files or folders to check, or suite:SPLIT.")
        files = [file for path in self.paths for file in level_files(path)]
        bad, unsolved = 0, 0
        for file in files:
            try:
                named = load(file)
                validate(named.level, named.capacity)
                end = _replayed(named)
            except KinetixError as error:
                bad += 1
                told = " ".join(str(error).split())
                print(f"bad  {told}" if told.startswith(str(file)) else f"bad  {file}: {told}")
                continue
            if end is not None and not end.solved:
                unsolved += 1
                print(f"bad  {file}: solution does not solve the level: {_how(end)}.")
                continue
            has = [amount(count, kind[:-1]) for kind, count in counts(named).items()]
            solved = "" if end is None else f"; solved in {amount(end.steps, 'step')}"
            print(f"ok   {file}: {', '.join(has)}{solved}")
        if bad:
            raise LevelError(f"{bad} of {len(files)} level files cannot be played.")
        if unsolved:
            raise LevelError(f"{unsolved} of {len(files)} level files have a solution that does not solve them.")


def _replayed(named: "NamedLevel") -> "Replay | None":
    """How an episode ends in which the level's solution is played, if it has one."""
    if named.solution is None:
        return None
    from ..environments import make
    from ..search import replay

    return replay(make(named.capacity), named.level, named.solution)


def _how(end: "Replay") -> str:
    """Why an episode was not solved."""
    if end.failed:
        return f"green touched red in step {end.steps}"
    return f"green came no closer to blue than {end.closest:.2f} m"
