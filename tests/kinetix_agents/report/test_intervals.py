"""Student's t intervals: against tables and SciPy, and their coverage in experiments of known mean."""

import math

import numpy as np
import pytest
from scipy import stats

from kinetix_agents.report.intervals import Interval, t_quantile


@pytest.mark.parametrize(("freedom", "expected"), [(1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262), (1000, 1.962)])
def test_quantiles_equal_those_of_printed_tables(freedom: int, expected: float) -> None:
    assert t_quantile(freedom) == pytest.approx(expected, abs=5e-4)


def test_quantiles_grow_with_confidence() -> None:
    assert t_quantile(1, 0.5) == pytest.approx(1.0)  # Cauchy: half of it lies in [-1, 1]
    assert t_quantile(3, 0.5) < t_quantile(3, 0.9) < t_quantile(3, 0.99)


@pytest.mark.parametrize("count", [2, 3, 5, 10])
def test_intervals_equal_those_of_scipy(count: int) -> None:
    values = np.random.default_rng(count).normal(0.4, 0.1, count)
    found = Interval.of(list(values))
    low, high = stats.t.interval(0.95, count - 1, values.mean(), stats.sem(values))
    assert (found.mean - found.reach, found.mean + found.reach) == (pytest.approx(low), pytest.approx(high))
    assert str(found) == f"{values.mean():.3f} ± {(high - low) / 2:.3f}"


@pytest.mark.parametrize("count", [2, 3, 8])
def test_95_percent_intervals_have_their_nominal_coverage(count: int) -> None:
    """4000 experiments: the fraction has a standard error of 0.0034."""
    draws = np.random.default_rng(count).normal(2.0, 3.0, (4000, count))
    found = [Interval.of(list(row)) for row in draws]
    held = np.mean([abs(interval.mean - 2.0) <= interval.reach for interval in found])
    assert held == pytest.approx(0.95, abs=4 * 0.0034)


def test_a_single_value_has_no_interval() -> None:
    found = Interval.of([0.25])
    assert found.mean == 0.25 and math.isnan(found.reach) and str(found) == "0.250"
