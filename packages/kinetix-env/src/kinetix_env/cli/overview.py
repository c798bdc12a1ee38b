"""What there is to run: the page that `kinetix --help` shows."""

import inspect
from collections.abc import Mapping
from typing import Any

from .output import print_table

__all__ = ["print_overview"]

TITLE = "Open-ended 2D physics tasks: make the green shape touch the blue one, never the red one."
LEVELS = """A LEVEL is named the same way everywhere:
  random:SIZE          a random level of size s, m or l
  PATH                 a level file, or a folder of them
  suite:SPLIT[/NAME]   levels made by hand
  held-out:SIZE[/NAME] 512 fixed random levels of size s, m or l, to compare agents on"""


def print_overview(group: str, commands: Mapping[str, type[Any]]) -> None:
    """The commands of a group ("" for all), each with the first sentence of its help."""
    prog = f"kinetix {group}".strip()
    print(f"usage: {prog} COMMAND ...\n")
    if not group:
        print(f"{TITLE}\n")
    print_table(["command", ""], [[name, _first_sentence(cls)] for name, cls in sorted(commands.items())])
    print(f"\nkinetix COMMAND --help shows what a command takes.\n\n{LEVELS}")


def _first_sentence(cls: type[Any]) -> str:
    return (inspect.getdoc(cls) or "").split("\n\n", maxsplit=1)[0].replace("\n", " ")
