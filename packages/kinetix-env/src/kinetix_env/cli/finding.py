"""The levels that a reference on the command line names."""

from ..levels import NamedLevel
from ..sources import LevelReference
from .progress import progress

__all__ = ["find_levels"]


def find_levels(reference: str, *, count: int | None, seed: int) -> list[NamedLevel]:
    """Load the levels, or draw them, which may have to be compiled, behind a moving bar."""
    parsed = LevelReference.parse(reference)
    if not parsed.drawn:
        return parsed.levels(count=count, seed=seed)
    with progress("Drawing levels"):
        return parsed.levels(count=count, seed=seed)
