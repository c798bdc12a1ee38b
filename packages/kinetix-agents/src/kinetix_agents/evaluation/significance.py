"""Whether one agent solves more than another on the same levels, with 95 % intervals and a p-value.

For several levels these are a sample of a population: rates have Student's t intervals over levels, and two agents are
compared by a paired t test over levels. A few levels (at most `FEW`) do not show how levels vary, and neither do levels
that all differ by the same amount: then the levels are fixed and the attempts are the sample. Rates have Wilson's
interval, differences Newcombe's (method 10, Statistics in Medicine 17, 1998), and the test is the exact conditional
test stratified by level, which is Fisher's exact test for a single level.

Limits: Wilson's and Newcombe's intervals pool the attempts of the levels, which is exact for one level and too wide,
never too narrow, for levels of different difficulty."""

import math
from dataclasses import dataclass
from functools import reduce

import numpy as np
from jaxtyping import Float, Int
from scipy import stats

__all__ = ["FEW", "SIGNIFICANT", "Change", "Rate"]

FEW = 5  # number of levels up to which they are regarded as fixed
SIGNIFICANT = 0.01  # two-sided p-value below which a difference is called significant
CONFIDENCE = 0.95  # coverage of the intervals
TIE = 1e-7  # relative difference of probabilities that count as equal


@dataclass(frozen=True, kw_only=True)
class Rate:
    """A mean over levels, or a difference of two, and its 95 % interval from `low` to `high`."""

    mean: float
    low: float
    high: float

    @classmethod
    def of(cls, solved: Int[np.ndarray, " level"], attempts: Int[np.ndarray, " level"]) -> "Rate":
        """Return the mean success rate, from the numbers of solved attempts and of all attempts per level."""
        rates = solved / attempts
        if _few(rates):
            low, high = _wilson(int(solved.sum()), int(attempts.sum()))
            mean = float(rates.mean())
            return cls(mean=mean, low=min(low, mean), high=max(high, mean))
        mean, reach = _student(rates)
        return cls(mean=mean, low=max(mean - reach, 0.0), high=min(mean + reach, 1.0))


@dataclass(frozen=True, kw_only=True)
class Change:
    """The success rates of two agents on the same levels, their difference, and how significant it is."""

    levels: int
    before: Rate
    after: Rate
    difference: Rate
    p: float  # two-sided: probability of at least this difference between two agents that are equally good
    over_levels: bool  # the levels are the sample, otherwise the attempts

    @classmethod
    def of(
        cls,
        before: tuple[Int[np.ndarray, " level"], Int[np.ndarray, " level"]],
        after: tuple[Int[np.ndarray, " level"], Int[np.ndarray, " level"]],
    ) -> "Change":
        """Compare two agents; each is the number of solved attempts and the number of attempts, per level."""
        first, last = Rate.of(*before), Rate.of(*after)
        differences = after[0] / after[1] - before[0] / before[1]
        over_levels = not _few(differences)
        if over_levels:
            mean, reach = _student(differences)
            difference = Rate(mean=mean, low=max(mean - reach, -1.0), high=min(mean + reach, 1.0))
            p = float(stats.ttest_1samp(differences, 0.0).pvalue)
        else:
            difference, p = _newcombe(before, after, float(differences.mean())), _stratified(before, after)
        return cls(
            levels=len(differences), before=first, after=last, difference=difference, p=p, over_levels=over_levels
        )

    @property
    def significant(self) -> bool:
        """Whether chance is an unlikely explanation of the difference."""
        return self.p < SIGNIFICANT

    @property
    def test(self) -> str:
        """What the p-value is of."""
        if self.over_levels:
            return "paired t test over levels"
        return "Fisher's exact test over attempts" if self.levels == 1 else "exact test over attempts, level by level"

    @property
    def p_text(self) -> str:
        """The p-value in words, such as "p = 0.012" or "p < 0.0001"."""
        return "p < 0.0001" if self.p < 1e-4 else f"p = {self.p:.2g}"


def _few(values: Float[np.ndarray, " level"]) -> bool:
    """Whether the spread of the values does not show how levels vary."""
    return len(values) <= FEW or bool(np.ptp(values) == 0)


def _student(values: Float[np.ndarray, " level"]) -> tuple[float, float]:
    """Return the mean and half the width of its interval."""
    count = len(values)
    quantile = float(stats.t.ppf(0.5 + CONFIDENCE / 2, count - 1))
    return float(values.mean()), quantile * float(values.std(ddof=1)) / math.sqrt(count)


def _wilson(solved: int, attempts: int) -> tuple[float, float]:
    interval = stats.binomtest(solved, attempts).proportion_ci(CONFIDENCE, method="wilson")
    return float(interval.low), float(interval.high)


def _newcombe(
    before: tuple[Int[np.ndarray, " level"], Int[np.ndarray, " level"]],
    after: tuple[Int[np.ndarray, " level"], Int[np.ndarray, " level"]],
    mean: float,
) -> Rate:
    """Return the difference of two pooled fractions; each bound combines the distances to two Wilson bounds."""
    (p, low), (q, high) = [
        (int(solved.sum()) / int(attempts.sum()), _wilson(int(solved.sum()), int(attempts.sum())))
        for solved, attempts in (before, after)
    ]
    below = math.hypot(q - high[0], low[1] - p)
    above = math.hypot(high[1] - q, p - low[0])
    return Rate(mean=mean, low=max(mean - below, -1.0), high=min(mean + above, 1.0))


def _stratified(
    before: tuple[Int[np.ndarray, " level"], Int[np.ndarray, " level"]],
    after: tuple[Int[np.ndarray, " level"], Int[np.ndarray, " level"]],
) -> float:
    """Return the two-sided p-value, given how many attempts at each level both agents solved together.

    If both are equally good at each level, the second agent's part of these is hypergeometric, independently per
    level. The p-value is the probability of all totals that are at most as probable as the one seen.
    """
    laws, least = [], 0
    for solved, attempts, others, other_attempts in zip(*after, *before, strict=True):
        law = stats.hypergeom(int(attempts + other_attempts), int(solved + others), int(attempts))
        low, high = (int(bound) for bound in law.support())
        laws.append(law.pmf(np.arange(low, high + 1)))
        least += low
    total = reduce(np.convolve, laws)
    seen = total[int(after[0].sum()) - least]
    return float(min(total[total <= seen * (1 + TIE)].sum(), 1.0))
