"""Metric sinks that write files: one line per call of `write`.

Each line is flushed before `write` returns, so a killed run loses none. An existing file is appended to, for resumed
runs; a truncated last line is dropped, and `rewind` drops the lines of steps that will be repeated."""

import csv
import io
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, SupportsFloat

from kinetix_env.files import write_atomically

__all__ = ["CsvFile", "CsvSink", "JsonLines", "JsonLinesSink"]

STEP = "step"  # the name of the environment step in the files


class JsonLinesSink:
    """Writes one JSON object per line. Numbers that JSON cannot represent (nan, inf) become null."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        _drop_cut_line(path)
        self._path = path
        self._file = path.open("a", encoding="utf-8", newline="\n")

    def write(self, step: int, metrics: Mapping[str, float]) -> None:
        """Record the metrics of an environment step."""
        row = {STEP: 0} | {name: _finite(value) for name, value in metrics.items()} | {STEP: int(step)}
        self._file.write(json.dumps(row) + "\n")
        self._file.flush()

    def rewind(self, step: int) -> None:
        """Drop the metrics recorded after an environment step."""
        self._file.close()
        lines = self._path.read_text(encoding="utf-8").splitlines()
        write_atomically(self._path, "".join(f"{line}\n" for line in lines if json.loads(line)[STEP] <= step))
        self._file = self._path.open("a", encoding="utf-8", newline="\n")

    def close(self) -> None:
        """Finish; nothing is written afterwards."""
        self._file.close()


class CsvSink:
    """Writes one CSV row per line under a header. A new column rewrites the file with a longer header."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._path = path
        _drop_cut_line(path)
        with path.open("a+", encoding="utf-8", newline="") as file:
            file.seek(0)
            self._columns = next(csv.reader(file), [])
        self._file = path.open("a", encoding="utf-8", newline="")
        if not self._columns:
            self._widen([STEP])

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
        filled = [[*row, *[""] * (len(self._columns) - len(row))] for row in rows]
        write_atomically(self._path, "".join(_csv_line(row) for row in [self._columns, *filled]))
        self._file = self._path.open("a", encoding="utf-8", newline="")


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


def _drop_cut_line(path: Path) -> None:
    """Remove an incomplete last line, left by a killed process."""
    if not path.exists():
        return
    with path.open("rb+") as file:
        content = file.read()
        file.truncate(content.rfind(b"\n") + 1)
