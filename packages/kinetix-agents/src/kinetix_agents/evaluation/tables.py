"""Evaluations as a table on the terminal, and as a CSV file with one row per level."""

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape
from importlib import import_module
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np

from kinetix_env.errors import ConfigError
from kinetix_env.files import write_atomically

from .level_sets import LevelSet
from .results import Estimate, Evaluation

__all__ = ["COLUMNS", "EvaluationTable", "Result", "document", "level_rows", "summary", "write_csv"]

COLUMNS = (
    "agent",
    "set",
    "level",
    "attempts",
    "solved",  # number of attempts
    "failed",  # number of attempts
    "out_of_time",
    "solve_rate",
    "mean_length",  # environment steps
    "mean_return",
)


@dataclass(frozen=True, kw_only=True, eq=False)
class Result:
    """An agent's evaluation on a set of levels."""

    agent: str
    levels: LevelSet
    evaluation: Evaluation


def level_rows(result: Result) -> Iterable[tuple[object, ...]]:
    """Yield the values of `COLUMNS` for each level."""
    found = result.evaluation
    solved, failed = found.solved.sum(axis=1), found.failed.sum(axis=1)
    for row, named in enumerate(result.levels.levels):
        ended = int(solved[row]), int(failed[row])
        yield (
            *(result.agent, result.levels.name, named.name, found.attempts),
            *(*ended, found.attempts - sum(ended)),
            *(round(float(mean[row]), 6) for mean in (found.solve_rates, found.length.mean(1), found.returns.mean(1))),
        )


def write_csv(path: Path, results: Iterable[Result]) -> None:
    """Write one row per agent, set and level; an existing file is replaced."""
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for result in results:
        writer.writerows(level_rows(result))
    # a path may hold bytes that are no text, which Python has as half surrogates
    write_atomically(path, text.getvalue().encode(errors="backslashreplace"))


def document(results: Sequence[Result], *, best_of: Sequence[int] = ()) -> dict[str, list[dict[str, object]]]:
    """Return the results as rows by column: one per agent and set, with standard errors over levels, and per level."""
    sets = []
    for result in results:
        found = result.evaluation
        row: dict[str, object] = {"agent": result.agent, "set": result.levels.name, "levels": found.levels}
        rate = {"attempts": found.attempts, "solve_rate": found.solve_rate.mean, "error": found.solve_rate.error}
        best = {f"best_of_{k}": found.best_of(k).mean for k in best_of}
        sets.append({**row, **rate, **best, "failed": np.mean(found.failed), "mean_length": np.mean(found.length)})
    return {"sets": sets, "levels": [row for result in results for row in _by_column(result)]}


def _by_column(result: Result) -> list[dict[str, object]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in level_rows(result)]


def summary(
    results: Sequence[Result], *, best_of: Sequence[int] = (), against: Sequence[Result] = ()
) -> tuple[list[str], list[list[object]]]:
    """Return header and rows, one row per set and one for all sets together, with standard errors.

    `against` are another agent's results on the same sets; the differences are paired by level.
    """
    parts = [(result.levels.name, result.evaluation) for result in results]
    others = [result.evaluation for result in against]
    if len(parts) > 1:
        parts.append(("all", Evaluation.joined([found for _, found in parts])))
        others += [Evaluation.joined(others)] if others else []
    header = ["levels", "count", "attempts", "solved", *(f"best of {k}" for k in best_of), "failed", "length"]
    rows: list[list[object]] = [
        [
            *(name, found.levels, found.attempts, str(found.solve_rate)),
            *(str(found.best_of(k)) for k in best_of),
            *(f"{np.mean(found.failed):.3f}", f"{np.mean(found.length):.1f}"),
        ]
        for name, found in parts
    ]
    if others:
        header += [f"{against[0].agent} solved", "difference", "z"]
        for row, (_, found), other in zip(rows, parts, others, strict=True):
            difference = found.difference(other)
            z = f"{difference.z:+.1f}" if math.isfinite(difference.z) else ""
            row += [str(other.solve_rate), str(difference), z]
    return header, rows


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class EvaluationTable:
    """The results of an agent on sets of levels: a table that shows itself, and goes to pandas or a CSV file."""

    results: tuple[Result, ...]  # one per set

    @property
    def solve_rate(self) -> Estimate:
        """The mean of all levels' success rates, with its standard error over levels."""
        return Evaluation.joined([result.evaluation for result in self.results]).solve_rate

    @property
    def rows(self) -> list[dict[str, object]]:
        """One dictionary per level, with the columns of the CSV file."""
        return [row for result in self.results for row in _by_column(result)]

    def to_pandas(self) -> Any:
        """Return a `pandas.DataFrame` with one row per level. `ConfigError` if pandas is not installed."""
        try:
            pandas: Any = import_module("pandas")
        except ImportError:
            raise ConfigError("EvaluationTable.to_pandas needs pandas: pip install pandas.") from None
        return pandas.DataFrame(self.rows)

    def to_csv(self, path: str | Path) -> None:
        """Write one row per level; an existing file is replaced."""
        write_csv(Path(path), self.results)

    def __repr__(self) -> str:
        header, rows = summary(self.results)
        table = [header, *([str(cell) for cell in row] for row in rows)]
        widths = [max(len(row[column]) for row in table) for column in range(len(header))]
        lines = ("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in table)
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        header, rows = summary(self.results)
        cells = "".join(f"<th>{escape(name)}</th>" for name in header)
        lines = ("".join(f"<td>{escape(str(cell))}</td>" for cell in row) for row in rows)
        return f"<table><tr>{cells}</tr>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"
