"""Text tables, short numbers, and remarks beside them."""

import sys
from collections.abc import Sequence

__all__ = ["note", "rate", "show", "table"]


def note(text: str) -> None:
    """Print progress or a remark to the standard error, apart from the tables."""
    print(text, file=sys.stderr, flush=True)


def rate(value: float | None) -> str:
    """A rate with three digits: 1.42 M, 12.1 k, 950; a dash where there is none."""
    if value is None:
        return "-"
    for unit, size in (("M", 1e6), ("k", 1e3)):
        if value >= 0.9995 * size:
            return f"{value / size:#.3g} {unit}".replace(". ", " ")
    return f"{value:#.3g}".rstrip(".")


def show(value: float | None, form: str = ".1f") -> str:
    """A number, or a dash where there is none."""
    return "-" if value is None else format(value, form)


def table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with the first column to the left and the others to the right."""
    widths = [max(len(row[k]) for row in [heads, *rows]) for k in range(len(heads))]

    def line(cells: Sequence[str]) -> str:
        aligned = [cell.rjust(width) for cell, width in zip(cells, widths, strict=True)]
        return "  ".join([cells[0].ljust(widths[0]), *aligned[1:]]).rstrip()

    return "\n".join([title, line(heads), line(["-" * width for width in widths]), *map(line, rows)])
