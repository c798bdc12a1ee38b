"""The interquartile mean and its bootstrap interval: cases computed by hand."""

import math

import numpy as np
import pytest

from kinetix_agents.report.iqm import interquartile_mean, iqm_rate


def test_iqm_is_the_mean_of_the_middle_half() -> None:
    scores = np.array([9.0, 3, 4, 1, 100, 5, -50, 2])
    assert interquartile_mean(scores) == np.mean([2, 3, 4, 5])
    np.testing.assert_allclose(interquartile_mean(np.stack([scores, scores + 1])), [3.5, 4.5])


def test_the_interval_of_two_seeds_on_one_level_contains_both() -> None:
    """A resample is both seeds with probability 1/2, and each of them twice with 1/4: nothing is outside 2.5 %."""
    rate = iqm_rate(np.array([[0.25], [0.75]]))
    assert (rate.mean, rate.low, rate.high) == (0.5, 0.25, 0.75)


def test_the_bootstrap_resamples_seeds_within_levels() -> None:
    """Seeds that agree at every level have no variance, however different the levels are."""
    rate = iqm_rate(np.tile(np.linspace(0, 1, 8), (5, 1)))
    assert rate.low == rate.mean == rate.high == pytest.approx(0.5)


def test_the_bootstrap_interval_of_normal_scores_is_the_asymptotic_one() -> None:
    """The quarter-trimmed mean of n normal scores has the variance 1.195 / n (Huber, Robust Statistics, table 1.2)."""
    scores = np.random.default_rng(1).normal(size=(1600, 1))
    rate = iqm_rate(scores)
    assert rate.high - rate.low == pytest.approx(2 * 1.96 * math.sqrt(1.195 / 1600), rel=0.08)


def test_one_seed_has_no_interval_and_intervals_are_deterministic() -> None:
    alone = iqm_rate(np.array([[0.1, 0.5, 0.9]]))
    assert alone.mean == 0.5 and math.isnan(alone.low) and math.isnan(alone.high)
    scores = np.random.default_rng(0).random((3, 10))
    assert iqm_rate(scores) == iqm_rate(scores)
