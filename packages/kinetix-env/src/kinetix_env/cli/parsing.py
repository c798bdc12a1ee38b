"""Flags from dataclasses, by tyro, with mistakes told in one line instead of a framed page."""

import re
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr
from io import StringIO
from typing import TypeVar

import tyro

from ..errors import ConfigError

__all__ = ["parse"]

T = TypeVar("T")

RULE = re.compile(r"╭|[\s│╰╯─-]*(──|--)[\s│╰╯─-]*$")  # with box-drawing characters, or without where there are none


def parse(cls: type[T], *, prog: str, args: Sequence[str]) -> T:
    """An instance of a config with its fields from flags. `ConfigError` for flags that it does not take."""
    told = StringIO()
    try:
        with redirect_stderr(told):
            return tyro.cli(cls, prog=prog, args=args)
    except SystemExit as end:
        if end.code:
            raise ConfigError(f"{_sentence(told.getvalue())} See {prog} --help.") from None
        sys.stderr.write(told.getvalue())
        raise


def _sentence(page: str) -> str:
    """The words of tyro's message, without its frame, its title and its pointer to the help."""
    sections: list[list[str]] = []  # those that rules part; the title is above the first rule, or within it
    for line in page.splitlines():
        if RULE.match(line):
            sections.append([])
        elif sections:
            sections[-1].append(line.strip("│ \t"))
    told, *more = [" ".join(" ".join(section).split()) for section in sections] or [page]
    near = [flag for text in more if text.startswith("Perhaps") for flag in re.findall(r"--[\w-]+", text)]
    text = told if told.endswith((".", "?", "!")) else f"{told}."
    return f"{text} Did you mean {near[0]}?" if near else text
