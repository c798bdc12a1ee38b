"""The settings shared by all curricula with prioritized replay.

Unless a comment says otherwise, the defaults are those of arXiv:2110.02439, and of arXiv:2410.23208 for these tasks."""

import math
from dataclasses import dataclass
from typing import Literal, get_args

from kinetix_env.config import check_choice, check_integers, check_number, checks_its_fields

from .replay import Prioritization, Replay
from .scores import SCORES

__all__ = ["ReplaySettings"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class ReplaySettings:
    """Settings of the level buffer, its scores and its replay distribution."""

    buffer: int = 1024  # buffer capacity in levels, per group of environments; published: 4000
    minimum_fill: float = 0.5  # fraction of the buffer to fill before levels are replayed
    score: Literal["max-mc", "positive-value-loss"] = "max-mc"  # regret estimate that scores a level
    prioritization: Prioritization = "rank"  # how replay probabilities depend on the scores
    temperature: float = 1.0  # temperature of rank and proportional; near 0 only the best levels are replayed
    top_k: int = 128  # number of levels that top-k replays
    staleness: float = 0.3  # staleness coefficient: weight of the time since a level was last played

    def __post_init__(self) -> None:
        check_integers(self, ("buffer", "top_k"), 1)
        check_number(self, "minimum_fill", 0.0, 1.0, exclusive=True)
        check_choice(self, "score", tuple(SCORES))
        check_choice(self, "prioritization", get_args(Prioritization))
        check_number(self, "temperature", exclusive=True)
        check_number(self, "staleness", 0.0, 1.0)

    @property
    def needed(self) -> int:
        """Number of levels in the buffer before replay starts."""
        return max(1, math.ceil(round(self.minimum_fill * self.buffer, 6)))

    @property
    def replay(self) -> Replay:
        """The replay distribution."""
        return Replay(
            prioritization=self.prioritization,
            temperature=float(self.temperature),
            top_k=self.top_k,
            staleness=float(self.staleness),
        )
