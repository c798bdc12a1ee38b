"""Groups of runs that differ only in the seed, and their final metrics."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from string import ascii_uppercase
from typing import Any

import numpy as np
from jaxtyping import Float

from kinetix_env.errors import ConfigError

from ..training.config import RunConfig
from ..training.settings import without_effect
from .folder import RunFolder
from .intervals import Interval
from .scores import of_the_run, set_rates
from .settings import settings_that_differ

__all__ = ["FINAL", "Group", "group_runs"]

FINAL = 10  # a final metric is the mean over the last 1/FINAL of the updates
LABEL_SETTINGS = 2  # number of settings in the label of a group


@dataclass(frozen=True, kw_only=True, eq=False)
class Group:
    """Runs of one configuration with different seeds."""

    label: str
    runs: tuple[RunFolder, ...]

    @property
    def seeds(self) -> list[int]:
        """Seeds of the runs."""
        return [run.config.seed for run in self.runs]

    def final(self, column: str) -> Interval | None:
        """Return the interval of a metric at the end of training; None if a run lacks the metric."""
        ends = [_end(run.metrics, column) for run in self.runs]
        return Interval.of([end for end in ends if end is not None]) if None not in ends else None

    def solved(self) -> dict[str, Interval]:
        """Return the mean success rate by level set, for the sets that all runs have been evaluated on."""
        found = [
            {name: rate.mean for (name, _), rate in set_rates(of_the_run(run.scores)).items()} for run in self.runs
        ]
        names = [name for name in found[0] if all(name in rates for rates in found)]
        return {name: Interval.of([rates[name] for rates in found]) for name in names}

    def scores(self) -> dict[str, Float[np.ndarray, "seed level"]]:
        """Return the success rates by level set, on the levels of it that all runs have been evaluated on."""
        runs: list[dict[str, dict[str, float]]] = []
        for run in self.runs:
            by_set: dict[str, dict[str, float]] = {}
            for score in of_the_run(run.scores):
                by_set.setdefault(score.set, {})[score.level] = score.solve_rate
            runs.append(by_set)
        found = {}
        for name in runs[0]:
            shared = [level for level in runs[0][name] if all(level in by_set.get(name, {}) for by_set in runs)]
            if shared:
                found[name] = np.array([[by_set[name][level] for level in shared] for by_set in runs])
        return found


def group_runs(runs: Sequence[RunFolder]) -> list[Group]:
    """Return the groups in the order of their first runs, labelled by the settings that differ.

    Raises `ConfigError` if two runs have the same configuration and the same seed.
    """
    together: list[tuple[RunConfig, list[RunFolder]]] = []
    for run in runs:
        like = _without_seed(run.config)
        for config, members in together:
            if config == like:
                _check_seed(run, members)
                members.append(run)
                break
        else:
            together.append((like, [run]))
    if len(together) > len(ascii_uppercase):
        raise ConfigError(f"A comparison takes at most {len(ascii_uppercase)} configurations, got {len(together)}.")
    differing = settings_that_differ([config for config, _ in together])
    return [
        Group(label=_label(index, differing, len(together)), runs=tuple(members))
        for index, (_, members) in enumerate(together)
    ]


def _without_seed(config: RunConfig) -> RunConfig:
    """Return the configuration with the seed, and the settings that do not affect results, set to fixed values."""
    return replace(without_effect(config), seed=0)


def _check_seed(run: RunFolder, members: Sequence[RunFolder]) -> None:
    for other in members:
        if other.config.seed == run.config.seed:
            raise ConfigError(
                f"{other.path} and {run.path} have the same configuration and the same seed, {run.config.seed}: "
                "the second adds no information. Give each run a different seed."
            )


def _label(index: int, differing: dict[str, list[str]], groups: int) -> str:
    if groups == 1:
        return "all runs"
    words = [f"{name} {values[index] or '-'}" for name, values in list(differing.items())[:LABEL_SETTINGS]]
    return f"{ascii_uppercase[index]}: {', '.join(words)}"


def _end(rows: Sequence[dict[str, Any]], column: str) -> float | None:
    values = [row.get(column) for row in rows[-max(len(rows) // FINAL, 1) :]]
    numbers = [value for value in values if value is not None]
    return float(np.mean(numbers)) if numbers else None
