"""Episodes for display: solutions, random actions, and levels of mixed capacities."""

from dataclasses import replace

import numpy as np
import pytest

from kinetix_env import ConfigError, LevelError
from kinetix_env.level import SIZES
from kinetix_env.levels import NamedLevel
from kinetix_env.play.episodes import acts_of, play
from kinetix_env.sources import suite
from tests.kinetix_env.picture.scenes import hinge, rocket

ON = (0, 0, 0, 0, 1, 0)
STEPS = 40  # of two small levels here, so that they are one program


def named(level, **settings):
    return NamedLevel(**{"name": "made", "level": level, **settings})


def test_the_solution_is_followed_by_no_op():
    """The rocket is pushed for three steps, and flies on to where it has to be."""
    push = named(rocket(speed=0.3), name="push", solution=(ON,) * 3)
    one, other = play([push, named(rocket(speed=0.3), solution=(ON,))], steps=STEPS)
    assert other.controls.sum() == 1.0
    fired = one.controls[:, 1]
    assert fired.tolist() == [1.0] * 3 + [0.0] * (one.steps - 3)
    assert (one.name, one.ending) == ("push", "unfinished") and one.steps == STEPS


def test_a_level_of_the_suite_is_solved_by_its_solution():
    solved = play([one for one in suite("s") if one.name in ("rocket-hop", "bell")])
    assert [(one.name, one.ending) for one in solved] == [("bell", "solved"), ("rocket-hop", "solved")]


def test_random_actions_are_held_and_drive_existing_actuators_only():
    levels = [named(rocket(gap=2.0, speed=0.0)), named(hinge())]
    first, second = (play(levels, steps=STEPS, seed=seed) for seed in (0, 1))
    for one, again in zip(first, play(levels, "random", steps=STEPS, seed=0), strict=True):
        assert np.array_equal(one.controls, again.controls) and one.ending == again.ending
    assert any(not np.array_equal(one.controls, other.controls) for one, other in zip(first, second, strict=True))
    thrust, turn = (np.concatenate([one.controls for one in pair]) for pair in zip(first, second, strict=True))
    assert (thrust[:, 0] == 0).all() and (turn[:, 1] == 0).all()  # no joint, no thruster
    for controls in (thrust[:, 1], turn[:, 0]):
        assert controls.any() and (controls[1:] == controls[:-1]).mean() > 0.5


def test_levels_come_back_in_their_order_whatever_their_capacity():
    large = NamedLevel(name="large", level=suite("m")[0].level)
    levels = [named(rocket(), name="a"), large, named(rocket(), name="b")]
    found = play(levels, "none", steps=STEPS)
    assert [one.name for one in found] == ["a", "large", "b"]
    assert [one.ending for one in found[::2]] == ["solved", "solved"]
    assert not found[0].controls.any()
    assert found[1].states.position.shape[1] == SIZES["m"].bodies


def test_episodes_may_exceed_the_default_horizon():
    still = named(rocket(gap=2.0, speed=0.0))
    late = replace(still, solution=((0,) * 6,) * 258)
    for (one,) in (play([late]), play([still], "none", steps=258)):
        assert (one.ending, one.steps) == ("timed out", 258)


def test_unplayable_arguments_are_refused():
    bare = named(rocket(), name="bare")
    assert acts_of(bare) == "random" and acts_of(bare, "none") == "none"
    assert acts_of(replace(bare, solution=(ON,))) == "solution"
    with pytest.raises(LevelError, match=r"^bare has no solution; `kinetix levels solve` searches for one\.$"):
        play([bare], "solution")
    for steps in (0, -1, True):
        with pytest.raises(ConfigError, match="steps must be an integer from 1 to 10000, got"):
            play([bare], steps=steps)
    with pytest.raises(ConfigError, match="steps must be an integer from 1 to 10000, got 10001"):
        play([bare], steps=10_001)
