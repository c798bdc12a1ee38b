"""The settings of the filter, which all generators have."""

from dataclasses import dataclass

from ..config import check_chances, check_flags, check_integer, checks_its_fields

__all__ = ["FilterSettings"]


@checks_its_fields
@dataclass(frozen=True, kw_only=True)
class FilterSettings:
    """How levels that are solved by doing nothing are kept away."""

    filter: bool = True  # draw again what is solved by doing nothing
    filter_steps: int = 64  # environment steps of doing nothing
    filter_frame_skip: int = 2  # engine steps an environment step
    filter_weight: float = 0.001  # chance that such a level is kept nevertheless
    filter_attempts: int = 16  # levels drawn at most; the last one is kept

    def __post_init__(self) -> None:
        check_flags(self, ("filter",))
        check_chances(self, ("filter_weight",))
        for field in ("filter_steps", "filter_frame_skip", "filter_attempts"):
            check_integer(self, field, 1)
