"""Robust PLR and ACCEL train on levels of the buffer only; new levels and children are tried out first."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_env.generators import RandomLevels
from kinetix_env.level import SIZES
from kinetix_ued import ACCEL, RobustPLR
from tests.kinetix_ued.markers import Player, marked, numbers, outcome

pytestmark = pytest.mark.versions

LEVELS, KEPT, BLOCK = 8, 6, 2
SETTINGS = {"buffer": KEPT, "minimum_fill": 1.0, "fresh": BLOCK / LEVELS, "score": "positive-value-loss"}


@pytest.fixture(scope="module")
def curriculum():
    return RobustPLR(**SETTINGS).build(marked(), LEVELS)


@pytest.fixture(scope="module")
def player() -> Player:
    return Player()


@pytest.fixture(scope="module")
def select(curriculum, player):
    return jax.jit(lambda state, key: curriculum.select(state, key, player))


@pytest.fixture(scope="module")
def report(curriculum):
    return jax.jit(lambda state, level_ids, outcome: curriculum.report(state, level_ids, outcome))


def kept(curriculum, state) -> np.ndarray:
    return np.asarray(numbers(curriculum.packing.unpack(state.buffer.rows)))[np.asarray(state.buffer.filled)]


def test_new_levels_are_tried_and_only_those_of_the_buffer_selected(curriculum, select, report, player) -> None:
    state = curriculum.init(jax.random.key(0))
    tried: list[float] = []
    running = None
    for update in range(12):
        levels, level_ids, state = select(state, jax.random.key(update))
        new = player.take()
        assert len(new) == (KEPT if update == 0 else BLOCK)
        assert not set(new) & set(tried)
        tried.extend(new)
        # scores do not change here, so the buffer has the best of all that were tried
        np.testing.assert_allclose(np.sort(kept(curriculum, state)), np.sort(tried)[-KEPT:])
        chosen = np.asarray(numbers(levels))
        assert set(chosen) <= set(kept(curriculum, state))
        running = running or (chosen, level_ids)
        told, both = np.concatenate([running[0], chosen]), jnp.concatenate([running[1], level_ids])
        before = state
        state = report(state, both, outcome(told, episodes=1))
        np.testing.assert_array_equal(kept(curriculum, state), kept(curriculum, before))
        running = chosen, level_ids


def test_new_levels_with_low_scores_are_never_selected(curriculum, select, report, player) -> None:
    _, _, state = select(curriculum.init(jax.random.key(0)), jax.random.key(0))
    best = eqx.tree_at(lambda s: s.buffer.score, state, jnp.full(KEPT, 2.0))
    own = set(kept(curriculum, best))
    for update in range(4):
        levels, _, best = select(best, jax.random.key(100 + update))
        assert set(np.asarray(numbers(levels))) <= own
    assert set(kept(curriculum, best)) == own
    player.take()


def test_a_report_updates_the_scores_of_buffered_levels_only(curriculum, select, report, player) -> None:
    levels, level_ids, state = select(curriculum.init(jax.random.key(0)), jax.random.key(0))
    player.take()
    episodes = np.arange(LEVELS) % 2  # every other one finished something
    twice = jnp.concatenate([level_ids, level_ids])
    after = report(state, twice, outcome(jnp.full(2 * LEVELS, 0.125), np.concatenate([episodes, 0 * episodes])))
    finished = set(np.asarray(numbers(levels))[episodes == 1])
    for number, old, new in zip(kept(curriculum, state), state.buffer.score, after.buffer.score, strict=True):
        assert float(new) == (0.125 if number in finished else float(old))
    gone = report(state, twice ^ jnp.uint32(1), outcome(jnp.full(2 * LEVELS, 0.125)))
    assert all(map(np.array_equal, jax.tree.leaves(gone), jax.tree.leaves(state)))


def test_levels_are_selected_however_short_the_trials_are(curriculum) -> None:
    unfinished = Player(lambda found: outcome(found, episodes=0))
    select = jax.jit(lambda state, key: curriculum.select(state, key, unfinished))
    levels, _, state = select(curriculum.init(jax.random.key(0)), jax.random.key(0))
    assert set(np.asarray(numbers(levels))) <= set(unfinished.take())
    assert bool(state.buffer.filled.all())


def test_children_are_mutations_of_the_levels_selected_before() -> None:
    """A child's number is its parent's and 10 more here, so the buffer comes to hold ever later generations."""
    config = ACCEL(**SETTINGS, edits=3, children=2)
    accel = config.build(marked(), LEVELS)
    assert (accel.mutation.count, accel.mutation.settings) == (3, RandomLevels())

    def grow(key, level):
        del key
        return marked().numbered(numbers(jax.tree.map(lambda x: x[None], level))[0] + 10)

    accel = dataclasses.replace(accel, mutation=grow)
    player = Player()
    select = jax.jit(lambda state, key: accel.select(state, key, player))
    state = accel.init(jax.random.key(0))
    for update in range(5):
        parents = np.asarray(numbers(accel.packing.unpack(state.parents)))
        levels, _, state = select(state, jax.random.key(update))
        tried = player.take()
        assert set(np.asarray(numbers(accel.packing.unpack(state.parents)))) <= set(np.asarray(numbers(levels)))
        if update == 0:
            assert len(tried) == KEPT and (tried < 1).all()
            continue
        assert len(tried) == 3 * BLOCK and (tried[:BLOCK] < 1).all()
        np.testing.assert_array_equal(tried[BLOCK:], parents + 10)
    assert kept(accel, state).max() > 30


def test_children_follow_the_settings_of_the_random_generator() -> None:
    generator = RandomLevels(motor_chance=0.5).build(SIZES["s"])
    mutation = ACCEL().build(generator, LEVELS).mutation
    assert (mutation.count, mutation.settings) == (5, generator.settings)
