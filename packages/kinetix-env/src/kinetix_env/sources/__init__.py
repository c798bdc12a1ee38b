"""Where levels come from: names of levels, hand-made suites, held-out sets, and the two simplest curricula."""

from .curricula import FreshLevels as FreshLevels
from .curricula import ListCurriculum as ListCurriculum
from .curricula import ListedLevels as ListedLevels
from .curricula import RandomCurriculum as RandomCurriculum
from .held_out import held_out as held_out
from .level_sources import LevelLike as LevelLike
from .level_sources import source_of as source_of
from .references import LevelReference as LevelReference
from .references import find_levels as find_levels
from .suites import splits as splits
from .suites import suite as suite

__all__ = [
    "FreshLevels",
    "LevelLike",
    "LevelReference",
    "ListCurriculum",
    "ListedLevels",
    "RandomCurriculum",
    "find_levels",
    "held_out",
    "source_of",
    "splits",
    "suite",
]
