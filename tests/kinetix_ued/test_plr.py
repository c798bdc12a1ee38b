"""Prioritized level replay: what is replayed, what is new, and how the buffer learns from reports."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from kinetix_ued import PLR
from tests.kinetix_ued.markers import Player, marked, numbers, outcome

pytestmark = pytest.mark.versions

LEVELS, KEPT = 8, 12


@pytest.fixture(scope="module")
def curriculum():
    config = PLR(buffer=KEPT, minimum_fill=0.5, replay_rate=0.7, score="positive-value-loss")  # 2.4 new ones on average
    return config.build(marked(), LEVELS)


@pytest.fixture(scope="module")
def select(curriculum):
    def never(levels, key):
        raise AssertionError("PLR tries no levels out")

    return jax.jit(lambda state, key: curriculum.select(state, key, never))


@pytest.fixture(scope="module")
def report(curriculum):
    return jax.jit(lambda state, level_ids, outcome: curriculum.report(state, level_ids, outcome))


def kept(curriculum, state) -> dict[float, float]:
    """The scores of the buffered levels, by number."""
    found = np.asarray(numbers(curriculum.packing.unpack(state.buffer.rows)))
    scores = np.asarray(state.buffer.score)
    return {number: float(score) for number, score, f in zip(found, scores, state.buffer.filled, strict=True) if f}


def test_levels_are_new_until_the_buffer_is_filled_and_then_mostly_replayed(curriculum, select, report) -> None:
    state = curriculum.init(jax.random.key(0))
    running, running_ids = None, None
    counts, everything = [], set()
    for update in range(24):
        before = kept(curriculum, state)
        levels, level_ids, state = select(state, jax.random.key(update))
        chosen = np.asarray(numbers(levels))
        new = [number for number in chosen if number not in before]
        if len(before) < KEPT // 2:
            assert len(new) == LEVELS and not before
        else:
            counts.append(len(new))
            assert len(new) in (2, 3)
            assert not set(new) & everything
            replayed = set(chosen) & set(before)
            slots = [slot for slot, number in enumerate(before) if number in replayed]
            assert (np.asarray(state.buffer.last_seen)[slots] == int(state.updates)).all()
        everything |= set(chosen)
        if running is None:
            running, running_ids = chosen, level_ids
        both = np.concatenate([running, chosen])
        told = outcome(both, episodes=1)
        state = report(state, jnp.concatenate([running_ids, level_ids]), told)
        assert kept(curriculum, state).keys() <= everything
        # it keeps exactly the best of all that was ever played, since here a level's score never changes
        best = sorted(everything, reverse=True)[:KEPT]
        np.testing.assert_allclose(sorted(kept(curriculum, state), reverse=True), best)
        running, running_ids = chosen, level_ids
    assert set(counts) == {2, 3}


def test_levels_that_were_not_played_to_the_end_are_not_kept(curriculum, select, report) -> None:
    levels, level_ids, state = select(curriculum.init(jax.random.key(0)), jax.random.key(1))
    chosen = np.asarray(numbers(levels))
    twice = jnp.concatenate([level_ids, level_ids])
    nothing = report(state, twice, outcome(np.concatenate([chosen, chosen]), episodes=0))
    assert all(map(np.array_equal, jax.tree.leaves(nothing), jax.tree.leaves(state)))
    episodes = np.array([0] * LEVELS + [0, 1, 0, 2] + [0] * (LEVELS - 4))
    some = report(state, twice, outcome(np.concatenate([chosen, chosen]), episodes))
    assert set(kept(curriculum, some)) == {chosen[1], chosen[3]}


@pytest.mark.parametrize("replay_rate", [0.0, 1.0])
def test_all_levels_can_be_new_or_replayed(replay_rate: float) -> None:
    curriculum = PLR(buffer=4, replay_rate=replay_rate).build(marked(), 4)
    select = jax.jit(lambda state, key: curriculum.select(state, key, Player()))
    levels, level_ids, state = select(curriculum.init(jax.random.key(0)), jax.random.key(0))
    state = curriculum.report(state, level_ids, outcome(jnp.ones(4)))
    assert set(kept(curriculum, state)) == set(np.asarray(numbers(levels)))
    levels, _, _ = select(state, jax.random.key(1))
    shared = set(np.asarray(numbers(levels))) & set(kept(curriculum, state))
    assert len(shared) == (4 if replay_rate else 0)
