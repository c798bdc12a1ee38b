"""Laws of the buffer, against a plain dictionary that is offered the same levels."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kinetix_ued.buffer import empty_buffer, find, insert, mark_seen, update
from kinetix_ued.packing import fingerprints, groups

pytestmark = pytest.mark.versions

CAPACITY, BATCH = 5, 4

offers = st.lists(
    st.lists(
        st.tuples(st.integers(0, 11), st.integers(-6, 6), st.booleans()),  # level, score, valid
        min_size=BATCH,
        max_size=BATCH,
    ),
    max_size=6,
)
put = jax.jit(insert)


def rows_of(levels):
    """A row of three numbers for each level."""
    levels = jnp.asarray(levels, jnp.float32)
    return jnp.stack([levels, -levels, levels * 0.1], axis=1)


def offered(buffer, batch, now):
    levels, scores, valid = (np.array(column) for column in zip(*batch, strict=True))
    scores = jnp.asarray(scores, jnp.float32)
    return put(buffer, rows_of(levels), scores, scores + 1, jnp.asarray(valid), jnp.asarray(now, jnp.int32))


def expected(kept: dict[int, int], batch) -> list[int]:
    """The scores that the best of both have."""
    new: dict[int, int] = {}
    for level, score, valid in batch:
        if valid and level not in kept and level not in new:
            new[level] = score
    return sorted([*kept.values(), *new.values()], reverse=True)[:CAPACITY]


@given(offers)
@settings(max_examples=60)
def test_a_buffer_keeps_the_best_levels_without_duplicates(batches) -> None:
    buffer = empty_buffer(CAPACITY, 3)
    kept: dict[int, int] = {}
    for now, batch in enumerate(batches, 1):
        before, buffer = buffer, offered(buffer, batch, now)
        filled = np.asarray(buffer.filled)
        count = int(filled.sum())
        assert filled[:count].all()  # filled slots come first
        scores = np.asarray(buffer.score)[:count]
        assert sorted(scores.tolist(), reverse=True) == expected(kept, batch)
        levels = np.asarray(buffer.rows)[:count, 0].astype(int).tolist()
        assert len(set(levels)) == len(levels)
        given_scores = {(level, score) for level, score, valid in batch if valid} | set(kept.items())
        assert set(zip(levels, scores.astype(int).tolist(), strict=True)) <= given_scores
        np.testing.assert_array_equal(buffer.fingerprint[:count], fingerprints(buffer.rows)[:count])
        np.testing.assert_array_equal(buffer.max_return[:count], scores + 1)
        assert set(np.asarray(buffer.last_seen)[:count].tolist()) <= set(range(1, now + 1))
        stays = np.asarray(before.filled) & (np.asarray(before.score) == np.asarray(buffer.score))
        np.testing.assert_array_equal(np.asarray(buffer.last_seen)[stays], np.asarray(before.last_seen)[stays])
        kept = dict(zip(levels, scores.astype(int).tolist(), strict=True))


def test_non_finite_scores_are_ignored() -> None:
    buffer = offered(empty_buffer(CAPACITY, 3), [(level, level, True) for level in range(BATCH)], 1)
    for bad in (jnp.nan, jnp.inf, -jnp.inf):
        score = jnp.full(BATCH, bad)
        after = put(buffer, rows_of(range(20, 20 + BATCH)), score, score, jnp.ones(BATCH, bool), jnp.int32(2))
        after = update(after, jnp.arange(BATCH), score, jnp.zeros(BATCH), jnp.ones(BATCH, bool))
        assert all(map(np.array_equal, jax.tree.leaves(after), jax.tree.leaves(buffer)))


def test_levels_are_found_updated_and_marked_seen() -> None:
    buffer = offered(empty_buffer(CAPACITY, 3), [(level, level, True) for level in (4, 3, 2, 1)], 1)
    slot, known = find(buffer, fingerprints(rows_of([3, 9, 1, 2])))
    np.testing.assert_array_equal(known, [True, False, True, True])
    np.testing.assert_array_equal(np.asarray(slot)[known], [1, 3, 2])  # the best came first
    valid = known & jnp.asarray([True, True, False, True])
    after = update(buffer, slot, jnp.full(4, 7.0), jnp.asarray([1.0, 9, 9, 9]), valid)
    np.testing.assert_array_equal(after.score[:4], [4, 7, 7, 1])
    np.testing.assert_array_equal(after.max_return[:4], [5, 4, 9, 2])  # the highest return stays
    seen = mark_seen(buffer, jnp.asarray([1, 1, CAPACITY]), jnp.int32(5)).last_seen
    np.testing.assert_array_equal(seen, [1, 5, 1, 1, 0])


@given(st.lists(st.integers(0, 5), min_size=7, max_size=7))
@settings(max_examples=30)
def test_groups_index_the_first_of_equal_rows(levels) -> None:
    found = jax.jit(groups)(fingerprints(rows_of(levels)))
    np.testing.assert_array_equal(found, [levels.index(level) for level in levels])


def test_fingerprints_depend_on_every_value_and_its_position() -> None:
    rows = np.random.default_rng(0).normal(size=(64, 50)).astype(np.float32)
    variants = [rows]
    for column in range(50):
        changed = rows.copy()
        changed[:, column] = np.nextafter(changed[:, column], np.float32(9))
        variants.append(changed)
    variants.append(rows[:, ::-1])
    words = np.asarray(jax.jit(fingerprints)(jnp.asarray(np.concatenate(variants))))
    assert len({tuple(pair) for pair in words.tolist()}) == len(words)
    bits = np.unpackbits(words.view(np.uint8), axis=1)
    assert abs(bits.mean(axis=0) - 0.5).max() < 0.05  # 3328 rows: a fair bit is off by 0.05 once in 10^8


def test_buffers_under_vmap_equal_single_buffers() -> None:
    two = [[(level + shift, level * (1 - shift), True) for level in range(BATCH)] for shift in (0, 1)]
    alone = [offered(empty_buffer(CAPACITY, 3), batch, 1) for batch in two]
    score = jnp.asarray([[score for _, score, _ in batch] for batch in two], jnp.float32)
    rows = jnp.stack([rows_of([level for level, _, _ in batch]) for batch in two])
    empty = empty_buffer(CAPACITY, 3)
    both = jax.jit(jax.vmap(partial(insert, empty, valid=jnp.ones(BATCH, bool), now=jnp.int32(1))))(
        rows=rows, score=score, max_return=score + 1
    )
    for index, single in enumerate(alone):
        assert all(
            np.array_equal(a[index], b) for a, b in zip(jax.tree.leaves(both), jax.tree.leaves(single), strict=True)
        )
