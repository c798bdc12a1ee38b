"""How often an agent solved a level, from the file that an evaluation wrote."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kinetix_env.errors import ConfigError

from ..evaluation.results import Estimate
from ..evaluation.tables import COLUMNS

__all__ = ["AFTER", "BEFORE", "Score", "of_the_run", "read_scores", "set_rates"]

BEFORE, AFTER = "before", "after"  # what the agents of a run are called: untrained, and with what it learnt


@dataclass(frozen=True, kw_only=True)
class Score:
    """One row: an agent on a level of a set."""

    agent: str
    set: str
    level: str
    attempts: int
    solved: int  # attempts that ended so
    failed: int

    @property
    def solve_rate(self) -> float:
        """The share of attempts that solved the level."""
        return self.solved / self.attempts


def read_scores(path: Path) -> list[Score]:
    """The rows of an eval.csv, at least one. `ConfigError` names the line that is wrong."""
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
                raise ConfigError(f"{path}, line {number}: must have 0 to attempts solved, got {counts}.")
            found.append(Score(agent=row["agent"], set=row["set"], level=row["level"], **counts))
    if not found:
        raise ConfigError(f"{path}: tells about no level.")
    return found


def of_the_run(scores: Sequence[Score]) -> list[Score]:
    """Those of the agent that a run has trained: of "after" if there is one, else of the one that is named first."""
    agents = list(dict.fromkeys(score.agent for score in scores))
    who = AFTER if AFTER in agents else next(iter(agents), None)
    return [score for score in scores if score.agent == who]


def set_rates(scores: Sequence[Score]) -> dict[tuple[str, str], Estimate]:
    """The mean solve rate by set and agent, with its standard error over levels."""
    rates: dict[tuple[str, str], list[float]] = {}
    for score in scores:
        rates.setdefault((score.set, score.agent), []).append(score.solve_rate)
    return {which: Estimate.of(np.array(values)) for which, values in rates.items()}
