"""Evaluations as a table on the terminal, and as a CSV file with one row per level."""

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import numpy as np

from kinetix_env.files import write_atomically

from .level_sets import LevelSet
from .results import Evaluation

__all__ = ["COLUMNS", "Result", "level_rows", "summary", "write_csv"]

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
    write_atomically(path, text.getvalue())


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
            z = "" if math.isnan(difference.z) else f"{difference.z:+.1f}"
            row += [str(other.solve_rate), str(difference), z]
    return header, rows
