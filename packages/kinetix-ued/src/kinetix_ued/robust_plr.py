"""Robust prioritized level replay (arXiv:2110.02439) as a registered config; `kinetix_ued.robust` does the work."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

from kinetix_env.config import checks_its_fields
from kinetix_env.generators import RandomGenerator
from kinetix_env.generators.settings import Settings
from kinetix_env.mutations import mutate
from kinetix_env.protocols import LevelGenerator

from .checks import check_levels, check_number
from .packing import Packing
from .robust import TriedLevels
from .scores import SCORES
from .settings import ReplaySettings

__all__ = ["RobustPLR"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class RobustPLR(ReplaySettings):
    """Robust prioritized level replay: new levels are only evaluated, all training is on replayed levels."""

    name: ClassVar[str] = "robust-plr"
    fresh: float = 0.125  # new levels evaluated per update, as a fraction of the levels selected

    def __post_init__(self) -> None:
        ReplaySettings.__post_init__(self)
        check_number(self, "fresh", 0.0, 1.0, open_start=True)

    def build(self, generator: LevelGenerator, levels: int) -> TriedLevels:
        """Return the curriculum, which selects `levels` levels at a time and draws new ones from a generator."""
        return tried_levels(self, self.fresh, generator, levels)


def tried_levels(
    config: ReplaySettings, fresh: float, generator: LevelGenerator, levels: int, *, children: int = 0, edits: int = 0
) -> TriedLevels:
    """Build the curriculum of these settings."""
    check_levels(levels)
    settings = generator.settings if isinstance(generator, RandomGenerator) else Settings()
    return TriedLevels(
        source=generator,
        packing=Packing(generator.capacity),
        replay=config.replay,
        levels=levels,
        block=max(1, round(levels * fresh)),
        children=children,
        mutation=partial(mutate, count=edits, config=settings),
        capacity=config.buffer,
        needed=config.needed,
        score=SCORES[config.score],
    )
