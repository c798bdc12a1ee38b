"""95 % confidence intervals of a mean over a few seeds, by Student's t distribution.

mean +- t s / sqrt(n), s the standard deviation with n - 1, t the 0.975 quantile with n - 1 degrees of freedom. For
normal values the interval covers the true mean in 95 % of cases; with two seeds it is necessarily very wide."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

__all__ = ["CONFIDENCE", "Interval", "t_quantile"]

CONFIDENCE = 0.95  # coverage of the confidence intervals


@dataclass(frozen=True, kw_only=True)
class Interval:
    """A mean over seeds and how far its interval reaches to either side: NaN with a single seed."""

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


def t_quantile(freedom: int, fraction: float = CONFIDENCE) -> float:
    """Return t with P(|T| < t) = `fraction`, for T of Student's t distribution with `freedom` degrees of freedom."""
    return float(stats.t.ppf(0.5 + fraction / 2, freedom))
