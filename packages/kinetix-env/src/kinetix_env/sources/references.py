"""Names of levels, the same in every command and function that takes levels.

| Reference | Levels |
| --- | --- |
| `suite:SPLIT`, `suite:SPLIT/NAME` | a split of the hand-made suite, or one level of it |
| `held-out:SIZE`, `held-out:SIZE/NAME` | the held-out set of a size, or one level of it |
| `random:SIZE`, or another registered generator's `NAME:SIZE` | levels drawn from a seed |
| the path of a file or a folder | the level in the file, or in each `*.json` of the folder |

The size of a generator may also be counts: `random:polygons=8,circles=3,joints=4,thrusters=2`. A file that is called
like one of the others is named by a path such as `./suite:s`."""

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from jax2d import Capacity

from ..errors import ConfigError, KinetixError, LevelError, UnknownNameError, pick
from ..level.level import Level
from ..level.named import NamedLevel
from ..level.sizes import SIZES, capacity_of
from ..levels import load, pad
from ..levels.listing import level_files
from ..plugins import registry
from .held_out import held_out_level, held_out_levels
from .kept_files import current_lookup
from .random_levels import random_levels
from .suites import file_of, splits, suite

__all__ = ["LevelReference", "find_levels", "padded"]

Kind: TypeAlias = Literal["suite", "held-out", "generator", "path"]

FORMS = "suite:SPLIT, suite:SPLIT/NAME, held-out:SIZE, held-out:SIZE/NAME, random:SIZE, or the path of a file or folder"


@dataclass(frozen=True, kw_only=True)
class LevelReference:
    """The name of some levels, taken apart. `parse` makes one; `levels` finds what it names."""

    text: str  # as it was written
    kind: Kind
    group: str = ""  # the split of a suite, or a size; "" for a path, and for a generator without a size
    name: str | None = None  # of one level in the group; None for all of them
    generator: str = ""  # the registered name of the generator, if that is what it is

    @classmethod
    def parse(cls, text: str | Path) -> "LevelReference":
        """Take a reference apart; `UnknownNameError` for a split or a size that does not exist.

        Whatever has none of the other forms is a path. Whether there is such a file, or a level of that name, is only
        seen by `levels` and `files`.
        """
        text = str(text)
        scheme, colon, rest = text.partition(":")
        if colon and scheme in ("suite", "held-out"):
            group, slash, name = rest.partition("/")
            known = splits() if scheme == "suite" else tuple(SIZES)
            pick("split" if scheme == "suite" else "size", group, dict.fromkeys(known))
            kind: Kind = "suite" if scheme == "suite" else "held-out"
            return cls(text=text, kind=kind, group=group, name=name if slash else None)
        if scheme in registry().level_generators:
            if colon:
                capacity_of(rest)
            return cls(text=text, kind="generator", group=rest, generator=scheme)
        return cls(text=text, kind="path")

    @property
    def drawn(self) -> bool:
        """Whether the levels are drawn by a generator, and not kept in files."""
        return self.kind == "held-out" or (self.kind == "generator" and self.group != "")

    def levels(self, *, count: int | None = None, seed: int = 0, random_count: int = 1) -> list[NamedLevel]:
        """The levels, at least one, on the host.

        `count` is how many levels of a held-out set or of a generator; if None, the whole set, or `random_count` levels
        of the generator. `seed` is the generator's. Neither matters to other levels.
        """
        if self.kind == "suite":
            return self._of_suite()
        if self.kind == "held-out":
            return held_out_levels(self.group, count) if self.name is None else [held_out_level(self.group, self.name)]
        if self.drawn:
            wanted = random_count if count is None else count
            return random_levels(self.group, count=wanted, seed=seed, generator=self.generator)
        return [load(file) for file in self._paths()]

    def _paths(self) -> list[Path]:
        """The files that the levels of a path are read from, which a lookup (`sources.kept_files`) may replace."""
        lookup = current_lookup()
        found = None if lookup is None else lookup(self.text)
        return self.named_files() if found is None else found

    def named_files(self) -> list[Path]:
        """The files that a path names: one file, or the `*.json` of a folder, sorted."""
        self._check_path()
        path = Path(self.text)
        return level_files(path) if path.is_dir() else [path]

    def files(self) -> list[Path]:
        """The level files: one file, all `*.json` of a folder and of the folders in it, sorted, or those of a suite."""
        if self.drawn:
            raise LevelError(f"{self.text} names levels that are drawn by a generator; they have no files.")
        if self.kind == "suite":
            return [file_of(named) for named in self._of_suite()]
        self._check_path()
        path = Path(self.text)
        return level_files(path, deep=True) if path.is_dir() else [path]

    def _of_suite(self) -> list[NamedLevel]:
        levels = list(suite(self.group))
        if self.name is None:
            return levels
        return [pick(f"level of suite:{self.group}", self.name, {named.name: named for named in levels})]

    def _check_path(self) -> None:
        """Refuse a misspelt reference, which looks like the path of a file that does not exist."""
        path = Path(self.text)
        if _exists(path) or ((path.suffix or len(path.parts) > 1) and ":" not in self.text):
            return
        raise self._unknown()

    def _unknown(self) -> KinetixError:
        if self.generator:
            examples = " or ".join(f"{self.generator}:{size}" for size in SIZES)
            return ConfigError(f"The generator {self.generator!r} draws levels of a size: name {examples}.")
        scheme, colon, rest = self.text.partition(":")
        near = difflib.get_close_matches(scheme, ["suite", "held-out", *registry().level_generators], n=1)
        hint = f" Did you mean {f'{near[0]}{colon}{rest}'!r}?" if near else ""
        message = f"No level generator or level file called {self.text!r}.{hint}"
        return UnknownNameError(f"{message} Levels are named {FORMS}.")


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # a name that is too long, or holds a zero byte
        return False


def find_levels(reference: str | Path, *, count: int | None = None, seed: int = 0) -> list[NamedLevel]:
    """The levels that a reference names. `count` is for held-out and random ones, `seed` for random ones."""
    return LevelReference.parse(reference).levels(count=count, seed=seed)


def padded(named: NamedLevel, capacity: Capacity) -> Level:
    """A level with the room of a capacity; a `LevelError` that names the level if it needs more."""
    if named.capacity == capacity:
        return named.level
    try:
        return pad(named.level, capacity)
    except LevelError as error:
        raise LevelError(f"{named.name} is too large for this environment: {error}") from None
