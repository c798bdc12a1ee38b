"""Where levels come from: names of levels, hand-made suites, held-out sets, and the two simplest curricula."""

from .curricula import FreshLevels as FreshLevels
from .curricula import ListCurriculum as ListCurriculum
from .curricula import ListedLevels as ListedLevels
from .curricula import RandomCurriculum as RandomCurriculum
from .held_out import held_out as held_out
from .kept_files import current_lookup as current_lookup
from .kept_files import look_up_files as look_up_files
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
    "current_lookup",
    "find_levels",
    "held_out",
    "look_up_files",
    "source_of",
    "splits",
    "suite",
]
