"""Reads files of metrics that may have been damaged, or saved by a spreadsheet, and keeps all that can be read.

Taken as they are meant: blank lines, NUL bytes (which a crash can leave), a byte order mark, UTF-16, the line ends of
other systems, semicolons or tabs between fields, decimal commas, and quotes. A line without a step is left out, and a
value that is no number is left empty. Everything that is not as a sink writes it is reported as a fault."""

import codecs
import csv
import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["SEPARATORS", "STEP", "Faults", "csv_fields", "file_text", "read_json_lines", "read_table"]

STEP = "step"  # the name of the environment step in the files
MOST_STEPS = 2**63  # a larger step is a mistake
SEPARATORS = ",;\t|"
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
SHOWN = 3  # faults in a message


@dataclass
class Faults:
    """What is not as a sink writes it, in order."""

    found: list[str] = field(default_factory=list)

    def add(self, text: str) -> None:
        """Note a fault."""
        self.found.append(text)

    def __bool__(self) -> bool:
        return bool(self.found)

    def __str__(self) -> str:
        more = f", and {len(self.found) - SHOWN} more faults" if len(self.found) > SHOWN else ""
        return "; ".join(self.found[:SHOWN]) + more


def read_json_lines(path: Path, faults: Faults) -> list[dict[str, Any]]:
    """Return the rows of a file of JSON objects, one per line. Values are ints, floats or None; `STEP` is an int."""
    rows = []
    for number, line, whole in _lines(file_text(path, faults), faults):
        row = _json_row(line)
        if row is None:
            if whole:
                faults.add(f"line {number} is not a JSON object with a {STEP!r}: {line[:40]!r}")
            continue
        values = {name: value if _is_number(value) else None for name, value in row.items()}
        for name, value in row.items():
            if value is not None and values[name] is None:
                faults.add(f"line {number}: {name[:40]!r} is no number")
        rows.append(values)
    return rows


def read_table(path: Path, faults: Faults) -> tuple[list[str], list[list[str]]]:
    """Return the columns of a CSV file and its rows of numbers, as text that `float` reads, "" where there is none.

    Columns are [] if there is no header with a step.
    """
    separator, columns, rows = ",", list[str](), list[list[str]]()
    for number, line, whole in _lines(file_text(path, faults), faults):
        if not columns:
            found = _header(line)
            if found is None:
                if not line.startswith("sep="):  # with which a spreadsheet names the separator
                    faults.add(f"line {number} is no header with a {STEP!r}: {line[:40]!r}")
                continue
            separator, columns = found
            if separator != ",":
                faults.add(f"its fields are separated by {separator!r}")
            continue
        if not whole and not faults:  # cut off in the middle of a number, maybe
            continue
        cells = _row(line, columns, separator)
        if cells is None:
            faults.add(f"line {number} is no row of numbers: {line[:40]!r}")
            continue
        if "" in cells and any(given.strip() and not cell for given, cell in _pairs(line, separator, cells)):
            faults.add(f"line {number}: a value is no number")
        rows.append(cells)
    return columns, rows


def file_text(path: Path, faults: Faults) -> str:
    """Return the text of a file, with line ends and encoding as in files that were written here."""
    data = path.read_bytes()
    text = data.decode("utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8", "replace")
    for mark, what in (
        ("\ufeff", "a byte order mark"),
        ("\0", "NUL bytes"),
        ("\r", "the line ends of another system"),
        ("\ufffd", "bytes that are not UTF-8"),
    ):
        if mark in text or (mark == "\ufeff" and data[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            faults.add(f"it has {what}")
    text = text.replace("\ufeff", "").replace("\0", "").replace("\ufffd", "?")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def csv_fields(line: str, separator: str = ",") -> list[str] | None:
    """Split one line of a CSV file; None if that is not possible."""
    try:
        return next(csv.reader([line], delimiter=separator), [])
    except csv.Error:  # a field that is too long
        return None


def _lines(text: str, faults: Faults) -> Iterator[tuple[int, str, bool]]:
    """Yield number, content and whether it has a line end, of each line that is not blank."""
    *whole, last = text.split("\n")
    for number, line in enumerate(whole, start=1):
        if line.strip():
            yield number, line, True
        else:
            faults.add(f"line {number} is blank")
    if last.strip():
        yield len(whole) + 1, last, False


def _json_row(line: str) -> dict[str, Any] | None:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        return None
    step = _step(row.get(STEP)) if isinstance(row, dict) else None
    return None if step is None else row | {STEP: step}


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:  # an integer beyond all floats
        return False


def _step(value: Any) -> int | None:
    """A value as an environment step; None if it is none."""
    if not _is_number(value) or value != int(value) or not 0 <= value < MOST_STEPS:
        return None
    return int(value)


def _header(line: str) -> tuple[str, list[str]] | None:
    """The separator and the columns of a header; None if none of the separators gives one."""
    for separator in SEPARATORS:
        names = [name.strip() for name in csv_fields(line, separator) or []]
        if STEP in names and len(set(names)) == len(names):
            return separator, names
    return None


def _row(line: str, columns: list[str], separator: str) -> list[str] | None:
    """The fields of a row as numbers that `float` reads, or "" for others; None if it has no step."""
    given = csv_fields(line, separator)
    if given is None or len(given) > len(columns):
        return None
    cells = [_number(cell, separator) for cell in given]
    cells += [""] * (len(columns) - len(cells))
    at = columns.index(STEP)
    step = _step(float(cells[at])) if cells[at] else None
    if step is None:
        return None
    cells[at] = str(step)
    return cells


def _number(cell: str, separator: str) -> str:
    """A field as text that `float` reads, with a decimal point; "" if it is no number."""
    cell = cell.strip()
    if NUMBER.fullmatch(cell) or cell.lower() in ("nan", "inf", "-inf"):
        return cell
    if separator != ",":
        point = cell.replace(".", "").replace(",", ".", 1)
        if NUMBER.fullmatch(point):
            return point
    return ""


def _pairs(line: str, separator: str, cells: list[str]) -> Iterable[tuple[str, str]]:
    return zip(csv_fields(line, separator) or [], cells, strict=False)
