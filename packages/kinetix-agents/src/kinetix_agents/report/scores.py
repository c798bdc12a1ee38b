"""Success rates by agent and level, read from the eval.csv that an evaluation wrote."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from kinetix_env.errors import ConfigError

from ..evaluation.results import Estimate
from ..evaluation.tables import COLUMNS
from ..metrics.reading import SEPARATORS, Faults, csv_fields, file_text

__all__ = ["AFTER", "BEFORE", "RANDOM_PLAY", "Score", "of_the_run", "read_scores", "set_rates"]

BEFORE, AFTER = "before", "after"  # names of a run's agent before and after training
RANDOM_PLAY = "random play"  # name of the agent whose actions are uniformly random


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
    """Read the rows of an eval.csv, at least one, also if a spreadsheet saved it.

    Raises `ConfigError` with the line number if a row is invalid.
    """
    lines = [(number, line) for number, line in enumerate(file_text(path, Faults()).split("\n"), 1) if line.strip()]
    header, separator = _header(lines[0][1] if lines else "")
    if missing := [name for name in COLUMNS if name not in header]:
        raise ConfigError(f"{path}: must have the columns of `kinetix eval --out`, lacks {', '.join(missing)}.")
    found = []
    for number, line in lines[1:]:
        row = dict(zip(header, csv_fields(line, separator) or [], strict=False))
        try:
            counts = {name: int(row[name]) for name in ("attempts", "solved", "failed")}
            agent, levels, level = row["agent"], row["set"], row["level"]
        except (KeyError, ValueError):
            raise ConfigError(f"{path}, line {number}: attempts, solved and failed must be integers.") from None
        if not 0 <= counts["solved"] <= counts["attempts"] or counts["attempts"] < 1:
            raise ConfigError(f"{path}, line {number}: solved must lie between 0 and attempts, got {counts}.")
        found.append(Score(agent=agent, set=levels, level=level, **counts))
    if not found:
        raise ConfigError(f"{path}: must have at least one row, got none.")
    return found


def _header(line: str) -> tuple[list[str], str]:
    """Return the columns of a header and the separator of its fields."""
    found = [(csv_fields(line, separator) or [], separator) for separator in SEPARATORS]
    return next(((names, separator) for names, separator in found if set(COLUMNS) <= set(names)), found[0])


def of_the_run(scores: Sequence[Score]) -> list[Score]:
    """Return the scores of the trained agent: the one named "after", or else the first that is not random play."""
    agents = list(dict.fromkeys(score.agent for score in scores))
    others = [agent for agent in agents if agent != RANDOM_PLAY] or agents
    trained = AFTER if AFTER in agents else next(iter(others), None)
    return [score for score in scores if score.agent == trained]


def set_rates(scores: Sequence[Score]) -> dict[tuple[str, str], Estimate]:
    """Return the mean success rate by (set, agent), with its standard error over levels."""
    rates: dict[tuple[str, str], list[float]] = {}
    for score in scores:
        rates.setdefault((score.set, score.agent), []).append(score.solve_rate)
    return {key: Estimate.of(np.array(values)) for key, values in rates.items()}
