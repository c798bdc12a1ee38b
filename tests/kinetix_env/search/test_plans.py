"""Plans of held actions: valid choices, hold durations, and changes."""

import numpy as np
import pytest

from kinetix_env.search.elites import MOST, Elites
from kinetix_env.search.plans import Planner

pytestmark = pytest.mark.versions

HORIZON = 256
COUNTS = np.array([3, 1, 3, 1, 2, 1])


@pytest.fixture
def planner() -> Planner:
    return Planner(np.random.default_rng(0), COUNTS, HORIZON)


def holds(plan: np.ndarray) -> np.ndarray:
    """The number of steps for which each action of a plan is held."""
    edges = np.flatnonzero((plan[1:] != plan[:-1]).any(axis=1)) + 1
    return np.diff(np.concatenate([[0], edges, [len(plan)]]))


def test_plans_contain_valid_choices_only(planner: Planner) -> None:
    plan, other = planner.random(), planner.random()
    for _ in range(200):
        plan = planner.nudged(planner.changed(planner.continued(plan, 40), 100, other), 100)
        assert plan.shape == (HORIZON, 6) and plan.dtype == np.int8
        assert (plan >= 0).all() and (plan < COUNTS).all()


def test_constant_plans_are_all_actions_once_and_begin_with_doing_nothing(planner: Planner) -> None:
    plans = planner.constant(100)
    assert len(plans) == COUNTS.prod()
    assert len({plan[0].tobytes() for plan in plans}) == COUNTS.prod()
    assert not plans[0].any() and all((plan == plan[0]).all() for plan in plans)
    some = planner.constant(5)
    assert len({plan[0].tobytes() for plan in some}) == 5 and not some[0].any()


def test_random_plans_have_short_and_long_holds(planner: Planner) -> None:
    """A hold is log-uniform from 1 to 64 steps: a sixth of them takes one or two, a third 16 or more, roughly."""
    held = np.concatenate([holds(planner.random())[:-1] for _ in range(300)])
    assert (held <= 2).mean() > 0.15 and (held >= 16).mean() > 0.1


def test_a_continued_plan_keeps_its_prefix(planner: Planner) -> None:
    plan = planner.random()
    for time in (0, 1, 100, HORIZON - 1):
        new = planner.continued(plan, time)
        np.testing.assert_array_equal(new[:time], plan[:time])
        assert time == HORIZON - 1 or any((planner.continued(plan, time) != new).any() for _ in range(10))


def test_changes_return_a_new_plan_that_usually_differs(planner: Planner) -> None:
    plan, other = planner.random(), planner.random()
    before = plan.copy()
    different = [(planner.changed(plan, 100, other) != plan).any() for _ in range(200)]
    assert np.mean(different) > 0.5
    np.testing.assert_array_equal(plan, before)


def test_elites_are_the_best_distinct_plans(planner: Planner) -> None:
    elites, rng = Elites(), np.random.default_rng(1)
    worths = rng.permutation(np.arange(2 * MOST) / 10)
    for worth in np.concatenate([worths, worths]):
        elites.add(planner.idle(), float(worth), 7, failed=False)
    assert len(elites) == MOST
    drawn = {elites.pick(rng).worth for _ in range(5000)}
    assert drawn == {round(worth / 10, 4) for worth in range(MOST)}


def test_touching_red_lowers_the_score_of_a_plan(planner: Planner) -> None:
    elites = Elites()
    elites.add(planner.idle(), 1.0, 7, failed=True)
    elites.add(planner.idle() + 1, 1.1, 7, failed=False)
    assert elites.pick(np.random.default_rng(0)).worth == 1.1 or len(elites) == 2
    best = min((elites.pick(np.random.default_rng(seed)) for seed in range(50)), key=lambda elite: elite.worth)
    assert best.plan.all()
