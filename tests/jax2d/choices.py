"""Sources of random choices for random scenes: a seeded NumPy generator or Hypothesis."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from hypothesis import strategies as st


class Choice(Protocol):
    """A source of random choices."""

    def number(self, low: float, high: float) -> float:
        """A number in [low, high]."""

    def integer(self, low: int, high: int) -> int:
        """An integer in [low, high]."""

    def chance(self, probability: float) -> bool:
        """True with about this probability."""


class SeededChoice:
    """Choices of a numpy generator."""

    def __init__(self, seed: int) -> None:
        self._random = np.random.default_rng(seed)

    def number(self, low: float, high: float) -> float:
        return float(self._random.uniform(low, high))

    def integer(self, low: int, high: int) -> int:
        return int(self._random.integers(low, high + 1))

    def chance(self, probability: float) -> bool:
        return bool(self._random.random() < probability)


class DrawnChoice:
    """Choices of Hypothesis, which prefers the low integer and False."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._draw = draw

    def number(self, low: float, high: float) -> float:
        return float(self._draw(st.floats(low, high)))

    def integer(self, low: int, high: int) -> int:
        return int(self._draw(st.integers(low, high)))

    def chance(self, probability: float) -> bool:
        return bool(self._draw(st.integers(0, 99)) >= 100 * (1 - probability))
