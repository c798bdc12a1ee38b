"""What a report teaches: equal rows are put together, rows without a finished episode mean nothing."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_env.protocols import Outcome
from kinetix_ued.buffer import empty_buffer
from kinetix_ued.learning import learn as learn_eagerly
from kinetix_ued.learning import learn_known as learn_known_eagerly
from kinetix_ued.learning import learn_probed as learn_probed_eagerly
from kinetix_ued.learning import merge
from kinetix_ued.packing import fingerprints
from kinetix_ued.scores import learnability, max_mc, positive_value_loss
from tests.kinetix_ued.markers import outcome

pytestmark = pytest.mark.versions

NOW = jnp.int32(3)
learn = jax.jit(learn_eagerly, static_argnums=3)
learn_known = jax.jit(learn_known_eagerly, static_argnums=3)
learn_probed = jax.jit(learn_probed_eagerly, static_argnums=3)


def rows_of(levels):
    return jnp.asarray(levels, jnp.float32)[:, None] * jnp.asarray([1.0, 2.0])


def same(one, other) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(jax.tree.leaves(one), jax.tree.leaves(other), strict=True))


def test_rows_of_one_level_are_averaged_by_their_episodes() -> None:
    levels, episodes = [4, 5, 4, 4, 5], [1, 0, 3, 0, 2]
    told = outcome([1.0, np.nan, 0.5, np.inf, 0.25], episodes, max_return=[-1.0, np.nan, 1.0, 99.0, -0.5])
    merged = jax.jit(merge)(fingerprints(rows_of(levels)), told)
    np.testing.assert_array_equal(merged.episodes, [4, 2, 0, 0, 0])
    np.testing.assert_allclose(merged.success_rate[:2], [(1 * 1.0 + 3 * 0.5) / 4, 0.25])
    np.testing.assert_allclose(merged.mean_value[:2], [(0 + 3 * 0.5) / 4, 0.75])
    np.testing.assert_array_equal(merged.max_return, [1.0, -0.5, 0, 0, 0])
    assert np.isfinite(np.concatenate(jax.tree.leaves(merged))).all()


def test_rows_without_a_finished_episode_change_nothing() -> None:
    buffer = learn(empty_buffer(4, 2), rows_of([1, 2, 3]), outcome([0.1, 0.2, 0.3]), max_mc, NOW)
    for value in (0.0, 1e9, jnp.nan):
        numbers = jnp.full(3, value)
        unplayed = Outcome(numbers, jnp.zeros(3, jnp.int32), numbers, numbers, numbers, numbers)
        assert same(learn(buffer, rows_of([2, 8, 9]), unplayed, max_mc, NOW + 1), buffer)
        assert same(learn_known(buffer, fingerprints(rows_of([2, 3, 9])), unplayed, max_mc), buffer)


def test_known_levels_are_updated_and_others_offered() -> None:
    buffer = learn(empty_buffer(3, 2), rows_of([1, 2]), outcome([0.1, 0.2]), positive_value_loss, NOW)
    np.testing.assert_array_equal(buffer.rows[:, 0], [2, 1, 0])
    again = outcome([0.7, 0.6, 0.4])
    known = learn_known(buffer, fingerprints(rows_of([1, 9, 8])), again, positive_value_loss)
    np.testing.assert_allclose(known.score, [0.2, 0.7, -np.inf])
    both = learn(buffer, rows_of([1, 9, 8]), again, positive_value_loss, NOW + 1)
    np.testing.assert_array_equal(both.rows[:, 0], [8, 1, 9])  # 9 fills the empty slot, 8 takes that of 2
    np.testing.assert_allclose(both.score, [0.4, 0.7, 0.6])


def test_max_mc_remembers_the_highest_return_of_earlier_visits() -> None:
    first = outcome([0.5], max_return=[1.0])  # it expects 0.5
    buffer = learn(empty_buffer(2, 2), rows_of([7]), first, max_mc, NOW)
    assert float(buffer.score[0]) == 0.5
    worse = outcome([0.75], max_return=[-1.0])  # it expects 0.25, and failed every time
    buffer = learn_known(buffer, fingerprints(rows_of([7])), worse, max_mc)
    assert float(buffer.score[0]) == 0.75 and float(buffer.max_return[0]) == 1.0


def test_levels_with_unfinished_trials_only_fill_empty_slots() -> None:
    buffer = learn_probed(empty_buffer(3, 2), rows_of([1, 2, 3, 4]), outcome([0.5] * 4, [0, 8, 0, 0]), max_mc, NOW)
    assert bool(buffer.filled.all())
    assert int(buffer.rows[jnp.argmax(buffer.score), 0]) == 2
    later = learn_probed(buffer, rows_of([5, 6, 7, 8]), outcome([-5.0] * 4, [3, 3, 0, 0]), max_mc, NOW)
    assert {int(row[0]) for row in later.rows} == {2, 5, 6}


def test_scores_equal_their_formulas() -> None:
    told = outcome([0.0, 0.25, 0.5, 1.0])
    np.testing.assert_allclose(learnability(told), [0, 0.1875, 0.25, 0])
    np.testing.assert_allclose(max_mc(told), told.success_rate)
    np.testing.assert_allclose(positive_value_loss(told), told.success_rate)
