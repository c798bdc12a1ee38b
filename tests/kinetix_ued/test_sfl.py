"""Sampling for learnability keeps the levels that are solved sometimes, and trains on them and on new ones."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_ued import SFL
from tests.kinetix_ued.markers import Player, marked, numbers, outcome

pytestmark = pytest.mark.versions

LEVELS, KEPT, TRIED, EVERY = 6, 5, 16, 3


def best(tried: np.ndarray, count: int) -> np.ndarray:
    """The most learnable of some success rates, best first."""
    return tried[np.argsort(-tried * (1 - tried), kind="stable")][:count]


@pytest.fixture(scope="module")
def player() -> Player:
    return Player()


@pytest.fixture(scope="module")
def curriculum():
    return SFL(buffer=KEPT, candidates=TRIED, refresh_every=EVERY).build(marked(), LEVELS)


@pytest.fixture(scope="module")
def select(curriculum, player):
    return jax.jit(lambda state, key: curriculum.select(state, key, player))


def kept(curriculum, state) -> np.ndarray:
    return np.asarray(numbers(curriculum.packing.unpack(state.buffer.rows)))


def test_exactly_the_most_learnable_of_all_candidates_are_kept_until_the_next_refresh(
    curriculum, select, player
) -> None:
    state = curriculum.init(jax.random.key(0))
    seen: list[float] = []
    for update in range(2 * EVERY + 1):
        before = kept(curriculum, state)
        levels, level_ids, state = select(state, jax.random.key(update))
        tried = player.take()
        if update % EVERY == 0:
            assert len(tried) == TRIED and not set(tried) & set(seen)
            np.testing.assert_allclose(kept(curriculum, state), best(tried, KEPT))
            assert bool(state.buffer.filled.all())
        else:
            assert len(tried) == 0
            np.testing.assert_array_equal(kept(curriculum, state), before)
        chosen = np.asarray(numbers(levels))
        assert len(chosen) == LEVELS == len(level_ids)
        of_buffer = np.isin(chosen, kept(curriculum, state))
        assert of_buffer.sum() == LEVELS // 2
        assert len(np.unique(chosen[of_buffer])) == LEVELS // 2  # the buffer has enough, so none comes twice
        new = chosen[~of_buffer]
        assert not set(new) & set(seen) and not set(new) & set(tried)
        seen.extend([*new, *tried])
    assert int(state.updates) == 2 * EVERY + 1


def test_levels_of_a_small_buffer_are_drawn_equally_often(player) -> None:
    curriculum = SFL(buffer=2, candidates=4, buffer_share=1.0).build(marked(), 8)
    levels, _, state = jax.jit(lambda s, k: curriculum.select(s, k, player))(
        curriculum.init(jax.random.key(0)), jax.random.key(1)
    )
    values, counts = np.unique(np.asarray(numbers(levels)), return_counts=True)
    np.testing.assert_array_equal(values, np.sort(kept(curriculum, state)))
    np.testing.assert_array_equal(counts, [4, 4])
    player.take()


def test_equal_candidates_are_kept_once(curriculum) -> None:
    def play(levels, key):
        return outcome(numbers(levels))

    success = jnp.asarray([0.5, 0.5, 0.9, 0.4, 0.5, 0.4, 0.0, 1.0], jnp.float32)
    rows = jax.jit(lambda success: curriculum.packing.pack(jax.vmap(marked().numbered)(success)))(success)
    buffer = jax.jit(lambda rows: curriculum.most_learnable(rows, jax.random.key(0), play))(rows)
    found = np.asarray(numbers(curriculum.packing.unpack(buffer.rows)))
    np.testing.assert_allclose(found, [0.5, 0.4, 0.9, 0.0, 1.0])


def test_reports_do_not_change_the_state(curriculum) -> None:
    state = curriculum.init(jax.random.key(0))
    assert curriculum.report(state, jnp.arange(2 * LEVELS), outcome(jnp.ones(2 * LEVELS))) is state
