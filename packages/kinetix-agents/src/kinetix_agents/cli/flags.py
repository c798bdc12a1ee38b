"""The flags of a run, made from the registry: one subcommand per registered config, such as curriculum:sfl.

The flags are made on demand, so that listing the commands does not load JAX."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import MISSING, fields, make_dataclass
from dataclasses import field as dataclass_field
from typing import Annotated, Any, Union

import tyro

from kinetix_env.errors import ConfigError
from kinetix_env.plugins import registry

from ..training.config import PARTS, RunConfig

__all__ = ["choices_of", "config_of", "make_flags", "value_of"]


def choices_of(kind: str) -> Any:
    """Return the union of all registered configs of a kind, each a subcommand under its name."""
    classes = [source.cls for source in registry().sources(kind).values()]
    choices = tuple(Annotated[cls, tyro.conf.subcommand(name=cls.name)] for cls in classes)
    return Union[choices]  # noqa: UP007  (the tuple is built at run time)


def make_flags(
    name: str, doc: str, base: type[Any], defaults: Mapping[str, Any], without: Collection[str] = ()
) -> type[Any]:
    """Return a command class: the fields of `base` plus those of `RunConfig`, whose defaults `defaults` override."""
    made = []
    for part in fields(RunConfig):
        if part.name in without:
            continue
        kind: Any = part.type
        if part.name in PARTS:
            kind = choices_of(PARTS[part.name])
            kind = kind | None if part.default is None else kind
        made.append((part.name, kind, _default(part, defaults)))
    cls = make_dataclass(name, made, bases=(base,), frozen=True, kw_only=True)
    cls.__doc__ = doc
    return cls


def _default(part: Any, defaults: Mapping[str, Any]) -> Any:
    if part.name in defaults:
        return dataclass_field(default_factory=lambda: defaults[part.name])
    if part.default is not MISSING:
        return dataclass_field(default=part.default)
    return dataclass_field(default_factory=part.default_factory)


def config_of(flags: Any, **others: Any) -> RunConfig:
    """Return the run configuration given by the parsed flags; `others` are settings without a flag."""
    names = [part.name for part in fields(RunConfig) if part.name not in others]
    return RunConfig(**{name: getattr(flags, name) for name in names}, **others)


def value_of(flag: str, args: Sequence[str]) -> str | None:
    """Return the value of a flag on the command line, before the arguments are parsed; None if it is absent."""
    for index, given in enumerate(args):
        if given == flag:
            return _value(flag, args[index + 1] if index + 1 < len(args) else "")
        if given.startswith(f"{flag}="):
            return _value(flag, given.partition("=")[2])
    return None


def _value(flag: str, value: str) -> str:
    if not value:
        takes = "a number" if flag == "--steps" else "the path of a file or folder"
        raise ConfigError(f"{flag} needs {takes}, got nothing.")
    return value
