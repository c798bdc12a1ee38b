"""The held-out levels: fixed, distinct, and none solved by no-op."""

import jax
import numpy as np
import pytest

from kinetix_env import ConfigError, Role, UnknownNameError
from kinetix_env.sources import held_out
from tests.kinetix_env.suites.plays import LANES, play

JOINTS, THRUSTERS, RED, MEAN = 46, 45, 8, 1.854  # counts over the first LANES levels, and the mean coordinate in m


def rows(levels) -> np.ndarray:
    """A row of numbers for each level."""
    leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(levels)]
    return np.concatenate([leaf.reshape(len(leaf), -1).astype(np.float64) for leaf in leaves], axis=1)


@pytest.fixture(scope="module")
def levels():
    return held_out("s", LANES)


def test_two_calls_give_the_same_levels_and_a_smaller_set_is_the_beginning_of_a_larger_one(levels) -> None:
    np.testing.assert_array_equal(rows(held_out("s", LANES)), rows(levels))
    # another program, which may round otherwise
    np.testing.assert_allclose(rows(held_out("s", 4)), rows(levels)[:4], rtol=1e-4, atol=1e-5)


def test_no_level_occurs_twice(levels) -> None:
    assert len(np.unique(rows(levels), axis=0)) == LANES


def test_doing_nothing_solves_none_within_an_episode(levels) -> None:
    assert not play(levels, [[]] * LANES).solved.any()


def test_the_levels_are_those_that_were_fixed(levels) -> None:
    """With room for a level or two that rounding exchanges on another platform."""
    scene, role = levels.scene, np.asarray(levels.role)
    assert int(scene.joints.active.sum()) == pytest.approx(JOINTS, abs=3)
    assert int(scene.thrusters.active.sum()) == pytest.approx(THRUSTERS, abs=3)
    assert (role == Role.RED).sum() == pytest.approx(RED, abs=3)
    assert float(levels.state.position.mean()) == pytest.approx(MEAN, abs=0.03)


def test_an_unknown_size_or_a_bad_count_is_refused() -> None:
    with pytest.raises(UnknownNameError, match="No size called 'xl'"):
        held_out("xl")
    for count in (0, -1, True, 1.5):
        with pytest.raises((ConfigError, TypeError), match="count"):
            held_out("s", count)  # type: ignore[arg-type]
