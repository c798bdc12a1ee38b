"""The settings that all curricula with prioritized replay share. The defaults are published ones where nothing else is
said: arXiv:2110.02439, and arXiv:2410.23208 for these tasks."""

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
    """What is kept, how it is judged, and what of it is played again."""

    buffer: int = 1024  # levels kept by each group of environments; published: 4000
    minimum_fill: float = 0.5  # fraction of the buffer that is filled before levels are replayed
    score: Literal["max-mc", "positive-value-loss"] = "max-mc"  # how much there is to learn from a level
    prioritization: Prioritization = "rank"  # by what of the score levels are replayed
    temperature: float = 1.0  # of rank and proportional; towards 0 only the best are replayed
    top_k: int = 128  # of top-k: the number of levels that are replayed
    staleness: float = 0.3  # fraction of the replay distribution that goes by how long ago a level was played

    def __post_init__(self) -> None:
        check_integers(self, ("buffer", "top_k"), 1)
        check_number(self, "minimum_fill", 0.0, 1.0, exclusive=True)
        check_choice(self, "score", tuple(SCORES))
        check_choice(self, "prioritization", get_args(Prioritization))
        check_number(self, "temperature", exclusive=True)
        check_number(self, "staleness", 0.0, 1.0)

    @property
    def needed(self) -> int:
        """How many levels the buffer has before they are replayed."""
        return max(1, math.ceil(round(self.minimum_fill * self.buffer, 6)))

    @property
    def replay(self) -> Replay:
        """The distribution of what is played again."""
        return Replay(
            prioritization=self.prioritization,
            temperature=float(self.temperature),
            top_k=self.top_k,
            staleness=float(self.staleness),
        )
