"""95 % confidence intervals of a mean over a few seeds, by Student's t distribution.

mean +- t s / sqrt(n), s the standard deviation with n - 1, t the 0.975 quantile with n - 1 degrees of freedom. For
normal values the interval covers the true mean in 95 % of cases; with two seeds it is necessarily very wide."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["SHARE", "Interval", "t_quantile"]

SHARE = 0.95  # coverage of the confidence intervals


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A mean over seeds and how far its interval reaches to either side, which is nan with a single seed."""

    mean: float
    reach: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> "Interval":
        """Return the interval of at least one value."""
        given = np.asarray(values, np.float64)
        count = len(given)
        if count == 1:
            return cls(mean=float(given[0]), reach=math.nan, count=1)
        error = float(given.std(ddof=1)) / math.sqrt(count)
        return cls(mean=float(given.mean()), reach=t_quantile(count - 1) * error, count=count)

    def __str__(self) -> str:
        return f"{self.mean:.3f}" if math.isnan(self.reach) else f"{self.mean:.3f} ± {self.reach:.3f}"


def t_quantile(freedom: int, share: float = SHARE) -> float:
    """Return t with P(|T| < t) = `share`, for T of Student's t distribution with `freedom` >= 1 degrees of freedom."""
    low, high = 0.0, math.pi / 2  # of the angle atan(t / sqrt(freedom))
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _within(middle, freedom) < share else (low, middle)
    return math.sqrt(freedom) * math.tan(low)


def _within(angle: float, freedom: int) -> float:
    """P(|T| < t) by a finite sum: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.7.3 and 26.7.4."""
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    term = cosine if odd else 1.0
    total = 0.0 if freedom == 1 else term
    for number in range(2 + odd, freedom - 1, 2):
        term *= (number - 1) / number * cosine**2
        total += term
    return 2 / math.pi * (angle + sine * total) if odd else sine * total
