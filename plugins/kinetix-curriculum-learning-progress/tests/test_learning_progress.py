"""Learning progress: moving averages equal their closed form, and levels without progress are replaced."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jax2d import Capacity
from kinetix_curriculum_learning_progress import LearningProgress
from kinetix_curriculum_learning_progress.averages import no_episodes
from kinetix_env.errors import ConfigError
from kinetix_env.level.level import empty_level
from kinetix_env.plugins import registry
from kinetix_env.task.protocols import Curriculum, Outcome

CAPACITY = Capacity(polygons=5, circles=1, joints=1, thrusters=1)
KEPT, LEVELS, PATIENCE = 16, 32, 4


class Numbered(eqx.Module):
    """Draws empty levels whose gravity is a random number, so that levels can be distinguished; cheap to compile."""

    capacity: Capacity = eqx.field(static=True, default=CAPACITY)

    def sample(self, key):
        level = empty_level(self.capacity)
        gravity = jax.random.uniform(key, level.scene.gravity.shape)
        return eqx.tree_at(lambda level: level.scene.gravity, level, gravity)


def numbers(levels):
    return np.asarray(levels.scene.gravity)[:, 1]


def outcome(success_rate, episodes):
    rate = jnp.asarray(success_rate, jnp.float32)
    count = jnp.broadcast_to(jnp.asarray(episodes, jnp.int32), rate.shape)
    zeros = jnp.zeros_like(rate)
    return Outcome(rate, count, rate, rate, zeros, zeros)


def no_trials(levels, key):
    raise AssertionError("this curriculum asks for no trials")


@pytest.fixture(scope="module")
def curriculum():
    return LearningProgress(buffer=KEPT, patience=PATIENCE, least=0.05).build(Numbered(), LEVELS)


@pytest.fixture(scope="module")
def select(curriculum):
    return jax.jit(lambda state, key: curriculum.select(state, key, no_trials))


@pytest.fixture(scope="module")
def report(curriculum):
    return jax.jit(curriculum.report)


@pytest.fixture(scope="module")
def full(curriculum, select):
    """The state of a curriculum with a full buffer and no reports."""
    return select(curriculum.init(jax.random.key(0)), jax.random.key(1))[2]


def tell(report, state, success_rate, episodes):
    """Report numbers of episodes and success rates of the levels in all slots."""
    slots = jnp.arange(KEPT, dtype=jnp.int32)
    return report(state, jnp.stack([slots, state.serial], axis=1), outcome(success_rate, episodes))


def all_judged(report, full, early, late):
    """The state after enough episodes of every level, first at one success rate and then at another."""
    return tell(report, tell(report, full, early, 60), late, 5)


def test_averages_are_exponentially_weighted_means_of_all_episodes():
    # sum of rate (1 - rate)^(n - 1 - i) x_i over the sum of the weights, written out
    seen = np.array([1, 0, 0, 1, 1, 1, 0, 1], np.float32)
    averages = no_episodes(1, 0.3, 0.1)
    for solved in seen:
        averages = averages.after(jnp.array([solved]), jnp.array([1]))
    weights = [(1 - rate) ** np.arange(len(seen))[::-1] for rate in (0.3, 0.1)]
    fast, slow = (np.average(seen, weights=each) for each in weights)
    np.testing.assert_allclose(averages.progress(), [abs(fast - slow)], rtol=1e-5)


def test_a_report_of_several_episodes_equals_single_reports():
    at_once = no_episodes(2, 0.3, 0.1).after(jnp.array([1.0, 0.25]), jnp.array([3, 0]))
    single = no_episodes(2, 0.3, 0.1)
    for _ in range(3):
        single = single.after(jnp.array([1.0, 0.7]), jnp.array([1, 0]))
    np.testing.assert_allclose(at_once.fast, single.fast, rtol=1e-6)
    np.testing.assert_allclose(at_once.slow, single.slow, rtol=1e-6)
    np.testing.assert_array_equal(at_once.episodes, [3, 0])


@pytest.mark.parametrize("rate", [0.0, 0.4, 1.0])
def test_progress_is_zero_at_a_constant_success_rate(rate):
    averages = no_episodes(1, 0.3, 0.1)
    for count in (0, 1, 4, 30):
        averages = averages.after(jnp.array([rate]), jnp.array([count]))
        np.testing.assert_allclose(averages.progress(), [0.0], atol=1e-6)


def test_rising_and_falling_success_rates_are_equal_progress(curriculum, report, full):
    rising, falling = np.arange(KEPT) < 4, np.arange(KEPT) >= 12
    state = all_judged(report, full, np.where(falling, 1.0, 0.0), np.where(rising, 1.0, 0.0))
    progress = np.asarray(state.averages.progress())
    np.testing.assert_allclose(progress[rising], progress[falling][0], rtol=1e-4)
    np.testing.assert_allclose(progress[~rising & ~falling], 0.0, atol=1e-6)


def test_the_first_selection_fills_the_buffer_and_plays_all_of_it(curriculum, select):
    levels, level_ids, state = select(curriculum.init(jax.random.key(0)), jax.random.key(1))
    np.testing.assert_array_equal(state.serial, np.arange(1, KEPT + 1))
    kept = numbers(curriculum.packing.unpack(state.rows))
    assert len(set(kept)) == KEPT
    found, counts = np.unique(numbers(levels), return_counts=True)
    assert set(found) == set(kept) and set(counts) == {LEVELS // KEPT}
    np.testing.assert_array_equal(numbers(levels), kept[np.asarray(level_ids)[:, 0]])


def test_level_weights_follow_progress_with_a_fixed_fraction_for_new_levels(curriculum, report, full):
    # 12 levels are judged, of which 0 to 2 changed; 12 to 15 were never played: a quarter of the buffer
    changed, new = np.arange(KEPT) < 3, np.arange(KEPT) >= 12
    state = tell(report, full, np.zeros(KEPT), np.where(new, 0, 60))
    state = tell(report, state, np.where(changed, [0.5, 1.0, 0.25] + [0.0] * 13, 0.0), np.where(new, 0, 5))
    weights = np.asarray(curriculum.weights(state))
    np.testing.assert_allclose(weights[new], 0.25 / 4, rtol=1e-5)
    np.testing.assert_allclose(weights[changed], 0.75 * np.array([2, 4, 1]) / 7, rtol=1e-3)
    np.testing.assert_allclose(weights[~changed & ~new], 0.0, atol=1e-6)


def test_weights_are_uniform_without_progress(curriculum, report, full):
    np.testing.assert_allclose(curriculum.weights(tell(report, full, np.ones(KEPT), 1)), 1 / KEPT, rtol=1e-6)


def test_levels_without_progress_are_replaced_in_blocks(curriculum, select, report, full):
    state = all_judged(report, full, np.zeros(KEPT), np.where(np.arange(KEPT) < 6, 1.0, 0.0))
    before = np.asarray(state.serial)
    for block in range(1, 4):  # ten to replace, in blocks of LEVELS / 8
        state = select(state, jax.random.key(10 + block))[2]
        after = np.asarray(state.serial)
        assert (after[:6] == before[:6]).all()
        assert (after != before).sum() == min(4 * block, 10)
    replaced = after != before
    assert sorted(after[replaced]) == list(range(KEPT + 1, KEPT + 11))
    assert (np.asarray(state.averages.episodes)[replaced] == 0).all()
    assert len(set(numbers(curriculum.packing.unpack(state.rows)))) == KEPT
    np.testing.assert_array_equal(select(state, jax.random.key(20))[2].serial, after)  # the new ones are not judged yet


def test_reports_on_replaced_levels_are_ignored(select, report, full):
    old = jnp.stack([jnp.arange(KEPT, dtype=jnp.int32), full.serial], axis=1)
    state = select(tell(report, full, np.ones(KEPT), 60), jax.random.key(2))[2]
    gone = np.asarray(state.serial) != np.asarray(full.serial)
    assert gone.sum() == 4
    state = report(state, old, outcome(np.ones(KEPT), 3))
    np.testing.assert_array_equal(state.averages.episodes, np.where(gone, 0, 63))


def test_rows_of_one_level_are_summed_and_rows_without_episodes_ignored(report, full):
    slot = jnp.array([2, 2, 2, 5], jnp.int32)
    level_ids = jnp.stack([slot, full.serial[slot]], axis=1)
    state = report(full, level_ids, outcome([1.0, 0.0, 0.9, 0.0], [1, 3, 0, 0]))
    np.testing.assert_array_equal(state.averages.episodes, np.where(np.arange(KEPT) == 2, 4, 0))
    np.testing.assert_allclose(state.averages.fast[2], (1 - 0.9**4) * 0.25, rtol=1e-5)


def test_unknown_level_ids_change_nothing(curriculum, report):
    state = curriculum.init(jax.random.key(0))
    after = report(state, jnp.zeros((4, 2), jnp.int32), outcome(np.ones(4), 2))
    assert eqx.tree_equal(state, after)


def test_it_is_registered_by_this_distribution():
    source = registry().sources("curricula")["learning-progress"]
    assert source.cls is LearningProgress and source.distribution == "kinetix-curriculum-learning-progress"
    assert isinstance(LearningProgress().build(Numbered(), 3), Curriculum)


@pytest.mark.parametrize(
    "settings",
    [
        {"buffer": 0},
        {"patience": 1.5},
        {"fast": 0.0},
        {"slow": 1.5},
        {"slow": 0.1, "fast": 0.1},
        {"least": -0.1},
        {"explore": 2},
        {"fresh": 0},
    ],
)
def test_invalid_settings_are_refused(settings):
    with pytest.raises(ConfigError, match=f"LearningProgress.{next(iter(settings))} must be"):
        LearningProgress(**settings)


def test_an_invalid_number_of_levels_is_refused():
    with pytest.raises(ConfigError, match="A curriculum's levels must be an integer of at least 1, got 0"):
        LearningProgress().build(Numbered(), 0)
