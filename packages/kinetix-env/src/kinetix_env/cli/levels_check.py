"""`kinetix levels check`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from ..errors import KinetixError, LevelError
from .arguments import LevelReferences, OptionalInteger

if TYPE_CHECKING:
    from ..levels import NamedLevel
    from ..search import Replay

__all__ = ["LevelsCheck"]


@dataclass(frozen=True, kw_only=True)
class LevelsCheck:
    """Check levels: for each, print whether it can be played, and if not why.

    LEVEL is a file, a folder of files (with the folders in it), random:SIZE, held-out:SIZE[/NAME] or
    suite:SPLIT[/NAME]. Where a level has a solution, it is played and must solve the level. The exit code is 2 if any
    level is bad.
    """

    name: ClassVar[str] = "levels check"
    levels: LevelReferences  # files, folders, random:SIZE, held-out:SIZE[/NAME], suite:SPLIT[/NAME]
    count: OptionalInteger = None  # how many levels of random:SIZE (otherwise 1) or of held-out:SIZE (otherwise all)
    seed: int = 0  # which levels of random:SIZE

    def run(self) -> None:
        """Print a line for each level."""
        from ..level import validate, warn_of_missing_roles
        from .progress import progress
        from .tables import amount, counts

        if not self.levels:
            raise LevelError("Name the files or folders to check, or suite:SPLIT.")
        loads = [one for reference in self.levels for one in self._loads(reference)]
        bad, unsolved = 0, 0
        for label, load in loads:
            try:
                named = load()
                validate(named.level)
                with progress(f"Playing {label}"):
                    end = _replayed(named)
            except KinetixError as error:
                bad += 1
                text = " ".join(str(error).split())
                print(f"bad  {text}" if text.startswith(label) else f"bad  {label}: {text}")
                continue
            if end is not None and not end.solved:
                unsolved += 1
                print(f"bad  {label}: solution does not solve the level: {_how(end)}.")
                continue
            warn_of_missing_roles([(label, named.level)])
            has = [amount(count, kind[:-1]) for kind, count in counts(named).items()]
            solved = "" if end is None else f"; solved in {amount(end.steps, 'step')}"
            print(f"ok   {label}: {', '.join(has)}{solved}")
        if bad:
            raise LevelError(f"{bad} of {len(loads)} level files cannot be played.")
        if unsolved:
            raise LevelError(f"{unsolved} of {len(loads)} level files have a solution that does not solve them.")

    def _loads(self, reference: str) -> "list[tuple[str, Callable[[], NamedLevel]]]":
        """A label for each level that a reference names, and what loads it: a file that is broken spares the others."""
        from ..levels import load
        from ..sources import LevelReference
        from .progress import progress

        parsed = LevelReference.parse(reference)
        if not parsed.drawn:
            return [(str(file), partial(load, file)) for file in parsed.files()]
        with progress("Drawing levels"):
            drawn = parsed.levels(count=self.count, seed=self.seed)
        return [(one.name, partial(_itself, one)) for one in drawn]


def _itself(named: "NamedLevel") -> "NamedLevel":
    return named


def _replayed(named: "NamedLevel") -> "Replay | None":
    """The end of an episode in which the level's solution is played, if it has one."""
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
