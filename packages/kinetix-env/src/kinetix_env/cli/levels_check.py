"""`kinetix levels check`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from ..errors import KinetixError, LevelError
from .arguments import LevelReferences, OptionalInteger
from .documents import WithJSON, print_json
from .output import amount
from .progress import progress

if TYPE_CHECKING:
    from ..levels import NamedLevel
    from ..search import Replay

__all__ = ["LevelsCheck"]


@dataclass(frozen=True, kw_only=True)
class LevelsCheck(WithJSON):
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
        """Print a line for each level, or a document of all."""
        if not self.levels:
            raise LevelError("Name the files or folders to check, or suite:SPLIT.")
        verdicts = []
        for label, load in [one for reference in self.levels for one in self._loads(reference)]:
            verdicts.append(_verdict(label, load))
            if not self.json:
                print(verdicts[-1].line)
        if self.json:
            print_json([verdict.document() for verdict in verdicts])
        if bad := sum(not verdict.playable for verdict in verdicts):
            raise LevelError(f"{bad} of {len(verdicts)} level files cannot be played.")
        if unsolved := sum(not verdict.ok for verdict in verdicts):
            raise LevelError(f"{unsolved} of {len(verdicts)} level files have a solution that does not solve them.")

    def _loads(self, reference: str) -> "list[tuple[str, Callable[[], NamedLevel]]]":
        """A label for each level that a reference names, and what loads it: a file that is broken spares the others."""
        from ..levels import load
        from ..sources import LevelReference

        parsed = LevelReference.parse(reference)
        if not parsed.drawn:
            return [(str(file), partial(load, file)) for file in parsed.files()]
        with progress("Drawing levels"):
            drawn = parsed.levels(count=self.count, seed=self.seed)
        return [(one.name, partial(_itself, one)) for one in drawn]


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What is known of a level after it was loaded, validated and played."""

    level: str
    playable: bool = True
    reason: str = ""  # why it is bad; "" if it is not
    counts: Mapping[str, int] = field(default_factory=dict)  # of everything in it
    steps: int | None = None  # environment steps until its solution has solved it

    @property
    def ok(self) -> bool:
        """Whether it can be played, and its solution, if it has one, solves it."""
        return not self.reason

    @property
    def line(self) -> str:
        """All of it in a line."""
        if not self.ok:
            return f"bad  {self.reason}" if self.reason.startswith(self.level) else f"bad  {self.level}: {self.reason}"
        has = [amount(count, kind[:-1]) for kind, count in self.counts.items()]
        solved = "" if self.steps is None else f"; solved in {amount(self.steps, 'step')}"
        return f"ok   {self.level}: {', '.join(has)}{solved}"

    def document(self) -> dict[str, object]:
        """All of it by name."""
        verdict = {"level": self.level, "ok": self.ok, "playable": self.playable, "reason": self.reason or None}
        return {**verdict, **self.counts, "solved_in": self.steps}


def _verdict(label: str, load: "Callable[[], NamedLevel]") -> Verdict:
    """Load, validate and play a level."""
    from ..level import validate, warn_of_missing_roles
    from .tables import counts

    try:
        named = load()
        validate(named.level)
        with progress(f"Playing {label}"):
            end = _replayed(named)
    except KinetixError as error:
        return Verdict(level=label, playable=False, reason=" ".join(str(error).split()))
    if end is not None and not end.solved:
        return Verdict(level=label, reason=f"solution does not solve the level: {_how(end)}.", counts=counts(named))
    warn_of_missing_roles([(label, named.level)])
    return Verdict(level=label, counts=counts(named), steps=None if end is None else end.steps)


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
