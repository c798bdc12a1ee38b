"""The words that may follow a command: its flags, the parts of a run, and names of levels."""

import typing
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union

import tyro

from ..level.sizes import SIZES
from ..sources.suites import splits

__all__ = ["words_of_commands"]

LEVELS = ("LEVEL", "LEVEL ...", "LEVELS", "SOURCE")  # how arguments that name levels are called in the help


def words_of_commands(commands: Mapping[str, type[Any]]) -> dict[str, list[str]]:
    """What may follow each command, by its name; by the names of groups, such as "levels" and "", their commands."""
    words: dict[str, set[str]] = {"": {"--help", "--version"}}
    for name, cls in commands.items():
        above = ""
        for part in name.split():
            words.setdefault(above, {"--help"}).add(part)
            above = f"{above} {part}".strip()
        flags = getattr(cls, "flags", None)
        words.setdefault(name, {"--help"}).update(_words(cls if flags is None else flags([])))
    return {name: sorted(known) for name, known in words.items()}


def _words(cls: type[Any], prefix: str = "") -> Iterator[str]:
    """The flags of a dataclass, those of its nested ones, and the words that choose a part (`curriculum:sfl`)."""
    hints = typing.get_type_hints(cls, include_extras=True)
    for one in fields(cls):
        if not one.init:
            continue
        bare, notes = _bare(hints[one.name])
        called = [note.name for note in notes if getattr(note, "name", None)]  # by another name than the field's
        flag = f"{prefix}{(called or [one.name])[0].replace('_', '-')}"
        if tyro.conf.Positional in notes:
            yield from _values(bare, notes)
        elif parts := [option for option in map(_bare, typing.get_args(bare)) if is_dataclass(option[0])]:
            for part, _ in parts:
                yield f"{flag}:{part.name}"
                yield from _words(part, f"{flag}.")
            if type(None) in typing.get_args(bare):
                yield f"{flag}:None"
        elif isinstance(bare, type) and is_dataclass(bare):
            yield from _words(bare, f"{flag}.")
        else:
            yield f"--{flag}"
            if bare is bool:
                start, dot, last = flag.rpartition(".")
                yield f"--{start}{dot}no-{last}"
            yield from _values(bare, notes)


def _bare(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """A type without its annotations, and these."""
    if typing.get_origin(hint) is typing.Annotated:
        inside, *notes = typing.get_args(hint)
        return inside, tuple(notes)
    return hint, ()


def _values(bare: Any, notes: tuple[Any, ...]) -> Iterator[str]:
    """Values of an argument that are words: choices, and names of levels. A path is completed by the shell."""
    if any(getattr(note, "metavar", None) in LEVELS for note in notes):
        yield from (f"suite:{split}" for split in splits())
        yield from (f"{source}:{size}" for source in ("held-out", "random") for size in SIZES)
    options = typing.get_args(bare) if typing.get_origin(bare) is Union else (bare,)
    for option in options:
        if typing.get_origin(option) is Literal:
            yield from map(str, typing.get_args(option))
