"""Flags from dataclasses, by tyro, with mistakes reported in one line instead of a framed page.

tyro has no public interface to its messages, so they are taken from the page that it prints. A page of another form,
such as that of a later release, is passed on whole, in one line."""

import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path
from typing import Any, TypeVar

import tyro

from ..errors import ConfigError
from .kept_help import HELP

__all__ = ["parse", "parse_command", "print_flags"]

T = TypeVar("T")

REGISTRY = tyro.constructors.ConstructorRegistry()

# the start of the frame, or a line between sections; without box-drawing characters on terminals that have none
RULE = re.compile(r"╭|[\s│╰╯─-]*(──|--)[\s│╰╯─-]*$")


@REGISTRY.primitive_rule
def _path_rule(info: tyro.constructors.PrimitiveTypeInfo) -> tyro.constructors.PrimitiveConstructorSpec[Path] | None:
    """Refuse an empty path, which would be the current folder."""
    if info.type is not Path:
        return None
    return tyro.constructors.PrimitiveConstructorSpec(
        nargs=1,
        metavar="PATH",
        instance_from_str=_path,
        is_instance=lambda value: isinstance(value, Path),
        str_from_instance=lambda value: [str(value)],
    )


def _path(given: list[str]) -> Path:
    if not given[0].strip() or "\0" in given[0]:
        raise ValueError(f"it must be the path of a file or folder, got {given[0]!r}")
    return Path(given[0])


def parse(cls: type[T], *, prog: str, args: Sequence[str]) -> T:
    """An instance of a config with its fields from flags. `ConfigError` for flags that it does not take.

    A flag may stand before or after the subcommands that it does not belong to.
    """
    page = StringIO()
    try:
        with redirect_stderr(page):
            return tyro.cli(cls, prog=prog, args=args, config=(tyro.conf.CascadeSubcommandArgs,), registry=REGISTRY)
    except SystemExit as end:
        if end.code:
            raise ConfigError(f"{_sentence(page.getvalue())} See {prog} --help.") from None
        sys.stderr.write(page.getvalue())
        raise


def parse_command(cls: type[Any], args: Sequence[str]) -> Any:
    """A registered command with its fields from flags.

    A command whose flags depend on what is registered, or on the arguments, has a class method `flags(args)` that makes
    the class to parse. One with too many flags for a page has a class method `print_help(args)`, which prints its help.
    """
    print_help = getattr(cls, "print_help", None)
    if print_help is not None and any(word in args for word in HELP):
        print_help(args)
        raise SystemExit(0)
    flags = getattr(cls, "flags", None)
    return parse(cls if flags is None else flags(args), prog=f"kinetix {cls.name}", args=args)


def print_flags(cls: type[Any], *, prog: str) -> None:
    """Print the help of a class of flags."""
    try:
        parse(cls, prog=prog, args=["--help"])
    except SystemExit as end:
        if end.code:
            raise


def _sentence(page: str) -> str:
    """The text of tyro's message, without its frame, its title and its pointer to the help."""
    sections: list[list[str]] = []  # separated by rules; the title is above the first rule, or within it
    for line in page.splitlines():
        if RULE.match(line):
            sections.append([])
        elif sections:
            sections[-1].append(line.strip("│ \t"))
    message, *more = [" ".join(" ".join(section).split()) for section in sections] or [" ".join(page.split())]
    near = [flag for text in more if text.startswith("Perhaps") for flag in re.findall(r"--[\w-]+", text)]
    message = re.sub(r"no type matching .*<class 'pathlib.Path'>: (it must be)", r"\1", message)  # of a path or None
    text = message if message.endswith((".", "?", "!")) else f"{message}."
    return f"{text} Did you mean {near[0]}?" if near else text
