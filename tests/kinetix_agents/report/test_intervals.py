"""Intervals of Student's t: compared with SciPy, and counted in experiments whose mean is known."""

import math

import numpy as np
import pytest
from scipy import stats

from kinetix_agents.report.intervals import Interval, t_quantile


def test_quantiles_are_those_of_scipy() -> None:
    for freedom in (*range(1, 40), 100, 999, 1000):
        for share in (0.5, 0.9, 0.95, 0.99):
            assert t_quantile(freedom, share) == pytest.approx(stats.t.ppf(0.5 + share / 2, freedom), rel=1e-6)


@pytest.mark.parametrize("count", [2, 3, 5, 10])
def test_an_interval_is_that_of_scipy(count: int) -> None:
    values = np.random.default_rng(count).normal(0.4, 0.1, count)
    found = Interval.of(list(values))
    low, high = stats.t.interval(0.95, count - 1, values.mean(), stats.sem(values))
    assert (found.mean - found.reach, found.mean + found.reach) == (pytest.approx(low), pytest.approx(high))
    assert str(found) == f"{values.mean():.3f} ± {(high - low) / 2:.3f}"


@pytest.mark.parametrize("count", [2, 3, 8])
def test_it_holds_the_true_mean_in_95_of_100_experiments(count: int) -> None:
    """4000 experiments: the share has a standard error of 0.0034."""
    draws = np.random.default_rng(count).normal(2.0, 3.0, (4000, count))
    found = [Interval.of(list(row)) for row in draws]
    held = np.mean([abs(interval.mean - 2.0) <= interval.reach for interval in found])
    assert held == pytest.approx(0.95, abs=4 * 0.0034)


def test_a_single_value_has_no_interval() -> None:
    found = Interval.of([0.25])
    assert found.mean == 0.25 and math.isnan(found.reach) and str(found) == "0.250"
