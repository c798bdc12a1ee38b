"""ACCEL (arXiv:2203.01302) as a registered config; `kinetix_ued.robust` does the work."""

from dataclasses import dataclass
from typing import ClassVar

from kinetix_env.config import checks_its_fields
from kinetix_env.protocols import LevelGenerator

from .checks import check_count
from .robust import TriedLevels
from .robust_plr import RobustPLR, tried_levels

__all__ = ["ACCEL"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class ACCEL(RobustPLR):
    """Robust prioritized level replay, and small changes to the levels that are replayed are tried out as well."""

    name: ClassVar[str] = "accel"
    children: int = 1  # children that are tried, for each new level that is
    edits: int = 5  # mutations from parent to child

    def __post_init__(self) -> None:
        RobustPLR.__post_init__(self)
        check_count(self, "children")
        check_count(self, "edits")

    def build(self, generator: LevelGenerator, levels: int) -> TriedLevels:
        """A curriculum that selects this many levels at a time, new ones from a generator."""
        return tried_levels(self, self.fresh, generator, levels, children=self.children, edits=self.edits)
