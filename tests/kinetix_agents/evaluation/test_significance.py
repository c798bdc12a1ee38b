"""Comparisons of two agents: against SciPy, against published figures, and by counting all outcomes."""

import math
from itertools import product
from math import comb

import numpy as np
import pytest
from scipy import stats

from kinetix_agents.evaluation.significance import SIGNIFICANT, Change, Rate


def change(before, after, attempts=16):
    counts = [(np.array(solved), np.full(len(solved), attempts)) for solved in (before, after)]
    return Change.of(*counts)


@pytest.mark.parametrize(("before", "after", "learnt"), [(6, 16, True), (6, 8, False), (16, 16, False), (16, 6, True)])
def test_a_single_level_is_compared_by_its_attempts(before, after, learnt) -> None:
    found = change([before], [after])
    table = [[before, 16 - before], [after, 16 - after]]
    assert found.p == pytest.approx(stats.fisher_exact(table).pvalue) and found.significant is learnt
    low, high = stats.binomtest(after, 16).proportion_ci(0.95, method="wilson")
    assert (found.after.low, found.after.high) == (pytest.approx(low), pytest.approx(high))
    assert found.difference.mean == (after - before) / 16 and not found.over_levels
    assert not any(math.isnan(value) for value in (found.p, found.difference.low, found.difference.high))


def test_several_levels_are_compared_in_pairs() -> None:
    draw = np.random.default_rng(0)
    before, after = draw.integers(0, 9, 12), draw.integers(4, 17, 12)
    found, rates = change(before, after), (after - before) / 16
    assert found.over_levels and found.p == pytest.approx(stats.ttest_rel(after, before).pvalue)
    low, high = stats.t.interval(0.95, 11, rates.mean(), stats.sem(rates))
    assert (found.difference.low, found.difference.high) == (pytest.approx(low), pytest.approx(high))
    back = change(after, before)
    assert back.p == pytest.approx(found.p) and back.difference.mean == -found.difference.mean


def test_a_difference_of_two_fractions_has_the_published_interval() -> None:
    """Newcombe (1998), example (a), method 10: 56 of 70 less 48 of 80."""
    found = Change.of((np.array([48]), np.array([80])), (np.array([56]), np.array([70])))
    assert (round(found.difference.low, 4), round(found.difference.high, 4)) == (0.0524, 0.3339)


@pytest.mark.parametrize(("before", "after"), [([1, 0], [3, 1]), ([2, 3], [2, 1]), ([0, 4], [4, 4])])
def test_the_exact_test_of_few_levels_enumerates_all_outcomes(before, after) -> None:
    """With four attempts each: all splits of a level's solved attempts between the agents, with their multiplicity."""
    weights = {}
    for split in product(*(range(b + a + 1) for b, a in zip(before, after, strict=True))):
        ways = math.prod(comb(4, part) * comb(4, b + a - part) for part, b, a in zip(split, before, after, strict=True))
        weights[sum(split)] = weights.get(sum(split), 0) + ways
    seen = weights[sum(after)]
    p = sum(ways for ways in weights.values() if ways <= seen) / sum(weights.values())
    assert change(before, after, 4).p == pytest.approx(p)


def test_equal_small_differences_on_all_levels_are_not_significant() -> None:
    """Levels that all differ by one attempt do not show how levels vary, which a t test would take for none."""
    found = change([0] * 6, [1] * 6)
    assert not found.over_levels and found.p > SIGNIFICANT


def test_success_rates_of_zero_and_one_have_an_interval() -> None:
    for solved, at in ((0, 0.0), (16, 1.0)):
        rate = Rate.of(np.full(10, solved), np.full(10, 16))
        assert rate.mean == at and 0 <= rate.low <= at <= rate.high <= 1 and 0 < rate.high - rate.low < 0.05
