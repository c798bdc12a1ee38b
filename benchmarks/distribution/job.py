"""What travels between the comparison of random levels and the process of a generator, as JSON."""

from typing import TypedDict

__all__ = ["DrawJob", "Plays", "Verdicts"]


class DrawJob(TypedDict):
    """How many levels to draw and to play."""

    size: str
    levels: int
    plays: int  # levels of those that are played
    steps: int  # environment steps of a play, of two engine steps each
    seed: int
    file: str  # where the levels' columns are written, see columns.py


class Verdicts(TypedDict):
    """How plays ended, as fractions of the levels played."""

    solved: float
    failed: float


class Plays(TypedDict):
    """How plays ended, by which levels were played and how."""

    unfiltered_nothing: Verdicts
    unfiltered_random: Verdicts
    filtered_nothing: Verdicts
    filtered_random: Verdicts
