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
    """ACCEL: robust prioritized level replay that also evaluates mutations of the replayed levels."""

    name: ClassVar[str] = "accel"
    children: int = 1  # mutated levels evaluated per new level
    edits: int = 5  # mutations per child

    def __post_init__(self) -> None:
        RobustPLR.__post_init__(self)
        check_count(self, "children")
        check_count(self, "edits")

    def build(self, generator: LevelGenerator, levels: int) -> TriedLevels:
        """Return the curriculum, which selects `levels` levels at a time and draws new ones from a generator."""
        return tried_levels(self, self.fresh, generator, levels, children=self.children, edits=self.edits)
