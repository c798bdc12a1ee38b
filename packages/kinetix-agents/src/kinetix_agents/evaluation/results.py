"""What an evaluation found, and how sure it is.

Standard errors are over levels: std(level means, ddof=1) / sqrt(levels), the levels taken as a sample of those that one
might have asked about. The spread of the level means holds both how much levels differ and the luck of the attempts, so
there is no further term for the attempts. Two agents on the same levels are compared level by level, which cancels how
hard a level is: that error is smaller than the two agents' own errors suggest. A single level has no spread, and its
error is nan.

Best of k is the chance that at least one of k attempts solves a level. With c of n attempts solved it is estimated by
1 - C(n - c, k) / C(n, k), which is unbiased (M. Chen et al., arXiv:2107.03374); the naive 1 - (1 - c / n)^k is not."""

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
        """The mean of a number a level."""
        count = len(values)
        error = float(values.std(ddof=1)) / math.sqrt(count) if count > 1 else math.nan
        return cls(mean=float(values.mean()), error=error)

    @property
    def z(self) -> float:
        """How many standard errors the mean is away from zero; beyond 2 or 3 it is hardly chance."""
        if self.error == 0:
            return math.copysign(math.inf, self.mean) if self.mean else 0.0
        return self.mean / self.error

    def __str__(self) -> str:
        return f"{self.mean:.3f}" if math.isnan(self.error) else f"{self.mean:.3f} ± {self.error:.3f}"


@dataclass(frozen=True, kw_only=True, eq=False)
class Evaluation:
    """How each attempt at each level ended. Neither solved nor failed: the time ran out."""

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
        """How many levels."""
        return len(self.solved)

    @property
    def attempts(self) -> int:
        """How many attempts at each level."""
        return int(self.solved.shape[1])

    @property
    def solve_rates(self) -> Float[np.ndarray, " level"]:
        """The share of each level's attempts that solved it."""
        rates: Float[np.ndarray, " level"] = self.solved.mean(axis=1)
        return rates

    @property
    def solve_rate(self) -> Estimate:
        """The mean of the levels' solve rates."""
        return Estimate.of(self.solve_rates)

    def best_of(self, k: int) -> Estimate:
        """The share of levels that are solved in at least one of k attempts, at most as many as were made."""
        n = self.attempts
        k = as_integer(k, f"best_of: k, of {n} attempts,", 1, n)
        missed = n - self.solved.sum(axis=1)
        return Estimate.of(np.array([1 - math.comb(int(count), k) / math.comb(n, k) for count in missed]))

    def difference(self, other: "Evaluation") -> Estimate:
        """This solve rate minus that of another evaluation on the same levels in the same order, level by level."""
        if other.levels != self.levels:
            raise ConfigError(
                f"Evaluation.difference: both must be of the same levels, got {self.levels} and {other.levels} levels."
            )
        return Estimate.of(self.solve_rates - other.solve_rates)

    @classmethod
    def joined(cls, parts: "list[Evaluation]") -> "Evaluation":
        """Several evaluations of the same number of attempts as one, levels one after the other."""
        counts = sorted({part.attempts for part in parts})
        if len(counts) != 1:
            raise ConfigError(f"Evaluation.joined: all must have the same number of attempts, got {counts}.")
        names = [field.name for field in fields(cls)]
        return cls(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})
