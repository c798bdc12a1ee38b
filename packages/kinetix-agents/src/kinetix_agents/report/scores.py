"""Success rates by agent and level, read from the eval.csv that an evaluation wrote."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kinetix_env.errors import ConfigError

from ..evaluation.results import Estimate
from ..evaluation.tables import COLUMNS

__all__ = ["AFTER", "BEFORE", "Score", "of_the_run", "read_scores", "set_rates"]

BEFORE, AFTER = "before", "after"  # names of a run's agent before and after training


@dataclass(frozen=True, kw_only=True)
class Score:
    """One row of eval.csv: the result of an agent on one level of a set."""

    agent: str
    set: str
    level: str
    attempts: int
    solved: int  # number of attempts solved
    failed: int  # number of attempts failed

    @property
    def solve_rate(self) -> float:
        """Fraction of attempts that solved the level."""
        return self.solved / self.attempts


def read_scores(path: Path) -> list[Score]:
    """Read the rows of an eval.csv, at least one. Raises `ConfigError` with the line number if one is invalid."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise ConfigError(f"{path}: must have the columns of `kinetix eval --out`, lacks {', '.join(missing)}.")
        found = []
        for number, row in enumerate(reader, start=2):
            try:
                counts = {name: int(row[name]) for name in ("attempts", "solved", "failed")}
            except (TypeError, ValueError):
                raise ConfigError(f"{path}, line {number}: attempts, solved and failed must be integers.") from None
            if not 0 <= counts["solved"] <= counts["attempts"] or counts["attempts"] < 1:
                raise ConfigError(f"{path}, line {number}: solved must lie between 0 and attempts, got {counts}.")
            found.append(Score(agent=row["agent"], set=row["set"], level=row["level"], **counts))
    if not found:
        raise ConfigError(f"{path}: must have at least one row, got none.")
    return found


def of_the_run(scores: Sequence[Score]) -> list[Score]:
    """Return the scores of the trained agent: the one named "after", or else the first one in the file."""
    agents = list(dict.fromkeys(score.agent for score in scores))
    trained = AFTER if AFTER in agents else next(iter(agents), None)
    return [score for score in scores if score.agent == trained]


def set_rates(scores: Sequence[Score]) -> dict[tuple[str, str], Estimate]:
    """Return the mean success rate by (set, agent), with its standard error over levels."""
    rates: dict[tuple[str, str], list[float]] = {}
    for score in scores:
        rates.setdefault((score.set, score.agent), []).append(score.solve_rate)
    return {key: Estimate.of(np.array(values)) for key, values in rates.items()}
