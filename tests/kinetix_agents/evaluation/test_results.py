"""Success rates, standard errors and best-of-k of an evaluation, against formulas and enumeration of outcomes."""

import math
from itertools import combinations
from statistics import NormalDist

import numpy as np
import pytest

from kinetix_agents.evaluation import Estimate, Evaluation
from kinetix_env.errors import ConfigError


def evaluation(solved):
    solved = np.asarray(solved, bool)
    return Evaluation(
        solved=solved, failed=~solved, length=np.ones(solved.shape, np.int32), returns=solved.astype(np.float32)
    )


def drawn(levels, attempts, seed=0):
    """An evaluation of levels with different success rates."""
    rng = np.random.default_rng(seed)
    return evaluation(rng.random((levels, attempts)) < rng.random((levels, 1)))


def test_the_success_rate_is_the_mean_over_levels_with_its_standard_error() -> None:
    found = drawn(50, 8)
    rates = found.solved.mean(axis=1)
    assert found.solve_rate.mean == pytest.approx(found.solved.mean())
    assert found.solve_rate.error == pytest.approx(np.sqrt(np.sum((rates - rates.mean()) ** 2) / 49) / np.sqrt(50))


def test_one_standard_error_has_its_nominal_coverage() -> None:
    """Success rates uniform in [0, 1]: their mean is 1/2, their variance with n attempts 1/12 + (1/4 - 1/12) / n."""
    attempts, levels, runs = 4, 200, 400
    found = [drawn(levels, attempts, seed).solve_rate for seed in range(runs)]
    true = math.sqrt((1 / 12 + (1 / 4 - 1 / 12) / attempts) / levels)
    assert np.mean([estimate.error for estimate in found]) == pytest.approx(true, rel=0.02)
    inside = np.mean([abs(estimate.mean - 0.5) < estimate.error for estimate in found])
    expected = NormalDist().cdf(1) - NormalDist().cdf(-1)
    assert inside == pytest.approx(expected, abs=3.5 * math.sqrt(expected * (1 - expected) / runs))


@pytest.mark.parametrize("k", [1, 2, 5, 6])
def test_best_of_k_is_the_fraction_of_k_subsets_with_a_solved_attempt(k) -> None:
    found = drawn(9, 6)
    choices = list(combinations(range(6), k))
    shares = [np.mean([row[list(choice)].any() for choice in choices]) for row in found.solved]
    assert found.best_of(k).mean == pytest.approx(np.mean(shares))
    assert found.best_of(k).error == pytest.approx(np.std(shares, ddof=1) / 3)


def test_best_of_one_is_the_success_rate_and_best_of_all_is_any() -> None:
    found = drawn(20, 7)
    assert found.best_of(1).mean == pytest.approx(found.solve_rate.mean)
    assert found.best_of(7).mean == found.solved.any(axis=1).mean()


@pytest.mark.parametrize("k", [0, 7, True])
def test_best_of_more_than_the_attempts_is_refused(k) -> None:
    with pytest.raises(ConfigError, match=r"of 6 attempts, must be an integer from 1 to 6, got"):
        drawn(3, 6).best_of(k)


def test_differences_are_paired_by_level() -> None:
    """The same levels, a tenth of the attempts better: far beyond chance, though the levels differ much."""
    base = np.arange(20)[:, None] > np.arange(20)
    better = base.copy()
    better[:, -2:] = True
    better[3, -2] = False
    after, before = evaluation(better), evaluation(base)
    difference = after.difference(before)
    gains = after.solve_rates - before.solve_rates
    assert difference.mean == pytest.approx(gains.mean())
    assert difference.error == pytest.approx(gains.std(ddof=1) / math.sqrt(20))
    assert difference.z == pytest.approx(difference.mean / difference.error) and difference.z > 10
    assert abs(difference.mean) < 2 * math.hypot(after.solve_rate.error, before.solve_rate.error)
    assert before.difference(after).z == -difference.z
    with pytest.raises(ConfigError, match="got 20 and 3 levels"):
        after.difference(drawn(3, 20))


def test_a_single_level_has_no_error_and_equal_levels_none() -> None:
    alone = evaluation([[True, False]]).solve_rate
    assert math.isnan(alone.error) and math.isnan(alone.z) and str(alone) == "0.500"
    assert evaluation([[True], [True]]).solve_rate == Estimate(mean=1.0, error=0.0)
    assert Estimate(mean=-0.5, error=0.0).z == -math.inf and Estimate(mean=0.0, error=0.0).z == 0
    assert str(Estimate(mean=0.25, error=0.125)) == "0.250 ± 0.125"


def test_evaluations_can_be_concatenated() -> None:
    parts = [drawn(3, 4), drawn(2, 4, seed=1)]
    both = Evaluation.joined(parts)
    assert both.levels == 5 and both.attempts == 4
    assert (both.solved == np.concatenate([part.solved for part in parts])).all()
    with pytest.raises(ConfigError, match=r"same number of attempts, got \[4, 5\]"):
        Evaluation.joined([drawn(3, 4), drawn(3, 5)])


def test_an_empty_evaluation_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"must all be \[level, attempt\] and not empty, got .*\(0, 4\)"):
        evaluation(np.zeros((0, 4)))
