"""The help of commands that choose parts of a run: their own flags and a list of the parts, or the settings of a part.

`kinetix train --help` names the parts, `kinetix train curriculum:sfl --help` shows the settings of one."""

import inspect
import typing
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, field, fields, make_dataclass
from typing import Any

from kinetix_env.commands import print_flags, print_table
from kinetix_env.errors import UnknownNameError, unknown

from ..training.config import PARTS

__all__ = ["print_help"]

Parts = Mapping[str, type[Any]]


def print_help(flags: type[Any], prog: str, args: Sequence[str]) -> None:
    """Print the settings of the parts that are named among the arguments, or what there is to choose if none is.

    `flags` has a field for each kind of part, whose type is the union of the registered configs.
    """
    parts = _parts(flags)
    kinds = {word.partition(":")[0] for word in parts}
    words = [word for word in args if ":" in word and word.partition(":")[0] in kinds and not word.endswith(":none")]
    named = list(dict.fromkeys(words))
    for word in named:
        if word not in parts:
            raise UnknownNameError(unknown("part of a run", word, parts))
    if named:
        print_flags(_only(flags, {word: parts[word] for word in named}), prog=" ".join([prog, *named]))
        print(f"\n{prog} --help shows the other flags and parts.")
        return
    print_flags(_without_parts(flags), prog=f"{prog} [PART ...]")
    example = next((word for word in parts if word == "curriculum:sfl"), next(iter(parts)))
    print(f"\nparts of a run (the settings of one: {prog} {example} --help)\n")
    defaults = _defaults(flags)
    rows = [[f"  {word}", _summary(cls, chosen=type(defaults[_field(word)]) is cls)] for word, cls in parts.items()]
    print_table(["", ""], rows)


def _parts(flags: type[Any]) -> Parts:
    """Return the configs to choose from, by the word that chooses one."""
    return {
        f"{one.name.replace('_', '-')}:{cls.name}": cls
        for one in fields(flags)
        if one.name in PARTS
        for cls in map(_bare, typing.get_args(one.type))
        if cls is not type(None)
    }


def _bare(kind: Any) -> Any:
    """A type without its annotations."""
    return typing.get_args(kind)[0] if typing.get_origin(kind) is typing.Annotated else kind


def _field(word: str) -> str:
    """The field that a part such as `curriculum:sfl` is chosen for."""
    return word.partition(":")[0].replace("-", "_")


def _defaults(flags: type[Any]) -> dict[str, Any]:
    return {
        one.name: one.default if one.default_factory is MISSING else one.default_factory()
        for one in fields(flags)
        if one.name in PARTS
    }


def _without_parts(flags: type[Any]) -> type[Any]:
    """The class of the flags that belong to no part."""
    kept = []
    for one in fields(flags):
        if one.name not in PARTS:
            kept.append((one.name, one.type, _again(one)))
    return _made(flags.__doc__ or "", kept)


def _again(one: Field[Any]) -> Any:
    """A field with the default of another class's."""
    factory = one.default_factory
    return field(default=one.default) if factory is MISSING else field(default_factory=factory)


def _only(flags: type[Any], parts: Parts) -> type[Any]:
    """The class of the settings of some parts, with the defaults that `flags` has for them."""
    defaults = _defaults(flags)
    kept = []
    for word, cls in parts.items():
        default = defaults[_field(word)]
        given = (lambda value=default: value) if type(default) is cls else cls
        kept.append((_field(word), cls, field(default_factory=given)))
    return _made("\n\n".join(inspect.getdoc(cls) or "" for cls in parts.values()), kept)


def _made(doc: str, kept: Sequence[Any]) -> type[Any]:
    cls = make_dataclass("Flags", kept, frozen=True, kw_only=True)
    cls.__doc__ = doc
    return cls


def _summary(cls: type[Any], *, chosen: bool) -> str:
    """The first sentence about a part."""
    text = (inspect.getdoc(cls) or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")
    return f"{text} (default)" if chosen else text
