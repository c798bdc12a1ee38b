"""Metric sinks that write files: one line per call of `write`.

Each line is flushed before `write` returns, so a killed run loses none. An existing file is continued, for resumed
runs; a truncated last line is dropped, and `rewind` drops the lines of steps that will be repeated. A file that was
damaged, or saved by another program, is set aside as `metrics.csv.bad-1`, and what can be read of it is continued."""

import csv
import io
import json
import math
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, ClassVar, SupportsFloat, TextIO

from kinetix_env.errors import KinetixWarning
from kinetix_env.files import write_atomically

from .reading import STEP, Faults, read_json_lines, read_table

__all__ = ["CsvFile", "CsvSink", "JsonLines", "JsonLinesSink"]


class JsonLinesSink:
    """Writes one JSON object per line. Numbers that JSON cannot represent (nan, inf) become null."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path, rows = path, list[dict[str, Any]]()
        if path.exists():
            faults = Faults()
            rows = [] if path.is_dir() else read_json_lines(path, faults)
            if faults or path.is_dir():
                _set_aside(path, faults)
        self._file = _opened(path, "".join(f"{json.dumps(row)}\n" for row in rows))

    def write(self, step: int, metrics: Mapping[str, float]) -> None:
        """Record the metrics of an environment step."""
        row = {STEP: 0} | {name: _finite(value) for name, value in metrics.items()} | {STEP: int(step)}
        self._file.write(json.dumps(row) + "\n")
        self._file.flush()

    def rewind(self, step: int) -> None:
        """Drop the metrics recorded after an environment step."""
        self._file.close()
        lines = self._path.read_text(encoding="utf-8").splitlines()
        self._file = _opened(self._path, "".join(f"{line}\n" for line in lines if json.loads(line)[STEP] <= step))

    def close(self) -> None:
        """Finish; nothing is written afterwards."""
        self._file.close()


class CsvSink:
    """Writes one CSV row per line under a header. A new column rewrites the file with a longer header."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        self._columns, rows = [STEP], list[list[str]]()
        if path.exists():
            faults = Faults()
            columns, rows = ([], []) if path.is_dir() else read_table(path, faults)
            if faults or path.is_dir():
                _set_aside(path, faults)
            self._columns = columns or [STEP]
        self._file = _opened(path, self._text(rows))

    def write(self, step: int, metrics: Mapping[str, float]) -> None:
        """Record the metrics of an environment step; missing columns stay empty."""
        if new := [name for name in metrics if name not in self._columns]:
            self._widen(new)
        row = {name: float(value) for name, value in metrics.items()} | {STEP: int(step)}
        self._file.write(_csv_line([row.get(name, "") for name in self._columns]))
        self._file.flush()

    def rewind(self, step: int) -> None:
        """Drop the metrics recorded after an environment step."""
        at = self._columns.index(STEP)
        self._rewrite([row for row in self._rows() if int(row[at]) <= step])

    def close(self) -> None:
        """Finish; nothing is written afterwards."""
        self._file.close()

    def _widen(self, new: list[str]) -> None:
        """Add columns, in a copy that replaces the file atomically."""
        rows = self._rows()
        self._columns = [*self._columns, *new]
        self._rewrite(rows)

    def _rows(self) -> list[list[str]]:
        """Return the rows of the file, without its header."""
        with self._path.open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]

    def _rewrite(self, rows: Sequence[list[str]]) -> None:
        """Replace the file by these rows, padded to all columns."""
        self._file.close()
        self._file = _opened(self._path, self._text(rows))

    def _text(self, rows: Sequence[list[str]]) -> str:
        filled = [[*row, *[""] * (len(self._columns) - len(row))] for row in rows]
        return "".join(_csv_line(row) for row in [self._columns, *filled])


@dataclass(frozen=True, kw_only=True)
class JsonLines:
    """metrics.jsonl: one JSON object per line."""

    name: ClassVar[str] = "jsonl"

    def build(self, folder: Path) -> JsonLinesSink:
        """Return a sink for the run in a folder."""
        return JsonLinesSink(folder / "metrics.jsonl")


@dataclass(frozen=True, kw_only=True)
class CsvFile:
    """metrics.csv: a table for spreadsheets."""

    name: ClassVar[str] = "csv"

    def build(self, folder: Path) -> CsvSink:
        """Return a sink for the run in a folder."""
        return CsvSink(folder / "metrics.csv")


def _finite(value: SupportsFloat) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def _csv_line(row: Sequence[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="\n").writerow(row)
    return line.getvalue()


def _opened(path: Path, text: str) -> TextIO:
    """Make a file hold a text, and open it to append more."""
    if not path.exists() or path.read_bytes() != text.encode():
        write_atomically(path, text)
    return path.open("a", encoding="utf-8", newline="\n")


def _set_aside(path: Path, faults: Faults) -> None:
    """Rename a file that is not as it was written, so that nothing is lost, and warn."""
    number = next(number for number in count(1) if not path.with_name(f"{path.name}.bad-{number}").exists())
    kept = path.with_name(f"{path.name}.bad-{number}")
    path.rename(kept)
    warnings.warn(
        f"{path}: was damaged or changed by another program ({faults or 'it is a folder'}). What can be read is kept; "
        f"as it was it is now {kept.name}.",
        KinetixWarning,
        stacklevel=4,
    )
