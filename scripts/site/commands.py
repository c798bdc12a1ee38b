"""A hook of MkDocs: the page reference/commands.md shows what `kinetix COMMAND --help` prints.

The page is made from the registered commands whenever the site is built, so it cannot fall behind them."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO
from typing import Any

__all__ = ["command_help", "command_names", "on_page_markdown", "part_names"]

PAGE = "reference/commands.md"
MARK = "<!-- commands -->"
OURS = ("kinetix-env", "kinetix-agents", "kinetix-ued")  # the packages whose commands and parts are documented here
PLAIN = {"COLUMNS": "84", "NO_COLOR": "1", "TERM": "dumb"}


def on_page_markdown(markdown: str, *, page: Any, **_: Any) -> str:
    """Called by MkDocs for every page before it is rendered."""
    if page.file.src_uri != PAGE:
        return markdown
    if MARK not in markdown:
        raise ValueError(f"{PAGE} lacks the line {MARK}, which marks where the commands go.")
    return markdown.replace(MARK, "\n".join(_sections()))


def command_names() -> list[str]:
    """The commands that our packages register, without those of other installed plugins."""
    from kinetix_env.plugins import registry

    sources = registry().sources("commands")
    return sorted(name for name, source in sources.items() if source.distribution in OURS)


def part_names() -> list[str]:
    """The parts of a run that our packages register, as words of `kinetix train`."""
    from kinetix_agents.training.config import PARTS
    from kinetix_env.plugins import registry

    return [
        f"{field.replace('_', '-')}:{name}"
        for field, kind in PARTS.items()
        for name, source in registry().sources(kind).items()
        if source.distribution in OURS
    ]


def command_help(args: Sequence[str]) -> str:
    """What the program prints for these arguments, such as ["train", "--help"], without colours."""
    from kinetix_env.cli.main import main

    text = StringIO()
    with _environment(PLAIN), redirect_stdout(text):
        code = main(args)
    if code:
        raise RuntimeError(f"kinetix {' '.join(args)} ended with exit code {code}.")
    return "\n".join(line.rstrip() for line in text.getvalue().splitlines()).strip()


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(values)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _sections() -> Iterator[str]:
    yield from ("```text", command_help(["--help"]), "```", "")
    for name in command_names():
        yield from (f"## kinetix {name}", "", "```text", command_help([*name.split(), "--help"]), "```", "")
    yield from ("## Parts of a run", "", "The settings of every part that `kinetix train` takes.", "")
    for part in part_names():
        yield from (f"### {part}", "", "```text", command_help(["train", part, "--help"]), "```", "")
