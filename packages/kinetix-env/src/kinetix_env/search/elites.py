"""The population of an evolutionary search: the plans that came closest."""

import bisect
from typing import NamedTuple

import numpy as np

from .plans import Plan

__all__ = ["Elite", "Elites"]

MOST = 64  # plans that are kept
FAILED = 0.2  # m that a plan counts as further away if green touched red


class Elite(NamedTuple):
    """A plan and what it is worth; less is better."""

    worth: float  # m
    when: int  # environment steps after which it came closest
    plan: Plan  # the actions


class Elites:
    """The best plans, of which no two come equally close. Better ones are drawn more often."""

    def __init__(self) -> None:
        self._kept: list[Elite] = []

    def __len__(self) -> int:
        return len(self._kept)

    def add(self, plan: Plan, least: float, when: int, failed: bool) -> None:
        """Keep a plan if it is among the best."""
        worth = round(least + FAILED * failed, 4)
        place = bisect.bisect_left(self._kept, (worth,), key=lambda elite: (elite.worth,))
        if place >= MOST or (place < len(self) and self._kept[place].worth == worth):
            return
        self._kept.insert(place, Elite(worth, when, plan.copy()))
        del self._kept[MOST:]

    def pick(self, rng: np.random.Generator) -> Elite:
        """Draw a kept plan, those of lower index more often."""
        return self._kept[int(len(self) * rng.random() ** 2)]

    def clear(self) -> None:
        """Remove all plans."""
        self._kept.clear()
