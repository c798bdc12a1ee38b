"""Reads the folder of a run for a report: configuration, metrics, and the evaluation if there is one."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kinetix_env.errors import ConfigError

from ..plots import STEP, read_metrics
from ..training.config import RunConfig
from ..training.folder import EVALUATION, METRICS, METRICS_TABLE, read_run, saved_updates
from .scores import Score, read_scores

__all__ = ["RunFolder", "open_run"]


@dataclass(frozen=True, kw_only=True, eq=False)
class RunFolder:
    """A run that has made at least one update."""

    path: Path
    config: RunConfig
    metrics: list[dict[str, Any]]  # one row per update, as returned by `read_metrics`
    scores: list[Score]  # rows of its eval.csv; empty if there is no such file
    outdated: bool  # the run trained further after eval.csv was written
    last_written: float  # time of the last row of metrics (s since the epoch)

    @property
    def steps(self) -> int:
        """Number of environment steps trained so far."""
        return int(self.metrics[-1][STEP])

    @property
    def has_agent(self) -> bool:
        """Whether the run has a checkpoint."""
        return bool(saved_updates(self.path))


def open_run(path: Path) -> RunFolder:
    """Read the folder of a run; a `ConfigError` says what a report lacks."""
    config = read_run(path)
    metrics, last = _metrics(path)
    found = path / EVALUATION
    return RunFolder(
        path=path,
        config=config,
        metrics=metrics,
        scores=read_scores(found) if found.is_file() else [],
        outdated=found.is_file() and found.stat().st_mtime < last,
        last_written=last,
    )


def _metrics(path: Path) -> tuple[list[dict[str, Any]], float]:
    """Return the rows of the metrics, at least one, and the modification time of their file (s)."""
    files = [path / name for name in (METRICS, METRICS_TABLE) if (path / name).is_file()]
    if not files:
        raise ConfigError(
            f"{path}: has no metrics yet: there is neither {METRICS} nor {METRICS_TABLE} in it, which the sinks jsonl "
            "and csv write."
        )
    for file in files:
        found = read_metrics(file)
        if found and found[-1][STEP] > 0:
            return found, file.stat().st_mtime
    raise ConfigError(f"{path}: the run is still at step 0, there is nothing to report yet.")
