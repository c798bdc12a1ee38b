"""The results of an evaluation, with standard errors.

Standard errors are over levels: std(level means, ddof=1) / sqrt(levels), with the levels regarded as a sample of a
population. The variance of the level means includes both the variation between levels and the randomness of the
attempts, so there is no further term for the attempts. Two agents on the same levels are compared by paired
differences, which cancel the difficulty of each level: their error is smaller than the two agents' own errors suggest.
The error with a single level is nan.

Best of k is the probability that at least one of k attempts solves a level. With c of n attempts solved it is estimated
by 1 - C(n - c, k) / C(n, k), which is unbiased (M. Chen et al., arXiv:2107.03374); 1 - (1 - c / n)^k is not."""

import math
from dataclasses import dataclass, fields

import numpy as np
from jaxtyping import Bool, Float, Int

from kinetix_env.config import as_integer
from kinetix_env.errors import ConfigError

__all__ = ["Estimate", "Evaluation"]


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """A mean over levels and its standard error, which is nan with a single level."""

    mean: float
    error: float

    @classmethod
    def of(cls, values: Float[np.ndarray, " level"]) -> "Estimate":
        """Return the estimate from one value per level."""
        count = len(values)
        error = float(values.std(ddof=1)) / math.sqrt(count) if count > 1 else math.nan
        return cls(mean=float(values.mean()), error=error)

    @property
    def z(self) -> float:
        """Number of standard errors between the mean and zero; above 2 or 3 it is unlikely to be chance."""
        if self.error == 0:
            return math.copysign(math.inf, self.mean) if self.mean else 0.0
        return self.mean / self.error

    def __str__(self) -> str:
        return f"{self.mean:.3f}" if math.isnan(self.error) else f"{self.mean:.3f} ± {self.error:.3f}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """The outcome of each attempt at each level. An attempt neither solved nor failed ran out of time."""

    solved: Bool[np.ndarray, "level attempt"]
    failed: Bool[np.ndarray, "level attempt"]
    length: Int[np.ndarray, "level attempt"]  # environment steps
    returns: Float[np.ndarray, "level attempt"]  # sums of rewards

    def __post_init__(self) -> None:
        shapes = {field.name: getattr(self, field.name).shape for field in fields(self)}
        if len(set(shapes.values())) != 1 or len(self.solved.shape) != 2 or self.solved.size == 0:
            raise ConfigError(f"Evaluation: its arrays must all be [level, attempt] and not empty, got {shapes}.")

    @property
    def levels(self) -> int:
        """Number of levels."""
        return len(self.solved)

    @property
    def attempts(self) -> int:
        """Number of attempts per level."""
        return int(self.solved.shape[1])

    @property
    def solve_rates(self) -> Float[np.ndarray, " level"]:
        """Fraction of each level's attempts that solved it."""
        rates: Float[np.ndarray, " level"] = self.solved.mean(axis=1)
        return rates

    @property
    def solve_rate(self) -> Estimate:
        """Mean of the levels' success rates."""
        return Estimate.of(self.solve_rates)

    def best_of(self, k: int) -> Estimate:
        """Estimate the fraction of levels solved in at least one of k attempts, 1 <= k <= `attempts`."""
        n = self.attempts
        k = as_integer(k, f"best_of: k, of {n} attempts,", 1, n)
        missed = n - self.solved.sum(axis=1)
        return Estimate.of(np.array([1 - math.comb(int(count), k) / math.comb(n, k) for count in missed]))

    def difference(self, other: "Evaluation") -> Estimate:
        """Return this success rate minus another's on the same levels in the same order, as a paired difference."""
        if other.levels != self.levels:
            raise ConfigError(
                f"Evaluation.difference: both must be of the same levels, got {self.levels} and {other.levels} levels."
            )
        return Estimate.of(self.solve_rates - other.solve_rates)

    @classmethod
    def joined(cls, parts: "list[Evaluation]") -> "Evaluation":
        """Concatenate evaluations with equal numbers of attempts along the levels."""
        counts = sorted({part.attempts for part in parts})
        if len(counts) != 1:
            raise ConfigError(f"Evaluation.joined: all must have the same number of attempts, got {counts}.")
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
