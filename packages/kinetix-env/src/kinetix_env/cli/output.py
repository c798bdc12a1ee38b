"""Text and tables on the terminal, which are plain text when the output goes to a file or another program."""

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

__all__ = ["amount", "print_table"]

UNBOUNDED = 10_000  # characters: a file has no width that a line would have to fit


def amount(count: int, one: str) -> str:
    """Such as "1 joint" or "2 joints"."""
    return f"{count} {one}{'s' * (count != 1)}"


def print_table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows in aligned columns; numbers to the right. No header if it is all empty."""
    rows = list(rows)
    table = Table(show_header=any(header), box=None, pad_edge=False, padding=(0, 2, 0, 0))
    for index, name in enumerate(header):
        numeric = bool(rows) and all(isinstance(row[index], (int, float)) for row in rows)
        table.add_column(Text(name), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text(str(cell)) for cell in row))
    console = Console(file=sys.stdout, width=None if sys.stdout.isatty() else UNBOUNDED)
    with console.capture() as capture:
        console.print(table)
    # rich pads every line to the width of the table
    print("\n".join(line.rstrip() for line in capture.get().rstrip("\n").split("\n")))
